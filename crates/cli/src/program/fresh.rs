//! Keys that were just made: a root, an administrator, and whom that administrator certifies.

use rand_core::CryptoRng;
use stillroom_program::{
    Device, List, NewDevice, Policy, PolicyError, Roles, RootKey, SignedPolicy, Timestamp, Validity,
};
use stillroom_relay::ProgramFile;

use crate::failure::Failure;

/// Days for which the root certifies an administrator: long enough that a small program need not fetch the
/// root key every year, short enough that a forgotten administrator ends.
const ADMINISTRATOR_DAYS: u32 = 800;

/// Days for which an administrator certifies staff: a year, and a month to be late in.
pub(crate) const STAFF_DAYS: u32 = 400;

/// A program whose keys are all in memory.
pub(crate) struct Fresh {
    /// The root key.
    pub(crate) root: RootKey,
    /// The administrator's device.
    pub(crate) administrator: Device,
}

impl Fresh {
    /// Makes a new program.
    pub(crate) fn make(rng: &mut dyn CryptoRng, now: Timestamp) -> Result<Self, Failure> {
        let root = RootKey::generate(rng);
        Self::of(root, rng, now)
    }

    /// A new administrator of the program with this root key.
    pub(crate) fn of(
        root: RootKey,
        rng: &mut dyn CryptoRng,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let validity = Validity::days(now, ADMINISTRATOR_DAYS);
        let administrator = root
            .make_administrator(NewDevice::generate(rng), Roles::NONE, "Administrator", validity)
            .map_err(|_| not_certified())?;
        Ok(Self { root, administrator })
    }

    /// A device of a member of staff, certified.
    pub(crate) fn staff(
        &self,
        name: &str,
        roles: Roles,
        rng: &mut dyn CryptoRng,
        now: Timestamp,
    ) -> Result<Device, Failure> {
        let new = NewDevice::generate(rng);
        let key = new.signing.verifying_key();
        let validity = Validity::days(now, STAFF_DAYS);
        let receiving = new.receiving.public_key();
        let chain = self
            .administrator
            .certify(key, &receiving, roles, validity)
            .map_err(|_| not_certified())?;
        let name = self.administrator.certify_name(key, name).map_err(|_| not_certified())?;
        new.certified(chain, name).map_err(|_| not_certified())
    }

    /// What the program's relay is told, with this policy and the report key in it.
    pub(crate) fn public(&self, policy: &Policy) -> Result<ProgramFile, PolicyError> {
        let policy = policy.clone().with_report_key(&self.root.report_key().public_key());
        Ok(ProgramFile {
            root: self.root.fingerprint(),
            administrator: self.administrator.chain.clone(),
            policy: SignedPolicy::sign(&policy, &self.administrator)?,
            locales: List::default(),
        })
    }
}

/// The policy of a throw-away program: the sample's, valid now and always open.
pub(crate) fn throw_away_policy(now: Timestamp) -> Result<Policy, Failure> {
    Policy::throw_away(now).map_err(|error| {
        Failure::new(
            format!("The sample policy inside this program is broken: {error}."),
            "Tell its makers.",
        )
    })
}

fn not_certified() -> Failure {
    Failure::new(
        "The new device could not be certified.",
        "A name may have 64 bytes at most; choose a shorter one.",
    )
}
