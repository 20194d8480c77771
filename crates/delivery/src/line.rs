//! The line: survivors who wait, each by a ticket that only their page knows (`features.md` 2.4, 3.8, 6.1).
//!
//! A place is kept while the survivor's line stands and for a while beyond that the policy names, and found
//! again under the same ticket. The order is the relay's word: staff see by what is sealed who belongs at the head, and
//! need not believe how long somebody waited. What it cannot do is know who somebody is, so one person
//! with many pages holds many places; `turns.rs` keeps them from coming before everybody else.

use std::collections::{BTreeMap, BTreeSet};

use stillroom_program::{Timestamp, VerifyingKey};
use stillroom_protocol::limits::{INTAKE_MAX, KEY_PACKAGE_MAX, WELCOME_MAX};
use stillroom_protocol::{About, Bytes, KeyPackageHash, Refusal, RelayFrame, TicketId};

use crate::command::{ConnectionId, Effects};
use crate::limits::{PLACES_EVERY, SETTLED_KEPT};
use crate::shares::{Mark, ShareId, Shares};
use crate::staff::Staff;
use crate::timers::Timer;

/// The first turn; 0 is nobody's, and says that there are none or that somebody is at the head.
const FIRST_TURN: u32 = 1;

/// What a survivor sent to get or keep a place.
pub(crate) struct Asked {
    pub(crate) ticket: TicketId,
    pub(crate) key_package: Bytes<KEY_PACKAGE_MAX>,
    pub(crate) intake: Bytes<INTAKE_MAX>,
}

impl Asked {
    fn bytes(&self) -> usize {
        self.key_package.len() + self.intake.len()
    }
}

/// One survivor's place.
pub(crate) struct Place {
    pub(crate) asked: Asked,
    /// Smaller is nearer to the head.
    pub(crate) order: i64,
    since: Timestamp,
    /// Where the survivor comes from.
    pub(crate) share: ShareId,
    /// The turn that staff were last told of.
    pub(crate) turn: u32,
    /// That somebody from there was turned away, as staff were last told.
    mark: Option<Mark>,
    /// How many the survivor was last told are before them.
    pub(crate) told: u32,
    pub(crate) connection: Option<ConnectionId>,
    pub(crate) claim: Option<Claim>,
    /// Devices whose claim has lapsed after they sent a Welcome that the survivor may still come with.
    pub(crate) lapsed: Vec<(VerifyingKey, u64)>,
}

/// A place is one device's.
pub(crate) struct Claim {
    pub(crate) device: VerifyingKey,
    pub(crate) offer: Option<Offer>,
}

/// A Welcome for the survivor.
pub(crate) struct Offer {
    pub(crate) number: u64,
    pub(crate) welcome: Bytes<WELCOME_MAX>,
}

impl Place {
    pub(crate) fn bytes(&self) -> usize {
        let offer = self.claim.as_ref().and_then(|claim| claim.offer.as_ref());
        self.asked.bytes() + offer.map_or(0, |offer| offer.welcome.len())
    }

    /// What staff are told of it.
    fn waiting(&self, now: Timestamp) -> RelayFrame {
        let waited = now.checked_since(self.since).as_secs();
        RelayFrame::Waiting {
            ticket: self.asked.ticket,
            key_package: KeyPackageHash::of(&self.asked.key_package),
            intake: self.asked.intake.clone(),
            waited: u32::try_from(waited).unwrap_or(u32::MAX),
        }
    }

    /// Tells desks of it: of one whose line dropped, that as well.
    pub(crate) fn tell(
        &self,
        desks: impl Iterator<Item = ConnectionId> + Clone,
        fx: &mut Effects,
        now: Timestamp,
    ) {
        fx.send_all(desks.clone(), &self.waiting(now));
        if self.connection.is_none() {
            fx.send_all(desks.clone(), &self.presence());
        }
        if self.turn != 0 || self.mark.is_some() {
            fx.send_all(desks, &self.of_share(now));
        }
    }

    /// What staff are told of where the survivor comes from: in which turn they are to be taken, and whether
    /// somebody was turned away.
    pub(crate) fn of_share(&self, now: Timestamp) -> RelayFrame {
        let notes = self.mark.iter().map(|mark| mark.to_note(now)).collect::<Vec<_>>();
        let turned_away = notes.try_into().unwrap_or_default();
        RelayFrame::WaitingShare { ticket: self.asked.ticket, turn: self.turn, turned_away }
    }

    /// What staff are told of the survivor's line.
    fn presence(&self) -> RelayFrame {
        let ticket = self.asked.ticket;
        RelayFrame::WaitingPresence { ticket, here: self.connection.is_some().into() }
    }

    /// What the survivor is told: the Welcome, where there is one, or else their place.
    fn answer(&self) -> RelayFrame {
        match self.claim.as_ref().and_then(|claim| claim.offer.as_ref()) {
            Some(offer) => {
                RelayFrame::Welcome { offer: offer.number, welcome: offer.welcome.clone() }
            }
            None => RelayFrame::InLine { ahead: self.told },
        }
    }
}

/// Everybody's place.
pub(crate) struct Line {
    pub(crate) places: BTreeMap<TicketId, Place>,
    /// Those that nobody has claimed, in their order.
    pub(crate) waiting: BTreeMap<i64, TicketId>,
    /// The claims of each device.
    pub(crate) claims: BTreeSet<(VerifyingKey, TicketId)>,
    /// What became of places that were claimed: for each claimant whether the survivor joined them.
    pub(crate) settled: BTreeMap<TicketId, Vec<(VerifyingKey, bool)>>,
    pub(crate) head: i64,
    tail: i64,
    /// How many places there may be.
    pub(crate) most: usize,
    /// Whether so many wait that they are served by turns.
    pub(crate) pressed: bool,
    /// The turn of whoever comes now: the one after that in which somebody was served last.
    pub(crate) next_turn: u32,
    pub(crate) shares: Shares,
}

impl Line {
    /// A line of at most this many places.
    pub(crate) fn of(most: usize) -> Self {
        Self {
            places: BTreeMap::new(),
            waiting: BTreeMap::new(),
            claims: BTreeSet::new(),
            settled: BTreeMap::new(),
            head: 0,
            tail: 0,
            most,
            pressed: false,
            next_turn: FIRST_TURN,
            shares: Shares::default(),
        }
    }

    /// Gives the survivor a place, or keeps the one they have. Gives back an older connection that held it.
    ///
    /// # Errors
    /// [`Refusal::NobodyOnDuty`] and [`Refusal::LineFull`], for a new place only.
    pub(crate) fn ask(
        &mut self,
        asked: Asked,
        connection: ConnectionId,
        share: ShareId,
        staff: &Staff,
        fx: &mut Effects,
        now: Timestamp,
    ) -> Result<Option<ConnectionId>, Refusal> {
        if self.places.contains_key(&asked.ticket) {
            return Ok(self.ask_again(asked, connection, share, staff, fx, now));
        }
        self.check_new(staff)?;
        self.add(asked, connection, share, staff, fx, now);
        Ok(None)
    }

    /// Whether there is a place for anybody more.
    ///
    /// # Errors
    /// [`Refusal::NobodyOnDuty`] and [`Refusal::LineFull`].
    pub(crate) fn check_new(&self, staff: &Staff) -> Result<(), Refusal> {
        if !staff.open {
            return Err(Refusal::NobodyOnDuty);
        }
        if self.places.len() >= self.most {
            return Err(Refusal::LineFull);
        }
        Ok(())
    }

    fn add(
        &mut self,
        asked: Asked,
        connection: ConnectionId,
        share: ShareId,
        staff: &Staff,
        fx: &mut Effects,
        now: Timestamp,
    ) {
        self.tail = self.tail.saturating_add(1);
        let ticket = asked.ticket;
        self.shares.take_place(share, self.next_turn);
        let place = Place {
            asked,
            order: self.tail,
            since: now,
            share,
            turn: 0,
            mark: self.shares.turned_away(share),
            told: 0,
            connection: Some(connection),
            claim: None,
            lapsed: Vec::new(),
        };
        fx.account.add(place.bytes());
        self.waiting.insert(place.order, ticket);
        self.places.insert(ticket, place);
        let (turn, ahead) = self.join_turns(ticket, fx, now);
        if let Some(place) = self.places.get_mut(&ticket) {
            (place.turn, place.told) = (turn, ahead);
            fx.send(connection, &place.answer());
            place.tell(staff.on_duty(), fx, now);
        }
    }

    fn ask_again(
        &mut self,
        asked: Asked,
        connection: ConnectionId,
        share: ShareId,
        staff: &Staff,
        fx: &mut Effects,
        now: Timestamp,
    ) -> Option<ConnectionId> {
        let ticket = asked.ticket;
        let place = self.places.get_mut(&ticket)?;
        if place.share != share {
            self.shares.take_place(share, self.next_turn);
            self.shares.give_place_back(core::mem::replace(&mut place.share, share));
        }
        let mark = self.shares.turned_away(share);
        let marked = core::mem::replace(&mut place.mark, mark.clone()) != mark;
        fx.timers.clear(Timer::SurvivorAway(ticket));
        let older = place.connection.replace(connection);
        let changed =
            place.asked.intake != asked.intake || place.asked.key_package != asked.key_package;
        if changed {
            fx.account.give_back(place.asked.bytes());
            fx.account.add(asked.bytes());
            place.asked = asked;
        }
        if place.claim.is_none() {
            if changed {
                place.tell(staff.on_duty(), fx, now);
            }
            if older.is_none() {
                fx.send_all(staff.on_duty(), &place.presence());
            }
            if marked && !changed {
                fx.send_all(staff.on_duty(), &place.of_share(now));
            }
        }
        fx.send(connection, &place.answer());
        let older = older.filter(|older| *older != connection)?;
        fx.refuse(older, About::Ticket(ticket), Refusal::Replaced);
        Some(older)
    }

    /// The survivor's line is down: the place is kept until then, and staff are told.
    pub(crate) fn survivor_away(
        &mut self,
        ticket: TicketId,
        connection: ConnectionId,
        staff: &Staff,
        fx: &mut Effects,
        until: Timestamp,
    ) {
        if let Some(place) = self.places.get_mut(&ticket)
            && place.connection == Some(connection)
        {
            place.connection = None;
            fx.timers.set(Timer::SurvivorAway(ticket), until);
            if place.claim.is_none() {
                fx.send_all(staff.on_duty(), &place.presence());
            }
        }
    }

    /// The place is gone: given up, left, or the survivor `joined` a claimant. Every claimant is told, and
    /// remembered for a while if their line is down. Gives back the survivor's connection.
    pub(crate) fn remove(
        &mut self,
        ticket: TicketId,
        joined: Option<VerifyingKey>,
        staff: &Staff,
        fx: &mut Effects,
        now: Timestamp,
    ) -> Option<ConnectionId> {
        let place = self.places.remove(&ticket)?;
        fx.account.give_back(place.bytes());
        self.shares.give_place_back(place.share);
        fx.timers.clear(Timer::SurvivorAway(ticket));
        self.clear_claim_timers(ticket, fx);
        if self.waiting.remove(&place.order).is_some() {
            fx.send_all(staff.on_duty(), &RelayFrame::WaitingNoMore { ticket });
            self.places_changed(fx, now);
        }
        let claim = place.claim.map(|claim| claim.device);
        if let Some(device) = claim {
            self.claims.remove(&(device, ticket));
        }
        let mut outcome: Vec<(VerifyingKey, bool)> = Vec::new();
        for device in claim.into_iter().chain(place.lapsed.iter().map(|(d, _)| *d)) {
            if outcome.iter().all(|(told, _)| *told != device) {
                let accepted = joined == Some(device);
                tell_claimant(ticket, &device, accepted, staff, fx);
                outcome.push((device, accepted));
            }
        }
        if !outcome.is_empty() {
            self.settled.insert(ticket, outcome);
            fx.timers.set(Timer::Settled(ticket), now + SETTLED_KEPT);
        }
        place.connection
    }

    /// Tells staff of everybody who waits and comes from there whether somebody was turned away.
    pub(crate) fn show_mark(
        &mut self,
        share: ShareId,
        staff: &Staff,
        fx: &mut Effects,
        now: Timestamp,
    ) {
        let mark = self.shares.turned_away(share);
        for place in self.places.values_mut().filter(|place| place.share == share) {
            place.mark = mark.clone();
            if place.claim.is_none() {
                fx.send_all(staff.on_duty(), &place.of_share(now));
            }
        }
    }

    /// Staff who go on duty are told of everybody who waits.
    pub(crate) fn tell_waiting(&self, to: ConnectionId, fx: &mut Effects, now: Timestamp) {
        for ticket in self.waiting.values() {
            if let Some(place) = self.places.get(ticket) {
                place.tell(std::iter::once(to), fx, now);
            }
        }
    }

    /// Some in the line have moved; they are told together, a moment later.
    pub(crate) fn places_changed(&self, fx: &mut Effects, now: Timestamp) {
        if !self.waiting.is_empty() {
            fx.timers.set_if_clear(Timer::Places, now + PLACES_EVERY);
        }
    }
}

/// Tells a device whether the survivor joined the group that it offered.
pub(crate) fn tell_claimant(
    ticket: TicketId,
    device: &VerifyingKey,
    accepted: bool,
    staff: &Staff,
    fx: &mut Effects,
) {
    if let Some(to) = staff.connection_of(device) {
        let frame = if accepted {
            RelayFrame::OfferAccepted { ticket }
        } else {
            RelayFrame::OfferDeclined { ticket }
        };
        fx.send(to, &frame);
    }
}
