//! How a staff device is let in, stays in, and is put out (`features.md` 5.1; `design.md`, Keys).
//!
//! It shows certificates that lead to the program's root and signs a nonce that was made for this
//! connection alone. No password, no cookie, nothing that could be replayed. Whoever holds a device's
//! key is that device, until it is revoked.

use std::sync::Arc;

use rand_core::Rng;
use stillroom_program::{Chain, Label, Roles, Timestamp, VerifiedDevice, VerifyingKey, verify};
use stillroom_protocol::limits::STATEMENT_MAX;
use stillroom_protocol::{About, Bytes, Nonce, Refusal, RelayFrame, decode};

use crate::command::ConnectionId;
use crate::connection::{Challenged, Denied, Stage};
use crate::delivery::Delivery;
use crate::dispatch::unexpected;
use crate::duty::Stated;
use crate::timers::Timer;

impl Delivery {
    /// A device shows its certificates: once for each connection, since checking them costs more than
    /// sending them.
    pub(crate) fn present_chain(
        &mut self,
        from: ConnectionId,
        chain: &[u8],
        now: Timestamp,
    ) -> Result<(), Denied> {
        let refused = (About::Connection, Refusal::CertificateRefused);
        let Some(connection) = self.connections.get_mut(from) else {
            return Ok(());
        };
        if !connection.is_survivor() || connection.place.is_some() {
            return Err(unexpected());
        }
        let device = decode::<Chain>(chain)
            .ok()
            .and_then(|chain| {
                let tolerance = self.limits.clock_tolerance;
                chain.verify(&self.root, now, tolerance).ok()
            })
            .filter(|device| !self.published.revocations().is_revoked(device))
            .ok_or(refused)?;
        let mut nonce = Nonce([0; 32]);
        self.rng.fill_bytes(&mut nonce.0);
        connection.stage = Stage::Challenged(Box::new(Challenged { device, nonce }));
        self.fx.send(from, &RelayFrame::Challenge { nonce });
        Ok(())
    }

    /// The device answers the challenge. There is no second try on the same connection.
    pub(crate) fn prove(
        &mut self,
        from: ConnectionId,
        signature: &[u8; 64],
        now: Timestamp,
    ) -> Result<(), Denied> {
        let Some(connection) = self.connections.get_mut(from) else {
            return Ok(());
        };
        let Stage::Challenged(challenged) = &connection.stage else {
            return Err(unexpected());
        };
        let message = [&self.program.0[..], &challenged.nonce.0[..]].concat();
        verify(Label::Challenge, &challenged.device.key, &message, signature)
            .map_err(|_| (About::Connection, Refusal::ProofWrong))?;
        if self.published.revocations().is_revoked(&challenged.device) {
            return Err((About::Connection, Refusal::CertificateRefused));
        }
        let device = Arc::new(challenged.device.clone());
        if let Some(share) = connection.share.take() {
            self.line.shares.leave(share);
        }
        self.connections.admit(from, Arc::clone(&device), &self.limits, now);
        self.admit(from, &device, now);
        Ok(())
    }

    fn admit(&mut self, from: ConnectionId, device: &Arc<VerifiedDevice>, now: Timestamp) {
        let tolerance = self.limits.clock_tolerance;
        let ends =
            |device: &VerifiedDevice| Timestamp(device.not_after.saturating_mul(1000)) + tolerance;
        if let Some(older) = self.staff.connect(device, from, |known| ends(known) > now) {
            self.close(older, Some(Refusal::Replaced), now);
            self.staff.desk_away(&device.key, &mut self.fx, now);
        }
        self.fx.timers.set(Timer::Certificate(from), ends(device));
        self.line.claimant_back(device.key, &mut self.fx);
        self.fx.send(from, &RelayFrame::Admitted);
        if device.roles.may_join() {
            self.show_staff();
        }
        if device.roles.contains(Roles::ADMINISTRATOR) && !self.host_notices.is_empty() {
            self.tell_host_notices(device.key, from);
        }
    }

    /// The device states that it is on duty.
    pub(crate) fn go_on_duty(
        &mut self,
        from: ConnectionId,
        statement: Bytes<STATEMENT_MAX>,
        now: Timestamp,
    ) -> Result<(), Denied> {
        let device = self.device(from, About::Duty)?;
        if !device.roles.may_state_duty() {
            return Err((About::Duty, Refusal::RoleMissing));
        }
        let stated = Stated::verify(
            statement,
            &device.key,
            &self.root,
            &self.published,
            self.limits.clock_tolerance,
            now,
        )
        .map_err(|refusal| (About::Duty, refusal))?;
        let starts = self.staff.go_on_duty(device.key, from, stated, &mut self.fx);
        self.show_duty(now);
        if starts {
            self.line.tell_waiting(from, &mut self.fx, now);
        }
        Ok(())
    }

    /// The device is no longer on duty.
    pub(crate) fn go_off_duty(&mut self, from: ConnectionId, now: Timestamp) -> Result<(), Denied> {
        let device = self.device(from, About::Duty)?;
        self.staff.go_off_duty(&device.key, &mut self.fx);
        self.show_duty(now);
        Ok(())
    }

    /// The device was revoked: nothing of it counts any more.
    pub(crate) fn cut_off(&mut self, device: VerifyingKey, now: Timestamp) {
        if let Some(connection) = self.staff.connection_of(&device) {
            self.close(connection, Some(Refusal::CertificateRefused), now);
        }
        self.staff.go_off_duty(&device, &mut self.fx);
        self.line.claimant_revoked(device, &self.staff, &mut self.fx, now);
        let out = self.rooms.drop_opened_by(&device, &mut self.fx);
        self.forget_rooms(out);
    }
}
