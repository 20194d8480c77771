//! The relay's lasting records, in memory. They outlive a relay that is killed.

use stillroom_program::{SignedPolicy, StaffRecord, encode};
use stillroom_protocol::{Bytes, List, Operation, Refusal, Reply, limits::RECORD_MAX};

/// What the relay keeps on its disk.
#[derive(Default)]
pub(crate) struct Records {
    staff: Vec<Bytes<RECORD_MAX>>,
    duty_key: Option<(u64, Bytes<RECORD_MAX>)>,
}

impl Records {
    pub(crate) fn publish_staff(&mut self, record: &StaffRecord) {
        if let Ok(record) = Bytes::try_from(encode(record)) {
            self.staff.push(record);
        }
    }

    /// Answers what desks ask while a chat comes about; the rest belongs to the relay's own tests.
    pub(crate) fn answer(
        &mut self,
        operation: Operation,
        policy: &SignedPolicy,
    ) -> Result<Reply, Refusal> {
        match operation {
            Operation::Guidance => {
                let guidance = Bytes::try_from(&*policy.guidance);
                let guidance = guidance.map_err(|_| Refusal::RelayFault)?;
                let records = List::try_from(vec![guidance]).map_err(|_| Refusal::RelayFault)?;
                Ok(Reply::Records { records })
            }
            Operation::ListStaff => Ok(Reply::Records {
                records: List::try_from(self.staff.clone()).map_err(|_| Refusal::RelayFault)?,
            }),
            Operation::DutyKey => Ok(match &self.duty_key {
                Some((version, bundle)) => {
                    Reply::DutyKey { version: *version, bundle: bundle.clone() }
                }
                None => Reply::DutyKey { version: 0, bundle: Bytes::default() },
            }),
            Operation::PutDutyKey { replaces, bundle } => {
                let current = self.duty_key.as_ref().map_or(0, |(version, _)| *version);
                if current != replaces {
                    return Err(Refusal::RecordRefused);
                }
                self.duty_key = Some((current + 1, bundle));
                Ok(Reply::Done)
            }
            _ => Err(Refusal::RelayFault),
        }
    }
}
