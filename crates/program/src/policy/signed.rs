//! The policy as published, and as believed.

use core::ops::Deref;
use core::time::Duration;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use sha2::{Digest as _, Sha256};
use stillroom_wire::{Bytes, decode, encode};

use crate::certificate::{CertificateError, Chain, VerifiedDevice};
use crate::device::Device;
use crate::keys::{Fingerprint, Label};
use crate::limits::POLICY_BYTES_MAX;
use crate::policy::Policy;
use crate::reasons::reasons;
use crate::roles::Roles;
use crate::time::{Outside, Timestamp, within};

reasons! {
    /// Why a policy is not believed, or was not signed.
    PolicyError {
        /// The signer's certificates do not hold, or the signature does not.
        Signer(CertificateError) => "the policy is not signed by this program",
        /// The signer is not an administrator.
        NotAdministrator => "only an administrator may sign a policy",
        /// What was signed is not a policy.
        Malformed => "the policy is not readable",
        /// It holds from a later time on, whatever the clock is forgiven.
        NotYetValid => "the policy is from a later time",
        /// It held until an earlier time.
        Expired => "the policy has run out",
        /// It does not pass [`Policy::check`](crate::Policy::check).
        Unsound => "the policy has faults that must be mended first",
        /// All texts together are too long.
        TooLong => "the policy is too long",
    }
}

impl From<CertificateError> for PolicyError {
    fn from(error: CertificateError) -> Self {
        match error {
            CertificateError::NotYetValid => Self::NotYetValid,
            CertificateError::Expired => Self::Expired,
            error => Self::Signer(error),
        }
    }
}

impl From<Outside> for PolicyError {
    fn from(outside: Outside) -> Self {
        CertificateError::from(outside).into()
    }
}

/// A policy and who signed it. Not true before [`verify`](Self::verify).
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct SignedPolicy {
    /// The signer's certificates.
    pub chain: Chain,
    /// The encoded policy.
    pub policy: Bytes<POLICY_BYTES_MAX>,
    /// Over the encoded policy and the program.
    pub signature: [u8; 64],
}

impl SignedPolicy {
    /// Signs a policy with an administrator's device.
    ///
    /// # Errors
    /// [`PolicyError::NotAdministrator`], [`Unsound`](PolicyError::Unsound),
    /// [`TooLong`](PolicyError::TooLong).
    pub fn sign(policy: &Policy, signer: &Device) -> Result<Self, PolicyError> {
        if !signer.chain.leaf().roles.contains(Roles::ADMINISTRATOR) {
            return Err(PolicyError::NotAdministrator);
        }
        if !policy.check().is_empty() {
            return Err(PolicyError::Unsound);
        }
        let policy = Bytes::try_from(encode(policy)).map_err(|_| PolicyError::TooLong)?;
        let signature = signer.sign_record(Label::Policy, &policy);
        Ok(Self { chain: signer.chain.clone(), policy, signature })
    }

    /// The policy, if an administrator of this program signed it and it holds now.
    ///
    /// # Errors
    /// [`PolicyError`]. [`NotYetValid`](PolicyError::NotYetValid) and [`Expired`](PolicyError::Expired) are
    /// said of genuine ones only, and may as well mean that the clock here is wrong.
    pub fn verify(
        &self,
        root: &Fingerprint,
        now: Timestamp,
        tolerance: Duration,
    ) -> Result<VerifiedPolicy, PolicyError> {
        let (label, signature) = (Label::Policy, &self.signature);
        let signer =
            self.chain.verify_record(label, &self.policy, signature, root, now, tolerance)?;
        if !signer.roles.contains(Roles::ADMINISTRATOR) {
            return Err(PolicyError::NotAdministrator);
        }
        let policy = decode::<Policy>(&self.policy).map_err(|_| PolicyError::Malformed)?;
        within(policy.issued, policy.expires, now, tolerance)?;
        // The one fault that could do harm, were an administrator's check skipped: the page goes there.
        if policy.exits.is_empty() || policy.exits.iter().any(|exit| !exit.starts_with("https://"))
        {
            return Err(PolicyError::Unsound);
        }
        let hash = Sha256::digest(&*self.policy).into();
        Ok(VerifiedPolicy { policy, hash, signer })
    }
}

/// A policy that holds. Made by [`SignedPolicy::verify`] alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedPolicy {
    policy: Policy,
    hash: [u8; 32],
    signer: VerifiedDevice,
}

impl VerifiedPolicy {
    /// SHA-256 of the encoded policy: what a duty statement names.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// The administrator's device that signed it.
    pub fn signer(&self) -> &VerifiedDevice {
        &self.signer
    }
}

impl Deref for VerifiedPolicy {
    type Target = Policy;

    fn deref(&self) -> &Policy {
        &self.policy
    }
}
