//! Where the members of a group meet at the relay: the room's address, each member's way in, and whether
//! this device is in (`design.md`, A chat, 5).
//!
//! Address and tokens come from the group's exporter, so that the relay can give them to nobody, and any
//! relay can make the room anew from what the members know.

use stillroom_program::{Timestamp, VerifyingKey};
use stillroom_protocol::{AttachToken, ClientFrame, List, RoomId, RoomSecret};

use crate::{
    envelope::LeafNumber,
    limits::{ATTACH_AGAIN_AFTER, REATTACH_AFTER},
    mls::{Group, MlsError},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attachment {
    /// The line is down.
    Detached,
    /// Asked; asked again then where the relay has not answered.
    Requested(Timestamp),
    /// In.
    Attached,
    /// The relay does not know the room (yet); asked again then.
    Retry(Timestamp),
}

/// One device's view of the room.
pub(crate) struct Room {
    id: RoomId,
    /// On the device that opens it.
    secret: Option<RoomSecret>,
    /// In the order of leaves, which is the order of the room's registration. Whoever does not open it need not
    /// know the way in of somebody who joined later.
    tokens: Vec<(LeafNumber, Option<AttachToken>)>,
    me: LeafNumber,
    attachment: Attachment,
}

impl Room {
    /// The room of `group`, which the device with the key `lead` opens; `opens` on that device.
    pub(crate) fn of(group: &Group, lead: &VerifyingKey, opens: bool) -> Result<Self, MlsError> {
        let secret = RoomSecret(exported(group, b"stillroom room", &[])?);
        let mut tokens = Vec::new();
        for member in group.members() {
            let leaf = member.leaf.0;
            let token = exported(group, b"stillroom attach", &leaf.to_be_bytes())?;
            tokens.push((leaf, Some(AttachToken(token))));
        }
        tokens.sort_by_key(|(leaf, _)| *leaf);
        Ok(Self {
            id: secret.room(&lead.0),
            secret: opens.then_some(secret),
            tokens,
            me: group.own_leaf().0,
            attachment: Attachment::Detached,
        })
    }

    /// A room that this device was let into later, with its own way in.
    pub(crate) fn joined(group: &Group, id: RoomId, token: AttachToken) -> Self {
        let me = group.own_leaf().0;
        let mut tokens: Vec<_> =
            group.members().iter().map(|member| (member.leaf.0, None)).collect();
        tokens.sort_by_key(|(leaf, _)| *leaf);
        for (_, own) in tokens.iter_mut().filter(|(leaf, _)| *leaf == me) {
            *own = Some(token.clone());
        }
        Self { id, secret: None, tokens, me, attachment: Attachment::Detached }
    }

    /// Somebody joined; their way in is known where this device opens the room.
    pub(crate) fn let_in(&mut self, leaf: LeafNumber, token: Option<AttachToken>) {
        self.tokens.retain(|(other, _)| *other != leaf);
        self.tokens.push((leaf, token));
        self.tokens.sort_by_key(|(leaf, _)| *leaf);
    }

    /// Somebody left, and their way in leads nowhere.
    pub(crate) fn put_out(&mut self, leaf: LeafNumber) {
        self.tokens.retain(|(other, _)| *other != leaf);
    }

    /// On the device that opens it: the members as they are now.
    pub(crate) fn register(&self) -> Option<ClientFrame> {
        let secret = self.secret.clone()?;
        let tokens = self.tokens.iter().filter_map(|(_, token)| token.as_ref());
        let members = tokens.map(AttachToken::hash).collect::<Vec<_>>();
        Some(ClientFrame::OpenRoom { secret, members: List::try_from(members).ok()? })
    }

    pub(crate) fn id(&self) -> RoomId {
        self.id
    }

    pub(crate) fn is_attached(&self) -> bool {
        self.attachment == Attachment::Attached
    }

    /// The member with this number in the room's registration.
    pub(crate) fn member(&self, number: u8) -> Option<LeafNumber> {
        self.tokens.get(usize::from(number)).map(|(leaf, _)| *leaf)
    }

    /// The line is up: what gets this device in.
    pub(crate) fn enter(&mut self, now: Timestamp) -> Vec<ClientFrame> {
        self.attachment = Attachment::Requested(now + ATTACH_AGAIN_AFTER);
        let own = self.tokens.iter().find(|(leaf, _)| *leaf == self.me);
        let token = own.and_then(|(_, token)| token.clone());
        let attach = token.map(|token| ClientFrame::Attach { room: self.id, token });
        self.register().into_iter().chain(attach).collect()
    }

    /// The line is down.
    pub(crate) fn handle_line_down(&mut self) {
        self.attachment = Attachment::Detached;
    }

    pub(crate) fn handle_attached(&mut self) {
        self.attachment = Attachment::Attached;
    }

    /// The relay did not let this device in, or put it out.
    pub(crate) fn handle_turned_away(&mut self, now: Timestamp) {
        self.attachment = Attachment::Retry(now + REATTACH_AFTER);
    }

    /// The relay has no room for it now; that takes longer to pass.
    pub(crate) fn handle_full(&mut self, now: Timestamp) {
        self.attachment = Attachment::Retry(now + ATTACH_AGAIN_AFTER);
    }

    /// Asks again when that is due.
    pub(crate) fn handle_timeout(&mut self, now: Timestamp) -> Vec<ClientFrame> {
        match self.attachment {
            Attachment::Requested(due) | Attachment::Retry(due) if due <= now => self.enter(now),
            _ => Vec::new(),
        }
    }

    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        match self.attachment {
            Attachment::Requested(due) | Attachment::Retry(due) => Some(due),
            _ => None,
        }
    }
}

/// 32 bytes from the group's exporter (RFC 9420 section 8.5).
fn exported(group: &Group, label: &[u8], context: &[u8]) -> Result<[u8; 32], MlsError> {
    let bytes = group.export(label, context, 32)?;
    let mut secret = [0; 32];
    secret.iter_mut().zip(bytes.iter()).for_each(|(to, from)| *to = *from);
    Ok(secret)
}
