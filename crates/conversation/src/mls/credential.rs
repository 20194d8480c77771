//! Who a member says they are: a survivor, of whom nothing is said, or staff with their certificates.
//!
//! The signature key of a staff member's leaf is the key of their certified device, which is checked here
//! for every leaf that comes into the group (`features.md` 1.7). Whether the certificates lead to the
//! pinned root is *not* checked here, since that takes the root and a tolerance for clocks: nobody is
//! shown before the caller has called [`Chain::verify`].

use mls_rs::identity::SigningIdentity;
use mls_rs::identity::basic::BasicCredential;
use mls_rs_core::crypto::SignaturePublicKey;
use stillroom_program::{Chain, VerifyingKey};
use stillroom_wire::{choice, decode, encode};

choice! {
    /// The content of a member's basic credential (RFC 9420 section 5.3).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum MemberCredential {
        /// The survivor: the same bytes in every chat.
        Survivor = 1,
        /// Staff, with what the relay also knows of them: certificates without a name.
        Staff {
            /// From the program's root to this device; not verified yet.
            chain: Chain,
        } = 2,
    }
}

/// A member as the group knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Their place in the group.
    pub leaf: Leaf,
    /// The key that signs all they send; for staff the certified device key.
    pub signing: VerifyingKey,
    /// Who they say they are; for staff to be verified before anything of theirs is shown.
    pub credential: MemberCredential,
}

/// A place in the group's tree (RFC 9420 leaf index). One that a member has left can be taken by the next
/// who joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leaf(pub u32);

impl MemberCredential {
    /// The MLS identity that carries it.
    pub(super) fn identity(&self, signing: &VerifyingKey) -> SigningIdentity {
        SigningIdentity::new(
            BasicCredential::new(encode(self)).into_credential(),
            SignaturePublicKey::new_slice(&signing.0),
        )
    }

    /// Reads an MLS identity; `None` if it is not one that a chat knows.
    pub(super) fn read(identity: &SigningIdentity) -> Option<(VerifyingKey, Self)> {
        let signing = VerifyingKey((&*identity.signature_key).try_into().ok()?);
        let credential = decode(identity.credential.as_basic()?.identifier()).ok()?;
        match &credential {
            Self::Staff { chain } if chain.leaf().device != signing => None,
            _ => Some((signing, credential)),
        }
    }
}

impl Member {
    /// Reads a member of the library; `None` if its identity is not one that a chat knows.
    pub(super) fn read(member: &mls_rs::group::Member) -> Option<Self> {
        let (signing, credential) = MemberCredential::read(&member.signing_identity)?;
        Some(Self { leaf: Leaf(member.index), signing, credential })
    }

    /// Whether this is the survivor.
    pub fn is_survivor(&self) -> bool {
        self.credential == MemberCredential::Survivor
    }
}
