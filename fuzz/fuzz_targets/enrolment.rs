//! How a new device comes in, and what a survivor says beforehand: nothing altered is believed or opens.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stillroom_fuzz::{NOW, TOLERANCE, WORLD, key_package};
use stillroom_program::{EnrolmentRequest, Intake, NewDevice, SignedInvitation, decode};

fuzz_target!(|bytes: &[u8]| {
    let world = &*WORLD;
    if let Ok(invitation) = decode::<SignedInvitation>(bytes)
        && invitation.verify(&world.root, NOW, TOLERANCE).is_ok()
    {
        assert_eq!(invitation, world.invitation);
    }
    if let Ok(request) = decode::<EnrolmentRequest>(bytes)
        && request.verify(&world.secret, &world.root).is_ok()
    {
        assert_eq!(request, world.request);
    }
    let newcomer = NewDevice {
        signing: world.newcomer.signing.clone(),
        receiving: world.newcomer.receiving.clone(),
    };
    if newcomer.complete(&world.secret, &world.root, bytes, NOW, TOLERANCE).is_ok() {
        assert_eq!(bytes, world.completion);
    }
    if Intake::open(&world.duty_key, &world.root.program_id(), &key_package(), bytes).is_ok() {
        assert_eq!(bytes, world.intake);
    }
});
