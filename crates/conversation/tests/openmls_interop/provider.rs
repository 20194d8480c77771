//! The suite again, for OpenMLS: composed of the same primitives, but by its own interface.

use aes_gcm::Aes128Gcm;
use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use hpke::aead::{AeadCtxR, AeadCtxS, AesGcm128};
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::{Deserializable as _, Kem as _, OpModeR, OpModeS, Serializable as _};
use openmls::prelude::tls_codec::SecretVLBytes;
use openmls_memory_storage::MemoryStorage;
use openmls_traits::OpenMlsProvider;
use openmls_traits::crypto::OpenMlsCrypto;
use openmls_traits::random::OpenMlsRand;
use openmls_traits::signatures::{Signer, SignerError};
use openmls_traits::types::{
    AeadType, Ciphersuite, CryptoError, ExporterSecret, HashType, HpkeCiphertext, HpkeConfig,
    HpkeKeyPair, KemOutput, SignatureScheme,
};
use rand_core::Rng as _;
use sha2::{Digest as _, Sha256};
use stillroom_conversation::Randomness;

pub(crate) const SUITE: Ciphersuite = Ciphersuite::MLS_128_MLKEM768X25519_AES128GCM_SHA256_Ed25519;

/// One member's OpenMLS.
pub(crate) struct Provider {
    crypto: Crypto,
    storage: MemoryStorage,
}

impl Provider {
    pub(crate) fn new(randomness: Randomness) -> Self {
        Self { crypto: Crypto(randomness), storage: MemoryStorage::default() }
    }
}

impl OpenMlsProvider for Provider {
    type CryptoProvider = Crypto;
    type RandProvider = Crypto;
    type StorageProvider = MemoryStorage;

    fn storage(&self) -> &MemoryStorage {
        &self.storage
    }

    fn crypto(&self) -> &Crypto {
        &self.crypto
    }

    fn rand(&self) -> &Crypto {
        &self.crypto
    }
}

pub(crate) struct Crypto(Randomness);

type Sending = AeadCtxS<AesGcm128, HkdfSha256, XWing>;
type Receiving = AeadCtxR<AesGcm128, HkdfSha256, XWing>;

impl Crypto {
    fn sender(&self, public: &[u8], info: &[u8]) -> Result<(KemOutput, Sending), CryptoError> {
        let public = <XWing as hpke::Kem>::PublicKey::from_bytes(public)
            .map_err(|_| CryptoError::InvalidPublicKey)?;
        let (sent, context) = hpke::setup_sender_with_rng::<_, _, XWing>(
            &OpModeS::Base,
            &public,
            info,
            &mut self.0.clone(),
        )
        .map_err(|_| CryptoError::SenderSetupError)?;
        Ok((sent.to_bytes().to_vec(), context))
    }

    fn receiver(&self, sent: &[u8], secret: &[u8], info: &[u8]) -> Result<Receiving, CryptoError> {
        let failed = |_| CryptoError::ReceiverSetupError;
        let secret = <XWing as hpke::Kem>::PrivateKey::from_bytes(secret).map_err(failed)?;
        let sent = <XWing as hpke::Kem>::EncappedKey::from_bytes(sent).map_err(failed)?;
        hpke::setup_receiver(&OpModeR::Base, &secret, &sent, info).map_err(failed)
    }
}

impl OpenMlsRand for Crypto {
    type Error = std::convert::Infallible;

    fn random_array<const N: usize>(&self) -> Result<[u8; N], Self::Error> {
        let mut bytes = [0; N];
        self.0.clone().fill_bytes(&mut bytes);
        Ok(bytes)
    }

    fn random_vec(&self, len: usize) -> Result<Vec<u8>, Self::Error> {
        let mut bytes = vec![0; len];
        self.0.clone().fill_bytes(&mut bytes);
        Ok(bytes)
    }
}

impl OpenMlsCrypto for Crypto {
    fn supports(&self, suite: Ciphersuite) -> Result<(), CryptoError> {
        if suite == SUITE {
            return Ok(());
        }
        Err(CryptoError::UnsupportedCiphersuite)
    }

    fn supported_ciphersuites(&self) -> Vec<Ciphersuite> {
        vec![SUITE]
    }

    fn hkdf_extract(
        &self,
        _: HashType,
        salt: &[u8],
        ikm: &[u8],
    ) -> Result<SecretVLBytes, CryptoError> {
        Ok(Hkdf::<Sha256>::extract(Some(salt), ikm).0.to_vec().into())
    }

    fn hmac(&self, _: HashType, key: &[u8], message: &[u8]) -> Result<SecretVLBytes, CryptoError> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(key).map_err(|_| CryptoError::InvalidLength)?;
        mac.update(message);
        Ok(mac.finalize().into_bytes().to_vec().into())
    }

    fn hkdf_expand(
        &self,
        _: HashType,
        prk: &[u8],
        info: &[u8],
        len: usize,
    ) -> Result<SecretVLBytes, CryptoError> {
        let mut out = vec![0; len];
        Hkdf::<Sha256>::from_prk(prk)
            .map_err(|_| CryptoError::InvalidLength)?
            .expand(info, &mut out)
            .map_err(|_| CryptoError::HkdfOutputLengthInvalid)?;
        Ok(out.into())
    }

    fn hash(&self, _: HashType, data: &[u8]) -> Result<Vec<u8>, CryptoError> {
        Ok(Sha256::digest(data).to_vec())
    }

    fn aead_encrypt(
        &self,
        _: AeadType,
        key: &[u8],
        msg: &[u8],
        nonce: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        let nonce = nonce.try_into().map_err(|_| CryptoError::InvalidLength)?;
        Aes128Gcm::new_from_slice(key)
            .map_err(|_| CryptoError::InvalidLength)?
            .encrypt(nonce, Payload { msg, aad })
            .map_err(|_| CryptoError::CryptoLibraryError)
    }

    fn aead_decrypt(
        &self,
        _: AeadType,
        key: &[u8],
        msg: &[u8],
        nonce: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        let nonce = nonce.try_into().map_err(|_| CryptoError::InvalidLength)?;
        Aes128Gcm::new_from_slice(key)
            .map_err(|_| CryptoError::InvalidLength)?
            .decrypt(nonce, Payload { msg, aad })
            .map_err(|_| CryptoError::AeadDecryptionError)
    }

    fn signature_key_gen(&self, _: SignatureScheme) -> Result<(Vec<u8>, Vec<u8>), CryptoError> {
        let key = Key::generate(&self.0);
        Ok((key.0.to_bytes().to_vec(), key.public()))
    }

    fn verify_signature(
        &self,
        _: SignatureScheme,
        data: &[u8],
        public: &[u8],
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        let wrong = |_| CryptoError::InvalidSignature;
        let public = public.try_into().map_err(|_| CryptoError::InvalidPublicKey)?;
        let signature = Signature::from_slice(signature).map_err(wrong)?;
        let public = VerifyingKey::from_bytes(public).map_err(wrong)?;
        public.verify_strict(data, &signature).map_err(wrong)
    }

    fn sign(&self, _: SignatureScheme, data: &[u8], key: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let key = key.try_into().map_err(|_| CryptoError::InvalidLength)?;
        Ok(SigningKey::from_bytes(key).sign(data).to_bytes().to_vec())
    }

    fn hpke_seal(
        &self,
        _: HpkeConfig,
        public: &[u8],
        info: &[u8],
        aad: &[u8],
        text: &[u8],
    ) -> Result<HpkeCiphertext, CryptoError> {
        let (sent, mut context) = self.sender(public, info)?;
        let sealed = context.seal(text, aad).map_err(|_| CryptoError::HpkeEncryptionError)?;
        Ok(HpkeCiphertext { kem_output: sent.into(), ciphertext: sealed.into() })
    }

    fn hpke_open(
        &self,
        _: HpkeConfig,
        input: &HpkeCiphertext,
        secret: &[u8],
        info: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        self.receiver(input.kem_output.as_slice(), secret, info)?
            .open(input.ciphertext.as_slice(), aad)
            .map_err(|_| CryptoError::HpkeDecryptionError)
    }

    fn hpke_setup_sender_and_export(
        &self,
        _: HpkeConfig,
        public: &[u8],
        info: &[u8],
        exporter_context: &[u8],
        len: usize,
    ) -> Result<(KemOutput, ExporterSecret), CryptoError> {
        let (sent, context) = self.sender(public, info)?;
        let mut out = vec![0; len];
        context.export(exporter_context, &mut out).map_err(|_| CryptoError::ExporterError)?;
        Ok((sent, out.into()))
    }

    fn hpke_setup_receiver_and_export(
        &self,
        _: HpkeConfig,
        sent: &[u8],
        secret: &[u8],
        info: &[u8],
        exporter_context: &[u8],
        len: usize,
    ) -> Result<ExporterSecret, CryptoError> {
        let mut out = vec![0; len];
        self.receiver(sent, secret, info)?
            .export(exporter_context, &mut out)
            .map_err(|_| CryptoError::ExporterError)?;
        Ok(out.into())
    }

    fn derive_hpke_keypair(&self, _: HpkeConfig, ikm: &[u8]) -> Result<HpkeKeyPair, CryptoError> {
        let (secret, public) = XWing::derive_keypair(ikm);
        Ok(HpkeKeyPair {
            private: secret.to_bytes().to_vec().into(),
            public: public.to_bytes().to_vec(),
        })
    }
}

/// A signature key for OpenMLS.
pub(crate) struct Key(SigningKey);

impl Key {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&seed))
    }

    pub(crate) fn generate(randomness: &Randomness) -> Self {
        let mut seed = [0; 32];
        randomness.clone().fill_bytes(&mut seed);
        Self::new(seed)
    }

    pub(crate) fn public(&self) -> Vec<u8> {
        self.0.verifying_key().to_bytes().to_vec()
    }
}

impl Signer for Key {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.0.sign(payload).to_bytes().to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}
