//! HTTP/2, for browsers that ask for it in the TLS handshake (RFC 9113; `features.md` 6.6, 6.7; `docs/decisions/0043`).
//!
//! One connection carries several requests, and everything that a device could make many of is bounded: streams, their
//! windows, the bytes of a head, requests that are taken back. It has one place (`places.rs`), as a connection of
//! HTTP/1.1 has, and is closed when nothing is asked for and nothing read for as long. A line is no part of it: a
//! browser opens a connection of its own for that.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::begun::Begun;
use crate::listeners::{Answers, HEAD_MAX, HEAD_WITHIN};
use crate::stop::Stopping;

/// Requests at once on one connection: a desk's page has some twenty files.
const STREAMS: u32 = 32;

/// Bytes of one request's body that may be on their way: most bodies are smaller.
const STREAM_WINDOW: u32 = 16 * 1024;

/// Of all of a connection's.
const CONNECTION_WINDOW: u32 = 64 * 1024;

/// Bytes of answers that wait for one device to read them.
const SENDING: usize = 64 * 1024;

/// Requests that were taken back and not yet looked at; with more the connection ends.
const TAKEN_BACK: usize = 16;

/// Bytes of an answer that are taken at once, so that a long one that goes slowly is seen to go.
const PIECE: usize = 16 * 1024;

/// How long a connection may still take what was written, and say that it closes, once it is to close.
const CLOSE_WITHIN: Duration = Duration::from_secs(60);

/// Answers requests on a connection until it ends, the relay stops, or nothing has been asked for and read for as long
/// as a connection may be idle. What was asked for before is still answered.
pub(crate) async fn serve(stream: Begun, answers: impl Answers, mut stopping: Stopping) {
    let (busy, mut watched) = watch::channel(());
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        busy.send_replace(());
        let (answer, busy) = (answers.call(request), busy.clone());
        async move { answer.await.map(|answer| answer.map(|body| Busy::new(body, busy))) }
    });
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(SENDING)
        .max_header_list_size(u32::try_from(HEAD_MAX).unwrap_or(u32::MAX))
        .max_pending_accept_reset_streams(TAKEN_BACK)
        .max_local_error_reset_streams(TAKEN_BACK);
    let mut connection = Box::pin(builder.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        _ended = connection.as_mut() => return,
        () = stopping.wait() => {}
        () = idle(&mut watched, HEAD_WITHIN) => {}
    }
    connection.as_mut().graceful_shutdown();
    tokio::select! {
        _ended = connection.as_mut() => {}
        () = idle(&mut watched, CLOSE_WITHIN) => {}
    }
}

/// Waits until nothing was busy for so long.
async fn idle(watched: &mut watch::Receiver<()>, long: Duration) {
    while let Ok(Ok(())) = timeout(long, watched.changed()).await {}
}

/// The body of an answer, which says so whenever a piece of it goes.
struct Busy {
    body: Body,
    /// What of the body's last part has not gone.
    rest: Bytes,
    busy: watch::Sender<()>,
}

impl Busy {
    fn new(body: Body, busy: watch::Sender<()>) -> Self {
        Self { body, rest: Bytes::new(), busy }
    }
}

impl hyper::body::Body for Busy {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(other) => return Poll::Ready(Some(Ok(other))),
                },
                ended => return Poll::Ready(ended),
            }
        }
        self.busy.send_replace(());
        let length = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        if self.rest.is_empty() { self.body.size_hint() } else { SizeHint::default() }
    }
}
