//! TLS that the relay speaks itself (`features.md` 6.7; `docs/decisions/0043`).
//!
//! TLS 1.3, with the key exchange X25519MLKEM768 before all others, so that what is recorded of a connection is not
//! opened by a later quantum computer; at the survivors' door TLS 1.2 as well, for old telephones. No session is ever
//! taken up again: a ticket would tell the relay that the same browser came before. What it does not protect: the name
//! of the host stands in the first message of every connection, and how much is sent, and when, shows on the way.

mod acme;
mod files;
mod stream;

use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::{NoServerSessionStorage, ResolvesServerCert};
use rustls::version::{TLS12, TLS13};
use rustls::{ServerConfig, SupportedProtocolVersion};
use tokio::net::TcpStream;

pub use files::TlsError;
pub(crate) use stream::TlsStream;

use crate::config;
use crate::pages::Which;

/// What authorities gave, in the state folder.
pub(crate) const FOLDER: &str = "tls";

/// What browsers call the two kinds of HTTP in a handshake (RFC 7301), the one that is taken first where they have both.
const HTTP: [&[u8]; 2] = [HTTP_2, b"http/1.1"];
const HTTP_2: &[u8] = b"h2";

/// TLS at one door.
pub(crate) struct Tls {
    config: Arc<ServerConfig>,
}

/// The same, and what keeps its certificate new for as long as it is polled.
pub(crate) struct Secured {
    pub(crate) tls: Arc<Tls>,
    pub(crate) keep_new: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Tls {
    /// As the configuration has it, for the door at `host`. Nobody is asked for anything yet.
    pub(crate) fn open(
        of: &config::Tls,
        host: &str,
        which: Which,
        state: &Path,
    ) -> Result<Secured, TlsError> {
        match of {
            config::Tls::Files(pair) => {
                let kept = files::Kept::read(pair, host)?;
                let config = server(which, Arc::clone(&kept) as _, &HTTP)?;
                Ok(Secured { tls: Self::over(config), keep_new: Box::pin(kept.keep_new()) })
            }
            config::Tls::Acme(asked) => {
                let (resolver, keep_new) = acme::ask(asked, host, state)?;
                let config = server(which, resolver, &[&HTTP[..], &[acme::PROTOCOL]].concat())?;
                Ok(Secured { tls: Self::over(config), keep_new: Box::pin(keep_new) })
            }
        }
    }

    fn over(config: ServerConfig) -> Arc<Self> {
        Arc::new(Self { config: Arc::new(config) })
    }

    /// With no certificate: no handshake with it comes to an end.
    #[cfg(test)]
    pub(crate) fn without_certificate() -> Arc<Self> {
        let nobody = Arc::new(rustls::server::ResolvesServerCertUsingSni::new());
        Self::over(server(Which::Desk, nobody, &HTTP).unwrap())
    }

    /// The handshake of one connection, of which this was read already. How long it may take is the caller's affair.
    pub(crate) async fn accept(&self, socket: TcpStream, read: Vec<u8>) -> io::Result<TlsStream> {
        let stream = TlsStream::accept(&self.config, socket, read).await?;
        if stream.alpn_protocol() == Some(acme::PROTOCOL) {
            // The authority has seen in the handshake what it wanted to see.
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        Ok(stream)
    }
}

/// Whether the browser asked for HTTP/2, and gets it.
pub(crate) fn is_http_2(stream: &TlsStream) -> bool {
    stream.alpn_protocol() == Some(HTTP_2)
}

/// The cryptography beneath: one for the whole program, with the hybrid key exchange first.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// The newest alone: staff's page needs a browser that speaks it.
static NEWEST: [&SupportedProtocolVersion; 1] = [&TLS13];

/// A survivor's telephone may be ten years old, and the ways to call and to leave are of use on it.
static NEWEST_AND_FORMER: [&SupportedProtocolVersion; 2] = [&TLS13, &TLS12];

fn versions(which: Which) -> &'static [&'static SupportedProtocolVersion] {
    match which {
        Which::Survivor => &NEWEST_AND_FORMER,
        Which::Desk | Which::Practice | Which::Console => &NEWEST,
    }
}

fn server(
    which: Which,
    certificates: Arc<dyn ResolvesServerCert>,
    protocols: &[&[u8]],
) -> Result<ServerConfig, TlsError> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(versions(which))
        .map_err(|_| TlsError::NoCryptography)?
        .with_no_client_auth()
        .with_cert_resolver(certificates);
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}
