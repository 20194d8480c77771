//! Three words that lead somebody back to the advocate they were with when their page was lost
//! (`features.md` 3.8).
//!
//! They are read off one page and typed into another, so what is typed is put into one form first. They
//! prove nothing of who types them: whoever saw them can use them, once, and finds nothing of the chat.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use mls_rs_codec::{Error, MlsDecode, MlsEncode, MlsSize};
use stillroom_wire::Text;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// How many they are.
const WORDS: usize = 3;

/// Bytes of all three with the spaces between: the words given out have eight letters at most, and who
/// mistypes one is still understood to have typed three.
const BYTES_MAX: usize = 48;

/// Three words in small letters, one space between each. Erased when dropped; never printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct ReturnWords(Text<BYTES_MAX>);

impl ReturnWords {
    /// The words in what somebody typed, or in what is to be shown: their order counts; capitals, and
    /// whatever stands between them, do not. They are of the letters a to z. Nothing where they are not three, or are too long to be such.
    pub fn of(typed: &str) -> Option<Self> {
        let mut words = Vec::with_capacity(WORDS);
        let apart = |character: char| !character.is_ascii_alphabetic();
        for word in typed.split(apart).filter(|word| !word.is_empty()) {
            if words.len() == WORDS || word.len() > BYTES_MAX {
                return None;
            }
            words.push(word);
        }
        if words.len() < WORDS {
            return None;
        }
        let mut text = String::with_capacity(BYTES_MAX);
        for (at, word) in words.iter().enumerate() {
            if at > 0 {
                text.push(' ');
            }
            text.extend(word.chars().map(|letter| letter.to_ascii_lowercase()));
        }
        Text::try_from(text).ok().map(Self)
    }

    /// As they are shown.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for ReturnWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReturnWords(secret)")
    }
}

impl MlsSize for ReturnWords {
    fn mls_encoded_len(&self) -> usize {
        self.0.mls_encoded_len()
    }
}

impl MlsEncode for ReturnWords {
    fn mls_encode(&self, writer: &mut Vec<u8>) -> Result<(), Error> {
        self.0.mls_encode(writer)
    }
}

impl MlsDecode for ReturnWords {
    fn mls_decode(reader: &mut &[u8]) -> Result<Self, Error> {
        let text = Text::<BYTES_MAX>::mls_decode(reader)?;
        match Self::of(text.as_str()) {
            Some(words) if words.0 == text => Ok(words),
            _ => Err(Error::InvalidContent),
        }
    }
}
