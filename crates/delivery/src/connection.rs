//! One connection: how far it has shown who it is, how fast it sends, and what it takes part in
//! (`features.md` 6.1, 6.6).
//!
//! Nothing here says who is behind a connection or where it comes from; the core is told only which come from
//! the same place (`shares.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use stillroom_program::{Timestamp, VerifiedDevice};
use stillroom_protocol::{About, Nonce, Refusal, RoomId, TicketId};

use crate::command::ConnectionId;
use crate::limits::{HELLO_WITHIN, Limits, SILENCE_AT_MOST};
use crate::pace::{Bucket, Pace};
use crate::shares::ShareId;

/// Whose devices come by a door. Each side has connections of its own, so that a flood of survivors' leaves staff
/// theirs, and an administrator can close chat in it (`features.md` 5.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Survivors'.
    Survivors,
    /// Staff's.
    Staff,
}

/// Why a frame was not obeyed.
pub(crate) type Denied = (About, Refusal);

/// How far a connection has come.
#[derive(Debug)]
pub(crate) enum Stage {
    /// It has yet to say `Hello`.
    Fresh,
    /// It speaks our version, with our program.
    Greeted,
    /// It has shown certificates that hold good, and is to sign the challenge.
    Challenged(Box<Challenged>),
    /// It is an admitted staff device.
    Staff(Arc<VerifiedDevice>),
}

/// A device that has yet to prove that it holds its key.
#[derive(Debug)]
pub(crate) struct Challenged {
    pub(crate) device: VerifiedDevice,
    pub(crate) nonce: Nonce,
}

/// What the core remembers of one connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) stage: Stage,
    bucket: Bucket,
    /// What it may still send of notes to colleagues.
    notes: Bucket,
    heard: Timestamp,
    /// Whose share it is part of; nobody's for an admitted staff device.
    pub(crate) share: Option<ShareId>,
    /// Whether whoever led its chat turned it away.
    pub(crate) turned_away: bool,
    /// The one place in the line that this connection holds.
    pub(crate) place: Option<TicketId>,
    /// The rooms that this connection is attached to.
    pub(crate) rooms: Vec<RoomId>,
    /// Whether it was ever in a chat.
    pub(crate) chatted: bool,
    /// Requests that wait for their answer.
    pub(crate) requests: u8,
    /// Whether it has yet to be told of the duty statement of now.
    untold: bool,
}

impl Connection {
    fn new(limits: &Limits, now: Timestamp) -> Self {
        Self {
            stage: Stage::Fresh,
            bucket: Bucket::full(limits.pace, now),
            notes: Bucket::full(limits.notes_pace, now),
            heard: now,
            share: None,
            turned_away: false,
            place: None,
            rooms: Vec::new(),
            chatted: false,
            requests: 0,
            untold: false,
        }
    }

    /// Counts a frame of `length` bytes.
    ///
    /// # Errors
    /// It came too soon after the others, or is longer than this connection may send.
    pub(crate) fn hear(
        &mut self,
        length: usize,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.heard = now;
        let (pace, most) = self.bounds(limits);
        if !self.bucket.take(pace, now) {
            return Err(Refusal::TooFast);
        }
        if length > most {
            return Err(Refusal::FrameTooLong);
        }
        Ok(())
    }

    /// Counts a note to a colleague.
    ///
    /// # Errors
    /// It came too soon after the others.
    pub(crate) fn count_note(&mut self, limits: &Limits, now: Timestamp) -> Result<(), Refusal> {
        if self.notes.take(limits.notes_pace, now) { Ok(()) } else { Err(Refusal::TooFast) }
    }

    fn bounds(&self, limits: &Limits) -> (Pace, usize) {
        match self.stage {
            Stage::Staff(_) => (limits.staff_pace, limits.staff_frame),
            _ => (limits.pace, limits.frame),
        }
    }

    /// From now on this is a staff device, which may send more at once.
    fn admit(&mut self, device: Arc<VerifiedDevice>, limits: &Limits, now: Timestamp) {
        self.stage = Stage::Staff(device);
        self.bucket = Bucket::full(limits.staff_pace, now);
    }

    /// When this connection will have been silent for too long.
    pub(crate) fn silent_at(&self) -> Timestamp {
        let patience = match self.stage {
            Stage::Fresh => HELLO_WITHIN,
            _ => SILENCE_AT_MOST,
        };
        self.heard + patience
    }

    /// The admitted staff device behind this connection.
    ///
    /// # Errors
    /// [`Refusal::NotStaff`] where there is none.
    pub(crate) fn staff(&self) -> Result<&Arc<VerifiedDevice>, Refusal> {
        match &self.stage {
            Stage::Staff(device) => Ok(device),
            _ => Err(Refusal::NotStaff),
        }
    }

    pub(crate) fn is_survivor(&self) -> bool {
        matches!(self.stage, Stage::Greeted)
    }

    /// Whether it is a survivor's who is in a chat and asks for nothing else.
    fn is_in_chat(&self) -> bool {
        self.is_survivor() && self.place.is_none() && !self.rooms.is_empty()
    }

    /// Whether it has yet to be told of the duty statement of now, which it then is.
    pub(crate) fn take_untold(&mut self) -> bool {
        core::mem::take(&mut self.untold)
    }

    pub(crate) fn is_greeted(&self) -> bool {
        !matches!(self.stage, Stage::Fresh)
    }

    pub(crate) fn may_attach(&self, room: &RoomId, limits: &Limits) -> bool {
        let most = match self.stage {
            Stage::Staff(_) => limits.staff_attached,
            _ => limits.attached,
        };
        self.rooms.len() < most || self.rooms.contains(room)
    }

    pub(crate) fn remember_room(&mut self, room: RoomId) {
        self.chatted = true;
        if !self.rooms.contains(&room) {
            self.rooms.push(room);
        }
    }

    pub(crate) fn forget_room(&mut self, room: &RoomId) {
        self.rooms.retain(|attached| attached != room);
    }
}

/// Who is told of a duty statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Telling {
    /// Everybody.
    Everybody,
    /// Everybody but survivors who are in a chat.
    AllButChats,
    /// Those who were left out before.
    Untold,
}

/// Every connection, and the number of the next one.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    all: BTreeMap<ConnectionId, Connection>,
    /// Those of staff's side.
    staff_side: BTreeSet<ConnectionId>,
    /// Those among them that are no admitted device, the oldest first.
    unproven: BTreeSet<ConnectionId>,
    last: u64,
}

/// What a new connection takes.
#[derive(Debug)]
pub(crate) enum Room {
    /// Nobody's.
    Free,
    /// The one of this connection, which is to be closed.
    Of(ConnectionId),
}

impl Connections {
    /// Whose room one more of this side takes. A survivor's line is nobody else's. Where staff's are all taken, of
    /// those that have not shown who they are the oldest gives way: a flood at the desks' door pushes out itself, and
    /// whoever proves in time that they are staff stays.
    ///
    /// # Errors
    /// [`Refusal::ConnectionsFull`].
    pub(crate) fn room(&self, side: Side, limits: &Limits) -> Result<Room, Refusal> {
        let survivors = self.all.len().saturating_sub(self.staff_side.len());
        let (taken, most, gives_way) = match side {
            Side::Survivors => (survivors, limits.connections, None),
            Side::Staff => (self.staff_side.len(), limits.staff_connections, self.unproven.first()),
        };
        if taken < most {
            return Ok(Room::Free);
        }
        gives_way.map(|oldest| Room::Of(*oldest)).ok_or(Refusal::ConnectionsFull)
    }

    /// Opens one of this side, for which there is room.
    pub(crate) fn open(&mut self, side: Side, limits: &Limits, now: Timestamp) -> ConnectionId {
        self.last = self.last.saturating_add(1);
        let id = ConnectionId(self.last);
        self.all.insert(id, Connection::new(limits, now));
        if side == Side::Staff {
            self.staff_side.insert(id);
            self.unproven.insert(id);
        }
        id
    }

    /// From now on this is a staff device.
    pub(crate) fn admit(
        &mut self,
        id: ConnectionId,
        device: Arc<VerifiedDevice>,
        limits: &Limits,
        now: Timestamp,
    ) {
        self.unproven.remove(&id);
        if let Some(connection) = self.all.get_mut(&id) {
            connection.admit(device, limits, now);
        }
    }

    pub(crate) fn get(&self, id: ConnectionId) -> Option<&Connection> {
        self.all.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: ConnectionId) -> Option<&mut Connection> {
        self.all.get_mut(&id)
    }

    pub(crate) fn remove(&mut self, id: ConnectionId) -> Option<Connection> {
        self.staff_side.remove(&id);
        self.unproven.remove(&id);
        self.all.remove(&id)
    }

    /// Forgets all of them; the next one has a new number still.
    pub(crate) fn forget(&mut self) -> impl Iterator<Item = ConnectionId> + use<> {
        core::mem::take(&mut self.all).into_keys()
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// How many rooms connections are attached to, each counted for each.
    pub(crate) fn rooms(&self) -> usize {
        self.all.values().map(|connection| connection.rooms.len()).sum()
    }

    /// Everybody, for a word to all.
    pub(crate) fn ids(&self) -> impl Iterator<Item = ConnectionId> {
        self.all.keys().copied()
    }

    /// Those that are told of the duty statement of now: of those that have said `Hello`, as many as this says. The others
    /// are remembered as untold.
    pub(crate) fn of_duty(&mut self, telling: Telling) -> Vec<ConnectionId> {
        let greeted = self.all.iter_mut().filter(|(_, connection)| connection.is_greeted());
        let told = greeted.filter_map(|(id, connection)| {
            let told = match telling {
                Telling::Everybody => true,
                Telling::AllButChats => !connection.is_in_chat(),
                Telling::Untold => connection.untold,
            };
            connection.untold = !told && telling == Telling::AllButChats;
            told.then_some(*id)
        });
        told.collect()
    }
}
