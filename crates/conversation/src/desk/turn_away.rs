//! Ending a chat and turning the survivor away, and what colleagues are told of that (`features.md` 6.6;
//! `decisions/0019`).
//!
//! What the policy says to whoever is turned away goes before the end, and their page shows it when the chat is gone.
//! Their page gets no other chat, and the relay keeps one sealed word for half an hour, to be shown beside whoever
//! comes from the same address. That is the relay's word of the address, and no proof of who it is: nothing in a desk
//! follows from it but that it is shown. Where the line is down the chat ends all the same, and no note is left.

use core::time::Duration;

use stillroom_program::{Timestamp, TurnedAway};
use stillroom_protocol::{ClientFrame, TicketId, TurnedAwayNote};

use super::{ChatNumber, Desk};
use crate::{conversation::Ending, envelope::Content};

/// That somebody from the same address was turned away, as far as the relay says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TurnedAwayBefore {
    /// Why.
    pub why: TurnedAway,
    /// When.
    pub at: Timestamp,
}

impl Desk {
    /// Ends a chat that this desk leads, at once, and turns the survivor away.
    pub fn turn_away(&mut self, chat: ChatNumber, why: TurnedAway, now: Timestamp) {
        self.now = now;
        let leads = |held: &&mut super::Held| held.is_with_survivor();
        if let Some(held) = self.chats.get_mut(&chat).filter(leads) {
            let room = held.chat.room();
            let program = self.setup.root.program_id();
            let key = self.trust.duty(now).map(|duty| &duty.duty_key);
            let sealed = key.and_then(|key| why.seal(&program, key, &mut self.randomness).ok());
            if let Some(text) = self.guidance.said_to_turned_away() {
                held.chat.say(Content::LastWords { text }, now);
            }
            held.chat.end(Ending::TurnedAway, now);
            if let Some(note) = sealed.and_then(|sealed| sealed.try_into().ok()) {
                self.send(&ClientFrame::TurnAway { room, note });
            }
        }
        self.settle();
    }

    /// The relay tells of where somebody who waits comes from.
    pub(super) fn handle_waiting_share(
        &mut self,
        ticket: TicketId,
        turn: u32,
        turned_away: &[TurnedAwayNote],
    ) {
        let before = turned_away.first().and_then(|note| self.read_note(note));
        if let Some(place) = self.waiting.get_mut(&ticket) {
            place.shown.turn = turn;
            place.shown.turned_away = before;
            self.show_waiting();
        }
    }

    fn read_note(&self, note: &TurnedAwayNote) -> Option<TurnedAwayBefore> {
        let program = self.setup.root.program_id();
        let keys = self.duty.keys().iter().rev();
        let mut opened = keys.filter_map(|key| TurnedAway::open(key, &program, &note.note).ok()?);
        let ago = Duration::from_secs(note.ago.into());
        let at = u64::try_from(ago.as_millis()).unwrap_or(u64::MAX);
        Some(TurnedAwayBefore { why: opened.next()?, at: Timestamp(self.now.0.saturating_sub(at)) })
    }
}
