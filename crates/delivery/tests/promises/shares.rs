//! Fair shares: who is served when, where many wait and some of them come from one place.

use std::collections::BTreeMap;

use stillroom_delivery::{ConnectionId, Limits};
use stillroom_protocol::{ClientFrame, RelayFrame, TicketId};

use crate::world::*;

/// A line of which half is twenty.
fn busy() -> World {
    World::with(line_of(40))
}

/// A line that asks nobody for a puzzle: `floods.rs` is about those.
fn line_of(line: usize) -> Limits {
    Limits { line, puzzle_from: 100, asks_per_second: 1_000, ..Limits::default() }
}

impl World {
    /// Somebody in the line who comes from there.
    fn waiting_from(&mut self, from: u16, ticket: u8) -> ConnectionId {
        self.told_at_first(from, ticket).0
    }

    /// The same, and how many were before them then.
    fn told_at_first(&mut self, from: u16, ticket: u8) -> (ConnectionId, u32) {
        let survivor = self.survivor_from(from);
        match self.send(survivor, ask(ticket))[..] {
            [RelayFrame::InLine { ahead }] => (survivor, ahead),
            ref other => panic!("{from} {ticket}: {other:?}"),
        }
    }

    /// How many each was last told are before them, after a moment.
    fn places(&mut self, survivors: &[ConnectionId], places: &mut BTreeMap<ConnectionId, u32>) {
        self.wait(seconds(1));
        for survivor in survivors {
            for frame in self.hear(*survivor) {
                if let RelayFrame::InLine { ahead } = frame {
                    places.insert(*survivor, ahead);
                }
            }
        }
    }
}

/// The line as a desk sees it: by turn, and then in the order in which they came.
#[derive(Default)]
struct Seen {
    came: Vec<TicketId>,
    turns: BTreeMap<TicketId, u32>,
}

impl Seen {
    fn hear(&mut self, frames: Vec<RelayFrame>) {
        for frame in frames {
            match frame {
                RelayFrame::Waiting { ticket, .. } => {
                    self.forget(ticket);
                    self.came.push(ticket);
                }
                RelayFrame::WaitingShare { ticket, turn, .. } => {
                    self.turns.insert(ticket, turn);
                }
                RelayFrame::WaitingNoMore { ticket } => self.forget(ticket),
                _ => {}
            }
        }
    }

    fn forget(&mut self, ticket: TicketId) {
        self.came.retain(|other| *other != ticket);
        self.turns.remove(&ticket);
    }

    fn in_order(&self) -> Vec<TicketId> {
        let mut order = self.came.clone();
        order.sort_by_key(|ticket| self.turns.get(ticket).copied().unwrap_or_default());
        order
    }
}

/// One after the other is taken by whoever is first on the desk's list.
fn served(world: &mut World, desk: ConnectionId, seen: &mut Seen, most: usize) -> Vec<TicketId> {
    let mut served = Vec::new();
    for _ in 0..most {
        world.wait(seconds(1));
        seen.hear(world.hear(desk));
        let Some(first) = seen.in_order().first().copied() else { break };
        seen.forget(first);
        seen.hear(world.send(desk, ClientFrame::Claim { ticket: first }));
        let welcome = b"Welcome".to_vec().try_into().unwrap();
        seen.hear(world.send(desk, ClientFrame::Offer { ticket: first, welcome }));
        served.push(first);
    }
    served
}

const FLOOD: u16 = 100;

#[test]
fn a_flood_from_one_address_is_served_no_more_often_than_anybody_else() {
    let mut world = busy();
    let (_, desk) = world.advocate_on_duty();
    for ticket in 1..=25 {
        world.waiting_from(FLOOD, ticket);
    }
    for honest in 26..=30 {
        world.waiting_from(honest.into(), honest);
    }
    let mut seen = Seen::default();
    let served = served(&mut world, desk, &mut seen, 7);
    assert_eq!(served[0], place(1), "they came first");
    let honest: Vec<_> = (26..=30).map(place).collect();
    assert_eq!(served[1..6], honest);
    assert_eq!(served[6], place(2), "and then the flood has its second turn");
}

#[test]
fn twenty_honest_people_behind_the_address_of_a_flood_get_places_and_are_served() {
    let mut world = World::with(line_of(80));
    let (_, desk) = world.advocate_on_duty();
    let flood: Vec<_> = (1..=50).map(|ticket| world.waiting_from(FLOOD, ticket)).collect();
    let mut places = BTreeMap::new();
    let honest: Vec<_> = (51..=70).map(|ticket| world.waiting_from(FLOOD, ticket)).collect();
    assert_eq!(world.core.holdings().waiting, 70, "nobody was refused");
    let elsewhere = world.waiting_from(7, 71);
    world.places(&[elsewhere, honest[0]], &mut places);
    assert_eq!(places.get(&honest[0]), Some(&51), "one from elsewhere, and the flood");
    // The flood goes, or is turned away one by one: nothing of it holds up those who stay.
    for connection in flood {
        world.drop_line(connection);
    }
    let elsewhere: Vec<_> = (72..=75).map(|ticket| world.waiting_from(7, ticket)).collect();
    let alive: Vec<_> = honest.iter().chain(&elsewhere).copied().chain([desk]).collect();
    world.wait_with(seconds(16 * 60), &alive);
    let mut seen = Seen::default();
    let served = served(&mut world, desk, &mut seen, 30);
    let of_the_shelter = |ticket: &&TicketId| (51..=70).any(|number| place(number) == **ticket);
    assert_eq!(served.iter().filter(of_the_shelter).count(), 20);
}

#[test]
fn whoever_waits_is_told_the_place_that_they_really_have() {
    let mut world = busy();
    let (_, desk) = world.advocate_on_duty();
    let mut people: Vec<(ConnectionId, TicketId)> = Vec::new();
    let mut places = BTreeMap::new();
    for ticket in 1..=22 {
        let from = if ticket <= 18 { FLOOD } else { u16::from(ticket) };
        let (connection, ahead) = world.told_at_first(from, ticket);
        people.push((connection, place(ticket)));
        places.insert(connection, ahead);
    }
    let mut seen = Seen::default();
    let connections: Vec<_> = people.iter().map(|(connection, _)| *connection).collect();
    world.places(&connections, &mut places);
    for _ in 0..15 {
        seen.hear(world.hear(desk));
        for (ahead, ticket) in (0..).zip(seen.in_order()) {
            let (connection, _) = people.iter().find(|(_, other)| *other == ticket).unwrap();
            assert_eq!(places.get(connection), Some(&ahead), "{ticket:?}");
        }
        served(&mut world, desk, &mut seen, 1);
        world.places(&connections, &mut places);
    }
}

#[test]
fn while_few_wait_it_is_who_came_first_wherever_they_come_from() {
    let mut world = busy();
    let (_, desk) = world.advocate_on_duty();
    for ticket in 1..=20 {
        world.waiting_from(if ticket % 4 == 0 { ticket.into() } else { FLOOD }, ticket);
    }
    world.wait(seconds(1));
    let heard = world.hear(desk);
    assert!(!heard.iter().any(|frame| matches!(frame, RelayFrame::WaitingShare { .. })));
    let mut seen = Seen::default();
    seen.hear(heard);
    assert_eq!(served(&mut world, desk, &mut seen, 20), (1..=20).map(place).collect::<Vec<_>>());
}

#[test]
fn whoever_keeps_coming_holds_up_nobody_who_waits_for_their_second_turn() {
    let mut world = busy();
    let (_, desk) = world.advocate_on_duty();
    for ticket in 1..=21 {
        world.waiting_from(FLOOD, ticket);
    }
    let mut seen = Seen::default();
    let mut shelter = 0;
    // For each who is taken two more come, each from a place of their own.
    for number in 0..9_u8 {
        for newcomer in [100 + 2 * number, 101 + 2 * number] {
            world.waiting_from(newcomer.into(), newcomer);
        }
        let taken = served(&mut world, desk, &mut seen, 1);
        shelter += usize::from((1..=21).any(|number| taken == [place(number)]));
    }
    assert!(shelter >= 2, "served {shelter} times");
}

#[test]
fn a_place_whose_claim_lapsed_is_at_the_head_in_no_turn() {
    let mut world = busy();
    let (_, desk) = world.advocate_on_duty();
    for ticket in 1..=25 {
        world.waiting_from(FLOOD, ticket);
    }
    world.waiting_from(9, 26);
    let mut seen = Seen::default();
    seen.hear(world.hear(desk));
    seen.forget(place(5));
    seen.hear(world.send(desk, claim(5)));
    seen.hear(world.send(desk, ClientFrame::Release { ticket: place(5) }));
    let served = served(&mut world, desk, &mut seen, 3);
    assert_eq!(served, [place(5), place(26), place(1)]);
}
