//! The sums of what was answered, in a file of the program's folder, and what was asked with them. No text that
//! somebody wrote is in it, and no single answer.
//!
//! Answers come from anybody who knows a public key, so nothing in them names a place in the file: versions,
//! choices and languages that no policy had are not counted under a name of their own.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use stillroom_program::{Answers, AnswersKind, Choice, ItemAnswer, Policy};

use super::figures::Counted;
use super::held::Held;
use super::period::Period;
use super::tables::Population;
use super::tokens::Spent;
use crate::failure::Failure;
use crate::files;

/// Batches that are remembered as added: more than a relay keeps.
const BATCHES_REMEMBERED: usize = 10_000;

/// Whoever writes in a language that the policy does not name.
pub(super) const OTHER_LANGUAGE: &str = "other";

/// The sums.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Totals {
    /// By the version of the policy that asked.
    pub(super) versions: BTreeMap<u64, Version>,
    /// Batches and days that are in the sums, by their names, the newest last.
    batches: Vec<String>,
    /// Answers to versions that are not known here.
    uncounted: u64,
    /// What cannot be added yet, as it was sealed.
    #[serde(default)]
    pub(super) held: Held,
    /// The tokens of what is in the sums.
    #[serde(default)]
    pub(super) spent: Spent,
    /// What the relay counted, in the period that is open.
    #[serde(default)]
    pub(super) counted: Counted,
    /// The periods that were closed, the newest last. What is not in them is in the one that is open.
    #[serde(default)]
    pub(super) periods: Vec<Period>,
}

/// What one version of the policy asked, and what was answered.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Version {
    pub(super) questions: Asked,
    pub(super) survey: Asked,
    /// The languages that it names: tag and name.
    pub(super) languages: BTreeMap<String, String>,
}

/// The items of one kind.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    pub(super) items: Vec<Item>,
    /// By language: how many sent something, answered or not.
    pub(super) sent: BTreeMap<String, u64>,
}

/// One item.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) ask: String,
    pub(super) choices: Vec<String>,
    /// Characters that may be written.
    pub(super) free_text: u16,
    /// By language: how many chose nothing, the first choice, the second, and so on.
    pub(super) chosen: BTreeMap<String, Vec<u64>>,
}

impl Totals {
    /// The sums in this file; none where there is no file.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let totals: Self =
            serde_json::from_slice(&files::read(path)?).map_err(|error| damaged(path, error))?;
        if totals.is_sound() { Ok(totals) } else { Err(damaged(path, "sums are missing in it")) }
    }

    /// Whether every item and table has as many sums as it has places for them.
    fn is_sound(&self) -> bool {
        let asked =
            self.versions.values().flat_map(|version| [&version.questions, &version.survey]);
        let kinds = self.periods.iter().flat_map(|period| [&period.questions, &period.survey]);
        asked.flat_map(|asked| &asked.items).all(Item::is_sound)
            && kinds.flatten().all(Population::is_sound)
    }

    /// Puts the sums into this file, wholly or not at all.
    pub(super) fn write(&self, path: &Path) -> Result<(), Failure> {
        let text = serde_json::to_vec_pretty(self).map_err(|error| {
            Failure::new(format!("The sums cannot be written: {error}."), "Tell its makers.")
        })?;
        files::replace_private_at_once(path, &text)
    }

    /// Keeps what this policy asks, if it asks anything.
    pub(super) fn remember(&mut self, policy: &Policy) {
        if policy.terms.report_key.is_none() {
            return;
        }
        self.versions.entry(policy.terms.version).or_insert_with(|| Version::of(policy));
    }

    /// Whether the batch or day of this name is in the sums.
    pub(super) fn has(&self, id: &[u8; 16]) -> bool {
        self.batches.contains(&name(id))
    }

    /// The batch or day of this name is in the sums now.
    pub(super) fn close(&mut self, id: &[u8; 16]) {
        self.batches.push(name(id));
        let over = self.batches.len().saturating_sub(BATCHES_REMEMBERED);
        self.batches.drain(..over);
    }

    /// Whether what these answers answer is known here.
    pub(super) fn knows(&self, answers: &Answers) -> bool {
        self.versions.contains_key(&answers.policy_version)
    }

    /// So many more that belong to no version that is known here.
    pub(super) fn count_unknown(&mut self, more: usize) {
        self.uncounted = self.uncounted.saturating_add(more as u64);
    }

    /// Adds one survivor's answers to the period that is open. Those of a version that is not known here are
    /// passed over.
    pub(super) fn add(&mut self, answers: &Answers) {
        if let Some(version) = self.versions.get_mut(&answers.policy_version) {
            version.add(answers);
        }
    }

    /// How many of this kind the period that is open has.
    pub(super) fn open(&self, kind: AnswersKind) -> u64 {
        self.versions.values().flat_map(|version| version.asked(kind).sent.values()).sum()
    }
}

fn damaged(path: &Path, why: impl std::fmt::Display) -> Failure {
    Failure::new(
        format!("{} is not the sums of answers: {why}.", path.display()),
        "Take the file from a backup. Nothing was taken from the relay, and the file is as it was.",
    )
}

impl Version {
    fn of(policy: &Policy) -> Self {
        let page = &policy.page;
        let questions = page.questions.iter();
        let survey = page.survey.iter();
        let served = page.languages.served.iter();
        Self {
            questions: Asked::of(
                questions.map(|item| Item::of(&item.id, &item.ask, &item.choices, 0)).collect(),
            ),
            survey: Asked::of(
                survey
                    .map(|item| Item::of(&item.id, &item.ask, &item.choices, item.free_text))
                    .collect(),
            ),
            languages: served
                .map(|language| {
                    (language.tag.as_str().to_owned(), language.name.as_str().to_owned())
                })
                .collect(),
        }
    }

    /// What was asked of one kind.
    pub(super) fn asked(&self, kind: AnswersKind) -> &Asked {
        match kind {
            AnswersKind::Questions => &self.questions,
            AnswersKind::Survey => &self.survey,
        }
    }

    fn asked_mut(&mut self, kind: AnswersKind) -> &mut Asked {
        match kind {
            AnswersKind::Questions => &mut self.questions,
            AnswersKind::Survey => &mut self.survey,
        }
    }

    /// The sums of one kind are in a period that was closed.
    pub(super) fn forget(&mut self, kind: AnswersKind) {
        let asked = self.asked_mut(kind);
        asked.sent.clear();
        asked.items.iter_mut().for_each(|item| item.chosen.clear());
    }

    fn add(&mut self, answers: &Answers) {
        let language = self.language(&answers.language);
        let asked = self.asked_mut(answers.kind);
        *asked.sent.entry(language.clone()).or_default() += 1;
        for (number, item) in asked.items.iter_mut().enumerate() {
            item.add(answers.items.get(number), &language);
        }
    }

    /// The language's tag as the policy has it; empty where none was said.
    fn language(&self, said: &str) -> String {
        let named = self.languages.keys().find(|tag| tag.eq_ignore_ascii_case(said));
        match named {
            Some(tag) => tag.clone(),
            None if said.is_empty() => String::new(),
            None => OTHER_LANGUAGE.to_owned(),
        }
    }
}

impl Asked {
    fn of(items: Vec<Item>) -> Self {
        Self { items, sent: BTreeMap::new() }
    }
}

impl Item {
    fn of(id: &str, ask: &str, choices: &[Choice], free_text: u16) -> Self {
        let choices = choices.iter().map(|choice| choice.text.as_str().to_owned()).collect();
        let (id, ask) = (id.to_owned(), ask.to_owned());
        Self { id, ask, choices, free_text, chosen: BTreeMap::new() }
    }

    /// A choice that is not there is none.
    fn add(&mut self, answer: Option<&ItemAnswer>, language: &str) {
        let places = self.choices.len() + 1;
        let sums = self.chosen.entry(language.to_owned()).or_insert_with(|| vec![0; places]);
        let choice = answer.map_or(0, |answer| usize::from(answer.choice));
        let place = if choice < places { choice } else { 0 };
        if let Some(sum) = sums.get_mut(place) {
            *sum += 1;
        }
    }

    /// Whether it is the same question, with the same choices.
    pub(super) fn asks_as(&self, other: &Self) -> bool {
        self.id == other.id && self.ask == other.ask && self.choices == other.choices
    }

    fn is_sound(&self) -> bool {
        self.chosen.values().all(|sums| sums.len() == self.choices.len() + 1)
    }
}

/// Bytes as the file has them.
pub(super) fn name(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use stillroom_program::{List, ReceivingKey, SAMPLE_POLICY};

    fn policy() -> Policy {
        let key = ReceivingKey::from_bytes(&[7; 32]).public_key();
        Policy::from_toml(SAMPLE_POLICY).unwrap().with_report_key(&key)
    }

    fn totals() -> Totals {
        let mut totals = Totals::default();
        totals.remember(&policy());
        totals
    }

    fn answers(version: u64, language: &str, choices: &[u8]) -> Answers {
        let items: Vec<_> = choices.iter().map(|choice| ItemAnswer::chosen(*choice)).collect();
        Answers {
            policy_version: version,
            kind: AnswersKind::Questions,
            language: language.try_into().unwrap_or_default(),
            items: items.try_into().unwrap_or_default(),
        }
    }

    #[test]
    fn each_choice_is_counted_where_it_belongs_and_nothing_under_none() {
        let mut totals = totals();
        for choices in [&[1, 2][..], &[1], &[], &[0, 4]] {
            totals.add(&answers(1, "en", choices));
        }
        let asked = &totals.versions[&1].questions;
        assert_eq!(asked.items[0].chosen["en"], [2, 2, 0, 0, 0, 0]);
        assert_eq!(asked.items[1].chosen["en"], [2, 0, 1, 0, 1]);
        assert_eq!(asked.sent, BTreeMap::from([("en".to_owned(), 4)]));
    }

    #[test]
    fn what_a_forger_names_makes_no_place_of_its_own() {
        let mut totals = totals();
        let before = serde_json::to_value(&totals).unwrap();
        for number in 0..100 {
            let forged = answers(1000 + number, "en", &[1]);
            assert!(!totals.knows(&forged));
            totals.add(&forged);
        }
        assert_eq!(before, serde_json::to_value(&totals).unwrap());
        for number in 0..100 {
            let language = format!("x-{number}");
            totals.add(&answers(1, &language, &[200, 200, 200, 200, 200, 200, 200, 200]));
        }
        let version = &totals.versions[&1];
        assert_eq!(version.questions.sent, BTreeMap::from([(OTHER_LANGUAGE.to_owned(), 100)]));
        assert_eq!(version.questions.items.len(), policy().page.questions.len());
        assert_eq!(version.questions.items[0].chosen[OTHER_LANGUAGE], [100, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn what_a_policy_asked_stays_as_it_was_when_another_is_signed() {
        let mut totals = totals();
        let mut other = policy();
        other.terms.version = 2;
        other.page.questions = List::default();
        totals.remember(&other);
        let mut same_version = policy();
        same_version.page.questions = List::default();
        totals.remember(&same_version);
        assert_eq!(totals.versions[&1].questions.items.len(), 2);
        assert!(totals.versions[&2].questions.items.is_empty());
    }

    #[test]
    fn sums_are_read_back_and_a_file_that_is_none_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answers.json");
        let mut totals = totals();
        totals.add(&answers(1, "en", &[1]));
        totals.close(&[0xab; 16]);
        totals.write(&path).unwrap();
        let read = Totals::read(&path).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), serde_json::to_value(&totals).unwrap());
        assert!(read.has(&[0xab; 16]) && !read.has(&[1; 16]));
        let whole = std::fs::read_to_string(&path).unwrap();
        let short = whole.replacen("0,", "", 1);
        assert_ne!(short, whole);
        for damaged in ["{\"versions\":", &short, "[]", ""] {
            std::fs::write(&path, damaged).unwrap();
            let failure = Totals::read(&path).err().map(|failure| failure.to_string());
            assert!(failure.is_some_and(|it| it.contains("Nothing was taken")), "{damaged}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), damaged, "it stays as it was");
        }
    }
}
