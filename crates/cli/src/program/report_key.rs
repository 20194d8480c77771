//! `stillroom program report-key`: what answers are sealed to, for a program that was made before it was asked
//! for. It follows from the root key, so that making it again makes the same.

use std::path::PathBuf;

use clap::Args;

use super::ProgramFolder;
use crate::failure::Failure;
use crate::terminal::answer;

/// Make the report key of a program that was made before there was one.
#[derive(Args)]
pub(super) struct ReportKeyArguments {
    /// The program's folder, with its root.key in it.
    folder: PathBuf,
    /// A file with the passphrase, instead of being asked for it.
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

pub(super) fn run(arguments: &ReportKeyArguments) -> Result<(), Failure> {
    let folder = ProgramFolder::new(&arguments.folder);
    folder.make_report_key(arguments.passphrase_file.as_deref())?;
    answer(format!(
        "The report key is in {}. Count the policy's version up and publish it: from then on its questions are \
         asked.",
        folder.report_key().display()
    ));
    Ok(())
}
