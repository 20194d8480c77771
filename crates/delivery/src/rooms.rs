//! All rooms: opened by staff alone, found by an address that nobody can guess, closed for good
//! (`features.md` 3.8, 4.1, 6.1; `design.md`, A chat, 5 and 6).
//!
//! The address of a room is made from the key that its opener proved to hold, so that neither a squatter
//! nor a former member can take one. A room with nobody in it is forgotten after a while: its members can
//! make it anew, here or at any relay.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use stillroom_program::{Timestamp, VerifyingKey};
use stillroom_protocol::limits::{MEMBERS_MAX, MESSAGE_MAX};
use stillroom_protocol::{
    About, AttachToken, Bytes, LeavingToken, List, Refusal, RelayFrame, RoomId, TokenHash,
};

use crate::command::{ConnectionId, Effects};
use crate::limits::{CLOSED_KEPT, IDLE_KEPT, Limits};
use crate::room::Room;
use crate::timers::Timer;

/// The members of a room, as it is opened.
pub(crate) type Tokens = List<TokenHash, MEMBERS_MAX>;

/// Every room that stands, and those that were closed a short while ago.
#[derive(Default)]
pub(crate) struct Rooms {
    open: BTreeMap<RoomId, Room>,
    /// How many each device has opened.
    opened: BTreeMap<VerifyingKey, usize>,
    closed: BTreeSet<RoomId>,
    closed_in_order: VecDeque<(Timestamp, RoomId)>,
}

impl Rooms {
    /// Opens the room, or leaves it as it stands. Gives back who is put out since its members changed.
    ///
    /// # Errors
    /// [`Refusal::RoomClosed`], [`Refusal::RoomsFull`], [`Refusal::DeviceRoomsFull`].
    pub(crate) fn open(
        &mut self,
        id: RoomId,
        opener: VerifyingKey,
        tokens: &Tokens,
        limits: &Limits,
        fx: &mut Effects,
        now: Timestamp,
    ) -> Result<Vec<ConnectionId>, Refusal> {
        if self.closed.contains(&id) {
            return Err(Refusal::RoomClosed);
        }
        if let Some(room) = self.open.get_mut(&id) {
            if room.has_tokens(tokens) {
                return Ok(Vec::new());
            }
            let out = room.register(tokens, fx);
            self.check_idle(&id, fx, now);
            return Ok(out);
        }
        let of_device = self.opened.get(&opener).copied().unwrap_or(0);
        if self.open.len() >= limits.rooms {
            return Err(Refusal::RoomsFull);
        }
        if of_device >= limits.rooms_per_device {
            return Err(Refusal::DeviceRoomsFull);
        }
        self.opened.insert(opener, of_device.saturating_add(1));
        self.open.insert(id, Room::new(id, opener, tokens));
        fx.timers.set(Timer::Idle(id), now + IDLE_KEPT);
        Ok(Vec::new())
    }

    /// The member with this token is here. Gives back the connection that this one replaces.
    ///
    /// # Errors
    /// [`Refusal::RoomUnknown`], [`Refusal::RoomClosed`], [`Refusal::TokenWrong`].
    pub(crate) fn attach(
        &mut self,
        id: RoomId,
        token: &AttachToken,
        connection: ConnectionId,
        fx: &mut Effects,
    ) -> Result<Option<ConnectionId>, Refusal> {
        let room = self.find(&id)?;
        let number = room.member_with(token).ok_or(Refusal::TokenWrong)?;
        let replaced = room.attach(number, connection, fx);
        fx.timers.clear(Timer::Idle(id));
        Ok(replaced)
    }

    /// The connections of all who are in a room that this device opened.
    pub(crate) fn led_by(&self, id: &RoomId, device: &VerifyingKey) -> Option<Vec<ConnectionId>> {
        let room = self.open.get(id).filter(|room| room.opener == *device)?;
        Some(room.here().collect())
    }

    /// Passes a message on.
    ///
    /// # Errors
    /// As for attaching, and those of [`Room::post`].
    pub(crate) fn post(
        &mut self,
        id: RoomId,
        from: ConnectionId,
        message: Bytes<MESSAGE_MAX>,
        limits: &Limits,
        fx: &mut Effects,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.find(&id)?.post(from, message, limits, fx, now)
    }

    /// Somebody says that they left this room. There is nobody to answer: what comes of a room that is not
    /// here is nothing, as of one that has heard it too often.
    pub(crate) fn leave(
        &mut self,
        id: RoomId,
        token: LeavingToken,
        limits: &Limits,
        fx: &mut Effects,
        now: Timestamp,
    ) {
        if let Some(room) = self.open.get_mut(&id) {
            room.pass_on_leaving(token, limits, fx, now);
        }
    }

    /// The chat is over: nothing of the room is kept but that it was closed. Only the two whom it was made for can
    /// say so; whoever joined them later can leave. Everybody who is here is
    /// told, whoever closed it among them. Gives them back.
    ///
    /// # Errors
    /// [`Refusal::RoomUnknown`], [`Refusal::RoomClosed`], [`Refusal::NotAttached`].
    pub(crate) fn close(
        &mut self,
        id: RoomId,
        by: ConnectionId,
        limits: &Limits,
        fx: &mut Effects,
        now: Timestamp,
    ) -> Result<Vec<ConnectionId>, Refusal> {
        if !self.find(&id)?.may_close(by) {
            return Err(Refusal::NotAttached);
        }
        let out = self.forget(&id, Refusal::RoomClosed, fx);
        self.closed.insert(id);
        self.closed_in_order.push_back((now + CLOSED_KEPT, id));
        if self.closed_in_order.len() > limits.rooms {
            self.forget_oldest_closed();
        }
        self.set_closed_timer(fx);
        Ok(out)
    }

    /// Whoever was here on this connection is not any more.
    pub(crate) fn detach(
        &mut self,
        id: RoomId,
        connection: ConnectionId,
        fx: &mut Effects,
        now: Timestamp,
    ) {
        if let Some(room) = self.open.get_mut(&id) {
            room.detach(connection, fx);
            self.check_idle(&id, fx, now);
        }
    }

    /// A room with nobody in it has been kept for long enough.
    pub(crate) fn expire(&mut self, id: &RoomId, fx: &mut Effects) {
        self.forget(id, Refusal::RoomUnknown, fx);
    }

    /// What waits in this room has perhaps waited for too long.
    pub(crate) fn drop_old(&mut self, id: &RoomId, fx: &mut Effects, now: Timestamp) {
        if let Some(room) = self.open.get_mut(id) {
            room.drop_old(fx, now);
        }
    }

    /// Closed rooms whose time is over are remembered no longer.
    pub(crate) fn drop_old_closed(&mut self, fx: &mut Effects, now: Timestamp) {
        while self.closed_in_order.front().is_some_and(|(at, _)| *at <= now) {
            self.forget_oldest_closed();
        }
        self.set_closed_timer(fx);
    }

    /// The device was revoked. Whoever holds its keys has the way into its rooms, so they are forgotten;
    /// those inside find them unknown, as if the lead were lost. Gives back who was where.
    pub(crate) fn drop_opened_by(
        &mut self,
        device: &VerifyingKey,
        fx: &mut Effects,
    ) -> Vec<(RoomId, ConnectionId)> {
        let opened: Vec<RoomId> = self
            .open
            .iter()
            .filter(|(_, room)| room.opener == *device)
            .map(|(id, _)| *id)
            .collect();
        let mut out = Vec::new();
        for id in opened {
            let here = self.forget(&id, Refusal::RoomUnknown, fx);
            out.extend(here.into_iter().map(|connection| (id, connection)));
        }
        out
    }

    /// How many stand.
    pub(crate) fn len(&self) -> usize {
        self.open.len()
    }

    /// How many are remembered as closed.
    pub(crate) fn closed(&self) -> usize {
        self.closed.len()
    }

    fn find(&mut self, id: &RoomId) -> Result<&mut Room, Refusal> {
        match self.open.get_mut(id) {
            Some(room) => Ok(room),
            None if self.closed.contains(id) => Err(Refusal::RoomClosed),
            None => Err(Refusal::RoomUnknown),
        }
    }

    /// Drops the room and tells everybody in it why. Gives them back.
    fn forget(&mut self, id: &RoomId, why: Refusal, fx: &mut Effects) -> Vec<ConnectionId> {
        let Some(mut room) = self.open.remove(id) else {
            return Vec::new();
        };
        room.clear(fx);
        fx.timers.clear(Timer::Idle(*id));
        if let Some(opened) = self.opened.get_mut(&room.opener) {
            *opened = opened.saturating_sub(1);
            if *opened == 0 {
                self.opened.remove(&room.opener);
            }
        }
        let here: Vec<ConnectionId> = room.here().collect();
        let frame = RelayFrame::Refused { about: About::Room(*id), refusal: why };
        fx.send_all(here.iter().copied(), &frame);
        here
    }

    fn check_idle(&self, id: &RoomId, fx: &mut Effects, now: Timestamp) {
        let idle = self.open.get(id).is_some_and(|r| r.here().next().is_none());
        if idle {
            fx.timers.set_if_clear(Timer::Idle(*id), now + IDLE_KEPT);
        }
    }

    fn forget_oldest_closed(&mut self) {
        if let Some((_, id)) = self.closed_in_order.pop_front() {
            self.closed.remove(&id);
        }
    }

    fn set_closed_timer(&self, fx: &mut Effects) {
        match self.closed_in_order.front() {
            Some((at, _)) => fx.timers.set(Timer::Closed, *at),
            None => fx.timers.clear(Timer::Closed),
        }
    }
}
