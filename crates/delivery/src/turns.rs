//! In which order those who wait are served when there are many: by turns, one of each share in each
//! (`features.md` 6.6; `decisions/0019`).
//!
//! Whoever has a hundred pages open somewhere is served as often as whoever has one: the first of each share in
//! this turn, the second in the next. Within a turn, and altogether while few wait, it is who came first. Nobody is
//! refused for it, nobody is put behind those who come after them for more than one turn, and everybody is told the
//! place that they really have. Staff are told the turn and may take anybody all the same. Not protected against: a
//! flood from many places, which has a turn for each.

use std::collections::BTreeMap;

use stillroom_program::Timestamp;
use stillroom_protocol::{RelayFrame, TicketId};

use crate::command::Effects;
use crate::limits::{EASED_BELOW, PRESSED_ABOVE};
use crate::line::Line;
use crate::shares::ShareId;
use crate::staff::Staff;

impl Line {
    /// Whether so many wait now that they are served by turns.
    fn mind_pressure(&mut self) {
        let part = if self.pressed { EASED_BELOW } else { PRESSED_ABOVE };
        self.pressed = self.waiting.len() > self.most / part;
    }

    /// In which turn each is to be taken who waits, in that order.
    fn turns(&self) -> Vec<(u32, TicketId)> {
        let mut next = BTreeMap::<ShareId, u32>::new();
        let mut turns = Vec::with_capacity(self.waiting.len());
        for (order, ticket) in &self.waiting {
            let Some(share) = self.places.get(ticket).map(|place| place.share) else {
                continue;
            };
            // Who was claimed before and came back is at the head, in no turn.
            if !self.pressed || *order <= 0 {
                turns.push((0, *ticket));
                continue;
            }
            // A place that stood for long while others were served is no store of turns.
            let first = || self.shares.turn(share).max(self.next_turn.saturating_sub(1));
            let next = next.entry(share).or_insert_with(first);
            turns.push((*next, *ticket));
            *next = next.saturating_add(1);
        }
        turns.sort_by_key(|(turn, _)| *turn);
        turns
    }

    /// Somebody joins the line, at its end: their turn, and how many are before them. Those behind them hear of it
    /// a moment later.
    pub(crate) fn join_turns(
        &mut self,
        ticket: TicketId,
        fx: &mut Effects,
        now: Timestamp,
    ) -> (u32, u32) {
        self.mind_pressure();
        if !self.pressed {
            return (0, u32::try_from(self.waiting.len().saturating_sub(1)).unwrap_or(u32::MAX));
        }
        self.places_changed(fx, now);
        let mut turns = (0..).zip(self.turns());
        let own = turns.find(|(_, (_, other))| *other == ticket);
        own.map_or((0, 0), |(ahead, (turn, _))| (turn, ahead))
    }

    /// Tells everybody whose place has changed since they were last told, and staff whose turn has.
    pub(crate) fn tell_places(&mut self, staff: &Staff, fx: &mut Effects, now: Timestamp) {
        self.mind_pressure();
        for (ahead, (turn, ticket)) in (0..).zip(self.turns()) {
            let Some(place) = self.places.get_mut(&ticket) else {
                continue;
            };
            if place.turn != turn {
                place.turn = turn;
                fx.send_all(staff.on_duty(), &place.of_share(now));
            }
            if place.told != ahead {
                place.told = ahead;
                if let Some(to) = place.connection {
                    fx.send(to, &RelayFrame::InLine { ahead });
                }
            }
        }
    }
}
