//! HPKE (RFC 9180) in base mode with X-Wing (KEM 0x647A), HKDF-SHA256 and AES-128-GCM: what MLS seals
//! path secrets and Welcomes with.
//!
//! Keys are derived as draft-ietf-hpke-pq says (SHAKE256 with a label over the suite). The sender is not
//! authenticated here: MLS signs what it seals.

use hpke::aead::{AeadCtxR, AeadCtxS, AesGcm128};
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::{Deserializable as _, HpkeError, Kem as _, OpModeR, OpModeS, Serializable as _};
use mls_rs_core::crypto::{HpkeContextR, HpkeContextS, HpkePublicKey, HpkeSecretKey};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::suite::SuiteError;

/// Bytes of an X-Wing secret key: the seed that all else is worked out of.
pub(super) const SECRET: usize = 32;

/// The most context that is bound in. The `hpke` crate panics at 2^16, less a few bytes of its own; the
/// context of a Welcome is as long as whoever sent it likes.
const MAX_INFO: usize = 60_000;

/// The sending end (RFC 9180 ContextS).
pub(super) struct Sending(AeadCtxS<AesGcm128, HkdfSha256, XWing>);

/// The receiving end (RFC 9180 ContextR).
pub(super) struct Receiving(AeadCtxR<AesGcm128, HkdfSha256, XWing>);

/// RFC 9180 SetupBaseS: what to send ahead, and the context.
pub(super) fn setup_sender(
    remote: &HpkePublicKey,
    info: &[u8],
    randomness: &mut impl CryptoRng,
) -> Result<(Vec<u8>, Sending), SuiteError> {
    check_info(info)?;
    let remote = public_key(remote)?;
    let (encapsulated, context) =
        hpke::setup_sender_with_rng::<_, _, XWing>(&OpModeS::Base, &remote, info, randomness)
            .map_err(suite_error)?;
    Ok((encapsulated.to_bytes().to_vec(), Sending(context)))
}

/// RFC 9180 SetupBaseR.
pub(super) fn setup_receiver(
    encapsulated: &[u8],
    secret: &HpkeSecretKey,
    info: &[u8],
) -> Result<Receiving, SuiteError> {
    check_info(info)?;
    let secret = secret_key(secret)?;
    let encapsulated = <XWing as hpke::Kem>::EncappedKey::from_bytes(encapsulated)
        .map_err(|_| SuiteError::KeyMalformed)?;
    hpke::setup_receiver(&OpModeR::Base, &secret, &encapsulated, info)
        .map(Receiving)
        .map_err(suite_error)
}

/// RFC 9180 DeriveKeyPair.
pub(super) fn derive(ikm: &[u8]) -> (HpkeSecretKey, HpkePublicKey) {
    key_pair(XWing::derive_keypair(ikm))
}

/// The key pair of a seed.
pub(super) fn from_seed(seed: &[u8]) -> Result<(HpkeSecretKey, HpkePublicKey), SuiteError> {
    let secret =
        <XWing as hpke::Kem>::PrivateKey::from_bytes(seed).map_err(|_| SuiteError::KeyMalformed)?;
    let public = XWing::sk_to_pk(&secret);
    Ok(key_pair((secret, public)))
}

/// Whether the bytes are a public key: its length, and each coefficient of the ML-KEM part in range
/// (FIPS 203 section 7.2). Any 32 bytes are an X25519 key.
pub(super) fn check_public(key: &HpkePublicKey) -> Result<(), SuiteError> {
    public_key(key).map(|_| ())
}

fn key_pair(
    (secret, public): (<XWing as hpke::Kem>::PrivateKey, <XWing as hpke::Kem>::PublicKey),
) -> (HpkeSecretKey, HpkePublicKey) {
    let secret = Zeroizing::new(<[u8; SECRET]>::from(secret.to_bytes()));
    (secret.to_vec().into(), public.to_bytes().to_vec().into())
}

fn public_key(key: &HpkePublicKey) -> Result<<XWing as hpke::Kem>::PublicKey, SuiteError> {
    <XWing as hpke::Kem>::PublicKey::from_bytes(key).map_err(|_| SuiteError::KeyMalformed)
}

fn secret_key(key: &HpkeSecretKey) -> Result<<XWing as hpke::Kem>::PrivateKey, SuiteError> {
    <XWing as hpke::Kem>::PrivateKey::from_bytes(key).map_err(|_| SuiteError::KeyMalformed)
}

fn check_info(info: &[u8]) -> Result<(), SuiteError> {
    if info.len() > MAX_INFO {
        return Err(SuiteError::TooLong);
    }
    Ok(())
}

fn suite_error(error: HpkeError) -> SuiteError {
    match error {
        HpkeError::MessageLimitReached | HpkeError::SealError | HpkeError::KdfOutputTooLong => {
            SuiteError::TooLong
        }
        HpkeError::OpenError | HpkeError::DecapError => SuiteError::DoesNotOpen,
        HpkeError::ValidationError
        | HpkeError::EncapError
        | HpkeError::IncorrectInputLength(..)
        | HpkeError::InvalidPskBundle => SuiteError::KeyMalformed,
    }
}

/// Fills a buffer of `len` bytes from a context's exporter (RFC 9180 section 5.3).
fn export(
    len: usize,
    fill: impl FnOnce(&mut [u8]) -> Result<(), HpkeError>,
) -> Result<Zeroizing<Vec<u8>>, SuiteError> {
    // RFC 5869 section 2.3; asked before the memory is.
    if len > 255 * 32 {
        return Err(SuiteError::TooLong);
    }
    let mut out = Zeroizing::new(vec![0; len]);
    fill(&mut out).map_err(suite_error)?;
    Ok(out)
}

impl HpkeContextS for Sending {
    type Error = SuiteError;

    fn seal(&mut self, aad: Option<&[u8]>, data: &[u8]) -> Result<Vec<u8>, SuiteError> {
        self.0.seal(data, aad.unwrap_or_default()).map_err(suite_error)
    }

    fn export(&self, context: &[u8], len: usize) -> Result<Zeroizing<Vec<u8>>, SuiteError> {
        export(len, |out| self.0.export(context, out))
    }
}

impl HpkeContextR for Receiving {
    type Error = SuiteError;

    fn open(
        &mut self,
        aad: Option<&[u8]>,
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SuiteError> {
        self.0.open(ciphertext, aad.unwrap_or_default()).map(Zeroizing::new).map_err(suite_error)
    }

    fn export(&self, context: &[u8], len: usize) -> Result<Zeroizing<Vec<u8>>, SuiteError> {
        export(len, |out| self.0.export(context, out))
    }
}
