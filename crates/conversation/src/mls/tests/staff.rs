//! Staff with whole certificates, the same for the same number.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use stillroom_program::{Device, NewDevice, Roles, RootKey, Timestamp, Validity};

/// The device of an advocate of the tests' program.
pub(crate) fn device(number: u8, now: Timestamp) -> Device {
    certified(number, Roles::ADVOCATE, Roles::ADVOCATE, now)
}

/// The device of somebody with these rights in the tests' program.
pub(crate) fn device_with(number: u8, roles: Roles, now: Timestamp) -> Device {
    certified(number, roles, Roles::ADMINISTRATOR, now)
}

/// The device of an administrator of the tests' program.
pub(crate) fn administrator(now: Timestamp) -> Device {
    administrator_of(0, now)
}

/// The device of an administrator of another program.
pub(crate) fn foreign_administrator(now: Timestamp) -> Device {
    administrator_of(9, now)
}

fn administrator_of(root: u8, now: Timestamp) -> Device {
    let random = |number: u8| ChaCha20Rng::seed_from_u64(u64::from(number));
    let new = NewDevice::generate(&mut random(1));
    RootKey::generate(&mut random(root))
        .make_administrator(new, Roles::NONE, "Administrator", Validity::days(now, 30))
        .unwrap()
}

fn certified(number: u8, roles: Roles, administrator: Roles, now: Timestamp) -> Device {
    let random = |number: u8| ChaCha20Rng::seed_from_u64(u64::from(number));
    let validity = Validity::days(now, 30);
    let administrator = RootKey::generate(&mut random(0))
        .make_administrator(
            NewDevice::generate(&mut random(1)),
            administrator,
            "Administrator",
            validity,
        )
        .unwrap();
    let new = NewDevice::generate(&mut random(number));
    let (key, receiving) = (new.signing.verifying_key(), new.receiving.public_key());
    let chain = administrator.certify(key, &receiving, roles, validity).unwrap();
    let name = administrator.certify_name(key, "Advocate").unwrap();
    new.certified(chain, name).unwrap()
}
