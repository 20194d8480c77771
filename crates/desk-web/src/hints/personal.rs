//! What could name or find a person: names, numbers, addresses, days of birth; and links, which lead elsewhere.

use core::ops::{Range, RangeInclusive};

use super::lists::{self, BIRTH, CAPITALISED, LINK_ENDINGS, MONTHS, NAMES, STREETS};
use super::reading::Word;
use super::{About, Found, Kind};

/// Digits of a telephone number, without and with all that can stand before it.
const TELEPHONE_DIGITS: RangeInclusive<usize> = 7..=15;

/// The first year in which somebody was born who writes today.
const BORN_FROM: u32 = 1900;

/// Words between a house's number and the word that ends its street's name.
const STREET_WORDS: usize = 4;

/// Words before and after a month among which are its day and year.
const DATE_WORDS: usize = 3;

pub(super) fn look(text: &str, words: &[Word<'_>], about: About<'_>, found: &mut Found) {
    numbers(text, about.year, found);
    addresses(words, found);
    let streets = streets(text, words, found);
    births(text, words, about.year, found);
    names(text, words, &streets, about.known, found);
}

/// Telephone numbers, and dates that are written in numbers.
fn numbers(text: &str, year: u32, found: &mut Found) {
    let mut rest = text;
    while let Some(start) = rest.find(begins_number) {
        rest = &rest[start..];
        let end = end_of_number(rest);
        let (number, after) = rest.split_at(end);
        let number = number.trim_end_matches(|sign| digit(sign).is_none());
        let digits = number.chars().filter(|sign| digit(*sign).is_some()).count();
        if is_birth(number, year) {
            found.add(Kind::Birth, number, None);
        } else if TELEPHONE_DIGITS.contains(&digits) && date(number, year).is_none() {
            found.add(Kind::Telephone, number, None);
        }
        rest = after;
    }
}

fn begins_number(sign: char) -> bool {
    digit(sign).is_some() || sign == '+' || sign == '('
}

/// Where a number ends: digits, and at most two signs in a row that people write between them.
fn end_of_number(text: &str) -> usize {
    let mut between = 0;
    let end = text.char_indices().find(|&(at, sign)| {
        between = if digit(sign).is_some() { 0 } else { between + 1 };
        at > 0 && (between > 2 || (between > 0 && !" \u{a0}+-().–/".contains(sign)))
    });
    end.map_or(text.len(), |(at, _)| at)
}

/// A digit's value, in the numerals of Latin, Arabic, Persian, Hindi and Bengali texts.
fn digit(sign: char) -> Option<u32> {
    let zeros = ['0', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}'];
    zeros
        .into_iter()
        .find_map(|zero| u32::from(sign).checked_sub(u32::from(zero)).filter(|value| *value < 10))
}

fn is_birth(number: &str, year: u32) -> bool {
    date(number, year).is_some_and(|of| (BORN_FROM..year).contains(&of))
}

/// The year of three numbers that are a date: 3/12/1990, 1990-12-03, 3.12.90.
fn date(number: &str, this_year: u32) -> Option<u32> {
    let mut parts = number.split(['/', '-', '.']);
    let parts = [parts.next()?, parts.next()?, parts.next()?].map(value);
    let (first, second, third) = (parts[0]?, parts[1]?, parts[2]?);
    if number.split(['/', '-', '.']).count() != 3 {
        return None;
    }
    let days = |one: (u32, usize), other: (u32, usize)| {
        let day = |value: u32| (1..=31).contains(&value);
        let is_one = one.1 <= 2 && other.1 <= 2;
        is_one && day(one.0) && day(other.0) && (one.0 <= 12 || other.0 <= 12)
    };
    match (first, second, third) {
        ((year, 4), one, other) | (one, other, (year, 4)) if days(one, other) => Some(year),
        (one, other, (short, 2)) if days(one, other) => {
            let century = if short > this_year % 100 { 1900 } else { 2000 };
            Some(century + short)
        }
        _ => None,
    }
}

/// The value of a short number, and of how many digits it is.
fn value(number: &str) -> Option<(u32, usize)> {
    let length = number.chars().count();
    if !(1..=4).contains(&length) {
        return None;
    }
    let value = number.chars().try_fold(0, |value, sign| Some(value * 10 + digit(sign)?))?;
    Some((value, length))
}

/// Addresses for e-mail, and links.
fn addresses(words: &[Word<'_>], found: &mut Found) {
    for word in words {
        if word
            .text
            .split_once('@')
            .is_some_and(|(who, host)| !who.is_empty() && host.contains('.'))
        {
            found.add(Kind::Email, word.text, None);
        } else if is_link(word.text) {
            found.add(Kind::Link, word.text, None);
        }
    }
}

fn is_link(word: &str) -> bool {
    let host = word.split(['/', '?', '#', ':']).next().unwrap_or(word);
    let ending = host.rsplit_once('.').map_or("", |(_, ending)| ending);
    // A sentence whose space was left out goes on with a capital.
    let ends = lists::entries(LINK_ENDINGS).any(|known| known == ending);
    let named = word.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."));
    word.contains("://") || named || ends
}

/// A number, a name and "Street"; or a name and "Street" with a capital. Says where they stand.
fn streets(text: &str, words: &[Word<'_>], found: &mut Found) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    for (place, word) in words.iter().enumerate() {
        let is_told = spans.last().is_some_and(|span| span.contains(&word.start));
        let after = words.get(place + 1..).unwrap_or_default();
        if let Some(end) = street_end(word, after).filter(|_| !is_told) {
            found.add(Kind::Street, &text[word.start..end], None);
            spans.push(word.start..end);
        }
    }
    spans
}

/// Where the street ends that begins with this word.
fn street_end(first: &Word<'_>, after: &[Word<'_>]) -> Option<usize> {
    let mut after = after.iter().take_while(|next| !next.opens).take(STREET_WORDS);
    let ends = |next: &&Word<'_>| lists::holds(STREETS, next.text);
    let last = if is_house(first.text) {
        after.next().filter(|name| name.begins_with_capital() || is_house(name.text))?;
        after.find(ends)?
    } else {
        let named = first.begins_with_capital() && !lists::holds(STREETS, first.text);
        after.next().filter(|next| named && next.begins_with_capital() && ends(next))?
    };
    Some(last.end)
}

/// A house's number, such as "12" and "12b"; also "5th".
fn is_house(word: &str) -> bool {
    let digits = word.trim_end_matches(char::is_alphabetic);
    (1..=6).contains(&digits.len())
        && word.len() - digits.len() <= 2
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Words about a day of birth, and days with their month in words and an earlier year.
fn births(text: &str, words: &[Word<'_>], this_year: u32, found: &mut Found) {
    for phrase in lists::entries(BIRTH) {
        let count = phrase.split(' ').count();
        let stands = |run: &&[Word<'_>]| {
            run.iter().zip(phrase.split(' ')).all(|(word, part)| lists::same(word.stem(), part))
        };
        let run = words.windows(count).find(stands).unwrap_or_default();
        if let (Some(first), Some(last)) = (run.first(), run.last()) {
            found.add(Kind::Birth, &text[first.start..last.end], None);
        }
    }
    for (place, _) in words.iter().enumerate().filter(|(_, word)| lists::holds(MONTHS, word.text)) {
        let from = place.saturating_sub(DATE_WORDS);
        let around = words.get(from..words.len().min(place + DATE_WORDS + 1)).unwrap_or_default();
        let year = |word: &&Word<'_>| {
            value(word.text)
                .is_some_and(|(year, length)| length == 4 && (BORN_FROM..this_year).contains(&year))
        };
        let day = |word: &&Word<'_>| {
            let digits = word.text.trim_end_matches(char::is_alphabetic);
            value(digits).is_some_and(|(day, _)| (1..=31).contains(&day))
        };
        let (day, year) = (around.iter().find(day), around.iter().find(year));
        if let (Some(day), Some(year)) = (day, year) {
            let month = words.get(place).unwrap_or(day);
            let start = day.start.min(year.start).min(month.start);
            let end = day.end.max(year.end).max(month.end);
            found.add(Kind::Birth, &text[start..end], None);
        }
    }
}

/// Capitals inside a sentence, one after the other, and common names wherever they stand; but for streets.
fn names(
    text: &str,
    words: &[Word<'_>],
    streets: &[Range<usize>],
    known: &[String],
    found: &mut Found,
) {
    let is_name = |word: &Word<'_>| {
        is_name(word, known) && !streets.iter().any(|street| street.contains(&word.start))
    };
    for run in words.chunk_by(|one, next| is_name(one) && is_name(next) && !next.opens) {
        if let (Some(first), Some(last)) = (run.first().filter(|first| is_name(first)), run.last())
        {
            let end = last.start + last.stem().len();
            found.add(Kind::Name, &text[first.start..end], None);
        }
    }
}

fn is_name(word: &Word<'_>, known: &[String]) -> bool {
    let stem = word.stem();
    let mut known = known.iter().flat_map(|name| name.split_whitespace());
    let passes = lists::holds(CAPITALISED, stem)
        || lists::holds(MONTHS, stem)
        || known.any(|name| lists::same(name, stem));
    if passes || is_link(word.text) || word.text.contains('@') {
        return false;
    }
    let capital = word.begins_with_capital() && !word.is_capitals() && word.letters() > 1;
    (capital && !word.opens) || lists::holds(NAMES, stem)
}
