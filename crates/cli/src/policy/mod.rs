//! `stillroom policy`: what survivors read, checked, compared, signed and published (`features.md` 5.6, the
//! part of the command line).

mod check;
mod close;
mod diff;
mod publish;
mod sign;
mod texts;

use std::path::Path;

use clap::{Args, Subcommand};
use stillroom_program::Policy;

use crate::failure::Failure;

/// Check and publish what survivors read: hours, notices, other ways to reach you.
#[derive(Args)]
pub(crate) struct PolicyArguments {
    #[command(subcommand)]
    command: PolicyCommand,
}

#[derive(Subcommand)]
enum PolicyCommand {
    /// Say what has to be mended before a policy can be signed, and what would be better put more simply.
    Check(check::CheckArguments),
    /// Say what a policy says otherwise than another one, or than the one that was signed last.
    Diff(diff::DiffArguments),
    /// Write a file for a translator, with every text that a page shows.
    Texts(texts::TextsArguments),
    /// Sign the policy and write it into public.stillroom, for a relay that is yet to start.
    Sign(sign::SignArguments),
    /// Sign the policy, write it into public.stillroom, and send it to the relay.
    Publish(publish::PublishArguments),
    /// Close chat at once, with a notice on every page; whoever waits is told, and chats that have begun go on.
    Close(close::CloseArguments),
    /// Open chat again after it was closed by a notice.
    Open(close::OpenArguments),
}

/// Does it.
pub(crate) async fn run(arguments: PolicyArguments) -> Result<(), Failure> {
    match arguments.command {
        PolicyCommand::Check(arguments) => check::run(&arguments),
        PolicyCommand::Diff(arguments) => diff::run(&arguments),
        PolicyCommand::Texts(arguments) => texts::run(&arguments),
        PolicyCommand::Sign(arguments) => sign::run(&arguments),
        PolicyCommand::Publish(arguments) => publish::run(&arguments).await,
        PolicyCommand::Close(arguments) => close::close(&arguments).await,
        PolicyCommand::Open(arguments) => close::open(&arguments).await,
    }
}

/// The policy in this file, if nothing has to be mended.
pub(crate) fn sound(file: &Path) -> Result<Policy, Failure> {
    check::sound(file).map(|(policy, _)| policy)
}
