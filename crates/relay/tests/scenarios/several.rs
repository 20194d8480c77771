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
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use crate::certificates::Certificate;
use crate::device::{Line, PATIENCE};
use crate::program::Program;
use crate::scene::pages;
use crate::traffic::ask;

/// A user's seed and name, for tests alone.
const SEED: &str = "SUANQDPB2RUOE4ETUA26CNX7FUKE5ZZKFCQIIW63OX225F2CO7UEXTM7ZY";
const USER: &str = "UAMMBNV2EYR65NYZZ7IAK5SIR5ODNTTERJOBOF4KJLMWI45YOXOSWULM";

/// Runs a NATS server with this configuration.
fn run(folder: &Path, config: &str) -> Child {
    let file = folder.join("nats.conf");
    std::fs::write(&file, config).unwrap();
    let program = std::env::var_os("STILLROOM_NATS_SERVER");
    let mut command = Command::new(program.expect("`cargo xtask cluster-test` names it"));
    command.arg("-c").arg(&file).stderr(Stdio::null()).spawn().unwrap()
}

/// A NATS server of this test's own.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    folder: TempDir,
}

impl Server {
    /// A server with JetStream, and this in its configuration as well.
    pub(crate) fn start(more: impl FnOnce(&Path) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let (at, more) = (folder.path().display(), more(folder.path()));
        let config = format!(
            "listen: 127.0.0.1:{port}\njetstream {{ store_dir: \"{at}/store\" }}\n{more}\n"
        );
        let child = run(folder.path(), &config);
        Self { child, port, folder }
    }

    /// One that is reached by TLS, as the user with [`SEED`] alone.
    pub(crate) fn by_tls() -> Self {
        let server = Self::start(|folder| {
            certificate(folder);
            let at = folder.display();
            format!(
                "tls {{ cert_file: \"{at}/server.pem\", key_file: \"{at}/server.key\" }}\n\
                 authorization {{ users: [ {{ nkey: {USER} }} ] }}"
            )
        });
        std::fs::write(server.folder.path().join("relay.nk"), format!("{SEED}\n")).unwrap();
        server
    }

    /// How relays reach it by TLS, at this port.
    pub(crate) fn relays_by_tls(&self, port: u16) -> OtherRelays {
        OtherRelays {
            credentials: Some(self.folder.path().join("relay.nk")),
            certificates: vec![self.folder.path().join("ca.pem")],
            ..relays_at(&format!("tls://localhost:{port}"))
        }
    }

    pub(crate) fn relays(&self) -> OtherRelays {
        relays_at(&format!("nats://127.0.0.1:{}", self.port))
    }

    pub(crate) async fn is_there(&self) {
        while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
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

pub(crate) fn relays_at(address: &str) -> OtherRelays {
    OtherRelays {
        nats: vec![address.to_owned()],
        without_tls: false,
        credentials: None,
        certificates: Vec::new(),
        prefix: "stillroom".to_owned(),
        replicas: 1,
        trial: true,
    }
}

/// Relays of one program that share its records.
pub(crate) struct Town {
    folder: TempDir,
    pub(crate) program: Program,
    directory: Arc<dyn Directory>,
}

impl Town {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = Program::new(1);
        std::fs::write(folder.path().join("program"), program.file().encode()).unwrap();
        pages(folder.path(), |_| "<title>{{ $title }}</title>".to_owned());
        let records = folder.path().join("records");
        let directory = Arc::new(Sqlite::open(&records, &program.root).unwrap());
        Self { folder, program, directory }
    }

    pub(crate) fn state(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) async fn relay(
        &self,
        name: &str,
        relays: &OtherRelays,
    ) -> Result<RunningRelay, StartError> {
        self.relay_over(name, relays, self.records()).await
    }

    /// The records that all relays share.
    pub(crate) fn records(&self) -> Arc<dyn Directory> {
        Arc::clone(&self.directory)
    }

    /// A relay that reaches the records in this way.
    pub(crate) async fn relay_over(
        &self,
        name: &str,
        relays: &OtherRelays,
        records: Arc<dyn Directory>,
    ) -> Result<RunningRelay, StartError> {
        let program = self.folder.path().join("program");
        std::fs::create_dir_all(self.state(name)).unwrap();
        let mut config = Config::on_this_computer(program, self.state(name));
        config.testing.pages = Some(self.folder.path().join("pages"));
        config.relays = Some(relays.clone());
        Relay::start_over(config, records).await
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
    pub(crate) async fn line(&self, at: SocketAddr) -> Line {
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

    pub(crate) async fn staff(&self, at: SocketAddr, device: &stillroom_program::Device) -> Line {
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
pub(crate) async fn is_answered(line: &mut Line) -> bool {
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
    let server = Server::by_tls();
    server.is_there().await;
    let relays = server.relays_by_tls(server.port);
    let folder = server.folder.path();
    let nobody = OtherRelays { credentials: None, ..relays.clone() };
    assert!(matches!(refused(nobody).await, ClusterError::Unreachable(_)));
    let untrusted = OtherRelays { certificates: Vec::new(), ..relays.clone() };
    assert!(matches!(refused(untrusted).await, ClusterError::Unreachable(_)));
    let lost = OtherRelays { credentials: Some(folder.join("none")), ..relays.clone() };
    assert!(matches!(refused(lost).await, ClusterError::Credentials(_)));
    let unsigned = OtherRelays { certificates: vec![folder.join("relay.nk")], ..relays.clone() };
    assert!(matches!(refused(unsigned).await, ClusterError::Certificates(_)));
    std::fs::write(folder.join("other.pem"), Certificate::of("localhost").pem()).unwrap();
    // While servers change over to another authority both are named, and either may come first.
    let [ours, others] = ["ca.pem", "other.pem"].map(|name| folder.join(name));
    for certificates in [vec![ours.clone(), others.clone()], vec![others, ours]] {
        let (town, relays) = (Town::new(), OtherRelays { certificates, ..relays.clone() });
        let relay = town.relay("one", &relays).await.unwrap();
        drop(town.line(relay.survivor_addr).await);
        relay.stop().await;
    }
}

/// The configuration of a server that `docs/scaling.md` calls enough, with its places filled in.
fn of_the_guide(folder: &Path, own: (u16, u16), routes: &[u16]) -> String {
    let guide = include_str!("../../../../docs/scaling.md");
    let block = guide.split("```").find(|block| block.contains("store_dir")).unwrap();
    let at = folder.display().to_string();
    let mut config = block
        .replace("0.0.0.0:4222", &format!("127.0.0.1:{}", own.0))
        .replace("0.0.0.0:6222", &format!("127.0.0.1:{}", own.1))
        .replace("server_name: nats-1", &format!("server_name: n{}", own.0))
        .replace("/var/lib/nats", &format!("{at}/store"))
        .replace("/etc/nats", &at)
        .replace("UA…", USER)
        .replace('…', "ofthistestalone");
    for (number, route) in (1..).zip(routes) {
        config = config
            .replace(&format!("nats-{number}.example.org:6222"), &format!("localhost:{route}"));
    }
    config
}

/// Whether somebody who says no password is taken for a server of the cluster on this line.
async fn is_taken_for_a_server(mut line: impl AsyncRead + AsyncWrite + Unpin) -> bool {
    let says = "CONNECT {\"verbose\":false,\"name\":\"M\",\"cluster\":\"relays\",\"server_id\":\"M\"}\r\nPING\r\n";
    if line.write_all(says.as_bytes()).await.is_err() {
        return false;
    }
    let mut said = Vec::new();
    let mut bytes = [0; 4096];
    while let Ok(length @ 1..) = line.read(&mut bytes).await {
        said.extend_from_slice(&bytes[..length]);
        if String::from_utf8_lossy(&said).contains("PONG") {
            return true;
        }
    }
    false
}

#[tokio::test]
#[ignore = "needs a NATS server: cargo xtask cluster-test"]
async fn servers_as_the_guide_sets_them_up_serve_relays_and_let_no_stranger_join_them() {
    let folders = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let made = Certificate::of("localhost");
    let ports: Vec<_> = (0..3).map(|_| (free_port(), free_port())).collect();
    let routes: Vec<_> = ports.iter().map(|(_, route)| *route).collect();
    let servers: Vec<_> = folders
        .into_iter()
        .zip(&ports)
        .map(|(folder, own)| {
            put(&made, folder.path());
            let child = run(folder.path(), &of_the_guide(folder.path(), *own, &routes));
            Server { child, port: own.0, folder }
        })
        .collect();
    let seed = servers[0].folder.path().join("relay.nk");
    std::fs::write(&seed, format!("{SEED}\n")).unwrap();
    let addresses = ports.iter().map(|(port, _)| format!("tls://localhost:{port}"));
    let relays = OtherRelays {
        nats: addresses.collect(),
        replicas: 3,
        ..servers[0].relays_by_tls(ports[0].0)
    };
    let town = Town::new();
    let starting = async {
        loop {
            // They are one cluster in a moment.
            match town.relay("one", &relays).await {
                Ok(relay) => return relay,
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    };
    let relay = tokio::time::timeout(PATIENCE, starting).await.expect("the guide's servers serve");
    drop(town.line(relay.survivor_addr).await);

    let stranger = async || TcpStream::connect(("127.0.0.1", routes[0])).await.unwrap();
    assert!(!is_taken_for_a_server(stranger().await).await, "without TLS");
    let by_tls = made.as_server().connect("localhost".try_into().unwrap(), stranger().await).await;
    assert!(!is_taken_for_a_server(by_tls.unwrap()).await, "without the password");
    relay.stop().await;
}

/// A server's certificate, which whoever has it in `ca.pem` trusts.
fn certificate(folder: &Path) {
    put(&Certificate::of("localhost"), folder);
}

fn put(made: &Certificate, folder: &Path) {
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
