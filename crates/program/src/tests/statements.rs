//! Duty statements.

use core::time::Duration;

use super::fixture::{DAY, EXACT, NOW, Program, policy};
use crate::*;

fn statement(program: &Program) -> DutyStatement {
    let policy = program.verified_policy();
    DutyStatement {
        issued: NOW.seconds(),
        expires: NOW.seconds() + 1800,
        policy_version: policy.version,
        policy_hash: policy.hash(),
        revocations_hash: Revocations::none_hash(),
        duty_key: ReceivingKey::from_bytes(&[5; 32]).public_key(),
        vault_version: 0,
        issuer: [0; 32],
        open: true.into(),
    }
}

fn verify_at(
    program: &Program,
    signed: &SignedStatement,
    now: Timestamp,
    tolerance: Duration,
) -> Result<VerifiedStatement, StatementError> {
    let (policy, none) = (program.verified_policy(), VerifiedRevocations::none());
    signed.verify(&program.fingerprint, &policy, &none, now, tolerance)
}

#[test]
fn a_statement_by_somebody_on_duty_is_believed_for_half_an_hour() {
    let mut program = Program::new(1);
    let advocate = program.staff(Roles::ADVOCATE);
    let signed = SignedStatement::sign(statement(&program), &advocate);
    let verified = verify_at(&program, &signed, NOW, EXACT).unwrap();
    assert_eq!(*verified, statement(&program));
    assert_eq!(verified.signer().key, advocate.key());
    let end = NOW + Duration::from_secs(1800);
    assert_eq!(verify_at(&program, &signed, end, EXACT), Err(StatementError::Expired));
}

#[test]
fn a_stale_statement_is_refused_beyond_what_a_wrong_clock_is_forgiven() {
    let mut program = Program::new(1);
    let signed = SignedStatement::sign(statement(&program), &program.staff(Roles::ADVOCATE));
    let later = |seconds| NOW + Duration::from_secs(1800) + DAY + Duration::from_secs(seconds);
    assert_eq!(verify_at(&program, &signed, later(0), DAY), Err(StatementError::Expired));
    let before = Timestamp::from_seconds(later(0).seconds() - 1);
    assert!(verify_at(&program, &signed, before, DAY).is_ok());
}

#[test]
fn a_statement_from_a_later_time_shows_that_the_clock_is_wrong() {
    let mut program = Program::new(1);
    let signed = SignedStatement::sign(statement(&program), &program.staff(Roles::ADVOCATE));
    let early = Timestamp::from_seconds(NOW.seconds() - DAY.as_secs());
    assert!(verify_at(&program, &signed, early, DAY).is_ok());
    let earlier = Timestamp::from_seconds(early.seconds() - 1);
    assert_eq!(verify_at(&program, &signed, earlier, DAY), Err(StatementError::NotYetValid));
    // Before the certificate, too, it is the clock.
    let long_ago = Timestamp::from_seconds(1000);
    assert_eq!(verify_at(&program, &signed, long_ago, DAY), Err(StatementError::NotYetValid));
}

#[test]
fn a_statement_for_longer_than_half_an_hour_or_for_no_time_is_refused() {
    let mut program = Program::new(1);
    let advocate = program.staff(Roles::ADVOCATE);
    for expires in [NOW.seconds() + 1801, u64::MAX, NOW.seconds(), NOW.seconds() - 1, 0] {
        let signed =
            SignedStatement::sign(DutyStatement { expires, ..statement(&program) }, &advocate);
        assert_eq!(
            verify_at(&program, &signed, NOW, DAY),
            Err(StatementError::LastsTooLong),
            "{expires}"
        );
    }
}

#[test]
fn a_statement_from_another_program_or_by_nobody_is_refused() {
    let (program, mut theirs) = (Program::new(1), Program::new(2));
    let foreign = SignedStatement::sign(statement(&program), &theirs.staff(Roles::ADVOCATE));
    assert_eq!(
        verify_at(&program, &foreign, NOW, EXACT),
        Err(StatementError::Signer(CertificateError::WrongProgram))
    );
    let mut program = program;
    let mut altered = SignedStatement::sign(statement(&program), &program.staff(Roles::ADVOCATE));
    altered.statement.duty_key = ReceivingKey::from_bytes(&[6; 32]).public_key();
    assert_eq!(
        verify_at(&program, &altered, NOW, EXACT),
        Err(StatementError::Signer(CertificateError::SignatureWrong))
    );
}

#[test]
fn an_interpreter_or_an_administrator_alone_cannot_state_duty() {
    let mut program = Program::new(1);
    let interpreter = program.staff(Roles::INTERPRETER);
    for signer in [interpreter, program.administrator.clone()] {
        let signed = SignedStatement::sign(statement(&program), &signer);
        assert_eq!(verify_at(&program, &signed, NOW, EXACT), Err(StatementError::RoleMissing));
    }
}

#[test]
fn a_statement_about_another_policy_is_refused() {
    let mut program = Program::new(1);
    let advocate = program.staff(Roles::ADVOCATE);
    let signed = SignedStatement::sign(statement(&program), &advocate);
    let mut next = policy();
    next.terms.version = 4;
    let next = SignedPolicy::sign(&next, &program.administrator);
    let next = next.unwrap().verify(&program.fingerprint, NOW, EXACT).unwrap();
    let none = VerifiedRevocations::none();
    assert_eq!(
        signed.verify(&program.fingerprint, &next, &none, NOW, EXACT),
        Err(StatementError::OtherPolicy)
    );
}

#[test]
fn a_statement_by_a_revoked_device_or_about_another_list_is_refused() {
    let mut program = Program::new(1);
    let (advocate, other) = (program.staff(Roles::ADVOCATE), program.staff(Roles::ADVOCATE));
    let list = Revocations::default().with(other.key(), u64::MAX, NOW).unwrap();
    let list = SignedRevocations::sign(list, &program.administrator).unwrap();
    let list = list.verify(&program.fingerprint, NOW, EXACT).unwrap();
    let policy = program.verified_policy();
    let verify = |signed: &SignedStatement| {
        signed.verify(&program.fingerprint, &policy, &list, NOW, EXACT).map(|_| ())
    };
    let old = statement(&program);
    let new = DutyStatement { revocations_hash: list.hash(), ..old.clone() };
    assert_eq!(
        verify(&SignedStatement::sign(old, &advocate)),
        Err(StatementError::OtherRevocations)
    );
    assert_eq!(
        verify(&SignedStatement::sign(new.clone(), &other)),
        Err(StatementError::SignerRevoked)
    );
    assert_eq!(verify(&SignedStatement::sign(new, &advocate)), Ok(()));
}

#[test]
fn a_signed_statement_fits_its_frame() {
    let mut program = Program::new(1);
    let signed = SignedStatement::sign(statement(&program), &program.staff(Roles::ADVOCATE));
    let length = encode(&signed).len();
    assert!(length <= stillroom_protocol::limits::STATEMENT_MAX, "{length}");
    let chain = encode(&signed.chain).len();
    assert!(chain <= stillroom_protocol::limits::CHAIN_MAX, "{chain}");
}
