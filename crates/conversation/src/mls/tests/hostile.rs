//! Somebody who follows MLS and no rule of a chat, built from the bare library.

use mls_rs::client_builder::{
    BaseConfig, PaddingMode, WithCryptoProvider, WithIdentityProvider, WithMlsRules,
};
use mls_rs::extension::ExtensionType;
use mls_rs::identity::{CredentialType, SigningIdentity};
use mls_rs::mls_rules::{CommitOptions, DefaultMlsRules, EncryptionOptions};
use mls_rs::time::MlsTime;
use mls_rs::{Client, ExtensionList, MlsMessage};
use mls_rs_core::crypto::{CipherSuiteProvider as _, SignatureSecretKey};
use mls_rs_core::identity::{IdentityProvider, MemberValidationContext};
use stillroom_program::{Device, VerifyingKey};

use super::people::{NOW, randomness, staff_credential};
use crate::mls::MemberCredential;
use crate::mls::client::{lifetime_from, time};
use crate::mls::lead::LEAD;
use crate::mls::suite::{SUITE, Suite};

pub(super) type Bare = WithMlsRules<
    DefaultMlsRules,
    WithIdentityProvider<Anyone, WithCryptoProvider<Suite, BaseConfig>>,
>;

/// Takes everybody for who they say they are.
#[derive(Clone)]
pub(super) struct Anyone;

impl IdentityProvider for Anyone {
    type Error = std::convert::Infallible;

    fn validate_member(
        &self,
        _: &SigningIdentity,
        _: Option<MlsTime>,
        _: MemberValidationContext<'_>,
    ) -> Result<(), Self::Error> {
        Ok(())
    }

    fn validate_external_sender(
        &self,
        _: &SigningIdentity,
        _: Option<MlsTime>,
        _: Option<&ExtensionList>,
    ) -> Result<(), Self::Error> {
        Ok(())
    }

    fn identity(
        &self,
        identity: &SigningIdentity,
        _: &ExtensionList,
    ) -> Result<Vec<u8>, Self::Error> {
        Ok(identity.signature_key.to_vec())
    }

    fn valid_successor(
        &self,
        _: &SigningIdentity,
        _: &SigningIdentity,
        _: &ExtensionList,
    ) -> Result<bool, Self::Error> {
        Ok(true)
    }

    fn supported_types(&self) -> Vec<CredentialType> {
        vec![CredentialType::BASIC]
    }
}

/// Somebody who follows MLS and no rule of ours.
pub(super) struct Hostile {
    pub(super) client: Client<Bare>,
    pub(super) identity: SigningIdentity,
}

impl Hostile {
    pub(super) fn new(identity: SigningIdentity, secret: SignatureSecretKey) -> Self {
        let seed = identity.signature_key.iter().map(|byte| u64::from(*byte)).sum();
        let rules = DefaultMlsRules::new()
            .with_commit_options(CommitOptions::new().with_allow_external_commit(true))
            .with_encryption_options(EncryptionOptions::new(true, PaddingMode::None));
        let client = Client::builder()
            .crypto_provider(Suite::new(randomness(seed)))
            .identity_provider(Anyone)
            .mls_rules(rules)
            .extension_types([LEAD, OTHER])
            .signing_identity(identity.clone(), secret, SUITE)
            .build();
        Self { client, identity }
    }

    pub(super) fn staff(device: &Device) -> Self {
        Self::new(
            staff_credential(device).identity(&device.key()),
            SignatureSecretKey::new_slice(&*device.signing.to_bytes()),
        )
    }

    pub(super) fn survivor(seed: u64) -> Self {
        let (secret, public) = Suite::new(randomness(seed)).signature_key_generate().unwrap();
        let key = VerifyingKey((&*public).try_into().unwrap());
        Self::new(MemberCredential::Survivor.identity(&key), secret)
    }

    pub(super) fn key_package(&self) -> MlsMessage {
        self.client
            .generate_key_package_message(
                Default::default(),
                Default::default(),
                Some(lifetime_from(NOW)),
            )
            .unwrap()
    }

    pub(super) fn group(&self, context: ExtensionList) -> mls_rs::Group<Bare> {
        self.client.create_group(context, Default::default(), Some(lifetime_from(NOW))).unwrap()
    }
}

/// An extension that is not ours.
pub(super) const OTHER: ExtensionType = ExtensionType::new(0xF0FF);

/// Adds `key_packages` in one commit. Gives the Welcome.
pub(super) fn add(group: &mut mls_rs::Group<Bare>, key_packages: &[&[u8]]) -> Vec<u8> {
    let mut builder = group.commit_builder();
    for bytes in key_packages {
        builder = builder.add_member(MlsMessage::from_bytes(bytes).unwrap()).unwrap();
    }
    let output = builder.commit_time(time(NOW)).build().unwrap();
    group.apply_pending_commit().unwrap();
    output.welcome_messages[0].to_bytes().unwrap()
}
