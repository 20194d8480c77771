//! A device that is revoked: cut off within seconds, believed by nobody, with its survivors at the head of the
//! line and nothing left on it; and nothing that is said beforehand is sealed to a key that it knows.

use core::time::Duration;

use stillroom_conversation::{Announcement, Duty, Ending, Phase, Trouble};
use stillroom_program::{Device, ReceivingPublicKey, Roles, SharedKeyBundle, SignedStatement};
use stillroom_protocol::{ClientFrame, Operation, RelayFrame, Shared, decode};
use stillroom_simulation::{DeviceNumber, Direction, Fate, World};

use crate::scene::{A_WHILE, FIRST, SOON, add_desk, start, take, write_both_ways};

/// Sam in a chat with a survivor; Kim on duty; somebody else has been waiting for longer.
struct Scene {
    world: World,
    sam: DeviceNumber,
    device: Device,
    kim: DeviceNumber,
    survivor: DeviceNumber,
    waiting: DeviceNumber,
}

fn scene(seed: u64) -> Scene {
    let mut world = World::new(seed);
    let device = world.program.staff(Roles::ADVOCATE, "Sam");
    let sam = world.desk(device.clone());
    world.as_desk(sam, |desk, now| desk.go_on_duty(now));
    assert!(world.run_until(SOON, |world| world.shown(sam).duty == Some(Duty::On)));
    // Until the relay has heard it.
    world.run_for(Duration::from_secs(1));
    let survivor = start(&mut world);
    take(&mut world, sam, survivor, FIRST);
    let kim = add_desk(&mut world, "Kim");
    let waiting = start(&mut world);
    assert!(world.run_until(SOON, |world| world.shown(kim).waiting.len() == 1));
    write_both_ways(&mut world, sam, survivor, 0);
    Scene { world, sam, device, kim, survivor, waiting }
}

/// The duty keys that survivors are told, the last one last.
fn keys_stated(world: &World) -> Vec<ReceivingPublicKey> {
    let stated = world.seen_by_relay.iter().filter_map(|frame| match decode(frame).ok()? {
        ClientFrame::GoOnDuty { statement } => decode::<SignedStatement>(&statement).ok(),
        _ => None,
    });
    stated.map(|signed| signed.statement.duty_key).collect()
}

/// The duty keys that desks made.
fn keys_made(world: &World) -> Vec<SharedKeyBundle> {
    let put = world.seen_by_relay.iter().filter_map(|frame| match decode(frame).ok()? {
        ClientFrame::Request {
            operation: Operation::PutShared { which: Shared::DutyKey, record: bundle, .. },
            ..
        } => decode(&bundle).ok(),
        _ => None,
    });
    put.collect()
}

#[test]
fn its_survivor_is_told_and_is_at_the_head_of_the_line_within_seconds() {
    let Scene { mut world, device, kim, survivor, waiting, .. } = scene(1);
    world.revoke(&device);
    assert!(world.run_until(SOON, |world| {
        world.shown(survivor).chat(0).announced.contains(&Announcement::AdvocateLost)
    }));
    assert!(world.run_until(SOON, |world| world.shown(kim).waiting.len() == 2));
    take(&mut world, kim, survivor, FIRST);
    assert_ne!(world.shown(waiting).phase(), Some(Phase::Chatting), "the other one is next");
    world.as_survivor(survivor, |core, now| core.write("are you there", now).unwrap());
    let arrived = |world: &World| world.shown(kim).chat(1).received().contains(&"are you there");
    assert!(world.run_until(SOON, arrived));
}

#[test]
fn a_chat_that_its_survivor_has_ended_stays_ended() {
    let Scene { mut world, sam, device, kim, survivor, .. } = scene(5);
    world.lock(sam);
    world.as_survivor(survivor, |core, now| {
        core.write("are you there", now).unwrap();
        core.end(now);
    });
    world.revoke(&device);
    world.run_for(A_WHILE);
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Ended(Ending::BySurvivor)));
    assert_eq!(world.shown(kim).waiting.len(), 1, "nobody but who waited before");
}

#[test]
fn nothing_is_left_on_it_and_it_takes_nobody() {
    let Scene { mut world, sam, device, .. } = scene(2);
    world.revoke(&device);
    let erased = |world: &World| world.shown(sam).chat(1).ending == Some(Ending::Unknown);
    assert!(world.run_until(A_WHILE, erased));
    assert!(world.shown(sam).troubles.contains(&Trouble::CertificateRefused));
    assert_eq!(world.shown(sam).duty, Some(Duty::Off));
    assert!(world.shown(sam).waiting.is_empty());
    world.as_desk(sam, |desk, now| desk.go_on_duty(now));
    world.run_for(A_WHILE);
    assert_ne!(world.shown(sam).duty, Some(Duty::On));
}

#[test]
fn what_is_said_beforehand_is_sealed_to_a_key_that_it_never_had() {
    let Scene { mut world, device, kim, .. } = scene(3);
    let before = keys_stated(&world).last().cloned().unwrap();
    let made = keys_made(&world).len();
    world.revoke(&device);
    world.run_for(SOON);
    let after = keys_stated(&world).last().cloned().unwrap();
    assert!(before != after, "a new key");
    let new = &keys_made(&world)[made..];
    assert!(
        !new.is_empty() && new.len() <= 2,
        "made once, not by everybody in turns: {}",
        new.len()
    );
    for bundle in new {
        assert!(bundle.content.wrapped.iter().all(|wrapped| wrapped.device != device.key()));
    }
    // Whoever waits said it anew, and whoever comes says it to the new one.
    start(&mut world);
    assert!(world.run_until(SOON, |world| world.shown(kim).waiting.len() == 3));
}

#[test]
fn desks_that_are_shown_different_lists_do_not_replace_one_anothers_keys_for_ever() {
    let Scene { mut world, device, kim, .. } = scene(4);
    let lee = add_desk(&mut world, "Lee");
    // The relay keeps the new list back from Lee.
    world.set_way(Box::new(move |to, direction, frame| match (direction, decode(frame)) {
        (Direction::Down, Ok(RelayFrame::Greeting { .. })) if to == lee => Fate::Dropped,
        _ => Fate::Arrives,
    }));
    let made = keys_made(&world).len();
    world.revoke(&device);
    // Longer than duty is stated for.
    world.run_for(5 * A_WHILE);
    assert!(keys_made(&world).len() - made <= 4, "{}", keys_made(&world).len() - made);
    assert_eq!(world.shown(kim).duty, Some(Duty::On));
}
