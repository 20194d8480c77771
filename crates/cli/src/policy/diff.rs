//! `stillroom policy diff`.

use std::path::{Path, PathBuf};

use clap::Args;
use stillroom_program::Policy;
use stillroom_relay::ProgramFile;

use super::check;
use crate::failure::Failure;
use crate::files;
use crate::program::ProgramFolder;
use crate::terminal::answer;

/// Say what a policy says otherwise than another one, or than the one that was signed last.
#[derive(Args)]
pub(super) struct DiffArguments {
    /// The older policy: its file, or a public.stillroom. With the program's folder alone, the policy that was
    /// signed last is compared with the one that is being edited.
    older: PathBuf,
    /// The newer policy: its file, or a public.stillroom.
    newer: Option<PathBuf>,
}

pub(super) fn run(arguments: &DiffArguments) -> Result<(), Failure> {
    let (older, newer) = match &arguments.newer {
        Some(newer) => (read(&arguments.older)?, read(newer)?),
        None => {
            let folder = ProgramFolder::new(&arguments.older);
            (signed(&folder.public()?)?, check::read(&folder.policy())?.0)
        }
    };
    check::remark_on_version(&older, &newer);
    let differences = older.differences(&newer);
    for difference in &differences {
        answer(difference.to_string());
    }
    if differences.is_empty() {
        answer("Both say the same.");
    }
    Ok(())
}

/// The policy in a file of either kind.
fn read(path: &Path) -> Result<Policy, Failure> {
    match ProgramFile::decode(&files::read(path)?) {
        Ok(public) => signed(&public),
        Err(_) => check::read(path).map(|(policy, _)| policy),
    }
}

/// The policy that was signed last.
pub(super) fn signed(public: &ProgramFile) -> Result<Policy, Failure> {
    public.policy.unverified().map_err(|_| {
        Failure::new(
            "The policy in public.stillroom cannot be read.",
            "Take the file from a backup, or from the relay's computer.",
        )
    })
}
