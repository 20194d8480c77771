//! The survivor's page of a draft that nobody signed, to be looked at (`features.md` 5.6; `decisions/0029`).
//!
//! It is the page's own markup, filled as the relay fills it, with its own style inside. What would run or fetch is
//! left out: scripts, the page's core, icons. Whoever shows it puts it into a frame that may do nothing
//! (`<iframe sandbox srcdoc=…>`), since a link in it still leads somewhere.

use std::fmt;

use stillroom_program::{Calendar, Fingerprint, LocaleFile, Policy, TimeZoneUnknown, Timestamp};

use crate::template::{Template, TemplateError};
use crate::texts::{Texts, TextsError};
use crate::translation::languages;
use crate::values::{self, Moment, Readable};

/// The page as it is written.
const PAGE: &str = include_str!("../../../pages/survivor/page.html");

/// Its style, with what it imports before it.
const STYLES: [&str; 7] = [
    include_str!("../../../pages/components/tokens/tokens.css"),
    include_str!("../../../pages/components/way-out/way-out.css"),
    include_str!("../../../pages/components/button/button.css"),
    include_str!("../../../pages/components/notice/notice.css"),
    include_str!("../../../pages/components/conversation/conversation.css"),
    include_str!("../../../pages/components/composer/composer.css"),
    include_str!("../../../pages/survivor/page.css"),
];

/// Why there is nothing to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PreviewError {
    /// The draft names a time zone that is none: its hours cannot be worked out.
    TimeZone(TimeZoneUnknown),
    /// The draft has no texts in the language that was asked for, or its file is of no use.
    NoLanguage,
    /// The texts inside this program, which its makers can mend.
    Texts(TextsError),
    /// The page inside this program, which its makers can mend.
    Template(TemplateError),
}

impl fmt::Display for PreviewError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimeZone(error) => error.fmt(f),
            Self::NoLanguage => f.write_str("the policy has no texts in this language"),
            Self::Texts(error) => write!(f, "the texts: {error}"),
            Self::Template(error) => write!(f, "the page: {error}"),
        }
    }
}

impl std::error::Error for PreviewError {}

/// The document of the survivor's page under this draft at this moment, while somebody is on duty or nobody is; in the
/// draft's own language where `language` names no other one of these files.
///
/// # Errors
/// [`PreviewError`].
pub fn preview(
    draft: &Policy,
    files: &[LocaleFile],
    language: Option<&str>,
    on_duty: bool,
    now: Timestamp,
) -> Result<String, PreviewError> {
    let base = Texts::read(None).map_err(PreviewError::Texts)?;
    let readable = languages(&base, draft, files).map_err(PreviewError::Texts)?.readable;
    let wanted = language.unwrap_or(&draft.page.language);
    let (_, texts) = readable
        .iter()
        .find(|(tag, _)| tag.eq_ignore_ascii_case(wanted))
        .ok_or(PreviewError::NoLanguage)?;
    let calendar = Calendar::of(draft).map_err(PreviewError::TimeZone)?;
    let moment = Moment::of(&calendar, on_duty, now);
    // No program's fingerprint: nothing in it connects to anybody.
    let mut values = values::values(draft, &Fingerprint([0; 32]), &moment, texts);
    values.page.plain.extend([("relay", String::new()), ("content_policy", String::new())]);
    values.conditions.extend([("for_practice", false), ("asks", false)]);
    values.conditions.insert("has_locales", readable.len() > 1);
    let all = readable.iter().map(|(tag, of_tag)| Readable {
        tag,
        words: "",
        current: of_tag.lang() == texts.lang(),
    });
    let all: Vec<Readable<'_>> = all.collect();
    let choices = values::choose_language(&draft.page, &all, texts);
    values.page.lists.insert("all_languages", choices);
    let text = |name: &str| texts.get(name).map(str::to_owned);
    let template = Template::read(&harmless(PAGE)).map_err(PreviewError::Template)?;
    let document = template.fill(&text, &values).map_err(PreviewError::Template)?;
    Ok(styled(&document))
}

/// The page without what names a file of its own: scripts, its core, its icons, and its style.
fn harmless(page: &str) -> String {
    const FILE: &str = "{{asset ";
    let mut harmless = String::with_capacity(page.len());
    let mut rest = page;
    while let Some(at) = rest.find(FILE) {
        let (before, after) = rest.split_at(at);
        let begins = before.rfind('<').unwrap_or(at);
        let (kept, tag) = before.split_at(begins);
        harmless.push_str(kept);
        let ends = if tag.starts_with("<script") { "</script>" } else { ">" };
        rest = after.split_once(ends).map_or("", |(_, behind)| behind);
    }
    harmless.push_str(rest);
    harmless
}

/// The document as its scripts leave it, in its own style.
fn styled(document: &str) -> String {
    let without_imports = |style: &str| -> String {
        style.lines().filter(|line| !line.starts_with("@import")).collect::<Vec<_>>().join("\n")
    };
    let style: Vec<String> = STYLES.iter().map(|style| without_imports(style)).collect();
    let style = format!("<style>{}</style></head>", style.join("\n"));
    // Texts are escaped: the first of each of these is the page's own.
    document.replacen("<html ", "<html class=\"js\" ", 1).replacen("</head>", &style, 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use stillroom_program::{Direction, Locale, SAMPLE_POLICY};

    /// A moment within the sample policy's time: a Wednesday afternoon in Chicago.
    const OPEN: Timestamp = Timestamp::from_seconds(1_795_035_600);

    fn sample() -> Policy {
        Policy::from_toml(SAMPLE_POLICY).unwrap()
    }

    #[test]
    fn a_draft_that_nobody_could_sign_is_shown_all_the_same() {
        let mut draft = sample();
        draft.page.name = "A & B <script>".try_into().unwrap();
        draft.page.title = "Crisis".try_into().unwrap();
        assert!(!draft.check().is_empty());
        let shown = preview(&draft, &[], None, true, OPEN).unwrap();
        assert!(shown.contains("A &amp; B &lt;script&gt;"), "{shown}");
        assert!(shown.contains("<title>Crisis</title>"));
        assert!(shown.contains("+1 555 010 0100"));
    }

    #[test]
    fn nothing_in_it_runs_or_fetches() {
        let shown = preview(&sample(), &[], None, true, OPEN).unwrap();
        assert!(!shown.contains("{{"), "a hole is left");
        for active in ["<script", "<link", "src=", "@import", "url(", "javascript:"] {
            assert!(!shown.contains(active), "{active}");
        }
        assert_eq!(shown.matches("<style>").count(), 1);
    }

    #[test]
    fn it_says_whether_chat_is_open_as_the_page_would() {
        let state = |on_duty, at| {
            let shown = preview(&sample(), &[], None, on_duty, at).unwrap();
            let (_, state) = shown.split_once("data-state=\"").unwrap();
            state.split_once('"').unwrap().0.to_owned()
        };
        assert_eq!(state(true, OPEN), "open");
        assert_eq!(state(false, OPEN), "nobody");
        let night = Timestamp::from_seconds(OPEN.seconds() + 14 * 60 * 60);
        assert_eq!(state(true, night), "closed");
    }

    #[test]
    fn a_language_is_shown_by_its_file_and_one_without_is_said_to_be_missing() {
        let file = LocaleFile::try_from("leave-this-page = غادر\n".as_bytes().to_vec()).unwrap();
        let mut draft = sample();
        let (tag, name) = ("ar".try_into().unwrap(), "العربية".try_into().unwrap());
        let (direction, hash) = (Direction::RightToLeft, Locale::hash(&file));
        draft.page.locales = vec![Locale { tag, name, direction, file: hash }].try_into().unwrap();
        let shown = preview(&draft, &[file], Some("ar"), true, OPEN).unwrap();
        assert!(shown.contains("lang=\"ar\" dir=\"rtl\"") && shown.contains("غادر"));
        let missing = preview(&draft, &[], Some("ar"), true, OPEN);
        assert_eq!(missing, Err(PreviewError::NoLanguage));
    }

    #[test]
    fn a_time_zone_that_is_none_is_told() {
        let mut draft = sample();
        draft.page.hours.time_zone = "Nowhere/None".try_into().unwrap();
        let shown = preview(&draft, &[], None, true, OPEN);
        assert_eq!(shown, Err(PreviewError::TimeZone(TimeZoneUnknown)));
    }
}
