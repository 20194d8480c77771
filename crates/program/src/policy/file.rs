//! The policy as an administrator writes it: a TOML file, in which a key that is not known is an error that
//! names its line.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use stillroom_wire::{List, Text};

use crate::policy::{Alternative, AlternativeKind, Day, Policy, Timers, Weekly};

/// A whole policy of a program that does not exist, with every key explained.
pub const SAMPLE_POLICY: &str = include_str!("../../samples/policy.toml");

/// Why a file is not a policy. Its message is about the file's form, and quotes none of its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFileError {
    /// The line, counted from 1, where one is to blame.
    pub line: Option<usize>,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for PolicyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl core::error::Error for PolicyFileError {}

impl Policy {
    /// Reads a policy's file. Whether it makes sense is for [`check`](Policy::check).
    ///
    /// # Errors
    /// [`PolicyFileError`], with the line.
    pub fn from_toml(text: &str) -> Result<Self, PolicyFileError> {
        let file = toml::from_str::<File>(text).map_err(|error| PolicyFileError {
            line: error.span().map(|span| line_of(text, span.start)),
            message: error.message().to_string(),
        })?;
        file.into_policy().map_err(|message| PolicyFileError { line: None, message })
    }
}

/// The line, from 1, of the byte at `offset`.
fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u64,
    #[serde(deserialize_with = "date")]
    issued: u64,
    #[serde(deserialize_with = "date")]
    expires: u64,
    #[serde(deserialize_with = "text")]
    language: Text<16>,
    #[serde(deserialize_with = "text")]
    name: Text<80>,
    #[serde(deserialize_with = "text")]
    title: Text<40>,
    #[serde(deserialize_with = "text")]
    about: Text<800>,
    #[serde(deserialize_with = "text")]
    emergency: Text<400>,
    #[serde(deserialize_with = "text")]
    safety: Text<1200>,
    #[serde(deserialize_with = "texts")]
    exits: List<Text<200>, 4>,
    #[serde(deserialize_with = "texts")]
    opening_messages: List<Text<400>, 6>,
    hours: Hours,
    timers: FileTimers,
    alternatives: Vec<FileAlternative>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hours {
    #[serde(deserialize_with = "text")]
    time_zone: Text<40>,
    #[serde(deserialize_with = "text")]
    note: Text<400>,
    open: Vec<Open>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Open {
    days: Vec<Day>,
    #[serde(deserialize_with = "time_of_day")]
    from: u16,
    #[serde(deserialize_with = "time_of_day")]
    until: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileAlternative {
    kind: Kind,
    #[serde(deserialize_with = "text")]
    label: Text<80>,
    #[serde(deserialize_with = "text")]
    value: Text<200>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Phone,
    Sms,
    Tty,
    Video,
    Email,
    Website,
    Place,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileTimers {
    silence_ask: u16,
    silence_warn: u16,
    silence_close: u16,
    shift_margin: u16,
}

impl File {
    fn into_policy(self) -> Result<Policy, String> {
        let hours = self.hours.open.iter().flat_map(Open::weekly).collect::<Vec<_>>();
        let alternatives = self.alternatives.into_iter().map(Alternative::from);
        let alternatives = alternatives.collect::<Vec<_>>();
        Ok(Policy {
            version: self.version,
            issued: self.issued,
            expires: self.expires,
            language: self.language,
            name: self.name,
            title: self.title,
            about: self.about,
            emergency: self.emergency,
            safety: self.safety,
            alternatives: alternatives.try_into().map_err(|_| "too many alternatives")?,
            hours: hours.try_into().map_err(|_| "too many times in hours.open")?,
            hours_note: self.hours.note,
            time_zone: self.hours.time_zone,
            exits: self.exits,
            opening_messages: self.opening_messages,
            timers: Timers {
                silence_ask: self.timers.silence_ask,
                silence_warn: self.timers.silence_warn,
                silence_close: self.timers.silence_close,
                shift_margin: self.timers.shift_margin,
            },
        })
    }
}

impl Open {
    fn weekly(&self) -> impl Iterator<Item = Weekly> {
        self.days.iter().map(|day| Weekly { day: *day, opens: self.from, closes: self.until })
    }
}

impl From<FileAlternative> for Alternative {
    fn from(alternative: FileAlternative) -> Self {
        let kind = match alternative.kind {
            Kind::Phone => AlternativeKind::Phone,
            Kind::Sms => AlternativeKind::Sms,
            Kind::Tty => AlternativeKind::Tty,
            Kind::Video => AlternativeKind::Video,
            Kind::Email => AlternativeKind::Email,
            Kind::Website => AlternativeKind::Website,
            Kind::Place => AlternativeKind::Place,
        };
        Self { kind, label: alternative.label, value: alternative.value }
    }
}

/// A text, without the line breaks that the file was wrapped with at its ends.
fn text<'de, D: Deserializer<'de>, const MAX: usize>(from: D) -> Result<Text<MAX>, D::Error> {
    bounded(&String::deserialize(from)?)
}

fn texts<'de, D: Deserializer<'de>, const MAX: usize, const COUNT: usize>(
    from: D,
) -> Result<List<Text<MAX>, COUNT>, D::Error> {
    let texts = Vec::<String>::deserialize(from)?;
    let texts = texts.iter().map(|text| bounded(text)).collect::<Result<Vec<_>, _>>()?;
    let too_many = |_| D::Error::custom(alloc::format!("at most {COUNT} of these are allowed"));
    texts.try_into().map_err(too_many)
}

fn bounded<E: serde::de::Error, const MAX: usize>(text: &str) -> Result<Text<MAX>, E> {
    let too_long = |_| E::custom(alloc::format!("the text is longer than {MAX} bytes"));
    text.trim().try_into().map_err(too_long)
}

/// A date, as the seconds from the Unix epoch to its first moment in UTC.
fn date<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let value = toml::value::Datetime::deserialize(from)?;
    let only_date = value.date.filter(|_| value.time.is_none());
    let date = only_date.ok_or_else(|| D::Error::custom("expected a date such as 2027-01-31"))?;
    days_from_epoch(date.year.into(), date.month.into(), date.day.into())
        .map(|days| days * 24 * 60 * 60)
        .ok_or_else(|| D::Error::custom("the date is before 1970"))
}

/// Days from 1970-01-01, counting years from March so that the leap day comes last.
fn days_from_epoch(year: u64, month: u64, day: u64) -> Option<u64> {
    let from_march = (month + 9) % 12;
    let year = if month <= 2 { year.checked_sub(1)? } else { year };
    let of_year = (153 * from_march + 2) / 5 + day.checked_sub(1)?;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + of_year;
    days.checked_sub(719_468)
}

/// A time such as "09:30", as minutes after midnight; "24:00" is the day's end.
fn time_of_day<'de, D: Deserializer<'de>>(from: D) -> Result<u16, D::Error> {
    let text = String::deserialize(from)?;
    minutes(&text).ok_or_else(|| D::Error::custom("expected a time such as \"09:30\""))
}

fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !two_digits(hours) || !two_digits(minutes) {
        return None;
    }
    let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok()?);
    let total = hours * 60 + minutes;
    (minutes < 60 && total <= 24 * 60).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_counted_from_the_epoch_with_leap_years() {
        assert_eq!(days_from_epoch(1970, 1, 1), Some(0));
        assert_eq!(days_from_epoch(1969, 12, 31), None);
        assert_eq!(days_from_epoch(2000, 2, 29), Some(11_016));
        assert_eq!(days_from_epoch(2000, 3, 1), Some(11_017));
        assert_eq!(days_from_epoch(2026, 11, 24), Some(20_781));
    }

    #[test]
    fn times_are_read_strictly() {
        assert_eq!(minutes("09:30"), Some(570));
        assert_eq!(minutes("24:00"), Some(1440));
        for wrong in ["9:30", "24:01", "12:60", "12", "+1:00", ""] {
            assert_eq!(minutes(wrong), None, "{wrong}");
        }
    }
}
