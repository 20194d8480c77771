//! A chat that goes as it should, over a line that does not.

use std::time::Duration;

use super::people::{ADVOCATE, NOW, Pair, device, pair, randomness, reads, say, staff_credential};
use crate::mls::{Group, MlsError, Prospect, Received};
use stillroom_program::Timestamp;

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn a_survivor_and_an_advocate_read_each_other() {
    let Pair { mut advocate, mut survivor } = pair();
    say(&mut advocate, &mut survivor, "hello");
    say(&mut survivor, &mut advocate, "مرحبا");
    say(&mut survivor, &mut advocate, "");
    assert_eq!(advocate.authenticator(), survivor.authenticator());
    assert_eq!(advocate.members(), survivor.members());
    assert_eq!(advocate.epoch(), Ok(1));
    assert_eq!(survivor.lead(), advocate.own_leaf());
    assert_eq!(
        advocate.export(b"stillroom test", b"a", 32),
        survivor.export(b"stillroom test", b"a", 32)
    );
    assert_ne!(
        advocate.export(b"stillroom test", b"a", 32),
        survivor.export(b"stillroom test", b"b", 32)
    );
}

#[test]
fn everybody_is_told_apart_by_what_they_hold() {
    let group = pair().survivor;
    let members = group.members();
    assert_eq!(members.len(), 2);
    assert!(members.iter().any(|member| member.is_survivor() && member.leaf == group.own_leaf()));
    let lead = members.iter().find(|member| member.leaf == group.lead()).unwrap();
    assert_eq!(lead.credential, staff_credential(&device(ADVOCATE)));
    assert_eq!(lead.signing, device(ADVOCATE).key());
}

#[test]
fn a_message_is_read_once() {
    let Pair { mut advocate, mut survivor } = pair();
    let sealed = survivor.encrypt(b"once").unwrap();
    reads(&mut advocate, &sealed, &survivor, "once");
    assert_eq!(advocate.receive(&sealed, NOW), Err(MlsError::Replayed));
    say(&mut survivor, &mut advocate, "more");
}

#[test]
fn messages_that_overtake_each_other_are_all_read() {
    let Pair { mut advocate, mut survivor } = pair();
    let texts: Vec<_> = (0..60).map(|number| format!("number {number}")).collect();
    let mut sealed: Vec<_> =
        texts.iter().map(|text| (text, survivor.encrypt(text.as_bytes()).unwrap())).collect();
    sealed.reverse();
    sealed.rotate_left(17);
    for (text, sealed) in &sealed {
        reads(&mut advocate, sealed, &survivor, text);
    }
    for (_, sealed) in &sealed {
        assert_eq!(advocate.receive(sealed, NOW), Err(MlsError::Replayed));
    }
}

#[test]
fn more_messages_than_may_be_skipped_are_an_error_of_their_own() {
    let Pair { mut advocate, mut survivor } = pair();
    let first = survivor.encrypt(b"first").unwrap();
    for _ in 0..1030 {
        survivor.encrypt(b"lost").unwrap();
    }
    let last = survivor.encrypt(b"last").unwrap();
    assert_eq!(advocate.receive(&last, NOW), Err(MlsError::TooFarAhead));
    reads(&mut advocate, &first, &survivor, "first");
}

#[test]
fn ones_own_message_come_back_is_nothing() {
    let Pair { mut advocate, .. } = pair();
    let sealed = advocate.encrypt(b"mine").unwrap();
    assert_eq!(advocate.receive(&sealed, NOW), Ok(Received::Nothing));
    let commit = advocate.refresh(NOW).unwrap();
    assert_eq!(advocate.receive(&commit, NOW), Ok(Received::Nothing));
}

#[test]
fn an_altered_message_is_refused_wherever_it_was_altered_and_the_true_one_still_read() {
    let Pair { mut advocate, mut survivor } = pair();
    let sealed = survivor.encrypt(b"as it was written").unwrap();
    for position in 0..sealed.len() {
        let mut altered = sealed.clone();
        altered[position] ^= 1 << (position % 8);
        let refused = advocate.receive(&altered, NOW);
        assert!(
            !matches!(
                refused,
                Ok(Received::Application { .. })
                    | Ok(Received::Changed { .. })
                    | Err(MlsError::RuleBroken(_))
            ),
            "byte {position}: {refused:?}"
        );
    }
    reads(&mut advocate, &sealed, &survivor, "as it was written");
}

#[test]
fn an_altered_commit_is_refused_and_the_true_one_still_taken() {
    let Pair { mut advocate, mut survivor } = pair();
    let commit = advocate.refresh(NOW).unwrap();
    for position in (0..commit.len()).step_by(29) {
        let mut altered = commit.clone();
        altered[position] ^= 0x55;
        let refused = survivor.receive(&altered, NOW);
        assert!(
            matches!(
                refused,
                Ok(Received::Nothing)
                    | Err(MlsError::Malformed
                        | MlsError::WrongSuite
                        | MlsError::NotForThisChat
                        | MlsError::NotYet
                        | MlsError::TooOld
                        | MlsError::Forged)
            ),
            "byte {position}: {refused:?}"
        );
    }
    let changed = survivor.receive(&commit, NOW).unwrap();
    assert!(matches!(changed, Received::Changed { .. }));
    say(&mut survivor, &mut advocate, "on with it");
}

#[test]
fn a_message_cut_short_or_lengthened_is_refused() {
    let Pair { mut advocate, mut survivor } = pair();
    let sealed = survivor.encrypt(b"whole").unwrap();
    for end in 0..sealed.len() {
        assert_eq!(advocate.receive(&sealed[..end], NOW), Err(MlsError::Malformed));
    }
    let mut long = sealed.clone();
    long.push(0);
    assert_eq!(advocate.receive(&long, NOW), Err(MlsError::Malformed));
    reads(&mut advocate, &sealed, &survivor, "whole");
}

#[test]
fn random_bytes_are_refused_wherever_they_come_in() {
    let Pair { mut advocate, .. } = pair();
    let mut prospect = Prospect::new(&randomness(9), NOW).unwrap();
    let noise = randomness(77);
    for length in 0..400 {
        let mut bytes = vec![0; length];
        noise.fill(&mut bytes);
        // Every other one begins like an MLS message of some kind.
        if let [0..=255, 0..=255, 0..=255, kind, ..] = bytes.as_mut_slice()
            && length % 2 == 0
        {
            let kind = *kind % 6;
            bytes[..4].copy_from_slice(&[0, 1, 0, kind]);
        }
        assert!(advocate.receive(&bytes, NOW).is_err());
        assert!(prospect.join(&bytes, NOW).is_err());
        assert!(Group::create_and_add(&device(ADVOCATE), &bytes, &randomness(2), NOW).is_err());
    }
}

#[test]
fn a_message_of_another_chat_is_not_for_this_one() {
    let mut here = pair();
    let mut prospect = Prospect::new(&randomness(21), NOW).unwrap();
    let (mut there, _) =
        Group::create_and_add(&device(ADVOCATE), prospect.key_package(), &randomness(22), NOW)
            .unwrap();
    let sealed = there.encrypt(b"elsewhere").unwrap();
    assert_eq!(here.survivor.receive(&sealed, NOW), Err(MlsError::NotForThisChat));
    let (_, welcome) =
        Group::create_and_add(&device(ADVOCATE), prospect.key_package(), &randomness(23), NOW)
            .unwrap();
    let mut other = Prospect::new(&randomness(24), NOW).unwrap();
    assert_eq!(other.join(&welcome, NOW).unwrap_err(), MlsError::NotForThisChat);
    prospect.join(&welcome, NOW).unwrap();
}

#[test]
fn waiting_keys_are_used_once() {
    let mut prospect = Prospect::new(&randomness(1), NOW).unwrap();
    let (_, welcome) =
        Group::create_and_add(&device(ADVOCATE), prospect.key_package(), &randomness(2), NOW)
            .unwrap();
    prospect.join(&welcome, NOW).unwrap();
    assert_eq!(prospect.join(&welcome, NOW).unwrap_err(), MlsError::Used);
}

#[test]
fn clocks_a_day_apart_are_tolerated_and_old_key_packages_are_not() {
    let add = |made: Timestamp, added: Timestamp, joined: Timestamp| {
        let mut prospect = Prospect::new(&randomness(1), made)?;
        let key_package = prospect.key_package().to_vec();
        let (_, welcome) =
            Group::create_and_add(&device(ADVOCATE), &key_package, &randomness(2), added)?;
        prospect.join(&welcome, joined).map(|_| ())
    };
    let ahead = |hours: u32| NOW + HOUR * hours;
    assert_eq!(add(ahead(24), NOW, ahead(24)), Ok(()));
    assert_eq!(add(NOW, ahead(24), NOW), Ok(()));
    assert_eq!(add(NOW, ahead(48), ahead(24)), Ok(()));
    assert_eq!(add(NOW, ahead(49), NOW), Err(MlsError::OutsideLifetime));
    assert_eq!(add(ahead(26), NOW, ahead(26)), Err(MlsError::OutsideLifetime));
    assert_eq!(add(NOW, NOW, ahead(49)), Err(MlsError::OutsideLifetime));
    assert_eq!(add(Timestamp(0), Timestamp(0), Timestamp(0)), Ok(()));
}

#[test]
fn a_message_from_before_a_commit_is_read_after_it() {
    let Pair { mut advocate, mut survivor } = pair();
    let late = survivor.encrypt(b"late").unwrap();
    let later = survivor.encrypt(b"later").unwrap();
    for _ in 0..2 {
        let commit = advocate.refresh(NOW).unwrap();
        survivor.receive(&commit, NOW).unwrap();
    }
    reads(&mut advocate, &late, &survivor, "late");
    assert_eq!(advocate.receive(&late, NOW), Err(MlsError::Replayed));
    let commit = advocate.refresh(NOW).unwrap();
    survivor.receive(&commit, NOW).unwrap();
    assert_eq!(advocate.receive(&late, NOW), Err(MlsError::Replayed));
    reads(&mut advocate, &later, &survivor, "later");
    let commit = advocate.refresh(NOW).unwrap();
    survivor.receive(&commit, NOW).unwrap();
    assert_eq!(advocate.receive(&late, NOW), Err(MlsError::TooOld));
    say(&mut survivor, &mut advocate, "now");
}

#[test]
fn a_message_that_is_ahead_of_its_commit_is_read_when_the_commit_has_come() {
    let Pair { mut advocate, mut survivor } = pair();
    let commit = advocate.refresh(NOW).unwrap();
    let next = advocate.refresh(NOW).unwrap();
    let sealed = advocate.encrypt(b"after").unwrap();
    assert_eq!(survivor.receive(&sealed, NOW), Err(MlsError::NotYet));
    assert_eq!(survivor.receive(&next, NOW), Err(MlsError::NotYet));
    survivor.receive(&commit, NOW).unwrap();
    assert_eq!(survivor.receive(&commit, NOW), Ok(Received::Nothing));
    survivor.receive(&next, NOW).unwrap();
    reads(&mut survivor, &sealed, &advocate, "after");
}

#[test]
fn nothing_of_a_group_prints() {
    let Pair { survivor, .. } = pair();
    let prospect = Prospect::new(&randomness(1), NOW).unwrap();
    assert_eq!(format!("{survivor:?} {prospect:?}"), "Group Prospect");
}
