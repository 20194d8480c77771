//! `stillroom staff`: a new member is certified without a secret passing through the relay, and a device
//! that was revoked is let in no more.

mod support;

use serde_json::json;
use support::program::{Program, meet};
use support::{Running, run_badly, run_well, text};

#[test]
fn a_member_who_was_invited_can_take_a_chat_under_the_name_in_the_invitation() {
    let program = Program::new();
    let _relay = program.serve();
    let device = program.advocate("Sam");
    let mut desk = program.desk(&device, program.desk);
    let survivor = program.survivor(program.visitor);
    meet(&survivor, &mut desk);
    let roster = survivor.event(|event| event["event"] == "roster");
    let names: Vec<_> =
        roster["people"].as_array().unwrap().iter().map(|person| &person["name"]).collect();
    assert!(names.contains(&&json!("Sam")), "{roster}");
}

#[test]
fn an_invitation_leads_to_the_desk_wherever_the_program_gives_it_out() {
    let program = Program::new();
    let _relay = program.serve();
    let mut inviting = program.inviting("Sam");
    inviting.args(["--desk", "https://desk.example.org"]);
    let invitation = Running::of(inviting);
    let said = invitation.json();
    let link = said["link"].as_str().unwrap();
    assert!(link.starts_with("https://desk.example.org/#join="), "{link}");
}

#[test]
fn an_invitation_works_once() {
    let program = Program::new();
    let _relay = program.serve();
    let mut invitation = Running::of(program.inviting("Sam"));
    let link = invitation.json()["link"].as_str().unwrap().to_owned();
    let join = |file: &str| {
        let path = program.path(file);
        ["client", "join", "--link", &link, "--root", &program.root, "--device-file", text(&path)]
            .map(str::to_owned)
    };
    run_well(&join("first").each_ref().map(String::as_str));
    assert!(invitation.wait().success());
    let said = run_badly(&join("second").each_ref().map(String::as_str));
    assert!(said.contains("no such invitation"), "{said}");
}

#[test]
fn a_device_that_was_revoked_is_let_in_no_more() {
    let program = Program::new();
    let _relay = program.serve();
    let device = program.advocate("Sam");
    let keys = program.path("program");
    let relay = format!("ws://localhost:{}", program.desk);
    let passphrase = program.path("passphrase");
    let staff = |more: &[&str]| {
        let arguments = ["--relay", &relay, "--passphrase-file", text(&passphrase)];
        run_well(&[more, &arguments[..]].concat())
    };
    let listed = staff(&["staff", "list", text(&keys)]);
    let advocate = listed
        .lines()
        .find(|line| line.contains("advocate"))
        .and_then(|line| line.split_whitespace().next())
        .unwrap();
    staff(&["staff", "revoke", text(&keys), advocate]);
    let mut desk =
        Running::start(&["client", "desk", "--relay", &relay, "--device-file", text(&device)]);
    desk.tell(json!({"do": "on-duty"}));
    let trouble = desk.event(|event| event["event"] == "trouble");
    assert_eq!(trouble["trouble"], "certificate-refused");
}
