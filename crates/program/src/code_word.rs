//! Code words: how an advocate knows again whom they agreed one with (`features.md` 3.4; `decisions/0023`).
//!
//! What is kept is a salted Argon2id hash (RFC 9106), so that whoever reads the vault has to guess, and pays for
//! each guess. A word of one's own choosing is short all the same: it falls to somebody who has the vault and time,
//! and that is why every word is due to be changed when somebody who could read it is revoked.

use core::fmt;

use mls_rs_codec::{Error, MlsDecode, MlsEncode, MlsSize};
use stillroom_wire::Text;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::limits::CODE_WORD_MAX;

/// A code word as somebody typed it, without what stands before and after. Erased when dropped; never printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct CodeWord(Text<CODE_WORD_MAX>);

impl CodeWord {
    /// The word in what was typed; nothing where that is empty or too long to be one.
    pub fn of(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        let word = Text::try_from(typed).ok().map(Self);
        word.filter(|_| !typed.is_empty())
    }
}

impl fmt::Debug for CodeWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeWord(secret)")
    }
}

impl MlsSize for CodeWord {
    fn mls_encoded_len(&self) -> usize {
        self.0.mls_encoded_len()
    }
}

impl MlsEncode for CodeWord {
    fn mls_encode(&self, writer: &mut alloc::vec::Vec<u8>) -> Result<(), Error> {
        self.0.mls_encode(writer)
    }
}

impl MlsDecode for CodeWord {
    fn mls_decode(reader: &mut &[u8]) -> Result<Self, Error> {
        let text = Text::<CODE_WORD_MAX>::mls_decode(reader)?;
        match Self::of(text.as_str()) {
            Some(word) if word.0 == text => Ok(word),
            _ => Err(Error::InvalidContent),
        }
    }
}

/// What is kept of a word, on the devices of staff.
#[cfg(feature = "staff")]
mod verifier {
    use alloc::string::String;

    use argon2::{Algorithm, Argon2, Params, Version};
    use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
    use rand_core::CryptoRng;
    use subtle::ConstantTimeEq as _;
    use zeroize::Zeroizing;

    use super::CodeWord;
    use crate::limits::CODE_WORD_SHORTEST;
    use crate::passphrase::PassphraseCost;

    /// Why a word is not taken for a new one.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Weakness {
        /// It has fewer than six letters or digits.
        Short,
        /// It is made of fewer than four different ones.
        Even,
        /// It is the name of the case, or in it, or the other way round.
        Handle,
        /// It is the one for danger, too.
        Same,
    }

    impl CodeWord {
        /// Why it should not be the word of a case with this handle.
        pub fn weakness(&self, handle: &str) -> Option<Weakness> {
            let (word, handle) = (self.canonical(), canonical(handle));
            let signs = || word.chars().filter(|sign| sign.is_alphanumeric());
            if signs().count() < CODE_WORD_SHORTEST {
                return Some(Weakness::Short);
            }
            let mut different: Zeroizing<String> = Zeroizing::default();
            for sign in signs() {
                if !different.contains(sign) {
                    different.push(sign);
                }
            }
            if different.chars().count() < DIFFERENT {
                return Some(Weakness::Even);
            }
            let same = word.contains(handle.as_str()) || handle.contains(word.as_str());
            (same && !handle.is_empty()).then_some(Weakness::Handle)
        }

        /// Why the two should not be the words of a case with this handle.
        pub fn weakness_with(&self, duress: Option<&Self>, handle: &str) -> Option<Weakness> {
            let same = duress.is_some_and(|duress| self.canonical() == duress.canonical());
            self.weakness(handle)
                .or_else(|| duress?.weakness(handle))
                .or_else(|| same.then_some(Weakness::Same))
        }

        /// In small letters, with one space where there were some.
        fn canonical(&self) -> Zeroizing<String> {
            canonical(self.0.as_str())
        }
    }

    /// Fewest different signs, against "aaaaaa".
    const DIFFERENT: usize = 4;

    fn canonical(text: &str) -> Zeroizing<String> {
        let mut canonical = Zeroizing::new(String::with_capacity(text.len()));
        for part in text.split_whitespace() {
            if !canonical.is_empty() {
                canonical.push(' ');
            }
            canonical.extend(part.chars().flat_map(char::to_lowercase));
        }
        canonical
    }

    /// A word's salted hash.
    #[derive(Clone, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
    pub struct Verifier {
        cost: PassphraseCost,
        salt: [u8; 16],
        hash: [u8; 32],
    }

    impl Verifier {
        /// What is kept of this word.
        pub fn of(word: &CodeWord, rng: &mut dyn CryptoRng) -> Self {
            let mut salt = [0; 16];
            rng.fill_bytes(&mut salt);
            let cost = PassphraseCost::BROWSER;
            let hash = hash(word, cost, &salt).map_or([0; 32], |hash| *hash);
            Self { cost, salt, hash }
        }

        /// Whether it was made of this word: capitals, and how many spaces there are, do not count.
        pub fn is_of(&self, word: &CodeWord) -> bool {
            let hash = hash(word, self.cost, &self.salt);
            hash.is_some_and(|hash| bool::from(hash.ct_eq(&self.hash)))
        }
    }

    impl core::fmt::Debug for Verifier {
        fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            f.write_str("Verifier")
        }
    }

    /// Nothing where the cost is more than is bearable, or none that Argon2id knows.
    fn hash(word: &CodeWord, cost: PassphraseCost, salt: &[u8; 16]) -> Option<Zeroizing<[u8; 32]>> {
        if !cost.is_bearable() {
            return None;
        }
        let parameters = Params::new(cost.memory, cost.passes, cost.lanes, Some(32)).ok()?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
        let mut hash = Zeroizing::new([0; 32]);
        argon.hash_password_into(word.canonical().as_bytes(), salt, &mut *hash).ok()?;
        Some(hash)
    }
}

#[cfg(feature = "staff")]
pub use verifier::{Verifier, Weakness};
