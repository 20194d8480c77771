//! Somebody on the way between relays and a NATS server, who alters what passes, holds it back or cuts it. Those that
//! need the server are run by `cargo xtask cluster-test`, which names it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::SinkExt as _;
use stillroom_protocol::{ClientFrame, RelayFrame, encode};
use stillroom_relay::RunningRelay;
use stillroom_relay::control::{self, NoticeKind, Question};
use tokio::io::{
    self, AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _,
    BufReader, copy,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Message;

use crate::device::{Line, PATIENCE};
use crate::scene::Answer;
use crate::several::{Server, Town, is_answered, relays_at};

/// Somebody on the way to a server.
struct Meddler {
    port: u16,
    way: watch::Sender<Way>,
    /// How often somebody came.
    came: watch::Receiver<usize>,
}

type Says = dyn Fn(String) -> String + Send + Sync;
type Alters = dyn Fn(&mut [u8]) + Send + Sync;

/// What a meddler makes of what a server says of itself, and of what relays say to it.
struct Tricks {
    says: Box<Says>,
    alters: Box<Alters>,
}

/// What becomes of whoever is on the way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Open,
    /// Lines are there, and nothing passes any more.
    Silent,
    Cut,
}

impl Meddler {
    /// Leads to the server at this port, and has it say of itself what `says` makes of it.
    async fn before(port: u16, says: impl Fn(String) -> String + Send + Sync + 'static) -> Self {
        Self::with(port, Tricks { says: Box::new(says), alters: Box::new(|_| ()) }).await
    }

    /// The same, and makes this of what relays say.
    async fn altering(port: u16, alters: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Self {
        Self::with(port, Tricks { says: Box::new(|it| it), alters: Box::new(alters) }).await
    }

    async fn with(port: u16, tricks: Tricks) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = listener.local_addr().unwrap().port();
        let (way, is) = watch::channel(Way::Open);
        let (count, came) = watch::channel(0);
        let tricks = Arc::new(tricks);
        tokio::spawn(async move {
            while let Ok((relay, _)) = listener.accept().await {
                count.send_modify(|came| *came += 1);
                if *is.borrow() != Way::Cut {
                    tokio::spawn(pass(relay, port, is.clone(), Arc::clone(&tricks)));
                }
            }
        });
        Self { port: own, way, came }
    }

    /// Waits until so many have come to a way that is cut.
    async fn cut_until_came(&mut self, more: usize) {
        self.way.send_replace(Way::Cut);
        self.until_came(more).await;
    }

    /// Waits until so many more have come.
    async fn until_came(&mut self, more: usize) {
        let before = *self.came.borrow_and_update();
        let coming = self.came.wait_for(|came| *came >= before + more);
        tokio::time::timeout(PATIENCE, coming).await.expect("it comes again").unwrap();
    }
}

/// Passes on what a relay and a server say, for as long as the way is open, and holds their lines until it is cut.
async fn pass(mut relay: TcpStream, port: u16, mut way: watch::Receiver<Way>, tricks: Arc<Tricks>) {
    let mut server = BufReader::new(TcpStream::connect(("127.0.0.1", port)).await.unwrap());
    let mut of_itself = String::new();
    server.read_line(&mut of_itself).await.unwrap();
    let passing = async {
        if relay.write_all((tricks.says)(of_itself).as_bytes()).await.is_err() {
            return;
        }
        let (from_relay, mut to_relay) = relay.split();
        let (mut from_server, to_server) = tokio::io::split(server);
        tokio::select! {
            _ = copy(&mut from_server, &mut to_relay) => {}
            _ = alter(from_relay, to_server, &tricks.alters) => {}
        }
    };
    tokio::select! {
        biased;
        _ = way.wait_for(|way| *way != Way::Open) => {}
        () = passing => {}
    }
    let _ = way.wait_for(|way| *way != Way::Silent).await;
}

async fn alter(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    alters: impl Fn(&mut [u8]),
) -> io::Result<()> {
    let mut bytes = [0; 16 * 1024];
    while let length @ 1.. = from.read(&mut bytes).await? {
        alters(&mut bytes[..length]);
        to.write_all(&bytes[..length]).await?;
    }
    Ok(())
}

/// Somebody who listens at a port, and whether anybody came to them.
async fn listener() -> (u16, Arc<AtomicBool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, came) = (listener.local_addr().unwrap().port(), Arc::new(AtomicBool::new(false)));
    let says = Arc::clone(&came);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            says.store(true, Ordering::SeqCst);
        }
    });
    (port, came)
}

/// A relay that has the program, and one beyond the meddler that carries its devices there.
async fn home_and_carrier(town: &Town, server: &Server, meddler: &Meddler) -> [RunningRelay; 2] {
    let home = town.relay("home", &server.relays()).await.unwrap();
    drop(town.line(home.survivor_addr).await);
    let beyond = relays_at(&format!("nats://127.0.0.1:{}", meddler.port));
    let carrier = town.relay("carrier", &beyond).await.unwrap();
    drop(town.line(carrier.survivor_addr).await);
    [home, carrier]
}

/// Waits until a relay says to whoever balances that people are let in, or that they are not.
async fn lets_people_in(relay: &RunningRelay, does: bool) {
    let says = async || Answer::to(relay.survivor_addr, "GET /ready", &[]).await.status;
    let asking = async {
        while (says().await == 204) != does {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("it says so");
}

/// A device that sends small frames as fast as they leave, until its line ends. What is under way between relays is
/// bounded, so that no way fills what the client has for them all; what comes of that `several/connection.rs` tests.
async fn pour(mut line: Line) {
    let ping = || Message::Binary(encode(&ClientFrame::Ping).into());
    while line.socket.send(ping()).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
#[ignore = "needs a NATS server: cargo xtask cluster-test"]
async fn a_way_that_falls_silent_under_load_has_a_relay_let_nobody_in_until_it_is_whole() {
    let (town, server) = (Town::new(), Server::start(|_| String::new()));
    server.is_there().await;
    let meddler = Meddler::before(server.port, |of_itself| of_itself).await;
    let [_home, carrier] = home_and_carrier(&town, &server, &meddler).await;
    let mut lines = Vec::new();
    for _ in 0..8 {
        lines.push(town.line(carrier.survivor_addr).await);
    }
    meddler.way.send_replace(Way::Silent);
    let pouring: Vec<_> = lines.into_iter().map(|line| tokio::spawn(pour(line))).collect();
    lets_people_in(&carrier, false).await;
    // A line of the carrier's own that is gone with the way it was on.
    for line in pouring {
        tokio::time::timeout(PATIENCE, line).await.expect("its device comes again").unwrap();
    }
    meddler.way.send_replace(Way::Cut);
    meddler.way.send_replace(Way::Open);
    lets_people_in(&carrier, true).await;
    drop(town.line(carrier.survivor_addr).await);
}

#[tokio::test]
#[ignore = "needs a NATS server: cargo xtask cluster-test"]
async fn a_server_that_comes_back_as_an_older_one_counts_as_away() {
    let (town, server) = (Town::new(), Server::start(|_| String::new()));
    server.is_there().await;
    let older = Arc::new(AtomicBool::new(false));
    let is_older = Arc::clone(&older);
    let mut meddler = Meddler::before(server.port, move |of_itself| {
        let older = is_older.load(Ordering::SeqCst);
        let version = if older { "\"version\":\"1." } else { "\"version\":\"2." };
        of_itself.replace("\"version\":\"2.", version)
    })
    .await;
    let [_home, carrier] = home_and_carrier(&town, &server, &meddler).await;
    older.store(true, Ordering::SeqCst);
    meddler.cut_until_came(1).await;
    meddler.way.send_replace(Way::Open);
    // It looks for another one, and comes back to this one since there is none.
    meddler.until_came(3).await;
    lets_people_in(&carrier, false).await;
    older.store(false, Ordering::SeqCst);
    lets_people_in(&carrier, true).await;
}

#[tokio::test]
#[ignore = "needs a NATS server: cargo xtask cluster-test"]
async fn whoever_is_on_the_way_leads_no_relay_to_a_server_without_tls() {
    let (town, server) = (Town::new(), Server::by_tls());
    server.is_there().await;
    let (elsewhere, came) = listener().await;
    let mut meddler = Meddler::before(server.port, move |of_itself| {
        of_itself.replace("\"tls_required\":true", "\"tls_required\":false").replacen(
            '{',
            &format!("{{\"connect_urls\":[\"127.0.0.1:{elsewhere}\"],"),
            1,
        )
    })
    .await;
    let relay = town.relay("one", &server.relays_by_tls(meddler.port)).await.unwrap();
    drop(town.line(relay.survivor_addr).await);
    // Of all servers that it knows each was tried before one is tried a second time.
    meddler.cut_until_came(3).await;
    assert!(!came.load(Ordering::SeqCst), "it goes where it was told to by nobody it knows");
}

/// The word that what is published has changed: its bytes after the subject, the length and the protocol's version.
const CHANGED: &[u8] = b".all 19\r\n";

#[tokio::test]
#[ignore = "needs a NATS server: cargo xtask cluster-test"]
async fn what_is_published_holds_at_every_relay_also_where_the_word_of_it_was_lost() {
    let (town, server) = (Town::new(), Server::start(|_| String::new()));
    server.is_there().await;
    let (lost, loses) = watch::channel(false);
    let meddler = Meddler::altering(server.port, move |said| {
        let at = said.windows(CHANGED.len()).position(|window| window == CHANGED);
        // Another word is of the same length: that it stops.
        if let Some(tag) = at.and_then(|at| said.get_mut(at + CHANGED.len() + 2))
            && *tag == 2
        {
            *tag = 99;
            lost.send_replace(true);
        }
    })
    .await;
    let [home, _carrier] = home_and_carrier(&town, &server, &meddler).await;
    let mut console = town.staff(home.desk_addr, &town.program.administrator).await;
    let question = Question::Notice { kind: NoticeKind::Breach, text: "Our backups.".to_owned() };
    let folder = town.state("carrier");
    let given = tokio::task::spawn_blocking(move || control::ask(&folder, &question));
    given.await.unwrap().unwrap();
    let told = |frame: &RelayFrame| matches!(frame, RelayFrame::HostNotices { notices } if !notices.is_empty());
    console.hear_until(told).await;
    assert!(*loses.borrow(), "the word itself did not come");
}

/// The question for the lease that any server may answer.
const OF_ANY_SERVER: &[u8] = b"DIRECT.GET.KV_stillroom.$KV.stillroom.";

#[tokio::test]
#[ignore = "needs a NATS server: cargo xtask cluster-test"]
async fn a_home_whose_renewal_was_not_answered_gives_way_to_no_server_that_is_behind() {
    let (town, server) = (Town::new(), Server::start(|_| String::new()));
    server.is_there().await;
    // Whoever is asked but the leader has not heard of the lease yet.
    let meddler = Meddler::altering(server.port, |said| {
        let asks = |window: &[u8]| window == OF_ANY_SERVER;
        if let Some(at) = said.windows(OF_ANY_SERVER.len()).position(asks)
            && let Some(key) = said.get_mut(at + OF_ANY_SERVER.len())
        {
            *key = b'x';
        }
    })
    .await;
    let beyond = relays_at(&format!("nats://127.0.0.1:{}", meddler.port));
    let home = town.relay("home", &beyond).await.unwrap();
    let mut line = town.line(home.survivor_addr).await;
    let client = async_nats::connect(format!("127.0.0.1:{}", server.port)).await.unwrap();
    let lease = async_nats::jetstream::new(client).get_key_value("stillroom").await.unwrap();
    let id = town.program.root.program_id();
    let key: String = id.0.iter().map(|byte| format!("{byte:02x}")).collect();
    // It is renewed, and the home does not know the number.
    let value = lease.get(&key).await.unwrap().expect("somebody is home");
    let unanswered = lease.put(&key, value).await.unwrap();
    let renewing = async {
        loop {
            let entry = lease.entry(&key).await.unwrap();
            if entry.is_some_and(|entry| entry.revision > unanswered) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, renewing).await.expect("it is renewed");
    assert!(is_answered(&mut line).await, "the home stays home");
}
