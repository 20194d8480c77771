//! A term's answers from two hundred survivors, each a device of its own at a real relay, turned into a report whose
//! numbers are what was sent (`features.md` 5.8).

use std::collections::BTreeMap;

use serde_json::json;

use crate::support::program::{Program, meet};
use crate::support::{Running, run_well, text};

/// Survivors of the first and of the second period.
const PERIODS: [(&str, usize); 2] = [("autumn", 120), ("winter", 80)];

const AGES: [&str; 6] =
    ["Not answered", "Under 18", "18 to 24", "25 to 39", "40 to 59", "60 or older"];
const LANGUAGES: [(&str, &str); 3] = [("en", "English"), ("es", "Español"), ("", "Not said")];

/// What the survivor of this number says: few are under 18 and none over 60, and few say no language.
fn said(number: usize) -> (usize, usize) {
    let age = [2, 2, 3, 3, 3, 4, 0, 2, 3, 1][number * 7 % 10];
    let age = if age == 1 && !number.is_multiple_of(3) { 2 } else { age };
    (age, if number.is_multiple_of(40) { 2 } else { usize::from(number % 4 == 1) })
}

/// These survivors ask and answer, and each has a chat.
fn chat_and_end(program: &Program, desk: &mut Running, numbers: std::ops::Range<usize>) {
    // Whoever had a chat stays until the next has one: their device has yet to say that it heard the end.
    let mut before = None;
    for number in numbers {
        let (age, language) = said(number);
        let mut start = json!({"do": "start", "answers": [age, 0]});
        if !LANGUAGES[language].0.is_empty() {
            start["language"] = LANGUAGES[language].0.into();
        }
        let survivor = program.survivor_who(program.visitor, &start);
        let chat = meet(&survivor, desk);
        let posted = survivor.event(|event| event["event"] == "answers-posted");
        assert_eq!(posted["taken"], true);
        desk.tell(json!({"do": "end", "chat": chat}));
        survivor.event(|event| event["phase"] == "ended");
        before = Some(survivor);
    }
    drop(before);
}

/// Rows of a report as a spreadsheet has them: about, question, language, answer, number.
fn rows(csv: &str) -> Vec<[String; 5]> {
    let row = |line: &str| {
        let cells: Vec<_> = line.trim_matches('"').split("\",\"").map(str::to_owned).collect();
        let [_, about, question, language, answer, number] = &cells[..] else { panic!("{line}") };
        [about, question, language, answer, number].map(Clone::clone)
    };
    csv.lines().skip(1).map(row).collect()
}

/// How many of these survivors are behind a row of the question about age.
fn behind(numbers: std::ops::Range<usize>, language: &str, answer: &str) -> usize {
    let holds = |row: &str, label: &str| {
        row == "All" || row.trim_end_matches(" (together)").split("; ").any(|part| part == label)
    };
    let counted = numbers
        .map(said)
        .filter(|(age, tongue)| holds(language, LANGUAGES[*tongue].1) && holds(answer, AGES[*age]));
    counted.count()
}

#[test]
fn a_report_of_two_hundred_survivors_is_what_they_sent() {
    let program = Program::new();
    let (keys, passphrase) = (program.path("program"), program.path("passphrase"));
    let keys = text(&keys);
    let address = format!("ws://localhost:{}", program.desk);
    let take = || {
        let passphrase = ["--passphrase-file", text(&passphrase)];
        run_well(&[&["answers", "take", keys, "--relay", &address][..], &passphrase].concat())
    };
    let mut relay = program.serve();
    let device = program.advocate("Sam");
    let mut desk = program.desk(&device, program.desk);
    let mut came = 0;
    for (period, count) in PERIODS {
        let numbers = came..came + count;
        chat_and_end(&program, &mut desk, numbers.clone());
        came = numbers.end;
        take();
        run_well(&["answers", "close", keys, "--name", period]);
        let csv = run_well(&["answers", "report", keys, "--period", period, "--format", "csv"]);
        let mut sums: BTreeMap<String, usize> = BTreeMap::new();
        let rows = rows(&csv);
        let about_age = rows.iter().filter(|row| row[1].contains("age group"));
        for [_, _, language, answer, number] in about_age {
            let number: usize = number.parse().unwrap();
            assert_eq!(number, behind(numbers.clone(), language, answer), "{language}: {answer}");
            assert!(number >= 10, "{csv}");
            let of = if language == "All" { "all" } else { "each language" };
            *sums.entry(of.to_owned()).or_default() += number;
        }
        assert_eq!(sums["all"], count, "nobody is missing: {csv}");
        assert!(sums.get("each language").is_none_or(|sum| *sum == count), "{csv}");
    }

    // What the relay counted comes when the day is over, or the relay stops.
    drop(desk);
    relay.signal("TERM");
    assert!(relay.wait().success());
    let _relay = program.serve();
    take();
    run_well(&["answers", "close", keys, "--name", "counts"]);
    let year = run_well(&["answers", "report", keys, "--together", "--format", "csv"]);
    let rows = rows(&year);
    let number = |answer: &str| rows.iter().find(|row| row[3] == answer).map(|row| &*row[4]);
    assert_eq!(number("Chats"), Some("200"));
    assert_eq!(number("People who left while they waited"), Some("fewer than 10"));
    let ages = rows.iter().filter(|row| row[1].contains("age group") && row[2] == "All");
    assert_eq!(ages.map(|row| row[4].parse::<usize>().unwrap()).sum::<usize>(), came);
}
