//! Administrators who edit and publish policies at their desks, and what a relay or a colleague could try.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a scenario that fails here has failed")]

mod scene;

use scene::{SOON, on_duty};
use stillroom_conversation::{PolicyEvent, PolicyTrouble, PublishedPolicy};
use stillroom_program::{
    Direction as Writing, Locale, LocaleFile, Merge, OldNotices, Policy, PolicyError, SignedPolicy,
    Timestamp, encode,
};
use stillroom_protocol::{RelayFrame, Reply, decode};
use stillroom_simulation::{DeviceNumber, Direction, Fate, SimulatedProgram, World};

/// A world with two administrators at desks.
fn two(seed: u64) -> (World, DeviceNumber, DeviceNumber) {
    let (mut world, _) = on_duty(seed);
    let (device, another) =
        (world.program.administrator.clone(), world.program.another_administrator());
    let (one, other) = (world.desk(device), world.desk(another));
    world.run_for(SOON);
    (world, one, other)
}

/// What a desk is told next.
fn next(world: &mut World, desk: DeviceNumber, before: usize) -> PolicyEvent {
    let told = world.run_until(SOON, |world| world.shown(desk).policies.len() > before);
    assert!(told, "an answer");
    world.shown(desk).policies[before].clone()
}

fn fetched(event: PolicyEvent) -> PublishedPolicy {
    match event {
        PolicyEvent::Fetched(policy) => *policy,
        other => panic!("{other:?}"),
    }
}

fn newest(world: &mut World, desk: DeviceNumber) -> PublishedPolicy {
    let before = world.shown(desk).policies.len();
    world.as_desk(desk, |desk, _| desk.fetch_policy());
    fetched(next(world, desk, before))
}

/// Edits, signs and publishes in the place of what was fetched; what the desk is told.
fn publish(
    world: &mut World,
    desk: DeviceNumber,
    draft: Policy,
    from: &PublishedPolicy,
) -> PolicyEvent {
    let before = world.shown(desk).policies.len();
    world.as_desk(desk, |desk, now| {
        let draft = draft.tidied().unwrap().following(&from.policy, now);
        let signed = desk.sign_policy(&draft).unwrap();
        desk.publish_policy(signed, Vec::new(), from.entry.version, now);
    });
    next(world, desk, before)
}

fn named(policy: &Policy, name: &str) -> Policy {
    let mut policy = policy.clone();
    policy.page.name = name.try_into().unwrap();
    policy
}

#[test]
fn what_an_administrator_publishes_is_what_everybody_is_greeted_with() {
    let (mut world, desk, other) = two(201);
    let from = newest(&mut world, desk);
    assert_eq!(from.policy, world.program.policy.unverified().unwrap());
    let version = from.entry.version + 1;
    let event = publish(&mut world, desk, named(&from.policy, "Hilltown"), &from);
    assert_eq!(event, PolicyEvent::Published(version));
    let seen = newest(&mut world, other);
    assert_eq!((&*seen.policy.page.name, seen.entry.version), ("Hilltown", version));
    assert_eq!(seen.entry.signer, world.program.administrator.key());
    assert_eq!(seen.policy.terms.report_key, from.policy.terms.report_key);
}

#[test]
fn whoever_is_second_is_told_and_merges_and_nothing_of_either_is_lost() {
    let (mut world, one, other) = two(202);
    let (from, of_other) = (newest(&mut world, one), newest(&mut world, other));
    publish(&mut world, one, named(&from.policy, "Hilltown"), &from);
    let mut mine = of_other.policy.clone();
    mine.page.about = "We are here.".try_into().unwrap();
    let before = world.shown(other).policies.len();
    assert_eq!(publish(&mut world, other, mine.clone(), &of_other), PolicyEvent::Replaced);
    let theirs = fetched(next(&mut world, other, before + 1));
    let merge = Merge::new(&of_other.policy, &mine, &theirs.policy);
    assert_eq!(merge.conflicts(), []);
    let merged = merge.policy().unwrap();
    let event = publish(&mut world, other, merged, &theirs);
    assert_eq!(event, PolicyEvent::Published(theirs.entry.version + 1));
    let page = newest(&mut world, one).policy.page;
    assert_eq!((&*page.name, &*page.about), ("Hilltown", "We are here."));
}

#[test]
fn the_history_is_whole_and_what_was_said_before_comes_back_as_something_new() {
    let (mut world, desk, _) = two(203);
    let first = newest(&mut world, desk);
    for number in 0..10 {
        let from = newest(&mut world, desk);
        publish(&mut world, desk, named(&from.policy, &format!("Town {number}")), &from);
    }
    let before = world.shown(desk).policies.len();
    world.as_desk(desk, |desk, _| desk.fetch_policy_history());
    let PolicyEvent::History(entries) = next(&mut world, desk, before) else { panic!("no list") };
    let versions: Vec<u64> = entries.iter().map(|entry| entry.version).collect();
    let last = first.entry.version + 10;
    assert_eq!(versions, (first.entry.version..=last).rev().collect::<Vec<_>>());
    assert!(entries.iter().all(|entry| !entry.revoked));
    let before = world.shown(desk).policies.len();
    world.as_desk(desk, |desk, _| desk.fetch_former_policy(last - 9));
    let old = fetched(next(&mut world, desk, before));
    assert_eq!(&*old.policy.page.name, "Town 0");
    let from = newest(&mut world, desk);
    let now = Timestamp::from_seconds(from.policy.terms.issued);
    let back = old.policy.brought_back(&from.policy, OldNotices::Dropped, now);
    assert_eq!(publish(&mut world, desk, back, &from), PolicyEvent::Published(last + 1));
    assert_eq!(&*newest(&mut world, desk).policy.page.name, "Town 0");
}

#[test]
fn a_desk_that_is_no_administrators_cannot_publish() {
    let (mut world, advocate) = on_duty(204);
    let draft = named(&world.program.policy.unverified().unwrap(), "Mine now");
    world.as_desk(advocate, |desk, _| {
        assert_eq!(desk.sign_policy(&draft), Err(PolicyError::NotAdministrator));
        desk.fetch_policy_history();
        desk.fetch_policy();
    });
    let signed = world.program.policy.clone();
    world.as_desk(advocate, |desk, now| desk.publish_policy(signed, Vec::new(), 1, now));
    let not = PolicyEvent::Failed(PolicyTrouble::NotAdministrator);
    assert_eq!(world.shown(advocate).policies, [not.clone(), not.clone(), not]);
}

/// From now on whoever asks for policies gets these records.
fn lie(world: &mut World, records: Vec<Vec<u8>>) {
    world.set_way(Box::new(move |_, direction, frame| {
        let is_down = direction == Direction::Down;
        match decode::<RelayFrame>(frame) {
            Ok(RelayFrame::Reply { number, reply: Reply::Records { .. } }) if is_down => {
                let records = records.iter().map(|record| record.clone().try_into().unwrap());
                let records = records.collect::<Vec<_>>().try_into().unwrap();
                let reply = Reply::Records { records };
                Fate::Becomes(vec![encode(&RelayFrame::Reply { number, reply })])
            }
            _ => Fate::Arrives,
        }
    }));
}

#[test]
fn a_relay_that_shows_an_older_or_a_foreign_policy_is_found_out() {
    let (mut world, desk, _) = two(205);
    let old = world.program.policy.clone();
    world.publish(|policy| policy.guidance.check_in = 40);
    world.run_for(SOON);
    let new = world.program.policy.clone();
    let now = Timestamp::from_seconds(new.unverified().unwrap().terms.issued);
    let foreign = SimulatedProgram::new(9, now).policy;
    let mut changed = new.unverified().unwrap();
    changed.page.emergency.number = "555".try_into().unwrap();
    let twice = SignedPolicy::sign(&changed, &world.program.administrator).unwrap();
    let mixed = SignedPolicy { guidance: old.guidance.clone(), ..new.clone() };
    let texts = SignedPolicy { guidance: Default::default(), ..new };
    let fails = |world: &mut World, trouble, fetch: fn(&mut stillroom_conversation::Desk)| {
        let before = world.shown(desk).policies.len();
        world.as_desk(desk, |desk, _| fetch(desk));
        assert_eq!(next(world, desk, before), PolicyEvent::Failed(trouble));
    };
    lie(&mut world, vec![encode(&old)]);
    fails(&mut world, PolicyTrouble::Older, |desk| desk.fetch_policy());
    fails(&mut world, PolicyTrouble::NotVerified, |desk| desk.fetch_former_policy(7));
    lie(&mut world, vec![encode(&old.terms_alone())]);
    fails(&mut world, PolicyTrouble::Older, |desk| desk.fetch_policy_history());
    for forged in [foreign, twice, mixed, texts] {
        lie(&mut world, vec![encode(&forged)]);
        fails(&mut world, PolicyTrouble::NotVerified, |desk| desk.fetch_policy());
    }
    lie(&mut world, vec![vec![1, 2, 3]]);
    fails(&mut world, PolicyTrouble::NotVerified, |desk| desk.fetch_policy());
    fails(&mut world, PolicyTrouble::NotVerified, |desk| desk.fetch_policy_history());
    fails(&mut world, PolicyTrouble::NotVerified, |desk| desk.fetch_locale([7; 32]));
}

#[test]
fn files_of_texts_go_before_the_policy_that_names_them_and_come_back_by_their_hash() {
    let (mut world, desk, _) = two(206);
    let from = newest(&mut world, desk);
    let file = LocaleFile::try_from("send = أرسل".as_bytes()).unwrap();
    let hash = Locale::hash(&file);
    let mut draft = from.policy.clone();
    let locale = Locale {
        tag: "ar".try_into().unwrap(),
        name: "العربية".try_into().unwrap(),
        direction: Writing::RightToLeft,
        file: hash,
    };
    draft.page.locales = vec![locale].try_into().unwrap();
    let before = world.shown(desk).policies.len();
    let files = vec![file.clone()];
    world.as_desk(desk, |desk, now| {
        let signed = desk.sign_policy(&draft.following(&from.policy, now)).unwrap();
        desk.publish_policy(signed, files, from.entry.version, now);
        desk.fetch_locale(hash);
        desk.fetch_locale([0; 32]);
    });
    assert_eq!(next(&mut world, desk, before), PolicyEvent::Published(from.entry.version + 1));
    let there = PolicyEvent::Locale { hash, file: Some(file) };
    assert_eq!(next(&mut world, desk, before + 1), there);
    let none = PolicyEvent::Locale { hash: [0; 32], file: None };
    assert_eq!(next(&mut world, desk, before + 2), none);
}

#[test]
fn what_the_line_took_away_is_asked_again_and_nothing_is_published_twice() {
    let (mut world, desk, _) = two(207);
    let from = newest(&mut world, desk);
    let before = world.shown(desk).policies.len();
    // The answer is lost, not the question.
    world.set_way(Box::new(|_, direction, frame| {
        let is_reply = matches!(decode(frame), Ok(RelayFrame::Reply { reply: Reply::Done, .. }));
        if direction == Direction::Down && is_reply { Fate::Dropped } else { Fate::Arrives }
    }));
    let draft = named(&from.policy, "Hilltown");
    world.as_desk(desk, |desk, now| {
        let signed = desk.sign_policy(&draft.following(&from.policy, now)).unwrap();
        desk.publish_policy(signed, Vec::new(), from.entry.version, now);
    });
    world.run_for(SOON);
    assert_eq!(world.shown(desk).policies.len(), before);
    world.mend_way();
    world.cut(desk);
    assert_eq!(next(&mut world, desk, before), PolicyEvent::Published(from.entry.version + 1));
}
