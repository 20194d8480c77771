//! One device's line: a WebSocket whose binary messages are frames (`features.md` 6.6).
//!
//! It carries bytes between the socket and the switchboard and knows nothing of either side. Its buffers
//! are small, since an idle chat is most of what a relay holds; what waits to be sent is bounded
//! ([`Outgoing`]), and what is read is bounded by the longest frame. A device that keeps the socket open
//! and never reads costs at most those bounds, until it is dropped.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use hyper::upgrade::{OnUpgrade, Parts};
use hyper_util::rt::TokioIo;
use stillroom_delivery::Share;
use stillroom_protocol::Refusal;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};

use crate::begun::Begun;
use crate::carrier::Carrier;
use crate::stop::Running;
use crate::switchboard::{Next, Outgoing, Seat, Side, Switchboard, refused};

/// Bytes read at once, and kept for each connection while it is idle. An ordinary message (414 bytes) and
/// two acknowledgements fit; a longer one is read in several goes.
const READ_BUFFER: usize = 1024;

/// Bytes after which frames that leave together are written: a network packet's worth.
const WRITE_BUFFER: usize = 1400;

/// Frames written in a row before the line looks whether something came.
const WRITTEN_AT_ONCE: usize = 32;

/// WebSocket's own pings and pongs in a row without a frame. Browsers send none of their own accord.
const CONTROLS_IN_A_ROW: usize = 32;

/// How long a connection that is to close may take to read why: two round trips of a very slow line.
pub(crate) const LINGER: Duration = Duration::from_secs(5);

/// Closed connections that may linger at once. One more goes without a reason, as it would with a dropped line.
pub(crate) const LINGERING: usize = 1_000;

/// Bytes that are read and thrown away while a connection closes, so that the reason is not lost to a reset.
const DRAINED_AT_MOST: usize = 256 * 1024;

/// The first of WebSocket's close codes that are left to applications; a refusal's number is added.
const CLOSE_CODES: u16 = 4000;

type Socket = WebSocketStream<Carrier>;

/// The lines of one listener.
pub(crate) struct Lines {
    /// Whose they are.
    pub(crate) side: Side,
    /// Bytes of the longest frame.
    pub(crate) frame: usize,
    /// Bytes that may wait for one device.
    pub(crate) outgoing_bytes: usize,
    /// What lingers at once.
    pub(crate) lingering: Arc<Semaphore>,
    /// Held by each line while it stands.
    pub(crate) running: Running,
}

/// Why a line ends.
enum End {
    /// The socket is gone, or closed by the device.
    Gone,
    /// The switchboard closes it; what it had to say has been written.
    Closed(Option<Refusal>),
    /// The device did what no device of ours does; it is still to be told.
    Refused(Refusal),
}

impl Lines {
    /// Carries a connection's frames once it has become a WebSocket, until it ends.
    pub(crate) fn carry(
        &self,
        upgrade: OnUpgrade,
        share: Share,
        switchboard: Arc<dyn Switchboard>,
    ) {
        let (side, frame, outgoing_bytes) = (self.side, self.frame, self.outgoing_bytes);
        let running = self.running.clone();
        let lingering = Arc::clone(&self.lingering);
        tokio::spawn(async move {
            if let Some(mut socket) = open(upgrade, frame).await {
                let end = carry(&mut socket, side, &share, &*switchboard, outgoing_bytes).await;
                if let Ok(_lingers) = lingering.try_acquire() {
                    // A device that does not read why in time is not waited for.
                    let _ = timeout(LINGER, close(socket, end)).await;
                }
            }
            drop(running);
        });
    }
}

async fn open(upgrade: OnUpgrade, frame: usize) -> Option<Socket> {
    let upgraded = upgrade.await.ok()?;
    let Parts { io, read_buf, .. } = upgraded.downcast::<TokioIo<Begun>>().ok()?;
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_message_size(Some(frame))
        .max_frame_size(Some(frame));
    let (stream, unread) = io.into_inner().into_parts();
    let read = [&read_buf[..], &unread].concat();
    Some(WebSocketStream::from_partially_read(stream, read, Role::Server, Some(config)).await)
}

async fn carry(
    socket: &mut Socket,
    side: Side,
    share: &Share,
    switchboard: &dyn Switchboard,
    outgoing_bytes: usize,
) -> End {
    match switchboard.connect(side, share, outgoing_bytes) {
        Ok(seat) => {
            let end = exchange(socket, switchboard, &seat).await;
            switchboard.disconnect(seat.connection);
            end
        }
        Err(refusal) => End::Refused(refusal),
    }
}

/// Frames in, frames out, until one side ends it.
async fn exchange(socket: &mut Socket, switchboard: &dyn Switchboard, seat: &Seat) -> End {
    let mut controls = 0;
    loop {
        tokio::select! {
            biased;
            next = seat.outgoing.next() => {
                if let Some(end) = write_in_time(socket, &seat.outgoing, next).await {
                    return end;
                }
            }
            message = socket.next() => match message {
                Some(Ok(Message::Binary(frame))) => {
                    controls = 0;
                    switchboard.frame(seat.connection, &frame);
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {
                    controls += 1;
                    if controls > CONTROLS_IN_A_ROW {
                        return End::Refused(Refusal::TooFast);
                    }
                }
                Some(Ok(Message::Text(_) | Message::Frame(_))) => {
                    return End::Refused(Refusal::FrameMalformed);
                }
                Some(Ok(Message::Close(frame))) => {
                    // A browser's word that the page goes (RFC 6455, 7.4.1: 1001). A line that drops says nothing.
                    if frame.is_some_and(|frame| frame.code == CloseCode::Away) {
                        switchboard.page_gone(seat.connection);
                    }
                    return End::Gone;
                }
                None => return End::Gone,
                Some(Err(error)) => return end_of(&error),
            }
        }
    }
}

fn end_of(error: &Error) -> End {
    match error {
        Error::Capacity(_) => End::Refused(Refusal::FrameTooLong),
        Error::Protocol(_) | Error::Utf8(_) => End::Refused(Refusal::FrameMalformed),
        _ => End::Gone,
    }
}

/// Writes what waits. Once the connection is to close, only as long as it may linger.
async fn write_in_time(socket: &mut Socket, outgoing: &Outgoing, next: Next) -> Option<End> {
    let writing = write(socket, outgoing, next);
    tokio::pin!(writing);
    tokio::select! {
        biased;
        end = &mut writing => end,
        () = outgoing.ended() => timeout(LINGER, writing).await.unwrap_or(Some(End::Gone)),
    }
}

async fn write(socket: &mut Socket, outgoing: &Outgoing, first: Next) -> Option<End> {
    let mut next = first;
    for written in 1..=WRITTEN_AT_ONCE {
        let frame = match next {
            Next::Frame(frame) => frame,
            Next::Close(refusal) => return Some(End::Closed(refusal)),
        };
        let message = Message::Binary(Bytes::from_owner(frame));
        if socket.feed(message).await.is_err() {
            return Some(End::Gone);
        }
        if written == WRITTEN_AT_ONCE {
            break;
        }
        match outgoing.next_now() {
            Some(following) => next = following,
            None => break,
        }
    }
    match socket.flush().await {
        Ok(()) => None,
        Err(_) => Some(End::Gone),
    }
}

/// Says why, closes, and reads what was on its way, so that the device gets to read the reason.
async fn close(mut socket: Socket, end: End) {
    let refusal = match end {
        End::Gone => {
            let _ = socket.close(None).await;
            return;
        }
        End::Closed(refusal) => refusal,
        End::Refused(refusal) => {
            let _ = socket.feed(Message::Binary(refused(refusal).into())).await;
            Some(refusal)
        }
    };
    let code =
        refusal.map_or(CloseCode::Normal, |refusal| CloseCode::from(CLOSE_CODES + refusal as u16));
    let frame = CloseFrame { code, reason: "".into() };
    if socket.close(Some(frame)).await.is_ok() {
        let stream = socket.get_mut();
        // The device waits for our end of the connection to close, and closes its own then.
        if stream.shutdown().await.is_ok() {
            drain(stream).await;
        }
    }
}

async fn drain(stream: &mut Carrier) {
    let mut thrown_away = [0; 512];
    let mut drained = 0;
    while let Ok(read @ 1..) = stream.read(&mut thrown_away).await {
        drained += read;
        if drained > DRAINED_AT_MOST {
            return;
        }
    }
}
