//! A key that all share who may be on duty, on its way to each: signed by the colleague who made it, wrapped
//! for each device (`features.md` 2.4, 3.4; `design.md`, Keys). One opens what survivors say beforehand, one the
//! vault of code words.
//!
//! It needs no administrator. A relay can keep a bundle back or give an old one, which a desk then replaces;
//! it can neither read one nor put its own in its place. A device that is revoked later still knows the keys
//! that it was given; those are replaced at once, not taken back: a key is good under the one list of revoked
//! devices that it was made under.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::time::Duration;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use rand_core::CryptoRng;
use stillroom_wire::{Bytes, List};

use crate::certificate::{CertificateError, Chain};
use crate::device::Device;
use crate::keys::{Fingerprint, Label, VerifyingKey};
use crate::limits::DUTY_RECIPIENTS_MAX;
use crate::reasons::reasons;
use crate::revocation::VerifiedRevocations;
use crate::sealing::{ReceivingKey, ReceivingPublicKey, seal};
use crate::staff::VerifiedStaff;
use crate::time::{Timestamp, within};
use crate::tokens::SharedIssuer;

/// What a shared key is for: one is never taken for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SharedKey {
    /// What survivors say beforehand is sealed to it.
    Duty,
    /// The vault of code words is sealed to it.
    Vault,
}

impl SharedKey {
    const fn label(self) -> Label {
        match self {
            Self::Duty => Label::DutyKey,
            Self::Vault => Label::VaultKey,
        }
    }

    const fn info(self) -> &'static [u8] {
        match self {
            Self::Duty => b"stillroom duty key 1",
            Self::Vault => b"stillroom vault key 1",
        }
    }
}

/// Bytes of a wrapped seed: the encapsulation, 32 bytes and a tag.
const WRAPPED_MAX: usize = 1120 + 32 + 16;

/// The key for one device.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct WrappedKey {
    /// The signing key of the device that it is for.
    pub device: VerifyingKey,
    /// The seed, sealed to that device's receiving key.
    pub sealed: Bytes<WRAPPED_MAX>,
}

/// A shared key wrapped for everybody. Not true before [`verify`](Self::verify).
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct SharedKeyBundle {
    /// The certificates of whoever made it.
    pub chain: Chain,
    /// The key and its wrappings.
    pub content: SharedKeyContent,
    /// Over the content and the program.
    pub signature: [u8; 64],
    /// With a duty key: the key that tokens are made with, sealed to it. Signed for itself.
    pub issuer: Option<SharedIssuer>,
}

/// What is signed of a [`SharedKeyBundle`].
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct SharedKeyContent {
    /// When it was made, in seconds since the Unix epoch.
    pub made: u64,
    /// The hash of the list of revoked devices that it was made under.
    pub revocations_hash: [u8; 32],
    /// The public half.
    pub public: ReceivingPublicKey,
    /// The secret half for each device, in the order of their keys.
    pub wrapped: List<WrappedKey, DUTY_RECIPIENTS_MAX>,
}

reasons! {
    /// Why a shared key is not taken, or was not made.
    SharedKeyError {
        /// The maker's certificates do not hold, or the signature does not.
        Signer(CertificateError) => "the shared key is not signed by this program",
        /// The maker may not be on duty.
        RoleMissing => "the shared key was made by somebody who is never on duty",
        /// The maker's device was revoked.
        SignerRevoked => "the shared key was made by a revoked device",
        /// Somebody was revoked since it was made, who may know it; or it was made under a list not known here.
        OtherRevocations => "the shared key was made under another list of revoked devices",
        /// It says that it was made later than now, whatever the clock is forgiven.
        NotYetValid => "the shared key is from a later time",
        /// It was not wrapped for this device.
        NotForThisDevice => "the shared key was not made for this device",
        /// It was wrapped for this device, and does not open, or is another key than the one stated.
        DoesNotOpen => "the shared key does not open here",
        /// There are more devices than a bundle holds.
        TooManyDevices => "there are too many devices for one shared key",
        /// A device's receiving key is none.
        KeyMalformed => "a device's receiving key is not a key",
    }
}

impl From<CertificateError> for SharedKeyError {
    fn from(error: CertificateError) -> Self {
        match error {
            CertificateError::NotYetValid => Self::NotYetValid,
            error => Self::Signer(error),
        }
    }
}

impl SharedKeyBundle {
    /// Makes a new key for this, wrapped for `maker` and for everybody in `staff` who may be on duty and is not
    /// revoked.
    ///
    /// # Errors
    /// [`SharedKeyError::RoleMissing`], [`TooManyDevices`](SharedKeyError::TooManyDevices),
    /// [`KeyMalformed`](SharedKeyError::KeyMalformed).
    pub fn make(
        purpose: SharedKey,
        maker: &Device,
        staff: &[VerifiedStaff],
        revocations: &VerifiedRevocations,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Self, ReceivingKey), SharedKeyError> {
        if !maker.chain.leaf().roles.may_state_duty() {
            return Err(SharedKeyError::RoleMissing);
        }
        let own = maker.receiving.public_key();
        let on_duty = staff.iter().filter(|staff| {
            staff.device.roles.may_state_duty() && !revocations.is_revoked(&staff.device)
        });
        let mut recipients = on_duty
            .map(|staff| (staff.device.key, &staff.receiving_key))
            .collect::<BTreeMap<_, _>>();
        recipients.insert(maker.key(), &own);

        let key = ReceivingKey::generate(rng);
        let (made, public) = (now.seconds(), key.public_key());
        let mut wrapped = Vec::with_capacity(recipients.len());
        for (device, receiving_key) in recipients {
            let context = context(&maker.program(), made, &public, &device);
            let sealed = seal(receiving_key, purpose.info(), &context, &*key.to_bytes(), rng);
            let sealed = sealed.map_err(|_| SharedKeyError::KeyMalformed)?;
            let sealed = sealed.try_into().map_err(|_| SharedKeyError::KeyMalformed)?;
            wrapped.push(WrappedKey { device, sealed });
        }
        let wrapped = wrapped.try_into().map_err(|_| SharedKeyError::TooManyDevices)?;
        let revocations_hash = revocations.hash();
        let content = SharedKeyContent { made, revocations_hash, public, wrapped };
        let signature = maker.sign_record(purpose.label(), &content);
        Ok((Self { chain: maker.chain.clone(), content, signature, issuer: None }, key))
    }

    /// The bundle, if a device of this program made it that may be on duty and was not revoked, under this very
    /// list.
    ///
    /// # Errors
    /// [`SharedKeyError`].
    pub fn verify(
        &self,
        purpose: SharedKey,
        root: &Fingerprint,
        revocations: &VerifiedRevocations,
        now: Timestamp,
        tolerance: Duration,
    ) -> Result<VerifiedSharedKey, SharedKeyError> {
        let verified = self.verify_of_any_list(purpose, root, revocations, now, tolerance)?;
        if verified.is_made_under(revocations) {
            Ok(verified)
        } else {
            Err(SharedKeyError::OtherRevocations)
        }
    }

    /// The same where the list of revoked devices may be another than it was made under. Good for reading what
    /// was sealed before, and for nothing else: somebody who was revoked since may know it.
    ///
    /// # Errors
    /// [`SharedKeyError`], but not [`OtherRevocations`](SharedKeyError::OtherRevocations).
    pub fn verify_of_any_list(
        &self,
        purpose: SharedKey,
        root: &Fingerprint,
        revocations: &VerifiedRevocations,
        now: Timestamp,
        tolerance: Duration,
    ) -> Result<VerifiedSharedKey, SharedKeyError> {
        let (label, content, signature) = (purpose.label(), &self.content, &self.signature);
        let maker = self.chain.verify_record(label, content, signature, root, now, tolerance)?;
        if !maker.roles.may_state_duty() {
            return Err(SharedKeyError::RoleMissing);
        }
        if revocations.is_revoked(&maker) {
            return Err(SharedKeyError::SignerRevoked);
        }
        within(content.made, u64::MAX, now, tolerance).map_err(|_| SharedKeyError::NotYetValid)?;
        Ok(VerifiedSharedKey { purpose, program: *root, content: content.clone() })
    }
}

/// A shared key that a colleague made. Made by [`SharedKeyBundle::verify`] and
/// [`verify_of_any_list`](SharedKeyBundle::verify_of_any_list) alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedSharedKey {
    purpose: SharedKey,
    program: Fingerprint,
    content: SharedKeyContent,
}

impl VerifiedSharedKey {
    /// When it was made, in seconds since the Unix epoch.
    pub fn made(&self) -> u64 {
        self.content.made
    }

    /// The public half.
    pub fn public_key(&self) -> &ReceivingPublicKey {
        &self.content.public
    }

    /// Whether this is the list of revoked devices that it was made under.
    pub fn is_made_under(&self, revocations: &VerifiedRevocations) -> bool {
        self.content.revocations_hash == revocations.hash()
    }

    /// The devices that it was wrapped for.
    pub fn devices(&self) -> impl Iterator<Item = VerifyingKey> {
        self.content.wrapped.iter().map(|wrapped| wrapped.device)
    }

    /// The key itself, on a device that it was wrapped for.
    ///
    /// # Errors
    /// [`SharedKeyError::NotForThisDevice`] and [`DoesNotOpen`](SharedKeyError::DoesNotOpen).
    pub fn open(&self, device: &Device) -> Result<ReceivingKey, SharedKeyError> {
        let SharedKeyContent { made, public, wrapped, .. } = &self.content;
        let own = device.key();
        let wrapped = wrapped.iter().find(|wrapped| wrapped.device == own);
        let wrapped = wrapped.ok_or(SharedKeyError::NotForThisDevice)?;
        let context = context(&self.program, *made, public, &own);
        let seed = device.receiving.open(self.purpose.info(), &context, &wrapped.sealed);
        let seed = seed.map_err(|_| SharedKeyError::DoesNotOpen)?;
        let seed = seed.as_slice().try_into().map_err(|_| SharedKeyError::DoesNotOpen)?;
        let key = ReceivingKey::from_bytes(seed);
        if key.public_key() == *public { Ok(key) } else { Err(SharedKeyError::DoesNotOpen) }
    }
}

/// Fields of fixed length: which program, when, which key, for whom.
fn context(
    program: &Fingerprint,
    made: u64,
    public: &ReceivingPublicKey,
    device: &VerifyingKey,
) -> Vec<u8> {
    [&program.0[..], &made.to_be_bytes(), &public.hash(), &device.0].concat()
}
