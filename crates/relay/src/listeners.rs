//! The listeners: connections in, and one task for each until it has become a line.
//!
//! A connection that asks for pages may take only so long, and there may be only so many, so that slow or
//! silent ones hold up nobody. A peer's address goes with its requests, as long as they are answered, and no
//! further than `door.rs`, which makes a share of it.

use std::sync::Arc;
use std::time::Duration;
use std::{io, net};

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use crate::peer::Peer;
use crate::stop::{Running, Stopping};

/// How long a request's head may take, and how long a connection may idle between requests.
const HEAD_WITHIN: Duration = Duration::from_secs(15);

/// How long a connection may ask for pages: a desk (450 KB) at 2 KB a second.
const PAGES_WITHIN: Duration = Duration::from_secs(240);

/// Bytes of a request's head, and of a connection's buffer while it asks for pages.
const HEAD_MAX: usize = 16 * 1024;

/// How long to wait when the system has no more sockets, before it is asked again.
const BREATH: Duration = Duration::from_millis(100);

/// What one listener's connections share.
pub(crate) struct Listener {
    pub(crate) socket: TcpListener,
    pub(crate) router: Router,
    pub(crate) places: Arc<Semaphore>,
    pub(crate) stopping: Stopping,
    pub(crate) running: Running,
}

/// A listening socket for tokio.
pub(crate) fn listen(socket: net::TcpListener) -> io::Result<TcpListener> {
    socket.set_nonblocking(true)?;
    TcpListener::from_std(socket)
}

impl Listener {
    /// Lets connections in until the relay stops.
    pub(crate) async fn accept(self) {
        let mut stopping = self.stopping.clone();
        loop {
            let next = async {
                let place = Arc::clone(&self.places).acquire_owned().await.ok()?;
                Some((place, self.socket.accept().await))
            };
            let next = tokio::select! {
                () = stopping.wait() => return,
                next = next => next,
            };
            match next {
                Some((place, Ok((stream, from)))) => self.serve(stream, Peer(from.ip()), place),
                Some((_, Err(error))) => {
                    tracing::warn!(kind = ?error.kind(), "a connection could not be let in");
                    sleep(BREATH).await;
                }
                None => return,
            }
        }
    }

    /// Answers one connection's requests. It gives its place back when it becomes a line.
    fn serve(&self, stream: TcpStream, peer: Peer, place: OwnedSemaphorePermit) {
        // Frames are small and should not wait for one another.
        let _ = stream.set_nodelay(true);
        let routes = TowerToHyperService::new(self.router.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            routes.call(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_WITHIN)
            .max_buf_size(HEAD_MAX)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let (mut stopping, running) = (self.stopping.clone(), self.running.clone());
        tokio::spawn(async move {
            let mut connection = Box::pin(connection);
            let ended = timeout(PAGES_WITHIN, async {
                tokio::select! {
                    ended = connection.as_mut() => ended,
                    () = stopping.wait() => {
                        connection.as_mut().graceful_shutdown();
                        connection.as_mut().await
                    }
                }
            });
            // How a connection ends is the device's affair, and nothing to log.
            let _ = ended.await;
            drop((place, running));
        });
    }
}
