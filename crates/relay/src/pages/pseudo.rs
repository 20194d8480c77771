//! Languages that nobody speaks, made from English, by which tests see what was not translated, what does
//! not fit and what does not turn around. Only the words of a text are changed, never its variables.

use std::borrow::Cow;

use crate::config::PseudoLocale;

/// The function that disguises a text's words.
pub(super) fn transform(locale: PseudoLocale) -> fn(&str) -> Cow<str> {
    match locale {
        PseudoLocale::Accented => |text| Cow::Owned(accented(text)),
        PseudoLocale::RightToLeft => |text| Cow::Owned(turned(text)),
    }
}

/// Accents on every letter, and every vowel twice: about a third longer, still readable.
fn accented(text: &str) -> String {
    let mut longer = String::with_capacity(text.len() * 2);
    for letter in text.chars() {
        let accented = match letter {
            'a' => 'á', 'b' => 'ƀ', 'c' => 'ç', 'd' => 'ð', 'e' => 'é', 'f' => 'ƒ', 'g' => 'ĝ',
            'h' => 'ĥ', 'i' => 'î', 'j' => 'ĵ', 'k' => 'ķ', 'l' => 'ļ', 'm' => 'ɱ', 'n' => 'ñ',
            'o' => 'ö', 'p' => 'þ', 'q' => 'ǫ', 'r' => 'ŕ', 's' => 'š', 't' => 'ţ', 'u' => 'û',
            'v' => 'ṽ', 'w' => 'ŵ', 'x' => 'ẋ', 'y' => 'ý', 'z' => 'ž', 'A' => 'Å', 'B' => 'Ɓ',
            'C' => 'Ç', 'D' => 'Ð', 'E' => 'É', 'F' => 'Ƒ', 'G' => 'Ĝ', 'H' => 'Ĥ', 'I' => 'Î',
            'J' => 'Ĵ', 'K' => 'Ķ', 'L' => 'Ļ', 'M' => 'Ṁ', 'N' => 'Ñ', 'O' => 'Ö', 'P' => 'Þ',
            'Q' => 'Ǫ', 'R' => 'Ŕ', 'S' => 'Š', 'T' => 'Ţ', 'U' => 'Û', 'V' => 'Ṽ', 'W' => 'Ŵ',
            'X' => 'Ẋ', 'Y' => 'Ý', 'Z' => 'Ž',
            other => other,
        };
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
