//! The sessions of one listener, from the first request to the last.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use stillroom_delivery::Share;
use stillroom_protocol::Refusal;
use stillroom_protocol::second_way::SessionId;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until};

use super::session::Session;
use crate::line::{LINGER, Lines};
use crate::stop::Running;
use crate::switchboard::{Seat, Switchboard};

/// The sessions of one listener: those that have a seat at the switchboard, and those that linger.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<SessionId, Arc<Session>>>);

impl Sessions {
    pub(super) fn find(&self, id: &SessionId) -> Option<Arc<Session>> {
        self.lock().get(id).cloned()
    }

    /// A new session, with a seat at the switchboard.
    ///
    /// # Errors
    /// Why there is none to be had.
    pub(super) fn begin(
        self: &Arc<Self>,
        id: SessionId,
        lines: &Lines,
        share: &Share,
        switchboard: &Arc<dyn Switchboard>,
    ) -> Result<Arc<Session>, Refusal> {
        let seat = switchboard.connect(lines.side, share, lines.outgoing_bytes)?;
        let session = Arc::new(Session::new(seat.connection, Arc::clone(&seat.outgoing)));
        let kept = Kept {
            id: id.clone(),
            session: Arc::clone(&session),
            seat,
            switchboard: Arc::clone(switchboard),
            lingering: Arc::clone(&lines.lingering),
            _running: lines.running.clone(),
        };
        // Who draws an id that stands, of two to the 128, gets it; the other is told that theirs is gone.
        if let Some(other) = self.lock().insert(id, Arc::clone(&session)) {
            other.end();
        }
        tokio::spawn(kept.keep(Arc::clone(self)));
        Ok(session)
    }

    fn remove(&self, id: &SessionId, session: &Arc<Session>) {
        let mut all = self.lock();
        if all.get(id).is_some_and(|found| Arc::ptr_eq(found, session)) {
            all.remove(id);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Arc<Session>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A session with all that it holds.
struct Kept {
    id: SessionId,
    session: Arc<Session>,
    seat: Seat,
    switchboard: Arc<dyn Switchboard>,
    lingering: Arc<Semaphore>,
    _running: Running,
}

impl Kept {
    /// Wakes whoever answers when there is something to say, until the session is over.
    async fn keep(self, sessions: Arc<Sessions>) {
        let mut closes: Option<Instant> = None;
        let mut _lingers = None;
        while !self.session.is_over() && closes.is_none_or(|closes| Instant::now() < closes) {
            let until = self.session.lasts_until();
            let until = closes.map_or(until, |closes| until.min(closes));
            tokio::select! {
                () = self.seat.outgoing.changed() => {
                    self.session.changed.send_replace(());
                }
                () = self.session.looked_at.notified() => {}
                () = sleep_until(until) => {}
            }
            if closes.is_none() && self.seat.outgoing.is_closing() {
                let Ok(lingers) = self.lingering.try_acquire() else { break };
                _lingers = Some(lingers);
                closes = Some(Instant::now() + LINGER);
            }
        }
        sessions.remove(&self.id, &self.session);
        self.session.end();
        self.switchboard.disconnect(self.seat.connection);
    }
}
