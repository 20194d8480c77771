//! What went wrong, in words for the person at the keyboard, and what they can do about it.

use std::fmt;
use std::path::Path;

/// One sentence or more, ready to be read.
#[derive(Debug)]
pub(crate) struct Failure(String);

/// What a step comes to.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    pub(crate) fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }

    /// A file or folder that could not be read or written.
    pub(crate) fn at(path: &Path, error: impl fmt::Display) -> Self {
        Self(format!("{}: {error}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
