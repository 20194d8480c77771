//! How long messages take on one program while another in the same process is flooded (`features.md` 6.4).

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

use super::load::{self, Chat, Latency, paced};
use super::process::Measured;
use super::report::Figure;
use super::rooms::{Doors, Rooms};
use super::server::Server;
use super::{milliseconds, open_at};
use crate::failure::Failure;
use crate::files;

/// Chats that go on at an even pace.
const CHATS: usize = 20;

/// How many messages a second they have, in all.
const PACE: u32 = 200;

/// Latency on one program, alone and while as many chats as `floods` says send on the other as fast as they can. For
/// comparison also that of chats on the flooded one.
pub(super) async fn measure(
    rooms: &Rooms,
    floods: usize,
    lasting: Duration,
) -> Result<[Figure; 3], Failure> {
    let other = Arc::new(Rooms::new()?);
    let configuration = rooms.beside("many.toml");
    let [first, second] = [rooms, &other].map(Rooms::among_many);
    let both = format!("{first}\n{second}\n[log]\nlevel = \"warn\"\n");
    files::create(&configuration, both.as_bytes())?;
    let (server, [own, flooded]) = Server::two_programs(&configuration).await?;
    let chats = open_at(own, Some(rooms), CHATS).await?;
    let within = open_at(flooded, Some(&other), CHATS).await?;
    let (calm, chats) = paced(chats, PACE, lasting).await?;
    let flood = start(Arc::clone(&other), flooded, floods, lasting, server.measured()).await?;
    let (beside, _chats) = paced(chats, PACE, lasting).await?;
    let (within, _chats) = paced(within, PACE, lasting).await?;
    // A flood that broke off was none.
    flood.join().map_err(|_| broken_off())??;
    server.end().await;
    let figure = |what, of: fn(&Latency) -> Duration, measured: &Latency, targets| Figure {
        what,
        unit: "ms",
        value: milliseconds(of(measured)),
        limit: Some(milliseconds(of(&calm))),
        targets: Some(targets),
    };
    Ok([
        figure("beside a flooded program, median", |it| it.median, &beside, (3.0, 1.5)),
        figure("beside a flooded program, 99th", |it| it.ninety_ninth, &beside, (10.0, 3.0)),
        // What no limit that is meant for people would let happen: here the limits are off.
        figure("on the flooded program, median", |it| it.median, &within, (1000.0, 100.0)),
    ])
}

/// Floods from a thread of its own, so that who measures does not wait for who floods; once it has begun.
async fn start(
    rooms: Arc<Rooms>,
    doors: Doors,
    chats: usize,
    lasting: Duration,
    measured: Measured,
) -> Result<JoinHandle<Result<(), Failure>>, Failure> {
    let (begun, begins) = oneshot::channel();
    let flood = std::thread::spawn(move || {
        crate::on_this_thread(async {
            let chats: Vec<Chat> = open_at(doors, Some(&rooms), chats).await?;
            let _ = begun.send(());
            // As long as both are measured, and a moment.
            load::flood(chats, lasting * 5 / 2, measured).await.map(drop)
        })
    });
    begins.await.map_err(|_| broken_off())?;
    Ok(flood)
}

fn broken_off() -> Failure {
    Failure::new("The flood was broken off.", "Look at what the relay said above.")
}
