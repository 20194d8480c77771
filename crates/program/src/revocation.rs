//! Which devices no longer count: the signed list of revoked ones (`features.md` 5.1).
//!
//! A lost or stolen device, and everything that an administrator's lost device ever certified, is refused
//! from the list's publication on. A relay can keep the list back; it is found out by the duty statement,
//! which names the hash of the list of now.

use core::time::Duration;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use sha2::{Digest as _, Sha256};
use stillroom_wire::{List, encode};

use crate::certificate::{CertificateError, Chain, VerifiedDevice};
use crate::device::Device;
use crate::keys::{Fingerprint, Label, VerifyingKey};
use crate::limits::REVOKED_MAX;
use crate::reasons::reasons;
use crate::roles::Roles;
use crate::time::{Timestamp, within};

/// A device that no longer counts.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Revoked {
    /// Its signing key.
    pub device: VerifyingKey,
    /// When its certificate ends by itself, in seconds since the Unix epoch; the entry can go then.
    pub until: u64,
}

/// The list. What a relay shows is [`SignedRevocations`]; this is its content, also for writing the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Revocations {
    /// Counts up from 1 with every list; 0 is the empty list of a program that has revoked nobody.
    pub version: u64,
    /// When it was signed, in seconds since the Unix epoch.
    pub issued: u64,
    /// The devices.
    pub devices: List<Revoked, REVOKED_MAX>,
}

reasons! {
    /// Why a list of revoked devices is not believed, or was not made.
    RevocationsError {
        /// The signer's certificates do not hold, or the signature does not.
        Signer(CertificateError) => "the list of revoked devices is not signed by this program",
        /// The signer is not an administrator.
        NotAdministrator => "only an administrator may revoke devices",
        /// The signer is on the list.
        SignerRevoked => "the list is signed by a device that is on it",
        /// It says that it was signed later than now, whatever the clock is forgiven.
        NotYetValid => "the list of revoked devices is from a later time",
        /// Version 0 is never signed.
        VersionWrong => "the list of revoked devices has no version",
        /// There are more devices than a list holds.
        Full => "the list of revoked devices is full",
    }
}

impl From<CertificateError> for RevocationsError {
    fn from(error: CertificateError) -> Self {
        match error {
            CertificateError::NotYetValid => Self::NotYetValid,
            error => Self::Signer(error),
        }
    }
}

impl Revocations {
    /// The hash that a duty statement names where nothing was ever revoked.
    pub fn none_hash() -> [u8; 32] {
        Self::default().hash()
    }

    /// The next list: this one with `device` on it, and without those whose certificates have ended.
    ///
    /// # Errors
    /// [`RevocationsError::Full`].
    pub fn with(
        &self,
        device: VerifyingKey,
        until: u64,
        now: Timestamp,
    ) -> Result<Self, RevocationsError> {
        let kept = self.devices.iter();
        let mut devices = kept
            .filter(|entry| entry.until > now.seconds() && entry.device != device)
            .cloned()
            .collect::<alloc::vec::Vec<_>>();
        devices.push(Revoked { device, until });
        Ok(Self {
            version: self.version.saturating_add(1),
            issued: now.seconds(),
            devices: devices.try_into().map_err(|_| RevocationsError::Full)?,
        })
    }

    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(encode(self)).into()
    }

    fn lists(&self, key: &VerifyingKey) -> bool {
        self.devices.iter().any(|entry| entry.device == *key)
    }
}

/// A list and who signed it. Not true before [`verify`](Self::verify).
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct SignedRevocations {
    /// The signer's certificates.
    pub chain: Chain,
    /// The list.
    pub revocations: Revocations,
    /// Over the list and the program.
    pub signature: [u8; 64],
}

impl SignedRevocations {
    /// Signs a list with an administrator's device.
    ///
    /// # Errors
    /// [`RevocationsError::NotAdministrator`], [`VersionWrong`](RevocationsError::VersionWrong) and
    /// [`SignerRevoked`](RevocationsError::SignerRevoked), for lists that nobody would believe.
    pub fn sign(revocations: Revocations, signer: &Device) -> Result<Self, RevocationsError> {
        if !signer.chain.leaf().roles.contains(Roles::ADMINISTRATOR) {
            return Err(RevocationsError::NotAdministrator);
        }
        check_list(&revocations, &signer.key())?;
        let signature = signer.sign_record(Label::Revocations, &revocations);
        Ok(Self { chain: signer.chain.clone(), revocations, signature })
    }

    /// The list, if an administrator of the program with this root signed it.
    ///
    /// # Errors
    /// [`RevocationsError`]. Whether a newer list exists cannot be seen from this one; see
    /// [`VerifiedRevocations::follows`].
    pub fn verify(
        &self,
        root: &Fingerprint,
        now: Timestamp,
        tolerance: Duration,
    ) -> Result<VerifiedRevocations, RevocationsError> {
        let list = &self.revocations;
        let (label, signature) = (Label::Revocations, &self.signature);
        let signer = self.chain.verify_record(label, list, signature, root, now, tolerance)?;
        if !signer.roles.contains(Roles::ADMINISTRATOR) {
            return Err(RevocationsError::NotAdministrator);
        }
        check_list(list, &signer.key)?;
        within(list.issued, u64::MAX, now, tolerance).map_err(|_| RevocationsError::NotYetValid)?;
        Ok(VerifiedRevocations { list: list.clone(), signer: Some(signer.key) })
    }
}

fn check_list(list: &Revocations, signer: &VerifyingKey) -> Result<(), RevocationsError> {
    if list.version == 0 {
        return Err(RevocationsError::VersionWrong);
    }
    if list.lists(signer) {
        return Err(RevocationsError::SignerRevoked);
    }
    Ok(())
}

/// A list that an administrator signed, or the empty one of a program that has revoked nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedRevocations {
    list: Revocations,
    signer: Option<VerifyingKey>,
}

impl VerifiedRevocations {
    /// The list before there was any.
    pub fn none() -> Self {
        Self { list: Revocations::default(), signer: None }
    }

    /// Counts up with every list; 0 before there was any.
    pub fn version(&self) -> u64 {
        self.list.version
    }

    /// What a duty statement names.
    pub fn hash(&self) -> [u8; 32] {
        self.list.hash()
    }

    /// The list itself, for writing the next.
    pub fn list(&self) -> &Revocations {
        &self.list
    }

    /// Whether a device no longer counts: it is on the list, or the administrator's device is that
    /// certified it. What such a device certified before it was lost cannot be told from what it did after.
    pub fn is_revoked(&self, device: &VerifiedDevice) -> bool {
        self.lists(&device.key) || self.lists(&device.administrator)
    }

    /// Whether this very key is on the list.
    pub fn lists(&self, key: &VerifyingKey) -> bool {
        self.list.lists(key)
    }

    /// Whether this list may take the place of `current`: it is newer, and `current` does not revoke whoever
    /// signed it.
    pub fn follows(&self, current: &Self) -> bool {
        self.version() > current.version()
            && !self.signer.is_some_and(|signer| current.lists(&signer))
    }
}
