//! `stillroom policy`: what survivors read, checked, signed and published (`features.md` 5.6, the part of
//! the command line).

mod check;
mod publish;

use clap::{Args, Subcommand};

use crate::failure::Failure;

/// Check and publish what survivors read: hours, notices, other ways to reach you.
#[derive(Args)]
pub(crate) struct PolicyArguments {
    #[command(subcommand)]
    command: PolicyCommand,
}

#[derive(Subcommand)]
enum PolicyCommand {
    /// Say what has to be mended before a policy can be signed.
    Check(check::CheckArguments),
    /// Sign the policy, write it into public.stillroom, and send it to the relay.
    Publish(publish::PublishArguments),
}

/// Does it.
pub(crate) async fn run(arguments: PolicyArguments) -> Result<(), Failure> {
    match arguments.command {
        PolicyCommand::Check(arguments) => check::run(&arguments),
        PolicyCommand::Publish(arguments) => publish::run(&arguments).await,
    }
}
