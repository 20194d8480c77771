//! No page says where it was built (`features.md` 6.5): a path of the machine in one of its files would make
//! every build another one, and tell who built it. `cargo xtask prove reproducible` builds twice and
//! compares; this is what can be seen at once.

use crate::failure::Outcome;
use crate::places;
use crate::run::say;

/// Parts of paths that stand on machines of all kinds, in parts: this file has a name like that too.
const KINDS: [&[&str]; 3] = [&["", ".cargo", ""], &["registry", "src", ""], &["", "rustlib", ""]];

/// Every file of the built pages in which a folder of this machine is named.
pub(crate) fn breaches() -> Outcome<Vec<String>> {
    let pages = places::pages();
    if !pages.is_dir() {
        say("check: the pages are not built, so their files are not searched for paths");
        return Ok(Vec::new());
    }
    let folders = [places::root(), places::target(), places::cargo_home(), places::home()];
    let mut words: Vec<String> =
        folders.iter().map(|folder| folder.to_string_lossy().into_owned()).collect();
    words.extend(KINDS.iter().map(|parts| parts.join("/")));
    // A home of "/" would be found everywhere, and says nothing.
    words.retain(|word| word.len() > 1);
    let mut breaches = Vec::new();
    for file in places::files(&pages)? {
        // The packed forms say what the file says.
        if file.extension().is_some_and(|form| form == "br" || form == "gz") {
            continue;
        }
        let bytes = places::read_bytes(&file)?;
        let name = file.strip_prefix(&pages).unwrap_or(&file).display().to_string();
        breaches
            .extend(found(&bytes, &words).map(|word| format!("the page file {name} says {word}")));
    }
    Ok(breaches)
}

fn found<'a>(bytes: &[u8], words: &'a [String]) -> impl Iterator<Item = &'a String> {
    words.iter().filter(|word| bytes.windows(word.len()).any(|window| window == word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_inside_a_module() {
        let words = ["/srv/build".to_owned(), "/srv/other".to_owned()];
        let module = b"\0asm\x01\0/srv/build/crates/x.rs\0";
        assert_eq!(found(module, &words).collect::<Vec<_>>(), [&words[0]]);
    }
}
