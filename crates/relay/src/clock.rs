//! The time, as the cores take it: milliseconds since the Unix epoch that never run backwards.
//!
//! The wall clock is read once; from then on a monotonic clock counts. A wall clock that was wrong at the
//! start stays wrong until the next one: certificates and statements are judged with a tolerance of a day. One that
//! jumps while a relay runs moves nothing: no wait ends, no record goes; once both are apart by an hour, the log says so.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use stillroom_program::Timestamp;

/// How far apart the two clocks are before somebody should look.
const ASTRAY: Duration = Duration::from_hours(1);

/// How often they are compared.
const COMPARED_EVERY: Duration = Duration::from_secs(3);

/// A clock that was set when it was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    wall: u64,
    started: Instant,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self::start_at(SystemTime::now())
    }

    fn start_at(wall: SystemTime) -> Self {
        Self { wall: milliseconds(wall), started: Instant::now() }
    }

    /// How far the wall clock is from this one, where that is too far: it jumped since the start, or the computer slept.
    fn astray_from(&self, wall: SystemTime) -> Option<Duration> {
        let apart = Duration::from_millis(milliseconds(wall).abs_diff(self.now().0));
        (apart >= ASTRAY).then_some(apart)
    }

    pub(crate) fn now(&self) -> Timestamp {
        let elapsed = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Timestamp(self.wall.saturating_add(elapsed))
    }

    /// The moment at which [`Clock::now`] will say `at`.
    pub(crate) fn instant(&self, at: Timestamp) -> Instant {
        let ahead = Duration::from_millis(at.0.saturating_sub(self.wall));
        self.started.checked_add(ahead).unwrap_or(self.started)
    }
}

/// The clocks of all programs of a process, which has one wall clock.
#[derive(Clone, Default)]
pub(crate) struct Clocks(Arc<Mutex<Vec<Clock>>>);

impl Clocks {
    /// Compares this one as well from now on.
    pub(crate) fn add(&self, clock: Clock) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(clock);
    }

    /// Says in the log when the wall clock jumped, once for each time, and when it is right again for every program.
    pub(crate) async fn keep_comparing(self) {
        let mut rounds = tokio::time::interval(COMPARED_EVERY);
        let mut said: Option<Duration> = None;
        loop {
            rounds.tick().await;
            match (self.astray_from(SystemTime::now()), said) {
                (Some(apart), Some(before)) if apart.abs_diff(before) < ASTRAY => {}
                (Some(apart), _) => {
                    tracing::warn!(
                        "the computer's clock is {} hours from where it would be since the relay started: set it right, \
                         and start the relay again",
                        (apart.as_secs() + 1800) / 3600
                    );
                    said = Some(apart);
                }
                (None, Some(_)) => {
                    tracing::info!(
                        "the computer's clock is where it would be since the relay started"
                    );
                    said = None;
                }
                (None, None) => {}
            }
        }
    }

    /// How far it is from the one that it is farthest from. Programs that started later may have another time.
    fn astray_from(&self, wall: SystemTime) -> Option<Duration> {
        let clocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        clocks.iter().filter_map(|clock| clock.astray_from(wall)).max()
    }
}

fn milliseconds(wall: SystemTime) -> u64 {
    let since_epoch = wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_clock_that_jumps_is_noticed_and_moves_nothing() {
        let wall = SystemTime::now();
        let clock = Clock::start_at(wall);
        let (before, due) = (clock.now(), clock.instant(Timestamp(clock.wall + 5_000)));
        let day = Duration::from_hours(24);
        for jumped in [wall + day, wall - day, SystemTime::UNIX_EPOCH - day] {
            assert!(clock.astray_from(jumped).is_some_and(|apart| apart > day / 2));
        }
        assert!(clock.astray_from(wall + Duration::from_mins(5)).is_none());
        let passed = clock.now().0 - before.0;
        assert!(passed < 12 * 3_600_000, "it counted on from where it was");
        assert_eq!(due, clock.instant(Timestamp(clock.wall + 5_000)));
    }

    #[test]
    fn a_wall_clock_that_is_right_again_is_wrong_still_for_a_program_that_started_meanwhile() {
        let (wall, day) = (SystemTime::now(), Duration::from_hours(24));
        let clocks = Clocks::default();
        clocks.add(Clock::start_at(wall));
        assert_eq!(clocks.astray_from(wall), None);
        assert!(clocks.astray_from(wall + day).is_some());
        clocks.add(Clock::start_at(wall + day));
        assert!(clocks.astray_from(wall).is_some());
    }

    #[test]
    fn a_wall_clock_before_its_epoch_starts_there() {
        assert_eq!(Clock::start_at(SystemTime::UNIX_EPOCH - Duration::from_secs(9)).wall, 0);
    }

    #[test]
    fn a_moment_of_the_clock_is_found_again() {
        let clock = Clock::start();
        let at = Timestamp(clock.wall + 5_000);
        assert_eq!(clock.instant(at) - clock.started, Duration::from_secs(5));
    }

    #[test]
    fn a_moment_before_the_start_is_due_at_once() {
        let clock = Clock::start();
        assert!(clock.instant(Timestamp(1)) <= Instant::now());
    }
}
