//! A staff device: the keys that were made on it, and what the program says of them (`features.md` 5.1).
//!
//! Its bytes are as good as the device itself; they are kept under a passphrase
//! ([`Device::wrap_with_passphrase`]) everywhere but in a throw-away program. A device that is unlocked and
//! in somebody else's hands is theirs until it is revoked.

use alloc::vec::Vec;
use core::fmt;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use rand_core::CryptoRng;
use stillroom_protocol::{Nonce, ProgramId};
use stillroom_wire::{TooLong, decode};
use zeroize::Zeroizing;

use crate::certificate::{Certificate, CertificateError, Chain, Validity};
use crate::keys::{Fingerprint, Label, SigningKey, VerifyingKey};
use crate::name::NameCertificate;
use crate::reasons::reasons;
use crate::roles::Roles;
use crate::sealing::{ReceivingKey, ReceivingPublicKey};
use crate::staff::StaffRecord;

/// The version of a device's bytes.
const FORMAT: u8 = 1;

reasons! {
    /// Why bytes are not a device, or keys and certificates do not make one.
    DeviceError {
        /// The bytes are not those of a device, or of one of another version.
        Malformed => "this is not a staff device's file",
        /// The certificates are for other keys.
        KeysDoNotMatch => "the certificates are for another device's keys",
    }
}

/// Keys that were just made and that nobody has certified.
#[derive(Clone, Debug)]
pub struct NewDevice {
    /// Signs for the device.
    pub signing: SigningKey,
    /// Opens what is sealed to the device.
    pub receiving: ReceivingKey,
}

impl NewDevice {
    /// Makes both keys.
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        Self { signing: SigningKey::generate(rng), receiving: ReceivingKey::generate(rng) }
    }

    /// The device, once somebody has certified its keys. Whether the certificates lead to the program's root
    /// is not asked here.
    ///
    /// # Errors
    /// [`DeviceError::KeysDoNotMatch`].
    pub fn certified(self, chain: Chain, name: NameCertificate) -> Result<Device, DeviceError> {
        let key = self.signing.verifying_key();
        let leaf = chain.leaf();
        let certified = leaf.device == key && leaf.receiving == self.receiving.public_key().hash();
        if !certified || name.device != key {
            return Err(DeviceError::KeysDoNotMatch);
        }
        let Self { signing, receiving } = self;
        Ok(Device { signing, receiving, chain, name })
    }
}

/// A whole staff device. Its keys are erased when it is dropped, and never printed.
#[derive(Clone)]
pub struct Device {
    /// Signs for the device: at the relay and in groups.
    pub signing: SigningKey,
    /// Opens what is sealed to the device.
    pub receiving: ReceivingKey,
    /// What the relay may know of it.
    pub chain: Chain,
    /// What survivors see of it.
    pub name: NameCertificate,
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Device(secret)")
    }
}

impl Device {
    /// The public half of the signing key.
    pub fn key(&self) -> VerifyingKey {
        self.signing.verifying_key()
    }

    /// The program that its certificates name. It is the device's own word; a page compares it with the
    /// fingerprint that it was given.
    pub fn program(&self) -> Fingerprint {
        Fingerprint::of(&self.chain.root)
    }

    /// The answer to a relay's challenge: signed for this program, and under a label of its own.
    pub fn answer_challenge(&self, program: &ProgramId, nonce: &Nonce) -> [u8; 64] {
        self.signing.sign(Label::Challenge, &[&program.0[..], &nonce.0[..]].concat())
    }

    /// What the relay's directory is to keep of it.
    pub fn staff_record(&self) -> StaffRecord {
        StaffRecord { chain: self.chain.clone(), receiving_key: self.receiving.public_key() }
    }

    /// Certifies another device, as an administrator.
    ///
    /// # Errors
    /// [`CertificateError::NotAdministrator`] where this is no administrator's device;
    /// [`RoleNotGrantable`](CertificateError::RoleNotGrantable) where `roles` names administrators.
    pub fn certify(
        &self,
        device: VerifyingKey,
        receiving_key: &ReceivingPublicKey,
        roles: Roles,
        validity: Validity,
    ) -> Result<Chain, CertificateError> {
        let Chain { root, administrator, device: below } = &self.chain;
        if below.is_some() || !administrator.roles.contains(Roles::ADMINISTRATOR) {
            return Err(CertificateError::NotAdministrator);
        }
        if roles.contains(Roles::ADMINISTRATOR) {
            return Err(CertificateError::RoleNotGrantable);
        }
        let (program, receiving) = (self.program(), receiving_key.hash());
        let certificate =
            Certificate::issue(device, receiving, roles, validity, &program, &self.signing);
        Ok(Chain { root: *root, administrator: administrator.clone(), device: Some(certificate) })
    }

    /// Says what a device's user is called, as an administrator.
    ///
    /// # Errors
    /// [`TooLong`] for a name over 64 bytes.
    pub fn certify_name(
        &self,
        device: VerifyingKey,
        name: &str,
    ) -> Result<NameCertificate, TooLong> {
        NameCertificate::issue(device, name, &self.program(), &self.signing)
    }

    /// All of it, keys included, for [`from_bytes`](Self::from_bytes).
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let length = 1 + 32 + 32 + self.chain.mls_encoded_len() + self.name.mls_encoded_len();
        // Made as long as it will be at once: a vector that grows leaves copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(length));
        bytes.push(FORMAT);
        bytes.extend_from_slice(&*self.signing.to_bytes());
        bytes.extend_from_slice(&*self.receiving.to_bytes());
        bytes.extend(stillroom_wire::encode(&self.chain));
        bytes.extend(stillroom_wire::encode(&self.name));
        bytes
    }

    /// Reads a device. Its certificates are for its keys; whether they hold is not asked here.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DeviceError> {
        let (format, rest) = bytes.split_first().ok_or(DeviceError::Malformed)?;
        let (signing, rest) = rest.split_first_chunk::<32>().ok_or(DeviceError::Malformed)?;
        let (receiving, rest) = rest.split_first_chunk::<32>().ok_or(DeviceError::Malformed)?;
        if *format != FORMAT {
            return Err(DeviceError::Malformed);
        }
        let Certified { chain, name } = decode(rest).map_err(|_| DeviceError::Malformed)?;
        let new = NewDevice {
            signing: SigningKey::from_bytes(signing),
            receiving: ReceivingKey::from_bytes(receiving),
        };
        new.certified(chain, name)
    }

    /// Signs a record of this device's program.
    pub(crate) fn sign_record(&self, label: Label, record: &impl MlsEncode) -> [u8; 64] {
        self.signing.sign_record(label, &self.program(), record)
    }
}

/// What follows the keys in a device's bytes.
#[derive(MlsSize, MlsDecode)]
struct Certified {
    chain: Chain,
    name: NameCertificate,
}
