//! Policies, signed and checked.

use alloc::string::String;
use alloc::vec;

use super::fixture::{DAY, EXACT, NOW, Program, policy};
use crate::*;

fn signed(program: &Program) -> SignedPolicy {
    SignedPolicy::sign(&policy(), &program.administrator).unwrap()
}

#[test]
fn a_signed_policy_is_read_back_whole() {
    let program = Program::new(1);
    let verified = signed(&program).verify(&program.fingerprint, NOW, EXACT).unwrap();
    assert_eq!(*verified, policy());
    assert_eq!(verified.signer().key, program.administrator.key());
}

#[test]
fn a_policy_under_a_wrong_root_fingerprint_is_refused() {
    let (ours, theirs) = (Program::new(1), Program::new(2));
    assert_eq!(
        signed(&theirs).verify(&ours.fingerprint, NOW, EXACT),
        Err(PolicyError::Signer(CertificateError::WrongProgram))
    );
}

#[test]
fn an_unsigned_or_altered_policy_is_refused() {
    let program = Program::new(1);
    let wrong = Err(PolicyError::Signer(CertificateError::SignatureWrong));
    let unsigned = SignedPolicy { signature: [0; 64], ..signed(&program) };
    assert_eq!(unsigned.verify(&program.fingerprint, NOW, EXACT), wrong);
    let other = Policy { version: 4, ..policy() };
    let altered = SignedPolicy { policy: encode(&other).try_into().unwrap(), ..signed(&program) };
    assert_eq!(altered.verify(&program.fingerprint, NOW, EXACT), wrong);
}

#[test]
fn a_policy_that_has_run_out_or_is_from_a_later_time_is_refused() {
    let program = Program::new(1);
    let signed = signed(&program);
    let at = |seconds, tolerance| {
        signed.verify(&program.fingerprint, Timestamp::from_seconds(seconds), tolerance).map(|_| ())
    };
    let Policy { issued, expires, .. } = policy();
    assert_eq!(at(issued - 1, EXACT), Err(PolicyError::NotYetValid));
    assert_eq!(at(expires, EXACT), Err(PolicyError::Expired));
    assert_eq!(at(expires, DAY), Ok(()));
    assert_eq!(at(expires + DAY.as_secs(), DAY), Err(PolicyError::Expired));
}

#[test]
fn a_clock_that_is_off_by_years_is_told_from_a_forgery() {
    let program = Program::new(1);
    let signed = signed(&program);
    let long_ago = Timestamp::from_seconds(1_000_000);
    assert_eq!(signed.verify(&program.fingerprint, long_ago, DAY), Err(PolicyError::NotYetValid));
    let far = NOW + 2000 * DAY;
    assert_eq!(signed.verify(&program.fingerprint, far, DAY), Err(PolicyError::Expired));
}

#[test]
fn staff_cannot_sign_a_policy() {
    let mut program = Program::new(1);
    let supervisor = program.staff(Roles::SUPERVISOR);
    assert_eq!(SignedPolicy::sign(&policy(), &supervisor), Err(PolicyError::NotAdministrator));
    let bytes = Bytes::try_from(encode(&policy())).unwrap();
    let signature = supervisor.sign_record(Label::Policy, &bytes);
    let forged = SignedPolicy { chain: supervisor.chain, policy: bytes, signature };
    assert_eq!(forged.verify(&program.fingerprint, NOW, EXACT), Err(PolicyError::NotAdministrator));
}

#[test]
fn what_an_administrator_signed_for_another_purpose_is_no_policy() {
    let program = Program::new(1);
    let bytes = Bytes::try_from(encode(&policy())).unwrap();
    let signature = program.administrator.sign_record(Label::Name, &bytes);
    let chain = program.administrator.chain.clone();
    let forged = SignedPolicy { chain, policy: bytes, signature };
    assert_eq!(
        forged.verify(&program.fingerprint, NOW, EXACT),
        Err(PolicyError::Signer(CertificateError::SignatureWrong))
    );
}

#[test]
fn a_policy_that_leads_somewhere_else_than_a_site_is_refused_even_when_signed() {
    let program = Program::new(1);
    let mut policy = policy();
    policy.exits = vec![Text::try_from("javascript:alert(1)").unwrap()].try_into().unwrap();
    assert_eq!(SignedPolicy::sign(&policy, &program.administrator), Err(PolicyError::Unsound));
    let bytes = Bytes::try_from(encode(&policy)).unwrap();
    let signature = program.administrator.sign_record(Label::Policy, &bytes);
    let chain = program.administrator.chain.clone();
    let unchecked = SignedPolicy { chain, policy: bytes, signature };
    assert_eq!(unchecked.verify(&program.fingerprint, NOW, EXACT), Err(PolicyError::Unsound));
}

#[test]
fn the_check_names_each_fault_by_its_field() {
    let found = |alter: fn(&mut Policy)| {
        let mut policy = policy();
        alter(&mut policy);
        policy.check().into_iter().map(|f| (f.field, f.problem)).collect::<alloc::vec::Vec<_>>()
    };
    assert_eq!(found(|_| ()), []);
    assert_eq!(found(|p| p.version = 0), [("version", Problem::NoVersion)]);
    assert_eq!(found(|p| p.expires = p.issued), [("expires", Problem::EndsTooEarly)]);
    assert_eq!(
        found(|p| p.expires = p.issued + 401 * DAY.as_secs()),
        [("expires", Problem::LastsTooLong)]
    );
    assert_eq!(found(|p| p.safety = Text::default()), [("safety", Problem::Empty)]);
    assert_eq!(
        found(|p| p.title = "Crisis chat".try_into().unwrap()),
        [("title", Problem::TellsTooMuch)]
    );
    assert_eq!(
        found(|p| p.title = "Rivertown advocates".try_into().unwrap()),
        [("title", Problem::TellsTooMuch)]
    );
    assert_eq!(
        found(|p| p.time_zone = "Chicago".try_into().unwrap()),
        [("hours.time_zone", Problem::NotATimeZone)]
    );
    assert_eq!(found(|p| p.exits = List::default()), [("exits", Problem::Empty)]);
    assert_eq!(
        found(|p| p.timers.silence_close = 20),
        [("timers.silence_close", Problem::OutOfOrder)]
    );
}

#[test]
fn the_check_reads_hours_and_alternatives() {
    let hours = |times: &[(Day, u16, u16)]| {
        let times = times.iter().map(|&(day, opens, closes)| Weekly { day, opens, closes });
        let hours = times.collect::<alloc::vec::Vec<_>>().try_into().unwrap();
        Policy { hours, ..policy() }.check()
    };
    let finding = |field, problem| vec![Finding { field, problem }];
    assert_eq!(hours(&[(Day::Monday, 600, 900), (Day::Monday, 900, 1000)]), []);
    assert_eq!(
        hours(&[(Day::Monday, 800, 1000), (Day::Monday, 600, 900)]),
        finding("hours.open", Problem::Overlaps)
    );
    assert_eq!(
        hours(&[(Day::Monday, 900, 600)]),
        finding("hours.open.until", Problem::EndsTooEarly)
    );
    let alternative = |kind, value: &str| {
        let value = String::from(value).try_into().unwrap();
        let entry = Alternative { kind, label: "x".try_into().unwrap(), value };
        let alternatives = vec![entry].try_into().unwrap();
        Policy { alternatives, ..policy() }.check()
    };
    assert_eq!(alternative(AlternativeKind::Phone, "988"), []);
    assert_eq!(alternative(AlternativeKind::Email, "a@b.org"), []);
    assert_eq!(
        alternative(AlternativeKind::Tty, "call us"),
        finding("alternatives.value", Problem::NotANumber)
    );
    assert_eq!(
        alternative(AlternativeKind::Website, "http://a.org"),
        finding("alternatives.value", Problem::NotHttps)
    );
    assert_eq!(
        alternative(AlternativeKind::Email, "a b@c.org"),
        finding("alternatives.value", Problem::NotAnAddress)
    );
}
