//! Invitations of members of staff (`features.md` 5.1).
//!
//! An administrator signs that one device may be enrolled under an address until a stated time; the secret
//! from which the address is made is in the link alone, and never reaches the relay. Whoever gets hold of
//! the link before the person it is for can enrol in their place, so the administrator's program shows who
//! answered before it certifies.

use core::fmt;
use core::time::Duration;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use stillroom_protocol::InvitationId;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::certificate::{CertificateError, Chain};
use crate::device::Device;
use crate::keys::{Fingerprint, Label};
use crate::reasons::reasons;
use crate::roles::Roles;
use crate::time::{Timestamp, within};

/// The secret in an invitation's link. Erased when dropped; never printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct InvitationSecret([u8; 32]);

impl InvitationSecret {
    /// A new one.
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut secret = Self([0; 32]);
        rng.fill_bytes(&mut secret.0);
        secret
    }

    /// The one in a link.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(*bytes)
    }

    /// What goes into the link.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0)
    }

    /// The address at the relay.
    pub fn id(&self) -> InvitationId {
        let digest = Sha256::new().chain_update(b"stillroom invitation\0").chain_update(self.0);
        let digest: [u8; 32] = digest.finalize().into();
        let [id @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = digest;
        InvitationId(id)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for InvitationSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationSecret(secret)")
    }
}

/// What an administrator allows.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Invitation {
    /// Its address at the relay.
    pub id: InvitationId,
    /// The roles that the new device is to have.
    pub roles: Roles,
    /// Until when it can be answered, in seconds since the Unix epoch.
    pub expires: u64,
}

reasons! {
    /// Why an invitation is not believed, or was not made.
    InvitationError {
        /// The signer's certificates do not hold, or the signature does not.
        Signer(CertificateError) => "the invitation is not signed by this program",
        /// The signer is not an administrator.
        NotAdministrator => "only an administrator may invite",
        /// It has run out.
        Expired => "the invitation has run out",
    }
}

impl From<CertificateError> for InvitationError {
    fn from(error: CertificateError) -> Self {
        Self::Signer(error)
    }
}

/// An invitation and who signed it. Not true before [`verify`](Self::verify).
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct SignedInvitation {
    /// The signer's certificates.
    pub chain: Chain,
    /// The invitation.
    pub invitation: Invitation,
    /// Over the invitation and the program.
    pub signature: [u8; 64],
}

impl SignedInvitation {
    /// Signs an invitation with an administrator's device.
    ///
    /// # Errors
    /// [`InvitationError::NotAdministrator`].
    pub fn sign(invitation: Invitation, signer: &Device) -> Result<Self, InvitationError> {
        if !signer.chain.leaf().roles.contains(Roles::ADMINISTRATOR) {
            return Err(InvitationError::NotAdministrator);
        }
        let signature = signer.sign_record(Label::Invitation, &invitation);
        Ok(Self { chain: signer.chain.clone(), invitation, signature })
    }

    /// The invitation, if an administrator of this program signed it and it has not run out.
    ///
    /// # Errors
    /// [`InvitationError`].
    pub fn verify(
        &self,
        root: &Fingerprint,
        now: Timestamp,
        tolerance: Duration,
    ) -> Result<Invitation, InvitationError> {
        let (label, invitation) = (Label::Invitation, &self.invitation);
        let signer =
            self.chain.verify_record(label, invitation, &self.signature, root, now, tolerance)?;
        if !signer.roles.contains(Roles::ADMINISTRATOR) {
            return Err(InvitationError::NotAdministrator);
        }
        within(0, invitation.expires, now, tolerance).map_err(|_| InvitationError::Expired)?;
        Ok(invitation.clone())
    }
}
