//! The record of administrative acts, as this desk checks it (`features.md` 5.9; `decisions/0034`).
//!
//! The newest entry that was ever seen on this device is remembered by the shell; whatever the relay shows next must go
//! on from it. Desks on duty tell each other theirs in sealed notes, which a relay can keep back and not change, so that
//! one that shows two records is found out when two of them meet. An administrator's desk reads the whole record, and
//! finds out as well that something is in force of which it says nothing. It does not protect against a relay that is of
//! one mind with everybody who would notice.

use std::collections::VecDeque;

use stillroom_program::{Act, AuditHead, Roles, SignedAuditEntry, check_audit, limits::AUDIT_MAX};
use stillroom_protocol::{
    Bytes, ClientFrame, Operation, Refusal, Reply, decode, encode,
    limits::{AUDIT_ENTRY_MAX, RECORDS_MAX},
};

use super::{Desk, DeskEvent, Trouble};
use crate::limits::{AUDIT_TRIES, CLOCK_TOLERANCE};

/// The number of its requests: duty counts its own from 1.
pub(super) const REQUEST: u32 = u32::MAX - 3;

/// What is wrong with the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditTrouble {
    /// In which way.
    pub what: AuditWrong,
    /// The newest entry that was seen on this device, signed.
    pub here: Option<SignedAuditEntry>,
    /// The newest of the other record, signed, where there is one.
    pub there: Option<SignedAuditEntry>,
}

/// In which way a record is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditWrong {
    /// There are two: the relay shows another one than it showed before, here or to a colleague.
    Two,
    /// It ends before an entry that was seen, here or by a colleague.
    Older,
    /// What the relay shows is no record of this program.
    Broken,
    /// A policy or a list of revoked devices is in force that is not the newest in it.
    Outside,
}

/// The record, as far as this device knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditSeen {
    /// Its newest entry, for the shell to remember.
    pub newest: Option<SignedAuditEntry>,
    /// What is wrong with it. Once found it stays until the desk is opened anew.
    pub trouble: Option<AuditTrouble>,
}

/// Reading and writing the record.
#[derive(Default)]
pub(super) struct OwnAudit {
    seen: AuditSeen,
    /// How far it went after each entry that was read since the desk was opened.
    heads: Vec<AuditHead>,
    /// The entries that have come of what is asked for; nothing where nothing is.
    reading: Option<Vec<SignedAuditEntry>>,
    /// Whether to read again after that.
    again: bool,
    /// The newest entry that a colleague has seen, where it is not known here.
    told: Option<SignedAuditEntry>,
    /// What whoever is at this desk did, and is not entered yet.
    acts: VecDeque<(Act, Operation)>,
    /// The entry that was sent for the first of them, and how often one was.
    sent: Option<SignedAuditEntry>,
    tries: u8,
}

impl OwnAudit {
    /// The line is down: what was asked is not answered any more.
    pub(super) fn handle_line_down(&mut self) {
        self.reading = None;
        self.sent = None;
    }

    /// The newest entry, as colleagues are told it.
    pub(super) fn newest(&self) -> Option<&SignedAuditEntry> {
        self.seen.newest.as_ref()
    }
}

impl Desk {
    /// The newest entry that was seen on this device.
    pub fn know_audit(&mut self, entry: SignedAuditEntry) {
        self.audit.seen.newest = Some(entry);
    }

    /// Reads what is new in the record. An administrator's desk reads all of it.
    pub(super) fn read_audit(&mut self) {
        self.audit.again = self.audit.reading.is_some() || self.audit.sent.is_some();
        if self.audit.again || !self.admitted {
            return;
        }
        let whole = self.is_administrators();
        let from = self.audit.newest().filter(|_| !whole).map_or(1, SignedAuditEntry::number);
        self.audit.reading = Some(Vec::new());
        self.ask_audit(Operation::AuditFrom { number: from });
    }

    /// Whoever is at this desk does something that is entered.
    pub(super) fn enter(&mut self, act: Act, operation: Operation) {
        self.audit.acts.push_back((act, operation));
        self.write_audit();
    }

    pub(super) fn handle_audit_reply(&mut self, reply: &Reply) {
        match reply {
            Reply::Records { records } => {
                let Some(mut read) = self.audit.reading.take() else { return };
                let entries = records.iter().filter_map(|record| decode(record).ok());
                read.extend(entries);
                let next = read.last().map_or(0, SignedAuditEntry::number).saturating_add(1);
                if records.len() == RECORDS_MAX && read.len() <= AUDIT_MAX {
                    self.audit.reading = Some(read);
                    self.ask_audit(Operation::AuditFrom { number: next });
                    return;
                }
                self.take_audit(read);
            }
            Reply::Done => {
                if let Some(sent) = self.audit.sent.take() {
                    self.audit.acts.pop_front();
                    self.audit.tries = 0;
                    self.audit.heads.push(sent.head());
                    self.audit.seen.newest = Some(sent);
                    self.show_audit();
                }
            }
            Reply::Shared { .. } => {}
        }
        if self.audit.again {
            self.read_audit();
        }
        self.write_audit();
    }

    /// The relay refused. Where an entry of somebody else came first, it is read, and the act entered on top of it.
    pub(super) fn handle_audit_refused(&mut self, refusal: Refusal) {
        self.audit.reading = None;
        if self.audit.sent.take().is_none() {
            return;
        }
        self.audit.tries += 1;
        if refusal != Refusal::EntryRefused || self.audit.tries > AUDIT_TRIES {
            self.audit.tries = 0;
            self.audit.acts.pop_front();
            self.trouble(Trouble::Refused(refusal));
        }
        self.read_audit();
    }

    /// A colleague on duty has seen this entry.
    pub(super) fn handle_audit_told(&mut self, entry: &[u8]) {
        let Ok(told) = decode::<SignedAuditEntry>(entry) else { return };
        if told.verify(&self.setup.root, self.now, CLOCK_TOLERANCE).is_err() {
            return;
        }
        let head = told.head();
        let known = self.audit.newest().map(SignedAuditEntry::head).unwrap_or_default();
        let same = self.audit.heads.iter().chain([&known]);
        let same = same.copied().find(|known| known.number == head.number);
        match same {
            Some(known) if known == head => {}
            Some(_) => self.find_audit(AuditWrong::Two, Some(told)),
            // What was before the first that was read here is for whoever told it to compare.
            None if head.number < known.number => {}
            None => {
                let newer =
                    self.audit.told.as_ref().is_none_or(|before| before.number() < head.number);
                if newer {
                    self.audit.told = Some(told);
                }
                self.read_audit();
            }
        }
    }

    /// The relay showed these entries; they are all that are new, or all that there are.
    fn take_audit(&mut self, read: Vec<SignedAuditEntry>) {
        let (root, list) = (&self.setup.root, self.trust.revocations());
        let holds = check_audit(&read, root, list, self.now, CLOCK_TOLERANCE).is_ok();
        if let Some(here) = self.audit.newest() {
            let mut at = read.iter().filter(|signed| signed.number() == here.number());
            match at.next() {
                Some(same) if same == here => {}
                Some(other) => return self.find_audit(AuditWrong::Two, Some(other.clone())),
                None => return self.find_audit(AuditWrong::Older, read.last().cloned()),
            }
        }
        if !holds {
            return self.find_audit(AuditWrong::Broken, None);
        }
        self.audit.heads = read.iter().map(SignedAuditEntry::head).collect();
        if let Some(newest) = read.last() {
            self.audit.seen.newest = Some(newest.clone());
        }
        // What was read before a colleague told of an entry need not have it.
        if let Some(told) = self.audit.told.take_if(|_| !self.audit.again) {
            let is_in_it = self.audit.heads.contains(&told.head());
            let is_longer = read.last().is_some_and(|newest| newest.number() >= told.number());
            if !is_in_it {
                let wrong = if is_longer { AuditWrong::Two } else { AuditWrong::Older };
                return self.find_audit(wrong, Some(told));
            }
        }
        if self.is_administrators() && self.has_outside(&read) {
            return self.find_audit(AuditWrong::Outside, None);
        }
        self.show_audit();
    }

    /// Whether the policy or the list of revoked devices in force is not the newest in the record. Where it names none,
    /// they are from before it began.
    fn has_outside(&self, read: &[SignedAuditEntry]) -> bool {
        let policy = self.trust.policy().map(|policy| policy.hash());
        let list = self.trust.revocations().hash();
        let acts = || read.iter().rev().map(|signed| &signed.entry.act);
        let published = acts().find_map(|act| match act {
            Act::Policy { hash, .. } => Some(*hash),
            _ => None,
        });
        let revoked = acts().find_map(|act| match act {
            Act::Revoked { list, .. } => Some(*list),
            _ => None,
        });
        published.is_some_and(|hash| policy.is_some_and(|policy| policy != hash))
            || revoked.is_some_and(|hash| hash != list)
    }

    /// The first trouble stays: what comes of it later says less.
    fn find_audit(&mut self, what: AuditWrong, there: Option<SignedAuditEntry>) {
        let here = self.audit.newest().cloned();
        self.audit.seen.trouble.get_or_insert(AuditTrouble { what, here, there });
        self.show_audit();
    }

    fn show_audit(&mut self) {
        let seen = Box::new(self.audit.seen.clone());
        self.show(DeskEvent::Audit(seen));
    }

    /// Signs an entry for the next act, once the newest one is known.
    fn write_audit(&mut self) {
        let OwnAudit { reading, sent, acts, .. } = &self.audit;
        let Some((act, operation)) = acts.front().filter(|_| sent.is_none() && reading.is_none())
        else {
            return;
        };
        let after = self.audit.newest().map(SignedAuditEntry::head).unwrap_or_default();
        let device = &self.setup.device;
        let signed = SignedAuditEntry::sign(after, act.clone(), self.now, device).ok();
        let entry = signed.as_ref().map(encode).and_then(|entry| Bytes::try_from(entry).ok());
        let operation = Bytes::try_from(encode(operation)).ok();
        if let (true, Some(entry), Some(operation)) = (self.admitted, entry, operation) {
            self.audit.sent = signed;
            self.ask_audit(Operation::Audited { entry, operation });
        }
    }

    fn ask_audit(&mut self, operation: Operation) {
        self.send(&ClientFrame::Request { number: REQUEST, operation });
    }

    fn is_administrators(&self) -> bool {
        self.setup.device.chain.leaf().roles.contains(Roles::ADMINISTRATOR)
    }
}

/// An entry as it goes into a note.
pub(super) fn noted(entry: &SignedAuditEntry) -> Option<Bytes<AUDIT_ENTRY_MAX>> {
    Bytes::try_from(encode(entry)).ok()
}
