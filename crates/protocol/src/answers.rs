//! What a survivor's page sends of optional questions and of the survey, in a request of its own that belongs
//! to no connection (`features.md` 2.3, 5.9).
//!
//! One kind is always equally long, whatever was answered and if nothing was, so that its length tells nothing.
//! Anybody may send one: that a survivor did is shown by what is sealed, to the program alone. The first byte is the format ([`AnswersFormat`]). A
//! relay that is not honest can note when one came and from where.

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use stillroom_wire::{Bytes, List, Vec};

use crate::ids::{AnswersBatchId, ProgramId};

/// What kind of envelope is posted: the first byte, and the one place where that decides what follows. Answers that
/// are split between relay and program, so that neither ever opens one person's, would be another
/// (`docs/decisions/0032`). 1 was sealed answers without a token; nobody takes it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum AnswersFormat {
    /// Sealed whole to the report key, with a one-time token in it: [`SealedAnswers`].
    Sealed = 2,
}

impl AnswersFormat {
    /// The format of these bytes; nothing where it is not known.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes.first() {
            Some(2) => Some(Self::Sealed),
            _ => None,
        }
    }
}

/// Bytes before the sealed part: the format, the program, the kind.
const HEAD: usize = 1 + 16 + 1;

/// What sealing adds: an X-Wing encapsulation and a tag.
const SEALING_ADDS: usize = 1120 + 16;

/// Bytes of the longest sealed answers: the survey's.
pub const ANSWERS_SEALED_MAX: usize = AnswersKind::Survey.sealed_bytes();

/// Bytes of the longest [`SealedAnswers`].
pub const ANSWERS_BYTES_MAX: usize = HEAD + ANSWERS_SEALED_MAX;

/// Sealed answers in one batch at most: of the longest kind, what fits in a record of the relay.
pub const ANSWERS_BATCH_MAX: usize = 16;

/// Bytes of a token and of the record of the key that it was made with, before sealing.
const SPENT: usize = 2432;

const _: () =
    assert!(ANSWERS_BATCH_MAX * (ANSWERS_SEALED_MAX + 4) + 64 < crate::limits::RECORD_MAX);

/// Which answers.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, MlsSize, MlsEncode, MlsDecode,
)]
#[repr(u8)]
pub enum AnswersKind {
    /// Of the optional questions before a chat.
    Questions = 1,
    /// Of the survey after it.
    Survey = 2,
}

impl AnswersKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Questions, Self::Survey];

    /// Bytes that are sealed, whatever was answered: a choice for each of eight questions; for the survey also
    /// a thousand of the widest characters; with each a token.
    pub const fn plaintext_bytes(self) -> usize {
        SPENT
            + match self {
                Self::Questions => 128,
                Self::Survey => 4096,
            }
    }

    /// Bytes of sealed answers, whatever was answered.
    pub const fn sealed_bytes(self) -> usize {
        self.plaintext_bytes() + SEALING_ADDS
    }

    fn of(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == number)
    }
}

/// The body of `POST /a`.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedAnswers {
    /// Whose survivor sent it.
    pub program: ProgramId,
    /// Which answers.
    pub kind: AnswersKind,
    sealed: Vec<u8>,
}

/// Why bytes are not [`SealedAnswers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswersMalformed {
    /// Of another format, or too short to have one.
    Format,
    /// Of no kind that is known.
    Kind,
    /// Not as long as its kind.
    Length,
}

impl core::fmt::Display for AnswersMalformed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Format => "the answers are of another format",
            Self::Kind => "the answers are of no known kind",
            Self::Length => "the answers are not as long as their kind",
        })
    }
}

impl core::error::Error for AnswersMalformed {}

impl core::fmt::Debug for SealedAnswers {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SealedAnswers")
    }
}

impl SealedAnswers {
    /// What was sealed, on its way.
    ///
    /// # Errors
    /// [`AnswersMalformed::Length`].
    pub fn new(
        program: ProgramId,
        kind: AnswersKind,
        sealed: Vec<u8>,
    ) -> Result<Self, AnswersMalformed> {
        if sealed.len() != kind.sealed_bytes() {
            return Err(AnswersMalformed::Length);
        }
        Ok(Self { program, kind, sealed })
    }

    /// The sealed part.
    pub fn into_sealed(self) -> Vec<u8> {
        self.sealed
    }

    /// The bytes to send.
    pub fn to_bytes(&self) -> Vec<u8> {
        [&[AnswersFormat::Sealed as u8][..], &self.program.0, &[self.kind as u8], &self.sealed]
            .concat()
    }

    /// What these bytes are.
    ///
    /// # Errors
    /// [`AnswersMalformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, AnswersMalformed> {
        let (head, sealed) = bytes.split_first_chunk::<HEAD>().ok_or(AnswersMalformed::Format)?;
        let [_, program @ .., kind] = head;
        if AnswersFormat::of(bytes) != Some(AnswersFormat::Sealed) {
            return Err(AnswersMalformed::Format);
        }
        let kind = AnswersKind::of(*kind).ok_or(AnswersMalformed::Kind)?;
        if sealed.len() != kind.sealed_bytes() {
            return Err(AnswersMalformed::Length);
        }
        Ok(Self { program: ProgramId(*program), kind, sealed: sealed.to_vec() })
    }
}

/// A batch as the relay keeps it, until an administrator has destroyed it: in no order, of no time.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct AnswersBatch {
    /// Its name, drawn at random.
    pub id: AnswersBatchId,
    /// Which answers.
    pub kind: AnswersKind,
    /// Each as it was sealed.
    pub sealed: List<Bytes<ANSWERS_SEALED_MAX>, ANSWERS_BATCH_MAX>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    const PROGRAM: ProgramId = ProgramId([7; 16]);

    #[test]
    fn what_is_sent_is_read_back() {
        for kind in AnswersKind::ALL {
            let sealed = vec![5; kind.sealed_bytes()];
            let answers = SealedAnswers::new(PROGRAM, kind, sealed.clone()).unwrap();
            let bytes = answers.to_bytes();
            assert!(bytes.len() <= ANSWERS_BYTES_MAX);
            assert_eq!(SealedAnswers::from_bytes(&bytes), Ok(answers.clone()));
            assert_eq!(answers.into_sealed(), sealed);
        }
    }

    #[test]
    fn what_is_shorter_longer_or_of_another_kind_is_refused() {
        for kind in AnswersKind::ALL {
            let sealed = vec![5; kind.sealed_bytes()];
            let bytes = SealedAnswers::new(PROGRAM, kind, sealed).unwrap().to_bytes();
            for length in 0..bytes.len() {
                assert!(SealedAnswers::from_bytes(&bytes[..length]).is_err(), "{length}");
            }
            let longer = [&bytes[..], &[0]].concat();
            assert_eq!(SealedAnswers::from_bytes(&longer), Err(AnswersMalformed::Length));
            let with = |at: usize, byte| {
                let mut bytes = bytes.clone();
                bytes[at] = byte;
                SealedAnswers::from_bytes(&bytes)
            };
            assert_eq!(with(0, 1), Err(AnswersMalformed::Format));
            assert_eq!(with(HEAD - 1, 3), Err(AnswersMalformed::Kind));
            let other = 3 - kind as u8;
            assert_eq!(with(HEAD - 1, other), Err(AnswersMalformed::Length));
        }
        let short = SealedAnswers::new(PROGRAM, AnswersKind::Survey, vec![0; 9]);
        assert_eq!(short, Err(AnswersMalformed::Length));
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            if let Ok(answers) = SealedAnswers::from_bytes(&bytes) {
                prop_assert_eq!(answers.to_bytes(), bytes);
            }
        }
    }
}
