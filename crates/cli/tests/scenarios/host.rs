//! `stillroom host`: notices given, listed and withdrawn on the relay's own computer; and the desk of the administrator
//! who reads them.

use serde_json::Value;

use crate::support::program::Program;
use crate::support::{self, run_badly, run_well, text};

fn host(program: &Program, more: &[&str]) -> Value {
    let config = program.path("relay.toml");
    let (command, more) = more.split_first().unwrap();
    let arguments = [&["host", command, "--config", text(&config), "--json"][..], more].concat();
    serde_json::from_str(&run_well(&arguments)).unwrap()
}

#[test]
fn a_notice_is_given_listed_and_withdrawn() {
    let program = Program::new();
    let relay = program.serve();
    let given = host(&program, &["notice", "--kind", "breach", "--text", "Backups were read."]);
    let standing = host(&program, &["notices", "--program", &program.root]);
    assert_eq!(given, standing);
    let notice = &standing["notices"][0];
    assert_eq!(
        (&notice["kind"], &notice["text"]),
        (&"breach".into(), &"Backups were read.".into())
    );
    drop(relay);
    let _relay = program.serve();
    assert_eq!(host(&program, &["notices"]), standing, "the same, and the same host");
    let left = host(&program, &["withdraw", notice["notice"].as_str().unwrap()]);
    assert_eq!(left["notices"].as_array().unwrap().len(), 0);
}

#[test]
fn what_cannot_be_given_is_answered_by_a_sentence() {
    let program = Program::new();
    let config = program.path("relay.toml");
    let notice = |text: &str, more: &[&str]| {
        let arguments = [
            "host",
            "notice",
            "--config",
            support::text(&config),
            "--kind",
            "breach",
            "--text",
            text,
        ];
        run_badly(&[&arguments[..], more].concat())
    };
    assert!(notice("Nobody hears it.", &[]).contains("There is nobody to give notices"));
    let _relay = program.serve();
    assert!(notice("", &[]).contains("1,000 characters"));
    let other = "0".repeat(64);
    assert!(notice("To others.", &["--program", &other]).contains("has nothing of program"));
}

#[test]
fn an_administrators_desk_is_made_with_the_root_key_and_listed() {
    let program = Program::new();
    let _relay = program.serve();
    let (keys, passphrase) = (program.path("program"), program.path("passphrase"));
    let relay = format!("ws://localhost:{}", program.desk);
    let on = ["--relay", &relay, "--passphrase-file", text(&passphrase)];
    let made = ["staff", "console", text(&keys), "--name", "Robin"];
    let own = ["--device-passphrase-file", text(&passphrase)];
    let link = run_well(&[&made[..], &on[..], &own[..]].concat());
    assert!(link.starts_with(&format!("http://localhost:{}/#kept=", program.desk)), "{link}");
    let listed = run_well(&[&["staff", "list", text(&keys)][..], &on[..]].concat());
    assert!(listed.lines().any(|line| line.contains("administrator  Robin")), "{listed}");
}
