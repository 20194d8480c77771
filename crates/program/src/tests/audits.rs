//! The record of administrative acts: what was changed, left out, moved, signed by the wrong one or shown twice is seen.

use alloc::vec::Vec;

use stillroom_protocol::{HostNoticeId, Operation};
use stillroom_wire::{decode, encode};

use super::fixture::{DAY, EXACT, NOW, Program, policy};
use crate::*;

fn read(notice: u8) -> Act {
    Act::NoticeRead { notice: HostNoticeId([notice; 16]), hash: [7; 32], shown: NOW.seconds() }
}

fn revoked(device: &Device) -> Act {
    Act::Revoked { device: device.key(), version: 1, list: [9; 32] }
}

/// A record of these acts, each a minute after the one before it.
fn record(acts: &[(Act, &Device)]) -> Vec<SignedAuditEntry> {
    let mut entries: Vec<SignedAuditEntry> = Vec::new();
    for (minute, (act, signer)) in (0..).zip(acts) {
        let after = entries.last().map(SignedAuditEntry::head).unwrap_or_default();
        let at = Timestamp::from_seconds(NOW.seconds() + minute * 60);
        entries.push(SignedAuditEntry::sign(after, act.clone(), at, signer).unwrap());
    }
    entries
}

fn check(program: &Program, entries: &[SignedAuditEntry]) -> Result<AuditHead, AuditError> {
    check_under(program, entries, &VerifiedRevocations::none())
}

fn check_under(
    program: &Program,
    entries: &[SignedAuditEntry],
    revocations: &VerifiedRevocations,
) -> Result<AuditHead, AuditError> {
    let later = NOW + DAY;
    check_audit(entries, &program.fingerprint, revocations, later, EXACT).map_err(|fault| fault.why)
}

/// Three entries by one administrator.
fn three(program: &Program) -> Vec<SignedAuditEntry> {
    let by = &program.administrator;
    record(&[(read(1), by), (read(2), by), (read(3), by)])
}

#[test]
fn a_whole_record_holds_and_so_does_what_is_left_of_one() {
    let program = Program::new(1);
    let entries = three(&program);
    let head = check(&program, &entries).unwrap();
    assert_eq!((head, head.number), (entries[2].head(), 3));
    assert_eq!(check(&program, &entries[1..]), Ok(head), "the beginning is not kept for ever");
    assert_eq!(check(&program, &[]), Ok(AuditHead::default()));
}

#[test]
fn an_altered_entry_does_not_hold_whichever_byte_was_altered() {
    let program = Program::new(1);
    let entries = three(&program);
    let whole = encode(&entries[1]);
    for place in 0..whole.len() {
        let mut altered = whole.clone();
        altered[place] ^= 1;
        if let Ok(altered) = decode::<SignedAuditEntry>(&altered) {
            let with = [entries[0].clone(), altered, entries[2].clone()];
            assert!(check(&program, &with).is_err(), "{place}");
        }
    }
}

#[test]
fn what_is_left_out_or_moved_or_repeated_is_seen() {
    let program = Program::new(1);
    let [one, two, three] = three(&program).try_into().unwrap();
    let follow = Err(AuditError::DoesNotFollow);
    assert_eq!(check(&program, &[one.clone(), three.clone()]), follow);
    assert_eq!(check(&program, &[one.clone(), three.clone(), two.clone()]), follow);
    assert_eq!(check(&program, &[two.clone(), one.clone()]), follow);
    assert_eq!(check(&program, &[one.clone(), two.clone(), two.clone()]), follow);
    // One of another record, with the same number, in its place.
    let other = record(&[(read(8), &program.administrator), (read(9), &program.administrator)]);
    assert_eq!(check(&program, &[one.clone(), other[1].clone()]), follow);
    assert_ne!(check(&program, &[one, two]), check(&program, &other), "two records show");
}

#[test]
fn a_device_signs_nothing_after_the_entry_that_revokes_it() {
    let mut program = Program::new(1);
    let other = program.another_administrator();
    let by = &program.administrator;
    let before = record(&[(read(1), &other), (revoked(&other), by), (read(2), by)]);
    assert!(check(&program, &before).is_ok(), "what they did before holds");
    let after = record(&[(read(1), &other), (revoked(&other), by), (read(2), &other)]);
    assert_eq!(check(&program, &after), Err(AuditError::SignerRevoked));
}

#[test]
fn a_device_that_was_revoked_before_the_record_began_signs_nothing_in_it() {
    let mut program = Program::new(1);
    let other = program.another_administrator();
    let list = Revocations::default().with(other.key(), u64::MAX, NOW).unwrap();
    let list = SignedRevocations::sign(list, &program.administrator).unwrap();
    let list = list.verify(&program.fingerprint, NOW, EXACT).unwrap();
    let by = &program.administrator;
    let entries = record(&[(read(1), &other)]);
    assert_eq!(check_under(&program, &entries, &list), Err(AuditError::SignerRevoked));
    let entries = record(&[(read(1), &other), (revoked(&other), by)]);
    assert!(check_under(&program, &entries, &list).is_ok(), "revoked in it, and not before");
}

#[test]
fn an_entry_by_staff_or_of_another_program_does_not_hold() {
    let (mut program, theirs) = (Program::new(1), Program::new(2));
    let advocate = program.staff(Roles::ADVOCATE);
    let refused = SignedAuditEntry::sign(AuditHead::default(), read(1), NOW, &advocate);
    assert_eq!(refused, Err(AuditError::NotAdministrator));
    let genuine = three(&program).remove(0);
    let signature = advocate.sign_record(Label::Audit, &genuine.entry);
    let by_staff = SignedAuditEntry { chain: advocate.chain, signature, ..genuine.clone() };
    assert_eq!(check(&program, &[by_staff]), Err(AuditError::NotAdministrator));
    let wrong = Err(AuditError::Signer(CertificateError::WrongProgram));
    assert_eq!(check(&program, &three(&theirs)), wrong);
    // What was signed for another purpose is no entry.
    let signature = program.administrator.sign_record(Label::Invitation, &genuine.entry);
    let other = SignedAuditEntry { signature, ..genuine };
    let wrong = Err(AuditError::Signer(CertificateError::SignatureWrong));
    assert_eq!(check(&program, &[other]), wrong);
}

#[test]
fn a_time_that_cannot_be_is_seen() {
    let program = Program::new(1);
    let by = &program.administrator;
    let at = |after: AuditHead, at| SignedAuditEntry::sign(after, read(1), at, by).unwrap();
    let late = at(AuditHead::default(), NOW + DAY * 2);
    assert_eq!(check(&program, &[late]), Err(AuditError::NotYetValid));
    let first = at(AuditHead::default(), NOW + DAY / 2);
    let earlier = at(first.head(), NOW);
    assert_eq!(check(&program, &[first, earlier]), Err(AuditError::BeforeTheLast));
    let long_ago = at(AuditHead::default(), Timestamp::from_seconds(1_000));
    let early = Err(AuditError::Signer(CertificateError::NotYetValid));
    assert_eq!(check(&program, &[long_ago]), early, "before its signer was certified");
}

#[test]
fn an_entry_describes_its_own_request_and_no_other() {
    let mut program = Program::new(1);
    let by = &program.administrator;
    let policy = SignedPolicy::sign(&policy(), by).unwrap();
    let record = encode(&policy).try_into().unwrap();
    let publish = Operation::PublishPolicy { replaces: 0, policy: record };
    let held = policy.verify(&program.fingerprint, NOW, EXACT).unwrap();
    let act = Act::of(&publish).unwrap();
    let named = Act::Policy { version: held.version, hash: held.hash(), report_key: [0; 32] };
    assert_eq!(act, named);
    let list = Revocations::default().with(by.key(), u64::MAX, NOW).unwrap();
    let other = program.another_administrator();
    let signed = SignedRevocations::sign(list, &other).unwrap();
    let revoke = Operation::PublishRevocations { list: encode(&signed).try_into().unwrap() };
    let verified = signed.verify(&program.fingerprint, NOW, EXACT).unwrap();
    let revokes = Act::of(&revoke).unwrap();
    let device = program.administrator.key();
    assert_eq!(revokes, Act::Revoked { device, version: 1, list: verified.hash() });
    let record = encode(&other.staff_record()).try_into().unwrap();
    let certify = Operation::PublishStaff { record };
    assert!(
        matches!(Act::of(&certify), Some(Act::Certified { device, .. }) if device == other.key())
    );
    let notice = HostNoticeId([1; 16]);
    let acknowledge = Operation::AcknowledgeHostNotice { notice };
    assert!(read(1).describes(&acknowledge) && !read(2).describes(&acknowledge));
    let all = [publish, revoke, certify, acknowledge];
    for (number, operation) in all.iter().enumerate() {
        assert!(Act::is_one(operation));
        for (other, described) in all.iter().enumerate() {
            let Some(act) = Act::of(described) else { continue };
            assert_eq!(act.describes(operation), number == other);
        }
    }
    assert!(!Act::is_one(&Operation::ListStaff) && Act::of(&Operation::ListStaff).is_none());
}

#[test]
fn a_signed_entry_fits_its_limit_on_the_wire() {
    let program = Program::new(1);
    let act =
        Act::Certified { device: VerifyingKey([1; 32]), roles: Roles::ADVOCATE, record: [1; 32] };
    let entries = record(&[(act, &program.administrator), (read(1), &program.administrator)]);
    for entry in entries {
        assert!(encode(&entry).len() <= stillroom_protocol::limits::AUDIT_ENTRY_MAX / 2);
    }
}
