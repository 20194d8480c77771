//! A certificate that the relay asks an authority for and renews by itself: ACME (RFC 8555), where the authority looks
//! for its answer at this door's own listener (TLS-ALPN-01, RFC 8737).
//!
//! The key of the account and the certificate with its key are in `tls` in the state folder, for the relay's own user
//! alone. The authority learns the name of the host and publishes it, as every authority does with every certificate.

use std::fs::DirBuilder;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt as _;
use rustls::server::ResolvesServerCert;
use rustls::{ClientConfig, RootCertStore};
use rustls_acme::acme::ACME_TLS_ALPN_NAME;
use rustls_acme::{AccountCache, AcmeConfig, AcmeState, CertCache, EventError, EventOk};
use sha2::{Digest as _, Sha256};
use tokio::time::sleep;

use super::TlsError;
use crate::config::Acme;
use crate::private;

/// What the authority calls its look at the door.
pub(super) const PROTOCOL: &[u8] = ACME_TLS_ALPN_NAME;

/// How long to wait after an authority gave none. Let's Encrypt looks at a door five times an hour, and then no more.
const AGAIN_AFTER: Duration = Duration::from_secs(15 * 60);

/// Gives out the certificate of now, and a future that gets it and keeps it new.
pub(super) fn ask(
    asked: &Acme,
    host: &str,
    state: &Path,
) -> Result<(Arc<dyn ResolvesServerCert>, impl Future<Output = ()> + Send + 'static), TlsError> {
    let folder = Folder::make(&state.join(super::FOLDER));
    let folder = folder.map_err(|error| TlsError::Folder(error.to_string()))?;
    let contact = asked.contact.iter().map(|address| format!("mailto:{address}"));
    let state = AcmeConfig::new_with_client_config([host], Arc::new(client()?))
        .contact(contact)
        .directory(&asked.directory)
        .cache(folder)
        .state();
    let resolver = state.resolver();
    Ok((resolver, keep_new(state)))
}

/// Asks whenever it is time, and says how that went. Nothing of what an authority says is written but its kind.
async fn keep_new(mut state: AcmeState<io::Error>) {
    while let Some(event) = state.next().await {
        match event {
            Ok(EventOk::DeployedNewCert) => tracing::info!("a new certificate is in use"),
            Ok(_) => {}
            Err(EventError::Order(error)) => {
                tracing::error!(%error, "the authority gave no certificate, and is asked again later");
                sleep(AGAIN_AFTER).await;
            }
            Err(error) => tracing::error!(%error, "the certificate could not be kept or read"),
        }
    }
}

/// How an authority is asked: over TLS, with the certificates that this system trusts.
fn client() -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore::empty();
    let (trusted, _) =
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if trusted == 0 {
        return Err(TlsError::NothingTrusted);
    }
    Ok(ClientConfig::builder_with_provider(super::provider())
        .with_safe_default_protocol_versions()
        .map_err(|_| TlsError::NoCryptography)?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// What an authority gave, in files of the relay's own user.
struct Folder(PathBuf);

impl Folder {
    fn make(path: &Path) -> io::Result<Self> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt as _;
            builder.mode(0o700);
        }
        builder.create(path)?;
        Ok(Self(path.to_owned()))
    }

    /// Where something of this kind is, for these names at this authority.
    fn file(&self, kind: &str, names: &[String], directory: &str) -> PathBuf {
        let mut hash = Sha256::new();
        for name in names.iter().map(String::as_str).chain([directory]) {
            hash.update(name);
            hash.update([0]);
        }
        let digits: String =
            hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        self.0.join(format!("{kind}-{digits}"))
    }
}

fn load(file: &Path) -> io::Result<Option<Vec<u8>>> {
    match std::fs::read(file) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[async_trait]
impl CertCache for Folder {
    type EC = io::Error;

    async fn load_cert(&self, names: &[String], directory: &str) -> io::Result<Option<Vec<u8>>> {
        load(&self.file("certificate", names, directory))
    }

    async fn store_cert(&self, names: &[String], directory: &str, cert: &[u8]) -> io::Result<()> {
        private::store(&self.file("certificate", names, directory), cert)
    }
}

#[async_trait]
impl AccountCache for Folder {
    type EA = io::Error;

    async fn load_account(&self, names: &[String], directory: &str) -> io::Result<Option<Vec<u8>>> {
        load(&self.file("account", names, directory))
    }

    async fn store_account(&self, names: &[String], directory: &str, key: &[u8]) -> io::Result<()> {
        private::store(&self.file("account", names, directory), key)
    }
}
