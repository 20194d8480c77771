//! How long what is stored may stay, and its removal when that time is over (`features.md` 6.1, 6.2).
//!
//! Whatever the relay stores has an end: it is replaced, it runs out by a date of its own, or whoever could use it
//! has no certificate any more. What is removed is overwritten in the database; a backup that somebody made of the
//! folder is out of this relay's reach. A clock that is years ahead would remove too much: the relay's computer
//! needs the right date.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use stillroom_program::{Chain, SharedKeyBundle, SignedPolicy, SignedRevocations, StaffRecord};
use stillroom_protocol::{MlsDecode, decode};

use crate::directory::{DirectoryError, Kind, Versioned};
use crate::records::Records;

/// Days for which a batch of answers is kept that no administrator takes. Up to a week more: when it runs out says
/// in which week it came, and no more.
pub(crate) const BATCH_DAYS: u64 = 90;

/// Days for which a notice of the host's stands that nobody withdraws: whoever comes once a year still finds it.
pub(crate) const NOTICE_DAYS: u64 = 400;

/// Years for which an entry of the record of administrative acts is kept: as long as such records are commonly asked for.
pub(crate) const AUDIT_YEARS: u64 = 7;

/// Days for which an invitation may be open: somebody on leave finds it still good.
pub(crate) const INVITATION_DAYS: u64 = 14;

/// Days for which an invitation is kept after what came of it was handed over: the answer may have been lost on the way,
/// and a new member who closed their computer meanwhile asks again on the next day.
pub(crate) const HANDED_OVER_DAYS: u64 = 1;

/// Days for which a staff record or a shared key is kept after the certificates ended without which it is of no use:
/// an administrator who was late in certifying anew finds the list of staff as it was.
pub(crate) const ENDED_DAYS: u64 = 30;

/// Days for which a policy that was replaced is kept after it would have run out: whoever looks back at a year finds
/// what was said in it.
pub(crate) const FORMER_POLICY_DAYS: u64 = 90;

/// Policies that were replaced and are kept at once: one a week for the year that a policy holds.
pub(crate) const POLICIES_KEPT: usize = 52;

/// Days after which a program whose policy ran out is taken for given up: as long as a policy may hold. Until then
/// its page says how else to reach an advocate.
pub(crate) const GIVEN_UP_DAYS: u64 = 400;

/// How often what has run out is looked for. A file of texts that no policy came to name goes the second time that
/// it is found so.
pub(crate) const LOOKED_FOR_EVERY: Duration = Duration::from_secs(60 * 60);

/// Seconds of a day.
pub(crate) const DAY: u64 = 24 * 60 * 60;

/// Files of texts that no policy named when it was last looked.
type Unnamed = BTreeSet<[u8; 32]>;

impl Records {
    /// Removes what has run out, as long as the relay runs.
    pub(crate) async fn keep_retention(self: Arc<Self>) {
        let mut rounds = tokio::time::interval(LOOKED_FOR_EVERY);
        let mut unnamed = Unnamed::new();
        loop {
            rounds.tick().await;
            if let Err(error) = self.forget_ended(&mut unnamed).await {
                error.say();
            }
        }
    }

    async fn forget_ended(&self, unnamed: &mut Unnamed) -> Result<(), DirectoryError> {
        self.directory.forget_expired(self.seconds()).await?;
        self.show_notices().await?;
        self.forget_staff().await?;
        self.forget_key(Kind::DutyKey).await?;
        if self.forget_key(Kind::VaultKey).await?
            && let Some(vault) = self.directory.newest(Kind::Vault).await?
        {
            self.directory.remove(Kind::Vault, vault.version).await?;
        }
        let audit = AUDIT_YEARS * 365 * DAY;
        self.directory.forget_audit(self.seconds().saturating_sub(audit)).await?;
        self.forget_former_policies().await?;
        self.forget_program().await?;
        self.forget_unnamed(unnamed).await
    }

    async fn forget_staff(&self) -> Result<(), DirectoryError> {
        for record in self.directory.staff(usize::MAX).await? {
            if let Some(staff) = read::<StaffRecord>(&record)
                && self.is_over(ends(&staff.chain), ENDED_DAYS)
            {
                self.directory.remove_staff(staff.chain.leaf().device.0).await?;
            }
        }
        Ok(())
    }

    /// A shared key whose maker's certificates ended is believed by nobody. Whether it is gone now.
    async fn forget_key(&self, kind: Kind) -> Result<bool, DirectoryError> {
        let Some(Versioned { version, record }) = self.newest(kind).await? else {
            return Ok(false);
        };
        let over = read::<SharedKeyBundle>(&record)
            .is_some_and(|bundle| self.is_over(ends(&bundle.chain), ENDED_DAYS));
        if over {
            self.directory.remove(kind, version).await?;
        }
        Ok(over)
    }

    async fn forget_former_policies(&self) -> Result<(), DirectoryError> {
        for Versioned { version, record } in self.directory.former_policies().await? {
            let held = read::<SignedPolicy>(&record).and_then(|signed| signed.last_held());
            if held.is_some_and(|held| self.is_over(held.seconds(), FORMER_POLICY_DAYS)) {
                self.directory.remove_former_policy(version).await?;
            }
        }
        Ok(())
    }

    /// A program that was given up leaves nothing but its fingerprint. Revoked devices stay named as long as one of
    /// them could still come.
    async fn forget_program(&self) -> Result<(), DirectoryError> {
        if let Some(Versioned { version, record }) = self.directory.newest(Kind::Policy).await? {
            let held = read::<SignedPolicy>(&record).and_then(|signed| signed.last_held());
            if !held.is_some_and(|held| self.is_over(held.seconds(), GIVEN_UP_DAYS)) {
                return Ok(());
            }
            self.directory.remove(Kind::Policy, version).await?;
            for former in self.directory.former_policies().await? {
                self.directory.remove_former_policy(former.version).await?;
            }
        }
        if let Some(Versioned { version, record }) =
            self.directory.newest(Kind::Revocations).await?
        {
            let until = |signed: SignedRevocations| {
                signed.revocations.devices.iter().map(|revoked| revoked.until).max()
            };
            let until = read::<SignedRevocations>(&record).and_then(until).unwrap_or_default();
            if !self.is_over(until, ENDED_DAYS) {
                return Ok(());
            }
            self.directory.remove(Kind::Revocations, version).await?;
        }
        self.directory.remove_audit().await
    }

    async fn forget_unnamed(&self, unnamed: &mut Unnamed) -> Result<(), DirectoryError> {
        let named: Unnamed = self.locales_named().await?.into_iter().collect();
        let all: Unnamed = self.directory.locales().await?.into_iter().collect();
        let kept: Unnamed = all
            .iter()
            .filter(|hash| named.contains(*hash) || !unnamed.contains(*hash))
            .copied()
            .collect();
        if kept != all {
            self.directory.keep_locales(kept.iter().copied().collect()).await?;
        }
        *unnamed = kept.difference(&named).copied().collect();
        Ok(())
    }

    /// Whether `days` have passed since `end`.
    fn is_over(&self, end: u64, days: u64) -> bool {
        end.saturating_add(days * DAY) <= self.seconds()
    }
}

/// The earlier of the ends of a device's certificates.
fn ends(chain: &Chain) -> u64 {
    chain.leaf().not_after.min(chain.administrator.not_after)
}

/// What was stored was verified when it came; what does not read any more was altered since, and stays to be looked
/// into.
fn read<T: MlsDecode>(record: &[u8]) -> Option<T> {
    decode(record).ok()
}
