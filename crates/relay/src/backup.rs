//! A copy of what a relay keeps, made while it runs (`docs/deploying.md`).
//!
//! The copy is of one moment, and holds what is kept then and nothing that was removed before. It is put back by
//! putting the folder in the place of the state folder. A copy keeps what the relay removes later: whoever makes one
//! minds that it goes.

use std::fmt;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use zeroize::Zeroizing;

use crate::directory::DATABASE;
use crate::{host_key, private};

/// How long a relay that is writing is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why there is no copy. Nothing is left of one that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BackupError {
    /// No relay has ever kept anything in this folder.
    NothingThere,
    /// There is something where the copy is to be.
    InTheWay,
    /// The copy cannot be made.
    Failed(String),
}

impl fmt::Display for BackupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingThere => f.write_str("no relay has ever run on this state folder"),
            Self::InTheWay => f.write_str("there is something already where the copy is to be"),
            Self::Failed(why) => write!(f, "the copy cannot be made: {why}"),
        }
    }
}

impl std::error::Error for BackupError {}

impl From<io::Error> for BackupError {
    fn from(error: io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<rusqlite::Error> for BackupError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Copies what is kept in `folder` into a new folder, for whoever calls this alone to read.
///
/// # Errors
/// [`BackupError`].
pub fn back_up(folder: &Path, into: &Path) -> Result<(), BackupError> {
    back_up_within(PATIENCE, folder, into)
}

fn back_up_within(patience: Duration, folder: &Path, into: &Path) -> Result<(), BackupError> {
    if !folder.join(DATABASE).try_exists()? {
        return Err(BackupError::NothingThere);
    }
    make_private(into)?;
    let copied = copy(patience, folder, into);
    if copied.is_err() {
        // It was made here, a moment ago.
        let _ = fs::remove_dir_all(into);
    }
    copied
}

fn copy(patience: Duration, folder: &Path, into: &Path) -> Result<(), BackupError> {
    let copy = into.join(DATABASE);
    // Made first and empty, so that nobody else may ever read it.
    private::create_new(&copy)?;
    let name = copy.to_str().ok_or_else(|| {
        BackupError::Failed("the name of the folder for it is not Unicode".to_owned())
    })?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(folder.join(DATABASE), flags)?;
    database.busy_timeout(patience)?;
    database.execute("VACUUM INTO ?1", [name])?;
    File::open(&copy)?.sync_all()?;
    match fs::read(folder.join(host_key::FILE)).map(Zeroizing::new) {
        Ok(key) => {
            let mut file = private::create_new(&into.join(host_key::FILE))?;
            file.write_all(&key)?;
            file.sync_all()?;
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    Ok(File::open(into)?.sync_all()?)
}

fn make_private(folder: &Path) -> Result<(), BackupError> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => BackupError::InTheWay,
        _ => error.into(),
    })
}

#[cfg(test)]
mod tests {
    use stillroom_program::Fingerprint;

    use super::*;
    use crate::directory::{Directory as _, Sqlite};

    const ROOT: Fingerprint = Fingerprint([7; 32]);
    const COPIES: usize = 2;

    #[tokio::test]
    async fn each_copy_of_a_relay_that_writes_is_of_one_moment() {
        let around = tempfile::tempdir().unwrap();
        let state = around.path().join("state");
        let directory = Sqlite::open(&state, &ROOT).unwrap();
        let folder = around.path().to_owned();
        let from = state.clone();
        let copying = std::thread::spawn(move || {
            for number in 0..COPIES {
                back_up(&from, &folder.join(number.to_string())).unwrap();
            }
        });
        let mut written = 0;
        while !copying.is_finished() {
            written += 1;
            let entry = written.to_string().into_bytes();
            assert!(directory.put_audit(written, 1, entry, usize::MAX).await.unwrap());
        }
        copying.join().unwrap();
        for number in 0..COPIES {
            let copy = Sqlite::open_existing(&around.path().join(number.to_string()), &ROOT);
            let entries = copy.unwrap().audit_from(1, usize::MAX).await.unwrap();
            let whole: Vec<_> =
                (1..=entries.len()).map(|entry| entry.to_string().into_bytes()).collect();
            assert_eq!(entries, whole);
        }
    }

    #[tokio::test]
    async fn nothing_is_copied_while_the_relay_is_in_the_middle_of_writing() {
        let around = tempfile::tempdir().unwrap();
        let (state, into) = (around.path().join("state"), around.path().join("copy"));
        let directory = Sqlite::open(&state, &ROOT).unwrap();
        directory.put_staff([1; 32], b"whole".to_vec()).await.unwrap();
        let writer = Connection::open(state.join(DATABASE)).unwrap();
        writer.execute_batch("BEGIN EXCLUSIVE; DELETE FROM staff").unwrap();
        let copied = back_up_within(Duration::ZERO, &state, &into);
        assert!(matches!(copied, Err(BackupError::Failed(_))), "{copied:?}");
        assert!(!into.exists(), "nothing is left of it");
        writer.execute_batch("ROLLBACK").unwrap();
        back_up(&state, &into).unwrap();
        let copy = Sqlite::open_existing(&into, &ROOT).unwrap();
        assert_eq!(copy.staff(usize::MAX).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn what_was_removed_is_in_no_copy() {
        let around = tempfile::tempdir().unwrap();
        let (state, into) = (around.path().join("state"), around.path().join("copy"));
        let directory = Sqlite::open(&state, &ROOT).unwrap();
        let secret = b"a record that is no longer kept".to_vec();
        directory.put_staff([1; 32], secret.clone()).await.unwrap();
        directory.remove_staff([1; 32]).await.unwrap();
        back_up(&state, &into).unwrap();
        let bytes = fs::read(into.join(DATABASE)).unwrap();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret));
    }

    #[test]
    fn nothing_is_written_over_and_nothing_is_made_of_nothing() {
        let around = tempfile::tempdir().unwrap();
        let (state, into) = (around.path().join("state"), around.path().join("copy"));
        assert_eq!(back_up(&state, &into), Err(BackupError::NothingThere));
        assert!(!into.exists());
        drop(Sqlite::open(&state, &ROOT).unwrap());
        fs::create_dir(&into).unwrap();
        assert_eq!(back_up(&state, &into), Err(BackupError::InTheWay));
        assert!(into.exists(), "what was there stays");
    }
}
