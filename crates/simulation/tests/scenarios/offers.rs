//! Whoever waits is offered to one desk at a time, by a rule that all desks work out for themselves, and can be taken
//! by any.

use core::time::Duration;

use stillroom_conversation::{Capacity, Desk, OfferedTo, Phase, Said};
use stillroom_program::{Offers, Timestamp};
use stillroom_protocol::TicketId;
use stillroom_simulation::{DeviceNumber, World};

use crate::scene::{FIRST, SOON, add_desk, start, start_with, take};

const MOMENT: Duration = Duration::from_secs(3);
const ACCEPT: Duration = Duration::from_secs(40);

/// Desks on duty of a program that offers places.
fn floor<const N: usize>(seed: u64, names: [&str; N]) -> (World, [DeviceNumber; N]) {
    let mut world = World::new(seed);
    world.publish(|policy| {
        let languages = ["en", "es"].map(|tag| tag.try_into().unwrap());
        let languages = languages.into_iter().collect::<Vec<_>>().try_into().unwrap();
        policy.guidance.offers = Some(Offers { accept_seconds: 40, languages });
    });
    let desks = names.map(|name| {
        let desk = add_desk(&mut world, name);
        world.run_for(MOMENT);
        desk
    });
    (world, desks)
}

/// Who has been offered the first place: by each desk's own account, which must be one.
fn offered(world: &World, desks: &[DeviceNumber], ticket: TicketId) -> Option<DeviceNumber> {
    let mine = |desk: &DeviceNumber| {
        let mut offers = world.shown(*desk).offers.iter();
        offers.any(|offer| offer.ticket == ticket && matches!(offer.to, OfferedTo::Me { .. }))
    };
    let me = desks.iter().copied().filter(mine).collect::<Vec<_>>();
    assert!(me.len() <= 1, "{me:?}");
    let named = desks.iter().flat_map(|desk| world.shown(*desk).offers.iter());
    let named = named.filter_map(|offer| match &offer.to {
        OfferedTo::Colleague { name } if offer.ticket == ticket => Some(name.as_str().to_owned()),
        _ => None,
    });
    let mut named = named.collect::<Vec<_>>();
    named.dedup();
    assert!(named.len() <= 1, "all others name the same: {named:?}");
    me.first().copied()
}

fn waiting(world: &mut World, desk: DeviceNumber) -> TicketId {
    assert!(world.run_until(SOON, |world| !world.shown(desk).waiting.is_empty()));
    world.shown(desk).waiting[0].ticket
}

#[test]
fn whoever_has_been_idle_for_longest_is_asked_first_and_then_the_next_round_and_round() {
    let (mut world, desks) = floor(1, ["Sam", "Kim", "Alex"]);
    start(&mut world);
    let ticket = waiting(&mut world, desks[0]);
    world.run_for(MOMENT);
    for turn in [0, 1, 2, 0] {
        assert_eq!(offered(&world, &desks, ticket), Some(desks[turn]));
        world.run_for(ACCEPT);
    }
}

#[test]
fn whoever_took_somebody_is_asked_last() {
    let (mut world, desks) = floor(2, ["Sam", "Kim"]);
    let first = start(&mut world);
    take(&mut world, desks[0], first, FIRST);
    world.run_for(MOMENT);
    start(&mut world);
    let ticket = waiting(&mut world, desks[1]);
    world.run_for(MOMENT);
    assert_eq!(offered(&world, &desks, ticket), Some(desks[1]));
}

#[test]
fn whoever_speaks_the_language_is_asked_first() {
    let (mut world, desks) = floor(3, ["Sam", "Kim"]);
    world.as_desk(desks[1], |core, now| core.set_languages(&["es"], now));
    world.run_for(MOMENT);
    start_with(&mut world, Said { language: "es-MX".into(), ..Said::default() });
    let ticket = waiting(&mut world, desks[0]);
    world.run_for(MOMENT);
    assert_eq!(offered(&world, &desks, ticket), Some(desks[1]));
}

#[test]
fn nobody_is_asked_who_is_on_a_break_locked_full_off_duty_passes_or_is_about_to_go() {
    let changes: [fn(&mut Desk, Timestamp); 6] = [
        Desk::take_break,
        Desk::lock,
        Desk::pass,
        |core, _| core.go_off_duty(),
        |core, now| core.set_shift_end(Some(now + Duration::from_secs(20 * 60)), now),
        |core, _| core.set_capacity(Capacity::ONE),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let (mut world, desks) = floor(4, ["Sam", "Kim"]);
        if number == 5 {
            let first = start(&mut world);
            take(&mut world, desks[0], first, FIRST);
        }
        world.as_desk(desks[0], change);
        world.run_for(MOMENT);
        start(&mut world);
        let ticket = waiting(&mut world, desks[1]);
        for _ in 0..3 {
            world.run_for(MOMENT);
            assert_eq!(offered(&world, &desks[1..], ticket), Some(desks[1]), "change {number}");
            world.run_for(ACCEPT);
        }
    }
}

#[test]
fn whoever_passes_hands_it_to_the_next_at_once_and_is_asked_again_after_a_while() {
    let (mut world, desks) = floor(5, ["Sam", "Kim"]);
    start(&mut world);
    let ticket = waiting(&mut world, desks[0]);
    world.run_for(MOMENT);
    assert_eq!(offered(&world, &desks, ticket), Some(desks[0]));
    world.as_desk(desks[0], |core, now| core.pass(now));
    world.run_for(MOMENT);
    assert_eq!(offered(&world, &desks, ticket), Some(desks[1]));
    assert!(world.shown(desks[0]).passes);
    world.run_for(Duration::from_secs(185));
    assert!(!world.shown(desks[0]).passes);
    let again = |world: &World| offered(world, &desks, ticket) == Some(desks[0]);
    assert!(world.run_until(ACCEPT * 2, again));
}

/// An offer is no right: a desk that was offered nothing, whether or not it was changed, takes whom it could take.
#[test]
fn anybody_can_take_by_hand_whatever_is_offered_to_whom() {
    let (mut world, desks) = floor(6, ["Sam", "Kim"]);
    let survivor = start(&mut world);
    let ticket = waiting(&mut world, desks[1]);
    world.run_for(MOMENT);
    assert_eq!(offered(&world, &desks, ticket), Some(desks[0]));
    world.as_desk(desks[1], |core, _| core.take(ticket));
    let there = |world: &World| world.shown(survivor).phase() == Some(Phase::Chatting);
    assert!(world.run_until(SOON, there));
    world.run_for(MOMENT);
    assert!(desks.iter().all(|desk| world.shown(*desk).offers.is_empty()));
}

#[test]
fn a_desk_that_vanishes_keeps_nobody_waiting() {
    let (mut world, desks) = floor(7, ["Sam", "Kim"]);
    start(&mut world);
    let ticket = waiting(&mut world, desks[0]);
    world.run_for(MOMENT);
    world.destroy(desks[0]);
    let next = |world: &World| offered(world, &desks[1..], ticket) == Some(desks[1]);
    assert!(world.run_until(ACCEPT * 2, next));
}

#[test]
fn a_place_whose_line_dropped_is_offered_to_nobody_until_it_is_back() {
    let (mut world, desks) = floor(8, ["Sam"]);
    let survivor = start(&mut world);
    let ticket = waiting(&mut world, desks[0]);
    world.run_for(MOMENT);
    assert_eq!(offered(&world, &desks, ticket), Some(desks[0]));
    world.cut(survivor);
    let none = |world: &World| offered(world, &desks, ticket).is_none();
    assert!(world.run_until(SOON, none));
}

#[test]
fn without_the_programs_word_nothing_is_offered() {
    let mut world = World::new(9);
    let desk = add_desk(&mut world, "Sam");
    start(&mut world);
    waiting(&mut world, desk);
    world.run_for(ACCEPT);
    assert!(world.shown(desk).offers.is_empty());
}

#[test]
fn several_places_are_spread_and_nobody_is_offered_two() {
    let (mut world, desks) = floor(10, ["Sam", "Kim"]);
    for _ in 0..3 {
        start(&mut world);
        world.run_for(MOMENT);
    }
    for _ in 0..4 {
        let mine = desks.map(|desk| {
            let offers = world.shown(desk).offers.iter();
            offers.filter(|offer| matches!(offer.to, OfferedTo::Me { .. })).count()
        });
        assert_eq!(mine, [1, 1]);
        world.run_for(ACCEPT);
    }
}
