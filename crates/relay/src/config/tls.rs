//! How a door speaks TLS (`features.md` 6.7; `docs/decisions/0043`).

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Where Let's Encrypt is asked.
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

/// Where it is asked for certificates that no browser believes.
const LETS_ENCRYPT_STAGING: &str = "https://acme-staging-v02.api.letsencrypt.org/directory";

/// Where a door's certificate comes from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub enum Tls {
    /// From files that somebody else renews.
    Files(CertificateFiles),
    /// From an authority that the relay asks by itself.
    Acme(Acme),
}

/// A certificate and its key, in files that are looked at again while the relay runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The certificate and those that vouch for it, in PEM, the door's own first.
    pub certificate: PathBuf,
    /// Its private key, in PEM.
    pub key: PathBuf,
}

/// An authority that is asked by ACME (RFC 8555), which looks for its answer at this door (TLS-ALPN-01, RFC 8737).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acme {
    /// The e-mail address that the authority writes to, if any.
    pub contact: Option<String>,
    /// Where it is asked.
    pub directory: String,
}

/// As it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    acme: Option<WrittenAcme>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAcme {
    contact: Option<String>,
    #[serde(default)]
    staging: bool,
    directory: Option<String>,
}

impl TryFrom<Written> for Tls {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        match written {
            Written { certificate: Some(certificate), key: Some(key), acme: None } => {
                Ok(Self::Files(CertificateFiles { certificate, key }))
            }
            Written { certificate: None, key: None, acme: Some(acme) } => {
                acme.try_into().map(Self::Acme)
            }
            _ => Err("`tls` has either `certificate` and `key`, or `acme`"),
        }
    }
}

impl TryFrom<WrittenAcme> for Acme {
    type Error = &'static str;

    fn try_from(
        WrittenAcme { contact, staging, directory }: WrittenAcme,
    ) -> Result<Self, Self::Error> {
        let directory = match (directory, staging) {
            (Some(_), true) => {
                return Err(
                    "`staging` is Let's Encrypt's: leave it out where `directory` names another",
                );
            }
            (Some(directory), false) => directory,
            (None, true) => LETS_ENCRYPT_STAGING.to_owned(),
            (None, false) => LETS_ENCRYPT.to_owned(),
        };
        if !directory.starts_with("https://") {
            return Err("`directory` starts with https://");
        }
        let is_address = |contact: &String| {
            contact.contains('@') && !contact.contains([':', ',', ' ', '?', '\n'])
        };
        if contact.as_ref().is_some_and(|contact| !is_address(contact)) {
            return Err("`contact` is one e-mail address, with nothing before it");
        }
        Ok(Self { contact, directory })
    }
}

impl Tls {
    /// Takes relative paths from this folder.
    pub(super) fn take_from(&mut self, folder: &Path) {
        if let Self::Files(CertificateFiles { certificate, key }) = self {
            *certificate = folder.join(&*certificate);
            *key = folder.join(&*key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tls(text: &str) -> Result<Tls, String> {
        toml::from_str(text).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn a_certificate_comes_from_files_or_from_an_authority() {
        let files = tls("certificate = \"a.pem\"\nkey = \"b.pem\"").unwrap();
        assert!(matches!(files, Tls::Files(_)));
        let Tls::Acme(asked) = tls("acme = {}").unwrap() else { panic!("an authority is named") };
        assert_eq!(asked.directory, LETS_ENCRYPT);
        let Tls::Acme(asked) =
            tls("acme.staging = true\nacme.contact = \"a@example.org\"").unwrap()
        else {
            panic!("an authority is named")
        };
        assert_eq!(asked.directory, LETS_ENCRYPT_STAGING);
    }

    #[test]
    fn what_says_both_or_half_is_refused() {
        for text in [
            "",
            "key = \"b.pem\"",
            "certificate = \"a.pem\"",
            "certificate = \"a.pem\"\nkey = \"b.pem\"\nacme = {}",
        ] {
            assert!(tls(text).unwrap_err().contains("either"), "{text}");
        }
        assert!(tls("acme = { staging = true, directory = \"https://a.example\" }").is_err());
        assert!(tls("acme.directory = \"http://a.example\"").unwrap_err().contains("https://"));
        assert!(tls("acme.contact = \"mailto:a@example.org\"").unwrap_err().contains("e-mail"));
        assert!(tls("certificat = \"a.pem\"").unwrap_err().contains("certificat"));
    }
}
