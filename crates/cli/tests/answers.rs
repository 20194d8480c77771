//! What survivors answer, from their devices through a real relay into the sums of the program
//! (`features.md` 2.3, 5.9).

#![allow(clippy::unwrap_used, clippy::panic, reason = "what cannot be read fails its test")]

mod support;

use std::path::Path;

use serde_json::{Value, json};
use support::program::{Program, meet};
use support::{Running, run_badly, run_well, text};

const WRITTEN: &str = "a-sentence-that-only-one-survivor-writes";

/// `stillroom answers`.
fn arguments(program: &Program) -> Vec<String> {
    let (keys, passphrase) = (program.path("program"), program.path("passphrase"));
    let relay = format!("ws://localhost:{}", program.desk);
    ["answers", text(&keys), "--relay", &relay, "--passphrase-file", text(&passphrase)]
        .map(str::to_owned)
        .to_vec()
}

fn answers_of(program: &Program) -> String {
    run_well(&arguments(program))
}

/// A survivor who asks and answers this, once the relay has it.
fn answers(program: &Program, start: &Value) -> Running {
    let survivor = program.survivor_who(program.visitor, start);
    posted(&survivor);
    survivor
}

fn posted(survivor: &Running) {
    let posted = survivor.event(|event| event["event"] == "answers-posted");
    assert_eq!(posted["taken"], true);
}

/// The sum beside this text.
fn sum(table: &str, row: &str) -> String {
    let line = table.lines().find(|line| line.starts_with(&format!("  {row}  ")));
    let line = line.unwrap_or_else(|| panic!("{row}: {table}"));
    line.trim_start().trim_start_matches(row).trim().to_owned()
}

/// Whether a file of this folder, or of one in it, holds these bytes.
fn holds(folder: &Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            holds(&path, bytes)
        } else {
            // The control socket is no file to read, and keeps nothing.
            let file = std::fs::read(path).unwrap_or_default();
            memchr::memmem::find(&file, bytes).is_some()
        }
    })
}

#[test]
fn what_ten_survivors_answer_is_added_up_once() {
    let program = Program::new();
    let _relay = program.serve();
    let device = program.advocate("Sam");
    let _desk = program.desk(&device, program.desk);
    assert!(answers_of(&program).contains("There are no answers yet"));

    let start = json!({"do": "start", "language": "en", "answers": [2, 0]});
    let skips = json!({"do": "start"});
    let nine: Vec<_> = (0..9).map(|_| answers(&program, &start)).collect();
    assert!(answers_of(&program).contains("There are no answers yet"), "nine are too few");
    let tenth = answers(&program, &start);
    let table = answers_of(&program);
    assert_eq!(sum(&table, "18 to 24"), "10");
    assert_eq!(sum(&table, "Under 18"), "fewer than 10");
    assert_eq!(sum(&table, "English"), "10");
    assert!(table.starts_with("Version 2 of the policy, questions before a chat"), "{table}");
    assert_eq!(answers_of(&program), table, "nothing is added twice");

    // Ten more, of whom nine skip: they are not told apart, and neither is the one who answers.
    drop((nine, tenth));
    let _others: Vec<_> = (0..9).map(|_| answers(&program, &skips)).collect();
    let _one = answers(&program, &json!({"do": "start", "language": "es", "answers": [1, 4]}));
    let table = answers_of(&program);
    assert_eq!(sum(&table, "18 to 24"), "10");
    assert_eq!(sum(&table, "Under 18"), "fewer than 10");
    assert_eq!(sum(&table, "Another way"), "fewer than 10");
    assert_eq!(sum(&table, "Not said"), "fewer than 10");
}

#[test]
fn what_is_written_in_the_survey_is_shown_once_and_kept_nowhere() {
    let program = Program::new();
    let _relay = program.serve();
    let device = program.advocate("Sam");
    let mut desk = program.desk(&device, program.desk);
    for number in 0..10 {
        let mut survivor = program.survivor(program.visitor);
        posted(&survivor);
        let chat = meet(&survivor, &mut desk);
        desk.tell(json!({"do": "end", "chat": chat}));
        survivor.event(|event| event["phase"] == "ended");
        let text = if number == 0 { WRITTEN } else { "" };
        let items = json!([{"choice": 1}, {"choice": 3}, {"text": text}]);
        survivor.tell(json!({"do": "survey", "items": items}));
        posted(&survivor);
    }
    let first = answers_of(&program);
    assert_eq!(first.matches(WRITTEN).count(), 1, "{first}");
    let survey = first.split("survey after a chat").nth(1).unwrap();
    assert_eq!(sum(survey, "Yes"), "10");
    let second = answers_of(&program);
    assert!(!second.contains(WRITTEN), "{second}");
    assert!(first.ends_with(&second), "the sums are the same");
    assert!(!holds(program.folder.path(), WRITTEN.as_bytes()), "in no file of program or relay");
}

#[test]
fn a_computer_that_stopped_between_adding_and_destroying_adds_nothing_twice() {
    let program = Program::new();
    let relay = program.serve();
    let device = program.advocate("Sam");
    let desk = program.desk(&device, program.desk);
    let start = json!({"do": "start", "language": "en", "answers": [2, 1]});
    let survivors: Vec<_> = (0..10).map(|_| answers(&program, &start)).collect();
    // The relay's folder as it was, so that it shows again what was taken and destroyed.
    drop((survivors, desk));
    stop(relay);
    let (state, before) = (program.path("relay.state"), program.path("before"));
    copy(&state, &before);
    let relay = program.serve();
    let table = answers_of(&program);
    assert_eq!(sum(&table, "18 to 24"), "10");
    stop(relay);
    std::fs::remove_dir_all(&state).unwrap();
    copy(&before, &state);
    let relay = program.serve();
    assert_eq!(answers_of(&program), table);
    stop(relay);
    let _relay = program.serve();
    assert_eq!(answers_of(&program), table, "and it was destroyed all the same");
}

fn stop(mut relay: Running) {
    relay.signal("TERM");
    assert!(relay.wait().success());
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

#[test]
fn without_a_report_key_nothing_is_taken_and_the_root_key_makes_the_same_again() {
    let program = Program::new();
    let keys = program.path("program");
    let report = keys.join("report.key");
    std::fs::rename(&report, program.path("elsewhere")).unwrap();
    let said = run_badly(&arguments(&program));
    assert!(said.contains("no report key") && said.contains("Nothing was taken"), "{said}");

    let passphrase = program.path("passphrase");
    let make = ["program", "report-key", text(&keys), "--passphrase-file", text(&passphrase)];
    run_well(&make);
    let sign = ["policy", "sign", text(&keys), "--passphrase-file", text(&passphrase)];
    assert!(run_well(&sign).contains("Version 2"), "the same key says nothing new");
}

#[test]
fn a_policy_signed_without_a_report_key_asks_nothing_and_says_so() {
    let program = Program::new();
    let (keys, passphrase) = (program.path("program"), program.path("passphrase"));
    std::fs::remove_file(keys.join("report.key")).unwrap();
    let policy = std::fs::read_to_string(keys.join("policy.toml")).unwrap();
    let policy = policy.replace("version = 2\n", "version = 3\n");
    std::fs::write(keys.join("policy.toml"), policy).unwrap();
    let sign = ["policy", "sign", text(&keys), "--passphrase-file", text(&passphrase)];
    let output = support::run(&sign);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.contains("will not be asked"), "{said}");

    let _relay = program.serve();
    let device = program.advocate("Sam");
    let mut desk = program.desk(&device, program.desk);
    let start = json!({"do": "start", "answers": [1]});
    let mut survivor = program.survivor_who(program.visitor, &start);
    let chat = meet(&survivor, &mut desk);
    desk.tell(json!({"do": "end", "chat": chat}));
    survivor.event(|event| event["phase"] == "ended");
    survivor.tell(json!({"do": "survey", "items": []}));
    let posted = survivor.event(|event| event["event"] == "answers-posted");
    assert_eq!(posted["taken"], false, "there is nowhere to send it");
}
