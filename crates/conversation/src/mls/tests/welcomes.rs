//! Welcomes that lead somewhere else than to a chat with one advocate.

use mls_rs::extension::ExtensionType;
use mls_rs::{Extension, ExtensionList};
use stillroom_program::VerifyingKey;

use super::hostile::{Hostile, add};
use super::people::{ADVOCATE, INTERPRETER, NOW, device, randomness};
use crate::mls::lead::{LEAD, context_of};
use crate::mls::{Group, MlsError, Prospect, Rule};

fn key(name: u8) -> VerifyingKey {
    device(name).key()
}

fn prospect() -> Prospect {
    Prospect::new(&randomness(1), NOW).unwrap()
}

/// A survivor refuses to join a group with this context, and can still join a true one.
fn refused_for(context: ExtensionList, rule: Rule) {
    let mut prospect = prospect();
    let mut group = Hostile::staff(&device(ADVOCATE)).group(context);
    let welcome = add(&mut group, &[prospect.key_package()]);
    assert_eq!(prospect.join(&welcome, NOW).unwrap_err(), MlsError::WelcomeRefused(rule));
    let (_, welcome) =
        Group::create_and_add(&device(ADVOCATE), prospect.key_package(), &randomness(2), NOW)
            .unwrap();
    prospect.join(&welcome, NOW).unwrap();
}

#[test]
fn a_group_without_a_lead_is_refused() {
    refused_for(ExtensionList::new(), Rule::LeadIsNamed);
}

#[test]
fn a_group_whose_lead_is_not_who_welcomes_is_refused() {
    refused_for(context_of(&key(INTERPRETER)), Rule::LeadIsNamed);
}

#[test]
fn a_group_whose_context_holds_more_is_refused() {
    let mut context = context_of(&key(ADVOCATE));
    // One of MLS's own that anybody supports: required capabilities, of which there are none.
    context.set(Extension::new(ExtensionType::REQUIRED_CAPABILITIES, vec![0, 0, 0]));
    refused_for(context, Rule::LeadIsNamed);
}

#[test]
fn a_group_whose_lead_is_misspelt_is_refused() {
    let context = ExtensionList::from(vec![Extension::new(LEAD, key(ADVOCATE).0[1..].to_vec())]);
    refused_for(context, Rule::LeadIsNamed);
}

#[test]
fn a_group_in_which_somebody_else_already_is_is_refused() {
    let mut prospect = prospect();
    let listener = Hostile::staff(&device(INTERPRETER)).key_package().to_bytes().unwrap();
    let mut group = Hostile::staff(&device(ADVOCATE)).group(context_of(&key(ADVOCATE)));
    let welcome = add(&mut group, &[&listener, prospect.key_package()]);
    assert_eq!(
        prospect.join(&welcome, NOW).unwrap_err(),
        MlsError::WelcomeRefused(Rule::NobodyElseAtFirst)
    );
}

#[test]
fn a_group_with_two_survivors_is_refused() {
    let mut prospect = prospect();
    let other = Hostile::survivor(41).key_package().to_bytes().unwrap();
    let mut group = Hostile::staff(&device(ADVOCATE)).group(context_of(&key(ADVOCATE)));
    let welcome = add(&mut group, &[&other, prospect.key_package()]);
    assert_eq!(
        prospect.join(&welcome, NOW).unwrap_err(),
        MlsError::WelcomeRefused(Rule::OneSurvivor)
    );
}

#[test]
fn a_group_led_by_somebody_who_is_not_staff_is_refused() {
    let mut prospect = prospect();
    let impostor = Hostile::survivor(42);
    let own = VerifyingKey((&*impostor.identity.signature_key).try_into().unwrap());
    let mut group = impostor.group(context_of(&own));
    let welcome = add(&mut group, &[prospect.key_package()]);
    assert_eq!(
        prospect.join(&welcome, NOW).unwrap_err(),
        MlsError::WelcomeRefused(Rule::LeadIsNamed)
    );
}

#[test]
fn a_lead_with_the_certificates_of_another_device_is_refused() {
    let mut prospect = prospect();
    let mut lead = device(ADVOCATE);
    lead.chain = device(INTERPRETER).chain;
    let mut group = Hostile::staff(&lead).group(context_of(&key(ADVOCATE)));
    let welcome = add(&mut group, &[prospect.key_package()]);
    assert_eq!(
        prospect.join(&welcome, NOW).unwrap_err(),
        MlsError::WelcomeRefused(Rule::KnownCredential)
    );
}

#[test]
fn an_altered_welcome_is_refused_and_the_true_one_still_good() {
    let mut prospect = prospect();
    let (_, welcome) =
        Group::create_and_add(&device(ADVOCATE), prospect.key_package(), &randomness(2), NOW)
            .unwrap();
    for position in (0..welcome.len()).step_by(61) {
        let mut altered = welcome.clone();
        altered[position] ^= 0x21;
        assert!(prospect.join(&altered, NOW).is_err(), "byte {position}");
        assert!(prospect.join(&welcome[..position], NOW).is_err());
    }
    prospect.join(&welcome, NOW).unwrap();
}

#[test]
fn an_oversized_welcome_is_refused_without_a_panic() {
    let mut prospect = prospect();
    let (_, welcome) =
        Group::create_and_add(&device(ADVOCATE), prospect.key_package(), &randomness(2), NOW)
            .unwrap();
    // Version, kind and suite; then the secrets behind their length, which stay; then what is sealed.
    let secrets = usize::from(u16::from_be_bytes([welcome[6], welcome[7]]) & 0x3fff);
    let mut large = welcome[..8 + secrets].to_vec();
    let size: u32 = 200_000;
    large.extend_from_slice(&(size | 0x8000_0000).to_be_bytes());
    large.resize(large.len() + size as usize, 7);
    assert_eq!(prospect.join(&large, NOW).unwrap_err(), MlsError::Forged);
    prospect.join(&welcome, NOW).unwrap();
}

#[test]
fn an_altered_key_package_is_refused() {
    let prospect = prospect();
    for position in (0..prospect.key_package().len()).step_by(37) {
        let mut altered = prospect.key_package().to_vec();
        altered[position] ^= 0x10;
        let refused = Group::create_and_add(&device(ADVOCATE), &altered, &randomness(2), NOW);
        assert!(refused.is_err(), "byte {position}");
    }
}
