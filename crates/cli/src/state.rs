//! `stillroom state`: what a relay keeps, copied while it runs (`docs/deploying.md`).

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;
use stillroom_relay::holdings::program_of;
use stillroom_relay::{BackupError, Config, back_up};

use crate::failure::Failure;
use crate::terminal::{answer, remark};
use crate::which_relay::WhichRelay;

/// Copy what a relay keeps.
#[derive(Args)]
pub(crate) struct StateArguments {
    #[command(subcommand)]
    command: StateCommand,
}

#[derive(Subcommand)]
enum StateCommand {
    /// Copy the records and the host's key into a new folder, while the relay runs. To put them back, put that folder
    /// in the place of the state folder before the relay starts.
    Backup(BackupArguments),
}

#[derive(Args)]
struct BackupArguments {
    #[command(flatten)]
    which: WhichRelay,
    /// The folder to make. Of many programs each has one in it, named by its fingerprint.
    #[arg(long)]
    into: PathBuf,
}

/// Does it.
pub(crate) fn run(arguments: StateArguments) -> Result<(), Failure> {
    let StateCommand::Backup(BackupArguments { which, into }) = arguments.command;
    match which.configs()?.as_slice() {
        [config] => copy(config, &into, which.json),
        configs => {
            std::fs::create_dir(&into).map_err(|error| no_copy(&into, &error.to_string()))?;
            for config in configs {
                copy(config, &into.join(name(config)?), which.json)?;
            }
            Ok(())
        }
    }
}

fn name(config: &Config) -> Result<String, Failure> {
    let program = program_of(config).map_err(|error| {
        Failure::new(
            format!("Whose records these are cannot be told: {error}."),
            "Check the configuration.",
        )
    })?;
    Ok(program.to_string())
}

fn copy(config: &Config, into: &Path, in_json: bool) -> Result<(), Failure> {
    back_up(&config.state.folder, into).map_err(|error| match error {
        BackupError::NothingThere => Failure::new(
            format!("There is nothing to copy: {error}."),
            "Check `folder` in the configuration.",
        ),
        BackupError::InTheWay | BackupError::Failed(_) => no_copy(into, &error.to_string()),
    })?;
    if in_json {
        answer(json!({"program": name(config)?, "folder": into}).to_string());
    } else {
        remark(format!(
            "{} has a copy of the records and of the host's key. It keeps what the relay removes later: see to it \
             that it goes.",
            into.display()
        ));
    }
    Ok(())
}

fn no_copy(into: &Path, why: &str) -> Failure {
    Failure::new(
        format!("There is no copy in {}: {why}.", into.display()),
        "Name a folder that is not there yet, and run this as the user that the relay runs as.",
    )
}
