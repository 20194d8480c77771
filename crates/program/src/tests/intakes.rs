//! What survivors say beforehand.

use stillroom_protocol::{KeyPackageHash, limits::INTAKE_MAX};

use super::fixture::Program;
use crate::*;

const KEY_PACKAGE: KeyPackageHash = KeyPackageHash([8; 32]);

fn intake(language: &str) -> Intake {
    Intake { language: language.try_into().unwrap(), ..Intake::default() }
}

fn handed_over(by: VerifyingKey) -> Again {
    Again::HandedOver { to: Successor::Colleague { device: by }, by }
}

#[test]
fn staff_on_duty_read_what_a_survivor_said() {
    let mut program = Program::new(1);
    let duty = ReceivingKey::generate(&mut program.rng);
    let id = program.fingerprint.program_id();
    let said = Intake {
        again: handed_over(program.staff(Roles::ADVOCATE).key()),
        language: "ar".try_into().unwrap(),
        interpreter: true.into(),
        safety: SafetyAnswer::NotSure,
        returning: ReturnWords::of("river lamp stone"),
        code_word: true.into(),
    };
    let sealed = said.seal(&id, &duty.public_key(), &KEY_PACKAGE, &mut program.rng).unwrap();
    assert_eq!(Intake::open(&duty, &id, &KEY_PACKAGE, &sealed), Ok(said));
}

#[test]
fn a_key_package_swapped_under_anothers_sealed_intake_is_found_out() {
    let mut program = Program::new(1);
    let duty = ReceivingKey::generate(&mut program.rng);
    let id = program.fingerprint.program_id();
    let said = intake("en");
    let sealed = said.seal(&id, &duty.public_key(), &KEY_PACKAGE, &mut program.rng).unwrap();
    let swapped = KeyPackageHash([9; 32]);
    assert_eq!(Intake::open(&duty, &id, &swapped, &sealed), Err(IntakeError::DoesNotOpen));
    let elsewhere = Program::new(2).fingerprint.program_id();
    assert_eq!(
        Intake::open(&duty, &elsewhere, &KEY_PACKAGE, &sealed),
        Err(IntakeError::DoesNotOpen)
    );
    let other = ReceivingKey::generate(&mut program.rng);
    assert_eq!(Intake::open(&other, &id, &KEY_PACKAGE, &sealed), Err(IntakeError::DoesNotOpen));
}

#[test]
fn every_intake_is_equally_long_and_fits_its_frame() {
    let mut program = Program::new(1);
    let duty = ReceivingKey::generate(&mut program.rng).public_key();
    let id = program.fingerprint.program_id();
    let short = intake("").seal(&id, &duty, &KEY_PACKAGE, &mut program.rng).unwrap();
    let long = Intake {
        again: handed_over(program.staff(Roles::ADVOCATE).key()),
        language: "zh-Hant-HK-x-abc".try_into().unwrap(),
        interpreter: true.into(),
        safety: SafetyAnswer::NotSure,
        returning: ReturnWords::of("abcdefgh abcdefgh abcdefgh"),
        code_word: true.into(),
    };
    let long = long.seal(&id, &duty, &KEY_PACKAGE, &mut program.rng).unwrap();
    assert_eq!(short.len(), long.len());
    assert!(short.len() <= INTAKE_MAX);
    assert_ne!(short[..1120], long[..1120]);
}

#[test]
fn an_altered_or_truncated_intake_does_not_open() {
    let mut program = Program::new(1);
    let duty = ReceivingKey::generate(&mut program.rng);
    let id = program.fingerprint.program_id();
    let said = intake("en");
    let sealed = said.seal(&id, &duty.public_key(), &KEY_PACKAGE, &mut program.rng).unwrap();
    for at in (0..sealed.len()).step_by(97) {
        let mut altered = sealed.clone();
        altered[at] ^= 1;
        assert_eq!(
            Intake::open(&duty, &id, &KEY_PACKAGE, &altered),
            Err(IntakeError::DoesNotOpen),
            "{at}"
        );
        assert_eq!(
            Intake::open(&duty, &id, &KEY_PACKAGE, &sealed[..at]),
            Err(IntakeError::DoesNotOpen),
            "{at}"
        );
    }
}

#[test]
fn what_opens_and_is_no_intake_is_refused() {
    let mut program = Program::new(1);
    let duty = ReceivingKey::generate(&mut program.rng);
    let id = program.fingerprint.program_id();
    let context = [&id.0[..], &duty.public_key().hash(), &KEY_PACKAGE.0].concat();
    let mut sealed = |plaintext: &[u8]| {
        let info = b"stillroom intake 1";
        seal(&duty.public_key(), info, &context, plaintext, &mut program.rng).unwrap()
    };
    for plaintext in [&[0; 512][..], &[0xff; 512], &[0x80; 10], b""] {
        let sealed = sealed(plaintext);
        assert_eq!(Intake::open(&duty, &id, &KEY_PACKAGE, &sealed), Err(IntakeError::Malformed));
    }
}
