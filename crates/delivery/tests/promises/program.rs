//! A throw-away program: a root, an administrator, staff devices, a signed policy.

use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use stillroom_program::{
    Calendar, Chain, Device, DutyStatement, Fingerprint, NewDevice, Policy, ReceivingPublicKey,
    Revocations, Roles, RootKey, SignedPolicy, SignedRevocations, SignedStatement, Timestamp,
    Validity, VerifiedPolicy, VerifiedRevocations, VerifyingKey, encode,
};

/// Within the sample policy's time.
pub(crate) const NOW: Timestamp = Timestamp(1_800_000_000_000);

pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) struct Program {
    pub(crate) root: Fingerprint,
    pub(crate) administrator: Device,
    pub(crate) policy: Policy,
    pub(crate) revocations: Revocations,
    duty_key: ReceivingPublicKey,
    rng: ChaCha20Rng,
}

impl Program {
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let root = RootKey::generate(&mut rng);
        let new = NewDevice::generate(&mut rng);
        let validity = Validity::days(NOW, 300);
        let administrator = root.make_administrator(new, Roles::NONE, "Ada", validity).unwrap();
        Self {
            root: root.fingerprint(),
            duty_key: administrator.receiving.public_key(),
            administrator,
            policy: Policy::throw_away(NOW).unwrap(),
            revocations: Revocations::default(),
            rng,
        }
    }

    pub(crate) fn staff(&mut self, roles: Roles) -> Device {
        self.staff_until(roles, Validity::days(NOW, 100))
    }

    pub(crate) fn staff_until(&mut self, roles: Roles, validity: Validity) -> Device {
        let new = NewDevice::generate(&mut self.rng);
        let (key, receiving) = (new.signing.verifying_key(), new.receiving.public_key());
        let chain: Chain = self.administrator.certify(key, &receiving, roles, validity).unwrap();
        let name = self.administrator.certify_name(key, "Bea").unwrap();
        new.certified(chain, name).unwrap()
    }

    pub(crate) fn advocate(&mut self) -> Device {
        self.staff(Roles::ADVOCATE)
    }

    pub(crate) fn calendar(&self) -> Calendar {
        Calendar::of(&self.policy).unwrap()
    }

    pub(crate) fn signed_policy(&self) -> (Vec<u8>, VerifiedPolicy) {
        let signed = SignedPolicy::sign(&self.policy, &self.administrator).unwrap();
        let verified = signed.verify(&self.root, NOW, DAY).unwrap();
        (encode(&signed), verified)
    }

    pub(crate) fn revoke(&mut self, device: VerifyingKey) -> (Vec<u8>, VerifiedRevocations) {
        self.revocations = self.revocations.with(device, u64::MAX, NOW).unwrap();
        let signed =
            SignedRevocations::sign(self.revocations.clone(), &self.administrator).unwrap();
        let verified = signed.verify(&self.root, NOW, DAY).unwrap();
        (encode(&signed), verified)
    }

    fn revocations_hash(&self) -> [u8; 32] {
        if self.revocations.version == 0 {
            return Revocations::none_hash();
        }
        let signed =
            SignedRevocations::sign(self.revocations.clone(), &self.administrator).unwrap();
        signed.verify(&self.root, NOW, DAY).unwrap().hash()
    }

    pub(crate) fn statement_of(&self, now: Timestamp) -> DutyStatement {
        let (_, policy) = self.signed_policy();
        DutyStatement {
            issued: now.seconds(),
            expires: now.seconds() + 30 * 60,
            policy_version: policy.version,
            policy_hash: policy.hash(),
            revocations_hash: self.revocations_hash(),
            duty_key: self.duty_key.clone(),
            vault_version: 0,
            issuer: [0; 32],
            open: true.into(),
        }
    }

    pub(crate) fn statement(&self, device: &Device, now: Timestamp) -> Vec<u8> {
        encode(&SignedStatement::sign(self.statement_of(now), device))
    }
}
