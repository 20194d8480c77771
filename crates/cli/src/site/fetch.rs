//! One question to a web server and its answer, as a browser would get it: HTTP/1.1 (where it is said, HTTP/2), over TLS
//! with the certificates that this system trusts, unpacked. No redirect is followed and nothing is remembered.
//!
//! Everything in an answer comes from outside: each has a longest size, packed and unpacked, and a longest
//! time.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::{http1, http2};
use hyper::header::{ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, HOST};
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use stillroom_relay::Origin;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::secure;

/// Bytes of the longest answer: ten times the largest file of a page.
const ANSWER_MAX: usize = 8 * 1024 * 1024;

/// How long one answer may take: a whole desk at 20 KB a second.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// Forms in which an answer may travel. A server could alter one and leave the others.
pub(super) const FORMS: [&str; 3] = ["identity", "gzip", "br"];

/// HTTP/2 as TLS names it (RFC 9113 section 3.2).
const HTTP_2: &[u8] = b"h2";

/// The side of a connection on which requests are made.
enum Sender {
    Http1(http1::SendRequest<Full<Bytes>>),
    Http2(http2::SendRequest<Full<Bytes>>),
}

impl Sender {
    /// Whether the connection stands and takes a request.
    async fn is_ready(&mut self) -> bool {
        match self {
            Self::Http1(sender) => sender.ready().await.is_ok(),
            Self::Http2(sender) => sender.ready().await.is_ok(),
        }
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, String> {
        match self {
            Self::Http1(sender) => sender.send_request(request).await,
            Self::Http2(sender) => sender.send_request(request).await,
        }
        .map_err(not_whole)
    }
}

/// Where a server is.
pub(crate) struct Place {
    pub(crate) host: String,
    pub(crate) port: u16,
    authority: String,
}

/// A web server.
pub(crate) struct Server {
    place: Place,
    is_tls: bool,
    /// Whether it is asked by HTTP/2 alone.
    by_http_2: bool,
}

/// What it answered.
pub(crate) struct Answer {
    pub(super) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Unpacked.
    pub(super) body: Vec<u8>,
}

impl Place {
    /// Where browsers look for this origin.
    pub(crate) fn of(origin: &Origin) -> Self {
        let authority = origin.as_str().split_once("://").map_or("", |(_, authority)| authority);
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()),
            _ => (authority, None),
        };
        Self {
            host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
            port: port.unwrap_or(if origin.is_tls() { 443 } else { 80 }),
            authority: authority.to_owned(),
        }
    }
}

impl Server {
    /// The server at this address. Nothing is asked yet.
    pub(crate) fn at(origin: &Origin) -> Self {
        Self { place: Place::of(origin), is_tls: origin.is_tls(), by_http_2: false }
    }

    /// The same, asked by HTTP/2 alone, which it must speak over TLS. For a connection that is [`Kept`].
    pub(crate) fn by_http_2(self) -> Self {
        Self { by_http_2: true, ..self }
    }

    /// Asks for `path`, taking the answer in one of [`FORMS`].
    ///
    /// # Errors
    /// What went wrong, in words.
    pub(crate) async fn get(&self, path: &str, form: &str) -> Result<Answer, String> {
        let request = Request::get(path)
            .header(HOST, &self.place.authority)
            .header(ACCEPT, "*/*")
            .header(ACCEPT_ENCODING, form)
            .header(CONNECTION, "close")
            .body(Full::default())
            .map_err(|error| format!("it cannot be asked for: {error}"))?;
        let answer = timeout(ANSWER_WITHIN, self.ask(request)).await;
        answer.unwrap_or_else(|_| Err(late()))
    }

    /// Posts `body` to `path`; whether it was taken. The answer is of nothing.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub(crate) async fn post(&self, path: &str, body: Vec<u8>) -> Result<bool, String> {
        let request = Request::post(path)
            .header(HOST, &self.place.authority)
            .header(CONNECTION, "close")
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| format!("it cannot be posted: {error}"))?;
        let answer = timeout(ANSWER_WITHIN, self.ask(request)).await;
        let answer = answer.unwrap_or_else(|_| Err(late()))?;
        Ok(answer.status == StatusCode::NO_CONTENT)
    }

    async fn ask(&self, request: Request<Full<Bytes>>) -> Result<Answer, String> {
        let (mut sender, connection) = self.connect().await?;
        let answer = ask_over(&mut sender, request).await;
        connection.abort();
        answer
    }

    /// A connection, and the task that carries it.
    async fn connect(&self) -> Result<(Sender, JoinHandle<()>), String> {
        let Place { host, port, .. } = &self.place;
        let stream = TcpStream::connect((host.as_str(), *port))
            .await
            .map_err(|error| format!("there is no connection: {error}"))?;
        // What is posted is small and should not wait for more.
        let _ = stream.set_nodelay(true);
        if !self.is_tls && !self.by_http_2 {
            return carried(stream).await;
        }
        let name = ServerName::try_from(host.clone())
            .map_err(|_| "its name is none that a certificate can have".to_owned())?;
        let stream = tls(self.by_http_2)?
            .connect(name, stream)
            .await
            .map_err(|error| format!("the connection is not secure: {error}"))?;
        match (self.by_http_2, stream.get_ref().1.alpn_protocol()) {
            (false, _) => carried(stream).await,
            (true, Some(HTTP_2)) => carried_by_http_2(stream).await,
            (true, _) => Err("the server does not speak HTTP/2".to_owned()),
        }
    }

    /// The beginning of a post to `path`. By HTTP/2 the server's name is in the address, and not in a header.
    fn post_to(&self, path: &str) -> hyper::http::request::Builder {
        let authority = &self.place.authority;
        if self.by_http_2 {
            Request::post(format!("https://{authority}{path}"))
        } else {
            Request::post(path).header(HOST, authority)
        }
    }
}

/// A connection to a server that is kept from one request to the next, and made anew where it is gone.
pub(crate) struct Kept {
    server: Server,
    connection: Option<(Sender, JoinHandle<()>)>,
}

impl Kept {
    /// To this server. Nothing is asked yet.
    pub(crate) fn at(server: Server) -> Self {
        Self { server, connection: None }
    }

    /// Posts `body` to `path`: how it is answered, and the answer as it comes. There is no longest time.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub(crate) async fn post(
        &mut self,
        path: &str,
        body: Vec<u8>,
    ) -> Result<(StatusCode, Incoming), String> {
        let request = self
            .server
            .post_to(path)
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| format!("it cannot be posted: {error}"))?;
        let stands = match &mut self.connection {
            Some((sender, _)) => sender.is_ready().await,
            None => false,
        };
        if !stands {
            self.drop_connection();
            self.connection = Some(self.server.connect().await?);
        }
        let Some((sender, _)) = &mut self.connection else {
            return Err("there is no connection".to_owned());
        };
        let answer = sender.send(request).await?;
        Ok((answer.status(), answer.into_body()))
    }

    /// Lets go of the connection, whatever it still carries.
    pub(crate) fn drop_connection(&mut self) {
        if let Some((_, connection)) = self.connection.take() {
            connection.abort();
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.drop_connection();
    }
}

fn not_whole(error: hyper::Error) -> String {
    format!("the answer is not whole: {error}")
}

async fn carried(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) -> Result<(Sender, JoinHandle<()>), String> {
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(not_whole)?;
    let connection = tokio::spawn(async {
        // How the connection ends is said by the answer.
        let _ = connection.await;
    });
    Ok((Sender::Http1(sender), connection))
}

async fn carried_by_http_2(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) -> Result<(Sender, JoinHandle<()>), String> {
    let opening = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
    let (sender, connection) = opening.map_err(not_whole)?;
    let connection = tokio::spawn(async {
        // As above.
        let _ = connection.await;
    });
    Ok((Sender::Http2(sender), connection))
}

async fn ask_over(sender: &mut Sender, request: Request<Full<Bytes>>) -> Result<Answer, String> {
    let (head, body) = sender.send(request).await?.into_parts();
    let body = Limited::new(body, ANSWER_MAX)
        .collect()
        .await
        .map_err(|error| format!("the answer is not whole: {error}"))?
        .to_bytes();
    let body = unpacked(&head.headers, &body)?;
    Ok(Answer { status: head.status, headers: head.headers, body })
}

fn late() -> String {
    "there was no whole answer within half a minute".to_owned()
}

impl Answer {
    /// What a header says; several lines of the same name are joined, as browsers do.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let lines: Vec<_> = self.headers.get_all(name).iter().collect();
        let text = |line: &&hyper::header::HeaderValue| {
            line.to_str().unwrap_or_default().trim().to_owned()
        };
        (!lines.is_empty()).then(|| lines.iter().map(text).collect::<Vec<_>>().join(", "))
    }
}

fn tls(by_http_2: bool) -> Result<TlsConnector, String> {
    let config = secure::client().map_err(|failure| failure.what().to_owned())?;
    let mut config = config.with_root_certificates(secure::trusted()).with_no_client_auth();
    if by_http_2 {
        config.alpn_protocols = vec![HTTP_2.to_vec()];
    }
    Ok(TlsConnector::from(Arc::new(config)))
}

fn unpacked(headers: &HeaderMap, body: &[u8]) -> Result<Vec<u8>, String> {
    let form = headers.get(CONTENT_ENCODING).map(|form| form.to_str().unwrap_or_default());
    match form.map(str::to_ascii_lowercase).as_deref() {
        None | Some("identity" | "") => Ok(body.to_vec()),
        Some("gzip") => whole(flate2::read::MultiGzDecoder::new(body)),
        Some("br") => whole(brotli::Decompressor::new(body, 4096)),
        Some(_) => Err("it is packed in a way that was not asked for".to_owned()),
    }
}

fn whole(packed: impl Read) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    let most = u64::try_from(ANSWER_MAX).unwrap_or(u64::MAX);
    packed
        .take(most + 1)
        .read_to_end(&mut body)
        .map_err(|_| "it is not packed as it says".to_owned())?;
    if body.len() > ANSWER_MAX { Err("it is far too long".to_owned()) } else { Ok(body) }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn packed_as(form: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_ENCODING, hyper::header::HeaderValue::from_static(form))])
    }

    #[test]
    fn an_address_is_taken_apart() {
        let place = Place::of(&"http://[::1]:8080".parse().unwrap());
        assert_eq!((place.host.as_str(), place.port), ("::1", 8080));
        assert_eq!(Place::of(&"http://localhost".parse().unwrap()).port, 80);
    }

    #[test]
    fn what_unpacks_without_end_is_not_unpacked() {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(&vec![0; ANSWER_MAX + 1]).unwrap();
        let bomb = packer.finish().unwrap();
        assert!(bomb.len() < 20_000);
        assert_eq!(unpacked(&packed_as("gzip"), &bomb), Err("it is far too long".to_owned()));
    }

    #[test]
    fn what_is_not_packed_as_it_says_is_refused() {
        for form in ["gzip", "br", "zstd"] {
            assert!(unpacked(&packed_as(form), b"plain words").is_err(), "{form}");
        }
        assert_eq!(unpacked(&HeaderMap::new(), b"plain words").as_deref(), Ok(&b"plain words"[..]));
    }
}
