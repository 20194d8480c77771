//! Members who break the rules: what they send is refused by everybody else.

use mls_rs::client_builder::PaddingMode;
use mls_rs::identity::SigningIdentity;
use mls_rs::identity::basic::BasicCredential;
use mls_rs::mls_rules::{
    CommitDirection, CommitSource, DefaultMlsRules, EncryptionOptions, ProposalBundle,
};
use mls_rs::{Extension, ExtensionList, MlsMessage, MlsRules as _};
use mls_rs_core::crypto::{CipherSuiteProvider as _, SignaturePublicKey, SignatureSecretKey};
use mls_rs_core::identity::IdentityProvider as _;
use stillroom_program::Fingerprint;
use stillroom_protocol::LeavingToken;

use super::hostile::{Bare, Hostile, OTHER, add};
use super::people::{ADVOCATE, INTERPRETER, NOW, device, pair, randomness, staff_credential};
use crate::chat::{Chat, ChatOutput, Member, Opening};
use crate::conversation::{MessageNumber, WriteError};
use crate::limits::CLOCK_TOLERANCE;
use crate::mls::client::time;
use crate::mls::error::Fault;
use crate::mls::lead::{LEAD, context_of};
use crate::mls::membership::Membership;
use crate::mls::suite::{SUITE, Suite};
use crate::mls::{Group, Leaf, MlsError, Prospect, Received, Rule};
use crate::trust::Trust;

/// A survivor who joined the group of a lead that keeps no rule.
fn hostile_lead() -> (mls_rs::Group<Bare>, Group) {
    let lead = device(ADVOCATE);
    let mut group = Hostile::staff(&lead).group(context_of(&lead.key()));
    let mut prospect = Prospect::new(&randomness(1), NOW).unwrap();
    let welcome = add(&mut group, &[prospect.key_package()]);
    (group, prospect.join(&welcome, NOW).unwrap())
}

/// A lead that keeps the rules, with a survivor who keeps none.
fn hostile_survivor() -> (Group, mls_rs::Group<Bare>) {
    let survivor = Hostile::survivor(31);
    let key_package = survivor.key_package().to_bytes().unwrap();
    let (lead, welcome) =
        Group::create_and_add(&device(ADVOCATE), &key_package, &randomness(2), NOW).unwrap();
    let welcome = MlsMessage::from_bytes(&welcome).unwrap();
    let (group, _) = survivor.client.join_group(None, &welcome, Some(time(NOW))).unwrap();
    (lead, group)
}

/// `group` refuses `commit` for `rule`, blames a member, and is as it was before.
fn refuses(group: &mut Group, commit: &MlsMessage, rule: Rule) {
    let (epoch, members) = (group.epoch(), group.members());
    let refused = group.receive(&commit.to_bytes().unwrap(), NOW).unwrap_err();
    assert_eq!(refused, MlsError::RuleBroken(rule));
    assert_eq!(refused.fault(), Fault::Member);
    assert_eq!((group.epoch(), group.members()), (epoch, members));
}

#[test]
fn a_lead_who_adds_somebody_without_consent_is_refused() {
    let (mut lead, mut survivor) = hostile_lead();
    let guest = Hostile::staff(&device(INTERPRETER)).key_package();
    let output = lead.commit_builder().add_member(guest).unwrap().build().unwrap();
    refuses(&mut survivor, &output.commit_message, Rule::NobodyWithoutConsent);
}

/// The survivor's page says no more than that it stopped, and shows nobody who was not agreed to.
#[test]
fn a_chat_in_which_a_lead_adds_somebody_without_consent_is_over_at_once() {
    let (mut lead, group) = hostile_lead();
    let chain = device(ADVOCATE).chain;
    let root = Fingerprint::of(&chain.root);
    let advocate = chain.verify(&root, NOW, CLOCK_TOLERANCE).unwrap();
    let key = advocate.key;
    let (own, led) = (group.own_leaf().0, group.lead().0);
    let members = vec![(own, Member::survivor(true)), (led, Member::staff(advocate))];
    let opening = Opening::Survivor { leaving: LeavingToken([5; 32]) };
    let mut chat = Chat::new(group, members, &key, opening, MessageNumber(0), NOW).unwrap();
    let guest = Hostile::staff(&device(INTERPRETER)).key_package();
    let commit = lead.commit_builder().add_member(guest).unwrap().build().unwrap().commit_message;
    chat.handle_delivered(&commit.to_bytes().unwrap(), &Trust::new(root), NOW);
    assert_eq!(chat.poll_output(), Some(ChatOutput::Unsafe));
    assert_eq!(chat.poll_output(), None);
    assert!(chat.is_over() && chat.write("still there?", NOW) == Err(WriteError::NotNow));
}

#[test]
fn consent_to_one_person_is_not_consent_to_another_or_to_other_certificates() {
    let (mut lead, mut survivor) = hostile_lead();
    let (agreed, other) = (device(INTERPRETER), device(12));
    survivor.consent(&agreed.key(), &staff_credential(&agreed));
    let guest = Hostile::staff(&other).key_package();
    let output = lead.commit_builder().add_member(guest).unwrap().build().unwrap();
    refuses(&mut survivor, &output.commit_message, Rule::NobodyWithoutConsent);
    lead.clear_pending_commit();
    let mut renewed = device(INTERPRETER);
    renewed.chain.root = other.key();
    let guest = Hostile::staff(&renewed).key_package();
    let output = lead.commit_builder().add_member(guest).unwrap().build().unwrap();
    refuses(&mut survivor, &output.commit_message, Rule::NobodyWithoutConsent);
    lead.clear_pending_commit();
    let guest = Hostile::staff(&agreed).key_package();
    let output = lead.commit_builder().add_member(guest).unwrap().build().unwrap();
    let accepted = survivor.receive(&output.commit_message.to_bytes().unwrap(), NOW);
    assert!(matches!(accepted, Ok(Received::Changed { joined, .. }) if joined.len() == 1));
}

#[test]
fn consent_is_used_up_by_one_joining() {
    let mut chat = pair();
    let interpreter = chat.add_interpreter();
    let commit = chat.advocate.remove(interpreter.own_leaf(), NOW).unwrap();
    chat.survivor.receive(&commit, NOW).unwrap();
    // The lead alone is told of a consent that the survivor did not give again.
    let again = device(INTERPRETER);
    chat.advocate.consent(&again.key(), &staff_credential(&again));
    let prospect = Prospect::staff(&again, &randomness(8), NOW).unwrap();
    let (commit, _) = chat.advocate.add(prospect.key_package(), NOW).unwrap();
    assert_eq!(
        chat.survivor.receive(&commit, NOW),
        Err(MlsError::RuleBroken(Rule::NobodyWithoutConsent))
    );
}

#[test]
fn a_second_survivor_is_refused() {
    let (mut lead, mut survivor) = hostile_lead();
    let second = Hostile::survivor(32).key_package();
    let output = lead.commit_builder().add_member(second).unwrap().build().unwrap();
    refuses(&mut survivor, &output.commit_message, Rule::OneSurvivor);
}

#[test]
fn somebody_who_is_neither_survivor_nor_staff_is_refused() {
    let (mut lead, mut survivor) = hostile_lead();
    let (secret, public) = Suite::new(randomness(33)).signature_key_generate().unwrap();
    let credential = BasicCredential::new(b"a friend".to_vec()).into_credential();
    let friend = Hostile::new(SigningIdentity::new(credential, public), secret).key_package();
    let output = lead.commit_builder().add_member(friend).unwrap().build().unwrap();
    refuses(&mut survivor, &output.commit_message, Rule::KnownCredential);
}

#[test]
fn certificates_of_another_device_are_refused() {
    let (mut lead, mut survivor) = hostile_lead();
    let (own, stolen) = (device(13), device(INTERPRETER));
    survivor.consent(&own.key(), &staff_credential(&stolen));
    let guest = Hostile::new(
        staff_credential(&stolen).identity(&own.key()),
        SignatureSecretKey::new_slice(&*own.signing.to_bytes()),
    );
    let output = lead.commit_builder().add_member(guest.key_package()).unwrap().build().unwrap();
    refuses(&mut survivor, &output.commit_message, Rule::KnownCredential);
}

#[test]
fn a_lead_who_hands_the_lead_to_somebody_else_is_refused() {
    let (mut lead, mut survivor) = hostile_lead();
    for context in [
        context_of(&device(INTERPRETER).key()),
        context_of(&device(ADVOCATE).key()),
        ExtensionList::new(),
    ] {
        let builder = lead.commit_builder().set_group_context_ext(context).unwrap();
        let output = builder.build().unwrap();
        refuses(&mut survivor, &output.commit_message, Rule::ContextStays);
        lead.clear_pending_commit();
    }
}

#[test]
fn starting_the_group_again_is_refused() {
    let (mut lead, mut survivor) = hostile_lead();
    let builder = lead
        .commit_builder()
        .reinit(
            Some(b"again".to_vec()),
            mls_rs::ProtocolVersion::MLS_10,
            SUITE,
            ExtensionList::new(),
        )
        .unwrap();
    let output = builder.build().unwrap();
    refuses(&mut survivor, &output.commit_message, Rule::NoRestart);
}

#[test]
fn a_lead_who_takes_on_another_identity_is_refused() {
    let (mut lead, mut survivor) = hostile_lead();
    let mut renewed = device(ADVOCATE);
    renewed.chain.root = device(12).key();
    let secret = SignatureSecretKey::new_slice(&*renewed.signing.to_bytes());
    let identity = staff_credential(&renewed).identity(&renewed.key());
    let builder = lead.commit_builder().set_new_signing_identity(secret, identity);
    let output = builder.build().unwrap();
    refuses(&mut survivor, &output.commit_message, Rule::KnownCredential);
}

#[test]
fn a_survivor_who_commits_is_refused() {
    let (mut lead, mut survivor) = hostile_survivor();
    let output = survivor.commit(Vec::new()).unwrap();
    refuses(&mut lead, &output.commit_message, Rule::OnlyTheLeadCommits);
    survivor.clear_pending_commit();
    let output = survivor.commit_builder().remove_member(0).unwrap().build().unwrap();
    refuses(&mut lead, &output.commit_message, Rule::OnlyTheLeadCommits);
    survivor.clear_pending_commit();
    let guest = Hostile::staff(&device(INTERPRETER)).key_package();
    let output = survivor.commit_builder().add_member(guest).unwrap().build().unwrap();
    refuses(&mut lead, &output.commit_message, Rule::OnlyTheLeadCommits);
    survivor.clear_pending_commit();
    // What they write is still read: it is for the caller to end the chat.
    let sealed = survivor.encrypt_application_message(b"sorry", Vec::new()).unwrap();
    let read = lead.receive(&sealed.to_bytes().unwrap(), NOW).unwrap();
    assert!(matches!(read, Received::Application { sender: Leaf(1), .. }));
}

#[test]
fn staff_who_do_not_lead_and_commit_are_refused_by_the_survivor() {
    let mut chat = pair();
    let guest = device(INTERPRETER);
    let hostile = Hostile::staff(&guest);
    for group in [&mut chat.advocate, &mut chat.survivor] {
        group.consent(&guest.key(), &staff_credential(&guest));
    }
    let key_package = hostile.key_package().to_bytes().unwrap();
    let (commit, welcome) = chat.advocate.add(&key_package, NOW).unwrap();
    chat.survivor.receive(&commit, NOW).unwrap();
    let welcome = MlsMessage::from_bytes(&welcome).unwrap();
    let (mut group, _) = hostile.client.join_group(None, &welcome, Some(time(NOW))).unwrap();
    let output = group.commit_builder().remove_member(0).unwrap().build().unwrap();
    refuses(&mut chat.survivor, &output.commit_message, Rule::OnlyTheLeadCommits);
    refuses(&mut chat.advocate, &output.commit_message, Rule::OnlyTheLeadCommits);
}

#[test]
fn an_external_commit_is_left_out() {
    let (lead, mut survivor) = hostile_lead();
    let info = lead.group_info_message_allowing_ext_commit(true).unwrap();
    for intruder in [Hostile::staff(&device(INTERPRETER)), Hostile::staff(&device(14))] {
        let (_, commit) = intruder.client.commit_external(info.clone()).unwrap();
        let commit = commit.to_bytes().unwrap();
        assert_eq!(survivor.receive(&commit, NOW), Err(MlsError::NotEncrypted));
        assert_eq!(MlsError::NotEncrypted.fault(), Fault::Line);
    }
    assert_eq!(survivor.receive(&info.to_bytes().unwrap(), NOW), Err(MlsError::Malformed));
    assert_eq!(survivor.members().len(), 2);
}

#[test]
fn an_external_commit_breaks_a_rule_wherever_it_comes_from() {
    let (lead, _) = hostile_lead();
    let membership = Membership::default();
    let stranger = Hostile::staff(&device(INTERPRETER)).identity;
    let judged = membership.filter_proposals(
        CommitDirection::Receive,
        CommitSource::NewMember(stranger),
        &lead.roster(),
        lead.context(),
        ProposalBundle::default(),
    );
    assert!(judged.is_err());
    assert_eq!(membership.take_broken(), Some(Rule::NobodyLetsThemselvesIn));
    let sender = SigningIdentity::new(
        BasicCredential::new(Vec::new()).into_credential(),
        SignaturePublicKey::new_slice(&[0; 32]),
    );
    assert!(membership.validate_external_sender(&sender, None, None).is_err());
    assert_eq!(membership.take_broken(), Some(Rule::NobodyLetsThemselvesIn));
    assert_eq!(membership.take_broken(), None);
}

#[test]
fn a_commit_that_is_not_encrypted_is_left_out() {
    let lead = device(ADVOCATE);
    let mut prospect = Prospect::new(&randomness(1), NOW).unwrap();
    let mut hostile = Hostile::staff(&lead);
    let rules = DefaultMlsRules::new()
        .with_encryption_options(EncryptionOptions::new(false, PaddingMode::None));
    hostile.client = hostile.client.to_builder(None).mls_rules(rules).build();
    let mut group = hostile.group(context_of(&lead.key()));
    let welcome = add(&mut group, &[prospect.key_package()]);
    let mut survivor = prospect.join(&welcome, NOW).unwrap();
    let output = group.commit(Vec::new()).unwrap();
    let commit = output.commit_message.to_bytes().unwrap();
    assert_eq!(survivor.receive(&commit, NOW), Err(MlsError::NotEncrypted));
}

#[test]
fn the_lead_may_remove_and_renew() {
    let (mut lead, mut survivor) = hostile_lead();
    let output = lead.commit(Vec::new()).unwrap();
    lead.apply_pending_commit().unwrap();
    survivor.receive(&output.commit_message.to_bytes().unwrap(), NOW).unwrap();
    let output = lead.commit_builder().remove_member(1).unwrap().build().unwrap();
    assert_eq!(
        survivor.receive(&output.commit_message.to_bytes().unwrap(), NOW),
        Ok(Received::SelfRemoved)
    );
}

#[test]
fn an_extension_of_a_kind_that_is_not_ours_is_no_context() {
    use crate::mls::lead::lead_of;
    let key = device(ADVOCATE).key();
    assert_eq!(lead_of(&context_of(&key)), Some(key));
    let mut more = context_of(&key);
    more.set(Extension::new(OTHER, Vec::new()));
    assert_eq!(lead_of(&more), None);
    assert_eq!(lead_of(&ExtensionList::new()), None);
    let short = ExtensionList::from(vec![Extension::new(LEAD, vec![1; 31])]);
    assert_eq!(lead_of(&short), None);
}
