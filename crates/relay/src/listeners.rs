//! The listeners: connections in, and one task for each until it has become a line.
//!
//! A connection that asks for pages may take only so long, and has one of so many places (`places.rs`), so that slow or
//! silent ones hold up nobody. A peer's address goes with its requests, as long as they are answered, and no
//! further than `door.rs`, which makes a share of it.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use std::{io, net};

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONNECTION, HOST, HeaderValue};
use axum::http::{Request, StatusCode};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use crate::begun::Begun;
use crate::carrier::Carrier;
use crate::http2;
use crate::peer::Peer;
use crate::places::{Place, Places};
use crate::sorting::{HandedOn, Sorted};
use crate::stop::{Running, Stopping};
use crate::tls::Tls;

/// How long a request's head may take, and how long a connection may idle between requests.
pub(crate) const HEAD_WITHIN: Duration = Duration::from_secs(15);

/// How long a TLS handshake may take: four round trips of a very slow line.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(15);

/// How long a connection may ask for pages: a desk (450 KB) at 2 KB a second.
const PAGES_WITHIN: Duration = Duration::from_secs(240);

/// How long a stopping relay waits for the first request of whoever has just come in.
const FIRST_WITHIN: Duration = Duration::from_secs(1);

/// Bytes of a request's head, and of a connection's buffer while it asks for pages.
pub(crate) const HEAD_MAX: usize = 16 * 1024;

/// How long to wait when the system has no more sockets, before it is asked again.
pub(crate) const BREATH: Duration = Duration::from_millis(100);

/// Where connections come from.
pub(crate) enum Arrivals {
    /// A socket of one's own.
    Socket(TcpListener),
    /// One that several programs share.
    Sorted(Sorted),
}

/// A connection that came.
struct Arrived {
    stream: TcpStream,
    from: IpAddr,
    read: Vec<u8>,
}

impl Arrivals {
    /// The next; nothing once there can be none.
    async fn next(&mut self) -> Option<io::Result<Arrived>> {
        let arrived = match self {
            Self::Socket(socket) => {
                socket.accept().await.map(|(stream, from)| (stream, from.ip(), Vec::new()))
            }
            Self::Sorted(sorted) => {
                let HandedOn { stream, from, read } = sorted.connections.recv().await?;
                TcpStream::from_std(stream).map(|stream| (stream, from, read))
            }
        };
        Some(arrived.map(|(stream, from, read)| {
            // Frames are small and should not wait for one another.
            let _ = stream.set_nodelay(true);
            Arrived { stream, from, read }
        }))
    }

    /// Which host alone is answered here; any, where the socket is one's own.
    fn host(&self) -> Option<Arc<str>> {
        match self {
            Self::Socket(_) => None,
            Self::Sorted(sorted) => Some(sorted.host.as_str().into()),
        }
    }
}

/// What answers requests.
pub(crate) trait Answers:
    Service<
        Request<Incoming>,
        Response = Response,
        Error = Infallible,
        Future: Future<Output = Result<Response, Infallible>> + Send + 'static,
    > + Send
    + 'static
{
}

impl<S> Answers for S where
    S: Service<
            Request<Incoming>,
            Response = Response,
            Error = Infallible,
            Future: Future<Output = Result<Response, Infallible>> + Send + 'static,
        > + Send
        + 'static
{
}

/// What one listener's connections share.
pub(crate) struct Listener {
    pub(crate) arrivals: Arrivals,
    /// Where the relay speaks TLS itself.
    pub(crate) tls: Option<Arc<Tls>>,
    pub(crate) router: Router,
    pub(crate) places: Arc<Places>,
    pub(crate) stopping: Stopping,
    pub(crate) running: Running,
}

/// A listening socket for tokio.
pub(crate) fn listen(socket: net::TcpListener) -> io::Result<TcpListener> {
    socket.set_nonblocking(true)?;
    TcpListener::from_std(socket)
}

/// Whether a request is for this host, and for no other besides. HTTP/2 names it in the address that is asked for.
fn asks_for(request: &Request<Incoming>, host: &str) -> bool {
    let in_head = request.headers().get_all(HOST);
    let in_address = request.uri().authority().map(|authority| authority.as_str().as_bytes());
    let mut named = in_head.iter().map(HeaderValue::as_bytes).chain(in_address).peekable();
    in_head.iter().count() <= 1
        && named.peek().is_some()
        && named.all(|named| named.eq_ignore_ascii_case(host.as_bytes()))
}

fn for_nobody() -> Response {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::MISDIRECTED_REQUEST;
    answer
}

/// Waits until the relay stops and whoever came in has asked for something: the system let them in, so that nobody
/// else would answer what they are about to ask.
async fn last_request(stopping: &mut Stopping, asked: &Notify) {
    stopping.wait().await;
    let _ = timeout(FIRST_WITHIN, asked.notified()).await;
}

impl Listener {
    /// Lets connections in until the relay stops.
    pub(crate) async fn accept(mut self) {
        let mut stopping = self.stopping.clone();
        let host = self.arrivals.host();
        loop {
            let next = tokio::select! {
                () = stopping.wait() => return,
                next = self.arrivals.next() => next,
            };
            match next {
                Some(Ok(arrived)) => {
                    // Where the process has none left for this program, the connection is closed at once.
                    if let Some(place) = self.places.take(arrived.from) {
                        self.serve(arrived, host.clone(), place);
                    }
                }
                Some(Err(error)) => {
                    tracing::warn!(kind = ?error.kind(), "a connection could not be let in");
                    sleep(BREATH).await;
                }
                None => return,
            }
        }
    }

    /// Answers one connection's requests, after its handshake. It gives its place back when it becomes a line, and goes
    /// where the place is another's before.
    fn serve(
        &self,
        Arrived { stream, from, read }: Arrived,
        host: Option<Arc<str>>,
        mut place: Place,
    ) {
        let (answers, asked) = self.answers(from, host);
        let tls = self.tls.clone();
        let (stopping, running) = (self.stopping.clone(), self.running.clone());
        tokio::spawn(async move {
            let served = async {
                let Some(begun) = begun(stream, read, tls, HANDSHAKE_WITHIN).await else { return };
                if begun.is_http_2() {
                    http2::serve(begun, answers, stopping).await;
                } else {
                    serve_on(begun, answers, &asked, stopping).await;
                }
            };
            let ended = timeout(PAGES_WITHIN, async {
                tokio::select! {
                    () = served => {}
                    () = place.given_away() => {}
                }
            });
            let _ = ended.await;
            drop(running);
        });
    }

    /// What answers the requests of a connection from here, and what is told of each.
    fn answers(&self, from: IpAddr, host: Option<Arc<str>>) -> (impl Answers, Arc<Notify>) {
        let routes = TowerToHyperService::new(self.router.clone());
        let asked = Arc::new(Notify::new());
        let asks = Arc::clone(&asked);
        // What comes next on it may be for another program, unless the handshake was with this one.
        let closes = host.is_some() && self.tls.is_none();
        let answers = service_fn(move |mut request: Request<Incoming>| {
            asks.notify_one();
            request.extensions_mut().insert(Peer(from));
            let own = host.as_ref().is_none_or(|host| asks_for(&request, host));
            let answer = own.then(|| routes.call(request));
            async move {
                let mut answer = match answer {
                    Some(answer) => answer.await?,
                    None => for_nobody(),
                };
                if closes && answer.status() != StatusCode::SWITCHING_PROTOCOLS {
                    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                }
                Ok::<_, Infallible>(answer)
            }
        });
        (answers, asked)
    }
}

/// A connection, once it is as safe as the door wants it, and what of it was read before. Nothing where a handshake
/// fails or takes too long, which is the device's affair, and nothing to log.
async fn begun(
    stream: TcpStream,
    read: Vec<u8>,
    tls: Option<Arc<Tls>>,
    within: Duration,
) -> Option<Begun> {
    let Some(tls) = tls else { return Some(Begun::new(Carrier::Plain(stream), read)) };
    let secured = timeout(within, tls.accept(stream, read)).await.ok()?.ok()?;
    Some(Begun::new(Carrier::Tls(Box::new(secured)), Vec::new()))
}

/// How a connection ends is the device's affair as well.
async fn serve_on(stream: Begun, answers: impl Answers, asked: &Notify, mut stopping: Stopping) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(HEAD_MAX)
        .serve_connection(TokioIo::new(stream), answers)
        .with_upgrades();
    let mut connection = Box::pin(connection);
    tokio::select! {
        _ended = connection.as_mut() => {}
        () = last_request(&mut stopping, asked) => {
            connection.as_mut().graceful_shutdown();
            let _ended = connection.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_handshake_that_does_not_end_is_ended() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let _silent = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let tls = Some(Tls::without_certificate());
        let patience = Duration::from_secs(60);
        let ended =
            timeout(patience, begun(stream, Vec::new(), tls, Duration::from_millis(1))).await;
        assert!(ended.expect("it is waited for no longer than so long").is_none());
    }
}
