//! Who is on duty, who asks for help, and a word among colleagues; and what a relay or a colleague could try.

use core::time::Duration;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use stillroom_conversation::{
    Asks, CLOCK_TOLERANCE, Colleague, Duty, Phase, Randomness, Stop, WriteError,
};
use stillroom_program::{Device, Epoch, Roles, StaffNote, decode, encode};
use stillroom_protocol::{Bytes, ClientFrame, RelayFrame, Reply, StaffId};
use stillroom_simulation::{DeviceNumber, Direction, Fate, SimulatedProgram, World};

use crate::scene::{FIRST, SOON, add_desk, add_desk_with, colleague, on_duty, start, take};

const MOMENT: Duration = Duration::from_secs(2);

/// An advocate, Sam, and a supervisor, Alex, on duty, who know of one another.
fn two(seed: u64) -> (World, DeviceNumber, DeviceNumber) {
    let (mut world, sam) = on_duty(seed);
    let alex = add_desk_with(&mut world, Roles::SUPERVISOR, "Alex");
    world.run_for(MOMENT);
    (world, sam, alex)
}

fn names(world: &World, desk: DeviceNumber) -> Vec<String> {
    world.shown(desk).colleagues.iter().map(|one| one.name.as_str().to_owned()).collect()
}

fn only(world: &World, desk: DeviceNumber) -> Colleague {
    let colleagues = &world.shown(desk).colleagues;
    assert_eq!(colleagues.len(), 1);
    colleagues[0].clone()
}

fn asks(world: &mut World, desk: DeviceNumber, asks: Asks) {
    world.as_desk(desk, |core, now| core.ask_supervisors(asks, now));
    world.run_for(MOMENT);
}

fn off_and_on(world: &mut World, desk: DeviceNumber) {
    world.as_desk(desk, |core, _| core.go_off_duty());
    world.run_for(MOMENT);
    world.as_desk(desk, |core, now| core.go_on_duty(now));
    assert!(world.run_until(SOON, |world| world.shown(desk).duty == Some(Duty::On)));
    world.run_for(MOMENT);
}

fn id(device: &Device) -> StaffId {
    StaffId(device.key().0)
}

#[test]
fn colleagues_on_duty_know_one_another_by_name_and_by_what_their_certificates_say() {
    let (world, sam, alex) = two(1);
    assert_eq!(
        (names(&world, sam), names(&world, alex)),
        (vec!["Alex".into()], vec!["Sam".into()])
    );
    assert_eq!(only(&world, sam).roles, Roles::SUPERVISOR);
    assert_eq!(only(&world, alex).roles, Roles::ADVOCATE);
    assert_eq!((only(&world, alex).chats, only(&world, alex).on_break), (0, false));
}

#[test]
fn how_many_chats_and_whether_on_a_break_follows_what_happens() {
    let (mut world, sam, alex) = two(2);
    let survivor = start(&mut world);
    take(&mut world, sam, survivor, FIRST);
    world.run_for(MOMENT);
    assert_eq!(only(&world, alex).chats, 1);
    world.as_desk(sam, |core, now| core.take_break(now));
    world.run_for(MOMENT);
    assert!(only(&world, alex).on_break);
    world.as_desk(sam, |core, now| core.end(FIRST, now));
    world.run_for(SOON);
    assert_eq!(only(&world, alex).chats, 0);
}

#[test]
fn whoever_goes_off_duty_or_loses_their_line_is_on_no_list_and_is_back_with_the_line() {
    let (mut world, sam, alex) = two(3);
    off_and_on(&mut world, sam);
    assert_eq!(names(&world, alex), ["Sam"]);
    world.as_desk(sam, |core, _| core.go_off_duty());
    world.run_for(MOMENT);
    assert_eq!((names(&world, alex), names(&world, sam)), (vec![], vec![]));
    world.as_desk(sam, |core, now| core.go_on_duty(now));
    world.run_for(MOMENT);
    world.lock(sam);
    world.run_for(Duration::from_secs(120));
    assert_eq!(names(&world, alex), Vec::<String>::new(), "their line is gone");
    world.unlock(sam);
    assert!(world.run_until(SOON * 3, |world| !world.shown(alex).colleagues.is_empty()));
    assert!(world.run_until(SOON, |world| !world.shown(sam).colleagues.is_empty()));
}

#[test]
fn a_relay_that_is_killed_takes_nobody_off_duty_for_good() {
    let (mut world, sam, alex) = two(4);
    world.kill_relay();
    world.run_for(Duration::from_secs(5));
    assert_eq!(names(&world, alex), Vec::<String>::new());
    world.start_relay();
    assert!(world.run_until(SOON * 3, |world| {
        !world.shown(alex).colleagues.is_empty() && !world.shown(sam).colleagues.is_empty()
    }));
}

#[test]
fn a_request_for_help_or_to_debrief_reaches_supervisors_alone_and_can_be_withdrawn() {
    let (mut world, sam, alex) = two(5);
    let third = add_desk(&mut world, "Kim");
    for asked in [Asks::Help, Asks::Nothing, Asks::Debrief] {
        asks(&mut world, sam, asked);
        let seen = |desk| {
            let mut shown = world.shown(desk).colleagues.iter();
            shown.find(|one| one.name.as_str() == "Sam").unwrap().asks
        };
        assert_eq!((seen(alex), seen(third)), (asked, Asks::Nothing));
        assert_eq!(world.shown(sam).asks, asked);
    }
    off_and_on(&mut world, sam);
    assert_eq!(world.shown(sam).asks, Asks::Nothing, "gone with the time on duty");
    assert!(world.shown(alex).colleagues.iter().all(|one| one.asks == Asks::Nothing));
}

#[test]
fn a_supervisor_consults_privately_with_an_advocate() {
    let (mut world, sam, alex) = two(6);
    let third = add_desk(&mut world, "Kim");
    let (to_alex, to_sam) = (colleague(&world, sam, "Alex"), colleague(&world, alex, "Sam"));
    world.as_desk(sam, |core, now| core.consult(to_alex, "Can you look?", now)).unwrap().unwrap();
    world.run_for(MOMENT);
    world.as_desk(alex, |core, now| core.consult(to_sam, "I can.", now)).unwrap().unwrap();
    world.run_for(MOMENT);
    assert_eq!(world.shown(alex).consulted, [(to_sam, "Can you look?".into())]);
    assert_eq!(world.shown(sam).consulted, [(to_alex, "I can.".into())]);
    assert_eq!(world.shown(third).consulted, []);
    let try_to = |world: &mut World, text: &str| {
        world.as_desk(sam, |core, now| core.consult(to_alex, text, now)).unwrap()
    };
    assert_eq!(try_to(&mut world, " "), Err(WriteError::Empty));
    assert_eq!(try_to(&mut world, &"字".repeat(501)), Err(WriteError::TooLong));
    assert_eq!(try_to(&mut world, &"\u{10348}".repeat(500)), Ok(()));
    world.run_for(MOMENT);
    assert_eq!(world.shown(alex).consulted.len(), 2);
    world.as_desk(alex, |core, _| core.go_off_duty());
    world.run_for(MOMENT);
    assert_eq!(try_to(&mut world, "still there?"), Err(WriteError::NotNow));
}

#[test]
fn the_relay_sees_notes_that_are_all_equally_long_and_no_word_or_name() {
    let (mut world, sam) = on_duty(7);
    let seen = Rc::new(RefCell::new(Vec::new()));
    let watched = Rc::clone(&seen);
    world.set_way(Box::new(move |_, direction, frame| {
        if let (Direction::Up, Ok(ClientFrame::ToStaff { sealed, .. })) =
            (direction, decode::<ClientFrame>(frame))
        {
            watched.borrow_mut().push(sealed.to_vec());
        }
        Fate::Arrives
    }));
    let alex = add_desk_with(&mut world, Roles::SUPERVISOR, "Alexandra");
    world.run_for(MOMENT);
    let to_alex = only(&world, sam).id;
    world.as_desk(sam, |core, now| core.consult(to_alex, "she is afraid of him", now).unwrap());
    asks(&mut world, sam, Asks::Help);
    let seen = seen.borrow();
    assert!(seen.len() >= 6, "{}", seen.len());
    assert!(seen.iter().all(|note| note.len() == seen[0].len()));
    for words in ["afraid", "Alexandra", "Sam"] {
        let found = |note: &Vec<u8>| note.windows(words.len()).any(|part| part == words.as_bytes());
        assert!(!seen.iter().any(found), "{words}");
    }
    assert_eq!(world.shown(alex).consulted.len(), 1);
}

/// From now on the relay names this device as one whose line stands, and lists its certificates. How many notes
/// desks write to it.
fn name_too(world: &mut World, device: &Device) -> Rc<Cell<usize>> {
    let (id, record) = (id(device), Bytes::try_from(encode(&device.staff_record())).unwrap());
    let written = Rc::new(Cell::new(0));
    let counted = Rc::clone(&written);
    world.set_way(Box::new(move |_, direction, frame| {
        if let (Direction::Up, Ok(ClientFrame::ToStaff { to, .. })) = (direction, decode(frame)) {
            counted.set(counted.get() + usize::from(to == id));
        }
        match (direction, decode(frame)) {
            (Direction::Down, Ok(RelayFrame::StaffHere { devices })) => {
                let others = devices.into_vec().into_iter().filter(|one| *one != id);
                let devices = others.chain([id]).collect::<Vec<_>>().try_into().unwrap();
                Fate::Becomes(vec![encode(&RelayFrame::StaffHere { devices })])
            }
            (
                Direction::Down,
                Ok(RelayFrame::Reply { number, reply: Reply::Records { records } }),
            ) if number == u32::MAX => {
                let records = records.into_vec().into_iter().chain([record.clone()]);
                let records = records.collect::<Vec<_>>().try_into().unwrap();
                let reply = Reply::Records { records };
                Fate::Becomes(vec![encode(&RelayFrame::Reply { number, reply })])
            }
            _ => Fate::Arrives,
        }
    }));
    written
}

/// A first note of `device` to whoever is at `desk`, given by the relay.
fn say_first(world: &mut World, device: &Device, to: &Device, desk: DeviceNumber) {
    let mut randomness = Randomness::new(ChaCha20Rng::seed_from_u64(5));
    let sender = Epoch::generate(&mut randomness);
    let note = StaffNote { stamp: u64::MAX - 1, sender, receiver: None, body: Bytes::default() };
    let to = to.staff_record().verify(&world.program.root, world.now, CLOCK_TOLERANCE).unwrap();
    let sealed = Bytes::try_from(note.seal(device, &to, &mut randomness).unwrap()).unwrap();
    world.inject_down(desk, encode(&RelayFrame::FromStaff { from: id(device), sealed }));
    world.run_for(MOMENT);
}

/// How many notes a desk writes to this device, in front of a relay that names it and passes on its first note.
fn written_to(mut world: World, device: &Device) -> usize {
    let written = name_too(&mut world, device);
    let sam = world.program.staff(Roles::ADVOCATE, "Sam");
    let desk = world.desk(sam.clone());
    world.run_for(MOMENT);
    world.as_desk(desk, |core, now| core.go_on_duty(now));
    world.run_for(SOON);
    say_first(&mut world, device, &sam, desk);
    assert_eq!(names(&world, desk), Vec::<String>::new(), "nobody who did not say so is on duty");
    written.get()
}

#[test]
fn whoever_is_certified_to_lead_is_written_to_twice_before_they_are_believed() {
    let mut world = World::new(8);
    let kim = world.program.staff(Roles::ADVOCATE, "Kim");
    assert_eq!(written_to(world, &kim), 2, "a first note, and an answer to theirs");
}

#[test]
fn a_relay_that_invents_a_colleague_gets_no_note_for_them() {
    let world = World::new(9);
    let stranger = SimulatedProgram::new(99, world.now).staff(Roles::SUPERVISOR, "Nobody");
    assert_eq!(written_to(world, &stranger), 0);
}

#[test]
fn a_revoked_colleague_gets_no_note() {
    let mut world = World::new(10);
    let kim = world.program.staff(Roles::SUPERVISOR, "Kim");
    world.revoke(&kim);
    assert_eq!(written_to(world, &kim), 0);
}

#[test]
fn a_colleague_who_is_revoked_on_duty_is_off_the_list_at_once() {
    let mut world = World::new(11);
    let kim = world.program.staff(Roles::SUPERVISOR, "Kim");
    let sam = add_desk(&mut world, "Sam");
    let desk = world.desk(kim.clone());
    world.as_desk(desk, |core, now| core.go_on_duty(now));
    assert!(world.run_until(SOON, |world| world.shown(sam).colleagues.len() == 1));
    // Their device is silent, and the relay goes on naming it.
    name_too(&mut world, &kim);
    world.lock(desk);
    world.run_for(MOMENT);
    assert_eq!(names(&world, sam), ["Kim"]);
    world.revoke(&kim);
    world.run_for(MOMENT);
    assert_eq!(names(&world, sam), Vec::<String>::new());
}

#[test]
fn somebody_who_is_never_in_a_chat_gets_no_note_whatever_the_relay_calls_them() {
    let mut world = World::new(12);
    let bystander = world.program.staff(Roles::NONE, "Lou");
    assert_eq!(written_to(world, &bystander), 0);
}

#[test]
fn an_interpreter_is_on_duty_for_colleagues_and_for_nobody_who_waits() {
    let mut world = World::new(16);
    let lou = add_desk_with(&mut world, Roles::INTERPRETER, "Lou");
    let survivor = start(&mut world);
    world.run_for(SOON);
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Stopped(Stop::NobodyOnDuty)));
    let sam = add_desk(&mut world, "Sam");
    assert_eq!((names(&world, sam), names(&world, lou)), (vec!["Lou".into()], vec!["Sam".into()]));
    assert_eq!(only(&world, sam).roles, Roles::INTERPRETER);
    start(&mut world);
    world.run_for(SOON);
    assert_eq!((world.shown(sam).waiting.len(), world.shown(lou).waiting.len()), (1, 0));
    world.as_desk(lou, |core, now| core.take_break(now));
    world.run_for(MOMENT);
    assert!(only(&world, sam).on_break);
    assert_eq!(world.shown(lou).troubles, []);
}

#[test]
fn an_advocate_is_shown_as_one_whatever_the_relay_says() {
    let (mut world, sam, _) = two(13);
    add_desk_with(&mut world, Roles::ADVOCATE | Roles::INTERPRETER, "Kim");
    world.run_for(MOMENT);
    let mut shown = world.shown(sam).colleagues.iter();
    let kim = shown.find(|one| one.name.as_str() == "Kim").unwrap();
    assert!(!kim.roles.contains(Roles::SUPERVISOR));
}

/// Keeps every note that reaches a desk, as a relay could.
fn keep_notes(world: &mut World) -> Rc<RefCell<Vec<Vec<u8>>>> {
    let kept = Rc::new(RefCell::new(Vec::new()));
    let keeping = Rc::clone(&kept);
    world.set_way(Box::new(move |_, direction, frame| {
        if let (Direction::Down, Ok(RelayFrame::FromStaff { .. })) = (direction, decode(frame)) {
            keeping.borrow_mut().push(frame.to_vec());
        }
        Fate::Arrives
    }));
    kept
}

fn give_again(world: &mut World, kept: &RefCell<Vec<Vec<u8>>>, desk: DeviceNumber) {
    for frame in kept.borrow().iter() {
        world.inject_down(desk, frame.clone());
    }
    world.run_for(MOMENT);
}

#[test]
fn a_relay_that_kept_notes_brings_nobody_back_who_is_not_there() {
    let mut world = World::new(14);
    let kept = keep_notes(&mut world);
    let alex = world.program.staff(Roles::SUPERVISOR, "Alex");
    let sam = add_desk(&mut world, "Sam");
    let there = world.desk(alex.clone());
    world.as_desk(there, |core, now| core.go_on_duty(now));
    assert!(world.run_until(SOON, |world| world.shown(sam).colleagues.len() == 1));
    world.destroy(there);
    name_too(&mut world, &alex);
    off_and_on(&mut world, sam);
    assert_eq!(names(&world, sam), Vec::<String>::new());
    give_again(&mut world, &kept, sam);
    assert_eq!(names(&world, sam), Vec::<String>::new());
}

#[test]
fn a_note_given_again_within_one_time_on_duty_changes_nothing() {
    let (mut world, sam, alex) = two(15);
    let kept = keep_notes(&mut world);
    let to_alex = only(&world, sam).id;
    world.as_desk(sam, |core, now| core.consult(to_alex, "once", now).unwrap());
    asks(&mut world, sam, Asks::Help);
    asks(&mut world, sam, Asks::Nothing);
    give_again(&mut world, &kept, alex);
    assert_eq!(only(&world, alex).asks, Asks::Nothing);
    assert_eq!(world.shown(alex).consulted.len(), 1);
}
