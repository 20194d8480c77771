//! Revoked devices.

use alloc::vec::Vec;

use super::fixture::{DAY, EXACT, NOW, Program, days};
use crate::limits::REVOKED_MAX;
use crate::*;

fn revoke(program: &Program, device: &Device) -> SignedRevocations {
    let until = device.chain.leaf().not_after;
    let list = Revocations::default().with(device.key(), until, NOW).unwrap();
    SignedRevocations::sign(list, &program.administrator).unwrap()
}

fn verified(program: &Program, signed: &SignedRevocations) -> VerifiedRevocations {
    signed.verify(&program.fingerprint, NOW, EXACT).unwrap()
}

#[test]
fn a_revoked_device_is_known_as_revoked_and_others_are_not() {
    let mut program = Program::new(1);
    let (lost, kept) = (program.staff(Roles::ADVOCATE), program.staff(Roles::ADVOCATE));
    let list = verified(&program, &revoke(&program, &lost));
    assert!(list.is_revoked(&program.verified_staff(&lost).device));
    assert!(!list.is_revoked(&program.verified_staff(&kept).device));
    assert!(!VerifiedRevocations::none().is_revoked(&program.verified_staff(&lost).device));
}

#[test]
fn whatever_a_revoked_administrator_certified_is_revoked_with_them() {
    let mut program = Program::new(1);
    let staff = program.staff(Roles::ADVOCATE);
    let other = program.another_administrator();
    let until = days(365).not_after;
    let list = Revocations::default().with(program.administrator.key(), until, NOW).unwrap();
    let signed = SignedRevocations::sign(list, &other).unwrap();
    let list = verified(&program, &signed);
    assert!(list.is_revoked(&program.verified_staff(&staff).device));
    assert!(!list.lists(&staff.key()));
}

#[test]
fn a_list_by_staff_another_program_or_nobody_is_refused() {
    let (mut program, theirs) = (Program::new(1), Program::new(2));
    let (advocate, lost) = (program.staff(Roles::ADVOCATE), program.staff(Roles::ADVOCATE));
    let genuine = revoke(&program, &lost);
    let signature = advocate.sign_record(Label::Revocations, &genuine.revocations);
    assert_eq!(
        SignedRevocations::sign(genuine.revocations.clone(), &advocate),
        Err(RevocationsError::NotAdministrator)
    );
    let by_staff = SignedRevocations { chain: advocate.chain, signature, ..genuine.clone() };
    assert_eq!(
        by_staff.verify(&program.fingerprint, NOW, EXACT),
        Err(RevocationsError::NotAdministrator)
    );
    assert_eq!(
        revoke(&theirs, &lost).verify(&program.fingerprint, NOW, EXACT),
        Err(RevocationsError::Signer(CertificateError::WrongProgram))
    );
    let mut emptied = genuine;
    emptied.revocations.devices = List::default();
    assert_eq!(
        emptied.verify(&program.fingerprint, NOW, EXACT),
        Err(RevocationsError::Signer(CertificateError::SignatureWrong))
    );
}

#[test]
fn a_device_cannot_sign_a_list_that_revokes_it_nor_one_that_brings_it_back() {
    let mut program = Program::new(1);
    let other = program.another_administrator();
    let until = days(365).not_after;
    let list = Revocations::default().with(other.key(), until, NOW).unwrap();
    assert_eq!(SignedRevocations::sign(list.clone(), &other), Err(RevocationsError::SignerRevoked));
    let signed = SignedRevocations::sign(list, &program.administrator).unwrap();
    let current = verified(&program, &signed);
    assert!(current.follows(&VerifiedRevocations::none()));
    let back = Revocations { version: 2, issued: NOW.seconds(), devices: List::default() };
    let back = verified(&program, &SignedRevocations::sign(back, &other).unwrap());
    assert!(!back.follows(&current));
}

#[test]
fn an_older_list_or_one_of_the_same_version_does_not_follow() {
    let mut program = Program::new(1);
    let lost = program.staff(Roles::ADVOCATE);
    let first = verified(&program, &revoke(&program, &lost));
    assert!(!first.follows(&first));
    let next = first.list().with(program.staff(Roles::ADVOCATE).key(), u64::MAX, NOW).unwrap();
    let next = verified(&program, &SignedRevocations::sign(next, &program.administrator).unwrap());
    assert!(next.follows(&first) && !first.follows(&next));
    assert_eq!(next.list().devices.len(), 2);
    assert_ne!(next.hash(), first.hash());
}

#[test]
fn a_list_from_a_later_time_or_without_a_version_is_refused() {
    let mut program = Program::new(1);
    let lost = program.staff(Roles::ADVOCATE);
    let later = Revocations::default().with(lost.key(), u64::MAX, NOW + 2 * DAY).unwrap();
    let later = SignedRevocations::sign(later, &program.administrator).unwrap();
    assert_eq!(later.verify(&program.fingerprint, NOW, DAY), Err(RevocationsError::NotYetValid));
    assert_eq!(
        SignedRevocations::sign(Revocations::default(), &program.administrator),
        Err(RevocationsError::VersionWrong)
    );
}

#[test]
fn entries_go_when_the_certificate_has_ended_and_a_full_list_fits_its_frame() {
    let program = Program::new(1);
    let mut list = Revocations::default();
    for number in 0..REVOKED_MAX {
        let mut key = [7; 32];
        key[..8].copy_from_slice(&number.to_be_bytes());
        list = list.with(VerifyingKey(key), NOW.seconds() + 100, NOW).unwrap();
    }
    let one_more = VerifyingKey([9; 32]);
    assert_eq!(list.with(one_more, u64::MAX, NOW), Err(RevocationsError::Full));
    let signed: Vec<u8> =
        encode(&SignedRevocations::sign(list.clone(), &program.administrator).unwrap());
    assert!(signed.len() <= stillroom_protocol::limits::REVOCATIONS_MAX, "{}", signed.len());
    let later = list.with(one_more, u64::MAX, NOW + DAY).unwrap();
    assert_eq!(later.devices.len(), 1);
}

#[test]
fn the_empty_list_has_the_hash_that_statements_name() {
    assert_eq!(VerifiedRevocations::none().hash(), Revocations::none_hash());
    assert_eq!(VerifiedRevocations::none().version(), 0);
}
