//! One line by the second way: what has come on it, which request is being answered, and since when none has been.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use stillroom_delivery::ConnectionId;
use stillroom_protocol::second_way::{Arrival, Arrivals, SESSION_LASTS_SECONDS};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::Refused;
use crate::switchboard::{Next, Outgoing};

/// How long a session lasts without a request for what is for it.
const LASTS: Duration = Duration::from_secs(SESSION_LASTS_SECONDS);

/// A line by the second way. Requests are numbered, and the newest of each kind counts: what an older one still does comes
/// from a connection that is gone without anybody having been told.
pub(super) struct Session {
    pub(super) connection: ConnectionId,
    pub(super) outgoing: Arc<Outgoing>,
    /// Told when there is something to answer with, or an older request is to end.
    pub(super) changed: watch::Sender<()>,
    /// For the session's own task.
    pub(super) looked_at: Notify,
    state: Mutex<State>,
}

struct State {
    arrivals: Arrivals,
    /// The newest request for what is for it, and of those with what it says.
    asked: u64,
    posted: u64,
    /// Whether the newest request is being answered.
    answering: bool,
    /// When the last one was answered.
    left: Instant,
    /// The number of the last frame that was put into an answer.
    sent: u64,
    over: bool,
}

impl Session {
    pub(super) fn new(connection: ConnectionId, outgoing: Arc<Outgoing>) -> Self {
        let state = State {
            arrivals: Arrivals::default(),
            asked: 0,
            posted: 0,
            answering: false,
            left: Instant::now(),
            sent: 0,
            over: false,
        };
        Self {
            connection,
            outgoing,
            changed: watch::Sender::new(()),
            looked_at: Notify::new(),
            state: Mutex::new(state),
        }
    }

    /// A device that has everything up to this frame asks for what follows. The request's number.
    pub(super) fn ask(&self, received: u64) -> Result<u64, Refused> {
        self.confirm(received)?;
        if self.outgoing.is_over() {
            self.end();
            return Err(Refused::Gone);
        }
        let mut state = self.live()?;
        state.asked += 1;
        state.answering = true;
        let turn = state.asked;
        drop(state);
        // The request before it ends.
        self.changed.send_replace(());
        Ok(turn)
    }

    /// Whether this is still the request to answer.
    pub(super) fn is_asked(&self, turn: u64) -> bool {
        let state = self.lock();
        !state.over && state.asked == turn
    }

    /// A request has been answered with everything up to this frame, or its connection is gone.
    pub(super) fn answered(&self, turn: u64, sent: u64) {
        let mut state = self.lock();
        if state.asked == turn {
            state.answering = false;
            state.left = Instant::now();
            state.sent = sent;
        }
        drop(state);
        self.looked_at.notify_one();
    }

    /// A device that has everything up to this frame has something to say. The request's number.
    pub(super) fn post(&self, received: u64) -> Result<u64, Refused> {
        self.confirm(received)?;
        let mut state = self.live()?;
        state.posted += 1;
        Ok(state.posted)
    }

    /// A frame came; `hand_on` is called if it is the next.
    pub(super) fn take(
        &self,
        turn: u64,
        number: u64,
        hand_on: impl FnOnce(),
    ) -> Result<(), Refused> {
        let mut state = self.live()?;
        if state.posted != turn {
            return Err(Refused::Superseded);
        }
        match state.arrivals.take(number) {
            // Within the lock, so that none overtakes another.
            Arrival::Next => hand_on(),
            Arrival::Double => {}
            Arrival::Gap => {
                drop(state);
                self.end();
                return Err(Refused::Malformed);
            }
        }
        Ok(())
    }

    /// The number of the last frame that came.
    pub(super) fn arrived(&self) -> u64 {
        self.lock().arrivals.last()
    }

    /// Ends it.
    pub(super) fn end(&self) {
        self.lock().over = true;
        self.changed.send_replace(());
        self.looked_at.notify_one();
    }

    /// Whether it is over: ended, left by its device, or closed with everything said.
    pub(super) fn is_over(&self) -> bool {
        let state = self.lock();
        let left = !state.answering && state.left.elapsed() >= LASTS;
        let closed =
            !state.answering && matches!(self.outgoing.after(state.sent), Some(Next::Close(_)));
        state.over || left || closed
    }

    /// When it is over if nothing is heard of it.
    pub(super) fn lasts_until(&self) -> Instant {
        let state = self.lock();
        if state.answering { Instant::now() + LASTS } else { state.left + LASTS }
    }

    fn confirm(&self, received: u64) -> Result<(), Refused> {
        if self.outgoing.confirm(received) {
            return Ok(());
        }
        self.end();
        Err(Refused::Malformed)
    }

    fn live(&self) -> Result<MutexGuard<'_, State>, Refused> {
        let state = self.lock();
        if state.over { Err(Refused::Gone) } else { Ok(state) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use getrandom::SysRng;
    use rand_core::UnwrapErr;
    use stillroom_delivery::{Delivery, Limits, Setup, Side};
    use stillroom_program::{Fingerprint, Timestamp};

    use super::*;
    use crate::allotment::Allotment;
    use crate::shares::ShareKeys;
    use crate::switchboard::OutgoingBytes;

    fn session() -> Session {
        let setup = Setup { root: Fingerprint([1; 32]), limits: Limits::default() };
        let share = ShareKeys::draw(0).share_of(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let connection = Delivery::new(setup, UnwrapErr(SysRng)).handle_connect(
            Side::Survivors,
            &share,
            Timestamp(1),
        );
        let all = Arc::new(OutgoingBytes::new(1000, Allotment::unbounded()));
        Session::new(connection.unwrap(), Arc::new(Outgoing::new(1000, all)))
    }

    /// The last request was answered so long ago.
    fn left(session: &Session, ago: Duration) {
        session.lock().left = Instant::now().checked_sub(ago).unwrap();
    }

    #[test]
    fn a_line_for_which_nobody_asks_is_over_after_a_while_and_not_while_a_request_is_answered() {
        let session = session();
        let turn = session.ask(0).unwrap();
        left(&session, LASTS);
        assert!(!session.is_over(), "it is being answered");
        session.answered(turn, 0);
        assert!(!session.is_over());
        left(&session, LASTS);
        assert!(session.is_over());
    }

    #[test]
    fn an_older_request_that_ends_late_leaves_the_newer_alone() {
        let session = session();
        let older = session.ask(0).unwrap();
        let newer = session.ask(0).unwrap();
        assert!(!session.is_asked(older) && session.is_asked(newer));
        session.answered(older, 0);
        left(&session, LASTS);
        assert!(!session.is_over());
        session.answered(newer, 0);
        left(&session, LASTS);
        assert!(session.is_over());
    }

    #[test]
    fn a_line_that_the_relay_closes_is_over_once_its_last_word_has_been_sent() {
        let session = session();
        let turn = session.ask(0).unwrap();
        session.outgoing.push([1; 10].into()).unwrap();
        session.outgoing.close(None);
        session.answered(turn, 0);
        assert!(!session.is_over(), "the last word is still to be sent");
        let turn = session.ask(0).unwrap();
        session.answered(turn, 1);
        assert!(session.is_over());
    }

    #[test]
    fn an_older_post_that_goes_on_is_told_that_a_newer_has_taken_its_place() {
        let session = session();
        let older = session.post(0).unwrap();
        let newer = session.post(0).unwrap();
        let mut handed_on = 0;
        assert_eq!(session.take(older, 1, || handed_on += 1), Err(Refused::Superseded));
        assert_eq!(session.take(newer, 1, || handed_on += 1), Ok(()));
        assert_eq!(session.take(newer, 1, || handed_on += 1), Ok(()), "a double");
        assert_eq!((handed_on, session.arrived()), (1, 1));
    }

    #[test]
    fn nothing_is_taken_or_asked_for_on_a_line_that_has_ended() {
        let session = session();
        let turn = session.post(0).unwrap();
        session.end();
        assert_eq!(session.take(turn, 1, || unreachable!()), Err(Refused::Gone));
        assert_eq!(session.post(0), Err(Refused::Gone));
        assert_eq!(session.ask(0), Err(Refused::Gone));
    }
}
