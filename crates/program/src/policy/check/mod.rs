//! What is wrong with a policy, in words for whoever writes it.
//!
//! It finds what cannot be meant (nothing to leave to, a closing before the opening), what tells too much (a
//! title), and what the guidance forbids: to ask for what could name or find somebody, an opening message
//! that is too long, a page with no other way to reach an advocate. It reads English and a little Spanish,
//! and cannot find what is merely untrue.

mod asked;
mod exits;
mod guidance;
mod hours;
mod links;
mod phrases;
mod shown;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use stillroom_wire::Text;

use crate::limits::{
    OPENING_MESSAGE_CHARACTERS, POLICY_LASTS_MAX, POLICY_PAGE_MAX, POLICY_VERSION_JUMP,
    POLICY_VERSION_MAX, TIMER_MAX,
};
use crate::policy::calendar::is_time_zone;
use crate::policy::{
    Alternative, AlternativeKind, Language, Locale, OpeningMessage, Page, Policy, Right, Terms,
    TextKind, Timers,
};
use crate::reasons::reasons;
use crate::time::{Outside, Timestamp, within};

reasons! {
    /// What is wrong with a part of a policy.
    Problem {
        /// It must not be empty.
        Empty => "must not be empty",
        /// Version 0 is never published.
        NoVersion => "must be 1 or more",
        /// No later one could follow it for long.
        VersionTooHigh => "must be no more than 999999999999: the next one is higher still",
        /// It ends before it begins.
        EndsTooEarly => "must be later than the start",
        /// It holds for more than 400 days.
        LastsTooLong => "must be no more than 400 days after the start",
        /// It says what the page is about.
        TellsTooMuch => "says what the page is: a neutral title shows in the browser's history",
        /// It is one of the program's own websites.
        LeadsBack => "must not be a website of the program's own: whoever looks would see what this was",
        /// It is not an `https` address.
        NotHttps => "must be an address that starts with https://",
        /// It is not a telephone number.
        NotANumber => "must be a telephone number",
        /// It is not an address for e-mail.
        NotAnAddress => "must be an address for e-mail",
        /// It is not a time zone of the IANA database.
        NotATimeZone => "must be a time zone such as America/Chicago",
        /// The calendar has no such date.
        NotADate => "is not a date of the calendar",
        /// It is not a language tag.
        NotALanguage => "must be a language tag such as en or zh-Hant",
        /// A time overlaps with another one.
        Overlaps => "overlaps with another one",
        /// A time does not begin within its day.
        NotOfTheDay => "must be before 24:00",
        /// No time of the week is closed, and nobody said that this is meant.
        NeverCloses => "never closes: say `always_open = true` if that is meant",
        /// It is always open, and has hours all the same.
        HoursThoughAlwaysOpen => "must be left out where `always_open = true`",
        /// The minutes do not come one after the other.
        OutOfOrder => "must come later than the one before it",
        /// Nobody waits that long.
        TooManyMinutes => "must be no more than 240 minutes",
        /// Nobody can look up and answer so fast, or whoever waits is asked after too slowly.
        AcceptSeconds => "must be from 15 to 300 seconds",
        /// A code word goes before it could be given again, or is kept for years.
        CodeWordDays => "must be from 7 to 1,095 days",
        /// A word that is gone cannot be changed.
        DeletedBeforeDue => "must be more than `due_days`",
        /// It is not a name that sums can be kept under.
        NotAnId => "must be of small letters, digits and hyphens",
        /// Two have the same name.
        Twice => "is there twice",
        /// An opening message is too long to be read.
        TooManyCharacters => "must have no more than 400 characters",
        /// There are details, and the message does not lead to them.
        NoDetails => "must name the right whose details say more",
        /// It leads to details that are not there.
        UnknownDetails => "must be the id of a right that has details",
        /// A question that can be answered with one thing only.
        TooFewChoices => "must have two choices or more",
        /// Nothing can be answered.
        NoAnswer => "must have choices, or `free_text`",
        /// More free text than a survey needs.
        TooMuchFreeText => "must be no more than 500 characters",
        /// More free text in all items of a survey than its sealed answers hold.
        TooMuchFreeTextInAll => "the items may let people write no more than 1000 characters together",
        /// It asks for a name.
        AsksName => "must not ask for a name",
        /// It asks how to reach somebody.
        AsksContact => "must not ask for a telephone number, an address or any other way to reach somebody",
        /// It asks for a number that is one person's alone.
        AsksNumber => "must not ask for a passport, a licence or any number that is one person's alone",
        /// It asks for a date of birth.
        AsksBirth => "must not ask for a date of birth",
        /// It asks for an age in years.
        AsksAge => "must not ask for an age in years: offer groups to choose from",
        /// A prepared message is too long to be read.
        TooManyPreparedCharacters => "must have no more than 600 characters",
        /// A brace is open, or nothing or too much stands in it.
        Placeholder => "has a placeholder that is not finished: `{name of place}`, of at most 60 characters",
        /// It is sent as it is, and nobody can fill it.
        PlaceholderInSaid => "must have no placeholder: it is sent as it is",
        /// The guide about mandatory reporting has no reminder of limits.
        NothingToSay => "must say what one press tells the survivor, since the guide is about reporting",
        /// Another guide has one.
        NotToBeSaid => "must be left out: only a guide about reporting is sent to the survivor",
        /// The checklist names an opening message that is not there.
        UnknownOpening => "must be the number of an opening message",
        /// It leads out of the page.
        HoldsLink => "must not hold a link or an address",
        /// All texts together are too long.
        TooLong => "the texts of the policy are too long all together",
    }
}

/// One thing to mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The part of the policy, as its file names it; with the entry's name or number in a list.
    pub field: String,
    /// The same part as a path along the policy, for a page to find what to mark: names of the file with points
    /// between them, and the place of an entry in its list, counted from 0: `alternatives[2].value`. Where a list as
    /// a whole is meant it is the list's. Of the week's hours, `hours.open` is counted day by day, as in
    /// [`Hours::weekly`](crate::Hours::weekly).
    pub path: String,
    /// What is wrong with it.
    pub problem: Problem,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.problem)
    }
}

/// Where something is wrong: for people, and for a page.
#[derive(Clone)]
struct Place {
    field: String,
    path: String,
}

impl Place {
    /// A part of an entry of a list, which is called `name`.
    fn of_entry(list: &str, at: usize, part: &str, name: impl fmt::Display) -> Self {
        Self {
            field: alloc::format!("{list}.{part} {name}"),
            path: alloc::format!("{list}[{at}].{part}"),
        }
    }

    /// The same in the list, told by what it is.
    fn of_field(field: impl Into<String>, path: impl Into<String>) -> Self {
        Self { field: field.into(), path: path.into() }
    }

    /// A part of what is there, in a list or not.
    fn part(&self, part: &str) -> Self {
        let Self { field, path } = self;
        Self { field: alloc::format!("{field}.{part}"), path: alloc::format!("{path}.{part}") }
    }
}

impl From<&str> for Place {
    fn from(field: &str) -> Self {
        Self::of_field(field, field)
    }
}

/// The name of an entry, in quotes.
fn quoted(name: &str) -> String {
    alloc::format!("{name:?}")
}

/// What was found so far.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, place: impl Into<Place>, problem: Problem) {
        let Place { field, path } = place.into();
        self.0.push(Finding { field, path, problem });
    }

    fn add_if(&mut self, wrong: bool, place: impl Into<Place>, problem: Problem) {
        if wrong {
            self.add(place, problem);
        }
    }

    fn all(&mut self, place: &Place, problems: impl IntoIterator<Item = Problem>) {
        for problem in problems {
            self.add(place.clone(), problem);
        }
    }

    fn not_empty<const MAX: usize>(&mut self, place: impl Into<Place>, text: &Text<MAX>) {
        self.add_if(text.trim().is_empty(), place, Problem::Empty);
    }

    /// Names of entries: each fit to keep sums under, and there once.
    fn ids<'a>(&mut self, list: &Place, ids: impl Iterator<Item = &'a str>) {
        let mut seen: Vec<&str> = Vec::new();
        for (at, id) in ids.enumerate() {
            let Place { field, path } = list;
            let field = alloc::format!("{field}.id {id:?}");
            let place = Place::of_field(field, alloc::format!("{path}[{at}].id"));
            self.add_if(!is_id(id), place.clone(), Problem::NotAnId);
            self.add_if(seen.contains(&id), place, Problem::Twice);
            seen.push(id);
        }
    }
}

reasons! {
    /// Why a policy that is sound does not hold now.
    Untimely {
        /// It held until an earlier time.
        RanOut => "has run out: no relay takes it, and no chat starts under it",
        /// It holds from a later time on.
        NotYet => "begins later: no relay takes it before",
    }
}

impl Policy {
    /// Whether it holds at this time, and if not, why.
    ///
    /// # Errors
    /// [`Untimely`].
    pub fn holds(&self, now: Timestamp) -> Result<(), Untimely> {
        let Terms { issued, expires, .. } = self.terms;
        within(issued, expires, now, Duration::ZERO).map_err(|outside| match outside {
            Outside::Early => Untimely::NotYet,
            Outside::Late => Untimely::RanOut,
        })
    }

    /// Whether its version is so far ahead of an older one's that somebody's hand may have slipped.
    pub fn jumps_from(&self, older: &Self) -> bool {
        self.terms.version.saturating_sub(older.terms.version) > POLICY_VERSION_JUMP
    }

    /// All that has to be mended before the policy can be signed; nothing where it is sound.
    pub fn check(&self) -> Vec<Finding> {
        let mut findings = Findings::default();
        check_terms(&self.terms, &mut findings);
        check_page(&self.page, &mut findings);
        exits::check(&self.terms.exits, &self.page.alternatives, &mut findings);
        check_opening_messages(&self.terms.opening_messages, &self.page.rights, &mut findings);
        guidance::check(&self.guidance, self.terms.opening_messages.len(), &mut findings);
        findings.0
    }
}

fn check_terms(terms: &Terms, findings: &mut Findings) {
    findings.add_if(terms.version == 0, "version", Problem::NoVersion);
    let too_high = terms.version > POLICY_VERSION_MAX;
    findings.add_if(too_high, "version", Problem::VersionTooHigh);
    match terms.expires.checked_sub(terms.issued) {
        None | Some(0) => findings.add("expires", Problem::EndsTooEarly),
        Some(lasts) if lasts > POLICY_LASTS_MAX.as_secs() => {
            findings.add("expires", Problem::LastsTooLong);
        }
        Some(_) => {}
    }
    findings.add_if(terms.exits.is_empty(), "exits", Problem::Empty);
    if let Some(at) = terms.exits.iter().position(|exit| !is_https(exit)) {
        findings.add(exits::place(at), Problem::NotHttps);
    }
    check_timers(&terms.timers, findings);
}

fn check_timers(timers: &Timers, findings: &mut Findings) {
    let silence = [
        ("timers.silence_ask", timers.silence_ask, 0),
        ("timers.silence_warn", timers.silence_warn, timers.silence_ask),
        ("timers.silence_close", timers.silence_close, timers.silence_warn),
    ];
    // All three are nought where staff mind it by hand.
    let by_hand = silence.iter().all(|(_, minutes, _)| *minutes == 0);
    let timed = silence.into_iter().filter(|_| !by_hand);
    for (field, minutes, after) in timed.chain([("timers.line_kept", timers.line_kept, 0)]) {
        findings.add_if(minutes == 0, field, Problem::Empty);
        findings.add_if(minutes > 0 && minutes <= after, field, Problem::OutOfOrder);
        findings.add_if(minutes > TIMER_MAX, field, Problem::TooManyMinutes);
    }
    let margin = timers.shift_margin;
    findings.add_if(margin > TIMER_MAX, "timers.shift_margin", Problem::TooManyMinutes);
}

fn check_page(page: &Page, findings: &mut Findings) {
    check_names(page, findings);
    findings.not_empty("about", &page.about);
    findings.not_empty("platform", &page.platform);
    findings.not_empty("emergency.text", &page.emergency.text);
    let number = &page.emergency.number;
    findings.add_if(!is_number(number), "emergency.number", Problem::NotANumber);
    let time_zone = &page.hours.time_zone;
    findings.add_if(!is_time_zone(time_zone), "hours.time_zone", Problem::NotATimeZone);
    hours::check(&page.hours, &page.notices, findings);
    check_alternatives(&page.alternatives, findings);
    check_languages(page, findings);
    check_locales(&page.locales, findings);
    check_safety(page, findings);
    check_rights(&page.rights, findings);
    asked::check_questions(&page.questions, findings);
    asked::check_survey(&page.survey, findings);
    let too_long = stillroom_wire::encode(page).len() > POLICY_PAGE_MAX;
    findings.add_if(too_long, "policy", Problem::TooLong);
}

fn check_names(page: &Page, findings: &mut Findings) {
    findings.not_empty("name", &page.name);
    let name = page.name.trim().to_lowercase();
    for (field, shown) in [("title", &page.title), ("neutral_name", &page.neutral_name)] {
        findings.not_empty(field, shown);
        let named = !name.is_empty() && shown.to_lowercase().contains(&name);
        let telling = named || shown::tells(shown);
        findings.add_if(telling, field, Problem::TellsTooMuch);
    }
}

/// There must be one: chat is not always open, and a page does not always work.
fn check_alternatives(alternatives: &[Alternative], findings: &mut Findings) {
    findings.add_if(alternatives.is_empty(), "alternatives", Problem::Empty);
    for (at, alternative) in alternatives.iter().enumerate() {
        let path = |part: &str| alloc::format!("alternatives[{at}].{part}");
        if alternative.label.trim().is_empty() {
            findings.add(Place::of_field("alternatives", path("label")), Problem::Empty);
        } else if alternative.value.trim().is_empty() {
            findings.add(Place::of_field("alternatives", path("value")), Problem::Empty);
        } else if let Some(problem) = alternative.problem() {
            let field = alloc::format!("alternatives {:?}", &*alternative.label);
            findings.add(Place::of_field(field, path("value")), problem);
        }
    }
}

impl Alternative {
    fn problem(&self) -> Option<Problem> {
        use AlternativeKind::{Email, Hotline, Phone, Place, Relay, Sms, Tty, Video, Website};
        match self.kind {
            Phone | Sms | Tty | Video | Relay | Hotline => {
                (!is_number(&self.value)).then_some(Problem::NotANumber)
            }
            Email => (!is_email(&self.value)).then_some(Problem::NotAnAddress),
            Website => (!is_https(&self.value)).then_some(Problem::NotHttps),
            Place => None,
        }
    }
}

fn check_languages(page: &Page, findings: &mut Findings) {
    findings.add_if(!is_language(&page.language), "language", Problem::NotALanguage);
    let (served, not_served) = (&page.languages.served, &page.languages.not_served);
    findings.not_empty("languages.not_served", not_served);
    findings.add_if(served.is_empty(), "languages.served", Problem::Empty);
    for (number, Language { tag, name, .. }) in served.iter().enumerate() {
        let field = |part| Place::of_entry("languages.served", number, part, quoted(tag));
        findings.not_empty(field("name"), name);
        findings.add_if(!is_language(tag), field("tag"), Problem::NotALanguage);
        let twice = served.iter().take(number).any(|other| other.tag == *tag);
        findings.add_if(twice, field("tag"), Problem::Twice);
    }
}

/// Whether their files can be read is for whoever has the files.
fn check_locales(locales: &[Locale], findings: &mut Findings) {
    for (number, Locale { tag, name, .. }) in locales.iter().enumerate() {
        let field = |part| Place::of_entry("locales", number, part, quoted(tag));
        findings.not_empty(field("name"), name);
        findings.add_if(!is_language(tag), field("tag"), Problem::NotALanguage);
        let same = |other: &Locale| other.tag.eq_ignore_ascii_case(tag);
        let twice = locales.iter().take(number).any(same);
        findings.add_if(twice, field("tag"), Problem::Twice);
    }
}

fn check_safety(page: &Page, findings: &mut Findings) {
    let safety = &page.safety;
    findings.not_empty("safety.text", &safety.text);
    findings.not_empty("safety.question", &safety.question);
    findings.not_empty("safety.yes", &safety.yes);
    findings.not_empty("safety.not_sure", &safety.not_sure);
    findings.not_empty("safety.no", &safety.no);
    findings.not_empty("safety.advice", &safety.advice);
    findings.add_if(safety.safer_ways.is_empty(), "safety.safer_ways", Problem::Empty);
    if let Some(at) = safety.safer_ways.iter().position(|way| way.trim().is_empty()) {
        let path = alloc::format!("safety.safer_ways[{at}]");
        findings.add(Place::of_field("safety.safer_ways", path), Problem::Empty);
    }
}

fn check_rights(rights: &[Right], findings: &mut Findings) {
    findings.add_if(rights.is_empty(), "rights", Problem::Empty);
    findings.ids(&"rights".into(), rights.iter().map(|right| &*right.id));
    for (at, right) in rights.iter().enumerate() {
        let place = Place::of_entry("rights", at, "short", quoted(&right.id));
        findings.not_empty(place, &right.short);
    }
}

impl TextKind {
    /// What is wrong with a text of this kind, in whatever language it is.
    pub fn problem(self, text: &str) -> Option<Problem> {
        if self == Self::Opening {
            return is_too_long(text).then_some(Problem::TooManyCharacters);
        }
        asked::problems(self, text).into_iter().next()
    }
}

/// Whether an opening message is longer than people read.
fn is_too_long(opening: &str) -> bool {
    opening.chars().count() > OPENING_MESSAGE_CHARACTERS
}

/// Short, with more to read elsewhere: that is what the guidance asks of messages that appear by themselves.
fn check_opening_messages(messages: &[OpeningMessage], rights: &[Right], findings: &mut Findings) {
    let has_details = |right: &&Right| !right.details.trim().is_empty();
    let any_details = rights.iter().any(|right| has_details(&right));
    for (at, message) in messages.iter().enumerate() {
        let field = |part: &str| Place::of_entry("opening_messages", at, part, at + 1);
        findings.not_empty(field("text"), &message.text);
        findings.add_if(is_too_long(&message.text), field("text"), Problem::TooManyCharacters);
        let named = rights.iter().find(|right| right.id == message.details);
        if message.details.is_empty() {
            findings.add_if(any_details, field("details"), Problem::NoDetails);
        } else if named.filter(has_details).is_none() {
            findings.add(field("details"), Problem::UnknownDetails);
        }
    }
}

fn is_https(address: &str) -> bool {
    let unfit = |c: char| c.is_whitespace() || c.is_control() || "\"'<>\\".contains(c);
    match address.strip_prefix("https://") {
        Some(rest) => !rest.is_empty() && !rest.starts_with('/') && !rest.contains(unfit),
        None => false,
    }
}

/// Three digits or more, and what people write between them: also "988" and "1-800-799-SAFE (7233)".
fn is_number(number: &str) -> bool {
    number.chars().filter(char::is_ascii_digit).count() >= 3
        && number.chars().all(|c| c.is_ascii_alphanumeric() || "+-() ./,:".contains(c))
}

fn is_email(address: &str) -> bool {
    match address.split_once('@') {
        Some((local, host)) => {
            !local.is_empty() && host.contains('.') && !address.contains(char::is_whitespace)
        }
        None => false,
    }
}

/// A tag as browsers take it: two or three letters, and parts of up to eight.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

fn is_id(id: &str) -> bool {
    let fit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !id.is_empty() && id.bytes().all(fit)
}
