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
use super::way::{Inbound, Outbound, Part};
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
    /// The connections that the core has closed, and of which the carrier may never say that they are gone.
    closed: Mutex<Vec<u64>>,
    ready: Arc<Notify>,
}

impl GuestWay {
    pub(super) fn out(&self) -> MutexGuard<'_, Outbound> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn closed(&self) -> MutexGuard<'_, Vec<u64>> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner)
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
        self.way.closed().push(self.connection);
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
    /// A carrier that has just opened this way, which may take so much. `ready` is told whenever there is something
    /// for it.
    pub(super) fn new(id: WayId, part: Part, ready: Arc<Notify>, now: Timestamp) -> Self {
        let out = Mutex::new(Outbound::new(part));
        let way = GuestWay { id, out, closed: Mutex::default(), ready };
        Self {
            way: Arc::new(way),
            heard: Inbound::default(),
            heard_at: now,
            connections: BTreeMap::new(),
        }
    }

    /// Does what the carrier says, at the core.
    pub(super) fn obey(&mut self, item: ToHome, core: &InProcess) {
        // There are never more than the core has, whatever the carrier forgets to say.
        for closed in std::mem::take(&mut *self.way.closed()) {
            self.connections.remove(&closed);
        }
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

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use getrandom::SysRng;
    use rand_core::UnwrapErr;
    use stillroom_delivery::{Delivery, Limits, Setup};
    use stillroom_program::Fingerprint;
    use stillroom_protocol::List;

    use super::*;
    use crate::allotment::Portion;
    use crate::clock::Clock;
    use crate::shares::ShareKeys;
    use crate::switchboard::Lasting;

    fn core(limits: Limits) -> InProcess {
        let setup = Setup { root: Fingerprint([1; 32]), limits };
        let delivery = Delivery::new(setup, UnwrapErr(SysRng));
        InProcess::new(
            delivery,
            Clock::start(),
            1 << 20,
            &Portion::everything(),
            Lasting::to_nobody(),
        )
    }

    fn guest() -> Guest {
        Guest::new(WayId([2; 16]), Part::of_home(1), Arc::default(), Timestamp(0))
    }

    #[test]
    fn a_carrier_that_opens_connections_without_an_end_has_no_more_than_the_core_lets_in() {
        let limits = Limits { connections: 20, ..Limits::default() };
        let (core, mut guest) = (core(limits), guest());
        let share = ShareKeys::draw(1).share_of(IpAddr::V4(Ipv4Addr::LOCALHOST));
        for connection in 0..1_000 {
            guest.obey(ToHome::connect(connection, Side::Survivors, &share), &core);
            // Nothing that a device says: the core closes it.
            let frame = vec![0xff; 20].try_into().unwrap();
            guest.obey(ToHome::Frame { connection, frame }, &core);
        }
        assert!(core.holdings().connections <= 20);
        assert!(guest.connections.len() <= 21, "{}", guest.connections.len());
        guest.cut(&core);
        assert_eq!(core.holdings().connections, 0);
    }

    #[test]
    fn a_carrier_that_pours_in_what_is_refused_and_acknowledges_nothing_has_its_way_ended() {
        let (core, mut guest) = (core(Limits::default()), guest());
        let nowhere = |connection| ToHome::Connect {
            connection,
            staff: stillroom_protocol::Flag(false),
            share: List::default(),
        };
        let refused = (0..2_000_000).find(|connection| {
            guest.obey(nowhere(*connection), &core);
            guest.way.out().is_overrun()
        });
        assert!(refused.is_some(), "it has an end");
    }
}
