//! The time, as the cores take it: milliseconds since the Unix epoch that never run backwards.
//!
//! The wall clock is read once; from then on a monotonic clock counts. A wall clock that was wrong at the
//! start stays wrong until the next one: certificates and statements are judged with a tolerance of a day.

use std::time::{Instant, SystemTime};

use stillroom_program::Timestamp;

/// A clock that was set when it was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    wall: u64,
    started: Instant,
}

impl Clock {
    pub(crate) fn start() -> Self {
        let since_epoch =
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self {
            wall: u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX),
            started: Instant::now(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        let elapsed = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Timestamp(self.wall.saturating_add(elapsed))
    }

    /// The moment at which [`Clock::now`] will say `at`.
    pub(crate) fn instant(&self, at: Timestamp) -> Instant {
        let ahead = std::time::Duration::from_millis(at.0.saturating_sub(self.wall));
        self.started.checked_add(ahead).unwrap_or(self.started)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_of_the_clock_is_found_again() {
        let clock = Clock::start();
        let at = Timestamp(clock.wall + 5_000);
        assert_eq!(clock.instant(at) - clock.started, std::time::Duration::from_secs(5));
    }

    #[test]
    fn a_moment_before_the_start_is_due_at_once() {
        let clock = Clock::start();
        assert!(clock.instant(Timestamp(1)) <= Instant::now());
    }
}
