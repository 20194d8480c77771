//! What is due when, in one ordered structure: the next due moment is found, and one is set or cleared,
//! without looking at the others (`features.md` 6.6).
//!
//! Says nothing of what is to be done then; `due.rs` does that.

use std::collections::{BTreeMap, BTreeSet};

use stillroom_program::{Timestamp, VerifyingKey};
use stillroom_protocol::{RoomId, TicketId};

use crate::command::ConnectionId;
use crate::shares::ShareId;

/// Something that can become due. Each is set at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// The connection has perhaps been silent for too long.
    Silence(ConnectionId),
    /// The certificate of the staff device runs out.
    Certificate(ConnectionId),
    /// The survivor's line has been down for as long as the place is kept.
    SurvivorAway(TicketId),
    /// A claim has led to no Welcome.
    Unoffered(TicketId),
    /// The claimant's line has been down for as long as the claim is kept.
    ClaimantAway(TicketId),
    /// What became of a claimed place need not be remembered any longer.
    Settled(TicketId),
    /// The survivors in the line are told their places.
    Places,
    /// The policy's hours or notices offer chat, or do not any more.
    Hours,
    /// Whoever is in a chat is told of the duty statement of now.
    Duty,
    /// A duty statement runs out.
    Statement(VerifyingKey),
    /// The line of a device on duty has been down for as long as its duty is kept.
    DeskAway(VerifyingKey),
    /// The oldest message of a room's tail is too old.
    Tail(RoomId),
    /// Nobody has been in the room for as long as it is kept.
    Idle(RoomId),
    /// That somebody from there was turned away need not be remembered any longer.
    TurnedAway(ShareId),
    /// The oldest puzzle that was answered could not be answered again anyway.
    Solved,
    /// The day is over of which something was counted.
    Day,
    /// The oldest closed room need not be remembered any longer.
    Closed,
}

/// All that is due some time.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    due: BTreeSet<(Timestamp, Timer)>,
    set: BTreeMap<Timer, Timestamp>,
}

impl Timers {
    /// Makes `timer` due at `at`, and not when it was due before.
    pub(crate) fn set(&mut self, timer: Timer, at: Timestamp) {
        if let Some(before) = self.set.insert(timer, at) {
            self.due.remove(&(before, timer));
        }
        self.due.insert((at, timer));
    }

    /// Makes `timer` due at `at` unless it is set.
    pub(crate) fn set_if_clear(&mut self, timer: Timer, at: Timestamp) {
        if !self.set.contains_key(&timer) {
            self.set(timer, at);
        }
    }

    pub(crate) fn clear(&mut self, timer: Timer) {
        if let Some(before) = self.set.remove(&timer) {
            self.due.remove(&(before, timer));
        }
    }

    /// When the next one is due.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Takes out the first that is due by `now`.
    pub(crate) fn take_due(&mut self, now: Timestamp) -> Option<Timer> {
        if self.next()? > now {
            return None;
        }
        let (_, timer) = self.due.pop_first()?;
        self.set.remove(&timer);
        Some(timer)
    }

    /// How many are set.
    pub(crate) fn len(&self) -> usize {
        self.due.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_that_is_set_again_is_due_once_at_the_later_time() {
        let mut timers = Timers::default();
        timers.set(Timer::Places, Timestamp(5));
        timers.set(Timer::Places, Timestamp(9));
        assert_eq!(timers.take_due(Timestamp(8)), None);
        assert_eq!(timers.take_due(Timestamp(9)), Some(Timer::Places));
        assert_eq!((timers.len(), timers.set.len()), (0, 0));
    }

    #[test]
    fn a_cleared_timer_is_never_due() {
        let mut timers = Timers::default();
        timers.set(Timer::Places, Timestamp(5));
        timers.set(Timer::Closed, Timestamp(6));
        timers.clear(Timer::Places);
        assert_eq!(timers.next(), Some(Timestamp(6)));
        assert_eq!(timers.take_due(Timestamp(9)), Some(Timer::Closed));
        assert_eq!(timers.take_due(Timestamp(9)), None);
    }
}
