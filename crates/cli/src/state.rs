//! `stillroom state`: what a relay keeps, copied while it runs (`docs/deploying.md`), and moved into PostgreSQL while it
//! does not (`docs/hosting.md`).

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;
use stillroom_relay::directory::{DirectoryError, MoveError, move_records};
use stillroom_relay::holdings::program_of;
use stillroom_relay::{BackupError, Config, back_up};

use crate::failure::Failure;
use crate::terminal::{answer, remark};
use crate::which_relay::WhichRelay;

/// Copy what a relay keeps, or move it into PostgreSQL.
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
    /// Move the records from the state folder into the PostgreSQL that the configuration names. Stop the relay first.
    Move(WhichRelay),
}

#[derive(Args)]
struct BackupArguments {
    #[command(flatten)]
    which: WhichRelay,
    /// The folder to make, in one that is there. Of many programs each has one in it, named as its state folder is.
    #[arg(long)]
    into: PathBuf,
}

/// Does it.
pub(crate) async fn run(arguments: StateArguments) -> Result<(), Failure> {
    match arguments.command {
        StateCommand::Backup(arguments) => back_up_each(arguments),
        StateCommand::Move(which) => move_each(&which).await,
    }
}

fn back_up_each(BackupArguments { which, into }: BackupArguments) -> Result<(), Failure> {
    match which.configs()?.as_slice() {
        [config] => copy(config, &into, which.json),
        configs => {
            std::fs::create_dir(&into).map_err(|error| no_copy(&into, &error.to_string()))?;
            let copied = copy_each(configs, &into, which.json);
            if copied.is_err() {
                // It was made here, a moment ago, and would be in the way of the next try.
                let _ = std::fs::remove_dir_all(&into);
            }
            copied
        }
    }
}

fn copy_each(configs: &[Config], into: &Path, in_json: bool) -> Result<(), Failure> {
    for (config, name) in configs.iter().zip(names(configs)?) {
        copy(config, &into.join(name), in_json)?;
    }
    Ok(())
}

/// What the copies of many programs are called: as their state folders are, so that the folder around them can be put
/// in the place of the one around those. Of folders of one name each has its program's fingerprint besides.
fn names(configs: &[Config]) -> Result<Vec<OsString>, Failure> {
    let own = |config: &Config| config.state.folder.file_name().unwrap_or_default().to_owned();
    let named = |config: &Config| {
        let mut name = own(config);
        if name.is_empty() || configs.iter().filter(|other| own(other) == name).count() > 1 {
            name.push("-");
            name.push(program(config)?);
        }
        Ok(name)
    };
    configs.iter().map(named).collect()
}

fn program(config: &Config) -> Result<String, Failure> {
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
        answer(json!({"program": program(config)?, "folder": into}).to_string());
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
        "Name a folder that is not there yet, in one that is, and run this as the user that the relay runs as.",
    )
}

/// Of many programs one after the other. Those that were moved before are passed over, so that what failed for one of
/// them can be mended and tried again.
async fn move_each(which: &WhichRelay) -> Result<(), Failure> {
    let configs = which.configs()?;
    let mut moved = 0;
    for config in &configs {
        match move_records(config).await {
            Ok(done) => {
                moved += 1;
                let (program, folder) = (done.program.to_string(), &config.state.folder);
                let (rows, bytes) = (done.rows, done.bytes);
                if which.json {
                    answer(json!({"program": program, "rows": rows, "bytes": bytes}).to_string());
                } else {
                    answer(format!(
                        "{program}: {rows} rows with {bytes} bytes are in PostgreSQL, were read back there, and are \
                         erased from {}. The host's key stays in that folder.",
                        folder.display()
                    ));
                }
            }
            Err(MoveError::NothingThere) if configs.len() > 1 => {}
            Err(error) => return Err(not_moved(config, &error)),
        }
    }
    if moved == 0 {
        return Err(nothing_to_move("any of the state folders"));
    }
    Ok(())
}

fn not_moved(config: &Config, error: &MoveError) -> Failure {
    let folder = config.state.folder.display();
    let next = match error {
        MoveError::NothingThere => return nothing_to_move(&folder.to_string()),
        MoveError::NowhereTo => "Add `[postgres]` to the configuration (docs/hosting.md).",
        MoveError::Unknown(_) => "Use the release of Stillroom that wrote it.",
        MoveError::OtherRecords => {
            "Records from two places cannot be put together: keep those in PostgreSQL and put this folder's \
             `relay.sqlite` away, or empty that schema and move these."
        }
        MoveError::NotTheSame => {
            "See to it that no relay runs on that database and that it is sound, and try again."
        }
        MoveError::Directory(DirectoryError::InUse) => "Stop the relay, and try again.",
        MoveError::Directory(_) | MoveError::Program(_) => "Mend that, and try again.",
    };
    Failure::new(
        format!("The records in {folder} were not moved: {error}. They are there as they were."),
        next,
    )
}

fn nothing_to_move(folder: &str) -> Failure {
    Failure::new(
        format!("There are no records in {folder} to move."),
        "If they were moved before, all is well: start the relay. Otherwise check `folder` in the configuration.",
    )
}
