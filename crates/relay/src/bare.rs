//! The limit that the relay is measured against: a WebSocket forwarder between two sockets that knows
//! nothing: no line, no rooms, no limits, no pages. Never for people; `stillroom bench` alone starts it.
//!
//! Two connections that ask for the same path are a pair; what one sends the other receives.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};

use crate::listeners::listen;

/// As small as the relay's own, so that the two differ in what they do alone.
const BUFFER: usize = 1024;

type Socket = WebSocketStream<TcpStream>;
type Waiting = Arc<Mutex<BTreeMap<String, Socket>>>;

/// Passes messages on until this future is dropped, or the listener fails.
///
/// # Errors
/// What the system says of the listener.
pub async fn serve(listener: std::net::TcpListener) -> io::Result<()> {
    let listener = listen(listener)?;
    let waiting = Waiting::default();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(pair(stream, Arc::clone(&waiting)));
    }
}

async fn pair(stream: TcpStream, waiting: Waiting) {
    let config = WebSocketConfig::default().read_buffer_size(BUFFER).write_buffer_size(0);
    let mut path = String::new();
    #[expect(clippy::result_large_err, reason = "the type is the library's own")]
    let callback = |request: &Request, response: Response| {
        request.uri().path().clone_into(&mut path);
        Ok(response)
    };
    let Ok(socket) = accept_hdr_async_with_config(stream, callback, Some(config)).await else {
        return;
    };
    let other = {
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match waiting.remove(&path) {
            Some(other) => other,
            None => {
                waiting.insert(path, socket);
                return;
            }
        }
    };
    forward(socket, other).await;
}

async fn forward(mut one: Socket, mut other: Socket) {
    loop {
        let sent = tokio::select! {
            message = one.next() => match message {
                Some(Ok(message @ Message::Binary(_))) => other.send(message).await,
                Some(Ok(_)) => Ok(()),
                Some(Err(_)) | None => return,
            },
            message = other.next() => match message {
                Some(Ok(message @ Message::Binary(_))) => one.send(message).await,
                Some(Ok(_)) => Ok(()),
                Some(Err(_)) | None => return,
            },
        };
        if sent.is_err() {
            return;
        }
    }
}
