//! One listener for several programs: the head of each request is read here as far as to see for which host it is, and
//! the connection is handed on to that program's own thread (`features.md` 6.4; `docs/decisions/0033`).
//!
//! Nothing else is looked at, and nothing is answered but that no program is here under that name. A connection that
//! has not said yet for whom it comes is nobody's: such connections have places of their own, so that they take none
//! of any program's. The program reads the head again, and looks at the host itself.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use crate::allotment::Allotment;
use crate::listeners::{BREATH, HEAD_MAX, HEAD_WITHIN};
use crate::places::Places;
use crate::stop::Stopping;

/// Connections at once of which nobody knows yet for whom they are, at each listener.
const UNKNOWN_MAX: usize = 2_000;

/// Connections that wait to be taken up by one program; more are closed.
const HANDED_ON: usize = 64;

/// What is said to whoever asks for a host that no program has here (RFC 9110 section 15.5.20).
const NOBODY: &[u8] =
    b"HTTP/1.1 421 Misdirected Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// A connection that was handed on, and what was read of it.
pub(crate) struct HandedOn {
    pub(crate) stream: std::net::TcpStream,
    pub(crate) from: IpAddr,
    pub(crate) read: Vec<u8>,
}

/// Where connections to one host come out.
pub(crate) struct Sorted {
    /// Of the listener.
    pub(crate) address: SocketAddr,
    /// As a browser asks for it.
    pub(crate) host: String,
    pub(crate) connections: mpsc::Receiver<HandedOn>,
}

/// A listener for several programs.
pub(crate) struct Sorting {
    socket: TcpListener,
    address: SocketAddr,
    doors: Vec<(String, mpsc::Sender<HandedOn>)>,
}

impl Sorting {
    /// Over this socket; nobody is behind it yet.
    pub(crate) fn new(socket: TcpListener) -> io::Result<Self> {
        let address = socket.local_addr()?;
        Ok(Self { socket, address, doors: Vec::new() })
    }

    /// Connections to this host come out here from now on.
    pub(crate) fn add(&mut self, host: &str) -> Sorted {
        let (sender, connections) = mpsc::channel(HANDED_ON);
        self.doors.push((host.to_owned(), sender));
        Sorted { address: self.address, host: host.to_owned(), connections }
    }

    /// Sorts until the process stops.
    pub(crate) async fn sort(self, mut stopping: Stopping) {
        let doors: Arc<[_]> = self.doors.into();
        let places = Places::new(UNKNOWN_MAX, Allotment::unbounded());
        loop {
            let next = tokio::select! {
                () = stopping.wait() => return,
                next = self.socket.accept() => next,
            };
            match next {
                Ok((stream, from)) => {
                    let doors = Arc::clone(&doors);
                    let Some(mut place) = places.take(from.ip()) else { continue };
                    tokio::spawn(async move {
                        // How a connection ends that nobody knows is its own affair.
                        let _ = timeout(HEAD_WITHIN, async {
                            tokio::select! {
                                handed_on = hand_on(stream, from.ip(), &doors) => handed_on,
                                () = place.given_away() => Ok(()),
                            }
                        })
                        .await;
                    });
                }
                Err(error) => {
                    tracing::warn!(kind = ?error.kind(), "a connection could not be let in");
                    sleep(BREATH).await;
                }
            }
        }
    }
}

async fn hand_on(
    mut stream: TcpStream,
    from: IpAddr,
    doors: &[(String, mpsc::Sender<HandedOn>)],
) -> io::Result<()> {
    let read = head(&mut stream).await?;
    let door =
        host(&read).and_then(|host| doors.iter().find(|(own, _)| own.eq_ignore_ascii_case(host)));
    match door {
        Some((_, door)) => {
            let stream = stream.into_std()?;
            // A program that takes up no more is flooded: this one is closed, and no other waits for it.
            let _ = door.try_send(HandedOn { stream, from, read });
            Ok(())
        }
        None => stream.write_all(NOBODY).await,
    }
}

/// Reads to the end of a head, and no more than a head may be long.
async fn head(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut read = Vec::with_capacity(1024);
    while read.len() <= HEAD_MAX {
        let looked_at = read.len().saturating_sub(3);
        if stream.read_buf(&mut read).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let new = read.get(looked_at..).unwrap_or_default();
        if new.windows(4).any(|four| four == b"\r\n\r\n") {
            return Ok(read);
        }
    }
    Err(io::ErrorKind::InvalidData.into())
}

/// The host of a head that names one, once.
fn host(head: &[u8]) -> Option<&str> {
    let mut named =
        head.split(|byte| *byte == b'\n').take_while(|line| **line != *b"\r").filter_map(|line| {
            let (name, value) = std::str::from_utf8(line).ok()?.split_once(':')?;
            name.eq_ignore_ascii_case("host").then(|| value.trim())
        });
    match (named.next(), named.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(head: &str) -> Option<&str> {
        host(head.as_bytes())
    }

    #[test]
    fn the_host_is_found_however_its_name_is_written() {
        assert_eq!(of("GET / HTTP/1.1\r\nhOsT:  a.example \r\n\r\n"), Some("a.example"));
        assert_eq!(
            of("GET / HTTP/1.1\r\nX: y\r\nHost: b.example:8443\r\n\r\n"),
            Some("b.example:8443")
        );
    }

    #[test]
    fn a_request_for_two_hosts_or_for_none_is_for_nobody() {
        assert_eq!(of("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), None);
        assert_eq!(of("GET / HTTP/1.1\r\n\r\nHost: a\r\n"), None);
        assert_eq!(of("GET http://a/ HTTP/1.1\r\n\r\n"), None);
    }

    proptest! {
        #[test]
        fn whatever_comes_names_no_host_but_one_that_stands_there(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let head = [&b"GET / HTTP/1.1\r\nHost: a.example\r\nX: "[..], &bytes, b"\r\n\r\n"].concat();
            prop_assert!(host(&head).is_none_or(|host| host == "a.example"));
            host(&bytes);
        }
    }
}
