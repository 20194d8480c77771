//! One contact is turned away: its page gets no other chat, and staff see a note beside whoever comes from the same
//! place for half an hour (`features.md` 6.6; `decisions/0019`).
//!
//! Only the device that leads the chat can say so. The note is sealed for staff; nobody who comes with it is refused or
//! put back; under pressure their puzzle is one step harder. Not protected against: a page that is opened anew, and another network.

use stillroom_program::Timestamp;
use stillroom_protocol::{About, Bytes, Refusal, RoomId, limits::TURNED_AWAY_BYTES};

use crate::command::ConnectionId;
use crate::connection::Denied;
use crate::delivery::Delivery;
use crate::shares::ShareId;
use crate::timers::Timer;

impl Delivery {
    /// The survivor in this room gets no other chat on this connection, and `note` is for whoever comes from there.
    pub(crate) fn turn_contact_away(
        &mut self,
        from: ConnectionId,
        room: RoomId,
        note: Bytes<TURNED_AWAY_BYTES>,
        now: Timestamp,
    ) -> Result<(), Denied> {
        let about = About::Room(room);
        let device = self.lead(from, about)?;
        if note.len() != TURNED_AWAY_BYTES {
            return Err((About::Connection, Refusal::FrameMalformed));
        }
        let here = self.rooms.led_by(&room, &device).ok_or((about, Refusal::RoomUnknown))?;
        for connection in here {
            let Some(survivor) = self.connections.get_mut(connection).filter(|c| c.is_survivor())
            else {
                continue;
            };
            survivor.turned_away = true;
            let (place, share) = (survivor.place, survivor.share);
            if let Some(ticket) = place {
                self.give_up(ticket, now);
                self.fx.refuse(connection, About::Ticket(ticket), Refusal::TurnedAway);
            }
            if let Some(share) = share {
                self.mark(share, note.clone(), now);
            }
        }
        Ok(())
    }

    fn mark(&mut self, share: ShareId, note: Bytes<TURNED_AWAY_BYTES>, now: Timestamp) {
        let (until, forgotten) = self.line.shares.mark(share, note, now);
        self.fx.timers.set(Timer::TurnedAway(share), until);
        self.line.show_mark(share, &self.staff, &mut self.fx, now);
        if let Some(forgotten) = forgotten {
            self.forget_mark(forgotten, now);
        }
    }

    /// Half an hour has passed: nothing is known any more.
    pub(crate) fn forget_mark(&mut self, share: ShareId, now: Timestamp) {
        self.fx.timers.clear(Timer::TurnedAway(share));
        self.line.shares.forget_mark(share);
        self.line.show_mark(share, &self.staff, &mut self.fx, now);
    }
}
