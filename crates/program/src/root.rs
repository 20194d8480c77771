//! The program's root key: made on the program's own computer, and kept there (`features.md` 5.1).
//!
//! It certifies administrators and signs nothing else. Twenty-four words on paper (BIP 39, English) bring it
//! back when the computer is lost. Whoever has the words, or the file and its passphrase, is the program.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use bip39::{Language, Mnemonic};
use rand_core::CryptoRng;
use stillroom_wire::TooLong;
use zeroize::Zeroizing;

use crate::certificate::{Certificate, Chain, Validity};
use crate::device::{Device, NewDevice};
use crate::keys::{Fingerprint, SigningKey, VerifyingKey};
use crate::name::NameCertificate;
use crate::passphrase::{PassphraseCost, PassphraseError, unwrap, wrap};
use crate::reasons::reasons;
use crate::report_key::ReportKey;
use crate::roles::Roles;

/// What a wrapped root key says it is.
const ROOT: &[u8] = b"stillroom root key 1";

/// Recovery words: 256 bits and a checksum of eight.
const WORDS: usize = 24;

reasons! {
    /// Why words are not the recovery words of a root key.
    RecoveryError {
        /// There are not twenty-four.
        Count => "there must be twenty-four words",
        /// A word is not in the list.
        UnknownWord => "one of the words is not a recovery word: check the spelling",
        /// The words are all in the list and do not belong together.
        Checksum => "the words do not belong together: check their order and spelling",
    }
}

/// A program's root key. Erased when dropped; never printed.
#[derive(Clone)]
pub struct RootKey(SigningKey);

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootKey(secret)")
    }
}

impl RootKey {
    /// A new root key, and with it a new program.
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        Self(SigningKey::generate(rng))
    }

    /// The public half.
    pub fn verifying_key(&self) -> VerifyingKey {
        self.0.verifying_key()
    }

    /// What pages and people are given to trust.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.verifying_key())
    }

    /// Makes an administrator of a device whose keys were just made: `roles`, and the right to certify.
    ///
    /// # Errors
    /// [`TooLong`] for a name over 64 bytes.
    pub fn make_administrator(
        &self,
        new: NewDevice,
        roles: Roles,
        name: &str,
        validity: Validity,
    ) -> Result<Device, TooLong> {
        let (device, program) = (new.signing.verifying_key(), self.fingerprint());
        let receiving = new.receiving.public_key().hash();
        let roles = roles | Roles::ADMINISTRATOR;
        let administrator =
            Certificate::issue(device, receiving, roles, validity, &program, &self.0);
        let name = NameCertificate::issue(device, name, &program, &new.signing)?;
        let chain = Chain { root: self.verifying_key(), administrator, device: None };
        let NewDevice { signing, receiving } = new;
        Ok(Device { signing, receiving, chain, name })
    }

    /// The words that bring the key back, with spaces between.
    pub fn recovery_words(&self) -> Zeroizing<String> {
        let mut words = Zeroizing::new(String::with_capacity(WORDS * 9));
        // 32 bytes always make 24 words; the error is for other lengths.
        if let Ok(mnemonic) = Mnemonic::from_entropy_in(Language::English, &*self.0.to_bytes()) {
            for word in mnemonic.words() {
                if !words.is_empty() {
                    words.push(' ');
                }
                words.push_str(word);
            }
        }
        words
    }

    /// The key of these words. Capital letters and further spaces between them do no harm.
    ///
    /// # Errors
    /// [`RecoveryError`].
    pub fn from_recovery_words(words: &str) -> Result<Self, RecoveryError> {
        if words.split_whitespace().count() != WORDS {
            return Err(RecoveryError::Count);
        }
        let words = Zeroizing::new(words.to_ascii_lowercase());
        let mnemonic = Mnemonic::parse_in_normalized(Language::English, &words);
        let mnemonic = mnemonic.map_err(|error| match error {
            bip39::Error::InvalidChecksum => RecoveryError::Checksum,
            bip39::Error::BadWordCount(_) => RecoveryError::Count,
            _ => RecoveryError::UnknownWord,
        })?;
        let (entropy, _) = mnemonic.to_entropy_array();
        let entropy = Zeroizing::new(entropy);
        let seed = entropy.first_chunk::<32>().ok_or(RecoveryError::Count)?;
        Ok(Self(SigningKey::from_bytes(seed)))
    }

    /// The report key that belongs to it.
    pub fn report_key(&self) -> ReportKey {
        ReportKey::of_root(&self.0.to_bytes())
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
        wrap(ROOT, &*self.0.to_bytes(), passphrase, PassphraseCost::COMPUTER, rng)
    }

    /// The key from under its passphrase.
    ///
    /// # Errors
    /// [`PassphraseError`].
    pub fn unwrap_with_passphrase(
        wrapped: &[u8],
        passphrase: &str,
    ) -> Result<Self, PassphraseError> {
        let seed = unwrap(ROOT, wrapped, passphrase)?;
        let seed = seed.as_slice().try_into().map_err(|_| PassphraseError::Malformed)?;
        Ok(Self(SigningKey::from_bytes(seed)))
    }
}
