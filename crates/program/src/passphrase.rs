//! Keeping a secret under a passphrase: Argon2id (RFC 9106) and AES-256-GCM (`features.md` 5.1).
//!
//! Whoever has the file can try passphrases; each try costs them the memory and time stated in it. A short
//! passphrase falls all the same. A wrong passphrase and an altered file cannot be told apart. The bytes of
//! the passphrase are taken as they are typed: one with accents should be typed the same way each time.

use alloc::vec::Vec;

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use argon2::{Algorithm, Argon2, Params, Version};
use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use rand_core::CryptoRng;
use stillroom_wire::{Bytes, decode, encode};
use zeroize::Zeroizing;

use crate::device::Device;
use crate::limits::{COMPLETION_MAX, PASSPHRASE_SHORTEST};
use crate::reasons::reasons;

/// The version of a wrapped secret's bytes.
const FORMAT: u8 = 1;

/// What a wrapped device says it is.
const DEVICE: &[u8] = b"stillroom device 1";

/// What one try costs. Written into the file, so that it can be raised for new ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct PassphraseCost {
    /// KiB of memory.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl PassphraseCost {
    /// For browsers, phones among them: RFC 9106 leaves less to choose, OWASP names these figures.
    pub const BROWSER: Self = Self { memory: 19 * 1024, passes: 2, lanes: 1 };

    /// For the program's own computer: RFC 9106 section 4, the second recommendation.
    pub const COMPUTER: Self = Self { memory: 64 * 1024, passes: 3, lanes: 4 };

    /// The most that a file may ask of whoever opens it.
    const MOST: Self = Self { memory: 256 * 1024, passes: 8, lanes: 4 };

    pub(crate) fn is_bearable(&self) -> bool {
        self.memory <= Self::MOST.memory
            && self.passes <= Self::MOST.passes
            && self.lanes <= Self::MOST.lanes
    }
}

reasons! {
    /// Why a secret was not put under a passphrase, or does not come out from under it.
    PassphraseError {
        /// The passphrase has fewer than twelve characters.
        TooShort => "the passphrase is too short: at least twelve characters",
        /// The bytes are not a wrapped secret of this kind and version.
        Malformed => "this is not such a file",
        /// Opening would take more memory or time than a file may ask for.
        TooCostly => "the file asks for more memory or time than it may",
        /// The passphrase is wrong, or the file was altered.
        Wrong => "the passphrase is wrong, or the file was altered",
    }
}

/// A secret under a passphrase.
#[derive(Clone, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
struct Wrapped {
    header: Header,
    sealed: Bytes<COMPLETION_MAX>,
}

/// What is bound to the secret, and readable.
#[derive(Clone, Copy, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
struct Header {
    format: u8,
    cost: PassphraseCost,
    salt: [u8; 16],
    nonce: [u8; 12],
}

impl Header {
    fn cipher(&self, passphrase: &str) -> Result<Aes256Gcm, PassphraseError> {
        let PassphraseCost { memory, passes, lanes } = self.cost;
        let parameters =
            Params::new(memory, passes, lanes, Some(32)).map_err(|_| PassphraseError::Malformed)?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
        let mut key = Zeroizing::new([0; 32]);
        argon
            .hash_password_into(passphrase.as_bytes(), &self.salt, &mut *key)
            .map_err(|_| PassphraseError::Malformed)?;
        Aes256Gcm::new_from_slice(&*key).map_err(|_| PassphraseError::Malformed)
    }

    fn context(&self, purpose: &[u8]) -> Vec<u8> {
        [purpose, &[0], &encode(self)].concat()
    }
}

/// Puts `secret` under a passphrase. `purpose` is bound to it: one kind of file is not opened as another.
pub(crate) fn wrap(
    purpose: &[u8],
    secret: &[u8],
    passphrase: &str,
    cost: PassphraseCost,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, PassphraseError> {
    if passphrase.chars().count() < PASSPHRASE_SHORTEST {
        return Err(PassphraseError::TooShort);
    }
    if !cost.is_bearable() {
        return Err(PassphraseError::TooCostly);
    }
    let mut header = Header { format: FORMAT, cost, salt: [0; 16], nonce: [0; 12] };
    rng.fill_bytes(&mut header.salt);
    rng.fill_bytes(&mut header.nonce);
    let payload = Payload { msg: secret, aad: &header.context(purpose) };
    let sealed = header.cipher(passphrase)?.encrypt(&header.nonce.into(), payload);
    let sealed = sealed.map_err(|_| PassphraseError::Malformed)?;
    let sealed = sealed.try_into().map_err(|_| PassphraseError::Malformed)?;
    Ok(encode(&Wrapped { header, sealed }))
}

/// Gets a secret out from under its passphrase.
pub(crate) fn unwrap(
    purpose: &[u8],
    wrapped: &[u8],
    passphrase: &str,
) -> Result<Zeroizing<Vec<u8>>, PassphraseError> {
    let Wrapped { header, sealed } = decode(wrapped).map_err(|_| PassphraseError::Malformed)?;
    if header.format != FORMAT {
        return Err(PassphraseError::Malformed);
    }
    if !header.cost.is_bearable() {
        return Err(PassphraseError::TooCostly);
    }
    let payload = Payload { msg: &sealed, aad: &header.context(purpose) };
    let secret = header.cipher(passphrase)?.decrypt(&header.nonce.into(), payload);
    secret.map(Zeroizing::new).map_err(|_| PassphraseError::Wrong)
}

impl Device {
    /// The device under a passphrase, as a browser or a file keeps it.
    ///
    /// # Errors
    /// [`PassphraseError::TooShort`].
    pub fn wrap_with_passphrase(
        &self,
        passphrase: &str,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, PassphraseError> {
        wrap(DEVICE, &self.to_bytes(), passphrase, PassphraseCost::BROWSER, rng)
    }

    /// The device from under its passphrase.
    ///
    /// # Errors
    /// [`PassphraseError`].
    pub fn unwrap_with_passphrase(
        wrapped: &[u8],
        passphrase: &str,
    ) -> Result<Self, PassphraseError> {
        let bytes = unwrap(DEVICE, wrapped, passphrase)?;
        Self::from_bytes(&bytes).map_err(|_| PassphraseError::Malformed)
    }
}
