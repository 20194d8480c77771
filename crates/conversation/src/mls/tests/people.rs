//! Who takes part in the tests, and the groups they are in.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use stillroom_program::{Device, Timestamp};

use super::staff;
use crate::mls::{Group, MemberCredential, Prospect, Received};
use crate::randomness::Randomness;

/// A time in 2026.
pub(super) const NOW: Timestamp = Timestamp(1_780_000_000_000);

pub(super) fn randomness(seed: u64) -> Randomness {
    Randomness::new(ChaCha20Rng::seed_from_u64(seed))
}

pub(super) fn device(number: u8) -> Device {
    staff::device(number, NOW)
}

pub(super) fn staff_credential(device: &Device) -> MemberCredential {
    MemberCredential::Staff { chain: device.chain.clone() }
}

/// A chat as it begins: an advocate who leads, and a survivor.
pub(super) struct Pair {
    pub(super) advocate: Group,
    pub(super) survivor: Group,
}

pub(super) const ADVOCATE: u8 = 10;
pub(super) const INTERPRETER: u8 = 11;

pub(super) fn pair() -> Pair {
    let mut prospect = Prospect::new(&randomness(1), NOW).unwrap();
    let (advocate, welcome) =
        Group::create_and_add(&device(ADVOCATE), prospect.key_package(), &randomness(2), NOW)
            .unwrap();
    let survivor = prospect.join(&welcome, NOW).unwrap();
    Pair { advocate, survivor }
}

impl Pair {
    /// Adds an interpreter to whom everybody has agreed. Gives their group.
    pub(super) fn add_interpreter(&mut self) -> Group {
        let device = device(INTERPRETER);
        let mut prospect = Prospect::staff(&device, &randomness(3), NOW).unwrap();
        for group in [&mut self.advocate, &mut self.survivor] {
            group.consent(&device.key(), &staff_credential(&device));
        }
        let (commit, welcome) = self.advocate.add(prospect.key_package(), NOW).unwrap();
        let changed = self.survivor.receive(&commit, NOW).unwrap();
        assert!(
            matches!(changed, Received::Changed { joined, left } if joined.len() == 1 && left.is_empty())
        );
        prospect.join(&welcome, NOW).unwrap()
    }
}

/// What `to` reads in what `from` writes.
pub(super) fn say(from: &mut Group, to: &mut Group, text: &str) {
    let sealed = from.encrypt(text.as_bytes()).unwrap();
    reads(to, &sealed, from, text);
}

/// `to` reads `text` in `sealed`, as written by `from`.
pub(super) fn reads(to: &mut Group, sealed: &[u8], from: &Group, text: &str) {
    assert_eq!(
        to.receive(sealed, NOW),
        Ok(Received::Application {
            sender: from.own_leaf(),
            plaintext: text.as_bytes().to_vec().into(),
        })
    );
}
