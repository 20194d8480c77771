//! What a page consists of that the program gives out itself: every file with its hash, signed by an
//! administrator (`features.md` 6.5).
//!
//! Whoever has the fingerprint of the root key can hold what a server gives out against it. It cannot say
//! what a server gives to somebody else, nor whether the files do what they should: that is for whoever
//! builds the release anew and compares.

use core::time::Duration;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use stillroom_wire::{Bytes, List, Text, decode, encode};

use crate::certificate::{CertificateError, Chain};
use crate::device::Device;
use crate::keys::{Fingerprint, Label};
use crate::limits::{MANIFEST_BYTES_MAX, MANIFEST_FILES_MAX};
use crate::reasons::reasons;
use crate::roles::Roles;
use crate::time::Timestamp;

reasons! {
    /// Why a manifest is not believed, or was not signed.
    ManifestError {
        /// The signer's certificates do not hold, or the signature does not.
        Signer(CertificateError) => "the manifest is not signed by this program",
        /// The signer is not an administrator.
        NotAdministrator => "only an administrator may sign a manifest",
        /// What was signed is not a manifest.
        Malformed => "the manifest is not readable",
        /// It names more files than a page has.
        TooLong => "the manifest is too long",
        /// A file in it is not one of a page.
        Path => "the manifest names a file that no page has",
    }
}

impl From<CertificateError> for ManifestError {
    fn from(error: CertificateError) -> Self {
        Self::Signer(error)
    }
}

/// Which page a manifest is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
#[repr(u8)]
pub enum ManifestPage {
    /// The survivor's.
    Survivor = 1,
    /// The staff's.
    Desk = 2,
}

/// All files of one page.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Manifest {
    /// Which page.
    pub page: ManifestPage,
    /// The version of the policy that its document was filled from.
    pub policy_version: u64,
    /// The relay that it connects to, as an origin.
    pub relay: Text<200>,
    /// Its files, the document among them.
    pub files: List<ManifestFile, MANIFEST_FILES_MAX>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct ManifestFile {
    /// Where it is below the page's address: `index.html`, `s/p-0123456789abcdef.js`.
    pub path: Text<80>,
    /// SHA-384 of its bytes, unpacked.
    pub sha384: [u8; 48],
}

/// A manifest and who signed it. Not true before [`verify`](Self::verify).
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct SignedManifest {
    /// The signer's certificates.
    pub chain: Chain,
    /// The encoded manifest.
    pub manifest: Bytes<MANIFEST_BYTES_MAX>,
    /// Over the encoded manifest and the program.
    pub signature: [u8; 64],
}

impl SignedManifest {
    /// Signs a manifest with an administrator's device.
    ///
    /// # Errors
    /// [`ManifestError::NotAdministrator`], [`Path`](ManifestError::Path),
    /// [`TooLong`](ManifestError::TooLong).
    pub fn sign(manifest: &Manifest, signer: &Device) -> Result<Self, ManifestError> {
        if !signer.chain.leaf().roles.contains(Roles::ADMINISTRATOR) {
            return Err(ManifestError::NotAdministrator);
        }
        manifest.check()?;
        let manifest = Bytes::try_from(encode(manifest)).map_err(|_| ManifestError::TooLong)?;
        let signature = signer.sign_record(Label::Manifest, &manifest);
        Ok(Self { chain: signer.chain.clone(), manifest, signature })
    }

    /// The manifest, if an administrator of this program signed it.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn verify(
        &self,
        root: &Fingerprint,
        now: Timestamp,
        tolerance: Duration,
    ) -> Result<Manifest, ManifestError> {
        let (label, signature) = (Label::Manifest, &self.signature);
        let signer =
            self.chain.verify_record(label, &self.manifest, signature, root, now, tolerance)?;
        if !signer.roles.contains(Roles::ADMINISTRATOR) {
            return Err(ManifestError::NotAdministrator);
        }
        let manifest: Manifest = decode(&self.manifest).map_err(|_| ManifestError::Malformed)?;
        manifest.check()?;
        Ok(manifest)
    }
}

impl Manifest {
    /// A path is asked for at a server, so it must stay below the page's address.
    fn check(&self) -> Result<(), ManifestError> {
        let fits = |file: &ManifestFile| {
            let name = file.path.strip_prefix("s/").unwrap_or(&file.path);
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
            !name.is_empty() && !name.starts_with('.') && name.bytes().all(plain)
        };
        if self.files.iter().all(fits) { Ok(()) } else { Err(ManifestError::Path) }
    }
}
