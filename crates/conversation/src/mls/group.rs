//! A chat's group, seen from one of its members.
//!
//! What is encrypted here can be read by the members of its epoch alone, and what is received here was
//! written by the member it names (`features.md` 6.1, 1.7). The relay can withhold, repeat and reorder:
//! that shows as a gap, [`MlsError::Replayed`] or [`MlsError::NotYet`], never as other text. Who a member
//! of staff is has to be verified by the caller; lengths are as the caller padded them.

use std::fmt;

use mls_rs::MlsMessage;
use mls_rs::error::MlsError as Library;
use mls_rs::group::{CommitBuilder, CommitEffect, ReceivedMessage};
use stillroom_program::{Device, Timestamp, VerifyingKey};
use zeroize::Zeroizing;

use super::client::{Config, Setup, lifetime_from, read, time};
use super::credential::{Leaf, Member, MemberCredential};
use super::error::{MlsError, Rule};
use super::lead::{context_of, lead_of};
use super::membership::Membership;
use super::prospect::staff_identity;
use super::received::{Kind, Received, kind_of};
use crate::randomness::Randomness;

/// One member's view of a group. All its keys are erased when it is dropped, or when they are removed.
pub struct Group {
    /// `None` once this member has been removed.
    state: Option<mls_rs::Group<Config>>,
    membership: Membership,
    own: Leaf,
    lead: Leaf,
}

impl Group {
    /// Makes a group that this device leads, and adds the survivor whose key package it is. Gives the
    /// Welcome for them.
    ///
    /// # Errors
    /// [`MlsError::Malformed`], [`MlsError::WrongSuite`], [`MlsError::OutsideLifetime`],
    /// [`MlsError::KeyPackageUnfit`] for the key package; [`MlsError::NotAllowed`] if it is not a
    /// survivor's.
    pub fn create_and_add(
        device: &Device,
        key_package: &[u8],
        randomness: &Randomness,
        now: Timestamp,
    ) -> Result<(Self, Vec<u8>), MlsError> {
        let (credential, signing, secret) = staff_identity(device);
        let setup = Setup::new(&credential, &signing, secret, randomness);
        let state = setup
            .client
            .create_group(context_of(&signing), Default::default(), Some(lifetime_from(now)))
            .map_err(|_| MlsError::Broken)?;
        let own = Leaf(state.current_member_index());
        let mut group = Self { state: Some(state), membership: setup.membership, own, lead: own };
        let (_, welcome) = group.add(key_package, now)?;
        Ok((group, welcome))
    }

    /// A group that was joined, if it keeps to the rules.
    pub(super) fn joined(
        state: mls_rs::Group<Config>,
        membership: Membership,
        welcomed_by: u32,
    ) -> Result<Self, Rule> {
        let lead_key = lead_of(&state.context().extensions).ok_or(Rule::LeadIsNamed)?;
        let group = Self {
            own: Leaf(state.current_member_index()),
            lead: Leaf(welcomed_by),
            state: Some(state),
            membership,
        };
        let members = group.members();
        let lead = members
            .iter()
            .find(|member| member.signing == lead_key && !member.is_survivor())
            .ok_or(Rule::LeadIsNamed)?;
        if lead.leaf != group.lead || lead.leaf == group.own {
            return Err(Rule::LeadIsNamed);
        }
        if members.iter().filter(|member| member.is_survivor()).count() != 1 {
            return Err(Rule::OneSurvivor);
        }
        Ok(group)
    }

    /// Encrypts to the members of this epoch. The relay sees the length.
    ///
    /// # Errors
    /// [`MlsError::Removed`], [`MlsError::Broken`].
    pub fn encrypt(&mut self, plaintext: &[u8]) -> Result<Vec<u8>, MlsError> {
        self.state_mut()?
            .encrypt_application_message(plaintext, Vec::new())
            .and_then(|message| message.to_bytes())
            .map_err(|_| MlsError::Broken)
    }

    /// Takes in a message of the group. After an error the group is as it was before.
    ///
    /// # Errors
    /// See [`MlsError`], which says for each what to do.
    pub fn receive(&mut self, bytes: &[u8], now: Timestamp) -> Result<Received, MlsError> {
        let message = read(bytes)?;
        let state = self.state_mut()?;
        let kind = kind_of(state, &message)?;
        if kind == Kind::OldCommit {
            return Ok(Received::Nothing);
        }
        // The library moves a sender's keys on before it has seen that the message is true. A forgery
        // must not cost the true message its key.
        let before = state.clone();
        match state.process_incoming_message_with_time(message, time(now)) {
            Ok(ReceivedMessage::ApplicationMessage(written)) => Ok(Received::Application {
                sender: Leaf(written.sender_index),
                plaintext: Zeroizing::new(written.data().to_vec()),
            }),
            Ok(ReceivedMessage::Commit(commit)) => match commit.effect {
                CommitEffect::Removed { .. } => {
                    self.state = None;
                    Ok(Received::SelfRemoved)
                }
                _ => self.changed_from(&before),
            },
            Ok(_) => {
                self.state = Some(before);
                Err(MlsError::Malformed)
            }
            Err(Library::CantProcessMessageFromSelf) => {
                self.state = Some(before);
                Ok(Received::Nothing)
            }
            Err(error) => {
                self.state = Some(before);
                Err(self.refused(kind, &error))
            }
        }
    }

    /// Lets the lead add this person, once: the survivor has agreed to somebody with this device key and
    /// these certificates. Each member's device has to be told.
    pub fn consent(&mut self, signing: &VerifyingKey, credential: &MemberCredential) {
        self.membership.consent(signing, credential);
    }

    /// Takes that back, where it was not used.
    pub fn withdraw_consent(&mut self, signing: &VerifyingKey, credential: &MemberCredential) {
        self.membership.consent_used(signing, credential);
    }

    /// Adds somebody to whom [`Group::consent`] was given. Only the lead can. Gives the commit for those
    /// who are there, and the Welcome for who is added.
    ///
    /// # Errors
    /// As for [`Group::create_and_add`], and [`MlsError::NotAllowed`] without consent or not being the
    /// lead.
    pub fn add(
        &mut self,
        key_package: &[u8],
        now: Timestamp,
    ) -> Result<(Vec<u8>, Vec<u8>), MlsError> {
        let message = read(key_package)?;
        if message.as_key_package().is_none() {
            return Err(MlsError::Malformed);
        }
        let (commit, welcome) =
            self.commit(now, MlsError::KeyPackageUnfit, |builder| builder.add_member(message))?;
        Ok((commit, welcome.ok_or(MlsError::Broken)?))
    }

    /// Removes a member; only the lead can. Gives the commit, for all who were there.
    ///
    /// # Errors
    /// [`MlsError::NotAllowed`] for the lead's own leaf, an empty one, or not being the lead.
    pub fn remove(&mut self, leaf: Leaf, now: Timestamp) -> Result<Vec<u8>, MlsError> {
        let (commit, _) = self.commit(now, MlsError::NotAllowed(Rule::SoundCommit), |builder| {
            builder.remove_member(leaf.0)
        })?;
        Ok(commit)
    }

    /// Gives the group new keys, so that whoever had stolen the old ones is out; only the lead can.
    ///
    /// # Errors
    /// [`MlsError::NotAllowed`], [`MlsError::Removed`].
    pub fn refresh(&mut self, now: Timestamp) -> Result<Vec<u8>, MlsError> {
        let (commit, _) = self.commit(now, MlsError::Broken, |builder| Ok(builder))?;
        Ok(commit)
    }

    /// Everybody in the group, by leaf.
    pub fn members(&self) -> Vec<Member> {
        self.state.as_ref().map(members_of).unwrap_or_default()
    }

    /// This member's own place.
    pub fn own_leaf(&self) -> Leaf {
        self.own
    }

    /// The lead's place.
    pub fn lead(&self) -> Leaf {
        self.lead
    }

    /// The current epoch: how often the group has changed.
    ///
    /// # Errors
    /// [`MlsError::Removed`].
    pub fn epoch(&self) -> Result<u64, MlsError> {
        Ok(self.state()?.current_epoch())
    }

    /// A secret of this epoch that all its members can derive (RFC 9420 section 8.5), `len` bytes.
    ///
    /// # Errors
    /// [`MlsError::Removed`]; [`MlsError::Broken`] for more than 8,160 bytes.
    pub fn export(
        &self,
        label: &[u8],
        context: &[u8],
        len: usize,
    ) -> Result<Zeroizing<Vec<u8>>, MlsError> {
        let secret =
            self.state()?.export_secret(label, context, len).map_err(|_| MlsError::Broken)?;
        Ok(Zeroizing::new(secret.as_bytes().to_vec()))
    }

    /// The epoch's authenticator (RFC 9420 section 8.7): equal for all who have the same view of the group.
    ///
    /// # Errors
    /// [`MlsError::Removed`], [`MlsError::Broken`].
    pub fn authenticator(&self) -> Result<Zeroizing<Vec<u8>>, MlsError> {
        let secret = self.state()?.epoch_authenticator().map_err(|_| MlsError::Broken)?;
        Ok(Zeroizing::new(secret.as_bytes().to_vec()))
    }

    fn state(&self) -> Result<&mls_rs::Group<Config>, MlsError> {
        self.state.as_ref().ok_or(MlsError::Removed)
    }

    fn state_mut(&mut self) -> Result<&mut mls_rs::Group<Config>, MlsError> {
        self.state.as_mut().ok_or(MlsError::Removed)
    }

    /// Makes a commit and goes on to its epoch. `unfit` is what it means if the library will not.
    fn commit(
        &mut self,
        now: Timestamp,
        unfit: MlsError,
        build: impl for<'a> FnOnce(
            CommitBuilder<'a, Config>,
        ) -> Result<CommitBuilder<'a, Config>, Library>,
    ) -> Result<(Vec<u8>, Option<Vec<u8>>), MlsError> {
        let state = self.state_mut()?;
        let before = state.clone();
        let output = build(state.commit_builder())
            .and_then(|builder| builder.commit_time(time(now)).build())
            .and_then(|output| state.apply_pending_commit().map(|_| output));
        let output = match output {
            Ok(output) => output,
            Err(error) => {
                self.state = Some(before);
                return Err(self.not_made(&error, unfit));
            }
        };
        self.changed_from(&before)?;
        let commit = output.commit_message.to_bytes();
        let welcome = output.welcome_messages.first().map(MlsMessage::to_bytes);
        Ok((
            commit.map_err(|_| MlsError::Broken)?,
            welcome.transpose().map_err(|_| MlsError::Broken)?,
        ))
    }

    /// Who came and went since `before`; the old epoch's keys go where late messages find them.
    fn changed_from(&mut self, before: &mls_rs::Group<Config>) -> Result<Received, MlsError> {
        let state = self.state_mut()?;
        state.write_to_storage().map_err(|_| MlsError::Broken)?;
        let (before, after) = (members_of(before), members_of(state));
        let joined = missing_from(&before, &after);
        let left = missing_from(&after, &before);
        for member in &joined {
            self.membership.consent_used(&member.signing, &member.credential);
        }
        Ok(Received::Changed { joined, left: left.iter().map(|member| member.leaf).collect() })
    }

    /// What it means that the library refused a message.
    fn refused(&self, kind: Kind, error: &Library) -> MlsError {
        if let Some(rule) = self.membership.take_broken() {
            return MlsError::RuleBroken(rule);
        }
        match (MlsError::from_library(error), error) {
            // The frame was read before; so it is what was inside that cannot be, and a member sealed it.
            (MlsError::Malformed, _) => MlsError::RuleBroken(Rule::KnownContent),
            (forged, Library::CryptoProviderError(_) | Library::InvalidSignature) => forged,
            (MlsError::Forged | MlsError::OutsideLifetime, _) if kind == Kind::Commit => {
                MlsError::RuleBroken(Rule::SoundCommit)
            }
            (other, _) => other,
        }
    }

    /// What it means that the library made no commit.
    fn not_made(&self, error: &Library, unfit: MlsError) -> MlsError {
        if let Some(rule) = self.membership.take_broken() {
            return MlsError::NotAllowed(rule);
        }
        match MlsError::from_library(error) {
            known @ (MlsError::WrongSuite | MlsError::OutsideLifetime) => known,
            _ => unfit,
        }
    }
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Group")
    }
}

/// Everybody in the group. A leaf that cannot be read does not get in (`Membership`).
fn members_of(state: &mls_rs::Group<Config>) -> Vec<Member> {
    state.roster().members_iter().filter_map(|member| Member::read(&member)).collect()
}

/// Those of `these` who are not among `those`.
fn missing_from(those: &[Member], these: &[Member]) -> Vec<Member> {
    these
        .iter()
        .filter(|one| {
            !those.iter().any(|other| (other.leaf, other.signing) == (one.leaf, one.signing))
        })
        .cloned()
        .collect()
}
