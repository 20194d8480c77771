//! A relay that speaks TLS itself, by the real binary: its certificate, and newer ones in its place.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod support;

use std::process::Command;

use serde_json::json;
use support::certificates::Authority;
use support::program::{Program, meet};
use support::{Running, folder, run_badly, text};

/// A relay whose log comes where its answers come.
fn serve(program: &Program) -> Running {
    let mut command = Command::new("sh");
    let binary = env!("CARGO_BIN_EXE_stillroom");
    let config = program.path("relay.toml");
    command.args(["-c", &format!("exec {binary} serve --config {} 2>&1", text(&config))]);
    let relay = Running::of(command);
    said(&relay, "The relay runs");
    relay
}

/// All that the relay says until it says this.
fn said(relay: &Running, wanted: &str) -> String {
    let mut all = String::new();
    while !all.contains(wanted) {
        all.push_str(&relay.line());
        all.push('\n');
    }
    all
}

#[test]
fn a_chat_goes_over_tls_and_through_a_change_of_the_certificate() {
    let mut program = Program::over_tls();
    let relay = serve(&program);
    let device = program.advocate("Sam");
    let mut desk = program.desk(&device, program.desk);
    let mut survivor = program.survivor(program.visitor);
    let chat = meet(&survivor, &mut desk);

    let key = std::fs::read_to_string(program.path("chat.key")).unwrap();
    let authority = program.authority.take().unwrap();
    authority.certify(program.folder.path(), "elsewhere.example", 1, 90);
    let other = std::fs::read_to_string(program.path("chat.key")).unwrap();
    let log = said(&relay, "is not for localhost");
    for secret in [&key, &other].into_iter().flat_map(|key| key.lines()) {
        assert!(!log.contains(secret), "{log}");
    }
    program.authority = Some(authority);
    drop(program.survivor(program.visitor));

    // The next one is of another authority, so that whoever trusts that alone is shown it.
    let around = folder();
    let next = Authority::new(around.path());
    next.certify(program.folder.path(), "localhost", 1, 90);
    said(&relay, "a new certificate is in use");
    said(&relay, "a new certificate is in use");
    program.authority = Some(next);
    drop(program.survivor(program.visitor));

    survivor.tell(json!({"do": "write", "text": "still here"}));
    desk.event(|event| event["event"] == "message" && event["text"] == "still here");
    desk.tell(json!({"do": "end", "chat": chat}));
    survivor.event(|event| event["phase"] == "ended");
}

#[test]
fn whom_nobody_trusted_vouches_for_is_not_written_to() {
    let program = Program::over_tls();
    let _relay = serve(&program);
    let relay = format!("wss://localhost:{}", program.desk);
    let (folder, passphrase) = (program.path("program"), program.path("passphrase"));
    let arguments = [
        "staff",
        "invite",
        text(&folder),
        "--name",
        "Sam",
        "--role",
        "advocate",
        "--relay",
        &relay,
        "--passphrase-file",
        text(&passphrase),
        "--json",
    ];
    let said = run_badly(&arguments);
    assert!(said.contains("does not answer"), "{said}");
}

#[test]
fn a_relay_says_what_is_wrong_with_a_certificate_that_it_cannot_use() {
    let program = Program::over_tls();
    program.authority.as_ref().unwrap().certify(program.folder.path(), "elsewhere.example", 1, 90);
    let said = run_badly(&["serve", "--config", text(&program.path("relay.toml"))]);
    assert!(said.contains("chat.pem is not for localhost"), "{said}");
}
