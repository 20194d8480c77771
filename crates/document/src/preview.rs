//! The survivor's page of a draft that nobody signed, to be looked at (`features.md` 5.6; `decisions/0029`).
//!
//! It is the page's own markup, filled as the relay fills it, with its own style inside. What would run, fetch or lead
//! somewhere is left out: scripts, the page's core, icons, the targets of links and forms; and the document says of
//! itself that it may load nothing but that style. Whoever shows it puts it into a frame that may do nothing
//! (`<iframe sandbox srcdoc=…>`), so that neither would matter alone.

use std::fmt;
use std::sync::OnceLock;

use data_encoding::BASE64;
use sha2::{Digest as _, Sha256};
use stillroom_program::{Calendar, Fingerprint, LocaleFile, Policy, TimeZoneUnknown, Timestamp};

use crate::template::{Template, TemplateError};
use crate::texts::{Texts, TextsError};
use crate::translation::languages;
use crate::values::{self, Moment, Readable};

/// The page as it is written.
const PAGE: &str = include_str!("../../../pages/survivor/page.html");

/// Links as they are in pages, from which nothing leads anywhere.
const LINKS: &str = ":where(a[data-href]) { text-decoration: underline; }";

/// Its style, with what it imports before it.
const STYLES: [&str; 8] = [
    LINKS,
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

/// A screen of the survivor's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreviewScreen {
    /// What they see first.
    Before,
    /// The question whether somebody else sees their device.
    Safety,
    /// Their rights.
    Rights,
    /// The optional questions, where the draft has some.
    Questions,
    /// What they see after a chat.
    Ended,
    /// The survey, where the draft has one.
    Survey,
}

impl PreviewScreen {
    /// All, in the order in which a survivor comes to them.
    pub const ALL: [Self; 6] =
        [Self::Before, Self::Safety, Self::Rights, Self::Questions, Self::Ended, Self::Survey];

    /// As the page calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Safety => "safety",
            Self::Rights => "rights",
            Self::Questions => "questions",
            Self::Ended => "ended",
            Self::Survey => "survey",
        }
    }

    /// Whether a page of this draft has it: it asks where answers can be sealed to somebody.
    pub fn is_in(self, draft: &Policy) -> bool {
        let asks = draft.terms.report_key.is_some();
        match self {
            Self::Questions => asks && !draft.page.questions.is_empty(),
            Self::Survey => asks && !draft.page.survey.is_empty(),
            Self::Before | Self::Safety | Self::Rights | Self::Ended => true,
        }
    }
}

/// Which of what a page can be is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// In the draft's own language where this names no other one.
    pub language: Option<&'a str>,
    /// The screen.
    pub screen: PreviewScreen,
    /// Whether somebody is on duty.
    pub on_duty: bool,
    /// When.
    pub now: Timestamp,
}

/// The document of the survivor's page under this draft, whose further languages are in these files.
///
/// # Errors
/// [`PreviewError`].
pub fn preview(
    draft: &Policy,
    files: &[LocaleFile],
    look: &Look<'_>,
) -> Result<String, PreviewError> {
    let base = Texts::read(None).map_err(PreviewError::Texts)?;
    let readable = languages(&base, draft, files).map_err(PreviewError::Texts)?.readable;
    let wanted = look.language.unwrap_or(&draft.page.language);
    let (_, texts) = readable
        .iter()
        .find(|(tag, _)| tag.eq_ignore_ascii_case(wanted))
        .ok_or(PreviewError::NoLanguage)?;
    let calendar = Calendar::of(draft).map_err(PreviewError::TimeZone)?;
    let moment = Moment::of(&calendar, look.on_duty, look.now);
    // No program's fingerprint: nothing in it connects to anybody.
    let mut values = values::values(draft, &Fingerprint([0; 32]), &moment, texts);
    let content_policy = format!("default-src 'none'; style-src {}", preview_style());
    values.page.plain.extend([("relay", String::new()), ("content_policy", content_policy)]);
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
    let page = on_screen(&harmless(PAGE), look.screen);
    let template = Template::read(&page).map_err(PreviewError::Template)?;
    let document = template.fill(&text, &values).map_err(PreviewError::Template)?;
    Ok(styled(&document))
}

/// The one style that a preview may have, as a content security policy names it: that of the page which shows it must let
/// it in, since a frame of a document inside the page has the page's own.
pub fn preview_style() -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| format!("'sha256-{}'", BASE64.encode(&Sha256::digest(style())))).clone()
}

/// The page without what names a file of its own (scripts, its core, its icons, its style), and without where its links
/// and forms lead.
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
    harmless.replace(" href=\"", " data-href=\"").replace(" action=\"", " data-action=\"")
}

/// The page as its scripts leave it when they show this screen.
fn on_screen(page: &str, screen: PreviewScreen) -> String {
    let name = screen.name();
    // Only the page's own markup is here yet, so that each of these is where it is meant.
    let page = page
        .replacen("<html ", "<html class=\"js\" ", 1)
        .replacen("id=\"start\" autocomplete=\"off\" disabled>", "id=\"start\">", 1)
        .replacen("data-screen=\"before\"", &format!("data-screen=\"{name}\""), 1);
    if screen == PreviewScreen::Before {
        return page;
    }
    page.replacen("<section id=\"before\"", "<section id=\"before\" hidden", 1)
        .replacen(
            &format!("<section id=\"{name}\" class=\"{}\" hidden>", class(screen)),
            &format!("<section id=\"{name}\" class=\"{}\">", class(screen)),
            1,
        )
        .replacen("id=\"ended-by-staff\" hidden", "id=\"ended-by-staff\"", 1)
}

const fn class(screen: PreviewScreen) -> &'static str {
    match screen {
        PreviewScreen::Before => "before",
        PreviewScreen::Ended => "ended",
        PreviewScreen::Safety
        | PreviewScreen::Rights
        | PreviewScreen::Questions
        | PreviewScreen::Survey => "step",
    }
}

/// The document in its own style.
fn styled(document: &str) -> String {
    // Texts are escaped: the first of these is the page's own.
    document.replacen("</head>", &format!("<style>{}</style></head>", style()), 1)
}

fn style() -> String {
    let without_imports = |style: &str| -> String {
        style.lines().filter(|line| !line.starts_with("@import")).collect::<Vec<_>>().join("\n")
    };
    STYLES.map(without_imports).join("\n")
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

    /// The first screen while somebody is on duty.
    const LOOK: Look<'_> =
        Look { language: None, screen: PreviewScreen::Before, on_duty: true, now: OPEN };

    #[test]
    fn a_draft_that_nobody_could_sign_is_shown_all_the_same() {
        let mut draft = sample();
        draft.page.name = "A & B <script>".try_into().unwrap();
        draft.page.title = "Crisis".try_into().unwrap();
        assert!(!draft.check().is_empty());
        let shown = preview(&draft, &[], &LOOK).unwrap();
        assert!(shown.contains("A &amp; B &lt;script&gt;"), "{shown}");
        assert!(shown.contains("<title>Crisis</title>"));
        assert!(shown.contains("+1 555 010 0100"));
    }

    #[test]
    fn nothing_in_it_runs_or_fetches() {
        let shown = preview(&sample(), &[], &LOOK).unwrap();
        assert!(!shown.contains("{{"), "a hole is left");
        for active in
            ["<script", "<link", " src=", "@import", "url(", "javascript:", " href=", " action="]
        {
            assert!(!shown.contains(active), "{active}");
        }
        assert_eq!(shown.matches("<style>").count(), 1);
    }

    #[test]
    fn whatever_is_written_into_a_draft_nothing_in_it_runs_fetches_or_leads_anywhere() {
        const ATTACK: &str = "\"></title></style><script>x()</script><img src=x onerror=x()>\
                              <a href=javascript:x()>x</a><form action=//x>";
        let mut draft = sample();
        draft.page.name = ATTACK.get(..60).unwrap().try_into().unwrap();
        draft.page.about = ATTACK.try_into().unwrap();
        draft.page.safety.text = ATTACK.try_into().unwrap();
        draft.page.hours.note = ATTACK.try_into().unwrap();
        let mut alternatives = draft.page.alternatives.to_vec();
        alternatives[0].label = ATTACK.get(..40).unwrap().try_into().unwrap();
        alternatives[0].value = "javascript:x()".try_into().unwrap();
        draft.page.alternatives = alternatives.try_into().unwrap();
        for screen in PreviewScreen::ALL {
            let shown = preview(&draft, &[], &Look { screen, ..LOOK }).unwrap();
            for active in ["<script", "<img", "<a href", "<form action", "</title></style>"] {
                assert!(!shown.contains(active), "{active}");
            }
            assert_eq!(shown.matches("</style>").count(), 1);
            let rules = shown.find("http-equiv=\"Content-Security-Policy\"").unwrap();
            assert!(
                rules < shown.find("<title>").unwrap(),
                "its rules come before what is written"
            );
        }
    }

    #[test]
    fn the_rules_in_it_let_in_its_own_style_and_nothing_else() {
        let shown = preview(&sample(), &[], &LOOK).unwrap();
        let (_, style) = shown.split_once("<style>").unwrap();
        let (style, _) = style.split_once("</style>").unwrap();
        let hash = BASE64.encode(&Sha256::digest(style));
        assert_eq!(preview_style(), format!("'sha256-{hash}'"));
        let rules =
            format!("content=\"default-src &#39;none&#39;; style-src &#39;sha256-{hash}&#39;\"");
        assert!(shown.contains(&rules), "{rules}");
    }

    #[test]
    fn every_screen_is_shown_alone() {
        let key = stillroom_program::ReceivingKey::from_bytes(&[2; 32]).public_key();
        let draft = sample().with_report_key(&key);
        for screen in PreviewScreen::ALL {
            assert!(screen.is_in(&draft));
            let shown = preview(&draft, &[], &Look { screen, ..LOOK }).unwrap();
            assert!(shown.contains(&format!("data-screen=\"{}\"", screen.name())));
            let sections = shown.match_indices("<section id=\"").map(|(at, _)| {
                let (tag, _) = shown[at..].split_once('>').unwrap();
                tag
            });
            let open: Vec<&str> = sections.filter(|tag| !tag.contains(" hidden")).collect();
            assert_eq!(open.len(), 1, "{open:?}");
            assert!(open[0].contains(&format!("id=\"{}\"", screen.name())), "{open:?}");
        }
    }

    #[test]
    fn it_says_whether_chat_is_open_as_the_page_would() {
        let state = |on_duty, at| {
            let shown = preview(&sample(), &[], &Look { on_duty, now: at, ..LOOK }).unwrap();
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
        let arabic = Look { language: Some("ar"), ..LOOK };
        let shown = preview(&draft, &[file], &arabic).unwrap();
        assert!(shown.contains("lang=\"ar\" dir=\"rtl\"") && shown.contains("غادر"));
        let missing = preview(&draft, &[], &arabic);
        assert_eq!(missing, Err(PreviewError::NoLanguage));
    }

    #[test]
    fn a_time_zone_that_is_none_is_told() {
        let mut draft = sample();
        draft.page.hours.time_zone = "Nowhere/None".try_into().unwrap();
        let shown = preview(&draft, &[], &LOOK);
        assert_eq!(shown, Err(PreviewError::TimeZone(TimeZoneUnknown)));
    }
}
