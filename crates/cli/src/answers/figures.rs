//! What the relay counted: how many chats there were, how many people left while they waited, how long chat was open
//! (`features.md` 5.8). Never joined to answers: neither says anything of the other.

use serde::{Deserialize, Serialize};
use stillroom_program::DayCounts;

use super::period::LEAST;

/// Seconds of an hour.
const HOUR: u64 = 60 * 60;

/// The sums of the period that is open.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Counted {
    chats: u64,
    left_waiting: u64,
    open_seconds: u64,
}

/// What a period that was closed shows. Of people and chats nothing where there were fewer than ten, who are then
/// counted with the next period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Figures {
    pub(super) chats: Option<u64>,
    pub(super) left_waiting: Option<u64>,
    pub(super) open_hours: u64,
}

impl Counted {
    /// Adds a day's counts.
    pub(super) fn add(&mut self, day: &DayCounts) {
        self.chats = self.chats.saturating_add(day.chats.into());
        self.left_waiting = self.left_waiting.saturating_add(day.left_waiting.into());
        self.open_seconds = self.open_seconds.saturating_add(day.open_seconds.into());
    }

    /// What there is to show.
    pub(super) fn figures(&self) -> Figures {
        let enough = |sum: u64| (sum >= LEAST).then_some(sum);
        Figures {
            chats: enough(self.chats),
            left_waiting: enough(self.left_waiting),
            open_hours: self.open_seconds / HOUR,
        }
    }

    /// What was shown is counted no more.
    pub(super) fn subtract(&mut self, shown: &Figures) {
        self.chats -= shown.chats.unwrap_or_default().min(self.chats);
        self.left_waiting -= shown.left_waiting.unwrap_or_default().min(self.left_waiting);
        self.open_seconds -= (shown.open_hours.saturating_mul(HOUR)).min(self.open_seconds);
    }
}

impl Figures {
    /// Whether a period may be closed for them alone: how long chat was open is no reason.
    pub(super) fn are_enough(&self) -> bool {
        self.chats.is_some() || self.left_waiting.is_some()
    }

    /// The sums of what several periods show.
    pub(super) fn together(all: impl Iterator<Item = Self>) -> Self {
        let sum = |one: Option<u64>, other: Option<u64>| match (one, other) {
            (None, None) => None,
            (one, other) => Some(one.unwrap_or_default().saturating_add(other.unwrap_or_default())),
        };
        all.fold(Self::default(), |so_far, next| Self {
            chats: sum(so_far.chats, next.chats),
            left_waiting: sum(so_far.left_waiting, next.left_waiting),
            open_hours: so_far.open_hours.saturating_add(next.open_hours),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_below_ten_is_not_shown_and_counted_with_the_next_period() {
        let mut counted = Counted::default();
        let day = DayCounts { day: 20_000, chats: 6, left_waiting: 9, open_seconds: 5_400 };
        counted.add(&day);
        assert_eq!(counted.figures(), Figures { open_hours: 1, ..Figures::default() });
        assert!(!counted.figures().are_enough());
        counted.add(&DayCounts { left_waiting: 0, ..day });
        let spring = counted.figures();
        assert_eq!(spring, Figures { chats: Some(12), left_waiting: None, open_hours: 3 });
        counted.subtract(&spring);
        counted.add(&DayCounts { chats: 4, left_waiting: 1, ..day });
        let summer = counted.figures();
        assert_eq!(summer, Figures { chats: None, left_waiting: Some(10), open_hours: 1 });
        let year = Figures::together([spring, summer].into_iter());
        assert_eq!(year, Figures { chats: Some(12), left_waiting: Some(10), open_hours: 4 });
    }
}
