//! One question to a web server and its answer, as a browser would get it: HTTP/1.1, over TLS with the
//! certificates that this system trusts, unpacked. No redirect is followed and nothing is remembered.
//!
//! Everything in an answer comes from outside: each has a longest size, packed and unpacked, and a longest
//! time.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, HOST};
use hyper::{HeaderMap, Request, StatusCode};
use hyper_util::rt::TokioIo;
use stillroom_relay::Origin;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
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
        Self { place: Place::of(origin), is_tls: origin.is_tls() }
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
        let Place { host, port, .. } = &self.place;
        let stream = TcpStream::connect((host.as_str(), *port))
            .await
            .map_err(|error| format!("there is no connection: {error}"))?;
        if !self.is_tls {
            return ask_over(stream, request).await;
        }
        let name = ServerName::try_from(host.clone())
            .map_err(|_| "its name is none that a certificate can have".to_owned())?;
        let stream = tls()?
            .connect(name, stream)
            .await
            .map_err(|error| format!("the connection is not secure: {error}"))?;
        ask_over(stream, request).await
    }
}

async fn ask_over(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
) -> Result<Answer, String> {
    let failed = |error: hyper::Error| format!("the answer is not whole: {error}");
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(failed)?;
    // How the connection ends is said by the answer.
    let connection = tokio::spawn(connection);
    let (head, body) = sender.send_request(request).await.map_err(failed)?.into_parts();
    let body = Limited::new(body, ANSWER_MAX)
        .collect()
        .await
        .map_err(|error| format!("the answer is not whole: {error}"))?
        .to_bytes();
    connection.abort();
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

fn tls() -> Result<TlsConnector, String> {
    let config = secure::client().map_err(|failure| failure.what().to_owned())?;
    let config = config.with_root_certificates(secure::trusted()).with_no_client_auth();
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
