//! A page's last word: passed on to those in the room, never judged, and nothing else is known of it.

use stillroom_protocol::{
    ClientFrame, LEAVING_BYTES, Leaving, LeavingToken, RelayFrame, RoomId, limits::MEMBERS_MAX,
};

use crate::world::*;

const TOKEN: LeavingToken = LeavingToken([5; 32]);

fn leaving(room: RoomId) -> Vec<u8> {
    Leaving::Chat { room, token: TOKEN }.to_bytes().to_vec()
}

fn left(room: RoomId) -> RelayFrame {
    RelayFrame::Left { room, token: TOKEN }
}

impl World {
    fn say_leaving(&mut self, said: &[u8]) {
        self.core.handle_leaving(said, self.now);
        self.drain();
    }
}

#[test]
fn whoever_is_in_the_room_hears_that_somebody_left() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    world.drop_line(survivor);
    world.hear(desk);
    world.say_leaving(&leaving(room));
    assert_eq!(world.hear(desk), [left(room)]);
}

#[test]
fn a_member_whose_line_is_down_hears_it_when_they_are_back() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, _) = world.chat(&device, desk);
    world.drop_line(desk);
    world.say_leaving(&leaving(room));
    let desk = world.desk(&device);
    let heard = world.send(desk, attach(room, 1));
    assert_eq!(heard.last(), Some(&left(room)));
}

#[test]
fn it_can_be_said_on_the_line_as_well() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    world.send(survivor, ClientFrame::Leave { room, token: TOKEN });
    assert_eq!(world.hear(desk), [left(room)]);
}

#[test]
fn a_room_passes_on_a_few_and_no_more() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    for _ in 0..100 {
        world.say_leaving(&leaving(room));
        world.send(survivor, ClientFrame::Leave { room, token: TOKEN });
    }
    assert_eq!(world.hear(desk).len(), 4);
}

#[test]
fn the_room_goes_on_since_the_relay_cannot_know_whether_it_is_true() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    world.say_leaving(&leaving(room));
    world.hear(desk);
    world.send(survivor, post(room, b"still here"));
    assert_eq!(world.hear(desk), [delivered(room, b"still here")]);
}

#[test]
fn leaving_gives_up_a_place_in_the_line() {
    let mut world = World::new();
    let (_, desk) = world.advocate_on_duty();
    world.waiting(1);
    world.hear(desk);
    world.say_leaving(&Leaving::place(ticket(1)).to_bytes());
    assert_eq!(world.hear(desk), [RelayFrame::WaitingNoMore { ticket: place(1) }]);
    assert_eq!((world.core.holdings().waiting, world.core.holdings().bytes), (0, 0));
}

#[test]
fn a_page_that_goes_gives_up_its_place_and_of_a_chat_the_line_drops() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    let waiting = world.waiting(1);
    world.hear(desk);
    world.page_goes(waiting);
    assert_eq!(world.hear(desk), [RelayFrame::WaitingNoMore { ticket: place(1) }]);
    assert_eq!(world.core.holdings().waiting, 0);
    world.page_goes(survivor);
    let here = false.into();
    assert!(matches!(
        world.hear(desk)[..],
        [RelayFrame::Presence { room: of, here: is, .. }] if of == room && is == here
    ));
}

#[test]
fn what_is_of_no_place_and_no_room_changes_nothing_and_is_heard_by_nobody() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    let other = world.waiting(1);
    for connection in [desk, survivor, other] {
        world.hear(connection);
    }
    let before = world.core.holdings();
    let mut longer = leaving(room);
    longer.push(0);
    let said = [
        leaving(RoomId([3; 32])),
        Leaving::place(ticket(9)).to_bytes().to_vec(),
        leaving(room)[..LEAVING_BYTES - 1].to_vec(),
        longer,
        vec![0xff; LEAVING_BYTES],
        Vec::new(),
    ];
    for said in said {
        world.say_leaving(&said);
    }
    for connection in [desk, survivor, other] {
        assert_eq!(world.hear(connection), []);
    }
    assert_eq!(world.core.holdings(), before);
}

#[test]
fn what_it_leaves_for_those_who_are_away_is_bounded_and_goes_with_the_room() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, _) = world.chat(&device, desk);
    world.drop_line(desk);
    for _ in 0..100 {
        world.say_leaving(&leaving(room));
    }
    assert!(world.core.holdings().bytes <= MEMBERS_MAX * 100);
    world.wait(seconds(120));
    assert_eq!(world.core.holdings().bytes, 0);
}
