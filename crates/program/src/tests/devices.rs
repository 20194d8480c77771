//! A device's bytes.

use super::fixture::Program;
use crate::*;

#[test]
fn a_device_is_read_back_whole() {
    let mut program = Program::new(1);
    let device = program.staff(Roles::ADVOCATE);
    let bytes = device.to_bytes();
    assert_eq!(bytes.len(), bytes.capacity());
    let back = Device::from_bytes(&bytes).unwrap();
    assert_eq!(*back.to_bytes(), *bytes);
    assert_eq!(back.program(), program.fingerprint);
}

#[test]
fn keys_without_their_own_certificates_are_no_device() {
    let mut program = Program::new(1);
    let (one, other) = (program.staff(Roles::ADVOCATE), program.staff(Roles::ADVOCATE));
    let mixes = [
        Device { signing: other.signing.clone(), ..one.clone() },
        Device { receiving: other.receiving.clone(), ..one.clone() },
        Device { chain: other.chain.clone(), ..one.clone() },
        Device { name: other.name.clone(), ..one.clone() },
    ];
    for mix in mixes {
        assert_eq!(Device::from_bytes(&mix.to_bytes()).unwrap_err(), DeviceError::KeysDoNotMatch);
    }
}

#[test]
fn truncated_or_longer_bytes_and_those_of_another_version_are_no_device() {
    let device = Program::new(1).administrator.to_bytes();
    for length in 0..device.len() {
        assert_eq!(
            Device::from_bytes(&device[..length]).unwrap_err(),
            DeviceError::Malformed,
            "{length}"
        );
    }
    let longer = [&device[..], &[0]].concat();
    assert_eq!(Device::from_bytes(&longer).unwrap_err(), DeviceError::Malformed);
    let mut newer = device.clone();
    newer[0] = 2;
    assert_eq!(Device::from_bytes(&newer).unwrap_err(), DeviceError::Malformed);
}
