//! The key that tokens are made with: made by whoever may be on duty, had by desks and by the program's own computer,
//! and by nobody else.

use super::fixture::{DAY, EXACT, NOW, Program, days};
use crate::limits::{ISSUER_COUNTS, ISSUER_LASTS};
use crate::*;

/// A key for tokens that an advocate made.
pub(super) fn issuer(program: &mut Program, report: &ReceivingPublicKey) -> (Issuer, IssuingKey) {
    let maker = program.staff(Roles::ADVOCATE);
    Issuer::make(&maker, report, &VerifiedRevocations::none(), NOW, &mut program.rng).unwrap()
}

fn verified(
    program: &Program,
    issuer: &Issuer,
    now: Timestamp,
) -> Result<VerifiedIssuer, IssuerError> {
    issuer.verify(&program.fingerprint, &VerifiedRevocations::none(), now, EXACT)
}

/// A token of this key.
fn token(program: &mut Program, key: &IssuingKey, issuer: &Issuer) -> Token {
    let (request, asked) = TokenRequest::new(&mut program.rng).unwrap();
    let given = key.give(&asked, &mut program.rng).unwrap();
    request.finish(&given, &issuer.content.public).unwrap().remove(0)
}

#[test]
fn desks_on_duty_and_the_programs_computer_have_the_same_key_and_nobody_else_has_it() {
    let mut program = Program::new(1);
    let report = RootKey::generate(&mut program.rng).report_key();
    let (issuer, key) = issuer(&mut program, &report.public_key());
    let token = token(&mut program, &key, &issuer);
    let record = verified(&program, &issuer, NOW).unwrap();
    assert!(report.open_issuer(&record).unwrap().made(&token));
    let other = RootKey::generate(&mut program.rng).report_key();
    assert_eq!(other.open_issuer(&record).unwrap_err(), IssuerError::DoesNotOpen);

    let duty = ReceivingKey::generate(&mut program.rng);
    let root = program.fingerprint;
    let none = VerifiedRevocations::none();
    let shared = SharedIssuer::seal(&issuer, &key, &root, &duty.public_key(), &mut program.rng);
    let shared = shared.unwrap();
    let (same, opened) = shared.open(&duty, &root, &none, NOW, EXACT).unwrap();
    assert!(same == issuer && opened.made(&token));
    let stranger = ReceivingKey::generate(&mut program.rng);
    let refused = shared.open(&stranger, &root, &none, NOW, EXACT).unwrap_err();
    assert_eq!(refused, IssuerError::DoesNotOpen);
}

#[test]
fn a_key_of_an_outsider_an_interpreter_or_somebody_who_was_revoked_counts_for_nothing() {
    let mut program = Program::new(1);
    let report = RootKey::generate(&mut program.rng).report_key().public_key();
    let none = VerifiedRevocations::none();
    let mut elsewhere = Program::new(2);
    let (foreign, _) = issuer(&mut elsewhere, &report);
    let wrong = CertificateError::WrongProgram;
    assert_eq!(verified(&program, &foreign, NOW), Err(IssuerError::Signer(wrong)));

    let interpreter = program.staff(Roles::INTERPRETER);
    let (theirs, _) = Issuer::make(&interpreter, &report, &none, NOW, &mut program.rng).unwrap();
    assert_eq!(verified(&program, &theirs, NOW), Err(IssuerError::RoleMissing));

    let former = program.staff(Roles::ADVOCATE);
    let (theirs, _) = Issuer::make(&former, &report, &none, NOW, &mut program.rng).unwrap();
    verified(&program, &theirs, NOW).unwrap();
    let list = Revocations::default().with(former.key(), u64::MAX, NOW).unwrap();
    let list = SignedRevocations::sign(list, &program.administrator).unwrap();
    let list = list.verify(&program.fingerprint, NOW, EXACT).unwrap();
    let refused = theirs.verify(&program.fingerprint, &list, NOW, EXACT);
    assert_eq!(refused, Err(IssuerError::SignerRevoked));

    let mut altered = theirs.clone();
    altered.content.public = foreign.content.public;
    assert!(matches!(verified(&program, &altered, NOW), Err(IssuerError::Signer(_))));
}

#[test]
fn whoever_states_another_public_key_than_the_sealed_one_is_found_out() {
    let mut program = Program::new(1);
    let report = RootKey::generate(&mut program.rng).report_key();
    let maker = program.staff(Roles::ADVOCATE);
    let none = VerifiedRevocations::none();
    let mut make =
        || Issuer::make(&maker, &report.public_key(), &none, NOW, &mut program.rng).unwrap().0;
    let (mut one, other) = (make(), make());
    one.content.public = other.content.public;
    one.signature = maker.sign_record(Label::Issuer, &one.content);
    let record = verified(&program, &one, NOW).unwrap();
    assert_eq!(report.open_issuer(&record).unwrap_err(), IssuerError::DoesNotOpen);
}

#[test]
fn whoever_seals_another_key_than_the_record_states_is_found_out() {
    let mut program = Program::new(1);
    let report = RootKey::generate(&mut program.rng).report_key().public_key();
    let ((one, _), (_, other)) = (issuer(&mut program, &report), issuer(&mut program, &report));
    let (duty, root) = (ReceivingKey::generate(&mut program.rng), program.fingerprint);
    let shared = SharedIssuer::seal(&one, &other, &root, &duty.public_key(), &mut program.rng);
    let opened = shared.unwrap().open(&duty, &root, &VerifiedRevocations::none(), NOW, EXACT);
    assert_eq!(opened.unwrap_err(), IssuerError::DoesNotOpen);
}

#[test]
fn desks_go_on_with_a_key_until_it_is_old_somebody_is_revoked_or_the_report_key_is_another() {
    let mut program = Program::new(1);
    let report = RootKey::generate(&mut program.rng).report_key().public_key();
    let (issuer, _) = issuer(&mut program, &report);
    let none = VerifiedRevocations::none();
    assert!(issuer.serves(&report, &none, NOW));
    assert!(!issuer.serves(&report, &none, NOW + ISSUER_LASTS));
    let other = RootKey::generate(&mut program.rng).report_key().public_key();
    assert!(!issuer.serves(&other, &none, NOW));
    let list = Revocations::default().with(program.administrator.key(), u64::MAX, NOW).unwrap();
    let list = SignedRevocations::sign(list, &program.another_administrator()).unwrap();
    let list = list.verify(&program.fingerprint, NOW, EXACT).unwrap();
    assert!(!issuer.serves(&report, &list, NOW));
}

#[test]
fn a_token_counts_after_its_makers_certificates_ran_out_and_not_for_ever() {
    let mut program = Program::new(1);
    let report = RootKey::generate(&mut program.rng).report_key().public_key();
    let maker = program.staff_for(Roles::ADVOCATE, days(5));
    let none = VerifiedRevocations::none();
    let (issuer, _) = Issuer::make(&maker, &report, &none, NOW, &mut program.rng).unwrap();
    verified(&program, &issuer, NOW + DAY * 100).unwrap();
    let late = NOW + ISSUER_COUNTS;
    assert_eq!(verified(&program, &issuer, late), Err(IssuerError::OutOfTime));
    let (future, _) = Issuer::make(&maker, &report, &none, NOW + DAY, &mut program.rng).unwrap();
    assert_eq!(verified(&program, &future, NOW), Err(IssuerError::OutOfTime));
}
