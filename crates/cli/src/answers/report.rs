//! What is shown of answers: sums in which nobody stands alone, and what people wrote, apart and once.
//!
//! A sum below ten is not shown. That a hidden sum cannot be worked out from those beside it, or from an earlier
//! report, is not promised yet.

use std::fmt::Write as _;

use stillroom_program::{Answers, AnswersKind, ItemAnswer};

use super::opened::shuffle;
use super::totals::{Asked, Item, OTHER_LANGUAGE, Totals, Version};

/// The smallest sum that is shown.
const LEAST: u64 = 10;

/// Columns of the text before a sum.
const WIDTH: usize = 48;

/// All sums, as a table.
pub(super) fn table(totals: &Totals) -> String {
    let mut table = String::new();
    for (number, version) in &totals.versions {
        for kind in AnswersKind::ALL {
            let asked = version.asked(kind);
            if !asked.sent.is_empty() {
                // Writing into a text does not fail.
                let _ = of_kind(&mut table, *number, version, kind, asked);
            }
        }
    }
    if table.is_empty() {
        "There are no answers yet. They come once ten people have sent some.".to_owned()
    } else {
        table.trim_end().to_owned()
    }
}

fn of_kind(
    table: &mut String,
    number: u64,
    version: &Version,
    kind: AnswersKind,
    asked: &Asked,
) -> std::fmt::Result {
    let what = match kind {
        AnswersKind::Questions => "questions before a chat",
        AnswersKind::Survey => "survey after a chat",
    };
    writeln!(table, "Version {number} of the policy, {what}\n")?;
    for item in &asked.items {
        of_item(table, item)?;
    }
    writeln!(table, "Language, whether or not they answered")?;
    for (tag, sum) in &asked.sent {
        row(table, language(version, tag), *sum)?;
    }
    writeln!(table)
}

fn of_item(table: &mut String, item: &Item) -> std::fmt::Result {
    // Where there is only something to write, nobody has chosen anything.
    if item.choices.is_empty() {
        return Ok(());
    }
    writeln!(table, "{}", item.ask)?;
    let sums = item.sums();
    let (skipped, chosen) = sums.split_first().unwrap_or((&0, &[]));
    for (text, sum) in item.choices.iter().zip(chosen) {
        row(table, text, *sum)?;
    }
    row(table, "Not answered", *skipped)?;
    writeln!(table)
}

fn row(table: &mut String, text: &str, sum: u64) -> std::fmt::Result {
    if sum < LEAST {
        writeln!(table, "  {text:<WIDTH$}  fewer than {LEAST}")
    } else {
        writeln!(table, "  {text:<WIDTH$}  {sum}")
    }
}

fn language<'a>(version: &'a Version, tag: &'a str) -> &'a str {
    match tag {
        "" => "Not said",
        OTHER_LANGUAGE => "Another",
        tag => version.languages.get(tag).map_or(tag, |name| name),
    }
}

/// What people wrote to each item, in an order drawn anew for each, apart from everything else.
pub(super) fn texts(answers: &[Answers], totals: &Totals) -> Vec<String> {
    let mut lines = Vec::new();
    for (number, version) in &totals.versions {
        let of_version = answers.iter().filter(|answers| answers.policy_version == *number);
        let surveys: Vec<_> = of_version.filter(|it| it.kind == AnswersKind::Survey).collect();
        for (place, item) in version.survey.items.iter().enumerate() {
            let written = surveys.iter().filter_map(|answers| answers.items.get(place));
            let mut written: Vec<_> = written.filter_map(|answer| shown(answer, item)).collect();
            if written.is_empty() {
                continue;
            }
            shuffle(&mut written);
            lines.push(format!("{}  (shown this once, in no order)", item.ask));
            lines.extend(written.into_iter().map(|text| format!("  - {text}")));
            lines.push(String::new());
        }
    }
    lines
}

/// What was written, on one line: what moves a cursor or turns a line round is left out, and so is whatever is
/// longer than the page lets people write.
fn shown(answer: &ItemAnswer, item: &Item) -> Option<String> {
    let fits = answer.text.chars().count() <= usize::from(item.free_text);
    let text: String = answer.text.chars().map(harmless).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (fits && !text.is_empty()).then_some(text)
}

fn harmless(character: char) -> char {
    let turns = matches!(character, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if character.is_control() || turns { ' ' } else { character }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stillroom_program::{Policy, ReceivingKey, SAMPLE_POLICY};

    fn totals() -> Totals {
        let key = ReceivingKey::from_bytes(&[7; 32]).public_key();
        let mut totals = Totals::default();
        totals.remember(&Policy::from_toml(SAMPLE_POLICY).unwrap().with_report_key(&key));
        totals
    }

    fn answers(kind: AnswersKind, items: Vec<ItemAnswer>) -> Answers {
        let language = "en".try_into().unwrap();
        Answers { policy_version: 1, kind, language, items: items.try_into().unwrap() }
    }

    #[test]
    fn sums_below_ten_are_not_shown_and_ten_are() {
        let mut totals = totals();
        assert!(table(&totals).contains("no answers yet"));
        for number in 0..19 {
            let choice = if number < 10 { 2 } else { 3 };
            let said = vec![ItemAnswer::chosen(choice)];
            totals.add(&answers(AnswersKind::Questions, said));
        }
        let table = table(&totals);
        let row = |text: &str| {
            let row = table.lines().find(|line| line.trim_start().starts_with(text)).unwrap();
            row.trim_start().trim_start_matches(text).trim().to_owned()
        };
        assert_eq!(row("18 to 24"), "10");
        assert_eq!(row("25 to 39"), "fewer than 10", "of nine");
        assert_eq!(row("Under 18"), "fewer than 10", "of none");
        assert_eq!(row("English"), "19");
    }

    #[test]
    fn what_people_wrote_is_harmless_to_a_terminal_and_each_stands_on_one_line() {
        let totals = totals();
        let written = |text: &str| {
            let nothing = || ItemAnswer::chosen(1);
            let items = vec![nothing(), nothing(), ItemAnswer::new(0, text).unwrap()];
            answers(AnswersKind::Survey, items)
        };
        let lines = texts(
            &[
                written("Thank you.\nReally.\u{1b}[2J\u{202e}gone"),
                written("   "),
                written(&"x".repeat(501)),
                answers(AnswersKind::Survey, vec![ItemAnswer::new(1, "not asked for").unwrap()]),
            ],
            &totals,
        );
        let heading = "What could we do better?  (shown this once, in no order)";
        assert_eq!(lines, [heading, "  - Thank you. Really. [2J gone", ""]);
        let table = table(&totals);
        assert!(!table.contains("Thank"), "{table}");
    }
}
