//! Somebody on the way between relays and a NATS server, who alters what passes, holds it back or cuts it. Those that
//! need the server are run by `cargo xtask cluster-test`, which names it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::device::PATIENCE;
use crate::several::{Server, Town};

/// Somebody on the way to a server.
struct Meddler {
    port: u16,
    way: watch::Sender<Way>,
    /// How often somebody came.
    came: watch::Receiver<usize>,
}

/// What becomes of whoever is on the way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Open,
    Cut,
}

impl Meddler {
    /// Leads to the server at this port, and has it say of itself what `says` makes of it.
    async fn before(port: u16, says: impl Fn(String) -> String + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = listener.local_addr().unwrap().port();
        let (way, is) = watch::channel(Way::Open);
        let (count, came) = watch::channel(0);
        let says = Arc::new(says);
        tokio::spawn(async move {
            while let Ok((relay, _)) = listener.accept().await {
                count.send_modify(|came| *came += 1);
                if *is.borrow() == Way::Open {
                    tokio::spawn(pass(relay, port, is.clone(), Arc::clone(&says)));
                }
            }
        });
        Self { port: own, way, came }
    }

    /// Waits until so many have come to a way that is cut.
    async fn cut_until_came(&mut self, more: usize) {
        self.way.send_replace(Way::Cut);
        let before = *self.came.borrow_and_update();
        let coming = self.came.wait_for(|came| *came >= before + more);
        tokio::time::timeout(PATIENCE, coming).await.expect("it comes again").unwrap();
    }
}

/// Passes on what a relay and a server say, until the way is cut.
async fn pass(
    mut relay: TcpStream,
    port: u16,
    mut way: watch::Receiver<Way>,
    says: Arc<impl Fn(String) -> String>,
) {
    let server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let mut server = BufReader::new(server);
    let mut of_itself = String::new();
    server.read_line(&mut of_itself).await.unwrap();
    if relay.write_all(says(of_itself).as_bytes()).await.is_ok() {
        tokio::select! {
            _ = copy_bidirectional(&mut relay, &mut server) => {}
            _ = way.wait_for(|way| *way == Way::Cut) => {}
        }
    }
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
    meddler.way.send_replace(Way::Open);
    relay.stop().await;
}
