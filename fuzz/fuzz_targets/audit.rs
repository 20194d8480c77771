//! The record of administrative acts: no entry is believed that was not signed, and none in another's place.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stillroom_fuzz::{NOW, TOLERANCE, WORLD};
use stillroom_program::{
    Act, List, SignedAuditEntry, VerifiedRevocations, check_audit, decode, limits::AUDIT_MAX,
};
use stillroom_protocol::Operation;

fuzz_target!(|bytes: &[u8]| {
    let world = &*WORLD;
    if let Ok(entry) = decode::<SignedAuditEntry>(bytes)
        && entry.verify(&world.root, NOW, TOLERANCE).is_ok()
    {
        assert!(world.record.contains(&entry));
    }
    // As the command line keeps it.
    if let Ok(entries) = decode::<List<SignedAuditEntry, AUDIT_MAX>>(bytes) {
        let none = VerifiedRevocations::none();
        if check_audit(&entries, &world.root, &none, NOW, TOLERANCE).is_ok() {
            assert!(
                world.record.windows(entries.len().max(1)).any(|part| *part == *entries)
                    || entries.is_empty()
            );
        }
    }
    if let Ok(operation) = decode::<Operation>(bytes)
        && let Some(act) = Act::of(&operation)
    {
        assert!(Act::is_one(&operation) && act.describes(&operation));
    }
});
