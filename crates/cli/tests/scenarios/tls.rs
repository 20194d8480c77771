//! A relay that speaks TLS itself, by the real binary: its certificate, and newer ones in its place.

use std::any::Any;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use serde_json::json;
use stillroom_program::{Fingerprint, encode};
use stillroom_protocol::{ClientFrame, VERSION};
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConnection, StreamOwned};

use crate::support::certificates::Authority;
use crate::support::lines::upgraded;
use crate::support::program::{Program, meet};
use crate::support::tls::browser;
use crate::support::{Running, folder, run_badly, serving_with_log, text};

/// A relay whose log comes where its answers come.
fn serve(program: &Program) -> Running {
    let relay = Running::of(serving_with_log(&program.path("relay.toml")));
    relay.says("The relay runs");
    relay
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
    let log = relay.says("is not for localhost");
    for secret in [&key, &other].into_iter().flat_map(|key| key.lines()) {
        assert!(!log.contains(secret), "{log}");
    }
    program.authority = Some(authority);
    drop(program.survivor(program.visitor));

    // The next one is of another authority, so that whoever trusts that alone is shown it.
    let around = folder();
    let next = Authority::new(around.path());
    next.certify(program.folder.path(), "localhost", 1, 90);
    relay.says("a new certificate is in use");
    relay.says("a new certificate is in use");
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
    let inviting = program.inviting("Sam");
    // Without the environment that names the test's own authority.
    let said = run_badly(&inviting.get_args().collect::<Vec<_>>());
    assert!(said.contains("does not answer"), "{said}");
}

#[test]
fn a_relay_says_what_is_wrong_with_a_certificate_that_it_cannot_use() {
    let program = Program::over_tls();
    program.authority.as_ref().unwrap().certify(program.folder.path(), "elsewhere.example", 1, 90);
    let said = run_badly(&["serve", "--config", text(&program.path("relay.toml"))]);
    assert!(said.contains("chat.pem is not for localhost"), "{said}");
}

/// A greeted line at rest, over whatever this carries.
fn greeted<S: Read + Write>(stream: S, program: &Program) -> S {
    let mut stream = upgraded(stream);
    let root: Fingerprint = program.root.parse().unwrap();
    let hello = encode(&ClientFrame::Hello { version: VERSION, program: root.program_id() });
    let length = u8::try_from(hello.len()).unwrap();
    stream.write_all(&[&[0x82, 0x80 | length, 0, 0, 0, 0][..], &hello].concat()).unwrap();
    stream.read_exact(&mut [0; 512]).unwrap();
    stream
}

/// What the relay grew by for each of so many.
fn grown(relay: &Running, mut line: impl FnMut() -> Box<dyn Any>) -> u64 {
    const LINES: u64 = 800;
    // What the first few cost, the others do not.
    let mut lines: Vec<_> = (0..50).map(|_| line()).collect();
    let before = relay.memory();
    lines.extend((0..LINES).map(|_| line()));
    (relay.memory() - before) / LINES
}

/// `docs/benchmarks.md` has the figures, measured with an optimised build.
#[test]
fn a_line_at_rest_over_tls_takes_little_more_memory_than_a_plain_one() {
    let plain = Program::new();
    let relay = plain.serve();
    let connect = |port| TcpStream::connect(("127.0.0.1", port)).unwrap();
    let without = grown(&relay, || Box::new(greeted(connect(plain.visitor), &plain)));
    drop(relay);

    let secure = Program::over_tls();
    let relay = serve(&secure);
    let config = Arc::new(browser(&secure.authority.as_ref().unwrap().file));
    let name = ServerName::try_from("localhost").unwrap();
    let with = grown(&relay, || {
        let connection = ClientConnection::new(Arc::clone(&config), name.clone()).unwrap();
        Box::new(greeted(StreamOwned::new(connection, connect(secure.visitor)), &secure))
    });
    println!("a line at rest: {without} bytes plain, {with} over TLS");
    assert!(with < without + 6 * 1024, "{with} bytes over TLS, {without} without");
}
