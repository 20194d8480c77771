//! `stillroom staff`: a new member is certified without a secret passing through the relay, and a device
//! that was revoked is let in no more.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::json;

use crate::support::program::{Program, meet};
use crate::support::{Running, run_badly, run_well, text};

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

/// Bytes of what an administrator made of an invitation, at the least; other answers to a new member are shorter.
const COMPLETION: usize = 500;

/// A way to the relay at this port on which the first thing that an administrator made of an invitation is lost, with its
/// line.
fn losing_a_completion(relay: u16) -> (u16, Arc<AtomicBool>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let lost = Arc::new(AtomicBool::new(false));
    let is_lost = Arc::clone(&lost);
    thread::spawn(move || {
        for device in listener.incoming().map_while(Result::ok) {
            let relay = TcpStream::connect(("127.0.0.1", relay)).unwrap();
            let ends = (device.try_clone().unwrap(), relay.try_clone().unwrap());
            thread::spawn(move || pass_all(ends.0, ends.1));
            let is_lost = Arc::clone(&is_lost);
            thread::spawn(move || {
                if is_lost.load(Ordering::SeqCst) {
                    pass_all(relay, device);
                    return;
                }
                let _ended = pass_answers(&relay, &device, &is_lost);
                for end in [relay, device] {
                    let _ = end.shutdown(Shutdown::Both);
                }
            });
        }
    });
    (port, lost)
}

fn pass_all(mut from: TcpStream, mut to: TcpStream) {
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Both);
}

/// Passes on the frames of a WebSocket, until a long one comes after the relay's greeting.
fn pass_answers(
    mut relay: &TcpStream,
    mut device: &TcpStream,
    lost: &AtomicBool,
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        relay.read_exact(&mut byte)?;
        head.extend(byte);
    }
    device.write_all(&head)?;
    let mut is_greeting = true;
    loop {
        let mut frame = vec![0; 2];
        relay.read_exact(&mut frame)?;
        // A length that does not fit into the second byte is in the two after it.
        let length = if frame[1] == 126 {
            let mut long = [0; 2];
            relay.read_exact(&mut long)?;
            frame.extend(long);
            usize::from(u16::from_be_bytes(long))
        } else {
            usize::from(frame[1])
        };
        let mut content = vec![0; length];
        relay.read_exact(&mut content)?;
        if !is_greeting && length >= COMPLETION {
            lost.store(true, Ordering::SeqCst);
            return Ok(());
        }
        is_greeting = false;
        device.write_all(&[frame, content].concat())?;
    }
}

#[test]
fn a_member_whose_certificates_were_lost_on_the_way_gets_them_on_the_next_line() {
    let program = Program::new();
    let _relay = program.serve();
    let (port, lost) = losing_a_completion(program.desk);
    let mut inviting = program.inviting("Sam");
    inviting.args(["--desk", &program.address(false, port)]);
    let mut invitation = Running::of(inviting);
    let link = invitation.json()["link"].as_str().unwrap().to_owned();
    let device = program.path("Sam.device");
    let join = |file: &str| {
        ["client", "join", "--link", &link, "--root", &program.root, "--device-file", file]
            .map(str::to_owned)
    };
    run_well(&join(text(&device)).each_ref().map(String::as_str));
    assert!(lost.load(Ordering::SeqCst), "the first ones were lost");
    assert!(invitation.wait().success());
    let mut desk = program.desk(&device, program.desk);
    let survivor = program.survivor(program.visitor);
    meet(&survivor, &mut desk);
    let other = program.path("other.device");
    let said = run_badly(&join(text(&other)).each_ref().map(String::as_str));
    assert!(said.contains("no such invitation"), "another device: {said}");
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
