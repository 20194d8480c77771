//! The lasting state of a relay: what a program publishes, and the sealed blobs that its staff share
//! (`features.md` 5.1, 6.1).
//!
//! Nothing of a chat ever comes here. Records are kept as they were signed, and are verified before they
//! come ([`crate::records`]) and again by whoever reads them, so a directory that lies is found out; one
//! that withholds is not, until the duty statement names a newer version than it shows.
//!
//! One process with its own folder is [`Sqlite`]; a database that several relays share is [`Postgres`]. The operations
//! are single compare-and-sets. `promises.rs` says for both what they promise.

mod contents;
mod folder;
mod inventory;
mod moving;
mod postgres;
mod sqlite;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use stillroom_program::Fingerprint;
use stillroom_protocol::{HostNoticeId, InvitationId};

pub(crate) use folder::DATABASE;
pub use inventory::{Stored, Tally};
pub use moving::{MoveError, Moved, move_records};
pub use postgres::Postgres;
pub use sqlite::Sqlite;

use crate::config::Config;

/// Opens the lasting state where the configuration says that it is, or makes it.
pub(crate) async fn open(
    config: &Config,
    root: &Fingerprint,
) -> Result<Arc<dyn Directory>, DirectoryError> {
    Ok(match &config.postgres {
        Some(postgres) => Arc::new(Postgres::open(postgres, &config.state.folder, root).await?),
        None => Arc::new(Sqlite::open(&config.state.folder, root)?),
    })
}

/// The same, where a relay has run before.
pub(crate) async fn open_existing(
    config: &Config,
    root: &Fingerprint,
) -> Result<Arc<dyn Directory>, DirectoryError> {
    Ok(match &config.postgres {
        Some(_) => open(config, root).await?,
        None => Arc::new(Sqlite::open_existing(&config.state.folder, root)?),
    })
}

/// An answer that takes a moment.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, DirectoryError>> + Send + 'a>>;

/// A record, encoded and signed.
pub type Record = Vec<u8>;

/// A record that has versions, of which the newest counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned {
    /// From 1.
    pub version: u64,
    /// The record.
    pub record: Record,
}

impl Kind {
    /// What it is in a table.
    fn number(self) -> i64 {
        match self {
            Self::Policy => 1,
            Self::Revocations => 2,
            Self::DutyKey => 3,
            Self::VaultKey => 4,
            Self::Vault => 5,
        }
    }
}

/// Whole numbers of databases have a sign; versions and seconds never come near the top.
fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn whole(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// What has versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The program's signed policy.
    Policy,
    /// The signed list of revoked devices.
    Revocations,
    /// The duty key, wrapped for each device on duty.
    DutyKey,
    /// The vault's key, in the same way.
    VaultKey,
    /// The vault of code words, sealed.
    Vault,
}

/// What is kept sealed for administrators until they have taken it, in the order of names drawn at random.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sealed {
    /// Batches of survivors' answers.
    Answers,
    /// The counts of days.
    Counts,
}

/// How far an invitation has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationState {
    /// The invitation, as an administrator signed it.
    pub invitation: Record,
    /// What the new member's device asked for.
    pub request: Option<Record>,
    /// What an administrator made of it.
    pub completion: Option<Record>,
}

/// A notice of the host's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredNotice {
    /// Its name.
    pub id: HostNoticeId,
    /// When it goes by itself, in seconds since the Unix epoch.
    pub runs_out: u64,
    /// As the host signed it.
    pub record: Record,
    /// The administrators' devices on which it was read.
    pub read_by: Vec<[u8; 32]>,
}

/// Why the lasting state did not answer. No fault of any device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DirectoryError {
    /// The folder or the file cannot be used.
    Unusable(String),
    /// Another relay uses the folder.
    InUse,
    /// The folder holds the records of another program.
    OtherProgram,
    /// The file was written by a later version of Stillroom.
    FromLater,
    /// The database does not answer. Whoever opened it says so in the log, once, until it answers again.
    Away(String),
    /// The database was written by a later version of Stillroom.
    DatabaseFromLater,
    /// The database is to hold the records, and there are some in the folder that were never moved to it.
    NotMoved,
    /// The relay is stopping.
    Closed,
}

impl fmt::Display for DirectoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unusable(why) => write!(f, "the state folder cannot be used: {why}"),
            Self::InUse => f.write_str("another relay uses the state folder"),
            Self::OtherProgram => {
                f.write_str("the state folder holds the records of another program")
            }
            Self::FromLater => {
                f.write_str("the state folder was written by a later version of Stillroom")
            }
            Self::Away(why) => write!(f, "the database does not answer: {why}"),
            Self::DatabaseFromLater => {
                f.write_str("the database was written by a later version of Stillroom")
            }
            Self::NotMoved => f.write_str(
                "the state folder holds records that are not in PostgreSQL yet: move them with `stillroom state move`",
            ),
            Self::Closed => f.write_str("the relay is stopping"),
        }
    }
}

impl std::error::Error for DirectoryError {}

impl DirectoryError {
    /// Says it in the log, but for a database that is away, of which the directory itself has said so, once.
    pub(crate) fn say(&self) {
        if !matches!(self, Self::Away(_)) {
            tracing::error!(error = %self, "the lasting records do not answer");
        }
    }
}

/// The lasting state. Each operation is done wholly or not at all, and done when it answers.
pub trait Directory: Send + Sync + 'static {
    /// The newest record of this kind.
    fn newest(&self, kind: Kind) -> Answer<'_, Option<Versioned>>;

    /// Puts a record of this kind in the place of version `replaces` (0 where there is none). Says no, and
    /// changes nothing, if another version is there.
    fn replace(&self, kind: Kind, replaces: u64, with: Versioned) -> Answer<'_, bool>;

    /// Puts a policy in the place of version `replaces` (0 where there is none), which stands among the former ones
    /// from then on; of those the newest `most` are kept. Says no, and changes nothing, if another version is there.
    fn replace_policy(&self, replaces: u64, with: Versioned, most: usize) -> Answer<'_, bool>;

    /// The policies that were replaced, the newest first.
    fn former_policies(&self) -> Answer<'_, Vec<Versioned>>;

    /// Removes a policy that was replaced, for good.
    fn remove_former_policy(&self, version: u64) -> Answer<'_, ()>;

    /// Keeps a file of texts under its hash. Says no if `most` others are there already. The same one again is
    /// a yes.
    fn put_locale(&self, hash: [u8; 32], file: Record, most: usize) -> Answer<'_, bool>;

    /// The file of texts with this hash.
    fn locale(&self, hash: [u8; 32]) -> Answer<'_, Option<Record>>;

    /// Removes every file of texts but those with these hashes.
    fn keep_locales(&self, hashes: Vec<[u8; 32]>) -> Answer<'_, ()>;

    /// Every staff record, at most `most`, those first that were published first.
    fn staff(&self, most: usize) -> Answer<'_, Vec<Record>>;

    /// Puts a staff record in the place of the one that this device had.
    fn put_staff(&self, device: [u8; 32], record: Record) -> Answer<'_, ()>;

    /// Opens an invitation until `expires` (seconds since the Unix epoch). Says no if there is another one
    /// of this id, or if `most` are open already. The same one again is a yes.
    fn invite(
        &self,
        id: InvitationId,
        expires: u64,
        invitation: Record,
        most: usize,
    ) -> Answer<'_, bool>;

    /// An invitation that is open at `now` (seconds since the Unix epoch).
    fn invitation(&self, id: InvitationId, now: u64) -> Answer<'_, Option<InvitationState>>;

    /// Keeps what a new member's device asks for, in the place of what was asked before. Says no if there
    /// is no such invitation, or it was completed for another request.
    fn enrol(&self, id: InvitationId, now: u64, request: Record) -> Answer<'_, bool>;

    /// Keeps what an administrator made of the request. Says no if nobody has asked.
    fn complete(&self, id: InvitationId, now: u64, completion: Record) -> Answer<'_, bool>;

    /// Lets an invitation run out at `at` (seconds since the Unix epoch), where it does not do so sooner.
    fn end_invitation(&self, id: InvitationId, at: u64) -> Answer<'_, ()>;

    /// Keeps something sealed until it is destroyed or `runs_out` (seconds since the Unix epoch). Says no if there is
    /// another one of this name, or if `most` of it are kept already. The same one again is a yes: whoever heard
    /// nothing of the first time asks again.
    fn put_sealed(
        &self,
        what: Sealed,
        id: [u8; 16],
        runs_out: u64,
        record: Record,
        most: usize,
    ) -> Answer<'_, bool>;

    /// Something sealed; the same until it is destroyed.
    fn next_sealed(&self, what: Sealed) -> Answer<'_, Option<Record>>;

    /// Removes something sealed, for good.
    fn destroy_sealed(&self, what: Sealed, id: [u8; 16]) -> Answer<'_, ()>;

    /// Keeps a notice of the host's until it is withdrawn or runs out. Says no if there is another one of this name, or
    /// if `most` stand already. The same one again is a yes.
    fn put_notice(&self, notice: StoredNotice, most: usize) -> Answer<'_, bool>;

    /// The notices that stand, in the order in which they were put.
    fn notices(&self) -> Answer<'_, Vec<StoredNotice>>;

    /// Remembers that a notice was read on this device, where it stands.
    fn read_notice(&self, id: HostNoticeId, device: [u8; 32]) -> Answer<'_, ()>;

    /// Removes a notice, and who has read it. Whether it was there.
    fn withdraw_notice(&self, id: HostNoticeId) -> Answer<'_, bool>;

    /// The entries of the record of administrative acts from this number on, at most `most`, the oldest first.
    fn audit_from(&self, number: u64, most: usize) -> Answer<'_, Vec<Record>>;

    /// The newest entry of the record.
    fn audit_last(&self) -> Answer<'_, Option<Record>>;

    /// Puts an entry with this number, of this time (seconds since the Unix epoch), at the end of the record. Says no
    /// if the last one has another number than the one before it. Of more than `most` the oldest go.
    fn put_audit(&self, number: u64, at: u64, entry: Record, most: usize) -> Answer<'_, bool>;

    /// Removes the entries from before this time (seconds since the Unix epoch), but for the newest, which the next one
    /// follows.
    fn forget_audit(&self, before: u64) -> Answer<'_, ()>;

    /// Removes the whole record.
    fn remove_audit(&self) -> Answer<'_, ()>;

    /// Removes every invitation, notice and sealed record that has run out at `now` (seconds since the Unix epoch).
    fn forget_expired(&self, now: u64) -> Answer<'_, ()>;

    /// Removes the record of this kind if it is still this version.
    fn remove(&self, kind: Kind, version: u64) -> Answer<'_, ()>;

    /// Removes this device's staff record.
    fn remove_staff(&self, device: [u8; 32]) -> Answer<'_, ()>;

    /// The hashes of all files of texts.
    fn locales(&self) -> Answer<'_, Vec<[u8; 32]>>;

    /// Keeps the host's public key where none is kept yet. Says no if it is another one: relays over the same records are
    /// one host's, whom administrators' consoles know by that key.
    fn settle_host(&self, key: [u8; 32]) -> Answer<'_, bool>;

    /// Waits for whatever is being changed: what is read after its answer shows every change that was asked for before,
    /// also one that had no answer, or that is never made.
    fn settle(&self) -> Answer<'_, ()>;

    /// How much is stored, each sort once, down to what the storage takes for itself.
    fn inventory(&self) -> Answer<'_, Vec<Tally>>;
}

#[cfg(test)]
mod promises;
