//! A relay whose disk is full: what is to be kept is refused with a word, and chats go on.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::support::cluster::{Talk, chats};
use crate::support::program::{Program, meet};
use crate::support::{Running, run_badly, run_well, text};

/// The relay on a disk of one megabyte, which only it and its children see; nothing, where this user may have none.
fn serve_on_a_small_disk(program: &Program) -> Option<Running> {
    let alone = ["--mount", "sh", "-c"];
    let may = Command::new("unshare").args(alone).arg("mount -t tmpfs tmpfs /mnt").output();
    if !may.is_ok_and(|may| may.status.success()) {
        return None;
    }
    let serving = program.serving();
    let state = program.path("relay.state");
    std::fs::create_dir_all(&state).unwrap();
    let log = std::fs::OpenOptions::new().append(true).open(program.path("relay.log")).unwrap();
    let mut command = Command::new("unshare");
    let place = "mount -t tmpfs -o size=1m,mode=700 tmpfs \"$0\" && exec \"$@\"";
    command.args(alone).args([place, text(&state)]);
    command.arg(serving.get_program()).args(serving.get_args()).stderr(log);
    let relay = Running::of(command);
    relay.json();
    Some(relay)
}

/// A file on the relay's disk that can fill it.
fn filler(program: &Program, relay: &Running) -> PathBuf {
    let disk = PathBuf::from(format!("/proc/{}/root", relay.id()));
    let state = program.path("relay.state");
    disk.join(state.strip_prefix("/").unwrap()).join("filler")
}

/// The command that publishes that chat is closed.
fn closing(program: &Program) -> Vec<String> {
    program.administering(program.desk, &["policy", "close"], &["--text", "Back soon."])
}

fn fill(file: &Path) {
    let mut file = std::fs::File::create(file).unwrap();
    for block in [4096, 1] {
        while file.write_all(&vec![0; block]).is_ok() {}
    }
}

#[test]
fn a_full_disk_keeps_records_from_being_published_and_nobody_from_writing() {
    let program = Program::new();
    let Some(relay) = serve_on_a_small_disk(&program) else {
        println!("skipped: this user may not mount a small disk");
        return;
    };
    let device = program.advocate("Sam");
    let mut desk = program.desk(&device, program.desk);
    let mut survivor = program.survivor(program.visitor);
    let chat = meet(&survivor, &mut desk);

    let filler = filler(&program, &relay);
    fill(&filler);
    let close = closing(&program);
    for _ in 0..2 {
        let said = run_badly(&close);
        assert!(said.contains("could not keep"), "{said}");
    }
    for number in 0..5 {
        survivor.tell(json!({"do": "write", "text": format!("from me {number}")}));
        desk.tell(json!({"do": "write", "chat": chat, "text": format!("from them {number}")}));
        for side in [&survivor, &desk] {
            let said = side.hears();
            assert!(said["text"].as_str().unwrap().ends_with(&number.to_string()));
        }
    }
    let log = std::fs::read_to_string(program.path("relay.log")).unwrap();
    let errors: Vec<_> = log.lines().filter(|line| line.contains("ERROR")).collect();
    assert_eq!(errors.len(), 1, "{log}");
    assert!(errors[0].contains("full"), "{errors:?}");

    std::fs::remove_file(filler).unwrap();
    run_well(&close);
}

#[test]
#[ignore = "takes long: cargo xtask prove failures"]
fn many_chats_go_on_while_the_disk_is_full() {
    let program = Program::new();
    let Some(relay) = serve_on_a_small_disk(&program) else {
        println!("skipped: this user may not mount a small disk");
        return;
    };
    let mut talk = Talk::of(&program);
    talk.open(chats(20), &[program.visitor], &[program.desk]);
    println!("before: {}", talk.settle());
    let filler = filler(&program, &relay);
    fill(&filler);
    assert!(run_badly(&closing(&program)).contains("could not keep"));
    talk.write();
    println!("the disk is full: {}", talk.settle());
    std::fs::remove_file(filler).unwrap();
    talk.open(2, &[program.visitor], &[program.desk]);
    println!("new chats: {}", talk.settle());
    talk.end();
}
