//! Which promise is lost when a server leaves out or weakens a header (`features.md` 1.4, 3.1, 6.5).
//!
//! What is looked for is what the relay itself sends. A header that allows less than asked for is taken as it
//! is only where that cannot be mistaken; everything else must be as it was asked for, and nothing may stand
//! beside it that browsers could take for more.

use std::collections::{BTreeMap, BTreeSet};

use stillroom_relay::{NOT_KEPT, Origin, Which, strict};

use super::fetch::Answer;

/// A year: what counts as insisting on TLS.
const TRANSPORT_SECONDS: u64 = 31_536_000;

/// What each directive of the content security policy keeps.
const DIRECTIVES: [(&str, &str); 10] = [
    ("default-src", "what nobody thought of may be loaded from anywhere"),
    ("script-src", "code from elsewhere could run in the page and read the chat"),
    ("style-src", "styles from elsewhere could cover or fake parts of the page"),
    ("img-src", "pictures from elsewhere could tell others that the page was opened"),
    ("connect-src", "what is written could be sent to others than the relay"),
    ("form-action", "what is typed could be sent elsewhere as a form"),
    ("base-uri", "the page's files could be fetched from elsewhere"),
    ("frame-ancestors", "another site could show the page inside its own and watch it"),
    ("require-trusted-types-for", "a text could become code"),
    ("trusted-types", "a text could become code"),
];

/// What other directives, which go before those of [`DIRECTIVES`] that they are a part of, would let in.
const OTHER_DIRECTIVES: [(&str, &str); 8] = [
    ("script-src-elem", "code from elsewhere could run in the page and read the chat"),
    ("script-src-attr", "code could stand in the page's markup and read the chat"),
    ("style-src-elem", "styles from elsewhere could cover or fake parts of the page"),
    ("style-src-attr", "styles could stand in the page's markup and cover parts of it"),
    ("worker-src", "code could go on beside the page"),
    ("frame-src", "other sites could be shown inside the page"),
    ("child-src", "other sites could be shown inside the page"),
    ("object-src", "a plug-in could run in the page"),
];

/// What of a content security policy has the browser tell others.
const REPORTS: [&str; 2] = ["report-uri", "report-to"];

/// What reports do, by whatever header.
const REPORTED: &str = "it has the browser report visits to somebody else";

/// What each other header keeps.
const HEADERS: [(&str, &str); 10] = [
    ("referrer-policy", "the site that somebody goes to next learns where they were"),
    ("x-content-type-options", "a file could be taken for code that is none"),
    ("x-frame-options", "another site could show the page inside its own, in older browsers"),
    ("permissions-policy", "code in the page could ask for camera, microphone or place"),
    ("cross-origin-opener-policy", "a page that opened this one keeps a hold of it"),
    ("cross-origin-embedder-policy", "files of other sites could be loaded beside the chat"),
    ("cross-origin-resource-policy", "other sites could load the page's files beside their code"),
    (
        "x-dns-prefetch-control",
        "names in links are looked up before they are pressed, which shows on the network",
    ),
    ("x-robots-tag", "search engines may list the page"),
    (
        "strict-transport-security",
        "whoever holds the network could answer in the page's place without TLS",
    ),
];

/// Headers that must not be there, and what they would do.
const HARMFUL: [(&str, &str); 11] = [
    ("set-cookie", "it marks the visitor, who can be recognised the next time"),
    ("nel", REPORTED),
    ("report-to", REPORTED),
    ("reporting-endpoints", REPORTED),
    ("content-security-policy-report-only", REPORTED),
    ("link", "it has the browser load what the page does not name"),
    ("refresh", "it leads the page to somewhere else"),
    ("service-worker-allowed", "it lets code that stays behind stand between page and server"),
    ("accept-ch", "it has the browser tell more about the device, by which it can be recognised"),
    ("critical-ch", "it has the browser ask again at once, and tell more about the device"),
    ("speculation-rules", "it has the browser load other pages that nobody asked for"),
];

/// What must not be there beside a document. Its files are the same for everybody.
const HARMFUL_TO_DOCUMENTS: [(&str, &str); 1] =
    [("access-control-allow-origin", "other sites could read the page, and what it says just now")];

/// What is wrong with the headers of this page's document at `origin`. Where it connects to is not looked at unless
/// `relay` is known.
pub(super) fn of_document(
    answer: &Answer,
    which: Which,
    origin: &Origin,
    relay: Option<&Origin>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, expected) in strict(which, origin, relay.unwrap_or(origin)) {
        let sent = answer.header(name);
        if name == "content-security-policy" {
            wrong.extend(wrong_content_policy(answer, &expected, relay.is_some()));
        } else if !holds(name, &expected, sent.as_deref()) {
            wrong.push(lost(name, sent.is_some(), promise(&HEADERS, name)));
        }
    }
    let kept = answer.header("cache-control");
    if !has_all(kept.as_deref(), NOT_KEPT) {
        let promise = "the page stays in the browser's cache, where it can be found";
        wrong.push(lost("cache-control: no-store", kept.is_some(), promise));
    }
    wrong.extend(harmful(answer, &HARMFUL));
    wrong.extend(harmful(answer, &HARMFUL_TO_DOCUMENTS));
    wrong
}

/// What is wrong with the headers of a file that the document names, which must be given out as `content_type`
/// and be kept like `kept`.
pub(super) fn of_file(answer: &Answer, content_type: &str, kept: &str) -> Vec<String> {
    let mut wrong: Vec<String> = harmful(answer, &HARMFUL).collect();
    let sent = answer.header("content-type").unwrap_or_default().to_ascii_lowercase();
    if sent.replace(' ', "") != content_type.replace(' ', "") {
        wrong.push(format!("content-type is not {content_type}: browsers refuse to use it"));
    }
    for name in ["x-content-type-options", "cross-origin-resource-policy"] {
        let expected = if name == "x-content-type-options" { "nosniff" } else { "same-origin" };
        let sent = answer.header(name);
        if !holds(name, expected, sent.as_deref()) {
            wrong.push(lost(name, sent.is_some(), promise(&HEADERS, name)));
        }
    }
    let sent = answer.header("cache-control");
    if !has_all(sent.as_deref(), kept) {
        let promise = if kept == NOT_KEPT {
            "the file stays in the browser's cache, with the name of the page's host"
        } else {
            "everything is loaded anew at every visit"
        };
        wrong.push(lost(&format!("cache-control: {kept}"), sent.is_some(), promise));
    }
    wrong
}

fn lost(header: &str, there: bool, promise: &str) -> String {
    let how = if there { "says something else" } else { "is not there" };
    format!("{header} {how}: {promise}")
}

fn promise(of: &[(&'static str, &'static str)], name: &str) -> &'static str {
    of.iter().find(|(found, _)| *found == name).map_or("", |(_, promise)| promise)
}

fn harmful(answer: &Answer, those: &[(&str, &str)]) -> impl Iterator<Item = String> {
    let there = those.iter().filter(move |(name, _)| answer.headers.contains_key(*name));
    there.map(|(name, what)| format!("{name} is there: {what}"))
}

/// Whether a header says at least what it must.
fn holds(name: &str, expected: &str, sent: Option<&str>) -> bool {
    match name {
        "permissions-policy" => sent.is_some_and(|sent| permits_no_more(sent, expected)),
        "strict-transport-security" => sent.is_some_and(insists_on_tls),
        _ => sent.is_some_and(|sent| sent.eq_ignore_ascii_case(expected)),
    }
}

/// Whether every permission is as `expected` has it, and nothing stands beside them but further refusals: of one
/// that is there twice browsers take the last, and where they cannot read one they take none at all.
fn permits_no_more(sent: &str, expected: &str) -> bool {
    let sent: BTreeSet<&str> = sent.split(',').map(str::trim).collect();
    let expected: BTreeSet<&str> = expected.split(',').map(str::trim).collect();
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || b"-".contains(&byte))
    };
    let is_told = |name: &str| {
        let mut expected = expected.iter().filter_map(|part| part.split_once('='));
        expected.any(|(told, _)| told == name)
    };
    let refuses =
        |part: &str| part.strip_suffix("=()").is_some_and(|name| is_name(name) && !is_told(name));
    expected.is_subset(&sent) && sent.difference(&expected).all(|part| refuses(part))
}

/// Whether browsers keep to TLS for a year or longer; a time that is there twice is none.
fn insists_on_tls(sent: &str) -> bool {
    let sent = sent.to_ascii_lowercase();
    let mut ages = sent.split(';').filter_map(|part| part.trim().strip_prefix("max-age="));
    let age = ages.next().and_then(|age| age.trim_matches('"').parse::<u64>().ok());
    ages.next().is_none() && age.is_some_and(|seconds| seconds >= TRANSPORT_SECONDS)
}

/// Whether a list has every part of another one.
fn has_all(sent: Option<&str>, expected: &str) -> bool {
    let parts = |list: &str| -> BTreeSet<String> {
        list.split(',').map(|part| part.trim().to_ascii_lowercase()).collect()
    };
    sent.is_some_and(|sent| parts(expected).is_subset(&parts(sent)))
}

/// A content security policy: its directives and their sources, in no order. Of a directive that stands twice,
/// browsers take the first.
type ContentPolicy = BTreeMap<String, BTreeSet<String>>;

fn content_policy(policy: &str) -> ContentPolicy {
    let mut directives = ContentPolicy::new();
    for part in policy.split(';') {
        let mut words = part.split_ascii_whitespace().map(str::to_owned);
        if let Some(name) = words.next() {
            directives.entry(name.to_ascii_lowercase()).or_insert_with(|| words.collect());
        }
    }
    directives
}

/// What is wrong with the content security policies that were sent. Each binds the browser and none frees it
/// from another, so it is enough that one is as it was asked for; but each of them may report.
fn wrong_content_policy(answer: &Answer, expected: &str, relay_is_known: bool) -> Vec<String> {
    let there = answer.header("content-security-policy");
    let sent = there.as_deref().unwrap_or_default().split(',').map(content_policy);
    let sent: Vec<ContentPolicy> = sent.collect();
    let mut expected = content_policy(expected);
    if !relay_is_known {
        expected.remove("connect-src");
    }
    let weakened = |policy| weakened(policy, &expected, relay_is_known, there.is_some());
    let mut wrong = sent.iter().map(weakened).min_by_key(Vec::len).unwrap_or_default();
    let reports = |name: &&str| sent.iter().any(|policy| policy.contains_key(*name));
    let reports = REPORTS.into_iter().filter(reports);
    wrong.extend(
        reports.map(|name| format!("content-security-policy: {name} is there: {REPORTED}")),
    );
    wrong
}

/// In what one content security policy is not as it was asked for.
fn weakened(
    policy: &ContentPolicy,
    expected: &ContentPolicy,
    relay_is_known: bool,
    there: bool,
) -> Vec<String> {
    let lacking = expected.iter().filter(|(name, sources)| policy.get(*name) != Some(*sources));
    let lacking = lacking.map(|(name, _)| {
        lost(&format!("content-security-policy: {name}"), there, promise(&DIRECTIVES, name))
    });
    let unasked = |name: &&String| {
        let reports = REPORTS.contains(&name.as_str());
        let open = !relay_is_known && *name == "connect-src";
        !expected.contains_key(*name) && !reports && !open
    };
    let beside = policy.keys().filter(unasked).map(|name| {
        let what = promise(&OTHER_DIRECTIVES, name);
        let what = if what.is_empty() { "it may allow what was not asked for" } else { what };
        format!("content-security-policy: {name} is there: {what}")
    });
    lacking.chain(beside).collect()
}

#[cfg(test)]
mod tests {
    use hyper::header::{HeaderMap, HeaderName, HeaderValue};

    use super::*;

    fn origins() -> (Origin, Origin) {
        let parse = |text: &str| text.parse().unwrap();
        (parse("https://chat.example.org"), parse("https://relay.example.net"))
    }

    fn good() -> Answer {
        let (origin, relay) = origins();
        let mut headers = HeaderMap::new();
        for (name, value) in strict(Which::Survivor, &origin, &relay) {
            headers.insert(HeaderName::from_static(name), HeaderValue::try_from(value).unwrap());
        }
        headers.insert("cache-control", HeaderValue::from_static(NOT_KEPT));
        Answer { status: hyper::StatusCode::OK, headers, body: Vec::new() }
    }

    fn wrong_after(change: impl FnOnce(&mut HeaderMap)) -> Vec<String> {
        let (origin, relay) = origins();
        let mut answer = good();
        change(&mut answer.headers);
        of_document(&answer, Which::Survivor, &origin, Some(&relay))
    }

    #[test]
    fn nothing_is_wrong_with_what_the_relay_sends() {
        assert_eq!(wrong_after(|_| {}), Vec::<String>::new());
    }

    #[test]
    fn every_header_and_every_directive_has_a_promise_of_its_own_to_lose() {
        let (origin, relay) = origins();
        for (name, value) in strict(Which::Survivor, &origin, &relay) {
            let wrong = wrong_after(|headers| {
                headers.remove(name);
            });
            let count = if name == "content-security-policy" { DIRECTIVES.len() } else { 1 };
            assert_eq!(wrong.len(), count, "{name}: {wrong:?}");
            assert_eq!(content_policy(&value).len() == DIRECTIVES.len(), count > 1, "{name}");
            for line in wrong {
                assert!(line.contains(name) && !line.ends_with(": "), "{line}");
            }
        }
    }

    #[test]
    fn a_header_that_allows_more_is_named() {
        for (name, value, expected) in [
            ("content-security-policy", "default-src *", "script-src"),
            ("cross-origin-opener-policy", "unsafe-none", "hold of it"),
            ("referrer-policy", "origin", "where they were"),
            ("permissions-policy", "camera=(self)", "camera"),
            ("strict-transport-security", "max-age=60", "TLS"),
            ("cache-control", "max-age=600", "cache"),
            ("x-frame-options", "DENY, ALLOWALL", "inside its own"),
        ] {
            let wrong = wrong_after(|headers| {
                headers.insert(name, HeaderValue::from_static(value));
            });
            assert!(wrong.iter().any(|line| line.contains(expected)), "{name}: {wrong:?}");
        }
    }

    #[test]
    fn a_source_that_was_added_to_a_directive_is_named_and_its_neighbours_are_not() {
        let (origin, relay) = origins();
        let policy = strict(Which::Survivor, &origin, &relay)[0]
            .1
            .replace("img-src 'self'", "img-src 'self' https:");
        let wrong = wrong_after(|headers| {
            headers.insert("content-security-policy", HeaderValue::try_from(policy).unwrap());
        });
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        assert!(wrong[0].contains("img-src"), "{wrong:?}");
    }

    #[test]
    fn a_second_policy_takes_nothing_away_and_a_second_directive_gives_nothing() {
        let second = HeaderValue::from_static("upgrade-insecure-requests");
        assert!(
            wrong_after(|headers| {
                headers.append("content-security-policy", second);
            })
            .is_empty()
        );
        let (origin, relay) = origins();
        let policy = format!("script-src *; {}", strict(Which::Survivor, &origin, &relay)[0].1);
        let wrong = wrong_after(|headers| {
            headers.insert("content-security-policy", HeaderValue::try_from(policy).unwrap());
        });
        assert!(wrong.iter().any(|line| line.contains("script-src")), "{wrong:?}");
    }

    /// What is wrong where this stands at the end of the content security policy.
    fn wrong_with_directive(directive: &str) -> Vec<String> {
        let (origin, relay) = origins();
        let policy = format!("{}; {directive}", strict(Which::Survivor, &origin, &relay)[0].1);
        wrong_after(|headers| {
            headers.insert("content-security-policy", HeaderValue::try_from(policy).unwrap());
        })
    }

    #[test]
    fn a_directive_that_goes_before_another_one_is_named() {
        for directive in [
            "script-src-elem *",
            "script-src-attr 'unsafe-inline'",
            "style-src-elem *",
            "style-src-attr 'unsafe-inline'",
            "worker-src *",
            "frame-src *",
            "child-src *",
            "object-src *",
            "font-src *",
            "SCRIPT-SRC-ELEM *",
        ] {
            let wrong = wrong_with_directive(directive);
            let name = directive.split(' ').next().unwrap().to_lowercase();
            assert!(wrong.len() == 1 && wrong[0].contains(&name), "{directive}: {wrong:?}");
        }
        assert!(wrong_with_directive("img-src *").is_empty(), "browsers take the first");
    }

    #[test]
    fn a_content_policy_that_reports_is_named_whichever_it_is() {
        for directive in ["report-uri https://example.com/r", "report-to elsewhere"] {
            let wrong = wrong_with_directive(directive);
            assert!(wrong.len() == 1 && wrong[0].contains("report visits"), "{wrong:?}");
            let wrong = wrong_after(|headers| {
                let second = HeaderValue::try_from(format!("default-src 'self'; {directive}"));
                headers.append("content-security-policy", second.unwrap());
            });
            assert!(wrong.len() == 1 && wrong[0].contains("report visits"), "{wrong:?}");
        }
    }

    #[test]
    fn a_permission_that_comes_again_or_cannot_be_read_is_named() {
        for more in [
            ", camera=*, microphone=*",
            ", camera=(self)",
            ",",
            ", Camera=()",
            ", x=(\"",
            ", bluetooth=*",
        ] {
            let wrong = wrong_after(|headers| {
                let sent = headers["permissions-policy"].to_str().unwrap().to_owned() + more;
                headers.insert("permissions-policy", HeaderValue::try_from(sent).unwrap());
            });
            assert_eq!(wrong.len(), 1, "{more}: {wrong:?}");
            let appended = wrong_after(|headers| {
                let more = more.trim_start_matches(", ").to_owned();
                headers.append("permissions-policy", HeaderValue::try_from(more).unwrap());
            });
            assert_eq!(appended.len(), 1, "{more}: {appended:?}");
        }
        let wrong = wrong_after(|headers| {
            headers
                .append("permissions-policy", HeaderValue::from_static("bluetooth=(), camera=()"));
        });
        assert_eq!(wrong, Vec::<String>::new(), "refused once more");
    }

    #[test]
    fn what_the_desk_may_ask_for_nothing_else_may_and_the_desk_no_more() {
        let (origin, relay) = origins();
        let of = |which: Which| {
            let headers = strict(which, &origin, &relay).into_iter();
            headers.filter(|(name, _)| *name == "permissions-policy").map(|(_, value)| value)
        };
        let (desk, survivor): (String, String) =
            (of(Which::Desk).collect(), of(Which::Survivor).collect());
        assert!(permits_no_more(&desk, &desk) && permits_no_more(&survivor, &survivor));
        assert!(!permits_no_more(&desk, &survivor) && !permits_no_more(&survivor, &desk));
        let further = "publickey-credentials-get";
        for more in [format!("{further}=()"), format!("{further}=*"), "usb=(self)".to_owned()] {
            assert!(!permits_no_more(&format!("{desk}, {more}"), &desk), "{more}");
        }
        assert!(permits_no_more(&format!("{desk}, bluetooth=()"), &desk));
    }

    #[test]
    fn a_time_for_tls_that_is_there_twice_is_named() {
        for value in ["max-age=63072000; max-age=0", "max-age=63072000, max-age=0"] {
            let wrong = wrong_after(|headers| {
                let value = HeaderValue::from_static(value);
                headers.insert("strict-transport-security", value);
            });
            assert_eq!(wrong.len(), 1, "{value}: {wrong:?}");
        }
    }

    #[test]
    fn what_marks_a_visitor_or_reports_a_visit_is_named() {
        for (name, _) in HARMFUL.iter().chain(&HARMFUL_TO_DOCUMENTS) {
            let wrong = wrong_after(|headers| {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_static("x"));
            });
            assert_eq!(wrong.len(), 1, "{name}: {wrong:?}");
        }
    }
}
