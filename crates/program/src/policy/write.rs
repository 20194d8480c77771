//! A policy written as the file that the reader takes (`features.md` 5.6): what somebody edits in a page and what they
//! edit in a file is one thing.
//!
//! Files of texts are named by their hashes, so that the files of two versions lie beside one another. What no file
//! says is not written: the key that answers are sealed to, which is put in as the policy is signed.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use super::file::PolicyFileError;
use super::tree::Node;
use crate::keys::Fingerprint;
use crate::policy::{Locale, Policy};

/// Where the files of texts lie, beside the policy.
const FOLDER: &str = "locales/";

/// How their names end: they are Fluent files.
const ENDING: &str = ".ftl";

/// Characters of a text beyond which it stands on lines of its own.
const LONG: usize = 80;

impl Policy {
    /// Its file. [`from_toml_and_files`](Self::from_toml_and_files) reads it back, if each file of texts is beside it
    /// under the name that [`Locale::file_name`] says; what it reads is the same but for the report key, for what
    /// [`check`](Self::check) would refuse of hours and dates, and for blanks around texts.
    #[must_use]
    pub fn to_toml(&self) -> String {
        write(&Node::of(self))
    }

    /// This policy as its own file would have it: without blanks around texts, and with the languages that can be
    /// offered ([`Offers`](crate::Offers)) following from those of the page. To be called on what somebody typed,
    /// before it is checked, compared or signed.
    ///
    /// # Errors
    /// [`PolicyFileError`], for what no file can say, such as a date that the calendar does not have.
    pub fn tidied(&self) -> Result<Self, PolicyFileError> {
        let mut policy = Self::from_tree(&Node::of(self))?;
        policy.terms.report_key = self.terms.report_key.clone();
        Ok(policy)
    }
}

impl Locale {
    /// The name under which its file lies beside the policy's: its hash, in a folder for them.
    #[must_use]
    pub fn file_name(&self) -> String {
        Self::file_named(self.file)
    }

    /// The name of the file with this hash.
    #[must_use]
    pub fn file_named(hash: [u8; 32]) -> String {
        alloc::format!("{FOLDER}{}{ENDING}", Fingerprint(hash))
    }

    /// The hash in such a name.
    pub fn hash_in(name: &str) -> Option<[u8; 32]> {
        let digits = name.strip_prefix(FOLDER)?.strip_suffix(ENDING)?;
        digits.parse::<Fingerprint>().ok().map(|hash| hash.0)
    }
}

/// The file of a whole policy's tree.
fn write(policy: &Node) -> String {
    let mut file = String::new();
    if let Node::Table(parts) = policy {
        table("", parts, &mut file);
    }
    file
}

/// First what stands on a line of its own, then tables and lists of them, each under its name.
fn table(path: &str, parts: &[(&'static str, Node)], file: &mut String) {
    let below = |name: &str| {
        if path.is_empty() { String::from(name) } else { alloc::format!("{path}.{name}") }
    };
    let is_below = |part: &&(&str, Node)| match &part.1 {
        Node::Text(_) | Node::Plain(_) => false,
        Node::Table(_) => true,
        Node::List { entries, .. } => matches!(entries.first(), Some(Node::Table(_))),
    };
    for (name, part) in parts.iter().filter(|part| !is_below(part)) {
        file.push_str(name);
        file.push_str(" = ");
        value(part, file);
        file.push('\n');
    }
    for (name, part) in parts.iter().filter(is_below) {
        let path = below(name);
        match part {
            Node::Table(parts) => {
                heading(&alloc::format!("[{path}]"), file);
                table(&path, parts, file);
            }
            Node::List { entries, .. } => {
                for entry in joined(entries) {
                    if let Node::Table(parts) = entry {
                        heading(&alloc::format!("[[{path}]]"), file);
                        table(&path, &parts, file);
                    }
                }
            }
            Node::Text(_) | Node::Plain(_) => {}
        }
    }
}

fn heading(heading: &str, file: &mut String) {
    if !file.is_empty() {
        file.push('\n');
    }
    file.push_str(heading);
    file.push('\n');
}

/// Entries that follow one another and differ in their `days` alone are one with the days of all of them.
fn joined(entries: &[Node]) -> Vec<Node> {
    let mut joined: Vec<Node> = Vec::new();
    for entry in entries {
        let taken_in = joined.last_mut().is_some_and(|last| take_in(last, entry));
        if !taken_in {
            joined.push(entry.clone());
        }
    }
    joined
}

/// Takes the days of `other` into `entry`, if they are alike.
fn take_in(entry: &mut Node, other: &Node) -> bool {
    let (Node::Table(parts), Node::Table(others)) = (entry, other) else {
        return false;
    };
    let [("days", Node::List { entries, .. }), rest @ ..] = parts.as_mut_slice() else {
        return false;
    };
    let [("days", Node::List { entries: days, .. }), others @ ..] = others.as_slice() else {
        return false;
    };
    if rest != others {
        return false;
    }
    entries.extend(days.iter().cloned());
    true
}

fn value(node: &Node, file: &mut String) {
    match node {
        Node::Text(said) if said.contains('\n') || said.chars().count() > LONG => {
            paragraph(said, file);
        }
        Node::Text(said) => quoted(said, file),
        Node::Plain(said) => file.push_str(said),
        Node::List { entries, .. } if entries.iter().any(is_long) => {
            file.push_str("[\n");
            for entry in entries {
                file.push_str("    ");
                value_in_line(entry, file);
                file.push_str(",\n");
            }
            file.push(']');
        }
        Node::List { entries, .. } => {
            file.push('[');
            for (number, entry) in entries.iter().enumerate() {
                if number > 0 {
                    file.push_str(", ");
                }
                value_in_line(entry, file);
            }
            file.push(']');
        }
        // A table has a heading.
        Node::Table(_) => {}
    }
}

/// Whether a list that has this in it is written over several lines.
fn is_long(entry: &Node) -> bool {
    matches!(entry, Node::Text(said) if said.chars().count() > 16)
}

fn value_in_line(node: &Node, file: &mut String) {
    match node {
        Node::Text(said) => quoted(said, file),
        node => value(node, file),
    }
}

fn quoted(said: &str, file: &mut String) {
    file.push('"');
    for c in said.chars() {
        match c {
            '"' => file.push_str("\\\""),
            '\n' => file.push_str("\\n"),
            c => character(c, file),
        }
    }
    file.push('"');
}

/// On lines of its own. The line break before the end is not part of the text: the reader takes blanks off.
fn paragraph(said: &str, file: &mut String) {
    file.push_str("\"\"\"\n");
    let mut quotes = 0_u8;
    for c in said.chars() {
        quotes = if c == '"' { quotes + 1 } else { 0 };
        match c {
            // Three of them would end it.
            '"' if quotes == 3 => {
                file.push_str("\\\"");
                quotes = 0;
            }
            '"' => file.push(c),
            '\n' => file.push('\n'),
            c => character(c, file),
        }
    }
    file.push_str("\n\"\"\"");
}

/// A character as TOML takes it within quotes: controls are written as numbers.
fn character(c: char, file: &mut String) {
    match c {
        '\\' => file.push_str("\\\\"),
        '\t' => file.push_str("\\t"),
        c if c.is_control() => {
            // A string takes whatever is written into it.
            let _written = write!(file, "\\u{:04X}", u32::from(c));
        }
        c => file.push(c),
    }
}
