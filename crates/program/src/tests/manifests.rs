//! Manifests, signed and checked.

use alloc::vec;

use super::fixture::{EXACT, NOW, Program};
use crate::*;

pub(super) fn manifest() -> Manifest {
    let file =
        |path: &str, byte| ManifestFile { path: path.try_into().unwrap(), sha384: [byte; 48] };
    Manifest {
        page: ManifestPage::Survivor,
        policy_version: 3,
        relay: "https://relay.example.net".try_into().unwrap(),
        files: vec![file("index.html", 1), file("s/p-0123456789abcdef.js", 2)].try_into().unwrap(),
    }
}

fn signed(program: &Program) -> SignedManifest {
    SignedManifest::sign(&manifest(), &program.administrator).unwrap()
}

#[test]
fn a_signed_manifest_is_read_back_whole() {
    let program = Program::new(1);
    let read: SignedManifest = decode(&encode(&signed(&program))).unwrap();
    assert_eq!(read.verify(&program.fingerprint, NOW, EXACT), Ok(manifest()));
}

#[test]
fn a_manifest_of_another_program_is_refused() {
    let (ours, theirs) = (Program::new(1), Program::new(2));
    assert_eq!(
        signed(&theirs).verify(&ours.fingerprint, NOW, EXACT),
        Err(ManifestError::Signer(CertificateError::WrongProgram))
    );
}

#[test]
fn a_manifest_with_another_hash_in_it_is_refused() {
    let program = Program::new(1);
    let mut altered = manifest();
    altered.files =
        vec![ManifestFile { sha384: [9; 48], ..altered.files[0].clone() }].try_into().unwrap();
    let altered =
        SignedManifest { manifest: encode(&altered).try_into().unwrap(), ..signed(&program) };
    assert_eq!(
        altered.verify(&program.fingerprint, NOW, EXACT),
        Err(ManifestError::Signer(CertificateError::SignatureWrong))
    );
}

#[test]
fn what_was_signed_for_another_purpose_is_no_manifest() {
    let program = Program::new(1);
    let bytes: Bytes<{ crate::limits::MANIFEST_BYTES_MAX }> =
        encode(&manifest()).try_into().unwrap();
    let signature = program.administrator.sign_record(Label::Policy, &bytes);
    let other = SignedManifest { signature, ..signed(&program) };
    assert_eq!(
        other.verify(&program.fingerprint, NOW, EXACT),
        Err(ManifestError::Signer(CertificateError::SignatureWrong))
    );
}

#[test]
fn only_an_administrator_signs_one() {
    let mut program = Program::new(1);
    let advocate = program.staff(Roles::ADVOCATE);
    assert_eq!(SignedManifest::sign(&manifest(), &advocate), Err(ManifestError::NotAdministrator));
    let signature = advocate.sign_record(Label::Manifest, &signed(&program).manifest);
    let forged = SignedManifest { chain: advocate.chain.clone(), signature, ..signed(&program) };
    assert_eq!(
        forged.verify(&program.fingerprint, NOW, EXACT),
        Err(ManifestError::NotAdministrator)
    );
}

#[test]
fn a_path_stays_below_the_pages_address() {
    let program = Program::new(1);
    for path in ["../x", "/etc", "s/../x", "s/", "", "a/b", "x?y", "s/.x", "https://x"] {
        let mut wrong = manifest();
        let file = ManifestFile { path: path.try_into().unwrap(), sha384: [0; 48] };
        wrong.files = vec![file].try_into().unwrap();
        assert_eq!(
            SignedManifest::sign(&wrong, &program.administrator),
            Err(ManifestError::Path),
            "{path}"
        );
    }
}
