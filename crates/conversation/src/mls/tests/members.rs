//! People who come and go.

use super::people::{ADVOCATE, INTERPRETER, NOW, device, pair, randomness, reads, say};
use crate::mls::{Group, Leaf, MlsError, Prospect, Received, Rule};

#[test]
fn somebody_agreed_to_joins_and_reads_nothing_from_before() {
    let mut chat = pair();
    let before = chat.survivor.encrypt(b"before").unwrap();
    let mut interpreter = chat.add_interpreter();
    assert_eq!(interpreter.receive(&before, NOW), Err(MlsError::TooOld));
    say(&mut interpreter, &mut chat.survivor, "I am here");
    say(&mut chat.survivor, &mut interpreter, "good");
    assert_eq!(interpreter.members(), chat.advocate.members());
    assert_eq!(interpreter.lead(), chat.advocate.own_leaf());
    assert_eq!(interpreter.authenticator(), chat.survivor.authenticator());
}

#[test]
fn who_is_removed_knows_it_and_reads_nothing_from_after() {
    let mut chat = pair();
    let mut interpreter = chat.add_interpreter();
    let mut kept = interpreter.encrypt(b"on the way").unwrap();
    let commit = chat.advocate.remove(interpreter.own_leaf(), NOW).unwrap();
    assert_eq!(
        chat.survivor.receive(&commit, NOW),
        Ok(Received::Changed { joined: vec![], left: vec![interpreter.own_leaf()] })
    );
    let after = chat.survivor.encrypt(b"after").unwrap();
    assert_eq!(interpreter.receive(&after, NOW), Err(MlsError::NotYet));
    assert_eq!(interpreter.receive(&commit, NOW), Ok(Received::SelfRemoved));
    assert_eq!(interpreter.receive(&after, NOW), Err(MlsError::Removed));
    assert_eq!(interpreter.encrypt(b"still here").unwrap_err(), MlsError::Removed);
    assert_eq!(interpreter.members(), vec![]);
    assert_eq!(chat.survivor.receive(&kept, NOW), Err(MlsError::TooOld));
    kept[60] ^= 1;
    assert!(chat.survivor.receive(&kept, NOW).is_err());
    reads(&mut chat.advocate, &after, &chat.survivor, "after");
}

#[test]
fn a_former_member_who_keeps_the_old_keys_reads_nothing_and_is_not_heard() {
    let mut chat = pair();
    let mut interpreter = chat.add_interpreter();
    let commit = chat.advocate.remove(interpreter.own_leaf(), NOW).unwrap();
    chat.survivor.receive(&commit, NOW).unwrap();
    // They do not take the commit in, and go on with what they have.
    for _ in 0..3 {
        let secret = chat.survivor.encrypt(b"not for them").unwrap();
        assert_eq!(interpreter.receive(&secret, NOW), Err(MlsError::NotYet));
        let intrusion = interpreter.encrypt(b"me again").unwrap();
        assert_eq!(chat.survivor.receive(&intrusion, NOW), Err(MlsError::TooOld));
        assert_eq!(chat.advocate.receive(&intrusion, NOW), Err(MlsError::TooOld));
    }
}

#[test]
fn somebody_removed_comes_back_only_with_new_consent() {
    let mut chat = pair();
    let interpreter = chat.add_interpreter();
    let commit = chat.advocate.remove(interpreter.own_leaf(), NOW).unwrap();
    chat.survivor.receive(&commit, NOW).unwrap();
    let again = Prospect::staff(&device(INTERPRETER), &randomness(4), NOW).unwrap();
    assert_eq!(
        chat.advocate.add(again.key_package(), NOW).unwrap_err(),
        MlsError::NotAllowed(Rule::NobodyWithoutConsent)
    );
    chat.add_interpreter();
}

#[test]
fn what_the_lead_may_not_do_is_refused_at_once_and_changes_nothing() {
    let mut chat = pair();
    let survivor = Prospect::new(&randomness(5), NOW).unwrap();
    let staff = Prospect::staff(&device(INTERPRETER), &randomness(6), NOW).unwrap();
    let not_allowed = |rule| MlsError::NotAllowed(rule);
    let advocate = &mut chat.advocate;
    let own = advocate.own_leaf();
    assert_eq!(
        advocate.add(survivor.key_package(), NOW).unwrap_err(),
        not_allowed(Rule::OneSurvivor)
    );
    assert_eq!(
        advocate.add(staff.key_package(), NOW).unwrap_err(),
        not_allowed(Rule::NobodyWithoutConsent)
    );
    assert_eq!(advocate.remove(own, NOW).unwrap_err(), not_allowed(Rule::SoundCommit));
    assert_eq!(advocate.remove(Leaf(7), NOW).unwrap_err(), not_allowed(Rule::SoundCommit));
    assert_eq!(advocate.remove(Leaf(u32::MAX), NOW).unwrap_err(), not_allowed(Rule::SoundCommit));
    assert_eq!(
        Group::create_and_add(&device(ADVOCATE), staff.key_package(), &randomness(7), NOW)
            .unwrap_err(),
        not_allowed(Rule::NobodyWithoutConsent)
    );
    assert_eq!(advocate.epoch(), Ok(1));
    say(&mut chat.advocate, &mut chat.survivor, "as before");
}

#[test]
fn nobody_but_the_lead_makes_a_commit() {
    let mut chat = pair();
    let mut interpreter = chat.add_interpreter();
    let lead = chat.advocate.own_leaf();
    for group in [&mut chat.survivor, &mut interpreter] {
        let refused = MlsError::NotAllowed(Rule::OnlyTheLeadCommits);
        assert_eq!(group.refresh(NOW).unwrap_err(), refused);
        assert_eq!(group.remove(lead, NOW).unwrap_err(), refused);
    }
}
