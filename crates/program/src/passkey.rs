//! Keeping a device under a passkey: the secret that its authenticator gives to this website alone (Web
//! Authentication level 3, the `prf` extension), HKDF (RFC 5869) and AES-256-GCM (`features.md` 5.1).
//!
//! Whoever has the file and not the passkey has nothing to guess at. It does not protect against whoever holds
//! the passkey and can prove to it that they are its owner, and it is good for one host name only.

use alloc::vec::Vec;

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use hkdf::Hkdf;
use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use rand_core::CryptoRng;
use sha2::Sha256;
use stillroom_wire::{Bytes, decode, encode};
use zeroize::Zeroizing;

use crate::device::Device;
use crate::limits::{COMPLETION_MAX, PASSKEY_ID_MAX};
use crate::reasons::reasons;

/// The version of a wrapped device's bytes: another than a passphrase's, so that the first byte tells them apart.
const FORMAT: u8 = 2;

/// What the key is for.
const DEVICE: &[u8] = b"stillroom device under a passkey 1";

reasons! {
    /// Why a device does not come out from under a passkey.
    PasskeyError {
        /// The bytes are not a device of this kind and version.
        Malformed => "this is not such a file",
        /// The passkey is another one, or the file was altered.
        Wrong => "the passkey is another one, or the file was altered",
    }
}

/// Which passkey, and what it is asked for. Neither is secret.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Passkey {
    /// The authenticator's name for it.
    pub credential: Bytes<PASSKEY_ID_MAX>,
    /// What its secret is made from.
    pub salt: [u8; 32],
}

/// What a passkey gives for its salt.
#[derive(Clone)]
pub struct PasskeySecret(Zeroizing<[u8; 32]>);

impl PasskeySecret {
    /// These bytes, as the authenticator gave them.
    #[must_use]
    pub fn new(secret: Zeroizing<[u8; 32]>) -> Self {
        Self(secret)
    }

    fn cipher(&self) -> Result<Aes256Gcm, PasskeyError> {
        let mut key = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(None, &*self.0)
            .expand(DEVICE, &mut *key)
            .map_err(|_| PasskeyError::Malformed)?;
        Aes256Gcm::new_from_slice(&*key).map_err(|_| PasskeyError::Malformed)
    }
}

/// A device under a passkey.
#[derive(Clone, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
struct Wrapped {
    header: Header,
    sealed: Bytes<COMPLETION_MAX>,
}

/// What is bound to the device, and readable.
#[derive(Clone, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
struct Header {
    format: u8,
    passkey: Passkey,
    nonce: [u8; 12],
}

impl Wrapped {
    fn read(wrapped: &[u8]) -> Result<Self, PasskeyError> {
        let wrapped: Self = decode(wrapped).map_err(|_| PasskeyError::Malformed)?;
        (wrapped.header.format == FORMAT).then_some(wrapped).ok_or(PasskeyError::Malformed)
    }
}

impl Passkey {
    /// The passkey that opens this wrapped device, if one does.
    #[must_use]
    pub fn of(wrapped: &[u8]) -> Option<Self> {
        Wrapped::read(wrapped).ok().map(|wrapped| wrapped.header.passkey)
    }
}

impl Device {
    /// The device under a passkey, as a browser keeps it.
    ///
    /// # Errors
    /// [`PasskeyError::Malformed`] for a device that no browser could keep.
    pub fn wrap_with_passkey(
        &self,
        passkey: &Passkey,
        secret: &PasskeySecret,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, PasskeyError> {
        let mut header = Header { format: FORMAT, passkey: passkey.clone(), nonce: [0; 12] };
        rng.fill_bytes(&mut header.nonce);
        let payload = Payload { msg: &self.to_bytes(), aad: &encode(&header) };
        let sealed = secret.cipher()?.encrypt(&header.nonce.into(), payload);
        let sealed = sealed.map_err(|_| PasskeyError::Malformed)?;
        let sealed = sealed.try_into().map_err(|_| PasskeyError::Malformed)?;
        Ok(encode(&Wrapped { header, sealed }))
    }

    /// The device from under its passkey.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub fn unwrap_with_passkey(
        wrapped: &[u8],
        secret: &PasskeySecret,
    ) -> Result<Self, PasskeyError> {
        let Wrapped { header, sealed } = Wrapped::read(wrapped)?;
        let payload = Payload { msg: &sealed, aad: &encode(&header) };
        let bytes = secret.cipher()?.decrypt(&header.nonce.into(), payload);
        let bytes = bytes.map(Zeroizing::new).map_err(|_| PasskeyError::Wrong)?;
        Self::from_bytes(&bytes).map_err(|_| PasskeyError::Malformed)
    }
}
