//! Policies, signed and as the file that an administrator writes: none is believed that was not signed, and
//! no file makes the reader panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stillroom_fuzz::{NOW, TOLERANCE, WORLD};
use stillroom_program::{Policy, SignedPolicy, decode};

fuzz_target!(|bytes: &[u8]| {
    let world = &*WORLD;
    if let Ok(signed) = decode::<SignedPolicy>(bytes)
        && signed.verify(&world.root, NOW, TOLERANCE).is_ok()
    {
        assert_eq!(signed, world.policy);
    }
    if let Ok(policy) = decode::<Policy>(bytes) {
        let _ = policy.check();
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(policy) = Policy::from_toml(text)
    {
        let _ = policy.check();
    }
});
