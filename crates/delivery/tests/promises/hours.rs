//! The hours and notices of the policy, at the door of the line.

use stillroom_program::{Calendar, Day, Hours, Notice, NoticeKind, OpenTime, Policy, Weekly};
use stillroom_protocol::{About, Bytes, ClientFrame, Refusal, RelayFrame};

use crate::program::NOW;
use crate::world::*;

/// The beginning of the world, in the sample's time zone, is a Friday at two in the night.
const TWO: u16 = 2 * 60;

/// Minutes as seconds.
fn minutes(minutes: u64) -> std::time::Duration {
    seconds(minutes * 60)
}

/// Open on Fridays alone, between these minutes after midnight.
fn on_friday(opens: u16, closes: u16) -> impl FnOnce(&mut Policy) {
    move |policy| {
        let time = OpenTime { opens, closes };
        policy.page.hours = Hours {
            time_zone: policy.page.hours.time_zone.clone(),
            weekly: vec![Weekly { day: Day::Friday, time }].try_into().unwrap(),
            ..Hours::default()
        };
    }
}

fn notice(kind: NoticeKind) -> impl FnOnce(&mut Policy) {
    move |policy| {
        let text = "Please stay away from the river.".try_into().unwrap();
        let notice = Notice { kind, text, from: None, until: None };
        policy.page.notices = vec![notice].try_into().unwrap();
    }
}

/// Publishes a policy that says this otherwise.
fn publish(world: &mut World, alter: impl FnOnce(&mut Policy)) {
    world.program.policy.terms.version += 1;
    alter(&mut world.program.policy);
    let (signed, policy) = world.program.signed_policy();
    let calendar = Calendar::of(&world.program.policy).unwrap();
    world.core.set_policy(Bytes::try_from(signed).unwrap(), policy, calendar, world.now);
    world.drain();
    world.heard.clear();
}

fn world(alter: impl FnOnce(&mut Policy)) -> World {
    let mut world = World::new();
    publish(&mut world, alter);
    world
}

fn turned_away(number: u8) -> RelayFrame {
    refused(About::Ticket(place(number)), Refusal::ChatClosed)
}

fn no_more(number: u8) -> RelayFrame {
    RelayFrame::WaitingNoMore { ticket: place(number) }
}

#[test]
fn outside_the_hours_nobody_gets_a_place_though_somebody_is_on_duty() {
    let mut world = world(on_friday(TWO + 1, TWO + 60));
    let (_, desk) = world.advocate_on_duty();
    let survivor = world.survivor();
    assert!(!world.core.is_open());
    assert_eq!(world.send(survivor, ask(1)), [turned_away(1)]);
    assert_eq!(world.hear(desk), []);
    assert_eq!(world.core.holdings().waiting, 0);
}

#[test]
fn the_door_opens_by_itself_at_the_first_minute() {
    let mut world = world(on_friday(TWO + 1, TWO + 60));
    let (_, desk) = world.advocate_on_duty();
    let survivor = world.survivor();
    world.wait_with(seconds(59), &[desk, survivor]);
    assert!(!world.core.is_open());
    world.wait_with(seconds(1), &[desk, survivor]);
    assert!(world.core.is_open());
    assert!(matches!(world.send(survivor, ask(1))[..], [RelayFrame::InLine { ahead: 0 }]));
}

#[test]
fn within_the_hours_and_with_nobody_on_duty_nobody_gets_a_place_either() {
    let mut world = world(on_friday(TWO - 1, TWO + 60));
    let survivor = world.survivor();
    assert!(!world.core.is_open());
    let nobody = refused(About::Ticket(place(1)), Refusal::NobodyOnDuty);
    assert_eq!(world.send(survivor, ask(1)), [nobody]);
}

#[test]
fn those_who_wait_are_told_in_the_minute_in_which_it_closes() {
    let mut world = world(on_friday(TWO - 1, TWO + 10));
    let (_, desk) = world.advocate_on_duty();
    let (one, two) = (world.waiting(1), world.waiting(2));
    world.wait_with(minutes(10) - seconds(1), &[desk, one, two]);
    assert_eq!((world.hear(one), world.core.is_open()), (vec![], true));
    world.hear(desk);
    world.wait_with(seconds(1), &[desk, one, two]);
    assert_eq!(world.hear(one), [turned_away(1)]);
    assert_eq!(world.hear(two), [turned_away(2)]);
    assert_eq!(world.hear(desk), [no_more(1), no_more(2)]);
    assert_eq!((world.core.holdings().waiting, world.core.is_open()), (0, false));
}

#[test]
fn whose_line_was_down_when_it_closed_is_told_when_they_come_back() {
    let mut world = world(on_friday(TWO - 1, TWO + 1));
    let (_, desk) = world.advocate_on_duty();
    let survivor = world.waiting(1);
    world.drop_line(survivor);
    world.wait_with(seconds(60), &[desk]);
    let back = world.survivor();
    assert_eq!(world.send(back, ask(1)), [turned_away(1)]);
}

#[test]
fn whom_an_advocate_has_claimed_by_then_still_gets_in() {
    let mut world = world(on_friday(TWO - 1, TWO + 1));
    let (_, desk) = world.advocate_on_duty();
    let survivor = world.waiting(1);
    world.wait_with(seconds(59), &[desk, survivor]);
    world.send(desk, claim(1));
    world.wait_with(seconds(1), &[desk, survivor]);
    assert_eq!(world.hear(survivor), []);
    world.send(desk, offer(1, b"welcome"));
    let offer = match world.hear(survivor)[..] {
        [RelayFrame::Welcome { offer, .. }] => offer,
        ref other => panic!("{other:?}"),
    };
    world.send(survivor, ClientFrame::Accept { ticket: ticket(1), offer });
    assert_eq!(world.hear(desk), [RelayFrame::OfferAccepted { ticket: place(1) }]);
}

#[test]
fn a_chat_goes_on_past_the_closing() {
    let mut world = world(on_friday(TWO - 1, TWO + 1));
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    world.wait_with(minutes(5), &[desk, survivor]);
    assert!(!world.core.is_open());
    assert_eq!(world.send(survivor, post(room, b"still here")), []);
    assert_eq!(world.hear(desk), [delivered(room, b"still here")]);
}

#[test]
fn an_emergency_that_is_published_is_told_at_once_to_those_who_wait() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, chatting) = world.chat(&device, desk);
    let survivor = world.waiting(1);
    world.program.policy.terms.version += 1;
    notice(NoticeKind::Emergency)(&mut world.program.policy);
    let (signed, policy) = world.program.signed_policy();
    let (bytes, calendar) = (Bytes::try_from(signed).unwrap(), world.program.calendar());
    world.core.set_policy(bytes, policy, calendar, world.now);
    let heard = world.hear(survivor);
    assert!(matches!(heard[0], RelayFrame::Greeting { .. }), "{heard:?}");
    assert_eq!(heard[1..], [turned_away(1)]);
    world.hear(desk);
    // Nor does a desk that states the new policy open it again; and the chat goes on.
    world.go_on_duty(desk, &device);
    assert!(!world.core.is_open());
    assert_eq!(world.send(survivor, ask(2)), [turned_away(2)]);
    world.send(chatting, post(room, b"still here"));
    assert_eq!(world.hear(desk), [delivered(room, b"still here")]);
}

#[test]
fn a_policy_that_takes_the_notice_back_opens_the_door_again() {
    let mut world = world(notice(NoticeKind::Closed));
    publish(&mut world, |policy| policy.page.notices = Vec::new().try_into().unwrap());
    let (_, _) = world.advocate_on_duty();
    assert!(world.core.is_open());
    world.waiting(1);
}

#[test]
fn a_policy_that_runs_out_closes_the_door() {
    let mut world = world(|policy| policy.terms.expires = NOW.seconds() + 60);
    let (_, desk) = world.advocate_on_duty();
    let survivor = world.waiting(1);
    world.wait_with(seconds(60), &[desk, survivor]);
    assert_eq!(world.hear(survivor), [turned_away(1)]);
    assert!(!world.core.is_open());
}
