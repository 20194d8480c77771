//! Questions that a program must not ask: whatever could name, find or single out a person
//! (`features.md` 2.3).
//!
//! The words are those of English and a little Spanish. They are found wherever they stand, so that a
//! question may have to be put in other words; whoever asks in another language answers for all but links
//! and those words.

use alloc::vec::Vec;

use super::links::holds_link;
use super::phrases::{AGE, Words, asked_in_passing};
use super::{Findings, Place, Problem, quoted};
use crate::limits::{SURVEY_FREE_TEXT, SURVEY_FREE_TEXT_IN_ALL};
use crate::policy::{Choice, Question, SurveyItem, TextKind};

/// Up to this number a bare one among the choices is a grade or a count, such as "How much did it help?", unless
/// an age is asked for.
const SCALE_MAX: u16 = 10;

pub(super) fn check_questions(questions: &[Question], findings: &mut Findings) {
    findings.ids(&"questions".into(), questions.iter().map(|question| &*question.id));
    for (at, question) in questions.iter().enumerate() {
        let field = |part: &str| Place::of_entry("questions", at, part, quoted(&question.id));
        findings.not_empty(field("ask"), &question.ask);
        findings.not_empty(field("why"), &question.why);
        findings.not_empty(field("privacy"), &question.privacy);
        findings.all(&field("why"), problems(TextKind::AboutAsked, &question.why));
        findings.all(&field("privacy"), problems(TextKind::AboutAsked, &question.privacy));
        let few = question.choices.len() < 2;
        findings.add_if(few, field("choices"), Problem::TooFewChoices);
        check_asked(&field("ask"), &question.ask, &question.choices, false, findings);
        check_choices(&field("choices"), &question.choices, findings);
    }
}

pub(super) fn check_survey(survey: &[SurveyItem], findings: &mut Findings) {
    findings.ids(&"survey".into(), survey.iter().map(|item| &*item.id));
    let in_all = survey.iter().map(|item| u32::from(item.free_text)).sum::<u32>();
    let much = in_all > SURVEY_FREE_TEXT_IN_ALL;
    findings.add_if(much, "survey", Problem::TooMuchFreeTextInAll);
    for (at, item) in survey.iter().enumerate() {
        let field = |part: &str| Place::of_entry("survey", at, part, quoted(&item.id));
        findings.not_empty(field("ask"), &item.ask);
        let free = item.free_text > 0;
        findings.add_if(!free && item.choices.is_empty(), field("choices"), Problem::NoAnswer);
        let few = item.choices.len() == 1;
        findings.add_if(few, field("choices"), Problem::TooFewChoices);
        let much = item.free_text > SURVEY_FREE_TEXT;
        findings.add_if(much, field("free_text"), Problem::TooMuchFreeText);
        check_asked(&field("ask"), &item.ask, &item.choices, free, findings);
        check_choices(&field("choices"), &item.choices, findings);
    }
}

fn check_asked(place: &Place, ask: &str, choices: &[Choice], free: bool, findings: &mut Findings) {
    let kind = if free { TextKind::AskedFreely } else { TextKind::Asked };
    findings.all(place, problems(kind, ask));
    let asks_age = Words::of(ask).hold_any(AGE);
    let in_years = choices.iter().any(|choice| is_years(&choice.text, asks_age));
    findings.add_if(in_years && !(free && asks_age), place.clone(), Problem::AsksAge);
}

/// What one text must not say, in whatever language it is; nothing where it is neither asked nor about what is.
pub(super) fn problems(kind: TextKind, text: &str) -> Vec<Problem> {
    let mut found = match kind {
        TextKind::Asked | TextKind::AskedFreely => Words::of(text).asked_for(),
        TextKind::AboutAsked => asked_in_passing(text),
        TextKind::Opening | TextKind::Plain => return Vec::new(),
    };
    if kind == TextKind::AskedFreely && Words::of(text).hold_any(AGE) {
        found.push(Problem::AsksAge);
    }
    if holds_link(text) {
        found.push(Problem::HoldsLink);
    }
    found
}

fn check_choices(list: &Place, choices: &[Choice], findings: &mut Findings) {
    findings.ids(list, choices.iter().map(|choice| &*choice.id));
    for (at, choice) in choices.iter().enumerate() {
        let path = alloc::format!("{}[{at}].text", list.path);
        let place = Place::of_field(list.field.clone(), path);
        findings.not_empty(place.clone(), &choice.text);
        findings.all(&place, problems(TextKind::AboutAsked, &choice.text));
    }
}

/// A single age, such as "31" or "4 years old", and no range. "4 years" may be how long something went on.
fn is_years(choice: &str, asks_age: bool) -> bool {
    let words = Words::of(choice);
    let words = words.plain();
    let Some((first, rest)) = words.split_first() else {
        return false;
    };
    let number = first.parse::<u16>().ok().filter(|_| first.len() <= 3);
    let unit = |word: &&str| ["year", "years", "old"].contains(word);
    let could_be = |number| number > SCALE_MAX || asks_age || rest.contains(&"old");
    number.is_some_and(could_be) && rest.iter().all(unit)
}
