//! The key that a program's tokens are made with for a time, as desks share it and as the program's own computer gets
//! it (`features.md` 5.9; `decisions/0040`).
//!
//! A desk makes it, signs its public half, and seals it to the report key: that record goes with each token, alike
//! for everybody, so that whoever opens answers has the key to check them with. Colleagues get the key sealed to the
//! duty key of the day. Duty statements name the record, by which a page knows that it is everybody's.

use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use stillroom_wire::{Bytes, decode, encode};
use voprf::{Group as _, VoprfServer};
use zeroize::Zeroizing;

use super::group::Ristretto;
use crate::certificate::{CertificateError, Chain};
use crate::device::Device;
use crate::keys::{Fingerprint, Label};
use crate::limits::{ISSUER_COUNTS, ISSUER_LASTS};
use crate::reasons::reasons;
use crate::revocation::VerifiedRevocations;
use crate::sealing::{ReceivingKey, ReceivingPublicKey, seal};
use crate::time::{Timestamp, within};

const INFO: &[u8] = b"stillroom issuer 1";

/// Bytes of a sealed seed: the encapsulation, 32 bytes and a tag.
const SEALED: usize = 1120 + 32 + 16;

/// The key itself: whoever has it gives tokens and checks them. Erased when dropped; never printed.
#[derive(Clone)]
pub struct IssuingKey(pub(super) VoprfServer<Ristretto>, Zeroizing<[u8; 32]>);

impl fmt::Debug for IssuingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IssuingKey(secret)")
    }
}

impl IssuingKey {
    /// The key of this seed; nothing for one in so many that none was ever found.
    pub(super) fn of_seed(seed: &[u8; 32]) -> Option<Self> {
        let server = VoprfServer::new_from_seed(seed, INFO).ok()?;
        Some(Self(server, Zeroizing::new(*seed)))
    }

    /// The public half.
    pub(super) fn public_key(&self) -> [u8; 32] {
        Ristretto::serialize_elem(self.0.get_public_key()).into()
    }
}

/// The public record of a key, as it goes with tokens. A page reads no more of it than the public half, with which it
/// begins, and believes what duty statements name.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct IssuerRecord(Bytes<RECORD>);

/// Bytes of a record at most: certificates, and what is signed.
const RECORD: usize = 2304;

impl IssuerRecord {
    /// SHA-256 of it, by which a duty statement names it.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(&*self.0).into()
    }

    /// The public half of the key; nothing where the record is too short to have one.
    pub fn public(&self) -> Option<&[u8; 32]> {
        self.0.first_chunk()
    }

    /// What it says; nothing where it is no record.
    pub fn read(&self) -> Option<Issuer> {
        decode(&self.0).ok()
    }
}

/// What the record of a key says. Not true before [`verify`](Self::verify).
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Issuer {
    /// The key.
    pub content: IssuerContent,
    /// The certificates of whoever made the key.
    pub chain: Chain,
    /// Over the content and the program.
    pub signature: [u8; 64],
}

/// What is signed of an [`Issuer`].
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct IssuerContent {
    /// The public half.
    pub public: [u8; 32],
    /// When it was made, in seconds since the Unix epoch.
    pub made: u64,
    /// The hash of the list of revoked devices that it was made under: it is made anew after each.
    pub revocations_hash: [u8; 32],
    /// The hash of the report key that it is sealed to.
    pub report_key_hash: [u8; 32],
    /// The seed, sealed to the report key.
    pub sealed: Bytes<SEALED>,
}

reasons! {
    /// Why a key for tokens is not taken.
    IssuerError {
        /// The maker's certificates do not hold, or the signature does not.
        Signer(CertificateError) => "the key for tokens is not signed by this program",
        /// The maker may not be on duty.
        RoleMissing => "the key for tokens was made by somebody who is never on duty",
        /// The maker's device was revoked.
        SignerRevoked => "the key for tokens was made by a revoked device",
        /// It was made too long ago for anything to be under way with it, or in a later time.
        OutOfTime => "the key for tokens is too old, or from a later time",
        /// It was sealed to another key, or is not the one that is stated.
        DoesNotOpen => "the key for tokens does not open here",
    }
}

impl Issuer {
    /// Makes a key and its record; nothing where the report key is none.
    pub fn make(
        maker: &Device,
        report_key: &ReceivingPublicKey,
        revocations: &VerifiedRevocations,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Option<(Self, IssuingKey)> {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *seed);
        let key = IssuingKey::of_seed(&seed)?;
        let public = key.public_key();
        let sealed = seal(report_key, INFO, &context(&maker.program(), &public), &*seed, rng);
        let content = IssuerContent {
            made: now.seconds(),
            revocations_hash: revocations.hash(),
            report_key_hash: report_key.hash(),
            public,
            sealed: sealed.ok()?.try_into().ok()?,
        };
        let signature = maker.sign_record(Label::Issuer, &content);
        Some((Self { chain: maker.chain.clone(), content, signature }, key))
    }

    /// The record as it goes with tokens; nothing where certificates are longer than any are.
    pub fn record(&self) -> Option<IssuerRecord> {
        encode(self).try_into().ok().map(IssuerRecord)
    }

    /// Whether desks go on with it: it is young enough, nobody was revoked since, and it is for this report key.
    pub fn serves(
        &self,
        report_key: &ReceivingPublicKey,
        revocations: &VerifiedRevocations,
        now: Timestamp,
    ) -> bool {
        let IssuerContent { made, revocations_hash, report_key_hash, .. } = &self.content;
        now.seconds().saturating_sub(*made) < ISSUER_LASTS.as_secs()
            && *revocations_hash == revocations.hash()
            && *report_key_hash == report_key.hash()
    }

    /// The record, if a device of this program made it that may be on duty and is not revoked, so lately that
    /// something may be under way with it. Their certificates must have held when it was made.
    ///
    /// # Errors
    /// [`IssuerError`].
    pub fn verify(
        &self,
        root: &Fingerprint,
        revocations: &VerifiedRevocations,
        now: Timestamp,
        tolerance: Duration,
    ) -> Result<VerifiedIssuer, IssuerError> {
        let made = self.content.made;
        let until = made.saturating_add(ISSUER_COUNTS.as_secs());
        within(made, until, now, tolerance).map_err(|_| IssuerError::OutOfTime)?;
        let (content, at) = (&self.content, Timestamp::from_seconds(made));
        let maker = self
            .chain
            .verify_record(Label::Issuer, content, &self.signature, root, at, tolerance)
            .map_err(IssuerError::Signer)?;
        if !maker.roles.may_state_duty() {
            return Err(IssuerError::RoleMissing);
        }
        if revocations.is_revoked(&maker) {
            return Err(IssuerError::SignerRevoked);
        }
        Ok(VerifiedIssuer { program: *root, content: content.clone() })
    }
}

/// A record that holds. Made by [`Issuer::verify`] alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedIssuer {
    program: Fingerprint,
    content: IssuerContent,
}

impl VerifiedIssuer {
    /// The key in it.
    ///
    /// # Errors
    /// [`IssuerError::DoesNotOpen`].
    #[cfg(feature = "author")]
    pub(crate) fn open(&self, report_key: &ReceivingKey) -> Result<IssuingKey, IssuerError> {
        let IssuerContent { public, sealed, .. } = &self.content;
        open(report_key, &context(&self.program, public), sealed, public)
    }
}

/// A record with its key, sealed to a duty key for every desk that is on duty.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct SharedIssuer {
    issuer: Issuer,
    sealed: Bytes<SEALED>,
}

impl SharedIssuer {
    /// Seals it to this duty key; nothing where that is none.
    pub fn seal(
        issuer: &Issuer,
        key: &IssuingKey,
        program: &Fingerprint,
        duty_key: &ReceivingPublicKey,
        rng: &mut dyn CryptoRng,
    ) -> Option<Self> {
        let context = context(program, &issuer.content.public);
        let sealed = seal(duty_key, INFO, &context, &*key.1, rng).ok()?.try_into().ok()?;
        Some(Self { issuer: issuer.clone(), sealed })
    }

    /// The record and its key, if it was made by a colleague who is not revoked.
    ///
    /// # Errors
    /// [`IssuerError`].
    pub fn open(
        &self,
        duty_key: &ReceivingKey,
        root: &Fingerprint,
        revocations: &VerifiedRevocations,
        now: Timestamp,
        tolerance: Duration,
    ) -> Result<(Issuer, IssuingKey), IssuerError> {
        self.issuer.verify(root, revocations, now, tolerance)?;
        let public = &self.issuer.content.public;
        let key = open(duty_key, &context(root, public), &self.sealed, public)?;
        Ok((self.issuer.clone(), key))
    }
}

fn open(
    key: &ReceivingKey,
    context: &[u8],
    sealed: &[u8],
    public: &[u8; 32],
) -> Result<IssuingKey, IssuerError> {
    let seed = key.open(INFO, context, sealed).map_err(|_| IssuerError::DoesNotOpen)?;
    let seed = seed.as_slice().try_into().map_err(|_| IssuerError::DoesNotOpen)?;
    let key = IssuingKey::of_seed(seed).ok_or(IssuerError::DoesNotOpen)?;
    if key.public_key() == *public { Ok(key) } else { Err(IssuerError::DoesNotOpen) }
}

/// Two fields of fixed length: which program, which key.
fn context(program: &Fingerprint, public: &[u8; 32]) -> Vec<u8> {
    [&program.0[..], public].concat()
}
