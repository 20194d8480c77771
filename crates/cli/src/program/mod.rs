//! `stillroom program`: a program's keys, on the program's own computer (`features.md` 5.1).
//!
//! The root key and the administrator's device are kept under a passphrase, and nothing of them ever goes
//! to a relay. It does not protect against whoever has the folder and the passphrase, or the words on paper.

mod dates;
mod folder;
mod fresh;
mod new;
mod recover;
mod report_key;

use clap::{Args, Subcommand};

pub(crate) use dates::date;
pub(crate) use folder::{ProgramFolder, Unlocked};
pub(crate) use fresh::{Fresh, STAFF_DAYS, throw_away_policy};

use crate::failure::Failure;

/// Make a program's keys, or get them back.
#[derive(Args)]
pub(crate) struct ProgramArguments {
    #[command(subcommand)]
    command: ProgramCommand,
}

#[derive(Subcommand)]
enum ProgramCommand {
    /// Make a new program: its keys, a policy to edit, and the public file for its relay.
    New(new::NewArguments),
    /// Make the report key of a program that was made before there was one.
    ReportKey(report_key::ReportKeyArguments),
    /// Get the keys back with the recovery words, under a new passphrase.
    Recover(recover::RecoverArguments),
}

/// Does it.
pub(crate) fn run(arguments: ProgramArguments) -> Result<(), Failure> {
    match arguments.command {
        ProgramCommand::New(arguments) => new::run(&arguments),
        ProgramCommand::ReportKey(arguments) => report_key::run(&arguments),
        ProgramCommand::Recover(arguments) => recover::run(&arguments),
    }
}
