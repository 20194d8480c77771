//! Sealing to a key: HPKE (RFC 9180) in base mode with X-Wing (KEM 0x647A of draft-ietf-hpke-pq),
//! HKDF-SHA256 and AES-128-GCM, so that what is recorded today stays unreadable to a later quantum
//! computer (`features.md` 7.1).
//!
//! What is sealed does not say who sealed it: whoever needs to know that asks for a signature, or binds it
//! to something that is signed. A length on the line is that of the content; callers pad.

use alloc::vec::Vec;
use core::fmt;

use hpke::aead::AesGcm128;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::{Deserializable as _, Kem, OpModeR, OpModeS, Serializable as _};
use mls_rs_codec::{Error, MlsDecode, MlsEncode, MlsSize};
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use stillroom_protocol::padding::unpad;
use stillroom_wire::{Bytes, decode, encode};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::reasons::reasons;

/// Bytes of an X-Wing public key.
const PUBLIC: usize = 1216;

/// Bytes of an X-Wing encapsulation, which goes before what is sealed.
const ENCAPSULATED: usize = 1120;

/// Bytes of context at most: the `hpke` crate panics at 2^16. Ours is never over two hundred.
const CONTEXT_MAX: usize = 60_000;

reasons! {
    /// Why something was not sealed or opened.
    SealError {
        /// The public key is not one.
        KeyMalformed => "the receiving key is not a key",
        /// The content or its context is longer than can be sealed.
        TooLong => "there is too much to seal",
        /// It was sealed to another key or in another context, or was altered.
        DoesNotOpen => "this was not sealed for this device, or was altered",
    }
}

/// An X-Wing public key. Its length is right; that it is a key is known when something is sealed to it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ReceivingPublicKey(Bytes<PUBLIC>);

impl ReceivingPublicKey {
    /// SHA-256 of the key: what a certificate names.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(&*self.0).into()
    }

    /// The key's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<&[u8]> for ReceivingPublicKey {
    type Error = SealError;

    fn try_from(bytes: &[u8]) -> Result<Self, SealError> {
        match Bytes::try_from(bytes) {
            Ok(bytes) if bytes.len() == PUBLIC => Ok(Self(bytes)),
            _ => Err(SealError::KeyMalformed),
        }
    }
}

impl fmt::Debug for ReceivingPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReceivingPublicKey")
    }
}

impl MlsSize for ReceivingPublicKey {
    fn mls_encoded_len(&self) -> usize {
        self.0.mls_encoded_len()
    }
}

impl MlsEncode for ReceivingPublicKey {
    fn mls_encode(&self, writer: &mut Vec<u8>) -> Result<(), Error> {
        self.0.mls_encode(writer)
    }
}

impl MlsDecode for ReceivingPublicKey {
    fn mls_decode(reader: &mut &[u8]) -> Result<Self, Error> {
        let bytes = Bytes::mls_decode(reader)?;
        if bytes.len() == PUBLIC { Ok(Self(bytes)) } else { Err(Error::InvalidContent) }
    }
}

/// An X-Wing secret key: the seed that all of it is worked out of. Erased when dropped; never printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ReceivingKey([u8; 32]);

impl ReceivingKey {
    /// A new key.
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut key = Self([0; 32]);
        rng.fill_bytes(&mut key.0);
        key
    }

    /// The key of this seed.
    pub fn from_bytes(seed: &[u8; 32]) -> Self {
        Self(*seed)
    }

    /// The seed.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0)
    }

    /// The public half.
    pub fn public_key(&self) -> ReceivingPublicKey {
        // Every seed of 32 bytes is a key; the crate's error is for other lengths. Were it ever to happen,
        // the empty key below is one that nothing can be sealed to.
        let public = self.secret().map(|secret| XWing::sk_to_pk(&secret).to_bytes());
        ReceivingPublicKey(
            public.ok().and_then(|key| Bytes::try_from(&key[..]).ok()).unwrap_or_default(),
        )
    }

    /// Opens what was sealed by [`seal_padded`] to this key, with the same `info`, `aad` and `length`. Nothing
    /// where it opened and holds no such record.
    ///
    /// # Errors
    /// [`SealError::DoesNotOpen`].
    pub(crate) fn open_padded<T: MlsDecode>(
        &self,
        info: &[u8],
        aad: &[u8],
        length: usize,
        sealed: &[u8],
    ) -> Result<Option<T>, SealError> {
        let padded = self.open(info, aad, sealed)?;
        let record = if padded.len() == length { unpad(&padded) } else { None };
        Ok(record.and_then(|record| decode(record).ok()))
    }

    /// Opens what was [`seal`]ed to this key with the same `info` and `aad`.
    ///
    /// # Errors
    /// [`SealError::DoesNotOpen`].
    pub fn open(
        &self,
        info: &[u8],
        aad: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (encapsulated, sealed) =
            sealed.split_at_checked(ENCAPSULATED).ok_or(SealError::DoesNotOpen)?;
        let encapsulated = <XWing as Kem>::EncappedKey::from_bytes(encapsulated)
            .map_err(|_| SealError::DoesNotOpen)?;
        check_context(info, aad)?;
        hpke::single_shot_open::<AesGcm128, HkdfSha256, XWing>(
            &OpModeR::Base,
            &self.secret()?,
            &encapsulated,
            info,
            sealed,
            aad,
        )
        .map(Zeroizing::new)
        .map_err(|_| SealError::DoesNotOpen)
    }

    fn secret(&self) -> Result<<XWing as Kem>::PrivateKey, SealError> {
        <XWing as Kem>::PrivateKey::from_bytes(&self.0).map_err(|_| SealError::KeyMalformed)
    }
}

impl fmt::Debug for ReceivingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReceivingKey(secret)")
    }
}

/// Seals a record that is filled up to `length` bytes, so that its own length does not show (the mark and zeros
/// of ISO/IEC 7816-4, as on the line).
///
/// # Errors
/// As [`seal`]; [`SealError::TooLong`] also where the record leaves no room for the mark.
pub(crate) fn seal_padded<T: MlsEncode>(
    to: &ReceivingPublicKey,
    info: &[u8],
    aad: &[u8],
    record: &T,
    length: usize,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let record = Zeroizing::new(encode(record));
    if record.len() >= length {
        return Err(SealError::TooLong);
    }
    // Made as long as it will be at once: a vector that grows leaves copies behind.
    let mut padded = Zeroizing::new(Vec::with_capacity(length));
    padded.extend_from_slice(&record);
    padded.push(0x80);
    padded.resize(length, 0);
    seal(to, info, aad, &padded, rng)
}

/// Seals `plaintext` to a key: the encapsulation (1,120 bytes), then the ciphertext and its tag (16 more
/// than `plaintext`).
///
/// # Errors
/// [`SealError::KeyMalformed`] where an ML-KEM coefficient is out of range (FIPS 203 section 7.2);
/// [`SealError::TooLong`].
pub fn seal(
    to: &ReceivingPublicKey,
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
    mut rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, SealError> {
    check_context(info, aad)?;
    let to = <XWing as Kem>::PublicKey::from_bytes(&to.0).map_err(|_| SealError::KeyMalformed)?;
    let (encapsulated, ciphertext) =
        hpke::single_shot_seal_with_rng::<AesGcm128, HkdfSha256, XWing>(
            &OpModeS::Base,
            &to,
            info,
            plaintext,
            aad,
            &mut rng,
        )
        .map_err(|_| SealError::TooLong)?;
    let mut sealed = encapsulated.to_bytes().to_vec();
    sealed.extend(ciphertext);
    Ok(sealed)
}

fn check_context(info: &[u8], aad: &[u8]) -> Result<(), SealError> {
    if info.len() > CONTEXT_MAX || aad.len() > CONTEXT_MAX {
        return Err(SealError::TooLong);
    }
    Ok(())
}
