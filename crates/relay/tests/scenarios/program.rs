//! A throw-away program: a root, an administrator, staff devices, a signed policy.

use std::time::{Duration, SystemTime};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use stillroom_program::{
    Device, Direction, DutyStatement, Fingerprint, Locale, LocaleFile, NewDevice, Policy,
    Revocations, Roles, RootKey, SharedKey, SharedKeyBundle, SignedPolicy, SignedRevocations,
    SignedStatement, Timestamp, Validity, VerifiedRevocations, VerifyingKey, encode,
};
use stillroom_relay::ProgramFile;

pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Timestamp(u64::try_from(since.as_millis()).unwrap())
}

pub(crate) struct Program {
    pub(crate) root: Fingerprint,
    pub(crate) administrator: Device,
    pub(crate) policy: Policy,
    pub(crate) locales: Vec<LocaleFile>,
    pub(crate) rng: ChaCha20Rng,
}

impl Program {
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let root = RootKey::generate(&mut rng);
        let new = NewDevice::generate(&mut rng);
        // The program is two months old.
        let made = Timestamp(now().0 - 60 * 24 * 60 * 60 * 1000);
        let administrator = root
            .make_administrator(new, Roles::ADVOCATE, "Ada", Validity::days(made, 300))
            .unwrap();
        let policy = Policy::throw_away(now()).unwrap();
        Self { root: root.fingerprint(), administrator, policy, locales: Vec::new(), rng }
    }

    pub(crate) fn file(&self) -> ProgramFile {
        ProgramFile {
            root: self.root,
            administrator: self.administrator.chain.clone(),
            policy: self.signed_policy(),
            locales: self.locales.clone().try_into().unwrap(),
        }
    }

    /// Gives the page in another language, in which this file is.
    pub(crate) fn add_locale(&mut self, tag: &str, direction: Direction, file: &str) {
        let file = LocaleFile::try_from(file.as_bytes()).unwrap();
        let mut locales = self.policy.page.locales.to_vec();
        locales.push(Locale {
            tag: tag.try_into().unwrap(),
            name: format!("{tag} in its own letters").try_into().unwrap(),
            direction,
            file: Locale::hash(&file),
        });
        self.policy.page.locales = locales.try_into().unwrap();
        self.locales.push(file);
    }

    pub(crate) fn signed_policy(&self) -> SignedPolicy {
        SignedPolicy::sign(&self.policy, &self.administrator).unwrap()
    }

    pub(crate) fn advocate(&mut self) -> Device {
        let new = NewDevice::generate(&mut self.rng);
        let (key, receiving) = (new.signing.verifying_key(), new.receiving.public_key());
        let validity = Validity::days(now(), 100);
        let chain = self.administrator.certify(key, &receiving, Roles::ADVOCATE, validity).unwrap();
        let name = self.administrator.certify_name(key, "Bea").unwrap();
        new.certified(chain, name).unwrap()
    }

    pub(crate) fn revoke(&self, device: VerifyingKey) -> Vec<u8> {
        let list = Revocations::default().with(device, u64::MAX, now()).unwrap();
        encode(&SignedRevocations::sign(list, &self.administrator).unwrap())
    }

    pub(crate) fn statement(&self, device: &Device) -> Vec<u8> {
        let policy = self.signed_policy().verify(&self.root, now(), DAY).unwrap();
        let statement = DutyStatement {
            issued: now().seconds(),
            expires: now().seconds() + 30 * 60,
            policy_version: policy.version,
            policy_hash: policy.hash(),
            revocations_hash: Revocations::none_hash(),
            duty_key: self.administrator.receiving.public_key(),
            vault_version: 0,
            issuer: [0; 32],
            open: true.into(),
        };
        encode(&SignedStatement::sign(statement, device))
    }

    pub(crate) fn duty_key(&mut self, maker: &Device) -> Vec<u8> {
        let (bundle, _) = SharedKeyBundle::make(
            SharedKey::Duty,
            maker,
            &[],
            &VerifiedRevocations::none(),
            now(),
            &mut self.rng,
        )
        .unwrap();
        encode(&bundle)
    }
}
