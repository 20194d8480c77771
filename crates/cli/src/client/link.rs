//! A connection to a relay: frames out, frames in, and whether it stands.
//!
//! Carries bytes and knows nothing of what is in them. It does not protect them either: over `ws://` they
//! are encrypted by the conversation alone, over `wss://` the relay's certificate is checked as well
//! against what this system trusts (`features.md` 6.1).

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use stillroom_conversation::Way;
use stillroom_protocol::limits::STAFF_FRAME_MAX;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::address::RelayAddress;
use super::second_way;

/// A WebSocket to a relay.
type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How long a relay may take to answer before the attempt counts as failed: a slow line's handshake, twice.
const OPEN_WITHIN: Duration = Duration::from_secs(20);

/// Frames that may wait for a party that is busy; the relay's own limits bound what comes.
const INBOX: usize = 64;

/// What a link reports.
pub(crate) enum LinkEvent {
    /// The connection stands.
    Up,
    /// A frame came.
    Frame(Vec<u8>),
    /// The connection is gone, or never came to stand. Nothing follows.
    Down,
}

/// One connection, driven by its own task. Dropped, it sends what it was given and closes.
pub(crate) struct Link {
    outbox: mpsc::UnboundedSender<Vec<u8>>,
    inbox: mpsc::Receiver<LinkEvent>,
}

impl Link {
    /// Starts to connect by this way.
    pub(crate) fn open(address: &RelayAddress, way: Way) -> Self {
        let (outbox, frames) = mpsc::unbounded_channel();
        let (events, inbox) = mpsc::channel(INBOX);
        tokio::spawn(carry(address.clone(), way, frames, events));
        Self { outbox, inbox }
    }

    /// Hands over a frame. On a line that is down it is lost, which the core expects.
    pub(crate) fn send(&self, frame: Vec<u8>) {
        let _ = self.outbox.send(frame);
    }

    /// The next event. Cancel safe.
    pub(crate) async fn next(&mut self) -> LinkEvent {
        self.inbox.recv().await.unwrap_or(LinkEvent::Down)
    }
}

/// Opens a WebSocket to the relay's line.
async fn connect(address: &RelayAddress) -> Option<Socket> {
    // Buffers start small and grow: a load generator holds thousands of these.
    let config = WebSocketConfig::default()
        .read_buffer_size(4 * 1024)
        .write_buffer_size(0)
        .max_message_size(Some(2 * STAFF_FRAME_MAX))
        .max_frame_size(Some(2 * STAFF_FRAME_MAX));
    let opening = tokio_tungstenite::connect_async_with_config(address.line(), Some(config), true);
    match tokio::time::timeout(OPEN_WITHIN, opening).await {
        Ok(Ok((socket, _))) => Some(socket),
        Ok(Err(_)) | Err(_) => None,
    }
}

async fn carry(
    address: RelayAddress,
    way: Way,
    mut frames: mpsc::UnboundedReceiver<Vec<u8>>,
    events: mpsc::Sender<LinkEvent>,
) {
    match way {
        Way::WebSocket => carry_by_socket(&address, &mut frames, &events).await,
        Way::Requests => second_way::carry(&address, &mut frames, &events).await,
    }
    let _ = events.send(LinkEvent::Down).await;
}

async fn carry_by_socket(
    address: &RelayAddress,
    frames: &mut mpsc::UnboundedReceiver<Vec<u8>>,
    events: &mpsc::Sender<LinkEvent>,
) {
    if let Some(mut socket) = connect(address).await
        && events.send(LinkEvent::Up).await.is_ok()
    {
        exchange(&mut socket, frames, events).await;
        let _ = socket.close(None).await;
    }
}

async fn exchange(
    socket: &mut Socket,
    frames: &mut mpsc::UnboundedReceiver<Vec<u8>>,
    events: &mpsc::Sender<LinkEvent>,
) {
    loop {
        tokio::select! {
            frame = frames.recv() => match frame {
                Some(frame) => if socket.send(Message::binary(frame)).await.is_err() { return },
                None => return,
            },
            message = socket.next() => match message {
                Some(Ok(Message::Binary(frame))) => {
                    if events.send(LinkEvent::Frame(frame.into())).await.is_err() { return }
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(_)) | Some(Err(_)) | None => return,
            },
        }
    }
}
