//! Who is on duty, and the statement that survivors are shown of it (`features.md` 2.4; `design.md`,
//! Keys: duty statement).
//!
//! The chat is open while at least one device is on duty, by a statement of its own that holds good, and
//! its line stands or dropped a moment ago. The newest statement is the one that is shown. The relay
//! judges by its own clock when one has run out; whether it is fresh enough the survivor's page judges.
//!
//! Every desk makes a statement every ten minutes, so that with many desks another one is shown every few seconds. Whoever
//! is in a chat needs none of them before the one that they hold runs out, or they ask for a place; they are told
//! together, a minute later (`decisions/0047`).

use stillroom_program::{Fingerprint, SignedStatement, Timestamp, VerifyingKey};
use stillroom_protocol::limits::STATEMENT_MAX;
use stillroom_protocol::{Bytes, Refusal, RelayFrame, decode};

use crate::command::{ConnectionId, Effects};
use crate::connection::Telling;
use crate::delivery::Delivery;
use crate::limits::{DUTY_KEPT, DUTY_TOLD_LATER, RESTATE_WITHIN};
use crate::published::Published;
use crate::staff::Staff;
use crate::timers::Timer;

/// One device on duty.
pub(crate) struct OnDuty {
    /// Its line, where that stands.
    connection: Option<ConnectionId>,
    /// What it stated; nothing where that no longer names what is published.
    statement: Option<Stated>,
}

impl OnDuty {
    /// Bytes of what it stated.
    pub(crate) fn bytes(&self) -> usize {
        self.statement.as_ref().map_or(0, |stated| stated.signed.len())
    }
}

/// A statement that was verified.
pub(crate) struct Stated {
    signed: Bytes<STATEMENT_MAX>,
    /// By the device's clock, in seconds.
    issued: u64,
    open: bool,
    /// By the relay's clock.
    until: Timestamp,
}

impl Stated {
    /// Verifies that `signed` is a statement by `device`, of what is published.
    ///
    /// # Errors
    /// [`Refusal::StatementRefused`].
    pub(crate) fn verify(
        signed: Bytes<STATEMENT_MAX>,
        device: &VerifyingKey,
        root: &Fingerprint,
        published: &Published,
        tolerance: core::time::Duration,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let refused = Refusal::StatementRefused;
        let policy = published.policy().ok_or(refused)?;
        let statement = decode::<SignedStatement>(&signed).map_err(|_| refused)?;
        let verified = statement
            .verify(root, policy, published.revocations(), now, tolerance)
            .map_err(|_| refused)?;
        if verified.signer().key != *device {
            return Err(refused);
        }
        Ok(Self {
            issued: verified.issued,
            open: *verified.open,
            until: runs_out(verified.issued, verified.expires, now),
            signed,
        })
    }
}

/// When a statement runs out by the relay's clock: at the moment that it names; or, where that shows that
/// the device's clock is off, after the time that it was to last.
fn runs_out(issued: u64, expires: u64, now: Timestamp) -> Timestamp {
    let lasts = core::time::Duration::from_secs(expires.saturating_sub(issued));
    let named = Timestamp(expires.saturating_mul(1000));
    if named > now { named.min(now + lasts) } else { now + lasts }
}

impl Staff {
    /// The device is on duty from now on. Whether it was not already, on this line.
    pub(crate) fn go_on_duty(
        &mut self,
        device: VerifyingKey,
        connection: ConnectionId,
        stated: Stated,
        fx: &mut Effects,
    ) -> bool {
        fx.timers.clear(Timer::DeskAway(device));
        fx.timers.set(Timer::Statement(device), stated.until);
        let on_duty = OnDuty { connection: Some(connection), statement: Some(stated) };
        let before = self.duty.insert(device, on_duty);
        before.and_then(|before| before.connection) != Some(connection)
    }

    /// The device is not on duty any more. Gives back its line if it was.
    pub(crate) fn go_off_duty(
        &mut self,
        device: &VerifyingKey,
        fx: &mut Effects,
    ) -> Option<ConnectionId> {
        fx.timers.clear(Timer::DeskAway(*device));
        fx.timers.clear(Timer::Statement(*device));
        self.duty.remove(device)?.connection
    }

    /// The device's line is down: its duty is kept for a moment.
    pub(crate) fn desk_away(&mut self, device: &VerifyingKey, fx: &mut Effects, now: Timestamp) {
        if let Some(on_duty) = self.duty.get_mut(device) {
            on_duty.connection = None;
            fx.timers.set(Timer::DeskAway(*device), now + DUTY_KEPT);
        }
    }

    /// What is published changed: no statement names it yet, and each device has a moment to state anew.
    pub(crate) fn outdate_statements(&mut self, fx: &mut Effects, now: Timestamp) {
        for (device, on_duty) in &mut self.duty {
            on_duty.statement = None;
            fx.timers.set(Timer::Statement(*device), now + RESTATE_WITHIN);
        }
    }

    /// The lines of all who are on duty.
    pub(crate) fn on_duty(&self) -> impl Iterator<Item = ConnectionId> + Clone {
        self.duty.values().filter_map(|on_duty| on_duty.connection)
    }

    /// Brings what is shown up to date. Whether it changed.
    pub(crate) fn refresh_shown(&mut self) -> bool {
        let newest = self
            .duty
            .iter()
            .filter_map(|(device, on_duty)| Some((on_duty.statement.as_ref()?, device)))
            .max_by_key(|(stated, device)| (stated.issued, **device));
        let (shown, open) = match newest {
            Some((stated, _)) => (stated.signed.clone(), stated.open),
            None => (Bytes::default(), false),
        };
        let changed = shown != self.shown;
        self.shown = shown;
        self.open = open;
        changed
    }
}

impl Delivery {
    /// Shows the duty statement of now, if it is another: survivors seal to its key, and desks learn from it that a
    /// colleague made a new one. Where it opens or closes the chat everybody is told at once.
    pub(crate) fn show_duty(&mut self, now: Timestamp) {
        let was_open = self.staff.open;
        if !self.staff.refresh_shown() {
            return;
        }
        self.published.forget_greeting();
        if was_open && self.staff.open {
            self.tell_duty(Telling::AllButChats);
            self.fx.timers.set_if_clear(Timer::Duty, now + DUTY_TOLD_LATER);
        } else {
            self.tell_duty(Telling::Everybody);
            self.fx.timers.clear(Timer::Duty);
        }
    }

    /// Tells these of the duty statement of now.
    pub(crate) fn tell_duty(&mut self, telling: Telling) {
        let to = self.connections.of_duty(telling);
        self.fx.send_all(to, &self.duty_now());
    }

    /// Somebody asks for a place, and needs the statement of now for it if they have yet to be told of it.
    pub(crate) fn tell_duty_if_untold(&mut self, to: ConnectionId) {
        if self.connections.get_mut(to).is_some_and(|connection| connection.take_untold()) {
            self.fx.send(to, &self.duty_now());
        }
    }

    fn duty_now(&self) -> RelayFrame {
        RelayFrame::Duty { statement: self.staff.shown.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_runs_out_when_it_says_so() {
        assert_eq!(runs_out(1000, 2800, Timestamp(1_000_500)), Timestamp(2_800_000));
    }

    #[test]
    fn a_statement_by_a_clock_that_is_off_lasts_as_long_as_it_was_to_last() {
        let now = Timestamp(50_000_000);
        assert_eq!(runs_out(1000, 2800, now), now + core::time::Duration::from_secs(1800));
        assert_eq!(runs_out(90_000, 91_800, now), now + core::time::Duration::from_secs(1800));
    }
}
