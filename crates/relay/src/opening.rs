//! What a relay goes by when it opens: the newest policy and list of revoked devices that it has kept, or
//! the first ones from the program's file.
//!
//! What was kept was verified when it came. If it has run out since, a policy still says on the page when chat
//! is open and how else to reach an advocate (no chat starts under it), and a revoked device stays revoked. Where
//! several relays share the records, each reads them anew when another has changed them.

use std::fmt;

use stillroom_program::{
    Calendar, CertificateError, Locale, PolicyError, SignedPolicy, SignedRevocations,
    TimeZoneUnknown, Timestamp, VerifiedPolicy, VerifiedRevocations,
};
use stillroom_protocol::limits::REVOCATIONS_MAX;
use stillroom_protocol::{Bytes, decode, encode};

use crate::directory::{DirectoryError, Kind, Versioned};
use crate::notice_board::Notice;
use crate::pages::PagesError;
use crate::program_file::{ProgramFile, ProgramFileError};
use crate::records::{LOCALES_KEPT, Records};
use crate::retention::POLICIES_KEPT;

/// Why a relay cannot open.
pub(crate) enum NotKept {
    Program(ProgramFileError),
    Directory(DirectoryError),
    Pages(PagesError),
    Hours(TimeZoneUnknown),
}

impl fmt::Display for NotKept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program(error) => error.fmt(f),
            Self::Directory(error) => error.fmt(f),
            Self::Pages(error) => error.fmt(f),
            Self::Hours(error) => error.fmt(f),
        }
    }
}

impl From<DirectoryError> for NotKept {
    fn from(error: DirectoryError) -> Self {
        Self::Directory(error)
    }
}

/// A policy that was believed, if not now then when it was made.
struct Known {
    signed: SignedPolicy,
    verified: VerifiedPolicy,
}

/// Brings switchboard and pages to where the records are.
pub(crate) async fn open(records: &Records, program: &ProgramFile) -> Result<(), NotKept> {
    if let Some(kept) = records.directory.newest(Kind::Revocations).await? {
        revoke(records, kept)?;
    }
    records.show_notices().await?;
    show(records, newest_policy(records, program).await?).await
}

/// Brings switchboard and pages to where the records are by now, as far as they were changed without this relay's knowing.
pub(crate) async fn read_anew(records: &Records) -> Result<(), NotKept> {
    let _alone = records.go_by().await;
    records.show_notices().await?;
    // Known from then on while the database is away.
    records.newest(Kind::DutyKey).await?;
    follow(records).await.map(drop)
}

/// Goes by the policy and the list of revoked devices that are kept. Whether either was another one.
pub(crate) async fn follow(records: &Records) -> Result<bool, NotKept> {
    let mut other = false;
    if let Some(kept) = records.directory.newest(Kind::Revocations).await?
        && kept.version != records.revoked().version()
    {
        revoke(records, kept)?;
        other = true;
    }
    if let Some(kept) = records.directory.newest(Kind::Policy).await?
        && Some(kept.version) != records.board.policy_version().await
    {
        show(records, known(records, &kept)?).await?;
        other = true;
    }
    Ok(other)
}

async fn show(records: &Records, known: Known) -> Result<(), NotKept> {
    let Known { signed, verified } = known;
    let policy = verified.whole(&signed).map_err(|_| altered())?;
    let calendar = Calendar::of(&policy).map_err(NotKept::Hours)?;
    if policy.terms.expires <= records.clock.now().seconds() {
        tracing::warn!("the policy has run out: no chat can start before a new one is published");
    }
    let files = records.locale_files(&policy).await?;
    let notice = Notice { policy, files, calendar: calendar.clone() };
    records.board.put_up(notice).await.map_err(NotKept::Pages)?;
    let greeted = encode(&signed.terms_alone()).try_into().map_err(|_| altered())?;
    records.switchboard.set_policy(greeted, verified, calendar);
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

/// The newest policy, kept from now on, also if it has run out: the relay never goes back to an older one.
async fn newest_policy(records: &Records, program: &ProgramFile) -> Result<Known, NotKept> {
    let kept = records.directory.newest(Kind::Policy).await?;
    let replaces = kept.as_ref().map_or(0, |kept| kept.version);
    let first = first_policy(records, program);
    match (kept, first) {
        (kept, Ok(first))
            if kept.is_none()
                || first.verified.version > replaces && holds(&first.verified, records) =>
        {
            let (version, record) = (first.verified.version, encode(&first.signed));
            let with = Versioned { version, record };
            for file in program.locales.iter() {
                let hash = Locale::hash(file);
                records.directory.put_locale(hash, file.to_vec(), LOCALES_KEPT).await?;
            }
            let put = records.directory.replace_policy(replaces, with, POLICIES_KEPT).await?;
            // Another relay that shares the records may have been before us, with this one or a later one.
            match records.directory.newest(Kind::Policy).await? {
                Some(kept) if !put => known(records, &kept),
                _ => Ok(first),
            }
        }
        (Some(kept), _) => known(records, &kept),
        (None, Err(error)) => Err(NotKept::Program(error)),
        (None, Ok(_)) => Err(altered()),
    }
}

/// A policy that is kept, as it is now or as it was when it held.
fn known(records: &Records, kept: &Versioned) -> Result<Known, NotKept> {
    let signed: SignedPolicy = decode(&kept.record).map_err(|_| altered())?;
    let verify = |at| signed.verify(&records.root, at, records.tolerance).ok();
    let verified =
        verify(records.clock.now()).or_else(|| verify(signed.last_held()?)).ok_or_else(altered)?;
    Ok(Known { signed, verified })
}

/// The policy of the program's file, as it is now or as it was when it held.
fn first_policy(records: &Records, program: &ProgramFile) -> Result<Known, ProgramFileError> {
    let verify = |at| program.verify(at, records.tolerance);
    let verified =
        verify(records.clock.now()).or_else(|error| match program.policy.last_held() {
            Some(then) if has_run_out(&error) => verify(then),
            _ => Err(error),
        })?;
    Ok(Known { signed: program.policy.clone(), verified })
}

fn has_run_out(error: &ProgramFileError) -> bool {
    use ProgramFileError::{Administrator, Policy};
    matches!(error, Administrator(CertificateError::Expired) | Policy(PolicyError::Expired))
}

fn holds(policy: &VerifiedPolicy, records: &Records) -> bool {
    records.clock.now().seconds() < policy.expires
}

fn at_seconds(seconds: u64) -> Timestamp {
    Timestamp(seconds.saturating_mul(1000))
}

fn altered() -> NotKept {
    DirectoryError::Unusable("a record was altered".to_owned()).into()
}
