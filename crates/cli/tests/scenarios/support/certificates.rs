//! An authority of a test's own, whom the binary trusts where it is told so, and certificates of it.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, IsCa, KeyPair, date_time_ymd,
};

use super::file;

const DAY: u64 = 24 * 60 * 60;

/// Who vouches for names.
pub(crate) struct Authority {
    certificate: Certificate,
    key: KeyPair,
    /// Its own certificate, for whoever is to trust it.
    pub(crate) file: PathBuf,
}

impl Authority {
    /// A new one, in this folder.
    pub(crate) fn new(folder: &Path) -> Self {
        let key = KeyPair::generate().expect("a key can be made");
        let mut params = CertificateParams::new(Vec::new()).expect("it has no names");
        let called = folder.display().to_string();
        params.distinguished_name.push(DnType::CommonName, called);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).expect("it vouches for itself");
        let file = file(folder, "authority.pem", &certificate.pem());
        Self { certificate, key, file }
    }

    /// Puts a certificate for this name into `chat.pem` and `chat.key`, which holds from so many days ago until in so
    /// many days.
    pub(crate) fn certify(&self, folder: &Path, name: &str, ago: u64, until: i64) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs();
        let at = |seconds| date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds);
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        params.not_before = at(now - ago * DAY);
        params.not_after = at(now.checked_add_signed(until * DAY as i64).expect("a time"));
        let key = KeyPair::generate().expect("a key can be made");
        let certificate = params.signed_by(&key, &self.certificate, &self.key);
        file(folder, "chat.pem", &certificate.expect("it can be signed").pem());
        file(folder, "chat.key", &key.serialize_pem());
    }
}
