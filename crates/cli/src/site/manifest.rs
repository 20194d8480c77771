//! The file beside an export that says what a server must give out, signed by the program.

use std::path::Path;

use sha2::{Digest as _, Sha384};
use stillroom_program::{
    Fingerprint, Manifest, ManifestError, ManifestFile, SignedManifest, decode, encode,
};

use crate::clock::{Clock, TOLERANCE};
use crate::failure::Failure;
use crate::files;

/// The first line of the file, so that a person and `decode` alike see what it is.
const HEADING: &[u8] = b"stillroom manifest 1\n";

/// SHA-384, as a page's `integrity` attributes have it too.
pub(super) fn sha384(bytes: &[u8]) -> [u8; 48] {
    Sha384::digest(bytes).into()
}

/// A file as a manifest has it.
pub(super) fn file(path: &str, bytes: &[u8]) -> Result<ManifestFile, Failure> {
    let path = path.try_into().map_err(|_| not_signed(ManifestError::Path))?;
    Ok(ManifestFile { path, sha384: sha384(bytes) })
}

/// The file's bytes.
pub(super) fn written(manifest: &SignedManifest) -> Vec<u8> {
    [HEADING, &encode(manifest)].concat()
}

/// The manifest in this file, if the program of this fingerprint signed it.
pub(super) fn read(path: &Path, root: &Fingerprint) -> Result<Manifest, Failure> {
    let wrong = |why: String| {
        Failure::new(
            format!("{} is not to be gone by: {why}.", path.display()),
            "Ask the program for the manifest that `stillroom site export` wrote, and for its fingerprint.",
        )
    };
    let bytes = files::read(path)?;
    let signed: SignedManifest = bytes
        .strip_prefix(HEADING)
        .and_then(|record| decode(record).ok())
        .ok_or_else(|| wrong("it is no manifest".to_owned()))?;
    signed.verify(root, Clock::start().now(), TOLERANCE).map_err(|error| wrong(error.to_string()))
}

/// Signing did not go.
pub(super) fn not_signed(error: ManifestError) -> Failure {
    Failure::new(format!("The manifest was not signed: {error}."), "Tell the program's makers.")
}
