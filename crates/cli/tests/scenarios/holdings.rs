//! `stillroom holdings`: the real command against a real relay.

use serde_json::Value;

use crate::support::program::{Program, meet};
use crate::support::{run_badly, run_well, text};

fn holdings(program: &Program) -> Value {
    let config = program.path("relay.toml");
    let said = run_well(&["holdings", "--config", text(&config), "--json"]);
    serde_json::from_str(&said).unwrap()
}

fn count(items: &Value, name: &str) -> u64 {
    let items = items.as_array().unwrap();
    let item = items.iter().find(|item| item["name"] == name);
    item.unwrap_or_else(|| panic!("{name}"))["count"].as_u64().unwrap()
}

#[test]
fn a_chat_is_there_while_it_lasts_and_nothing_of_it_is_stored() {
    let program = Program::new();
    let mut relay = program.serve();
    let before = holdings(&program);
    assert_eq!(before["program"], program.root);
    assert_eq!(count(&before["memory"]["items"], "rooms"), 0);
    let device = program.advocate("Sam");
    let mut desk = program.desk(&device, program.desk);
    let survivor = program.survivor(program.visitor);
    // Their page says that they wait before the relay has given them a place.
    survivor.event(|event| event["phase"] == "waiting" && event["ahead"] == 0);
    let waiting = holdings(&program);
    assert_eq!(count(&waiting["memory"]["items"], "line"), 1);
    meet(&survivor, &mut desk);
    let chatting = holdings(&program);
    assert_eq!(count(&chatting["memory"]["items"], "rooms"), 1);
    assert_eq!(count(&chatting["memory"]["items"], "line"), 0);
    assert_eq!(count(&chatting["storage"]["items"], "staff"), 1);
    // Beside staff and their duty key the chat left nothing.
    let names = |report: &Value| {
        let items = report["storage"]["items"].as_array().unwrap();
        items.iter().map(|item| item["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&chatting), names(&before));

    relay.signal("KILL");
    relay.wait();
    let stored = holdings(&program);
    assert!(stored["memory"].is_null());
    assert_eq!(count(&stored["storage"]["items"], "staff"), 1);
}

/// More than a process grows or shrinks by while it answers.
const A_LITTLE: u64 = 2 * 1024 * 1024;

#[test]
fn what_is_told_adds_up_to_what_the_system_says_of_the_process_and_its_folder() {
    let program = Program::new();
    let relay = program.serve();
    let device = program.advocate("Sam");
    let mut desk = program.desk(&device, program.desk);
    let survivor = program.survivor(program.visitor);
    meet(&survivor, &mut desk);
    let told = holdings(&program);
    let sum = |part: &Value| {
        let items = part["items"].as_array().unwrap();
        items.iter().map(|item| item["bytes"].as_u64().unwrap()).sum::<u64>()
    };
    assert!(sum(&told["memory"]).abs_diff(relay.memory()) < A_LITTLE, "{told}");
    let files = std::fs::read_dir(program.path("relay.state")).unwrap();
    let files = files.map(|file| file.unwrap().metadata().unwrap().len()).sum::<u64>();
    assert_eq!(sum(&told["storage"]), files, "{told}");
}

#[test]
fn a_person_reads_what_it_is_who_can_read_it_and_when_it_goes() {
    let program = Program::new();
    let _relay = program.serve();
    let config = program.path("relay.toml");
    let said = run_well(&["holdings", "--config", text(&config), "--program", &program.root]);
    for expected in [
        "IN MEMORY",
        "STORED",
        "messages: none, 0 bytes",
        "Can the host read it? No: it sees how many",
        "Goes after 2 minutes at most; all of it when the relay stops.",
    ] {
        assert!(said.contains(expected), "{said}");
    }
    assert!(!said.contains("unknown"), "{said}");
}

#[test]
fn another_program_or_no_relay_at_all_is_answered_by_a_sentence() {
    let program = Program::new();
    let config = program.path("relay.toml");
    let said = run_badly(&["holdings", "--config", text(&config)]);
    assert!(said.contains("no relay has ever run on it"), "{said}");
    let _relay = program.serve();
    let other = "0".repeat(64);
    let said = run_badly(&["holdings", "--config", text(&config), "--program", &other]);
    assert!(said.contains("has nothing of program"), "{said}");
}
