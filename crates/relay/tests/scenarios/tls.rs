//! TLS that the relay speaks itself (`features.md` 6.7).

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::{SinkExt as _, StreamExt as _};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, HandshakeKind, NamedGroup, ProtocolVersion};
use stillroom_protocol::{ClientFrame, RelayFrame, VERSION, decode, encode};
use stillroom_relay::{Redirect, Relay, Sockets, StartError, TlsError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

use crate::certificates::{Certificate, Offers, browser, connect, files, survivors_by_tls, tls};
use crate::device::PATIENCE;
use crate::scene::{Answer, Scene};

/// A relay whose survivors' door speaks TLS, and desk too.
async fn scene(certificate: &Certificate) -> Scene {
    Scene::start_with(|_, config| {
        let folder = survivors_by_tls(config, certificate);
        config.desk.origin = Some("https://localhost:7444".parse().unwrap());
        config.desk.tls = tls(&folder);
    })
    .await
}

async fn get(config: &Arc<ClientConfig>, relay: SocketAddr, path: &str) -> String {
    let mut stream = connect(config, relay).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).to_lowercase()
}

#[tokio::test]
async fn a_browser_that_offers_the_hybrid_key_exchange_gets_it_and_another_gets_in() {
    let certificate = Certificate::of("localhost");
    let scene = scene(&certificate).await;
    for (offers, group) in
        [(Offers::Hybrid, NamedGroup::X25519MLKEM768), (Offers::Older, NamedGroup::X25519)]
    {
        for relay in [scene.survivors(), scene.desks()] {
            let config = Arc::new(browser(&certificate, offers, &[&TLS13, &TLS12]));
            let stream = connect(&config, relay).await.unwrap();
            let (_, connection) = stream.get_ref();
            assert_eq!(connection.protocol_version(), Some(ProtocolVersion::TLSv1_3));
            assert_eq!(connection.negotiated_key_exchange_group().unwrap().name(), group);
        }
    }
}

#[tokio::test]
async fn an_old_telephone_gets_the_survivors_page_and_no_desk() {
    let certificate = Certificate::of("localhost");
    let scene = scene(&certificate).await;
    let config = Arc::new(browser(&certificate, Offers::Older, &[&TLS12]));
    assert!(get(&config, scene.survivors(), "/").await.starts_with("http/1.1 200"));
    assert!(connect(&config, scene.desks()).await.is_err());
}

#[tokio::test]
async fn a_page_and_a_line_come_over_tls_and_browsers_are_told_to_keep_to_it() {
    let certificate = Certificate::of("localhost");
    let scene = scene(&certificate).await;
    let config = Arc::new(browser(&certificate, Offers::Hybrid, &[&TLS13]));
    let page = get(&config, scene.survivors(), "/").await;
    assert!(page.starts_with("http/1.1 200"), "{page}");
    assert!(page.contains("\r\nstrict-transport-security: max-age=63072000\r\n"), "{page}");

    let stream = connect(&config, scene.survivors()).await.unwrap();
    let (mut line, _) = client_async("wss://localhost/line", stream).await.unwrap();
    let hello = ClientFrame::Hello { version: VERSION, program: scene.program.root.program_id() };
    line.send(Message::Binary(encode(&hello).into())).await.unwrap();
    let heard = timeout(PATIENCE, line.next()).await.unwrap().unwrap().unwrap();
    let frame = decode(&heard.into_data()).unwrap();
    assert!(matches!(frame, RelayFrame::Greeting { .. }), "{frame:?}");
    scene.relay.stop().await;
}

#[tokio::test]
async fn nobody_is_known_again_by_a_session_that_is_taken_up() {
    let certificate = Certificate::of("localhost");
    let scene = scene(&certificate).await;
    for versions in [&[&TLS13][..], &[&TLS12]] {
        let config = Arc::new(browser(&certificate, Offers::Older, versions));
        for _ in 0..3 {
            let mut stream = connect(&config, scene.survivors()).await.unwrap();
            stream
                .write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
                .await
                .unwrap();
            stream.read_to_end(&mut Vec::new()).await.unwrap();
            let kind = stream.get_ref().1.handshake_kind().unwrap();
            assert_ne!(kind, HandshakeKind::Resumed);
            assert_eq!(stream.get_ref().1.tls13_tickets_received(), 0);
        }
    }
}

#[tokio::test]
async fn a_relay_does_not_start_over_a_certificate_that_no_browser_would_take() {
    let good = Certificate::of("localhost");
    let scene = scene(&good).await;
    let files = files(scene.folder.path());
    let (config, certificate, key) =
        (scene.config.clone(), files.certificate.clone(), files.key.clone());
    scene.relay.stop().await;
    let other = Certificate::of("elsewhere.example");
    let long = "x".repeat(1024 * 1024);
    let name = "localhost".to_owned();
    for (pem, private, expected) in [
        (good.pem(), other.key(), TlsError::DoesNotFit(key.clone())),
        (other.pem(), other.key(), TlsError::AnotherName { file: certificate.clone(), name }),
        (String::new(), good.key(), TlsError::NoCertificate(certificate.clone())),
        (good.key(), good.key(), TlsError::NoCertificate(certificate.clone())),
        (good.pem(), good.pem(), TlsError::NoKey(key.clone())),
        (long, good.key(), TlsError::TooLong(certificate.clone())),
    ] {
        std::fs::write(&certificate, pem).unwrap();
        std::fs::write(&key, private).unwrap();
        let error = Relay::start(config.clone()).await.unwrap_err();
        assert_eq!(error, StartError::Tls(expected));
        assert!(!error.to_string().contains("BEGIN"));
    }
    std::fs::remove_file(&certificate).unwrap();
    let error = Relay::start(config.clone()).await.unwrap_err();
    assert!(matches!(error, StartError::Tls(TlsError::Unreadable { .. })), "{error:?}");
}

#[tokio::test]
async fn whoever_begins_a_handshake_and_does_not_end_it_gives_way_to_the_next() {
    let certificate = Certificate::of("localhost");
    let scene = Scene::start_with(|_, config| {
        let folder = config.program.file.parent().unwrap();
        certificate.put(&files(folder));
        config.survivor.origin = Some("https://localhost:7443".parse().unwrap());
        config.survivor.tls = tls(folder);
        config.limits.page_connections = 4;
    })
    .await;
    let mut half = Vec::new();
    for _ in 0..20 {
        let mut stream = TcpStream::connect(scene.survivors()).await.unwrap();
        // The first bytes of a message that says it is longer than this.
        stream.write_all(&[22, 3, 1, 0, 200, 1, 0]).await.unwrap();
        half.push(stream);
    }
    let config = Arc::new(browser(&certificate, Offers::Hybrid, &[&TLS13]));
    assert!(get(&config, scene.survivors(), "/").await.starts_with("http/1.1 200"));
    for stream in half.iter_mut().take(16) {
        let closed = timeout(PATIENCE, stream.read_to_end(&mut Vec::new())).await;
        assert!(closed.is_ok(), "the first to come have gone");
    }
    // They went for those who came later, and not because all handshakes are ended after a while.
    assert!(get(&config, scene.survivors(), "/").await.starts_with("http/1.1 200"));
    for stream in &half[18..] {
        let read = stream.try_read(&mut [0]);
        assert!(read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock));
    }
}

#[tokio::test]
async fn what_is_no_handshake_is_closed_without_a_word_to_the_log() {
    let certificate = Certificate::of("localhost");
    let scene = scene(&certificate).await;
    for bytes in
        [&b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"[..], &[22, 3, 1, 255, 255], &[0; 600]]
    {
        let mut stream = TcpStream::connect(scene.survivors()).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("it is closed");
        // A short alert of TLS at most, and nothing of a page.
        assert!(answer.len() < 16, "{answer:?}");
    }
}

#[tokio::test]
async fn the_listener_that_leads_to_the_pages_is_the_socket_that_was_handed_over() {
    let mut scene = Scene::start_with(|_, config| {
        config.survivor.origin = Some("https://chat.example.org".parse().unwrap());
        config.desk.origin = Some("https://desk.example.org".parse().unwrap());
    })
    .await;
    scene.relay.stop().await;
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let handed = socket.local_addr().unwrap();
    scene.config.redirect = Some(Redirect { listen: handed });
    let relay = Relay::start_with(scene.config, Sockets::handed_over(vec![socket])).await.unwrap();
    assert_eq!(relay.redirect_addr, Some(handed));
    let answer = Answer::to(handed, "GET /", &["host: chat.example.org"]).await;
    assert_eq!(answer.header("location"), Some("https://chat.example.org/"));
    relay.stop().await;
}

#[tokio::test]
async fn whoever_comes_without_tls_is_led_to_the_page_and_told_nothing_else() {
    let scene = Scene::start_with(|_, config| {
        config.survivor.origin = Some("https://chat.example.org".parse().unwrap());
        config.desk.origin = Some("https://desk.example.org:8443".parse().unwrap());
        config.redirect = Some(Redirect { listen: "127.0.0.1:0".parse().unwrap() });
    })
    .await;
    let listener = scene.relay.redirect_addr.unwrap();
    for (host, page) in [
        ("host: chat.example.org", "https://chat.example.org/"),
        ("host: Chat.Example.org:80", "https://chat.example.org/"),
        ("host: desk.example.org", "https://desk.example.org:8443/"),
    ] {
        let answer = Answer::to(listener, "GET /", &[host]).await;
        assert_eq!((answer.status, answer.header("location")), (307, Some(page)), "{host}");
    }
    for (request, host) in [
        ("GET /", "host: elsewhere.example"),
        ("GET /line", "host: chat.example.org"),
        ("GET /status", "host: chat.example.org"),
        ("POST /", "host: chat.example.org"),
        ("POST /b", "host: chat.example.org"),
        ("GET //elsewhere.example", "host: chat.example.org"),
    ] {
        let answer = Answer::to(listener, request, &[host]).await;
        assert!(answer.status >= 400, "{request} {host}: {}", answer.status);
        assert_eq!(answer.header("location"), None);
        assert_eq!(answer.text(), "");
    }
}
