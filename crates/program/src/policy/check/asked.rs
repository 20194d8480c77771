//! Questions that a program must not ask: whatever could name, find or single out a person
//! (`features.md` 2.3).
//!
//! The words are those of English and a little Spanish. They are found wherever they stand, so that a
//! question may have to be put in other words; whoever asks in another language answers for all but links
//! and those words.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::{Findings, Problem};
use crate::limits::{SURVEY_FREE_TEXT, SURVEY_FREE_TEXT_IN_ALL};
use crate::policy::{Choice, Question, SurveyItem};

/// Word for word, each with what it asks for. A phrase is of several.
const FORBIDDEN: [(Problem, &[&str]); 3] = [
    (
        Problem::AsksName,
        &[
            "name",
            "names",
            "nickname",
            "surname",
            "username",
            "initials",
            "nombre",
            "apellido",
            "are you called",
            "you are called",
        ],
    ),
    (
        Problem::AsksContact,
        &[
            "address",
            "addresses",
            "apartment",
            "contact",
            "email",
            "e-mail",
            "facebook",
            "instagram",
            "phone number",
            "postcode",
            "reach you",
            "call you",
            "text you",
            "street",
            "telephone",
            "whatsapp",
            "your cell",
            "your mobile",
            "your number",
            "your phone",
            "zip",
            "zip code",
            "where do you live",
            "where you live",
            "where are you",
            "which town",
            "what town",
            "which city",
            "what city",
            "which village",
            "social security",
            "correo",
            "direccion",
            "dirección",
            "telefono",
            "teléfono",
        ],
    ),
    (
        Problem::AsksBirth,
        &[
            "birth",
            "birthdate",
            "birthday",
            "born",
            "date of birth",
            "dob",
            "nacimiento",
            "naciste",
        ],
    ),
];

/// What asks for an age.
const AGE: [&str; 6] = ["how old", "your age", "age in years", "years old", "edad", "what age"];

pub(super) fn check_questions(questions: &[Question], findings: &mut Findings) {
    findings.ids("questions", questions.iter().map(|question| &*question.id));
    for question in questions {
        let field = |part: &str| alloc::format!("questions.{part} {:?}", &*question.id);
        findings.not_empty(field("ask"), &question.ask);
        findings.not_empty(field("why"), &question.why);
        findings.not_empty(field("privacy"), &question.privacy);
        findings.add_if(holds_link(&question.why), field("why"), Problem::HoldsLink);
        findings.add_if(holds_link(&question.privacy), field("privacy"), Problem::HoldsLink);
        let few = question.choices.len() < 2;
        findings.add_if(few, field("choices"), Problem::TooFewChoices);
        check_asked(&field("ask"), &question.ask, &question.choices, false, findings);
        check_choices(&field("choices"), &question.choices, findings);
    }
}

pub(super) fn check_survey(survey: &[SurveyItem], findings: &mut Findings) {
    findings.ids("survey", survey.iter().map(|item| &*item.id));
    let in_all = survey.iter().map(|item| u32::from(item.free_text)).sum::<u32>();
    let much = in_all > SURVEY_FREE_TEXT_IN_ALL;
    findings.add_if(much, "survey", Problem::TooMuchFreeTextInAll);
    for item in survey {
        let field = |part: &str| alloc::format!("survey.{part} {:?}", &*item.id);
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

fn check_asked(field: &str, ask: &str, choices: &[Choice], free: bool, findings: &mut Findings) {
    let asked = words(ask);
    for problem in forbidden(&asked) {
        findings.add(field, problem);
    }
    let age = AGE.iter().any(|phrase| holds(&asked, phrase));
    let in_years = choices.iter().any(|choice| is_years(&choice.text));
    findings.add_if(in_years || (age && free), field, Problem::AsksAge);
    findings.add_if(holds_link(ask), field, Problem::HoldsLink);
}

/// What these words ask for that must not be asked for.
fn forbidden(asked: &[String]) -> impl Iterator<Item = Problem> {
    let found = |phrases: &[&str]| phrases.iter().any(|phrase| holds(asked, phrase));
    FORBIDDEN.into_iter().filter(move |(_, phrases)| found(phrases)).map(|(problem, _)| problem)
}

/// What a question, an item of the survey or one of its parts must not say in another language either.
pub(super) fn problem_of_translation(is_question: bool, text: &str) -> Option<Problem> {
    if holds_link(text) {
        return Some(Problem::HoldsLink);
    }
    if is_question { forbidden(&words(text)).next() } else { None }
}

fn check_choices(field: &str, choices: &[Choice], findings: &mut Findings) {
    findings.ids(field, choices.iter().map(|choice| &*choice.id));
    for choice in choices {
        findings.not_empty(field, &choice.text);
        findings.add_if(holds_link(&choice.text), field, Problem::HoldsLink);
    }
}

/// A single age, such as "31" or "31 years", and no range.
fn is_years(choice: &str) -> bool {
    let words = words(choice);
    match words.split_first() {
        Some((first, rest)) => {
            let number = first.len() <= 3 && first.bytes().all(|byte| byte.is_ascii_digit());
            let unit = |word: &String| ["year", "years", "old"].contains(&word.as_str());
            number && rest.iter().all(unit)
        }
        None => false,
    }
}

pub(super) fn holds_link(text: &str) -> bool {
    let ending = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let host = word.split('/').next().unwrap_or_default();
        host.rsplit_once('.').is_some_and(|(before, ending)| {
            ending.len() >= 2 && ending.chars().all(char::is_alphabetic) && !before.ends_with('.')
        })
    };
    let text = text.to_lowercase();
    text.contains("://") || text.contains('@') || text.split_whitespace().any(ending)
}

/// The words of a text, in small letters; an apostrophe inside is of its word.
fn words(text: &str) -> Vec<String> {
    let of_word = |c: char| c.is_alphanumeric() || "'’".contains(c);
    let words = text.split(|c| !of_word(c)).map(|word| word.trim_matches(['\'', '’']));
    let words = words.filter(|word| !word.is_empty());
    words.map(|word| word.to_lowercase().to_string()).collect()
}

/// Whether the words of `phrase` stand in `words`, one after the other.
fn holds(text: &[String], phrase: &str) -> bool {
    let phrase = words(phrase);
    text.windows(phrase.len()).any(|window| window == phrase)
}
