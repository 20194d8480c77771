//! Every text that a page of staff's says is in the page and in English.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails here has failed")]

use std::collections::BTreeSet;
use std::path::Path;

/// Files in which every quoted word with a dash in it names a text.
const NAMES_ALONE: [&str; 8] = [
    "words.rs",
    "moments.rs",
    "chat.rs",
    "closing.rs",
    "change.rs",
    "hours.rs",
    "lock.rs",
    "past.rs",
];

/// Every quoted word in the sources of this folder that looks like the name of a text.
fn names_in(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names_in(&path, names);
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap();
        for call in ["say(\"", "say_with(\"", "text(\""] {
            for (start, _) in source.match_indices(call) {
                names.insert(source[start + call.len()..].split('"').next().unwrap().into());
            }
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        if NAMES_ALONE.contains(&name) && path.parent().unwrap().ends_with("src") {
            let quoted = source.split('"').skip(1).step_by(2);
            let names_of = |name: &&str| {
                let small = name.starts_with(|first: char| first.is_ascii_lowercase());
                small && name.contains('-') && !name.contains(' ')
            };
            names.extend(quoted.filter(names_of).map(String::from));
        }
    }
}

/// What the crate of `page` and the shared one say is in that page: under its name, in words of its own or of all.
fn assert_said(page: &str, files: &[&str], at_least: usize) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = here.join("../../pages");
    let html = std::fs::read_to_string(pages.join(page).join("page.html")).unwrap();
    let english = files
        .iter()
        .map(|file| std::fs::read_to_string(pages.join(format!("texts/en/{file}.ftl"))).unwrap());
    let english = english.collect::<Vec<_>>().join("\n");
    let mut names = BTreeSet::new();
    names_in(&here.join("src"), &mut names);
    names_in(&here.join(format!("../{page}-web/src")), &mut names);
    assert!(names.len() > at_least, "{}", names.len());
    for name in names {
        let own = format!("{page}-{name}");
        let held = |text: &str| html.contains(&format!("data-text=\"{name}\">{{{{ {text} }}}}<"));
        let said = [&name, &own].into_iter().find(|text| held(text));
        let said = said.unwrap_or_else(|| panic!("{page}: {name}"));
        assert!(english.contains(&format!("\n{said} = ")), "english: {said}");
    }
}

#[test]
fn every_text_that_the_desk_says_is_in_the_page_and_in_english() {
    assert_said("desk", &["shared", "desk"], 60);
}

#[test]
fn every_text_that_the_console_says_is_in_the_page_and_in_english() {
    assert_said("console", &["shared", "desk", "console"], 60);
}
