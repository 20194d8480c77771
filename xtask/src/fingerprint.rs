//! Has anything changed since the last run? A step is skipped when the fingerprint of all that goes into
//! it is the one that was written down when it last came to its end.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::failure::Outcome;
use crate::places;

/// What goes into a step.
pub(crate) struct Fingerprint(Sha256);

impl Fingerprint {
    /// `what` names the step. The files of this tool that do it belong in as well.
    pub(crate) fn of(what: &str) -> Self {
        let mut fingerprint = Self(Sha256::new());
        fingerprint.words(what);
        fingerprint
    }

    pub(crate) fn words(&mut self, words: &str) {
        self.0.update((words.len() as u64).to_be_bytes());
        self.0.update(words);
    }

    /// Files, or all files of folders: their names and contents.
    pub(crate) fn paths(&mut self, paths: impl IntoIterator<Item = PathBuf>) -> Outcome {
        for path in paths {
            let files = if path.is_dir() { places::files(&path)? } else { vec![path] };
            for file in files {
                let bytes = places::read_bytes(&file)?;
                let name = file.strip_prefix(places::root()).unwrap_or(&file);
                self.words(&name.to_string_lossy());
                self.0.update((bytes.len() as u64).to_be_bytes());
                self.0.update(bytes);
            }
        }
        Ok(())
    }

    pub(crate) fn done(self) -> String {
        hex(&self.0.finalize())
    }
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Did this step come to its end with this fingerprint?
pub(crate) fn is_current(step: &str, fingerprint: &str) -> bool {
    fs::read_to_string(note(step)).is_ok_and(|there| there == fingerprint)
}

/// Writes down that it did.
pub(crate) fn remember(step: &str, fingerprint: &str) -> Outcome {
    places::write(&note(step), fingerprint.as_bytes())
}

/// Before a step begins: what it leaves half done must not count as done.
pub(crate) fn forget(step: &str) {
    // Nothing written down yet is as good as forgotten.
    let _ = fs::remove_file(note(step));
}

fn note(step: &str) -> PathBuf {
    places::memory().join(Path::new(step))
}
