//! Which of a page's languages a browser asks for (`features.md` 1.5): RFC 4647, lookup.
//!
//! The header is read for this one answer, and neither kept, logged nor passed on. It may be anything that a
//! stranger sends, so little of it is read.

/// Bytes of the header that are read: browsers send some fifty.
const HEADER_MAX: usize = 1024;

/// Languages of the header that are looked at.
const RANGES_MAX: usize = 24;

/// Bytes of the longest language that is looked at.
const RANGE_MAX: usize = 35;

/// Where Chinese is written in the old letters.
const TRADITIONAL: [&str; 3] = ["tw", "hk", "mo"];

/// Which of these languages is meant; nothing where none of them is asked for.
pub(super) fn chosen<'a>(header: &str, available: impl Iterator<Item = &'a str>) -> Option<usize> {
    let available: Vec<String> = available.map(str::to_ascii_lowercase).collect();
    ranges(header).iter().find_map(|range| look_up(range, &available))
}

/// What is asked for, most wanted first.
fn ranges(header: &str) -> Vec<String> {
    let end = header.char_indices().map(|(at, _)| at).find(|at| *at >= HEADER_MAX);
    let header = header.get(..end.unwrap_or(header.len())).unwrap_or_default();
    let mut ranges: Vec<(u16, String)> =
        header.split(',').take(RANGES_MAX).filter_map(weighted).collect();
    ranges.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    ranges.into_iter().map(|(_, range)| range).collect()
}

/// A language, and how much it is wanted, in thousandths; nothing where it is not wanted, or is not one.
fn weighted(part: &str) -> Option<(u16, String)> {
    let (range, weight) = part.split_once(';').unwrap_or((part, "q=1"));
    let range = range.trim().to_ascii_lowercase();
    let fit = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if range.is_empty() || range.len() > RANGE_MAX || !range.bytes().all(fit) {
        return None;
    }
    let weight: f32 = weight.trim().strip_prefix("q=")?.trim().parse().ok()?;
    if !(weight > 0.0 && weight <= 1.0) {
        return None;
    }
    // Within the range of the type, by the line above.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "said above")]
    Some(((weight * 1000.0) as u16, range))
}

/// The language itself, or one that says more of it; then with less and less of what was asked for.
fn look_up(range: &str, available: &[String]) -> Option<usize> {
    let mut wanted = vec![range.to_owned()];
    wanted.extend(script(range));
    let mut rest = range;
    while let Some((shorter, _)) = rest.rsplit_once('-') {
        wanted.push(shorter.to_owned());
        rest = shorter;
    }
    wanted.iter().find_map(|wanted| {
        let more = |tag: &&String| {
            tag.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.starts_with('-'))
        };
        let same = available.iter().position(|tag| tag == wanted);
        same.or_else(|| available.iter().position(|tag| more(&tag)))
    })
}

/// Chinese is asked for by country, and written in two scripts that not everybody reads alike.
fn script(range: &str) -> Option<String> {
    let mut parts = range.split('-');
    if parts.next() != Some("zh") {
        return None;
    }
    let traditional = parts.any(|part| part == "hant" || TRADITIONAL.contains(&part));
    Some(if traditional { "zh-hant" } else { "zh-hans" }.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(header: &str, available: &[&'static str]) -> Option<&'static str> {
        chosen(header, available.iter().copied()).map(|at| available[at])
    }

    const PAGES: [&str; 5] = ["en", "ar", "zh-Hans", "zh-Hant", "pt-BR"];

    #[test]
    fn the_most_wanted_language_that_there_is_is_given() {
        for (header, page) in [
            ("ar", Some("ar")),
            ("ar-EG,ar;q=0.9,en;q=0.8", Some("ar")),
            ("fr, en;q=0.5, ar;q=0.8", Some("ar")),
            ("fr-FR", None),
            ("*", None),
            ("", None),
            ("EN-us", Some("en")),
            ("pt-PT", Some("pt-BR")),
            ("pt", Some("pt-BR")),
            ("ar;q=0, en;q=0.1", Some("en")),
        ] {
            assert_eq!(said(header, &PAGES), page, "{header}");
        }
    }

    #[test]
    fn chinese_is_given_in_the_script_of_its_country() {
        for (header, page) in [
            ("zh-TW", "zh-Hant"),
            ("zh-HK", "zh-Hant"),
            ("zh-Hant-TW", "zh-Hant"),
            ("zh-CN", "zh-Hans"),
            ("zh", "zh-Hans"),
        ] {
            assert_eq!(said(header, &PAGES), Some(page), "{header}");
        }
        assert_eq!(said("zh-TW", &["en", "zh"]), Some("zh"));
    }

    #[test]
    fn a_header_that_is_none_asks_for_nothing() {
        for header in [
            "ar;q=2",
            "ar;q=-1",
            "ar;q=NaN",
            "ar;q=",
            "ar;x=1",
            ";;;",
            "<script>",
            "a\u{301}r",
            "-",
        ] {
            assert_eq!(said(header, &PAGES), None, "{header}");
        }
    }

    #[test]
    fn of_a_header_without_end_little_is_read() {
        let long = "xx,".repeat(RANGES_MAX) + "ar";
        assert_eq!(said(&long, &PAGES), None);
        assert_eq!(said(&("x".repeat(HEADER_MAX) + ",ar"), &PAGES), None);
        assert_eq!(said(&"ع".repeat(100_000), &PAGES), None);
        assert_eq!(said(&("ar,".to_owned() + &"y".repeat(100_000)), &PAGES), Some("ar"));
    }
}
