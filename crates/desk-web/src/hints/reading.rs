//! A text's words, each with where it stands and whether a sentence begins with it.

/// A word without the signs around it. Combining marks are part of it.
#[derive(Clone, Copy)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    /// Where it begins in the text, and where it ends.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether a sentence or a line begins with it.
    pub(super) opens: bool,
}

impl<'a> Word<'a> {
    /// Without an ending such as "'s" or "’ll".
    pub(super) fn stem(&self) -> &'a str {
        self.text.split(['\'', '’']).next().unwrap_or(self.text)
    }

    pub(super) fn begins_with_capital(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_uppercase)
    }

    /// Whether all its letters are capitals; a letter without case is none.
    pub(super) fn is_capitals(&self) -> bool {
        let mut letters = self.stem().chars().filter(|letter| letter.is_alphabetic()).peekable();
        letters.peek().is_some() && letters.all(char::is_uppercase)
    }

    pub(super) fn letters(&self) -> usize {
        self.stem().chars().filter(|letter| letter.is_alphabetic()).count()
    }
}

/// The words of a text.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut opens = true;
    let mut at = 0;
    for piece in text.split_inclusive(char::is_whitespace) {
        let written = piece.trim_end();
        let word = written.trim_matches(is_sign);
        if !word.is_empty() {
            let start = at + (written.len() - written.trim_start_matches(is_sign).len());
            words.push(Word { text: word, start, end: start + word.len(), opens });
            opens = false;
        }
        let ends = written.trim_end_matches(['"', '\'', ')', '”', '’', '»']);
        opens |= ends.ends_with(['.', '!', '?', ':', '…', '。', '؟']) || piece.ends_with('\n');
        at += piece.len();
    }
    words
}

/// As much of a text as is not being written any more: up to the space after its last whole word.
pub(super) fn finished(text: &str) -> &str {
    let end = text.char_indices().rev().find(|(_, sign)| sign.is_whitespace());
    end.map_or("", |(at, space)| &text[..at + space.len_utf8()])
}

/// A sign that is no part of the word beside it.
fn is_sign(sign: char) -> bool {
    const OTHERS: &str = "“”‘’„«»‹›…–—·¡¿،؛؟。、「」『』（）！？：；，।";
    sign.is_ascii_punctuation() || OTHERS.contains(sign)
}
