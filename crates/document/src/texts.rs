//! The texts that people read, from the Fluent files under `pages/texts/en/`.
//!
//! They are inside the program. A variable of a text is left in place as `{name}`, for the page to fill;
//! what a person reads is escaped where it enters a page (`template`). Other languages are laid over them by
//! the program's own translations (`translation`); the two made-up languages are for tests.

use std::collections::BTreeMap;
use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use stillroom_program::Locale;
use unic_langid::LanguageIdentifier;

use super::pseudo;
use super::translation::Translation;
use crate::PseudoLocale;

/// Every file of texts, by its name.
pub(crate) const ENGLISH: [(&str, &str); 7] = [
    ("shared.ftl", include_str!("../../../pages/texts/en/shared.ftl")),
    ("survivor.ftl", include_str!("../../../pages/texts/en/survivor.ftl")),
    ("desk.ftl", include_str!("../../../pages/texts/en/desk.ftl")),
    ("practice.ftl", include_str!("../../../pages/texts/en/practice.ftl")),
    ("console.ftl", include_str!("../../../pages/texts/en/console.ftl")),
    ("relay.ftl", include_str!("../../../pages/texts/en/relay.ftl")),
    ("snippet.ftl", include_str!("../../../pages/texts/en/snippet.ftl")),
];

/// The texts in one language.
#[derive(Clone)]
pub struct Texts {
    lang: String,
    dir: &'static str,
    by_name: BTreeMap<String, String>,
    /// Whether the policy's own texts may be in another language than these.
    foreign: bool,
}

/// What is wrong with a file of texts. Whoever wrote it can mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextsError {
    /// This file is not Fluent.
    Malformed(&'static str),
    /// This text stands in two files.
    Twice(String),
    /// This text uses something that a page cannot fill: it may use variables and other texts.
    TooClever(String),
}

impl fmt::Display for TextsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(file) => write!(f, "{file} is not Fluent"),
            Self::Twice(id) => write!(f, "the text «{id}» stands in two places"),
            Self::TooClever(id) => write!(f, "the text «{id}» uses more than variables and texts"),
        }
    }
}

impl std::error::Error for TextsError {}

impl Texts {
    /// The texts that are inside the program, perhaps disguised.
    pub fn read(pseudo: Option<PseudoLocale>) -> Result<Self, TextsError> {
        Self::of(&ENGLISH, pseudo)
    }

    fn of(
        files: &[(&'static str, &str)],
        pseudo: Option<PseudoLocale>,
    ) -> Result<Self, TextsError> {
        let (lang, dir) = match pseudo {
            None => ("en", "ltr"),
            Some(PseudoLocale::Accented) => ("en-XA", "ltr"),
            Some(PseudoLocale::RightToLeft) => ("ar-XB", "rtl"),
        };
        let mut bundle = FluentBundle::new_concurrent(vec![LanguageIdentifier::default()]);
        // A page isolates what it fills in by its own means (`bdi`), not by invisible characters.
        bundle.set_use_isolating(false);
        bundle.set_transform(pseudo.map(pseudo::transform));
        let mut names = Vec::new();
        for &(file, source) in files {
            let resource = FluentResource::try_new(source.to_owned())
                .map_err(|_| TextsError::Malformed(file))?;
            names.extend(message_names(&resource));
            bundle.add_resource(resource).map_err(|_| TextsError::Twice(format!("(in {file})")))?;
        }
        let mut by_name = BTreeMap::new();
        for name in names {
            let text = formatted(&bundle, &name)?;
            if by_name.insert(name.clone(), text).is_some() {
                return Err(TextsError::Twice(name));
            }
        }
        Ok(Self { lang: lang.to_owned(), dir, by_name, foreign: false })
    }

    /// The same in another language, as far as they are translated. What is not stays as it is, set apart from
    /// the direction of what is around it; `foreign` says whether the policy's own texts are as well.
    pub(crate) fn translated(
        &self,
        locale: &Locale,
        translation: &Translation,
        foreign: bool,
    ) -> Self {
        let mut by_name: BTreeMap<String, String> =
            self.by_name.iter().map(|(name, text)| (name.clone(), isolated(text))).collect();
        let texts = &translation.texts;
        by_name.extend(texts.iter().map(|(name, text)| (name.clone(), text.clone())));
        Self {
            lang: locale.tag.as_str().to_owned(),
            dir: locale.direction.word(),
            by_name,
            foreign,
        }
    }

    /// One of the policy's own texts: translated, or as the policy says it.
    pub(crate) fn policys(&self, name: &str, text: &str) -> String {
        match self.get(name) {
            Some(translated) if !text.trim().is_empty() => translated.to_owned(),
            _ if self.foreign && !text.trim().is_empty() => isolated(text),
            _ => text.to_owned(),
        }
    }

    /// The text of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.by_name.get(name).map(String::as_str)
    }

    /// The texts whose names begin like this, by name.
    pub fn named(&self, start: &str) -> impl Iterator<Item = (&str, &str)> {
        let all = self.by_name.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        all.filter(move |(name, _)| name.starts_with(start))
    }

    /// The text of this name, which is one of the relay's own.
    pub fn own(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// The same with its variables filled in.
    pub fn filled(&self, name: &str, variables: &[(&str, &str)]) -> String {
        let mut filled = String::new();
        let mut rest = self.own(name);
        while let Some((before, after)) = rest.split_once('{') {
            let (variable, after) = after.split_once('}').unwrap_or((after, ""));
            filled.push_str(before);
            let value = variables.iter().find(|(name, _)| *name == variable);
            filled.push_str(value.map_or("", |(_, value)| value));
            rest = after;
        }
        filled + rest
    }

    /// The language's tag, for `lang`.
    pub fn lang(&self) -> &str {
        &self.lang
    }

    /// The direction of its writing, for `dir`.
    pub fn dir(&self) -> &'static str {
        self.dir
    }
}

/// Between invisible marks that keep its direction from turning anything around it. In another language than
/// the page's it may run the other way.
fn isolated(text: &str) -> String {
    if text.starts_with('\u{2068}') { text.to_owned() } else { format!("\u{2068}{text}\u{2069}") }
}

pub(crate) fn message_names(resource: &FluentResource) -> Vec<String> {
    let named = |entry: &Entry<&str>| match entry {
        Entry::Message(message) if message.value.is_some() => Some(message.id.name.to_owned()),
        _ => None,
    };
    resource.entries().filter_map(named).collect()
}

/// The text, with `{name}` where Fluent has a variable.
pub(crate) fn formatted(
    bundle: &FluentBundle<FluentResource>,
    name: &str,
) -> Result<String, TextsError> {
    let too_clever = || TextsError::TooClever(name.to_owned());
    let pattern =
        bundle.get_message(name).and_then(|message| message.value()).ok_or_else(too_clever)?;
    let mut arguments = FluentArgs::new();
    for variable in variables(pattern).ok_or_else(too_clever)? {
        arguments.set(variable, format!("{{{variable}}}"));
    }
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&arguments), &mut errors);
    if errors.is_empty() { Ok(text.into_owned()) } else { Err(too_clever()) }
}

/// The variables of a pattern; nothing if it holds anything that depends on what they are.
pub(crate) fn variables<'a>(pattern: &Pattern<&'a str>) -> Option<Vec<&'a str>> {
    let mut variables = Vec::new();
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            match expression {
                Expression::Inline(InlineExpression::VariableReference { id }) => {
                    variables.push(id.name);
                }
                Expression::Inline(
                    InlineExpression::MessageReference { .. }
                    | InlineExpression::TermReference { .. }
                    | InlineExpression::StringLiteral { .. },
                ) => {}
                Expression::Inline(_) | Expression::Select { .. } => return None,
            }
        }
    }
    Some(variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(source: &str, pseudo: Option<PseudoLocale>) -> Result<String, TextsError> {
        let texts = Texts::of(&[("test.ftl", source)], pseudo)?;
        Ok(texts.get("a").unwrap_or_default().to_owned())
    }

    #[test]
    fn a_variable_is_left_for_the_page_to_fill() {
        assert_eq!(
            one("a = People ahead of you: { $count }", None).unwrap(),
            "People ahead of you: {count}"
        );
    }

    #[test]
    fn a_text_may_name_another() {
        assert_eq!(one("-b = Still\na = { -b } here", None).unwrap(), "Still here");
    }

    #[test]
    fn a_text_that_only_a_script_could_choose_is_refused() {
        assert_eq!(
            one("a = { $n ->\n    [one] x\n   *[other] y\n }", None),
            Err(TextsError::TooClever("a".into()))
        );
    }

    #[test]
    fn what_is_not_fluent_is_refused() {
        assert_eq!(one("a", None), Err(TextsError::Malformed("test.ftl")));
    }

    #[test]
    fn every_text_of_the_house_can_be_read_in_every_language() {
        for pseudo in [None, Some(PseudoLocale::Accented), Some(PseudoLocale::RightToLeft)] {
            assert!(Texts::read(pseudo).unwrap().get("leave-this-page").is_some());
        }
    }

    #[test]
    fn a_variable_is_filled_once_and_what_fills_it_is_not_read_again() {
        let texts = Texts::of(&[("test.ftl", "a = { $x } and { $y }")], None).unwrap();
        assert_eq!(texts.filled("a", &[("x", "{y}"), ("y", "1")]), "{y} and 1");
    }

    #[test]
    fn a_disguised_text_keeps_its_variables() {
        let text = one("a = Hello { $name }", Some(PseudoLocale::Accented)).unwrap();
        assert!(text.contains("{name}") && !text.contains("Hello"), "{text}");
    }
}
