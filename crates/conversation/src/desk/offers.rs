//! To whom each place in the line is offered, where the program wants that (`features.md` 5.2; `decisions/0025`).
//!
//! Every desk works it out by itself from the line and from what colleagues' notes say, by a rule without a memory,
//! and all that know the same come to the same. It is an invitation, and no right: whoever may take somebody may
//! take them whether or not they are offered to them, and the relay knows nothing of it. Not protected against: a
//! desk that says of itself what is not so, and is offered more or less by that.

use core::time::Duration;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use stillroom_program::{Again, DisplayName, Offers, Roles, Timestamp, VerifyingKey};
use stillroom_protocol::{Flag, List, Text, TicketId};

use super::{Desk, DeskEvent, handover::is_for};
use crate::limits::{NOT_NOW_LASTS, SPOKEN_MAX};

/// Tags (BCP 47) of languages that somebody speaks.
pub(super) type Spoken = List<Text<16>, SPOKEN_MAX>;

/// What decides when somebody is offered a place, as their own desk says.
#[derive(Clone, Debug, Default, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub(super) struct Ready {
    /// Since when no chat began or ended there, by its own clock.
    idle: u64,
    /// Whether they want to be offered nobody for the moment.
    passes: Flag,
    speaks: Spoken,
}

/// Somebody on duty, as every desk knows them.
#[derive(Clone, Debug)]
pub(super) struct OnDuty {
    pub(super) device: VerifyingKey,
    pub(super) roles: Roles,
    pub(super) chats: u8,
    pub(super) room: u8,
    pub(super) ready: Ready,
}

impl OnDuty {
    /// Whether they speak a language, whatever the country. Nobody is asked for one that was not named.
    fn speaks(&self, language: &str) -> bool {
        let first = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let wanted = first(language);
        !wanted.is_empty() && self.ready.speaks.iter().any(|tag| first(tag) == wanted)
    }
}

/// A place in the line, as every desk knows it.
#[derive(Clone)]
#[cfg_attr(test, derive(Debug))]
pub(super) struct InLine<'a> {
    pub(super) ticket: TicketId,
    pub(super) again: Again,
    pub(super) language: &'a str,
    pub(super) turn: u32,
    pub(super) since: Timestamp,
}

/// A place, and whose it is to take it now.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Turn {
    ticket: TicketId,
    of: VerifyingKey,
    until: Timestamp,
}

/// Whose turn it is for each place: of those who would take somebody and whom the place is for, whoever speaks the
/// language comes first, then who has fewest chats, then who has been idle for longest; each has the time to
/// accept, and then the next, round and round. Nobody is offered two places at once.
fn turns(line: &[InLine<'_>], on_duty: &[OnDuty], accept: Duration, now: Timestamp) -> Vec<Turn> {
    let mut line = line.to_vec();
    line.sort_by_key(|place| (place.again == Again::No, place.turn, place.since, place.ticket));
    let accept = u64::try_from(accept.as_millis()).unwrap_or(u64::MAX).max(1);
    let mut turns = Vec::<Turn>::new();
    for place in line {
        let mut ring = on_duty.iter().collect::<Vec<_>>();
        ring.retain(|one| {
            let is_ready = one.room > 0 && !*one.ready.passes;
            is_ready && is_for(place.again, one.device, one.roles, place.since, now)
        });
        ring.sort_by_key(|one| {
            (!one.speaks(place.language), one.chats, one.ready.idle, one.device)
        });
        let round = now.0.saturating_sub(place.since.0) / accept;
        let first = usize::try_from(round).unwrap_or_default().checked_rem(ring.len());
        let after = ring.iter().cycle().skip(first.unwrap_or_default()).take(ring.len());
        let is_free = |one: &&&OnDuty| turns.iter().all(|turn| turn.of != one.device);
        if let Some(one) = after.clone().find(is_free) {
            let until = Timestamp(place.since.0.saturating_add((round + 1).saturating_mul(accept)));
            turns.push(Turn { ticket: place.ticket, of: one.device, until });
        }
    }
    turns
}

/// To whom a place is offered now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfferedTo {
    /// Whoever is at this desk.
    Me {
        /// Until when; then whoever is next is asked.
        until: Timestamp,
    },
    /// A colleague.
    Colleague {
        /// The name in their certificate.
        name: DisplayName,
    },
}

/// A place that is offered to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceOffer {
    /// Which.
    pub ticket: TicketId,
    /// To whom.
    pub to: OfferedTo,
}

/// What this desk says and knows of offers.
#[derive(Default)]
pub(super) struct OwnOffers {
    /// Whether the program wants them.
    wanted: Option<Offers>,
    load: usize,
    idle: Timestamp,
    passes_until: Option<Timestamp>,
    speaks: Spoken,
    shown: (Vec<PlaceOffer>, bool),
    next: Option<Timestamp>,
}

impl OwnOffers {
    pub(super) fn set_wanted(&mut self, wanted: Option<Offers>) {
        self.wanted = wanted;
    }

    /// What is told to colleagues.
    pub(super) fn ready(&self) -> Ready {
        let passes = self.passes_until.is_some().into();
        Ready { idle: self.idle.0, passes, speaks: self.speaks.clone() }
    }
}

impl Desk {
    /// The languages that whoever is at this desk speaks, by their tags; what is no tag is none. Told to
    /// colleagues' desks, so that places are offered to who speaks the language.
    pub fn set_languages(&mut self, tags: &[&str], now: Timestamp) {
        self.now = now;
        let tags = tags.iter().filter_map(|tag| Text::try_from(*tag).ok()).take(SPOKEN_MAX);
        self.offers.speaks = tags.collect::<Vec<_>>().try_into().unwrap_or_default();
        self.settle();
    }

    /// Wants to be offered nobody for a while. Whoever waits can be taken by hand all the same, and that ends it.
    pub fn pass(&mut self, now: Timestamp) {
        self.now = now;
        self.offers.passes_until = Some(now + NOT_NOW_LASTS);
        self.settle();
    }

    /// Wants to be offered places again.
    pub fn pass_no_more(&mut self, now: Timestamp) {
        self.now = now;
        self.offers.passes_until = None;
        self.settle();
    }

    /// A time on duty begins.
    pub(super) fn begin_offers(&mut self) {
        self.offers.idle = self.now;
        self.offers.passes_until = None;
    }

    /// Before colleagues are told how this desk stands: a chat that begins or ends is what idleness counts from.
    pub(super) fn mind_idleness(&mut self) {
        let load = self.load();
        if load != self.offers.load {
            if load > self.offers.load {
                self.offers.passes_until = None;
            }
            self.offers.load = load;
            self.offers.idle = self.now;
        }
        self.offers.passes_until = self.offers.passes_until.filter(|until| *until > self.now);
    }

    /// Works out whose turn it is, and shows it where that is news.
    pub(super) fn mind_offers(&mut self) {
        let turns = self.turns();
        self.offers.next = turns.iter().map(|turn| turn.until).min();
        let own = self.setup.device.key();
        let offers = turns.into_iter().filter_map(|Turn { ticket, of, until }| {
            let to = if of == own {
                OfferedTo::Me { until }
            } else {
                OfferedTo::Colleague { name: self.colleagues.name(of)? }
            };
            Some(PlaceOffer { ticket, to })
        });
        let shown = (offers.collect(), self.offers.passes_until.is_some());
        if shown != self.offers.shown {
            self.offers.shown = shown.clone();
            let (offers, passes) = shown;
            self.show(DeskEvent::Offers { offers, passes });
        }
    }

    fn turns(&self) -> Vec<Turn> {
        let Some(wanted) = &self.offers.wanted else { return Vec::new() };
        let mut on_duty = self.colleagues.on_duty();
        on_duty.extend(self.as_on_duty());
        let places = self.waiting.values().map(|place| &place.shown).filter(|shown| shown.here);
        let line = places.map(|shown| InLine {
            ticket: shown.ticket,
            again: shown.beforehand.again,
            language: &shown.beforehand.language,
            turn: shown.turn,
            since: shown.since,
        });
        turns(&line.collect::<Vec<_>>(), &on_duty, wanted.accept(), self.now)
    }

    /// When [`mind_offers`](Self::mind_offers) is due.
    pub(super) fn offers_timeout(&self) -> Option<Timestamp> {
        [self.offers.next, self.offers.passes_until].into_iter().flatten().min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use stillroom_program::Successor;

    const NOW: Timestamp = Timestamp(1_780_000_000_000);
    const ACCEPT: Duration = Duration::from_secs(45);

    fn spoken(tags: &[&str]) -> Spoken {
        let tags = tags.iter().map(|tag| Text::try_from(*tag).unwrap());
        tags.collect::<Vec<_>>().try_into().unwrap()
    }

    fn one(number: u8, chats: u8, idle: u64) -> OnDuty {
        let ready = Ready { idle, passes: false.into(), speaks: Spoken::default() };
        OnDuty { device: VerifyingKey([number; 32]), roles: Roles::ADVOCATE, chats, room: 1, ready }
    }

    fn place(number: u8, waited: u64) -> InLine<'static> {
        let since = Timestamp(NOW.0 - waited * 1000);
        InLine { ticket: TicketId([number; 16]), again: Again::No, language: "en", turn: 0, since }
    }

    fn first(line: &[InLine<'_>], on_duty: &[OnDuty], now: Timestamp) -> Option<u8> {
        turns(line, on_duty, ACCEPT, now).first().map(|turn| turn.of.0[0])
    }

    #[test]
    fn whoever_has_fewest_chats_and_has_been_idle_for_longest_comes_first_and_then_the_next() {
        let on_duty = [one(1, 1, 5), one(2, 0, 30), one(3, 0, 20)];
        let line = [place(1, 0)];
        let turn = |rounds: u32| first(&line, &on_duty, NOW + ACCEPT * rounds);
        assert_eq!([0, 1, 2, 3].map(turn), [Some(3), Some(2), Some(1), Some(3)]);
    }

    #[test]
    fn whoever_speaks_the_language_comes_first_whatever_the_country() {
        let mut on_duty = [one(1, 0, 5), one(2, 3, 30)];
        on_duty[1].ready.speaks = spoken(&["ar", "es-MX"]);
        let asks = |language: &'static str| InLine { language, ..place(1, 0) };
        assert_eq!(first(&[asks("es")], &on_duty, NOW), Some(2));
        assert_eq!(first(&[asks("ES-ar")], &on_duty, NOW), Some(2));
        assert_eq!(first(&[asks("fr")], &on_duty, NOW), Some(1));
        assert_eq!(first(&[asks("")], &on_duty, NOW), Some(1));
    }

    #[test]
    fn nobody_is_offered_a_place_who_passes_has_no_room_or_whom_it_is_not_for() {
        let line = [place(1, 0)];
        let mut on_duty = [one(1, 0, 5), one(2, 0, 30)];
        on_duty[0].ready.passes = true.into();
        assert_eq!(first(&line, &on_duty, NOW), Some(2));
        on_duty[1].room = 0;
        assert_eq!(first(&line, &on_duty, NOW), None);
        let on_duty = [one(1, 0, 5), one(2, 0, 30)];
        let to = Successor::Colleague { device: on_duty[1].device };
        let again = Again::HandedOver { to, by: on_duty[0].device };
        let meant = [InLine { again, ..place(1, 0) }];
        assert_eq!(first(&meant, &on_duty, NOW), Some(2));
        assert_eq!(first(&meant, &on_duty, NOW + ACCEPT), Some(2));
        assert_eq!(first(&meant, &on_duty[..1], NOW), None, "left to them");
        let later = NOW + Duration::from_secs(200);
        assert_eq!(first(&meant, &on_duty[..1], later), Some(1), "and then to anybody");
    }

    #[test]
    fn whose_turn_it_is_is_offered_before_who_has_waited_longest() {
        let line = [InLine { turn: 2, ..place(1, 90) }, InLine { turn: 1, ..place(2, 10) }];
        let turns = turns(&line, &[one(1, 0, 0)], ACCEPT, NOW);
        assert_eq!(turns[0].ticket, TicketId([2; 16]));
    }

    #[test]
    fn whoever_had_an_advocate_is_offered_before_who_has_waited_longest() {
        let line = [place(1, 20), InLine { again: Again::CutOff, ..place(2, 0) }];
        let only = turns(&line, &[one(1, 0, 0)], ACCEPT, NOW);
        assert_eq!(only.iter().map(|turn| turn.ticket.0[0]).collect::<Vec<_>>(), [2]);
    }

    prop_compose! {
        fn colleague()(
            number in 1..40_u8, chats in 0..4_u8, room in 0..3_u8, idle in 0..4_u64,
            passes in prop::bool::weighted(0.2), supervises: bool, speaks in 0..3_usize,
        ) -> OnDuty {
            let speaks = spoken(&["en", "es"][..speaks]);
            let roles = if supervises { Roles::SUPERVISOR } else { Roles::ADVOCATE };
            let ready = Ready { idle, passes: passes.into(), speaks };
            OnDuty { device: VerifyingKey([number; 32]), roles, chats, room, ready }
        }
    }

    prop_compose! {
        fn in_line()(
            number: u8, waited in 0..1_000_u64, again in 0..5_u8, other in 1..40_u8, by in 1..40_u8,
            language in prop::sample::select(vec!["", "en", "es-MX", "zh"]),
        ) -> InLine<'static> {
            let by = VerifyingKey([by; 32]);
            let again = match again {
                0 => Again::CutOff,
                1 => Again::HandedOver { to: Successor::Anyone, by },
                2 => Again::HandedOver { to: Successor::Supervisor, by },
                3 => {
                    let device = VerifyingKey([other; 32]);
                    Again::HandedOver { to: Successor::Colleague { device }, by }
                }
                _ => Again::No,
            };
            InLine { again, language, ..place(number, waited) }
        }
    }

    fn floor() -> impl Strategy<Value = (Vec<InLine<'static>>, Vec<OnDuty>)> {
        let line = prop::collection::vec(in_line(), 0..8);
        let on_duty = prop::collection::vec(colleague(), 0..8);
        (line, on_duty).prop_map(|(mut line, mut on_duty)| {
            line.sort_by_key(|place| place.ticket);
            line.dedup_by_key(|place| place.ticket);
            on_duty.sort_by_key(|one| one.device);
            on_duty.dedup_by_key(|one| one.device);
            (line, on_duty)
        })
    }

    fn may_take(place: &InLine<'_>, one: &OnDuty, now: Timestamp) -> bool {
        one.room > 0
            && !*one.ready.passes
            && is_for(place.again, one.device, one.roles, place.since, now)
    }

    proptest! {
        #[test]
        fn each_place_is_one_persons_at_a_time_who_would_take_it_and_has_no_other((line, on_duty) in floor()) {
            let turns = turns(&line, &on_duty, ACCEPT, NOW);
            for (at, turn) in turns.iter().enumerate() {
                let place = line.iter().find(|place| place.ticket == turn.ticket).unwrap();
                let one = on_duty.iter().find(|one| one.device == turn.of).unwrap();
                prop_assert!(may_take(place, one, NOW));
                prop_assert!(turn.until > NOW && turn.until <= NOW + ACCEPT);
                let rest = &turns[at + 1..];
                prop_assert!(rest.iter().all(|other| other.ticket != turn.ticket && other.of != turn.of));
            }
            for place in line.iter().filter(|place| turns.iter().all(|turn| turn.ticket != place.ticket)) {
                let idle = |one: &&OnDuty| turns.iter().all(|turn| turn.of != one.device);
                prop_assert!(!on_duty.iter().filter(idle).any(|one| may_take(place, one, NOW)), "nobody waits beside an idle desk");
            }
        }

        #[test]
        fn in_whatever_order_a_desk_heard_of_all_it_comes_to_the_same((line, on_duty) in floor(), seed: u64) {
            let (mut other_line, mut others) = (line.clone(), on_duty.clone());
            other_line.sort_by_key(|place| u64::from(place.ticket.0[0]).wrapping_mul(seed | 1));
            others.sort_by_key(|one| u64::from(one.device.0[0]).wrapping_mul(seed | 1));
            prop_assert_eq!(turns(&line, &on_duty, ACCEPT, NOW), turns(&other_line, &others, ACCEPT, NOW));
        }

        #[test]
        fn it_always_moves_on_to_each_of_those_who_would_take_it(
            place in in_line(), on_duty in prop::collection::vec(colleague(), 2..8), waited in 181..500_u64,
        ) {
            let mut on_duty = on_duty;
            on_duty.sort_by_key(|one| one.device);
            on_duty.dedup_by_key(|one| one.device);
            let place = [InLine { since: Timestamp(NOW.0 - waited * 1000), ..place }];
            let would = on_duty.iter().filter(|one| may_take(&place[0], one, NOW)).count();
            let asked = (0..would).filter_map(|round| {
                first(&place, &on_duty, NOW + ACCEPT * u32::try_from(round).unwrap())
            });
            let mut asked = asked.collect::<Vec<_>>();
            asked.sort_unstable();
            asked.dedup();
            prop_assert_eq!(asked.len(), would, "each once in a round");
        }

        #[test]
        fn it_is_offered_until_then_and_not_beyond(place in in_line(), on_duty in prop::collection::vec(colleague(), 1..6)) {
            let line = [place];
            if let Some(turn) = turns(&line, &on_duty, ACCEPT, NOW).first() {
                let before = turns(&line, &on_duty, ACCEPT, Timestamp(turn.until.0 - 1));
                let at = turns(&line, &on_duty, ACCEPT, turn.until);
                prop_assert_eq!(before.first().map(|before| before.until), Some(turn.until));
                prop_assert_ne!(at.first().map(|at| at.until), Some(turn.until));
            }
        }
    }
}
