//! What one policy says and another does not, field by field: for whoever is about to publish one.

use alloc::borrow::ToOwned as _;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use crate::keys::Fingerprint;
use crate::policy::calendar::local_in_zone;
use crate::policy::{
    Alternative, Choice, CodeWordTimes, Exception, Guidance, Hours, Language, OpenTime, Page,
    Policy, Terms,
};

/// One field that is not the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The field, as the policy's file names it; in a list with the entry's own name, or its number.
    pub field: String,
    /// What the older policy says; nothing where it has no such entry.
    pub before: Option<String>,
    /// What the newer policy says; nothing where it has no such entry.
    pub after: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.field)?;
        for (mark, said) in [('-', &self.before), ('+', &self.after)] {
            if let Some(said) = said {
                write!(f, "\n  {mark} {}", said.replace('\n', "\n    "))?;
            }
        }
        Ok(())
    }
}

impl Policy {
    /// What a newer policy says otherwise, in the order of the older one; what is new comes last.
    pub fn differences(&self, newer: &Self) -> Vec<Difference> {
        let (before, after) = (fields(self), fields(newer));
        let find = |fields: &[(String, String)], name: &str| {
            fields.iter().find(|(field, _)| field == name).map(|(_, said)| said.clone())
        };
        let mut differences = Vec::new();
        for (field, said) in &before {
            let now = find(&after, field);
            if now.as_ref() != Some(said) {
                let before = Some(said.clone());
                differences.push(Difference { field: field.clone(), before, after: now });
            }
        }
        for (field, said) in after {
            if find(&before, &field).is_none() {
                differences.push(Difference { field, before: None, after: Some(said) });
            }
        }
        differences
    }
}

/// All that a policy says, each under the name that its file has for it.
fn fields(policy: &Policy) -> Vec<(String, String)> {
    let mut fields = Fields(Vec::new());
    fields.terms(&policy.terms);
    fields.page(&policy.page);
    fields.guidance(&policy.guidance);
    fields.0
}

struct Fields(Vec<(String, String)>);

impl Fields {
    /// What is empty is not there. A second entry of the same name is told from the first.
    fn add(&mut self, field: impl Into<String>, said: impl Into<String>) {
        let (mut field, said) = (field.into(), said.into());
        if said.is_empty() {
            return;
        }
        while self.0.iter().any(|(other, _)| *other == field) {
            field.push_str(" (again)");
        }
        self.0.push((field, said));
    }

    fn all(&mut self, said: &[(&str, &str)]) {
        for (field, said) in said {
            self.add(*field, *said);
        }
    }

    fn entry(&mut self, list: &str, id: &str, said: &[(&str, &str)]) {
        for (field, said) in said {
            self.add(alloc::format!("{list} {id:?} {field}"), *said);
        }
    }

    fn terms(&mut self, terms: &Terms) {
        self.add("version", terms.version.to_string());
        self.add("issued", written_moment(terms.issued, "UTC"));
        self.add("expires", written_moment(terms.expires, "UTC"));
        for (number, exit) in (1..).zip(terms.exits.iter()) {
            self.add(alloc::format!("exits {number}"), &**exit);
        }
        for (number, message) in (1..).zip(terms.opening_messages.iter()) {
            let said = [("text", &*message.text), ("details", &*message.details)];
            self.entry("opening_messages", &alloc::format!("{number}"), &said);
        }
        let timers = &terms.timers;
        for (field, minutes) in [
            ("timers.silence_ask", timers.silence_ask),
            ("timers.silence_warn", timers.silence_warn),
            ("timers.silence_close", timers.silence_close),
            ("timers.line_kept", timers.line_kept),
            ("timers.shift_margin", timers.shift_margin),
        ] {
            self.add(field, minutes.to_string());
        }
    }

    fn page(&mut self, page: &Page) {
        self.all(&[
            ("language", &page.language),
            ("name", &page.name),
            ("neutral_name", &page.neutral_name),
            ("title", &page.title),
            ("icon", page.icon.word()),
            ("about", &page.about),
            ("platform", &page.platform),
            ("emergency.number", &page.emergency.number),
            ("emergency.text", &page.emergency.text),
            ("languages.not_served", &page.languages.not_served),
            ("safety.text", &page.safety.text),
            ("safety.question", &page.safety.question),
            ("safety.yes", &page.safety.yes),
            ("safety.not_sure", &page.safety.not_sure),
            ("safety.no", &page.safety.no),
            ("safety.advice", &page.safety.advice),
        ]);
        for (number, way) in (1..).zip(page.safety.safer_ways.iter()) {
            self.add(alloc::format!("safety.safer_ways {number}"), &**way);
        }
        self.hours(&page.hours);
        self.notices(page);
        page.alternatives.iter().for_each(|alternative| self.alternative(alternative));
        page.languages.served.iter().for_each(|language| self.language(language));
        for right in page.rights.iter() {
            let said = [("short", &*right.short), ("details", &*right.details)];
            self.entry("rights", &right.id, &said);
        }
        self.asked(page);
        self.locales(page);
    }

    fn hours(&mut self, hours: &Hours) {
        self.add("hours.time_zone", &*hours.time_zone);
        self.add("hours.always_open", if *hours.always_open { "true" } else { "false" });
        self.add("hours.note", &*hours.note);
        let mut days: Vec<_> = hours.weekly.iter().map(|weekly| weekly.day).collect();
        days.sort_unstable();
        days.dedup();
        for day in days {
            let of_day = hours.weekly.iter().filter(|weekly| weekly.day == day);
            let times = of_day.map(|weekly| weekly.time);
            let name = alloc::format!("{day:?}").to_lowercase();
            self.add(alloc::format!("hours.open {name}"), written_times(times));
        }
        hours.exceptions.iter().for_each(|exception| self.exception(exception));
    }

    fn exception(&mut self, exception: &Exception) {
        let times = written_times(exception.open.iter().copied());
        let times = if times.is_empty() { "closed".to_owned() } else { times };
        let said = if exception.text.is_empty() {
            times
        } else {
            alloc::format!("{times}: {}", &*exception.text)
        };
        self.add(alloc::format!("hours.exceptions {}", exception.date), said);
    }

    fn notices(&mut self, page: &Page) {
        for (number, notice) in (1..).zip(page.notices.iter()) {
            let kind = notice.kind.word();
            let moment = |at: Option<u64>| {
                at.map(|at| written_moment(at, &page.hours.time_zone)).unwrap_or_default()
            };
            let (from, until) = (moment(notice.from), moment(notice.until));
            let said =
                [("kind", kind), ("text", &*notice.text), ("from", &from), ("until", &until)];
            self.entry("notices", &alloc::format!("{number}"), &said);
        }
    }

    fn alternative(&mut self, alternative: &Alternative) {
        let kind = alternative.kind.word();
        let said = [("kind", kind), ("value", &*alternative.value)];
        self.entry("alternatives", &alternative.label, &said);
    }

    fn language(&mut self, language: &Language) {
        let by = language.by.word();
        let said = [("name", &*language.name), ("by", by), ("hours", &*language.hours)];
        self.entry("languages.served", &language.tag, &said);
    }

    fn locales(&mut self, page: &Page) {
        for locale in page.locales.iter() {
            let file = Fingerprint(locale.file).to_string();
            let said = [
                ("name", &*locale.name),
                ("direction", locale.direction.word()),
                ("SHA-256 of its file", &*file),
            ];
            self.entry("locales", &locale.tag, &said);
        }
    }

    fn asked(&mut self, page: &Page) {
        for question in page.questions.iter() {
            let said = [
                ("ask", &*question.ask),
                ("why", &*question.why),
                ("privacy", &*question.privacy),
                ("choices", &written_choices(&question.choices)),
            ];
            self.entry("questions", &question.id, &said);
        }
        for item in page.survey.iter() {
            let said = [
                ("ask", &*item.ask),
                ("choices", &written_choices(&item.choices)),
                ("free_text", &item.free_text.to_string()),
            ];
            self.entry("survey", &item.id, &said);
        }
    }
}

impl Fields {
    fn guidance(&mut self, guidance: &Guidance) {
        self.add("timers.check_in", guidance.check_in.to_string());
        if let Some(offers) = &guidance.offers {
            self.add("offers.accept_seconds", offers.accept_seconds.to_string());
        }
        let CodeWordTimes { due_days, delete_days } = guidance.code_words;
        for (field, days) in
            [("code_words.due_days", due_days), ("code_words.delete_days", delete_days)]
        {
            if let Some(days) = days {
                self.add(field, days.to_string());
            }
        }
        if !guidance.turned_away.is_empty() {
            self.add("turned_away.say", &*guidance.turned_away);
        }
        for message in guidance.canned_messages.iter() {
            let said = [("title", &*message.title), ("text", &*message.text)];
            self.entry("canned_messages", &message.id, &said);
        }
        for guide in guidance.guides.iter() {
            let said = [
                ("kind", guide.kind.word()),
                ("title", &*guide.title),
                ("text", &*guide.text),
                ("say", &*guide.say),
            ];
            self.entry("guides", &guide.id, &said);
        }
        let checklist = &guidance.checklist;
        for (field, told_by) in [
            ("checklist.rights", &checklist.rights),
            ("checklist.platform", &checklist.platform),
            ("checklist.ending", &checklist.ending),
        ] {
            let told_by: Vec<String> = told_by.iter().map(u8::to_string).collect();
            self.add(field, told_by.join(", "));
        }
        for (number, line) in (1..).zip(checklist.own.iter()) {
            self.add(alloc::format!("checklist.own {number}"), &**line);
        }
    }
}

/// A moment as a clock in this zone shows it, or in seconds where nobody knows the zone.
fn written_moment(seconds: u64, zone: &str) -> String {
    local_in_zone(seconds, zone).map_or_else(|| seconds.to_string(), |there| there.to_string())
}

fn written_times(times: impl Iterator<Item = OpenTime>) -> String {
    let mut times: Vec<OpenTime> = times.collect();
    times.sort_unstable();
    times.iter().map(OpenTime::to_string).collect::<Vec<_>>().join(", ")
}

fn written_choices(choices: &[Choice]) -> String {
    let written: Vec<String> = choices
        .iter()
        .map(|choice| alloc::format!("{} ({})", &*choice.text, &*choice.id))
        .collect();
    written.join("\n")
}
