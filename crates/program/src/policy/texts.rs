//! The policy's own texts, each under the name that a file of another language has for it (`features.md` 1.5).
//!
//! Left out are those that must be the same in every language: the title and the neutral name, which show in
//! the browser's history; numbers and addresses, which are dialled; names of languages, which are written as
//! their speakers write them.

use alloc::string::String;
use alloc::vec::Vec;

use crate::policy::{AlternativeKind, Choice, Date, Page, Policy, Question, Terms};

/// A text of the policy that a page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyText<'a> {
    /// Its name.
    pub name: String,
    /// What it says in the policy's own language.
    pub text: &'a str,
    /// What it is for, and so what it must not say.
    pub kind: TextKind,
}

/// What a text of a policy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// It is shown, and that is all.
    Plain,
    /// The program says it by itself at the start of a chat.
    Opening,
    /// A question, or an item of the survey, with choices alone.
    Asked,
    /// An item of the survey to which people can write an answer.
    AskedFreely,
    /// It belongs to what is asked: a choice, why it is asked, what answering means for privacy.
    AboutAsked,
}

impl Policy {
    /// Every text that can be said in another language, as far as it is not empty.
    pub fn texts(&self) -> Vec<PolicyText<'_>> {
        let mut texts = Texts(Vec::new());
        texts.single(&self.page);
        texts.lists(&self.page);
        texts.openings(&self.terms);
        texts.asked(&self.page);
        texts.0
    }
}

struct Texts<'a>(Vec<PolicyText<'a>>);

impl<'a> Texts<'a> {
    fn add(&mut self, name: impl Into<String>, text: &'a str) {
        self.add_of(TextKind::Plain, name, text);
    }

    fn add_of(&mut self, kind: TextKind, name: impl Into<String>, text: &'a str) {
        if !text.trim().is_empty() {
            self.0.push(PolicyText { name: name.into(), text, kind });
        }
    }

    fn single(&mut self, page: &'a Page) {
        let safety = &page.safety;
        self.add("policy-name", &page.name);
        self.add("policy-about", &page.about);
        self.add("policy-platform", &page.platform);
        self.add("policy-emergency", &page.emergency.text);
        self.add("policy-hours-note", &page.hours.note);
        self.add("policy-not-served", &page.languages.not_served);
        self.add("policy-safety-text", &safety.text);
        self.add("policy-safety-question", &safety.question);
        self.add("policy-safety-yes", &safety.yes);
        self.add("policy-safety-not-sure", &safety.not_sure);
        self.add("policy-safety-no", &safety.no);
        self.add("policy-safety-advice", &safety.advice);
    }

    fn lists(&mut self, page: &'a Page) {
        for (number, way) in (1..).zip(page.safety.safer_ways.iter()) {
            self.add(Page::safer_way_name(number), way);
        }
        for right in page.rights.iter() {
            self.add(Page::entry_name("right", &right.id, "short"), &right.short);
            self.add(Page::entry_name("right", &right.id, "details"), &right.details);
        }
        for (number, alternative) in (1..).zip(page.alternatives.iter()) {
            self.add(Page::alternative_name(number, "label"), &alternative.label);
            if alternative.kind == AlternativeKind::Place {
                self.add(Page::alternative_name(number, "value"), &alternative.value);
            }
        }
        for (number, notice) in (1..).zip(page.notices.iter()) {
            self.add(Page::notice_name(number), &notice.text);
        }
        for exception in page.hours.exceptions.iter() {
            self.add(Page::exception_name(exception.date), &exception.text);
        }
    }

    fn openings(&mut self, terms: &'a Terms) {
        for (number, message) in (1..).zip(terms.opening_messages.iter()) {
            self.add_of(TextKind::Opening, Page::opening_name(number), &message.text);
        }
    }

    fn asked(&mut self, page: &'a Page) {
        for Question { id, ask, why, privacy, choices } in page.questions.iter() {
            let name = |part| Page::entry_name("question", id, part);
            self.add_of(TextKind::Asked, name("ask"), ask);
            self.add_of(TextKind::AboutAsked, name("why"), why);
            self.add_of(TextKind::AboutAsked, name("privacy"), privacy);
            self.choices("question", id, choices);
        }
        for item in page.survey.iter() {
            let free = item.free_text > 0;
            let kind = if free { TextKind::AskedFreely } else { TextKind::Asked };
            self.add_of(kind, Page::entry_name("survey", &item.id, "ask"), &item.ask);
            self.choices("survey", &item.id, &item.choices);
        }
    }

    fn choices(&mut self, list: &str, id: &str, choices: &'a [Choice]) {
        for choice in choices {
            let name = Page::choice_name(list, id, &choice.id);
            self.add_of(TextKind::AboutAsked, name, &choice.text);
        }
    }
}

/// The names of texts that stand in lists.
impl Page {
    /// Of a part of a right, a question or an item of the survey.
    pub fn entry_name(list: &str, id: &str, part: &str) -> String {
        alloc::format!("policy-{list}-{id}-{part}")
    }

    /// Of a choice.
    pub fn choice_name(list: &str, id: &str, choice: &str) -> String {
        alloc::format!("policy-{list}-{id}-choice-{choice}")
    }

    /// Of a safer way, counted from 1.
    pub fn safer_way_name(number: usize) -> String {
        alloc::format!("policy-safer-way-{number}")
    }

    /// Of a part of another way to reach an advocate, counted from 1.
    pub fn alternative_name(number: usize, part: &str) -> String {
        alloc::format!("policy-alternative-{number}-{part}")
    }

    /// Of an opening message, counted from 1.
    pub fn opening_name(number: usize) -> String {
        alloc::format!("policy-opening-{number}")
    }

    /// Of a notice, counted from 1.
    pub fn notice_name(number: usize) -> String {
        alloc::format!("policy-notice-{number}")
    }

    /// Of what is said of a date that is not as the week would have it.
    pub fn exception_name(date: Date) -> String {
        alloc::format!("policy-exception-{date}")
    }
}
