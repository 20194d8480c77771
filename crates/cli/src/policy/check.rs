//! `stillroom policy check`.

use std::path::{Path, PathBuf};

use clap::Args;
use stillroom_program::Policy;

use crate::failure::Failure;
use crate::files;
use crate::terminal::{answer, remark};

/// Say what has to be mended before a policy can be signed, and what would be better put more simply.
#[derive(Args)]
pub(super) struct CheckArguments {
    /// The policy's file.
    file: PathBuf,
}

pub(super) fn run(arguments: &CheckArguments) -> Result<(), Failure> {
    sound(&arguments.file)?;
    answer("Nothing has to be mended.");
    Ok(())
}

/// The policy in this file, if nothing has to be mended. What is hard to read is remarked upon.
pub(super) fn sound(path: &Path) -> Result<Policy, Failure> {
    let policy = read(path)?;
    let findings = policy.check();
    if !findings.is_empty() {
        let findings: Vec<String> = findings.iter().map(|finding| format!("  {finding}")).collect();
        return Err(mend(path, &format!("\n{}", findings.join("\n"))));
    }
    for warning in policy.warnings() {
        remark(format!("Hard to read: {warning}."));
    }
    Ok(policy)
}

/// The policy in this file, whether it is sound or not.
pub(super) fn read(path: &Path) -> Result<Policy, Failure> {
    Policy::from_toml(&files::read_text(path)?).map_err(|error| mend(path, &error.to_string()))
}

fn mend(path: &Path, what: &str) -> Failure {
    Failure::new(format!("{}: {what}", path.display()), "Mend that in an editor and check again.")
}
