//! A member who uses OpenMLS.

use openmls::prelude::tls_codec::{Deserialize as _, Serialize as _};
use openmls::prelude::*;
use stillroom_conversation::Randomness;
use stillroom_conversation::mls::MemberCredential;
use stillroom_wire::encode;

use crate::provider::{Key, Provider, SUITE};

/// The extension that names the lead, as it is on the wire.
pub(crate) const LEAD: u16 = 0xF0A1;

pub(crate) struct Party {
    pub(crate) provider: Provider,
    pub(crate) key: Key,
    credential: MemberCredential,
}

/// What a message was to a party.
#[derive(Debug, PartialEq)]
pub(crate) enum Read {
    Text(Vec<u8>),
    Commit,
    Other,
}

impl Party {
    pub(crate) fn new(key: Key, credential: MemberCredential, randomness: Randomness) -> Self {
        Self { provider: Provider::new(randomness), key, credential }
    }

    fn identity(&self) -> CredentialWithKey {
        CredentialWithKey {
            credential: BasicCredential::new(encode(&self.credential)).into(),
            signature_key: self.key.public().into(),
        }
    }

    pub(crate) fn key_package(&self) -> KeyPackage {
        KeyPackage::builder()
            .leaf_node_capabilities(capabilities())
            .key_package_lifetime(Lifetime::new(24 * 60 * 60))
            .build(SUITE, &self.provider, &self.key, self.identity())
            .unwrap()
            .into_key_package()
    }

    /// A group that this party leads.
    pub(crate) fn create(&self) -> MlsGroup {
        let lead = Extension::Unknown(LEAD, UnknownExtension(self.key.public()));
        let config = MlsGroupCreateConfig::builder()
            .ciphersuite(SUITE)
            .capabilities(capabilities())
            .wire_format_policy(PURE_CIPHERTEXT_WIRE_FORMAT_POLICY)
            .use_ratchet_tree_extension(true)
            .with_group_context_extensions(Extensions::single(lead).unwrap())
            .build();
        MlsGroup::new(&self.provider, &self.key, &config, self.identity()).unwrap()
    }

    pub(crate) fn join(&self, welcome: &[u8]) -> MlsGroup {
        let MlsMessageBodyIn::Welcome(welcome) = message(welcome).extract() else {
            panic!("not a welcome");
        };
        let config = MlsGroupJoinConfig::builder()
            .wire_format_policy(PURE_CIPHERTEXT_WIRE_FORMAT_POLICY)
            .use_ratchet_tree_extension(true)
            .build();
        StagedWelcome::new_from_welcome(&self.provider, &config, welcome, None)
            .unwrap()
            .into_group(&self.provider)
            .unwrap()
    }

    /// Adds whose key package it is. Gives the commit and the Welcome.
    pub(crate) fn add(&self, group: &mut MlsGroup, key_package: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let key_package = read_key_package(&self.provider, key_package);
        let (commit, welcome, _) =
            group.add_members(&self.provider, &self.key, &[key_package]).unwrap();
        group.merge_pending_commit(&self.provider).unwrap();
        (bytes(commit), bytes(welcome))
    }

    pub(crate) fn write(&self, group: &mut MlsGroup, text: &[u8]) -> Vec<u8> {
        bytes(group.create_message(&self.provider, &self.key, text).unwrap())
    }

    pub(crate) fn read(&self, group: &mut MlsGroup, sealed: &[u8]) -> Read {
        let sealed = message(sealed).try_into_protocol_message().unwrap();
        let processed = group.process_message(&self.provider, sealed).unwrap();
        match processed.into_content() {
            ProcessedMessageContent::ApplicationMessage(text) => Read::Text(text.into_bytes()),
            ProcessedMessageContent::StagedCommitMessage(commit) => {
                group.merge_staged_commit(&self.provider, *commit).unwrap();
                Read::Commit
            }
            _ => Read::Other,
        }
    }

    /// A commit with nothing but new keys.
    pub(crate) fn update(&self, group: &mut MlsGroup) -> Vec<u8> {
        let bundle =
            group.self_update(&self.provider, &self.key, LeafNodeParameters::default()).unwrap();
        bytes(bundle.into_commit())
    }

    /// A commit of `proposal`, by value.
    pub(crate) fn commit(&self, group: &mut MlsGroup, proposal: Proposal) -> Vec<u8> {
        let bundle = group
            .commit_builder()
            .add_proposal(proposal)
            .load_psks(self.provider.storage())
            .unwrap()
            .build(self.provider.rand(), self.provider.crypto(), &self.key, |_| true)
            .unwrap()
            .stage_commit(&self.provider)
            .unwrap();
        bytes(bundle.into_commit())
    }
}

fn capabilities() -> Capabilities {
    Capabilities::new(
        Some(&[ProtocolVersion::Mls10]),
        Some(&[SUITE]),
        Some(&[ExtensionType::Unknown(LEAD)]),
        None,
        Some(&[CredentialType::Basic]),
    )
}

pub(crate) fn bytes(message: MlsMessageOut) -> Vec<u8> {
    message.tls_serialize_detached().unwrap()
}

fn message(mut bytes: &[u8]) -> MlsMessageIn {
    MlsMessageIn::tls_deserialize(&mut bytes).unwrap()
}

fn read_key_package(provider: &Provider, bytes: &[u8]) -> KeyPackage {
    let MlsMessageBodyIn::KeyPackage(key_package) = message(bytes).extract() else {
        panic!("not a key package");
    };
    key_package.validate(provider.crypto(), ProtocolVersion::Mls10).unwrap()
}
