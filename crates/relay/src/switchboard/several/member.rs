//! This relay among the others: hears and speaks over NATS, and does what follows from its standing.
//!
//! The decisions are made in [`Standing`], the numbers kept in `way.rs`; here they meet sockets and the time. Its log
//! speaks of relays alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use getrandom::SysRng;
use rand_core::{Rng as _, UnwrapErr};
use stillroom_program::Timestamp;
use stillroom_protocol::{Flag, ProgramId, encode};
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep_until;

use super::cluster::{Cluster, ClusterError, Heard, LeaseKeeper, Voice};
use super::envelope::{
    Envelope, FromHome, RelayId, Term, ToHome, Version, WayId, Word, opened, said, sealed, word_of,
};
use super::guests::Guest;
use super::published::Agreement;
use super::standing::{Lease, SILENT, Standing, Step};
use super::way::{Inbound, Part, WAYS_MAX};
use super::{Carrier, Several};
use crate::clock::Clock;
use crate::switchboard::Switchboard as _;

/// Answers about the lease that may wait: one is asked for at a time.
const LEASES_WAITING: usize = 4;

/// This relay among those of its program.
pub(crate) struct Member {
    me: RelayId,
    several: Arc<Several>,
    clock: Clock,
    standing: Standing,
    voice: Voice,
    lease: Arc<LeaseKeeper>,
    guests: BTreeMap<RelayId, Guest>,
    /// What was told of each guest's keys of shares.
    keys_told: BTreeMap<RelayId, BTreeSet<u32>>,
    /// The home that connections are carried to.
    home: Option<Home>,
    /// The version of a home beside which this relay stands, once that was said.
    beside: Option<Version>,
    /// Since when the cluster cannot be reached; whether that was said.
    apart: Option<(Timestamp, bool)>,
    /// Whether others have read what this one has.
    agreement: Agreement,
    asked: mpsc::Sender<(Term, Lease)>,
}

/// A home that is followed.
struct Home {
    relay: RelayId,
    heard: Inbound,
    heard_at: Timestamp,
}

/// What the task waits for.
struct Inputs {
    heard: Heard,
    leases: mpsc::Receiver<(Term, Lease)>,
    leave: oneshot::Receiver<oneshot::Sender<()>>,
}

/// The relay's place among the others, until it leaves it.
pub(crate) struct Membership(oneshot::Sender<oneshot::Sender<()>>);

impl Membership {
    /// Gives the lease up, and tells the others, so that one of them is home at once.
    pub(crate) async fn leave(self) {
        let (left, done) = oneshot::channel();
        if self.0.send(left).is_ok() {
            // A task that is gone has nothing to give up.
            let _ = done.await;
        }
    }
}

impl RelayId {
    /// A name of this relay, until it stops.
    pub(crate) fn draw() -> Self {
        Self(drawn())
    }
}

fn drawn() -> [u8; 16] {
    let mut bytes = [0; 16];
    UnwrapErr(SysRng).fill_bytes(&mut bytes);
    bytes
}

impl Member {
    /// Takes this relay's place among the others, and runs until it leaves.
    ///
    /// # Errors
    /// [`ClusterError`].
    pub(crate) async fn start(
        cluster: Cluster,
        program: &ProgramId,
        several: Arc<Several>,
        clock: Clock,
    ) -> Result<(Membership, impl Future<Output = ()> + use<>), ClusterError> {
        let (voice, lease, heard) = cluster.open().await?;
        let (asked, leases) = mpsc::channel(LEASES_WAITING);
        let (leave, left) = oneshot::channel();
        let me = lease.me;
        let mut standing = Standing::new(me, Version::OWN, &program.0, || Term(drawn()));
        standing.handle_connected(clock.now());
        let member = Self {
            me,
            several,
            clock,
            standing,
            voice,
            lease: Arc::new(lease),
            guests: BTreeMap::new(),
            keys_told: BTreeMap::new(),
            home: None,
            beside: None,
            apart: None,
            agreement: Agreement::default(),
            asked,
        };
        Ok((Membership(leave), member.run(Inputs { heard, leases, leave: left })))
    }

    async fn run(mut self, mut inputs: Inputs) {
        let ready = Arc::clone(&self.several.ready);
        loop {
            self.take_steps().await;
            self.send().await;
            let due = self.due().map(|due| self.clock.instant(due).into());
            let Heard { all, carriers, home, connected } = &mut inputs.heard;
            tokio::select! {
                Some(stands) = connected.recv() => self.connection(stands),
                Some(message) = all.next() => self.hear_word(&message.payload),
                Some(message) = carriers.next() => self.hear_carrier(&message.payload).await,
                Some(message) = home.next() => self.hear_home(&message.payload).await,
                Some((term, lease)) = inputs.leases.recv() => {
                    self.standing.handle_lease(term, lease, self.clock.now());
                }
                () = ready.notified() => {}
                () = until(due) => self.time(),
                left = &mut inputs.leave => {
                    self.leave().await;
                    // Whoever waits for it may be gone with the relay.
                    let _ = left.map(|left| left.send(()));
                    return;
                }
            }
        }
    }

    /// When something is due.
    fn due(&self) -> Option<Timestamp> {
        let apart = self.apart.filter(|(_, said)| !said).map(|(since, _)| since + SILENT);
        self.standing.poll_timeout().into_iter().chain(apart).min()
    }

    fn time(&mut self) {
        let now = self.clock.now();
        self.standing.handle_timeout(now);
        if let Some((since, said @ false)) = &mut self.apart
            && now.checked_since(*since) >= SILENT
        {
            *said = true;
            // Their carriers have closed them by now, for the same reason.
            let guests: Vec<_> = self.guests.keys().copied().collect();
            guests.into_iter().for_each(|relay| self.cut(relay));
            if self.standing.home().is_some() {
                tracing::error!(
                    "the other relays cannot be reached over NATS: whoever is connected here is served on"
                );
            } else {
                tracing::error!(
                    "the other relays cannot be reached over NATS: nobody is let in before they are"
                );
            }
        }
    }

    fn connection(&mut self, stands: bool) {
        if stands {
            if let Some((_, true)) = self.apart.take() {
                tracing::info!("the other relays can be reached again");
            }
            self.standing.handle_connected(self.clock.now());
            // What was said meanwhile was not heard.
            self.several.changed.notify_one();
        } else {
            self.apart.get_or_insert((self.clock.now(), false));
            self.standing.handle_disconnected();
        }
    }

    // What is heard.

    fn hear_word(&mut self, bytes: &[u8]) {
        let now = self.clock.now();
        let Ok((speaks, word)) = word_of(bytes) else { return };
        match word {
            Word::Beat { relay, home, open } => {
                self.standing.handle_beat(relay, speaks, home, now);
                if self.home.as_ref().is_some_and(|home| home.relay == relay) {
                    self.several.carrier(|carrier| carrier.open = *open);
                }
            }
            Word::Changed { relay } if relay != self.me => self.several.changed.notify_one(),
            Word::Leaves { relay } if relay != self.me => {
                self.standing.handle_left(relay, now);
                self.cut(relay);
            }
            Word::Published { relay, hash } if relay != self.me => {
                if self.agreement.handle_said(hash, self.several.published_hash(), now) {
                    self.several.changed.notify_one();
                }
            }
            // Its own words.
            Word::Changed { .. } | Word::Leaves { .. } | Word::Published { .. } => {}
        }
    }

    async fn hear_carrier(&mut self, bytes: &[u8]) {
        let Ok(envelope) = opened::<ToHome>(bytes) else { return };
        let Envelope { from, way, number, heard, items } = envelope;
        if from == self.me {
            return;
        }
        let now = self.clock.now();
        if number == 1 && self.opens(items.first()) {
            self.cut(from);
            if self.guests.len() < WAYS_MAX {
                let part = Part::of_home(self.guests.len() + 1);
                let guest = Guest::new(way, part, Arc::clone(&self.several.ready), now);
                self.several.guest_came(from, Arc::clone(&guest.way));
                self.guests.insert(from, guest);
            }
        }
        let guest = self.guests.get_mut(&from).filter(|guest| guest.way.id == way);
        let Some(guest) = guest else {
            return self.say_over(from, way).await;
        };
        if guest.heard.take(number, bytes.len()).is_err() {
            self.cut(from);
            return self.say_over(from, way).await;
        }
        guest.heard_at = now;
        guest.way.out().acknowledged(heard);
        for item in items.into_vec() {
            guest.obey(item, &self.several.own);
        }
        if guest.way.out().is_overrun() {
            self.cut(from);
            return self.say_over(from, way).await;
        }
        if guest.heard.owes_word() {
            self.say_heard_to_guest(from).await;
        }
    }

    /// Whether a way that begins so is one to this home, in this term.
    fn opens(&self, first: Option<&ToHome>) -> bool {
        let home = self.standing.home();
        matches!(first, Some(ToHome::Open { term }) if home == Some(*term))
    }

    async fn hear_home(&mut self, bytes: &[u8]) {
        let Ok(envelope) = opened::<FromHome>(bytes) else { return };
        let Envelope { from, way, number, heard, items } = envelope;
        let of_now = self.several.carrier(|carrier| carrier.way) == Some(way);
        let Some(home) = self.home.as_mut().filter(|home| of_now && home.relay == from) else {
            return;
        };
        let over = items.contains(&FromHome::Over);
        if over || home.heard.take(number, bytes.len()).is_err() {
            return self.lose_way();
        }
        home.heard_at = self.clock.now();
        let owes_word = home.heard.owes_word();
        self.several.carrier(|carrier| {
            carrier.out.acknowledged(heard);
            items.into_vec().into_iter().for_each(|item| carrier.obey(item));
        });
        if owes_word {
            self.say_heard_to_home().await;
        }
    }

    /// A message to or from the home was lost, or it knows nothing of the way any more.
    fn lose_way(&mut self) {
        self.standing.handle_way_broken(self.clock.now());
    }

    /// A carrier's connections are gone.
    fn cut(&mut self, relay: RelayId) {
        self.keys_told.remove(&relay);
        self.several.guest_gone(relay);
        if let Some(guest) = self.guests.remove(&relay) {
            guest.cut(&self.several.own);
        }
    }

    // What is done.

    async fn take_steps(&mut self) {
        while let Some(step) = self.standing.poll_step() {
            match step {
                Step::Hold(term) => self.ask_for_lease(term),
                Step::Beat => self.beat().await,
                Step::BecomeHome(_) => {
                    self.home = None;
                    self.several.become_home();
                    self.several.changed.notify_one();
                    self.beside = None;
                    tracing::info!("this relay has the program now");
                    self.beat().await;
                }
                Step::GiveWay => {
                    tracing::info!("another relay has the program now");
                    self.give_way().await;
                }
                Step::Follow(relay, term) => {
                    let heard_at = self.clock.now();
                    self.home = Some(Home { relay, heard: Inbound::default(), heard_at });
                    self.several.follow(WayId(drawn()), ToHome::Open { term });
                    self.several.changed.notify_one();
                    if self.beside.take().is_some() {
                        tracing::info!("the relay that has the program speaks this version now");
                    }
                }
                Step::StandBeside(version) => self.stand_beside(version),
                Step::LoseHome => {
                    self.home = None;
                    // Who stood beside one of another version does so until it has another home, or is home.
                    if self.beside.is_none() {
                        self.several.be_apart();
                    }
                }
            }
        }
    }

    fn stand_beside(&mut self, version: Version) {
        self.home = None;
        self.several.stand_beside();
        // Homes of that version may follow one another until the last is gone.
        if self.beside.replace(version) != Some(version) {
            tracing::warn!(
                theirs = version.0,
                own = Version::OWN.0,
                "the relay that has the program speaks another version of the protocol: nobody is let in here before the \
                 last relay of that version has stopped"
            );
        }
    }

    fn ask_for_lease(&self, term: Term) {
        let (lease, asked) = (Arc::clone(&self.lease), self.asked.clone());
        tokio::spawn(async move {
            let outcome = lease.hold(term).await;
            // Where nobody listens any more the relay has stopped, and the lease runs out.
            let _ = asked.send((term, outcome)).await;
        });
    }

    async fn give_way(&mut self) {
        let guests = std::mem::take(&mut self.guests);
        self.keys_told.clear();
        self.several.be_apart();
        for (relay, guest) in guests {
            self.several.guest_gone(relay);
            self.say_over(relay, guest.way.id).await;
        }
    }

    /// Says that this relay is there, and that each way stands.
    async fn beat(&mut self) {
        let now = self.clock.now();
        let open = Flag(self.several.is_open());
        let word = Word::Beat { relay: self.me, home: self.standing.home(), open };
        self.voice.to_all(said(&word)).await;
        let word = Word::Published { relay: self.me, hash: self.several.published_hash() };
        self.voice.to_all(said(&word)).await;
        let silent = |heard: Timestamp| now.checked_since(heard) > SILENT + SILENT;
        if self.home.as_ref().is_some_and(|home| silent(home.heard_at)) {
            self.lose_way();
        }
        // Whoever else is there may carry to the same home.
        let part = Part::of_carrier(self.standing.others());
        self.several.carrier(|carrier| carrier.out.share(part));
        self.say_heard_to_home().await;
        let keys = self.several.own.share_keys_in_use();
        let guests: Vec<_> = self.guests.iter().map(|(id, guest)| (*id, guest.heard_at)).collect();
        for (relay, heard_at) in guests {
            if silent(heard_at) {
                self.cut(relay);
            } else {
                self.tell_keys(relay, &keys);
                self.say_heard_to_guest(relay).await;
            }
        }
    }

    fn tell_keys(&mut self, relay: RelayId, keys: &BTreeSet<u32>) {
        let told = self.keys_told.entry(relay).or_default();
        if told != keys
            && let Some(guest) = self.guests.get(&relay)
        {
            told.clone_from(keys);
            guest.way.out().push_small(encode(&FromHome::keys_in_use(keys.iter().copied())));
        }
    }

    async fn leave(&mut self) {
        self.lease.give_up().await;
        self.voice.to_all(said(&Word::Leaves { relay: self.me })).await;
        self.voice.said().await;
    }

    // What is said.

    /// Sends what is ready, on every way.
    async fn send(&mut self) {
        if !self.voice.is_connected() {
            return;
        }
        if self.several.take_published() {
            self.voice.to_all(said(&Word::Changed { relay: self.me })).await;
        }
        if self.several.carrier(|carrier| carrier.out.is_overrun()) == Some(true) {
            self.lose_way();
        }
        while self.voice.is_connected()
            && let Some(home) = &mut self.home
            && let Some((way, batch)) = self.several.next_batch()
        {
            let heard = home.heard.acknowledge();
            let message = sealed(self.me, way, batch.number, heard, &batch.items);
            self.voice.to_home(home.relay, message).await;
        }
        for (relay, guest) in &mut self.guests {
            while self.voice.is_connected()
                && let Some(batch) = { guest.way.out().next() }
            {
                let heard = guest.heard.acknowledge();
                let message = sealed(self.me, guest.way.id, batch.number, heard, &batch.items);
                self.voice.to_carrier(*relay, message).await;
            }
        }
    }

    /// Acknowledges what the home sent. The first message on a way is another one: it says what way that is.
    async fn say_heard_to_home(&mut self) {
        let empty = |carrier: &mut Carrier| {
            carrier.out.has_begun().then(|| (carrier.way, carrier.out.next_empty()))
        };
        if let Some(home) = &mut self.home
            && let Some((way, batch)) = self.several.carrier(empty).flatten()
        {
            let heard = home.heard.acknowledge();
            let message = sealed(self.me, way, batch.number, heard, &batch.items);
            self.voice.to_home(home.relay, message).await;
        }
    }

    async fn say_heard_to_guest(&mut self, relay: RelayId) {
        if let Some(guest) = self.guests.get_mut(&relay) {
            let batch = guest.way.out().next_empty();
            let heard = guest.heard.acknowledge();
            let message = sealed(self.me, guest.way.id, batch.number, heard, &batch.items);
            self.voice.to_carrier(relay, message).await;
        }
    }

    /// Tells a carrier that nothing is known of this way.
    async fn say_over(&self, relay: RelayId, way: WayId) {
        let message = sealed(self.me, way, 0, 0, &encode(&FromHome::Over));
        self.voice.to_carrier(relay, message).await;
    }
}

async fn until(due: Option<tokio::time::Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}
