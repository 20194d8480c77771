//! The policies that a relay keeps, fetched by an administrator and followed up to the root: what a relay gives is
//! believed for its signature, not for being given.

use stillroom_conversation::CLOCK_TOLERANCE;
use stillroom_program::{Fingerprint, LocaleFile, Policy, SignedPolicy, VerifiedPolicy, decode};
use stillroom_protocol::Operation;

use crate::clock::Clock;
use crate::failure::Failure;
use crate::staff::line::StaffLine;

/// A policy as it was published.
pub(super) struct Published {
    /// As it was signed.
    pub(super) signed: SignedPolicy,
    /// What of it was believed.
    pub(super) verified: VerifiedPolicy,
    /// All that it says.
    pub(super) policy: Policy,
}

impl Published {
    /// The newest that the relay shows.
    pub(super) async fn newest(line: &mut StaffLine, root: &Fingerprint) -> Result<Self, Failure> {
        let record = line.records(Operation::Policy { version: 0 }).await?.pop();
        Self::read(&record.ok_or_else(|| not_kept(0))?, root)
    }

    /// The one of this version.
    pub(super) async fn of_version(
        line: &mut StaffLine,
        root: &Fingerprint,
        version: u64,
    ) -> Result<Self, Failure> {
        let record = line.records(Operation::Policy { version }).await?.pop();
        let published = Self::read(&record.ok_or_else(|| not_kept(version))?, root)?;
        if published.verified.version == version { Ok(published) } else { Err(not_believed()) }
    }

    fn read(record: &[u8], root: &Fingerprint) -> Result<Self, Failure> {
        let (signed, verified) = verified(record, root)?;
        let policy = verified.whole(&signed).map_err(|_| not_believed())?;
        Ok(Self { signed, verified, policy })
    }

    /// The files of texts that it names.
    pub(super) async fn files(&self, line: &mut StaffLine) -> Result<Vec<LocaleFile>, Failure> {
        let mut files = Vec::new();
        for locale in self.policy.page.locales.iter() {
            let given = line.records(Operation::Locale { file: locale.file }).await?;
            let given: Vec<LocaleFile> =
                given.into_iter().filter_map(|file| LocaleFile::try_from(file).ok()).collect();
            let file = locale.find(&given).ok_or_else(|| {
                Failure::new(
                    format!("The relay has no texts in {} of that version any more.", &*locale.tag),
                    "Take the file from the folder or the backup that it was published from.",
                )
            })?;
            files.push(file.clone());
        }
        Ok(files)
    }
}

/// The terms of every policy that the relay keeps, the newest first.
pub(super) async fn history(
    line: &mut StaffLine,
    root: &Fingerprint,
) -> Result<Vec<VerifiedPolicy>, Failure> {
    let mut all: Vec<VerifiedPolicy> = Vec::new();
    loop {
        let below = all.last().map_or(u64::MAX, |last| last.version);
        let records = line.records(Operation::PolicyHistory { below }).await?;
        if records.is_empty() {
            return Ok(all);
        }
        for record in records {
            let (_, listed) = verified(&record, root)?;
            if all.last().is_some_and(|last| last.version <= listed.version) {
                return Err(not_believed());
            }
            all.push(listed);
        }
    }
}

/// A policy of this program, as it holds now or held as long as it did.
fn verified(record: &[u8], root: &Fingerprint) -> Result<(SignedPolicy, VerifiedPolicy), Failure> {
    let signed: SignedPolicy = decode(record).map_err(|_| not_believed())?;
    let now = Clock::start().now();
    let verified = signed.verify_as_it_held(root, now, CLOCK_TOLERANCE);
    verified.map(|verified| (signed.clone(), verified)).map_err(|_| not_believed())
}

fn not_kept(version: u64) -> Failure {
    let what = match version {
        0 => "The relay has no policy.".to_owned(),
        version => format!("The relay has no version {version} of the policy (any more)."),
    };
    Failure::new(what, "`stillroom policy history` says which it has.")
}

fn not_believed() -> Failure {
    Failure::new(
        "The relay shows a policy that this program did not sign, or another one than was asked for.",
        "Nothing was changed here. Ask whoever runs the relay what happened, and look at its computer.",
    )
}
