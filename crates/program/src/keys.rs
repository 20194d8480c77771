//! Signing keys and what is signed with them (RFC 8032; `features.md` 3.1).
//!
//! Every signature is over a label, a zero byte and the message, so that what was signed for one purpose is
//! never taken for another; records also name the program, so that a key that serves two programs signs for
//! one at a time. MLS signs with the same device keys: its messages begin with a length below 64, ours with
//! the letter "s", so neither can be taken for the other. Verification is the strict one, which refuses keys
//! and points of small order.

use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use ed25519_dalek::Signer as _;
use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use stillroom_protocol::ProgramId;
use zeroize::Zeroizing;

use crate::reasons::reasons;

/// SHA-256 of a program's root public key: what a page is given to trust.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, MlsSize, MlsEncode, MlsDecode)]
pub struct Fingerprint(pub [u8; 32]);

reasons! {
    /// Why a text is not a fingerprint.
    FingerprintError {
        /// It is not 64 characters long.
        Length => "a fingerprint is 64 characters long",
        /// A character is not one of 0-9 and a-f.
        Character => "a fingerprint is written with 0-9 and a-f",
    }
}

impl Fingerprint {
    /// The fingerprint of this root key.
    pub fn of(root: &VerifyingKey) -> Self {
        Self(Sha256::digest(root.0).into())
    }

    /// The program, as frames name it.
    pub fn program_id(&self) -> ProgramId {
        ProgramId::of(&self.0)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let mut bytes = [0; 32];
        if text.len() != 2 * bytes.len() {
            return Err(FingerprintError::Length);
        }
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            for character in pair {
                let digit = match character {
                    b'0'..=b'9' => character - b'0',
                    b'a'..=b'f' => character - b'a' + 10,
                    _ => return Err(FingerprintError::Character),
                };
                *byte = *byte << 4 | digit;
            }
        }
        Ok(Self(bytes))
    }
}

/// An Ed25519 public key. Nobody vouches for it by itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, MlsSize, MlsEncode, MlsDecode)]
pub struct VerifyingKey(pub [u8; 32]);

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifyingKey")
    }
}

/// What a signature is for. The texts are part of the format and end in its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// A device's certificate.
    Certificate,
    /// The name that survivors see.
    Name,
    /// A program's policy.
    Policy,
    /// Somebody is on duty.
    DutyStatement,
    /// The list of revoked devices.
    Revocations,
    /// An invitation of a member of staff.
    Invitation,
    /// A new device's own keys, shown by itself.
    Enrolment,
    /// The duty key, wrapped for each device.
    DutyKey,
    /// The vault's key, wrapped for each device.
    VaultKey,
    /// The vault of code words.
    Vault,
    /// A relay's challenge.
    Challenge,
    /// The files of a page.
    Manifest,
    /// A note from one staff device to another.
    StaffNote,
    /// What a host tells a program's administrators.
    HostNotice,
    /// An entry of the record of administrative acts.
    Audit,
    /// The key that tokens are made with.
    Issuer,
}

impl Label {
    const fn text(self) -> &'static str {
        match self {
            Self::Certificate => "stillroom certificate 1",
            Self::Name => "stillroom name 1",
            Self::Policy => "stillroom policy 1",
            Self::DutyStatement => "stillroom duty statement 1",
            Self::Revocations => "stillroom revocations 1",
            Self::Invitation => "stillroom invitation 1",
            Self::Enrolment => "stillroom enrolment 1",
            Self::DutyKey => "stillroom duty key 1",
            Self::VaultKey => "stillroom vault key 1",
            Self::Vault => "stillroom vault 1",
            Self::Challenge => "stillroom challenge 1",
            Self::Manifest => "stillroom manifest 1",
            Self::StaffNote => "stillroom staff note 1",
            Self::HostNotice => "stillroom host notice 1",
            Self::Audit => "stillroom administrative act 1",
            Self::Issuer => "stillroom issuer 1",
        }
    }

    fn over(self, message: &[u8]) -> Vec<u8> {
        [self.text().as_bytes(), &[0], message].concat()
    }
}

/// The signature is not one by this key, over this message, for this purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureWrong;

impl fmt::Display for SignatureWrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the signature is wrong")
    }
}

impl core::error::Error for SignatureWrong {}

/// Checks a signature.
///
/// # Errors
/// [`SignatureWrong`]; also for a key that is not a point of the curve, or is of small order.
pub fn verify(
    label: Label,
    key: &VerifyingKey,
    message: &[u8],
    signature: &[u8; 64],
) -> Result<(), SignatureWrong> {
    let key = ed25519_dalek::VerifyingKey::from_bytes(&key.0).map_err(|_| SignatureWrong)?;
    let signature = ed25519_dalek::Signature::from_bytes(signature);
    key.verify_strict(&label.over(message), &signature).map_err(|_| SignatureWrong)
}

/// An Ed25519 key pair. Erased when dropped; never printed.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// A new key.
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *seed);
        Self::from_bytes(&seed)
    }

    /// The key of this seed.
    pub fn from_bytes(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The seed.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public half.
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key().to_bytes())
    }

    /// Signs `message` for one purpose.
    pub fn sign(&self, label: Label, message: &[u8]) -> [u8; 64] {
        self.0.sign(&label.over(message)).to_bytes()
    }

    /// Signs a record of one program.
    pub(crate) fn sign_record(
        &self,
        label: Label,
        program: &Fingerprint,
        record: &impl MlsEncode,
    ) -> [u8; 64] {
        self.sign(label, &record_message(program, record))
    }
}

impl zeroize::ZeroizeOnDrop for SigningKey {}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(secret)")
    }
}

/// Checks the signature of a record of one program.
pub(crate) fn verify_record(
    label: Label,
    program: &Fingerprint,
    key: &VerifyingKey,
    record: &impl MlsEncode,
    signature: &[u8; 64],
) -> Result<(), SignatureWrong> {
    verify(label, key, &record_message(program, record), signature)
}

fn record_message(program: &Fingerprint, record: &impl MlsEncode) -> Vec<u8> {
    let mut message = program.0.to_vec();
    message.extend(stillroom_wire::encode(record));
    message
}
