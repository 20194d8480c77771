//! The report for a spreadsheet (RFC 4180), of which no cell is taken for a formula.
//!
//! Texts come from the policy and from whoever named the period. A spreadsheet runs a cell that begins with one of
//! a few characters, so an apostrophe is put before it, which it shows as text.

use super::{Block, Section, shown};

/// What a spreadsheet takes for the beginning of a formula, also in the wide forms that some turn into these.
const RUNS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '＠'];

pub(super) fn write(sections: &[Section]) -> String {
    let mut csv = line(&["period", "about", "question", "language", "answer", "number"]);
    for section in sections {
        for block in &section.blocks {
            rows(&mut csv, section, block);
        }
    }
    csv
}

fn rows(csv: &mut String, section: &Section, block: &Block) {
    let languages = if block.languages.is_empty() { "All" } else { &block.languages };
    for (label, number) in &block.rows {
        let number = shown(*number);
        let cells = [&*section.period, section.about, &block.ask, languages, label, &number];
        csv.push_str(&line(&cells));
    }
}

fn line(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| harmless(cell)).collect();
    format!("{}\r\n", cells.join(","))
}

/// In quotes, on one line, and nothing that runs.
fn harmless(cell: &str) -> String {
    let runs = cell.trim_start_matches([' ', '\u{a0}', '\u{feff}']).starts_with(RUNS);
    let mark = if runs || cell.starts_with(RUNS) { "'" } else { "" };
    let text = cell.replace(|character: char| character.is_control(), " ");
    format!("\"{mark}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::super::{Format, tests::period, write};
    use super::RUNS;

    /// The cells of a file, as a spreadsheet reads them.
    fn cells(csv: &str) -> Vec<String> {
        let (mut cells, mut quoted, mut cell) = (Vec::new(), false, String::new());
        let mut characters = csv.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '"' if quoted && characters.peek() == Some(&'"') => {
                    cell.push('"');
                    characters.next();
                }
                '"' => quoted = !quoted,
                ',' | '\n' if !quoted => cells.push(std::mem::take(&mut cell)),
                '\r' if !quoted => {}
                other => cell.push(other),
            }
        }
        cells
    }

    #[test]
    fn no_cell_runs_as_a_formula_whatever_a_question_says() {
        for start in RUNS {
            let formula = format!("{start}HYPERLINK(\"https://example.org\",\"x\"),1");
            for ask in [formula.clone(), format!(" {formula}"), format!("\"{formula}")] {
                let report = write(&[period(&ask, &formula)], Format::Csv);
                let cells = cells(&report);
                assert_eq!(cells.len() % 6, 0, "none broke out of its place: {report}");
                for cell in &cells {
                    let shown = cell.trim_start();
                    assert!(!shown.starts_with(RUNS) && !cell.starts_with(RUNS), "{cell:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_formula_stays_as_it_is() {
        let report = write(&[period("How old are you, \"about\"?", "18 - 24")], Format::Csv);
        let row = "\"Spring\",\"Questions before a chat\",\"How old are you, \"\"about\"\"?\",\"All\",\"18 - 24\",\"41\"";
        assert!(report.contains(row), "{report}");
    }
}
