//! A line as bytes, of a device that says nothing on it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use stillroom_protocol::Refusal;

/// A device whose line stands.
pub(crate) fn line(port: u16) -> TcpStream {
    let line = TcpStream::connect(("127.0.0.1", port)).expect("the relay listens");
    line.set_read_timeout(Some(Duration::from_secs(120))).expect("the connection stands");
    upgraded(line)
}

/// A line over whatever this carries, once it is a WebSocket.
pub(crate) fn upgraded<S: Read + Write>(mut stream: S) -> S {
    let request = "GET /line HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                   Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("the relay reads");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("an answer");
        head.extend(byte);
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
    stream
}

/// What a relay says on a line until it closes its side of it: the last is WebSocket's code for a relay that stops.
pub(crate) fn is_told_that_the_relay_stops(line: &mut TcpStream) {
    let mut said = Vec::new();
    line.read_to_end(&mut said).expect("the connection stands");
    let code = (4000 + Refusal::Stopping as u16).to_be_bytes();
    assert!(said.ends_with(&code), "{said:?}");
}
