//! What staff say among themselves.

use stillroom_delivery::{Limits, Pace};
use stillroom_program::{Device, Roles};
use stillroom_protocol::limits::STAFF_NOTE_MAX;
use stillroom_protocol::{About, Bytes, ClientFrame, Refusal, RelayFrame, StaffId};

use crate::world::*;

fn id(device: &Device) -> StaffId {
    StaffId(device.key().0)
}

fn note(to: StaffId) -> ClientFrame {
    ClientFrame::ToStaff { to, sealed: Bytes::try_from(vec![7; 60]).unwrap() }
}

fn two_desks(world: &mut World) -> [(Device, stillroom_delivery::ConnectionId); 2] {
    [world.advocate_on_duty(), world.advocate_on_duty()]
}

#[test]
fn a_note_reaches_the_one_that_it_is_for_with_the_sender_that_the_relay_knows() {
    let mut world = World::new();
    let [(one, one_desk), (two, two_desk)] = two_desks(&mut world);
    let (_, third) = world.advocate_on_duty();
    let survivor = world.survivor();
    assert_eq!(world.send(one_desk, note(id(&two))), []);
    let sealed = Bytes::try_from(vec![7; 60]).unwrap();
    assert_eq!(world.hear(two_desk), [RelayFrame::FromStaff { from: id(&one), sealed }]);
    assert_eq!((world.hear(third), world.hear(survivor)), (vec![], vec![]));
    assert_eq!(world.core.holdings().bytes, 0);
}

#[test]
fn a_note_to_nobody_to_oneself_or_to_a_line_that_is_down_goes_nowhere_and_is_not_kept() {
    let mut world = World::new();
    let [(one, one_desk), (two, two_desk)] = two_desks(&mut world);
    world.drop_line(two_desk);
    for to in [StaffId([9; 32]), id(&one), id(&two)] {
        assert_eq!(world.send(one_desk, note(to)), []);
    }
    let again = world.desk(&two);
    assert_eq!(world.hear(again), []);
    assert_eq!(world.core.holdings().bytes, 0);
}

#[test]
fn nobody_but_a_device_that_is_ever_in_a_chat_sends_or_gets_a_note() {
    let mut world = World::new();
    let (advocate, desk) = world.advocate_on_duty();
    let bystander = world.program.staff(Roles::NONE);
    let standing_by = world.desk(&bystander);
    assert_eq!(world.send(desk, note(id(&bystander))), []);
    assert_eq!(world.hear(standing_by), []);
    let missing = refused(About::Connection, Refusal::RoleMissing);
    assert_eq!(world.send(standing_by, note(id(&advocate))), only(&missing));
    let stranger = world.survivor();
    let not_staff = refused(About::Connection, Refusal::NotStaff);
    assert_eq!(world.send(stranger, note(id(&advocate))), only(&not_staff));
    assert_eq!(world.hear(desk), []);
}

#[test]
fn those_who_are_ever_in_a_chat_are_told_who_is_connected_and_nobody_else_is() {
    let mut world = World::new();
    let bystander = world.program.staff(Roles::NONE);
    let standing_by = world.desk(&bystander);
    let survivor = world.survivor();
    let [(one, one_desk), (two, two_desk)] = two_desks(&mut world);
    let mut both = vec![id(&one), id(&two)];
    both.sort();
    assert_eq!(world.staff_here[&one_desk], both);
    assert_eq!(world.staff_here[&two_desk], both);
    world.drop_line(two_desk);
    assert_eq!(world.staff_here[&one_desk], [id(&one)]);
    assert!(!world.staff_here.contains_key(&standing_by));
    assert!(!world.staff_here.contains_key(&survivor));
}

#[test]
fn an_interpreter_is_named_and_can_be_reached() {
    let mut world = World::new();
    let (advocate, desk) = world.advocate_on_duty();
    let interpreter = world.program.staff(Roles::INTERPRETER);
    let interpreting = world.desk(&interpreter);
    world.hear(desk);
    assert!(world.staff_here[&desk].contains(&id(&interpreter)));
    world.hear(interpreting);
    let sealed = Bytes::try_from(vec![7; 60]).unwrap();
    assert_eq!(world.send(desk, note(id(&interpreter))), []);
    let heard = RelayFrame::FromStaff { from: id(&advocate), sealed };
    assert_eq!(world.hear(interpreting), [heard]);
}

#[test]
fn a_revoked_device_is_named_no_more_and_gets_no_note() {
    let mut world = World::new();
    let [(one, one_desk), (two, two_desk)] = two_desks(&mut world);
    let (signed, revocations) = world.program.revoke(two.key());
    world.core.set_revocations(Bytes::try_from(signed).unwrap(), revocations, world.now);
    world.hear(one_desk);
    assert_eq!(world.staff_here[&one_desk], [id(&one)]);
    world.hear(two_desk);
    assert_eq!(world.send(one_desk, note(id(&two))), []);
    assert_eq!(world.hear(two_desk), []);
}

#[test]
fn a_flood_of_notes_ends_its_connection_and_reaches_nobody_beyond_its_pace() {
    let notes_pace = Pace { per_second: 1, burst: 3 };
    let mut world = World::with(Limits { notes_pace, ..Limits::default() });
    let [(_, one_desk), (two, two_desk)] = two_desks(&mut world);
    for _ in 0..3 {
        assert_eq!(world.send(one_desk, note(id(&two))), []);
    }
    let too_fast = refused(About::Connection, Refusal::TooFast);
    assert_eq!(world.send(one_desk, note(id(&two))), [too_fast]);
    assert_eq!(world.closed.get(&one_desk), Some(&Some(Refusal::TooFast)));
    assert_eq!(world.hear(two_desk).len(), 3);
}

#[test]
fn whoever_keeps_the_pace_of_notes_is_never_cut_off() {
    let notes_pace = Pace { per_second: 1, burst: 3 };
    let mut world = World::with(Limits { notes_pace, ..Limits::default() });
    let [(_, one_desk), (two, _)] = two_desks(&mut world);
    for _ in 0..20 {
        world.wait(std::time::Duration::from_secs(1));
        assert_eq!(world.send(one_desk, note(id(&two))), []);
    }
}

#[test]
fn a_note_over_its_limit_is_refused_by_name() {
    let mut world = World::new();
    let [(_, one_desk), (two, two_desk)] = two_desks(&mut world);
    let mut bytes = vec![45];
    bytes.extend(id(&two).0);
    let length = u32::try_from(STAFF_NOTE_MAX + 1).unwrap() | 0x8000_0000;
    bytes.extend(length.to_be_bytes());
    bytes.extend(vec![0; STAFF_NOTE_MAX + 1]);
    let malformed = refused(About::Connection, Refusal::FrameMalformed);
    assert_eq!(world.send_bytes(one_desk, &bytes), [malformed]);
    assert_eq!(world.hear(two_desk), []);
}
