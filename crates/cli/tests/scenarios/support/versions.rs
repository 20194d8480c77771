//! Ways on which a device and a relay, or two relays, are not of the same version of the protocol.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use stillroom_protocol::VERSION;

/// A way to the relay at this port on which the two are not of the same version.
pub(crate) fn of_another_version(relay: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("some port is free");
    let port = listener.local_addr().expect("it has an address").port();
    thread::spawn(move || {
        for device in listener.incoming().map_while(Result::ok) {
            if let Ok(relay) = TcpStream::connect(("127.0.0.1", relay)) {
                let shared = |stream: &TcpStream| stream.try_clone().expect("it is shared");
                let (back, to_device) = (shared(&relay), shared(&device));
                thread::spawn(move || copy(back, to_device));
                thread::spawn(move || {
                    if greet(&device, &relay).is_some() {
                        copy(device, relay);
                    }
                });
            }
        }
    });
    port
}

/// Passes on the request for a WebSocket and the first frame on it, whose version becomes the next. A mask over the
/// frame does not matter to which bits are turned over.
fn greet(mut device: &TcpStream, mut relay: &TcpStream) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        device.read_exact(&mut byte).ok()?;
        head.extend(byte);
    }
    relay.write_all(&head).ok()?;
    // Two bytes and the mask, what kind of frame it is, and its version.
    let mut hello = [0; 2 + 4 + 1 + 2];
    device.read_exact(&mut hello).ok()?;
    let turned = VERSION.to_be_bytes().into_iter().zip((VERSION + 1).to_be_bytes());
    for (byte, (this, next)) in hello[7..].iter_mut().zip(turned) {
        *byte ^= this ^ next;
    }
    relay.write_all(&hello).ok()
}

fn copy(mut from: TcpStream, mut to: TcpStream) {
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Both);
}

/// Passes on what a relay says to a NATS server as if it spoke the next version.
pub(crate) fn say_as_the_next(relay: TcpStream, server: TcpStream) {
    pass_on(relay, server, |version| version.wrapping_add(1));
}

/// Passes on what a NATS server says to a relay that believes to speak this version, and to the others speaks the next.
pub(crate) fn hear_as_the_next(server: TcpStream, relay: TcpStream) {
    pass_on(server, relay, |version| version.wrapping_sub(1));
}

fn pass_on(from: TcpStream, mut to: TcpStream, become_another: fn(u16) -> u16) {
    let mut from = BufReader::new(from);
    while let Some(message) = next_message(&mut from, become_another)
        && to.write_all(&message).is_ok()
    {}
    let _ = to.shutdown(Shutdown::Both);
}

/// The next message of NATS' protocol: a line, and what it says that follows. What relays say begins with their version.
fn next_message(from: &mut impl BufRead, become_another: fn(u16) -> u16) -> Option<Vec<u8>> {
    let mut message = Vec::new();
    from.read_until(b'\n', &mut message).ok().filter(|read| *read > 0)?;
    let line = String::from_utf8_lossy(&message).into_owned();
    let words: Vec<_> = line.split_whitespace().collect();
    let [kind, subject, .., bytes] = words[..] else { return Some(message) };
    if !["PUB", "MSG", "HPUB", "HMSG"].contains(&kind) {
        return Some(message);
    }
    let length: usize = bytes.parse().ok()?;
    let mut payload = vec![0; length + 2];
    from.read_exact(&mut payload).ok()?;
    if length >= 2
        && subject.starts_with("stillroom.")
        && let Some(version) = payload.first_chunk_mut()
    {
        *version = become_another(u16::from_be_bytes(*version)).to_be_bytes();
    }
    message.extend(payload);
    Some(message)
}
