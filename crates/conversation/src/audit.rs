//! The record of administrative acts, as a device checks and continues it (`features.md` 5.9; `decisions/0034`).
//!
//! The newest entry that was ever seen on this device is remembered by the shell; whatever the relay shows next must go
//! on from it. An administrator's device reads the whole record, and finds out as well that something is in force of
//! which it says nothing. It does not protect against a relay that is of one mind with everybody who would notice.

use std::collections::VecDeque;

use stillroom_program::{
    Act, AuditHead, Device, Fingerprint, Roles, SignedAuditEntry, Timestamp, check_audit,
    limits::AUDIT_MAX,
};
use stillroom_protocol::{Bytes, Operation, Refusal, Reply, decode, encode, limits::RECORDS_MAX};

use crate::limits::{AUDIT_TRIES, CLOCK_TOLERANCE};
use crate::trust::Trust;

/// The number of its requests, of which there is one at a time: others count theirs up from 1.
pub(crate) const REQUEST: u32 = u32::MAX - 3;

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

impl AuditTrouble {
    /// The entries that do not go together.
    pub fn both(&self) -> impl Iterator<Item = &SignedAuditEntry> {
        self.here.iter().chain(&self.there)
    }
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

/// What a record is measured by.
pub(crate) struct Measure<'a> {
    pub(crate) root: &'a Fingerprint,
    pub(crate) device: &'a Device,
    pub(crate) trust: &'a Trust,
    pub(crate) now: Timestamp,
}

impl Measure<'_> {
    fn is_administrators(&self) -> bool {
        self.device.chain.leaf().roles.contains(Roles::ADMINISTRATOR)
    }
}

/// What comes of reading and writing.
pub(crate) enum AuditStep {
    /// To be asked of the relay, under [`REQUEST`].
    Ask(Operation),
    /// There is more to know of the record.
    Seen(Box<AuditSeen>),
    /// All that was read of it, which holds.
    Read(Vec<SignedAuditEntry>),
    /// This act, which was handed over, is done and entered.
    Entered(Act),
    /// It is not done, and given up: the relay refused it.
    Refused(Act, Refusal),
}

/// Reading and writing the record.
#[derive(Default)]
pub(crate) struct Audit {
    seen: AuditSeen,
    /// Whether the relay has let this device in.
    admitted: bool,
    /// How far it went after each entry that was read since the device was opened.
    heads: Vec<AuditHead>,
    /// The entries that have come of what is asked for; nothing where nothing is.
    reading: Option<Vec<SignedAuditEntry>>,
    /// Whether to read again after that.
    again: bool,
    /// Whether the last that was read did not name what is in force.
    doubted: bool,
    /// The newest entry that a colleague has seen, where it is not known here.
    told: Option<SignedAuditEntry>,
    /// What whoever is at this device did, and is not entered yet.
    acts: VecDeque<(Act, Operation)>,
    /// The entry that was sent for the first of them, and how often one was.
    sent: Option<SignedAuditEntry>,
    tries: u8,
    steps: VecDeque<AuditStep>,
}

impl Audit {
    /// The newest entry that was seen on this device before.
    pub(crate) fn know(&mut self, entry: SignedAuditEntry) {
        self.seen.newest = Some(entry);
    }

    /// The newest entry, as colleagues are told it.
    pub(crate) fn newest(&self) -> Option<&SignedAuditEntry> {
        self.seen.newest.as_ref()
    }

    /// The line is down: what was asked is not answered any more.
    pub(crate) fn handle_line_down(&mut self) {
        self.admitted = false;
        self.reading = None;
        self.sent = None;
        self.doubted = false;
    }

    /// The relay has let this device in.
    pub(crate) fn handle_admitted(&mut self, by: &Measure<'_>) {
        self.admitted = true;
        self.read(by);
    }

    /// What comes of it.
    pub(crate) fn poll(&mut self) -> Option<AuditStep> {
        self.steps.pop_front()
    }

    /// Reads what is new in the record. An administrator's device reads all of it.
    pub(crate) fn read(&mut self, by: &Measure<'_>) {
        self.again = self.reading.is_some() || self.sent.is_some();
        if self.again || !self.admitted {
            return;
        }
        let newest = self.newest().filter(|_| !by.is_administrators());
        let from = newest.map_or(1, SignedAuditEntry::number);
        self.reading = Some(Vec::new());
        self.ask(Operation::AuditFrom { number: from });
    }

    /// Whoever is at this device does something that is entered.
    pub(crate) fn enter(&mut self, act: Act, operation: Operation, by: &Measure<'_>) {
        self.acts.push_back((act, operation));
        self.write(by);
    }

    /// Policies that are not entered yet are given up: another takes their place.
    pub(crate) fn give_up_policies(&mut self) {
        self.acts.retain(|(act, _)| !matches!(act, Act::Policy { .. }));
    }

    pub(crate) fn handle_reply(&mut self, reply: &Reply, by: &Measure<'_>) {
        match reply {
            Reply::Records { records } => {
                let Some(mut read) = self.reading.take() else { return };
                let entries = records.iter().filter_map(|record| decode(record).ok());
                read.extend(entries);
                let next = read.last().map_or(0, SignedAuditEntry::number).saturating_add(1);
                if records.len() == RECORDS_MAX && read.len() <= AUDIT_MAX {
                    self.reading = Some(read);
                    self.ask(Operation::AuditFrom { number: next });
                    return;
                }
                self.take(read, by);
            }
            Reply::Done => {
                if let Some(sent) = self.sent.take() {
                    self.heads.push(sent.head());
                    self.handle_entered(&sent);
                    self.seen.newest = Some(sent);
                    self.show();
                }
            }
            Reply::Shared { .. } => {}
        }
        if self.again {
            self.read(by);
        }
        self.write(by);
    }

    /// The relay refused. Where an entry of somebody else came first, it is read, and the act entered on top of it.
    pub(crate) fn handle_refused(&mut self, refusal: Refusal, by: &Measure<'_>) {
        self.reading = None;
        let Some(sent) = self.sent.take() else { return };
        self.tries += 1;
        if refusal != Refusal::EntryRefused || self.tries > AUDIT_TRIES {
            self.tries = 0;
            if let Some((act, _)) = self.acts.pop_front_if(|(act, _)| *act == sent.entry.act) {
                self.steps.push_back(AuditStep::Refused(act, refusal));
            }
        }
        self.read(by);
    }

    /// A colleague on duty has seen this entry.
    pub(crate) fn handle_told(&mut self, entry: &[u8], by: &Measure<'_>) {
        let Ok(told) = decode::<SignedAuditEntry>(entry) else { return };
        if told.verify(by.root, by.now, CLOCK_TOLERANCE).is_err() {
            return;
        }
        let head = told.head();
        let known = self.newest().map(SignedAuditEntry::head).unwrap_or_default();
        let same = self.heads.iter().chain([&known]);
        let same = same.copied().find(|known| known.number == head.number);
        match same {
            Some(known) if known == head => {}
            Some(_) => self.find(AuditWrong::Two, Some(told)),
            // What was before the first that was read here is for whoever told it to compare.
            None if head.number < known.number => {}
            None => {
                let newer = self.told.as_ref().is_none_or(|before| before.number() < head.number);
                if newer {
                    self.told = Some(told);
                }
                self.read(by);
            }
        }
    }

    /// The relay showed these entries; they are all that are new, or all that there are.
    fn take(&mut self, read: Vec<SignedAuditEntry>, by: &Measure<'_>) {
        let fault = self.fault(&read, by);
        let holds = matches!(fault, None | Some((AuditWrong::Outside, _)));
        match fault {
            Some((what, there)) => self.find(what, there),
            None => {
                // An act of this device may have been done, and the answer lost with the line.
                for entry in read.iter().filter(|entry| entry.signer() == by.device.key()) {
                    self.handle_entered(entry);
                }
                self.show();
            }
        }
        if holds {
            self.steps.push_back(AuditStep::Read(read));
        }
    }

    /// What is wrong with these entries, and the newest of another record. Those that hold are gone on from.
    fn fault(
        &mut self,
        read: &[SignedAuditEntry],
        by: &Measure<'_>,
    ) -> Option<(AuditWrong, Option<SignedAuditEntry>)> {
        if let Some(here) = self.newest() {
            let mut at = read.iter().filter(|signed| signed.number() == here.number());
            match at.next() {
                Some(same) if same == here => {}
                Some(other) => return Some((AuditWrong::Two, Some(other.clone()))),
                None => return Some((AuditWrong::Older, read.last().cloned())),
            }
        }
        if check_audit(read, by.root, by.trust.revocations(), by.now, CLOCK_TOLERANCE).is_err() {
            return Some((AuditWrong::Broken, None));
        }
        self.heads = read.iter().map(SignedAuditEntry::head).collect();
        if let Some(newest) = read.last() {
            self.seen.newest = Some(newest.clone());
        }
        // What was read before a colleague told of an entry need not have it.
        if let Some(told) = self.told.take_if(|_| !self.again)
            && !self.heads.contains(&told.head())
        {
            let is_longer = read.last().is_some_and(|newest| newest.number() >= told.number());
            let wrong = if is_longer { AuditWrong::Two } else { AuditWrong::Older };
            return Some((wrong, Some(told)));
        }
        let is_outside = by.is_administrators() && self.is_outside(read, by.trust);
        is_outside.then_some((AuditWrong::Outside, None))
    }

    /// Whether something is in force of which the record says nothing. An act and its entry do not come at the same
    /// moment: it is read once more before that is said.
    fn is_outside(&mut self, read: &[SignedAuditEntry], trust: &Trust) -> bool {
        let before = core::mem::replace(&mut self.doubted, has_outside(read, trust));
        self.again |= self.doubted && !before;
        self.doubted && !self.again
    }

    /// The first trouble stays: what comes of it later says less.
    fn find(&mut self, what: AuditWrong, there: Option<SignedAuditEntry>) {
        let here = self.newest().cloned();
        self.seen.trouble.get_or_insert(AuditTrouble { what, here, there });
        self.show();
    }

    fn show(&mut self) {
        self.steps.push_back(AuditStep::Seen(Box::new(self.seen.clone())));
    }

    /// This entry is in the record: if it is the one of the oldest act, that is done.
    fn handle_entered(&mut self, entry: &SignedAuditEntry) {
        if let Some((act, _)) = self.acts.pop_front_if(|(act, _)| *act == entry.entry.act) {
            self.tries = 0;
            self.steps.push_back(AuditStep::Entered(act));
        }
    }

    /// Signs an entry for the next act, once the newest one is known.
    fn write(&mut self, by: &Measure<'_>) {
        if self.sent.is_some() || self.reading.is_some() || !self.admitted {
            return;
        }
        let Some((act, operation)) = self.acts.front() else { return };
        let after = self.newest().map(SignedAuditEntry::head).unwrap_or_default();
        let signed = SignedAuditEntry::sign(after, act.clone(), by.now, by.device).ok();
        let entry = signed.as_ref().map(encode).and_then(|entry| Bytes::try_from(entry).ok());
        let operation = Bytes::try_from(encode(operation)).ok();
        if let (Some(entry), Some(operation)) = (entry, operation) {
            self.sent = signed;
            self.ask(Operation::Audited { entry, operation });
        }
    }

    fn ask(&mut self, operation: Operation) {
        self.steps.push_back(AuditStep::Ask(operation));
    }
}

/// Whether the policy or the list of revoked devices in force is not the newest in the record. Where it names none,
/// they are from before it began.
fn has_outside(read: &[SignedAuditEntry], trust: &Trust) -> bool {
    let policy = trust.policy().map(|policy| policy.hash());
    let list = trust.revocations().hash();
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
