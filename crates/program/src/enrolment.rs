//! Enrolment: a new member's device answers an invitation with the keys that it made, and gets them
//! certified (`features.md` 5.1).
//!
//! The answer is authenticated with the secret of the link (HMAC-SHA256, RFC 2104), so that a relay, which
//! knows the address alone, cannot swap keys; it names the program, so that a page with another root's
//! fingerprint is found out; and the device's own signature shows that it holds the key. What comes back is
//! sealed to the device. Not protected against: whoever has the link, and is faster.

use alloc::vec::Vec;
use core::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use rand_core::CryptoRng;
use sha2::Sha256;
use stillroom_protocol::InvitationId;
use stillroom_wire::{decode, encode};

use crate::certificate::{CertificateError, Chain, Validity};
use crate::device::{Device, NewDevice};
use crate::invitation::InvitationSecret;
use crate::keys::{Fingerprint, Label, VerifyingKey, verify_record};
use crate::limits::COMPLETION_MAX;
use crate::name::NameCertificate;
use crate::reasons::reasons;
use crate::roles::Roles;
use crate::sealing::{ReceivingPublicKey, SealError, seal};
use crate::staff::StaffRecord;
use crate::time::Timestamp;

const INFO: &[u8] = b"stillroom enrolment 1";

reasons! {
    /// Why an enrolment does not go on.
    EnrolmentError {
        /// The request was not made with the secret of this link, or for another program, or was altered.
        NotFromTheLink => "the answer was not made with this invitation's link",
        /// The request is not signed by the key that it asks to be certified.
        KeyNotHeld => "the new device does not hold the key that it shows",
        /// What came back was not sealed for this device and invitation, or was altered.
        DoesNotOpen => "what came back does not open on this device",
        /// It opened, and holds no certificates.
        Malformed => "what came back holds no certificates",
        /// The certificates do not hold.
        Certificate(CertificateError) => "the certificates that came back do not hold",
        /// The certificates are for other keys than this device's.
        OtherKeys => "the certificates that came back are for another device",
        /// The name is over 64 bytes.
        NameTooLong => "the name is too long",
    }
}

impl From<CertificateError> for EnrolmentError {
    fn from(error: CertificateError) -> Self {
        Self::Certificate(error)
    }
}

/// A new device's keys. Nobody vouches for them before [`verify`](Self::verify).
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct EnrolmentRequest {
    /// The signing key.
    pub device: VerifyingKey,
    /// The receiving key.
    pub receiving_key: ReceivingPublicKey,
    /// By the signing key, over what the MAC is over.
    pub signature: [u8; 64],
    /// HMAC-SHA256 under the link's secret, over the invitation's address, the program and both keys.
    pub mac: [u8; 32],
}

/// What the request's signature and MAC are over, beside the program.
#[derive(MlsSize, MlsEncode)]
struct Signed<'a> {
    invitation: InvitationId,
    device: VerifyingKey,
    receiving_key: &'a ReceivingPublicKey,
}

/// A new device's keys, from whoever has the link. Made by [`EnrolmentRequest::verify`] alone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedKeys {
    /// The invitation that was answered.
    pub invitation: InvitationId,
    /// The signing key.
    pub device: VerifyingKey,
    /// The receiving key.
    pub receiving_key: ReceivingPublicKey,
}

impl EnrolmentRequest {
    pub(crate) fn make(secret: &InvitationSecret, program: &Fingerprint, new: &NewDevice) -> Self {
        let receiving_key = new.receiving.public_key();
        let device = new.signing.verifying_key();
        let invitation = secret.id();
        let signed = Signed { invitation, device, receiving_key: &receiving_key };
        let signature = new.signing.sign_record(Label::Enrolment, program, &signed);
        let mac = mac(secret, program, &signed).map(|mac| mac.finalize().into_bytes().into());
        Self { device, receiving_key, signature, mac: mac.unwrap_or_default() }
    }

    /// The keys, if whoever made the request has the link of this invitation to this program, and the key.
    ///
    /// # Errors
    /// [`EnrolmentError::NotFromTheLink`] and [`KeyNotHeld`](EnrolmentError::KeyNotHeld).
    pub fn verify(
        &self,
        secret: &InvitationSecret,
        program: &Fingerprint,
    ) -> Result<VerifiedKeys, EnrolmentError> {
        let Self { device, receiving_key, .. } = self;
        let invitation = secret.id();
        let signed = Signed { invitation, device: *device, receiving_key };
        mac(secret, program, &signed)
            .and_then(|mac| mac.verify_slice(&self.mac).ok())
            .ok_or(EnrolmentError::NotFromTheLink)?;
        verify_record(Label::Enrolment, program, device, &signed, &self.signature)
            .map_err(|_| EnrolmentError::KeyNotHeld)?;
        Ok(VerifiedKeys { invitation, device: *device, receiving_key: receiving_key.clone() })
    }
}

/// The MAC with all that it is over in it; a key of 32 bytes never fails.
fn mac(
    secret: &InvitationSecret,
    program: &Fingerprint,
    signed: &Signed<'_>,
) -> Option<Hmac<Sha256>> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    Some(mac.chain_update(program.0).chain_update(encode(signed)))
}

/// What a new device needs to be one of the program's. Not true before [`NewDevice::complete`].
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Enrolment {
    /// Its certificates.
    pub chain: Chain,
    /// The name that survivors see, which the relay never learns.
    pub name: NameCertificate,
}

impl Enrolment {
    /// Certifies a new device's keys with an administrator's device.
    ///
    /// # Errors
    /// [`EnrolmentError::Certificate`] where `administrator` is none, or `roles` holds what only the root
    /// gives; [`NameTooLong`](EnrolmentError::NameTooLong).
    pub fn grant(
        administrator: &Device,
        keys: &VerifiedKeys,
        roles: Roles,
        name: &str,
        validity: Validity,
    ) -> Result<Self, EnrolmentError> {
        Ok(Self {
            chain: administrator.certify(keys.device, &keys.receiving_key, roles, validity)?,
            name: administrator
                .certify_name(keys.device, name)
                .map_err(|_| EnrolmentError::NameTooLong)?,
        })
    }

    /// What the relay's directory is to keep of the new device.
    pub fn staff_record(&self, keys: &VerifiedKeys) -> StaffRecord {
        StaffRecord { chain: self.chain.clone(), receiving_key: keys.receiving_key.clone() }
    }

    /// Seals it to the new device.
    ///
    /// # Errors
    /// [`SealError::KeyMalformed`] where the device's receiving key is none.
    pub fn seal(&self, keys: &VerifiedKeys, rng: &mut dyn CryptoRng) -> Result<Vec<u8>, SealError> {
        let program = Fingerprint::of(&self.chain.root);
        let context = context(&program, &keys.invitation, &keys.device);
        seal(&keys.receiving_key, INFO, &context, &encode(self), rng)
    }

    fn open(
        new: &NewDevice,
        secret: &InvitationSecret,
        root: &Fingerprint,
        sealed: &[u8],
    ) -> Result<Self, EnrolmentError> {
        if sealed.len() > COMPLETION_MAX {
            return Err(EnrolmentError::DoesNotOpen);
        }
        let context = context(root, &secret.id(), &new.signing.verifying_key());
        let opened = new.receiving.open(INFO, &context, sealed);
        let opened = opened.map_err(|_| EnrolmentError::DoesNotOpen)?;
        decode(&opened).map_err(|_| EnrolmentError::Malformed)
    }
}

impl NewDevice {
    /// The answer to the invitation that `secret` was in the link of.
    pub fn request(&self, secret: &InvitationSecret, program: &Fingerprint) -> EnrolmentRequest {
        EnrolmentRequest::make(secret, program, self)
    }

    /// Takes what came back: the certificates of this device, checked up to the root.
    ///
    /// # Errors
    /// [`EnrolmentError`].
    pub fn complete(
        self,
        secret: &InvitationSecret,
        root: &Fingerprint,
        sealed: &[u8],
        now: Timestamp,
        tolerance: Duration,
    ) -> Result<Device, EnrolmentError> {
        let Enrolment { chain, name } = Enrolment::open(&self, secret, root, sealed)?;
        name.verify(&chain.verify(root, now, tolerance)?)?;
        self.certified(chain, name).map_err(|_| EnrolmentError::OtherKeys)
    }
}

/// Fields of fixed length: which program, which invitation, which device.
fn context(program: &Fingerprint, invitation: &InvitationId, device: &VerifyingKey) -> Vec<u8> {
    [&program.0[..], &invitation.0, &device.0].concat()
}
