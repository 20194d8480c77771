//! The puzzle that a relay under pressure wants solved before it gives a place (`features.md` 6.6).
//!
//! The core asks with the answer and minds the time; the shell solves, beside everything else. A relay that asks for
//! too much is not believed. One that goes on asking gives no place, as one that says nothing.

use core::time::Duration;

use stillroom_program::Timestamp;
use stillroom_protocol::{PUZZLE_BITS_MOST, PUZZLE_LIFE_SECONDS, Puzzle, TicketId};

use super::{Asking, State, Stop, Survivor, SurvivorEvent};
use crate::limits::ANSWER_AGAIN_AFTER;

/// What is being solved, or was.
pub(super) struct Solving {
    puzzle: Puzzle,
    /// When the relay takes no answer to it any more.
    until: Timestamp,
    answer: Option<u64>,
    /// When the relay, which could not look at the answer, is asked again.
    again: Option<Timestamp>,
}

impl Solving {
    pub(super) fn solved(&self) -> Option<(Puzzle, u64)> {
        Some((self.puzzle, self.answer?))
    }

    pub(super) fn due(&self) -> Timestamp {
        self.again.unwrap_or(self.until)
    }
}

impl Asking {
    /// The relay has more answers to check than it can: the same one again in a moment.
    pub(super) fn solve_later(&mut self, now: Timestamp) {
        if let Some(solving) = &mut self.solving {
            solving.again = Some(now + ANSWER_AGAIN_AFTER);
        }
    }
}

impl Survivor {
    /// The puzzle of [`SurvivorEvent::Puzzle`] is solved. An answer to one that is not wanted any more is passed over.
    pub fn solved(&mut self, answer: u64, now: Timestamp) {
        if let State::Asking(asking) = &mut self.state
            && let Some(solving) = asking.solving.as_mut().filter(|it| it.answer.is_none())
        {
            solving.answer = Some(answer);
            self.ask_at_relay(now);
        }
    }

    /// The shell cannot solve it. There is no place, and whoever was asked to go on with somebody else is back with the
    /// advocate whom they had.
    pub fn cannot_solve(&mut self, now: Timestamp) {
        let at_work =
            |asking: &Asking| asking.solving.as_ref().is_some_and(|it| it.answer.is_none());
        if matches!(&self.state, State::Asking(asking) if at_work(asking)) {
            self.drop_puzzle();
            self.stop(Stop::TooBusy, now);
        }
        self.drain_chat(now);
    }

    /// The relay wants this solved. Asked again while that goes on, it gets the answer to the first.
    pub(super) fn handle_puzzle(&mut self, ticket: TicketId, puzzle: Puzzle, now: Timestamp) {
        let State::Asking(asking) = &mut self.state else {
            return;
        };
        let at_work = asking.solving.as_ref().is_some_and(|it| it.answer.is_none());
        if ticket != asking.ticket.id() || at_work {
            return;
        }
        if puzzle.bits > PUZZLE_BITS_MOST {
            return self.stop(Stop::RelayFault, now);
        }
        let until = now + Duration::from_secs(PUZZLE_LIFE_SECONDS);
        asking.solving = Some(Solving { puzzle, until, answer: None, again: None });
        self.show(SurvivorEvent::Puzzle(Some(puzzle)));
    }

    /// What is not solved in time is asked for anew; what could not be looked at is sent again.
    pub(super) fn mind_puzzle(&mut self, now: Timestamp) {
        let State::Asking(asking) = &mut self.state else {
            return;
        };
        let Some(solving) = asking.solving.as_mut().filter(|it| it.due() <= now) else {
            return;
        };
        if solving.again.take().is_none() {
            self.drop_puzzle();
        }
        self.ask_at_relay(now);
    }

    /// There is nothing to solve any more.
    pub(super) fn drop_puzzle(&mut self) {
        if let State::Asking(asking) = &mut self.state
            && let Some(Solving { answer: None, .. }) = asking.solving.take()
        {
            self.show(SurvivorEvent::Puzzle(None));
        }
    }
}
