//! Answers to the program's questions and survey, sealed to its report key (`features.md` 2.3, 5.9).
//!
//! Staff never get them, and the relay gets as many bytes whether anything was answered or not. What this
//! cannot hide from the relay: that a page was there, at that time.

use stillroom_program::{Answers, AnswersKind, ItemAnswer, ReceivingPublicKey};
use stillroom_protocol::{ProgramId, SealedAnswers};
use zeroize::{Zeroize as _, Zeroizing};

use crate::randomness::Randomness;

/// To whom answers are sealed, and what is said beside them. From terms that were verified.
pub(crate) struct Report {
    pub(crate) program: ProgramId,
    pub(crate) key: ReceivingPublicKey,
    /// The version of the policy whose questions were shown.
    pub(crate) policy_version: u64,
    pub(crate) language: Zeroizing<String>,
}

impl Report {
    /// The bytes to post; nothing where the answers are more than a policy can ask for, or the key is none.
    pub(crate) fn seal(
        &self,
        kind: AnswersKind,
        mut items: Vec<ItemAnswer>,
        randomness: &mut Randomness,
    ) -> Option<Vec<u8>> {
        if kind == AnswersKind::Questions {
            items.iter_mut().for_each(|item| item.text.zeroize());
        }
        let answers = Answers {
            policy_version: self.policy_version,
            kind,
            language: self.language.as_str().try_into().unwrap_or_default(),
            items: items.try_into().ok()?,
        };
        let sealed = answers.seal(&self.program, &self.key, randomness).ok()?;
        Some(SealedAnswers::new(self.program, kind, sealed).ok()?.to_bytes())
    }
}
