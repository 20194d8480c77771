//! Going on with a certain colleague: named by what the program says of them, left to them for a while, and nobody
//! else by it.

use core::time::Duration;

use stillroom_conversation::{
    Announcement, Capacity, Desk, Ending, Handover, HandoverAsked, HandoverReason, Meant, Proposed,
    Role, Successor, WaitingSurvivor, WriteError,
};
use stillroom_program::{Roles, Timestamp, VerifyingKey, decode};
use stillroom_protocol::{ClientFrame, RelayFrame};
use stillroom_simulation::{DeviceNumber, Direction, Fate, World};

use crate::scene::{self, FIRST, SOON, add_desk, add_desk_with, chatting, take};

const MOMENT: Duration = Duration::from_secs(2);

/// Sam in a chat with a survivor, and Kim, Alex, a supervisor, and Lou on duty; all know of one another.
struct Floor {
    world: World,
    survivor: DeviceNumber,
    sam: DeviceNumber,
    kim: DeviceNumber,
    alex: DeviceNumber,
}

fn floor(seed: u64) -> Floor {
    let (mut world, sam, survivor) = chatting(seed);
    let kim = add_desk(&mut world, "Kim");
    let alex = add_desk_with(&mut world, Roles::SUPERVISOR, "Alex");
    world.run_for(MOMENT);
    Floor { world, survivor, sam, kim, alex }
}

impl Floor {
    fn key(&self, name: &str) -> VerifyingKey {
        let colleagues = &self.world.shown(self.sam).colleagues;
        VerifyingKey(colleagues.iter().find(|one| one.name.as_str() == name).unwrap().id.0)
    }

    fn hand_over(&mut self, device: VerifyingKey) -> Result<(), WriteError> {
        let why = Handover::new(HandoverReason::BetterPlaced, "", "a note").unwrap();
        let to = Successor::Colleague { device };
        let asked = self.world.as_desk(self.sam, |core, now| core.hand_over(FIRST, to, why, now));
        self.world.run_for(MOMENT);
        asked.unwrap()
    }

    /// The survivor goes on with whom they were asked about.
    fn handed_to(seed: u64, name: &str) -> Self {
        let mut floor = floor(seed);
        let device = floor.key(name);
        floor.hand_over(device).unwrap();
        floor.world.as_survivor(floor.survivor, |core, now| core.accept_handover(now));
        let left =
            |world: &World| world.shown(floor.sam).chat(1).ending == Some(Ending::HandedOver);
        assert!(floor.world.run_until(SOON, left));
        floor
    }

    fn waiting(&self, desk: DeviceNumber) -> WaitingSurvivor {
        self.world.shown(desk).waiting.first().unwrap().clone()
    }

    fn meant(&self, desk: DeviceNumber) -> (&'static str, Option<String>) {
        let name = |name: Option<stillroom_program::DisplayName>| {
            name.map(|name| name.as_str().to_owned())
        };
        match self.waiting(desk).meant.unwrap() {
            Meant::Me { by } => ("me, by", name(by)),
            Meant::Colleague { to } => ("to", name(to)),
        }
    }
}

#[test]
fn the_survivor_is_told_the_name_and_role_that_the_program_certified() {
    let mut floor = floor(1);
    for (name, role) in [("Alex", Role::Supervisor), ("Kim", Role::Advocate)] {
        let device = floor.key(name);
        floor.hand_over(device).unwrap();
        let asked = floor.world.shown(floor.survivor).question.clone();
        let Some(HandoverAsked { to: Proposed::Colleague { name: told, role: shown }, .. }) = asked
        else {
            panic!("asked about {name}");
        };
        assert_eq!((told.as_str(), shown), (name, role));
    }
}

#[test]
fn the_place_is_for_the_colleague_who_was_named_and_says_by_whom() {
    let mut floor = Floor::handed_to(2, "Kim");
    assert!(floor.waiting(floor.kim).offered);
    assert_eq!(floor.meant(floor.kim), ("me, by", Some("Sam".into())));
    for other in [floor.alex, floor.sam] {
        assert!(!floor.waiting(other).offered, "left to Kim, also by a supervisor");
        assert_eq!(floor.meant(other), ("to", Some("Kim".into())));
    }
    take(&mut floor.world, floor.kim, floor.survivor, FIRST);
    let joined = Announcement::Joined { name: "Kim".into(), role: Role::Advocate };
    assert!(floor.world.shown(floor.survivor).chat(0).announced.contains(&joined));
    let noted = |world: &World| world.shown(floor.kim).chat(1).note.as_deref() == Some("a note");
    assert!(floor.world.run_until(SOON, noted));
}

#[test]
fn who_handed_over_and_left_is_still_named() {
    let mut floor = Floor::handed_to(3, "Kim");
    floor.world.as_desk(floor.sam, |core, _| core.go_off_duty());
    floor.world.run_for(SOON);
    assert_eq!(floor.meant(floor.kim), ("me, by", Some("Sam".into())));
}

#[test]
fn where_they_do_not_come_in_time_anybody_can_and_the_survivor_sees_who_it_is() {
    let mut floor = Floor::handed_to(4, "Kim");
    floor.world.run_for(Duration::from_secs(170));
    assert!(!floor.waiting(floor.alex).offered);
    floor.world.run_for(Duration::from_secs(15));
    assert!([floor.alex, floor.sam].iter().all(|desk| floor.waiting(*desk).offered));
    take(&mut floor.world, floor.alex, floor.survivor, FIRST);
    let joined = Announcement::Joined { name: "Alex".into(), role: Role::Supervisor };
    assert!(floor.world.shown(floor.survivor).chat(0).announced.contains(&joined));
}

#[test]
fn a_named_colleague_whose_line_is_lost_keeps_nobody_waiting_for_long() {
    let mut floor = Floor::handed_to(5, "Kim");
    floor.world.destroy(floor.kim);
    floor.world.run_for(Duration::from_secs(185));
    assert!(floor.waiting(floor.alex).offered);
}

/// Asking is refused, and the survivor is asked nothing.
fn assert_cannot_be_asked(mut floor: Floor, device: VerifyingKey) {
    assert_eq!(floor.hand_over(device), Err(WriteError::NotNow));
    assert_eq!(floor.world.shown(floor.survivor).question, None);
}

#[test]
fn nobody_is_named_who_is_on_a_break_has_enough_chats_is_locked_off_duty_or_unknown() {
    let changes: [fn(&mut Desk, Timestamp); 4] = [
        Desk::take_break,
        Desk::lock,
        |core, _| core.go_off_duty(),
        |core, now| core.set_shift_end(Some(now + MOMENT * 60), now),
    ];
    for change in changes {
        let mut floor = floor(6);
        let device = floor.key("Kim");
        floor.world.as_desk(floor.kim, change);
        floor.world.run_for(MOMENT);
        assert_cannot_be_asked(floor, device);
    }
    let mut full = floor(7);
    let device = full.key("Kim");
    full.world.as_desk(full.kim, |core, _| core.set_capacity(Capacity::ONE));
    let second = scene::start(&mut full.world);
    take(&mut full.world, full.kim, second, FIRST);
    full.world.run_for(MOMENT);
    assert_cannot_be_asked(full, device);
    assert_cannot_be_asked(floor(8), VerifyingKey([7; 32]));
}

/// Their desk has not heard of it; the survivor's device has.
#[test]
fn whoever_was_revoked_is_not_proposed_to_the_survivor() {
    let (mut world, sam, survivor) = chatting(9);
    let kim = world.program.staff(Roles::ADVOCATE, "Kim");
    let there = world.desk(kim.clone());
    world.as_desk(there, |core, now| core.go_on_duty(now));
    assert!(world.run_until(SOON, |world| !world.shown(sam).colleagues.is_empty()));
    world.run_for(MOMENT);
    let ask = |world: &mut World| {
        let why = Handover::new(HandoverReason::BetterPlaced, "", "").unwrap();
        let to = Successor::Colleague { device: kim.key() };
        world.as_desk(sam, |core, now| core.hand_over(FIRST, to, why, now)).unwrap().unwrap();
        world.run_for(MOMENT);
    };
    ask(&mut world);
    assert!(world.shown(survivor).question.is_some());
    world.set_way(Box::new(move |to, direction, frame| match (direction, decode(frame)) {
        (Direction::Down, Ok(RelayFrame::Greeting { .. } | RelayFrame::StaffHere { .. }))
            if to == sam =>
        {
            Fate::Dropped
        }
        _ => Fate::Arrives,
    }));
    world.revoke(&kim);
    world.run_for(MOMENT);
    ask(&mut world);
    assert_eq!(world.shown(survivor).question, None);
}

#[test]
fn a_place_for_a_certain_colleague_looks_like_any_to_the_relay() {
    let asked = |to: &str| {
        let mut floor = floor(10);
        let to = match to {
            "anyone" => Successor::Anyone,
            name => Successor::Colleague { device: floor.key(name) },
        };
        let why = Handover::new(HandoverReason::BetterPlaced, "", "a note").unwrap();
        floor.world.as_desk(floor.sam, |core, now| core.hand_over(FIRST, to, why, now).unwrap());
        floor.world.run_for(MOMENT);
        floor.world.seen_by_relay.clear();
        floor.world.as_survivor(floor.survivor, |core, now| core.accept_handover(now));
        floor.world.run_for(SOON);
        let key = floor.key("Kim").0;
        let seen = &floor.world.seen_by_relay;
        let asks = seen.iter().find(|frame| matches!(decode(frame), Ok(ClientFrame::Ask { .. })));
        let ask = asks.unwrap();
        assert!(!ask.windows(key.len()).any(|part| part == key));
        ask.len()
    };
    assert_eq!(asked("anyone"), asked("Kim"));
}
