//! The line.

use stillroom_protocol::{About, ClientFrame, KeyPackageHash, Refusal, RelayFrame};

use crate::world::*;

#[test]
fn survivors_are_told_their_place_and_told_again_when_it_changes() {
    let mut world = World::new();
    world.advocate_on_duty();
    let first = world.waiting(1);
    let second = world.survivor();
    assert_eq!(world.send(second, ask(2)), [RelayFrame::InLine { ahead: 1 }]);
    let withdraw = ClientFrame::Withdraw { ticket: ticket(1) };
    assert_eq!(world.send(first, withdraw), []);
    world.wait(seconds(1));
    assert_eq!(world.hear(second), [RelayFrame::InLine { ahead: 0 }]);
}

#[test]
fn staff_on_duty_hear_of_whoever_comes_and_leaves_with_what_is_sealed_for_them() {
    let mut world = World::new();
    let (_, desk) = world.advocate_on_duty();
    let survivor = world.waiting(1);
    let waiting = RelayFrame::Waiting {
        ticket: place(1),
        key_package: KeyPackageHash::of(&key_package(1)),
        intake: vec![1; 50].try_into().unwrap(),
        waited: 0,
    };
    assert_eq!(world.hear(desk), [waiting]);
    world.send(survivor, ClientFrame::Withdraw { ticket: ticket(1) });
    let ticket = place(1);
    assert_eq!(world.hear(desk), [RelayFrame::WaitingNoMore { ticket }]);
}

#[test]
fn whoever_goes_on_duty_hears_of_everybody_who_already_waits_and_since_when() {
    let mut world = World::new();
    let (_, first) = world.advocate_on_duty();
    let survivors = [world.waiting(1), world.waiting(2)];
    world.wait_with(seconds(30), &[first, survivors[0], survivors[1]]);
    let device = world.program.advocate();
    let desk = world.desk(&device);
    let heard = world.go_on_duty(desk, &device);
    let waited: Vec<_> = heard
        .iter()
        .map(|frame| match frame {
            RelayFrame::Waiting { ticket, waited, .. } => (*ticket, *waited),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(waited, [(place(1), 30), (place(2), 30)]);
    assert_eq!(world.go_on_duty(desk, &device), [], "told once");
}

#[test]
fn a_survivor_who_asks_again_under_the_same_ticket_keeps_the_place() {
    let mut world = World::new();
    let (_, desk) = world.advocate_on_duty();
    let first = world.waiting(1);
    world.waiting(2);
    world.drop_line(first);
    world.wait_with(seconds(100), &[desk]);
    world.hear(desk);
    let back = world.survivor();
    assert_eq!(world.send(back, ask(1)), [RelayFrame::InLine { ahead: 0 }]);
    assert_eq!(
        world.hear(desk),
        [presence(1, true)],
        "nothing new for staff but that they are back"
    );
}

fn presence(number: u8, here: bool) -> RelayFrame {
    RelayFrame::WaitingPresence { ticket: place(number), here: here.into() }
}

#[test]
fn staff_are_told_whose_line_dropped_and_that_it_is_back_each_once() {
    let mut world = World::new();
    let (_, desk) = world.advocate_on_duty();
    let survivor = world.waiting(1);
    world.hear(desk);
    world.drop_line(survivor);
    assert_eq!(world.hear(desk), [presence(1, false)]);
    let back = world.survivor();
    world.send(back, ask(1));
    assert_eq!(world.hear(desk), [presence(1, true)]);
    // A second page under the same ticket takes the place over: the line never dropped.
    let again = world.survivor();
    world.send(again, ask(1));
    world.drop_line(back);
    assert_eq!(world.hear(desk), []);
}

#[test]
fn whoever_goes_on_duty_is_told_of_a_dropped_line_as_well() {
    let mut world = World::new();
    world.advocate_on_duty();
    let survivor = world.waiting(1);
    world.drop_line(survivor);
    let device = world.program.advocate();
    let desk = world.desk(&device);
    let heard = world.go_on_duty(desk, &device);
    assert!(matches!(heard[..], [RelayFrame::Waiting { .. }, _]), "{heard:?}");
    assert_eq!(heard[1], presence(1, false));
}

#[test]
fn of_whoever_is_taken_no_other_desk_hears_whether_their_line_stands() {
    let mut world = World::new();
    let (_, taker) = world.advocate_on_duty();
    let (_, other) = world.advocate_on_duty();
    let survivor = world.waiting(1);
    world.send(taker, claim(1));
    world.hear(other);
    world.drop_line(survivor);
    assert_eq!(world.hear(other), []);
    let release = ClientFrame::Release { ticket: place(1) };
    world.send(taker, release);
    let heard = world.hear(other);
    assert!(matches!(heard[..], [RelayFrame::Waiting { .. }, _]), "{heard:?}");
    assert_eq!(heard[1], presence(1, false), "told with the place that waits again");
}

#[test]
fn a_place_is_given_up_when_the_line_was_down_for_as_long_as_the_policy_says() {
    let mut world = World::new();
    let (_, desk) = world.advocate_on_duty();
    let survivor = world.waiting(1);
    world.hear(desk);
    world.drop_line(survivor);
    // The sample policy says fifteen minutes.
    world.wait_with(seconds(15 * 60 - 1), &[desk]);
    assert_eq!(world.core.holdings().waiting, 1);
    world.wait_with(seconds(2), &[desk]);
    assert_eq!(world.core.holdings().waiting, 0);
    let ticket = place(1);
    let heard = [presence(1, false), RelayFrame::WaitingNoMore { ticket }];
    assert_eq!(world.hear(desk), heard);
    assert_eq!(world.core.holdings().bytes, 0);
}

#[test]
fn a_survivor_who_comes_back_is_not_given_up_by_the_old_timer() {
    let mut world = World::new();
    let (_, desk) = world.advocate_on_duty();
    let first = world.waiting(1);
    world.drop_line(first);
    world.wait_with(seconds(60), &[desk]);
    let back = world.waiting(1);
    world.wait_with(seconds(90), &[desk, back]);
    assert_eq!(world.core.holdings().waiting, 1);
}

#[test]
fn an_older_connection_under_the_same_ticket_is_told_that_it_was_replaced() {
    let mut world = World::new();
    let (_, desk) = world.advocate_on_duty();
    let older = world.waiting(1);
    let newer = world.waiting(1);
    let replaced = refused(About::Ticket(place(1)), Refusal::Replaced);
    assert_eq!(world.hear(older), [replaced]);
    world.drop_line(older);
    world.wait_with(seconds(130), &[desk, newer]);
    assert_eq!(world.core.holdings().waiting, 1, "the place is the newer's");
}

#[test]
fn a_newly_sealed_intake_keeps_the_place_and_staff_are_told() {
    let mut world = World::new();
    let (_, desk) = world.advocate_on_duty();
    let survivor = world.waiting(1);
    world.hear(desk);
    let again = world.send(survivor, ask_sealed(1, b"sealed to the new key"));
    assert_eq!(again, [RelayFrame::InLine { ahead: 0 }]);
    match &world.hear(desk)[..] {
        [RelayFrame::Waiting { intake, .. }] => assert_eq!(&intake[..], b"sealed to the new key"),
        other => panic!("{other:?}"),
    }
    assert_eq!(world.core.holdings().bytes, 100 + 21);
}

#[test]
fn one_connection_holds_one_place() {
    let mut world = World::new();
    world.advocate_on_duty();
    let survivor = world.waiting(1);
    let second = world.send(survivor, ask(2));
    assert_eq!(second, [RelayFrame::InLine { ahead: 0 }]);
    assert_eq!(world.core.holdings().waiting, 1);
}

#[test]
fn nobody_gets_into_a_line_that_nobody_serves() {
    let mut world = World::new();
    let survivor = world.survivor();
    let nobody = refused(About::Ticket(place(1)), Refusal::NobodyOnDuty);
    assert_eq!(world.send(survivor, ask(1)), [nobody]);
}

#[test]
fn whoever_is_in_line_keeps_the_place_when_the_last_advocate_leaves() {
    let mut world = World::new();
    let (_, desk) = world.advocate_on_duty();
    let survivor = world.waiting(1);
    world.send(desk, ClientFrame::GoOffDuty);
    assert_eq!(world.send(survivor, ask(1)), [RelayFrame::InLine { ahead: 0 }]);
}

#[test]
fn only_the_ticket_gives_a_place_up() {
    let mut world = World::new();
    world.advocate_on_duty();
    world.waiting(1);
    let other = world.waiting(2);
    world.send(other, ClientFrame::Withdraw { ticket: ticket(3) });
    assert_eq!(world.core.holdings().waiting, 2);
}
