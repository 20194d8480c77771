//! `stillroom record`: every administrative act is in it, signed and in order; what was changed, left out or moved is
//! found out, with a relay and without one.

use std::path::PathBuf;

use serde_json::Value;
use stillroom_program::limits::AUDIT_MAX;
use stillroom_program::{List, SignedAuditEntry, decode, encode};

use crate::support::program::Program;
use crate::support::{Running, run_badly, run_well, text};

type Entries = List<SignedAuditEntry, AUDIT_MAX>;

fn relay(program: &Program) -> String {
    format!("ws://localhost:{}", program.desk)
}

/// A command of an administrator's at the relay.
fn as_administrator(program: &Program, command: &[&str], more: &[&str]) -> Vec<String> {
    let (keys, passphrase, relay) =
        (program.path("program"), program.path("passphrase"), relay(program));
    let at = ["--relay", &relay, "--passphrase-file", text(&passphrase)];
    [command, &[text(&keys)], more, &at].concat().into_iter().map(str::to_owned).collect()
}

fn record(program: &Program) -> Value {
    let said = run_well(&as_administrator(program, &["record"], &["--json"]));
    serde_json::from_str(&said).unwrap()
}

fn acts(record: &Value) -> Vec<&str> {
    record["entries"].as_array().unwrap().iter().map(|act| act["act"].as_str().unwrap()).collect()
}

fn publish(program: &Program, version: &str) {
    let file = program.path("program").join("policy.toml");
    let policy = std::fs::read_to_string(&file).unwrap();
    let (before, rest) = policy.split_once("\nversion = ").unwrap();
    let (_, after) = rest.split_once('\n').unwrap();
    std::fs::write(&file, format!("{before}\nversion = {version}\n{after}")).unwrap();
    run_well(&as_administrator(program, &["policy", "publish"], &[]));
}

fn kept(program: &Program, name: &str) -> Vec<SignedAuditEntry> {
    let file = std::fs::read(program.path("program").join(name)).unwrap();
    decode::<Entries>(&file).unwrap().into_vec()
}

/// What a relay had stored.
struct Backup<'a> {
    program: &'a Program,
    stored: Vec<u8>,
}

impl<'a> Backup<'a> {
    /// Made once Sam is there, and the relay has stopped.
    fn with_sam_at(program: &'a Program) -> Self {
        let mut relay = program.serve();
        program.advocate("Sam");
        relay.signal("TERM");
        relay.wait();
        Self { program, stored: std::fs::read(state(program)).unwrap() }
    }

    /// Ends this relay, and starts one that has what is in here.
    fn takes_the_place_of(self, mut relay: Running) -> Running {
        relay.signal("TERM");
        relay.wait();
        std::fs::write(state(self.program), self.stored).unwrap();
        self.program.serve()
    }
}

fn state(program: &Program) -> PathBuf {
    program.path("relay.state").join("relay.sqlite")
}

fn keep(program: &Program, entries: &[SignedAuditEntry]) {
    let entries = Entries::try_from(entries.to_vec()).unwrap();
    std::fs::write(program.path("program").join("record.stillroom"), encode(&entries)).unwrap();
}

#[test]
fn every_act_is_in_it_with_names_from_the_register_and_without_a_relay_as_well() {
    let program = Program::new();
    let mut relay = program.serve();
    let empty = record(&program);
    assert_eq!((acts(&empty), empty["number"].clone()), (vec![], 0.into()));
    assert_eq!(empty["not_in_it"]["policy"], 2, "it came with the program's file");
    program.advocate("Sam");
    publish(&program, "3");
    let console = ["--name", "Robin", "--device-passphrase-file"];
    let passphrase = program.path("passphrase");
    let more = [&console[..], &[text(&passphrase)]].concat();
    run_well(&as_administrator(&program, &["staff", "console"], &more));
    let listed = run_well(&as_administrator(&program, &["staff", "list"], &[]));
    let sam = listed.lines().find(|line| line.contains("Sam")).unwrap();
    let sam = sam.split_whitespace().next().unwrap().to_owned();
    run_well(&as_administrator(&program, &["staff", "revoke"], &[&sam]));

    let whole = record(&program);
    assert_eq!(acts(&whole), ["invited", "certified", "policy", "certified", "revoked"]);
    let named: Vec<_> =
        whole["entries"].as_array().unwrap().iter().map(|act| &act["name"]).collect();
    assert_eq!([named[1], named[3], named[4]], ["Sam", "Robin", "Sam"]);
    let outside = &whole["not_in_it"];
    assert_eq!(outside["policy"], Value::Null);
    assert_eq!(
        (&outside["devices"], &outside["revoked"]),
        (&Value::Array(vec![]), &Value::Array(vec![]))
    );

    relay.signal("KILL");
    relay.wait();
    let keys = program.path("program");
    let said = run_well(&["record", text(&keys)]);
    for expected in [
        "this folder's administrator",
        "invited somebody as advocate",
        &format!("revoked Sam ({sam})"),
        "published version 3 of the policy",
        "It holds: 5 entries, each signed, none missing.",
        whole["mark"].as_str().unwrap(),
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let _relay = program.serve();
    assert_eq!(record(&program), whole, "it stands over a restart");
}

#[test]
fn a_copy_that_was_changed_cut_or_reordered_is_refused() {
    let program = Program::new();
    let _relay = program.serve();
    program.advocate("Sam");
    publish(&program, "3");
    let keys = program.path("program");
    let whole = kept(&program, "record.stillroom");
    assert_eq!(whole.len(), 3);
    let mut altered = whole.clone();
    altered[1].entry.at += 1;
    let moved = [1, 0, 2].map(|at: usize| whole[at].clone());
    let left_out = [0, 2].map(|at: usize| whole[at].clone());
    for broken in [&altered[..], &moved, &left_out] {
        keep(&program, broken);
        let said = run_badly(&["record", text(&keys)]);
        assert!(said.contains("The record does not hold. Entry"), "{said}");
    }
    let file = keys.join("record.stillroom");
    std::fs::write(&file, &encode(&Entries::try_from(whole.clone()).unwrap())[..100]).unwrap();
    let said = run_badly(&["record", text(&keys)]);
    assert!(said.contains("holds no record"), "{said}");
    // What is left of one says where it begins.
    keep(&program, &whole[1..]);
    let said = run_well(&["record", text(&keys)]);
    assert!(said.contains("It holds from entry 2 on"), "{said}");
}

#[test]
fn a_relay_with_another_record_is_found_out_and_nothing_is_done_on_top_of_it() {
    let program = Program::new();
    let backup = Backup::with_sam_at(&program);
    let first = kept(&program, "record.stillroom");

    // One history, of which this computer has seen the end; then the relay begins another in its place.
    let relay = program.serve();
    publish(&program, "3");
    let one = kept(&program, "record.stillroom");
    let _relay = backup.takes_the_place_of(relay);
    let older = run_badly(&as_administrator(&program, &["record"], &[]));
    assert!(older.contains("shows an older record"), "{older}");
    let refused = run_badly(&as_administrator(&program, &["policy", "publish"], &[]));
    assert!(refused.contains("shows an older record"), "{refused}");
    let proof = kept(&program, "record-proof.stillroom");
    assert_eq!(proof, [one.last().unwrap().clone(), first.last().unwrap().clone()]);

    // Another administrator, who knows of the first history alone, goes on from it.
    keep(&program, &first);
    publish(&program, "4");
    let two = kept(&program, "record.stillroom");
    keep(&program, &one);
    let forked = run_badly(&as_administrator(&program, &["record"], &[]));
    assert!(forked.contains("shows another record"), "{forked}");
    let proof = kept(&program, "record-proof.stillroom");
    assert_eq!(proof, [one.last().unwrap().clone(), two.last().unwrap().clone()]);
    assert_eq!(kept(&program, "record.stillroom"), one, "what was seen stays");
}

#[test]
fn a_relay_that_was_set_back_to_a_backup_is_given_back_what_it_lost() {
    let program = Program::new();
    let backup = Backup::with_sam_at(&program);
    let relay = program.serve();
    publish(&program, "3");
    publish(&program, "4");
    let whole = record(&program);
    let _relay = backup.takes_the_place_of(relay);
    let said = run_well(&as_administrator(&program, &["record"], &["--give-back"]));
    assert!(said.contains("The relay was given back 2 entries."), "{said}");
    let again = record(&program);
    assert_eq!((&again["entries"], &again["mark"]), (&whole["entries"], &whole["mark"]));
}
