//! Leaving by the way out: the desk shows *left* where the survivor's page said so, and a dropped line
//! wherever it did not, whatever a relay invents.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use stillroom_conversation::{Announcement, ChatNumber, Ending, Phase, Role};
use stillroom_program::{decode, encode};
use stillroom_protocol::{ClientFrame, Leaving, LeavingToken, RelayFrame, RoomId};
use stillroom_simulation::{DeviceNumber, Direction, Fate, World};

use crate::scene::{
    A_WHILE, FIRST, SOON, add_desk, chatting, on_duty, start, take, write_both_ways,
};

/// The rooms that devices attach to from now on, as the relay sees them.
fn watch_rooms(world: &mut World) -> Rc<RefCell<BTreeMap<DeviceNumber, RoomId>>> {
    let seen = Rc::new(RefCell::new(BTreeMap::new()));
    let watched = Rc::clone(&seen);
    world.set_way(Box::new(move |device, direction, frame| {
        if let (Direction::Up, Ok(ClientFrame::Attach { room, .. })) = (direction, decode(frame)) {
            watched.borrow_mut().insert(device, room);
        }
        Fate::Arrives
    }));
    seen
}

fn token_of(world: &mut World, survivor: DeviceNumber) -> LeavingToken {
    let said = world.as_survivor(survivor, |core, _| core.leaving()).flatten().unwrap();
    match Leaving::from_bytes(&said) {
        Some(Leaving::Chat { token, .. }) => token,
        other => panic!("they are in a chat: {other:?}"),
    }
}

fn assert_goes_on(world: &mut World, desk: DeviceNumber, survivor: DeviceNumber) {
    world.run_for(SOON);
    assert!(!world.shown(desk).chat(1).over);
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Chatting));
}

#[test]
fn a_survivor_who_leaves_by_the_way_out_is_shown_as_left_and_the_chat_is_over() {
    let (mut world, desk, survivor) = chatting(1);
    write_both_ways(&mut world, desk, survivor, 0);
    world.leave(survivor);
    assert!(world.run_until(SOON, |world| world.shown(desk).chat(1).over));
    assert_eq!(world.shown(desk).chat(1).ending, Some(Ending::SurvivorLeft));
    assert!(world.run_until(SOON, |world| world.holdings().rooms == 0));
    assert_eq!(world.holdings().bytes, 0);
}

#[test]
fn whoever_leaves_after_their_advocate_was_lost_is_shown_as_left_to_the_one_of_now() {
    let (mut world, sam, survivor) = chatting(9);
    let kim = add_desk(&mut world, "Kim");
    world.lock(sam);
    assert!(world.run_until(A_WHILE, |world| world.shown(kim).waiting.len() == 1));
    take(&mut world, kim, survivor, FIRST);
    write_both_ways(&mut world, kim, survivor, 0);
    world.leave(survivor);
    assert!(world.run_until(SOON, |world| world.shown(kim).chat(1).over));
    assert_eq!(world.shown(kim).chat(1).ending, Some(Ending::SurvivorLeft));
}

#[test]
fn leaving_is_heard_by_a_desk_whose_line_was_down() {
    let (mut world, desk, survivor) = chatting(2);
    world.cut(desk);
    world.leave(survivor);
    assert!(world.run_until(A_WHILE, |world| world.shown(desk).chat(1).over));
    assert_eq!(world.shown(desk).chat(1).ending, Some(Ending::SurvivorLeft));
}

#[test]
fn leaving_said_on_the_line_alone_is_heard_as_well() {
    let (mut world, desk, survivor) = chatting(3);
    world.as_survivor(survivor, |core, _| core.leave());
    assert!(world.run_until(SOON, |world| world.shown(desk).chat(1).over));
    assert_eq!(world.shown(desk).chat(1).ending, Some(Ending::SurvivorLeft));
}

#[test]
fn a_page_that_is_gone_without_a_word_is_a_dropped_line() {
    let (mut world, desk, survivor) = chatting(4);
    world.destroy(survivor);
    world.run_for(A_WHILE);
    let chat = world.shown(desk).chat(1);
    let dropped = Announcement::LineDropped { name: String::new(), role: Role::Survivor };
    assert!(chat.announced.contains(&dropped) && !chat.over);
}

#[test]
fn a_relay_cannot_invent_that_somebody_left() {
    let (mut world, desk) = on_duty(5);
    let rooms = watch_rooms(&mut world);
    let survivor = start(&mut world);
    take(&mut world, desk, survivor, FIRST);
    let room = rooms.borrow()[&survivor];
    for guess in [[0; 32], [7; 32], room.0] {
        let token = LeavingToken(guess);
        world.inject_down(desk, encode(&RelayFrame::Left { room, token: token.clone() }));
        world.inject_down(survivor, encode(&RelayFrame::Left { room, token }));
    }
    assert_goes_on(&mut world, desk, survivor);
}

#[test]
fn a_token_of_another_chat_or_of_an_earlier_one_says_nothing() {
    let (mut world, desk) = on_duty(6);
    let rooms = watch_rooms(&mut world);
    let survivor = start(&mut world);
    take(&mut world, desk, survivor, FIRST);
    let room = rooms.borrow()[&survivor];
    let stranger = start(&mut world);
    take(&mut world, desk, stranger, ChatNumber(2));
    let token = token_of(&mut world, stranger);
    world.leave(stranger);
    assert!(world.run_until(SOON, |world| world.shown(desk).chat(2).over));
    world.inject_down(desk, encode(&RelayFrame::Left { room, token }));
    assert_goes_on(&mut world, desk, survivor);
}

#[test]
fn a_survivor_who_still_has_their_page_is_not_ended_by_their_own_token() {
    let (mut world, desk) = on_duty(7);
    let rooms = watch_rooms(&mut world);
    let survivor = start(&mut world);
    take(&mut world, desk, survivor, FIRST);
    let (room, token) = (rooms.borrow()[&survivor], token_of(&mut world, survivor));
    world.inject_down(survivor, encode(&RelayFrame::Left { room, token }));
    assert_goes_on(&mut world, desk, survivor);
}

#[test]
fn somebody_who_leaves_while_waiting_holds_no_place() {
    let (mut world, desk) = on_duty(8);
    let survivor = start(&mut world);
    assert!(world.run_until(SOON, |world| !world.shown(desk).waiting.is_empty()));
    world.leave(survivor);
    assert!(world.run_until(SOON, |world| world.shown(desk).waiting.is_empty()));
    assert_eq!(world.holdings().waiting, 0);
}

#[test]
fn there_is_nothing_to_leave_before_the_start_and_after_the_end() {
    let (mut world, desk, survivor) = chatting(9);
    let before = world.survivor();
    assert_eq!(world.as_survivor(before, |core, _| core.leaving()), Some(None));
    world.as_desk(desk, |core, now| core.end(FIRST, now));
    let ended = Some(Phase::Ended(Ending::ByStaff));
    assert!(world.run_until(SOON, |world| world.shown(survivor).phase() == ended));
    assert_eq!(world.as_survivor(survivor, |core, _| core.leaving()), Some(None));
}

#[test]
fn what_is_sent_when_leaving_is_equally_long_while_waiting_and_in_a_chat() {
    let (mut world, _, survivor) = chatting(10);
    let waits = start(&mut world);
    let length = |world: &mut World, device| {
        world.as_survivor(device, |core, _| core.leaving()).flatten().unwrap().len()
    };
    assert_eq!(length(&mut world, survivor), length(&mut world, waits));
}
