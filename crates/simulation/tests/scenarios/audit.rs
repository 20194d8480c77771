//! The record of administrative acts, and a relay that shows different people different ones, an older one, or one that
//! somebody changed.

use core::time::Duration;
use std::collections::BTreeMap;

use stillroom_conversation::{AuditTrouble, AuditWrong};
use stillroom_program::{
    Act, AuditHead, Device, Roles, SignedAuditEntry, SignedHostNotice, Timestamp, encode,
};
use stillroom_protocol::{ClientFrame, HostNoticeId, Operation, RelayFrame, Reply, decode};
use stillroom_simulation::{DeviceNumber, Direction, Fate, World};

use crate::scene::{add_desk_with, on_duty};

const MOMENT: Duration = Duration::from_secs(5);

fn act(number: u8) -> Act {
    Act::NoticeRead { notice: HostNoticeId([number; 16]), hash: [number; 32], shown: 0 }
}

/// A record of so many entries; those of two seeds have the first in common and no other.
fn record(signer: &Device, seed: u8, length: u8, now: Timestamp) -> Vec<SignedAuditEntry> {
    let mut entries: Vec<SignedAuditEntry> = Vec::new();
    for number in 0..length {
        let after = entries.last().map(SignedAuditEntry::head).unwrap_or_default();
        let act = act(if number == 0 { 0 } else { seed + number });
        entries.push(SignedAuditEntry::sign(after, act, now, signer).unwrap());
    }
    entries
}

/// A relay that shows these devices these records, whatever its own is.
fn shows(world: &mut World, to: Vec<(DeviceNumber, Vec<SignedAuditEntry>)>) {
    let to: BTreeMap<_, _> = to.into_iter().collect();
    let mut asked = BTreeMap::new();
    world.set_way(Box::new(move |device, direction, frame| {
        let Some(record) = to.get(&device) else { return Fate::Arrives };
        match direction {
            Direction::Up => {
                if let Ok(ClientFrame::Request { number, operation }) = decode(frame)
                    && let Operation::AuditFrom { number: from } = operation
                {
                    asked.insert((device, number), from);
                }
                Fate::Arrives
            }
            Direction::Down => match decode(frame) {
                Ok(RelayFrame::Reply { number, reply: Reply::Records { .. } }) => {
                    let Some(from) = asked.remove(&(device, number)) else { return Fate::Arrives };
                    let entries = record.iter().filter(|entry| entry.number() >= from);
                    let records: Vec<_> =
                        entries.map(|entry| encode(entry).try_into().unwrap()).collect();
                    let reply = Reply::Records { records: records.try_into().unwrap() };
                    Fate::Becomes(vec![encode(&RelayFrame::Reply { number, reply })])
                }
                _ => Fate::Arrives,
            },
        }
    }));
}

/// A desk that comes on duty, as the next one in the world.
fn comes(world: &mut World, name: &str) -> DeviceNumber {
    add_desk_with(world, Roles::SUPERVISOR, name)
}

fn newest(world: &World, desk: DeviceNumber) -> AuditHead {
    world.shown(desk).audit.newest.as_ref().map(SignedAuditEntry::head).unwrap_or_default()
}

fn trouble(world: &World, desk: DeviceNumber) -> Option<AuditTrouble> {
    world.shown(desk).audit.trouble.clone()
}

fn wrong(world: &World, desk: DeviceNumber) -> Option<AuditWrong> {
    trouble(world, desk).map(|trouble| trouble.what)
}

/// Where a desk that is added next stands.
fn next(after: DeviceNumber) -> DeviceNumber {
    DeviceNumber(after.0 + 1)
}

#[test]
fn desks_that_are_shown_one_record_say_nothing_of_it_also_while_it_grows() {
    let (mut world, sam) = on_duty(1);
    let administrator = world.program.administrator.clone();
    let kim = comes(&mut world, "Kim");
    for entry in record(&administrator, 1, 4, world.now) {
        assert!(world.enter(entry));
        // One is let in after another, so that one learns of what is new from the other.
        world.cut(sam);
        world.run_for(MOMENT);
    }
    world.cut(kim);
    world.run_for(MOMENT * 4);
    let head = world.record().last().unwrap().head();
    assert_eq!([newest(&world, sam), newest(&world, kim)], [head; 2]);
    assert_eq!([wrong(&world, sam), wrong(&world, kim)], [None; 2]);
}

#[test]
fn what_one_desk_has_seen_another_learns_from_their_note() {
    let (mut world, sam) = on_duty(2);
    let administrator = world.program.administrator.clone();
    let kim = comes(&mut world, "Kim");
    record(&administrator, 1, 3, world.now).into_iter().for_each(|entry| {
        assert!(world.enter(entry));
    });
    world.cut(sam);
    world.run_for(MOMENT * 4);
    assert_eq!(newest(&world, kim), newest(&world, sam));
    assert_eq!(newest(&world, kim).number, 3);
}

#[test]
fn a_relay_that_shows_two_records_is_found_out_when_two_desks_meet() {
    for (ours, theirs) in [(3, 3), (2, 4), (4, 2)] {
        let (mut world, sam) = on_duty(3);
        let administrator = world.program.administrator.clone();
        let (one, two) = (
            record(&administrator, 1, ours, world.now),
            record(&administrator, 50, theirs, world.now),
        );
        shows(&mut world, vec![(sam, one.clone()), (next(sam), two.clone())]);
        world.cut(sam);
        world.run_for(MOMENT);
        assert_eq!((newest(&world, sam), wrong(&world, sam)), (one.last().unwrap().head(), None));
        let kim = comes(&mut world, "Kim");
        world.run_for(MOMENT * 4);
        let found: Vec<_> = [sam, kim].iter().filter_map(|desk| trouble(&world, *desk)).collect();
        assert!(!found.is_empty(), "{ours} and {theirs}");
        for AuditTrouble { here, there, .. } in found {
            // Both are signed, and no record has both.
            let (here, there) = (here.unwrap(), there.unwrap());
            let heads = [here.head(), there.head()];
            assert!(
                one.iter().chain(&two).filter(|entry| heads.contains(&entry.head())).count() == 2
            );
            assert!(!one.contains(&here) || !one.contains(&there));
            assert!(!two.contains(&here) || !two.contains(&there));
        }
    }
}

#[test]
fn a_relay_that_keeps_an_entry_back_from_one_desk_is_found_out_there() {
    let (mut world, sam) = on_duty(4);
    let administrator = world.program.administrator.clone();
    let whole = record(&administrator, 1, 3, world.now);
    shows(&mut world, vec![(sam, whole[..2].to_vec()), (next(sam), whole.clone())]);
    world.cut(sam);
    world.run_for(MOMENT);
    let kim = comes(&mut world, "Kim");
    world.run_for(MOMENT * 4);
    let found = trouble(&world, sam).unwrap();
    assert_eq!((found.what, found.there), (AuditWrong::Older, Some(whole[2].clone())));
    assert_eq!(wrong(&world, kim), None);
}

#[test]
fn a_device_remembers_what_it_saw_and_believes_no_other_and_no_older_record() {
    let wrongs = [
        (3_u8, 1_u8, None),
        (5, 1, None),
        (3, 50, Some(AuditWrong::Two)),
        (2, 1, Some(AuditWrong::Older)),
        (0, 1, Some(AuditWrong::Older)),
    ];
    for (length, seed, expected) in wrongs {
        let mut world = World::new(5);
        let (administrator, now) = (world.program.administrator.clone(), world.now);
        let known = record(&administrator, 1, 3, now).pop().unwrap();
        shows(&mut world, vec![(DeviceNumber(0), record(&administrator, seed, length, now))]);
        let device = world.program.staff(Roles::ADVOCATE, "Sam");
        let desk = world.desk(device);
        world.as_desk(desk, |desk, _| desk.know_audit(known));
        world.run_for(MOMENT);
        assert_eq!(wrong(&world, desk), expected, "{length} of {seed}");
    }
}

#[test]
fn a_record_that_somebody_changed_is_not_believed() {
    let (administrator, now) = {
        let world = World::new(6);
        (world.program.administrator.clone(), world.now)
    };
    let whole = record(&administrator, 1, 3, now);
    let mut forged = whole.clone();
    forged[2].signature[0] ^= 1;
    let left_out = [whole[0].clone(), whole[2].clone()].to_vec();
    let moved = [whole[1].clone(), whole[0].clone(), whole[2].clone()].to_vec();
    let of_another = record(&World::new(7).program.administrator, 1, 3, now);
    for broken in [forged, left_out, moved, of_another] {
        let mut world = World::new(6);
        shows(&mut world, vec![(DeviceNumber(0), broken)]);
        let device = world.program.staff(Roles::ADVOCATE, "Sam");
        let desk = world.desk(device);
        world.run_for(MOMENT);
        assert_eq!(wrong(&world, desk), Some(AuditWrong::Broken));
        assert_eq!(newest(&world, desk), AuditHead::default());
    }
}

#[test]
fn an_administrators_desk_finds_out_what_is_in_force_and_not_in_the_record() {
    let world = World::new(8);
    let administrator = world.program.administrator.clone();
    let policy = encode(&world.program.policy).try_into().unwrap();
    let publish = Act::of(&Operation::PublishPolicy { replaces: 0, policy }).unwrap();
    let before = SignedAuditEntry::sign(AuditHead::default(), act(1), world.now, &administrator);
    let before = before.unwrap();
    let entered =
        SignedAuditEntry::sign(before.head(), publish, world.now, &administrator).unwrap();
    let Act::Policy { version, .. } = entered.entry.act else { unreachable!() };
    let other = Act::Policy { version, hash: [9; 32], report_key: [0; 32] };
    let kept_out = SignedAuditEntry::sign(before.head(), other, world.now, &administrator).unwrap();
    for (last, expected) in [(entered, None), (kept_out, Some(AuditWrong::Outside))] {
        let mut world = World::new(8);
        assert!(world.enter(before.clone()) && world.enter(last));
        let desk = world.desk(administrator.clone());
        world.run_for(MOMENT);
        assert_eq!(wrong(&world, desk), expected);
    }
}

#[test]
fn of_two_administrators_who_write_at_once_each_has_an_entry() {
    let mut world = World::new(9);
    let administrator = world.program.administrator.clone();
    let desk = world.desk(administrator.clone());
    world.run_for(MOMENT);
    let host = stillroom_program::SigningKey::from_bytes(&[3; 32]);
    let notice = stillroom_program::HostNotice {
        id: HostNoticeId([1; 16]),
        kind: stillroom_program::HostNoticeKind::Breach,
        given: 1,
        text: "Backups were read.".try_into().unwrap(),
    };
    let signed = SignedHostNotice::sign(notice, &world.program.root, &host);
    let notices = vec![encode(&signed).try_into().unwrap()].try_into().unwrap();
    world.inject_down(desk, encode(&RelayFrame::HostNotices { notices }));
    world.run_for(MOMENT);
    // Somebody else's entry comes first, of which this desk knows nothing.
    let first = record(&administrator, 1, 1, world.now).remove(0);
    assert!(world.enter(first.clone()));
    world.as_desk(desk, |desk, _| desk.acknowledge(HostNoticeId([1; 16])));
    world.run_for(MOMENT);
    let record = world.record().to_vec();
    assert_eq!((record.len(), &record[0]), (2, &first));
    assert_eq!(world.shown(desk).audit.newest.as_ref(), record.last());
    assert!(world.shown(desk).troubles.is_empty() && wrong(&world, desk).is_none());
}
