//! Turning somebody away: the chat ends as an end, every desk sees why beside whoever comes from the same address, and
//! nothing follows from it. Everybody in the simulation comes from one address, as in a shelter.

use core::time::Duration;

use stillroom_conversation::{Ending, Phase, TurnedAway};
use stillroom_program::encode;
use stillroom_protocol::{About, Refusal, RelayFrame};
use stillroom_simulation::{DeviceNumber, World};

use crate::scene::{A_WHILE, FIRST, SOON, add_desk, chatting, start};

const HALF_AN_HOUR: Duration = Duration::from_secs(30 * 60);

/// What each who waits is said to be on this desk: why somebody from there was turned away, and when.
fn notes(world: &World, desk: DeviceNumber) -> Vec<Option<(TurnedAway, u64)>> {
    let waiting = world.shown(desk).waiting.iter();
    waiting.map(|one| one.turned_away.map(|before| (before.why, before.at.0 / 60_000))).collect()
}

fn turn_away(world: &mut World, desk: DeviceNumber, survivor: DeviceNumber) {
    world.as_desk(desk, |core, now| core.turn_away(FIRST, TurnedAway::Abusive, now));
    let ended =
        |world: &World| world.shown(survivor).phase() == Some(Phase::Ended(Ending::TurnedAway));
    assert!(world.run_until(SOON, ended));
}

fn somebody_waits(world: &mut World) -> DeviceNumber {
    let survivor = start(world);
    let waits =
        |world: &World| world.shown(survivor).phase() == Some(Phase::Waiting { ahead: Some(0) });
    assert!(world.run_until(SOON, waits), "nobody is refused because of an address");
    survivor
}

#[test]
fn the_chat_ends_and_each_desk_reads_the_note_beside_whoever_comes_from_there() {
    let (mut world, desk, survivor) = chatting(1);
    let other = add_desk(&mut world, "Robin");
    turn_away(&mut world, desk, survivor);
    assert_eq!(world.shown(desk).chat(1).ending, Some(Ending::TurnedAway));
    let said = world.shown(desk).guidance.last().unwrap().turned_away.to_string();
    assert!(!said.is_empty());
    assert_eq!(world.shown(survivor).chat(0).last_words, Some(said.clone()), "before the end");
    let found = |frame: &Vec<u8>| frame.windows(20).any(|some| some == &said.as_bytes()[..20]);
    assert!(!world.seen_by_relay.iter().any(found), "inside the chat");
    assert!(world.run_until(SOON, |world| world.holdings().rooms == 0));
    let then = world.now.0 / 60_000;
    somebody_waits(&mut world);
    for desk in [desk, other] {
        let read = |world: &World| notes(world, desk).len() == 1 && notes(world, desk)[0].is_some();
        assert!(world.run_until(SOON, read));
        let (why, when) = notes(&world, desk)[0].unwrap();
        assert_eq!(why, TurnedAway::Abusive);
        assert!(when.abs_diff(then) <= 1, "{when} {then}");
    }
    world.run_for(HALF_AN_HOUR);
    assert_eq!(notes(&world, desk), [None], "after half an hour nothing is known");
    world.as_desk(desk, |core, _| core.take_next());
    assert!(world.run_until(A_WHILE, |world| world.shown(desk).chats.len() == 2));
}

#[test]
fn a_page_that_asks_again_is_told_the_same() {
    let (mut world, desk, survivor) = chatting(2);
    turn_away(&mut world, desk, survivor);
    let next = somebody_waits(&mut world);
    assert!(world.run_until(SOON, |world| !world.shown(desk).waiting.is_empty()));
    let about = About::Ticket(world.shown(desk).waiting[0].ticket);
    let refused = RelayFrame::Refused { about, refusal: Refusal::TurnedAway };
    world.inject_down(next, encode(&refused));
    let told = |world: &World| world.shown(next).phase() == Some(Phase::Ended(Ending::TurnedAway));
    assert!(world.run_until(SOON, told));
}

#[test]
fn a_survivor_turns_nobody_away() {
    let (mut world, desk, survivor) = chatting(3);
    world.as_survivor(survivor, |core, now| core.end(now));
    let over = |world: &World| world.shown(desk).chat(1).ending == Some(Ending::BySurvivor);
    assert!(world.run_until(SOON, over));
    world.as_desk(desk, |core, now| core.turn_away(FIRST, TurnedAway::Prank, now));
    somebody_waits(&mut world);
    assert!(world.run_until(SOON, |world| !world.shown(desk).waiting.is_empty()));
    assert_eq!(notes(&world, desk), [None], "of a chat that is over nobody is turned away");
}
