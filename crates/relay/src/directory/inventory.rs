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
    /// The public half of it, where relays share a database.
    HostPublicKey,
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

/// Rows of one table, and the columns that are accounted for.
pub(super) struct Rows {
    pub(super) stored: Stored,
    pub(super) table: &'static str,
    /// Which rows of it.
    pub(super) only: &'static str,
    pub(super) columns: &'static [&'static str],
}

const fn rows(
    stored: Stored,
    table: &'static str,
    only: &'static str,
    columns: &'static [&'static str],
) -> Rows {
    Rows { stored, table, only, columns }
}

const VERSIONED: &[&str] = &["kind", "version", "record"];

/// All that a database holds.
pub(super) const LIST: &[Rows] = &[
    rows(Stored::Root, "program", "1 = 1", &["root"]),
    rows(Stored::Policy, "versioned", "kind = 1", VERSIONED),
    rows(Stored::FormerPolicies, "policy_former", "1 = 1", &["version", "record"]),
    rows(Stored::Revocations, "versioned", "kind = 2", VERSIONED),
    rows(Stored::DutyKey, "versioned", "kind = 3", VERSIONED),
    rows(Stored::VaultKey, "versioned", "kind = 4", VERSIONED),
    rows(Stored::Vault, "versioned", "kind = 5", VERSIONED),
    rows(Stored::Staff, "staff", "1 = 1", &["number", "device", "record"]),
    rows(
        Stored::Invitations,
        "invitation",
        "1 = 1",
        &["id", "expires", "invitation", "request", "completion"],
    ),
    rows(Stored::Answers, "answers", "1 = 1", &["id", "runs_out", "batch"]),
    rows(Stored::Counts, "counts", "1 = 1", &["id", "runs_out", "record"]),
    rows(Stored::Locales, "locale", "1 = 1", &["hash", "file"]),
    rows(Stored::Notices, "notice", "1 = 1", &["number", "id", "runs_out", "record"]),
    rows(Stored::Audit, "audit", "1 = 1", &["number", "at", "entry"]),
    rows(Stored::NoticesRead, "notice_read", "1 = 1", &["notice", "device"]),
];

/// What a database that relays share holds besides.
pub(super) const SHARED: &[Rows] = &[rows(Stored::HostPublicKey, "host", "1 = 1", &["key"])];
