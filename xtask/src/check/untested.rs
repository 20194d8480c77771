//! A Rust source without what is compiled for tests alone, for checks that read sources as text.
//!
//! What follows `#[cfg(test)]` is left out, up to the end of that one item. Where that end is not clear, less is left
//! out rather than more: what a check looks at in vain does no harm.

const FOR_TESTS: &str = "#[cfg(test)]";

/// This source without its tests.
pub(super) fn untested(source: &str) -> String {
    let mut kept = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(lexeme) = Lexeme::first(rest) {
        let (text, after) = rest.split_at(lexeme.bytes);
        rest = match after_attribute(text, rest) {
            Some(item) => item.get(item_bytes(item)..).unwrap_or_default(),
            None => {
                kept.push_str(text);
                after
            }
        };
    }
    kept
}

/// What follows the attribute, where code begins with it.
fn after_attribute<'a>(lexeme: &str, code: &'a str) -> Option<&'a str> {
    // Within a comment or a text it is no attribute; both are whole lexemes, and begin otherwise.
    if lexeme == "#" { code.strip_prefix(FOR_TESTS) } else { None }
}

/// Bytes of the item that this code begins with: to its closing brace, a semicolon, or a comma after a field or an arm;
/// at the longest, to the end of what it stands in.
fn item_bytes(code: &str) -> usize {
    let (mut at, mut depth, mut angles) = (0, 0_usize, 0_usize);
    let mut before = ' ';
    while let Some(lexeme) = code.get(at..).and_then(Lexeme::first) {
        match lexeme.sign {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => return at,
            ')' | ']' | '}' => depth -= 1,
            '<' => angles += 1,
            '>' if before != '-' && before != '=' => angles = angles.saturating_sub(1),
            _ => {}
        }
        at += lexeme.bytes;
        let ends = match lexeme.sign {
            '}' | ';' => true,
            ',' => angles == 0,
            _ => false,
        };
        if ends && depth == 0 {
            return at;
        }
        before = lexeme.sign;
    }
    code.len()
}

/// A comment, a text, a character, or any one sign beside them.
struct Lexeme {
    /// The sign; nothing of a text's or a comment's.
    sign: char,
    bytes: usize,
}

impl Lexeme {
    /// What this code begins with.
    fn first(code: &str) -> Option<Self> {
        let sign = code.chars().next()?;
        let whole = match sign {
            '/' if code.starts_with("//") => Some(code.find('\n').unwrap_or(code.len())),
            '/' if code.starts_with("/*") => Some(comment_bytes(code)),
            '"' => Some(text_bytes(code)),
            '\'' => character_bytes(code),
            'r' => raw_text_bytes(code),
            _ => None,
        };
        Some(match whole {
            Some(bytes) => Self { sign: ' ', bytes },
            None => Self { sign, bytes: sign.len_utf8() },
        })
    }
}

/// Bytes of a comment that may have others in it.
fn comment_bytes(code: &str) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(rest) = code.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    code.len()
}

/// Bytes of a text in quotes.
fn text_bytes(code: &str) -> usize {
    let mut is_escaped = true;
    for (at, sign) in code.char_indices() {
        match sign {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// Bytes of a text such as `r#"…"#`; nothing where an `r` is a letter of a name.
fn raw_text_bytes(code: &str) -> Option<usize> {
    let begun = code.strip_prefix('r')?;
    let hashes = begun.len() - begun.trim_start_matches('#').len();
    let within = begun.get(hashes..)?.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let before = code.len() - within.len();
    Some(within.find(&end).map_or(code.len(), |at| before + at + end.len()))
}

/// Bytes of a character in quotes; nothing where a lifetime begins so.
fn character_bytes(code: &str) -> Option<usize> {
    let within = code.strip_prefix('\'')?;
    let first = within.chars().next()?;
    let end = match first {
        '\\' => 2 + within.get(2..)?.find('\'')?,
        _ => within.get(first.len_utf8()..)?.starts_with('\'').then_some(first.len_utf8())?,
    };
    Some(1 + end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_behind_a_module_of_tests_is_kept() {
        let source = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n";
        assert_eq!(untested(source), "fn a() {}\n\nfn c() {}\n");
    }

    #[test]
    fn any_item_alone_is_left_out() {
        for item in [
            "use a::{b, c};",
            "mod tests;",
            "#[allow(dead_code)]\npub(crate) fn f<A, B>(a: A) -> [u8; 2] { if a { b } else { c } }",
            "const A: [&str; 2] = [\"}\", \"#[cfg(test)]\"];",
            "impl<'a> A<'a> { const B: char = '}'; }",
            "macro_rules! m { ($a:expr) => {{ $a }}; }",
        ] {
            let source = format!("fn a() {{}}\n#[cfg(test)]\n{item}\nfn c() {{}}\n");
            let kept = untested(&source);
            assert!(kept.ends_with("\nfn c() {}\n"), "{item}: {kept}");
            for gone in ["mod tests", "fn f", "const", "macro_rules", "impl", "use"] {
                assert!(!kept.contains(gone), "{item}: {kept}");
            }
        }
    }

    #[test]
    fn a_field_and_an_arm_are_left_out_without_their_neighbours() {
        let field = "struct A {\n    #[cfg(test)]\n    b: Map<u8, u8>,\n    c: u8,\n}\n";
        assert_eq!(untested(field), "struct A {\n    \n    c: u8,\n}\n");
        let last = "struct A {\n    #[cfg(test)]\n    b: u8\n}\nfn c() {}";
        assert!(untested(last).ends_with("}\nfn c() {}"));
        let arm = "match a {\n    #[cfg(test)]\n    A => f(b, c),\n    B => g(),\n}";
        assert_eq!(untested(arm), "match a {\n    \n    B => g(),\n}");
    }

    #[test]
    fn braces_in_texts_characters_and_comments_end_nothing() {
        let tests = "mod tests {\n    // }\n    /* } /* } */ } */\n    const A: &str = \"} \\\" }\";\n    \
                     const B: &str = r#\"} \" }\"#;\n    const C: [char; 3] = ['}', '\\'', '\\u{7d}'];\n    \
                     fn f<'a>(a: &'a str) {}\n}";
        assert_eq!(untested(&format!("#[cfg(test)]\n{tests}\nfn c() {{}}")), "\nfn c() {}");
    }

    #[test]
    fn the_words_in_a_text_or_a_comment_are_no_attribute() {
        let source = "// #[cfg(test)]\nfn a() { b(\"#[cfg(test)]\") }\n";
        assert_eq!(untested(source), source);
    }

    #[test]
    fn a_source_that_breaks_off_comes_to_an_end() {
        let source = "fn a() {}\n#[cfg(test)]\nmod tests { /* \" ' r#\"";
        for bytes in 0..source.len() {
            let kept = untested(&source[..bytes]);
            assert!(kept.len() <= bytes);
        }
    }
}
