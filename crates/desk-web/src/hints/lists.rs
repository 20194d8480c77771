//! The lists beside the code: one entry a line, `#` before what explains them.

/// Slang, with what it says in full.
pub(super) const SLANG: &str = include_str!("slang.txt");
/// Acronyms of this work, with what they say in full.
pub(super) const ACRONYMS: &str = include_str!("acronyms.txt");
/// What everybody writes in capitals.
pub(super) const KNOWN_CAPITALS: &str = include_str!("known-capitals.txt");
/// Short words that are shouted in capitals.
pub(super) const EMPHASIS: &str = include_str!("emphasis.txt");
/// Faces of signs.
pub(super) const EMOTICONS: &str = include_str!("emoticons.txt");
/// Endings of links.
pub(super) const LINK_ENDINGS: &str = include_str!("link-endings.txt");
/// Words that end a street's name.
pub(super) const STREETS: &str = include_str!("streets.txt");
/// Words about a day of birth.
pub(super) const BIRTH: &str = include_str!("birth.txt");
/// Months.
pub(super) const MONTHS: &str = include_str!("months.txt");
/// Words with a capital that name nobody.
pub(super) const CAPITALISED: &str = include_str!("capitalised.txt");
/// Common given names.
pub(super) const NAMES: &str = include_str!("names.txt");

/// A list's entries.
pub(super) fn entries(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Whether a word is in a list, in whatever letters.
pub(super) fn holds(list: &'static str, word: &str) -> bool {
    entries(list).any(|entry| same(entry, word))
}

/// What a list says of a word.
pub(super) fn meaning(list: &'static str, word: &str) -> Option<&'static str> {
    let pairs = entries(list).filter_map(|entry| entry.split_once(" = "));
    pairs.filter(|(entry, _)| same(entry, word)).map(|(_, meaning)| meaning).next()
}

/// Whether two words differ in nothing but small letters and capitals. Makes no copy of either.
pub(super) fn same(one: &str, other: &str) -> bool {
    // Most differ in length already. Some letters that are not ASCII change theirs with their case.
    if one.is_ascii() && other.is_ascii() && one.len() != other.len() {
        return false;
    }
    one.chars().flat_map(char::to_lowercase).eq(other.chars().flat_map(char::to_lowercase))
}
