//! What a message that is about to be sent holds that is better looked at once more: slang, acronyms, emoji,
//! capitals, links, and what could name or find a person (`features.md` 3.10).
//!
//! It reads the text where it is typed, with lists that are in the page, and keeps nothing but what it says it
//! saw. It guesses: a name that begins a sentence is seen only if it is common, and a street may be taken for a
//! person. So it never stands in the way of sending. Its lists are of English; capitals, numbers, links and
//! emoji it finds in any language.

mod lists;
mod personal;
mod reading;
mod wording;

use core::fmt;

use stillroom_protocol::limits::MESSAGE_CHARACTERS;
use zeroize::Zeroizing;

use self::reading::finished;

/// Things found in one message, at most: whoever pours a list into the box is not told of each.
const FOUND_MAX: usize = 24;

/// What kind of thing was seen, what could do most harm first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    /// What could be a person's name.
    Name,
    /// A number of as many digits as a telephone's.
    Telephone,
    /// An address for e-mail.
    Email,
    /// A street, with or without its number.
    Street,
    /// A day of birth, or words about one.
    Birth,
    /// A link to elsewhere.
    Link,
    /// A short form that not everybody knows.
    Slang,
    /// Letters that stand for words.
    Acronym,
    /// A picture or a face.
    Emoji,
    /// Words in capitals.
    Capitals,
}

/// One thing that was seen. Does not print what.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Hint {
    /// Its kind.
    pub(crate) kind: Kind,
    /// It, as it is written.
    pub(crate) seen: Zeroizing<String>,
    /// What it says in full, where that is known.
    pub(crate) meaning: Option<&'static str>,
}

impl fmt::Debug for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hint({:?})", self.kind)
    }
}

/// What is known beside the text.
#[derive(Clone, Copy)]
pub(crate) struct About<'a> {
    /// Whose names may be written: who is in the chat, and the program.
    pub(crate) known: &'a [String],
    /// The year that it is: days of birth are in an earlier one.
    pub(crate) year: u32,
}

/// What was found so far, each thing once.
struct Found(Vec<Hint>);

impl Found {
    fn add(&mut self, kind: Kind, seen: &str, meaning: Option<&'static str>) {
        let is_new = !self.0.iter().any(|hint| hint.kind == kind && hint.seen.as_str() == seen);
        if is_new && self.0.len() < FOUND_MAX {
            self.0.push(Hint { kind, seen: Zeroizing::new(seen.into()), meaning });
        }
    }
}

/// All that is worth a second look in as much of a text as can be sent at once, personal details first.
pub(crate) fn find(text: &str, about: About<'_>) -> Vec<Hint> {
    let end = text.char_indices().nth(MESSAGE_CHARACTERS).map_or(text.len(), |(end, _)| end);
    let text = &text[..end];
    let words = reading::words(text);
    let mut found = Found(Vec::new());
    personal::look(text, &words, about, &mut found);
    wording::look(text, &words, &mut found);
    found.0
}

/// What is worth a second look while the writing goes on: in what is finished, and what was found before and is
/// still there.
pub(crate) fn go_on(before: &[Hint], text: &str, about: About<'_>) -> Vec<Hint> {
    let mut found = find(finished(text), about);
    let still = before.iter().filter(|hint| text.contains(hint.seen.as_str()));
    for hint in still {
        if !found.contains(hint) {
            found.push(hint.clone());
        }
    }
    found
}

/// What could name or find a person in the name that an advocate makes up for a case, the worst first
/// (`features.md` 3.4). Nobody's name is known to be harmless here, and a day of this year is as telling as another.
pub(crate) fn in_handle(handle: &str, year: u32) -> Option<Kind> {
    let about = About { known: &[], year: year.saturating_add(1) };
    let kinds = find(handle, about).into_iter().map(|hint| hint.kind);
    kinds.filter(|kind| *kind <= Kind::Birth).min()
}

#[cfg(test)]
mod tests;
