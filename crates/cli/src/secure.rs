//! TLS as this program speaks it when it asks somebody: one cryptography, and the certificates that this system trusts.

use std::sync::Arc;

use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};

use crate::failure::Failure;

/// What every part of this program speaks TLS with, libraries that ask nobody among them.
pub(crate) fn for_all() {
    // Only the first is taken, and there is none before.
    let _ = aws_lc_rs::default_provider().install_default();
}

/// The cryptography beneath.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// Whom this system trusts to vouch for names.
pub(crate) fn trusted() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    // One that cannot be read is as good as one that is not there: what it vouches for is not trusted.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

/// A client of either version that browsers speak.
///
/// # Errors
/// The cryptography beneath has not what TLS needs.
pub(crate) fn client() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, Failure> {
    ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions().map_err(
        |error| {
            Failure::new(format!("This program cannot speak TLS: {error}."), "Tell its makers.")
        },
    )
}
