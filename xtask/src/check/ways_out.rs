//! Every way out of the desk and the relay (`features.md` 5.10): no export, webhook, interface or clipboard
//! path carries anything about a contact. Each place in the code by which bytes can leave is in
//! `xtask/ways-out.txt` with what leaves there; one that is not in the list is looked at before it is added.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::untested::untested;
use crate::failure::{Failure, Outcome};
use crate::places;

/// What runs at the host, and what runs on people's devices.
const CRATES: [&str; 15] = [
    "console-web",
    "conversation",
    "delivery",
    "desk-web",
    "document",
    "practice",
    "practice-web",
    "program",
    "protocol",
    "puzzle",
    "puzzle-web",
    "relay",
    "staff-web",
    "survivor-web",
    "wire",
];
const PAGES: [&str; 6] = ["components", "console", "desk", "practice", "snippet", "survivor"];

/// How Rust lets bytes out: over a line, into a file, to another program, into a log, into the browser.
const IN_RUST: [&str; 31] = [
    "TcpListener::bind",
    "TcpStream::connect",
    "TcpSocket",
    "UdpSocket",
    "UnixListener",
    "UnixStream",
    "lookup_host",
    "UnixDatagram",
    "fs::write",
    "fs::copy",
    "fs::rename",
    "File::create",
    "OpenOptions::new",
    "Connection::open",
    "ConnectOptions::new",
    "client.publish(",
    "PgConnectOptions",
    "Command::new",
    "print!(",
    "println!(",
    "dbg!(",
    "tracing::error!(",
    "tracing::warn!(",
    "tracing::info!(",
    "tracing::debug!(",
    "tracing::trace!(",
    ".route(",
    "WebSocket::new",
    ".set_item(",
    "replace_state",
    "\"srcdoc\"",
];
/// How a script lets them out.
const IN_SCRIPTS: [&str; 28] = [
    "fetch(",
    "sendBeacon(",
    "WebSocket(",
    "XMLHttpRequest",
    "EventSource",
    "WebTransport",
    "RTCPeerConnection",
    "postMessage",
    "Worker(",
    "BroadcastChannel",
    "Notification",
    "navigator.share",
    "showSaveFilePicker",
    ".download",
    "clipboard",
    "execCommand",
    "createObjectURL",
    "window.open",
    "location =",
    "location.href",
    "location.assign",
    "print(",
    "localStorage",
    "sessionStorage",
    "indexedDB",
    "caches",
    "cookie",
    "location.replace(",
];

/// How the markup of a page lets them out.
const IN_MARKUP: [&str; 9] = [
    "action=",
    "formaction",
    "download",
    "ping=",
    "<iframe",
    "<object",
    "<embed",
    "srcdoc",
    "http-equiv=\"refresh",
];

/// Where one is, and which: `crates/relay/src/relay.rs TcpListener::bind`.
type Way = String;

/// Ways that are not in the list, and lines of the list whose way is gone.
pub(crate) fn breaches() -> Outcome<Vec<String>> {
    let listed = listed(&places::read(&list())?)?;
    let found = found()?;
    let new = found.iter().filter(|way| !listed.contains_key(*way)).map(|way| {
        format!(
            "a way out that xtask/ways-out.txt does not have: {way} (say there what leaves by it)"
        )
    });
    let gone = listed
        .keys()
        .filter(|way| !found.contains(*way))
        .map(|way| format!("xtask/ways-out.txt has a way out that is gone: {way}"));
    Ok(new.chain(gone).collect())
}

fn list() -> std::path::PathBuf {
    places::root().join("xtask/ways-out.txt")
}

/// The list: a way and, after a colon, what leaves by it.
fn listed(text: &str) -> Outcome<BTreeMap<Way, String>> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| match line.split_once(": ") {
            Some((way, what)) if !what.trim().is_empty() => Ok((way.to_owned(), what.to_owned())),
            _ => Err(Failure::new(format!(
                "xtask/ways-out.txt does not say what leaves here: {line}"
            ))),
        })
        .collect()
}

fn found() -> Outcome<BTreeSet<Way>> {
    let mut ways = BTreeSet::new();
    for name in CRATES {
        ways.extend(within(&places::root().join("crates").join(name).join("src"), "rs", &IN_RUST)?);
    }
    for name in PAGES {
        let folder = places::root().join("pages").join(name);
        ways.extend(within(&folder, "js", &IN_SCRIPTS)?);
        ways.extend(within(&folder, "html", &IN_MARKUP)?);
    }
    Ok(ways)
}

fn within(folder: &Path, ending: &str, signs: &[&str]) -> Outcome<Vec<Way>> {
    let mut ways = Vec::new();
    for file in places::files(folder)? {
        let name = file.strip_prefix(places::root()).unwrap_or(&file).display().to_string();
        if file.extension().is_none_or(|own| own != ending) || is_test(&name) {
            continue;
        }
        let text = places::read(&file)?;
        ways.extend(signs_in(&text, signs).map(|sign| format!("{name} {sign}")));
    }
    Ok(ways)
}

fn is_test(name: &str) -> bool {
    name.split('/').any(|part| part == "tests" || part == "tests.rs")
}

/// The signs that stand in this source, outside its comments and its tests.
fn signs_in<'a>(text: &str, signs: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    let code = untested(text);
    let lines: Vec<&str> =
        code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = lines.join("\n");
    signs.iter().copied().filter(move |sign| stands_in(&code, sign))
}

/// `print!(` is not found in `eprint!(` nor in `blueprint!(`.
fn stands_in(code: &str, sign: &str) -> bool {
    code.match_indices(sign).any(|(at, _)| {
        let before = code.get(..at).and_then(|before| before.chars().next_back());
        !sign.starts_with(char::is_alphabetic)
            || before.is_none_or(|letter| !letter.is_alphanumeric() && letter != '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_out_is_found_in_code_and_not_in_comments_or_tests() {
        let source =
            "// fs::write(a)\nfn f() { fs::write(b) }\n#[cfg(test)]\nmod tests { dbg!(c) }";
        assert_eq!(signs_in(source, &IN_RUST).collect::<Vec<_>>(), ["fs::write"]);
    }

    #[test]
    fn a_way_out_is_found_behind_tests_as_well() {
        let source = "#[cfg(test)]\nmod tests;\n#[cfg(test)]\nuse a::b;\nfn f() { fs::copy(b, c) }\n\
                      #[cfg(test)]\nmod more { dbg!(c) }\nfn g() { UnixStream::connect(a) }";
        let found: Vec<_> = signs_in(source, &IN_RUST).collect();
        assert_eq!(found, ["UnixStream", "fs::copy"]);
    }

    #[test]
    fn part_of_a_longer_name_is_another_name() {
        assert!(stands_in("fetch(x)", "fetch("));
        assert!(!stands_in("prefetch(x)", "fetch("));
    }

    #[test]
    fn a_line_without_a_reason_is_refused() {
        assert!(listed("a.rs fs::write: the state folder").is_ok());
        assert!(listed("a.rs fs::write").is_err());
    }
}
