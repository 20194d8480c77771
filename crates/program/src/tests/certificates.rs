//! Chains and names.

use super::fixture::{DAY, EXACT, NOW, Program, administrator, days};
use crate::*;

#[test]
fn a_certified_device_is_known_with_its_roles() {
    let mut program = Program::new(1);
    let advocate = program.staff(Roles::ADVOCATE);
    let device = advocate.chain.verify(&program.fingerprint, NOW, EXACT).unwrap();
    assert_eq!(device.key, advocate.key());
    assert_eq!(device.roles, Roles::ADVOCATE);
    assert_eq!(device.receiving, advocate.receiving.public_key().hash());
    assert_eq!(device.administrator, program.administrator.key());
    assert_eq!(device.not_after, days(90).not_after);
}

#[test]
fn an_administrators_own_device_is_known_as_its_own_administrator() {
    let program = Program::new(1);
    let device = program.administrator.chain.verify(&program.fingerprint, NOW, EXACT).unwrap();
    assert_eq!(device.key, device.administrator);
    assert_eq!(program.administrator.name.verify(&device).unwrap().as_str(), "Kim");
}

#[test]
fn a_certificate_from_another_program_is_refused() {
    let (mut ours, mut theirs) = (Program::new(1), Program::new(2));
    let chain = theirs.staff(Roles::ADVOCATE).chain;
    assert_eq!(chain.verify(&ours.fingerprint, NOW, EXACT), Err(CertificateError::WrongProgram));
    // With the right root in front, it is the root's signature that is missing.
    let borrowed = Chain { root: ours.root.verifying_key(), ..chain };
    assert_eq!(borrowed.verify(&ours.fingerprint, NOW, EXACT), Err(CertificateError::IssuerWrong));
    // And with a genuine administrator, that administrator's.
    let genuine = ours.staff(Roles::ADVOCATE).chain;
    let grafted = Chain { device: borrowed.device, ..genuine };
    assert_eq!(grafted.verify(&ours.fingerprint, NOW, EXACT), Err(CertificateError::IssuerWrong));
}

#[test]
fn a_key_that_serves_two_programs_certifies_for_one_at_a_time() {
    let (mut ours, theirs) = (Program::new(1), Program::new(2));
    // The same device is an administrator of both.
    let there = Certificate::issue(
        ours.administrator.key(),
        ours.administrator.receiving.public_key().hash(),
        Roles::ADMINISTRATOR,
        days(365),
        &theirs.fingerprint,
        &theirs.root,
    );
    let chain = Chain {
        root: theirs.root.verifying_key(),
        administrator: there,
        device: ours.staff(Roles::ADVOCATE).chain.device,
    };
    assert_eq!(
        chain.verify(&theirs.fingerprint, NOW, EXACT),
        Err(CertificateError::SignatureWrong)
    );
}

#[test]
fn a_staff_device_cannot_certify_another() {
    let mut program = Program::new(1);
    let (advocate, mate) = (program.staff(Roles::ADVOCATE), program.staff(Roles::ADVOCATE));
    let receiving = mate.receiving.public_key();
    assert_eq!(
        advocate.certify(mate.key(), &receiving, Roles::ADVOCATE, days(1)),
        Err(CertificateError::NotAdministrator)
    );
    // Nor by going round the check: in the administrator's place its certificate is not the root's.
    let forged = Certificate::issue(
        mate.key(),
        receiving.hash(),
        Roles::ADVOCATE,
        days(1),
        &program.fingerprint,
        &advocate.signing,
    );
    let in_its_place = Chain {
        root: program.root.verifying_key(),
        administrator: advocate.chain.device.clone().unwrap(),
        device: Some(forged.clone()),
    };
    assert_eq!(
        in_its_place.verify(&program.fingerprint, NOW, EXACT),
        Err(CertificateError::IssuerWrong)
    );
    let below = Chain { device: Some(forged), ..program.administrator.chain.clone() };
    assert_eq!(below.verify(&program.fingerprint, NOW, EXACT), Err(CertificateError::IssuerWrong));
}

#[test]
fn whoever_the_root_certified_without_the_role_is_no_administrator() {
    let mut program = Program::new(1);
    let supervisor = administrator(&program.root, Roles::SUPERVISOR, days(9), &mut program.rng);
    assert_eq!(
        supervisor.chain.verify(&program.fingerprint, NOW, EXACT),
        Err(CertificateError::NotAdministrator)
    );
}

#[test]
fn an_administrator_cannot_make_another() {
    let mut program = Program::new(1);
    let new = NewDevice::generate(&mut program.rng);
    let (key, receiving) = (new.signing.verifying_key(), new.receiving.public_key());
    assert_eq!(
        program.administrator.certify(key, &receiving, Roles::ADMINISTRATOR, days(1)),
        Err(CertificateError::RoleNotGrantable)
    );
    let forged = Certificate::issue(
        key,
        receiving.hash(),
        Roles::ADMINISTRATOR,
        days(1),
        &program.fingerprint,
        &program.administrator.signing,
    );
    let chain = Chain { device: Some(forged), ..program.administrator.chain.clone() };
    assert_eq!(
        chain.verify(&program.fingerprint, NOW, EXACT),
        Err(CertificateError::RoleNotGrantable)
    );
}

#[test]
fn every_field_of_a_certificate_is_signed() {
    let mut program = Program::new(1);
    let chain = program.staff(Roles::ADVOCATE).chain;
    let altered = |alter: fn(&mut Certificate)| {
        let mut chain = chain.clone();
        alter(chain.device.as_mut().unwrap());
        chain.verify(&program.fingerprint, NOW, EXACT)
    };
    let wrong = Err(CertificateError::SignatureWrong);
    assert_eq!(altered(|c| c.device.0[0] ^= 1), wrong);
    assert_eq!(altered(|c| c.receiving[0] ^= 1), wrong);
    assert_eq!(altered(|c| c.roles = Roles::SUPERVISOR), wrong);
    assert_eq!(altered(|c| c.not_before -= 1), wrong);
    assert_eq!(altered(|c| c.not_after += 1), wrong);
    assert_eq!(altered(|c| c.signature[63] ^= 1), wrong);
    assert_eq!(altered(|c| c.issuer.0[0] ^= 1), Err(CertificateError::IssuerWrong));
}

#[test]
fn a_certificate_holds_from_its_start_to_its_end_give_or_take_the_tolerance() {
    let mut program = Program::new(1);
    let chain = program.staff_for(Roles::ADVOCATE, days(10)).chain;
    let at = |seconds: u64, tolerance| {
        chain.verify(&program.fingerprint, Timestamp::from_seconds(seconds), tolerance).map(|_| ())
    };
    let Validity { not_before, not_after } = days(10);
    assert_eq!(at(not_before - 1, EXACT), Err(CertificateError::NotYetValid));
    assert_eq!(at(not_before, EXACT), Ok(()));
    assert_eq!(at(not_after - 1, EXACT), Ok(()));
    assert_eq!(at(not_after, EXACT), Err(CertificateError::Expired));
    assert_eq!(at(not_after + DAY.as_secs() - 1, DAY), Ok(()));
    assert_eq!(at(not_after + DAY.as_secs(), DAY), Err(CertificateError::Expired));
}

#[test]
fn a_device_does_not_outlast_its_administrator() {
    let mut program = Program::new(1);
    program.administrator =
        administrator(&program.root, Roles::ADMINISTRATOR, days(5), &mut program.rng);
    let chain = program.staff_for(Roles::ADVOCATE, days(10)).chain;
    let device = chain.verify(&program.fingerprint, NOW, EXACT).unwrap();
    assert_eq!(device.not_after, days(5).not_after);
    let later = NOW + 6 * DAY;
    assert_eq!(chain.verify(&program.fingerprint, later, EXACT), Err(CertificateError::Expired));
}

#[test]
fn a_forged_certificate_is_called_forged_even_when_it_has_run_out() {
    let mut program = Program::new(1);
    let mut chain = program.staff(Roles::ADVOCATE).chain;
    chain.device.as_mut().unwrap().not_after = 5;
    assert_eq!(
        chain.verify(&program.fingerprint, NOW, EXACT),
        Err(CertificateError::SignatureWrong)
    );
}

#[test]
fn the_name_of_another_device_is_refused() {
    let mut program = Program::new(1);
    let (one, other) = (program.staff(Roles::ADVOCATE), program.staff(Roles::ADVOCATE));
    let device = one.chain.verify(&program.fingerprint, NOW, EXACT).unwrap();
    assert_eq!(one.name.verify(&device).unwrap().as_str(), "Robin");
    assert_eq!(other.name.verify(&device), Err(CertificateError::OtherDevice));
}

#[test]
fn a_name_that_its_own_bearer_or_another_administrator_signed_is_refused() {
    let mut program = Program::new(1);
    let one = program.staff(Roles::ADVOCATE);
    let device = one.chain.verify(&program.fingerprint, NOW, EXACT).unwrap();
    let own = NameCertificate::issue(one.key(), "Me", &program.fingerprint, &one.signing).unwrap();
    assert_eq!(own.verify(&device), Err(CertificateError::IssuerWrong));
    let other = program.another_administrator().certify_name(one.key(), "Me").unwrap();
    assert_eq!(other.verify(&device), Err(CertificateError::IssuerWrong));
    let mut altered = one.name.clone();
    altered.name = "Alex".try_into().unwrap();
    assert_eq!(altered.verify(&device), Err(CertificateError::SignatureWrong));
}

#[test]
fn a_signature_for_one_purpose_does_not_do_for_another() {
    let key = Program::new(1).administrator.signing;
    let signature = key.sign(Label::Challenge, b"message");
    let public = key.verifying_key();
    assert_eq!(verify(Label::Challenge, &public, b"message", &signature), Ok(()));
    assert_eq!(verify(Label::Policy, &public, b"message", &signature), Err(SignatureWrong));
    assert_eq!(verify(Label::Challenge, &public, b"massage", &signature), Err(SignatureWrong));
}

#[test]
fn a_key_of_small_order_verifies_nothing() {
    // The neutral point: with it, S = 0 and R = the same point satisfy the lax equation for any message.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let mut signature = [0; 64];
    signature[0] = 1;
    assert_eq!(
        verify(Label::Policy, &VerifyingKey(neutral), b"any", &signature),
        Err(SignatureWrong)
    );
}

#[test]
fn a_receiving_key_that_is_not_the_certified_one_is_refused() {
    let mut program = Program::new(1);
    let (one, other) = (program.staff(Roles::ADVOCATE), program.staff(Roles::ADVOCATE));
    let record = one.staff_record();
    let verified = record.verify(&program.fingerprint, NOW, EXACT).unwrap();
    assert_eq!(verified.receiving_key, one.receiving.public_key());
    let swapped = StaffRecord { receiving_key: other.receiving.public_key(), ..record };
    assert_eq!(
        swapped.verify(&program.fingerprint, NOW, EXACT),
        Err(CertificateError::OtherDevice)
    );
}

#[test]
fn a_fingerprint_is_read_as_it_is_written_and_no_other_way() {
    use alloc::string::ToString as _;
    let fingerprint = Program::new(1).fingerprint;
    let text = fingerprint.to_string();
    assert_eq!(text.parse(), Ok(fingerprint));
    assert_eq!(text[1..].parse::<Fingerprint>(), Err(FingerprintError::Length));
    let wrong = alloc::format!("g{}", &text[1..]);
    assert_eq!(wrong.parse::<Fingerprint>(), Err(FingerprintError::Character));
    let capital = text.to_uppercase();
    assert_eq!(capital.parse::<Fingerprint>(), Err(FingerprintError::Character));
    assert_eq!("é".repeat(32).parse::<Fingerprint>(), Err(FingerprintError::Character));
}
