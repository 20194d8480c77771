//! Secrets under a passphrase.

use super::fixture::Program;
use crate::passphrase::{unwrap, wrap};
use crate::*;

const GOOD: &str = "lamp river sock tin";

/// As little as Argon2 knows, so that tests of everything else are quick.
const CHEAP: PassphraseCost = PassphraseCost { memory: 8, passes: 1, lanes: 1 };

#[test]
fn a_device_comes_out_from_under_its_passphrase() {
    let mut program = Program::new(1);
    let device = program.staff(Roles::ADVOCATE);
    let wrapped = device.wrap_with_passphrase(GOOD, &mut program.rng).unwrap();
    let back = Device::unwrap_with_passphrase(&wrapped, GOOD).unwrap();
    assert_eq!(*back.to_bytes(), *device.to_bytes());
    let seed = device.signing.to_bytes();
    assert!(!wrapped.windows(32).any(|window| window == *seed));
}

#[test]
fn a_wrong_passphrase_opens_nothing() {
    let mut program = Program::new(1);
    let wrapped = wrap(b"test", b"secret", GOOD, CHEAP, &mut program.rng).unwrap();
    assert_eq!(*unwrap(b"test", &wrapped, GOOD).unwrap(), b"secret");
    assert_eq!(unwrap(b"test", &wrapped, "lamp river sock tim"), Err(PassphraseError::Wrong));
}

#[test]
fn one_kind_of_file_is_not_opened_as_another() {
    let mut program = Program::new(1);
    let wrapped = wrap(b"one", b"secret", GOOD, CHEAP, &mut program.rng).unwrap();
    assert_eq!(unwrap(b"other", &wrapped, GOOD), Err(PassphraseError::Wrong));
}

#[test]
fn a_passphrase_of_fewer_than_twelve_characters_is_not_taken() {
    let mut program = Program::new(1);
    let result = wrap(b"test", b"secret", "elevenchars", CHEAP, &mut program.rng);
    assert_eq!(result, Err(PassphraseError::TooShort));
    // Twelve characters, of whatever script.
    assert!(wrap(b"test", b"secret", "قمر نهر جبل شجرة", CHEAP, &mut program.rng).is_ok());
}

#[test]
fn the_same_secret_never_looks_the_same_twice() {
    let mut program = Program::new(1);
    let one = wrap(b"test", b"secret", GOOD, CHEAP, &mut program.rng).unwrap();
    let two = wrap(b"test", b"secret", GOOD, CHEAP, &mut program.rng).unwrap();
    assert_ne!(one, two);
}

#[test]
fn an_altered_or_truncated_file_opens_nothing_at_any_byte() {
    let mut program = Program::new(1);
    let wrapped = wrap(b"test", b"secret", GOOD, CHEAP, &mut program.rng).unwrap();
    for at in 0..wrapped.len() {
        assert_eq!(unwrap(b"test", &wrapped[..at], GOOD), Err(PassphraseError::Malformed), "{at}");
        let mut altered = wrapped.clone();
        altered[at] ^= 1;
        assert!(unwrap(b"test", &altered, GOOD).is_err(), "{at}");
    }
}

#[test]
fn a_file_cannot_ask_for_more_memory_than_is_bearable() {
    let mut program = Program::new(1);
    let mut wrapped = wrap(b"test", b"secret", GOOD, CHEAP, &mut program.rng).unwrap();
    // The memory's figure follows the byte that names the format.
    wrapped[1..5].copy_from_slice(&u32::MAX.to_be_bytes());
    assert_eq!(unwrap(b"test", &wrapped, GOOD), Err(PassphraseError::TooCostly));
}

#[test]
fn the_key_is_the_one_that_argon2id_gives() {
    // Argon2id from the reference program: 2 passes, 64 MiB, 1 lane, "password" and "somesalt".
    let argon = argon2::Argon2::new(
        argon2::Algorithm::Argon2id,
        argon2::Version::V0x13,
        argon2::Params::new(65536, 2, 1, Some(32)).unwrap(),
    );
    let mut key = [0; 32];
    argon.hash_password_into(b"password", b"somesalt", &mut key).unwrap();
    let hex =
        key.iter().map(|byte| alloc::format!("{byte:02x}")).collect::<alloc::string::String>();
    assert_eq!(hex, "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
}

#[cfg(feature = "author")]
#[test]
fn a_root_key_comes_out_from_under_its_passphrase_and_is_no_device() {
    let mut program = Program::new(1);
    let root = RootKey::generate(&mut program.rng);
    let wrapped = root.wrap_with_passphrase(GOOD, &mut program.rng).unwrap();
    let back = RootKey::unwrap_with_passphrase(&wrapped, GOOD).unwrap();
    assert_eq!(back.fingerprint(), root.fingerprint());
    assert_eq!(Device::unwrap_with_passphrase(&wrapped, GOOD).unwrap_err(), PassphraseError::Wrong);
}
