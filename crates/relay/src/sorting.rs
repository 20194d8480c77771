//! One listener for several programs: what a connection says first is read here as far as to see for which host it is,
//! and the connection is handed on to that program's own thread (`features.md` 6.4; `docs/decisions/0033`, `0049`).
//!
//! That is the head of a request, or the first message of a TLS handshake ([`hello`]): each program shows its own
//! certificate, and no key is here. Nothing else is looked at, and nothing is answered but that no program is here under
//! that name. A connection that has not said yet for whom it comes is nobody's: such connections have places of their
//! own, so that they take none of any program's. The program reads the same bytes again, and looks at the host itself.

mod hello;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use self::hello::{Hello, NoHello};
use crate::allotment::Allotment;
use crate::config::Origin;
use crate::listeners::{BREATH, HEAD_MAX, HEAD_WITHIN};
use crate::places::{Place, Places};
use crate::stop::Stopping;

/// Connections at once of which nobody knows yet for whom they are, at each listener.
pub(crate) const UNKNOWN_MAX: usize = 2_000;

/// Connections that wait to be taken up by one program; more are closed.
const HANDED_ON: usize = 64;

/// What is said to whoever asks for a host that no program has here (RFC 9110 section 15.5.20).
const NOBODY: &[u8] =
    b"HTTP/1.1 421 Misdirected Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// The same in TLS: a fatal alert, `unrecognized_name` (RFC 8446 sections 5.1 and 6.2).
const NOBODY_BY_TLS: &[u8] = &[21, 3, 3, 0, 2, 2, 112];

/// What programs at a listener are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ToldApartBy {
    /// The host in a request's head.
    Host,
    /// The name in the first message of a TLS handshake.
    ServerName,
}

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
    doors: Doors,
}

/// The programs behind it.
struct Doors {
    by: ToldApartBy,
    all: Vec<(String, mpsc::Sender<HandedOn>)>,
}

impl Sorting {
    /// Over this socket; nobody is behind it yet.
    pub(crate) fn new(socket: TcpListener, by: ToldApartBy) -> io::Result<Self> {
        let address = socket.local_addr()?;
        Ok(Self { socket, address, doors: Doors { by, all: Vec::new() } })
    }

    /// Connections to the host of this origin come out here from now on.
    pub(crate) fn add(&mut self, origin: &Origin) -> Sorted {
        let (sender, connections) = mpsc::channel(HANDED_ON);
        let told_by = match self.doors.by {
            ToldApartBy::Host => origin.authority(),
            ToldApartBy::ServerName => origin.host(),
        };
        self.doors.all.push((told_by.to_owned(), sender));
        Sorted { address: self.address, host: origin.authority().to_owned(), connections }
    }

    /// Sorts until the process stops.
    pub(crate) async fn sort(self, mut stopping: Stopping) {
        let doors = Arc::new(self.doors);
        let places = Places::new(UNKNOWN_MAX, Allotment::unbounded());
        loop {
            let next = tokio::select! {
                () = stopping.wait() => return,
                next = self.socket.accept() => next,
            };
            match next {
                Ok((stream, from)) => {
                    let doors = Arc::clone(&doors);
                    let Some(place) = places.take(from.ip()) else { continue };
                    tokio::spawn(async move {
                        doors.find(stream, from.ip(), place, HEAD_WITHIN).await;
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

impl Doors {
    /// Finds out for whom a connection is, and hands it on. It is closed where that takes too long, or its place is
    /// another's before.
    async fn find(&self, stream: TcpStream, from: IpAddr, mut place: Place, within: Duration) {
        // How a connection ends that nobody knows is its own affair.
        let _ = timeout(within, async {
            tokio::select! {
                handed_on = self.hand_on(stream, from) => handed_on,
                () = place.given_away() => Ok(()),
            }
        })
        .await;
    }

    async fn hand_on(&self, mut stream: TcpStream, from: IpAddr) -> io::Result<()> {
        let (named, read) = match self.by {
            ToldApartBy::Host => {
                let read = head(&mut stream).await?;
                (host(&read).map(str::to_owned), read)
            }
            ToldApartBy::ServerName => match hello::read(&mut stream).await {
                Ok(Hello { name, read }) => (name, read),
                Err(NoHello::NotTls(answer)) => return stream.write_all(&answer).await,
                Err(NoHello::Ended(_) | NoHello::TooLong) => return Ok(()),
            },
        };
        let Some(door) = named.and_then(|named| self.of(&named)) else {
            return stream.write_all(self.nobody()).await;
        };
        let stream = stream.into_std()?;
        // A program that takes up no more is flooded: this one is closed, and no other waits for it.
        let _ = door.try_send(HandedOn { stream, from, read });
        Ok(())
    }

    fn of(&self, named: &str) -> Option<&mpsc::Sender<HandedOn>> {
        self.all.iter().find(|(own, _)| own.eq_ignore_ascii_case(named)).map(|(_, door)| door)
    }

    /// What is said to whoever asks for nobody.
    fn nobody(&self) -> &'static [u8] {
        match self.by {
            ToldApartBy::Host => NOBODY,
            ToldApartBy::ServerName => NOBODY_BY_TLS,
        }
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

    use super::hello::tests::said;
    use super::*;

    /// A listener for one name by TLS, whoever connects to it, and how each side fares.
    async fn at_a_door() -> (Doors, mpsc::Receiver<HandedOn>, TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let browser = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let mut sorting = Sorting::new(listener, ToldApartBy::ServerName).unwrap();
        let sorted = sorting.add(&"https://a.example:8443".parse().unwrap());
        assert_eq!(sorted.host, "a.example:8443", "as the browser will ask for it");
        (sorting.doors, sorted.connections, browser, stream)
    }

    fn place() -> (IpAddr, Place) {
        let from = IpAddr::from([192, 0, 2, 1]);
        (from, Places::new(1, Allotment::unbounded()).take(from).unwrap())
    }

    #[tokio::test]
    async fn a_first_message_that_stops_in_the_middle_is_closed_after_a_while() {
        let (doors, mut handed_on, mut browser, stream) = at_a_door().await;
        let whole = said("a.example", &[]);
        browser.write_all(&whole[..whole.len() / 2]).await.unwrap();
        let (from, place) = place();
        let patience = Duration::from_secs(60);
        let found = doors.find(stream, from, place, Duration::from_millis(1));
        timeout(patience, found).await.expect("it is waited for no longer than so long");
        let mut answer = Vec::new();
        let _ = browser.read_to_end(&mut answer).await;
        assert!(answer.is_empty(), "and nothing is said");
        assert!(handed_on.try_recv().is_err());
    }

    #[tokio::test]
    async fn a_first_message_that_does_not_end_gives_way_to_whoever_comes_next() {
        let (doors, _handed_on, mut browser, stream) = at_a_door().await;
        browser.write_all(&said("a.example", &[])[..100]).await.unwrap();
        let from = IpAddr::from([192, 0, 2, 1]);
        let places = Places::new(1, Allotment::unbounded());
        let first = places.take(from).unwrap();
        let found = doors.find(stream, from, first, Duration::from_secs(600));
        let _next = places.take(from).unwrap();
        timeout(Duration::from_secs(60), found).await.expect("it goes at once");
    }

    #[tokio::test]
    async fn a_first_message_goes_on_to_its_program_with_every_byte() {
        let (doors, mut handed_on, mut browser, stream) = at_a_door().await;
        let whole = said("a.example", &[]);
        browser.write_all(&whole).await.unwrap();
        let (from, place) = place();
        doors.find(stream, from, place, HEAD_WITHIN).await;
        assert_eq!(handed_on.try_recv().unwrap().read, whole);
    }

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
