//! What a device believes of what the relay shows: the policy, who is revoked, who is on duty, and whether
//! somebody belongs to the program's staff (`features.md` 3.1; `design.md`, Keys).
//!
//! Everything leads back to the root's fingerprint that the device was given by other means. Within one
//! page nothing older is taken once something newer was seen. A relay can still show a page that has just
//! been opened something up to a day old, since a day is what a wrong clock is forgiven.

use stillroom_program::{
    Chain, DisplayName, DutyStatement, Fingerprint, PolicyError, SignedPolicy, SignedRevocations,
    SignedStatement, StaffRecord, StatementError, Timestamp, VerifiedDevice, VerifiedPolicy,
    VerifiedRevocations, VerifiedStaff, VerifiedStatement,
};
use stillroom_protocol::{Bytes, decode, limits::RECORD_MAX};

use crate::{
    envelope::Certified,
    limits::CLOCK_TOLERANCE,
    mls::{Member, MemberCredential},
};

/// Why what the relay shows is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TrustError {
    /// It is not signed by this program, or not what it claims to be.
    NotVerified,
    /// It is in a version of frames that this page does not speak.
    Outdated,
    /// It says that it was signed more than a day from now: this device's clock is wrong.
    ClockWrong,
    /// It ran out more than a day ago, or something newer was seen.
    Stale,
}

/// How late it must be in the program's own time, whatever the clock here says: a statement that was seen
/// had been signed by then, and time goes on from there.
#[derive(Clone, Copy)]
struct ProgramTime {
    at_least: u64,
    seen: Timestamp,
}

/// What has been verified so far.
pub(crate) struct Trust {
    root: Fingerprint,
    policy: Option<VerifiedPolicy>,
    revocations: VerifiedRevocations,
    program_time: Option<ProgramTime>,
    on_duty: Option<VerifiedStatement>,
    /// The key for tokens that the newest statement named, whether it still holds or not.
    issuer: Option<[u8; 32]>,
}

impl Trust {
    pub(crate) fn new(root: Fingerprint) -> Self {
        Self {
            root,
            policy: None,
            revocations: VerifiedRevocations::none(),
            program_time: None,
            on_duty: None,
            issuer: None,
        }
    }

    /// Takes what the relay greets with: a policy always, the other two where they are not empty.
    pub(crate) fn handle_greeting(
        &mut self,
        policy: &[u8],
        revocations: &[u8],
        statement: &[u8],
        now: Timestamp,
    ) -> Result<(), TrustError> {
        self.handle_policy(policy, now)?;
        self.handle_revocations(revocations, now)?;
        match self.handle_statement(statement, now) {
            Err(TrustError::NotVerified) | Ok(()) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Takes a newer duty statement; an empty one says that nobody is on duty.
    pub(crate) fn handle_statement(
        &mut self,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<(), TrustError> {
        self.on_duty = None;
        if bytes.is_empty() {
            return Ok(());
        }
        let policy = self.policy.as_ref().ok_or(TrustError::NotVerified)?;
        let signed = decode::<SignedStatement>(bytes).map_err(|_| TrustError::NotVerified)?;
        let statement = signed
            .verify(&self.root, policy, &self.revocations, now, CLOCK_TOLERANCE)
            .map_err(|error| match error {
                StatementError::NotYetValid => TrustError::ClockWrong,
                StatementError::Expired => TrustError::Stale,
                _ => TrustError::NotVerified,
            })?;
        let passed = self.program_time.map_or(0, |time| time.seconds(now));
        let program_time = ProgramTime { at_least: passed.max(statement.issued), seen: now };
        self.program_time = Some(program_time);
        if program_time.at_least >= statement.expires {
            return Err(TrustError::Stale);
        }
        self.issuer = Some(statement.issuer);
        self.on_duty = Some(statement);
        Ok(())
    }

    /// The duty statement that holds now.
    pub(crate) fn duty(&self, now: Timestamp) -> Option<&DutyStatement> {
        let statement = self.on_duty.as_ref()?;
        let current = self.program_time?.seconds(now) < statement.expires;
        (current && *statement.open).then_some(&**statement)
    }

    /// The hash of the key for tokens that is everybody's, as far as whoever is on duty says.
    pub(crate) fn issuer(&self) -> Option<&[u8; 32]> {
        self.issuer.as_ref()
    }

    pub(crate) fn policy(&self) -> Option<&VerifiedPolicy> {
        self.policy.as_ref()
    }

    pub(crate) fn revocations(&self) -> &VerifiedRevocations {
        &self.revocations
    }

    /// The certificate of a member of a group, followed up to the root: the key that signs for them in
    /// the group is the one that is certified, and it was not revoked.
    pub(crate) fn check_staff(&self, member: &Member, now: Timestamp) -> Option<VerifiedDevice> {
        let MemberCredential::Staff { chain } = &member.credential else {
            return None;
        };
        self.check_chain(chain, now).filter(|device| device.key == member.signing)
    }

    /// The device that these certificates lead to, if they do and it was not revoked.
    fn check_chain(&self, chain: &Chain, now: Timestamp) -> Option<VerifiedDevice> {
        let device = chain.verify(&self.root, now, CLOCK_TOLERANCE).ok()?;
        (!self.revocations.is_revoked(&device)).then_some(device)
    }

    /// Who is shown by these certificates: a device that was not revoked, and the name of who uses it. Whether they may
    /// do what they are shown for is the caller's to ask.
    pub(crate) fn check_certified(
        &self,
        shown: &Certified,
        now: Timestamp,
    ) -> Option<(VerifiedDevice, DisplayName)> {
        let device = self.check_chain(&shown.chain, now)?;
        let name = shown.name.verify(&device).ok()?;
        Some((device, name))
    }

    /// The staff in these records, the revoked among them; what does not lead to the root is nobody.
    pub(crate) fn staff(
        &self,
        records: &[Bytes<RECORD_MAX>],
        now: Timestamp,
    ) -> impl Iterator<Item = VerifiedStaff> {
        let records = records.iter().filter_map(|record| decode::<StaffRecord>(record).ok());
        records.filter_map(move |record| record.verify(&self.root, now, CLOCK_TOLERANCE).ok())
    }

    fn handle_policy(&mut self, bytes: &[u8], now: Timestamp) -> Result<(), TrustError> {
        let signed = decode::<SignedPolicy>(bytes).map_err(|_| TrustError::NotVerified)?;
        let policy =
            signed.verify(&self.root, now, CLOCK_TOLERANCE).map_err(|error| match error {
                PolicyError::NotYetValid => TrustError::ClockWrong,
                PolicyError::Expired => TrustError::Stale,
                _ => TrustError::NotVerified,
            })?;
        if self.policy.as_ref().is_some_and(|seen| seen.version > policy.version) {
            return Err(TrustError::Stale);
        }
        self.policy = Some(policy);
        Ok(())
    }

    fn handle_revocations(&mut self, bytes: &[u8], now: Timestamp) -> Result<(), TrustError> {
        let revocations = if bytes.is_empty() {
            VerifiedRevocations::none()
        } else {
            let signed = decode::<SignedRevocations>(bytes).map_err(|_| TrustError::NotVerified)?;
            signed.verify(&self.root, now, CLOCK_TOLERANCE).map_err(|_| TrustError::NotVerified)?
        };
        if self.revocations.version() > revocations.version() {
            return Err(TrustError::Stale);
        }
        self.revocations = revocations;
        Ok(())
    }
}

impl ProgramTime {
    /// The least that the program's clock can show now, in seconds.
    fn seconds(self, now: Timestamp) -> u64 {
        self.at_least.saturating_add(now.checked_since(self.seen).as_secs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mls::tests::staff::device;
    use stillroom_program::Device;

    const NOW: Timestamp = Timestamp(1_780_000_000_000);

    #[test]
    fn whoever_would_come_is_shown_by_their_own_certificates_and_nobody_elses() {
        let (kim, alex) = (device(20, NOW), device(21, NOW));
        let trust = Trust::new(kim.program());
        let shown = |chain: &Device, name: &Device| Certified {
            chain: chain.chain.clone(),
            name: name.name.clone(),
        };
        let (known, name) = trust.check_certified(&shown(&kim, &kim), NOW).unwrap();
        assert_eq!((known.key, name.as_str()), (kim.key(), "Advocate"));
        assert_eq!(trust.check_certified(&shown(&kim, &alex), NOW), None, "another's name");
        assert_eq!(Trust::new(Fingerprint([0; 32])).check_certified(&shown(&kim, &kim), NOW), None);
        let later = NOW + CLOCK_TOLERANCE * 40;
        assert_eq!(trust.check_certified(&shown(&kim, &kim), later), None, "run out");
    }
}
