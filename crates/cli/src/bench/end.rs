//! One end of a measured chat: a socket without a core behind it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::wire::{client_frame, relay_frame};

/// Connections from one loopback address before the next one is used. Of the 28,000 ports that Linux gives out for one
/// source it looks for a free one among half of them first, and for long once these are taken: the last 6,000 of 18,000
/// took 28 seconds, and with this 0.03.
const PER_SOURCE: usize = 5_000;

/// The first read of an end: a message and what surrounds it.
const INBOX: usize = 1024;

/// Bytes that are written at once where there is no end of them.
pub(super) const PIECE: usize = 1024;

/// A WebSocket, bare.
pub(crate) struct End {
    stream: TcpStream,
    inbox: Vec<u8>,
}

impl End {
    /// Connects to `path` of a server on this computer. `number` counts the connections of a run.
    pub(crate) async fn open(port: u16, path: &str, number: usize) -> io::Result<Self> {
        let mut end = Self::silent(port, number).await?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        end.stream.write_all(request.as_bytes()).await?;
        end.upgraded().await?;
        Ok(end)
    }

    /// Connects, and says nothing.
    pub(crate) async fn silent(port: u16, number: usize) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        let source = u8::try_from(1 + number / PER_SOURCE).map_err(io::Error::other)?;
        socket.bind(SocketAddr::from((Ipv4Addr::new(127, 0, 0, source), 0)))?;
        let stream = socket.connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, inbox: Vec::new() })
    }

    /// Reads to the end of the server's answer, and checks that it is an upgrade.
    async fn upgraded(&mut self) -> io::Result<()> {
        loop {
            if let Some(end) = self.inbox.windows(4).position(|four| four == b"\r\n\r\n") {
                let accepted = self.inbox.starts_with(b"HTTP/1.1 101");
                self.inbox.drain(..end + 4);
                return if accepted {
                    Ok(())
                } else {
                    Err(io::Error::other("the server did not upgrade the connection"))
                };
            }
            self.fill().await?;
        }
    }

    /// Writes these bytes as they are.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Reads, and throws away, until the server closes the connection. How many bytes came.
    pub(crate) async fn until_closed(&mut self) -> io::Result<usize> {
        let mut read = 0;
        loop {
            self.inbox.clear();
            match self.fill().await {
                Err(error) if is_closed(&error) => return Ok(read),
                going_on => going_on?,
            }
            read += self.inbox.len();
        }
    }

    /// Sends one message.
    pub(crate) async fn send(&mut self, payload: &[u8]) -> io::Result<()> {
        self.stream.write_all(&client_frame(payload)).await
    }

    /// The next message. Cancel safe.
    pub(crate) async fn receive(&mut self) -> io::Result<Vec<u8>> {
        loop {
            if let Some((payload, length)) = relay_frame(&self.inbox) {
                let payload = payload.to_vec();
                self.inbox.drain(..length);
                return Ok(payload);
            }
            self.fill().await?;
        }
    }

    /// Waits for a message of at least `least` bytes; shorter ones (a relay's word about presence, or that the line is
    /// alive) are passed over.
    pub(crate) async fn message(&mut self, least: usize) -> io::Result<()> {
        loop {
            while let Some((payload, length)) = relay_frame(&self.inbox) {
                let whole = payload.len() >= least;
                self.inbox.drain(..length);
                if whole {
                    return Ok(());
                }
            }
            self.fill().await?;
        }
    }

    async fn fill(&mut self) -> io::Result<()> {
        self.inbox.reserve(INBOX);
        match self.stream.read_buf(&mut self.inbox).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

fn is_closed(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset)
}
