//! What messages cost, and how long they take, on one program while another in the same process is flooded
//! (`features.md` 6.4).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::load::{self, Chat};
use super::report::Figure;
use super::rooms::{Doors, Rooms};
use super::server::Server;
use super::turns::{Carried, Ratios};
use crate::failure::Failure;

/// Chats that go on at an even pace.
const CHATS: usize = 20;

/// Chats that flood the other program.
const FLOODING: usize = 50;

/// What the relay calls the thread that carries a program.
const THREAD: &str = "program";

/// A flood that can be held back.
struct Flood {
    flows: Arc<AtomicBool>,
    ends: Arc<AtomicBool>,
    thread: JoinHandle<Result<(), Failure>>,
}

/// One program alone, and while as many chats send on the other as fast as they can, in so many pairs of turns.
pub(super) async fn measure(rooms: &Rooms, pairs: usize) -> Result<[Figure; 2], Failure> {
    let other = Arc::new(Rooms::new()?);
    let (server, [own, flooded]) = Server::of_programs([rooms, &other]).await?;
    // Programs are started one after the other.
    let thread = server.measured().thread(THREAD)?;
    let mut chats = Carried::new(rooms.pairs(own, CHATS).await?, thread);
    let flood = Flood::start(other, flooded).await?;
    let mut ratios = Ratios::default();
    for _ in 0..pairs {
        ratios.of_one(&mut chats, |on| flood.flows.store(on, Ordering::Relaxed)).await?;
    }
    flood.end()?;
    server.end().await;
    let figure = |what, value, targets| Figure {
        what,
        unit: "times",
        value,
        limit: None,
        targets: Some(targets),
    };
    Ok([
        figure("CPU per message, beside a flooded program", ratios.cpu(), (1.5, 1.2)),
        figure("latency beside a flooded program, median", ratios.latency(), (3.0, 1.5)),
    ])
}

impl Flood {
    /// From a thread of its own, so that who measures does not wait for who floods; held back at first.
    async fn start(rooms: Arc<Rooms>, doors: Doors) -> Result<Self, Failure> {
        let (flows, ends) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (ready, is_ready) = oneshot::channel();
        let (gate, end) = (Arc::clone(&flows), Arc::clone(&ends));
        let thread = std::thread::spawn(move || {
            crate::on_this_thread(async {
                let chats: Vec<Chat> = rooms.pairs(doors, FLOODING).await?;
                let _ = ready.send(());
                load::flood_while(chats, gate, end).await
            })
        });
        is_ready.await.map_err(|_| broken_off())?;
        Ok(Self { flows, ends, thread })
    }

    /// A flood that broke off was none.
    fn end(self) -> Result<(), Failure> {
        self.ends.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| broken_off())?
    }
}

fn broken_off() -> Failure {
    Failure::new("The flood was broken off.", "Look at what the relay said above.")
}
