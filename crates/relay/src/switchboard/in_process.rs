//! The live state in this process: the relay's core behind one lock.
//!
//! The core does nothing slow, so the lock is held for microseconds; queues are filled under it, which
//! keeps frames in order. All of it is gone with the process; devices make it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use stillroom_delivery::{Command, ConnectionId, Delivery, Holdings, HostNotice, Share};
use stillroom_program::{Calendar, Timestamp, VerifiedPolicy, VerifiedRevocations};
use stillroom_protocol::counts::SealedDayCounts;
use stillroom_protocol::limits::{POLICY_MAX, REVOCATIONS_MAX};
use stillroom_protocol::{AnswersBatch, Bytes, Refusal, Reply};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::sleep_until;

use super::{Outgoing, OutgoingBytes, Request, Seat, Side, Sink, Switchboard};
use crate::allotment::{Allotment, Portion, Taken};
use crate::clock::Clock;
use crate::holdings;

/// [`Switchboard`] in this process.
pub struct InProcess {
    live: Mutex<Live>,
    open: AtomicBool,
    clock: Clock,
    /// What survivors' devices may have of the process.
    connections: Allotment,
    for_survivors: Arc<OutgoingBytes>,
    for_staff: Arc<OutgoingBytes>,
    lasting: Lasting,
    sooner: Notify,
}

/// The ways to the lasting records.
pub(crate) struct Lasting {
    /// What devices ask of them.
    pub(crate) requests: mpsc::Sender<Request>,
    /// Batches of sealed answers to keep.
    pub(crate) answers: mpsc::Sender<AnswersBatch>,
    /// Sealed counts of days to keep.
    pub(crate) counts: mpsc::Sender<ToKeep>,
}

/// What is told whoever keeps counts.
pub(crate) enum ToKeep {
    /// The counts of a day.
    Counts(SealedDayCounts),
    /// Nothing: all that came before is kept when this is answered.
    Nothing(oneshot::Sender<()>),
}

struct Live {
    delivery: Delivery,
    outgoing: BTreeMap<ConnectionId, Arc<dyn Sink>>,
    /// When the timer is set to go off.
    set: Option<Timestamp>,
}

impl InProcess {
    /// A switchboard over this core, on each of whose sides `outgoing_bytes` may wait; survivors' devices have no more
    /// than what the program may have of the process. Requests that find no room on their way are refused as the
    /// relay's fault, and answers go on being held. [`InProcess::keep_time`] must run beside it.
    pub(crate) fn new(
        delivery: Delivery,
        clock: Clock,
        outgoing_bytes: usize,
        of_process: &Portion,
        lasting: Lasting,
    ) -> Self {
        Self {
            live: Mutex::new(Live { delivery, outgoing: BTreeMap::new(), set: None }),
            open: AtomicBool::new(false),
            clock,
            connections: of_process.connections.clone(),
            for_survivors: Arc::new(OutgoingBytes::new(
                outgoing_bytes,
                of_process.outgoing.clone(),
            )),
            for_staff: Arc::new(OutgoingBytes::new(outgoing_bytes, Allotment::unbounded())),
            lasting,
            sooner: Notify::new(),
        }
    }

    /// Calls the core whenever something is due, until the switchboard is gone.
    pub(crate) async fn keep_time(this: Weak<Self>) {
        while let Some(switchboard) = this.upgrade() {
            let due = switchboard.with(|live, now| {
                if live.delivery.poll_timeout().is_some_and(|due| due <= now) {
                    live.delivery.handle_timeout(now);
                }
            });
            let due = due.map(|due| switchboard.clock.instant(due).into());
            tokio::select! {
                () = switchboard.sooner.notified() => {}
                () = until(due) => {}
            }
        }
    }

    /// A queue for a device that comes by this side, and what it takes of the process.
    pub(crate) fn queue(
        &self,
        side: Side,
        outgoing_bytes: usize,
    ) -> Result<(Arc<Outgoing>, Option<Taken>), Refusal> {
        let (all, taken) = match side {
            Side::Survivors => {
                let taken = self.connections.take_one().ok_or(Refusal::ConnectionsFull)?;
                (&self.for_survivors, Some(taken))
            }
            Side::Staff => (&self.for_staff, None),
        };
        Ok((Arc::new(Outgoing::new(outgoing_bytes, Arc::clone(all))), taken))
    }

    /// A device has connected by this side, whose frames go into `sink`.
    pub(crate) fn connect_to(
        &self,
        side: Side,
        share: &Share,
        sink: Arc<dyn Sink>,
    ) -> Result<ConnectionId, Refusal> {
        let mut connected = Err(Refusal::RelayFault);
        self.with(|live, now| {
            connected = live.delivery.handle_connect(side, share, now);
            if let Ok(connection) = connected {
                live.outgoing.insert(connection, sink);
            }
        });
        connected
    }

    /// Another relay has the program from now on: what is live here is forgotten, and every line drops.
    pub(crate) fn moved(&self) {
        self.with(|live, now| live.delivery.handle_moved(now));
    }

    /// Lets `act` at the core, and does what follows from it. Returns when something is due next.
    fn with(&self, act: impl FnOnce(&mut Live, Timestamp)) -> Option<Timestamp> {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        // Read under the lock, so that time never runs backwards for the core.
        let now = self.clock.now();
        act(&mut live, now);
        live.carry_out(&self.lasting, now);
        self.open.store(live.delivery.is_open(), Ordering::Relaxed);
        let due = live.delivery.poll_timeout();
        if due.is_some_and(|due| live.set.is_none_or(|set| due < set)) {
            self.sooner.notify_one();
        }
        live.set = due;
        due
    }
}

impl Live {
    /// Does what the core wants done.
    fn carry_out(&mut self, lasting: &Lasting, now: Timestamp) {
        while let Some(command) = self.delivery.poll_command() {
            match command {
                Command::Send { to, frame } => self.send(to, frame, now),
                Command::Close { connection, refusal } => {
                    if let Some(outgoing) = self.outgoing.remove(&connection) {
                        outgoing.close(refusal);
                    }
                }
                Command::KeepAnswers(batch) => {
                    if let Err(unsent) = lasting.answers.try_send(batch) {
                        self.delivery.take_back_answers(unsent.into_inner());
                    }
                }
                Command::KeepCounts(counts) => {
                    if lasting.counts.try_send(ToKeep::Counts(counts)).is_err() {
                        tracing::warn!("a day's sealed counts were lost: storage is slow");
                    }
                }
                Command::Lasting { connection, number, operation, by } => {
                    let by = by.map(|device| device.key);
                    let request = Request { connection, number, by, operation };
                    if lasting.requests.try_send(request).is_err() {
                        let fault = Err(Refusal::RelayFault);
                        self.delivery.handle_reply(connection, number, fault);
                    }
                }
            }
        }
    }

    fn send(&mut self, to: ConnectionId, frame: Arc<[u8]>, now: Timestamp) {
        let Some(outgoing) = self.outgoing.get(&to) else {
            return;
        };
        if outgoing.push(frame).is_err() {
            self.outgoing.remove(&to);
            self.delivery.handle_disconnect(to, now);
        }
    }
}

impl Switchboard for InProcess {
    fn connect(&self, side: Side, share: &Share, outgoing_bytes: usize) -> Result<Seat, Refusal> {
        let (outgoing, taken) = self.queue(side, outgoing_bytes)?;
        let sink = Arc::clone(&outgoing) as Arc<dyn Sink>;
        let connection = self.connect_to(side, share, sink)?;
        Ok(Seat { connection, outgoing, _of_process: taken })
    }

    fn frame(&self, from: ConnectionId, frame: &[u8]) {
        self.with(|live, now| live.delivery.handle_frame(from, frame, now));
    }

    fn leaving(&self, said: &[u8]) {
        self.with(|live, now| live.delivery.handle_leaving(said, now));
    }

    fn answers(&self, sent: &[u8]) {
        self.with(|live, now| live.delivery.handle_answers(sent, now));
    }

    fn take_back_answers(&self, batch: AnswersBatch) {
        self.with(|live, _| live.delivery.take_back_answers(batch));
    }

    fn page_gone(&self, connection: ConnectionId) {
        self.with(|live, now| live.delivery.handle_page_gone(connection, now));
    }

    fn disconnect(&self, connection: ConnectionId) {
        self.with(|live, now| {
            live.outgoing.remove(&connection);
            live.delivery.handle_disconnect(connection, now);
        });
    }

    fn reply(&self, connection: ConnectionId, number: u32, outcome: Result<Reply, Refusal>) {
        self.with(|live, _| live.delivery.handle_reply(connection, number, outcome));
    }

    fn set_policy(&self, signed: Bytes<POLICY_MAX>, policy: VerifiedPolicy, calendar: Calendar) {
        self.with(|live, now| live.delivery.set_policy(signed, policy, calendar, now));
    }

    fn set_revocations(&self, signed: Bytes<REVOCATIONS_MAX>, list: VerifiedRevocations) {
        self.with(|live, now| live.delivery.set_revocations(signed, list, now));
    }

    fn set_host_notices(&self, notices: Vec<HostNotice>) {
        self.with(|live, _| live.delivery.set_host_notices(notices));
    }

    fn is_open(&self) -> bool {
        self.open.load(Ordering::Relaxed)
    }

    fn share_keys_in_use(&self) -> BTreeSet<u32> {
        let live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        live.delivery.generations_in_use()
    }

    fn holdings(&self) -> Holdings {
        let live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        live.delivery.holdings()
    }

    fn live(&self) -> holdings::Live {
        let live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        holdings::Live {
            core: live.delivery.inventory(),
            queues: live.outgoing.len(),
            outgoing_bytes: self.for_survivors.waiting() + self.for_staff.waiting(),
        }
    }

    fn stop(&self) {
        self.with(|live, now| live.delivery.handle_stop(now));
    }
}

async fn until(due: Option<tokio::time::Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
impl Lasting {
    /// Ways at whose end nobody is.
    pub(crate) fn to_nobody() -> Self {
        Self {
            requests: mpsc::channel(1).0,
            answers: mpsc::channel(1).0,
            counts: mpsc::channel(1).0,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use getrandom::SysRng;
    use rand_core::UnwrapErr;
    use stillroom_delivery::{Limits, Setup};
    use stillroom_program::Fingerprint;

    use super::*;
    use crate::shares::ShareKeys;

    /// A switchboard on each of whose sides this many bytes may wait.
    fn switchboard(waiting: usize) -> InProcess {
        let setup = Setup { root: Fingerprint([1; 32]), limits: Limits::default() };
        let (delivery, lasting) = (Delivery::new(setup, UnwrapErr(SysRng)), Lasting::to_nobody());
        InProcess::new(delivery, Clock::start(), waiting, &Portion::everything(), lasting)
    }

    #[test]
    fn survivors_devices_that_read_nothing_take_no_room_from_what_staff_are_sent() {
        let switchboard = switchboard(100);
        let share = ShareKeys::draw(1).share_of(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let seat = |side| switchboard.connect(side, &share, 100).unwrap();
        let (never_reads, another) = (seat(Side::Survivors), seat(Side::Survivors));
        never_reads.outgoing.push([1; 100].into()).unwrap();
        assert!(another.outgoing.push([2; 1].into()).is_err());
        seat(Side::Staff).outgoing.push([3; 100].into()).unwrap();
        assert_eq!(switchboard.live().outgoing_bytes, 200);
    }
}
