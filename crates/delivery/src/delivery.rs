//! The core as a whole: what the shell calls, and what it gets back.
//!
//! See the crate's own page for what is kept and what is not protected against.

use std::collections::BTreeSet;
use std::fmt;

use rand_core::CryptoRng;
use stillroom_program::{Calendar, Fingerprint, Timestamp, VerifiedPolicy, VerifiedRevocations};
use stillroom_protocol::limits::{POLICY_MAX, REVOCATIONS_MAX};
use stillroom_protocol::{
    About, AnswersBatch, Bytes, ClientFrame, Leaving, ProgramId, Refusal, RelayFrame, Reply, decode,
};

use crate::answers::Answers;
use crate::command::{Command, ConnectionId, Effects};
use crate::connection::{Connections, Denied, Room, Side, Telling};
use crate::counters::Counters;
use crate::host_notices::HostNotice;
use crate::hours::Hours;
use crate::limits::Limits;
use crate::line::Line;
use crate::published::Published;
use crate::puzzles::Puzzles;
use crate::rooms::Rooms;
use crate::shares::Share;
use crate::staff::Staff;
use crate::timers::Timer;

/// What a core starts from.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The program's root: every certificate is followed up to it.
    pub root: Fingerprint,
    /// How much the program may use of this relay.
    pub limits: Limits,
}

/// Counts, for metrics: how much is held, and nothing of whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Connections.
    pub connections: usize,
    /// Staff devices among them.
    pub staff: usize,
    /// Devices on duty, those among them whose line dropped a moment ago.
    pub on_duty: usize,
    /// Places in the line that nobody has claimed.
    pub waiting: usize,
    /// Places that are claimed and whose survivor has not joined yet.
    pub claimed: usize,
    /// Rooms.
    pub rooms: usize,
    /// Rooms that are remembered as closed.
    pub closed_rooms: usize,
    /// Bytes of others that are held: in the line, and for members of rooms who are away.
    pub bytes: usize,
    /// Sealed answers that wait until there are enough of them.
    pub answers: usize,
}

/// The delivery service of one program.
///
/// Order of calls: after any `handle_*` or `set_*`, take every [`poll_command`](Self::poll_command), then
/// set one timer to [`poll_timeout`](Self::poll_timeout). `now` never runs backwards.
pub struct Delivery {
    pub(crate) root: Fingerprint,
    pub(crate) program: ProgramId,
    pub(crate) limits: Limits,
    pub(crate) rng: Box<dyn CryptoRng + Send>,
    pub(crate) published: Published,
    pub(crate) hours: Hours,
    pub(crate) connections: Connections,
    pub(crate) staff: Staff,
    pub(crate) line: Line,
    pub(crate) rooms: Rooms,
    pub(crate) answers: Answers,
    pub(crate) counters: Counters,
    pub(crate) puzzles: Puzzles,
    pub(crate) host_notices: Vec<HostNotice>,
    pub(crate) fx: Effects,
    pub(crate) stopping: bool,
}

impl Delivery {
    /// A core that holds nothing and has been told of no policy: until [`set_policy`](Self::set_policy),
    /// it greets with an empty one and nobody can go on duty.
    pub fn new(setup: Setup, mut rng: impl CryptoRng + Send + 'static) -> Self {
        Self {
            program: setup.root.program_id(),
            root: setup.root,
            fx: Effects::new(setup.limits.bytes),
            line: Line::of(setup.limits.line),
            limits: setup.limits,
            puzzles: Puzzles::new(&mut rng),
            rng: Box::new(rng),
            published: Published::nothing(),
            hours: Hours::default(),
            connections: Connections::default(),
            staff: Staff::default(),
            rooms: Rooms::default(),
            answers: Answers::default(),
            counters: Counters::default(),
            host_notices: Vec::new(),
            stopping: false,
        }
    }

    // What the shell says of connections.

    /// A device has connected on this side, from where `share` names.
    ///
    /// # Errors
    /// [`Refusal::ConnectionsFull`] and [`Refusal::Stopping`]: the shell says so to the device, with
    /// [`About::Connection`], and closes.
    pub fn handle_connect(
        &mut self,
        side: Side,
        share: &Share,
        now: Timestamp,
    ) -> Result<ConnectionId, Refusal> {
        if self.stopping {
            return Err(Refusal::Stopping);
        }
        if let Room::Of(other) = self.connections.room(side, &self.limits)? {
            self.close(other, Some(Refusal::ConnectionsFull), now);
        }
        let id = self.connections.open(side, &self.limits, now);
        if let Some(connection) = self.connections.get_mut(id) {
            connection.share = Some(self.line.shares.enter(share));
        }
        self.watch_silence(id);
        Ok(id)
    }

    /// A whole frame came. One from a connection that was closed is passed over.
    pub fn handle_frame(&mut self, from: ConnectionId, bytes: &[u8], now: Timestamp) {
        let Some(connection) = self.connections.get_mut(from) else {
            return;
        };
        let outcome = connection
            .hear(bytes.len(), &self.limits, now)
            .and_then(|()| decode::<ClientFrame>(bytes).map_err(|_| Refusal::FrameMalformed))
            .map_err(|refusal| (About::Connection, refusal))
            .and_then(|frame| self.obey(from, frame, now));
        match outcome {
            Ok(()) => {}
            Err((About::Connection, refusal)) => self.close(from, Some(refusal), now),
            Err((about, refusal)) => self.fx.refuse(from, about, refusal),
        }
        self.count_open(now);
    }

    /// A survivor's page said as it went that it left: its last word, on no connection. What does not say so,
    /// or of a place or room that is not here, is passed over alike, and nobody is answered.
    pub fn handle_leaving(&mut self, bytes: &[u8], now: Timestamp) {
        match Leaving::from_bytes(bytes) {
            Some(Leaving::Place { ticket, .. }) => self.give_up(ticket.id(), now),
            Some(Leaving::Chat { room, token }) => {
                self.rooms.leave(room, token, &self.limits, &mut self.fx, now);
            }
            None => {}
        }
    }

    /// A survivor's page sent sealed answers, on no connection. What is none is passed over, and nobody is
    /// answered.
    pub fn handle_answers(&mut self, bytes: &[u8], now: Timestamp) {
        let Self { answers, program, limits, rng, fx, .. } = self;
        if let Some(batch) = answers.take(bytes, *program, limits, &mut **rng, now) {
            fx.push(Command::KeepAnswers(batch));
        }
    }

    /// A batch of [`Command::KeepAnswers`] could not be kept.
    pub fn take_back_answers(&mut self, batch: AnswersBatch) {
        self.answers.take_back(batch, &self.limits, &mut *self.rng);
    }

    /// The device said as it closed the connection that its page goes away, as browsers do: a place in the line is
    /// given up, also where nothing else got out of the page. Whoever is in a chat has a dropped line, as ever.
    pub fn handle_page_gone(&mut self, connection: ConnectionId, now: Timestamp) {
        if let Some(ticket) = self.connections.get(connection).and_then(|held| held.place) {
            self.give_up(ticket, now);
        }
    }

    /// The connection is gone, or reads so slowly that the shell dropped it.
    pub fn handle_disconnect(&mut self, connection: ConnectionId, now: Timestamp) {
        self.forget_connection(connection, now);
    }

    /// The lasting records answered a [`Command::Lasting`].
    pub fn handle_reply(
        &mut self,
        connection: ConnectionId,
        number: u32,
        outcome: Result<Reply, Refusal>,
    ) {
        let Some(asking) = self.connections.get_mut(connection) else {
            return;
        };
        asking.requests = asking.requests.saturating_sub(1);
        match outcome {
            Ok(reply) => self.fx.send(connection, &RelayFrame::Reply { number, reply }),
            Err(refusal) => self.fx.refuse(connection, About::Request(number), refusal),
        }
    }

    /// The relay is stopping: everybody is told, and nobody is let in any more.
    pub fn handle_stop(&mut self, now: Timestamp) {
        self.stopping = true;
        self.end_day(now);
        let all: Vec<ConnectionId> = self.connections.ids().collect();
        for connection in all {
            self.close(connection, Some(Refusal::Stopping), now);
        }
    }

    /// Another relay has the line and the rooms from now on. All of that is forgotten here; every connection is closed
    /// as a line is that drops, so that devices make it anew at the other; the day's counts are given out. What is
    /// published stays, and sealed answers are held until there are enough of them.
    pub fn handle_moved(&mut self, now: Timestamp) {
        self.end_day(now);
        for connection in self.connections.forget() {
            self.fx.push(Command::Close { connection, refusal: None });
        }
        self.fx.forget_live(self.limits.bytes);
        self.line = Line::of(self.limits.line);
        self.staff = Staff::default();
        self.rooms = Rooms::default();
        self.puzzles = Puzzles::new(&mut *self.rng);
        self.counters = Counters::default();
        self.published.forget_greeting();
        self.follow_hours(now);
    }

    // What the shell says of lasting records.

    /// A policy was published, or is there from before: `policy` and `calendar` are what `signed` was verified
    /// to say. Everybody is greeted anew, and whoever is on duty has a minute to state it anew. Where its hours
    /// or notices do not offer chat, those who wait are told at once.
    pub fn set_policy(
        &mut self,
        signed: Bytes<POLICY_MAX>,
        policy: VerifiedPolicy,
        calendar: Calendar,
        now: Timestamp,
    ) {
        self.published.set_policy(signed, policy);
        self.greet_anew(now);
        self.hours.set(calendar);
        self.follow_hours(now);
        self.count_open(now);
    }

    /// A list of revoked devices was published, or is there from before. Those on it are cut off at once,
    /// with their claims and rooms; everybody else is greeted anew, as with a policy.
    pub fn set_revocations(
        &mut self,
        signed: Bytes<REVOCATIONS_MAX>,
        revocations: VerifiedRevocations,
        now: Timestamp,
    ) {
        for device in self.staff.take_revoked(&revocations) {
            self.cut_off(device, now);
        }
        self.published.set_revocations(signed, revocations);
        self.greet_anew(now);
        self.count_open(now);
    }

    fn greet_anew(&mut self, now: Timestamp) {
        self.staff.outdate_statements(&mut self.fx, now);
        self.staff.refresh_shown();
        self.published.forget_greeting();
        let greeting = self.published.greeting(&self.staff.shown);
        self.fx.timers.clear(Timer::Duty);
        for to in self.connections.of_duty(Telling::Everybody) {
            self.fx.send_encoded(to, greeting.clone());
        }
    }

    // What comes out.

    /// What the shell is to do next.
    pub fn poll_command(&mut self) -> Option<Command> {
        self.fx.take()
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.fx.timers.next()
    }

    /// Whether survivors are told that the chat is open: hours and notices offer it, and somebody is on duty.
    pub fn is_open(&self) -> bool {
        !self.stopping && self.hours.offer_chat() && self.staff.open
    }

    /// The keys that the shell still needs to know again, by [`Share`], whoever something stands of.
    pub fn generations_in_use(&self) -> BTreeSet<u32> {
        self.line.shares.generations()
    }

    /// Counts of what is held.
    pub fn holdings(&self) -> Holdings {
        Holdings {
            connections: self.connections.len(),
            staff: self.staff.connected(),
            on_duty: self.staff.duty.len(),
            waiting: self.line.waiting.len(),
            claimed: self.line.claims.len(),
            rooms: self.rooms.len(),
            closed_rooms: self.rooms.closed(),
            bytes: self.fx.account.held(),
            answers: self.answers.held(),
        }
    }

    // Within the core.

    /// Closes a connection, says why where there is anything to say, and forgets it.
    pub(crate) fn close(&mut self, connection: ConnectionId, why: Option<Refusal>, now: Timestamp) {
        if self.connections.get(connection).is_none() {
            return;
        }
        if let Some(refusal) = why {
            self.fx.refuse(connection, About::Connection, refusal);
        }
        self.fx.push(Command::Close { connection, refusal: why });
        self.forget_connection(connection, now);
    }

    fn forget_connection(&mut self, id: ConnectionId, now: Timestamp) {
        let Some(connection) = self.connections.remove(id) else {
            return;
        };
        self.fx.timers.clear(Timer::Silence(id));
        self.fx.timers.clear(Timer::Certificate(id));
        if let Some(share) = connection.share {
            self.line.shares.leave(share);
        }
        if let Some(ticket) = connection.place {
            let until = now + self.published.line_kept();
            self.line.survivor_away(ticket, id, &self.staff, &mut self.fx, until);
        }
        for room in &connection.rooms {
            self.rooms.detach(*room, id, &mut self.fx, now);
        }
        if let Ok(device) = connection.staff()
            && self.staff.disconnect(&device.key, id)
        {
            self.staff.desk_away(&device.key, &mut self.fx, now);
            self.line.claimant_away(device.key, &mut self.fx, now);
            if device.roles.may_join() {
                self.show_staff();
            }
        }
    }

    /// Sets when this connection will have been silent for too long, as it stands.
    pub(crate) fn watch_silence(&mut self, id: ConnectionId) {
        if let Some(connection) = self.connections.get(id) {
            self.fx.timers.set(Timer::Silence(id), connection.silent_at());
        }
    }

    /// The survivor on this connection holds no place any more.
    pub(crate) fn forget_place(&mut self, connection: Option<ConnectionId>) {
        if let Some(connection) = connection.and_then(|id| self.connections.get_mut(id)) {
            connection.place = None;
        }
    }

    /// The admitted device behind a connection, or why there is none.
    pub(crate) fn device(
        &self,
        from: ConnectionId,
        about: About,
    ) -> Result<std::sync::Arc<stillroom_program::VerifiedDevice>, Denied> {
        let connection = self.connections.get(from);
        let device = connection.map_or(Err(Refusal::NotStaff), |connection| connection.staff());
        device.cloned().map_err(|refusal| (about, refusal))
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery").field("holdings", &self.holdings()).finish_non_exhaustive()
    }
}
