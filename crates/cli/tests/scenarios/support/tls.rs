//! TLS as a browser speaks it, to the real binary.

use std::io::{self, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// A browser that trusts whom this file has.
pub(crate) fn browser(trusted: &Path) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    let trusted = CertificateDer::from_pem_file(trusted).expect("a certificate");
    roots.add(trusted).expect("it can be trusted");
    ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("there are versions")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// A connection over which this path at this host was asked for, by a browser that trusts whom the file has; the answer
/// is to be read. Its handshake is done, or why it was not is the error.
pub(crate) fn ask(
    host: &str,
    port: u16,
    path: &str,
    trusted: &Path,
) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
    let head = format!("GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n");
    say(host, port, &head, trusted)
}

/// The same of any request.
pub(crate) fn say(
    host: &str,
    port: u16,
    request: &str,
    trusted: &Path,
) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
    let name = ServerName::try_from(host.to_owned()).expect("a name");
    let connection =
        ClientConnection::new(Arc::new(browser(trusted)), name).expect("a browser can begin");
    let mut stream = StreamOwned::new(connection, TcpStream::connect(("127.0.0.1", port))?);
    stream.write_all(request.as_bytes())?;
    Ok(stream)
}
