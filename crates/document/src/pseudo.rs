//! Languages that nobody speaks, made from English, by which tests see what was not translated, what does
//! not fit and what does not turn around. Only the words of a text are changed, never its variables.

use std::borrow::Cow;

use crate::PseudoLocale;

/// The function that disguises a text's words.
pub(crate) fn transform(locale: PseudoLocale) -> fn(&str) -> Cow<str> {
    match locale {
        PseudoLocale::Accented => |text| Cow::Owned(accented(text)),
        PseudoLocale::RightToLeft => |text| Cow::Owned(turned(text)),
    }
}

/// Letters, and the same letters with accents.
const PLAIN: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ACCENTED: &str = "áƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ";

/// Accents on every letter, and every vowel twice: about a third longer, still readable.
fn accented(text: &str) -> String {
    let mut longer = String::with_capacity(text.len() * 2);
    for letter in text.chars() {
        let found = PLAIN.chars().zip(ACCENTED.chars()).find(|(plain, _)| *plain == letter);
        let accented = found.map_or(letter, |(_, accented)| accented);
        longer.push(accented);
        if "aeiou".contains(letter) {
            longer.push(accented);
        }
    }
    longer
}

/// Each word between a right-to-left override and its end, so that it stands, and reads, the other way.
fn turned(text: &str) -> String {
    let mut turned = String::with_capacity(text.len() * 2);
    let mut in_word = false;
    for letter in text.chars() {
        if letter.is_alphanumeric() != in_word {
            in_word = !in_word;
            turned.push(if in_word { '\u{202e}' } else { '\u{202c}' });
        }
        turned.push(letter);
    }
    if in_word {
        turned.push('\u{202c}');
    }
    turned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accented_text_is_longer_and_has_no_plain_letter() {
        let text = accented("Leave this page");
        assert_eq!(text, "Ļééááṽéé ţĥîîš þááĝéé");
    }

    #[test]
    fn a_turned_text_turns_its_words_alone() {
        assert_eq!(turned("go on."), "\u{202e}go\u{202c} \u{202e}on\u{202c}.");
        assert_eq!(turned("on"), "\u{202e}on\u{202c}");
    }
}
