//! What a relay goes by when it opens: the newest policy and list of revoked devices that it has kept, or
//! the first ones from the program's file.
//!
//! What was kept was verified when it came. If it has run out since, a policy still says on the page how
//! else to reach an advocate (no chat starts under it), and a revoked device stays revoked.

use stillroom_program::{
    Fingerprint, SignedPolicy, SignedRevocations, Timestamp, VerifiedPolicy, VerifiedRevocations,
};
use stillroom_protocol::limits::{POLICY_MAX, REVOCATIONS_MAX};
use stillroom_protocol::{Bytes, decode, encode};

use crate::directory::{DirectoryError, Kind, Versioned};
use crate::pages::PagesError;
use crate::program_file::{ProgramFile, ProgramFileError};
use crate::records::Records;

/// Why a relay cannot open.
pub(crate) enum NotKept {
    Program(ProgramFileError),
    Directory(DirectoryError),
    Pages(PagesError),
}

impl From<DirectoryError> for NotKept {
    fn from(error: DirectoryError) -> Self {
        Self::Directory(error)
    }
}

/// Brings switchboard and pages to where the records are.
pub(crate) async fn open(records: &Records, program: &ProgramFile) -> Result<(), NotKept> {
    if let Some(kept) = records.directory.newest(Kind::Revocations).await? {
        revoke(records, kept)?;
    }
    let (signed, policy) = newest_policy(records, program).await?;
    records.pages.show(&policy).map_err(NotKept::Pages)?;
    let now = records.clock.now();
    match read_policy(&signed, &records.root, now, records) {
        Some(policy) => records.switchboard.set_policy(signed, policy),
        None => tracing::warn!(
            "the policy does not hold at this time: no chat can start before a new one is published"
        ),
    }
    Ok(())
}

fn revoke(records: &Records, kept: Versioned) -> Result<(), NotKept> {
    let signed: Bytes<REVOCATIONS_MAX> = kept.record.try_into().map_err(|_| altered())?;
    let list = read_revocations(&signed, records).ok_or_else(altered)?;
    records.set_revocations(signed, list);
    Ok(())
}

fn read_revocations(signed: &[u8], records: &Records) -> Option<VerifiedRevocations> {
    let signed: SignedRevocations = decode(signed).ok()?;
    let verify = |at| signed.verify(&records.root, at, records.tolerance).ok();
    verify(records.clock.now()).or_else(|| verify(at_seconds(signed.revocations.issued)))
}

/// The newest policy, kept from now on, with what it says even if it has run out.
async fn newest_policy(
    records: &Records,
    program: &ProgramFile,
) -> Result<(Bytes<POLICY_MAX>, VerifiedPolicy), NotKept> {
    let (now, tolerance) = (records.clock.now(), records.tolerance);
    let first = program.verify(now, tolerance);
    let kept = records.directory.newest(Kind::Policy).await?;
    if let Ok(first) = &first {
        let signed = encode(&program.policy);
        let replaces = kept.as_ref().map_or(0, |kept| kept.version);
        if first.version > replaces {
            let with = Versioned { version: first.version, record: signed.clone() };
            records.directory.replace(Kind::Policy, replaces, with).await?;
            let signed = signed.try_into().map_err(|_| altered())?;
            return Ok((signed, first.clone()));
        }
    }
    match (kept, first) {
        (Some(kept), _) => {
            let signed: Bytes<POLICY_MAX> = kept.record.try_into().map_err(|_| altered())?;
            let policy = read_policy(&signed, &records.root, now, records)
                .or_else(|| said_by(&signed, records))
                .ok_or_else(altered)?;
            Ok((signed, policy))
        }
        (None, Err(error)) => Err(NotKept::Program(error)),
        // A policy that holds has a version of at least 1.
        (None, Ok(_)) => Err(NotKept::Program(ProgramFileError::Malformed)),
    }
}

fn read_policy(
    signed: &[u8],
    root: &Fingerprint,
    at: Timestamp,
    records: &Records,
) -> Option<VerifiedPolicy> {
    let signed: SignedPolicy = decode(signed).ok()?;
    signed.verify(root, at, records.tolerance).ok()
}

/// What a policy said when it was made.
fn said_by(signed: &[u8], records: &Records) -> Option<VerifiedPolicy> {
    let policy: SignedPolicy = decode(signed).ok()?;
    let said: stillroom_program::Policy = decode(&policy.policy).ok()?;
    read_policy(signed, &records.root, at_seconds(said.issued), records)
}

fn at_seconds(seconds: u64) -> Timestamp {
    Timestamp(seconds.saturating_mul(1000))
}

fn altered() -> NotKept {
    DirectoryError::Unusable("a record was altered".to_owned()).into()
}
