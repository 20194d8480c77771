//! The copy of the record that an administrator's computer keeps: what it has seen, so that a relay that shows another
//! record, or an older one, is found out; and, where it did, the proof.
//!
//! Both are files in the program's folder. They hold what the relay holds as well, and no names.

use std::path::Path;

use stillroom_program::limits::AUDIT_MAX;
use stillroom_program::{List, SignedAuditEntry, decode, encode};

use crate::failure::Failure;
use crate::files;

type Entries = List<SignedAuditEntry, AUDIT_MAX>;

/// The entries in this file.
pub(super) fn read(path: &Path) -> Result<Vec<SignedAuditEntry>, Failure> {
    let entries: Entries = decode(&files::read(path)?).map_err(|_| {
        Failure::new(
            format!("{} holds no record of administrative acts.", path.display()),
            "Take it from a backup. Without it this computer believes what the relay shows next: move it away to go on so.",
        )
    })?;
    Ok(entries.into_vec())
}

/// The entries that were kept here; none where none ever were.
pub(super) fn read_if_there(path: &Path) -> Result<Vec<SignedAuditEntry>, Failure> {
    if path.exists() { read(path) } else { Ok(Vec::new()) }
}

/// Keeps these; of more than are kept anywhere the newest.
pub(super) fn write(path: &Path, entries: &[SignedAuditEntry]) -> Result<(), Failure> {
    let newest = entries.len().saturating_sub(AUDIT_MAX);
    let newest = entries.iter().skip(newest).cloned().collect::<Vec<_>>();
    let entries = Entries::try_from(newest).unwrap_or_default();
    files::replace_private_at_once(path, &encode(&entries))
}
