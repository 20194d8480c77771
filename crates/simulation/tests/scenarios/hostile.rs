//! A relay that lies, one lie at a time: the survivor sees nothing of it, or a sentence that helps.

use core::time::Duration;
use std::{cell::RefCell, rc::Rc};

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use stillroom_conversation::{Phase, Randomness, Said, Stop, mls::Group};
use stillroom_program::{Device, Fingerprint, Policy, Roles, decode, encode};
use stillroom_protocol::{Bytes, ClientFrame, RelayFrame, TicketId};
use stillroom_simulation::{DeviceNumber, Direction, Fate, SimulatedProgram, World};

use crate::scene::{
    A_WHILE, FIRST, SOON, add_desk, chatting, on_duty, start, take, write_both_ways,
};

/// Changes every greeting on its way to survivors.
fn falsify_greetings(world: &mut World, change: impl Fn(&mut RelayFrame) + 'static) {
    world.set_way(Box::new(move |_, direction, frame| {
        match (direction, decode::<RelayFrame>(frame)) {
            (Direction::Down, Ok(mut greeting @ RelayFrame::Greeting { .. })) => {
                change(&mut greeting);
                Fate::Becomes(vec![encode(&greeting)])
            }
            _ => Fate::Arrives,
        }
    }));
}

fn assert_stops(world: &mut World, survivor: DeviceNumber, stop: Stop) {
    let stopped = Some(Phase::Stopped(stop));
    assert!(
        world.run_until(SOON, |world| world.shown(survivor).phase() == stopped),
        "{:?}",
        world.shown(survivor).phases
    );
    assert!(world.shown(survivor).chat(0).messages.is_empty());
}

/// The last `Ask` of a survivor, as the relay sees it: the place, and the KeyPackage.
type SeenAsk = Rc<RefCell<Option<(TicketId, Vec<u8>)>>>;

fn watch_asks(world: &mut World) -> SeenAsk {
    let seen = Rc::new(RefCell::new(None));
    let watched = Rc::clone(&seen);
    world.set_way(Box::new(move |_, direction, frame| {
        if let (Direction::Up, Ok(ClientFrame::Ask { ticket, key_package, .. })) =
            (direction, decode::<ClientFrame>(frame))
        {
            *watched.borrow_mut() = Some((ticket.id(), key_package.to_vec()));
        }
        Fate::Arrives
    }));
    seen
}

/// A Welcome for whoever asked last, from `device`, as a relay in league with it would pass it on.
fn offer_from(world: &mut World, survivor: DeviceNumber, device: &Device, key_package: &[u8]) {
    let randomness = Randomness::new(ChaCha20Rng::seed_from_u64(77));
    let (_, welcome) = Group::create_and_add(device, key_package, &randomness, world.now).unwrap();
    let welcome = Bytes::try_from(welcome).unwrap();
    world.inject_down(survivor, encode(&RelayFrame::Welcome { offer: 999, welcome }));
}

/// A survivor who waits is offered a chat by `device` and goes on waiting, for the rightful advocate.
fn assert_is_declined(world: &mut World, desk: DeviceNumber, device: &Device) {
    let asks = watch_asks(world);
    let survivor = start(world);
    assert!(world.run_until(SOON, |world| !world.shown(desk).waiting.is_empty()));
    let (_, key_package) = asks.borrow().clone().unwrap();
    offer_from(world, survivor, device, &key_package);
    world.run_for(SOON);
    assert!(matches!(world.shown(survivor).phase(), Some(Phase::Waiting { .. })));
    assert!(world.shown(survivor).chat(0).roster.is_empty(), "nobody is shown");
    take(world, desk, survivor, FIRST);
}

#[test]
fn a_wrong_root_fingerprint_is_told_and_nothing_is_sent() {
    let (mut world, _) = on_duty(1);
    let survivor = world.survivor_with_root(Fingerprint([3; 32]));
    world.as_survivor(survivor, |core, now| core.start(Said::default(), now));
    assert_stops(&mut world, survivor, Stop::ProgramNotVerified);
    assert_eq!(world.holdings().waiting, 0);
}

#[test]
fn a_policy_that_nobody_signed_is_refused() {
    let (mut world, _) = on_duty(2);
    falsify_greetings(&mut world, |greeting| {
        if let RelayFrame::Greeting { policy, .. } = greeting {
            let mut altered = policy.to_vec();
            let middle = altered.len() / 2;
            altered[middle] ^= 1;
            *policy = altered.try_into().unwrap();
        }
    });
    let survivor = start(&mut world);
    assert_stops(&mut world, survivor, Stop::ProgramNotVerified);
}

#[test]
fn a_policy_of_another_program_is_refused() {
    let (mut world, _) = on_duty(3);
    let other = encode(&SimulatedProgram::new(99, world.now).policy);
    falsify_greetings(&mut world, move |greeting| {
        if let RelayFrame::Greeting { policy, .. } = greeting {
            *policy = other.clone().try_into().unwrap();
        }
    });
    let survivor = start(&mut world);
    assert_stops(&mut world, survivor, Stop::ProgramNotVerified);
}

#[test]
fn an_expired_policy_is_refused() {
    let (mut world, _) = on_duty(4);
    // Certificates and policy of a simulated program hold for thirty days.
    let world_now = world.now;
    let mut old = SimulatedProgram::new(4, world_now);
    old.policy = {
        let mut policy = Policy::throw_away(world_now).unwrap();
        policy.terms.issued = world_now.seconds() - 20 * 86_400;
        policy.terms.expires = world_now.seconds() - 2 * 86_400;
        stillroom_program::SignedPolicy::sign(&policy, &old.administrator).unwrap()
    };
    assert_eq!(old.root, world.program.root, "the same keys from the same seed");
    let expired = encode(&old.policy);
    falsify_greetings(&mut world, move |greeting| {
        if let RelayFrame::Greeting { policy, .. } = greeting {
            *policy = expired.clone().try_into().unwrap();
        }
    });
    let survivor = start(&mut world);
    assert_stops(&mut world, survivor, Stop::StatementStale);
}

#[test]
fn a_duty_statement_of_the_day_before_yesterday_is_refused() {
    let (mut world, _) = on_duty(5);
    let first = Rc::new(RefCell::new(None));
    let kept = Rc::clone(&first);
    world.set_way(Box::new(move |_, direction, frame| {
        if direction == Direction::Down
            && let Ok(mut greeting) = decode::<RelayFrame>(frame)
            && let RelayFrame::Greeting { statement, .. } = &mut greeting
        {
            let mut kept = kept.borrow_mut();
            *statement = kept.get_or_insert_with(|| statement.clone()).clone();
            return Fate::Becomes(vec![encode(&greeting)]);
        }
        Fate::Arrives
    }));
    let survivor = start(&mut world);
    assert!(world.run_until(SOON, |world| {
        matches!(world.shown(survivor).phase(), Some(Phase::Waiting { ahead: Some(_) }))
    }));
    world.run_for(Duration::from_secs(25 * 60 * 60));
    let late = start(&mut world);
    assert_stops(&mut world, late, Stop::StatementStale);
}

#[test]
fn within_one_page_a_statement_that_ran_out_is_not_taken_again() {
    let (mut world, desk) = on_duty(6);
    let survivor = start(&mut world);
    assert!(world.run_until(SOON, |world| !world.shown(desk).waiting.is_empty()));
    let statement = Rc::new(RefCell::new(None));
    let kept = Rc::clone(&statement);
    // From now on the survivor is shown the first statement for ever.
    world.set_way(Box::new(move |_, direction, frame| match (direction, decode(frame)) {
        (Direction::Down, Ok(RelayFrame::Duty { statement })) => {
            let statement = kept.borrow_mut().get_or_insert(statement).clone();
            Fate::Becomes(vec![encode(&RelayFrame::Duty { statement })])
        }
        _ => Fate::Arrives,
    }));
    let stopped = Some(Phase::Stopped(Stop::NobodyOnDuty));
    let hour = Duration::from_secs(60 * 60);
    assert!(world.run_until(hour, |world| world.shown(survivor).phase() == stopped));
}

#[test]
fn a_welcome_from_another_programs_advocate_is_declined_and_nobody_shown() {
    let (mut world, desk) = on_duty(7);
    let stranger = SimulatedProgram::new(99, world.now).staff(Roles::ADVOCATE, "Stranger");
    assert_is_declined(&mut world, desk, &stranger);
}

#[test]
fn a_welcome_from_an_interpreter_is_declined() {
    let (mut world, desk) = on_duty(8);
    let interpreter = world.program.staff(Roles::INTERPRETER, "Lee");
    assert_is_declined(&mut world, desk, &interpreter);
}

#[test]
fn a_welcome_from_a_revoked_advocate_is_declined() {
    let (mut world, desk) = on_duty(9);
    let former = world.program.staff(Roles::ADVOCATE, "Former");
    world.revoke(&former);
    world.run_for(SOON);
    assert_is_declined(&mut world, desk, &former);
}

#[test]
fn a_relay_that_offers_nothing_but_false_welcomes_is_given_up() {
    let (mut world, desk) = on_duty(10);
    let stranger = SimulatedProgram::new(99, world.now).staff(Roles::ADVOCATE, "Stranger");
    let asks = watch_asks(&mut world);
    let survivor = start(&mut world);
    assert!(world.run_until(SOON, |world| !world.shown(desk).waiting.is_empty()));
    let (_, key_package) = asks.borrow().clone().unwrap();
    for _ in 0..5 {
        offer_from(&mut world, survivor, &stranger, &key_package);
    }
    assert_stops(&mut world, survivor, Stop::ConversationNotSafe);
}

#[test]
fn a_key_package_swapped_under_anothers_sealed_intake_is_not_shown_to_anybody() {
    let (mut world, desk) = on_duty(11);
    let randomness = Randomness::new(ChaCha20Rng::seed_from_u64(5));
    let own = stillroom_conversation::mls::Prospect::new(&randomness, world.now).unwrap();
    let swapped = own.key_package().to_vec();
    world.set_way(Box::new(move |_, direction, frame| match (direction, decode(frame)) {
        (Direction::Up, Ok(ClientFrame::Ask { ticket, intake, .. })) => {
            let key_package = swapped.clone().try_into().unwrap();
            Fate::Becomes(vec![encode(&ClientFrame::Ask { ticket, key_package, intake })])
        }
        _ => Fate::Arrives,
    }));
    start(&mut world);
    assert!(world.run_until(SOON, |world| world.holdings().waiting == 1));
    world.run_for(SOON);
    assert!(world.shown(desk).waiting.is_empty());
}

#[test]
fn a_ticket_given_to_two_desks_leaves_the_survivor_with_one_and_tells_the_other() {
    let (mut world, sam) = on_duty(12);
    let kim = add_desk(&mut world, "Kim");
    let asks = watch_asks(&mut world);
    let survivor = start(&mut world);
    let both_see = |world: &World| {
        !world.shown(sam).waiting.is_empty() && !world.shown(kim).waiting.is_empty()
    };
    assert!(world.run_until(SOON, both_see));
    let (ticket, key_package) = asks.borrow().clone().unwrap();
    // The relay gives the place to Kim as well, and passes Kim's Welcome on.
    let offered = Rc::new(RefCell::new(None));
    let watched = Rc::clone(&offered);
    world.set_way(Box::new(move |device, direction, frame| match (direction, decode(frame)) {
        (Direction::Up, Ok(ClientFrame::Offer { welcome, .. })) if device == kim => {
            *watched.borrow_mut() = Some(welcome);
            Fate::Dropped
        }
        (Direction::Up, Ok(ClientFrame::Claim { .. })) if device == kim => Fate::Dropped,
        _ => Fate::Arrives,
    }));
    world.as_desk(sam, |core, _| core.take_next());
    world.as_desk(kim, |core, _| core.take_next());
    let key_package = Bytes::try_from(key_package).unwrap();
    world.inject_down(kim, encode(&RelayFrame::Claimed { ticket, key_package }));
    assert!(world.run_until(SOON, |_| offered.borrow().is_some()));
    assert!(world.run_until(SOON, |world| world.shown(sam).chat(1).joined));
    let welcome = offered.borrow_mut().take().unwrap();
    world.inject_down(survivor, encode(&RelayFrame::Welcome { offer: 7, welcome }));
    world.run_for(SOON);
    let roster = world.shown(survivor).chat(0).roster;
    assert!(roster.iter().any(|one| one.name == "Sam") && roster.len() == 2, "{roster:?}");
    assert!(!world.shown(kim).chat(1).joined);
}

#[test]
fn a_message_in_a_room_of_somebody_else_is_shown_to_nobody() {
    let (mut world, desk, first) = chatting(13);
    let captured = Rc::new(RefCell::new(None));
    let watched = Rc::clone(&captured);
    world.set_way(Box::new(move |device, direction, frame| {
        if device == first
            && direction == Direction::Up
            && let Ok(ClientFrame::Post { room, message }) = decode(frame)
        {
            *watched.borrow_mut() = Some((room, message));
        }
        Fate::Arrives
    }));
    world.as_survivor(first, |core, now| core.write("only for Sam", now).unwrap());
    world.run_for(SOON);
    let (room, message) = captured.borrow_mut().take().unwrap();
    let stranger = start(&mut world);
    take(&mut world, desk, stranger, stillroom_conversation::ChatNumber(2));
    world.inject(stranger, encode(&ClientFrame::Post { room, message: message.clone() }));
    world.inject_down(stranger, encode(&RelayFrame::Delivered { room, message }));
    world.run_for(SOON);
    assert!(world.shown(stranger).chat(0).received().is_empty());
    assert_eq!(world.shown(desk).chat(1).received(), ["only for Sam"]);
}

#[test]
fn nothing_that_the_relay_was_given_holds_a_word_of_the_chat() {
    let (mut world, desk, survivor) = chatting(14);
    write_both_ways(&mut world, desk, survivor, 0);
    world.as_desk(desk, |core, now| core.end(FIRST, now));
    world.run_for(A_WHILE);
    let names = ["Sam", "survivor 3", "advocate 3"];
    let wide = |word: &str| word.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let needles = names.iter().flat_map(|word| [word.as_bytes().to_vec(), wide(word)]);
    for needle in needles.collect::<Vec<_>>() {
        let found = world
            .seen_by_relay
            .iter()
            .any(|frame| frame.windows(needle.len()).any(|window| window == needle));
        assert!(!found, "{needle:?}");
    }
}
