//! A desk's line without a core behind it: many rooms over one connection, as a desk has them, read by a task of its own
//! whatever else the load does.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use stillroom_protocol::limits::PING_AFTER_SECONDS;
use stillroom_protocol::{About, ClientFrame, RelayFrame, RoomId, decode, encode};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::interval;

use super::end::End;

/// One room of a desk's line.
pub(crate) struct DeskRoom {
    says: UnboundedSender<Arc<[u8]>>,
    hears: UnboundedReceiver<()>,
}

impl DeskRoom {
    /// Writes a frame to the line, in its turn.
    ///
    /// # Errors
    /// The line is gone.
    pub(crate) fn write(&self, frame: &Arc<[u8]>) -> io::Result<()> {
        self.says.send(Arc::clone(frame)).map_err(|_| gone())
    }

    /// Waits for the next message in the room.
    ///
    /// # Errors
    /// The line is gone.
    pub(crate) async fn message(&mut self) -> io::Result<()> {
        self.hears.recv().await.ok_or_else(gone)
    }
}

/// Reads and writes the line of a desk that is attached to these rooms, for as long as anybody has one of them.
pub(super) fn carry(desk: End, rooms: impl Iterator<Item = RoomId>) -> Vec<DeskRoom> {
    let (says, said) = unbounded_channel();
    let mut heard = BTreeMap::new();
    let rooms = rooms.map(|room| {
        let (hear, hears) = unbounded_channel();
        heard.insert(room, hear);
        DeskRoom { says: says.clone(), hears }
    });
    let rooms = rooms.collect();
    drop(says);
    // What breaks it is told to whoever uses one of its rooms.
    tokio::spawn(async move { exchange(desk, said, heard).await });
    rooms
}

async fn exchange(
    mut desk: End,
    mut said: UnboundedReceiver<Arc<[u8]>>,
    heard: BTreeMap<RoomId, UnboundedSender<()>>,
) -> io::Result<()> {
    let mut pings = interval(Duration::from_secs(PING_AFTER_SECONDS));
    loop {
        tokio::select! {
            frame = desk.receive() => match decode(&frame?).map_err(io::Error::other)? {
                RelayFrame::Delivered { room, .. } => {
                    // Nobody may be listening in this one any more.
                    let _ = heard.get(&room).map(|hear| hear.send(()));
                }
                RelayFrame::Refused { about: About::Connection, .. } => return Err(gone()),
                _ => {}
            },
            frame = said.recv() => match frame {
                Some(frame) => desk.write(&frame).await?,
                None => return Ok(()),
            },
            _ = pings.tick() => desk.send(&encode(&ClientFrame::Ping)).await?,
        }
    }
}

fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the line of a desk is gone")
}
