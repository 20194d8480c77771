//! A program's own translation: one Fluent file for each language, with the page's texts and the policy's under
//! the names that English and the policy have for them (`features.md` 1.5).
//!
//! Whoever writes a policy is told of every fault. Whoever shows a page leaves out what it cannot use: a text
//! that is not there is said in the policy's language, or in English. Nothing here knows whether a
//! translation is right.

mod originals;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentError, FluentResource};
use stillroom_program::{Locale, Policy, Problem, TextKind};
use unic_langid::LanguageIdentifier;

use super::pseudo;
use super::texts::{ENGLISH, Texts, TextsError, formatted, message_names, variables};
use crate::PseudoLocale;

pub use originals::{Originals, PageTexts};

/// The files with texts that survivors never read.
const FOR_STAFF: [&str; 3] = ["desk.ftl", "practice.ftl", "console.ftl"];

/// Texts that whoever runs a server or a website reads, and no survivor.
const NOT_ON_A_PAGE: [&str; 7] = [
    "not-found",
    "page-not-let-in",
    "other-version",
    "no-policy",
    "built-without-pages",
    "snippet-about",
    "snippet-fingerprint",
];

/// What a file of texts comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Translation {
    /// What can be used, by name, with `{name}` for each variable.
    pub(crate) texts: BTreeMap<String, String>,
    /// What has to be mended.
    pub faults: Vec<TranslationFault>,
    /// The names of what is not translated.
    pub missing: Vec<String>,
}

/// What is wrong with a file of texts. Its translator can mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TranslationFault {
    /// It is not UTF-8.
    NotText,
    /// It is not Fluent, from this line on.
    Malformed(usize),
    /// This text is there twice.
    Twice(String),
    /// Neither the page nor the policy has a text of this name.
    Unknown(String),
    /// This text uses something that a page cannot fill: it may use variables and other texts of the file.
    TooClever(String),
    /// This text of the policy says what the policy must not.
    Problem {
        /// The text.
        name: String,
        /// What is wrong with it.
        problem: Problem,
    },
    /// This text does not have the variables that it must have.
    Variables {
        /// The text.
        name: String,
        /// What it must have.
        wanted: String,
    },
}

impl fmt::Display for TranslationFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotText => f.write_str("it is not a text file in UTF-8"),
            Self::Malformed(line) => write!(f, "line {line} is not Fluent"),
            Self::Twice(name) => write!(f, "the text «{name}» is there twice"),
            Self::Unknown(name) => write!(f, "there is no text «{name}» to translate"),
            Self::TooClever(name) => {
                write!(f, "the text «{name}» uses more than variables and other texts of the file")
            }
            Self::Problem { name, problem } => write!(f, "the text «{name}» {problem}"),
            Self::Variables { name, wanted } if wanted.is_empty() => {
                write!(f, "the text «{name}» must have no variable")
            }
            Self::Variables { name, wanted } => {
                write!(f, "the text «{name}» must have {wanted}, and no other variable")
            }
        }
    }
}

/// A text that can be translated.
#[derive(Clone, PartialEq, Eq)]
struct Source {
    name: String,
    text: String,
    /// Whether it is the policy's own, in which a brace is a brace.
    policys: bool,
    /// What it must not say.
    kind: TextKind,
}

impl Source {
    fn variables(&self) -> BTreeSet<&str> {
        if self.policys { BTreeSet::new() } else { placeholders(&self.text) }
    }

    /// What is wrong with a translation that uses these variables.
    fn fault(&self, text: &str, used: &BTreeSet<&str>) -> Option<TranslationFault> {
        let (name, wanted) = (self.name.clone(), self.variables());
        if *used == wanted && !text.trim().is_empty() {
            let problem = self.kind.problem(text)?;
            return Some(TranslationFault::Problem { name, problem });
        }
        let wanted: Vec<String> = wanted.iter().map(|name| format!("{{ ${name} }}")).collect();
        Some(TranslationFault::Variables { name, wanted: wanted.join(" and ") })
    }
}

impl Translation {
    /// Reads a file of texts for the pages of this policy.
    ///
    /// # Errors
    /// [`TextsError`] where the texts inside this program are broken, for which no translator is to blame.
    pub fn read(file: &[u8], policy: &Policy) -> Result<Self, TextsError> {
        Ok(Self::of(file, &sources(policy, None)?))
    }

    fn of(file: &[u8], sources: &[Source]) -> Self {
        let mut translation = Self::default();
        match bundle(file) {
            Err(fault) => translation.faults.push(fault),
            Ok((bundle, names, twice)) => {
                translation.faults.extend(twice.into_iter().map(TranslationFault::Twice));
                for name in names {
                    match said(&bundle, &name, sources) {
                        Ok(text) => drop(translation.texts.insert(name, text)),
                        Err(fault) if translation.faults.contains(&fault) => {}
                        Err(fault) => translation.faults.push(fault),
                    }
                }
            }
        }
        let missing = sources.iter().filter(|source| !translation.texts.contains_key(&source.name));
        translation.missing = missing.map(|source| source.name.clone()).collect();
        translation
    }

    /// What can be used, by name, with `{name}` for each variable.
    pub fn texts(&self) -> &BTreeMap<String, String> {
        &self.texts
    }
}

type Bundle = FluentBundle<FluentResource>;

/// The file's texts, all their names, and which are there twice.
fn bundle(file: &[u8]) -> Result<(Bundle, BTreeSet<String>, Vec<String>), TranslationFault> {
    let text = std::str::from_utf8(file).map_err(|_| TranslationFault::NotText)?;
    // What an editor puts before the first letter of a file is none of its texts.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let resource = FluentResource::try_new(text.to_owned()).map_err(|(_, errors)| {
        let at = errors.first().map_or(0, |error| error.pos.start);
        let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
        TranslationFault::Malformed(1 + before.iter().filter(|byte| **byte == b'\n').count())
    })?;
    let names = message_names(&resource).into_iter().collect();
    let mut bundle = FluentBundle::new_concurrent(vec![LanguageIdentifier::default()]);
    bundle.set_use_isolating(false);
    let errors = bundle.add_resource(resource).err().unwrap_or_default();
    let twice = errors.into_iter().filter_map(|error| match error {
        FluentError::Overriding { id, .. } => Some(id),
        FluentError::ParserError(_) | FluentError::ResolverError(_) => None,
    });
    Ok((bundle, names, twice.collect()))
}

/// What the file says under this name, if a page can use it.
fn said(bundle: &Bundle, name: &str, sources: &[Source]) -> Result<String, TranslationFault> {
    let unknown = || TranslationFault::Unknown(name.to_owned());
    let source = sources.iter().find(|source| source.name == name).ok_or_else(unknown)?;
    let too_clever = || TranslationFault::TooClever(name.to_owned());
    let text = formatted(bundle, name).map_err(|_| too_clever())?;
    let pattern = bundle.get_message(name).and_then(|message| message.value());
    let used: BTreeSet<&str> =
        pattern.and_then(variables).ok_or_else(too_clever)?.into_iter().collect();
    match source.fault(&text, &used) {
        Some(fault) => Err(fault),
        None => Ok(text),
    }
}

/// The names between braces in a text of the page's own.
fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

/// Everything that can be translated, in the order of its files, perhaps disguised.
fn sources(policy: &Policy, disguise: Option<PseudoLocale>) -> Result<Vec<Source>, TextsError> {
    let mut sources = of_the_pages(disguise)?;
    sources.extend(of_the_policy(policy, disguise));
    Ok(sources)
}

/// The texts of the pages themselves.
fn of_the_pages(disguise: Option<PseudoLocale>) -> Result<Vec<Source>, TextsError> {
    let texts = Texts::read(disguise)?;
    let mut sources = Vec::new();
    for (file, source) in ENGLISH.into_iter().filter(|(file, _)| !FOR_STAFF.contains(file)) {
        let resource =
            FluentResource::try_new(source.to_owned()).map_err(|_| TextsError::Malformed(file))?;
        let names = message_names(&resource).into_iter();
        for name in names.filter(|name| !NOT_ON_A_PAGE.contains(&name.as_str())) {
            let text = texts.own(&name).to_owned();
            sources.push(Source { name, text, policys: false, kind: TextKind::Plain });
        }
    }
    Ok(sources)
}

/// The texts of the policy.
fn of_the_policy(policy: &Policy, disguise: Option<PseudoLocale>) -> impl Iterator<Item = Source> {
    policy.texts().into_iter().map(move |said| {
        let text = match disguise {
            Some(locale) => pseudo::transform(locale)(said.text).into_owned(),
            None => said.text.to_owned(),
        };
        Source { name: said.name, text, policys: true, kind: said.kind }
    })
}

/// A file for a translator: every text, what it says in the policy's language or in English above it, and what
/// is not translated yet marked. `disguise` fills it with a language that nobody speaks, for tests.
///
/// # Errors
/// [`TextsError`] where the texts inside this program are broken.
pub fn translators_file(
    policy: &Policy,
    tag: &str,
    file: &[u8],
    disguise: Option<PseudoLocale>,
) -> Result<String, TextsError> {
    let there = Translation::read(file, policy)?.texts;
    let disguised = disguise.map(|locale| sources(policy, Some(locale))).transpose()?;
    Ok(written(tag, &sources(policy, None)?, |source| {
        let own = there.get(&source.name);
        own.or_else(|| {
            let same = disguised.as_ref()?.iter().find(|other| other.name == source.name)?;
            Some(&same.text)
        })
    }))
}

/// Such a file with what `own` says of each text.
fn written<'a>(
    tag: &str,
    sources: &'a [Source],
    own: impl Fn(&'a Source) -> Option<&'a String>,
) -> String {
    let mut written = format!(
        "### Texts in the language {tag}. Above each stands what it says in English, or in the policy.\n\
         ### A line that starts with # is not read. Where MISSING stands, take the # away from the line below it\n\
         ### and write the translation after the sign =. What stands in braces stays as it is.\n"
    );
    for source in sources {
        let value = |text: &str| fluent(text, source.policys);
        let original = value(&source.text);
        written.push('\n');
        match own(source) {
            Some(text) => {
                written.push_str(&commented(&original));
                written.push_str(&format!("{} = {}\n", source.name, value(text)));
            }
            None => {
                written.push_str("# MISSING\n");
                written.push_str(&commented(&format!("{} = {original}", source.name)));
            }
        }
    }
    written
}

/// Each line behind a sign that makes it a comment.
fn commented(text: &str) -> String {
    text.lines().map(|line| format!("# {}\n", line.trim_end())).collect()
}

/// A text as a Fluent file has it.
fn fluent(text: &str, policys: bool) -> String {
    let mut written = String::new();
    let text = text.trim();
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            written.push_str("\n    ");
            if line.starts_with(['.', '*', '[']) {
                written.push_str("{\"\"}");
            }
        }
        for letter in line.chars() {
            match letter {
                '{' if policys => written.push_str("{\"{\"}"),
                '}' if policys => written.push_str("{\"}\"}"),
                '{' => written.push_str("{ $"),
                '}' => written.push_str(" }"),
                letter => written.push(letter),
            }
        }
    }
    written
}

/// The texts of a policy's page, language by language.
#[derive(Clone)]
pub struct Languages {
    /// The tag of each, and its texts; the policy's own first.
    pub readable: Vec<(String, Texts)>,
    /// The tags of those whose file is not there, or of no use.
    pub left_out: Vec<String>,
}

/// The language's texts for each language of the policy, its own first; one whose file is not there, or of no
/// use, is left out.
///
/// # Errors
/// [`TextsError`], where the texts inside this program cannot be used.
pub fn languages(
    base: &Texts,
    policy: &Policy,
    files: &[stillroom_program::LocaleFile],
) -> Result<Languages, TextsError> {
    let page = &policy.page;
    let is_own = |locale: &&Locale| locale.tag.eq_ignore_ascii_case(&page.language);
    let read = |locale: &Locale| match locale.find(files) {
        Some(file) => Translation::read(file, policy).map(Some),
        None => Ok(None),
    };
    let mut own = base.clone();
    if let Some(locale) = page.locales.iter().find(is_own)
        && let Some(translation) = read(locale)?
    {
        own = base.translated(locale, &translation, false);
    }
    let mut readable = vec![(page.language.as_str().to_owned(), own.clone())];
    let mut left_out = Vec::new();
    for locale in page.locales.iter().filter(|locale| !is_own(locale)) {
        match read(locale)? {
            Some(translation) if !translation.texts.is_empty() => {
                let texts = own.translated(locale, &translation, true);
                readable.push((locale.tag.as_str().to_owned(), texts));
            }
            _ => left_out.push(locale.tag.as_str().to_owned()),
        }
    }
    Ok(Languages { readable, left_out })
}

#[cfg(test)]
mod tests;
