//! The placeholders of a prepared message that is in a message box: which are left, and where the next one is
//! (`features.md` 3.2).
//!
//! Only those that came with a prepared message count: whoever writes braces by hand may send them.

use core::ops::Range;

/// The first placeholder, among those `expected`, that still stands in a text, in the order of the text.
pub(crate) fn left<'a>(text: &str, expected: &'a [String]) -> Option<&'a str> {
    let standing = expected.iter().filter_map(|one| Some((text.find(one.as_str())?, one.as_str())));
    standing.min_by_key(|(at, _)| *at).map(|(_, one)| one)
}

/// Where the next one stands from `from` on, both counted as a text field counts: in UTF-16.
pub(crate) fn next(text: &str, from: u32, expected: &[String]) -> Option<Range<u32>> {
    let start = byte_at(text, from);
    let rest = text.get(start..)?;
    let found = left(rest, expected)?;
    let begin = rest.find(found)?;
    let units = |text: &str| u32::try_from(text.encode_utf16().count()).ok();
    let begin = from.checked_add(units(rest.get(..begin)?)?)?;
    Some(begin..begin.checked_add(units(found)?)?)
}

/// What a placeholder says belongs in its place.
pub(crate) fn inside(placeholder: &str) -> &str {
    placeholder.trim_matches(['{', '}'])
}

/// The byte at which so many units of UTF-16 are over.
fn byte_at(text: &str, units: u32) -> usize {
    let mut left = usize::try_from(units).unwrap_or(usize::MAX);
    let after = text.char_indices().find(|(_, sign)| {
        let is_there = left == 0;
        left = left.saturating_sub(sign.len_utf16());
        is_there
    });
    after.map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "مرحبا \u{1F469} {name of place}, {time}";

    fn expected() -> Vec<String> {
        ["{time}", "{name of place}"].map(String::from).to_vec()
    }

    #[test]
    fn the_first_that_is_left_is_the_first_of_the_text() {
        assert_eq!(left(TEXT, &expected()), Some("{name of place}"));
        assert_eq!(left("at {time}", &expected()), Some("{time}"));
        assert_eq!(left("at {noon}", &expected()), None, "braces of one's own");
    }

    #[test]
    fn the_next_is_where_a_text_field_counts_it() {
        let place = next(TEXT, 0, &expected()).unwrap();
        assert_eq!(place, 9..24, "the woman is two units");
        let time = next(TEXT, place.end, &expected()).unwrap();
        assert_eq!(time, 26..32);
        assert_eq!(next(TEXT, time.end, &expected()), None);
        assert_eq!(next(TEXT, 999, &expected()), None);
    }

    proptest! {
        #[test]
        fn any_text_and_any_place_in_it_are_read(text in "\\PC{0,60}", from in 0_u32..200) {
            let expected = vec![text.chars().take(3).collect::<String>()];
            if let Some(found) = next(&text, from, &expected) {
                prop_assert!(found.start >= from && found.end >= found.start);
            }
        }
    }
}
