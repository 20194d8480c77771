//! HTTP/2: what it gives to browsers that ask for it, and where it ends for those that would make too much of it.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::version::TLS13;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

use crate::certificates::{Certificate, Offers, browser, connect, survivors_by_tls};
use crate::device::PATIENCE;
use crate::scene::Scene;

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// A frame as RFC 9113 section 4.1 lays it out.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// The head of `GET /` or another path at `localhost`.
fn head(path: &str) -> Vec<u8> {
    head_at("localhost", path)
}

/// The same at another host, by HPACK's table and without Huffman's code.
fn head_at(host: &str, path: &str) -> Vec<u8> {
    let [host_length, length] = [host, path].map(|text| u8::try_from(text.len()).unwrap());
    let path = [&[0x82, 0x87, 0x04, length], path.as_bytes()].concat();
    [&path, &[0x41, host_length][..], host.as_bytes()].concat()
}

/// A browser's side of a connection.
pub(crate) struct Browser {
    stream: TlsStream<TcpStream>,
}

/// A frame that came.
#[derive(Debug)]
pub(crate) struct Came {
    kind: u8,
    stream: u32,
    payload: Vec<u8>,
}

impl Browser {
    async fn at(scene: &Scene, certificate: &Certificate) -> Self {
        let config = Arc::new(asking_for(certificate, &[b"h2", b"http/1.1"]));
        Self::over(connect(&config, scene.survivors()).await.unwrap()).await
    }

    /// Over a connection with which it asked for HTTP/2.
    pub(crate) async fn over(mut stream: TlsStream<TcpStream>) -> Self {
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let start = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &frame(SETTINGS, 0, 0, &[])[..]].concat();
        stream.write_all(&start).await.unwrap();
        Self { stream }
    }

    async fn ask(&mut self, stream: u32, path: &str, flags: u8) {
        let asked = frame(HEADERS, flags | END_HEADERS, stream, &head(path));
        self.stream.write_all(&asked).await.unwrap();
    }

    /// Asks for the page at this host; the head of the answer.
    pub(crate) async fn page_at(&mut self, stream: u32, host: &str) -> Came {
        let asked = frame(HEADERS, END_STREAM | END_HEADERS, stream, &head_at(host, "/"));
        self.stream.write_all(&asked).await.unwrap();
        self.until(HEADERS).await
    }

    /// The next frame; nothing once the connection is closed.
    async fn next(&mut self) -> Option<Came> {
        let mut head = [0; 9];
        timeout(PATIENCE, self.stream.read_exact(&mut head)).await.unwrap().ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        timeout(PATIENCE, self.stream.read_exact(&mut payload)).await.unwrap().ok()?;
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        Some(Came { kind: head[3], stream, payload })
    }

    /// The next of this kind.
    async fn until(&mut self, kind: u8) -> Came {
        loop {
            let came = self.next().await.expect("the connection stands");
            if came.kind == kind {
                return came;
            }
        }
    }

    /// Writes this again and again until the relay will have no more.
    async fn until_refused(&mut self, mut piece: impl FnMut(u32) -> Vec<u8>) -> u32 {
        // Somebody who reads what comes: nothing of it holds up what is written.
        let (mut reader, mut writer) = tokio::io::split(&mut self.stream);
        let most = 200_000;
        let write = async {
            for number in 0..most {
                if writer.write_all(&piece(number)).await.is_err() || writer.flush().await.is_err()
                {
                    return number;
                }
            }
            most
        };
        let read = async {
            let mut thrown_away = [0; 4096];
            while let Ok(1..) = reader.read(&mut thrown_away).await {}
        };
        let written = tokio::select! {
            written = write => written,
            () = read => 0,
        };
        assert!(written < most, "whatever came was taken");
        written
    }
}

pub(crate) fn asking_for(certificate: &Certificate, protocols: &[&[u8]]) -> ClientConfig {
    let mut config = browser(certificate, Offers::Hybrid, &[&TLS13]);
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    config
}

async fn scene(certificate: &Certificate) -> Scene {
    Scene::start_with(|_, config| {
        survivors_by_tls(config, certificate);
    })
    .await
}

/// The status in the first bytes of an answer's head: 200 is in HPACK's table, others are written out, as 421 by
/// Huffman's code.
pub(crate) fn status(came: &Came) -> String {
    let at = came.payload.iter().position(|byte| *byte & 0xe0 != 0x20);
    match &came.payload[at.unwrap_or_default()..] {
        [0x88, ..] => "200".to_owned(),
        [0x48, 0x82, 0x68, 0x41, ..] => "421".to_owned(),
        _ => String::from_utf8_lossy(&came.payload).into_owned(),
    }
}

#[tokio::test]
async fn a_browser_that_asks_for_it_gets_pages_by_it_and_a_line_by_a_connection_of_its_own() {
    let certificate = Certificate::of("localhost");
    let scene = scene(&certificate).await;
    let mut browser = Browser::at(&scene, &certificate).await;
    browser.ask(1, "/", END_STREAM).await;
    assert_eq!(status(&browser.until(HEADERS).await), "200");
    browser.ask(3, "/line", END_STREAM).await;
    let line = browser.until(HEADERS).await;
    assert_eq!(line.stream, 3);
    assert_ne!(status(&line), "200");

    // One that asks for HTTP/1.1 alone, as for a WebSocket, gets that.
    let config = Arc::new(asking_for(&certificate, &[b"http/1.1"]));
    let stream = connect(&config, scene.survivors()).await.unwrap();
    let (line, _) = tokio_tungstenite::client_async("wss://localhost/line", stream).await.unwrap();
    drop(line);
}

#[tokio::test]
async fn requests_that_are_taken_back_without_end_end_their_connection() {
    let certificate = Certificate::of("localhost");
    let scene = scene(&certificate).await;
    let mut browser = Browser::at(&scene, &certificate).await;
    let cancelled = 8_u32.to_be_bytes();
    browser
        .until_refused(|number| {
            let stream = 2 * number + 1;
            let asked = frame(HEADERS, END_STREAM | END_HEADERS, stream, &head("/"));
            [asked, frame(RST_STREAM, 0, stream, &cancelled)].concat()
        })
        .await;
    assert!(Browser::at(&scene, &certificate).await.next().await.is_some());
}

#[tokio::test]
async fn a_head_that_goes_on_and_on_is_not_held() {
    let certificate = Certificate::of("localhost");
    let scene = scene(&certificate).await;
    for piece in [&b""[..], &[0x40, 1, b'x', 1, b'y'].repeat(1_000)] {
        let mut browser = Browser::at(&scene, &certificate).await;
        let start = frame(HEADERS, END_STREAM, 1, &head("/"));
        browser.stream.write_all(&start).await.unwrap();
        let piece = frame(CONTINUATION, 0, 1, piece);
        browser.until_refused(|_| piece.clone()).await;
    }
}

#[tokio::test]
async fn a_head_that_is_longer_than_any_browsers_is_refused() {
    let certificate = Certificate::of("localhost");
    let scene = scene(&certificate).await;
    let mut browser = Browser::at(&scene, &certificate).await;
    // Twenty lines of a thousand bytes: a length is written as 127, and what is above that by sevens.
    let line = [&[0x40, 1, b'x', 0x7f, 0xe9, 0x06][..], &[b'y'; 1_000]].concat();
    let asked = [head("/"), line.repeat(20)].concat();
    let (first, rest) = asked.split_at(16_000);
    let first = frame(HEADERS, END_STREAM, 1, first);
    let rest = frame(CONTINUATION, END_HEADERS, 1, rest);
    browser.stream.write_all(&[first, rest].concat()).await.unwrap();
    loop {
        match browser.next().await {
            Some(came) if came.kind == HEADERS => {
                assert_ne!(status(&came), "200");
                break;
            }
            Some(came) if [RST_STREAM, GOAWAY].contains(&came.kind) => break,
            Some(_) => {}
            None => break,
        }
    }
}

#[tokio::test]
async fn more_requests_at_once_than_a_page_has_files_are_refused() {
    let certificate = Certificate::of("localhost");
    let scene = scene(&certificate).await;
    let mut browser = Browser::at(&scene, &certificate).await;
    // Bodies that never come.
    for number in 0..40 {
        let posted = [&[0x83, 0x87, 0x04, 2], &b"/b"[..], &[0x41, 9], b"localhost"].concat();
        let asked = frame(HEADERS, END_HEADERS, 2 * number + 1, &posted);
        browser.stream.write_all(&asked).await.unwrap();
    }
    let refused = browser.until(RST_STREAM).await;
    assert_eq!(refused.payload, 7_u32.to_be_bytes(), "refused, and not looked at");
    assert!(refused.stream > 2 * 31);
}

#[tokio::test]
async fn whoever_asks_for_nothing_is_told_to_go_as_by_http_1() {
    let certificate = Certificate::of("localhost");
    let scene = scene(&certificate).await;
    let mut asked = Browser::at(&scene, &certificate).await;
    asked.ask(1, "/", END_STREAM).await;
    let silent = Browser::at(&scene, &certificate).await;
    for mut browser in [asked, silent] {
        browser.until(GOAWAY).await;
    }
}

#[tokio::test]
async fn a_relay_that_stops_answers_what_it_was_asked_and_tells_browsers_to_go() {
    let certificate = Certificate::of("localhost");
    let scene = scene(&certificate).await;
    let mut silent = Browser::at(&scene, &certificate).await;
    silent.until(SETTINGS).await;
    let mut asked = Browser::at(&scene, &certificate).await;
    asked.until(SETTINGS).await;
    asked.ask(1, "/status", END_STREAM).await;
    let stopping = scene.relay.stop();
    let told = async move {
        silent.until(GOAWAY).await;
        let (mut answer, mut told) = (None, false);
        while answer.is_none() || !told {
            let came = asked.next().await.expect("the connection stands until then");
            told |= came.kind == GOAWAY;
            answer = answer.or_else(|| (came.kind == HEADERS).then(|| status(&came)));
        }
        // Both browsers go.
        answer
    };
    let mut stopping = Box::pin(stopping);
    let answer = tokio::select! {
        () = &mut stopping => panic!("it has stopped, and told nobody"),
        answer = told => answer,
    };
    assert_eq!(answer.as_deref(), Some("200"));
    stopping.await;
}
