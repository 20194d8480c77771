//! One room: its members, by the hash of their way in, which of them are here, and what waits for the
//! others (`features.md` 3.8, 6.1; `design.md`, A chat, 5).
//!
//! A room knows its members by number alone. Whoever holds a member's token is that member to the relay;
//! who they are is settled inside the group.

use std::sync::Arc;

use stillroom_program::{Timestamp, VerifyingKey};
use stillroom_protocol::{
    About, AttachToken, Bytes, LeavingToken, Refusal, RelayFrame, RoomId, TokenHash, encode,
    limits::MESSAGE_MAX,
};
use subtle::ConstantTimeEq;

use crate::command::{ConnectionId, Effects};
use crate::limits::{LEAVINGS_MAX, Limits};
use crate::tail::{Members, Tail};
use crate::timers::Timer;

struct Member {
    token: TokenHash,
    connection: Option<ConnectionId>,
}

/// A room that stands.
pub(crate) struct Room {
    id: RoomId,
    pub(crate) opener: VerifyingKey,
    members: Vec<Member>,
    tail: Tail,
    /// How often somebody said that they left.
    leavings: u8,
}

impl Room {
    pub(crate) fn new(id: RoomId, opener: VerifyingKey, tokens: &[TokenHash]) -> Self {
        let absent = |token: &TokenHash| Member { token: *token, connection: None };
        let members = tokens.iter().map(absent).collect();
        Self { id, opener, members, tail: Tail::default(), leavings: 0 }
    }

    /// Registers the members anew. Whoever keeps number and token stays; gives back those who do not.
    pub(crate) fn register(&mut self, tokens: &[TokenHash], fx: &mut Effects) -> Vec<ConnectionId> {
        let before = std::mem::take(&mut self.members);
        let mut was = before.into_iter();
        let mut out = Vec::new();
        for (number, token) in (0..).zip(tokens) {
            let old = was.next();
            let stays = old.as_ref().is_some_and(|member| member.token == *token);
            if !stays {
                self.tail.take_for(number, &mut fx.account);
            }
            let connection = old.and_then(|member| member.connection);
            let kept = connection.filter(|_| stays);
            out.extend(connection.filter(|_| !stays));
            self.members.push(Member { token: *token, connection: kept });
        }
        out.extend(was.filter_map(|member| member.connection));
        for put_out in &out {
            fx.refuse(*put_out, About::Room(self.id), Refusal::TokenWrong);
        }
        self.set_tail_timer(fx);
        out
    }

    pub(crate) fn has_tokens(&self, tokens: &[TokenHash]) -> bool {
        self.members.iter().map(|m| &m.token).eq(tokens)
    }

    /// The member whose token this is. Every hash is compared whole, in constant time, and all of them
    /// are, so that the time says nothing of how near a guess was.
    pub(crate) fn member_with(&self, token: &AttachToken) -> Option<u8> {
        let hash = token.hash();
        let mut found = None;
        for (number, member) in (0..).zip(&self.members) {
            if bool::from(member.token.0.ct_eq(&hash.0)) {
                found = Some(number);
            }
        }
        found
    }

    fn member_at(&self, connection: ConnectionId) -> Option<u8> {
        (0..)
            .zip(&self.members)
            .find(|(_, member)| member.connection == Some(connection))
            .map(|(number, _)| number)
    }

    /// Whether this is the connection of one of the two whom the room was made for: they are registered first.
    pub(crate) fn may_close(&self, connection: ConnectionId) -> bool {
        self.member_at(connection).is_some_and(|number| number < 2)
    }

    /// How many belong to it.
    pub(crate) fn members(&self) -> usize {
        self.members.len()
    }

    /// How many messages wait in it, and their bytes.
    pub(crate) fn tail_size(&self) -> (usize, usize) {
        self.tail.size()
    }

    /// The connections of all who are here.
    pub(crate) fn here(&self) -> impl Iterator<Item = ConnectionId> {
        self.members.iter().filter_map(|member| member.connection)
    }

    /// The member is here, on this connection. Gives back the older one that it replaces.
    pub(crate) fn attach(
        &mut self,
        number: u8,
        connection: ConnectionId,
        fx: &mut Effects,
    ) -> Option<ConnectionId> {
        if self.member_at(connection).is_some_and(|was| was != number) {
            self.detach(connection, fx);
        }
        let member = self.members.get_mut(usize::from(number))?;
        let older = member.connection.replace(connection);
        fx.send(connection, &RelayFrame::Attached { room: self.id });
        self.tell_presence_of_others(number, connection, fx);
        if older.is_none() {
            self.tell_presence(number, true, fx);
        }
        for frame in self.tail.take_for(number, &mut fx.account) {
            fx.send_encoded(connection, frame);
        }
        self.set_tail_timer(fx);
        let older = older.filter(|older| *older != connection)?;
        fx.refuse(older, About::Room(self.id), Refusal::Replaced);
        Some(older)
    }

    /// Whoever was here on this connection is not any more.
    pub(crate) fn detach(&mut self, connection: ConnectionId, fx: &mut Effects) {
        if let Some(number) = self.member_at(connection)
            && let Some(member) = self.members.get_mut(usize::from(number))
        {
            member.connection = None;
            self.tell_presence(number, false, fx);
        }
    }

    /// Delivers to all others who are here, and keeps it for those who are not.
    ///
    /// # Errors
    /// [`Refusal::NotAttached`]; [`Refusal::RoomBytesFull`] or [`Refusal::RelayBytesFull`] where it could
    /// not be kept, and those who are here got it all the same.
    pub(crate) fn post(
        &mut self,
        from: ConnectionId,
        message: Bytes<MESSAGE_MAX>,
        limits: &Limits,
        fx: &mut Effects,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let author = self.member_at(from).ok_or(Refusal::NotAttached)?;
        let frame = RelayFrame::Delivered { room: self.id, message };
        self.pass_on(Some(author), &frame, limits, fx, now)
    }

    /// Tells everybody that somebody left, by a token that the room knows nothing of: whether it is true is
    /// for those inside to see. Who is away hears it when they are back.
    pub(crate) fn pass_on_leaving(
        &mut self,
        token: LeavingToken,
        limits: &Limits,
        fx: &mut Effects,
        now: Timestamp,
    ) {
        if self.leavings < LEAVINGS_MAX {
            self.leavings += 1;
            let frame = RelayFrame::Left { room: self.id, token };
            // One that finds no room in the tail is lost; then the others see a dropped line.
            let _ = self.pass_on(None, &frame, limits, fx, now);
        }
    }

    /// Delivers to all but the author who are here, and keeps it for those who are not.
    fn pass_on(
        &mut self,
        author: Option<u8>,
        frame: &RelayFrame,
        limits: &Limits,
        fx: &mut Effects,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let frame: Arc<[u8]> = encode(frame).into();
        let mut missing = Members::default();
        for (number, member) in (0..).zip(&self.members) {
            match member.connection {
                _ if Some(number) == author => {}
                Some(to) => fx.send_encoded(to, Arc::clone(&frame)),
                None => missing.insert(number),
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let kept = self.tail.keep(frame, missing, limits, &mut fx.account, now);
        self.set_tail_timer(fx);
        kept
    }

    /// Drops what has waited for too long.
    pub(crate) fn drop_old(&mut self, fx: &mut Effects, now: Timestamp) {
        self.tail.drop_old(&mut fx.account, now);
        self.set_tail_timer(fx);
    }

    /// Drops everything that waits. The room is about to go.
    pub(crate) fn clear(&mut self, fx: &mut Effects) {
        self.tail.clear(&mut fx.account);
        self.set_tail_timer(fx);
    }

    fn set_tail_timer(&self, fx: &mut Effects) {
        match self.tail.old_at() {
            Some(at) => fx.timers.set(Timer::Tail(self.id), at),
            None => fx.timers.clear(Timer::Tail(self.id)),
        }
    }

    fn presence(&self, member: u8, here: bool) -> RelayFrame {
        RelayFrame::Presence { room: self.id, member, here: here.into() }
    }

    fn tell_presence(&self, number: u8, here: bool, fx: &mut Effects) {
        let own = self.members.get(usize::from(number)).and_then(|member| member.connection);
        let others = self.here().filter(|to| Some(*to) != own);
        fx.send_all(others, &self.presence(number, here));
    }

    fn tell_presence_of_others(&self, number: u8, to: ConnectionId, fx: &mut Effects) {
        for (other, member) in (0..).zip(&self.members) {
            if other != number {
                fx.send(to, &self.presence(other, member.connection.is_some()));
            }
        }
    }
}
