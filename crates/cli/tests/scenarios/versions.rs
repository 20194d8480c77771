//! A relay of the next version of the protocol beside one of this, as in an upgrade of several one after the other
//! (`docs/upgrading.md`). To a page a next version is one that refuses it by name: this relay does so to devices of
//! another version than its own, so those of this version are made into the next on their way to it.

use serde_json::{Value, json};

use crate::support::cluster::Wire;
use crate::support::program::{Program, meet};
use crate::support::versions::of_another_version;
use crate::support::{run, text};

#[test]
fn a_page_that_is_older_than_the_relay_is_to_be_loaded_again_and_a_desk_says_so() {
    let mut program = Program::new();
    program.by = &["--by", "websocket"];
    let _relay = program.serve();
    let device = program.advocate("Sam");
    let (visitor, desk) = (of_another_version(program.visitor), of_another_version(program.desk));

    let mut on_duty = program.client(&[
        "desk",
        "--relay",
        &program.address(true, desk),
        "--device-file",
        text(&device),
    ]);
    on_duty.tell(json!({"do": "on-duty"}));
    on_duty.event(|event| event["trouble"] == "page-outdated");

    let link = format!("{}/", program.address(false, visitor));
    let mut survivor = program.client(&["survivor", "--link", &link, "--root", &program.root]);
    survivor.tell(json!({"do": "start"}));
    let stopped = survivor.event(|event| event["phase"] == "stopped");
    assert_eq!(stopped["stop"], "page-outdated");
}

#[test]
fn the_command_line_says_that_the_relay_is_of_another_version() {
    let program = Program::new();
    let _relay = program.serve();
    let relay = program.address(true, of_another_version(program.desk));
    let inviting = program.inviting("Sam");
    let arguments: Vec<_> = inviting
        .get_args()
        .map(|argument| {
            let same = program.address(true, program.desk);
            if *argument == *same { relay.clone().into() } else { argument.to_owned() }
        })
        .collect();
    let said = run(&arguments);
    assert!(!said.status.success());
    let said = String::from_utf8_lossy(&said.stderr);
    assert!(
        said.contains("of another version") && said.contains("same release for both"),
        "{said}"
    );
}

#[test]
fn a_chat_that_meets_a_relay_of_the_next_version_goes_on_at_one_of_its_own() {
    let mut program = Program::new();
    program.by = &["--by", "websocket"];
    let _relay = program.serve();
    let device = program.advocate("Sam");
    let ways = [Wire::to(program.visitor), Wire::to(program.desk)];
    let mut desk = program.desk(&device, ways[1].port());
    let mut survivor = program.survivor(ways[0].port());
    let chat = meet(&survivor, &mut desk);
    desk.tell(json!({"do": "write", "chat": chat, "text": "before"}));
    assert_eq!(survivor.hears()["text"], "before");

    let next = [of_another_version(program.visitor), of_another_version(program.desk)];
    for (way, next) in ways.iter().zip(next) {
        way.lead(next);
        way.cut(true);
        way.cut(false);
    }
    desk.event(|event| event["trouble"] == "page-outdated");
    survivor.event(|event| event["line"] == "down");
    survivor.tell(json!({"do": "write", "text": "meanwhile"}));
    desk.tell(json!({"do": "write", "chat": chat, "text": "meanwhile as well"}));

    for (way, own) in ways.iter().zip([program.visitor, program.desk]) {
        way.lead(own);
    }
    assert_eq!(desk.hears()["text"], "meanwhile");
    assert_eq!(survivor.hears()["text"], "meanwhile as well");
    survivor.tell(json!({"do": "write", "text": "after"}));
    assert_eq!(desk.hears()["text"], "after");
    desk.tell(json!({"do": "end", "chat": chat}));
    survivor.event(|event: &Value| event["phase"] == "ended");
}
