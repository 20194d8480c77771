//! A program for tests: its root key, an administrator and staff, all from one seed.

use core::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

use crate::*;

pub(super) const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
pub(super) const DAY: Duration = Duration::from_secs(24 * 60 * 60);
pub(super) const EXACT: Duration = Duration::ZERO;

pub(super) struct Program {
    pub(super) root: SigningKey,
    pub(super) fingerprint: Fingerprint,
    pub(super) administrator: Device,
    pub(super) rng: ChaCha20Rng,
}

pub(super) fn days(days: u32) -> Validity {
    Validity::days(NOW, days)
}

impl Program {
    pub(super) fn new(seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let root = SigningKey::generate(&mut rng);
        let fingerprint = Fingerprint::of(&root.verifying_key());
        let administrator = administrator(&root, Roles::ADMINISTRATOR, days(365), &mut rng);
        Self { root, fingerprint, administrator, rng }
    }

    /// A member of staff with these roles.
    pub(super) fn staff(&mut self, roles: Roles) -> Device {
        self.staff_for(roles, days(90))
    }

    pub(super) fn staff_for(&mut self, roles: Roles, validity: Validity) -> Device {
        let new = NewDevice::generate(&mut self.rng);
        let (key, receiving) = (new.signing.verifying_key(), new.receiving.public_key());
        let chain = self.administrator.certify(key, &receiving, roles, validity).unwrap();
        let name = self.administrator.certify_name(key, "Robin").unwrap();
        new.certified(chain, name).unwrap()
    }

    pub(super) fn another_administrator(&mut self) -> Device {
        administrator(&self.root, Roles::ADMINISTRATOR, days(365), &mut self.rng)
    }

    pub(super) fn verified_policy(&self) -> VerifiedPolicy {
        SignedPolicy::sign(&policy(), &self.administrator)
            .unwrap()
            .verify(&self.fingerprint, NOW, EXACT)
            .unwrap()
    }

    pub(super) fn verified_staff(&self, device: &Device) -> VerifiedStaff {
        device.staff_record().verify(&self.fingerprint, NOW, EXACT).unwrap()
    }
}

/// A device that the root certified, with whatever roles.
pub(super) fn administrator(
    root: &SigningKey,
    roles: Roles,
    validity: Validity,
    rng: &mut ChaCha20Rng,
) -> Device {
    let NewDevice { signing, receiving } = NewDevice::generate(rng);
    let (device, program) = (signing.verifying_key(), Fingerprint::of(&root.verifying_key()));
    let hash = receiving.public_key().hash();
    let administrator =
        certificate::Certificate::issue(device, hash, roles, validity, &program, root);
    let name = NameCertificate::issue(device, "Kim", &program, &signing).unwrap();
    let chain = Chain { root: root.verifying_key(), administrator, device: None };
    Device { signing, receiving, chain, name }
}

/// A policy that passes its check.
pub(super) fn policy() -> Policy {
    let mut policy = Policy::from_toml(SAMPLE_POLICY).unwrap();
    policy.terms.version = 3;
    policy.terms.issued = NOW.seconds() - 1000;
    policy.terms.expires = NOW.seconds() + 30 * DAY.as_secs();
    policy
}
