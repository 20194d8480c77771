//! The vault as the relay keeps it: sealed to the vault's key, padded, and signed by the colleague who changed it
//! last (`features.md` 3.4; `design.md`, Keys).
//!
//! A relay sees when it is changed, by which device, and in which of seven sizes. It can give an older one: the
//! version in the duty statements of colleagues tells. It can neither read nor alter it. It does not protect
//! against a colleague's modified desk, which can put back what it has read.

use alloc::vec::Vec;
use core::time::Duration;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use rand_core::CryptoRng;
use stillroom_wire::Bytes;

use crate::certificate::{CertificateError, Chain};
use crate::device::Device;
use crate::keys::{Fingerprint, Label};
use crate::limits::{VAULT_SEALED_MAX, VAULT_STEP};
use crate::reasons::reasons;
use crate::revocation::VerifiedRevocations;
use crate::sealing::{ReceivingKey, ReceivingPublicKey, SealError, seal_padded};
use crate::time::Timestamp;
use crate::vault::Vault;

const INFO: &[u8] = b"stillroom vault 1";

/// The vault on its way. Not true before [`open`](Self::open).
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct SealedVault {
    /// The certificates of whoever changed it.
    pub chain: Chain,
    /// Which one it is, and what is in it.
    pub content: SealedVaultContent,
    /// Over the content and the program.
    pub signature: [u8; 64],
}

/// What is signed of a [`SealedVault`].
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct SealedVaultContent {
    /// Counts up from 1 with every change.
    pub version: u64,
    /// The vault, sealed.
    pub sealed: Bytes<VAULT_SEALED_MAX>,
}

reasons! {
    /// Why a vault is not taken.
    SealedVaultError {
        /// The certificates of whoever changed it do not hold, or the signature does not.
        Signer(CertificateError) => "the vault is not signed by this program",
        /// Whoever changed it is never on duty.
        RoleMissing => "the vault was changed by somebody who is never on duty",
        /// Their device was revoked.
        SignerRevoked => "the vault was changed by a revoked device",
        /// A colleague has seen a later one.
        Older => "the vault is older than one that was there before",
        /// It was sealed to another key or as another version, or was altered.
        DoesNotOpen => "the vault does not open here",
        /// It opened, and holds no vault.
        Malformed => "the vault is not readable",
    }
}

impl SealedVault {
    /// Seals it as this version.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn seal(
        vault: &Vault,
        version: u64,
        key: &ReceivingPublicKey,
        by: &Device,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, SealError> {
        let length = padded(vault.mls_encoded_len());
        let context = context(&by.program(), version);
        let sealed = seal_padded(key, INFO, &context, vault, length, rng)?;
        let sealed = sealed.try_into().map_err(|_| SealError::TooLong)?;
        let content = SealedVaultContent { version, sealed };
        let signature = by.sign_record(Label::Vault, &content);
        Ok(Self { chain: by.chain.clone(), content, signature })
    }

    /// The vault, if a device of this program changed it that may be on duty and was not revoked, and it is not
    /// older than version `least`.
    ///
    /// # Errors
    /// [`SealedVaultError`].
    pub fn open(
        &self,
        key: &ReceivingKey,
        least: u64,
        root: &Fingerprint,
        revocations: &VerifiedRevocations,
        now: Timestamp,
        tolerance: Duration,
    ) -> Result<Vault, SealedVaultError> {
        let (label, content, signature) = (Label::Vault, &self.content, &self.signature);
        let signer = self
            .chain
            .verify_record(label, content, signature, root, now, tolerance)
            .map_err(SealedVaultError::Signer)?;
        if !signer.roles.may_state_duty() {
            return Err(SealedVaultError::RoleMissing);
        }
        if revocations.is_revoked(&signer) {
            return Err(SealedVaultError::SignerRevoked);
        }
        if content.version < least {
            return Err(SealedVaultError::Older);
        }
        let length = content.sealed.len().saturating_sub(SEALING_ADDS);
        let context = context(root, content.version);
        let opened = key.open_padded(INFO, &context, length, &content.sealed);
        opened
            .map_err(|_| SealedVaultError::DoesNotOpen)?
            .filter(|_| length > 0 && length % VAULT_STEP == 0)
            .ok_or(SealedVaultError::Malformed)
    }
}

/// Bytes that sealing adds: the encapsulation and a tag.
const SEALING_ADDS: usize = 1120 + 16;

/// The next step of what is padded, with room for the padding's own mark.
fn padded(length: usize) -> usize {
    (length + 8).div_ceil(VAULT_STEP) * VAULT_STEP
}

/// Two fields of fixed length: which program, which version.
fn context(program: &Fingerprint, version: u64) -> Vec<u8> {
    [&program.0[..], &version.to_be_bytes()].concat()
}
