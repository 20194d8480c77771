//! Looking at the policies that the relay keeps, and what it could try.

use stillroom_program::{Locale, LocaleFile};

use super::*;

/// A console that was let in under version 3, and is done with what it asks by itself.
fn in_third(administrator: &Device) -> Scene {
    let mut scene = Scene::new(administrator.clone());
    let third = signed(&policy(3), administrator);
    scene.admit(&third);
    scene.answer(&third);
    scene.shown();
    scene
}

fn told(scene: &mut Scene) -> PolicyEvent {
    match &scene.shown()[..] {
        [AdministratorEvent::Policies(event)] => event.clone(),
        other => panic!("{other:?}"),
    }
}

fn listed(policies: &[SignedPolicy]) -> Vec<Vec<u8>> {
    policies.iter().map(|signed| encode(&signed.terms_alone())).collect()
}

fn versions(administrator: &Device, numbers: &[u64]) -> Vec<SignedPolicy> {
    numbers.iter().map(|number| signed(&policy(*number), administrator)).collect()
}

#[test]
fn the_list_is_fetched_page_by_page_until_there_is_no_more() {
    let administrator = administrator();
    let mut scene = in_third(&administrator);
    scene.console.fetch_history();
    scene.drain();
    scene.reply(listed(&versions(&administrator, &[3, 2])));
    assert_eq!(scene.asked.last().unwrap().1, Operation::PolicyHistory { below: 2 });
    scene.reply(listed(&versions(&administrator, &[1])));
    scene.reply(Vec::new());
    let PolicyEvent::History(entries) = told(&mut scene) else { panic!("no list") };
    let numbers: Vec<u64> = entries.iter().map(|entry| entry.version).collect();
    assert_eq!(numbers, [3, 2, 1]);
    assert!(entries.iter().all(|entry| entry.signer == administrator.key() && !entry.revoked));
}

#[test]
fn a_former_policy_comes_whole_and_one_that_is_not_kept_any_more_is_said() {
    let administrator = administrator();
    let mut scene = in_third(&administrator);
    scene.console.fetch_policy(2);
    scene.console.fetch_policy(1);
    scene.drain();
    scene.reply(vec![encode(&signed(&closed(2), &administrator))]);
    assert_eq!(told(&mut scene), PolicyEvent::Fetched(Box::new(closed(2))));
    scene.reply(Vec::new());
    assert_eq!(told(&mut scene), PolicyEvent::NotKept(1));
}

#[test]
fn what_the_line_took_away_is_asked_again() {
    let administrator = administrator();
    let mut scene = in_third(&administrator);
    scene.console.fetch_policy(2);
    scene.drain();
    scene.asked.clear();
    scene.come_back(&signed(&policy(3), &administrator));
    assert_eq!(
        scene.asked,
        [(crate::administrator::history::REQUEST, Operation::Policy { version: 2 })]
    );
}

#[test]
fn a_list_that_leaves_out_the_newest_goes_up_or_says_something_twice_is_not_believed() {
    let administrator = administrator();
    let twice = signed(&closed(3), &administrator);
    for (list, trouble) in [
        (versions(&administrator, &[2, 1]), PolicyTrouble::Older),
        (Vec::new(), PolicyTrouble::Older),
        (versions(&administrator, &[3, 2, 2]), PolicyTrouble::NotVerified),
        (versions(&administrator, &[3, 1, 2]), PolicyTrouble::NotVerified),
        (vec![twice], PolicyTrouble::NotVerified),
    ] {
        let mut scene = in_third(&administrator);
        scene.console.fetch_history();
        scene.drain();
        scene.reply(listed(&list));
        assert_eq!(told(&mut scene), PolicyEvent::Failed(trouble));
    }
}

#[test]
fn a_policy_that_is_another_version_a_foreign_one_or_mixed_is_not_believed() {
    let administrator = administrator();
    let second = signed(&policy(2), &administrator);
    let mixed = SignedPolicy { page: signed(&closed(2), &administrator).page, ..second.clone() };
    let mut forged = second.clone();
    forged.signature = [0; 64];
    let foreign = signed(&policy(2), &staff::foreign_administrator(NOW));
    let other = signed(&policy(1), &administrator);
    let without_texts = second.terms_alone();
    for wrong in [mixed, forged, foreign, other, without_texts] {
        let mut scene = in_third(&administrator);
        scene.console.fetch_policy(2);
        scene.drain();
        scene.reply(vec![encode(&wrong)]);
        assert_eq!(told(&mut scene), PolicyEvent::Failed(PolicyTrouble::NotVerified));
    }
}

#[test]
fn a_file_of_texts_is_the_one_with_its_hash_or_none() {
    let administrator = administrator();
    let file = LocaleFile::try_from("send = أرسل".as_bytes()).unwrap();
    let hash = Locale::hash(&file);
    for (records, expected) in [
        (vec![file.to_vec()], PolicyEvent::Locale { hash, file: Some(file.clone()) }),
        (Vec::new(), PolicyEvent::Locale { hash, file: None }),
        (vec![vec![1, 2, 3]], PolicyEvent::Failed(PolicyTrouble::NotVerified)),
    ] {
        let mut scene = in_third(&administrator);
        scene.console.fetch_locale(hash);
        scene.drain();
        scene.reply(records);
        assert_eq!(told(&mut scene), expected);
    }
}

#[test]
fn a_refusal_is_told_and_does_not_hold_up_what_was_asked_next() {
    let administrator = administrator();
    let mut scene = in_third(&administrator);
    scene.console.fetch_history();
    scene.console.fetch_policy(2);
    scene.drain();
    let (number, _) = scene.asked.pop().unwrap();
    let about = About::Request(number);
    scene.say(&RelayFrame::Refused { about, refusal: Refusal::RelayFault });
    let failed = PolicyEvent::Failed(PolicyTrouble::Refused(Refusal::RelayFault));
    assert_eq!(told(&mut scene), failed);
    assert_eq!(scene.asked.last().unwrap().1, Operation::Policy { version: 2 });
}
