//! The record of administrative acts at a console, and what the host says there.

use stillroom_program::{AuditHead, HostNotice, HostNoticeKind, SignedHostNotice, SigningKey};

use super::*;
use crate::AuditWrong;

/// The entry of this policy's publication, after these.
fn entered(
    signed: &SignedPolicy,
    before: &[SignedAuditEntry],
    administrator: &Device,
) -> SignedAuditEntry {
    let policy = encode(signed).try_into().unwrap();
    let act = Act::of(&Operation::PublishPolicy { replaces: 0, policy }).unwrap();
    let after = before.last().map_or_else(AuditHead::default, SignedAuditEntry::head);
    SignedAuditEntry::sign(after, act, NOW, administrator).unwrap()
}

fn wrong(scene: &Scene) -> Option<AuditWrong> {
    let troubles = scene.told.iter().filter_map(|event| match event {
        AdministratorEvent::Audit(seen) => seen.trouble.as_ref(),
        _ => None,
    });
    troubles.map(|trouble| trouble.what).next()
}

/// A console under version 1, whose publication is in the record.
fn scene() -> (Scene, SignedPolicy, SignedPolicy) {
    let administrator = administrator();
    let (first, second) = (signed(&policy(1), &administrator), signed(&closed(2), &administrator));
    let mut scene = Scene::new(administrator.clone());
    scene.record = vec![entered(&first, &[], &administrator)];
    scene.admit(&first);
    scene.answer(&first);
    scene.shown();
    (scene, first, second)
}

#[test]
fn the_whole_record_is_shown_as_it_grows() {
    let (mut scene, _, second) = scene();
    scene.record.push(entered(&second, &scene.record, &administrator()));
    scene.greet(&second);
    let read = scene.told.iter().filter_map(|event| match event {
        AdministratorEvent::Record(entries) => Some(entries.len()),
        _ => None,
    });
    assert_eq!(read.collect::<Vec<_>>(), [1, 2]);
    assert_eq!(wrong(&scene), None);
}

#[test]
fn a_policy_that_came_a_moment_before_its_entry_is_not_said_to_be_outside_the_record() {
    let (mut scene, _, second) = scene();
    // What is read first was written before the other administrator's entry; it is there when it is read once more.
    let entry = entered(&second, &scene.record, &administrator());
    scene.late = Some(entry);
    scene.greet(&second);
    assert_eq!((wrong(&scene), scene.record.len()), (None, 2));
}

#[test]
fn a_policy_whose_entry_does_not_come_is_said_to_be_outside_the_record() {
    let (mut scene, _, second) = scene();
    scene.greet(&second);
    assert_eq!(wrong(&scene), Some(AuditWrong::Outside));
}

fn notice(host: u8) -> RelayFrame {
    let notice = HostNotice {
        id: HostNoticeId([1; 16]),
        kind: HostNoticeKind::Breach,
        given: 1,
        text: "Backups were read.".try_into().unwrap(),
    };
    let root = administrator().program();
    let signed = SignedHostNotice::sign(notice, &root, &SigningKey::from_bytes(&[host; 32]));
    let notices = vec![encode(&signed).try_into().unwrap()].try_into().unwrap();
    RelayFrame::HostNotices { notices }
}

#[test]
fn what_the_host_says_is_shown_and_that_it_was_read_is_entered() {
    let (mut scene, ..) = scene();
    scene.say(&notice(3));
    let [AdministratorEvent::Host(says)] = &scene.shown()[..] else { panic!("not shown") };
    assert_eq!(says.notices.len(), 1);
    scene.console.acknowledge(HostNoticeId([1; 16]), NOW);
    scene.drain();
    let [(_, Operation::Audited { entry, operation })] = &scene.asked[..] else {
        panic!("{:?}", scene.asked)
    };
    let asked: Operation = decode(operation).unwrap();
    assert_eq!(asked, Operation::AcknowledgeHostNotice { notice: HostNoticeId([1; 16]) });
    let entry: SignedAuditEntry = decode(entry).unwrap();
    assert!(entry.entry.act.describes(&asked));
}

#[test]
fn another_hosts_words_are_not_shown() {
    let (mut scene, ..) = scene();
    scene.say(&notice(3));
    scene.shown();
    scene.say(&notice(4));
    let [AdministratorEvent::Host(says)] = &scene.shown()[..] else { panic!("not told") };
    assert!(says.notices.is_empty() && says.of_another);
}

#[test]
fn publishing_does_not_give_up_that_a_notice_was_read_and_neither_is_taken_for_the_other() {
    let (mut scene, ..) = scene();
    scene.say(&notice(3));
    scene.shown();
    scene.console.acknowledge(HostNoticeId([1; 16]), NOW);
    scene.drain();
    let (number, _) = scene.asked.pop().unwrap();
    scene.publish(&closed(2));
    scene.say(&RelayFrame::Reply { number, reply: Reply::Done });
    assert_eq!(scene.shown(), [], "the notice is entered, the policy is not");
    let (number, asked) = scene.asked.pop().unwrap();
    assert!(matches!(asked, Operation::Audited { .. }));
    scene.say(&RelayFrame::Reply { number, reply: Reply::Done });
    assert_eq!(scene.shown(), [AdministratorEvent::Published(2)]);
}
