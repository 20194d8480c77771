//! Certificates: none is believed that the program did not make, and none makes a decoder panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stillroom_fuzz::{NOW, TOLERANCE, WORLD};
use stillroom_program::{Chain, Device, NameCertificate, Revocations, StaffRecord, decode, encode};

fuzz_target!(|bytes: &[u8]| {
    let world = &*WORLD;
    if let Ok(chain) = decode::<Chain>(bytes)
        && chain.verify(&world.root, NOW, TOLERANCE).is_ok()
    {
        assert_eq!(encode(&chain), encode(&world.administrator.chain));
    }
    if let Ok(name) = decode::<NameCertificate>(bytes) {
        let device = world.administrator.chain.verify(&world.root, NOW, TOLERANCE).unwrap();
        if name.verify(&device).is_ok() {
            assert_eq!(encode(&name), encode(&world.administrator.name));
        }
    }
    if let Ok(record) = decode::<StaffRecord>(bytes) {
        let _ = record.verify(&world.root, NOW, TOLERANCE);
    }
    let _ = decode::<Revocations>(bytes);
    let _ = Device::from_bytes(bytes);
});
