//! What helps staff while they chat: the part of a policy that fills the desk (`features.md` 3.2, 3.10, 3.11).
//!
//! Only desks, and whoever writes a policy, read it. It is the program's own word to its staff: that a guide is
//! good advice is not known here. The relay holds it, so it must say nothing about anybody.

use core::time::Duration;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use stillroom_wire::{List, Text};

use crate::limits::{CHECKLIST_OWN_MAX, GUIDES_MAX, OFFER_LANGUAGES_MAX, PREPARED_MAX};

/// All that helps staff while they chat.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Guidance {
    /// Messages to choose from.
    pub canned_messages: List<CannedMessage, PREPARED_MAX>,
    /// What to do when something is hard.
    pub guides: List<Guide, GUIDES_MAX>,
    /// What is not to be forgotten in a chat.
    pub checklist: Checklist,
    /// Minutes of a chat until there is a reminder to check in about meaning and feeling.
    pub check_in: u16,
    /// How whoever waits is offered to one after the other; nothing where staff take them as they see fit.
    pub offers: Option<Offers>,
    /// For how long code words are good.
    pub code_words: CodeWordTimes,
    /// What is said, inside the chat, to whoever is turned away; empty where nothing is.
    pub turned_away: Text<2400>,
}

/// For how long code words are good, in days; for ever where nothing is said (`features.md` 3.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct CodeWordTimes {
    /// Until a word is due to be changed.
    pub due_days: Option<u16>,
    /// Until a word that was neither given rightly nor changed is deleted, and its case with it.
    pub delete_days: Option<u16>,
}

impl CodeWordTimes {
    /// Whether the policy says anything of code words: only then does the survivor's page ask about them beforehand.
    pub fn are_said(&self) -> bool {
        *self != Self::default()
    }
}

/// How whoever waits is offered to one after the other.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Offers {
    /// Seconds to accept, before the next is asked.
    pub accept_seconds: u16,
    /// The languages that staff can say they speak (BCP 47): those of the chats and of the page.
    pub languages: List<Text<16>, OFFER_LANGUAGES_MAX>,
}

impl Offers {
    /// The time to accept.
    pub fn accept(&self) -> Duration {
        Duration::from_secs(self.accept_seconds.into())
    }
}

/// A message to choose, in which placeholders are filled by hand before it is sent.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct CannedMessage {
    /// Its name in the policy.
    pub id: Text<32>,
    /// What it is looked for by.
    pub title: Text<80>,
    /// The message. A placeholder says in braces what belongs there: `{name of place}`.
    pub text: Text<2400>,
}

impl CannedMessage {
    /// Its placeholders, with their braces, in the order in which they stand.
    pub fn placeholders(&self) -> impl Iterator<Item = &str> {
        placeholders(&self.text)
    }
}

/// What to do in one kind of hard situation.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Guide {
    /// Its name in the policy.
    pub id: Text<32>,
    /// What it is about.
    pub kind: GuideKind,
    /// What it is called.
    pub title: Text<80>,
    /// What to do. An empty line begins a paragraph.
    pub text: Text<4000>,
    /// What one press says to the survivor: only where it is about mandatory reporting, and empty elsewhere.
    pub say: Text<2400>,
}

/// What guides are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
#[cfg_attr(feature = "editing", derive(serde::Deserialize), serde(rename_all = "lowercase"))]
#[repr(u8)]
pub enum GuideKind {
    /// Somebody thinks of ending their life.
    Suicide = 1,
    /// Somebody is in danger now.
    Danger = 2,
    /// Somebody is not of age.
    Minor = 3,
    /// Somebody makes fun.
    Prank = 4,
    /// Whoever writes seems to be the one who is abusive.
    Abuser = 5,
    /// Somebody may be about to say what must be reported.
    Reporting = 6,
    /// Anything else.
    Other = 7,
}

impl GuideKind {
    /// Its word in a policy's file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Suicide => "suicide",
            Self::Danger => "danger",
            Self::Minor => "minor",
            Self::Prank => "prank",
            Self::Abuser => "abuser",
            Self::Reporting => "reporting",
            Self::Other => "other",
        }
    }
}

/// What is not to be forgotten in a chat. That safety was asked about is always on it; three more items say by
/// which opening messages, counted from 1, they are done; by none, where an advocate does it.
#[derive(Clone, Debug, Default, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Checklist {
    /// The survivor was told of their rights and of the limits.
    pub rights: List<u8, 6>,
    /// They were told which platform this is.
    pub platform: List<u8, 6>,
    /// They were told what happens when the chat ends.
    pub ending: List<u8, 6>,
    /// The program's own lines.
    pub own: List<Text<160>, CHECKLIST_OWN_MAX>,
}

/// The placeholders of a text, with their braces.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    core::iter::from_fn(move || {
        let (_, after) = rest.split_once('{')?;
        let (inside, after_it) = after.split_once('}')?;
        let start = rest.len() - after.len() - 1;
        let placeholder = rest.get(start..start + inside.len() + 2)?;
        rest = after_it;
        Some(placeholder)
    })
}

/// Whether every brace of a text is part of a placeholder that says, in one line, what belongs there.
#[cfg(feature = "editing")]
pub(super) fn is_finished(text: &str) -> bool {
    let says = |placeholder: &str| {
        let inside = placeholder.trim_matches(['{', '}']);
        let length = inside.trim().chars().count();
        (1..=crate::limits::PLACEHOLDER_CHARACTERS).contains(&length)
            && placeholder.len() == inside.len() + 2
            && !inside.contains('\n')
            && !inside.contains('{')
    };
    let in_them: usize = placeholders(text).map(|placeholder| usize::from(says(placeholder))).sum();
    in_them == text.matches('{').count() && in_them == text.matches('}').count()
}

#[cfg(all(test, feature = "editing"))]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn placeholders_are_found_in_their_order() {
        let found: Vec<&str> =
            placeholders("Go to {name of place} at {time}, { or } not {").collect();
        assert_eq!(found, ["{name of place}", "{time}", "{ or }"]);
    }

    #[test]
    fn a_placeholder_that_is_not_finished_is_told() {
        for finished in ["", "no braces", "{a}", "at {time} in {name of place}."] {
            assert!(is_finished(finished), "{finished}");
        }
        let long = alloc::format!("{{{}}}", "x".repeat(61));
        for not in
            ["{", "}", "{}", "{ }", "{a", "a}", "{a}}", "{{a}}", "{a{b}", "}{", "{a\nb}", &long]
        {
            assert!(!is_finished(not), "{not}");
        }
    }
}
