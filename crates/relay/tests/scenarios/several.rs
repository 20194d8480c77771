//! Several relays of one program, in one process over one set of records, that meet at a real NATS server
//! (`docs/decisions/0044`). Those that need the server are run by `cargo xtask cluster-test`, which names it.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use stillroom_program::SignedHostNotice;
use stillroom_protocol::{
    About, ClientFrame, Operation, Refusal, RelayFrame, Reply, Ticket, decode, encode,
};
use stillroom_relay::control::{self, NoticeKind, Question};
use stillroom_relay::directory::{Directory, Sqlite};
use stillroom_relay::switchboard::ClusterError;
use stillroom_relay::{CertificateFiles, Config, OtherRelays, Relay, RunningRelay, StartError};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_tungstenite::tungstenite::Message;

use crate::certificates::Certificate;
use crate::device::{Line, PATIENCE};
use crate::program::Program;
use crate::scene::pages;
use crate::traffic::ask;

/// A user's seed and name, for tests alone.
const SEED: &str = "SUANQDPB2RUOE4ETUA26CNX7FUKE5ZZKFCQIIW63OX225F2CO7UEXTM7ZY";
const USER: &str = "UAMMBNV2EYR65NYZZ7IAK5SIR5ODNTTERJOBOF4KJLMWI45YOXOSWULM";

/// A NATS server of this test's own.
struct Server {
    child: Child,
    port: u16,
    folder: TempDir,
}

impl Server {
    /// A server with JetStream, and this in its configuration as well.
    fn start(more: impl FnOnce(&Path) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let (at, more) = (folder.path().display(), more(folder.path()));
        let config = format!(
            "listen: 127.0.0.1:{port}\njetstream {{ store_dir: \"{at}/store\" }}\n{more}\n"
        );
        let file = folder.path().join("nats.conf");
        std::fs::write(&file, config).unwrap();
        let program = std::env::var_os("STILLROOM_NATS_SERVER");
        let mut command = Command::new(program.expect("`cargo xtask cluster-test` names it"));
        let child = command.arg("-c").arg(&file).stderr(Stdio::null()).spawn().unwrap();
        Self { child, port, folder }
    }

    fn relays(&self) -> OtherRelays {
        relays_at(&format!("nats://127.0.0.1:{}", self.port))
    }

    async fn is_there(&self) {
        while tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn relays_at(address: &str) -> OtherRelays {
    OtherRelays {
        nats: vec![address.to_owned()],
        credentials: None,
        certificates: Vec::new(),
        prefix: "stillroom".to_owned(),
        replicas: 1,
        trial: true,
    }
}

/// Relays of one program that share its records.
struct Town {
    folder: TempDir,
    program: Program,
    directory: Arc<dyn Directory>,
}

impl Town {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = Program::new(1);
        std::fs::write(folder.path().join("program"), program.file().encode()).unwrap();
        pages(folder.path(), |_| "<title>{{ $title }}</title>".to_owned());
        let records = folder.path().join("records");
        let directory = Arc::new(Sqlite::open(&records, &program.root).unwrap());
        Self { folder, program, directory }
    }

    fn state(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    async fn relay(&self, name: &str, relays: &OtherRelays) -> Result<RunningRelay, StartError> {
        let program = self.folder.path().join("program");
        std::fs::create_dir_all(self.state(name)).unwrap();
        let mut config = Config::on_this_computer(program, self.state(name));
        config.testing.pages = Some(self.folder.path().join("pages"));
        config.relays = Some(relays.clone());
        Relay::start_over(config, Arc::clone(&self.directory)).await
    }

    /// Two relays that serve.
    async fn two(&self, server: &Server) -> [RunningRelay; 2] {
        server.is_there().await;
        let relays = server.relays();
        let [one, other] = ["one", "other"].map(|name| self.relay(name, &relays));
        let both = [one.await.unwrap(), other.await.unwrap()];
        for relay in &both {
            drop(self.line(relay.survivor_addr).await);
        }
        both
    }

    /// A line that was greeted, as soon as the relay lets one in.
    async fn line(&self, at: SocketAddr) -> Line {
        let trying = async {
            loop {
                let mut line = Line::open(at).await;
                line.hello(&self.program).await;
                match line.next().await.and_then(frame) {
                    Some(RelayFrame::Greeting { .. }) => return line,
                    // It knows of no home yet, or lost it again.
                    Some(RelayFrame::Refused { refusal: Refusal::Stopping, .. }) | None => {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                    other => panic!("{other:?}"),
                }
            }
        };
        tokio::time::timeout(PATIENCE, trying).await.expect("the relay lets somebody in")
    }

    async fn staff(&self, at: SocketAddr, device: &stillroom_program::Device) -> Line {
        let mut line = self.line(at).await;
        line.show(&self.program, device).await;
        line.hear_until(|frame| *frame == RelayFrame::Admitted).await;
        line
    }
}

/// The frame in a message; none where it is the line's end.
fn frame(message: Message) -> Option<RelayFrame> {
    match message {
        Message::Binary(bytes) => Some(decode(&bytes).unwrap()),
        _ => None,
    }
}

/// Whether a line is answered before it ends.
async fn is_answered(line: &mut Line) -> bool {
    let ping = Message::Binary(encode(&ClientFrame::Ping).into());
    if line.socket.send(ping).await.is_err() {
        return false;
    }
    while let Some(frame) = line.next().await.and_then(frame) {
        if frame == RelayFrame::Pong {
            return true;
        }
    }
    false
}

async fn refused(relays: OtherRelays) -> ClusterError {
    match Town::new().relay("one", &relays).await {
        Err(StartError::Cluster(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
#[ignore = "needs a NATS server: cargo xtask cluster-test"]
async fn what_is_published_at_one_relay_holds_at_every_other_at_once() {
    let (mut town, server) = (Town::new(), Server::start(|_| String::new()));
    let [one, other] = town.two(&server).await;
    let administrator = town.program.administrator.clone();
    let mut console = town.staff(one.desk_addr, &administrator).await;
    let mut survivor = town.line(other.survivor_addr).await;
    let advocate = town.program.advocate();
    let mut desk = town.staff(other.desk_addr, &advocate).await;

    let before = town.program.policy.terms.version;
    town.program.policy.terms.version += 1;
    let policy = encode(&town.program.signed_policy()).try_into().unwrap();
    let publish = Operation::PublishPolicy { replaces: before, policy };
    assert_eq!(console.ask(publish).await, Ok(Reply::Done));
    for line in [&mut survivor, &mut desk] {
        line.hear_until(|frame| matches!(frame, RelayFrame::Greeting { .. })).await;
    }

    let question = Question::Notice { kind: NoticeKind::Breach, text: "Our backups.".to_owned() };
    let folder = town.state("other");
    let given = tokio::task::spawn_blocking(move || control::ask(&folder, &question));
    given.await.unwrap().unwrap();
    let told = console.hear_until(|frame| matches!(frame, RelayFrame::HostNotices { .. })).await;
    let RelayFrame::HostNotices { notices } = told else { panic!("{told:?}") };
    let notice: SignedHostNotice = decode(&notices[0]).unwrap();
    assert_eq!(notice.notice.text.as_str(), "Our backups.");

    let list = town.program.revoke(advocate.key()).try_into().unwrap();
    assert_eq!(console.ask(Operation::PublishRevocations { list }).await, Ok(Reply::Done));
    desk.is_refused(Refusal::CertificateRefused).await;
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
#[ignore = "needs a NATS server: cargo xtask cluster-test"]
async fn of_two_desks_at_two_relays_that_claim_the_same_place_one_gets_it() {
    let (mut town, server) = (Town::new(), Server::start(|_| String::new()));
    let both = town.two(&server).await;
    let mut desks = Vec::new();
    for relay in &both {
        let advocate = town.program.advocate();
        let mut desk = town.staff(relay.desk_addr, &advocate).await;
        desk.go_on_duty(&town.program, &advocate).await;
        desks.push(desk);
    }
    for (number, relay) in [1_u8, 2, 3, 4].into_iter().zip(both.iter().cycle()) {
        let mut survivor = town.line(relay.survivor_addr).await;
        survivor.say(&ask([number; 32])).await;
        let ticket = Ticket([number; 32]).id();
        for desk in &mut desks {
            desk.hear_until(
                |frame| matches!(frame, RelayFrame::Waiting { ticket: of, .. } if *of == ticket),
            )
            .await;
        }
        let claim = ClientFrame::Claim { ticket };
        let [one, other] = &mut desks[..] else { panic!("two desks") };
        tokio::join!(one.say(&claim), other.say(&claim));
        let mut claimed = 0;
        for desk in &mut desks {
            let outcome = desk.hear_until(|frame| match frame {
                RelayFrame::Claimed { ticket: of, .. } => *of == ticket,
                RelayFrame::Refused { about, .. } => *about == About::Ticket(ticket),
                _ => false,
            });
            match outcome.await {
                RelayFrame::Claimed { .. } => claimed += 1,
                RelayFrame::Refused { refusal, .. } => assert_eq!(refusal, Refusal::TicketClaimed),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(claimed, 1);
    }
}

#[tokio::test]
#[ignore = "needs a NATS server: cargo xtask cluster-test"]
async fn a_device_that_pours_frames_in_by_a_carrier_is_closed_alone() {
    let (town, server) = (Town::new(), Server::start(|_| String::new()));
    let both = town.two(&server).await;
    for relay in &both {
        let mut neighbour = town.line(relay.survivor_addr).await;
        let mut flood = town.line(relay.survivor_addr).await;
        let pouring = async {
            loop {
                let frame = encode(&ClientFrame::Ping);
                if flood.socket.send(Message::Binary(frame.into())).await.is_err() {
                    return;
                }
            }
        };
        tokio::time::timeout(PATIENCE, pouring).await.expect("it is closed");
        neighbour.say(&ClientFrame::Ping).await;
        neighbour.hear_until(|frame| *frame == RelayFrame::Pong).await;
    }
}

#[tokio::test]
#[ignore = "needs a NATS server: cargo xtask cluster-test"]
async fn bytes_of_others_in_the_cluster_break_no_relay() {
    let (town, server) = (Town::new(), Server::start(|_| String::new()));
    let both = town.two(&server).await;
    let stranger = async_nats::connect(format!("127.0.0.1:{}", server.port)).await.unwrap();
    let mut heard = stranger.subscribe("stillroom.>").await.unwrap();
    for round in 0_u8..40 {
        let message = heard.next().await.unwrap();
        // What relays say, damaged, from the beginning of a way that nobody opened, and nonsense.
        let mut damaged = message.payload.to_vec();
        let at = usize::from(round) % damaged.len().max(1);
        if let Some(byte) = damaged.get_mut(at) {
            *byte = byte.wrapping_add(round);
        }
        let nonsense = vec![round; usize::from(round) * 100];
        for bytes in [damaged, nonsense] {
            stranger.publish(message.subject.clone(), bytes.into()).await.unwrap();
        }
    }
    stranger.flush().await.unwrap();
    // Whoever can publish in the cluster can have lines drop, and no more: those that come again are served.
    for relay in &both {
        let served =
            async { while !is_answered(&mut town.line(relay.survivor_addr).await).await {} };
        tokio::time::timeout(PATIENCE, served).await.expect("it serves");
    }
}

#[tokio::test]
#[ignore = "needs a NATS server: cargo xtask cluster-test"]
async fn relays_reach_the_cluster_by_tls_with_credentials_and_not_without() {
    let server = Server::start(|folder| {
        certificate(folder);
        let at = folder.display();
        format!(
            "tls {{ cert_file: \"{at}/server.pem\", key_file: \"{at}/server.key\" }}\n\
             authorization {{ users: [ {{ nkey: {USER} }} ] }}"
        )
    });
    server.is_there().await;
    let folder = server.folder.path();
    std::fs::write(folder.join("relay.nk"), format!("{SEED}\n")).unwrap();
    let relays = OtherRelays {
        credentials: Some(folder.join("relay.nk")),
        certificates: vec![folder.join("ca.pem")],
        ..relays_at(&format!("tls://localhost:{}", server.port))
    };
    let nobody = OtherRelays { credentials: None, ..relays.clone() };
    assert!(matches!(refused(nobody).await, ClusterError::Unreachable(_)));
    let untrusted = OtherRelays { certificates: Vec::new(), ..relays.clone() };
    assert!(matches!(refused(untrusted).await, ClusterError::Unreachable(_)));
    let lost = OtherRelays { credentials: Some(folder.join("none")), ..relays.clone() };
    assert!(matches!(refused(lost).await, ClusterError::Credentials(_)));
    let town = Town::new();
    let relay = town.relay("one", &relays).await.unwrap();
    drop(town.line(relay.survivor_addr).await);
    relay.stop().await;
}

/// A server's certificate, which whoever has it in `ca.pem` trusts.
fn certificate(folder: &Path) {
    let made = Certificate::of("localhost");
    let [certificate, key] = ["server.pem", "server.key"].map(|name| folder.join(name));
    made.put(&CertificateFiles { certificate, key });
    std::fs::write(folder.join("ca.pem"), made.pem()).unwrap();
}

#[tokio::test]
#[ignore = "needs a NATS server: cargo xtask cluster-test"]
async fn a_cluster_that_stores_anything_in_files_is_refused_with_a_sentence() {
    use async_nats::jetstream::{self, kv, stream};
    let server = Server::start(|_| String::new());
    server.is_there().await;
    let client = async_nats::connect(format!("127.0.0.1:{}", server.port)).await.unwrap();
    let context = jetstream::new(client);
    let bucket =
        |storage| kv::Config { bucket: "stillroom".to_owned(), storage, ..kv::Config::default() };
    context.create_key_value(bucket(stream::StorageType::File)).await.unwrap();
    let error = refused(server.relays()).await;
    assert_eq!(error, ClusterError::FileStorage("stillroom".to_owned()));
    assert!(error.to_string().contains("kept in files"), "{error}");
    context.delete_key_value("stillroom").await.unwrap();
    context.create_key_value(bucket(stream::StorageType::Memory)).await.unwrap();
    assert!(matches!(refused(server.relays()).await, ClusterError::OtherBucket(_)));
    context.delete_key_value("stillroom").await.unwrap();
    let all = stream::Config {
        name: "everything".to_owned(),
        subjects: vec!["stillroom.>".to_owned()],
        storage: stream::StorageType::Memory,
        ..stream::Config::default()
    };
    context.create_stream(all).await.unwrap();
    let error = refused(server.relays()).await;
    assert_eq!(error, ClusterError::FramesStored("everything".to_owned()));
}

/// Something that answers like a NATS server of this version, and does nothing else.
async fn like_a_server(version: &'static str, max_payload: usize) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let info = format!(
                    "INFO {{\"server_id\":\"A\",\"version\":\"{version}\",\"max_payload\":{max_payload},\
                     \"proto\":1,\"headers\":true}}\r\n"
                );
                client.write_all(info.as_bytes()).await.unwrap();
                let mut bytes = [0; 4096];
                while let Ok(1..) = client.read(&mut bytes).await {
                    if client.write_all(b"PONG\r\n").await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    port
}

#[tokio::test]
async fn a_server_that_is_too_old_or_takes_short_messages_is_refused_with_a_sentence() {
    let old = relays_at(&format!("nats://127.0.0.1:{}", like_a_server("2.10.29", 1 << 20).await));
    let error = refused(old).await;
    assert_eq!(error, ClusterError::TooOld("2.10.29".to_owned()));
    assert!(error.to_string().contains("need 2.11"), "{error}");
    let short = relays_at(&format!("nats://127.0.0.1:{}", like_a_server("2.11.0", 65_536).await));
    assert_eq!(refused(short).await, ClusterError::ShortMessages(65_536));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_of_with_a_sentence() {
    let error = refused(relays_at(&format!("nats://127.0.0.1:{}", free_port()))).await;
    assert!(matches!(error, ClusterError::Unreachable(_)), "{error}");
}
