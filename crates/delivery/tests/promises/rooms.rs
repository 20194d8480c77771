//! Rooms.

use stillroom_program::Roles;
use stillroom_protocol::{About, AttachToken, ClientFrame, Refusal, RelayFrame};

use crate::world::*;

#[test]
fn what_one_member_posts_the_other_gets() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    assert_eq!(world.send(survivor, post(room, b"one")), []);
    assert_eq!(world.hear(desk), [delivered(room, b"one")]);
    assert_eq!(world.send(desk, post(room, b"two")), []);
    assert_eq!(world.hear(survivor), [delivered(room, b"two")]);
}

#[test]
fn one_encoding_serves_every_member() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let room = secret(1).room(&device.key().0);
    world.send(desk, open_room_of(1, 3));
    world.send(desk, attach(room, 2));
    for member in [0, 1] {
        let other = world.survivor();
        world.send(other, attach(room, member));
    }
    world.sent.clear();
    world.send(desk, post(room, b"to all"));
    match &world.sent[..] {
        [one, other] => assert!(std::sync::Arc::ptr_eq(one, other)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_an_admitted_device_that_may_lead_opens_a_room() {
    let mut world = World::new();
    let interpreter = world.program.staff(Roles::INTERPRETER);
    let desk = world.desk(&interpreter);
    let room = secret(1).room(&interpreter.key().0);
    let role = refused(About::Room(room), Refusal::RoleMissing);
    assert_eq!(world.send(desk, open_room(1)), [role]);
    let squatter = world.survivor();
    let not_staff = refused(About::Connection, Refusal::NotStaff);
    assert_eq!(world.send(squatter, open_room(1)), [not_staff]);
    assert_eq!(world.core.holdings().rooms, 0);
}

#[test]
fn whoever_joined_later_reads_and_writes_and_cannot_close_the_room() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    world.send(desk, open_room_of(1, 3));
    let third = world.survivor();
    world.send(third, attach(room, 2));
    let not_attached = refused(About::Room(room), Refusal::NotAttached);
    assert_eq!(world.send(third, ClientFrame::CloseRoom { room }), [not_attached]);
    world.hear(survivor);
    world.hear(desk);
    world.send(third, post(room, b"from the third"));
    assert_eq!(world.hear(survivor), [delivered(room, b"from the third")]);
    assert_eq!(world.hear(desk), [delivered(room, b"from the third")]);
    world.send(desk, open_room(1));
    world.hear(third);
    world.send(survivor, post(room, b"after"));
    assert_eq!(world.hear(third), [], "put out");
}

#[test]
fn another_device_that_knows_the_secret_opens_another_room() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    let (former, other_desk) = world.advocate_on_duty();
    let other_room = secret(1).room(&former.key().0);
    assert_ne!(room, other_room);
    let opened = world.send(other_desk, open_room(1));
    assert_eq!(opened, [RelayFrame::RoomOpened { room: other_room }]);
    world.send(other_desk, attach(other_room, 0));
    world.send(survivor, post(room, b"not for them"));
    assert_eq!(world.hear(other_desk), []);
    assert_eq!(world.hear(desk), [delivered(room, b"not for them")]);
}

#[test]
fn opening_again_changes_nothing_for_those_inside() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    assert_eq!(world.send(desk, open_room(1)), [RelayFrame::RoomOpened { room }]);
    world.send(survivor, post(room, b"still here"));
    assert_eq!(world.hear(desk), [delivered(room, b"still here")]);
    assert_eq!(world.core.holdings().rooms, 1);
}

#[test]
fn a_room_opened_with_other_members_puts_out_those_who_are_not_among_them() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    let members = vec![token(7).hash(), token(1).hash()];
    let secret = secret(1);
    let members = members.try_into().unwrap();
    world.send(desk, ClientFrame::OpenRoom { secret, members });
    let put_out = refused(About::Room(room), Refusal::TokenWrong);
    assert_eq!(world.hear(survivor), [put_out]);
    let outside = refused(About::Room(room), Refusal::NotAttached);
    assert_eq!(world.send(survivor, post(room, b"x")), [outside]);
}

#[test]
fn a_wrong_token_does_not_get_in() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, _) = world.chat(&device, desk);
    let stranger = world.survivor();
    let token = AttachToken([0; 32]);
    let wrong = refused(About::Room(room), Refusal::TokenWrong);
    let tried = world.send(stranger, ClientFrame::Attach { room, token });
    assert_eq!(tried, [wrong]);
    assert_eq!(world.hear(desk), [], "nobody is told");
}

#[test]
fn a_message_to_a_room_of_somebody_else_is_refused_and_reaches_nobody() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    let stranger = world.survivor();
    let outside = refused(About::Room(room), Refusal::NotAttached);
    assert_eq!(world.send(stranger, post(room, b"hello")), only(&outside));
    let closing = world.send(stranger, ClientFrame::CloseRoom { room });
    assert_eq!(closing, [outside]);
    assert_eq!((world.hear(desk), world.hear(survivor)), (vec![], vec![]));
}

#[test]
fn a_room_that_is_not_there_is_unknown() {
    let mut world = World::new();
    let survivor = world.survivor();
    let room = secret(5).room(&[0; 32]);
    let unknown = refused(About::Room(room), Refusal::RoomUnknown);
    assert_eq!(world.send(survivor, attach(room, 0)), only(&unknown));
    assert_eq!(world.send(survivor, post(room, b"x")), [unknown]);
}

#[test]
fn presence_says_who_is_here_and_when_a_line_drops() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let room = secret(1).room(&device.key().0);
    let presence = |member, here: bool| RelayFrame::Presence { room, member, here: here.into() };
    world.send(desk, open_room(1));
    let attached = RelayFrame::Attached { room };
    let alone = world.send(desk, attach(room, 1));
    assert_eq!(alone, [attached.clone(), presence(0, false)]);
    let survivor = world.survivor();
    let both = world.send(survivor, attach(room, 0));
    assert_eq!(both, [attached, presence(1, true)]);
    assert_eq!(world.hear(desk), [presence(0, true)]);
    world.drop_line(survivor);
    assert_eq!(world.hear(desk), [presence(0, false)]);
}

#[test]
fn a_newer_line_of_the_same_member_replaces_the_older() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, older) = world.chat(&device, desk);
    let newer = world.survivor();
    world.send(newer, attach(room, 0));
    let replaced = refused(About::Room(room), Refusal::Replaced);
    assert_eq!(world.hear(older), [replaced]);
    assert_eq!(world.hear(desk), [], "the member was here all along");
    world.drop_line(older);
    world.send(desk, post(room, b"to the newer"));
    assert_eq!(world.hear(newer), [delivered(room, b"to the newer")]);
}

#[test]
fn a_member_who_was_briefly_away_gets_what_was_posted_in_order_and_once() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    world.drop_line(survivor);
    for message in [b"one", b"two"] {
        assert_eq!(world.send(desk, post(room, message)), []);
    }
    assert!(world.core.holdings().bytes > 0);
    let back = world.survivor();
    let heard = world.send(back, attach(room, 0));
    assert_eq!(heard[2..], [delivered(room, b"one"), delivered(room, b"two")]);
    let again = world.send(back, attach(room, 0));
    assert_eq!(again.len(), 2, "attached and presence, nothing twice");
    assert_eq!(world.core.holdings().bytes, 0);
}

#[test]
fn what_waits_is_dropped_after_two_minutes() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    world.drop_line(survivor);
    world.send(desk, post(room, b"old"));
    world.wait_with(seconds(121), &[desk]);
    assert_eq!(world.core.holdings().bytes, 0);
    let back = world.survivor();
    let heard = world.send(back, attach(room, 0));
    assert!(heard.iter().all(|f| !matches!(f, RelayFrame::Delivered { .. })));
}

#[test]
fn closing_drops_the_room_at_once_and_tells_everybody() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    let closed = refused(About::Room(room), Refusal::RoomClosed);
    let close = ClientFrame::CloseRoom { room };
    assert_eq!(world.send(survivor, close), only(&closed));
    assert_eq!(world.hear(desk), only(&closed));
    assert_eq!(world.send(desk, post(room, b"x")), only(&closed));
    assert_eq!(world.send(desk, open_room(1)), [closed]);
    let holdings = world.core.holdings();
    assert_eq!((holdings.rooms, holdings.bytes), (0, 0));
}

#[test]
fn whoever_was_away_when_the_room_closed_learns_it_for_ten_minutes() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    world.drop_line(survivor);
    world.send(desk, post(room, b"good-bye"));
    world.send(desk, ClientFrame::CloseRoom { room });
    assert_eq!(world.core.holdings().bytes, 0);
    world.wait_with(seconds(599), &[desk]);
    let late = world.survivor();
    let closed = refused(About::Room(room), Refusal::RoomClosed);
    assert_eq!(world.send(late, attach(room, 0)), [closed]);
    world.wait_with(seconds(2), &[desk, late]);
    let unknown = refused(About::Room(room), Refusal::RoomUnknown);
    assert_eq!(world.send(late, attach(room, 0)), [unknown]);
    assert_eq!(world.core.holdings().closed_rooms, 0);
}

#[test]
fn a_room_with_nobody_in_it_is_forgotten_after_ten_minutes() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (_, survivor) = world.chat(&device, desk);
    world.drop_line(survivor);
    world.drop_line(desk);
    world.wait(seconds(599));
    assert_eq!(world.core.holdings().rooms, 1);
    world.wait(seconds(2));
    assert_eq!(world.core.holdings().rooms, 0);
}

#[test]
fn a_room_with_somebody_in_it_stays() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    world.drop_line(desk);
    world.wait_with(seconds(3600), &[survivor]);
    assert_eq!(world.send(survivor, post(room, b"anybody?")), []);
}
