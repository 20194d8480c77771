//! What a program says of itself and how it works: names, hours, other ways to reach an advocate, texts and
//! timers (`features.md` 1.2, 1.7, 2.1, 3.2; `design.md`, A chat).
//!
//! An administrator writes it as a file, it is checked, encoded in one canonical form, signed and published.
//! What it says is the program's own word: nothing here knows whether a telephone number is the right one.

mod check;
#[cfg(feature = "author")]
mod file;
mod signed;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use stillroom_wire::{List, Text};

pub use check::{Finding, Problem};
#[cfg(feature = "author")]
pub use file::{PolicyFileError, SAMPLE_POLICY};
pub use signed::{PolicyError, SignedPolicy, VerifiedPolicy};

/// A program's policy. What a relay shows is [`SignedPolicy`].
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Policy {
    /// Counts up with every policy that is published.
    pub version: u64,
    /// When it was made, in seconds since the Unix epoch.
    pub issued: u64,
    /// Until when it holds, in seconds since the Unix epoch.
    pub expires: u64,
    /// The language of the texts (BCP 47).
    pub language: Text<16>,
    /// What the program is called.
    pub name: Text<80>,
    /// The title of the page: neutral, since it shows in the browser's tab and history.
    pub title: Text<40>,
    /// What this is and who answers, in a few sentences.
    pub about: Text<800>,
    /// What to do in danger now: the emergency number.
    pub emergency: Text<400>,
    /// The sentences about safety that are shown before the chat.
    pub safety: Text<1200>,
    /// The other ways to reach an advocate.
    pub alternatives: List<Alternative, 16>,
    /// When chat is open, week by week.
    pub hours: List<Weekly, 42>,
    /// What the hours do not say, such as holidays.
    pub hours_note: Text<400>,
    /// The time zone of the hours, as the IANA database names it.
    pub time_zone: Text<40>,
    /// Ordinary sites to go to when somebody leaves; each an `https` address.
    pub exits: List<Text<200>, 4>,
    /// What the program says by itself at the start of a chat.
    pub opening_messages: List<Text<400>, 6>,
    /// How long things take.
    pub timers: Timers,
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
#[repr(u8)]
pub enum AlternativeKind {
    /// A telephone number to call.
    Phone = 1,
    /// A number for text messages.
    Sms = 2,
    /// A text telephone, or a number to be reached through a relay service.
    Tty = 3,
    /// A number for video calls, for sign language.
    Video = 4,
    /// An address for e-mail.
    Email = 5,
    /// A site, with an `https` address.
    Website = 6,
    /// A place to go to.
    Place = 7,
}

/// One time in the week when chat is open. What goes past midnight is written as two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, MlsSize, MlsEncode, MlsDecode)]
pub struct Weekly {
    /// The day.
    pub day: Day,
    /// Minutes after midnight when it opens.
    pub opens: u16,
    /// Minutes after midnight when it closes; 1,440 is the day's end.
    pub closes: u16,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, MlsSize, MlsEncode, MlsDecode)]
#[cfg_attr(feature = "author", derive(serde::Deserialize), serde(rename_all = "lowercase"))]
#[repr(u8)]
#[expect(missing_docs, reason = "the days need no explanation")]
pub enum Day {
    Monday = 1,
    Tuesday = 2,
    Wednesday = 3,
    Thursday = 4,
    Friday = 5,
    Saturday = 6,
    Sunday = 7,
}

/// How long things take, in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Timers {
    /// Of silence, until the survivor is asked kindly whether they are there.
    pub silence_ask: u16,
    /// Of silence, until they are told when the chat will close.
    pub silence_warn: u16,
    /// Of silence, until the chat closes.
    pub silence_close: u16,
    /// Before a shift's end, in which no new chat is given out.
    pub shift_margin: u16,
}
