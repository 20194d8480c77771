//! Which promise is lost when a server leaves out or weakens a header (`features.md` 1.4, 3.1, 6.5).
//!
//! What is looked for is what the relay itself sends. A header that allows less than asked for is taken as it
//! is only where that cannot be mistaken; everything else must be as it was asked for.

use std::collections::BTreeSet;

use stillroom_relay::{NOT_KEPT, Origin, strict};

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
const HARMFUL: [(&str, &str); 8] = [
    ("set-cookie", "it marks the visitor, who can be recognised the next time"),
    ("nel", "it has the browser report visits to somebody else"),
    ("report-to", "it has the browser report visits to somebody else"),
    ("reporting-endpoints", "it has the browser report visits to somebody else"),
    ("content-security-policy-report-only", "it has the browser report visits to somebody else"),
    ("link", "it has the browser load what the page does not name"),
    ("refresh", "it leads the page to somewhere else"),
    ("service-worker-allowed", "it lets code that stays behind stand between page and server"),
];

/// What is wrong with the headers of a document at `origin`. Where it connects to is not looked at unless
/// `relay` is known.
pub(super) fn of_document(answer: &Answer, origin: &Origin, relay: Option<&Origin>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, expected) in strict(origin, relay.unwrap_or(origin)) {
        let sent = answer.header(name);
        if name == "content-security-policy" {
            wrong.extend(content_policy(answer, &expected, relay.is_some()));
        } else if !holds(name, &expected, sent.as_deref()) {
            wrong.push(lost(name, sent.is_some(), promise(&HEADERS, name)));
        }
    }
    let kept = answer.header("cache-control");
    if !has_all(kept.as_deref(), NOT_KEPT) {
        let promise = "the page stays in the browser's cache, where it can be found";
        wrong.push(lost("cache-control: no-store", kept.is_some(), promise));
    }
    wrong.extend(harmful(answer));
    wrong
}

/// What is wrong with the headers of a file that the document names, which must be given out as `content_type`
/// and be kept like `kept`.
pub(super) fn of_file(answer: &Answer, content_type: &str, kept: &str) -> Vec<String> {
    let mut wrong = harmful(answer);
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

fn harmful(answer: &Answer) -> Vec<String> {
    HARMFUL
        .iter()
        .filter(|(name, _)| answer.headers.contains_key(*name))
        .map(|(name, what)| format!("{name} is there: {what}"))
        .collect()
}

/// Whether a header says at least what it must.
fn holds(name: &str, expected: &str, sent: Option<&str>) -> bool {
    match name {
        "permissions-policy" => has_all(sent, expected),
        "strict-transport-security" => sent
            .and_then(|sent| {
                let sent = sent.to_ascii_lowercase();
                let age = sent.split(';').find_map(|part| part.trim().strip_prefix("max-age="))?;
                age.trim_matches('"').parse().ok()
            })
            .is_some_and(|seconds: u64| seconds >= TRANSPORT_SECONDS),
        _ => sent.is_some_and(|sent| sent.eq_ignore_ascii_case(expected)),
    }
}

/// Whether a list has every part of another one.
fn has_all(sent: Option<&str>, expected: &str) -> bool {
    let parts = |list: &str| -> BTreeSet<String> {
        list.split(',').map(|part| part.trim().to_ascii_lowercase()).collect()
    };
    sent.is_some_and(|sent| parts(expected).is_subset(&parts(sent)))
}

/// The directives of a content security policy and their sources, in no order.
fn directives(policy: &str) -> Vec<(String, BTreeSet<String>)> {
    let directive = |part: &str| {
        let mut words = part.split_ascii_whitespace().map(str::to_owned);
        let name = words.next()?.to_ascii_lowercase();
        Some((name, words.collect()))
    };
    policy.split(';').filter_map(directive).collect()
}

/// Every policy that is sent binds the browser, so it is enough that one of them says a thing. Of a
/// directive that stands twice in a policy, browsers take the first.
fn content_policy(answer: &Answer, expected: &str, relay_is_known: bool) -> Vec<String> {
    let sent: Vec<_> = answer
        .header("content-security-policy")
        .unwrap_or_default()
        .split(',')
        .map(directives)
        .collect();
    let says = |name: &str, sources: &BTreeSet<String>| {
        sent.iter().any(|policy| {
            policy
                .iter()
                .find(|(found, _)| found == name)
                .is_some_and(|(_, found)| found == sources)
        })
    };
    let there = answer.headers.contains_key("content-security-policy");
    directives(expected)
        .iter()
        .filter(|(name, _)| relay_is_known || name != "connect-src")
        .filter(|(name, sources)| !says(name, sources))
        .map(|(name, _)| {
            let header = format!("content-security-policy: {name}");
            lost(&header, there, promise(&DIRECTIVES, name))
        })
        .collect()
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
        for (name, value) in strict(&origin, &relay) {
            headers.insert(HeaderName::from_static(name), HeaderValue::try_from(value).unwrap());
        }
        headers.insert("cache-control", HeaderValue::from_static(NOT_KEPT));
        Answer { status: hyper::StatusCode::OK, headers, body: Vec::new() }
    }

    fn wrong_after(change: impl FnOnce(&mut HeaderMap)) -> Vec<String> {
        let (origin, relay) = origins();
        let mut answer = good();
        change(&mut answer.headers);
        of_document(&answer, &origin, Some(&relay))
    }

    #[test]
    fn nothing_is_wrong_with_what_the_relay_sends() {
        assert_eq!(wrong_after(|_| {}), Vec::<String>::new());
    }

    #[test]
    fn every_header_and_every_directive_has_a_promise_of_its_own_to_lose() {
        let (origin, relay) = origins();
        for (name, value) in strict(&origin, &relay) {
            let wrong = wrong_after(|headers| {
                headers.remove(name);
            });
            let count = if name == "content-security-policy" { DIRECTIVES.len() } else { 1 };
            assert_eq!(wrong.len(), count, "{name}: {wrong:?}");
            assert_eq!(directives(&value).len() == DIRECTIVES.len(), count > 1, "{name}");
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
        let policy =
            strict(&origin, &relay)[0].1.replace("img-src 'self'", "img-src 'self' https:");
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
        let policy = format!("script-src *; {}", strict(&origin, &relay)[0].1);
        let wrong = wrong_after(|headers| {
            headers.insert("content-security-policy", HeaderValue::try_from(policy).unwrap());
        });
        assert!(wrong.iter().any(|line| line.contains("script-src")), "{wrong:?}");
    }

    #[test]
    fn what_marks_a_visitor_or_reports_a_visit_is_named() {
        for (name, _) in HARMFUL {
            let wrong = wrong_after(|headers| {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_static("x"));
            });
            assert_eq!(wrong.len(), 1, "{name}: {wrong:?}");
        }
    }
}
