//! Many programs on one listener by TLS: each name has its own program's certificate and page, and nobody is shown
//! another's (`features.md` 6.4, 6.7).

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use futures_util::{SinkExt as _, StreamExt as _};
use rustls::version::{TLS12, TLS13};
use rustls::{AlertDescription, ClientConfig};
use stillroom_program::encode;
use stillroom_protocol::{ClientFrame, Refusal, RelayFrame, VERSION, decode};
use stillroom_relay::{CertificateFiles, Many, Redirect, Sockets, Tls};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

use crate::certificates::{Certificate, Offers, browser, connect_to};
use crate::device::PATIENCE;
use crate::http2::{Browser, asking_for, status};
use crate::many::{HOSTS, Town, share};
use crate::scene::Answer;

const NAMES: [&str; 2] = ["Rivertown", "Hilltown"];

/// A certificate for both hosts of each program.
fn certificates() -> [Certificate; 2] {
    HOSTS.map(|hosts| Certificate::of_all(&hosts))
}

/// Two listeners for both programs, over TLS with these certificates.
async fn town(certificates: [&Certificate; 2]) -> Town {
    let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let at = [free(), free()];
    Town::start_on(Sockets::own(), |folder, many| secure(folder, many, at, certificates)).await
}

fn secure(folder: &Path, many: &mut Many, at: [SocketAddr; 2], certificates: [&Certificate; 2]) {
    share(many, at);
    for (number, (config, certificate)) in many.programs.iter_mut().zip(certificates).enumerate() {
        let at = |ending| folder.join(format!("{number}.{ending}"));
        let files = CertificateFiles { certificate: at("pem"), key: at("key") };
        certificate.put(&files);
        config.survivor.tls = Some(Tls::Files(files.clone()));
        config.desk.tls = Some(Tls::Files(files));
    }
}

fn trusting(certificate: &Certificate) -> Arc<ClientConfig> {
    Arc::new(browser(certificate, Offers::Hybrid, &[&TLS13, &TLS12]))
}

async fn get(mut stream: TlsStream<TcpStream>, host: &str) -> String {
    let request = format!("GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// What comes to whoever says this, until the relay closes the connection.
async fn said_to(at: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(at).await.unwrap();
    // Somebody who was refused already may find it closed.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let closed = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("it is closed");
    assert!(closed.is_ok() || closed.unwrap_err().kind() == io::ErrorKind::ConnectionReset);
    answer
}

#[tokio::test]
async fn each_name_gets_its_own_programs_certificate_and_page() {
    let [one, other] = certificates();
    let town = town([&one, &other]).await;
    for (program, certificate) in [&one, &other].into_iter().enumerate() {
        let [chat, desk] = HOSTS[program];
        for (at, host) in [(town.survivors(program), chat), (town.desks(program), desk)] {
            let stream = connect_to(&trusting(certificate), at, host).await.unwrap();
            assert_eq!(stream.get_ref().1.peer_certificates().unwrap()[0], *certificate.der());
            let page = get(stream, host).await;
            assert!(page.starts_with("HTTP/1.1 200") && page.contains(NAMES[program]), "{page}");
            assert!(!page.contains(NAMES[1 - program]), "{page}");
        }
    }
    assert_eq!(town.survivors(0), town.survivors(1));
    town.relays.stop().await;
}

#[tokio::test]
async fn a_line_by_tls_is_its_own_programs() {
    let [one, other] = certificates();
    let town = town([&one, &other]).await;
    for (program, certificate) in [&one, &other].into_iter().enumerate() {
        let host = HOSTS[program][0];
        for (of, greeted) in [(program, true), (1 - program, false)] {
            let config = trusting(certificate);
            let stream = connect_to(&config, town.survivors(program), host).await.unwrap();
            let (mut line, _) = client_async(format!("wss://{host}/line"), stream).await.unwrap();
            let program = town.programs[of].root.program_id();
            let hello = encode(&ClientFrame::Hello { version: VERSION, program });
            line.send(Message::Binary(hello.into())).await.unwrap();
            let heard = timeout(PATIENCE, line.next()).await.unwrap().unwrap().unwrap();
            match decode(&heard.into_data()).unwrap() {
                RelayFrame::Greeting { .. } => assert!(greeted),
                RelayFrame::Refused { refusal, .. } => {
                    assert!(!greeted);
                    assert_eq!(refusal, Refusal::ProgramUnknown);
                }
                heard => panic!("{heard:?}"),
            }
        }
    }
    town.relays.stop().await;
}

#[tokio::test]
async fn whoever_names_nobody_of_this_listener_is_shown_no_certificate() {
    let [one, other] = certificates();
    let town = town([&one, &other]).await;
    let at = town.survivors(0);
    // A name of nobody's, a desk's at the survivors' listener, one that goes on after a name, and none at all.
    let [chat, desk] = HOSTS[0];
    for name in ["elsewhere.example", desk, &format!("{chat}.example"), "127.0.0.1"] {
        let refused = connect_to(&trusting(&one), at, name).await.unwrap_err();
        let refused = refused.into_inner().unwrap().downcast::<rustls::Error>().unwrap();
        let nobody = AlertDescription::UnrecognisedName;
        assert_eq!(*refused, rustls::Error::AlertReceived(nobody), "{name}");
    }
    let stream = connect_to(&trusting(&one), at, chat).await.unwrap();
    assert!(get(stream, chat).await.starts_with("HTTP/1.1 200"));
    town.relays.stop().await;
}

#[tokio::test]
async fn what_is_no_first_message_is_closed_and_answered_by_an_alert_at_most() {
    let [one, other] = certificates();
    let town = town([&one, &other]).await;
    let plain = format!("GET / HTTP/1.1\r\nhost: {}\r\n\r\n", HOSTS[0][0]);
    let too_long = [&[22, 3, 1, 64, 0, 1, 0, 0xea, 0x60][..], &[0; 20_000]].concat();
    for bytes in [plain.as_bytes(), &[0; 600], &[22, 3, 1, 255, 255], &too_long] {
        let answer = said_to(town.survivors(0), bytes).await;
        assert!(answer.is_empty() || answer.len() == 7 && answer[0] == 21, "{answer:?}");
    }
    let stream = connect_to(&trusting(&other), town.survivors(1), HOSTS[1][0]).await.unwrap();
    assert!(get(stream, HOSTS[1][0]).await.starts_with("HTTP/1.1 200"));
    town.relays.stop().await;
}

#[tokio::test]
async fn a_connection_that_a_browser_would_use_for_both_programs_is_of_use_for_one() {
    let both = Certificate::of_all(HOSTS.as_flattened());
    let town = town([&both, &both]).await;
    let [own, other] = [HOSTS[0][0], HOSTS[1][0]];
    let at = town.survivors(0);
    let config = Arc::new(asking_for(&both, &[b"h2"]));
    let mut browser = Browser::over(connect_to(&config, at, own).await.unwrap()).await;
    for (stream, host, expected) in [(1, own, "200"), (3, other, "421"), (5, own, "200")] {
        assert_eq!(status(&browser.page_at(stream, host).await), expected, "{host}");
    }
    let stream = connect_to(&trusting(&both), at, own).await.unwrap();
    let answer = get(stream, other).await;
    assert!(answer.starts_with("HTTP/1.1 421") && !answer.contains(NAMES[1]), "{answer}");
    town.relays.stop().await;
}

#[tokio::test]
async fn a_connection_by_tls_to_a_shared_listener_carries_one_request_after_the_other() {
    let [one, other] = certificates();
    let town = town([&one, &other]).await;
    let host = HOSTS[0][0];
    let mut stream = connect_to(&trusting(&one), town.survivors(0), host).await.unwrap();
    let status = format!("GET /status HTTP/1.1\r\nhost: {host}\r\n\r\n");
    stream.write_all(status.as_bytes()).await.unwrap();
    assert_ne!(stream.read(&mut [0; 64]).await.unwrap(), 0);
    assert!(get(stream, host).await.contains(NAMES[0]));
    town.relays.stop().await;
}

#[tokio::test]
async fn old_telephones_get_survivors_pages_and_no_desk_at_shared_listeners() {
    let [one, other] = certificates();
    let town = town([&one, &other]).await;
    let config = Arc::new(browser(&one, Offers::Older, &[&TLS12]));
    let [chat, desk] = HOSTS[0];
    let stream = connect_to(&config, town.survivors(0), chat).await.unwrap();
    assert!(get(stream, chat).await.contains(NAMES[0]));
    let refused = timeout(PATIENCE, connect_to(&config, town.desks(0), desk)).await.unwrap();
    let refused = refused.unwrap_err().into_inner().unwrap().downcast::<rustls::Error>().unwrap();
    let version = AlertDescription::ProtocolVersion;
    assert_eq!(*refused, rustls::Error::AlertReceived(version), "at once, and it is said why");
    town.relays.stop().await;
}

#[tokio::test]
async fn sockets_that_outlive_the_process_are_shared_as_well_and_all_pages_are_led_to() {
    let [one, other] = certificates();
    let sockets = [0; 3].map(|port| TcpListener::bind(("127.0.0.1", port)).unwrap());
    let [chats, desks, led] = [0, 1, 2].map(|socket: usize| sockets[socket].local_addr().unwrap());
    let town = Town::start_on(Sockets::handed_over(sockets.into()), |folder, many| {
        secure(folder, many, [chats, desks], [&one, &other]);
        many.redirect = Some(Redirect { listen: led });
    })
    .await;
    assert_eq!(town.relays.redirect_addr, Some(led));
    for (program, certificate) in [&one, &other].into_iter().enumerate() {
        for (at, host) in [chats, desks].into_iter().zip(HOSTS[program]) {
            let stream = connect_to(&trusting(certificate), at, host).await.unwrap();
            assert!(get(stream, host).await.contains(NAMES[program]));
            let answer = Answer::to(led, "GET /", &[&format!("host: {host}")]).await;
            let page = format!("https://{host}/");
            assert_eq!((answer.status, answer.header("location")), (307, Some(&*page)));
        }
    }
    let nobody = Answer::to(led, "GET /", &["host: elsewhere.example"]).await;
    assert_eq!((nobody.status, nobody.header("location")), (421, None));
    town.relays.stop().await;
}
