//! Requests to the lasting records: who may ask, and how the answer finds its way.

use stillroom_delivery::ConnectionId;
use stillroom_program::{Device, Roles};
use stillroom_protocol::{
    About, AnswersBatchId, Bytes, ClientFrame, DayCountsId, InvitationId, Operation, Refusal,
    RelayFrame, Reply, Shared,
};

use crate::world::*;

fn publish() -> Operation {
    Operation::PublishStaff { record: Bytes::default() }
}

fn put_duty_key() -> Operation {
    Operation::PutShared { which: Shared::DutyKey, replaces: 0, record: Bytes::default() }
}

fn enrol() -> Operation {
    Operation::Enrol { invitation: InvitationId([1; 16]), request: Bytes::default() }
}

fn asked(world: &mut World, from: ConnectionId, operation: Operation) -> Option<Refusal> {
    let number = 7;
    match &world.send(from, ClientFrame::Request { number, operation })[..] {
        [] => None,
        [RelayFrame::Refused { about, refusal }] => {
            assert_eq!(*about, About::Request(7));
            Some(*refusal)
        }
        other => panic!("{other:?}"),
    }
}

fn staff(world: &mut World, roles: Roles) -> (Device, ConnectionId) {
    let device = world.program.staff(roles);
    let desk = world.desk(&device);
    (device, desk)
}

#[test]
fn a_stranger_may_only_answer_an_invitation() {
    let mut world = World::new();
    let stranger = world.survivor();
    let locale = Operation::PublishLocale { file: Bytes::default() };
    let next = Operation::NextAnswers;
    let guidance = Operation::Guidance;
    for operation in [publish(), locale, Operation::ListStaff, put_duty_key(), next, guidance] {
        let refusal = asked(&mut world, stranger, operation);
        assert_eq!(refusal, Some(Refusal::NotStaff));
    }
    assert!(world.requests.is_empty());
    assert_eq!(asked(&mut world, stranger, enrol()), None);
    let request = world.requests.pop().unwrap();
    assert_eq!((request.connection, request.number), (stranger, 7));
    assert!(request.by.is_none());
    assert_eq!(request.operation, enrol());
}

#[test]
fn staff_may_read_and_only_those_on_the_roster_of_duty_put_the_duty_key() {
    let mut world = World::new();
    let (interpreter, desk) = staff(&mut world, Roles::INTERPRETER);
    assert_eq!(asked(&mut world, desk, Operation::Guidance), None);
    assert_eq!(world.requests.pop().unwrap().operation, Operation::Guidance);
    assert_eq!(asked(&mut world, desk, Operation::ListStaff), None);
    let request = world.requests.pop().unwrap();
    assert_eq!(request.by.unwrap().key, interpreter.key());
    let missing = Some(Refusal::RoleMissing);
    assert_eq!(asked(&mut world, desk, put_duty_key()), missing);
    assert_eq!(asked(&mut world, desk, publish()), missing);
    let destroy = || Operation::DestroyAnswers { batch: AnswersBatchId([1; 16]) };
    let counts = Operation::DestroyCounts { counts: DayCountsId([1; 16]) };
    for answers in [Operation::NextAnswers, destroy(), Operation::NextCounts, counts] {
        assert_eq!(asked(&mut world, desk, answers), missing);
    }
    let (_, advocate) = staff(&mut world, Roles::ADVOCATE);
    assert_eq!(asked(&mut world, advocate, put_duty_key()), None);
    assert_eq!(asked(&mut world, advocate, publish()), missing);
}

#[test]
fn an_administrator_publishes() {
    let mut world = World::new();
    let administrator = world.program.administrator.clone();
    let desk = world.desk(&administrator);
    assert_eq!(asked(&mut world, desk, publish()), None);
    let request = world.requests.pop().unwrap();
    assert_eq!(request.by.unwrap().key, administrator.key());
}

#[test]
fn the_answer_reaches_whoever_asked_and_nobody_once_they_are_gone() {
    let mut world = World::new();
    let stranger = world.survivor();
    asked(&mut world, stranger, enrol());
    world.core.handle_reply(stranger, 7, Ok(Reply::Done));
    let reply = Reply::Done;
    let number = 7;
    assert_eq!(world.hear(stranger), [RelayFrame::Reply { number, reply }]);
    asked(&mut world, stranger, enrol());
    let unknown = Refusal::InvitationUnknown;
    world.core.handle_reply(stranger, 7, Err(unknown));
    assert_eq!(world.hear(stranger), [refused(About::Request(7), unknown)]);
    asked(&mut world, stranger, enrol());
    world.drop_line(stranger);
    world.core.handle_reply(stranger, 7, Ok(Reply::Done));
    assert_eq!(world.hear(stranger), []);
}

#[test]
fn only_a_few_requests_wait_at_once() {
    let mut world = World::new();
    let stranger = world.survivor();
    for _ in 0..8 {
        assert_eq!(asked(&mut world, stranger, enrol()), None);
    }
    assert_eq!(asked(&mut world, stranger, enrol()), Some(Refusal::TooFast));
    world.core.handle_reply(stranger, 7, Ok(Reply::Done));
    world.hear(stranger);
    assert!(asked(&mut world, stranger, enrol()).is_none());
}
