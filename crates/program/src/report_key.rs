//! The report key: what answers are sealed to, kept on the program's own computer (`features.md` 5.9).
//!
//! It follows from the root key, so that the recovery words bring it back and nothing that was sealed to it is
//! lost with a computer; and it is kept in a file of its own, so that the root key can lie in a drawer. Whoever
//! has the file and its passphrase can open answers, and sign nothing. It does not change while the root key
//! does not: one that leaked opens whatever is sealed to it afterwards.

use alloc::vec::Vec;
use core::fmt;

use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::Sha256;
use stillroom_protocol::{AnswersKind, ProgramId};
use zeroize::Zeroizing;

use crate::answers::{AnswersEnvelope, AnswersError};
use crate::day_counts::{DayCounts, DayCountsError};
use crate::passphrase::{PassphraseCost, PassphraseError, unwrap, wrap};
use crate::sealing::{ReceivingKey, ReceivingPublicKey};
use crate::tokens::{IssuerError, IssuingKey, VerifiedIssuer};

/// What a wrapped report key says it is, and what it is made for out of the root's seed.
const REPORT: &[u8] = b"stillroom report key 1";

/// A program's report key. Erased when dropped; never printed.
#[derive(Clone)]
pub struct ReportKey(ReceivingKey);

impl fmt::Debug for ReportKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReportKey(secret)")
    }
}

impl ReportKey {
    /// The report key of the program with this root seed (HKDF-SHA256, RFC 5869).
    pub(crate) fn of_root(seed: &[u8; 32]) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        // Expanding fails for more than 8,160 bytes alone. Were it ever to happen, the key would be one that
        // opens nothing that was sealed to the right one.
        let _ = Hkdf::<Sha256>::new(None, seed).expand(REPORT, &mut *key);
        Self(ReceivingKey::from_bytes(&key))
    }

    /// The public half, which goes into the policy.
    pub fn public_key(&self) -> ReceivingPublicKey {
        self.0.public_key()
    }

    /// Opens answers.
    ///
    /// # Errors
    /// [`AnswersError`].
    pub fn open(
        &self,
        program: &ProgramId,
        kind: AnswersKind,
        sealed: &[u8],
    ) -> Result<AnswersEnvelope, AnswersError> {
        AnswersEnvelope::open(&self.0, program, kind, sealed)
    }

    /// The key that tokens were made with, to check them.
    ///
    /// # Errors
    /// [`IssuerError::DoesNotOpen`].
    pub fn open_issuer(&self, issuer: &VerifiedIssuer) -> Result<IssuingKey, IssuerError> {
        issuer.open(&self.0)
    }

    /// Opens the counts of a day.
    ///
    /// # Errors
    /// [`DayCountsError`].
    pub fn open_counts(
        &self,
        program: &ProgramId,
        sealed: &[u8],
    ) -> Result<DayCounts, DayCountsError> {
        DayCounts::open(&self.0, program, sealed)
    }

    /// The key under a passphrase, as a file keeps it.
    ///
    /// # Errors
    /// [`PassphraseError::TooShort`].
    pub fn wrap_with_passphrase(
        &self,
        passphrase: &str,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, PassphraseError> {
        wrap(REPORT, &*self.0.to_bytes(), passphrase, PassphraseCost::COMPUTER, rng)
    }

    /// The key from under its passphrase.
    ///
    /// # Errors
    /// [`PassphraseError`].
    pub fn unwrap_with_passphrase(
        wrapped: &[u8],
        passphrase: &str,
    ) -> Result<Self, PassphraseError> {
        let seed = unwrap(REPORT, wrapped, passphrase)?;
        let seed = seed.as_slice().try_into().map_err(|_| PassphraseError::Malformed)?;
        Ok(Self(ReceivingKey::from_bytes(seed)))
    }
}
