//! Times as people say them: "a minute ago". Computed when shown, never stored (`features.md` 3.12).
//!
//! A device whose clock is set while the desk is open shows wrong ages for what came before.

use stillroom_program::Timestamp;

/// Which text says how long ago `then` was, and the number that goes into it.
pub(crate) fn ago(then: Timestamp, now: Timestamp) -> (&'static str, u64) {
    match minutes_between(then, now) {
        0 => ("time-now", 0),
        1 => ("time-minute", 1),
        minutes @ 2..60 => ("time-minutes", minutes),
        60..120 => ("time-hour", 1),
        minutes => ("time-hours", minutes / 60),
    }
}

/// Which text says how long somebody has waited, with hours and minutes.
pub(crate) fn waited(since: Timestamp, now: Timestamp) -> (&'static str, u64, u64) {
    match minutes_between(since, now) {
        0 => ("waited-now", 0, 0),
        minutes @ 1..60 => ("waited-minutes", 0, minutes),
        minutes => ("waited-hours", minutes / 60, minutes % 60),
    }
}

/// Hours and minutes until `then`; a minute that has begun counts.
pub(crate) fn left(then: Timestamp, now: Timestamp) -> (u64, u64) {
    let minutes = then.checked_since(now).as_secs().div_ceil(60);
    (minutes / 60, minutes % 60)
}

fn minutes_between(then: Timestamp, now: Timestamp) -> u64 {
    now.checked_since(then).as_secs() / 60
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60_000;

    #[test]
    fn ages_are_told_in_whole_minutes_and_hours() {
        let then = Timestamp(1_000_000);
        let after = |minutes| ago(then, Timestamp(then.0 + minutes * MINUTE));
        assert_eq!(after(0), ("time-now", 0));
        assert_eq!(after(1), ("time-minute", 1));
        assert_eq!(after(59), ("time-minutes", 59));
        assert_eq!(after(119), ("time-hour", 1));
        assert_eq!(after(125), ("time-hours", 2));
    }

    #[test]
    fn a_moment_that_seems_to_come_is_told_as_now() {
        assert_eq!(ago(Timestamp(9_000_000), Timestamp(1)), ("time-now", 0));
        assert_eq!(waited(Timestamp(9_000_000), Timestamp(1)), ("waited-now", 0, 0));
    }

    #[test]
    fn what_is_left_is_told_in_hours_and_minutes_and_is_nothing_at_the_end() {
        let ends = Timestamp(100 * MINUTE);
        assert_eq!(left(ends, Timestamp(0)), (1, 40));
        assert_eq!(left(ends, Timestamp(1)), (1, 40));
        assert_eq!(left(ends, Timestamp(99 * MINUTE + 1)), (0, 1));
        assert_eq!(left(ends, Timestamp(101 * MINUTE)), (0, 0));
    }

    #[test]
    fn a_wait_of_more_than_an_hour_is_told_with_its_minutes() {
        let since = Timestamp(0);
        assert_eq!(waited(since, Timestamp(75 * MINUTE)), ("waited-hours", 1, 15));
    }
}
