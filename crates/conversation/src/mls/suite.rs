//! The one cipher suite of Stillroom: X-Wing, HKDF-SHA256, AES-128-GCM, SHA-256, Ed25519, code point
//! 0x004F of the post-quantum suites draft (draft-ietf-mls-pq-ciphersuites).
//!
//! Composed of RustCrypto crates and `hpke`, for the MLS library to call: so that what is recorded on the
//! wire today stays closed to tomorrow's quantum computer (`features.md` 6.1). Signatures are not
//! post-quantum: whoever could forge one would have to be there, with such a computer, during the chat.
//! Pre-shared keys are refused, since nothing in a chat uses them.

use aes_gcm::Aes128Gcm;
use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use mls_rs_core::crypto::{
    CipherSuite, CipherSuiteProvider, CryptoProvider, HpkeCiphertext, HpkeContextR as _,
    HpkeContextS as _, HpkePsk, HpkePublicKey, HpkeSecretKey, SignaturePublicKey,
    SignatureSecretKey,
};
use mls_rs_core::error::IntoAnyError;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::hpke::{self, Receiving, Sending};
use crate::randomness::Randomness;

/// MLS_256_XWING_AES128GCM_SHA256_Ed25519's code point.
pub(super) const SUITE: CipherSuite = CipherSuite::new(0x004F);

/// Bytes of an AES-128 key, of its nonce, and of a SHA-256 digest.
const KEY: usize = 16;
const NONCE: usize = 12;
const DIGEST: usize = 32;

/// Why a primitive did not give a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SuiteError {
    /// A key, nonce or encapsulation is not of the length or form that the suite has.
    KeyMalformed,
    /// More is asked for, or given, than the primitive takes.
    TooLong,
    /// A ciphertext does not open under this key, nonce and authenticated data.
    DoesNotOpen,
    /// The signature is not one by this key over these bytes.
    SignatureWrong,
    /// Pre-shared keys are not used.
    PskRefused,
}

impl IntoAnyError for SuiteError {}

/// The suite, drawing from the conversation's randomness.
#[derive(Clone, Debug)]
pub(super) struct Suite(Randomness);

impl Suite {
    pub(super) fn new(randomness: Randomness) -> Self {
        Self(randomness)
    }
}

impl CryptoProvider for Suite {
    type CipherSuiteProvider = Self;

    fn supported_cipher_suites(&self) -> Vec<CipherSuite> {
        vec![SUITE]
    }

    fn cipher_suite_provider(&self, suite: CipherSuite) -> Option<Self> {
        (suite == SUITE).then(|| self.clone())
    }
}

impl CipherSuiteProvider for Suite {
    type Error = SuiteError;
    type HpkeContextS = Sending;
    type HpkeContextR = Receiving;

    fn cipher_suite(&self) -> CipherSuite {
        SUITE
    }

    fn hash(&self, data: &[u8]) -> Result<Vec<u8>, SuiteError> {
        Ok(Sha256::digest(data).to_vec())
    }

    fn mac(&self, key: &[u8], data: &[u8]) -> Result<Vec<u8>, SuiteError> {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| SuiteError::KeyMalformed)?;
        mac.update(data);
        Ok(mac.finalize().into_bytes().to_vec())
    }

    fn aead_seal(
        &self,
        key: &[u8],
        data: &[u8],
        aad: Option<&[u8]>,
        nonce: &[u8],
    ) -> Result<Vec<u8>, SuiteError> {
        let payload = Payload { msg: data, aad: aad.unwrap_or_default() };
        aes(key)?
            .encrypt(nonce.try_into().map_err(|_| SuiteError::KeyMalformed)?, payload)
            .map_err(|_| SuiteError::TooLong)
    }

    fn aead_open(
        &self,
        key: &[u8],
        ciphertext: &[u8],
        aad: Option<&[u8]>,
        nonce: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SuiteError> {
        let payload = Payload { msg: ciphertext, aad: aad.unwrap_or_default() };
        aes(key)?
            .decrypt(nonce.try_into().map_err(|_| SuiteError::KeyMalformed)?, payload)
            .map(Zeroizing::new)
            .map_err(|_| SuiteError::DoesNotOpen)
    }

    fn aead_key_size(&self) -> usize {
        KEY
    }

    fn aead_nonce_size(&self) -> usize {
        NONCE
    }

    fn kdf_extract(&self, salt: &[u8], ikm: &[u8]) -> Result<Zeroizing<Vec<u8>>, SuiteError> {
        let (key, _) = Hkdf::<Sha256>::extract(Some(salt), ikm);
        Ok(Zeroizing::new(key.to_vec()))
    }

    fn kdf_expand(
        &self,
        prk: &[u8],
        info: &[u8],
        len: usize,
    ) -> Result<Zeroizing<Vec<u8>>, SuiteError> {
        let key = Hkdf::<Sha256>::from_prk(prk).map_err(|_| SuiteError::KeyMalformed)?;
        // RFC 5869 section 2.3; asked before the memory is.
        if len > 255 * DIGEST {
            return Err(SuiteError::TooLong);
        }
        let mut out = Zeroizing::new(vec![0; len]);
        key.expand(info, &mut out).map_err(|_| SuiteError::TooLong)?;
        Ok(out)
    }

    fn kdf_extract_size(&self) -> usize {
        DIGEST
    }

    fn hpke_seal(
        &self,
        remote_key: &HpkePublicKey,
        info: &[u8],
        aad: Option<&[u8]>,
        pt: &[u8],
    ) -> Result<HpkeCiphertext, SuiteError> {
        let (kem_output, mut context) = self.hpke_setup_s(remote_key, info)?;
        Ok(HpkeCiphertext { kem_output, ciphertext: context.seal(aad, pt)? })
    }

    fn hpke_seal_psk(
        &self,
        _: &HpkePublicKey,
        _: &[u8],
        _: Option<&[u8]>,
        _: &[u8],
        _: HpkePsk<'_>,
    ) -> Result<HpkeCiphertext, SuiteError> {
        Err(SuiteError::PskRefused)
    }

    fn hpke_open(
        &self,
        ciphertext: &HpkeCiphertext,
        local_secret: &HpkeSecretKey,
        local_public: &HpkePublicKey,
        info: &[u8],
        aad: Option<&[u8]>,
    ) -> Result<Zeroizing<Vec<u8>>, SuiteError> {
        self.hpke_setup_r(&ciphertext.kem_output, local_secret, local_public, info)?
            .open(aad, &ciphertext.ciphertext)
    }

    fn hpke_open_psk(
        &self,
        _: &HpkeCiphertext,
        _: &HpkeSecretKey,
        _: &HpkePublicKey,
        _: &[u8],
        _: Option<&[u8]>,
        _: HpkePsk<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, SuiteError> {
        Err(SuiteError::PskRefused)
    }

    fn hpke_setup_s(
        &self,
        remote_key: &HpkePublicKey,
        info: &[u8],
    ) -> Result<(Vec<u8>, Sending), SuiteError> {
        hpke::setup_sender(remote_key, info, &mut self.0.clone())
    }

    /// X-Wing works its public key out of the secret one, so the one given beside it is not looked at.
    fn hpke_setup_r(
        &self,
        kem_output: &[u8],
        local_secret: &HpkeSecretKey,
        _: &HpkePublicKey,
        info: &[u8],
    ) -> Result<Receiving, SuiteError> {
        hpke::setup_receiver(kem_output, local_secret, info)
    }

    fn kem_derive(&self, ikm: &[u8]) -> Result<(HpkeSecretKey, HpkePublicKey), SuiteError> {
        Ok(hpke::derive(ikm))
    }

    fn kem_generate(&self) -> Result<(HpkeSecretKey, HpkePublicKey), SuiteError> {
        let seed = Zeroizing::new(self.0.bytes::<{ hpke::SECRET }>());
        hpke::from_seed(&*seed)
    }

    fn kem_public_key_validate(&self, key: &HpkePublicKey) -> Result<(), SuiteError> {
        hpke::check_public(key)
    }

    fn random_bytes(&self, out: &mut [u8]) -> Result<(), SuiteError> {
        self.0.fill(out);
        Ok(())
    }

    fn signature_key_generate(
        &self,
    ) -> Result<(SignatureSecretKey, SignaturePublicKey), SuiteError> {
        let seed = Zeroizing::new(self.0.bytes::<{ ed25519_dalek::SECRET_KEY_LENGTH }>());
        let secret = SignatureSecretKey::new_slice(&*seed);
        let public = self.signature_key_derive_public(&secret)?;
        Ok((secret, public))
    }

    fn signature_key_derive_public(
        &self,
        secret_key: &SignatureSecretKey,
    ) -> Result<SignaturePublicKey, SuiteError> {
        let key = signing_key(secret_key)?;
        Ok(SignaturePublicKey::new_slice(key.verifying_key().as_bytes()))
    }

    fn sign(&self, secret_key: &SignatureSecretKey, data: &[u8]) -> Result<Vec<u8>, SuiteError> {
        Ok(signing_key(secret_key)?.sign(data).to_bytes().to_vec())
    }

    /// Strictly: keys of small order and signatures in a second form are refused, so that every member
    /// comes to the same answer (RFC 8032 leaves that open).
    fn verify(
        &self,
        public_key: &SignaturePublicKey,
        signature: &[u8],
        data: &[u8],
    ) -> Result<(), SuiteError> {
        let key = <[u8; 32]>::try_from(&**public_key).map_err(|_| SuiteError::KeyMalformed)?;
        let key = VerifyingKey::from_bytes(&key).map_err(|_| SuiteError::KeyMalformed)?;
        let signature = Signature::from_slice(signature).map_err(|_| SuiteError::SignatureWrong)?;
        key.verify_strict(data, &signature).map_err(|_| SuiteError::SignatureWrong)
    }
}

fn aes(key: &[u8]) -> Result<Aes128Gcm, SuiteError> {
    Aes128Gcm::new_from_slice(key).map_err(|_| SuiteError::KeyMalformed)
}

fn signing_key(secret: &SignatureSecretKey) -> Result<SigningKey, SuiteError> {
    let seed: &[u8; 32] = secret.as_bytes().try_into().map_err(|_| SuiteError::KeyMalformed)?;
    Ok(SigningKey::from_bytes(seed))
}
