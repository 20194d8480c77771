//! Nothing secret prints.

use alloc::format;

use super::fixture::{NOW, Program, policy};
use crate::*;

#[test]
fn secrets_print_what_they_are_and_nothing_more() {
    let mut program = Program::new(1);
    let device = program.staff(Roles::ADVOCATE);
    assert_eq!(format!("{:?}", device.signing), "SigningKey(secret)");
    assert_eq!(format!("{:?}", device.receiving), "ReceivingKey(secret)");
    assert_eq!(format!("{device:?}"), "Device(secret)");
    assert_eq!(
        format!("{:?}", NewDevice::generate(&mut program.rng)),
        "NewDevice { signing: SigningKey(secret), receiving: ReceivingKey(secret) }"
    );
    let secret = InvitationSecret::generate(&mut program.rng);
    assert_eq!(format!("{secret:?}"), "InvitationSecret(secret)");
}

#[cfg(feature = "author")]
#[test]
fn a_root_key_does_not_print() {
    let root = RootKey::generate(&mut Program::new(1).rng);
    assert_eq!(format!("{root:?}"), "RootKey(secret)");
}

#[test]
fn names_and_texts_do_not_print() {
    let mut program = Program::new(1);
    let device = program.staff(Roles::ADVOCATE);
    let verified = program.verified_staff(&device);
    let name = device.name.verify(&verified.device).unwrap();
    let (bundle, _) = SharedKeyBundle::make(
        SharedKey::Duty,
        &device,
        &[verified],
        &VerifiedRevocations::none(),
        NOW,
        &mut program.rng,
    )
    .unwrap();
    let intake = Intake {
        language: "xq".try_into().unwrap(),
        safety: SafetyAnswer::NotSure,
        ..Intake::default()
    };
    let shown = format!("{name:?} {:?} {:?} {bundle:?} {intake:?}", device.name, policy());
    for hidden in ["Robin", "Rivertown", "7233", "xq", "NotSure"] {
        assert!(!shown.contains(hidden), "{hidden}: {shown}");
    }
}
