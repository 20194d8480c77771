//! How old one must be to read a text with ease: a warning for whoever writes a policy
//! (`features.md` 1.6: low literacy).
//!
//! The measure is the Flesch–Kincaid grade level (Kincaid, Fishburne, Rogers and Chissom, "Derivation of New
//! Readability Formulas", U.S. Navy, 1975): 0.39 words a sentence + 11.8 syllables a word − 15.59. A grade of
//! American schools is read at that age less five. It was made for English alone, counts syllables by a rule
//! of thumb, and knows nothing of what a text means; so it warns, and never refuses.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::policy::{Page, Policy};

/// The age at which a text should be read with ease, at most. Survivors' texts aim at 11; what law makes a
/// program say is harder.
const AGE_MAX: u32 = 13;

/// Years between a school grade and the age of those who are in it.
const GRADE_TO_AGE: f64 = 5.0;

/// Words below which a text is not measured: one long word would decide.
const WORDS_MIN: usize = 12;

/// A text that many people will find hard to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The part of the policy, as its file names it.
    pub field: String,
    /// The same as a path along the policy, as a [`Finding`](crate::Finding) has it.
    pub path: String,
    /// The age at which it is read with ease.
    pub age: u32,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: reads like a text for people of {}: shorter sentences and shorter words reach more of them",
            self.field, self.age
        )
    }
}

impl Policy {
    /// What may be signed, and would be better if it were put more simply. Nothing for a policy that is not in
    /// English.
    pub fn warnings(&self) -> Vec<Warning> {
        let english = self.page.language.split('-').next() == Some("en");
        let mut texts = Vec::new();
        if english {
            collect(self, &mut texts);
        }
        let warning = |Read { field, path, text }: Read<'_>| {
            let age = reading_age(text)?;
            (age > AGE_MAX).then_some(Warning { field, path, age })
        };
        texts.into_iter().filter_map(warning).collect()
    }
}

/// A text that survivors read, and what it is called.
struct Read<'a> {
    field: String,
    path: String,
    text: &'a str,
}

impl<'a> Read<'a> {
    fn new(field: &str, text: &'a str) -> Self {
        Self { field: field.into(), path: field.into(), text }
    }

    /// A part of the entry of a list, called `name`.
    fn of_entry(list: &str, at: usize, part: &str, name: &str, text: &'a str) -> Self {
        let field = alloc::format!("{list}.{part} {name}");
        Self { field, path: alloc::format!("{list}[{at}].{part}"), text }
    }
}

/// Every text that survivors read.
fn collect<'a>(policy: &'a Policy, into: &mut Vec<Read<'a>>) {
    let page = &policy.page;
    let mut add = |field: &str, text: &'a str| into.push(Read::new(field, text));
    add("about", &page.about);
    add("platform", &page.platform);
    add("emergency.text", &page.emergency.text);
    add("hours.note", &page.hours.note);
    add("languages.not_served", &page.languages.not_served);
    add("safety.text", &page.safety.text);
    add("safety.question", &page.safety.question);
    add("safety.advice", &page.safety.advice);
    for (at, way) in page.safety.safer_ways.iter().enumerate() {
        let (field, path) = ("safety.safer_ways".into(), alloc::format!("safety.safer_ways[{at}]"));
        into.push(Read { field, path, text: way });
    }
    collect_lists(page, into);
    let mut add = |list: &str, at: usize, part: &str, name: &str, text: &'a str| {
        into.push(Read::of_entry(list, at, part, name, text));
    };
    for (at, message) in policy.terms.opening_messages.iter().enumerate() {
        add("opening_messages", at, "text", &alloc::format!("{}", at + 1), &message.text);
    }
    for (at, message) in policy.guidance.canned_messages.iter().enumerate() {
        add("canned_messages", at, "text", &quoted(&message.id), &message.text);
    }
    for (at, guide) in policy.guidance.guides.iter().enumerate() {
        add("guides", at, "say", &quoted(&guide.id), &guide.say);
    }
}

fn quoted(name: &str) -> String {
    alloc::format!("{name:?}")
}

fn collect_lists<'a>(page: &'a Page, into: &mut Vec<Read<'a>>) {
    let mut add = |list: &str, at: usize, part: &str, name: &str, text: &'a str| {
        into.push(Read::of_entry(list, at, part, &quoted(name), text));
    };
    for (at, notice) in page.notices.iter().enumerate() {
        add("notices", at, "text", &alloc::format!("{}", at + 1), &notice.text);
    }
    for (at, right) in page.rights.iter().enumerate() {
        add("rights", at, "short", &right.id, &right.short);
        add("rights", at, "details", &right.id, &right.details);
    }
    for (at, question) in page.questions.iter().enumerate() {
        add("questions", at, "ask", &question.id, &question.ask);
        add("questions", at, "why", &question.id, &question.why);
        add("questions", at, "privacy", &question.id, &question.privacy);
    }
    for (at, item) in page.survey.iter().enumerate() {
        add("survey", at, "ask", &item.id, &item.ask);
    }
}

/// The age at which a text is read with ease; nothing where there is too little of it.
fn reading_age(text: &str) -> Option<u32> {
    let words: Vec<&str> = text.split_whitespace().filter(|word| is_word(word)).collect();
    if words.len() < WORDS_MIN {
        return None;
    }
    let sentences = words.iter().filter(|word| ends_sentence(word)).count();
    // What follows the last full stop is a sentence as well.
    let open_end = words.last().is_some_and(|word| !ends_sentence(word));
    let sentences = sentences + usize::from(open_end);
    let syllables: usize = words.iter().map(|word| syllables(word)).sum();
    let per = |count: usize, of: usize| {
        f64::from(u32::try_from(count).unwrap_or(u32::MAX))
            / f64::from(u32::try_from(of).unwrap_or(u32::MAX))
    };
    let grade = 0.39 * per(words.len(), sentences) + 11.8 * per(syllables, words.len()) - 15.59;
    // A conversion keeps within the range of the type: below zero is zero.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "said above")]
    Some((grade + GRADE_TO_AGE + 0.5) as u32)
}

fn is_word(word: &str) -> bool {
    word.chars().any(char::is_alphanumeric)
}

fn ends_sentence(word: &str) -> bool {
    word.trim_end_matches(['"', '\'', ')', '”', '’']).ends_with(['.', '!', '?', ':'])
}

/// Groups of vowels, less those that are written and not spoken. A number is one.
fn syllables(word: &str) -> usize {
    let letters = word.chars().filter(|letter| letter.is_alphabetic());
    let word: Vec<char> = letters.flat_map(char::to_lowercase).collect();
    let vowel = |letter: char| "aeiouyáéíóú".contains(letter);
    let mut groups = 0;
    let mut before = false;
    for letter in &word {
        groups += usize::from(vowel(*letter) && !before);
        before = vowel(*letter);
    }
    let silent = match word.as_slice() {
        // "table" is spoken with its end, "use" without.
        [.., last, 'l', 'e'] if !vowel(*last) => false,
        [.., last, 'e'] => !vowel(*last),
        // "used" and "names" without, "wanted" and "pages" with.
        [.., last, 'e', 'd'] => !vowel(*last) && !['t', 'd'].contains(last),
        [.., last, 'e', 's'] => !vowel(*last) && !"cghsxz".contains(*last),
        _ => false,
    };
    groups.saturating_sub(usize::from(silent)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_those_that_are_spoken() {
        for (word, count) in [
            ("I", 1),
            ("use", 1),
            ("used", 1),
            ("wanted", 2),
            ("table", 2),
            ("names", 1),
            ("pages", 2),
            ("advocate", 3),
            ("confidentiality", 6),
            ("18", 1),
            ("address.", 2),
        ] {
            assert_eq!(syllables(word), count, "{word}");
        }
    }

    #[test]
    fn plain_words_in_short_sentences_are_for_everybody() {
        let plain = "You can write here with an advocate. They listen and help you think about what to do \
                     next. It is free. You do not have to say who you are.";
        assert!(reading_age(plain).unwrap() <= 9, "{:?}", reading_age(plain));
    }

    #[test]
    fn long_words_in_long_sentences_are_for_few() {
        let hard = "Communications with advocates are confidential except where disclosure is mandated by \
                    statutory obligations regarding the maltreatment of minors or vulnerable individuals.";
        assert!(reading_age(hard).unwrap() > 20, "{:?}", reading_age(hard));
    }

    #[test]
    fn a_few_words_are_not_judged() {
        assert_eq!(reading_age("Confidentiality"), None);
        assert_eq!(reading_age(""), None);
    }
}
