//! The entry of what is published, in the record of administrative acts (`features.md` 5.9; `decisions/0034`): the record
//! is read and checked first, and the entry signed on top of it.
//!
//! It does not compare the record with what this device saw before: the desk and the command line do.

use stillroom_program::{Act, Device, SignedAuditEntry, Timestamp, check_audit, limits::AUDIT_MAX};
use stillroom_protocol::{Bytes, Operation, Refusal, Reply, decode, encode, limits::RECORDS_MAX};

use crate::{
    limits::{AUDIT_TRIES, CLOCK_TOLERANCE},
    trust::Trust,
};

/// Reading the record for one entry.
#[derive(Default)]
pub(super) struct Entry {
    read: Vec<SignedAuditEntry>,
    tries: u8,
}

/// What comes of an answer.
pub(super) enum Next {
    /// Ask this.
    Ask(Operation),
    /// This is wrong.
    Refused(Refusal),
}

impl Entry {
    /// Asks for the record from its beginning.
    pub(super) fn begin(&mut self) -> Operation {
        self.read.clear();
        Operation::AuditFrom { number: 1 }
    }

    /// Whether to read once more, since somebody else's entry came first.
    pub(super) fn again(&mut self) -> bool {
        self.tries += 1;
        self.tries <= AUDIT_TRIES
    }

    /// Some entries, or the last ones: then the entry for this request, signed.
    pub(super) fn handle_reply(
        &mut self,
        reply: &Reply,
        publish: &Operation,
        device: &Device,
        trust: &Trust,
        now: Timestamp,
    ) -> Next {
        let Reply::Records { records } = reply else {
            return Next::Refused(Refusal::EntryRefused);
        };
        self.read.extend(records.iter().filter_map(|record| decode(record).ok()));
        if records.len() == RECORDS_MAX && self.read.len() <= AUDIT_MAX {
            let last = self.read.last().map_or(0, SignedAuditEntry::number);
            return Next::Ask(Operation::AuditFrom { number: last.saturating_add(1) });
        }
        let (root, list) = (device.program(), trust.revocations());
        let head = check_audit(&self.read, &root, list, now, CLOCK_TOLERANCE).ok();
        let entry = head.zip(Act::of(publish)).and_then(|(head, act)| {
            let signed = SignedAuditEntry::sign(head, act, now, device).ok()?;
            let entry = Bytes::try_from(encode(&signed)).ok()?;
            let operation = Bytes::try_from(encode(publish)).ok()?;
            Some(Operation::Audited { entry, operation })
        });
        entry.map_or(Next::Refused(Refusal::EntryRefused), Next::Ask)
    }
}
