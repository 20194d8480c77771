//! Every text that can be translated, side by side with what somebody types for it (`features.md` 1.5, 5.6).

use std::collections::{BTreeMap, BTreeSet};

use stillroom_program::Policy;

use super::{
    Source, TextsError, Translation, TranslationFault, of_the_pages, of_the_policy, written,
};

/// The pages' own texts, in English: the same for every policy, and slow to read.
pub struct PageTexts(Vec<Source>);

impl PageTexts {
    /// Reads them.
    ///
    /// # Errors
    /// [`TextsError`] where the texts inside this program are broken.
    pub fn read() -> Result<Self, TextsError> {
        of_the_pages(None).map(Self)
    }

    /// All texts of the pages under this policy.
    pub fn with(&self, policy: &Policy) -> Originals {
        Originals(self.0.iter().cloned().chain(of_the_policy(policy, None)).collect())
    }
}

/// All texts of the pages under a policy.
#[derive(Clone, PartialEq, Eq)]
pub struct Originals(Vec<Source>);

impl Originals {
    /// The name of each, and what it says in English or in the policy, in the order of a translator's file.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|source| (source.name.as_str(), source.text.as_str()))
    }

    /// What a file of texts comes to.
    pub fn read(&self, file: &[u8]) -> Translation {
        Translation::of(file, &self.0)
    }

    /// What is wrong with this translation of a text, which is typed with `{name}` for each variable.
    pub fn fault(&self, name: &str, text: &str) -> Option<TranslationFault> {
        let Some(source) = self.0.iter().find(|source| source.name == name) else {
            return Some(TranslationFault::Unknown(name.to_owned()));
        };
        let used = variables(text);
        // A brace that is open or alone is no variable, and no text either.
        let used = if source.policys { Some(BTreeSet::new()) } else { used };
        source.fault(text, &used.unwrap_or_else(|| BTreeSet::from(["{"])))
    }

    /// The file with these translations, by name; what is missing is marked for a translator.
    pub fn file(&self, tag: &str, texts: &BTreeMap<String, String>) -> String {
        written(tag, &self.0, |source| {
            texts.get(&source.name).filter(|text| !text.trim().is_empty())
        })
    }
}

/// The variables of a typed text; nothing where a brace is no variable's.
fn variables(text: &str) -> Option<BTreeSet<&str>> {
    let mut variables = BTreeSet::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        let is_name =
            |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
        if before.contains('}') || name.is_empty() || !name.chars().all(is_name) {
            return None;
        }
        variables.insert(name);
        rest = after;
    }
    (!rest.contains('}')).then_some(variables)
}
