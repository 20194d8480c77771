//! How a message is written: slang, acronyms, emoji, capitals.

use super::lists::{self, ACRONYMS, EMOTICONS, EMPHASIS, KNOWN_CAPITALS, SLANG};
use super::reading::Word;
use super::{Found, Kind};

/// Letters from which on a word in capitals is no acronym.
const SHOUTED_FROM: usize = 6;

/// What joins emoji, and what changes the one before.
const JOINER: char = '\u{200d}';

pub(super) fn look(text: &str, words: &[Word<'_>], found: &mut Found) {
    slang(words, found);
    capitals(text, words, found);
    emoji(text, found);
}

fn slang(words: &[Word<'_>], found: &mut Found) {
    for word in words {
        if let Some(meaning) = lists::meaning(SLANG, word.text) {
            found.add(Kind::Slang, word.text, Some(meaning));
        }
    }
}

/// Words in capitals: several together are shouted, one alone may be an acronym.
fn capitals(text: &str, words: &[Word<'_>], found: &mut Found) {
    for run in words.chunk_by(|one, next| one.is_capitals() && next.is_capitals() && !next.opens) {
        let acronyms = |word: &&Word<'_>| is_known(word) || is_acronym(word) || is_slang(word);
        let shouted = run.len() > 1 && run.iter().filter(|word| !acronyms(word)).count() > 0;
        match run {
            [first, .., last] if shouted => {
                found.add(Kind::Capitals, &text[first.start..last.end], None);
            }
            _ => run.iter().for_each(|word| alone(word, found)),
        }
    }
}

fn alone(word: &Word<'_>, found: &mut Found) {
    if !word.is_capitals() || word.letters() < 2 || is_known(word) || is_slang(word) {
        return;
    }
    let shouted = word.letters() >= SHOUTED_FROM || lists::holds(EMPHASIS, word.stem());
    if shouted && !is_acronym(word) {
        found.add(Kind::Capitals, word.text, None);
    } else {
        found.add(Kind::Acronym, word.stem(), lists::meaning(ACRONYMS, word.stem()));
    }
}

fn is_known(word: &Word<'_>) -> bool {
    lists::holds(KNOWN_CAPITALS, word.stem())
}

fn is_acronym(word: &Word<'_>) -> bool {
    lists::meaning(ACRONYMS, word.stem()).is_some()
}

fn is_slang(word: &Word<'_>) -> bool {
    lists::meaning(SLANG, word.text).is_some()
}

fn emoji(text: &str, found: &mut Found) {
    for face in text.split_whitespace() {
        if lists::entries(EMOTICONS).any(|known| known == face) {
            found.add(Kind::Emoji, face, None);
        }
    }
    let mut rest = text;
    while let Some(start) = rest.find(is_emoji) {
        rest = &rest[start..];
        let end = end_of_emoji(rest);
        found.add(Kind::Emoji, &rest[..end], None);
        rest = &rest[end..];
    }
}

/// Where the emoji ends that this text begins with: with all that is joined to it and changes it.
fn end_of_emoji(text: &str) -> usize {
    let mut before = None;
    let end = text.char_indices().find(|&(at, sign)| {
        let flag = |sign: char| ('\u{1f1e6}'..='\u{1f1ff}').contains(&sign);
        let goes_on = at == 0
            || before == Some(JOINER)
            || changes(sign)
            || (before.is_some_and(flag) && flag(sign) && at == '\u{1f1e6}'.len_utf8());
        before = Some(sign);
        !goes_on
    });
    end.map_or(text.len(), |(at, _)| at)
}

/// Joiner, look, key around it, and colour of skin.
fn changes(sign: char) -> bool {
    matches!(sign, JOINER | '\u{fe0f}' | '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}')
}

fn is_emoji(sign: char) -> bool {
    let pictures = matches!(sign, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}');
    let shapes = matches!(sign, '\u{2b1b}'..='\u{2b55}');
    let clocks = matches!(sign, '\u{231a}' | '\u{231b}' | '\u{23e9}'..='\u{23f3}');
    pictures || shapes || clocks
}
