//! `stillroom policy`: what survivors read, checked, compared, signed and published (`features.md` 5.6, the
//! part of the command line).

mod check;
mod close;
mod diff;
mod fetch;
mod history;
mod merge;
mod publish;
mod published;
mod roll_back;
mod sign;
mod texts;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use stillroom_program::{Device, Policy};
use stillroom_relay::ProgramFile;

use crate::client::RelayAddress;
use crate::failure::Failure;
use crate::program::ProgramFolder;
use crate::staff::line::StaffLine;

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
    /// List the policies that the relay keeps, the newest first.
    History(history::HistoryArguments),
    /// Write the policy that is published, or any that was, as a file that can be edited and compared.
    Fetch(fetch::FetchArguments),
    /// Join the policy that is being edited with one that somebody else published meanwhile.
    Merge(merge::MergeArguments),
    /// Bring back what an older version said, as the next version.
    RollBack(roll_back::RollBackArguments),
}

/// An administrator at a relay.
#[derive(Args)]
struct AtRelay {
    /// The program's folder.
    folder: PathBuf,
    /// The desk's address at the relay, such as wss://desk.example.org.
    #[arg(long)]
    relay: RelayAddress,
    /// A file with the passphrase, instead of being asked for it.
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

/// The same, let in.
struct Connected {
    folder: ProgramFolder,
    public: ProgramFile,
    administrator: Device,
    line: StaffLine,
}

impl AtRelay {
    async fn connect(&self) -> Result<Connected, Failure> {
        let folder = ProgramFolder::new(&self.folder);
        let public = folder.public()?;
        let administrator = folder.administrator(self.passphrase_file.as_deref())?;
        let line = StaffLine::open_as(&self.relay, &public.root, &administrator).await?;
        Ok(Connected { folder, public, administrator, line })
    }
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
        PolicyCommand::History(arguments) => history::run(&arguments).await,
        PolicyCommand::Fetch(arguments) => fetch::run(&arguments).await,
        PolicyCommand::Merge(arguments) => merge::run(&arguments).await,
        PolicyCommand::RollBack(arguments) => roll_back::run(&arguments).await,
    }
}

/// The policy in this file, if nothing has to be mended.
pub(crate) fn sound(file: &Path) -> Result<Policy, Failure> {
    check::sound(file).map(|(policy, _)| policy)
}
