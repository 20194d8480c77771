//! What people read: the part of a policy that fills the survivor's page (`features.md` 1.2, 1.4, 1.5, 2.1
//! to 2.3).
//!
//! Only the relay, and whoever writes a policy, reads it field by field.

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use sha2::{Digest as _, Sha256};
use stillroom_wire::{Bytes, List, Text};

use crate::limits::{LOCALE_MAX, LOCALES_MAX, NOTICES_MAX};
use crate::policy::hours::{Hours, Notice};

/// All that a page says.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Page {
    /// The language of the texts (BCP 47).
    pub language: Text<16>,
    /// What the program is called.
    pub name: Text<80>,
    /// What it is called where nothing may tell what the page is.
    pub neutral_name: Text<40>,
    /// The title of the page: neutral, since it shows in the browser's tab and history.
    pub title: Text<40>,
    /// The picture beside the title: neutral, for the same reason.
    pub icon: Icon,
    /// What this is and who answers, in a few sentences.
    pub about: Text<800>,
    /// Whom to call in danger.
    pub emergency: Emergency,
    /// When chat is open.
    pub hours: Hours,
    /// What is said when it is not, though it should be.
    pub notices: List<Notice, NOTICES_MAX>,
    /// The other ways to reach an advocate.
    pub alternatives: List<Alternative, 16>,
    /// The languages that are spoken in chats.
    pub languages: Languages,
    /// The check on safety.
    pub safety: Safety,
    /// What people have a right to, and its limits.
    pub rights: List<Right, 12>,
    /// Which platform this is and who runs it.
    pub platform: Text<800>,
    /// What is asked before a chat, and may be skipped.
    pub questions: List<Question, 8>,
    /// What is asked after a chat, and may be skipped.
    pub survey: List<SurveyItem, 8>,
    /// The languages besides its own in which the page can be read.
    pub locales: List<Locale, LOCALES_MAX>,
}

/// A language in which the page can be read. Its texts are a file of their own, which is given to whoever
/// renders the page and to nobody else; the hash binds it to what was signed.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Locale {
    /// Its tag (BCP 47).
    pub tag: Text<16>,
    /// Its name, as those who read it write it.
    pub name: Text<60>,
    /// The direction of its writing.
    pub direction: Direction,
    /// SHA-256 of the file with its texts.
    pub file: [u8; 32],
}

impl Locale {
    /// The hash by which a file of texts is named.
    pub fn hash(file: &[u8]) -> [u8; 32] {
        Sha256::digest(file).into()
    }

    /// Its file, if it is among these.
    pub fn find<'a>(&self, files: &'a [LocaleFile]) -> Option<&'a LocaleFile> {
        files.iter().find(|file| Self::hash(file) == self.file)
    }
}

/// A file with the texts of one language, as its translator wrote it.
pub type LocaleFile = Bytes<LOCALE_MAX>;

/// A direction of writing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
#[cfg_attr(feature = "editing", derive(serde::Deserialize))]
#[repr(u8)]
pub enum Direction {
    /// From left to right.
    #[default]
    #[cfg_attr(feature = "editing", serde(rename = "ltr"))]
    LeftToRight = 1,
    /// From right to left.
    #[cfg_attr(feature = "editing", serde(rename = "rtl"))]
    RightToLeft = 2,
}

impl Direction {
    /// Its word in a policy's file, and in HTML.
    pub fn word(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

/// Pictures that say nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
#[cfg_attr(feature = "editing", derive(serde::Deserialize), serde(rename_all = "lowercase"))]
#[repr(u8)]
pub enum Icon {
    /// A dot.
    #[default]
    Dot = 1,
    /// A sheet of paper.
    Sheet = 2,
    /// A cloud.
    Cloud = 3,
    /// A leaf.
    Leaf = 4,
}

impl Icon {
    /// Its word in a policy's file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dot => "dot",
            Self::Sheet => "sheet",
            Self::Cloud => "cloud",
            Self::Leaf => "leaf",
        }
    }
}

/// Whom to call in danger.
#[derive(Clone, Debug, Default, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Emergency {
    /// The number alone.
    pub number: Text<40>,
    /// What to do in danger now, the number in it.
    pub text: Text<400>,
}

/// Another way to reach an advocate.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Alternative {
    /// What kind of way it is.
    pub kind: AlternativeKind,
    /// What people call it: "24-hour hotline".
    pub label: Text<80>,
    /// The number or address, as people read it.
    pub value: Text<200>,
}

/// Kinds of ways to reach an advocate. The page makes a link of each where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
#[cfg_attr(feature = "editing", derive(serde::Deserialize), serde(rename_all = "lowercase"))]
#[repr(u8)]
pub enum AlternativeKind {
    /// A telephone number to call.
    Phone = 1,
    /// A number for text messages.
    Sms = 2,
    /// A text telephone.
    Tty = 3,
    /// A number for video calls, for sign language.
    Video = 4,
    /// An address for e-mail.
    Email = 5,
    /// A site, with an `https` address.
    Website = 6,
    /// A place to go to.
    Place = 7,
    /// The number of a relay service for people who are deaf or hard of hearing.
    Relay = 8,
    /// The telephone number of another program's hotline.
    Hotline = 9,
}

impl AlternativeKind {
    /// Its word in a policy's file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Sms => "sms",
            Self::Tty => "tty",
            Self::Video => "video",
            Self::Email => "email",
            Self::Website => "website",
            Self::Place => "place",
            Self::Relay => "relay",
            Self::Hotline => "hotline",
        }
    }
}

/// The languages that are spoken in chats.
#[derive(Clone, Debug, Default, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Languages {
    /// Each of them.
    pub served: List<Language, 24>,
    /// What is said to whoever speaks none of them.
    pub not_served: Text<800>,
}

/// A language that is spoken in chats.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Language {
    /// Its tag (BCP 47).
    pub tag: Text<16>,
    /// Its name, as those who speak it write it.
    pub name: Text<60>,
    /// Who speaks it.
    pub by: SpokenBy,
    /// When, in the program's own words; empty if always while chat is open.
    pub hours: Text<200>,
}

/// Who speaks a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
#[cfg_attr(feature = "editing", derive(serde::Deserialize), serde(rename_all = "lowercase"))]
#[repr(u8)]
pub enum SpokenBy {
    /// Advocates.
    Advocates = 1,
    /// An interpreter, who joins the chat if the survivor agrees.
    Interpreter = 2,
}

impl SpokenBy {
    /// Its word in a policy's file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Advocates => "advocates",
            Self::Interpreter => "interpreter",
        }
    }
}

/// The check on safety that is shown before the chat.
#[derive(Clone, Debug, Default, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Safety {
    /// What makes a device unsafe, in a few sentences.
    pub text: Text<1200>,
    /// The question.
    pub question: Text<200>,
    /// The answer that says so.
    pub yes: Text<60>,
    /// The answer of whoever does not know.
    pub not_sure: Text<60>,
    /// The answer that says that the device is safe.
    pub no: Text<60>,
    /// What is said on `yes` and `not_sure`, above the safer ways.
    pub advice: Text<800>,
    /// Safer ways to talk with an advocate.
    pub safer_ways: List<Text<200>, 8>,
}

/// Something that people have a right to, or its limit.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Right {
    /// Its name in the policy.
    pub id: Text<32>,
    /// In a sentence or two.
    pub short: Text<300>,
    /// All of it; may be empty.
    pub details: Text<2000>,
}

/// A question that is asked before a chat. There is no free text: what is not among the choices is not
/// answered.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Question {
    /// Its name in the policy and in sums.
    pub id: Text<32>,
    /// The question.
    pub ask: Text<200>,
    /// Why it is asked.
    pub why: Text<400>,
    /// What answering may mean for privacy.
    pub privacy: Text<400>,
    /// The answers.
    pub choices: List<Choice, 12>,
}

/// An answer to choose.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Choice {
    /// Its name in the policy and in sums.
    pub id: Text<32>,
    /// What it says.
    pub text: Text<120>,
}

/// A question that is asked after a chat.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct SurveyItem {
    /// Its name in the policy and in sums.
    pub id: Text<32>,
    /// The question.
    pub ask: Text<200>,
    /// The answers; may be empty where there is free text.
    pub choices: List<Choice, 8>,
    /// How many characters may be written beside them; 0 for none.
    pub free_text: u16,
}
