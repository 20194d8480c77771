//! Files of a program, read and written with sentences for what can go wrong.
//!
//! A file that holds a wrapped key is made readable by its owner alone; what that is worth on a computer
//! that others administer is little, which is why keys are wrapped with a passphrase as well.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use crate::failure::Failure;

/// The largest file that a command reads whole: far more than any of a program's.
const FILE_MAX: u64 = 8 * 1024 * 1024;

/// The bytes of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(
            format!("{} cannot be read: {error}.", path.display()),
            "Check the path, and that the file belongs to you.",
        )
    };
    if std::fs::metadata(path).map_err(failed)?.len() > FILE_MAX {
        return Err(Failure::new(
            format!("{} is far too long to be what was asked for.", path.display()),
            "Check the path.",
        ));
    }
    std::fs::read(path).map_err(failed)
}

/// The text of a file.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(read(path)?).map_err(|_| {
        Failure::new(
            format!("{} is not a text file in UTF-8.", path.display()),
            "Open it in an editor and save it as UTF-8.",
        )
    })
}

/// A new file that anybody may read. An existing one is left alone.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write(path, bytes, OpenOptions::new().create_new(true))
}

/// A file that anybody may read, in place of what was there.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write(path, bytes, OpenOptions::new().create(true).truncate(true))
}

/// A new file that its owner alone may read. An existing one is left alone.
pub(crate) fn create_private(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write(path, bytes, owner_only(OpenOptions::new().create_new(true)))
}

/// A file that its owner alone may read, in place of what was there.
pub(crate) fn replace_private(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write(path, bytes, owner_only(OpenOptions::new().create(true).truncate(true)))
}

/// A file that its owner alone may read, in place of what was there: whoever reads it, and a computer that
/// stops in between, finds the old one or the new one whole.
pub(crate) fn replace_private_at_once(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = Path::new(&beside);
    replace_private(beside, bytes)?;
    std::fs::rename(beside, path).map_err(|error| not_written(path, &error))
}

/// A folder, made where there is none.
pub(crate) fn make_folder(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path).map_err(|error| not_written(path, &error))
}

/// A lock on what belongs to this file, held until it is dropped.
pub(crate) fn lock(path: &Path) -> Result<File, Failure> {
    let open = owner_only(OpenOptions::new().create(true).truncate(false)).write(true).open(path);
    let file = open.map_err(|error| not_written(path, &error))?;
    file.try_lock().map_err(|_| {
        Failure::new(
            "Another command is at work on the sums of answers.",
            "Wait until it is done, then run this one again.",
        )
    })?;
    Ok(file)
}

/// The same, once whoever else is at work with it is done.
pub(crate) fn wait_for_lock(path: &Path) -> Result<File, Failure> {
    let open = owner_only(OpenOptions::new().create(true).truncate(false)).write(true).open(path);
    let lock = open.and_then(|file| file.lock().map(|()| file));
    lock.map_err(|error| not_written(path, &error))
}

#[cfg(unix)]
fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

fn write(path: &Path, bytes: &[u8], options: &mut OpenOptions) -> Result<(), Failure> {
    options
        .write(true)
        .open(path)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .map_err(|error| not_written(path, &error))
}

fn not_written(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        format!("{} cannot be written: {error}.", path.display()),
        "Choose another folder, or move away what is there. Nothing that existed was changed.",
    )
}
