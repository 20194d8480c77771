//! How fast one connection may send: a token bucket (`features.md` 6.6).
//!
//! It counts frames of one connection and knows nothing of who is behind it. Many connections that each
//! keep the pace are for the other limits.

use stillroom_program::Timestamp;

/// A pace: so many frames a second in the long run, so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Frames a second that may go on for ever.
    pub per_second: u32,
    /// Frames at once, after a silence long enough.
    pub burst: u32,
}

/// One frame, in the bucket's unit: a thousandth of a frame, so that a millisecond adds whole units.
const FRAME: u64 = 1000;

impl Pace {
    fn full(self) -> u64 {
        u64::from(self.burst).saturating_mul(FRAME)
    }
}

/// What one connection may still send.
#[derive(Debug)]
pub(crate) struct Bucket {
    level: u64,
    at: Timestamp,
}

impl Bucket {
    pub(crate) fn full(pace: Pace, now: Timestamp) -> Self {
        Self { level: pace.full(), at: now }
    }

    /// Takes one frame out; false where there is none left.
    #[must_use]
    pub(crate) fn take(&mut self, pace: Pace, now: Timestamp) -> bool {
        let elapsed = now.0.saturating_sub(self.at.0);
        let gained = elapsed.saturating_mul(u64::from(pace.per_second));
        self.level = self.level.saturating_add(gained).min(pace.full());
        self.at = self.at.max(now);
        let there = self.level >= FRAME;
        if there {
            self.level -= FRAME;
        }
        there
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace { per_second: 10, burst: 3 };

    #[test]
    fn a_burst_is_allowed_and_then_the_pace_holds() {
        let mut bucket = Bucket::full(PACE, Timestamp(0));
        for _ in 0..3 {
            assert!(bucket.take(PACE, Timestamp(0)));
        }
        assert!(!bucket.take(PACE, Timestamp(0)));
        assert!(!bucket.take(PACE, Timestamp(99)));
        assert!(bucket.take(PACE, Timestamp(100)));
        assert!(!bucket.take(PACE, Timestamp(100)));
    }

    #[test]
    fn a_long_silence_earns_no_more_than_the_burst() {
        let mut bucket = Bucket::full(PACE, Timestamp(0));
        let late = Timestamp(1_000_000);
        let sent = (0..100).filter(|_| bucket.take(PACE, late)).count();
        assert_eq!(sent, 3);
    }

    #[test]
    fn a_clock_that_jumps_to_the_end_of_time_does_not_overflow() {
        let mut bucket = Bucket::full(PACE, Timestamp(0));
        assert!(bucket.take(PACE, Timestamp(u64::MAX)));
        assert!(bucket.take(PACE, Timestamp(0)));
    }
}
