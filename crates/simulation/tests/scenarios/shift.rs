//! A shift at the desk: locked, on a break, with as many chats as somebody wants, and at its end. The sample
//! policy lets no chat begin in a shift's last thirty minutes.

use core::time::Duration;

use stillroom_conversation::{
    Announcement, Capacity, ChatNumber, ComesBack, Duty, Hindrance, Phase, ReturnWords, Said,
    Shift, Silence, Stop, Trouble,
};
use stillroom_program::{Roles, Timestamp, decode, encode};
use stillroom_protocol::{About, Refusal, RelayFrame, Reply};
use stillroom_simulation::{DeviceNumber, Direction, Fate, World};

use crate::scene::{
    A_WHILE, FIRST, SOON, assert_all_arrived, chatting, on_duty, start, start_with, take,
};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

fn lock(world: &mut World, desk: DeviceNumber) {
    world.as_desk(desk, |core, now| core.lock(now));
}

fn unlock(world: &mut World, desk: DeviceNumber) {
    world.as_desk(desk, |core, now| core.unlock(now));
}

/// What was said of somebody who stepped away: whether they did, or came back.
fn absences(world: &World, device: DeviceNumber, chat: usize) -> Vec<bool> {
    let announced = world.shown(device).chat(chat).announced;
    let absence = |said: &Announcement| match said {
        Announcement::SteppedAway { name, .. } if name == "Sam" => Some(true),
        Announcement::CameBack { name, .. } if name == "Sam" => Some(false),
        _ => None,
    };
    announced.iter().filter_map(absence).collect()
}

fn somebody_waits(world: &mut World, desk: DeviceNumber) -> DeviceNumber {
    let survivor = start(world);
    assert!(world.run_until(SOON, |world| !world.shown(desk).waiting.is_empty()));
    survivor
}

fn hindrance(world: &World, desk: DeviceNumber) -> Option<Hindrance> {
    world.shown(desk).hindrances.last().copied().flatten()
}

/// Nobody is taken, and that is said.
fn assert_takes_nobody(world: &mut World, desk: DeviceNumber, why: Hindrance) {
    assert_eq!(hindrance(world, desk), Some(why));
    let tickets = world.shown(desk).waiting.iter().map(|one| one.ticket).collect::<Vec<_>>();
    let before = world.shown(desk).chats.len();
    world.as_desk(desk, |core, _| {
        core.take_next();
        tickets.into_iter().for_each(|ticket| core.take(ticket));
    });
    world.run_for(Duration::from_secs(2));
    assert_eq!(world.shown(desk).chats.len(), before);
    assert_eq!(world.shown(desk).troubles.last(), Some(&Trouble::Hindered(why)));
}

#[test]
fn whoever_chats_with_a_desk_that_is_locked_is_told_after_a_moment_and_when_somebody_is_back() {
    let (mut world, desk, survivor) = chatting(1);
    lock(&mut world, desk);
    world.run_for(Duration::from_secs(29));
    assert_eq!(absences(&world, survivor, 0), []);
    world.run_for(Duration::from_secs(3));
    assert_eq!(absences(&world, survivor, 0), [true]);
    world.run_for(HOUR);
    assert_eq!(absences(&world, survivor, 0), [true], "told once");
    unlock(&mut world, desk);
    world.run_for(Duration::from_secs(2));
    assert_eq!(absences(&world, survivor, 0), [true, false]);
    assert_eq!(absences(&world, desk, 1), [true, false], "the advocate sees what was told");
}

#[test]
fn a_desk_that_is_locked_for_less_than_a_moment_worries_nobody() {
    let (mut world, desk, survivor) = chatting(2);
    for _ in 0..3 {
        lock(&mut world, desk);
        world.run_for(Duration::from_secs(20));
        unlock(&mut world, desk);
        world.run_for(Duration::from_secs(20));
    }
    assert_eq!(absences(&world, survivor, 0), []);
}

#[test]
fn a_locked_desk_takes_in_what_is_written_and_loses_none_of_it_also_over_a_killed_relay() {
    let (mut world, desk, survivor) = chatting(3);
    lock(&mut world, desk);
    world.run_for(MINUTE);
    for number in 0..3 {
        let text = format!("while you are away {number}");
        world.as_survivor(survivor, |core, now| core.write(&text, now).unwrap());
        world.run_for(Duration::from_secs(2));
        world.kill_relay();
        world.run_for(Duration::from_secs(5));
        world.start_relay();
        world.run_for(SOON);
    }
    unlock(&mut world, desk);
    world.as_desk(desk, |core, now| core.write(FIRST, "I am back", now).unwrap());
    assert_all_arrived(&mut world, desk, survivor, SOON);
}

#[test]
fn no_silence_is_counted_while_nobody_could_see_an_answer() {
    let (mut world, desk, survivor) = chatting(4);
    world.as_desk(desk, |core, now| core.write(FIRST, "how are you", now).unwrap());
    world.run_for(9 * MINUTE);
    lock(&mut world, desk);
    world.run_for(2 * HOUR);
    assert_eq!(world.shown(survivor).chat(0).silences, []);
    unlock(&mut world, desk);
    world.run_for(2 * MINUTE);
    assert_eq!(world.shown(survivor).chat(0).silences, [Silence::Asked], "it counts on from there");
}

#[test]
fn a_locked_desk_takes_nobody() {
    let (mut world, desk) = on_duty(5);
    somebody_waits(&mut world, desk);
    lock(&mut world, desk);
    assert_takes_nobody(&mut world, desk, Hindrance::Locked);
}

#[test]
fn whoever_joins_a_desk_that_was_just_locked_is_told_as_well() {
    let (mut world, desk) = on_duty(6);
    let survivor = somebody_waits(&mut world, desk);
    world.as_desk(desk, |core, now| {
        core.take_next();
        core.lock(now);
    });
    world.run_for(MINUTE);
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Chatting));
    assert_eq!(absences(&world, survivor, 0), [true]);
}

#[test]
fn a_desk_whose_clock_is_wrong_is_told_so_and_does_not_go_on_duty() {
    let mut world = World::new(59);
    let device = world.program.staff(Roles::ADVOCATE, "Sam");
    let desk = world.desk(device);
    world.as_desk(desk, |core, now| {
        core.go_on_duty(Timestamp(now.0 - 3 * 24 * HOUR.as_millis() as u64));
    });
    world.run_for(SOON);
    assert_eq!(world.shown(desk).troubles.last(), Some(&Trouble::ClockWrong));
    assert_ne!(world.shown(desk).duty, Some(Duty::On));
}

/// Refuses so many of the relay's answers to what going on duty asks, as a relay does that is asked too fast.
fn refuse_keys(world: &mut World, mut times: u32, of: impl Fn(&Reply) -> bool + 'static) {
    world.set_way(Box::new(move |_, direction, frame| match (direction, decode(frame)) {
        (Direction::Down, Ok(RelayFrame::Reply { number: number @ 1..0x1000, reply }))
            if times > 0 && of(&reply) =>
        {
            times -= 1;
            let about = About::Request(number);
            let refused = RelayFrame::Refused { about, refusal: Refusal::TooFast };
            Fate::Becomes(vec![encode(&refused)])
        }
        _ => Fate::Arrives,
    }));
}

#[test]
fn a_desk_that_is_refused_the_key_asks_again_and_is_on_duty_a_moment_later() {
    let wanted: [fn(&Reply) -> bool; 2] = [
        |reply| matches!(reply, Reply::Shared { .. }),
        |reply| matches!(reply, Reply::Records { .. }),
    ];
    for (seed, of) in (60..).zip(wanted) {
        let mut world = World::new(seed);
        refuse_keys(&mut world, 2, of);
        let device = world.program.staff(Roles::ADVOCATE, "Sam");
        let desk = world.desk(device);
        world.as_desk(desk, |core, now| core.go_on_duty(now));
        let is_on = |world: &World| world.shown(desk).duty == Some(Duty::On);
        assert!(world.run_until(A_WHILE, is_on), "{:?}", world.shown(desk).troubles);
        assert!(!world.shown(desk).troubles.is_empty(), "and it is told");
    }
}

#[test]
fn a_desk_that_is_left_for_long_is_nobody_on_duty_and_on_a_break_when_somebody_is_back() {
    let (mut world, desk) = on_duty(7);
    lock(&mut world, desk);
    let waiting = start(&mut world);
    world.run_for(4 * MINUTE);
    assert!(matches!(world.shown(waiting).phase(), Some(Phase::Waiting { .. })), "not yet");
    world.run_for(3 * MINUTE);
    let stopped = Some(Phase::Stopped(Stop::NobodyOnDuty));
    assert_eq!(
        world.shown(waiting).phase(),
        stopped,
        "told, after the time that duty may be lost for"
    );
    unlock(&mut world, desk);
    world.run_for(SOON);
    assert_eq!(world.shown(desk).duty, Some(Duty::Break));
    world.as_desk(desk, |core, now| core.go_on_duty(now));
    assert!(world.run_until(SOON, |world| world.shown(desk).duty == Some(Duty::On)));
}

#[test]
fn a_desk_has_no_more_chats_than_the_person_wants() {
    let (mut world, desk) = on_duty(8);
    world.as_desk(desk, |core, _| core.set_capacity(Capacity::ONE));
    let first = start(&mut world);
    take(&mut world, desk, first, FIRST);
    let second = somebody_waits(&mut world, desk);
    assert_takes_nobody(&mut world, desk, Hindrance::Full);
    assert!(matches!(world.shown(second).phase(), Some(Phase::Waiting { .. })), "held in the line");
    world.as_desk(desk, |core, now| core.end(FIRST, now));
    take(&mut world, desk, second, ChatNumber(2));
    let third = somebody_waits(&mut world, desk);
    world.as_desk(desk, |core, _| core.set_capacity(Capacity::new(2).unwrap()));
    take(&mut world, desk, third, ChatNumber(3));
}

#[test]
fn a_desk_that_claims_two_at_once_does_not_take_more_than_it_wants() {
    let (mut world, desk) = on_duty(9);
    world.as_desk(desk, |core, _| core.set_capacity(Capacity::ONE));
    start(&mut world);
    start(&mut world);
    assert!(world.run_until(SOON, |world| world.shown(desk).waiting.len() == 2));
    let tickets = world.shown(desk).waiting.iter().map(|one| one.ticket).collect::<Vec<_>>();
    world.as_desk(desk, |core, _| tickets.into_iter().for_each(|ticket| core.take(ticket)));
    world.run_for(SOON);
    assert!(!world.shown(desk).chat(2).joined);
    assert_eq!(world.shown(desk).troubles, [Trouble::Hindered(Hindrance::Full)]);
}

#[test]
fn on_a_break_chats_go_on_nobody_new_is_taken_and_what_leads_back_is_still_good() {
    let (mut world, desk, survivor) = chatting(10);
    world.run_for(Duration::from_secs(2));
    let words = world.shown(survivor).chat(0).return_words.unwrap();
    world.as_desk(desk, |core, now| core.take_break(now));
    world.run_for(SOON);
    assert_eq!(world.shown(desk).duty, Some(Duty::Break));
    assert_takes_nobody(&mut world, desk, Hindrance::OnBreak);
    let refused = start(&mut world);
    let stopped = Some(Phase::Stopped(Stop::NobodyOnDuty));
    assert!(world.run_until(SOON, |world| world.shown(refused).phase() == stopped));
    world.as_survivor(survivor, |core, now| core.write("still here", now).unwrap());
    assert_all_arrived(&mut world, desk, survivor, SOON);
    world.as_desk(desk, |core, now| core.go_on_duty(now));
    assert!(world.run_until(SOON, |world| world.shown(desk).duty == Some(Duty::On)));
    // A desk shows that it is on duty as it says so; the relay hears of it a moment later.
    world.run_for(Duration::from_secs(1));
    world.destroy(survivor);
    let returning = Some(ReturnWords::of(&words).unwrap());
    start_with(&mut world, Said { returning, ..Said::default() });
    assert!(world.run_until(SOON, |world| !world.shown(desk).waiting.is_empty()));
    let comes_back = world.shown(desk).waiting[0].beforehand.comes_back;
    assert_eq!(comes_back, ComesBack::Here(FIRST));
}

#[test]
fn a_break_outlasts_a_dropped_line_and_nobody_off_duty_can_take_one() {
    let (mut world, desk) = on_duty(11);
    world.as_desk(desk, |core, now| core.take_break(now));
    world.kill_relay();
    world.run_for(SOON);
    world.start_relay();
    world.run_for(SOON);
    assert_eq!(world.shown(desk).duty, Some(Duty::Break));
    world.as_desk(desk, |core, now| {
        core.go_off_duty();
        core.take_break(now);
    });
    world.run_for(SOON);
    assert_eq!(world.shown(desk).duty, Some(Duty::Off));
}

#[test]
fn in_the_last_minutes_of_a_shift_chats_go_on_and_no_new_one_begins() {
    let (mut world, desk, survivor) = chatting(12);
    world.as_survivor(survivor, |core, now| core.write("hello", now).unwrap());
    let ends = world.now + HOUR;
    world.as_desk(desk, |core, now| core.set_shift_end(Some(ends), now));
    world.run_for(29 * MINUTE);
    assert_eq!((world.shown(desk).duty, world.shown(desk).shifts.len()), (Some(Duty::On), 0));
    world.run_for(2 * MINUTE);
    assert_eq!(world.shown(desk).shifts, [Shift::Ending]);
    assert_eq!(world.shown(desk).duty, Some(Duty::Break));
    assert_takes_nobody(&mut world, desk, Hindrance::ShiftEnds);
    world.as_desk(desk, |core, now| core.go_on_duty(now));
    world.run_for(SOON);
    assert_eq!(world.shown(desk).duty, Some(Duty::Break), "the end is moved first");
    world.run_for(30 * MINUTE);
    assert_eq!(world.shown(desk).shifts, [Shift::Ending, Shift::Over]);
    world.as_survivor(survivor, |core, now| core.write("still here", now).unwrap());
    assert_all_arrived(&mut world, desk, survivor, SOON);
}

#[test]
fn the_end_of_a_shift_can_be_moved_and_taken_back() {
    let (mut world, desk) = on_duty(13);
    let soon = world.now + 10 * MINUTE;
    world.as_desk(desk, |core, now| core.set_shift_end(Some(soon), now));
    assert_eq!(world.shown(desk).duty, Some(Duty::Break), "it is near already");
    world.as_desk(desk, |core, now| {
        core.set_shift_end(Some(now + 8 * HOUR), now);
        core.go_on_duty(now);
    });
    assert!(world.run_until(SOON, |world| world.shown(desk).duty == Some(Duty::On)));
    world.as_desk(desk, |core, now| core.set_shift_end(None, now));
    world.run_for(9 * HOUR);
    assert_eq!(world.shown(desk).duty, Some(Duty::On));
    assert_eq!(world.shown(desk).shifts, [Shift::Ending, Shift::On]);
}

#[test]
fn whoever_waits_on_a_dropped_line_is_marked_and_taken_only_when_nobody_else_waits() {
    let (mut world, desk) = on_duty(14);
    let first = somebody_waits(&mut world, desk);
    let second = start(&mut world);
    assert!(world.run_until(SOON, |world| world.shown(desk).waiting.len() == 2));
    world.lock(first);
    assert!(world.run_until(SOON, |world| !world.shown(desk).waiting[1].here));
    assert!(world.shown(desk).waiting[0].here);
    world.unlock(first);
    let here = |world: &World| world.shown(desk).waiting.iter().all(|one| one.here);
    assert!(world.run_until(MINUTE, here), "back, and in the old order");
    world.lock(first);
    assert!(world.run_until(SOON, |world| !world.shown(desk).waiting[1].here));
    take(&mut world, desk, second, FIRST);
    world.as_desk(desk, |core, _| core.take_next());
    world.run_for(SOON);
    assert!(world.shown(desk).waiting.is_empty(), "nobody else waits");
    world.unlock(first);
    let chatting = Some(Phase::Chatting);
    assert!(world.run_until(MINUTE, |world| world.shown(first).phase() == chatting));
}
