//! What people wrote, apart from everything else and shown once.

use stillroom_program::{Answers, AnswersKind, ItemAnswer};

use super::opened::shuffle;
use super::totals::{Item, Totals};

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

    #[test]
    fn what_people_wrote_is_harmless_to_a_terminal_and_each_stands_on_one_line() {
        let key = ReceivingKey::from_bytes(&[7; 32]).public_key();
        let mut totals = Totals::default();
        totals.remember(&Policy::from_toml(SAMPLE_POLICY).unwrap().with_report_key(&key));
        let answers = |items: Vec<ItemAnswer>| Answers {
            policy_version: 1,
            kind: AnswersKind::Survey,
            language: "en".try_into().unwrap(),
            items: items.try_into().unwrap(),
        };
        let written = |text: &str| {
            let nothing = || ItemAnswer::chosen(1);
            answers(vec![nothing(), nothing(), ItemAnswer::new(0, text).unwrap()])
        };
        let lines = texts(
            &[
                written("Thank you.\nReally.\u{1b}[2J\u{202e}gone"),
                written("   "),
                written(&"x".repeat(501)),
                answers(vec![ItemAnswer::new(1, "not asked for").unwrap()]),
            ],
            &totals,
        );
        let heading = "What could we do better?  (shown this once, in no order)";
        assert_eq!(lines, [heading, "  - Thank you. Really. [2J gone", ""]);
    }
}
