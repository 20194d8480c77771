//! Addresses and the secrets behind them.
//!
//! A survivor's place in the line and a room are found by an address that anybody handling the frame may
//! see, and used by whoever knows the secret that it was hashed from. No address says who somebody is,
//! and none is used for a second chat (`features.md` 6.1).

use core::fmt;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop};

macro_rules! public_id {
    ($(#[$doc:meta])* $name:ident, $length:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, MlsSize, MlsEncode, MlsDecode)]
        pub struct $name(pub [u8; $length]);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}

macro_rules! secret_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop, MlsSize, MlsEncode, MlsDecode)]
        pub struct $name(pub [u8; 32]);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(secret)"))
            }
        }
    };
}

public_id! {
    /// A program: the first 16 bytes of its root key's fingerprint.
    ProgramId, 16
}
public_id! {
    /// A place in the line, as the relay and staff see it: made from a [`Ticket`].
    TicketId, 16
}
public_id! {
    /// A room: made from a [`RoomSecret`] and the key of the staff device that opens it.
    RoomId, 32
}
public_id! {
    /// What a room remembers of a member's [`AttachToken`].
    TokenHash, 32
}
public_id! {
    /// What a group remembers of a member's [`LeavingToken`].
    LeavingHash, 32
}
public_id! {
    /// SHA-256 of a KeyPackage: ties a sealed intake to the survivor who sent it.
    KeyPackageHash, 32
}
public_id! {
    /// An invitation of a member of staff.
    InvitationId, 16
}
public_id! {
    /// A batch of sealed answers. Drawn at random.
    AnswersBatchId, 16
}
public_id! {
    /// The sealed counts of a day. Drawn at random.
    DayCountsId, 16
}
public_id! {
    /// A notice of the host's. Drawn at random.
    HostNoticeId, 16
}
public_id! {
    /// A staff device: its public signing key. The relay knows it from the certificates.
    StaffId, 32
}
public_id! {
    /// What a relay asks a staff device to sign. Fresh for every connection.
    Nonce, 32
}
secret_id! {
    /// A survivor's hold on their place in the line. Made on their page, used for one chat.
    Ticket
}
secret_id! {
    /// What a room's address is made from. From the group's exporter, so members alone know it.
    RoomSecret
}
secret_id! {
    /// One member's way into a room. From the group's exporter.
    AttachToken
}
secret_id! {
    /// What a survivor's page gives away when it is left, and never before. Made on that page for one
    /// chat; the others know its hash, so nobody else can say that the survivor left.
    LeavingToken
}

/// SHA-256 over a label and parts of fixed length, so that no two uses can be mistaken for one another.
fn digest(label: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(label);
    hash.update([0]);
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// The first 16 bytes of a digest.
fn short(digest: [u8; 32]) -> [u8; 16] {
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    id
}

impl ProgramId {
    /// The program whose root key has this fingerprint (SHA-256 of the public key).
    pub fn of(fingerprint: &[u8; 32]) -> Self {
        Self(short(*fingerprint))
    }
}

impl Ticket {
    /// The address of this place in the line.
    pub fn id(&self) -> TicketId {
        TicketId(short(digest("stillroom ticket", &[&self.0])))
    }
}

impl RoomSecret {
    /// The address of the room that the staff device with this signing key opens from this secret. No
    /// other device can open it, whatever it knows: a relay makes the address from the key that it has
    /// seen a signature of.
    pub fn room(&self, opener: &[u8; 32]) -> RoomId {
        RoomId(digest("stillroom room", &[opener, &self.0]))
    }
}

impl AttachToken {
    /// What the room is told about this token when it is opened.
    pub fn hash(&self) -> TokenHash {
        TokenHash(digest("stillroom attach", &[&self.0]))
    }
}

impl LeavingToken {
    /// What the group is told about this token at the start.
    pub fn hash(&self) -> LeavingHash {
        LeavingHash(digest("stillroom leaving", &[&self.0]))
    }
}

impl KeyPackageHash {
    /// The hash of these bytes.
    pub fn of(key_package: &[u8]) -> Self {
        Self(Sha256::digest(key_package).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn secrets_do_not_print() {
        let shown = format!(
            "{:?} {:?} {:?} {:?}",
            Ticket([0x5a; 32]),
            RoomSecret([0x5a; 32]),
            AttachToken([0x5a; 32]),
            LeavingToken([0x5a; 32])
        );
        assert_eq!(
            shown,
            "Ticket(secret) RoomSecret(secret) AttachToken(secret) LeavingToken(secret)"
        );
    }

    #[test]
    fn a_room_opened_by_another_device_has_another_address() {
        let secret = RoomSecret([1; 32]);
        assert_ne!(secret.room(&[2; 32]), secret.room(&[3; 32]));
    }
}
