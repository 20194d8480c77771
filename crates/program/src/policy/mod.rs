//! What a program says of itself and how it works: names, hours, notices, other ways to reach an advocate,
//! rights, questions, texts and timers (`features.md` 1.2, 1.5, 1.7, 2.1 to 2.3, 3.2, 5.7; `design.md`, A
//! chat).
//!
//! An administrator writes it as a file, it is checked, encoded in one canonical form, signed and published.
//! It has three parts. [`Terms`] are what devices go by, and travel in every greeting. The [`Page`] is what
//! people read, and [`Guidance`] what helps staff; both are bound to the terms by their hashes, so that a device
//! that only follows the terms neither receives nor reads them. `docs/policy.md` has the format.
//!
//! Whoever edits one (feature `editing`) goes this way: read a file ([`Policy::from_toml_and_files`]) or take a
//! published policy, change its fields, [`Policy::tidied`], [`Policy::check`] and [`Policy::warnings`] as one types,
//! [`Policy::differences`] to what is published, [`Merge`] where somebody else published meanwhile,
//! [`Policy::following`], and [`SignedPolicy::sign`]. [`Policy::to_toml`] writes the file. A page with forms keeps what is
//! typed in a [`PolicyDraft`], which need not make sense.
//!
//! What a policy says is the program's own word: nothing here knows whether a telephone number is the right
//! one.

#[cfg(feature = "hours")]
mod calendar;
#[cfg(feature = "editing")]
mod check;
#[cfg(feature = "editing")]
mod closing;
#[cfg(feature = "editing")]
mod difference;
#[cfg(feature = "editing")]
mod file;
#[cfg(feature = "editing")]
mod form;
mod guidance;
mod hours;
#[cfg(feature = "editing")]
mod merge;
mod page;
#[cfg(feature = "editing")]
mod read;
#[cfg(feature = "editing")]
mod reading;
mod signed;
#[cfg(feature = "editing")]
mod succession;
mod texts;
#[cfg(feature = "editing")]
mod tree;
#[cfg(feature = "editing")]
mod write;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use stillroom_wire::{List, Text};

use crate::sealing::ReceivingPublicKey;

#[cfg(feature = "hours")]
pub use calendar::{Calendar, LocalTime, Offer, TimeZoneUnknown};
#[cfg(feature = "editing")]
pub use check::{Finding, Problem, Untimely};
#[cfg(feature = "editing")]
pub use closing::NoticesFull;
#[cfg(feature = "editing")]
pub use difference::Difference;
#[cfg(feature = "editing")]
pub use file::{PolicyFileError, SAMPLE_POLICY};
#[cfg(feature = "editing")]
pub use form::{FORM, FieldAt, FieldKind, FormField, FormPart, PolicyDraft, Unfit, Why};
pub use guidance::{CannedMessage, Checklist, CodeWordTimes, Guidance, Guide, GuideKind, Offers};
pub use hours::{Date, Day, Exception, Hours, Notice, NoticeKind, OpenTime, Weekly};
#[cfg(feature = "editing")]
pub use merge::{Conflict, Merge, MergeError, Side};
pub use page::{
    Alternative, AlternativeKind, Choice, Direction, Emergency, Icon, Language, Languages, Locale,
    LocaleFile, Page, Question, Right, Safety, SpokenBy, SurveyItem,
};
#[cfg(feature = "editing")]
pub use reading::Warning;
pub use signed::{PolicyError, SignedPolicy, VerifiedPolicy};
#[cfg(feature = "editing")]
pub use succession::OldNotices;
pub use texts::{PolicyText, TextKind};

/// A program's policy, whole. What a relay shows is [`SignedPolicy`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What devices go by.
    pub terms: Terms,
    /// What people read.
    pub page: Page,
    /// What helps staff.
    pub guidance: Guidance,
}

impl Policy {
    /// The same, whose answers are sealed to this key; as it was where it asks nothing.
    #[must_use]
    pub fn with_report_key(mut self, key: &ReceivingPublicKey) -> Self {
        let asks = !self.page.questions.is_empty() || !self.page.survey.is_empty();
        self.terms.report_key = asks.then(|| key.clone());
        self
    }
}

/// The part of a policy that devices go by.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Terms {
    /// Counts up with every policy that is published.
    pub version: u64,
    /// When it was made, in seconds since the Unix epoch.
    pub issued: u64,
    /// Until when it holds, in seconds since the Unix epoch.
    pub expires: u64,
    /// Ordinary sites to go to when somebody leaves; each an `https` address.
    pub exits: List<Text<200>, 4>,
    /// What the program says by itself at the start of a chat.
    pub opening_messages: List<OpeningMessage, 6>,
    /// How long things take.
    pub timers: Timers,
    /// What answers to the page's questions and survey are sealed to. Put in as the policy is signed; without
    /// it nothing is asked.
    pub report_key: Option<ReceivingPublicKey>,
}

/// A message that appears by itself at the start of a chat, marked as the program's.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct OpeningMessage {
    /// The message: at most 400 characters.
    pub text: Text<1600>,
    /// The [`Right::id`] whose details say more; empty where there are none.
    pub details: Text<32>,
}

/// How long things take, in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Timers {
    /// Of silence, until the survivor is asked kindly whether they are there. With nought, as the two that follow are
    /// then, staff do that by hand.
    pub silence_ask: u16,
    /// Of silence, until they are told when the chat will close.
    pub silence_warn: u16,
    /// Of silence, until the chat closes.
    pub silence_close: u16,
    /// For which a chat and a place in the line wait for somebody whose line dropped.
    pub line_kept: u16,
    /// Before a shift's end, in which no new chat is given out.
    pub shift_margin: u16,
}

impl Timers {
    /// Whether staff alone mind the silence of a survivor: nothing is asked or closed by itself.
    pub fn silence_by_hand(&self) -> bool {
        self.silence_ask == 0
    }
}
