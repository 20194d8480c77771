//! What the scenarios share: a program on duty, a survivor who asks, a chat.

use core::time::Duration;
use std::{cell::RefCell, rc::Rc};

use stillroom_conversation::{Announcement, ChatNumber, Duty, Phase, Said};
use stillroom_program::{Roles, decode, encode};
use stillroom_protocol::{About, ClientFrame, Refusal, RelayFrame, StaffId};
use stillroom_simulation::{DeviceNumber, Direction, Fate, World};

pub(crate) const SOON: Duration = Duration::from_secs(20);
pub(crate) const A_WHILE: Duration = Duration::from_secs(300);
pub(crate) const FIRST: ChatNumber = ChatNumber(1);

/// A world with one advocate on duty.
pub(crate) fn on_duty(seed: u64) -> (World, DeviceNumber) {
    let mut world = World::new(seed);
    let desk = add_desk(&mut world, "Sam");
    (world, desk)
}

pub(crate) fn add_desk(world: &mut World, name: &str) -> DeviceNumber {
    add_desk_with(world, Roles::ADVOCATE, name)
}

/// Somebody with these rights, on duty.
pub(crate) fn add_desk_with(world: &mut World, roles: Roles, name: &str) -> DeviceNumber {
    let device = world.program.staff(roles, name);
    let desk = world.desk(device);
    world.as_desk(desk, |desk, now| desk.go_on_duty(now));
    assert!(world.run_until(SOON, |world| world.shown(desk).duty == Some(Duty::On)));
    world.run_for(Duration::from_secs(1));
    desk
}

pub(crate) fn start(world: &mut World) -> DeviceNumber {
    start_with(world, Said::default())
}

/// A survivor who says this beforehand asks for an advocate.
pub(crate) fn start_with(world: &mut World, said: Said) -> DeviceNumber {
    let survivor = world.survivor();
    world.as_survivor(survivor, |survivor, now| survivor.start(said, now));
    survivor
}

/// The desk takes whoever waits, and the chat comes about.
pub(crate) fn take(
    world: &mut World,
    desk: DeviceNumber,
    survivor: DeviceNumber,
    chat: ChatNumber,
) {
    assert!(world.run_until(SOON, |world| !world.shown(desk).waiting.is_empty()), "somebody waits");
    world.as_desk(desk, |desk, _| desk.take_next());
    assert!(
        world.run_until(SOON, |world| {
            world.shown(survivor).phase() == Some(Phase::Chatting)
                && world.shown(desk).chat(chat.0 as usize).joined
        }),
        "the chat comes about: {:?} {:?}",
        world.shown(survivor).phases,
        world.shown(desk).troubles,
    );
}

pub(crate) fn chatting(seed: u64) -> (World, DeviceNumber, DeviceNumber) {
    let (mut world, desk) = on_duty(seed);
    let survivor = start(&mut world);
    take(&mut world, desk, survivor, FIRST);
    (world, desk, survivor)
}

pub(crate) fn write_both_ways(
    world: &mut World,
    desk: DeviceNumber,
    survivor: DeviceNumber,
    from: usize,
) {
    for number in from..from + 5 {
        let (up, down) = (format!("survivor {number}"), format!("advocate {number}"));
        world.as_survivor(survivor, |core, now| core.write(&up, now).unwrap());
        world.as_desk(desk, |core, now| core.write(FIRST, &down, now).unwrap());
        world.run_for(Duration::from_millis(300));
    }
}

/// Both sides have everything that the other wrote, once and in order, and know it.
pub(crate) fn assert_all_arrived(
    world: &mut World,
    desk: DeviceNumber,
    survivor: DeviceNumber,
    at_most: Duration,
) {
    let done = world.run_until(at_most, |world| {
        let (mine, theirs) = (world.shown(survivor).chat(0), world.shown(desk).chat(1));
        mine.all_delivered() && theirs.all_delivered()
    });
    let (mine, theirs) = (world.shown(survivor).chat(0), world.shown(desk).chat(1));
    assert_eq!(mine.received(), theirs.written());
    assert_eq!(theirs.received(), mine.written());
    assert!(done, "both know that it arrived: {:?} {:?}", mine.delivered, theirs.delivered);
}

/// The relay refuses every place that this survivor asks for.
pub(crate) fn refuse_places(world: &mut World, survivor: DeviceNumber) {
    let asked = Rc::new(RefCell::new(None));
    world.set_way(Box::new(move |device, direction, frame| {
        if device != survivor {
            return Fate::Arrives;
        }
        if direction == Direction::Up {
            if let Ok(ClientFrame::Ask { ticket, .. }) = decode(frame) {
                *asked.borrow_mut() = Some(ticket.id());
            }
            return Fate::Arrives;
        }
        match (decode(frame), *asked.borrow()) {
            (Ok(RelayFrame::InLine { .. }), Some(ticket)) => {
                let (about, refusal) = (About::Ticket(ticket), Refusal::ChatClosed);
                Fate::Becomes(vec![encode(&RelayFrame::Refused { about, refusal })])
            }
            _ => Fate::Arrives,
        }
    }));
}

/// A colleague whom this desk sees on duty.
pub(crate) fn colleague(world: &World, desk: DeviceNumber, name: &str) -> StaffId {
    let mut colleagues = world.shown(desk).colleagues.iter();
    colleagues.find(|one| one.name.as_str() == name).unwrap().id
}

/// Somebody writes, at a desk in its first chat.
pub(crate) fn say(world: &mut World, survivor: DeviceNumber, device: DeviceNumber, text: &str) {
    if device == survivor {
        world.as_survivor(device, |core, now| core.write(text, now).unwrap());
    } else {
        world.as_desk(device, |core, now| core.write(FIRST, text, now).unwrap());
    }
}

/// What was read in a chat from others.
pub(crate) fn read_by(world: &World, device: DeviceNumber, chat: usize) -> Vec<String> {
    world.shown(device).chat(chat).received().into_iter().map(str::to_owned).collect()
}

/// How often a chat announced this.
pub(crate) fn announced(
    world: &World,
    device: DeviceNumber,
    chat: usize,
    announcement: &Announcement,
) -> usize {
    let shown = world.shown(device).chat(chat);
    shown.announced.iter().filter(|one| *one == announcement).count()
}
