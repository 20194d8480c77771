//! The silent survivor: asked kindly, told when the chat will close, and then it closes (`features.md` 3.7).
//!
//! Where the policy leaves it to staff nothing comes by itself; they can ask by hand in any case.
//!
//! Silence is counted only while the survivor could answer and has something to answer to: their line and
//! ours stand, they are in the group, their page is in sight, all that was said to them has arrived, and
//! the last word is not theirs. Whatever else is a dropped line, a slow one, or an advocate's own silence.
//! Whether a survivor's page is in sight is their page's word.

use core::time::Duration;

use stillroom_program::{Timers, Timestamp};

use crate::conversation::Silence;

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// Tell the survivor, and show it.
    Tell(Silence),
    /// Close the chat.
    Close,
}

/// The watch over one chat.
#[derive(Debug)]
pub(crate) struct Watch {
    /// How long it has been silent, apart from the time since `since`.
    quiet: Duration,
    /// Since when it counts on.
    since: Option<Timestamp>,
    step: Silence,
    /// Whether both lines stand and the survivor is in the group.
    here: bool,
    /// Whether all that was said has arrived.
    arrived: bool,
    hidden: bool,
    /// Whether the last word is the survivor's.
    answered: bool,
}

impl Watch {
    pub(crate) fn new() -> Self {
        Self {
            quiet: Duration::ZERO,
            since: None,
            step: Silence::Over,
            here: false,
            arrived: false,
            hidden: false,
            answered: false,
        }
    }

    /// Staff said something that can be answered.
    pub(crate) fn handle_said(&mut self, now: Timestamp) {
        if self.answered || self.step == Silence::Over {
            self.answered = false;
            self.start_again(now);
        }
    }

    /// The survivor wrote. What to tell where they had been asked.
    pub(crate) fn handle_answer(&mut self, now: Timestamp) -> Option<Silence> {
        self.answered = true;
        self.handle_sign(now)
    }

    /// The survivor gave another sign, or is given more time. What to tell where they had been asked.
    pub(crate) fn handle_sign(&mut self, now: Timestamp) -> Option<Silence> {
        let told = core::mem::replace(&mut self.step, Silence::Over) != Silence::Over;
        self.start_again(now);
        told.then_some(Silence::Over)
    }

    /// Goes one step on by hand: what to tell the survivor then. From there time counts as if that had come by itself.
    /// Nothing where they could not see it, or the next step is the end.
    pub(crate) fn go_on(&mut self, timers: &Timers, now: Timestamp) -> Option<Silence> {
        let (step, quiet) = match self.step {
            Silence::Over => (Silence::Asked, timers.silence_ask),
            Silence::Asked if !timers.silence_by_hand() => (warned(timers), timers.silence_warn),
            Silence::Asked | Silence::Warned { .. } => return None,
        };
        self.can_answer().then(|| {
            self.answered = false;
            self.step = step;
            self.since = None;
            self.quiet = minutes(quiet);
            self.count_on(now);
            step
        })
    }

    /// The survivor's page is hidden, or in sight again. What to tell then.
    pub(crate) fn handle_hidden(&mut self, hidden: bool, now: Timestamp) -> Option<Silence> {
        self.stop_counting(now);
        self.hidden = hidden;
        if hidden { None } else { self.handle_sign(now) }
    }

    /// Whether all that was said has arrived.
    pub(crate) fn set_arrived(&mut self, arrived: bool, now: Timestamp) {
        if arrived != self.arrived {
            self.stop_counting(now);
            self.arrived = arrived;
            self.count_on(now);
        }
    }

    /// Whether both lines stand and the survivor is in the group. Who comes back to a question has all the
    /// time that is between it and the next; what to tell them then.
    pub(crate) fn set_here(
        &mut self,
        here: bool,
        timers: &Timers,
        now: Timestamp,
    ) -> Option<Silence> {
        if here == self.here {
            return None;
        }
        self.stop_counting(now);
        self.here = here;
        if here {
            self.quiet = match self.step {
                Silence::Over => self.quiet,
                Silence::Asked => minutes(timers.silence_ask),
                Silence::Warned { .. } => minutes(timers.silence_warn),
            };
        }
        self.count_on(now);
        (here && matches!(self.step, Silence::Warned { .. })).then_some(self.step)
    }

    /// Whether the survivor would see what is said now.
    pub(crate) fn can_hear(&self) -> bool {
        self.here && !self.hidden
    }

    /// Whether the survivor could see and answer what was said.
    pub(crate) fn can_answer(&self) -> bool {
        self.can_hear() && self.arrived
    }

    /// What is due by now.
    pub(crate) fn handle_timeout(&mut self, timers: &Timers, now: Timestamp) -> Option<Due> {
        if self.poll_timeout(timers).is_none_or(|due| now < due) {
            return None;
        }
        let (step, due) = match self.step {
            Silence::Over => (Silence::Asked, Due::Tell(Silence::Asked)),
            Silence::Asked => (warned(timers), Due::Tell(warned(timers))),
            warned @ Silence::Warned { .. } => {
                self.since = None;
                (warned, Due::Close)
            }
        };
        self.step = step;
        Some(due)
    }

    pub(crate) fn poll_timeout(&self, timers: &Timers) -> Option<Timestamp> {
        if timers.silence_by_hand() {
            return None;
        }
        let at = minutes(match self.step {
            Silence::Over => timers.silence_ask,
            Silence::Asked => timers.silence_warn,
            Silence::Warned { .. } => timers.silence_close,
        });
        Some(self.since? + at.saturating_sub(self.quiet))
    }

    /// From nothing, where it counts at all.
    fn start_again(&mut self, now: Timestamp) {
        self.quiet = Duration::ZERO;
        self.since = None;
        self.count_on(now);
    }

    fn count_on(&mut self, now: Timestamp) {
        let counts = self.here && self.arrived && !self.hidden && !self.answered;
        self.since = counts.then_some(now);
    }

    fn stop_counting(&mut self, now: Timestamp) {
        if let Some(since) = self.since.take() {
            self.quiet += now.checked_since(since);
        }
    }
}

fn warned(timers: &Timers) -> Silence {
    Silence::Warned { minutes: timers.silence_close.saturating_sub(timers.silence_warn) }
}

fn minutes(minutes: u16) -> Duration {
    Duration::from_secs(u64::from(minutes) * 60)
}
