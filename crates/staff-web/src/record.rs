//! What a device of staff's keeps of the record of administrative acts (`features.md` 5.9; `decisions/0034`): its newest
//! entry, and the proof where there are two records. None of it is secret.

use stillroom_program::{Fingerprint, SignedAuditEntry, decode, encode};

use crate::kept::{self, Beside};

/// The newest entry of this program's record that was seen on this device.
pub fn known(root: &Fingerprint) -> Option<SignedAuditEntry> {
    let kept = kept::load_beside(Beside::Record)?;
    let (of, entry) = kept.split_first_chunk::<32>()?;
    decode(entry).ok().filter(|_| *of == root.0)
}

/// Remembers the newest entry, on a device that is kept.
pub fn remember(root: &Fingerprint, entry: &SignedAuditEntry) {
    kept::save_beside(Beside::Record, &[&root.0[..], &encode(entry)].concat());
}

/// Keeps the signed entries that do not go together.
pub fn keep_proof<'a>(entries: impl Iterator<Item = &'a SignedAuditEntry>) {
    kept::save_beside(Beside::Proof, &entries.map(encode).collect::<Vec<_>>().concat());
}
