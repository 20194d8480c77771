//! The relay's lasting records, in memory. They outlive a relay that is killed.

use stillroom_program::{Locale, SignedAuditEntry, SignedPolicy, StaffRecord, decode, encode};
use stillroom_protocol::{
    Bytes, List, Operation, Refusal, Reply, Shared,
    limits::{POLICIES_LISTED, RECORD_MAX, RECORDS_MAX},
};

/// What the relay keeps on its disk.
#[derive(Default)]
pub(crate) struct Records {
    staff: Vec<Bytes<RECORD_MAX>>,
    /// By which they are, with their versions.
    shared: Vec<(Shared, u64, Bytes<RECORD_MAX>)>,
    /// The record of administrative acts.
    audit: Vec<SignedAuditEntry>,
    /// The policies that were replaced, the newest last.
    former: Vec<SignedPolicy>,
    /// One that a device has just published.
    published: Option<SignedPolicy>,
    /// Files of texts.
    locales: Vec<Vec<u8>>,
}

fn version(signed: &SignedPolicy) -> u64 {
    signed.unverified().map_or(0, |policy| policy.terms.version)
}

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

    /// A policy is replaced.
    pub(crate) fn replace(&mut self, policy: SignedPolicy) {
        self.former.push(policy);
    }

    /// The policy that a device has just published, once.
    pub(crate) fn take_published(&mut self) -> Option<SignedPolicy> {
        self.published.take()
    }

    fn publish(
        &mut self,
        replaces: u64,
        record: &[u8],
        newest: &SignedPolicy,
    ) -> Result<Reply, Refusal> {
        if record == encode(newest) {
            return Ok(Reply::Done);
        }
        if version(newest) != replaces {
            return Err(Refusal::PolicyReplaced);
        }
        self.published = Some(decode(record).map_err(|_| Refusal::RecordRefused)?);
        self.replace(newest.clone());
        Ok(Reply::Done)
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
            Operation::Guidance => one(&policy.guidance),
            Operation::Page => one(&policy.page),
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
                let from = from.take(RECORDS_MAX).filter_map(|entry| encode(entry).try_into().ok());
                let records = List::try_from(from.collect::<Vec<_>>());
                Ok(Reply::Records { records: records.map_err(|_| Refusal::RelayFault)? })
            }
            Operation::Audited { entry, .. } => {
                let entry = decode(&entry).map_err(|_| Refusal::RecordRefused)?;
                if self.enter(entry) { Ok(Reply::Done) } else { Err(Refusal::EntryRefused) }
            }
            Operation::PolicyHistory { below } => {
                let all = [policy].into_iter().chain(self.former.iter().rev());
                let listed = all.filter(|policy| version(policy) < below).take(POLICIES_LISTED);
                records(listed.map(|policy| encode(&policy.terms_alone())))
            }
            Operation::Policy { version: wanted } => {
                let mut all = [policy].into_iter().chain(self.former.iter().rev());
                let found = all.find(|policy| wanted == 0 || version(policy) == wanted);
                records(found.map(encode).into_iter())
            }
            Operation::PublishPolicy { replaces, policy: record } => {
                self.publish(replaces, &record, policy)
            }
            Operation::Locale { file } => {
                let found = self.locales.iter().find(|texts| Locale::hash(texts) == file);
                records(found.cloned().into_iter())
            }
            Operation::PublishLocale { file } => {
                self.locales.push(file.into_vec());
                Ok(Reply::Done)
            }
            _ => Err(Refusal::RelayFault),
        }
    }
}

/// One record.
fn one(record: &[u8]) -> Result<Reply, Refusal> {
    let record = Bytes::try_from(record).map_err(|_| Refusal::RelayFault)?;
    let records = List::try_from(vec![record]).map_err(|_| Refusal::RelayFault)?;
    Ok(Reply::Records { records })
}
