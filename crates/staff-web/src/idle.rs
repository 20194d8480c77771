//! A desk that is left alone locks itself, after it said so (`features.md` 5.1).
//!
//! Left alone is a desk without a key, a pointer or a touch. It does not protect against whoever sits down
//! before that time is over: who leaves the desk locks it.

use std::time::Duration;

use stillroom_program::Timestamp;

/// How long a desk may be left alone before it locks: long enough to read and think, and shorter than a walk
/// to the kitchen.
const LOCKS_AFTER: Duration = Duration::from_secs(5 * 60);

/// How long before that it says so: whoever is there has the time to see it and press a key.
const TELLS_BEFORE: Duration = Duration::from_secs(60);

/// How long a desk has been left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idle {
    /// Not for long; to be looked at again then.
    No(Timestamp),
    /// So long that it says that it is about to lock, which it does then.
    Soon(Timestamp),
    /// So long that it locks.
    Gone,
}

impl Idle {
    /// Of a desk that was `touched` last then.
    pub fn of(touched: Timestamp, now: Timestamp) -> Self {
        let locks = touched + LOCKS_AFTER;
        let tells = touched + LOCKS_AFTER.saturating_sub(TELLS_BEFORE);
        if now >= locks {
            Self::Gone
        } else if now >= tells {
            Self::Soon(locks)
        } else {
            Self::No(tells)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desk_that_is_left_alone_says_so_and_then_locks() {
        let touched = Timestamp(1_000_000);
        let at = |seconds| touched + Duration::from_secs(seconds);
        assert_eq!(Idle::of(touched, at(0)), Idle::No(at(240)));
        assert_eq!(Idle::of(touched, at(239)), Idle::No(at(240)));
        assert_eq!(Idle::of(touched, at(240)), Idle::Soon(at(300)));
        assert_eq!(Idle::of(touched, at(299)), Idle::Soon(at(300)));
        assert_eq!(Idle::of(touched, at(300)), Idle::Gone);
    }
}
