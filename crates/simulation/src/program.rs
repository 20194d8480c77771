//! A program with its own root, an administrator and as many advocates as a test wants.

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use stillroom_program::{
    Device, Fingerprint, NewDevice, Policy, ReportKey, Roles, RootKey, SignedPolicy, Timestamp,
    Validity,
};

/// A program and who holds its keys.
pub struct SimulatedProgram {
    /// The root's fingerprint.
    pub root: Fingerprint,
    /// The administrator's device.
    pub administrator: Device,
    /// The policy in force.
    pub policy: SignedPolicy,
    /// What answers are sealed to.
    pub report_key: ReportKey,
    root_key: RootKey,
    rng: ChaCha20Rng,
    now: Timestamp,
}

impl SimulatedProgram {
    /// A program whose keys follow from `seed`, made at `now`.
    ///
    /// # Panics
    /// Never, unless the sample policy that is shipped does not hold at `now`.
    #[allow(clippy::expect_used, reason = "a simulation without its program has nothing to say")]
    pub fn new(seed: u64, now: Timestamp) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let root = RootKey::generate(&mut rng);
        let administrator = root
            .make_administrator(
                NewDevice::generate(&mut rng),
                Roles::ADMINISTRATOR,
                "Administrator",
                Validity::days(now, 30),
            )
            .expect("a short name");
        let report_key = root.report_key();
        let policy = Policy::throw_away(now)
            .expect("the sample is a policy")
            .with_report_key(&report_key.public_key());
        let policy = SignedPolicy::sign(&policy, &administrator).expect("the sample is sound");
        Self {
            root: root.fingerprint(),
            administrator,
            policy,
            report_key,
            root_key: root,
            rng,
            now,
        }
    }

    /// A second administrator's device.
    ///
    /// # Panics
    /// Never: the name is short.
    #[allow(clippy::expect_used, reason = "a simulation without its program has nothing to say")]
    pub fn another_administrator(&mut self) -> Device {
        let new = NewDevice::generate(&mut self.rng);
        let validity = Validity::days(self.now, 30);
        self.root_key
            .make_administrator(new, Roles::ADMINISTRATOR, "Another", validity)
            .expect("a short name")
    }

    /// A member of staff with these rights and this name, for as long as the administrator.
    ///
    /// # Panics
    /// For a name over 64 bytes or the rights of an administrator.
    pub fn staff(&mut self, roles: Roles, name: &str) -> Device {
        self.staff_for(roles, name, 30)
    }

    /// The same for so many days from the beginning on, 30 at most.
    ///
    /// # Panics
    /// For a name over 64 bytes or the rights of an administrator.
    #[allow(clippy::expect_used, reason = "a test that asks for such staff is wrong")]
    pub fn staff_for(&mut self, roles: Roles, name: &str, days: u32) -> Device {
        let new = NewDevice::generate(&mut self.rng);
        let key = new.signing.verifying_key();
        let receiving = new.receiving.public_key();
        let validity = Validity::days(self.now, days);
        let chain =
            self.administrator.certify(key, &receiving, roles, validity).expect("such rights");
        let name = self.administrator.certify_name(key, name).expect("a short name");
        new.certified(chain, name).expect("its own keys")
    }
}
