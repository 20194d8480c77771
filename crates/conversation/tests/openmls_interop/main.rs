//! The group against another implementation of MLS, both ways: OpenMLS with the same suite. Also the
//! members who break rules with what our library cannot even make.

#![allow(clippy::unwrap_used, clippy::panic, reason = "all of this is a test")]

mod party;
mod provider;
#[allow(dead_code, reason = "it uses advocates alone")]
#[path = "../../src/mls/tests/staff.rs"]
mod staff;

use std::time::{SystemTime, UNIX_EPOCH};

use openmls::prelude::{JoinProposal, LeafNodeIndex, LeafNodeParameters, MlsGroup, MlsMessageOut};
use openmls::schedule::{ExternalPsk, PreSharedKeyId, Psk};
use openmls_memory_storage::MemoryStorage;
use openmls_traits::OpenMlsProvider as _;
use party::{Party, Read, bytes};
use provider::{Key, SUITE};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use stillroom_conversation::Randomness;
use stillroom_conversation::mls::{
    Group, Leaf, MemberCredential, MlsError, Prospect, Received, Rule,
};
use stillroom_program::{Device, Timestamp};

fn randomness(seed: u64) -> Randomness {
    Randomness::new(ChaCha20Rng::seed_from_u64(seed))
}

/// The other implementation looks at the real clock, so both do.
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp(u64::try_from(since.as_millis()).unwrap())
}

fn device(number: u8) -> Device {
    staff::device(number, now())
}

fn staff_credential(device: &Device) -> MemberCredential {
    MemberCredential::Staff { chain: device.chain.clone() }
}

/// A member of staff who uses OpenMLS, and their device.
fn party(number: u8) -> (Party, Device) {
    let device = device(number);
    let key = Key::new(*device.signing.to_bytes());
    let party = Party::new(key, staff_credential(&device), randomness(u64::from(number)));
    (party, device)
}

/// A survivor of ours in the group of an advocate who uses OpenMLS.
fn led_by_openmls() -> (Party, MlsGroup, Group) {
    let (advocate, _) = party(10);
    let mut theirs = advocate.create();
    let mut prospect = Prospect::new(&randomness(1), now()).unwrap();
    let (_, welcome) = advocate.add(&mut theirs, prospect.key_package());
    let ours = prospect.join(&welcome, now()).unwrap();
    (advocate, theirs, ours)
}

/// A survivor who uses OpenMLS in the group of an advocate of ours.
fn led_by_us() -> (Group, Party, MlsGroup) {
    let random = randomness(2);
    let survivor = Party::new(Key::generate(&random), MemberCredential::Survivor, random);
    let key_package = bytes(MlsMessageOut::from(survivor.key_package()));
    let (ours, welcome) =
        Group::create_and_add(&device(10), &key_package, &randomness(3), now()).unwrap();
    let theirs = survivor.join(&welcome);
    (ours, survivor, theirs)
}

/// Both write, both read, and both have the same view of the group.
fn talk(ours: &mut Group, party: &Party, theirs: &mut MlsGroup) {
    let sealed = ours.encrypt("from here".as_bytes()).unwrap();
    assert_eq!(party.read(theirs, &sealed), Read::Text(b"from here".to_vec()));
    let sealed = party.write(theirs, b"from there");
    assert_eq!(
        ours.receive(&sealed, now()),
        Ok(Received::Application {
            sender: Leaf(theirs.own_leaf_index().u32()),
            plaintext: b"from there".to_vec().into(),
        })
    );
    let authenticator = ours.authenticator().unwrap();
    assert_eq!(*authenticator, theirs.epoch_authenticator().as_slice());
    let exported =
        theirs.export_secret(party.provider.crypto(), "stillroom test", b"context", 32).unwrap();
    assert_eq!(*ours.export(b"stillroom test", b"context", 32).unwrap(), exported);
}

fn changed(received: Result<Received, MlsError>) {
    assert!(matches!(received, Ok(Received::Changed { .. })), "{received:?}");
}

#[test]
fn a_survivor_joins_an_advocate_who_uses_openmls() {
    let (advocate, mut theirs, mut ours) = led_by_openmls();
    talk(&mut ours, &advocate, &mut theirs);
    for _ in 0..3 {
        let commit = advocate.update(&mut theirs);
        theirs.merge_pending_commit(&advocate.provider).unwrap();
        changed(ours.receive(&commit, now()));
        talk(&mut ours, &advocate, &mut theirs);
    }
    let (commit, ..) =
        theirs.remove_members(&advocate.provider, &advocate.key, &[LeafNodeIndex::new(1)]).unwrap();
    assert_eq!(ours.receive(&bytes(commit), now()), Ok(Received::SelfRemoved));
}

#[test]
fn a_survivor_who_uses_openmls_joins_an_advocate() {
    let (mut ours, survivor, mut theirs) = led_by_us();
    talk(&mut ours, &survivor, &mut theirs);
    for _ in 0..3 {
        let commit = ours.refresh(now()).unwrap();
        assert_eq!(survivor.read(&mut theirs, &commit), Read::Commit);
        talk(&mut ours, &survivor, &mut theirs);
    }
    let commit = ours.remove(Leaf(1), now()).unwrap();
    assert_eq!(survivor.read(&mut theirs, &commit), Read::Commit);
    assert!(!theirs.is_active());
}

#[test]
fn an_interpreter_is_added_by_either() {
    let (advocate, mut theirs, mut ours) = led_by_openmls();
    let guest = device(11);
    ours.consent(&guest.key(), &staff_credential(&guest));
    let mut prospect = Prospect::staff(&guest, &randomness(4), now()).unwrap();
    let (commit, welcome) = advocate.add(&mut theirs, prospect.key_package());
    changed(ours.receive(&commit, now()));
    let mut interpreter = prospect.join(&welcome, now()).unwrap();
    talk(&mut interpreter, &advocate, &mut theirs);

    let (mut ours, survivor, mut theirs) = led_by_us();
    let (guest, certified) = party(11);
    ours.consent(&certified.key(), &staff_credential(&certified));
    let key_package = bytes(MlsMessageOut::from(guest.key_package()));
    let (commit, welcome) = ours.add(&key_package, now()).unwrap();
    assert_eq!(survivor.read(&mut theirs, &commit), Read::Commit);
    let mut interpreter = guest.join(&welcome);
    talk(&mut ours, &guest, &mut interpreter);
    let sealed = survivor.write(&mut theirs, b"to both");
    assert_eq!(guest.read(&mut interpreter, &sealed), Read::Text(b"to both".to_vec()));
    assert!(ours.receive(&sealed, now()).is_ok());
}

#[test]
fn a_lead_who_mixes_in_a_pre_shared_key_is_refused() {
    let (advocate, mut theirs, mut ours) = led_by_openmls();
    let psk = Psk::External(ExternalPsk::new(b"known to others".to_vec()));
    let id = PreSharedKeyId::new(SUITE, advocate.provider.rand(), psk).unwrap();
    id.store(&advocate.provider, &[7; 32]).unwrap();
    let proposal = openmls::prelude::PreSharedKeyProposal::new(id);
    let commit =
        advocate.commit(&mut theirs, openmls::prelude::Proposal::PreSharedKey(Box::new(proposal)));
    assert_eq!(ours.receive(&commit, now()), Err(MlsError::RuleBroken(Rule::KnownContent)));
}

#[test]
fn a_commit_of_proposals_by_reference_is_refused() {
    let (advocate, mut theirs, mut ours) = led_by_openmls();
    let (proposal, _) = theirs
        .propose_remove_member(&advocate.provider, &advocate.key, LeafNodeIndex::new(1))
        .unwrap();
    assert_eq!(ours.receive(&bytes(proposal), now()), Err(MlsError::Malformed));
    let (commit, ..) =
        theirs.commit_to_pending_proposals(&advocate.provider, &advocate.key).unwrap();
    assert_eq!(ours.receive(&bytes(commit), now()), Err(MlsError::RuleBroken(Rule::KnownContent)));
    assert_eq!(ours.epoch(), Ok(1));
}

#[test]
fn a_survivor_who_proposes_or_commits_an_update_is_refused() {
    let (mut ours, survivor, mut theirs) = led_by_us();
    let (proposal, _) = theirs
        .propose_self_update(&survivor.provider, &survivor.key, LeafNodeParameters::default())
        .unwrap();
    assert_eq!(ours.receive(&bytes(proposal), now()), Err(MlsError::Malformed));
    theirs.clear_pending_proposals(survivor.provider.storage()).unwrap();
    let commit = survivor.update(&mut theirs);
    assert_eq!(ours.receive(&commit, now()), Err(MlsError::RuleBroken(Rule::OnlyTheLeadCommits)));
    theirs.clear_pending_commit(survivor.provider.storage()).unwrap();
    talk(&mut ours, &survivor, &mut theirs);
}

#[test]
fn a_survivor_who_asks_to_leave_by_proposal_is_not_heard() {
    let (mut ours, survivor, mut theirs) = led_by_us();
    let proposal = theirs.leave_group(&survivor.provider, &survivor.key).unwrap();
    assert_eq!(ours.receive(&bytes(proposal), now()), Err(MlsError::Malformed));
    assert_eq!(ours.members().len(), 2);
}

#[test]
fn a_stranger_who_asks_to_be_added_by_proposal_is_not_heard() {
    let (mut ours, _, theirs) = led_by_us();
    let (stranger, _) = party(12);
    let proposal = JoinProposal::new::<MemoryStorage>(
        stranger.key_package(),
        theirs.group_id().clone(),
        theirs.epoch(),
        &stranger.key,
    )
    .unwrap();
    assert_eq!(ours.receive(&bytes(proposal), now()), Err(MlsError::Malformed));
    assert_eq!(ours.members().len(), 2);
}
