//! A TCP proxy that remembers what a relay was sent and what it sent, with the WebSocket's masks taken
//! off: a mask would hide plaintext from a search just as well as encryption.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// How long connections may take to end before a test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// Everything that went through, connection by connection.
#[derive(Clone, Default)]
pub(crate) struct Recording {
    streams: Arc<Mutex<Vec<Vec<u8>>>>,
    more: Arc<Condvar>,
}

impl Recording {
    /// Starts a proxy on a free port, to `relay`; returns the port.
    pub(crate) fn start(&self, relay: u16) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").expect("some port is free");
        let port = listener.local_addr().expect("it has an address").port();
        let recording = self.clone();
        std::thread::spawn(move || {
            for device in listener.incoming().map_while(Result::ok) {
                if let Ok(relay) = TcpStream::connect(("127.0.0.1", relay)) {
                    recording.copy(&device, &relay);
                    recording.copy(&relay, &device);
                }
            }
        });
        port
    }

    fn copy(&self, from: &TcpStream, to: &TcpStream) {
        let mut from = from.try_clone().expect("a socket can be shared");
        let mut to = to.try_clone().expect("a socket can be shared");
        let recording = self.clone();
        std::thread::spawn(move || {
            let mut all = Vec::new();
            let mut bytes = [0; 16 * 1024];
            while let Ok(length @ 1..) = from.read(&mut bytes) {
                all.extend_from_slice(&bytes[..length]);
                if to.write_all(&bytes[..length]).is_err() {
                    break;
                }
            }
            let _ = to.shutdown(Shutdown::Write);
            let mut streams = recording.streams.lock().expect("no holder panicked");
            streams.push(all);
            recording.more.notify_all();
        });
    }

    /// What went through, once so many streams have ended (two for each connection): each as it was on the
    /// line, and with the masks off.
    pub(crate) fn whole(&self, streams: usize) -> Vec<u8> {
        let ended = self.streams.lock().expect("no holder panicked");
        let (ended, late) = self
            .more
            .wait_timeout_while(ended, PATIENCE, |ended| ended.len() < streams)
            .expect("no holder panicked");
        assert!(!late.timed_out(), "{} of {streams} streams have ended", ended.len());
        ended.iter().flat_map(|stream| [stream.clone(), unmasked(stream)].concat()).collect()
    }
}

/// The payloads of the frames after the upgrade.
fn unmasked(stream: &[u8]) -> Vec<u8> {
    let Some(end) = stream.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Vec::new();
    };
    let mut rest = &stream[end + 4..];
    let mut payloads = Vec::new();
    while rest.len() >= 2 {
        let masked = rest[1] & 0x80 != 0;
        let (mut start, length) = match rest[1] & 0x7f {
            126 if rest.len() >= 4 => (4, usize::from(u16::from_be_bytes([rest[2], rest[3]]))),
            127 if rest.len() >= 10 => (
                10,
                usize::try_from(u64::from_be_bytes(rest[2..10].try_into().expect("eight bytes")))
                    .expect("a length fits"),
            ),
            126 | 127 => break,
            short => (2, usize::from(short)),
        };
        let mask = match rest.get(start..start + 4) {
            Some(mask) if masked => <[u8; 4]>::try_from(mask).expect("four bytes"),
            _ => [0; 4],
        };
        start += if masked { 4 } else { 0 };
        let Some(payload) = rest.get(start..start + length) else {
            break;
        };
        payloads.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        rest = &rest[start + length..];
    }
    payloads
}

/// Whether `word` is somewhere in `bytes`, in UTF-8 or UTF-16 of either order.
pub(crate) fn found(bytes: &[u8], word: &str) -> bool {
    let contains = |needle: &[u8]| memchr::memmem::find(bytes, needle).is_some();
    let wide: Vec<u16> = word.encode_utf16().collect();
    contains(word.as_bytes())
        || contains(&wide.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<_>>())
        || contains(&wide.iter().flat_map(|unit| unit.to_be_bytes()).collect::<Vec<_>>())
}
