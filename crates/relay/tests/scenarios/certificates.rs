//! Certificates that a test makes, and what a browser with its own idea of TLS gets.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{CertificateParams, CertifiedKey, KeyPair};
use rustls::client::ClientSessionMemoryCache;
use rustls::crypto::aws_lc_rs::{default_provider, kx_group};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use stillroom_relay::{CertificateFiles, Config, Tls};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A certificate in files, as an authority's helper would put it there.
pub(crate) struct Certificate {
    made: CertifiedKey,
}

impl Certificate {
    pub(crate) fn of(name: &str) -> Self {
        Self::of_all(&[name])
    }

    /// One for all of these names.
    pub(crate) fn of_all(names: &[&str]) -> Self {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let params = CertificateParams::new(names).unwrap();
        let key_pair = KeyPair::generate().unwrap();
        let cert = params.self_signed(&key_pair).unwrap();
        Self { made: CertifiedKey { cert, key_pair } }
    }

    pub(crate) fn der(&self) -> &CertificateDer<'static> {
        self.made.cert.der()
    }

    pub(crate) fn pem(&self) -> String {
        self.made.cert.pem()
    }

    pub(crate) fn key(&self) -> String {
        self.made.key_pair.serialize_pem()
    }

    /// Whoever shows it to servers, and trusts them if they have the same.
    pub(crate) fn as_server(&self) -> TlsConnector {
        let mut trusted = RootCertStore::empty();
        trusted.add(self.der().clone()).unwrap();
        let key = PrivateKeyDer::try_from(self.made.key_pair.serialize_der()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(trusted)
            .with_client_auth_cert(vec![self.der().clone()], key)
            .unwrap();
        TlsConnector::from(Arc::new(config))
    }

    /// Puts both files in place.
    pub(crate) fn put(&self, files: &CertificateFiles) {
        std::fs::write(&files.certificate, self.pem()).unwrap();
        std::fs::write(&files.key, self.key()).unwrap();
    }
}

/// Where a test has its files.
pub(crate) fn files(folder: &Path) -> CertificateFiles {
    CertificateFiles { certificate: folder.join("chat.pem"), key: folder.join("chat.key") }
}

/// The same, as the configuration says it.
pub(crate) fn tls(folder: &Path) -> Option<Tls> {
    Some(Tls::Files(files(folder)))
}

/// Has the survivors' door speak TLS with this certificate. The folder of its files.
pub(crate) fn survivors_by_tls(config: &mut Config, certificate: &Certificate) -> PathBuf {
    let folder = config.program.file.parent().unwrap().to_owned();
    certificate.put(&files(&folder));
    config.survivor.origin = Some("https://localhost:7443".parse().unwrap());
    config.survivor.tls = tls(&folder);
    folder
}

/// Which groups a browser offers.
#[derive(Clone, Copy)]
pub(crate) enum Offers {
    /// The hybrid one and an older one, as browsers of today.
    Hybrid,
    /// Older ones alone.
    Older,
}

/// A browser's TLS, which trusts this certificate.
pub(crate) fn browser(
    trusts: &Certificate,
    offers: Offers,
    versions: &[&'static SupportedProtocolVersion],
) -> ClientConfig {
    let mut provider = default_provider();
    provider.kx_groups = match offers {
        Offers::Hybrid => vec![kx_group::X25519MLKEM768, kx_group::X25519],
        Offers::Older => vec![kx_group::X25519, kx_group::SECP256R1],
    };
    let mut roots = RootCertStore::empty();
    roots.add(trusts.der().clone()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.resumption =
        rustls::client::Resumption::store(Arc::new(ClientSessionMemoryCache::new(8)));
    config
}

/// Connects with it.
pub(crate) async fn connect(
    config: &Arc<ClientConfig>,
    relay: SocketAddr,
) -> std::io::Result<TlsStream<TcpStream>> {
    connect_to(config, relay, "localhost").await
}

/// Connects with it to this name, or address.
pub(crate) async fn connect_to(
    config: &Arc<ClientConfig>,
    relay: SocketAddr,
    name: &str,
) -> std::io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(relay).await.unwrap();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    TlsConnector::from(Arc::clone(config)).connect(name, stream).await
}
