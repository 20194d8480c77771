//! When chat is open, and what is said when it is not (`features.md` 1.2, 5.7).
//!
//! Only what was written down; what it comes to at a given moment `calendar` works out.

use core::fmt;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use stillroom_wire::{Flag, List, Text};

/// When chat is open.
#[derive(Clone, Debug, Default, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Hours {
    /// The time zone of all times, as the IANA database names it.
    pub time_zone: Text<40>,
    /// Whether every day is open from its beginning to its end. Nothing is in `weekly` then.
    pub always_open: Flag,
    /// Week by week.
    pub weekly: List<Weekly, 42>,
    /// Dates that are not as the week would have it.
    pub exceptions: List<Exception, 64>,
    /// What none of that says.
    pub note: Text<400>,
}

/// One time in the week when chat is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, MlsSize, MlsEncode, MlsDecode)]
pub struct Weekly {
    /// The day on which it begins.
    pub day: Day,
    /// The time.
    pub time: OpenTime,
}

/// From when until when chat is open, in minutes after the midnight before it opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, MlsSize, MlsEncode, MlsDecode)]
pub struct OpenTime {
    /// When it opens: less than 1,440.
    pub opens: u16,
    /// When it closes: 1,440 is the day's end, what is more is on the next day. At most a day later.
    pub closes: u16,
}

/// A date that is not as the week would have it. It says what *begins* on that date: what began the evening
/// before goes on until its end.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Exception {
    /// The date.
    pub date: Date,
    /// When chat is open instead; closed all day if empty.
    pub open: List<OpenTime, 4>,
    /// Why, in a word or two: "Thanksgiving".
    pub text: Text<120>,
}

/// A date of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, MlsSize, MlsEncode, MlsDecode)]
pub struct Date {
    /// The year.
    pub year: u16,
    /// The month, from 1.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
}

/// Chat is not offered while it holds, whatever the hours say.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Notice {
    /// What kind of notice it is.
    pub kind: NoticeKind,
    /// What it says.
    pub text: Text<800>,
    /// From when it holds, in seconds since the Unix epoch; at once if left out.
    pub from: Option<u64>,
    /// Until when it holds, in seconds since the Unix epoch; until the next policy if left out.
    pub until: Option<u64>,
}

/// Kinds of notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, MlsSize, MlsEncode, MlsDecode)]
#[cfg_attr(feature = "editing", derive(serde::Deserialize), serde(rename_all = "lowercase"))]
#[repr(u8)]
pub enum NoticeKind {
    /// There is danger or disaster, and people need to know. Shown before the other kind.
    Emergency = 1,
    /// Chat is closed though it should be open.
    Closed = 2,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, MlsSize, MlsEncode, MlsDecode)]
#[cfg_attr(feature = "editing", derive(serde::Deserialize), serde(rename_all = "lowercase"))]
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

impl OpenTime {
    /// Minutes in a day.
    pub const DAY: u16 = 24 * 60;
}

/// As clocks show it: "22:00–02:00". The end of a day is "24:00".
impl fmt::Display for OpenTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let past_midnight = self.closes > Self::DAY;
        let closes = if past_midnight { self.closes - Self::DAY } else { self.closes };
        let clock = |minutes: u16| (minutes / 60, minutes % 60);
        let ((from, minute), (until, minute_until)) = (clock(self.opens), clock(closes));
        write!(f, "{from:02}:{minute:02}–{until:02}:{minute_until:02}")
    }
}

/// As RFC 3339 writes it: "2026-11-26".
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Day {
    /// Its word in a policy's file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Monday => "monday",
            Self::Tuesday => "tuesday",
            Self::Wednesday => "wednesday",
            Self::Thursday => "thursday",
            Self::Friday => "friday",
            Self::Saturday => "saturday",
            Self::Sunday => "sunday",
        }
    }
}

impl NoticeKind {
    /// Its word in a policy's file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Emergency => "emergency",
            Self::Closed => "closed",
        }
    }
}

impl Notice {
    /// Whether it holds at this time, in seconds since the Unix epoch.
    pub fn holds(&self, seconds: u64) -> bool {
        self.from.is_none_or(|from| from <= seconds)
            && self.until.is_none_or(|until| seconds < until)
    }
}
