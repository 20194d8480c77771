//! The file by which a relay knows its program: written by `stillroom program new`, and public.
//!
//! It holds the root key's fingerprint, which everything else is checked against, an administrator's
//! certificates, and the first policy with its files of texts. It says who the program is to this relay; survivors pin the
//! fingerprint on their own page and do not take it from here.

use std::fmt;
use std::time::Duration;

use stillroom_program::limits::{LOCALE_MAX, LOCALES_MAX};
use stillroom_program::{
    Chain, Fingerprint, List, LocaleFile, SignedPolicy, Timestamp, VerifiedPolicy,
};
use stillroom_protocol::{MlsDecode, MlsEncode, MlsSize, decode, encode};

/// The first line of the file, so that a person and `decode` alike see what it is.
const HEADING: &[u8] = b"stillroom program 1\n";

/// Bytes of the longest such file: a policy, certificates beside it, and a file of texts for each language.
pub const PROGRAM_FILE_MAX: usize = 128 * 1024 + LOCALES_MAX * (LOCALE_MAX + 4);

/// What a relay is told of its program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramFile {
    /// The fingerprint of the root key.
    pub root: Fingerprint,
    /// The certificates of the administrator who made the program.
    pub administrator: Chain,
    /// The first policy. A newer one that was published since counts instead.
    pub policy: SignedPolicy,
    /// The files of texts that it names by their hashes.
    pub locales: List<LocaleFile, LOCALES_MAX>,
}

#[derive(MlsSize, MlsEncode, MlsDecode)]
struct Record {
    root: [u8; 32],
    administrator: Chain,
    policy: SignedPolicy,
    locales: List<LocaleFile, LOCALES_MAX>,
}

/// Why a file is not that of a program, or not one to go by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProgramFileError {
    /// It is longer than such a file is.
    TooLong,
    /// It is not such a file, or of a later version.
    NotAProgram,
    /// It was cut or altered.
    Malformed,
    /// The administrator's certificates do not lead to the root.
    Administrator(stillroom_program::CertificateError),
    /// The policy is not one of this program, or has run out.
    Policy(stillroom_program::PolicyError),
}

impl fmt::Display for ProgramFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("the file is too long for a program's"),
            Self::NotAProgram => f.write_str("the file is not a program's"),
            Self::Malformed => f.write_str("the file was cut or altered"),
            Self::Administrator(error) => write!(f, "the administrator's certificates: {error}"),
            Self::Policy(error) => write!(f, "the policy: {error}"),
        }
    }
}

impl std::error::Error for ProgramFileError {}

impl ProgramFile {
    /// The file's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = HEADING.to_vec();
        bytes.extend(encode(&Record {
            root: self.root.0,
            administrator: self.administrator.clone(),
            policy: self.policy.clone(),
            locales: self.locales.clone(),
        }));
        bytes
    }

    /// Reads a file. What it says is not checked yet.
    ///
    /// # Errors
    /// [`ProgramFileError::TooLong`], [`NotAProgram`](ProgramFileError::NotAProgram) and
    /// [`Malformed`](ProgramFileError::Malformed).
    pub fn decode(bytes: &[u8]) -> Result<Self, ProgramFileError> {
        if bytes.len() > PROGRAM_FILE_MAX {
            return Err(ProgramFileError::TooLong);
        }
        let record = bytes.strip_prefix(HEADING).ok_or(ProgramFileError::NotAProgram)?;
        let record: Record = decode(record).map_err(|_| ProgramFileError::Malformed)?;
        Ok(Self {
            root: Fingerprint(record.root),
            administrator: record.administrator,
            policy: record.policy,
            locales: record.locales,
        })
    }

    /// The policy, if everything in the file was signed under its own root.
    ///
    /// # Errors
    /// [`ProgramFileError::Administrator`] and [`Policy`](ProgramFileError::Policy).
    pub fn verify(
        &self,
        now: Timestamp,
        tolerance: Duration,
    ) -> Result<VerifiedPolicy, ProgramFileError> {
        self.administrator
            .verify(&self.root, now, tolerance)
            .map_err(ProgramFileError::Administrator)?;
        self.policy.verify(&self.root, now, tolerance).map_err(ProgramFileError::Policy)
    }
}
