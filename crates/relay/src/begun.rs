//! A connection of which something was read already, by whoever found out for which program it is (`sorting.rs`).

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::carrier::Carrier;

/// What was read comes first, and then the connection.
pub(crate) struct Begun {
    stream: Carrier,
    read: Vec<u8>,
}

impl Begun {
    /// A connection after these bytes of it.
    pub(crate) fn new(stream: Carrier, read: Vec<u8>) -> Self {
        Self { stream, read }
    }

    /// Whether HTTP/2 is spoken over it.
    pub(crate) fn is_http_2(&self) -> bool {
        self.stream.is_http_2()
    }

    /// The connection, and what of the bytes nobody took.
    pub(crate) fn into_parts(self) -> (Carrier, Vec<u8>) {
        (self.stream, self.read)
    }
}

impl AsyncRead for Begun {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.read.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, into);
        }
        let taken = self.read.len().min(into.remaining());
        into.put_slice(self.read.drain(..taken).as_slice());
        if self.read.is_empty() {
            self.read = Vec::new();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Begun {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
