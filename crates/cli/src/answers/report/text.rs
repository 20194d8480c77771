//! The report as text.

use std::fmt::Write as _;

use super::{Block, EXPLANATION, NOTHING, Section, shown};

/// Columns of the text before a sum.
const WIDTH: usize = 48;

pub(super) fn write(sections: &[Section]) -> String {
    if sections.is_empty() {
        return NOTHING.to_owned();
    }
    let mut text = String::new();
    for section in sections {
        // Writing into a text does not fail.
        let _ = write_section(&mut text, section);
    }
    text.push_str(EXPLANATION);
    text
}

fn write_section(text: &mut String, section: &Section) -> std::fmt::Result {
    let people = section.people.map(|people| format!(", {people} people")).unwrap_or_default();
    writeln!(text, "{}: {}{people}\n", section.period, section.about)?;
    section.blocks.iter().try_for_each(|block| write_block(text, block))
}

fn write_block(text: &mut String, block: &Block) -> std::fmt::Result {
    match &*block.languages {
        "" => writeln!(text, "{}", block.ask)?,
        languages => writeln!(text, "{} [{languages}]", block.ask)?,
    }
    for (label, number) in &block.rows {
        writeln!(text, "  {label:<WIDTH$}  {}", shown(*number))?;
    }
    writeln!(text)
}
