//! Duty statements, duty keys and revocations: none is believed that was not signed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stillroom_fuzz::{NOW, TOLERANCE, WORLD};
use stillroom_program::{
    SharedKey, SharedKeyBundle, SignedRevocations, SignedStatement, VerifiedRevocations, decode,
};

fuzz_target!(|bytes: &[u8]| {
    let world = &*WORLD;
    let none = VerifiedRevocations::none();
    if let Ok(statement) = decode::<SignedStatement>(bytes) {
        let policy = world.policy.verify(&world.root, NOW, TOLERANCE).unwrap();
        if statement.verify(&world.root, &policy, &none, NOW, TOLERANCE).is_ok() {
            assert_eq!(statement, world.statement);
        }
    }
    if let Ok(bundle) = decode::<SharedKeyBundle>(bytes)
        && bundle.verify(SharedKey::Duty, &world.root, &none, NOW, TOLERANCE).is_ok()
    {
        assert_eq!(bundle, world.duty_bundle);
    }
    if let Ok(list) = decode::<SignedRevocations>(bytes) {
        assert!(list.verify(&world.root, NOW, TOLERANCE).is_err());
    }
});
