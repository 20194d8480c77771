//! What survivors answer to optional questions and to the survey, for the program's reports alone
//! (`features.md` 2.3, 5.9).
//!
//! Sealed to the report key and bound to the program and the kind. All of one kind are equally long, and one in
//! which nothing was answered is like any other. They name no person, room or time. Whoever opens them sees the
//! answers of one survivor side by side; that they are only added up is the administrator's part. Whoever knows the
//! public key can seal some: that they come out of a chat is shown by the token that goes with them.

use alloc::vec::Vec;
use core::fmt;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use rand_core::CryptoRng;
use stillroom_protocol::{AnswersKind, ProgramId};
use stillroom_wire::{List, Text, TooLong};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::limits::{ASKED_MAX, SURVEY_FREE_TEXT};
use crate::reasons::reasons;
use crate::sealing::{ReceivingKey, ReceivingPublicKey, SealError, seal_padded};
use crate::tokens::{IssuerRecord, Token};

const INFO: &[u8] = b"stillroom answers 2";

/// Bytes of the longest text in one answer: as many of the widest characters as an item may let people write.
const TEXT_MAX: usize = SURVEY_FREE_TEXT as usize * 4;

/// The answer to one item. Erased when dropped; does not print.
#[derive(Clone, Default, PartialEq, Eq, Zeroize, ZeroizeOnDrop, MlsSize, MlsEncode, MlsDecode)]
pub struct ItemAnswer {
    /// 1 for the first choice, and so on; 0 where none was chosen.
    pub choice: u8,
    /// What was written beside the choices; always empty for a question.
    pub text: Text<TEXT_MAX>,
}

impl ItemAnswer {
    /// A choice (1 for the first, 0 for none) and what was written beside it.
    ///
    /// # Errors
    /// [`TooLong`] for a text longer than any item lets people write.
    pub fn new(choice: u8, text: &str) -> Result<Self, TooLong> {
        Ok(Self { choice, text: text.try_into()? })
    }

    /// A choice alone.
    pub fn chosen(choice: u8) -> Self {
        Self { choice, text: Text::default() }
    }
}

impl fmt::Debug for ItemAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ItemAnswer")
    }
}

/// The answers of one survivor. Does not print.
#[derive(Clone, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Answers {
    /// The version of the policy that asked.
    pub policy_version: u64,
    /// Which answers.
    pub kind: AnswersKind,
    /// The language in which they write (BCP 47), or empty.
    pub language: Text<16>,
    /// The answer to each item, in the policy's order. Those that are missing at the end were not answered.
    pub items: List<ItemAnswer, ASKED_MAX>,
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answers")
    }
}

/// Answers, and the token that is spent with them: what is sealed. Does not print.
#[derive(Clone, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct AnswersEnvelope {
    /// What was answered.
    pub answers: Answers,
    /// What shows that they come out of a chat.
    pub token: Token,
    /// With which key the token was made; not true before it was verified.
    pub issuer: IssuerRecord,
}

impl fmt::Debug for AnswersEnvelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnswersEnvelope")
    }
}

reasons! {
    /// Why answers cannot be read.
    AnswersError {
        /// They were sealed to another key, for another program or as another kind, or were altered.
        DoesNotOpen => "the answers do not open here",
        /// They opened, and hold none.
        Malformed => "the answers are not readable",
    }
}

impl AnswersEnvelope {
    /// Seals it to the report key: always [`AnswersKind::sealed_bytes`].
    ///
    /// # Errors
    /// [`SealError::KeyMalformed`] where the report key is none; [`SealError::TooLong`] where the texts are
    /// longer together than a sound policy lets people write, or a question has one.
    pub fn seal(
        &self,
        program: &ProgramId,
        report_key: &ReceivingPublicKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, SealError> {
        let answers = &self.answers;
        if !answers.fits_kind() {
            return Err(SealError::TooLong);
        }
        let context = context(program, report_key, answers.kind);
        seal_padded(report_key, INFO, &context, self, answers.kind.plaintext_bytes(), rng)
    }

    /// Opens it with the report key. Whether the token counts is still to be found out.
    ///
    /// # Errors
    /// [`AnswersError`].
    pub fn open(
        report_key: &ReceivingKey,
        program: &ProgramId,
        kind: AnswersKind,
        sealed: &[u8],
    ) -> Result<Self, AnswersError> {
        let context = context(program, &report_key.public_key(), kind);
        let opened = report_key.open_padded(INFO, &context, kind.plaintext_bytes(), sealed);
        let opened = opened.map_err(|_| AnswersError::DoesNotOpen)?;
        let envelope: Self = opened.ok_or(AnswersError::Malformed)?;
        if envelope.answers.kind != kind || !envelope.answers.fits_kind() {
            return Err(AnswersError::Malformed);
        }
        Ok(envelope)
    }
}

impl Answers {
    /// Questions are answered by choices alone.
    fn fits_kind(&self) -> bool {
        self.kind == AnswersKind::Survey || self.items.iter().all(|item| item.text.is_empty())
    }
}

/// Three fields of fixed length: which program, which report key, which kind.
fn context(program: &ProgramId, report_key: &ReceivingPublicKey, kind: AnswersKind) -> Vec<u8> {
    [&program.0[..], &report_key.hash(), &[kind as u8]].concat()
}
