//! A device under a passkey.

use zeroize::Zeroizing;

use super::fixture::Program;
use crate::*;

fn passkey() -> Passkey {
    Passkey { credential: b"which".as_slice().try_into().unwrap(), salt: [7; 32] }
}

fn secret(byte: u8) -> PasskeySecret {
    PasskeySecret::new(Zeroizing::new([byte; 32]))
}

#[test]
fn a_device_comes_out_from_under_its_passkey_and_no_other() {
    let mut program = Program::new(1);
    let device = program.staff(Roles::ADVOCATE);
    let wrapped = device.wrap_with_passkey(&passkey(), &secret(1), &mut program.rng).unwrap();
    assert_eq!(Passkey::of(&wrapped), Some(passkey()));
    let back = Device::unwrap_with_passkey(&wrapped, &secret(1)).unwrap();
    assert_eq!(*back.to_bytes(), *device.to_bytes());
    let other = Device::unwrap_with_passkey(&wrapped, &secret(2));
    assert_eq!(other.unwrap_err(), PasskeyError::Wrong);
    let seed = device.signing.to_bytes();
    assert!(!wrapped.windows(32).any(|window| window == *seed));
}

#[test]
fn what_is_under_a_passphrase_is_not_under_a_passkey_and_the_other_way_round() {
    let mut program = Program::new(2);
    let device = program.staff(Roles::ADVOCATE);
    let phrase = "lamp river sock tin";
    let by_phrase = device.wrap_with_passphrase(phrase, &mut program.rng).unwrap();
    assert_eq!(Passkey::of(&by_phrase), None);
    let by_passkey = device.wrap_with_passkey(&passkey(), &secret(1), &mut program.rng).unwrap();
    assert!(Device::unwrap_with_passphrase(&by_passkey, phrase).is_err());
    assert!(Device::unwrap_with_passkey(&by_phrase, &secret(1)).is_err());
}

#[test]
fn an_altered_or_truncated_file_opens_nothing_at_any_byte() {
    let mut program = Program::new(3);
    let device = program.staff(Roles::ADVOCATE);
    let wrapped = device.wrap_with_passkey(&passkey(), &secret(1), &mut program.rng).unwrap();
    for at in 0..wrapped.len() {
        let short = Device::unwrap_with_passkey(&wrapped[..at], &secret(1));
        assert_eq!(short.unwrap_err(), PasskeyError::Malformed, "{at}");
        let mut altered = wrapped.clone();
        altered[at] ^= 1;
        assert!(Device::unwrap_with_passkey(&altered, &secret(1)).is_err(), "{at}");
    }
}

#[test]
fn the_same_device_never_looks_the_same_twice() {
    let mut program = Program::new(4);
    let device = program.staff(Roles::ADVOCATE);
    let one = device.wrap_with_passkey(&passkey(), &secret(1), &mut program.rng).unwrap();
    let two = device.wrap_with_passkey(&passkey(), &secret(1), &mut program.rng).unwrap();
    assert_ne!(one, two);
}
