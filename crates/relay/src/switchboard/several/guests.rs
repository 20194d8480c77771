//! At home: the connections that other relays carry here.
//!
//! To the core they are connections like any; what it sends to them goes to their carrier. A carrier that is silent, or
//! of whose messages one is missing, loses all of them, as if their lines had dropped.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use stillroom_delivery::ConnectionId;
use stillroom_program::Timestamp;
use stillroom_protocol::{Bytes, Refusal, encode};
use tokio::sync::Notify;

use super::envelope::{FromHome, ToHome, WayId, share_of};
use super::way::{Inbound, Outbound};
use crate::switchboard::{InProcess, Side, Sink, Switchboard as _, TooMuch, refused};

/// A way from here to a carrier, and the connections on it.
pub(super) struct Guest {
    pub(super) way: Arc<GuestWay>,
    pub(super) heard: Inbound,
    pub(super) heard_at: Timestamp,
    connections: BTreeMap<u64, ConnectionId>,
}

/// What goes to a carrier: filled under the core's lock, emptied by the task.
pub(super) struct GuestWay {
    pub(super) id: WayId,
    out: Mutex<Outbound>,
    ready: Arc<Notify>,
}

impl GuestWay {
    pub(super) fn out(&self) -> MutexGuard<'_, Outbound> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the core sends what is for a connection that another relay carries.
struct CarriedSink {
    way: Arc<GuestWay>,
    connection: u64,
}

impl Sink for CarriedSink {
    fn push(&self, frame: Arc<[u8]>) -> Result<(), TooMuch> {
        let connection = self.connection;
        let pushed = Bytes::try_from(&frame[..]).map_err(|_| TooMuch).and_then(|frame| {
            let item = encode(&FromHome::Send { connection, frame });
            self.way.out().push(item).map_err(|_| TooMuch)
        });
        if pushed.is_err() {
            self.close_for(Refusal::TooSlow);
        }
        self.way.ready.notify_one();
        pushed
    }

    fn close(&self, refusal: Option<Refusal>) {
        let item = encode(&FromHome::Close { connection: self.connection, refusal });
        self.way.out().push_small(item);
        self.way.ready.notify_one();
    }
}

impl CarriedSink {
    fn close_for(&self, refusal: Refusal) {
        if let Ok(frame) = refused(refusal).try_into() {
            let told = encode(&FromHome::Send { connection: self.connection, frame });
            self.way.out().push_small(told);
        }
        self.close(Some(refusal));
    }
}

impl Guest {
    /// A carrier that has just opened this way. `ready` is told whenever there is something for it.
    pub(super) fn new(id: WayId, ready: Arc<Notify>, now: Timestamp) -> Self {
        let way = GuestWay { id, out: Mutex::default(), ready };
        Self {
            way: Arc::new(way),
            heard: Inbound::default(),
            heard_at: now,
            connections: BTreeMap::new(),
        }
    }

    /// Does what the carrier says, at the core.
    pub(super) fn obey(&mut self, item: ToHome, core: &InProcess) {
        match item {
            // A second one is nonsense, and changes nothing.
            ToHome::Open { .. } => {}
            ToHome::Connect { connection, staff, share } => {
                let side = if *staff { Side::Staff } else { Side::Survivors };
                let sink = CarriedSink { way: Arc::clone(&self.way), connection };
                let Some(share) = share_of(share) else {
                    return sink.close_for(Refusal::RelayFault);
                };
                if self.connections.contains_key(&connection) {
                    return;
                }
                let sink = Arc::new(sink);
                match core.connect_to(side, &share, Arc::clone(&sink) as Arc<dyn Sink>) {
                    Ok(id) => drop(self.connections.insert(connection, id)),
                    Err(refusal) => sink.close_for(refusal),
                }
            }
            ToHome::Frame { connection, frame } => {
                if let Some(id) = self.connections.get(&connection) {
                    core.frame(*id, &frame);
                }
            }
            ToHome::PageGone { connection } => {
                if let Some(id) = self.connections.get(&connection) {
                    core.page_gone(*id);
                }
            }
            ToHome::Gone { connection } => {
                if let Some(id) = self.connections.remove(&connection) {
                    core.disconnect(id);
                }
            }
            ToHome::Leaving { said } => core.leaving(&said),
            ToHome::Answers { sent } => core.answers(&sent),
        }
    }

    /// The carrier is gone, and so are all of its connections.
    pub(super) fn cut(self, core: &InProcess) {
        self.connections.into_values().for_each(|id| core.disconnect(id));
    }
}
