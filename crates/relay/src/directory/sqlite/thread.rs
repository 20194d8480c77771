//! The thread on which the database lives: opening it, the schema, and one question at a time.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use stillroom_program::Fingerprint;
use tokio::sync::oneshot;

use crate::directory::folder::{self, DATABASE};
use crate::directory::{Answer, DirectoryError};

/// The version of [`SCHEMA`].
const VERSION: i64 = 1;

const SCHEMA: &str = "
    BEGIN;
    CREATE TABLE program (root BLOB NOT NULL) STRICT;
    CREATE TABLE versioned (
        kind INTEGER PRIMARY KEY,
        version INTEGER NOT NULL,
        record BLOB NOT NULL
    ) STRICT;
    CREATE TABLE staff (
        number INTEGER PRIMARY KEY,
        device BLOB NOT NULL UNIQUE,
        record BLOB NOT NULL
    ) STRICT;
    CREATE TABLE invitation (
        id BLOB PRIMARY KEY,
        expires INTEGER NOT NULL,
        invitation BLOB NOT NULL,
        request BLOB,
        completion BLOB
    ) STRICT, WITHOUT ROWID;
    PRAGMA user_version = 1;
    COMMIT;";

/// Batches of sealed answers, in the order of names drawn at random; made where an earlier relay had none.
const ANSWERS: &str = "
    CREATE TABLE IF NOT EXISTS answers (
        id BLOB PRIMARY KEY,
        runs_out INTEGER NOT NULL,
        batch BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;";

/// Sealed counts of days, in the order of names drawn at random; made where an earlier relay had none.
const COUNTS: &str = "
    CREATE TABLE IF NOT EXISTS counts (
        id BLOB PRIMARY KEY,
        runs_out INTEGER NOT NULL,
        record BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;";

/// Files of texts, each under its hash; made where an earlier relay had none.
const LOCALES: &str = "
    CREATE TABLE IF NOT EXISTS locale (
        hash BLOB PRIMARY KEY,
        file BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;";

/// Notices of the host's, in the order in which they were given, and where each was read; made where an earlier relay
/// had none.
const NOTICES: &str = "
    CREATE TABLE IF NOT EXISTS notice (
        number INTEGER PRIMARY KEY,
        id BLOB NOT NULL UNIQUE,
        runs_out INTEGER NOT NULL,
        record BLOB NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS notice_read (
        notice BLOB NOT NULL,
        device BLOB NOT NULL,
        PRIMARY KEY (notice, device)
    ) STRICT, WITHOUT ROWID;";

/// Policies that were replaced; made where an earlier relay kept none.
const FORMER: &str = "
    CREATE TABLE IF NOT EXISTS policy_former (
        version INTEGER PRIMARY KEY,
        record BLOB NOT NULL
    ) STRICT;";

/// The record of administrative acts; made where an earlier relay had none.
const AUDIT: &str = "
    CREATE TABLE IF NOT EXISTS audit (
        number INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        entry BLOB NOT NULL
    ) STRICT;";

/// Questions that may wait for the thread; whoever asks beyond that waits to ask. More than one device's
/// worth, so that none holds up another.
const QUESTIONS: usize = 64;

type Question = Box<dyn FnOnce(&Connection) + Send>;

/// A database and its thread, which ends with this.
pub(super) struct DatabaseThread {
    questions: Option<SyncSender<Question>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// Held as long as the folder is in use.
    _lock: folder::Taken,
}

impl DatabaseThread {
    pub(super) fn start(folder: &Path, root: &Fingerprint) -> Result<Self, DirectoryError> {
        let lock = folder::take(folder)?;
        let database = open(folder, root)?;
        let (questions, asked) = sync_channel(QUESTIONS);
        let thread = std::thread::Builder::new()
            .name("directory".to_owned())
            .spawn(move || answer(&database, &asked))
            .map_err(unusable)?;
        Ok(Self { questions: Some(questions), thread: Mutex::new(Some(thread)), _lock: lock })
    }

    /// Puts a question to the database.
    pub(super) fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Answer<'_, T> {
        let (answer, answered) = oneshot::channel();
        let asked = self.questions.as_ref().map(|questions| {
            questions.try_send(Box::new(move |database| {
                // Whoever asked may have gone; then nobody wants to know.
                let _ = answer.send(question(database));
            }))
        });
        Box::pin(async move {
            match asked {
                Some(Ok(())) => {
                    answered.await.map_err(|_| DirectoryError::Closed)?.map_err(unusable)
                }
                Some(Err(_)) => Err(DirectoryError::Unusable("too many questions wait".to_owned())),
                None => Err(DirectoryError::Closed),
            }
        })
    }
}

impl Drop for DatabaseThread {
    fn drop(&mut self) {
        self.questions = None;
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // Its only end is that no questions come; a fault of SQLite's has been answered to the asker.
            let _ = thread.join();
        }
    }
}

fn answer(database: &Connection, asked: &Receiver<Question>) {
    while let Ok(question) = asked.recv() {
        question(database);
    }
}

fn open(folder: &Path, root: &Fingerprint) -> Result<Connection, DirectoryError> {
    let database = Connection::open(folder.join(DATABASE)).map_err(unusable)?;
    set_up(&database, root).map_err(unusable)??;
    Ok(database)
}

fn set_up(
    database: &Connection,
    root: &Fingerprint,
) -> rusqlite::Result<Result<(), DirectoryError>> {
    // What is deleted is overwritten; no log beside the journal; temporary tables in memory; a cache of
    // 256 KiB, which holds everything that a program of usual size publishes.
    database.execute_batch(
        "PRAGMA secure_delete = ON; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; \
         PRAGMA trusted_schema = OFF; PRAGMA cache_size = -256;",
    )?;
    database.query_row("PRAGMA journal_mode = TRUNCATE", [], |_| Ok(()))?;
    match database.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))? {
        0 => {
            database.execute_batch(SCHEMA)?;
            database.execute("INSERT INTO program VALUES (?1)", [root.0.as_slice()])?;
        }
        VERSION => {}
        _ => return Ok(Err(DirectoryError::FromLater)),
    }
    database.execute_batch(ANSWERS)?;
    database.execute_batch(COUNTS)?;
    database.execute_batch(LOCALES)?;
    database.execute_batch(NOTICES)?;
    database.execute_batch(AUDIT)?;
    database.execute_batch(FORMER)?;
    let ours =
        database.query_row("SELECT root FROM program", [], |row| row.get::<_, Vec<u8>>(0))?;
    Ok(if ours == root.0 { Ok(()) } else { Err(DirectoryError::OtherProgram) })
}

fn unusable(error: impl std::error::Error) -> DirectoryError {
    DirectoryError::Unusable(error.to_string())
}
