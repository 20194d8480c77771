//! Claims, offers, and what becomes of them.

use stillroom_delivery::ConnectionId;
use stillroom_program::Device;
use stillroom_protocol::{About, ClientFrame, Refusal, RelayFrame};

use crate::world::*;

fn claimed(number: u8) -> RelayFrame {
    RelayFrame::Claimed {
        ticket: place(number),
        key_package: key_package(number).try_into().unwrap(),
    }
}

fn declined(number: u8) -> RelayFrame {
    RelayFrame::OfferDeclined { ticket: place(number) }
}

fn accepted(number: u8) -> RelayFrame {
    RelayFrame::OfferAccepted { ticket: place(number) }
}

fn is_waiting(frame: &RelayFrame, number: u8) -> bool {
    matches!(frame, RelayFrame::Waiting { ticket, .. } if *ticket == place(number))
}

struct Scene {
    world: World,
    bea: Device,
    desk: ConnectionId,
    other: ConnectionId,
    survivor: ConnectionId,
}

/// Two advocates on duty; a survivor waits.
fn scene() -> Scene {
    let mut world = World::new();
    let (bea, desk) = world.advocate_on_duty();
    let (_, other) = world.advocate_on_duty();
    let survivor = world.waiting(1);
    world.hear(desk);
    world.hear(other);
    Scene { world, bea, desk, other, survivor }
}

impl Scene {
    /// The desk takes the place and sends its Welcome. Gives back the offer's number.
    fn offered(&mut self) -> u64 {
        let claimed_now = self.world.send(self.desk, claim(1));
        assert_eq!(claimed_now, [claimed(1)]);
        self.world.hear(self.other);
        self.world.send(self.desk, offer(1, b"welcome"));
        self.heard_offer(b"welcome")
    }

    fn heard_offer(&mut self, expected: &[u8]) -> u64 {
        match &self.world.hear(self.survivor)[..] {
            [.., RelayFrame::Welcome { offer, welcome }] => {
                assert_eq!(&welcome[..], expected);
                *offer
            }
            other => panic!("{other:?}"),
        }
    }

    fn accept(&mut self, offer: u64) {
        let ticket = ticket(1);
        self.world.send(self.survivor, ClientFrame::Accept { ticket, offer });
    }

    fn all(&self) -> [ConnectionId; 3] {
        [self.desk, self.other, self.survivor]
    }
}

#[test]
fn a_claim_gives_the_place_to_one_device_and_a_second_claim_is_refused() {
    let mut s = scene();
    assert_eq!(s.world.send(s.desk, claim(1)), [claimed(1)]);
    let ticket = place(1);
    assert_eq!(s.world.hear(s.other), [RelayFrame::WaitingNoMore { ticket }]);
    let taken = refused(About::Ticket(place(1)), Refusal::TicketClaimed);
    assert_eq!(s.world.send(s.other, claim(1)), only(&taken));
    assert_eq!(s.world.send(s.other, offer(1, b"mine")), [taken]);
    assert_eq!(s.world.hear(s.survivor), []);
}

#[test]
fn the_same_device_may_claim_again_after_its_line_dropped_and_is_answered_alike() {
    let mut s = scene();
    s.world.send(s.desk, claim(1));
    s.world.drop_line(s.desk);
    s.desk = s.world.desk(&s.bea);
    assert_eq!(s.world.send(s.desk, claim(1)), [claimed(1)]);
    let taken = refused(About::Ticket(place(1)), Refusal::TicketClaimed);
    assert_eq!(s.world.send(s.other, claim(1)), [taken]);
}

#[test]
fn an_accepted_offer_ends_the_place_and_the_claimant_hears_of_it() {
    let mut s = scene();
    let number = s.offered();
    s.accept(number);
    assert_eq!(s.world.hear(s.desk), [accepted(1)]);
    assert_eq!(s.world.hear(s.other), []);
    let holdings = s.world.core.holdings();
    assert_eq!((holdings.claimed, holdings.waiting, holdings.bytes), (0, 0, 0));
}

#[test]
fn who_claimed_a_place_at_another_relay_hears_that_the_survivor_joined_somebody_else_here() {
    let mut s = scene();
    let number = s.offered();
    s.accept(number);
    let taken = refused(About::Ticket(place(1)), Refusal::TicketClaimed);
    assert_eq!(s.world.send(s.other, claim(1)), [declined(1), taken]);
    assert_eq!(s.world.send(s.desk, claim(1)), [accepted(1)], "whom they joined is not put off");
}

#[test]
fn who_claimed_a_place_at_another_relay_keeps_it_where_the_survivor_may_have_joined_them() {
    let mut s = scene();
    s.offered();
    // An offer that this relay never saw: of whichever claimed the place elsewhere.
    s.accept(7);
    assert_eq!(s.world.hear(s.desk), [declined(1)]);
    let unknown = refused(About::Ticket(place(1)), Refusal::TicketUnknown);
    assert_eq!(s.world.send(s.other, claim(1)), [unknown]);
}

#[test]
fn a_declined_offer_puts_the_survivor_back_at_the_head_of_the_line() {
    let mut s = scene();
    s.world.waiting(2);
    let number = s.offered();
    let decline = ClientFrame::Decline { ticket: ticket(1), offer: number };
    s.world.send(s.survivor, decline);
    let heard = s.world.hear(s.desk);
    assert_eq!(heard[0], declined(1));
    assert!(is_waiting(&heard[1], 1));
    assert_eq!(s.world.send(s.survivor, ask(1)), [RelayFrame::InLine { ahead: 0 }]);
}

#[test]
fn a_claim_without_an_offer_returns_to_the_head_of_the_line_after_twenty_seconds() {
    let mut s = scene();
    let second = s.world.waiting(2);
    s.world.send(s.desk, claim(1));
    s.world.wait_with(seconds(19), &s.all());
    s.world.hear(s.other);
    s.world.wait_with(seconds(2), &[s.desk, s.other, s.survivor, second]);
    assert!(is_waiting(&s.world.hear(s.other)[0], 1));
    assert_eq!(s.world.hear(s.desk)[0], declined(1));
    let again = s.world.send(second, ask(2));
    assert_eq!(again, [RelayFrame::InLine { ahead: 1 }], "behind the first");
    assert_eq!(s.world.send(s.other, claim(1)), [claimed(1)]);
    let late = refused(About::Ticket(place(1)), Refusal::TicketClaimed);
    assert_eq!(s.world.send(s.desk, offer(1, b"late")), [late]);
}

#[test]
fn a_claim_whose_device_vanished_for_thirty_seconds_returns_to_the_head_of_the_line() {
    let mut s = scene();
    s.offered();
    s.world.drop_line(s.desk);
    s.world.wait_with(seconds(29), &[s.other, s.survivor]);
    assert_eq!(s.world.core.holdings().claimed, 1);
    s.world.wait_with(seconds(2), &[s.other, s.survivor]);
    assert!(is_waiting(&s.world.hear(s.other)[0], 1));
    assert_eq!(s.world.core.holdings().bytes, 150, "its Welcome is dropped");
}

#[test]
fn a_device_that_comes_back_in_time_keeps_its_claim() {
    let mut s = scene();
    s.offered();
    s.world.drop_line(s.desk);
    s.world.wait_with(seconds(20), &[s.other, s.survivor]);
    s.desk = s.world.desk(&s.bea);
    s.world.wait_with(seconds(60), &s.all());
    assert_eq!(s.world.core.holdings().claimed, 1);
}

#[test]
fn a_survivor_who_joined_a_device_that_had_vanished_declines_whoever_came_second() {
    let mut s = scene();
    let first = s.offered();
    s.world.drop_line(s.desk);
    s.world.wait_with(seconds(31), &[s.other, s.survivor]);
    s.world.send(s.other, claim(1));
    s.world.send(s.other, offer(1, b"second"));
    s.desk = s.world.desk(&s.bea);
    s.accept(first);
    assert_eq!(s.world.hear(s.desk), [accepted(1)]);
    assert_eq!(s.world.hear(s.other), [declined(1)]);
    assert_eq!(s.world.core.holdings().bytes, 0);
}

#[test]
fn the_same_offer_again_keeps_its_number_and_reaches_the_survivor_again() {
    let mut s = scene();
    let number = s.offered();
    s.world.send(s.desk, offer(1, b"welcome"));
    assert_eq!(s.heard_offer(b"welcome"), number);
    s.world.send(s.desk, offer(1, b"another"));
    assert_ne!(s.heard_offer(b"another"), number);
    assert_eq!(s.world.core.holdings().bytes, 150 + 7);
}

#[test]
fn a_survivor_whose_line_was_down_gets_the_welcome_when_they_ask_again() {
    let mut s = scene();
    s.world.drop_line(s.survivor);
    s.world.send(s.desk, claim(1));
    s.world.send(s.desk, offer(1, b"welcome"));
    s.survivor = s.world.survivor();
    match &s.world.send(s.survivor, ask(1))[..] {
        [RelayFrame::Welcome { welcome, .. }] => assert_eq!(&welcome[..], b"welcome"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_claimant_whose_line_was_down_learns_afterwards_what_became_of_the_offer() {
    let mut s = scene();
    let number = s.offered();
    s.world.drop_line(s.desk);
    s.accept(number);
    s.desk = s.world.desk(&s.bea);
    assert_eq!(s.world.send(s.desk, claim(1)), [accepted(1)]);
    let taken = refused(About::Ticket(place(1)), Refusal::TicketClaimed);
    assert_eq!(s.world.send(s.other, claim(1)), [declined(1), taken]);
    let gone = refused(About::Ticket(place(1)), Refusal::TicketUnknown);
    s.world.wait_with(seconds(121), &s.all());
    assert_eq!(s.world.send(s.desk, claim(1)), [gone]);
}

#[test]
fn a_survivor_who_gives_up_is_told_to_the_claimant() {
    let mut s = scene();
    s.offered();
    s.world.send(s.survivor, ClientFrame::Withdraw { ticket: ticket(1) });
    assert_eq!(s.world.hear(s.desk), [declined(1)]);
}

#[test]
fn a_survivor_who_stays_away_is_told_to_the_claimant() {
    let mut s = scene();
    s.offered();
    s.world.drop_line(s.survivor);
    s.world.wait_with(seconds(15 * 60 + 1), &[s.desk, s.other]);
    assert_eq!(s.world.hear(s.desk), [declined(1)]);
    assert_eq!(s.world.core.holdings().bytes, 0);
}

#[test]
fn a_released_place_waits_again_and_the_device_has_no_more_say() {
    let mut s = scene();
    let number = s.offered();
    let ticket = place(1);
    let heard = s.world.send(s.desk, ClientFrame::Release { ticket });
    assert!(is_waiting(&heard[0], 1));
    assert!(is_waiting(&s.world.hear(s.other)[0], 1));
    let unclaimed = refused(About::Ticket(place(1)), Refusal::TicketUnknown);
    assert_eq!(s.world.send(s.desk, offer(1, b"again")), [unclaimed]);
    s.world.send(s.other, claim(1));
    s.accept(number);
    assert_eq!(s.world.hear(s.other), [declined(1)], "the survivor is gone");
}

#[test]
fn a_place_that_is_not_there_cannot_be_claimed() {
    let mut s = scene();
    let unknown = refused(About::Ticket(place(9)), Refusal::TicketUnknown);
    assert_eq!(s.world.send(s.desk, claim(9)), only(&unknown));
    assert_eq!(s.world.send(s.desk, offer(9, b"w")), [unknown]);
}
