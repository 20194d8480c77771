//! The rules of a chat, which every member's own device holds to, whoever leads (`features.md` 3.8).
//!
//! Only the lead changes the group; nobody is added without consent; nobody lets themselves in; the
//! group's context stays as it was. A commit that breaks a rule is refused whole, and the caller ends the
//! chat. What the library is built without (proposals by reference, updates of other members, pre-shared
//! keys, external senders) it cannot even read.
//!
//! Not stopped here: a lead who shows the chat to somebody without the group.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mls_rs::client_builder::PaddingMode;
use mls_rs::group::proposal::{ExternalInit, ReInitProposal};
use mls_rs::group::{GroupContext, Roster};
use mls_rs::identity::{CredentialType, SigningIdentity};
use mls_rs::mls_rules::{
    CommitDirection, CommitOptions, CommitSource, EncryptionOptions, ProposalBundle, ProposalInfo,
    ProposalSource,
};
use mls_rs::time::MlsTime;
use mls_rs::{ExtensionList, MlsRules};
use mls_rs_core::error::IntoAnyError;
use mls_rs_core::identity::{IdentityProvider, MemberValidationContext};
use stillroom_program::VerifyingKey;

use super::credential::MemberCredential;
use super::error::Rule;
use super::lead::lead_of;

/// The rules of one chat. Clones are the same rules: the library holds one, the group another.
#[derive(Clone, Default)]
pub(super) struct Membership(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Who may be added. Kept as the identity that the key package must show, to the byte.
    consented: Vec<SigningIdentity>,
    /// The rule last found broken. The library's own errors cannot say it.
    broken: Option<Rule>,
}

/// A rule was broken; which one is in the state.
#[derive(Debug)]
pub(super) struct Refused;

impl IntoAnyError for Refused {}

impl Membership {
    /// Lets this person be added, once.
    pub(super) fn consent(&self, signing: &VerifyingKey, credential: &MemberCredential) {
        let identity = credential.identity(signing);
        let mut state = self.state();
        if !state.consented.contains(&identity) {
            state.consented.push(identity);
        }
    }

    /// This person has been added, or is not to be any more.
    pub(super) fn consent_used(&self, signing: &VerifyingKey, credential: &MemberCredential) {
        let identity = credential.identity(signing);
        self.state().consented.retain(|consented| *consented != identity);
    }

    /// The rule found broken since this was last asked.
    pub(super) fn take_broken(&self) -> Option<Rule> {
        self.state().broken.take()
    }

    fn refuse(&self, rule: Rule) -> Refused {
        self.state().broken = Some(rule);
        Refused
    }

    fn require(&self, rule: Rule, kept: bool) -> Result<(), Refused> {
        if kept { Ok(()) } else { Err(self.refuse(rule)) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Whoever panicked with the lock left a whole set behind: each change is one step.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check_committer(
        &self,
        source: &CommitSource,
        context: &GroupContext,
    ) -> Result<(), Refused> {
        let CommitSource::ExistingMember(committer) = source else {
            return Err(self.refuse(Rule::NobodyLetsThemselvesIn));
        };
        let key = &*committer.signing_identity.signature_key;
        let lead = lead_of(&context.extensions);
        self.require(Rule::OnlyTheLeadCommits, lead.is_some_and(|lead| lead.0 == *key))
    }

    fn check_kinds(&self, proposals: &ProposalBundle) -> Result<(), Refused> {
        self.require(Rule::ContextStays, proposals.by_type::<ExtensionList>().next().is_none())?;
        self.require(Rule::NoRestart, proposals.by_type::<ReInitProposal>().next().is_none())?;
        self.require(
            Rule::NobodyLetsThemselvesIn,
            proposals.by_type::<ExternalInit>().next().is_none(),
        )?;
        self.require(
            Rule::KnownContent,
            proposals
                .iter_proposals()
                .all(|ProposalInfo { source, .. }| source == ProposalSource::ByValue),
        )
    }

    fn check_added(
        &self,
        added: &SigningIdentity,
        direction: CommitDirection,
        context: &GroupContext,
        roster: &Roster<'_>,
    ) -> Result<(), Refused> {
        let (_, credential) =
            MemberCredential::read(added).ok_or_else(|| self.refuse(Rule::KnownCredential))?;
        if credential == MemberCredential::Survivor {
            // A group is made for its survivor, who asked for it. Only who made it sees its epoch 0.
            let first = direction == CommitDirection::Send
                && context.epoch == 0
                && roster.members_iter().nth(1).is_none();
            return self.require(Rule::OneSurvivor, first);
        }
        let consented = self.state().consented.contains(added);
        self.require(Rule::NobodyWithoutConsent, consented)
    }
}

impl MlsRules for Membership {
    type Error = Refused;

    fn filter_proposals(
        &self,
        direction: CommitDirection,
        source: CommitSource,
        roster: &Roster<'_>,
        context: &GroupContext,
        proposals: ProposalBundle,
    ) -> Result<ProposalBundle, Refused> {
        self.check_committer(&source, context)?;
        self.check_kinds(&proposals)?;
        for add in proposals.add_proposals() {
            self.check_added(add.proposal.signing_identity(), direction, context, roster)?;
        }
        Ok(proposals)
    }

    /// The tree goes with the Welcome, and a group can only be joined by one. Each later commit brings new
    /// keys, so that who is added reads nothing from before and who is removed nothing from after; at the
    /// first there is nothing to keep from the survivor, and a path would make the Welcome larger.
    fn commit_options(
        &self,
        _: &Roster<'_>,
        context: &GroupContext,
        _: &ProposalBundle,
    ) -> Result<CommitOptions, Refused> {
        Ok(CommitOptions::new()
            .with_path_required(context.epoch > 1)
            .with_ratchet_tree_extension(true)
            .with_single_welcome_message(true)
            .with_allow_external_commit(false))
    }

    /// Commits are encrypted too: the relay learns neither who is in a chat nor that somebody came. What is
    /// sent is padded by the caller, to the sizes that all frames have.
    fn encryption_options(
        &self,
        _: &Roster<'_>,
        _: &GroupContext,
    ) -> Result<EncryptionOptions, Refused> {
        Ok(EncryptionOptions::new(true, PaddingMode::None))
    }
}

impl IdentityProvider for Membership {
    type Error = Refused;

    fn validate_member(
        &self,
        identity: &SigningIdentity,
        _: Option<MlsTime>,
        _: MemberValidationContext<'_>,
    ) -> Result<(), Refused> {
        self.require(Rule::KnownCredential, MemberCredential::read(identity).is_some())
    }

    fn validate_external_sender(
        &self,
        _: &SigningIdentity,
        _: Option<MlsTime>,
        _: Option<&ExtensionList>,
    ) -> Result<(), Refused> {
        Err(self.refuse(Rule::NobodyLetsThemselvesIn))
    }

    /// The signature key: no two members share one, and a survivor says nothing else.
    fn identity(&self, identity: &SigningIdentity, _: &ExtensionList) -> Result<Vec<u8>, Refused> {
        Ok(identity.signature_key.to_vec())
    }

    /// Nobody becomes another while in the group.
    fn valid_successor(
        &self,
        before: &SigningIdentity,
        after: &SigningIdentity,
        _: &ExtensionList,
    ) -> Result<bool, Refused> {
        self.require(Rule::KnownCredential, before == after)?;
        Ok(true)
    }

    fn supported_types(&self) -> Vec<CredentialType> {
        vec![CredentialType::BASIC]
    }
}
