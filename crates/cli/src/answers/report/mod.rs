//! The report: what the periods that were closed show, and nothing of the one that is open (`features.md` 5.8).

mod csv;
mod html;
mod text;

use clap::ValueEnum;
use stillroom_program::AnswersKind;

use super::figures::Figures;
use super::period::Period;
use super::tables::{Population, Row, Table, Together};

/// How a report is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// To be read in a terminal.
    Table,
    /// For a spreadsheet.
    Csv,
    /// One page for a browser, with charts and a table beside each.
    Html,
}

/// The report of these periods, in their order.
pub(super) fn write(periods: &[Period], format: Format) -> String {
    let sections: Vec<Section> = periods.iter().flat_map(sections).collect();
    match format {
        Format::Table => text::write(&sections),
        Format::Csv => csv::write(&sections),
        Format::Html => html::write(&sections),
    }
}

/// What one period shows of one thing.
struct Section {
    period: String,
    about: &'static str,
    /// How many people it is about; nothing where that is among its numbers.
    people: Option<u64>,
    blocks: Vec<Block>,
}

/// One table, of all or of some languages.
struct Block {
    ask: String,
    /// Empty where it is of everybody.
    languages: String,
    /// Each with its number; nothing where that is too small to be shown.
    rows: Vec<(String, Option<u64>)>,
}

fn sections(period: &Period) -> Vec<Section> {
    let of = |kind| {
        let population: &Population = period.population(kind)?;
        let about = match kind {
            AnswersKind::Questions => "Questions before a chat",
            AnswersKind::Survey => "Survey after a chat",
        };
        let (period, people) = (period.name.clone(), Some(population.people()));
        Some(Section { period, about, people, blocks: blocks(population) })
    };
    std::iter::once(figures(period)).chain(AnswersKind::ALL.into_iter().filter_map(of)).collect()
}

fn figures(period: &Period) -> Section {
    let Figures { chats, left_waiting, open_hours } = period.figures;
    let rows = [
        ("Chats", chats),
        ("People who left while they waited", left_waiting),
        ("Hours for which chat was open", Some(open_hours)),
    ];
    let rows = rows.map(|(label, number)| (label.to_owned(), number)).to_vec();
    let block = Block { ask: "In all".to_owned(), languages: String::new(), rows };
    Section { period: period.name.clone(), about: "Chats", people: None, blocks: vec![block] }
}

/// A number as it is shown.
fn shown(number: Option<u64>) -> String {
    number.map_or_else(|| "fewer than 10".to_owned(), |number| number.to_string())
}

fn blocks(population: &Population) -> Vec<Block> {
    let people = |row: &Row| (together(&row.languages), Some(row.sums.iter().sum()));
    let mut blocks = vec![Block {
        ask: "Language, whether or not they answered".to_owned(),
        languages: String::new(),
        rows: population.languages.iter().map(people).collect(),
    }];
    for table in &population.tables {
        blocks.push(block(table, String::new(), &table.sums()));
        if table.rows.len() > 1 {
            let of_row = |row: &Row| block(table, together(&row.languages), &row.sums);
            blocks.extend(table.rows.iter().map(of_row));
        }
    }
    blocks
}

fn block(table: &Table, languages: String, sums: &[u64]) -> Block {
    let labels = table.columns.iter().map(together);
    Block {
        ask: table.ask.clone(),
        languages,
        rows: labels.zip(sums.iter().copied().map(Some)).collect(),
    }
}

fn together(labels: &Together) -> String {
    match &labels[..] {
        [one] => one.clone(),
        several => format!("{} (together)", several.join("; ")),
    }
}

/// Said in every report, so that nobody takes it for a mistake.
const EXPLANATION: &str = "Where fewer than ten people are behind a number, it is counted together with another. \
                           All numbers of a table add up to everybody who sent something. Fewer than ten chats are counted with \
                           the next period, and so are fewer than ten who left.";

const NOTHING: &str = "There is no period that was closed yet. `stillroom answers close` closes one, as soon as ten \
                       people have sent something.";

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn period(ask: &str, answer: &str) -> Period {
        let row = |language: &str, sums: &[u64]| Row {
            languages: vec![language.to_owned()],
            sums: sums.to_vec(),
        };
        let questions = Population {
            languages: vec![row("English", &[40]), row("Español", &[22])],
            tables: vec![Table {
                ask: ask.to_owned(),
                columns: vec![
                    vec![answer.to_owned()],
                    vec!["no".to_owned(), "Not answered".to_owned()],
                ],
                rows: vec![row("English", &[30, 10]), row("Español", &[11, 11])],
            }],
        };
        let figures = Figures { chats: Some(77), left_waiting: None, open_hours: 123 };
        Period { name: "Spring".to_owned(), figures, questions: Some(questions), survey: None }
    }

    #[test]
    fn each_layout_says_every_sum_by_language_and_in_all() {
        let periods = [period("How old?", "18 to 24")];
        for format in [Format::Table, Format::Csv, Format::Html] {
            let report = write(&periods, format);
            for sum in ["41", "21", "30", "40", "22", "11", "77", "fewer than 10", "123"] {
                assert!(report.contains(sum), "{format:?}: {report}");
            }
            assert!(report.contains("no; Not answered (together)"), "{report}");
        }
        assert_eq!(write(&[], Format::Table), NOTHING);
    }
}
