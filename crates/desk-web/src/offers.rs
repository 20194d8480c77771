//! To whom places are offered, as the desk shows it (`features.md` 5.2; `decisions/0025`). Nothing of it moves the
//! keyboard or the page.

use std::time::Duration;

use stillroom_conversation::{OfferedTo, PlaceOffer};
use stillroom_program::Timestamp;
use stillroom_protocol::TicketId;
use stillroom_staff_web::draw::prelude::*;

use crate::board::Board;
use crate::console::Console;
use crate::texts::{say, say_with};

/// How often what is left of the time to accept moves on.
pub(crate) const LEFT_EVERY: Duration = Duration::from_secs(5);

/// All of it, as signals.
#[derive(Clone, Copy)]
pub(crate) struct Offers {
    /// What is offered to whom.
    pub(crate) all: RwSignal<Vec<PlaceOffer>>,
    /// Whether this desk is passed over for the moment.
    pub(crate) passes: RwSignal<bool>,
    /// The time by which what is left is told.
    pub(crate) now: RwSignal<Timestamp>,
    /// The languages that whoever is at it says they speak.
    pub(crate) spoken: RwSignal<Vec<String>>,
}

impl Offers {
    /// None.
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            all: RwSignal::new(Vec::new()),
            passes: RwSignal::new(false),
            now: RwSignal::new(now),
            spoken: RwSignal::new(Vec::new()),
        }
    }

    /// To whom this place is offered.
    pub(crate) fn of(self, ticket: TicketId) -> Option<OfferedTo> {
        self.all.with(|all| find(all, ticket).map(|offer| offer.to.clone()))
    }

    /// The place that is offered to whoever is at this desk, and until when.
    pub(crate) fn mine(self) -> Option<(TicketId, Timestamp)> {
        self.all.with(|all| mine(all))
    }

    /// Time has passed: what is left is told anew, while somebody is offered to this desk.
    pub(crate) fn pass_time(self, now: Timestamp) {
        if self.all.with_untracked(|all| mine(all)).is_some() {
            self.now.set(now);
        }
    }

    /// Takes up what is offered now. Of a place that comes to this desk it is told once, however many turns it has
    /// here one after the other.
    pub(crate) fn show(self, board: Board, all: Vec<PlaceOffer>, passes: bool, now: Timestamp) {
        let before = self.all.with_untracked(|all| mine(all)).map(|(ticket, _)| ticket);
        let offered = mine(&all);
        self.now.set(now);
        self.all.set(all);
        self.passes.set(passes);
        if let Some((ticket, until)) = offered
            && before != Some(ticket)
        {
            let count = seconds_left(until, now).to_string();
            board.said.set(say_with("offer-said", &[("count", &count)]));
        }
    }
}

impl Console {
    /// Takes whoever is offered to this desk; where nobody is, it says so.
    pub(crate) fn take_offered(self) {
        match self.board.offers.all.with_untracked(|all| mine(all)) {
            Some((ticket, _)) => self.take(ticket),
            None => self.board.said.set(say("offer-none")),
        }
    }

    /// Wants to be offered nobody for a moment; pressed again, wants to be offered places as before. Where nobody is
    /// offered to this desk, it says so.
    pub(crate) fn pass(self) {
        let offers = self.board.offers;
        let passes = offers.passes.get_untracked();
        if !passes && offers.all.with_untracked(|all| mine(all).is_none()) {
            self.board.said.set(say("offer-none"));
            return;
        }
        self.act(|desk, now| if passes { desk.pass_no_more(now) } else { desk.pass(now) });
        self.board.said.set(say(if passes { "offer-again-said" } else { "offer-passed" }));
    }

    /// Says whether whoever is at this desk speaks a language.
    pub(crate) fn speak(self, tag: &str, speaks: bool) {
        let spoken = self.board.offers.spoken;
        spoken.update(|spoken| {
            spoken.retain(|one| one != tag);
            if speaks {
                spoken.push(tag.to_owned());
            }
        });
        let spoken = spoken.get_untracked();
        let tags = spoken.iter().map(String::as_str).collect::<Vec<_>>();
        self.act(|desk, now| desk.set_languages(&tags, now));
    }
}

/// The seconds until then, in steps of five, so that they are not hurried by.
pub(crate) fn seconds_left(until: Timestamp, now: Timestamp) -> u64 {
    until.checked_since(now).as_secs().div_ceil(5).max(1) * 5
}

fn find(all: &[PlaceOffer], ticket: TicketId) -> Option<&PlaceOffer> {
    all.iter().find(|offer| offer.ticket == ticket)
}

fn mine(all: &[PlaceOffer]) -> Option<(TicketId, Timestamp)> {
    all.iter().find_map(|offer| match offer.to {
        OfferedTo::Me { until } => Some((offer.ticket, until)),
        OfferedTo::Colleague { .. } => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn seconds_are_told_in_fives_and_never_as_none() {
        let now = Timestamp(1_000_000);
        let left = |seconds| seconds_left(now + Duration::from_secs(seconds), now);
        assert_eq!([0, 1, 5, 6, 45].map(left), [5, 5, 5, 10, 45]);
    }
}
