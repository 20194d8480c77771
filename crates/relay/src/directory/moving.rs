//! Moving a program's records from a relay's folder into PostgreSQL, once (`decisions/0045`).
//!
//! Both have the same tables, so rows are moved as they are. All of them come into the database in one transaction, or
//! none; they are read back on another connection, and only then erased from the folder. A move that was interrupted is
//! ended by another: what the database has already, and has alike, is no hindrance.

use std::fmt;
use std::time::Duration;

use stillroom_program::Fingerprint;
use tokio::time::timeout;

use super::contents::Contents;
use super::postgres::Target;
use super::{DirectoryError, Sqlite, folder};
use crate::config::{self, Config};
use crate::relay::{StartError, read_program};

/// How long the database may take for all of it.
const WITHIN: Duration = Duration::from_mins(10);

/// What was moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Whose records they are.
    pub program: Fingerprint,
    /// How many rows of tables.
    pub rows: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Why nothing was moved. The folder is as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MoveError {
    /// The program's file cannot be used.
    Program(StartError),
    /// The configuration names no PostgreSQL.
    NowhereTo,
    /// There are no records in the state folder.
    NothingThere,
    /// The folder's database holds something that this version knows nothing of.
    Unknown(String),
    /// PostgreSQL holds other records of this program.
    OtherRecords,
    /// What is read back is not what was moved.
    NotTheSame,
    /// One of the two cannot be used.
    Directory(DirectoryError),
}

impl fmt::Display for MoveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program(error) => error.fmt(f),
            Self::NowhereTo => f.write_str("the configuration has no `[postgres]` to move them to"),
            Self::NothingThere => f.write_str("there are no records in the state folder"),
            Self::Unknown(what) => write!(
                f,
                "the state folder's database holds something that this version of Stillroom does not know: {what}"
            ),
            Self::OtherRecords => {
                f.write_str("PostgreSQL holds other records of this program already")
            }
            Self::NotTheSame => f.write_str("PostgreSQL does not give back what was put into it"),
            Self::Directory(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for MoveError {}

impl From<DirectoryError> for MoveError {
    fn from(error: DirectoryError) -> Self {
        Self::Directory(error)
    }
}

/// Moves the records of a relay that does not run into the PostgreSQL that its configuration names.
///
/// # Errors
/// [`MoveError`].
pub async fn move_records(config: &Config) -> Result<Moved, MoveError> {
    let program = read_program(config).map_err(MoveError::Program)?.root;
    let postgres = config.postgres.as_ref().ok_or(MoveError::NowhereTo)?;
    if !folder::has_records(&config.state.folder)? {
        return Err(MoveError::NothingThere);
    }
    let from = Sqlite::open_existing(&config.state.folder, &program)?;
    let unknown = from.unknown().await?;
    if !unknown.is_empty() {
        return Err(MoveError::Unknown(unknown.join(", ")));
    }
    let contents = from.contents().await?;
    // One that is bare was moved before, and its erasing was interrupted.
    if !contents.is_bare() {
        let filled = timeout(WITHIN, fill(postgres, &program, &contents)).await;
        filled.map_err(|_| DirectoryError::Away("it took too long".to_owned()))??;
    }
    from.erase().await?;
    Ok(Moved { program, rows: contents.rows(), bytes: contents.bytes() })
}

async fn fill(
    postgres: &config::Postgres,
    program: &Fingerprint,
    contents: &Contents,
) -> Result<(), MoveError> {
    if !Target::open(postgres, program).await?.fill(contents).await? {
        return Err(MoveError::OtherRecords);
    }
    // On a connection of its own: what the database really keeps, and not what one change believed.
    let kept = Target::open(postgres, program).await?.contents().await?;
    if kept == *contents { Ok(()) } else { Err(MoveError::NotTheSame) }
}
