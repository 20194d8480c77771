//! Genuine answers that came with too few others to be shown, as they were sealed.
//!
//! A batch can hold forged answers around a few genuine ones. Those wait here until ten are together, so that
//! nothing of them is shown or added by itself. Only the report key opens what is here, as it opens a batch.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use stillroom_protocol::AnswersKind;

/// What is held of each kind.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Held {
    questions: Vec<Sealed>,
    survey: Vec<Sealed>,
}

impl Held {
    /// What is held of this kind.
    pub(super) fn of(&self, kind: AnswersKind) -> &[Sealed] {
        match kind {
            AnswersKind::Questions => &self.questions,
            AnswersKind::Survey => &self.survey,
        }
    }

    /// Holds these, and no others of this kind.
    pub(super) fn set(&mut self, kind: AnswersKind, sealed: Vec<Sealed>) {
        match kind {
            AnswersKind::Questions => self.questions = sealed,
            AnswersKind::Survey => self.survey = sealed,
        }
    }
}

/// One survivor's answers, sealed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sealed(pub(super) Vec<u8>);

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_STANDARD.decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}
