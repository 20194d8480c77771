//! Who takes whom: a place is claimed by exactly one device, which sends a Welcome, which the survivor
//! accepts or declines (`features.md` 3.1, 3.8; `design.md`, A chat, 2 and 3).
//!
//! A claim that leads to nothing is not a survivor's loss: the place goes back to the head of the line.
//! That two devices hold one place cannot happen within one relay; where a relay lies or forgets, the
//! survivor takes one of them and declines the other.

use stillroom_program::{Timestamp, VerifyingKey};
use stillroom_protocol::limits::WELCOME_MAX;
use stillroom_protocol::{Bytes, Refusal, RelayFrame, TicketId};

use crate::command::{ConnectionId, Effects};
use crate::limits::{CLAIM_KEPT, LAPSED_OFFERS, OFFER_WITHIN};
use crate::line::{Claim, Line, Offer, Place, tell_claimant};
use crate::staff::Staff;
use crate::timers::Timer;

impl Line {
    /// Gives the place to the device, if it is nobody's or its own.
    ///
    /// # Errors
    /// [`Refusal::TicketUnknown`], [`Refusal::TicketClaimed`].
    pub(crate) fn claim(
        &mut self,
        ticket: TicketId,
        device: VerifyingKey,
        connection: ConnectionId,
        staff: &Staff,
        fx: &mut Effects,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let Some(place) = self.places.get_mut(&ticket) else {
            return self.remind(ticket, &device, staff, fx);
        };
        match &place.claim {
            Some(claim) if claim.device != device => return Err(Refusal::TicketClaimed),
            Some(_) => fx.timers.clear(Timer::ClaimantAway(ticket)),
            None => {
                place.claim = Some(Claim { device, offer: None });
                self.waiting.remove(&place.order);
                self.claims.insert((device, ticket));
                // At the head is whose turn it was before.
                if place.order > 0 {
                    let turn = self.shares.serve(place.share);
                    self.next_turn = self.next_turn.max(turn.saturating_add(1));
                }
                place.turn = 0;
                fx.timers.set(Timer::Unoffered(ticket), now + OFFER_WITHIN);
                let others = staff.on_duty().filter(|other| *other != connection);
                fx.send_all(others, &RelayFrame::WaitingNoMore { ticket });
                tell_next(place, fx);
            }
        }
        let key_package = place.asked.key_package.clone();
        fx.send(connection, &RelayFrame::Claimed { ticket, key_package });
        self.places_changed(fx, now);
        Ok(())
    }

    /// Tells a claimant whose line was down what became of the place; and one who claimed it at a relay that was apart
    /// from this one, that the survivor joined somebody else here.
    fn remind(
        &self,
        ticket: TicketId,
        device: &VerifyingKey,
        staff: &Staff,
        fx: &mut Effects,
    ) -> Result<(), Refusal> {
        let outcome = self.settled.get(&ticket).ok_or(Refusal::TicketUnknown)?;
        let own = outcome.iter().find(|(claimant, _)| claimant == device);
        if let Some((_, accepted)) = own {
            tell_claimant(ticket, device, *accepted, staff, fx);
            return Ok(());
        }
        // Where none of these was joined, whoever claimed it elsewhere may have been.
        if outcome.iter().all(|(_, accepted)| !accepted) {
            return Err(Refusal::TicketUnknown);
        }
        tell_claimant(ticket, device, false, staff, fx);
        Err(Refusal::TicketClaimed)
    }

    /// Passes the device's Welcome on to the survivor. The same one again keeps its `number`.
    ///
    /// # Errors
    /// [`Refusal::TicketUnknown`] where the device has not claimed it, [`Refusal::TicketClaimed`] where
    /// another has.
    pub(crate) fn offer(
        &mut self,
        ticket: TicketId,
        device: VerifyingKey,
        welcome: Bytes<WELCOME_MAX>,
        number: u64,
        staff: &Staff,
        fx: &mut Effects,
    ) -> Result<(), Refusal> {
        let Some(place) = self.places.get_mut(&ticket) else {
            return self.remind(ticket, &device, staff, fx);
        };
        let claim = own_claim(place, &device)?;
        fx.timers.clear(Timer::Unoffered(ticket));
        fx.timers.clear(Timer::ClaimantAway(ticket));
        let repeated = claim.offer.as_ref().is_some_and(|offer| offer.welcome == welcome);
        if !repeated {
            let before = claim.offer.as_ref().map_or(0, |offer| offer.welcome.len());
            fx.account.give_back(before);
            fx.account.add(welcome.len());
            claim.offer = Some(Offer { number, welcome });
        }
        let frame = claim.offer.as_ref().map(|offer| RelayFrame::Welcome {
            offer: offer.number,
            welcome: offer.welcome.clone(),
        });
        if let (Some(to), Some(frame)) = (place.connection, frame) {
            fx.send(to, &frame);
        }
        Ok(())
    }

    /// The device gives the place back.
    ///
    /// # Errors
    /// As for [`Line::offer`].
    pub(crate) fn release(
        &mut self,
        ticket: TicketId,
        device: VerifyingKey,
        staff: &Staff,
        fx: &mut Effects,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let place = self.places.get_mut(&ticket).ok_or(Refusal::TicketUnknown)?;
        own_claim(place, &device)?;
        self.return_to_head(ticket, staff, fx, now);
        if let Some(place) = self.places.get_mut(&ticket) {
            place.lapsed.retain(|(lapsed, _)| *lapsed != device);
        }
        Ok(())
    }

    /// Whether this is an offer for this place.
    pub(crate) fn offers(&self, ticket: TicketId, offer: u64) -> bool {
        self.places.get(&ticket).is_some_and(|place| place.offered_by(offer).is_some())
    }

    /// The survivor joined the group of this offer: the place is gone. Gives back their connection.
    pub(crate) fn accept(
        &mut self,
        ticket: TicketId,
        offer: u64,
        staff: &Staff,
        fx: &mut Effects,
        now: Timestamp,
    ) -> Option<ConnectionId> {
        let joined = self.places.get(&ticket)?.offered_by(offer);
        self.remove(ticket, joined, staff, fx, now)
    }

    /// The survivor did not join the group of this offer: its claimant is told, and the place waits again.
    pub(crate) fn decline(
        &mut self,
        ticket: TicketId,
        offer: u64,
        staff: &Staff,
        fx: &mut Effects,
        now: Timestamp,
    ) {
        let Some(place) = self.places.get(&ticket) else {
            return;
        };
        let Some(device) = place.offered_by(offer) else {
            return;
        };
        let is_current = place.claim.as_ref().is_some_and(|claim| claim.offers(offer));
        // Where the device claimed anew after that offer had lapsed, its new claim stands.
        if is_current || !self.claims.contains(&(device, ticket)) {
            tell_claimant(ticket, &device, false, staff, fx);
        }
        if is_current {
            self.return_to_head(ticket, staff, fx, now);
        }
        if let Some(place) = self.places.get_mut(&ticket) {
            place.lapsed.retain(|(_, number)| *number != offer);
        }
    }

    /// A claim has come to nothing by the passing of time: the claimant is told, if their line stands.
    pub(crate) fn lapse(
        &mut self,
        ticket: TicketId,
        staff: &Staff,
        fx: &mut Effects,
        now: Timestamp,
    ) {
        let claim = self.places.get(&ticket).and_then(|p| p.claim.as_ref());
        if let Some(device) = claim.map(|claim| claim.device) {
            tell_claimant(ticket, &device, false, staff, fx);
            self.return_to_head(ticket, staff, fx, now);
        }
    }

    /// The place is nobody's again, and the next to be taken.
    fn return_to_head(
        &mut self,
        ticket: TicketId,
        staff: &Staff,
        fx: &mut Effects,
        now: Timestamp,
    ) {
        self.clear_claim_timers(ticket, fx);
        let Some(place) = self.places.get_mut(&ticket) else {
            return;
        };
        let before = place.bytes();
        let Some(claim) = place.claim.take() else {
            return;
        };
        fx.account.give_back(before.saturating_sub(place.bytes()));
        self.claims.remove(&(claim.device, ticket));
        if let Some(offer) = claim.offer {
            if place.lapsed.len() >= LAPSED_OFFERS {
                place.lapsed.remove(0);
            }
            place.lapsed.push((claim.device, offer.number));
        }
        place.turn = 0;
        place.order = self.head;
        self.head = self.head.saturating_sub(1);
        self.waiting.insert(place.order, ticket);
        place.tell(staff.on_duty(), fx, now);
        self.places_changed(fx, now);
    }

    pub(crate) fn clear_claim_timers(&self, ticket: TicketId, fx: &mut Effects) {
        fx.timers.clear(Timer::Unoffered(ticket));
        fx.timers.clear(Timer::ClaimantAway(ticket));
    }

    /// The device's line is down: its claims are kept for a moment.
    pub(crate) fn claimant_away(&self, device: VerifyingKey, fx: &mut Effects, now: Timestamp) {
        for ticket in self.claimed_by(device) {
            fx.timers.set(Timer::ClaimantAway(ticket), now + CLAIM_KEPT);
        }
    }

    /// The device is back.
    pub(crate) fn claimant_back(&self, device: VerifyingKey, fx: &mut Effects) {
        for ticket in self.claimed_by(device) {
            fx.timers.clear(Timer::ClaimantAway(ticket));
        }
    }

    /// The device was revoked: what it claimed waits again, and what it offered is of no use.
    pub(crate) fn claimant_revoked(
        &mut self,
        device: VerifyingKey,
        staff: &Staff,
        fx: &mut Effects,
        now: Timestamp,
    ) {
        let claimed: Vec<TicketId> = self.claimed_by(device).collect();
        for ticket in claimed {
            self.return_to_head(ticket, staff, fx, now);
            if let Some(place) = self.places.get_mut(&ticket) {
                place.lapsed.retain(|(lapsed, _)| *lapsed != device);
            }
        }
    }

    fn claimed_by(&self, device: VerifyingKey) -> impl Iterator<Item = TicketId> {
        let first = (device, TicketId([0; 16]));
        let last = (device, TicketId([u8::MAX; 16]));
        self.claims.range(first..=last).map(|(_, ticket)| *ticket)
    }
}

impl Claim {
    /// Whether it has the offer with this number.
    fn offers(&self, number: u64) -> bool {
        self.offer.as_ref().is_some_and(|offer| offer.number == number)
    }
}

impl Place {
    /// Which device sent the Welcome with this number.
    fn offered_by(&self, number: u64) -> Option<VerifyingKey> {
        let current = self.claim.as_ref().filter(|claim| claim.offers(number));
        let current = current.map(|claim| claim.device);
        current.or_else(|| {
            let lapsed = self.lapsed.iter().find(|(_, lapsed)| *lapsed == number);
            lapsed.map(|(device, _)| *device)
        })
    }
}

/// The claim of this device on the place.
fn own_claim<'a>(place: &'a mut Place, device: &VerifyingKey) -> Result<&'a mut Claim, Refusal> {
    match &mut place.claim {
        Some(claim) if claim.device == *device => Ok(claim),
        Some(_) => Err(Refusal::TicketClaimed),
        None => Err(Refusal::TicketUnknown),
    }
}

/// The survivor whose place was just taken is told that they are next.
fn tell_next(place: &mut Place, fx: &mut Effects) {
    let moved = core::mem::take(&mut place.told) != 0;
    if let (true, Some(to)) = (moved, place.connection) {
        fx.send(to, &RelayFrame::InLine { ahead: 0 });
    }
}
