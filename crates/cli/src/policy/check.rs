//! `stillroom policy check`.

use std::path::{Path, PathBuf};

use clap::Args;
use stillroom_program::Policy;

use crate::failure::Failure;
use crate::files;
use crate::terminal::answer;

/// Say what has to be mended before a policy can be signed.
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

/// The policy in this file, if nothing has to be mended.
pub(super) fn sound(path: &Path) -> Result<Policy, Failure> {
    let mend = |what: String| {
        Failure::new(
            format!("{}: {what}", path.display()),
            "Mend that in an editor and check again.",
        )
    };
    let policy =
        Policy::from_toml(&files::read_text(path)?).map_err(|error| mend(error.to_string()))?;
    let findings = policy.check();
    if findings.is_empty() {
        return Ok(policy);
    }
    let findings: Vec<String> = findings.iter().map(|finding| format!("  {finding}")).collect();
    Err(mend(format!("\n{}", findings.join("\n"))))
}
