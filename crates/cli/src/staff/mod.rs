//! `stillroom staff`: who belongs to the program, from the administrator's computer (`features.md` 5.1).
//!
//! A new member's keys are made on their device and never leave it; what passes through the relay is
//! authenticated by the secret in the invitation's link, which the relay does not get. It does not protect
//! against somebody who got hold of the link first: ask the new member whether their page says welcome.

mod console;
mod invite;
pub(crate) mod line;
mod list;
pub(crate) mod register;
mod revoke;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use stillroom_program::{Device, Fingerprint, Roles, RootKey};
use stillroom_protocol::Operation;

use self::line::StaffLine;
pub(crate) use self::list::{devices, revocations};
use crate::client::RelayAddress;
use crate::failure::Failure;
use crate::program::ProgramFolder;
use crate::record::Record;

/// Invite members of staff, or revoke their devices.
#[derive(Args)]
pub(crate) struct StaffArguments {
    #[command(subcommand)]
    command: StaffCommand,
}

#[derive(Subcommand)]
enum StaffCommand {
    /// Invite a new member: prints a link, and waits until they have opened it.
    Invite(invite::InviteArguments),
    /// Make another administrator's device, for a browser: prints a link.
    Console(console::ConsoleArguments),
    /// List everybody's devices.
    List(list::ListArguments),
    /// Revoke a device: it is let in no more.
    Revoke(revoke::RevokeArguments),
}

/// As whom, and where.
#[derive(Args)]
struct Administration {
    /// The program's folder.
    folder: PathBuf,
    /// The desk's address at the relay, such as wss://desk.example.org.
    #[arg(long)]
    relay: RelayAddress,
    /// A file with the passphrase, instead of being asked for it.
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

/// The administrator at work.
struct Administrator {
    folder: ProgramFolder,
    root: Fingerprint,
    device: Device,
    relay: RelayAddress,
}

impl Administration {
    fn open(&self) -> Result<Administrator, Failure> {
        let folder = ProgramFolder::new(&self.folder);
        let root = folder.public()?.root;
        let device = folder.administrator(self.passphrase_file.as_deref())?;
        Ok(Administrator { folder, root, device, relay: self.relay.clone() })
    }

    /// The same, with the program's root key, which makes administrators.
    fn open_with_root(&self) -> Result<(Administrator, RootKey), Failure> {
        let folder = ProgramFolder::new(&self.folder);
        let root = folder.public()?.root;
        let (root_key, device) = folder.root_and_administrator(self.passphrase_file.as_deref())?;
        let administrator = Administrator { folder, root, device, relay: self.relay.clone() };
        Ok((administrator, root_key))
    }
}

impl Administrator {
    async fn connect(&self) -> Result<StaffLine, Failure> {
        StaffLine::open_as(&self.relay, &self.root, &self.device).await
    }

    /// Does an administrative act, with its entry in the record.
    async fn perform(&self, line: &mut StaffLine, operation: &Operation) -> Result<(), Failure> {
        Record::new(&self.folder, self.root).perform(line, &self.device, operation).await
    }
}

/// A role as people write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Role {
    /// Chats with survivors.
    Advocate,
    /// Looks after advocates, and can chat with survivors.
    Supervisor,
    /// Joins a chat to interpret.
    Interpreter,
}

impl Role {
    fn of_all(roles: &[Self]) -> Roles {
        roles.iter().fold(Roles::NONE, |all, role| {
            all | match role {
                Self::Advocate => Roles::ADVOCATE,
                Self::Supervisor => Roles::SUPERVISOR,
                Self::Interpreter => Roles::INTERPRETER,
            }
        })
    }
}

/// Roles as people read them.
pub(crate) fn in_words(roles: Roles) -> String {
    let names = [
        (Roles::ADVOCATE, "advocate"),
        (Roles::SUPERVISOR, "supervisor"),
        (Roles::INTERPRETER, "interpreter"),
        (Roles::ADMINISTRATOR, "administrator"),
    ];
    let held = names.iter().filter(|(role, _)| roles.contains(*role));
    held.map(|(_, name)| *name).collect::<Vec<_>>().join(", ")
}

/// Does it.
pub(crate) async fn run(arguments: StaffArguments) -> Result<(), Failure> {
    match arguments.command {
        StaffCommand::Invite(arguments) => invite::run(&arguments).await,
        StaffCommand::Console(arguments) => console::run(&arguments).await,
        StaffCommand::List(arguments) => list::run(&arguments).await,
        StaffCommand::Revoke(arguments) => revoke::run(&arguments).await,
    }
}
