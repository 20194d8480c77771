//! Where things are in the repository, and reading and writing them.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};

/// The root of the workspace: the folder that holds this tool's.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo's folder for what it builds.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// The folder of whoever runs this.
pub(crate) fn home() -> PathBuf {
    std::env::var_os("HOME").map_or_else(|| PathBuf::from("/home"), PathBuf::from)
}

/// Where cargo keeps what it downloads.
pub(crate) fn cargo_home() -> PathBuf {
    std::env::var_os("CARGO_HOME").map_or_else(|| home().join(".cargo"), PathBuf::from)
}

/// The built pages, as the relay takes them in.
pub(crate) fn pages() -> PathBuf {
    root().join("target/pages")
}

/// What this tool remembers between two runs. Throwing it away costs time, nothing else.
pub(crate) fn memory() -> PathBuf {
    target().join("xtask-memory")
}

/// The finished binary, pages inside.
pub(crate) fn binary() -> PathBuf {
    target().join("release/stillroom")
}

/// A file's text.
pub(crate) fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(|error| Failure::at(path, error))
}

/// A file's bytes.
pub(crate) fn read_bytes(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).map_err(|error| Failure::at(path, error))
}

/// Writes a file and the folders above it, but leaves it (and its time) alone where it says so already.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Outcome {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| Failure::at(folder, error))?;
    }
    fs::write(path, bytes).map_err(|error| Failure::at(path, error))
}

/// Removes a folder and all in it, if it is there.
pub(crate) fn remove_folder(path: &Path) -> Outcome {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Failure::at(path, error)),
        _ => Ok(()),
    }
}

/// Every file under a folder, by name, so that two runs see the same order. What tools leave behind is
/// passed over.
pub(crate) fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| Failure::at(&folder, error))?;
        for entry in entries {
            let entry = entry.map_err(|error| Failure::at(&folder, error))?;
            let kind = entry.file_type().map_err(|error| Failure::at(&entry.path(), error))?;
            if kind.is_dir() {
                if !["node_modules", "target"].iter().any(|name| entry.file_name() == *name) {
                    folders.push(entry.path());
                }
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}
