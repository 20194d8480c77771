//! Slow, silent and hostile connections at the real process (`features.md` 6.6): each is bounded, and a chat beside
//! them goes on. `stillroom bench --floods` measures the same at full size.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::lines::line;
use crate::support::program::{Program, meet};
use crate::support::{Running, http_get};

/// What stands for "for ever" where a test would otherwise hang.
const PATIENCE: Duration = Duration::from_secs(120);

/// More than the process may grow by for anything here: a whole queue of one device, and buffers.
const GROWTH: u64 = 16 * 1024 * 1024;

/// A relay, and a chat on it.
struct Scene {
    program: Program,
    relay: Running,
    desk: Running,
    survivor: Running,
    chat: Value,
    memory: u64,
}

impl Scene {
    fn start() -> Self {
        Self::of(Program::new())
    }

    fn of(program: Program) -> Self {
        let relay = program.serve();
        let device = program.advocate("Sam");
        let mut desk = program.desk(&device, program.desk);
        let survivor = program.survivor(program.visitor);
        let chat = meet(&survivor, &mut desk);
        let memory = relay.memory();
        let mut scene = Self { program, relay, desk, survivor, chat, memory };
        scene.goes_on("before");
        scene
    }

    /// One message each way.
    fn goes_on(&mut self, when: &str) {
        let heard = |event: &Value| event["event"] == "message" && event["mine"] == false;
        self.survivor.tell(json!({"do": "write", "text": format!("from them, {when}")}));
        self.desk.event(heard);
        let text = format!("from the desk, {when}");
        self.desk.tell(json!({"do": "write", "chat": self.chat, "text": text}));
        self.survivor.event(heard);
    }

    /// A connection to the survivors' door.
    fn connect(&self) -> TcpStream {
        connect(self.program.visitor)
    }

    /// One that has become a WebSocket.
    fn line(&self) -> TcpStream {
        line(self.program.visitor)
    }

    /// It did not grow for it, and the chat goes on.
    fn is_well(&mut self, after: &str) {
        self.goes_on(after);
        let grown = self.relay.memory().saturating_sub(self.memory);
        assert!(grown < GROWTH, "{grown} bytes more {after}");
    }
}

fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket has a timeout");
    stream
}

/// All that comes until the relay closes the connection, which it does by itself.
fn until_closed(stream: &mut TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    match stream.read_to_end(&mut all) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("not closed: {error}"),
        _ => all,
    }
}

/// Writes this again and again until the relay will have no more; how many bytes that took, at most so many.
fn until_refused(stream: &mut TcpStream, piece: &[u8], most: usize) -> usize {
    stream.set_write_timeout(Some(PATIENCE)).expect("a socket has a timeout");
    let mut written = 0;
    while written < most && stream.write_all(piece).is_ok() {
        written += piece.len();
    }
    written
}

#[test]
fn whoever_comes_and_says_nothing_is_closed_and_a_chat_goes_on_beside_them() {
    let mut scene = Scene::start();
    let mut silent: Vec<_> = (0..300).map(|_| scene.connect()).collect();
    let mut half: Vec<_> = (0..100).map(|_| scene.connect()).collect();
    for stream in &mut half {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: loc").expect("the relay reads");
    }
    let mut lines: Vec<_> = (0..100).map(|_| scene.line()).collect();
    scene.is_well("while they are there");
    assert!(http_get(scene.program.visitor, "/").is_some());
    for stream in silent.iter_mut().chain(&mut half).chain(&mut lines) {
        until_closed(stream);
    }
    scene.is_well("once they are gone");
}

#[test]
fn lines_that_fill_the_desks_door_give_way_to_staff() {
    let program = Program::new();
    program.limit("staff_connections = 5");
    let mut scene = Scene::of(program);
    let device = scene.program.advocate("Lou");
    let mut flood: Vec<_> = (0..30).map(|_| line(scene.program.desk)).collect();
    let mut colleague = scene.program.desk(&device, scene.program.desk);
    scene.goes_on("while the desks' door is full");
    // All but the newest, which stand beside the two desks.
    for gone in flood.iter_mut().take(25) {
        until_closed(gone);
    }
    colleague.tell(json!({"do": "off-duty"}));
    colleague.event(|event| event["duty"] == "off");
    scene.is_well("beside the flood");
}

#[test]
fn handshakes_that_never_end_are_closed_and_a_chat_over_tls_goes_on_beside_them() {
    let mut scene = Scene::of(Program::over_tls());
    // The first bytes of a message that says it is longer, a whole one that is none, one that is far too long.
    let starts: [&[u8]; 3] = [&[22, 3, 1, 0, 200, 1, 0], &[0x55; 600], &[22, 3, 1, 255, 255]];
    let mut half: Vec<_> = (0..900).map(|_| scene.connect()).collect();
    for (stream, start) in half.iter_mut().zip(starts.iter().cycle()) {
        stream.write_all(start).expect("the relay reads");
    }
    scene.is_well("while they are there");
    // A handshake that goes on and on, a byte each time, is closed as well.
    let mut slow = scene.connect();
    let most = 64 * 1024 * 1024;
    let records = [&[22, 3, 1, 0, 1, 1][..], &[22, 3, 1, 0, 1, 255].repeat(3)].concat();
    slow.write_all(&records).expect("the relay reads");
    assert!(until_refused(&mut slow, &[22, 3, 1, 0, 1, 0].repeat(2_000), most) < most);
    for stream in &mut half {
        until_closed(stream);
    }
    scene.is_well("once they are gone");
}

#[test]
fn a_head_without_an_end_is_refused_and_so_are_a_hundred() {
    let mut scene = Scene::start();
    let most = 64 * 1024 * 1024;
    for start in [&b"GET / HTTP/1.1\r\nX: "[..], b"GET /", b"GET / HTTP/1.1\r\n"] {
        let mut stream = scene.connect();
        stream.write_all(start).expect("the relay reads");
        assert!(until_refused(&mut stream, b"x: 0123456789\r\n", most) < most);
    }
    let many = "x: y\r\n".repeat(2_000);
    for _ in 0..100 {
        let mut stream = scene.connect();
        let head = format!("GET / HTTP/1.1\r\n{many}\r\n");
        // It may be closed before all of it was written.
        let _ = stream.write_all(head.as_bytes());
        let answer = until_closed(&mut stream);
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 431"));
    }
    scene.is_well("after the heads");
}

#[test]
fn a_body_is_read_no_further_than_it_may_be_long() {
    let mut scene = Scene::start();
    let most = 256 * 1024 * 1024;
    for path in ["/a", "/b", "/line", "/"] {
        let mut stream = scene.connect();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {most}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).expect("the relay reads");
        assert!(until_refused(&mut stream, &[b'x'; 64 * 1024], most) < most, "{path}");
    }
    scene.is_well("after the bodies");
}

#[test]
fn frames_that_are_none_end_their_own_line_alone() {
    let mut scene = Scene::start();
    let hostile: [(&str, &[u8]); 8] = [
        ("a terabyte long", &[0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        (
            "of the longest length",
            &[0x82, 0xff, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0],
        ),
        ("not masked", &[0x82, 2, 1, 2]),
        ("with a bit that nobody agreed upon", &[0xc2, 0x81, 0, 0, 0, 0, 1]),
        ("of a kind that there is not", &[0x83, 0x81, 0, 0, 0, 0, 1]),
        ("a ping that is too long", &[0x89, 0xfe, 1, 0, 0, 0, 0, 0]),
        ("a piece of nothing", &[0x80, 0x81, 0, 0, 0, 0, 1]),
        ("words", &[0x81, 0x81, 0, 0, 0, 0, 0xff]),
    ];
    for (what, bytes) in hostile {
        let mut line = scene.line();
        line.write_all(bytes).expect("the relay reads");
        // A device answers a close; this one only waits for the end of the connection.
        until_closed(&mut line);
        scene.goes_on(what);
    }
    let mut pieces = scene.line();
    pieces.write_all(&[0x02, 0x81, 0, 0, 0, 0, 1]).expect("the relay reads");
    let most = 64 * 1024 * 1024;
    let piece = [&[0x00, 0xfe, 4, 0, 0, 0, 0, 0][..], &[7; 1024]].concat();
    assert!(until_refused(&mut pieces, &piece, most) < most, "a message of pieces without an end");
    // Pieces of nothing are no frame, however many come: the line is closed as one that never began.
    let mut empty = scene.line();
    empty.write_all(&[0x02, 0x80, 0, 0, 0, 0]).expect("the relay reads");
    until_refused(&mut empty, &[0x00, 0x80, 0, 0, 0, 0].repeat(1_000), 600_000);
    until_closed(&mut empty);
    scene.is_well("after all of them");
}
