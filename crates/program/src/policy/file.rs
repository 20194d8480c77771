//! The policy as an administrator writes it: a TOML file, in which a key that is not known is an error that
//! names its line.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use stillroom_wire::{List, Text};
use toml::value::Datetime;

use crate::limits::{CHECKLIST_OWN_MAX, LOCALE_MAX};
use crate::policy::calendar::{local_in_zone, seconds_at_offset, seconds_in_zone};
use crate::policy::guidance::{
    CannedMessage, Checklist, CodeWordTimes, Guidance, Guide, GuideKind, Offers,
};
use crate::policy::hours::{Date, Day, Exception, Hours, Notice, NoticeKind, OpenTime, Weekly};
use crate::policy::page::{
    Alternative, AlternativeKind, Choice, Direction, Emergency, Icon, Language, Languages, Locale,
    LocaleFile, Page, Question, Right, Safety, SpokenBy, SurveyItem,
};
use crate::policy::{OpeningMessage, Policy, Terms, Timers};
use crate::time::Timestamp;

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
        Self::from_toml_and_files(text, &mut |_| None).map(|(policy, _)| policy)
    }

    /// Reads a policy's file, and the files of texts that it names, which `read` finds.
    ///
    /// # Errors
    /// [`PolicyFileError`], also where one of those files is not there or too long.
    pub fn from_toml_and_files(
        text: &str,
        read: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
    ) -> Result<(Self, Vec<LocaleFile>), PolicyFileError> {
        let file = parse(text)?;
        let not_read = |message| PolicyFileError { line: None, message };
        let mut files = Vec::new();
        for locale in &file.locales {
            files.push(locale.read(read).map_err(not_read)?);
        }
        let hashes: Vec<_> = files.iter().map(|file| Locale::hash(file)).collect();
        Ok((file.into_policy(&hashes).map_err(not_read)?, files))
    }
}

fn parse(text: &str) -> Result<File, PolicyFileError> {
    toml::from_str::<File>(text).map_err(|error| PolicyFileError {
        line: error.span().map(|span| line_of(text, span.start)),
        message: error.message().to_string(),
    })
}

/// How long a throw-away policy holds before and after it is made: nobody's clock is off by more, and nothing
/// that is thrown away lasts longer.
const THROW_AWAY_BEFORE: Duration = Duration::from_secs(24 * 60 * 60);
const THROW_AWAY_LASTS: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Days after which the one exception of a throw-away policy comes: near enough to be listed.
const THROW_AWAY_EXCEPTION: Duration = Duration::from_secs(20 * 24 * 60 * 60);

impl Policy {
    /// The sample for a throw-away program: it holds now, and chat is open day and night.
    ///
    /// # Errors
    /// [`PolicyFileError`], if the sample were broken.
    pub fn throw_away(now: Timestamp) -> Result<Self, PolicyFileError> {
        let mut policy = Self::from_toml(SAMPLE_POLICY)?.for_a_throw_away_program(now);
        let zone = &policy.page.hours.time_zone;
        let closed = local_in_zone((now + THROW_AWAY_EXCEPTION).seconds(), zone).map(|there| {
            let text = "A day of training for all of us".try_into().unwrap_or_default();
            Vec::from([Exception { date: there.date, open: List::default(), text }])
        });
        policy.page.hours.exceptions = closed.unwrap_or_default().try_into().unwrap_or_default();
        Ok(policy)
    }

    /// This policy for a program that is thrown away: it holds now, chat is open day and night, whatever notice
    /// there is, and the page can be read in the policy's own language alone.
    #[must_use]
    pub fn for_a_throw_away_program(mut self, now: Timestamp) -> Self {
        self.terms.issued = now.seconds().saturating_sub(THROW_AWAY_BEFORE.as_secs());
        self.terms.expires = (now + THROW_AWAY_LASTS).seconds();
        self.page.notices = List::default();
        self.page.locales = List::default();
        let hours = &mut self.page.hours;
        hours.always_open = true.into();
        hours.weekly = List::default();
        hours.exceptions = List::default();
        self
    }
}

/// The line, from 1, of the byte at `offset`.
fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
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
    neutral_name: Text<40>,
    #[serde(deserialize_with = "text")]
    title: Text<40>,
    icon: Icon,
    #[serde(deserialize_with = "text")]
    about: Text<800>,
    #[serde(deserialize_with = "text")]
    platform: Text<800>,
    #[serde(deserialize_with = "texts")]
    exits: List<Text<200>, 4>,
    emergency: FileEmergency,
    hours: FileHours,
    #[serde(default)]
    notices: Vec<FileNotice>,
    alternatives: Vec<FileAlternative>,
    languages: FileLanguages,
    safety: FileSafety,
    rights: Vec<FileRight>,
    #[serde(default)]
    opening_messages: Vec<FileOpeningMessage>,
    #[serde(default)]
    questions: Vec<FileQuestion>,
    #[serde(default)]
    survey: Vec<FileSurveyItem>,
    timers: FileTimers,
    #[serde(default)]
    locales: Vec<FileLocale>,
    #[serde(default)]
    canned_messages: Vec<FileCannedMessage>,
    #[serde(default)]
    guides: Vec<FileGuide>,
    #[serde(default)]
    checklist: FileChecklist,
    offers: Option<FileOffers>,
    #[serde(default)]
    code_words: FileCodeWords,
    #[serde(default)]
    turned_away: FileTurnedAway,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileTurnedAway {
    #[serde(default, deserialize_with = "text")]
    say: Text<2400>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileCodeWords {
    due_days: Option<u16>,
    delete_days: Option<u16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileOffers {
    accept_seconds: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileCannedMessage {
    #[serde(deserialize_with = "text")]
    id: Text<32>,
    #[serde(deserialize_with = "text")]
    title: Text<80>,
    #[serde(deserialize_with = "text")]
    text: Text<2400>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileGuide {
    #[serde(deserialize_with = "text")]
    id: Text<32>,
    kind: GuideKind,
    #[serde(deserialize_with = "text")]
    title: Text<80>,
    #[serde(deserialize_with = "text")]
    text: Text<4000>,
    #[serde(default, deserialize_with = "text")]
    say: Text<2400>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileChecklist {
    #[serde(default)]
    rights: Vec<u8>,
    #[serde(default)]
    platform: Vec<u8>,
    #[serde(default)]
    ending: Vec<u8>,
    #[serde(default, deserialize_with = "texts")]
    own: List<Text<160>, CHECKLIST_OWN_MAX>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileLocale {
    #[serde(deserialize_with = "text")]
    tag: Text<16>,
    #[serde(deserialize_with = "text")]
    name: Text<60>,
    direction: Direction,
    file: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileEmergency {
    #[serde(deserialize_with = "text")]
    number: Text<40>,
    #[serde(deserialize_with = "text")]
    text: Text<400>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileHours {
    #[serde(deserialize_with = "text")]
    time_zone: Text<40>,
    #[serde(default)]
    always_open: bool,
    #[serde(default, deserialize_with = "text")]
    note: Text<400>,
    #[serde(default)]
    open: Vec<FileWeekly>,
    #[serde(default)]
    exceptions: Vec<FileException>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileWeekly {
    days: Vec<Day>,
    #[serde(deserialize_with = "time_of_day")]
    from: u16,
    #[serde(deserialize_with = "closing_time")]
    until: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileException {
    #[serde(deserialize_with = "calendar_date")]
    date: Date,
    #[serde(default)]
    open: Vec<FileOpenTime>,
    #[serde(default, deserialize_with = "text")]
    text: Text<120>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileOpenTime {
    #[serde(deserialize_with = "time_of_day")]
    from: u16,
    #[serde(deserialize_with = "closing_time")]
    until: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileNotice {
    kind: NoticeKind,
    #[serde(deserialize_with = "text")]
    text: Text<800>,
    from: Option<Datetime>,
    until: Option<Datetime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileAlternative {
    kind: AlternativeKind,
    #[serde(deserialize_with = "text")]
    label: Text<80>,
    #[serde(deserialize_with = "text")]
    value: Text<200>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileLanguages {
    #[serde(deserialize_with = "text")]
    not_served: Text<800>,
    #[serde(default)]
    served: Vec<FileLanguage>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileLanguage {
    #[serde(deserialize_with = "text")]
    tag: Text<16>,
    #[serde(deserialize_with = "text")]
    name: Text<60>,
    by: SpokenBy,
    #[serde(default, deserialize_with = "text")]
    hours: Text<200>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSafety {
    #[serde(deserialize_with = "text")]
    text: Text<1200>,
    #[serde(deserialize_with = "text")]
    question: Text<200>,
    #[serde(deserialize_with = "text")]
    yes: Text<60>,
    #[serde(deserialize_with = "text")]
    not_sure: Text<60>,
    #[serde(deserialize_with = "text")]
    no: Text<60>,
    #[serde(deserialize_with = "text")]
    advice: Text<800>,
    #[serde(deserialize_with = "texts")]
    safer_ways: List<Text<200>, 8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRight {
    #[serde(deserialize_with = "text")]
    id: Text<32>,
    #[serde(deserialize_with = "text")]
    short: Text<300>,
    #[serde(default, deserialize_with = "text")]
    details: Text<2000>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileOpeningMessage {
    #[serde(deserialize_with = "text")]
    text: Text<1600>,
    #[serde(default, deserialize_with = "text")]
    details: Text<32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileQuestion {
    #[serde(deserialize_with = "text")]
    id: Text<32>,
    #[serde(deserialize_with = "text")]
    ask: Text<200>,
    #[serde(deserialize_with = "text")]
    why: Text<400>,
    #[serde(deserialize_with = "text")]
    privacy: Text<400>,
    choices: Vec<FileChoice>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSurveyItem {
    #[serde(deserialize_with = "text")]
    id: Text<32>,
    #[serde(deserialize_with = "text")]
    ask: Text<200>,
    #[serde(default)]
    choices: Vec<FileChoice>,
    #[serde(default)]
    free_text: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileChoice {
    #[serde(deserialize_with = "text")]
    id: Text<32>,
    #[serde(deserialize_with = "text")]
    text: Text<120>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileTimers {
    silence_ask: u16,
    silence_warn: u16,
    silence_close: u16,
    line_kept: u16,
    shift_margin: u16,
    check_in: u16,
}

impl FileLocale {
    fn read(&self, read: &mut dyn FnMut(&str) -> Option<Vec<u8>>) -> Result<LocaleFile, String> {
        let Self { tag, file, .. } = self;
        let tag = &**tag;
        let bytes = read(file).ok_or_else(|| {
            alloc::format!("locales {tag:?}: there is no readable file {file:?} beside the policy")
        })?;
        bytes.try_into().map_err(|_| {
            alloc::format!("locales {tag:?}: the file has more than {LOCALE_MAX} bytes")
        })
    }

    fn into_locale(self, file: [u8; 32]) -> Locale {
        Locale { tag: self.tag, name: self.name, direction: self.direction, file }
    }
}

impl File {
    /// The policy, whose files of texts are named by their hashes.
    pub(super) fn into_policy_with_hashes(self) -> Result<Policy, PolicyFileError> {
        let not_read = |message| PolicyFileError { line: None, message };
        let mut hashes = Vec::new();
        for FileLocale { tag, file, .. } in &self.locales {
            let hash = Locale::hash_in(file).ok_or_else(|| {
                let tag = &**tag;
                not_read(alloc::format!("locales {tag:?}: the file is not named by its hash"))
            })?;
            hashes.push(hash);
        }
        self.into_policy(&hashes).map_err(not_read)
    }

    fn into_policy(self, files: &[[u8; 32]]) -> Result<Policy, String> {
        let zone = self.hours.time_zone.clone();
        let check_in = self.timers.check_in;
        let offers = self.offers.as_ref().map(|offers| offers.offers(&self)).transpose()?;
        let locales = self.locales.into_iter().zip(files);
        let locales: Vec<Locale> =
            locales.map(|(locale, file)| locale.into_locale(*file)).collect();
        Ok(Policy {
            terms: Terms {
                version: self.version,
                issued: self.issued,
                expires: self.expires,
                exits: self.exits,
                opening_messages: list("opening_messages", self.opening_messages)?,
                timers: self.timers.into(),
                report_key: None,
            },
            page: Page {
                language: self.language,
                name: self.name,
                neutral_name: self.neutral_name,
                title: self.title,
                icon: self.icon,
                about: self.about,
                emergency: self.emergency.into(),
                hours: self.hours.into_hours()?,
                notices: fallible("notices", self.notices, |notice| notice.into_notice(&zone))?,
                alternatives: list("alternatives", self.alternatives)?,
                languages: Languages {
                    served: list("languages.served", self.languages.served)?,
                    not_served: self.languages.not_served,
                },
                safety: self.safety.into(),
                rights: list("rights", self.rights)?,
                platform: self.platform,
                questions: fallible("questions", self.questions, FileQuestion::into_question)?,
                survey: fallible("survey", self.survey, FileSurveyItem::into_item)?,
                locales: list("locales", locales)?,
            },
            guidance: Guidance {
                canned_messages: list("canned_messages", self.canned_messages)?,
                guides: list("guides", self.guides)?,
                checklist: self.checklist.into_checklist()?,
                check_in,
                offers,
                code_words: self.code_words.into(),
                turned_away: self.turned_away.say,
            },
        })
    }
}

impl From<FileCodeWords> for CodeWordTimes {
    fn from(file: FileCodeWords) -> Self {
        Self { due_days: file.due_days, delete_days: file.delete_days }
    }
}

impl FileOffers {
    /// With the languages that the policy names, each once.
    fn offers(&self, file: &File) -> Result<Offers, String> {
        let served = file.languages.served.iter().map(|language| &language.tag);
        let named = [&file.language].into_iter().chain(served);
        let mut languages = Vec::<Text<16>>::new();
        for tag in named.chain(file.locales.iter().map(|locale| &locale.tag)) {
            if !languages.contains(tag) {
                languages.push(tag.clone());
            }
        }
        let languages = list("offers", languages)?;
        Ok(Offers { accept_seconds: self.accept_seconds, languages })
    }
}

impl FileHours {
    fn into_hours(self) -> Result<Hours, String> {
        let weekly: Vec<Weekly> = self.open.iter().flat_map(FileWeekly::weekly).collect();
        Ok(Hours {
            time_zone: self.time_zone,
            always_open: self.always_open.into(),
            weekly: list("hours.open", weekly)?,
            exceptions: fallible(
                "hours.exceptions",
                self.exceptions,
                FileException::into_exception,
            )?,
            note: self.note,
        })
    }
}

impl FileWeekly {
    fn weekly(&self) -> impl Iterator<Item = Weekly> {
        let time = open_time(self.from, self.until);
        self.days.iter().map(move |day| Weekly { day: *day, time })
    }
}

impl FileException {
    fn into_exception(self) -> Result<Exception, String> {
        let open: Vec<OpenTime> =
            self.open.iter().map(|time| open_time(time.from, time.until)).collect();
        let open = list("hours.exceptions.open", open)?;
        Ok(Exception { date: self.date, open, text: self.text })
    }
}

impl FileNotice {
    fn into_notice(self, zone: &str) -> Result<Notice, String> {
        Ok(Notice {
            kind: self.kind,
            text: self.text,
            from: self.from.map(|at| moment("notices.from", at, zone)).transpose()?,
            until: self.until.map(|at| moment("notices.until", at, zone)).transpose()?,
        })
    }
}

impl FileQuestion {
    fn into_question(self) -> Result<Question, String> {
        Ok(Question {
            id: self.id,
            ask: self.ask,
            why: self.why,
            privacy: self.privacy,
            choices: list("questions.choices", self.choices)?,
        })
    }
}

impl FileChecklist {
    fn into_checklist(self) -> Result<Checklist, String> {
        Ok(Checklist {
            rights: list("checklist.rights", self.rights)?,
            platform: list("checklist.platform", self.platform)?,
            ending: list("checklist.ending", self.ending)?,
            own: self.own,
        })
    }
}

impl FileSurveyItem {
    fn into_item(self) -> Result<SurveyItem, String> {
        Ok(SurveyItem {
            id: self.id,
            ask: self.ask,
            choices: list("survey.choices", self.choices)?,
            free_text: self.free_text,
        })
    }
}

/// What closes at an earlier time of day than it opens closes on the next day. Past 24:00 the hours of that day can be
/// written as well, which is the only way to say that something is open for a whole day from another time than 0:00.
fn open_time(from: u16, until: u16) -> OpenTime {
    let closes = if until < from { until + OpenTime::DAY } else { until };
    OpenTime { opens: from, closes }
}

fn list<F, T: From<F>, const MAX: usize>(
    field: &str,
    entries: Vec<F>,
) -> Result<List<T, MAX>, String> {
    fallible(field, entries, |entry| Ok(entry.into()))
}

fn fallible<F, T, const MAX: usize>(
    field: &str,
    entries: Vec<F>,
    read: impl Fn(F) -> Result<T, String>,
) -> Result<List<T, MAX>, String> {
    let entries = entries.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    entries.try_into().map_err(|_| alloc::format!("{field}: at most {MAX} of these are allowed"))
}

/// Records whose file form differs from the signed one in nothing but how it is read.
macro_rules! same {
    ($($file:ident => $record:ident { $($field:ident),* })*) => {
        $(impl From<$file> for $record {
            fn from(file: $file) -> Self {
                Self { $($field: file.$field),* }
            }
        })*
    };
}

same! {
    FileEmergency => Emergency { number, text }
    FileAlternative => Alternative { kind, label, value }
    FileLanguage => Language { tag, name, by, hours }
    FileSafety => Safety { text, question, yes, not_sure, no, advice, safer_ways }
    FileRight => Right { id, short, details }
    FileOpeningMessage => OpeningMessage { text, details }
    FileChoice => Choice { id, text }
    FileCannedMessage => CannedMessage { id, title, text }
    FileGuide => Guide { id, kind, title, text, say }
    FileTimers => Timers { silence_ask, silence_warn, silence_close, line_kept, shift_margin }
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

/// A date of the calendar. Whether there is such a day is for `check`.
fn calendar_date<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
    let value = Datetime::deserialize(from)?;
    let date = value.date.filter(|_| value.time.is_none());
    let date = date.ok_or_else(|| D::Error::custom("expected a date such as 2027-01-31"))?;
    Ok(Date { year: date.year, month: date.month, day: date.day })
}

/// A date and a time of day, at the program's own clock where it names no other.
fn moment(field: &str, at: Datetime, zone: &str) -> Result<u64, String> {
    let wrong = || {
        alloc::format!("{field}: expected a date and a time such as 2027-01-31T18:00:00, not {at}")
    };
    let date = at.date.ok_or_else(wrong)?;
    let time = at.time.ok_or_else(wrong)?;
    let date = Date { year: date.year, month: date.month, day: date.day };
    let minutes = u16::from(time.hour) * 60 + u16::from(time.minute);
    let minute = match at.offset {
        None => seconds_in_zone(date, minutes, zone),
        Some(toml::value::Offset::Z) => seconds_at_offset(date, minutes, 0),
        Some(toml::value::Offset::Custom { minutes: offset }) => {
            seconds_at_offset(date, minutes, offset)
        }
    };
    minute.map(|minute| minute + u64::from(time.second.unwrap_or(0))).ok_or_else(wrong)
}

/// A date, as the seconds from the Unix epoch to its first moment in UTC; or a moment that names its own clock.
fn date<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    seconds_of(Datetime::deserialize(from)?).map_err(D::Error::custom)
}

fn seconds_of(value: Datetime) -> Result<u64, String> {
    if value.offset.is_some() {
        return moment("date", value, "UTC");
    }
    let only_date = value.date.filter(|_| value.time.is_none());
    let date = only_date.ok_or("expected a date such as 2027-01-31")?;
    let date = Date { year: date.year, month: date.month, day: date.day };
    seconds_at_offset(date, 0, 0).ok_or_else(|| "the date is before 1970".into())
}

/// Whether a file can have this as a date.
pub(super) fn is_date(said: &str) -> bool {
    said.parse::<Datetime>().is_ok_and(|value| seconds_of(value).is_ok())
}

/// A time such as "09:30", as minutes after midnight; "24:00" is the day's end.
fn time_of_day<'de, D: Deserializer<'de>>(from: D) -> Result<u16, D::Error> {
    let text = String::deserialize(from)?;
    minutes(&text, OpenTime::DAY).ok_or_else(|| D::Error::custom(NOT_A_TIME))
}

/// The same, up to the end of the next day.
fn closing_time<'de, D: Deserializer<'de>>(from: D) -> Result<u16, D::Error> {
    let text = String::deserialize(from)?;
    minutes(&text, 2 * OpenTime::DAY).ok_or_else(|| D::Error::custom(NOT_A_TIME))
}

const NOT_A_TIME: &str = "expected a time such as \"09:30\"";

fn minutes(text: &str, most: u16) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !two_digits(hours) || !two_digits(minutes) {
        return None;
    }
    let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok()?);
    let total = hours * 60 + minutes;
    (minutes < 60 && total <= most).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_strictly() {
        let of_day = |text| minutes(text, OpenTime::DAY);
        assert_eq!(of_day("09:30"), Some(570));
        assert_eq!(of_day("24:00"), Some(1440));
        assert_eq!(minutes("34:00", 2 * OpenTime::DAY), Some(2040));
        for wrong in ["9:30", "24:01", "12:60", "12", "+1:00", ""] {
            assert_eq!(of_day(wrong), None, "{wrong}");
        }
    }
}
