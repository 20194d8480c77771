//! What survivors answer, from their devices through a real relay into the sums of the program
//! (`features.md` 2.3, 5.9).

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::program::{Program, meet};
use crate::support::{self, Running, run_badly, run_well, text};

const WRITTEN: &str = "a-sentence-that-only-one-survivor-writes";

/// `stillroom answers take`.
fn arguments(program: &Program) -> Vec<String> {
    let (keys, passphrase) = (program.path("program"), program.path("passphrase"));
    let relay = format!("ws://localhost:{}", program.desk);
    ["answers", "take", text(&keys), "--relay", &relay, "--passphrase-file", text(&passphrase)]
        .map(str::to_owned)
        .to_vec()
}

fn take(program: &Program) -> String {
    run_well(&arguments(program))
}

fn close(program: &Program, name: &str) -> Vec<String> {
    ["answers", "close", text(&program.path("program")), "--name", name].map(str::to_owned).to_vec()
}

fn report(program: &Program, more: &[&str]) -> String {
    let keys = program.path("program");
    let arguments = [&["answers", "report", text(&keys)][..], more].concat();
    run_well(&arguments)
}

/// A survivor who asks, answers this, and was in a chat, once the relay has what they answered.
fn answers(program: &Program, desk: &mut Running, start: &Value) -> Running {
    let survivor = program.survivor_who(program.visitor, start);
    let chat = meet(&survivor, desk);
    posted(&survivor);
    desk.tell(json!({"do": "end", "chat": chat}));
    survivor.event(|event| event["phase"] == "ended");
    survivor
}

fn posted(survivor: &Running) {
    let posted = survivor.event(|event| event["event"] == "answers-posted");
    assert_eq!(posted["taken"], true);
}

/// The sum of the line that counts this answer, alone or with others.
fn sum(table: &str, answer: &str) -> u64 {
    let line = table.lines().find(|line| line.starts_with("  ") && line.contains(answer));
    let line = line.unwrap_or_else(|| panic!("{answer}: {table}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
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
fn what_survivors_answer_is_added_up_once_and_shown_when_the_period_is_closed() {
    let program = Program::new();
    let _relay = program.serve();
    let device = program.advocate("Sam");
    let mut desk = program.desk(&device, program.desk);
    assert!(take(&program).contains("There are no answers yet"));

    let start = json!({"do": "start", "language": "en", "answers": [2, 0]});
    let skips = json!({"do": "start"});
    let nine: Vec<_> = (0..9).map(|_| answers(&program, &mut desk, &start)).collect();
    assert!(take(&program).contains("There are no answers yet"), "nine are too few");
    let said = run_badly(&close(&program, "spring"));
    assert!(said.contains("Nothing is lost"), "{said}");
    let tenth = answers(&program, &mut desk, &start);
    assert!(take(&program).contains("questions before a chat 10,"));
    assert!(take(&program).contains("questions before a chat 10,"), "nothing is added twice");
    assert!(report(&program, &[]).contains("no period"), "what is open is not shown");
    run_well(&close(&program, "spring"));
    let spring = report(&program, &[]);
    assert_eq!(sum(&spring, "18 to 24"), 10);
    assert_eq!(sum(&spring, "English"), 10);

    // Ten more, of whom nine skip: they are not told apart, and neither is the one who answers.
    drop((nine, tenth));
    let _others: Vec<_> = (0..9).map(|_| answers(&program, &mut desk, &skips)).collect();
    let spanish = json!({"do": "start", "language": "es", "answers": [1, 4]});
    let _one = answers(&program, &mut desk, &spanish);
    take(&program);
    assert_eq!(report(&program, &[]), spring, "it does not change any more");
    let said = run_badly(&close(&program, "spring"));
    assert!(said.contains("already"), "{said}");
    run_well(&close(&program, "summer"));
    let summer = report(&program, &["--period", "summer"]);
    for answer in ["Under 18", "18 to 24", "Another way", "Not answered", "Not said"] {
        assert_eq!(sum(&summer, answer), 10, "all ten together");
    }
    let year = report(&program, &["--together"]);
    assert_eq!(sum(&year, "18 to 24"), 20, "no finer than summer");
    let said = run_badly(&["answers", "report", text(&program.path("program")), "--period", "x"]);
    assert!(said.contains("no period called x"), "{said}");

    let page = program.path("report.html");
    report(&program, &["--format", "html", "--output", text(&page)]);
    assert!(std::fs::read_to_string(&page).unwrap().contains("<svg"));
    assert!(report(&program, &["--format", "csv"]).starts_with("\"period\",\"about\""));
}

/// Posts questions that were answered by nobody, and sealed to nothing.
fn forge(program: &Program) {
    let id = (0..16).map(|at| u8::from_str_radix(&program.root[2 * at..2 * at + 2], 16).unwrap());
    let (format, questions) = (2, 1);
    let sealed = [7; 2432 + 128 + 1120 + 16];
    let body: Vec<u8> =
        std::iter::once(format).chain(id).chain([questions]).chain(sealed).collect();
    let mut stream = TcpStream::connect(("127.0.0.1", program.visitor)).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    )
    .unwrap();
    stream.write_all(&body).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
}

#[test]
fn a_forged_answer_is_said_and_counted_by_nothing_and_the_nine_beside_it_are_not_shown_alone() {
    let program = Program::new();
    let _relay = program.serve();
    let device = program.advocate("Sam");
    let mut desk = program.desk(&device, program.desk);
    let start = json!({"do": "start", "language": "en", "answers": [2, 0]});
    let nine: Vec<_> = (0..9).map(|_| answers(&program, &mut desk, &start)).collect();
    forge(&program);
    let output = support::run(&arguments(&program));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 could not be read") && said.contains("fewer than ten"), "{said}");
    assert!(String::from_utf8(output.stdout).unwrap().contains("There are no answers yet"));
    let said = run_badly(&close(&program, "spring"));
    assert!(said.contains("Nothing is lost"), "{said}");
    let sums = std::fs::read_to_string(program.path("program").join("answers.json")).unwrap();
    let sums: Value = serde_json::from_str(&sums).unwrap();
    for version in sums["versions"].as_object().unwrap().values() {
        assert_eq!(version["questions"]["sent"], json!({}), "not even in the folder");
    }

    drop(nine);
    let _ten: Vec<_> = (0..10).map(|_| answers(&program, &mut desk, &start)).collect();
    assert!(take(&program).contains("questions before a chat 19,"), "none was lost");
    run_well(&close(&program, "spring"));
    assert_eq!(sum(&report(&program, &[]), "18 to 24"), 19);
}

#[test]
fn a_damaged_file_of_sums_is_said_and_nothing_is_taken() {
    let program = Program::new();
    let _relay = program.serve();
    let device = program.advocate("Sam");
    let mut desk = program.desk(&device, program.desk);
    let start = json!({"do": "start", "language": "en", "answers": [2, 0]});
    let _ten: Vec<_> = (0..10).map(|_| answers(&program, &mut desk, &start)).collect();
    let sums = program.path("program").join("answers.json");
    let whole = std::fs::read(&sums).unwrap();
    std::fs::write(&sums, &whole[..whole.len() / 2]).unwrap();
    for arguments in [arguments(&program), close(&program, "spring")] {
        let said = run_badly(&arguments);
        assert!(said.contains("Nothing was taken"), "{said}");
    }
    std::fs::write(&sums, &whole).unwrap();
    assert!(take(&program).contains("questions before a chat 10,"), "the relay still had them");
}

#[test]
fn what_is_written_in_the_survey_is_shown_once_and_kept_nowhere() {
    let program = Program::new();
    let _relay = program.serve();
    let device = program.advocate("Sam");
    let mut desk = program.desk(&device, program.desk);
    for number in 0..10 {
        let mut survivor = program.survivor(program.visitor);
        let chat = meet(&survivor, &mut desk);
        posted(&survivor);
        desk.tell(json!({"do": "end", "chat": chat}));
        survivor.event(|event| event["phase"] == "ended");
        let text = if number == 0 { WRITTEN } else { "" };
        let items = json!([{"choice": 1}, {"choice": 3}, {"text": text}]);
        survivor.tell(json!({"do": "survey", "items": items}));
        posted(&survivor);
    }
    let first = take(&program);
    assert_eq!(first.matches(WRITTEN).count(), 1, "{first}");
    let second = take(&program);
    assert!(!second.contains(WRITTEN), "{second}");
    assert!(first.ends_with(&second), "the sums are the same");
    run_well(&close(&program, "spring"));
    let report = report(&program, &[]);
    let survey = report.split("Survey after a chat").nth(1).unwrap();
    assert_eq!(sum(survey, "Yes"), 10);
    assert!(!report.contains(WRITTEN), "{report}");
    assert!(!holds(program.folder.path(), WRITTEN.as_bytes()), "in no file of program or relay");
}

#[test]
fn a_computer_that_stopped_between_adding_and_destroying_adds_nothing_twice() {
    let program = Program::new();
    let relay = program.serve();
    let device = program.advocate("Sam");
    let mut desk = program.desk(&device, program.desk);
    let start = json!({"do": "start", "language": "en", "answers": [2, 1]});
    let survivors: Vec<_> = (0..10).map(|_| answers(&program, &mut desk, &start)).collect();
    // The relay's folder as it was, so that it shows again what was taken and destroyed.
    drop((survivors, desk));
    stop(relay);
    let (state, before) = (program.path("relay.state"), program.path("before"));
    copy(&state, &before);
    let relay = program.serve();
    let taken = take(&program);
    assert!(taken.contains("questions before a chat 10,"), "{taken}");
    stop(relay);
    std::fs::remove_dir_all(&state).unwrap();
    copy(&before, &state);
    let relay = program.serve();
    assert_eq!(take(&program), taken);
    stop(relay);
    let _relay = program.serve();
    assert_eq!(take(&program), taken, "and it was destroyed all the same");
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
