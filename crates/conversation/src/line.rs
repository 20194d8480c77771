//! A device's line to the relay: connecting, trying again, noticing that it is dead (`features.md` 3.8).
//!
//! Everything here is about one connection and nothing about what it carries. It cannot tell a relay that
//! is down from one that does not want to answer.

use core::time::Duration;

use stillroom_program::Timestamp;
use stillroom_protocol::limits::{LINE_DEAD_AFTER_SECONDS, PING_AFTER_SECONDS};

use crate::{
    limits::{CONNECT_TIMEOUT, RECONNECT_FIRST, RECONNECT_LONGEST},
    randomness::Randomness,
};

/// Whether the line to the relay stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Frames go through.
    Up,
    /// It dropped, and is tried again; what is written meanwhile is kept.
    Down,
}

/// What the shell is to do with the socket now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineAction {
    Connect,
    Disconnect,
    Ping,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No line is wanted.
    Idle,
    /// The next try is due then.
    Waiting { until: Timestamp },
    /// The shell was told to connect.
    Connecting { since: Timestamp },
    /// Connected since then; the relay has not yet served us.
    Greeting { since: Timestamp },
    /// Served; the relay was heard last then, and asked since if it is alive.
    Open { heard: Timestamp, asked: bool },
}

/// The state of the line.
#[derive(Debug)]
pub(crate) struct Connection {
    state: State,
    failures: u32,
}

impl Connection {
    pub(crate) fn new() -> Self {
        Self { state: State::Idle, failures: 0 }
    }

    /// A line is wanted from now on; connects where there is none.
    #[must_use]
    pub(crate) fn want(&mut self, now: Timestamp) -> Option<LineAction> {
        (self.state == State::Idle).then(|| {
            self.state = State::Connecting { since: now };
            LineAction::Connect
        })
    }

    /// No line is wanted any more.
    #[must_use]
    pub(crate) fn give_up(&mut self) -> Option<LineAction> {
        let was = core::mem::replace(&mut self.state, State::Idle);
        (!matches!(was, State::Idle | State::Waiting { .. })).then_some(LineAction::Disconnect)
    }

    /// The shell connected. Whether a line was wanted: a late answer to an old wish is not one.
    pub(crate) fn handle_connected(&mut self, now: Timestamp) -> bool {
        let wanted = matches!(self.state, State::Connecting { .. });
        if wanted {
            self.state = State::Greeting { since: now };
        }
        wanted
    }

    /// The shell's socket is gone, or could not be opened. Tries are spread by `jitter` (0 to 255), so
    /// that everybody's do not meet at a relay that has just come back.
    pub(crate) fn handle_disconnected(&mut self, jitter: u8, now: Timestamp) {
        if matches!(self.state, State::Idle | State::Waiting { .. }) {
            return;
        }
        let wait = doubled(RECONNECT_FIRST, self.failures, RECONNECT_LONGEST);
        self.failures = self.failures.saturating_add(1);
        let spread = wait.mul_f32(f32::from(jitter) / 1024.0);
        self.state = State::Waiting { until: now + wait + spread };
    }

    /// Something came from the relay.
    pub(crate) fn handle_heard(&mut self, now: Timestamp) {
        if let State::Open { heard, asked } = &mut self.state {
            *heard = now;
            *asked = false;
        }
    }

    /// The relay showed that it serves us: the next failure starts again from the shortest wait.
    pub(crate) fn handle_served(&mut self, now: Timestamp) {
        self.failures = 0;
        if matches!(self.state, State::Greeting { .. }) {
            self.state = State::Open { heard: now, asked: false };
        }
    }

    /// Does what is due.
    #[must_use]
    pub(crate) fn handle_timeout(&mut self, jitter: u8, now: Timestamp) -> Option<LineAction> {
        if self.poll_timeout().is_none_or(|due| now < due) {
            return None;
        }
        match &mut self.state {
            State::Idle => None,
            State::Waiting { .. } => {
                self.state = State::Connecting { since: now };
                Some(LineAction::Connect)
            }
            State::Open { asked: asked @ false, .. } => {
                *asked = true;
                Some(LineAction::Ping)
            }
            State::Connecting { .. } | State::Greeting { .. } | State::Open { asked: true, .. } => {
                self.handle_disconnected(jitter, now);
                Some(LineAction::Disconnect)
            }
        }
    }

    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        match self.state {
            State::Idle => None,
            State::Waiting { until } => Some(until),
            State::Connecting { since } | State::Greeting { since } => {
                Some(since + CONNECT_TIMEOUT)
            }
            State::Open { heard, asked: false } => {
                Some(heard + Duration::from_secs(PING_AFTER_SECONDS))
            }
            State::Open { heard, asked: true } => {
                Some(heard + Duration::from_secs(LINE_DEAD_AFTER_SECONDS))
            }
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        matches!(self.state, State::Greeting { .. } | State::Open { .. })
    }
}

/// A spread for [`Connection::handle_disconnected`].
pub(crate) fn jitter(randomness: &Randomness) -> u8 {
    let [spread] = randomness.bytes();
    spread
}

/// `first`, doubled `times` times, but at most `longest`.
pub(crate) fn doubled(first: Duration, times: u32, longest: Duration) -> Duration {
    first.saturating_mul(1_u32.checked_shl(times.min(16)).unwrap_or(u32::MAX)).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_cannot_be_opened_is_tried_again_and_again_with_growing_waits() {
        let mut line = Connection::new();
        let mut now = Timestamp(1_000_000);
        assert_eq!(line.want(now), Some(LineAction::Connect));
        let mut waits = Vec::new();
        for _ in 0..8 {
            line.handle_disconnected(0, now);
            let due = line.poll_timeout().unwrap();
            waits.push(due.0 - now.0);
            now = due;
            assert_eq!(line.handle_timeout(0, now), Some(LineAction::Connect));
        }
        assert_eq!(waits, [300, 600, 1200, 2400, 4800, 8000, 8000, 8000]);
    }

    #[test]
    fn a_relay_that_says_nothing_is_asked_and_then_given_up() {
        let mut line = Connection::new();
        let start = Timestamp(0);
        let _ = line.want(start);
        assert!(line.handle_connected(start));
        line.handle_served(start);
        let ask = line.poll_timeout().unwrap();
        assert_eq!(line.handle_timeout(0, ask), Some(LineAction::Ping));
        let dead = line.poll_timeout().unwrap();
        assert_eq!(line.handle_timeout(0, dead), Some(LineAction::Disconnect));
        assert!(!line.is_open());
    }

    #[test]
    fn a_relay_that_lets_us_connect_and_serves_nothing_is_given_up() {
        let mut line = Connection::new();
        let _ = line.want(Timestamp(0));
        assert!(line.handle_connected(Timestamp(0)));
        let dead = line.poll_timeout().unwrap();
        line.handle_heard(dead);
        assert_eq!(line.handle_timeout(0, dead), Some(LineAction::Disconnect));
    }

    #[test]
    fn a_connection_that_opens_after_it_was_given_up_is_not_taken() {
        let mut line = Connection::new();
        let _ = line.want(Timestamp(0));
        assert_eq!(line.give_up(), Some(LineAction::Disconnect));
        assert!(!line.handle_connected(Timestamp(5)));
    }

    #[test]
    fn a_line_that_is_wanted_no_more_is_closed_however_far_it_has_come() {
        let mut line = Connection::new();
        let _ = line.want(Timestamp(0));
        assert!(line.handle_connected(Timestamp(0)));
        assert_eq!(line.give_up(), Some(LineAction::Disconnect));
    }
}
