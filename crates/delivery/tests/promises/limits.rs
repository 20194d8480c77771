//! Every limit is answered with its own refusal, and holds.

use stillroom_delivery::{Limits, Pace, Side};
use stillroom_protocol::{About, ClientFrame, Refusal, RelayFrame};

use crate::world::*;

#[test]
fn connections_over_the_limit_are_refused_until_one_is_gone() {
    let mut world = World::with(Limits { connections: 2, ..Limits::default() });
    let first = world.connect();
    world.connect();
    let full = world.core.handle_connect(Side::Survivors, &share(EVERYBODY), world.now);
    assert_eq!(full, Err(Refusal::ConnectionsFull));
    world.drop_line(first);
    assert!(world.core.handle_connect(Side::Survivors, &share(EVERYBODY), world.now).is_ok());
}

#[test]
fn a_flood_at_the_desks_door_pushes_out_itself_and_staff_get_in() {
    let mut world = World::with(Limits { staff_connections: 3, ..Limits::default() });
    let (_, desk) = world.advocate_on_duty();
    let survivor = world.survivor();
    let flood: Vec<_> = (0..20).map(|_| world.at_the_desks_door()).collect();
    let (_, colleague) = world.advocate_on_duty();
    let [gave_way @ .., last] = &flood[..] else { unreachable!("there are twenty") };
    for connection in gave_way {
        assert_eq!(world.closed.get(connection), Some(&Some(Refusal::ConnectionsFull)));
    }
    for stays in [desk, survivor, colleague, *last] {
        assert_eq!(world.send(stays, ClientFrame::Ping), [RelayFrame::Pong]);
    }
}

#[test]
fn among_staff_who_have_shown_who_they_are_nobody_gives_way() {
    let mut world = World::with(Limits { staff_connections: 2, ..Limits::default() });
    let (_, first) = world.advocate_on_duty();
    let (_, second) = world.advocate_on_duty();
    let full = world.core.handle_connect(Side::Staff, &share(EVERYBODY), world.now);
    assert_eq!(full, Err(Refusal::ConnectionsFull));
    for stays in [first, second] {
        assert_eq!(world.send(stays, ClientFrame::Ping), [RelayFrame::Pong]);
    }
    assert!(world.core.handle_connect(Side::Survivors, &share(EVERYBODY), world.now).is_ok());
}

#[test]
fn a_flood_of_frames_ends_its_connection() {
    let mut world =
        World::with(Limits { pace: Pace { per_second: 1, burst: 10 }, ..Limits::default() });
    let survivor = world.survivor();
    for _ in 0..9 {
        assert_eq!(world.send(survivor, ClientFrame::Ping), [RelayFrame::Pong]);
    }
    let too_fast = refused(About::Connection, Refusal::TooFast);
    assert_eq!(world.send(survivor, ClientFrame::Ping), [too_fast]);
    assert_eq!(world.closed.get(&survivor), Some(&Some(Refusal::TooFast)));
    assert_eq!(world.send(survivor, ClientFrame::Ping), [], "it is gone");
}

#[test]
fn whoever_keeps_the_pace_is_never_cut_off() {
    let mut world = World::new();
    let survivor = world.survivor();
    for _ in 0..3_000 {
        world.wait(std::time::Duration::from_millis(40));
        assert_eq!(world.send(survivor, ClientFrame::Ping), [RelayFrame::Pong]);
    }
}

#[test]
fn a_frame_over_the_limit_ends_its_connection_and_staff_may_send_longer_ones() {
    let mut world = World::new();
    let limits = Limits::default();
    let survivor = world.survivor();
    let too_long = refused(About::Connection, Refusal::FrameTooLong);
    let frame = vec![0; limits.frame + 1];
    assert_eq!(world.send_bytes(survivor, &frame), only(&too_long));
    assert_eq!(world.core.holdings().connections, 0);
    let (_, desk) = world.advocate_on_duty();
    let malformed = refused(About::Connection, Refusal::FrameMalformed);
    assert_eq!(world.send_bytes(desk, &frame), [malformed], "short enough");
    let (_, desk) = world.advocate_on_duty();
    let frame = vec![0; limits.staff_frame + 1];
    assert_eq!(world.send_bytes(desk, &frame), [too_long]);
}

#[test]
fn a_full_line_takes_nobody_more_and_those_in_it_stay() {
    let mut world = World::with(Limits { line: 2, ..Limits::default() });
    world.advocate_on_duty();
    let first = world.waiting(1);
    world.waiting(2);
    let third = world.survivor();
    let full = refused(About::Ticket(place(3)), Refusal::LineFull);
    assert_eq!(world.send(third, ask(3)), [full]);
    assert_eq!(world.send(first, ask(1)), [RelayFrame::InLine { ahead: 0 }]);
    assert_eq!(world.core.holdings().waiting, 2);
}

#[test]
fn rooms_over_the_limits_are_refused() {
    let mut world = World::with(Limits { rooms: 3, rooms_per_device: 2, ..Limits::default() });
    let (device, desk) = world.advocate_on_duty();
    let (other, other_desk) = world.advocate_on_duty();
    let full = |device: &stillroom_program::Device, number, refusal| {
        let room = secret(number).room(&device.key().0);
        refused(About::Room(room), refusal)
    };
    world.send(desk, open_room(1));
    world.send(desk, open_room(2));
    assert_eq!(world.send(desk, open_room(3)), [full(&device, 3, Refusal::DeviceRoomsFull)]);
    world.send(other_desk, open_room(1));
    assert_eq!(world.send(other_desk, open_room(2)), [full(&other, 2, Refusal::RoomsFull)]);
    let room = secret(1).room(&device.key().0);
    let again = world.send(desk, open_room(1));
    assert_eq!(again, [RelayFrame::RoomOpened { room }], "it stands already");
}

#[test]
fn one_connection_attaches_to_a_few_rooms_only() {
    let mut world = World::with(Limits { attached: 1, ..Limits::default() });
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    world.send(desk, open_room(2));
    let second = secret(2).room(&device.key().0);
    let full = refused(About::Room(second), Refusal::AttachmentsFull);
    assert_eq!(world.send(survivor, attach(second, 0)), [full]);
    let again = world.send(survivor, attach(room, 0));
    assert_eq!(again[0], RelayFrame::Attached { room });
}

#[test]
fn a_tail_that_is_full_takes_no_more_and_whoever_is_here_gets_it_all_the_same() {
    let mut world = World::with(Limits { room_messages: 2, ..Limits::default() });
    let (device, desk) = world.advocate_on_duty();
    let room = secret(1).room(&device.key().0);
    world.send(desk, open_room_of(1, 3));
    world.send(desk, attach(room, 1));
    let here = world.survivor();
    world.send(here, attach(room, 0));
    let full = refused(About::Room(room), Refusal::RoomBytesFull);
    for message in [b"1", b"2"] {
        assert_eq!(world.send(desk, post(room, message)), []);
    }
    world.hear(here);
    assert_eq!(world.send(desk, post(room, b"3")), [full]);
    assert_eq!(world.hear(here), [delivered(room, b"3")]);
    let away = world.survivor();
    let heard = world.send(away, attach(room, 2));
    assert_eq!(heard[3..], [delivered(room, b"1"), delivered(room, b"2")]);
}

#[test]
fn bytes_are_bounded_for_each_room_and_in_all() {
    let mut world = World::with(Limits { room_bytes: 3_000, bytes: 5_000, ..Limits::default() });
    let (device, desk) = world.advocate_on_duty();
    let message = vec![0; 1_000];
    let mut kept = 0;
    for number in 1..=3 {
        let room = secret(number).room(&device.key().0);
        world.send(desk, open_room(number));
        world.send(desk, attach(room, 1));
        // Two rooms reach their own limit, the third finds that the relay has reached its.
        let why = if number < 3 { Refusal::RoomBytesFull } else { Refusal::RelayBytesFull };
        let full = refused(About::Room(room), why);
        for _ in 0..3 {
            match &world.send(desk, post(room, &message))[..] {
                [] => kept += 1,
                [refusal] => assert_eq!(*refusal, full),
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(kept, 4, "two in the first room, two in the second");
    assert!(world.core.holdings().bytes <= 5_000);
}

#[test]
fn a_connection_that_says_nothing_is_closed_without_a_word() {
    let mut world = World::new();
    let silent = world.connect();
    let survivor = world.survivor();
    world.wait(seconds(16));
    assert_eq!(world.closed.get(&silent), Some(&None), "no greeting");
    world.wait_with(seconds(30), &[]);
    assert_eq!(world.closed.get(&survivor), None);
    world.wait(seconds(5));
    assert_eq!(world.closed.get(&survivor), Some(&None));
    assert_eq!(world.core.holdings().connections, 0);
    let hours = world.program.calendar().next_change(world.now);
    assert_eq!(world.core.poll_timeout(), hours, "nothing else is due");
}

#[test]
fn a_connection_that_pings_stays() {
    let mut world = World::new();
    let survivor = world.survivor();
    world.wait_with(seconds(600), &[survivor]);
    assert_eq!(world.core.holdings().connections, 1);
}
