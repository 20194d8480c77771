//! `stillroom record`: what administrators did, printed and checked (`features.md` 5.9; `decisions/0034`).
//!
//! Every entry is signed by whoever did it and names the one before it. From the relay it is checked against the copy in
//! the program's folder, and against what the relay has in force; without a relay the copy alone is checked, or another
//! file. It says nothing of chats, of which there is no record.

mod acts;
mod copy;
mod report;

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use stillroom_program::VerifiedRevocations;

pub(crate) use acts::Record;
use report::Report;

use crate::client::RelayAddress;
use crate::failure::Failure;
use crate::program::ProgramFolder;
use crate::staff::line::StaffLine;
use crate::terminal::answer;

/// Print and check the record of what administrators did: who was invited, certified or revoked, which policy was
/// published, which notices of the host's were read.
#[derive(Args)]
pub(crate) struct RecordArguments {
    /// The program's folder.
    folder: PathBuf,
    /// The desk's address at the relay, such as wss://desk.example.org. Without it the copy in the folder is checked.
    #[arg(long)]
    relay: Option<RelayAddress>,
    /// Another copy to check, in place of the one in the folder.
    #[arg(long, conflicts_with = "relay")]
    file: Option<PathBuf>,
    /// Give the relay back the entries that it lost, where it was set back to a backup.
    #[arg(long, requires = "relay")]
    give_back: bool,
    /// A file with the passphrase, instead of being asked for it.
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

/// Does it.
pub(crate) async fn run(arguments: RecordArguments) -> Result<(), Failure> {
    let folder = ProgramFolder::new(&arguments.folder);
    let public = folder.public()?;
    let record = Record::new(&folder, public.root);
    let mut report = Report::new(folder.register(), public.administrator.leaf().device);
    let entries = match &arguments.relay {
        Some(relay) => {
            let device = folder.administrator(arguments.passphrase_file.as_deref())?;
            let mut line = StaffLine::open_as(relay, &public.root, &device).await?;
            if arguments.give_back {
                report.given_back = record.give_back(&mut line).await?;
            }
            let entries = record.catch_up(&mut line).await?;
            report.compare(&entries, &mut line, &public.root).await?;
            entries
        }
        None => {
            let path = arguments.file.unwrap_or_else(|| folder.record());
            let entries = copy::read(&path)?;
            record.check(&entries, &VerifiedRevocations::none())?;
            entries
        }
    };
    if arguments.json {
        answer(json!(report.json(&entries)).to_string());
    } else {
        report.in_words(&entries).iter().for_each(answer);
    }
    Ok(())
}
