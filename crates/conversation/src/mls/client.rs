//! How the MLS library is set up for one member of one chat.

use std::time::Duration;

use mls_rs::client_builder::{
    BaseConfig, WithCryptoProvider, WithGroupStateStorage, WithIdentityProvider,
    WithKeyPackageRepo, WithMlsRules,
};
use mls_rs::time::MlsTime;
use mls_rs::{Client, MlsMessage};
use mls_rs_core::crypto::SignatureSecretKey;
use stillroom_program::{Timestamp, VerifyingKey};

use super::credential::MemberCredential;
use super::error::MlsError;
use super::lead::LEAD;
use super::membership::Membership;
use super::storage::{OneKeyPackage, RecentEpochs};
use super::suite::{SUITE, Suite};
use crate::limits::CLOCK_TOLERANCE;
use crate::randomness::Randomness;

/// The library's type for it.
pub(super) type Config = WithMlsRules<
    Membership,
    WithIdentityProvider<
        Membership,
        WithGroupStateStorage<
            RecentEpochs,
            WithKeyPackageRepo<OneKeyPackage, WithCryptoProvider<Suite, BaseConfig>>,
        >,
    >,
>;

/// How long a survivor's key package may wait to be used.
const KEY_PACKAGE_LASTS: Duration = Duration::from_secs(24 * 60 * 60);

/// One member's client, and the parts of it that the group goes on using.
pub(super) struct Setup {
    pub(super) client: Client<Config>,
    pub(super) membership: Membership,
    pub(super) key_package: OneKeyPackage,
}

impl Setup {
    pub(super) fn new(
        credential: &MemberCredential,
        signing: &VerifyingKey,
        secret: SignatureSecretKey,
        randomness: &Randomness,
    ) -> Self {
        let membership = Membership::default();
        let key_package = OneKeyPackage::default();
        let client = Client::builder()
            .crypto_provider(Suite::new(randomness.clone()))
            .key_package_repo(key_package.clone())
            .group_state_storage(RecentEpochs::default())
            .identity_provider(membership.clone())
            .mls_rules(membership.clone())
            .extension_type(LEAD)
            .key_package_lifetime(KEY_PACKAGE_LASTS + 2 * CLOCK_TOLERANCE)
            .signing_identity(credential.identity(signing), secret, SUITE)
            .build();
        Self { client, membership, key_package }
    }
}

/// The time for the library to check lifetimes against.
pub(super) fn time(now: Timestamp) -> MlsTime {
    MlsTime::from(now.seconds())
}

/// The time for the library to date a lifetime from, so that it covers `now` on a clock that is wrong by
/// the tolerance either way.
pub(super) fn lifetime_from(now: Timestamp) -> MlsTime {
    MlsTime::from(now.seconds().saturating_sub(CLOCK_TOLERANCE.as_secs()))
}

/// Reads a message from outside.
pub(super) fn read(bytes: &[u8]) -> Result<MlsMessage, MlsError> {
    // The library does not look at the version around a key package.
    match bytes {
        [0, 1, ..] => MlsMessage::from_bytes(bytes).map_err(|_| MlsError::Malformed),
        [_, _, ..] => Err(MlsError::WrongSuite),
        _ => Err(MlsError::Malformed),
    }
}
