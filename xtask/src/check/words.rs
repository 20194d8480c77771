//! Words that no file here may hold: hosts of package registries (whoever builds this may use a mirror),
//! and places on the machine of whoever wrote it.

use crate::failure::Outcome;
use crate::places;
use crate::run::Run;

/// In parts, or this file would break its own rule.
const HOSTS: [&[&str]; 8] = [
    &["registry", "npmjs", "org"],
    &["registry", "yarnpkg", "com"],
    &["index", "crates", "io"],
    &["static", "crates", "io"],
    &["files", "pythonhosted", "org"],
    &["pypi", "org"],
    &["deb", "debian", "org"],
    &["proxy", "golang", "org"],
];
const FOLDERS: [&[&str]; 3] = [&["", "root", ""], &["", "work", ""], &["", "home", ""]];

/// Every file, tracked or about to be, in which one of them stands.
pub(crate) fn breaches() -> Outcome<Vec<String>> {
    let mut words: Vec<String> = HOSTS.iter().map(|parts| parts.join(".")).collect();
    words.extend(FOLDERS.iter().map(|parts| parts.join("/")));
    let names = Run::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .quietly()?;
    let mut breaches = Vec::new();
    for name in names.lines() {
        // What is no text (pictures, stored fuzz inputs) and what was just removed is passed over.
        let Ok(text) = std::fs::read_to_string(places::root().join(name)) else {
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            for word in words.iter().filter(|word| stands_in(line, word)) {
                breaches.push(format!("{name}:{}: {word}", number + 1));
            }
        }
    }
    Ok(breaches)
}

/// A folder counts only where a path begins, so that `crates/work/x` is no breach.
fn stands_in(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        !word.starts_with('/')
            || before.is_none_or(|letter| !letter.is_alphanumeric() && !"/.-_}~".contains(letter))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_counts_where_a_path_begins() {
        let folder = ["", "root", ""].join("/");
        assert!(stands_in(&format!("see {folder}x"), &folder));
        assert!(!stands_in(&format!("crates{folder}x"), &folder));
    }
}
