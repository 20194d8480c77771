//! Turning one contact away: that page gets no other chat, and staff see a note beside whoever comes from there.

use stillroom_delivery::{ConnectionId, Side};
use stillroom_program::{Device, Roles};
use stillroom_protocol::limits::TURNED_AWAY_BYTES;
use stillroom_protocol::{About, ClientFrame, Refusal, RelayFrame, RoomId, TurnedAwayNote, encode};

use crate::world::*;

const THERE: u16 = 5;
const ELSEWHERE: u16 = 6;

fn turn_away(room: RoomId) -> ClientFrame {
    ClientFrame::TurnAway { room, note: vec![9; TURNED_AWAY_BYTES].try_into().unwrap() }
}

/// What a desk hears of a note beside this place; turn 0, since few wait.
fn noted(number: u8, ago: Option<u32>) -> RelayFrame {
    let note = |ago| TurnedAwayNote { ago, note: vec![9; TURNED_AWAY_BYTES].try_into().unwrap() };
    let turned_away = ago.map(note).into_iter().collect::<Vec<_>>().try_into().unwrap();
    RelayFrame::WaitingShare { ticket: place(number), turn: 0, turned_away }
}

impl World {
    /// A chat of the desk with somebody from there.
    fn chat_from(
        &mut self,
        from: u16,
        device: &Device,
        desk: ConnectionId,
    ) -> (RoomId, ConnectionId) {
        let room = secret(1).room(&device.key().0);
        self.send(desk, open_room(1));
        self.send(desk, attach(room, 1));
        let survivor = self.survivor_from(from);
        self.send(survivor, attach(room, 0));
        self.hear(desk);
        (room, survivor)
    }

    /// Somebody from there asks; what the desk hears of them besides.
    fn comes(
        &mut self,
        from: u16,
        number: u8,
        desk: ConnectionId,
    ) -> (ConnectionId, Vec<RelayFrame>) {
        self.hear(desk);
        let survivor = self.survivor_from(from);
        let heard = self.send(survivor, ask(number));
        assert!(matches!(heard[..], [RelayFrame::InLine { .. }]), "{heard:?}");
        let heard = self.hear(desk);
        assert!(matches!(heard[0], RelayFrame::Waiting { .. }), "{heard:?}");
        (survivor, heard[1..].to_vec())
    }
}

#[test]
fn the_page_that_was_turned_away_gets_no_other_chat_and_its_place_is_gone() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat_from(THERE, &device, desk);
    world.send(survivor, ask(1));
    assert_eq!(
        world.send(desk, turn_away(room)),
        [
            // The place that the same page held beside the chat.
            RelayFrame::WaitingNoMore { ticket: place(1) }
        ]
    );
    for number in [1, 2] {
        let refusal = refused(About::Ticket(place(number)), Refusal::TurnedAway);
        assert_eq!(world.send(survivor, ask(number)), [refusal]);
    }
    assert_eq!(world.core.holdings().waiting, 0);
}

#[test]
fn whoever_comes_from_there_gets_a_place_like_anybody_and_every_desk_sees_the_note() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (_, other) = world.advocate_on_duty();
    let (room, survivor) = world.chat_from(THERE, &device, desk);
    let (_, before) = world.comes(THERE, 1, desk);
    assert_eq!(before, []);
    world.hear(other);
    world.send(desk, turn_away(room));
    assert_eq!(world.hear(other), [noted(1, Some(0))], "who waits already has it as well");
    let (_, elsewhere) = world.comes(ELSEWHERE, 2, desk);
    assert_eq!(elsewhere, [], "nobody from elsewhere has one");
    world.drop_line(survivor);
    world.wait_with(seconds(60), &[desk, other]);
    let (_, there) = world.comes(THERE, 3, desk);
    assert_eq!(there, [noted(3, Some(60))], "nor is a page that was loaded again refused");
    let late = world.program.advocate();
    let late_desk = world.desk(&late);
    let heard = world.go_on_duty(late_desk, &late);
    assert!(heard.contains(&noted(3, Some(60))), "{heard:?}");
    let claims: Vec<_> = heard.iter().filter(|f| matches!(f, RelayFrame::Waiting { .. })).collect();
    assert!(matches!(claims[0], RelayFrame::Waiting { ticket, .. } if *ticket == place(1)));
}

#[test]
fn the_note_is_known_for_half_an_hour_across_the_changes_of_the_key_and_not_longer() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat_from(THERE, &device, desk);
    world.send(desk, turn_away(room));
    world.drop_line(survivor);
    assert!(world.core.generations_in_use().contains(&1), "the shell is to keep the key");
    world.wait_with(seconds(29 * 60), &[desk]);
    world.go_on_duty(desk, &device);
    // The key was replaced twice meanwhile; the shell still has the one that is in use.
    let under = |world: &mut World, newest, oldest, number| {
        world.hear(desk);
        let share = share_under(THERE, newest, oldest);
        let survivor = world.core.handle_connect(Side::Survivors, &share, world.now).unwrap();
        world.send(survivor, hello(world.program.root.program_id()));
        world.send(survivor, ask(number));
        let heard = world.hear(desk);
        (survivor, heard.into_iter().skip(1).collect::<Vec<_>>())
    };
    let (came, heard) = under(&mut world, 3, 1, 1);
    assert_eq!(heard, [noted(1, Some(29 * 60))]);
    world.hear(desk);
    world.wait_with(seconds(60), &[desk, came]);
    assert_eq!(world.hear(desk), [noted(1, None)], "and then it is taken from whoever still waits");
    let (again, heard) = under(&mut world, 4, 1, 2);
    assert_eq!(heard, []);
    for connection in [came, again] {
        world.drop_line(connection);
    }
    world.wait_with(seconds(16 * 60), &[desk]);
    assert!(world.core.generations_in_use().is_empty(), "nothing is left of that share");
}

#[test]
fn only_the_device_that_leads_the_chat_turns_anybody_away() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (_, colleague) = world.advocate_on_duty();
    let (room, survivor) = world.chat_from(THERE, &device, desk);
    let unknown = refused(About::Room(room), Refusal::RoomUnknown);
    assert_eq!(world.send(colleague, turn_away(room)), [unknown]);
    let not_staff = refused(About::Room(room), Refusal::NotStaff);
    assert_eq!(world.send(survivor, turn_away(room)), [not_staff]);
    let interpreter = world.program.staff(Roles::INTERPRETER);
    let joined = world.desk(&interpreter);
    let missing = refused(About::Room(room), Refusal::RoleMissing);
    assert_eq!(world.send(joined, turn_away(room)), [missing]);
    assert!(matches!(world.send(survivor, ask(1))[..], [RelayFrame::InLine { .. }]));
    let (_, heard) = world.comes(THERE, 2, desk);
    assert_eq!(heard, []);
}

#[test]
fn a_note_of_another_length_is_none() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, _) = world.chat_from(THERE, &device, desk);
    let frame = ClientFrame::TurnAway { room, note: vec![9; 20].try_into().unwrap() };
    world.send_bytes(desk, &encode(&frame));
    assert_eq!(world.closed.get(&desk), Some(&Some(Refusal::FrameMalformed)));
}

#[test]
fn notes_are_bounded_in_number_and_the_oldest_goes() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    for from in 0..=200 {
        let (room, survivor) = world.chat_from(1000 + from, &device, desk);
        world.send(desk, turn_away(room));
        world.drop_line(survivor);
        world.wait_with(seconds(1), &[desk]);
    }
    world.hear(desk);
    let (_, oldest) = world.comes(1000, 1, desk);
    assert_eq!(oldest, []);
    let (_, next) = world.comes(1001, 2, desk);
    assert_eq!(next.len(), 1);
}
