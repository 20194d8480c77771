//! The time, for cores that have no clock of their own.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use stillroom_program::Timestamp;

/// How far this computer's clock may be off, as everywhere.
pub(crate) const TOLERANCE: Duration = Duration::from_secs(24 * 60 * 60);

/// Wall-clock time at the start and time elapsed since: it never runs backwards, whatever is done to the
/// system's clock meanwhile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    started: Instant,
    wall: Duration,
}

impl Clock {
    /// A clock that starts at the system's time.
    pub(crate) fn start() -> Self {
        Self {
            started: Instant::now(),
            wall: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
        }
    }

    /// Now.
    pub(crate) fn now(&self) -> Timestamp {
        let since = self.wall + self.started.elapsed();
        Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    /// The instant at which [`Clock::now`] says `time`.
    pub(crate) fn instant(&self, time: Timestamp) -> Instant {
        self.started + Duration::from_millis(time.0).saturating_sub(self.wall)
    }
}
