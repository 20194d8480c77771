//! `stillroom policy sign`.

use std::path::{Path, PathBuf};

use clap::Args;
use stillroom_program::{Device, Fingerprint, Policy, ReportKey, SignedPolicy};
use stillroom_relay::ProgramFile;

use super::check;
use super::published::Published;
use crate::answers;
use crate::failure::Failure;
use crate::files;
use crate::program::{ProgramFolder, Unlocked};
use crate::terminal::{answer, remark};

/// Sign the policy and write it into public.stillroom, for a relay that is yet to start.
#[derive(Args)]
pub(super) struct SignArguments {
    /// The program's folder.
    folder: PathBuf,
    /// A file with the passphrase, instead of being asked for it.
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

pub(super) fn run(arguments: &SignArguments) -> Result<(), Failure> {
    let signed = Signed::make(&arguments.folder, arguments.passphrase_file.as_deref())?;
    signed.write()?;
    answer(format!("Version {} of the policy is signed, in public.stillroom.", signed.version));
    Ok(())
}

/// A policy that was just signed, and whoever signed it.
pub(super) struct Signed {
    /// The program's folder.
    pub(super) folder: ProgramFolder,
    /// The policy's version.
    pub(super) version: u64,
    /// The administrator's device.
    pub(super) administrator: Device,
    policy: Policy,
    /// The one that was signed before it.
    before: Option<Policy>,
    /// The same, as it was signed.
    last: SignedPolicy,
    /// What a relay is told from now on.
    pub(super) public: ProgramFile,
}

impl Signed {
    /// Checks and signs the policy of the program in this folder.
    pub(super) fn make(folder: &Path, passphrase: Option<&Path>) -> Result<Self, Failure> {
        let folder = ProgramFolder::new(folder);
        let public = folder.public()?;
        let (policy, locale_files) = check::sound(&folder.policy())?;
        let Unlocked { administrator, report } = folder.unlock(passphrase)?;
        if Fingerprint::of(&administrator.chain.root) != public.root {
            return Err(another_program(&folder));
        }
        let policy = asking(policy, report.as_ref());
        check_version(&policy, &public)?;
        let signed = SignedPolicy::sign(&policy, &administrator).map_err(|error| {
            Failure::new(
                format!("The policy was not signed: {error}."),
                "Mend it and sign it again.",
            )
        })?;
        let before = public.policy.unverified().ok();
        let last = public.policy.clone();
        let public = ProgramFile {
            policy: signed,
            administrator: administrator.chain.clone(),
            // As many as the policy names, and so never too many.
            locales: locale_files.try_into().unwrap_or_default(),
            ..public
        };
        let version = policy.terms.version;
        Ok(Self { folder, version, administrator, policy, before, last, public })
    }

    /// Whether what a relay shows as the newest is known here, so that nothing of anybody else's is written over: it is
    /// what was signed last, is signed now, or was signed by this very administrator before.
    pub(super) fn knows(&self, newest: &Published) -> bool {
        let own = newest.verified.signer().key == self.administrator.key();
        let signed_here = own
            && self
                .before
                .as_ref()
                .is_some_and(|last| newest.verified.version < last.terms.version);
        newest.signed == self.last || newest.signed == self.public.policy || signed_here
    }

    /// Writes it into public.stillroom, and keeps what it asks beside the sums of answers.
    pub(super) fn write(&self) -> Result<(), Failure> {
        let policies: Vec<_> = self.before.iter().chain([&self.policy]).collect();
        answers::remember(&self.folder, &policies)?;
        files::replace(&self.folder.public_file(), &self.public.encode())
    }
}

/// The policy with the report key in it, if it asks anything that could be sealed to one.
fn asking(policy: Policy, report: Option<&ReportKey>) -> Policy {
    let asks = !policy.page.questions.is_empty() || !policy.page.survey.is_empty();
    match report {
        Some(report) => policy.with_report_key(&report.public_key()),
        None => {
            if asks {
                remark(
                    "The policy's questions and survey will not be asked: this program has no report key. \
                     `stillroom program report-key` makes it.",
                );
            }
            policy
        }
    }
}

/// What nobody would believe is not written over either of the two.
fn another_program(folder: &ProgramFolder) -> Failure {
    Failure::new(
        format!(
            "{} is of another program than the keys beside it.",
            folder.public_file().display()
        ),
        "Nothing was signed. Put this program's own public.stillroom back, from a backup or from its relay.",
    )
}

/// A policy that says something else than the last one needs another number: devices take the highest.
fn check_version(policy: &Policy, public: &ProgramFile) -> Result<(), Failure> {
    let Ok(last) = public.policy.unverified() else {
        return Ok(());
    };
    check::remark_on_version(&last, policy);
    if policy.terms.version > last.terms.version || *policy == last {
        return Ok(());
    }
    let last = last.terms.version;
    Err(Failure::new(
        format!("Version {last} of the policy was signed before, and said something else."),
        format!("Set `version = {}` in the policy.", last.saturating_add(1)),
    ))
}
