//! The limit that the relay is measured against: a WebSocket forwarder between two sockets that knows
//! nothing: no line, no rooms, no limits, no pages. Never for people; `stillroom bench` alone starts it.
//!
//! Two connections that ask for the same path are a pair; what one sends the other receives.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};

/// As small as the relay's own, so that the two differ in what they do alone.
const BUFFER: usize = 1024;

type Socket = WebSocketStream<TcpStream>;
type Waiting = Arc<Mutex<BTreeMap<String, Socket>>>;

/// A bare relay that runs.
pub struct BareRelay {
    /// Where it listens.
    pub addr: SocketAddr,
    accepting: JoinHandle<()>,
}

impl BareRelay {
    /// Starts one.
    ///
    /// # Errors
    /// It cannot listen there.
    pub async fn start(listen: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let addr = listener.local_addr()?;
        Ok(Self {
            addr,
            accepting: tokio::spawn(accept(listener)),
        })
    }

    /// Lets nobody in any more. Pairs go on until one side closes.
    pub async fn stop(self) {
        self.accepting.abort();
        let _ = self.accepting.await;
    }
}

async fn accept(listener: TcpListener) {
    let waiting = Waiting::default();
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        tokio::spawn(pair(stream, Arc::clone(&waiting)));
    }
}

async fn pair(stream: TcpStream, waiting: Waiting) {
    let config = WebSocketConfig::default()
        .read_buffer_size(BUFFER)
        .write_buffer_size(0);
    let mut path = String::new();
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
