//! A certificate and its key in files, and the newer ones that are put in their place while the relay runs.
//!
//! Files are looked at every few seconds. A pair that is of no use is told in the log by what is wrong with it, never
//! by what is in it, and the former goes on.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::client::verify_server_name;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};
use zeroize::Zeroizing;

use crate::config::CertificateFiles;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Bytes of the longest file: a chain of ten certificates, several times over.
const FILE_MAX: u64 = 256 * 1024;

/// Certificates in the longest chain.
const CHAIN_MAX: usize = 16;

/// Why a door has no certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsError {
    /// A file cannot be read.
    Unreadable {
        /// Which.
        file: PathBuf,
        /// Why, in the system's words.
        why: String,
    },
    /// A file is longer than any certificate.
    TooLong(PathBuf),
    /// There is no certificate in this file, or something else beside it.
    NoCertificate(PathBuf),
    /// There is no private key in this file that can be used.
    NoKey(PathBuf),
    /// The private key is another certificate's.
    DoesNotFit(PathBuf),
    /// The certificate is for another name.
    AnotherName {
        /// Where it is.
        file: PathBuf,
        /// The name that it should have.
        name: String,
    },
    /// The folder for what an authority gave cannot be used.
    Folder(String),
    /// The certificates that this system trusts cannot be read, so no authority can be asked.
    NothingTrusted,
    /// The cryptography beneath has not what TLS needs.
    NoCryptography,
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { file, why } => write!(f, "{} cannot be read: {why}", file.display()),
            Self::TooLong(file) => write!(f, "{} is too long for a certificate", file.display()),
            Self::NoCertificate(file) => {
                write!(f, "{} has no certificate in PEM, or one that is broken", file.display())
            }
            Self::NoKey(file) => {
                write!(f, "{} has no private key in PEM that can be used", file.display())
            }
            Self::DoesNotFit(file) => {
                write!(f, "the private key in {} is another certificate's", file.display())
            }
            Self::AnotherName { file, name } => {
                write!(f, "the certificate in {} is not for {name}", file.display())
            }
            Self::Folder(why) => {
                write!(f, "the folder for the certificate cannot be used: {why}")
            }
            Self::NothingTrusted => f.write_str(
                "this system trusts no certificates, so no authority can be asked for one: install its \
                 ca-certificates",
            ),
            Self::NoCryptography => f.write_str("the cryptography beneath has not what TLS needs"),
        }
    }
}

impl std::error::Error for TlsError {}

/// The certificate of now.
pub(super) struct Kept {
    files: CertificateFiles,
    host: String,
    /// Of the files, before they were read first.
    first: Stamps,
    now: RwLock<Arc<CertifiedKey>>,
}

/// When both files were changed last, and how long they are.
type Stamps = [Option<(SystemTime, u64)>; 2];

impl Kept {
    /// Reads both files, for a door at `host`.
    pub(super) fn read(files: &CertificateFiles, host: &str) -> Result<Arc<Self>, TlsError> {
        // Taken first: a pair that is put in their place from here on is a newer one, however long the start takes.
        let first = stamps(files);
        let now = RwLock::new(read(files, host)?);
        if open_to_all(&files.key) {
            tracing::warn!(
                "everybody on this computer can read the private key of the certificate"
            );
        }
        Ok(Arc::new(Self { files: files.clone(), host: host.to_owned(), first, now }))
    }

    /// Takes a newer pair when there is one, for ever.
    pub(super) async fn keep_new(self: Arc<Self>) {
        let mut looks = interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut look = self.before_the_first();
        loop {
            looks.tick().await;
            let kept = Arc::clone(&self);
            match spawn_blocking(move || kept.look(look)).await {
                Ok(next) => look = next,
                // The runtime ends.
                Err(_) => return,
            }
        }
    }

    fn before_the_first(&self) -> Look {
        Look { taken: self.first, faulty: None }
    }

    /// Looks once. A pair is put in place one file after the other: what does not fit is told only when it is still
    /// the same at the next look.
    fn look(&self, before: Look) -> Look {
        let stamps = stamps(&self.files);
        if stamps == before.taken {
            return Look { faulty: None, ..before };
        }
        match (read(&self.files, &self.host), before.faulty) {
            (Ok(pair), _) => {
                *self.now.write().unwrap_or_else(PoisonError::into_inner) = pair;
                tracing::info!("a new certificate is in use");
                Look { taken: stamps, faulty: None }
            }
            (Err(error), Some(faulty)) if faulty.stamps == stamps => {
                if !faulty.told {
                    tracing::error!(%error, "the new certificate is of no use, and the former goes on");
                }
                Look { faulty: Some(Faulty { told: true, ..faulty }), ..before }
            }
            (Err(_), _) => Look { faulty: Some(Faulty { stamps, told: false }), ..before },
        }
    }
}

fn stamps(CertificateFiles { certificate, key }: &CertificateFiles) -> Stamps {
    [certificate, key].map(|file| {
        let about = std::fs::metadata(file).ok()?;
        Some((about.modified().ok()?, about.len()))
    })
}

/// What was seen at the last look.
#[derive(Clone, Copy)]
struct Look {
    /// The pair that is in use.
    taken: Stamps,
    faulty: Option<Faulty>,
}

/// A pair that is of no use.
#[derive(Clone, Copy)]
struct Faulty {
    stamps: Stamps,
    told: bool,
}

impl ResolvesServerCert for Kept {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("files", &self.files).finish_non_exhaustive()
    }
}

fn read(files: &CertificateFiles, host: &str) -> Result<Arc<CertifiedKey>, TlsError> {
    let CertificateFiles { certificate, key } = files;
    let chain =
        chain(&bytes(certificate)?).ok_or_else(|| TlsError::NoCertificate(certificate.clone()))?;
    let another = || TlsError::AnotherName { file: certificate.clone(), name: host.to_owned() };
    let parsed = chain.first().and_then(|own| ParsedCertificate::try_from(own).ok());
    let parsed = parsed.ok_or_else(|| TlsError::NoCertificate(certificate.clone()))?;
    let name = ServerName::try_from(host).map_err(|_| another())?;
    verify_server_name(&parsed, &name).map_err(|_| another())?;
    let private =
        PrivateKeyDer::from_pem_slice(&bytes(key)?).map_err(|_| TlsError::NoKey(key.clone()))?;
    let pair = CertifiedKey::from_der(chain, private, &super::provider());
    pair.map(Arc::new).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => TlsError::DoesNotFit(key.clone()),
        _ => TlsError::NoKey(key.clone()),
    })
}

/// The certificates in a text, where there are any and nothing is wrong with one.
fn chain(pem: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    let chain: Result<Vec<_>, _> =
        CertificateDer::pem_slice_iter(pem).take(CHAIN_MAX + 1).collect();
    chain.ok().filter(|chain| (1..=CHAIN_MAX).contains(&chain.len()))
}

fn bytes(file: &Path) -> Result<Zeroizing<Vec<u8>>, TlsError> {
    let unreadable =
        |error: io::Error| TlsError::Unreadable { file: file.to_owned(), why: error.to_string() };
    let opened = File::open(file).map_err(unreadable)?;
    // All the room at once: a text that grows leaves its former places behind.
    let room = usize::try_from(FILE_MAX + 1).unwrap_or_default();
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    opened.take(FILE_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() < room { Ok(bytes) } else { Err(TlsError::TooLong(file.to_owned())) }
}

#[cfg(unix)]
fn open_to_all(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(file).is_ok_and(|about| about.permissions().mode() & 0o007 != 0)
}

#[cfg(not(unix))]
fn open_to_all(_file: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Puts a pair for `localhost` into the place of another; the certificate.
    fn put(files: &CertificateFiles, comment: &str) -> Vec<u8> {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(&files.certificate, format!("{comment}{}", made.cert.pem())).unwrap();
        std::fs::write(&files.key, made.key_pair.serialize_pem()).unwrap();
        made.cert.der().to_vec()
    }

    fn in_use(kept: &Kept) -> Vec<u8> {
        kept.now.read().unwrap().cert[0].to_vec()
    }

    fn files() -> (tempfile::TempDir, CertificateFiles) {
        let folder = tempfile::tempdir().unwrap();
        let [certificate, key] = ["chain.pem", "key.pem"].map(|name| folder.path().join(name));
        (folder, CertificateFiles { certificate, key })
    }

    #[test]
    fn a_pair_that_is_put_in_place_while_the_relay_starts_is_taken() {
        let (_folder, files) = files();
        let first = put(&files, "");
        let kept = Kept::read(&files, "localhost").unwrap();
        assert_eq!(in_use(&kept), first);
        let newer = put(&files, "# renewed\n");
        kept.look(kept.before_the_first());
        assert_eq!(in_use(&kept), newer);
    }

    #[cfg(unix)]
    #[test]
    fn a_key_may_be_its_groups_and_not_everybodys() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_folder, files) = files();
        put(&files, "");
        for (mode, open) in [(0o600, false), (0o640, false), (0o644, true), (0o641, true)] {
            let mode = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(&files.key, mode).unwrap();
            assert_eq!(open_to_all(&files.key), open);
        }
    }
}
