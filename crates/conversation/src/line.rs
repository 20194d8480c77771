//! A device's line to the relay: connecting, trying again, noticing that it is dead, and by which way it goes
//! (`features.md` 3.8, `docs/decisions/0042`).
//!
//! Everything here is about one connection and nothing about what it carries. It cannot tell a relay that
//! is down from one that does not want to answer.

use core::time::Duration;

use stillroom_program::Timestamp;
use stillroom_protocol::limits::{LINE_DEAD_AFTER_SECONDS, PING_AFTER_SECONDS};

use crate::{
    limits::{
        CONNECT_TIMEOUT, CUT_SHORT, CUT_SHORT_MAX, RECONNECT_FIRST, RECONNECT_LONGEST,
        SECOND_WAY_LASTS, WEB_SOCKET_TIMEOUT,
    },
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

/// By what a line goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A WebSocket.
    WebSocket,
    /// Plain requests, where something between device and relay breaks WebSocket
    /// (`stillroom_protocol::second_way`).
    Requests,
}

/// What the shell is to do with the line now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineAction {
    Connect(Way),
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
    /// Served since then; the relay was heard last then, and asked since if it is alive.
    Open { since: Timestamp, heard: Timestamp, asked: bool },
}

/// The state of the line.
#[derive(Debug)]
pub(crate) struct Connection {
    state: State,
    failures: u32,
    /// Of this try, or of the next.
    way: Way,
    /// The best way that was ever served here. Where that is a WebSocket, one that fails tells of a network that is gone
    /// rather than of one that breaks WebSocket.
    best: Option<Way>,
    /// WebSockets in a row that were cut soon after they were served.
    cut_short: u8,
    /// When the line that stands is to go by WebSocket again.
    back: Option<Timestamp>,
}

impl Connection {
    pub(crate) fn new() -> Self {
        Self {
            state: State::Idle,
            failures: 0,
            way: Way::WebSocket,
            best: None,
            cut_short: 0,
            back: None,
        }
    }

    /// A line is wanted from now on; connects where there is none.
    #[must_use]
    pub(crate) fn want(&mut self, now: Timestamp) -> Option<LineAction> {
        (self.state == State::Idle).then(|| {
            self.state = State::Connecting { since: now };
            LineAction::Connect(self.way)
        })
    }

    /// No line is wanted any more.
    #[must_use]
    pub(crate) fn give_up(&mut self) -> Option<LineAction> {
        self.back = None;
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
        self.choose_way(now);
        let wait = doubled(RECONNECT_FIRST, self.failures, RECONNECT_LONGEST);
        self.failures = self.failures.saturating_add(1);
        let spread = (wait / 1024).saturating_mul(u32::from(jitter));
        self.state = State::Waiting { until: now + wait + spread };
    }

    /// What failed before it was served is tried by the other way next. Once a WebSocket has been served, the second way
    /// is for every fourth try alone, so that a network that was merely gone is not left for the slower way; and for one
    /// where each WebSocket is cut soon, which the second way bears without anybody noticing.
    fn choose_way(&mut self, now: Timestamp) {
        let stood = match self.state {
            State::Open { since, .. } => Some(now.checked_since(since)),
            State::Idle
            | State::Waiting { .. }
            | State::Connecting { .. }
            | State::Greeting { .. } => None,
        };
        self.way = match (self.way, stood) {
            (Way::Requests, Some(_)) if self.back.is_none_or(|back| now < back) => Way::Requests,
            (Way::Requests, _) => Way::WebSocket,
            (Way::WebSocket, Some(stood)) => {
                let short = stood < CUT_SHORT;
                self.cut_short = if short { self.cut_short.saturating_add(1) } else { 0 };
                if self.cut_short < CUT_SHORT_MAX { Way::WebSocket } else { Way::Requests }
            }
            (Way::WebSocket, None)
                if self.best == Some(Way::WebSocket) && self.failures % 4 != 3 =>
            {
                Way::WebSocket
            }
            (Way::WebSocket, None) => Way::Requests,
        };
        self.back = None;
    }

    /// Something came from the relay.
    pub(crate) fn handle_heard(&mut self, now: Timestamp) {
        if let State::Open { heard, asked, .. } = &mut self.state {
            *heard = now;
            *asked = false;
        }
    }

    /// The relay showed that it serves us: the next failure starts again from the shortest wait.
    pub(crate) fn handle_served(&mut self, now: Timestamp) {
        self.failures = 0;
        if matches!(self.state, State::Greeting { .. }) {
            self.state = State::Open { since: now, heard: now, asked: false };
            if self.best != Some(Way::WebSocket) {
                self.best = Some(self.way);
            }
            let for_a_while = self.best != Some(self.way);
            self.back = for_a_while.then(|| now + SECOND_WAY_LASTS);
        }
    }

    /// Does what is due.
    #[must_use]
    pub(crate) fn handle_timeout(&mut self, jitter: u8, now: Timestamp) -> Option<LineAction> {
        if self.poll_timeout().is_none_or(|due| now < due) {
            return None;
        }
        if self.back.is_some_and(|back| back <= now) {
            self.handle_disconnected(jitter, now);
            return Some(LineAction::Disconnect);
        }
        match &mut self.state {
            State::Idle => None,
            State::Waiting { .. } => {
                self.state = State::Connecting { since: now };
                Some(LineAction::Connect(self.way))
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
        let due = match self.state {
            State::Idle => None,
            State::Waiting { until } => Some(until),
            State::Connecting { since } | State::Greeting { since } => {
                let unproven = self.way == Way::WebSocket && self.best != Some(Way::WebSocket);
                Some(since + if unproven { WEB_SOCKET_TIMEOUT } else { CONNECT_TIMEOUT })
            }
            State::Open { heard, asked: false, .. } => {
                Some(heard + Duration::from_secs(PING_AFTER_SECONDS))
            }
            State::Open { heard, asked: true, .. } => {
                Some(heard + Duration::from_secs(LINE_DEAD_AFTER_SECONDS))
            }
        };
        [due, self.back].into_iter().flatten().min()
    }

    /// Whether somebody is to be told that there is no line. Not before both ways were tried, where none was ever served.
    pub(crate) fn is_missed(&self) -> bool {
        self.best.is_some() || self.failures > 1
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
        assert_eq!(line.want(now), Some(LineAction::Connect(Way::WebSocket)));
        let mut waits = Vec::new();
        for _ in 0..8 {
            line.handle_disconnected(0, now);
            let due = line.poll_timeout().unwrap();
            waits.push(due.0 - now.0);
            now = due;
            assert!(matches!(line.handle_timeout(0, now), Some(LineAction::Connect(_))));
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

    /// The ways of the next tries, each of which fails before it is served.
    fn ways(line: &mut Connection, tries: usize) -> Vec<Way> {
        let next = |line: &mut Connection| {
            line.handle_disconnected(0, Timestamp(0));
            match line.handle_timeout(0, line.poll_timeout().unwrap()) {
                Some(LineAction::Connect(way)) => way,
                other => panic!("{other:?}"),
            }
        };
        (0..tries).map(|_| next(line)).collect()
    }

    /// The line stands, and is served.
    fn serve(line: &mut Connection, now: Timestamp) {
        assert!(line.handle_connected(now));
        line.handle_served(now);
    }

    #[test]
    fn where_no_web_socket_was_ever_served_the_ways_take_turns() {
        let mut line = Connection::new();
        let _ = line.want(Timestamp(0));
        use Way::{Requests, WebSocket};
        assert_eq!(ways(&mut line, 4), [Requests, WebSocket, Requests, WebSocket]);
    }

    #[test]
    fn a_web_socket_that_hangs_silently_is_given_up_within_five_seconds() {
        let mut line = Connection::new();
        let _ = line.want(Timestamp(0));
        let due = line.poll_timeout().unwrap();
        assert!(due <= Timestamp(5_000));
        assert_eq!(line.handle_timeout(0, due), Some(LineAction::Disconnect));
        let again = line.poll_timeout().unwrap();
        assert_eq!(line.handle_timeout(0, again), Some(LineAction::Connect(Way::Requests)));
    }

    #[test]
    fn nobody_is_told_that_there_is_no_line_before_both_ways_were_tried() {
        let mut line = Connection::new();
        let _ = line.want(Timestamp(0));
        ways(&mut line, 1);
        assert!(!line.is_missed());
        ways(&mut line, 1);
        assert!(line.is_missed());
        let mut line = Connection::new();
        let _ = line.want(Timestamp(0));
        serve(&mut line, Timestamp(0));
        ways(&mut line, 1);
        assert!(line.is_missed(), "a line that stood and dropped");
    }

    #[test]
    fn a_network_that_is_gone_for_a_while_seldom_leads_to_the_second_way() {
        let mut line = Connection::new();
        let _ = line.want(Timestamp(0));
        serve(&mut line, Timestamp(0));
        let tried = ways(&mut line, 12);
        let second: Vec<_> = (0..12).filter(|at| tried[*at] == Way::Requests).collect();
        assert_eq!(second, [3, 7, 11]);
    }

    #[test]
    fn a_second_way_that_was_served_is_kept_where_web_socket_never_was() {
        let mut line = Connection::new();
        let _ = line.want(Timestamp(0));
        assert_eq!(ways(&mut line, 1), [Way::Requests]);
        serve(&mut line, Timestamp(0));
        assert_eq!(ways(&mut line, 3), [Way::Requests, Way::WebSocket, Way::Requests]);
    }

    #[test]
    fn where_each_web_socket_is_cut_soon_the_third_is_the_last_for_a_while() {
        let mut line = Connection::new();
        let mut now = Timestamp(0);
        let _ = line.want(now);
        let mut ways = Vec::new();
        for _ in 0..4 {
            serve(&mut line, now);
            now = now + Duration::from_secs(30);
            line.handle_disconnected(0, now);
            now = line.poll_timeout().unwrap();
            let _ = line.handle_timeout(0, now);
            ways.push(line.way);
        }
        use Way::{Requests, WebSocket};
        assert_eq!(ways, [WebSocket, WebSocket, Requests, Requests]);
    }

    #[test]
    fn a_line_that_went_over_to_the_second_way_goes_back_after_a_while() {
        let mut line = Connection::new();
        let _ = line.want(Timestamp(0));
        serve(&mut line, Timestamp(0));
        assert_eq!(ways(&mut line, 4).last(), Some(&Way::Requests));
        let start = Timestamp(1_000_000);
        serve(&mut line, start);
        let back = start + SECOND_WAY_LASTS;
        let mut now = start;
        while now < back {
            assert_ne!(line.handle_timeout(0, now), Some(LineAction::Disconnect));
            line.handle_heard(now);
            now = line.poll_timeout().unwrap();
        }
        assert_eq!(line.handle_timeout(0, now), Some(LineAction::Disconnect));
        let again = line.poll_timeout().unwrap();
        assert_eq!(line.handle_timeout(0, again), Some(LineAction::Connect(Way::WebSocket)));
    }
}
