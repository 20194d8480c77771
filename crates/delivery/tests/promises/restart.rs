//! A relay that was killed and starts again with empty memory: both sides make everything anew.

use stillroom_delivery::Holdings;
use stillroom_protocol::{About, ClientFrame, Refusal, RelayFrame};

use crate::world::*;

#[test]
fn a_chat_goes_on_after_a_restart_without_the_survivor_waiting_in_line() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, _) = world.chat(&device, desk);
    world.restart();
    let survivor = world.survivor();
    let unknown = refused(About::Room(room), Refusal::RoomUnknown);
    assert_eq!(world.send(survivor, attach(room, 0)), [unknown]);
    let desk = world.desk(&device);
    let opened = world.send(desk, open_room(1));
    assert_eq!(opened, [RelayFrame::RoomOpened { room }], "the same address");
    world.send(desk, attach(room, 1));
    world.send(survivor, attach(room, 0));
    world.send(survivor, post(room, b"still here"));
    assert!(world.hear(desk).contains(&delivered(room, b"still here")));
}

#[test]
fn a_survivor_in_line_gets_a_place_again_as_soon_as_a_desk_is_back() {
    let mut world = World::new();
    let (device, _) = world.advocate_on_duty();
    world.waiting(1);
    world.restart();
    let survivor = world.survivor();
    let nobody = refused(About::Ticket(place(1)), Refusal::NobodyOnDuty);
    assert_eq!(world.send(survivor, ask(1)), [nobody]);
    let desk = world.desk_on_duty(&device);
    assert!(matches!(world.hear(survivor)[..], [RelayFrame::Duty { .. }]));
    let again = world.send(survivor, ask(1));
    assert_eq!(again, [RelayFrame::InLine { ahead: 0 }]);
    assert!(matches!(world.hear(desk)[..], [RelayFrame::Waiting { .. }]));
}

#[test]
fn between_claim_and_welcome_a_restart_costs_a_new_claim_and_nothing_else() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    world.waiting(1);
    world.send(desk, claim(1));
    world.restart();
    let desk = world.desk_on_duty(&device);
    let unknown = refused(About::Ticket(place(1)), Refusal::TicketUnknown);
    assert_eq!(world.send(desk, claim(1)), [unknown], "not back yet");
    let survivor = world.waiting(1);
    assert!(matches!(world.send(desk, claim(1))[..], [RelayFrame::Claimed { .. }]));
    world.send(desk, offer(1, b"welcome"));
    assert!(matches!(world.hear(survivor)[..], [RelayFrame::Welcome { .. }]));
}

#[test]
fn an_offers_number_from_before_the_restart_is_not_taken_for_a_later_one() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let survivor = world.waiting(1);
    world.send(desk, claim(1));
    world.send(desk, offer(1, b"welcome"));
    let heard = world.hear(survivor);
    let Some(RelayFrame::Welcome { offer: before, .. }) = heard.last().cloned() else {
        panic!("{heard:?}");
    };
    world.restart();
    let desk = world.desk_on_duty(&device);
    let other = world.program.advocate();
    let other_desk = world.desk_on_duty(&other);
    let survivor = world.waiting(1);
    world.hear(desk);
    world.send(other_desk, claim(1));
    let ticket = ticket(1);
    let offer = before;
    world.send(survivor, ClientFrame::Accept { ticket, offer });
    let ticket = place(1);
    let declined = RelayFrame::OfferDeclined { ticket };
    assert_eq!(world.hear(other_desk), [declined], "they joined the former");
}

#[test]
fn a_core_whose_program_moved_to_another_relay_forgets_everything_live_and_can_have_it_again() {
    let mut world = World::new();
    let (device, desk) = world.advocate_on_duty();
    let (room, survivor) = world.chat(&device, desk);
    let before = world.waiting(2);
    world.moved();
    for connection in [desk, survivor, before] {
        assert_eq!(world.closed.get(&connection), Some(&None), "as a line that drops");
    }
    assert_eq!(world.core.holdings(), Holdings::default());
    assert!(!world.core.is_open());
    // It comes back: those from before are no one here, and both make everything anew.
    assert!(world.send(survivor, post(room, b"stale")).is_empty());
    let (again, desk) = (world.survivor(), world.desk_on_duty(&device));
    assert!(again > before, "no number is given twice");
    assert!(world.send(desk, open_room(1)).contains(&RelayFrame::RoomOpened { room }));
    world.send(desk, attach(room, 1));
    world.send(again, attach(room, 0));
    world.send(again, post(room, b"still here"));
    assert!(world.hear(desk).contains(&delivered(room, b"still here")));
}
