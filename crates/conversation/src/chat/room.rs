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
    secret: RoomSecret,
    /// In the order of leaves, which is the order of the room's registration.
    tokens: Vec<(LeafNumber, AttachToken)>,
    me: LeafNumber,
    opens: bool,
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
            tokens.push((leaf, AttachToken(token)));
        }
        tokens.sort_by_key(|(leaf, _)| *leaf);
        Ok(Self {
            id: secret.room(&lead.0),
            secret,
            tokens,
            me: group.own_leaf().0,
            opens,
            attachment: Attachment::Detached,
        })
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
        let members = self.tokens.iter().map(|(_, token)| token.hash()).collect::<Vec<_>>();
        let open = match (self.opens, List::try_from(members)) {
            (true, Ok(members)) => {
                Some(ClientFrame::OpenRoom { secret: self.secret.clone(), members })
            }
            _ => None,
        };
        let own = self.tokens.iter().find(|(leaf, _)| *leaf == self.me);
        let attach =
            own.map(|(_, token)| ClientFrame::Attach { room: self.id, token: token.clone() });
        open.into_iter().chain(attach).collect()
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
