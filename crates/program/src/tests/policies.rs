//! Policies, signed and checked.

use alloc::vec;
use alloc::vec::Vec;

use super::fixture::{DAY, EXACT, NOW, Program, policy};
use crate::*;

fn signed(program: &Program) -> SignedPolicy {
    SignedPolicy::sign(&policy(), &program.administrator).unwrap()
}

#[test]
fn a_signed_policy_is_read_back_whole() {
    let program = Program::new(1);
    let verified = signed(&program).verify(&program.fingerprint, NOW, EXACT).unwrap();
    assert_eq!(verified.whole(&signed(&program)), Ok(policy()));
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
    let mut other = policy();
    other.terms.version = 4;
    let other = SignedPolicy::sign(&other, &program.administrator).unwrap();
    let altered = SignedPolicy { terms: other.terms, ..signed(&program) };
    assert_eq!(altered.verify(&program.fingerprint, NOW, EXACT), wrong);
}

#[test]
fn a_policy_that_has_run_out_or_is_from_a_later_time_is_refused() {
    let program = Program::new(1);
    let signed = signed(&program);
    let at = |seconds, tolerance| {
        signed.verify(&program.fingerprint, Timestamp::from_seconds(seconds), tolerance).map(|_| ())
    };
    let Terms { issued, expires, .. } = policy().terms;
    assert_eq!(at(issued - 1, EXACT), Err(PolicyError::NotYetValid));
    assert_eq!(at(expires, EXACT), Err(PolicyError::Expired));
    assert_eq!(at(expires, DAY), Ok(()));
    assert_eq!(at(expires + DAY.as_secs(), DAY), Err(PolicyError::Expired));
}

#[test]
fn whoever_looks_back_believes_one_that_has_run_out_and_nothing_that_was_not_signed() {
    let (program, other) = (Program::new(1), Program::new(2));
    let signed = signed(&program);
    let long_after = NOW + 300 * DAY;
    let looked_at = |signed: &SignedPolicy, root| signed.verify_as_it_held(root, long_after, EXACT);
    assert_eq!(looked_at(&signed, &program.fingerprint).unwrap().version, 3);
    let foreign = Err(PolicyError::Signer(CertificateError::WrongProgram));
    assert_eq!(looked_at(&signed, &other.fingerprint), foreign);
    let altered = SignedPolicy { signature: [0; 64], ..signed };
    let wrong = Err(PolicyError::Signer(CertificateError::SignatureWrong));
    assert_eq!(looked_at(&altered, &program.fingerprint), wrong);
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
    let forged = SignedPolicy::sign_unchecked(&policy(), &supervisor).unwrap();
    assert_eq!(forged.verify(&program.fingerprint, NOW, EXACT), Err(PolicyError::NotAdministrator));
}

#[test]
fn what_an_administrator_signed_for_another_purpose_is_no_policy() {
    let program = Program::new(1);
    let genuine = signed(&program);
    let signature = program.administrator.sign_record(Label::Name, &genuine.terms);
    let forged = SignedPolicy { signature, ..genuine };
    assert_eq!(
        forged.verify(&program.fingerprint, NOW, EXACT),
        Err(PolicyError::Signer(CertificateError::SignatureWrong))
    );
}

#[test]
fn a_policy_that_leads_somewhere_else_than_a_site_is_refused_even_when_signed() {
    let program = Program::new(1);
    let mut policy = policy();
    policy.terms.exits = vec![Text::try_from("javascript:alert(1)").unwrap()].try_into().unwrap();
    assert_eq!(SignedPolicy::sign(&policy, &program.administrator), Err(PolicyError::Unsound));
    let unchecked = SignedPolicy::sign_unchecked(&policy, &program.administrator).unwrap();
    assert_eq!(unchecked.verify(&program.fingerprint, NOW, EXACT), Err(PolicyError::Unsound));
}

#[test]
fn terms_alone_are_believed_and_their_texts_only_with_them() {
    let program = Program::new(1);
    let whole = signed(&program);
    let short = whole.terms_alone();
    assert!(encode(&short).len() * 3 < encode(&whole).len());
    let verified = short.verify(&program.fingerprint, NOW, EXACT).unwrap();
    assert_eq!(verified, whole.verify(&program.fingerprint, NOW, EXACT).unwrap());
    assert_eq!(verified.whole(&short), Err(PolicyError::OtherTexts));
    assert_eq!(verified.whole(&whole), Ok(policy()));
    assert_eq!(verified.guidance(&whole.guidance), Ok(policy().guidance));
    assert_eq!(verified.guidance(&[]), Err(PolicyError::OtherTexts));
    let mut other = policy();
    other.page.emergency.number = "555".try_into().unwrap();
    other.guidance.check_in += 1;
    let other = SignedPolicy::sign(&other, &program.administrator).unwrap();
    assert_eq!(verified.guidance(&other.guidance), Err(PolicyError::OtherTexts));
    let mixed = [
        SignedPolicy { page: other.page, ..whole.clone() },
        SignedPolicy { guidance: other.guidance, ..whole.clone() },
    ];
    for mixed in mixed {
        assert_eq!(mixed.verify(&program.fingerprint, NOW, EXACT), Err(PolicyError::OtherTexts));
        assert_eq!(verified.whole(&mixed), Err(PolicyError::OtherTexts));
    }
}

fn notice(text: &str, from: Option<u64>, until: Option<u64>) -> Notice {
    Notice { kind: NoticeKind::Closed, text: text.try_into().unwrap(), from, until }
}

#[test]
fn closing_puts_one_notice_in_the_place_of_those_that_hold_and_keeps_those_for_later() {
    let (now, program) = (NOW.seconds(), Program::new(1));
    let mut open = policy();
    let later = notice("Later.", Some(now + 60), None);
    let notices = [notice("Now.", None, None), notice("Over.", None, Some(now)), later.clone()];
    open.page.notices = notices.to_vec().try_into().unwrap();
    let flood = notice("The river is over its banks.", None, Some(now + 3_600));
    let closed = open.closed_with(flood.clone(), NOW).unwrap();
    assert_eq!(closed.page.notices.to_vec(), [flood.clone(), later.clone()]);
    assert_eq!(closed.terms.version, open.terms.version + 1);
    assert_eq!(closed.notices_now(NOW).collect::<Vec<_>>(), [&flood]);
    SignedPolicy::sign(&closed, &program.administrator).unwrap();

    let again = closed.reopened(NOW);
    assert_eq!(again.page.notices.to_vec(), [later]);
    assert_eq!(again.terms.version, closed.terms.version + 1);
    let as_before = Policy { terms: again.terms.clone(), page: again.page.clone(), ..open };
    assert_eq!(again, as_before, "nothing else changed");
}

#[test]
fn a_policy_that_is_full_of_notices_for_later_says_so() {
    let mut open = policy();
    let later = |hours: u64| notice("Later.", Some(NOW.seconds() + hours * 3_600), None);
    open.page.notices = [1, 2, 3, 4].map(later).to_vec().try_into().unwrap();
    let closed = open.closed_with(notice("Now.", None, None), NOW);
    assert_eq!(closed.map(|_| ()), Err(NoticesFull));
    assert_eq!(open.reopened(NOW).page.notices.len(), 4);
}
