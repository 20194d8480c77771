//! The relay's lasting records, in memory. They outlive a relay that is killed.

use stillroom_program::{SignedAuditEntry, SignedPolicy, StaffRecord, decode, encode};
use stillroom_protocol::{
    Bytes, List, Operation, Refusal, Reply, Shared,
    limits::{RECORD_MAX, RECORDS_MAX},
};

/// What the relay keeps on its disk.
#[derive(Default)]
pub(crate) struct Records {
    staff: Vec<Bytes<RECORD_MAX>>,
    /// By which they are, with their versions.
    shared: Vec<(Shared, u64, Bytes<RECORD_MAX>)>,
    /// The record of administrative acts.
    audit: Vec<SignedAuditEntry>,
}

/// Records as they are answered.
fn records(records: impl Iterator<Item = Vec<u8>>) -> Result<Reply, Refusal> {
    let records = records.map(Bytes::try_from).collect::<Result<Vec<_>, _>>();
    let records = records.map_err(|_| Refusal::RelayFault)?;
    Ok(Reply::Records { records: List::try_from(records).map_err(|_| Refusal::RelayFault)? })
}

impl Records {
    pub(crate) fn publish_staff(&mut self, record: &StaffRecord) {
        if let Ok(record) = Bytes::try_from(encode(record)) {
            self.staff.push(record);
        }
    }

    /// Puts an entry at the end of the record, where it follows.
    pub(crate) fn enter(&mut self, entry: SignedAuditEntry) -> bool {
        let head = self.audit.last().map(SignedAuditEntry::head).unwrap_or_default();
        let follows = entry.entry.after == head;
        if follows {
            self.audit.push(entry);
        }
        follows
    }

    /// The entries of the record.
    pub(crate) fn audit(&self) -> &[SignedAuditEntry] {
        &self.audit
    }

    fn shared(&self, which: Shared) -> (u64, Bytes<RECORD_MAX>) {
        let held = self.shared.iter().find(|(held, ..)| *held == which);
        held.map_or_else(
            || (0, Bytes::default()),
            |(_, version, record)| (*version, record.clone()),
        )
    }

    /// Answers what desks ask while a chat comes about; the rest belongs to the relay's own tests.
    pub(crate) fn answer(
        &mut self,
        operation: Operation,
        policy: &SignedPolicy,
    ) -> Result<Reply, Refusal> {
        match operation {
            Operation::Guidance => records([policy.guidance.to_vec()].into_iter()),
            Operation::Page => records([policy.page.to_vec()].into_iter()),
            Operation::ListStaff => Ok(Reply::Records {
                records: List::try_from(self.staff.clone()).map_err(|_| Refusal::RelayFault)?,
            }),
            Operation::Shared { which } => {
                let (version, record) = self.shared(which);
                Ok(Reply::Shared { version, record })
            }
            Operation::PutShared { which, replaces, record } => {
                let (current, _) = self.shared(which);
                if current != replaces {
                    return Err(Refusal::RecordRefused);
                }
                self.shared.retain(|(held, ..)| *held != which);
                self.shared.push((which, current + 1, record));
                Ok(Reply::Done)
            }
            Operation::AuditFrom { number } => {
                let from = self.audit.iter().filter(|entry| entry.number() >= number);
                records(from.take(RECORDS_MAX).map(encode))
            }
            Operation::Audited { entry, .. } => {
                let entry = decode(&entry).map_err(|_| Refusal::RecordRefused)?;
                if self.enter(entry) { Ok(Reply::Done) } else { Err(Refusal::EntryRefused) }
            }
            _ => Err(Refusal::RelayFault),
        }
    }
}
