//! Somebody who is not in a group yet: the keys that a Welcome will be for.
//!
//! A survivor's are made for one chat and mean nothing beyond it (`features.md` 1.1, 6.1). Whoever holds
//! the key package can send a Welcome: who is there is for the caller to verify.

use std::fmt;

use mls_rs_core::crypto::{CipherSuiteProvider as _, SignatureSecretKey};
use stillroom_program::{Device, Timestamp, VerifyingKey};

use super::client::{Setup, lifetime_from, read, time};
use super::credential::MemberCredential;
use super::error::{MlsError, Rule};
use super::group::Group;
use super::suite::Suite;
use crate::randomness::Randomness;

/// Keys that wait to be added to a group, once. Erased when used or dropped.
pub struct Prospect {
    setup: Setup,
    key_package: Vec<u8>,
    survivor: bool,
}

impl Prospect {
    /// A survivor's, with a signature key of its own. Valid for a day from `now`.
    ///
    /// # Errors
    /// [`MlsError::Broken`].
    pub fn new(randomness: &Randomness, now: Timestamp) -> Result<Self, MlsError> {
        let (secret, public) = Suite::new(randomness.clone())
            .signature_key_generate()
            .map_err(|_| MlsError::Broken)?;
        let signing = (&*public).try_into().map_err(|_| MlsError::Broken)?;
        let credential = MemberCredential::Survivor;
        Self::with_key(&credential, &VerifyingKey(signing), secret, randomness, now)
    }

    /// A staff device's, which signs with its certified key. Valid for a day from `now`.
    ///
    /// # Errors
    /// [`MlsError::Broken`].
    pub fn staff(
        device: &Device,
        randomness: &Randomness,
        now: Timestamp,
    ) -> Result<Self, MlsError> {
        let (credential, signing, secret) = staff_identity(device);
        Self::with_key(&credential, &signing, secret, randomness, now)
    }

    fn with_key(
        credential: &MemberCredential,
        signing: &VerifyingKey,
        secret: SignatureSecretKey,
        randomness: &Randomness,
        now: Timestamp,
    ) -> Result<Self, MlsError> {
        let setup = Setup::new(credential, signing, secret, randomness);
        let key_package = setup
            .client
            .generate_key_package_message(
                Default::default(),
                Default::default(),
                Some(lifetime_from(now)),
            )
            .and_then(|message| message.to_bytes())
            .map_err(|_| MlsError::Broken)?;
        Ok(Self { setup, key_package, survivor: *credential == MemberCredential::Survivor })
    }

    /// The key package, to be given to whoever will add this member: an MLS message (RFC 9420 section 6).
    pub fn key_package(&self) -> &[u8] {
        &self.key_package
    }

    /// Joins the group that `welcome` leads to, whoever leads it: the caller verifies that before anything
    /// is shown or said.
    ///
    /// # Errors
    /// As for [`join_if`](Self::join_if).
    pub fn join(&mut self, welcome: &[u8], now: Timestamp) -> Result<Group, MlsError> {
        self.join_if(welcome, now, |_| Some(())).map(|(group, ())| group)
    }

    /// Joins the group that `welcome` leads to, if `accept` says so. The keys are then used up.
    ///
    /// The group keeps to every [`Rule`], its creator leads it, and a survivor is alone with the lead.
    /// Whether the lead is who they should be is for `accept`, which verifies their chain: anybody who saw
    /// the key package can send a Welcome, and a false one must not use up the keys for the true one.
    ///
    /// # Errors
    /// [`MlsError::Malformed`], [`MlsError::WrongSuite`], [`MlsError::NotForThisChat`],
    /// [`MlsError::Forged`], [`MlsError::OutsideLifetime`], [`MlsError::WelcomeRefused`] and
    /// [`MlsError::NotAccepted`] leave the keys as they were: another Welcome may follow.
    /// [`MlsError::Used`] after the first.
    pub fn join_if<T>(
        &mut self,
        welcome: &[u8],
        now: Timestamp,
        accept: impl FnOnce(&Group) -> Option<T>,
    ) -> Result<(Group, T), MlsError> {
        if !self.setup.key_package.is_there() {
            return Err(MlsError::Used);
        }
        let welcome = read(welcome)?;
        let (group, info) =
            self.setup.client.join_group(None, &welcome, Some(time(now))).map_err(|error| {
                match self.setup.membership.take_broken() {
                    Some(rule) => MlsError::WelcomeRefused(rule),
                    None => MlsError::from_library(&error),
                }
            })?;
        let group = Group::joined(group, self.setup.membership.clone(), info.sender)
            .map_err(MlsError::WelcomeRefused)?;
        if self.survivor && group.members().len() != 2 {
            return Err(MlsError::WelcomeRefused(Rule::NobodyElseAtFirst));
        }
        let accepted = accept(&group).ok_or(MlsError::NotAccepted)?;
        self.setup.key_package.erase();
        Ok((group, accepted))
    }
}

impl fmt::Debug for Prospect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prospect")
    }
}

/// The MLS identity of a staff device, and the key that it signs with.
pub(super) fn staff_identity(
    device: &Device,
) -> (MemberCredential, VerifyingKey, SignatureSecretKey) {
    let credential = MemberCredential::Staff { chain: device.chain.clone() };
    let secret = SignatureSecretKey::new_slice(&*device.signing.to_bytes());
    (credential, device.signing.verifying_key(), secret)
}
