//! The record of administrative acts at a desk. Desks on duty tell each other their newest entry in sealed notes, which a
//! relay can keep back and not change, so that one that shows two records is found out when two of them meet.

use stillroom_program::{Act, SignedAuditEntry};
use stillroom_protocol::{
    Bytes, ClientFrame, Operation, Refusal, Reply, encode, limits::AUDIT_ENTRY_MAX,
};

use super::{Desk, DeskEvent, Trouble};
use crate::audit::{Audit, AuditStep, Measure, REQUEST};

impl Desk {
    /// The newest entry that was seen on this device.
    pub fn know_audit(&mut self, entry: SignedAuditEntry) {
        self.audit.know(entry);
    }

    pub(super) fn handle_audit_admitted(&mut self) {
        self.with_audit(Audit::handle_admitted);
    }

    /// Reads what is new in the record.
    pub(super) fn read_audit(&mut self) {
        self.with_audit(Audit::read);
    }

    /// Whoever is at this desk does something that is entered.
    pub(super) fn enter(&mut self, act: Act, operation: Operation) {
        self.with_audit(|audit, by| audit.enter(act, operation, by));
    }

    pub(super) fn handle_audit_reply(&mut self, reply: &Reply) {
        self.with_audit(|audit, by| audit.handle_reply(reply, by));
    }

    pub(super) fn handle_audit_refused(&mut self, refusal: Refusal) {
        self.with_audit(|audit, by| audit.handle_refused(refusal, by));
    }

    /// A colleague on duty has seen this entry.
    pub(super) fn handle_audit_told(&mut self, entry: &[u8]) {
        self.with_audit(|audit, by| audit.handle_told(entry, by));
    }

    fn with_audit(&mut self, does: impl FnOnce(&mut Audit, &Measure<'_>)) {
        let (root, device) = (&self.setup.root, &self.setup.device);
        does(&mut self.audit, &Measure { root, device, trust: &self.trust, now: self.now });
        while let Some(step) = self.audit.poll() {
            match step {
                AuditStep::Ask(operation) => {
                    self.send(&ClientFrame::Request { number: REQUEST, operation });
                }
                AuditStep::Seen(seen) => self.show(DeskEvent::Audit(seen)),
                AuditStep::Read(_) | AuditStep::Entered(_) => {}
                AuditStep::Refused(_, refusal) => self.trouble(Trouble::Refused(refusal)),
            }
        }
    }
}

/// An entry as it goes into a note.
pub(super) fn noted(entry: &SignedAuditEntry) -> Option<Bytes<AUDIT_ENTRY_MAX>> {
    Bytes::try_from(encode(entry)).ok()
}
