//! How the command line asks a relay that runs: a socket in the state folder, for the relay's own user alone
//! (`features.md` 6.2).
//!
//! One line of JSON in, bounded, one out, and the connection closes. Whoever may open the folder could read its
//! records anyway and stop the process; the socket gives nothing to anybody else, and is not on any network.

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::holdings::Report;

#[cfg(unix)]
mod socket;

#[cfg(unix)]
pub(crate) use socket::{Control, Office};

/// The socket's name in the state folder.
pub const SOCKET: &str = "control";

/// Bytes of the longest question.
pub const QUESTION_MAX: usize = 16 * 1024;

/// Bytes of the longest answer.
pub const ANSWER_MAX: usize = 1024 * 1024;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Question {
    /// Everything that the relay has.
    Holdings,
    /// Tell the program's administrators something.
    Notice {
        /// What it is about.
        kind: NoticeKind,
        /// In the host's words.
        text: String,
    },
    /// Which notices stand.
    Notices,
    /// Withdraw one.
    Withdraw {
        /// By its name.
        notice: String,
    },
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// Somebody got at the host's systems.
    Breach,
    /// Somebody demands by law what the host has.
    LegalDemand,
    /// The relay will not be there for a while, or was changed.
    Maintenance,
}

/// A notice that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeLine {
    /// Its name.
    pub notice: String,
    /// What it is about.
    pub kind: NoticeKind,
    /// When it was given, in seconds since the Unix epoch.
    pub given: u64,
    /// What it says.
    pub text: String,
    /// On how many administrators' devices it was read.
    pub read_by: usize,
}

/// The notices that stand, and how consoles know the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notices {
    /// The fingerprint of the host's key.
    pub host: String,
    /// In the order in which they were given.
    pub notices: Vec<NoticeLine>,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Answer {
    /// Everything that the relay has.
    Holdings(Report),
    /// The notices that stand: after one was given or withdrawn as well.
    Notices(Notices),
    /// The relay did not do it.
    Refused {
        /// Why, in words.
        why: String,
    },
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlError {
    /// No relay runs on this folder.
    NobodyThere,
    /// One is there and does not answer as it should.
    NoAnswer(String),
}

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NobodyThere => f.write_str("no relay runs on this state folder"),
            Self::NoAnswer(why) => write!(f, "the relay does not answer: {why}"),
        }
    }
}

impl std::error::Error for ControlError {}

/// Asks the relay that runs on this state folder. Waits for the answer, though not for long.
///
/// # Errors
/// [`ControlError`].
#[cfg(unix)]
pub fn ask(folder: &Path, question: &Question) -> Result<Answer, ControlError> {
    socket::ask(folder, question)
}

/// On this system there is no such socket: whoever asks is told of what is stored.
///
/// # Errors
/// [`ControlError::NobodyThere`].
#[cfg(not(unix))]
pub fn ask(_folder: &Path, _question: &Question) -> Result<Answer, ControlError> {
    Err(ControlError::NobodyThere)
}
