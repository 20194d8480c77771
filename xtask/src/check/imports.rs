//! What the built pages ask of the browser. Each page's list is kept in `xtask/imports/`; an import that
//! is not in it is a change in what the page can do, and is looked at before it is accepted. Some are
//! never accepted for survivors: whatever could leave a trace on the device (`features.md` 1.7, 3.12); nor for
//! practice, which has no connection either (5.5).

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::failure::{Failure, Outcome};
use crate::places;
use crate::run::say;
use crate::wasm::{Page, modules};

/// Parts of names that neither a survivor's page nor the one for practice imports: storage, cookies, history,
/// code from text.
const NEVER_A_TRACE: [&str; 11] = [
    "localstorage",
    "sessionstorage",
    "indexeddb",
    "cookie",
    "caches",
    "serviceworker",
    "pushstate",
    "replacestate",
    "newnoargs",
    "eval",
    "wasi",
];

/// Parts of names that the desk and the console do not import: whatever could take a chat anywhere but over its one line to the
/// relay (5.10).
const NEVER_OUT: [&str; 12] = [
    "clipboard",
    "execcommand",
    "objecturl",
    "savefile",
    "download",
    "beacon",
    "xmlhttp",
    "eventsource",
    "rtc",
    "postmessage",
    "broadcast",
    "indexeddb",
];

/// Parts of names that the page for practice, the puzzle's search and what looks at passphrases do not import besides:
/// whatever could send something away.
const NEVER_AWAY: [&str; 6] = ["socket", "fetch", "beacon", "xmlhttp", "eventsource", "rtc"];

/// Imports that are new, gone, or never allowed. Of a page that is not built, nothing is said but that.
pub(crate) fn breaches() -> Outcome<Vec<String>> {
    let mut breaches = Vec::new();
    for page in modules() {
        let Some(now) = imports(page)? else {
            say(format!(
                "check: the {} page is not built, so its imports are not looked at",
                page.name
            ));
            continue;
        };
        let accepted = places::read(&list(page)).unwrap_or_default();
        let accepted: BTreeSet<String> = accepted.lines().map(str::to_owned).collect();
        breaches.extend(now.difference(&accepted).map(|import| {
            format!(
                "the {} page imports {import}, which xtask/imports/{}.txt does not have \
                 (if it is meant: cargo xtask check --accept-imports)",
                page.name, page.name
            )
        }));
        breaches.extend(never(page, &now));
    }
    Ok(breaches)
}

/// Writes the lists anew.
pub(crate) fn accept() -> Outcome {
    for page in modules() {
        let now = imports(page)?.ok_or_else(|| {
            Failure::new("The pages are not built yet: run `cargo xtask build` first")
        })?;
        if let Some(breach) = never(page, &now).first() {
            return Err(Failure::new(breach));
        }
        let lines: Vec<String> = now.into_iter().map(|import| format!("{import}\n")).collect();
        places::write(&list(page), lines.concat().as_bytes())?;
    }
    say("check: xtask/imports/ now says what the pages import");
    Ok(())
}

fn never(page: Page, now: &BTreeSet<String>) -> Vec<String> {
    let banned: Vec<&str> = match page.name {
        "survivor" => NEVER_A_TRACE.to_vec(),
        "desk" | "console" => NEVER_OUT.to_vec(),
        "practice" | "puzzle" | "strength" => [&NEVER_A_TRACE[..], &NEVER_AWAY[..]].concat(),
        _ => Vec::new(),
    };
    now.iter()
        .filter(|import| {
            let import = import.to_lowercase();
            banned.iter().any(|banned| import.contains(banned))
        })
        .map(|import| format!("the {} page must never import {import}", page.name))
        .collect()
}

fn list(page: Page) -> PathBuf {
    places::root().join("xtask/imports").join(format!("{}.txt", page.name))
}

/// The imports without what changes from build to build.
fn imports(page: Page) -> Outcome<Option<BTreeSet<String>>> {
    let written = page.folder().join("imports.txt");
    if !written.is_file() {
        return Ok(None);
    }
    let text = places::read(&written)?;
    Ok(Some(text.lines().map(plain).collect()))
}

/// `./page_bg.js __wbg_send_0123456789abcdef` is `send`; from anywhere else than the glue, the place is
/// said as well.
fn plain(line: &str) -> String {
    let (module, name) = line.split_once(' ').unwrap_or(("", line));
    let name = name.strip_prefix("__wbg_").unwrap_or(name);
    let name = match name.rsplit_once('_') {
        Some((before, hash)) if hash.len() == 16 && is_hex(hash) => before,
        // A type of JavaScript value that is made from Rust has a number.
        Some((before, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => before,
        _ => name,
    };
    if module.starts_with("./page_bg") { name.to_owned() } else { format!("{module} {name}") }
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_no_part_of_a_name() {
        assert_eq!(plain("./page_bg.js __wbg_send_0123456789abcdef"), "send");
        assert_eq!(plain("env memory"), "env memory");
    }

    #[test]
    fn what_could_send_something_away_is_never_accepted_for_practice() {
        let now = BTreeSet::from(["new_WebSocket".to_owned(), "setItem_localStorage".to_owned()]);
        let breaches: Vec<usize> = modules().map(|page| never(page, &now).len()).collect();
        assert_eq!(breaches, [1, 0, 2, 0, 2, 2]);
    }
}
