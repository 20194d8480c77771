//! Duty.

use stillroom_delivery::ConnectionId;
use stillroom_program::{Device, Roles, SignedStatement, encode};
use stillroom_protocol::{About, Bytes, ClientFrame, Refusal, RelayFrame};

use crate::program::Program;
use crate::world::*;

fn shown(statement: &[u8]) -> RelayFrame {
    RelayFrame::Duty { statement: statement.try_into().unwrap() }
}

fn statement_in_greeting(world: &mut World) -> Vec<u8> {
    let connection = world.connect();
    let program = world.program.root.program_id();
    match world.send(connection, hello(program)).pop() {
        Some(RelayFrame::Greeting { statement, .. }) => statement.into_vec(),
        other => panic!("{other:?}"),
    }
}

fn refused_statement() -> RelayFrame {
    refused(About::Duty, Refusal::StatementRefused)
}

fn advocate_at_desk(world: &mut World) -> (Device, ConnectionId) {
    let device = world.program.advocate();
    let desk = world.desk(&device);
    (device, desk)
}

#[test]
fn a_statement_opens_the_chat_and_is_shown_to_survivors_now_and_later() {
    let mut world = World::new();
    let survivor = world.survivor();
    assert!(!world.core.is_open());
    let (device, desk) = advocate_at_desk(&mut world);
    let statement = world.program.statement(&device, world.now);
    assert_eq!(world.send(desk, on_duty(&statement)), []);
    assert!(world.core.is_open());
    assert_eq!(world.hear(survivor), [shown(&statement)]);
    assert_eq!(statement_in_greeting(&mut world), statement);
}

#[test]
fn colleagues_are_shown_a_statement_too_and_so_learn_of_a_new_duty_key() {
    let mut world = World::new();
    advocate_at_desk(&mut world);
    let (device, desk) = advocate_at_desk(&mut world);
    let statement = world.program.statement(&device, world.now);
    world.send(desk, on_duty(&statement));
    let both = [shown(&statement), shown(&statement)];
    assert_eq!(world.shown_to_desks, both);
}

#[test]
fn the_newest_statement_is_the_one_shown() {
    let mut world = World::new();
    let (first, first_desk) = world.advocate_on_duty();
    let older = world.program.statement(&first, world.now);
    let survivor = world.survivor();
    world.wait_with(seconds(60), &[first_desk, survivor]);
    let (second, second_desk) = world.advocate_on_duty();
    let newer = world.program.statement(&second, world.now);
    assert_eq!(world.hear(survivor), [shown(&newer)]);
    world.send(second_desk, ClientFrame::GoOffDuty);
    assert_eq!(world.hear(survivor), [shown(&older)], "the first still holds");
    world.send(first_desk, ClientFrame::GoOffDuty);
    assert_eq!(world.hear(survivor), [shown(&[])]);
    assert!(!world.core.is_open());
}

/// A survivor in a chat, and a colleague who came on duty a minute later and whose statement is shown since.
fn chat_and_a_newer_statement(world: &mut World) -> (ConnectionId, [ConnectionId; 2], Vec<u8>) {
    let (device, desk) = world.advocate_on_duty();
    let (_, survivor) = world.chat(&device, desk);
    world.wait_with(seconds(60), &[desk, survivor]);
    world.hear(survivor);
    let (colleague, colleagues_desk) = world.advocate_on_duty();
    let newer = world.program.statement(&colleague, world.now);
    assert_eq!(world.hear(survivor), [], "they hold one that is as good");
    (survivor, [desk, colleagues_desk], newer)
}

#[test]
fn whoever_is_in_a_chat_is_told_of_newer_statements_together_a_minute_later() {
    let mut world = World::new();
    let (survivor, [desk, colleague], _) = chat_and_a_newer_statement(&mut world);
    let alive = [survivor, desk, colleague];
    world.wait_with(seconds(30), &alive);
    let (third, last_desk) = world.advocate_on_duty();
    let newest = world.program.statement(&third, world.now);
    world.wait_with(seconds(29), &[&alive[..], &[last_desk]].concat());
    assert_eq!(world.hear(survivor), []);
    world.wait(seconds(1));
    assert_eq!(world.hear(survivor), [shown(&newest)]);
    world.wait_with(seconds(120), &[&alive[..], &[last_desk]].concat());
    assert_eq!(world.hear(survivor), [], "once");
}

#[test]
fn whoever_asks_for_a_place_out_of_a_chat_is_told_of_the_newest_statement_first() {
    let mut world = World::new();
    let (survivor, [desk, colleague], newer) = chat_and_a_newer_statement(&mut world);
    let heard = world.send(survivor, ask(1));
    assert_eq!(heard, [shown(&newer), RelayFrame::InLine { ahead: 0 }]);
    world.wait_with(seconds(120), &[survivor, desk, colleague]);
    assert_eq!(world.hear(survivor), [], "once");
}

#[test]
fn whoever_is_in_a_chat_is_told_at_once_that_nobody_is_on_duty_and_that_somebody_is_again() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (_, survivor) = world.chat(&device, desk);
    world.send(desk, ClientFrame::GoOffDuty);
    assert_eq!(world.hear(survivor), [shown(&[])]);
    world.go_on_duty(desk, &device);
    assert_eq!(world.hear(survivor), [shown(&world.program.statement(&device, world.now))]);
}

#[test]
fn a_statement_that_says_closed_keeps_new_people_out_of_the_line() {
    let mut world = World::new();
    let (device, desk) = advocate_at_desk(&mut world);
    let mut statement = world.program.statement_of(world.now);
    statement.open = false.into();
    let signed = encode(&SignedStatement::sign(statement, &device));
    world.send(desk, on_duty(&signed));
    assert!(!world.core.is_open());
    let survivor = world.survivor();
    let nobody = refused(About::Ticket(place(1)), Refusal::NobodyOnDuty);
    assert_eq!(world.send(survivor, ask(1)), [nobody]);
}

#[test]
fn a_statement_that_has_run_out_is_refused() {
    let mut world = World::new();
    let (device, desk) = advocate_at_desk(&mut world);
    let two_days_ago = stillroom_program::Timestamp(world.now.0 - 2 * 86_400_000);
    let old = world.program.statement(&device, two_days_ago);
    assert_eq!(world.send(desk, on_duty(&old)), [refused_statement()]);
    assert!(!world.core.is_open());
}

#[test]
fn duty_ends_when_its_statement_runs_out_and_the_desk_is_told() {
    let mut world = World::new();
    let (_, desk) = world.advocate_on_duty();
    let survivor = world.survivor();
    world.wait_with(seconds(30 * 60 - 1), &[desk, survivor]);
    assert!(world.core.is_open());
    world.wait_with(seconds(2), &[desk, survivor]);
    assert!(!world.core.is_open());
    assert_eq!(world.hear(desk), [refused_statement()]);
    assert_eq!(world.hear(survivor), [shown(&[])]);
}

#[test]
fn a_statement_made_again_keeps_the_chat_open() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    for _ in 0..6 {
        world.wait_with(seconds(10 * 60), &[desk]);
        assert_eq!(world.go_on_duty(desk, &device), []);
    }
    assert!(world.core.is_open());
}

#[test]
fn a_statement_by_somebody_else_or_of_another_program_or_policy_is_refused() {
    let mut world = World::new();
    let (device, desk) = advocate_at_desk(&mut world);
    let colleague = world.program.advocate();
    let theirs = world.program.statement(&colleague, world.now);
    assert_eq!(world.send(desk, on_duty(&theirs)), [refused_statement()]);
    let mut other = Program::new(99);
    let stranger = other.advocate();
    let elsewhere = other.statement(&stranger, world.now);
    assert_eq!(world.send(desk, on_duty(&elsewhere)), [refused_statement()]);
    let mut other_policy = world.program.statement_of(world.now);
    other_policy.policy_version += 1;
    let other_policy = encode(&SignedStatement::sign(other_policy, &device));
    assert_eq!(world.send(desk, on_duty(&other_policy)), [refused_statement()]);
    assert_eq!(world.send(desk, on_duty(b"noise")), [refused_statement()]);
    assert!(!world.core.is_open());
}

#[test]
fn somebody_without_the_right_cannot_go_on_duty() {
    let mut world = World::new();
    let interpreter = world.program.staff(Roles::INTERPRETER);
    let desk = world.desk(&interpreter);
    let role = refused(About::Duty, Refusal::RoleMissing);
    assert_eq!(world.go_on_duty(desk, &interpreter), [role]);
    let stranger = world.survivor();
    let not_staff = refused(About::Duty, Refusal::NotStaff);
    assert_eq!(world.go_on_duty(stranger, &interpreter), [not_staff]);
}

#[test]
fn a_line_that_drops_for_less_than_thirty_seconds_does_not_close_the_chat() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let survivor = world.survivor();
    world.drop_line(desk);
    world.wait_with(seconds(29), &[survivor]);
    assert!(world.core.is_open());
    let desk = world.desk_on_duty(&device);
    world.hear(survivor);
    world.wait_with(seconds(60), &[survivor, desk]);
    assert!(world.core.is_open());
    world.drop_line(desk);
    world.wait_with(seconds(31), &[survivor]);
    assert!(!world.core.is_open());
    assert_eq!(world.hear(survivor), [shown(&[])]);
}

#[test]
fn a_new_policy_is_shown_to_everybody_and_duty_must_be_stated_anew() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let survivor = world.survivor();
    world.program.policy.terms.version += 1;
    let (signed, policy) = world.program.signed_policy();
    let bytes = Bytes::try_from(signed.clone()).unwrap();
    world.core.set_policy(bytes, policy, world.program.calendar(), world.now);
    for connection in [desk, survivor] {
        match &world.hear(connection)[..] {
            [RelayFrame::Greeting { policy, statement, .. }] => {
                assert_eq!(policy[..], signed[..]);
                assert!(statement.is_empty(), "the old one names the old policy");
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(world.go_on_duty(desk, &device), []);
    assert!(world.core.is_open());
    world.wait_with(seconds(120), &[desk, survivor]);
    assert!(world.core.is_open());
}

#[test]
fn whoever_does_not_state_anew_after_a_new_policy_is_no_longer_on_duty() {
    let mut world = World::new();
    let (_, desk) = world.advocate_on_duty();
    world.program.policy.terms.version += 1;
    let (signed, policy) = world.program.signed_policy();
    let bytes = Bytes::try_from(signed).unwrap();
    world.core.set_policy(bytes, policy, world.program.calendar(), world.now);
    world.hear(desk);
    world.wait_with(seconds(61), &[desk]);
    assert_eq!(world.hear(desk), [refused_statement()]);
    assert_eq!(world.core.holdings().on_duty, 0);
}
