//! The relay's part in the record of administrative acts (`features.md` 5.9; `decisions/0034`): an act is done with the
//! entry that describes it or not at all, and an entry is put after the last one or not at all.
//!
//! What is refused here saves readers the trouble. A relay that runs other code can do an act without an entry, or keep
//! entries back; that is for the devices to find out.

use stillroom_program::limits::AUDIT_MAX;
use stillroom_program::{AuditHead, SignedAuditEntry, VerifyingKey, encode};
use stillroom_protocol::{Operation, Reply, decode};

use crate::directory::DirectoryError;
use crate::records::{Failure, NO_ENTRY, NOT_SIGNED, Records, read};

impl Records {
    /// Does an act, and puts its entry. The act comes first: where the relay stops between the two, whoever asked hears
    /// nothing, asks again, and the entry is put then.
    pub(crate) async fn perform_audited(
        &self,
        by: Option<VerifyingKey>,
        entry: &[u8],
        operation: &[u8],
    ) -> Result<Reply, Failure> {
        let entry: SignedAuditEntry = read(entry)?;
        self.check_entry(&entry).await?;
        if !operation.is_empty() {
            let operation: Operation = read(operation)?;
            let is_own = by == Some(entry.signer());
            if !is_own || !self.is_of_now(&entry) || !entry.entry.act.describes(&operation) {
                return Err(NOT_SIGNED);
            }
            self.perform_alone(by, operation).await?;
        }
        let (number, at) = (entry.number(), entry.entry.at);
        let put = self.directory.put_audit(number, at, encode(&entry), AUDIT_MAX);
        if put.await? { Ok(Reply::Done) } else { Err(NO_ENTRY) }
    }

    /// Signed by an administrator who is not revoked, and follows the last one.
    async fn check_entry(&self, entry: &SignedAuditEntry) -> Result<(), Failure> {
        entry.verify(&self.root, self.clock.now(), self.tolerance).map_err(|_| NOT_SIGNED)?;
        if self.revoked().lists(&entry.signer()) {
            return Err(NOT_SIGNED);
        }
        let (head, at) = match self.last_entry().await? {
            Some(last) => (last.head(), last.entry.at),
            None => (AuditHead::default(), 0),
        };
        let late = entry.entry.at.saturating_add(self.tolerance.as_secs());
        if entry.entry.after == head && late >= at { Ok(()) } else { Err(NO_ENTRY) }
    }

    async fn last_entry(&self) -> Result<Option<SignedAuditEntry>, DirectoryError> {
        let Some(last) = self.directory.audit_last().await? else {
            return Ok(None);
        };
        let altered = |_| DirectoryError::Unusable("an entry was altered".to_owned());
        decode(&last).map(Some).map_err(altered)
    }

    /// An act of now says so; one that is given back says when it was.
    fn is_of_now(&self, entry: &SignedAuditEntry) -> bool {
        entry.entry.at.saturating_add(self.tolerance.as_secs()) >= self.seconds()
    }
}
