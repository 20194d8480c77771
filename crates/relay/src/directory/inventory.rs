//! What the lasting state holds, sort by sort (`features.md` 6.2): counts and bytes, and nothing of whom.

/// Everything that is ever stored.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stored {
    /// The fingerprint of the program's root key.
    Root,
    /// The newest policy.
    Policy,
    /// Policies that were replaced.
    FormerPolicies,
    /// The list of revoked devices.
    Revocations,
    /// The duty key, wrapped for each device.
    DutyKey,
    /// The vault's key, wrapped for each device.
    VaultKey,
    /// The sealed vault of code words.
    Vault,
    /// Certificates and receiving keys of staff devices.
    Staff,
    /// Open invitations.
    Invitations,
    /// Batches of sealed answers.
    Answers,
    /// Sealed counts of days.
    Counts,
    /// Files of texts in further languages.
    Locales,
    /// Notices of the host's.
    Notices,
    /// On which administrators' devices each was read.
    NoticesRead,
    /// The record of administrative acts.
    Audit,
    /// The host's own key.
    HostKey,
    /// Certificates that an authority gave, with their keys, and the key by which it was asked.
    Certificates,
    /// What the storage needs around all that: its own structure, and room that was freed and overwritten.
    Structure,
    /// Another file in the folder that this program made, which is no record.
    OwnFile,
    /// Something that this version knows nothing of, by the name of its table and column, or of its file.
    Unknown(String),
}

/// How much of one sort is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// What.
    pub stored: Stored,
    /// How many.
    pub count: u64,
    /// Their bytes.
    pub bytes: u64,
}
