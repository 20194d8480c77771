//! The snippet for the program's own website (`features.md` 1.3): a link to the chat, hours, other ways, and a
//! script that says whether chat is open.
//!
//! It becomes part of a page that is not ours, beside whatever else that page loads. So nothing of the chat
//! is in it, and nothing that anybody writes ever passes through it.

use stillroom_program::{Calendar, Fingerprint, LocaleFile, Policy, Timestamp};

use super::{Moment, PageLanguage, PagesError, Template, own_texts, values};
use crate::config::Origin;

const TEMPLATE: &str = include_str!("../../../../pages/snippet/snippet.html");

/// The script, the same for every program.
pub const SNIPPET_SCRIPT: &str = include_str!("../../../../pages/snippet/snippet.js");

/// The snippet's markup, without the script: from this policy, for a chat at `chat` whose relay is at
/// `relay`, in the policy's own language where `language` names no other one of these files.
///
/// # Errors
/// [`PagesError::NoLanguage`] where the policy has no texts in `language`; any other, which whoever built the program can mend.
pub fn snippet(
    policy: &Policy,
    files: &[LocaleFile],
    language: Option<&str>,
    root: &Fingerprint,
    place: (&Origin, &Origin),
    now: Timestamp,
) -> Result<String, PagesError> {
    let (chat, relay) = place;
    let texts = own_texts()?;
    let wanted = language.unwrap_or(&policy.page.language);
    let languages = PageLanguage::all(&texts, policy, files)?.into_iter();
    let texts = languages
        .map(|language| (language.tag, language.texts))
        .find(|(tag, _)| tag.eq_ignore_ascii_case(wanted))
        .map(|(_, texts)| texts)
        .ok_or(PagesError::NoLanguage)?;
    let calendar = Calendar::of(policy).map_err(PagesError::TimeZone)?;
    let moment = Moment::of(&calendar, false, now);
    let mut values = values::values(policy, root, &moment, &texts);
    let status = format!("{relay}/now");
    values.page.lists.insert("exceptions", values::all_exceptions(policy, &moment, &texts));
    values.page.plain.extend([("chat", chat.to_string()), ("status", status)]);
    let text = |name: &str| texts.get(name).map(str::to_owned);
    let filled = Template::read(TEMPLATE).and_then(|template| template.fill(&text, &values));
    filled.map_err(PagesError::Snippet)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A moment within the sample policy's time.
    const NOW: Timestamp = Timestamp(1_795_000_000_000);

    fn filled(policy: &Policy) -> String {
        let chat = "https://chat.example.org".parse().unwrap();
        let relay = "https://relay.example.net".parse().unwrap();
        snippet(policy, &[], None, &Fingerprint([7; 32]), (&chat, &relay), NOW).unwrap()
    }

    #[test]
    fn a_snippet_says_without_its_script_when_chat_is_open_and_where_else_to_turn() {
        let policy = Policy::from_toml(stillroom_program::SAMPLE_POLICY).unwrap();
        let snippet = filled(&policy);
        for part in [
            "href=\"https://chat.example.org/\" rel=\"noreferrer noopener nofollow\"",
            "data-status=\"https://relay.example.net/now\"",
            "<li>Monday – Friday, 08:00–22:00</li>",
            "<li data-date=\"2027-01-01\">Friday, January 1, 2027: Closed (New Year&#39;s Day)</li>",
            "America/Chicago",
            "href=\"tel:+15550100100\"",
            "911",
            &Fingerprint([7; 32]).to_string(),
        ] {
            assert!(snippet.contains(part), "{part}\n{snippet}");
        }
        assert!(!snippet.contains("{{"));
    }

    #[test]
    fn no_name_of_a_program_ends_the_comment_or_becomes_markup() {
        let mut policy = Policy::from_toml(stillroom_program::SAMPLE_POLICY).unwrap();
        policy.page.name = "x --> <script>".try_into().unwrap();
        let snippet = filled(&policy);
        assert!(!snippet.contains("<script") && snippet.matches("-->").count() == 1);
    }

    #[test]
    fn the_script_is_small_and_asks_for_nothing_but_the_state() {
        assert!(SNIPPET_SCRIPT.len() < 3 * 1024);
        assert_eq!(SNIPPET_SCRIPT.matches("fetch(").count(), 1);
        for banned in ["cookie", "Storage", "innerHTML", "</script", "window."] {
            assert!(!SNIPPET_SCRIPT.contains(banned), "{banned}");
        }
    }
}
