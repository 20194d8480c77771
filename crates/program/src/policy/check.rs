//! What is wrong with a policy, in words for whoever writes it.
//!
//! It finds what cannot be meant: nothing to leave to, a closing before the opening, a title that tells
//! what the page is. It cannot find what is merely untrue.

use alloc::vec::Vec;
use core::fmt;

use stillroom_wire::Text;

use crate::limits::POLICY_LASTS_MAX;
use crate::policy::{Alternative, AlternativeKind, Policy, Timers, Weekly};
use crate::reasons::reasons;

/// Words that a title must not hold: whoever looks over a shoulder or at a history reads it.
const TELLING: [&str; 11] = [
    "abuse", "advocate", "assault", "crisis", "domestic", "help", "hotline", "shelter", "survivor",
    "victim", "violence",
];

reasons! {
    /// What is wrong with a part of a policy.
    Problem {
        /// It must not be empty.
        Empty => "must not be empty",
        /// Version 0 is never published.
        NoVersion => "must be 1 or more",
        /// It ends before it begins.
        EndsTooEarly => "must be later than the start",
        /// It holds for more than 400 days.
        LastsTooLong => "must be no more than 400 days after the start",
        /// It says what the page is about.
        TellsTooMuch => "says what the page is: a neutral title shows in the browser's history",
        /// It is not an `https` address.
        NotHttps => "must be an address that starts with https://",
        /// It is not a telephone number.
        NotANumber => "must be a telephone number",
        /// It is not an address for e-mail.
        NotAnAddress => "must be an address for e-mail",
        /// It is not an Area/City name.
        NotATimeZone => "must be a time zone such as America/Chicago",
        /// A time of the week overlaps with another one.
        Overlaps => "overlaps with another one",
        /// The minutes do not come one after the other.
        OutOfOrder => "must come later than the one before it",
    }
}

/// One thing to mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The part of the policy, as its file names it.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: Problem,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.problem)
    }
}

impl Policy {
    /// All that has to be mended before the policy can be signed; nothing where it is sound.
    pub fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        self.check_texts(&mut findings);
        self.check_time(&mut findings);
        check_exits(&self.exits, &mut findings);
        check_alternatives(&self.alternatives, &mut findings);
        check_hours(&self.hours, &mut findings);
        check_timers(&self.timers, &mut findings);
        findings
    }

    fn check_texts(&self, findings: &mut Vec<Finding>) {
        let texts = [
            ("language", self.language.as_str()),
            ("name", &self.name),
            ("title", &self.title),
            ("about", &self.about),
            ("emergency", &self.emergency),
            ("safety", &self.safety),
        ];
        let opening = self.opening_messages.iter().map(|text| ("opening_messages", text.as_str()));
        for (field, text) in texts.into_iter().chain(opening) {
            if text.trim().is_empty() {
                findings.push(Finding { field, problem: Problem::Empty });
            }
        }
        let (title, name) = (self.title.to_lowercase(), self.name.trim().to_lowercase());
        let named = !name.is_empty() && title.contains(&name);
        if named || TELLING.iter().any(|word| title.contains(word)) {
            findings.push(Finding { field: "title", problem: Problem::TellsTooMuch });
        }
        if !is_time_zone(&self.time_zone) {
            findings.push(Finding { field: "hours.time_zone", problem: Problem::NotATimeZone });
        }
    }

    fn check_time(&self, findings: &mut Vec<Finding>) {
        if self.version == 0 {
            findings.push(Finding { field: "version", problem: Problem::NoVersion });
        }
        let problem = match self.expires.checked_sub(self.issued) {
            None | Some(0) => Problem::EndsTooEarly,
            Some(lasts) if lasts > POLICY_LASTS_MAX.as_secs() => Problem::LastsTooLong,
            Some(_) => return,
        };
        findings.push(Finding { field: "expires", problem });
    }
}

fn check_exits(exits: &[Text<200>], findings: &mut Vec<Finding>) {
    if exits.is_empty() {
        findings.push(Finding { field: "exits", problem: Problem::Empty });
    }
    if !exits.iter().all(|exit| is_https(exit)) {
        findings.push(Finding { field: "exits", problem: Problem::NotHttps });
    }
}

/// There must be one: chat is not always open, and a page does not always work.
fn check_alternatives(alternatives: &[Alternative], findings: &mut Vec<Finding>) {
    if alternatives.is_empty() {
        findings.push(Finding { field: "alternatives", problem: Problem::Empty });
    }
    for alternative in alternatives {
        if alternative.label.trim().is_empty() || alternative.value.trim().is_empty() {
            findings.push(Finding { field: "alternatives", problem: Problem::Empty });
        } else if let Some(problem) = alternative.problem() {
            findings.push(Finding { field: "alternatives.value", problem });
        }
    }
}

impl Alternative {
    fn problem(&self) -> Option<Problem> {
        use AlternativeKind::{Email, Phone, Place, Sms, Tty, Video, Website};
        match self.kind {
            Phone | Sms | Tty | Video => (!is_number(&self.value)).then_some(Problem::NotANumber),
            Email => (!is_email(&self.value)).then_some(Problem::NotAnAddress),
            Website => (!is_https(&self.value)).then_some(Problem::NotHttps),
            Place => None,
        }
    }
}

fn check_hours(hours: &[Weekly], findings: &mut Vec<Finding>) {
    let mut hours = hours.to_vec();
    hours.sort_unstable();
    for time in &hours {
        if time.opens >= time.closes || time.closes > 24 * 60 {
            findings.push(Finding { field: "hours.open.until", problem: Problem::EndsTooEarly });
        }
    }
    let overlap = |pair: &[Weekly]| match pair {
        [one, next] => one.day == next.day && next.opens < one.closes,
        _ => false,
    };
    if hours.windows(2).any(overlap) {
        findings.push(Finding { field: "hours.open", problem: Problem::Overlaps });
    }
}

fn check_timers(timers: &Timers, findings: &mut Vec<Finding>) {
    if timers.silence_ask == 0 {
        findings.push(Finding { field: "timers.silence_ask", problem: Problem::Empty });
    }
    if timers.silence_warn <= timers.silence_ask {
        findings.push(Finding { field: "timers.silence_warn", problem: Problem::OutOfOrder });
    }
    if timers.silence_close <= timers.silence_warn {
        findings.push(Finding { field: "timers.silence_close", problem: Problem::OutOfOrder });
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

fn is_time_zone(name: &str) -> bool {
    let parts = name.split('/').all(|part| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "_+-".contains(c))
    });
    parts && (name.contains('/') || name == "UTC")
}
