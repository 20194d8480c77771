//! A page's styles as one file: every `@import "…";` at the head of `page.css` gives way to the file it
//! names, in the order written there.

use std::path::Path;

use crate::failure::{Failure, Outcome};
use crate::places;

/// How deep imports may go. Components import at most tokens; more is a circle.
const DEPTH: u8 = 4;

/// The whole text.
pub(crate) fn joined(path: &Path) -> Outcome<String> {
    join(path, DEPTH)
}

fn join(path: &Path, depth: u8) -> Outcome<String> {
    let Some(deeper) = depth.checked_sub(1) else {
        return Err(Failure::at(path, "imports go in a circle"));
    };
    let folder = path.parent().unwrap_or(path);
    let mut joined = String::new();
    for line in places::read(path)?.lines() {
        match import(line) {
            Some(named) => joined.push_str(&join(&folder.join(named), deeper)?),
            None => {
                joined.push_str(line);
                joined.push('\n');
            }
        }
    }
    Ok(joined)
}

/// The file that a line imports, if it is an import.
fn import(line: &str) -> Option<&str> {
    let rest = line.trim().strip_prefix("@import")?.trim();
    rest.strip_prefix('"')?.strip_suffix("\";")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_import_line_names_a_file() {
        assert_eq!(import("@import \"../a.css\";"), Some("../a.css"));
        assert_eq!(import(".a { color: red }"), None);
    }
}
