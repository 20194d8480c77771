//! What is counted of a day: sealed when it is over, equally long whatever it was, and nothing without a key.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use stillroom_delivery::{ConnectionId, Sort};
use stillroom_program::{DayCounts, ReportKey, RootKey};
use stillroom_protocol::{ClientFrame, RelayFrame};

use crate::program::NOW;
use crate::world::*;

const DAY: u64 = 24 * 60 * 60;

/// A world whose policy has a report key.
fn counting() -> (World, ReportKey) {
    let key = RootKey::generate(&mut ChaCha20Rng::seed_from_u64(3)).report_key();
    let mut world = World::new();
    world.program.policy = world.program.policy.clone().with_report_key(&key.public_key());
    world.restart();
    (world, key)
}

fn days(world: &World, key: &ReportKey) -> Vec<DayCounts> {
    let program = world.program.root.program_id();
    let open = |sealed: &[u8]| key.open_counts(&program, sealed).unwrap();
    world.days.iter().map(|day| open(&day.sealed)).collect()
}

fn is_counting(world: &World) -> bool {
    let inventory = world.core.inventory();
    inventory.iter().any(|held| held.sort == Sort::Counts && held.count == 1)
}

/// The desk takes this place, and its survivor comes.
fn meets(world: &mut World, desk: ConnectionId, survivor: ConnectionId, number: u8) {
    world.send(desk, claim(number));
    world.send(desk, offer(number, b"welcome"));
    let offer = match &world.hear(survivor)[..] {
        [.., RelayFrame::Welcome { offer, .. }] => *offer,
        other => panic!("{other:?}"),
    };
    world.send(survivor, ClientFrame::Accept { ticket: ticket(number), offer });
    // What is no offer any more is no chat.
    world.send(survivor, ClientFrame::Accept { ticket: ticket(number), offer });
}

#[test]
fn a_day_has_its_chats_who_left_and_for_how_long_chat_was_open() {
    let (mut world, key) = counting();
    assert!(!is_counting(&world), "nobody was there yet");
    let (_, desk) = world.advocate_on_duty();
    assert!(is_counting(&world));
    let [first, second, third] = [1, 2, 3].map(|number| world.waiting(number));
    meets(&mut world, desk, first, 1);
    world.send(second, ClientFrame::Withdraw { ticket: ticket(2) });
    world.send(second, ClientFrame::Withdraw { ticket: ticket(2) });
    world.wait_with(seconds(600), &[desk, third]);
    world.send(desk, ClientFrame::GoOffDuty);
    world.wait_with(seconds(600), &[desk, third]);
    assert!(world.days.is_empty(), "not before the day is over");
    // The line of whoever waits drops and does not come back.
    world.drop_line(third);
    world.wait(seconds(DAY));
    let [day] = days(&world, &key)[..] else { panic!("one day") };
    assert_eq!((day.chats, day.left_waiting), (1, 2));
    assert_eq!(day.open_seconds, 600);
    assert_eq!(u64::from(day.day), NOW.seconds() / DAY);
    assert!(!is_counting(&world));
    world.wait(seconds(3 * DAY));
    assert_eq!(world.days.len(), 1, "no day without anything");
}

#[test]
fn who_goes_on_with_somebody_else_on_the_same_line_is_in_one_chat() {
    let (mut world, key) = counting();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    world.send(survivor, ask(1));
    world.hear(survivor);
    meets(&mut world, desk, survivor, 1);
    world.send(desk, ClientFrame::CloseRoom { room });
    world.core.handle_stop(world.now);
    world.drain();
    assert_eq!(days(&world, &key)[0].chats, 0);
}

#[test]
fn a_relay_that_stops_seals_what_it_has_and_open_hours_go_over_midnight() {
    let (mut world, key) = counting();
    let (_, desk) = world.advocate_on_duty();
    let midnight = DAY - NOW.seconds() % DAY;
    let statement_holds = 600;
    assert!(midnight > statement_holds);
    world.wait_with(seconds(midnight), &[desk]);
    let (_, desk) = world.advocate_on_duty();
    world.wait_with(seconds(60), &[desk]);
    world.core.handle_stop(world.now);
    world.drain();
    let days = days(&world, &key);
    assert_eq!(days.len(), 2);
    assert_eq!(days[1].day, days[0].day + 1);
    assert_eq!(days[1].open_seconds, 60);
    assert!(!is_counting(&world));
}

#[test]
fn all_days_look_alike_and_nothing_is_counted_without_a_report_key() {
    let (mut world, _) = counting();
    for number in 0..3 {
        let (_, desk) = world.advocate_on_duty();
        if number == 1 {
            let survivor = world.waiting(1);
            meets(&mut world, desk, survivor, 1);
        }
        world.send(desk, ClientFrame::GoOffDuty);
        world.wait(seconds(DAY));
    }
    let lengths: Vec<_> = world.days.iter().map(|day| day.sealed.len()).collect();
    assert_eq!(lengths, [lengths[0]; 3]);
    assert!(world.days[0].id != world.days[1].id);

    let mut world = World::new();
    let (_, desk) = world.advocate_on_duty();
    let survivor = world.waiting(1);
    meets(&mut world, desk, survivor, 1);
    assert!(!is_counting(&world));
    world.wait(seconds(DAY));
    assert!(world.days.is_empty());
}
