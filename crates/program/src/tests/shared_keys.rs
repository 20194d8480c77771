//! The duty key, wrapped.

use alloc::vec;
use alloc::vec::Vec;

use super::fixture::{DAY, EXACT, NOW, Program};
use crate::limits::DUTY_RECIPIENTS_MAX;
use crate::*;

fn verified(
    program: &Program,
    bundle: &SharedKeyBundle,
) -> Result<VerifiedSharedKey, SharedKeyError> {
    bundle.verify(SharedKey::Duty, &program.fingerprint, &VerifiedRevocations::none(), NOW, EXACT)
}

#[test]
fn everybody_who_may_be_on_duty_opens_the_same_key_and_nobody_else_does() {
    let mut program = Program::new(1);
    let maker = program.staff(Roles::ADVOCATE);
    let mate = program.staff(Roles::SUPERVISOR);
    let interpreter = program.staff(Roles::INTERPRETER);
    let late = program.staff(Roles::ADVOCATE);
    let staff = vec![program.verified_staff(&mate), program.verified_staff(&interpreter)];
    let (bundle, key) = SharedKeyBundle::make(
        SharedKey::Duty,
        &maker,
        &staff,
        &VerifiedRevocations::none(),
        NOW,
        &mut program.rng,
    )
    .unwrap();
    let verified = verified(&program, &bundle).unwrap();
    assert_eq!(verified.made(), NOW.seconds());
    assert_eq!(*verified.public_key(), key.public_key());
    for device in [&maker, &mate] {
        assert_eq!(*verified.open(device).unwrap().to_bytes(), *key.to_bytes());
    }
    for device in [&interpreter, &late] {
        assert_eq!(verified.open(device).unwrap_err(), SharedKeyError::NotForThisDevice);
    }
}

#[test]
fn a_bundle_by_somebody_who_is_never_on_duty_is_refused() {
    let mut program = Program::new(1);
    let interpreter = program.staff(Roles::INTERPRETER);
    let made = SharedKeyBundle::make(
        SharedKey::Duty,
        &interpreter,
        &[],
        &VerifiedRevocations::none(),
        NOW,
        &mut program.rng,
    );
    assert_eq!(made.unwrap_err(), SharedKeyError::RoleMissing);
    let advocate = program.staff(Roles::ADVOCATE);
    let (bundle, _) = SharedKeyBundle::make(
        SharedKey::Duty,
        &advocate,
        &[],
        &VerifiedRevocations::none(),
        NOW,
        &mut program.rng,
    )
    .unwrap();
    let signature = interpreter.sign_record(Label::DutyKey, &bundle.content);
    let forged = SharedKeyBundle { chain: interpreter.chain, signature, ..bundle };
    assert_eq!(verified(&program, &forged), Err(SharedKeyError::RoleMissing));
}

#[test]
fn a_bundle_from_another_program_a_revoked_device_or_a_later_time_is_refused() {
    let (mut program, mut theirs) = (Program::new(1), Program::new(2));
    let stranger = theirs.staff(Roles::ADVOCATE);
    let (foreign, _) = SharedKeyBundle::make(
        SharedKey::Duty,
        &stranger,
        &[],
        &VerifiedRevocations::none(),
        NOW,
        &mut theirs.rng,
    )
    .unwrap();
    assert_eq!(
        verified(&program, &foreign),
        Err(SharedKeyError::Signer(CertificateError::WrongProgram))
    );
    let advocate = program.staff(Roles::ADVOCATE);
    let (later, _) = SharedKeyBundle::make(
        SharedKey::Duty,
        &advocate,
        &[],
        &VerifiedRevocations::none(),
        NOW + 2 * DAY,
        &mut program.rng,
    )
    .unwrap();
    assert_eq!(verified(&program, &later), Err(SharedKeyError::NotYetValid));
    let (bundle, _) = SharedKeyBundle::make(
        SharedKey::Duty,
        &advocate,
        &[],
        &VerifiedRevocations::none(),
        NOW,
        &mut program.rng,
    )
    .unwrap();
    let list = Revocations::default().with(advocate.key(), u64::MAX, NOW).unwrap();
    let list = SignedRevocations::sign(list, &program.administrator).unwrap();
    let list = list.verify(&program.fingerprint, NOW, EXACT).unwrap();
    assert_eq!(
        bundle.verify(SharedKey::Duty, &program.fingerprint, &list, NOW, EXACT),
        Err(SharedKeyError::SignerRevoked)
    );
}

#[test]
fn a_relay_cannot_put_its_own_key_in_a_bundle() {
    let mut program = Program::new(1);
    let advocate = program.staff(Roles::ADVOCATE);
    let (bundle, _) = SharedKeyBundle::make(
        SharedKey::Duty,
        &advocate,
        &[],
        &VerifiedRevocations::none(),
        NOW,
        &mut program.rng,
    )
    .unwrap();
    let mut swapped = bundle.clone();
    swapped.content.public = ReceivingKey::from_bytes(&[1; 32]).public_key();
    let wrong = Err(SharedKeyError::Signer(CertificateError::SignatureWrong));
    assert_eq!(verified(&program, &swapped), wrong);
    let mut emptied = bundle;
    emptied.content.wrapped = List::default();
    assert_eq!(verified(&program, &emptied), wrong);
}

#[test]
fn a_wrapping_from_another_bundle_does_not_open() {
    let mut program = Program::new(1);
    let (advocate, mate) = (program.staff(Roles::ADVOCATE), program.staff(Roles::ADVOCATE));
    let (old, _) = SharedKeyBundle::make(
        SharedKey::Duty,
        &advocate,
        &[],
        &VerifiedRevocations::none(),
        NOW,
        &mut program.rng,
    )
    .unwrap();
    let (new, _) = SharedKeyBundle::make(
        SharedKey::Duty,
        &mate,
        &[],
        &VerifiedRevocations::none(),
        NOW,
        &mut program.rng,
    )
    .unwrap();
    // A colleague's modified desk mixes the two, and signs that.
    let mut mixed = new;
    mixed.content.wrapped = old.content.wrapped;
    mixed.signature = mate.sign_record(Label::DutyKey, &mixed.content);
    let verified = verified(&program, &mixed).unwrap();
    assert_eq!(verified.open(&advocate).unwrap_err(), SharedKeyError::DoesNotOpen);
}

#[test]
fn a_bundle_for_as_many_as_it_holds_fits_its_record_and_one_more_is_refused() {
    let mut program = Program::new(1);
    let maker = program.staff(Roles::ADVOCATE);
    let mut device = program.verified_staff(&maker);
    let staff = (1..=DUTY_RECIPIENTS_MAX).map(|number| {
        device.device.key.0[..8].copy_from_slice(&number.to_be_bytes());
        device.clone()
    });
    let staff = staff.collect::<Vec<_>>();
    let most = &staff[..DUTY_RECIPIENTS_MAX - 1];
    let (bundle, _) = SharedKeyBundle::make(
        SharedKey::Duty,
        &maker,
        most,
        &VerifiedRevocations::none(),
        NOW,
        &mut program.rng,
    )
    .unwrap();
    let length = encode(&bundle).len();
    assert!(length <= stillroom_protocol::limits::RECORD_MAX, "{length}");
    let made = SharedKeyBundle::make(
        SharedKey::Duty,
        &maker,
        &staff,
        &VerifiedRevocations::none(),
        NOW,
        &mut program.rng,
    );
    assert_eq!(made.unwrap_err(), SharedKeyError::TooManyDevices);
}

#[test]
fn a_key_holds_under_the_one_list_of_revoked_devices_that_it_was_made_under() {
    let mut program = Program::new(1);
    let (maker, lost) = (program.staff(Roles::ADVOCATE), program.staff(Roles::ADVOCATE));
    let list = Revocations::default().with(lost.key(), u64::MAX, NOW).unwrap();
    let list = SignedRevocations::sign(list, &program.administrator).unwrap();
    let list = list.verify(&program.fingerprint, NOW, EXACT).unwrap();
    let (none, staff) = (VerifiedRevocations::none(), vec![program.verified_staff(&lost)]);
    let (before, _) =
        SharedKeyBundle::make(SharedKey::Duty, &maker, &staff, &none, NOW, &mut program.rng)
            .unwrap();
    assert!(verified(&program, &before).unwrap().open(&lost).is_ok());
    let root = program.fingerprint;
    let under = |bundle: &SharedKeyBundle| bundle.verify(SharedKey::Duty, &root, &list, NOW, EXACT);
    assert_eq!(under(&before), Err(SharedKeyError::OtherRevocations));
    let (after, _) =
        SharedKeyBundle::make(SharedKey::Duty, &maker, &staff, &list, NOW, &mut program.rng)
            .unwrap();
    let opened = under(&after).unwrap().open(&lost);
    assert_eq!(opened.unwrap_err(), SharedKeyError::NotForThisDevice);
    assert_eq!(verified(&program, &after), Err(SharedKeyError::OtherRevocations));
}
