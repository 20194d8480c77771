//! The live state among several relays (`features.md` 6.1, 6.6; `decisions/0044`): one of them is home and has the
//! program's core; every other carries its devices' frames there and back over NATS.
//!
//! Each relay holds a core of its own, kept with what is published, so that it can be home at any moment. A change of
//! home costs each device that was carried a reconnection and no message, since it comes again by itself and everything
//! is sent again from end to end. Calls do not wait here: what goes to the home is queued, bounded, and a task of its
//! own ([`Member`]) sends it. Nothing of a room, a ticket or a chat is stored in NATS.

mod cluster;
mod envelope;
mod guests;
mod member;
mod standing;
mod way;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use stillroom_delivery::{ConnectionId, Holdings, HostNotice, Share};
use stillroom_program::{Calendar, VerifiedPolicy, VerifiedRevocations};
use stillroom_protocol::limits::{POLICY_MAX, REVOCATIONS_MAX};
use stillroom_protocol::{AnswersBatch, Bytes, Refusal, Reply, encode};
use tokio::sync::Notify;

use self::envelope::{FromHome, ToHome, WayId};
use self::way::{Batch, Outbound, QueueFull};
use super::{InProcess, Outgoing, Seat, Side, Switchboard};
use crate::holdings::Live;

pub(crate) use cluster::Cluster;
pub use cluster::ClusterError;
pub(crate) use envelope::RelayId;
pub(crate) use member::{Member, Membership};

/// Bytes that one survivor's device may put in the queue to the home before that was empty again: a few of the longest
/// messages. One that sends more is closed, so that what one device pours in holds up no other.
const WAITING_OF_SURVIVOR: usize = 256 * 1024;

/// The same for a staff device, whose records are longer.
const WAITING_OF_STAFF: usize = 1024 * 1024;

/// [`Switchboard`] among several relays.
pub(crate) struct Several {
    own: Arc<InProcess>,
    state: Mutex<State>,
    /// There is something to send.
    ready: Arc<Notify>,
    /// What is published was changed by another relay, or may have been.
    changed: Notify,
}

struct State {
    role: Role,
    /// The number of the last connection that was carried.
    last: u64,
    /// What is published was changed here, and the others are to be told.
    published: bool,
}

/// What this relay is to its program now.
enum Role {
    /// It knows of no home, or cannot reach it: nobody is let in.
    Apart,
    /// It is home: its own core has everybody.
    Home,
    /// It carries its connections to another one.
    Carrier(Carrier),
}

/// What a carrier holds.
struct Carrier {
    way: WayId,
    out: Outbound,
    connections: BTreeMap<ConnectionId, Carried>,
    /// How often the queue to the home was empty.
    emptied: u64,
    /// Whether the home says that chat is open.
    open: bool,
    /// The keys of shares that the home knows somebody by.
    keys_in_use: BTreeSet<u32>,
}

/// A connection that is carried.
struct Carried {
    side: Side,
    outgoing: Arc<Outgoing>,
    /// Bytes that it put in the queue since that was last empty.
    waiting: usize,
    emptied: u64,
}

impl Several {
    /// Over this relay's own core, in which nobody is yet.
    pub(crate) fn new(own: Arc<InProcess>) -> Self {
        let state = State { role: Role::Apart, last: 0, published: false };
        Self { own, state: Mutex::new(state), ready: Arc::default(), changed: Notify::new() }
    }

    /// Waits until what is published has to be read anew, since another relay changed it or may have.
    pub(crate) async fn changed_elsewhere(&self) {
        self.changed.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    // What the task that speaks to the others does.

    fn become_home(&self) {
        self.close_carried();
        self.lock().role = Role::Home;
    }

    fn follow(&self, way: WayId, open: ToHome) {
        self.close_carried();
        let mut carrier = Carrier::new(way);
        carrier.out.push_small(encode(&open));
        self.lock().role = Role::Carrier(carrier);
        self.ready.notify_one();
    }

    /// There is no home: carried connections are closed as a line is that drops, and so are those of the own core, if
    /// it had any.
    fn be_apart(&self) {
        self.close_carried();
        let was = std::mem::replace(&mut self.lock().role, Role::Apart);
        if matches!(was, Role::Home) {
            self.own.moved();
        }
    }

    fn close_carried(&self) {
        let was = match &mut self.lock().role {
            Role::Carrier(carrier) => std::mem::take(&mut carrier.connections),
            Role::Apart | Role::Home => return,
        };
        was.into_values().for_each(|carried| carried.outgoing.close(None));
    }

    /// What is ready for the home, and the way there.
    fn next_batch(&self) -> Option<(WayId, Batch)> {
        self.carrier(|carrier| {
            let batch = carrier.out.next();
            if carrier.out.is_empty() {
                carrier.emptied += 1;
            }
            Some((carrier.way, batch?))
        })?
    }

    /// Does something with what this relay holds as a carrier, if it is one.
    fn carrier<T>(&self, act: impl FnOnce(&mut Carrier) -> T) -> Option<T> {
        match &mut self.lock().role {
            Role::Carrier(carrier) => Some(act(carrier)),
            Role::Apart | Role::Home => None,
        }
    }

    /// Whether the others are to be told that what is published was changed.
    fn take_published(&self) -> bool {
        std::mem::take(&mut self.lock().published)
    }
}

impl Carrier {
    fn new(way: WayId) -> Self {
        Self {
            way,
            out: Outbound::default(),
            connections: BTreeMap::new(),
            emptied: 0,
            open: false,
            keys_in_use: BTreeSet::new(),
        }
    }

    fn obey(&mut self, item: FromHome) {
        match item {
            FromHome::Send { connection, frame } => {
                let connection = ConnectionId::elsewhere(connection);
                if let Some(carried) = self.connections.get(&connection)
                    && carried.outgoing.push(frame.into_vec().into()).is_err()
                {
                    self.gone(connection);
                }
            }
            // It stays in the table until its line has ended, so that the home hears of it.
            FromHome::Close { connection, refusal } => {
                let connection = ConnectionId::elsewhere(connection);
                if let Some(carried) = self.connections.get(&connection) {
                    carried.outgoing.close(refusal);
                }
            }
            FromHome::KeysInUse { generations } => {
                self.keys_in_use = generations.iter().copied().collect();
            }
            // The way's end is for the task.
            FromHome::Over => {}
        }
    }

    fn gone(&mut self, connection: ConnectionId) {
        if self.connections.remove(&connection).is_some() {
            let connection = number(connection);
            self.out.push_small(encode(&ToHome::Gone { connection }));
        }
    }

    fn frame(&mut self, from: ConnectionId, frame: &[u8]) {
        let emptied = self.emptied;
        let Some(carried) = self.connections.get_mut(&from) else { return };
        let pushed = Bytes::try_from(frame).map_err(|_| QueueFull).and_then(|frame| {
            carried.count(frame.len(), emptied)?;
            self.out.push(encode(&ToHome::Frame { connection: number(from), frame }))
        });
        if pushed.is_err()
            && let Some(carried) = self.connections.get(&from)
        {
            carried.outgoing.close(Some(Refusal::TooFast));
            self.gone(from);
        }
    }
}

impl Carried {
    /// Counts what the device sent.
    fn count(&mut self, bytes: usize, emptied: u64) -> Result<(), QueueFull> {
        let most = match self.side {
            Side::Survivors => WAITING_OF_SURVIVOR,
            Side::Staff => WAITING_OF_STAFF,
        };
        if self.emptied != emptied {
            (self.emptied, self.waiting) = (emptied, 0);
        }
        self.waiting = self.waiting.saturating_add(bytes);
        if self.waiting <= most { Ok(()) } else { Err(QueueFull) }
    }
}

/// The carrier's own number of a connection that it carries.
fn number(connection: ConnectionId) -> u64 {
    connection.number_elsewhere()
}

impl Switchboard for Several {
    fn connect(&self, side: Side, share: &Share, outgoing_bytes: usize) -> Result<Seat, Refusal> {
        let mut state = self.lock();
        let State { role, last, .. } = &mut *state;
        match role {
            Role::Apart => Err(Refusal::Stopping),
            Role::Home => {
                drop(state);
                self.own.connect(side, share, outgoing_bytes)
            }
            Role::Carrier(carrier) => {
                let (outgoing, of_process) = self.own.queue(side, outgoing_bytes)?;
                let next = last.saturating_add(1);
                let item = encode(&ToHome::connect(next, side, share));
                carrier.out.push(item).map_err(|QueueFull| Refusal::ConnectionsFull)?;
                *last = next;
                let connection = ConnectionId::elsewhere(next);
                let emptied = carrier.emptied;
                let carried =
                    Carried { side, outgoing: Arc::clone(&outgoing), waiting: 0, emptied };
                carrier.connections.insert(connection, carried);
                drop(state);
                self.ready.notify_one();
                Ok(Seat { connection, outgoing, _of_process: of_process })
            }
        }
    }

    fn frame(&self, from: ConnectionId, frame: &[u8]) {
        if from.is_elsewhere() {
            self.carrier(|carrier| carrier.frame(from, frame));
            self.ready.notify_one();
        } else {
            self.own.frame(from, frame);
        }
    }

    fn leaving(&self, said: &[u8]) {
        let carried = self.carrier(|carrier| {
            let said = Bytes::try_from(said).map_err(|_| QueueFull);
            // One that does not fit is a dropped line, as any other that does not get through.
            said.and_then(|said| carrier.out.push(encode(&ToHome::Leaving { said })))
        });
        match carried {
            Some(_) => self.ready.notify_one(),
            None => self.own.leaving(said),
        }
    }

    /// Where the home cannot have them they are held here until there are enough of them.
    fn answers(&self, sent: &[u8]) {
        let carried = self.carrier(|carrier| {
            let sent = Bytes::try_from(sent).map_err(|_| QueueFull)?;
            carrier.out.push(encode(&ToHome::Answers { sent }))
        });
        match carried {
            Some(Ok(())) => self.ready.notify_one(),
            Some(Err(QueueFull)) | None => self.own.answers(sent),
        }
    }

    fn take_back_answers(&self, batch: AnswersBatch) {
        self.own.take_back_answers(batch);
    }

    fn page_gone(&self, connection: ConnectionId) {
        if connection.is_elsewhere() {
            self.carrier(|carrier| {
                if carrier.connections.contains_key(&connection) {
                    let connection = number(connection);
                    carrier.out.push_small(encode(&ToHome::PageGone { connection }));
                }
            });
            self.ready.notify_one();
        } else {
            self.own.page_gone(connection);
        }
    }

    fn disconnect(&self, connection: ConnectionId) {
        if connection.is_elsewhere() {
            self.carrier(|carrier| carrier.gone(connection));
            self.ready.notify_one();
        } else {
            self.own.disconnect(connection);
        }
    }

    fn reply(&self, connection: ConnectionId, number: u32, outcome: Result<Reply, Refusal>) {
        self.own.reply(connection, number, outcome);
    }

    fn set_policy(&self, signed: Bytes<POLICY_MAX>, policy: VerifiedPolicy, calendar: Calendar) {
        self.own.set_policy(signed, policy, calendar);
    }

    fn set_revocations(&self, signed: Bytes<REVOCATIONS_MAX>, list: VerifiedRevocations) {
        self.own.set_revocations(signed, list);
    }

    fn set_host_notices(&self, notices: Vec<HostNotice>) {
        self.own.set_host_notices(notices);
    }

    fn published(&self) {
        self.lock().published = true;
        self.ready.notify_one();
    }

    fn is_open(&self) -> bool {
        match &self.lock().role {
            Role::Apart => false,
            Role::Home => self.own.is_open(),
            Role::Carrier(carrier) => carrier.open,
        }
    }

    fn share_keys_in_use(&self) -> BTreeSet<u32> {
        let mut keys = self.own.share_keys_in_use();
        keys.extend(self.carrier(|carrier| carrier.keys_in_use.clone()).unwrap_or_default());
        keys
    }

    fn holdings(&self) -> Holdings {
        let own = self.own.holdings();
        let carried = self.carrier(|carrier| carrier.connections.len()).unwrap_or_default();
        Holdings { connections: own.connections + carried, ..own }
    }

    fn live(&self) -> Live {
        let mut live = self.own.live();
        if let Some((queues, bytes)) =
            self.carrier(|carrier| (carrier.connections.len(), carrier.out.bytes()))
        {
            live.queues += queues;
            live.outgoing_bytes += bytes;
        }
        live
    }

    fn stop(&self) {
        let carried = self.carrier(|carrier| std::mem::take(&mut carrier.connections));
        for carried in carried.unwrap_or_default().into_values() {
            // Nothing waits for it any more; a reader learns why from the frame.
            let _ = carried.outgoing.push(super::refused(Refusal::Stopping).into());
            carried.outgoing.close(Some(Refusal::Stopping));
        }
        self.lock().role = Role::Apart;
        self.own.stop();
    }
}
