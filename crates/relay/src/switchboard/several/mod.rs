//! The live state among several relays (`features.md` 6.1, 6.6; `decisions/0044`): one of them is home and has the
//! program's core; every other carries its devices' frames there and back over NATS.
//!
//! Each relay holds a core of its own, kept with what is published, so that it can be home at any moment. A change of
//! home costs each device that was carried a reconnection and no message, since it comes again by itself and everything
//! is sent again from end to end. Calls do not wait here: what goes to the home is queued, bounded, and a task of its
//! own ([`Member`]) sends it. Nothing of a room, a ticket or a chat is stored in NATS.

mod cluster;
mod connection;
mod envelope;
mod guests;
mod inbox;
mod member;
mod published;
mod standing;
mod way;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use stillroom_delivery::{ConnectionId, Holdings, HostNotice, Share};
use stillroom_program::{Calendar, VerifiedPolicy, VerifiedRevocations};
use stillroom_protocol::limits::{POLICY_MAX, REVOCATIONS_MAX};
use stillroom_protocol::{AnswersBatch, Bytes, Refusal, Reply, encode};
use tokio::sync::Notify;

use self::envelope::{FromHome, Hash, ToHome, WayId};
use self::guests::GuestWay;
use self::published::Published;
use self::way::{Batch, Outbound, Part, QueueFull};
use super::{InProcess, Outgoing, Readiness, Seat, Side, Switchboard};
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

/// Bytes that one program's ways to and from its other relays hold at most.
pub(crate) const WAYS_HOLD: usize = way::WAYS_HOLD;

/// [`Switchboard`] among several relays.
pub(crate) struct Several {
    own: Arc<InProcess>,
    state: Mutex<State>,
    /// At home: what waits for those who carry connections here.
    guests: Mutex<BTreeMap<RelayId, Arc<GuestWay>>>,
    /// There is something to send.
    ready: Arc<Notify>,
    /// What is published was changed by another relay, or may have been.
    changed: Notify,
    /// What of it this relay has read.
    published: Mutex<Published>,
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
    /// The home speaks another version of the protocol: nobody is let in, and no page is given out.
    Beside,
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
        Self {
            own,
            state: Mutex::new(state),
            guests: Mutex::default(),
            ready: Arc::default(),
            changed: Notify::new(),
            published: Mutex::default(),
        }
    }

    /// Waits until what is published has to be read anew, since another relay changed it or may have.
    pub(crate) async fn changed_elsewhere(&self) {
        self.changed.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    // What the task that speaks to the others does.

    fn guest_came(&self, relay: RelayId, way: Arc<GuestWay>) {
        self.with_guests(|guests| drop(guests.insert(relay, way)));
    }

    fn guest_gone(&self, relay: RelayId) {
        self.with_guests(|guests| drop(guests.remove(&relay)));
    }

    /// Each of those that are guests then has its part.
    fn with_guests(&self, change: impl FnOnce(&mut BTreeMap<RelayId, Arc<GuestWay>>)) {
        let mut guests = self.guests.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut guests);
        let part = Part::of_home(guests.len());
        guests.values().for_each(|way| way.out().share(part));
    }

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
        self.lead_nowhere(Role::Apart);
    }

    /// The home speaks another version. A page of this relay's would be told by it to load again, and the other way.
    fn stand_beside(&self) {
        self.lead_nowhere(Role::Beside);
    }

    fn lead_nowhere(&self, role: Role) {
        self.close_carried();
        let was = std::mem::replace(&mut self.lock().role, role);
        if matches!(was, Role::Home) {
            self.own.moved();
        }
    }

    fn close_carried(&self) {
        let was = match &mut self.lock().role {
            Role::Carrier(carrier) => std::mem::take(&mut carrier.connections),
            Role::Apart | Role::Beside | Role::Home => return,
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
            Role::Apart | Role::Beside | Role::Home => None,
        }
    }

    /// A hash of what is published, as this relay has read it.
    fn published_hash(&self) -> Hash {
        self.read().hash()
    }

    fn read(&self) -> MutexGuard<'_, Published> {
        self.published.lock().unwrap_or_else(PoisonError::into_inner)
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
            out: Outbound::new(Part::of_carrier(1)),
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
            let item = encode(&ToHome::Frame { connection: number(from), frame });
            carried.count(item.len(), emptied)?;
            self.out.push(item)
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
    /// Counts what the queue holds of the device: a frame with nothing in it as well.
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
            Role::Apart | Role::Beside => Err(Refusal::Stopping),
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
        self.read().set_policy(&signed);
        self.own.set_policy(signed, policy, calendar);
    }

    fn set_revocations(&self, signed: Bytes<REVOCATIONS_MAX>, list: VerifiedRevocations) {
        self.read().set_revocations(&signed);
        self.own.set_revocations(signed, list);
    }

    fn set_host_notices(&self, notices: Vec<HostNotice>) {
        self.read().set_notices(&notices);
        self.own.set_host_notices(notices);
    }

    fn published(&self) {
        self.lock().published = true;
        self.ready.notify_one();
    }

    fn readiness(&self) -> Readiness {
        match &self.lock().role {
            Role::Apart => Readiness::LetsNobodyIn,
            Role::Beside => Readiness::OtherVersion,
            Role::Home | Role::Carrier(_) => Readiness::Ready,
        }
    }

    fn is_open(&self) -> bool {
        match &self.lock().role {
            Role::Apart | Role::Beside => false,
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
        let guests = self.guests.lock().unwrap_or_else(PoisonError::into_inner);
        live.outgoing_bytes += guests.values().map(|way| way.out().bytes()).sum::<usize>();
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

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use getrandom::SysRng;
    use rand_core::UnwrapErr;
    use stillroom_delivery::{Delivery, Limits, Setup};
    use stillroom_program::Fingerprint;
    use stillroom_protocol::{List, decode};

    use super::envelope::Term;
    use super::*;
    use crate::allotment::Portion;
    use crate::clock::Clock;
    use crate::shares::ShareKeys;
    use crate::switchboard::{Lasting, Next};

    const OPEN: ToHome = ToHome::Open { term: Term([1; 16]) };

    fn several() -> Several {
        let setup = Setup { root: Fingerprint([1; 32]), limits: Limits::default() };
        let (delivery, lasting) = (Delivery::new(setup, UnwrapErr(SysRng)), Lasting::to_nobody());
        let everything = Portion::everything();
        let own = InProcess::new(delivery, Clock::start(), 1 << 20, &everything, lasting);
        Several::new(Arc::new(own))
    }

    fn connect(several: &Several) -> Result<Seat, Refusal> {
        let share = ShareKeys::draw(1).share_of(IpAddr::V4(Ipv4Addr::LOCALHOST));
        several.connect(Side::Survivors, &share, 1 << 16)
    }

    fn carrier() -> Several {
        let several = several();
        several.follow(WayId([2; 16]), OPEN);
        several
    }

    /// What leaves for the home now.
    fn sent(several: &Several) -> Vec<ToHome> {
        let mut sent = Vec::new();
        while let Some((_, batch)) = several.next_batch() {
            let mut list = Vec::new();
            mls_rs_codec::byte_vec::mls_encode(&batch.items, &mut list).unwrap();
            sent.extend(decode::<List<ToHome, 1000>>(&list).unwrap().into_vec());
        }
        sent
    }

    #[test]
    fn where_no_home_is_known_nobody_is_let_in_and_everybody_may_try_again() {
        assert_eq!(connect(&several()).unwrap_err(), Refusal::Stopping);
        let carrier = carrier();
        let seat = connect(&carrier).unwrap();
        carrier.be_apart();
        assert_eq!(seat.outgoing.next_now(), Some(Next::Close(None)), "as a line that drops");
        assert_eq!(connect(&carrier).unwrap_err(), Refusal::Stopping);
        assert!(!carrier.is_open());
    }

    #[test]
    fn beside_a_home_of_another_version_nobody_is_let_in_and_everybody_may_try_again() {
        let several = carrier();
        assert_eq!(several.readiness(), Readiness::Ready);
        let seat = connect(&several).unwrap();
        several.stand_beside();
        assert_eq!(seat.outgoing.next_now(), Some(Next::Close(None)), "as a line that drops");
        assert_eq!(connect(&several).unwrap_err(), Refusal::Stopping, "and not to load again");
        assert_eq!(several.readiness(), Readiness::OtherVersion);
        assert!(!several.is_open());
        several.become_home();
        assert_eq!(several.readiness(), Readiness::Ready);
        connect(&several).unwrap();
        several.stop();
        assert_eq!(several.readiness(), Readiness::LetsNobodyIn);
    }

    #[test]
    fn a_home_that_becomes_a_carrier_closes_what_it_had_and_knows_none_of_it_later() {
        let several = several();
        several.become_home();
        let before = connect(&several).unwrap();
        several.be_apart();
        assert_eq!(before.outgoing.next_now(), Some(Next::Close(None)));
        several.become_home();
        several.frame(before.connection, b"of a line that is closing");
        several.disconnect(before.connection);
        assert_eq!(several.holdings().connections, 0);
        assert_ne!(connect(&several).unwrap().connection, before.connection);
    }

    #[test]
    fn what_a_device_does_reaches_the_home_in_its_order() {
        let carrier = carrier();
        let seat = connect(&carrier).unwrap();
        carrier.frame(seat.connection, b"one");
        carrier.page_gone(seat.connection);
        carrier.disconnect(seat.connection);
        carrier.frame(seat.connection, b"too late");
        let sent = sent(&carrier);
        let frame = Bytes::try_from(&b"one"[..]).unwrap();
        assert_eq!(sent[0], OPEN);
        assert!(matches!(sent[1], ToHome::Connect { connection: 1, .. }));
        let rest = [
            ToHome::Frame { connection: 1, frame },
            ToHome::PageGone { connection: 1 },
            ToHome::Gone { connection: 1 },
        ];
        assert_eq!(sent[2..], rest);
    }

    #[test]
    fn a_device_that_pours_in_what_the_way_cannot_take_is_closed_and_its_neighbour_is_not() {
        for (frames, length) in [(100, 16_000), (100_000, 0)] {
            let carrier = carrier();
            let (flood, neighbour) = (connect(&carrier).unwrap(), connect(&carrier).unwrap());
            for _ in 0..frames {
                carrier.frame(flood.connection, &vec![7; length]);
            }
            assert_eq!(flood.outgoing.next_now(), Some(Next::Close(Some(Refusal::TooFast))));
            assert_eq!(neighbour.outgoing.next_now(), None);
            let bytes = carrier.carrier(|carrier| carrier.out.bytes()).unwrap();
            assert!(bytes <= WAITING_OF_SURVIVOR + 1024, "{bytes}");
        }
    }

    #[test]
    fn a_device_whose_frames_leave_as_they_come_may_send_without_an_end() {
        let carrier = carrier();
        let seat = connect(&carrier).unwrap();
        for _ in 0..100 {
            carrier.frame(seat.connection, &[7; 16_000]);
            sent(&carrier);
            carrier.carrier(|carrier| carrier.out.acknowledged(u64::MAX));
        }
        assert_eq!(seat.outgoing.next_now(), None);
    }

    #[test]
    fn answers_that_no_home_can_have_are_held_here() {
        // Nothing that a page ever sent; what counts is to whom it went.
        let carrier = carrier();
        carrier.answers(&[1, 2, 3]);
        let item = ToHome::Answers { sent: Bytes::try_from(&[1, 2, 3][..]).unwrap() };
        assert_eq!(sent(&carrier), [OPEN, item]);
        carrier.be_apart();
        carrier.answers(&[1, 2, 3]);
        assert_eq!(sent(&carrier), []);
    }
}
