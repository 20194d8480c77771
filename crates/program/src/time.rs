//! The time as the cores know it: a number that a shell hands in.
//!
//! Nothing here reads a clock, so nothing here notices a wrong one. Certificates and statements are judged
//! with a tolerance that the caller states: a day for a survivor's phone, a minute for a relay.

use core::ops::Add;
use core::time::Duration;

/// Milliseconds since the Unix epoch. A shell works it out so that it never runs backwards: the wall clock
/// at its start, and the monotonic time passed since.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// The time at so many seconds since the Unix epoch.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Whole seconds since the Unix epoch, as signed records count.
    pub const fn seconds(self) -> u64 {
        self.0 / 1000
    }

    /// How long after `earlier` this is; nothing if it is not after.
    pub const fn checked_since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, wait: Duration) -> Self {
        let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(wait))
    }
}

/// On which side of its time a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outside {
    Early,
    Late,
}

/// Whether `now` is in `from..until` (seconds), give or take `tolerance`.
pub(crate) fn within(
    from: u64,
    until: u64,
    now: Timestamp,
    tolerance: Duration,
) -> Result<(), Outside> {
    let (now, tolerance) = (now.seconds(), tolerance.as_secs());
    if now.saturating_add(tolerance) < from {
        return Err(Outside::Early);
    }
    if now >= until.saturating_add(tolerance) {
        return Err(Outside::Late);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_time_never_runs_backwards_or_over() {
        assert_eq!(Timestamp(5).checked_since(Timestamp(9)), Duration::ZERO);
        assert_eq!(Timestamp(u64::MAX) + HOUR, Timestamp(u64::MAX));
        assert_eq!(Timestamp(1_999).seconds(), 1);
    }

    #[test]
    fn tolerance_widens_both_ends_and_the_end_itself_is_outside() {
        let at = Timestamp::from_seconds;
        assert_eq!(within(100, 200, at(99), Duration::ZERO), Err(Outside::Early));
        assert_eq!(within(100, 200, at(100), Duration::ZERO), Ok(()));
        assert_eq!(within(100, 200, at(200), Duration::ZERO), Err(Outside::Late));
        assert_eq!(within(4000, 5000, at(400), HOUR), Ok(()));
        assert_eq!(within(4000, 5000, at(399), HOUR), Err(Outside::Early));
        assert_eq!(within(4000, 5000, at(8599), HOUR), Ok(()));
        assert_eq!(within(4000, 5000, at(8600), HOUR), Err(Outside::Late));
    }
}
