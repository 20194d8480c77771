//! The core against a small reference state: whatever people do in whatever order, a place is one
//! device's, nobody hears of a room that they are not in, and the bytes counted are the bytes held.
//!
//! What counts as a failure: a frame about a room to a connection that is not in it; a claim granted
//! beside another's; counts that differ from the reference; anything left when everybody is gone.

use std::collections::BTreeMap;

use proptest::prelude::*;
use stillroom_delivery::{ConnectionId, Holdings, Limits};
use stillroom_program::{Device, Timestamp, encode};
use stillroom_protocol::{ClientFrame, RelayFrame, RoomId, TicketId};

use crate::world::*;

const DESKS: usize = 2;
const PARTIES: usize = 5;
const ROOM_BYTES: usize = 700;
const ROOM_MESSAGES: usize = 3;
const BYTES: usize = 1_800;

/// Parties 0 and 1 are desks; 2 to 4 are survivors, each with a ticket of the same number.
type Party = usize;
/// Which desk opened it, and under which secret.
type RoomKey = (usize, u8);

#[derive(Clone, Debug)]
enum Step {
    Connect(Party),
    Drop(Party),
    Ask(Party),
    Withdraw(Party),
    Accept(Party),
    Decline(Party),
    Claim(usize, Party),
    Offer(usize, Party, u8),
    Release(usize, Party),
    Open(RoomKey),
    Attach(Party, RoomKey, u8),
    Post(Party, RoomKey, u16),
    Close(Party, RoomKey),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let party = || 0..PARTIES;
    let survivor = || DESKS..PARTIES;
    let desk = || 0..DESKS;
    let room = || (0..DESKS, 1_u8..3);
    prop_oneof![
        3 => party().prop_map(Step::Connect),
        2 => party().prop_map(Step::Drop),
        4 => survivor().prop_map(Step::Ask),
        1 => survivor().prop_map(Step::Withdraw),
        1 => survivor().prop_map(Step::Accept),
        1 => survivor().prop_map(Step::Decline),
        4 => (desk(), survivor()).prop_map(|(desk, survivor)| Step::Claim(desk, survivor)),
        4 => (desk(), survivor(), 1_u8..4).prop_map(|(d, s, w)| Step::Offer(d, s, w)),
        1 => (desk(), survivor()).prop_map(|(desk, survivor)| Step::Release(desk, survivor)),
        3 => room().prop_map(Step::Open),
        6 => (party(), room(), 0_u8..2).prop_map(|(p, r, m)| Step::Attach(p, r, m)),
        8 => (party(), room(), 0_u16..400).prop_map(|(p, r, l)| Step::Post(p, r, l)),
        1 => (party(), room()).prop_map(|(party, room)| Step::Close(party, room)),
        3 => (1_u64..90).prop_map(Step::Wait),
    ]
}

#[derive(Default)]
struct RefRoom {
    members: [Option<Party>; 2],
    /// Length, when posted, and for which member.
    tail: Vec<(usize, Timestamp, usize)>,
    idle_until: Option<Timestamp>,
}

struct RefClaim {
    desk: usize,
    unoffered_until: Option<Timestamp>,
    away_until: Option<Timestamp>,
    welcome: Option<u8>,
    number: Option<u64>,
}

#[derive(Default)]
struct RefPlace {
    gone_at: Option<Timestamp>,
    claim: Option<RefClaim>,
}

/// What must be so, kept in the plainest way.
#[derive(Default)]
struct Reference {
    online: [Option<ConnectionId>; PARTIES],
    /// On duty, and until when where the line is down.
    duty: [Option<Option<Timestamp>>; DESKS],
    places: BTreeMap<Party, RefPlace>,
    last_offer: BTreeMap<Party, u64>,
    rooms: BTreeMap<RoomKey, RefRoom>,
    closed: BTreeMap<RoomKey, Timestamp>,
}

impl Reference {
    fn pass(&mut self, now: Timestamp) {
        let over = |until: &Option<Timestamp>| until.is_some_and(|until| until <= now);
        self.places.retain(|_, place| !over(&place.gone_at));
        for place in self.places.values_mut() {
            let lapsed = |c: &RefClaim| over(&c.unoffered_until) || over(&c.away_until);
            if place.claim.as_ref().is_some_and(lapsed) {
                place.claim = None;
            }
        }
        self.rooms.retain(|_, room| !over(&room.idle_until));
        for room in self.rooms.values_mut() {
            room.tail.retain(|(_, at, _)| *at + seconds(120) > now);
        }
        self.closed.retain(|_, until| *until > now);
        for duty in &mut self.duty {
            if duty.as_ref().is_some_and(over) {
                *duty = None;
            }
        }
    }

    fn drop_line(&mut self, party: Party, now: Timestamp) {
        self.online[party] = None;
        for room in self.rooms.values_mut() {
            let was = room.members.contains(&Some(party));
            for member in &mut room.members {
                *member = member.filter(|member| *member != party);
            }
            if was && room.members == [None, None] {
                room.idle_until.get_or_insert(now + seconds(600));
            }
        }
        if let Some(place) = self.places.get_mut(&party) {
            // Whoever came back without asking again is still away from the line.
            place.gone_at.get_or_insert(now + seconds(15 * 60));
        }
        if party < DESKS {
            if let Some(duty) = &mut self.duty[party] {
                *duty = Some(now + seconds(30));
            }
            for claim in self.places.values_mut().filter_map(|p| p.claim.as_mut()) {
                if claim.desk == party {
                    claim.away_until = Some(now + seconds(30));
                }
            }
        }
    }

    fn claim_of(&mut self, desk: usize, survivor: Party) -> Option<&mut RefClaim> {
        let claim = self.places.get_mut(&survivor)?.claim.as_mut()?;
        (claim.desk == desk).then_some(claim)
    }

    fn bytes(&self) -> usize {
        let welcome = |claim: &RefClaim| claim.welcome.map_or(0, usize::from);
        let place = |place: &RefPlace| 150 + place.claim.as_ref().map_or(0, welcome);
        let tail = |room: &RefRoom| room.tail.iter().map(|(length, ..)| length).sum::<usize>();
        self.places.values().map(place).sum::<usize>()
            + self.rooms.values().map(tail).sum::<usize>()
    }

    fn holdings(&self) -> Holdings {
        let claimed = self.places.values().filter(|p| p.claim.is_some()).count();
        Holdings {
            connections: self.online.iter().flatten().count(),
            staff: self.online[..DESKS].iter().flatten().count(),
            on_duty: self.duty.iter().flatten().count(),
            waiting: self.places.len() - claimed,
            claimed,
            rooms: self.rooms.len(),
            closed_rooms: self.closed.len(),
            bytes: self.bytes(),
            answers: 0,
        }
    }

    fn members(&self) -> BTreeMap<RoomKey, Vec<Party>> {
        let here = |room: &RefRoom| room.members.iter().flatten().copied().collect();
        self.rooms.iter().map(|(key, room)| (*key, here(room))).collect()
    }
}

struct Play {
    world: World,
    devices: [Device; DESKS],
    is: Reference,
}

impl Play {
    fn new() -> Self {
        let mut world = World::with(Limits {
            room_bytes: ROOM_BYTES,
            room_messages: ROOM_MESSAGES,
            bytes: BYTES,
            // The reference knows no puzzles.
            puzzle_from: 100,
            ..Limits::default()
        });
        let devices = [world.program.advocate(), world.program.advocate()];
        let is = Reference::default();
        Self { world, devices, is }
    }

    fn room(&self, (desk, number): RoomKey) -> RoomId {
        secret(number).room(&self.devices[desk].key().0)
    }

    fn party(&self, connection: ConnectionId) -> Option<Party> {
        self.is.online.iter().position(|online| *online == Some(connection))
    }

    /// Does it to the core, then to the reference, then compares.
    fn take(&mut self, step: &Step) {
        let before = self.is.members();
        let online = self.is.online;
        self.world.heard.clear();
        if let Some((party, frame)) = self.frame(step) {
            let Some(connection) = online[party] else {
                return;
            };
            self.world.core.handle_frame(connection, &encode(&frame), self.world.now);
            self.world.drain();
        }
        self.refer(step);
        self.learn_offers();
        assert_eq!(self.world.core.holdings(), self.is.holdings(), "{step:?}");
        self.check_heard(&before, step);
    }

    fn frame(&self, step: &Step) -> Option<(Party, ClientFrame)> {
        let number = |survivor: &Party| u8::try_from(*survivor).unwrap();
        let last = |survivor| self.is.last_offer.get(survivor).copied().unwrap_or(0);
        Some(match step {
            Step::Ask(s) => (*s, ask(number(s))),
            Step::Withdraw(s) => (*s, ClientFrame::Withdraw { ticket: ticket(number(s)) }),
            Step::Accept(s) => {
                let (ticket, offer) = (ticket(number(s)), last(s));
                (*s, ClientFrame::Accept { ticket, offer })
            }
            Step::Decline(s) => {
                let (ticket, offer) = (ticket(number(s)), last(s));
                (*s, ClientFrame::Decline { ticket, offer })
            }
            Step::Claim(desk, s) => (*desk, claim(number(s))),
            Step::Offer(desk, s, welcome) => {
                (*desk, offer(number(s), &vec![*welcome; usize::from(*welcome)]))
            }
            Step::Release(desk, s) => (*desk, ClientFrame::Release { ticket: place(number(s)) }),
            Step::Open((desk, number)) => (*desk, open_room(*number)),
            Step::Attach(party, room, member) => (*party, attach(self.room(*room), *member)),
            Step::Post(party, room, length) => {
                (*party, post(self.room(*room), &vec![0; usize::from(*length)]))
            }
            Step::Close(party, room) => (*party, ClientFrame::CloseRoom { room: self.room(*room) }),
            Step::Connect(_) | Step::Drop(_) | Step::Wait(_) => return None,
        })
    }

    fn refer(&mut self, step: &Step) {
        let now = self.world.now;
        match step {
            Step::Connect(party) => self.connect(*party),
            Step::Drop(party) => self.drop_line(*party),
            Step::Wait(duration) => self.wait(*duration),
            Step::Ask(s) => {
                let open = self.is.duty.iter().any(Option::is_some);
                if open || self.is.places.contains_key(s) {
                    self.is.places.entry(*s).or_default().gone_at = None;
                }
            }
            Step::Withdraw(s) | Step::Accept(s) => {
                self.is.places.remove(s);
            }
            Step::Decline(s) => {
                let last = self.is.last_offer.get(s).copied();
                if let Some(place) = self.is.places.get_mut(s)
                    && place.claim.as_ref().is_some_and(|c| c.number.is_some() && c.number == last)
                {
                    place.claim = None;
                }
            }
            Step::Claim(desk, s) => self.claim(*desk, *s),
            Step::Offer(desk, s, welcome) => {
                if let Some(claim) = self.is.claim_of(*desk, *s) {
                    claim.unoffered_until = None;
                    if claim.welcome != Some(*welcome) {
                        claim.number = None;
                    }
                    claim.welcome = Some(*welcome);
                }
            }
            Step::Release(desk, s) => {
                if self.is.claim_of(*desk, *s).is_some() {
                    self.is.places.get_mut(s).unwrap().claim = None;
                }
            }
            Step::Open(key) => {
                if !self.is.closed.contains_key(key) {
                    let idle_until = Some(now + seconds(600));
                    let fresh = RefRoom { idle_until, ..RefRoom::default() };
                    self.is.rooms.entry(*key).or_insert(fresh);
                }
            }
            Step::Attach(party, key, member) => self.attach(*party, *key, usize::from(*member)),
            Step::Post(party, key, length) => self.post(*party, *key, usize::from(*length)),
            Step::Close(party, key) => {
                let inside = |room: &RefRoom| room.members.contains(&Some(*party));
                if self.is.rooms.get(key).is_some_and(inside) {
                    self.is.rooms.remove(key);
                    self.is.closed.insert(*key, now + seconds(600));
                }
            }
        }
    }

    fn connect(&mut self, party: Party) {
        self.drop_line(party);
        let connection = if party < DESKS {
            let device = self.devices[party].clone();
            let desk = self.world.desk_on_duty(&device);
            self.is.duty[party] = Some(None);
            for claim in self.is.places.values_mut().filter_map(|p| p.claim.as_mut()) {
                if claim.desk == party {
                    claim.away_until = None;
                }
            }
            desk
        } else {
            self.world.survivor()
        };
        self.is.online[party] = Some(connection);
    }

    fn drop_line(&mut self, party: Party) {
        if let Some(connection) = self.is.online[party] {
            self.world.drop_line(connection);
            self.is.drop_line(party, self.world.now);
        }
    }

    fn wait(&mut self, duration: u64) {
        let alive: Vec<_> = self.is.online.iter().flatten().copied().collect();
        self.world.wait_with(seconds(duration), &alive);
        self.is.pass(self.world.now);
        for desk in 0..DESKS {
            if let Some(connection) = self.is.online[desk] {
                let device = self.devices[desk].clone();
                assert_eq!(self.world.go_on_duty(connection, &device), []);
            }
        }
    }

    fn claim(&mut self, desk: usize, survivor: Party) {
        let until = self.world.now + seconds(20);
        if let Some(place) = self.is.places.get_mut(&survivor) {
            place.claim.get_or_insert(RefClaim {
                desk,
                unoffered_until: Some(until),
                away_until: None,
                welcome: None,
                number: None,
            });
        }
    }

    fn attach(&mut self, party: Party, key: RoomKey, member: usize) {
        if let Some(room) = self.is.rooms.get_mut(&key) {
            for other in &mut room.members {
                *other = other.filter(|other| *other != party);
            }
            room.members[member] = Some(party);
            room.idle_until = None;
            room.tail.retain(|(_, _, missing)| *missing != member);
        }
    }

    fn post(&mut self, party: Party, key: RoomKey, length: usize) {
        let frame = encode(&delivered(self.room(key), &vec![0; length])).len();
        let held = self.is.bytes();
        let now = self.world.now;
        let Some(room) = self.is.rooms.get_mut(&key) else {
            return;
        };
        let Some(author) = room.members.iter().position(|m| *m == Some(party)) else {
            return;
        };
        let other = 1 - author;
        let of_room: usize = room.tail.iter().map(|(length, ..)| length).sum();
        let fits = of_room + frame <= ROOM_BYTES
            && room.tail.len() < ROOM_MESSAGES
            && held + frame <= BYTES;
        if room.members[other].is_none() && fits {
            room.tail.push((frame, now, other));
        }
    }

    fn learn_offers(&mut self) {
        for (connection, frames) in &self.world.heard {
            let Some(survivor) = self.party(*connection) else {
                continue;
            };
            for frame in frames {
                if let RelayFrame::Welcome { offer, .. } = frame {
                    self.is.last_offer.insert(survivor, *offer);
                    let place = self.is.places.get_mut(&survivor);
                    if let Some(claim) = place.and_then(|place| place.claim.as_mut()) {
                        claim.number = Some(*offer);
                    }
                }
            }
        }
    }

    /// Everybody heard only what is for them.
    fn check_heard(&self, before: &BTreeMap<RoomKey, Vec<Party>>, step: &Step) {
        let after = self.is.members();
        for (connection, frames) in &self.world.heard {
            let Some(party) = self.party(*connection) else {
                continue;
            };
            for frame in frames {
                match frame {
                    RelayFrame::Delivered { room, .. } | RelayFrame::Presence { room, .. } => {
                        let inside = [before, &after].iter().any(|members| {
                            members.iter().any(|(key, inside)| {
                                self.room(*key) == *room && inside.contains(&party)
                            })
                        });
                        assert!(inside, "{party} heard of a room: {step:?}");
                    }
                    RelayFrame::Claimed { ticket, .. } => self.check_claimed(party, ticket),
                    _ => {}
                }
            }
        }
    }

    fn check_claimed(&self, desk: Party, ticket: &TicketId) {
        let owner = self.is.places.iter().find_map(|(survivor, at)| {
            let same = place(u8::try_from(*survivor).unwrap()) == *ticket;
            at.claim.as_ref().filter(|_| same).map(|claim| claim.desk)
        });
        assert_eq!(owner, Some(desk), "claimed beside another");
    }

    fn everybody_leaves(mut self) {
        for party in 0..PARTIES {
            self.drop_line(party);
        }
        self.world.wait(seconds(3_600));
        assert_eq!(self.world.core.holdings(), Holdings::default());
        let hours = self.world.program.calendar().next_change(self.world.now);
        assert_eq!(self.world.core.poll_timeout(), hours, "nothing else is due any more");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_people_do_the_core_is_as_the_reference(
        steps in proptest::collection::vec(step(), 1..120)
    ) {
        let mut play = Play::new();
        for party in 0..PARTIES {
            play.take(&Step::Connect(party));
        }
        for step in &steps {
            play.take(step);
        }
        play.everybody_leaves();
    }
}
