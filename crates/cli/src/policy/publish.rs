//! `stillroom policy publish`.

use std::path::PathBuf;

use clap::Args;
use stillroom_program::{Device, Policy, SignedPolicy, encode};
use stillroom_protocol::Operation;
use stillroom_relay::ProgramFile;

use super::check;
use crate::client::RelayAddress;
use crate::failure::Failure;
use crate::files;
use crate::program::ProgramFolder;
use crate::staff::line::{StaffLine, too_long};
use crate::terminal::answer;

/// Sign the policy, write it into public.stillroom, and send it to the relay.
#[derive(Args)]
pub(super) struct PublishArguments {
    /// The program's folder.
    folder: PathBuf,
    /// The desk's address at the relay, such as wss://desk.example.org. Without it, the signed policy is
    /// written into public.stillroom alone.
    #[arg(long)]
    relay: Option<RelayAddress>,
    /// A file with the passphrase, instead of being asked for it.
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

pub(super) async fn run(arguments: &PublishArguments) -> Result<(), Failure> {
    let folder = ProgramFolder::new(&arguments.folder);
    let public = folder.public()?;
    let policy = check::sound(&folder.policy())?;
    check_version(&policy, &public)?;
    let administrator = folder.administrator(arguments.passphrase_file.as_deref())?;
    let signed = sign(&policy, &administrator)?;
    if let Some(relay) = &arguments.relay {
        let mut line = StaffLine::open_as(relay, &public.root, &administrator).await?;
        let policy = encode(&signed).try_into().map_err(|_| too_long("policy"))?;
        line.done(Operation::PublishPolicy { policy }).await?;
    }
    let public =
        ProgramFile { policy: signed, administrator: administrator.chain.clone(), ..public };
    files::replace(&folder.public_file(), &public.encode())?;
    answer(match arguments.relay {
        Some(_) => format!("Version {} of the policy is published.", policy.terms.version),
        None => format!(
            "Version {} of the policy is signed, in public.stillroom.",
            policy.terms.version
        ),
    });
    Ok(())
}

/// A policy that says something else than the last one needs another number: devices take the highest.
fn check_version(policy: &Policy, public: &ProgramFile) -> Result<(), Failure> {
    let Ok(last) = public.policy.unverified() else {
        return Ok(());
    };
    if policy.terms.version > last.terms.version || *policy == last {
        return Ok(());
    }
    let last = last.terms;
    Err(Failure::new(
        format!(
            "Version {} of the policy was signed before, and said something else.",
            last.version
        ),
        format!("Set `version = {}` in the policy.", last.version + 1),
    ))
}

fn sign(policy: &Policy, administrator: &Device) -> Result<SignedPolicy, Failure> {
    SignedPolicy::sign(policy, administrator).map_err(|error| {
        Failure::new(format!("The policy was not signed: {error}."), "Mend it and publish again.")
    })
}
