//! Doing administrative acts, each with its entry (`features.md` 5.9; `decisions/0034`).
//!
//! Before an entry is written the record at the relay is read and checked against the copy that this computer keeps, so
//! that nobody signs on top of a record that is not the one they know.

use std::path::PathBuf;

use stillroom_program::limits::AUDIT_MAX;
use stillroom_program::{
    Act, AuditHead, Device, Fingerprint, SignedAuditEntry, VerifiedRevocations, check_audit,
    decode, encode,
};
use stillroom_protocol::limits::RECORDS_MAX;
use stillroom_protocol::{Bytes, Operation, Refusal};

use super::copy;
use crate::clock::{Clock, TOLERANCE};
use crate::failure::Failure;
use crate::files;
use crate::program::ProgramFolder;
use crate::staff::line::{StaffLine, too_long, wrong_answer};
use crate::staff::revocations;

/// How often an entry is written anew where a colleague's came first.
const TRIES: usize = 5;

/// The record of one program, as this computer knows it.
pub(crate) struct Record {
    root: Fingerprint,
    copy: PathBuf,
    lock: PathBuf,
    proof: PathBuf,
}

/// How the record at a relay stands to the one that is kept here.
enum Shown {
    /// It goes on from it: all that is known now.
    Onward(Vec<SignedAuditEntry>),
    /// It ends before it.
    Older { last: Option<Box<SignedAuditEntry>> },
    /// It has another entry in the place of the newest that is kept.
    Another(Box<SignedAuditEntry>),
}

impl Record {
    pub(crate) fn new(folder: &ProgramFolder, root: Fingerprint) -> Self {
        let (copy, lock, proof) = (folder.record(), folder.record_lock(), folder.record_proof());
        Self { root, copy, lock, proof }
    }

    /// Does an administrative act with its entry.
    pub(crate) async fn perform(
        &self,
        line: &mut StaffLine,
        signer: &Device,
        operation: &Operation,
    ) -> Result<(), Failure> {
        let act = Act::of(operation).ok_or_else(wrong_answer)?;
        let bytes = Bytes::try_from(encode(operation)).map_err(|_| too_long("request"))?;
        let _alone = files::wait_for_lock(&self.lock)?;
        for _ in 0..TRIES {
            let mut entries = self.read_on(line).await?;
            let after = entries.last().map(SignedAuditEntry::head).unwrap_or_default();
            let signed = SignedAuditEntry::sign(after, act.clone(), Clock::start().now(), signer)
                .map_err(|error| not_written(&error))?;
            let entry = encode(&signed).try_into().map_err(|_| too_long("entry"))?;
            let asked = Operation::Audited { entry, operation: bytes.clone() };
            if line.done_unless(Refusal::EntryRefused, asked).await? {
                entries.push(signed);
                return copy::write(&self.copy, &entries);
            }
        }
        Err(not_written(&"others write to it all the time"))
    }

    /// Reads what is new at the relay, checks the whole and keeps it.
    pub(crate) async fn catch_up(
        &self,
        line: &mut StaffLine,
    ) -> Result<Vec<SignedAuditEntry>, Failure> {
        let _alone = files::wait_for_lock(&self.lock)?;
        self.read_on(line).await
    }

    async fn read_on(&self, line: &mut StaffLine) -> Result<Vec<SignedAuditEntry>, Failure> {
        let kept = copy::read_if_there(&self.copy)?;
        let revocations = revocations(line, &self.root).await?;
        match self.compare(line, &kept).await? {
            Shown::Onward(entries) => {
                self.check(&entries, &revocations)?;
                if entries.len() > kept.len() {
                    copy::write(&self.copy, &entries)?;
                }
                Ok(entries)
            }
            Shown::Older { last } => {
                self.keep_proof(&kept, last.map(|last| *last))?;
                Err(self.older())
            }
            Shown::Another(other) => {
                self.keep_proof(&kept, Some(*other))?;
                Err(self.another())
            }
        }
    }

    /// Gives the relay the entries that it lost, where the rest of its record is the one that is kept here.
    pub(crate) async fn give_back(&self, line: &mut StaffLine) -> Result<usize, Failure> {
        let kept = copy::read_if_there(&self.copy)?;
        let last = match self.compare(line, &kept).await? {
            Shown::Onward(_) => return Ok(0),
            Shown::Another(other) => {
                self.keep_proof(&kept, Some(*other))?;
                return Err(self.another());
            }
            Shown::Older { last } => last.map(|last| last.head()).unwrap_or_default(),
        };
        let at = kept.iter().position(|signed| signed.entry.after == last);
        let lost = at.and_then(|at| kept.get(at..)).ok_or_else(|| self.another())?;
        for signed in lost {
            let entry = encode(signed).try_into().map_err(|_| too_long("entry"))?;
            line.done(Operation::Audited { entry, operation: Bytes::default() }).await?;
        }
        Ok(lost.len())
    }

    async fn compare(
        &self,
        line: &mut StaffLine,
        kept: &[SignedAuditEntry],
    ) -> Result<Shown, Failure> {
        let Some(newest) = kept.last() else {
            return Ok(Shown::Onward(fetch(line, 1).await?));
        };
        let mut shown = fetch(line, newest.number()).await?.into_iter();
        match shown.next() {
            Some(first) if first == *newest => {
                Ok(Shown::Onward(kept.iter().cloned().chain(shown).collect()))
            }
            Some(other) => Ok(Shown::Another(Box::new(other))),
            None => Ok(Shown::Older { last: fetch(line, 1).await?.pop().map(Box::new) }),
        }
    }

    /// Checks entries that follow one another.
    pub(super) fn check(
        &self,
        entries: &[SignedAuditEntry],
        revocations: &VerifiedRevocations,
    ) -> Result<AuditHead, Failure> {
        let now = Clock::start().now();
        check_audit(entries, &self.root, revocations, now, TOLERANCE).map_err(|fault| {
            Failure::new(
                format!(
                    "The record does not hold. Entry {}: {}.",
                    fault.number, fault.why
                ),
                "Somebody changed it. Nothing of it was kept. Ask whoever runs the relay, and do not rely on it before \
                 you know why.",
            )
        })
    }

    fn keep_proof(
        &self,
        kept: &[SignedAuditEntry],
        other: Option<SignedAuditEntry>,
    ) -> Result<(), Failure> {
        let both: Vec<_> = kept.last().cloned().into_iter().chain(other).collect();
        copy::write(&self.proof, &both)
    }

    fn another(&self) -> Failure {
        Failure::new(
            "The relay shows another record than the one that this computer has seen.",
            format!(
                "It shows different people different records, or somebody changed it. Both signed entries are kept in \
                 {} as proof. Nothing was done. Ask whoever runs the relay, and compare with the other administrators \
                 by a way that you trust.",
                self.proof.display()
            ),
        )
    }

    fn older(&self) -> Failure {
        Failure::new(
            "The relay shows an older record than the one that this computer has seen.",
            format!(
                "Ask whoever runs it whether it was set back to a backup. If so, `stillroom record --give-back` gives \
                 it what it lost; whoever was revoked or certified since then has to be again. If not, it hides \
                 something: {} holds the newest signed entry of both as proof. Nothing was done.",
                self.proof.display()
            ),
        )
    }
}

/// The entries at the relay from this number on.
async fn fetch(line: &mut StaffLine, mut number: u64) -> Result<Vec<SignedAuditEntry>, Failure> {
    let mut all = Vec::new();
    loop {
        let records = line.records(Operation::AuditFrom { number }).await?;
        let is_last = records.len() < RECORDS_MAX;
        for record in records {
            all.push(decode::<SignedAuditEntry>(&record).map_err(|_| wrong_answer())?);
        }
        if is_last {
            return Ok(all);
        }
        if all.len() > AUDIT_MAX {
            return Err(wrong_answer());
        }
        number = number.saturating_add(RECORDS_MAX as u64);
    }
}

fn not_written(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(
        format!("The act was not entered into the record: {error}."),
        "It was not done either. Run the command again in a moment.",
    )
}
