//! The folder of a relay's own: taken by one relay at a time, and every file of it accounted for.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::Path;

use super::{DirectoryError, Stored, Tally};

/// SQLite's file with the records.
pub(crate) const DATABASE: &str = "relay.sqlite";

/// The file whose lock says that a relay runs.
const LOCK: &str = "in-use";

/// Files that are no records, and hold nothing of a program.
const OWN_FILES: &[&str] = &[LOCK, crate::control::SOCKET];

/// The folder, readable by the relay's own user alone.
fn make_private(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// A folder that is one relay's until this goes.
pub(super) struct Taken(File);

impl Drop for Taken {
    fn drop(&mut self) {
        // Said, and not left to the end of the file: a process that is just being started holds that open as well.
        let _ = self.0.unlock();
    }
}

/// Makes the folder where it is not there, and a file in it whose lock says that a relay runs on this folder. The
/// system takes it back when the process ends, however it ends.
pub(super) fn take(folder: &Path) -> Result<Taken, DirectoryError> {
    make_private(folder).map_err(unusable)?;
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(LOCK))
        .map_err(unusable)?;
    match lock.try_lock() {
        Ok(()) => Ok(Taken(lock)),
        Err(TryLockError::WouldBlock) => Err(DirectoryError::InUse),
        Err(TryLockError::Error(error)) => Err(unusable(error)),
    }
}

/// Whether there are records in the folder.
pub(super) fn has_records(folder: &Path) -> Result<bool, DirectoryError> {
    folder.join(DATABASE).try_exists().map_err(unusable)
}

/// Removes the file of the records, whose rows were erased. SQLite's journal is emptied after each change.
pub(super) fn remove_records(folder: &Path) -> Result<(), DirectoryError> {
    for name in [DATABASE.to_owned(), format!("{DATABASE}-journal")] {
        match fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(unusable(error));
            }
            _ => {}
        }
    }
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(unusable)
}

/// Every file of the folder: of its own database, where it has one, what its `records` do not account for; and the
/// others. A database that nobody uses any more is something unknown.
pub(super) fn files(folder: &Path, records: Option<u64>) -> Vec<Tally> {
    let mut all = Vec::new();
    let (mut structure, mut own) = (0_u64, (0_u64, 0_u64));
    // A folder that holds an open database can be read.
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let bytes = entry.metadata().map_or(0, |file| file.len());
        if let Some(records) = records.filter(|_| name == DATABASE) {
            structure += bytes.saturating_sub(records);
        } else if records.is_some() && name == format!("{DATABASE}-journal") {
            structure += bytes;
        } else if OWN_FILES.contains(&&*name) {
            own = (own.0 + 1, own.1 + bytes);
        } else if name == crate::host_key::FILE {
            all.push(Tally { stored: Stored::HostKey, count: 1, bytes });
        } else if name == crate::tls::FOLDER {
            let (count, bytes) = within(&entry.path());
            all.push(Tally { stored: Stored::Certificates, count, bytes });
        } else {
            all.push(Tally { stored: Stored::Unknown(name), count: 1, bytes });
        }
    }
    if records.is_some() {
        all.push(Tally { stored: Stored::Structure, count: 1, bytes: structure });
    }
    all.push(Tally { stored: Stored::OwnFile, count: own.0, bytes: own.1 });
    all
}

/// How many files there are in a folder, and their bytes.
fn within(folder: &Path) -> (u64, u64) {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let bytes = files.filter_map(|file| file.metadata().ok()).map(|about| about.len());
    bytes.fold((0, 0), |(count, all), bytes| (count + 1, all + bytes))
}

fn unusable(error: impl std::error::Error) -> DirectoryError {
    DirectoryError::Unusable(error.to_string())
}
