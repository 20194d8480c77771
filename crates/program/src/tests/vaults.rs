//! Code words and their vault.

use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

use super::fixture::{EXACT, NOW, Program};
use crate::*;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn word(text: &str) -> CodeWord {
    CodeWord::of(text).unwrap()
}

/// A vault with one case, whose word is “blue kettle” and whose word for danger is “green kettle”.
fn vault() -> (Vault, CaseId) {
    let (right, duress) = (word("blue kettle"), word("green kettle"));
    let words = Words { word: &right, duress: Some(&duress), revocations: 1 };
    let mut vault = Vault::default();
    let id = vault.add("Sparrow", words, NOW, &mut rng(1)).unwrap();
    (vault, id)
}

fn tried(vault: &mut Vault, id: CaseId, typed: &str, now: Timestamp, seed: u64) -> Judgement {
    let pending = vault.begin_try(id, now, &mut rng(seed)).unwrap();
    vault.judge(pending, &word(typed)).unwrap()
}

#[test]
fn the_word_is_known_again_whatever_its_capitals_and_spaces_and_no_other_is() {
    let (mut vault, id) = vault();
    assert_eq!(tried(&mut vault, id, "  Blue   KETTLE ", NOW, 2), Judgement::Right);
    assert_eq!(tried(&mut vault, id, "blue kettles", NOW, 3), Judgement::Wrong);
    assert_eq!(tried(&mut vault, id, "green kettle", NOW, 4), Judgement::Duress);
    let arabic = word("قمر أزرق");
    let words = Words { word: &arabic, duress: None, revocations: 1 };
    let other = vault.add("Wren", words, NOW, &mut rng(5)).unwrap();
    assert_eq!(tried(&mut vault, other, "قمر أزرق", NOW, 6), Judgement::Right);
}

#[test]
fn no_word_is_in_what_is_kept_and_the_same_word_never_looks_the_same_twice() {
    let (mut vault, _) = vault();
    let again = word("blue kettle");
    let words = Words { word: &again, duress: None, revocations: 1 };
    vault.add("Wren", words, NOW, &mut rng(9)).unwrap();
    let bytes = encode(&vault);
    for text in ["blue", "kettle", "green"] {
        assert!(!bytes.windows(text.len()).any(|window| window == text.as_bytes()), "{text}");
    }
    let cases = vault.cases();
    assert_eq!(
        cases.iter().map(|(_, case)| case.handle()).collect::<Vec<_>>(),
        ["Sparrow", "Wren"]
    );
    assert!(alloc::format!("{vault:?} {cases:?}").find("Sparrow").is_none());
}

#[test]
fn a_word_that_is_easily_guessed_is_told_of() {
    let weakness = |text: &str| word(text).weakness("Sparrow");
    assert_eq!(weakness("kettl"), Some(Weakness::Short));
    assert_eq!(weakness("a b c d e"), Some(Weakness::Short));
    assert_eq!(weakness("aabbcc"), Some(Weakness::Even));
    assert_eq!(weakness("my sparrow"), Some(Weakness::Handle));
    assert_eq!(weakness("blue kettle"), None);
    assert_eq!(weakness("高山流水明月"), None);
    assert!(CodeWord::of("  ").is_none());
    assert!(CodeWord::of(&"x".repeat(65)).is_none());
}

#[test]
fn wrong_tries_wait_longer_and_longer_never_for_ever_and_a_right_word_forgets_them() {
    let (mut vault, id) = vault();
    let (mut now, mut waits) = (NOW, Vec::new());
    for seed in 0..9 {
        assert_eq!(tried(&mut vault, id, "wrong word", now, seed), Judgement::Wrong);
        let next = vault.next_try(id, now).unwrap();
        waits.push(next.checked_since(now).as_secs());
        now = next;
    }
    assert_eq!(waits, [0, 0, 30, 60, 120, 240, 480, 600, 600]);
    assert_eq!(tried(&mut vault, id, "blue kettle", now, 20), Judgement::Right);
    assert_eq!(vault.next_try(id, now), Ok(now));
    for seed in 30..33 {
        tried(&mut vault, id, "wrong word", now, seed);
    }
    let early = vault.begin_try(id, now, &mut rng(40)).unwrap_err();
    assert_eq!(early, VaultError::TooEarly);
    assert_eq!(
        vault.next_try(id, now + 2 * DAY),
        Ok(now + 2 * DAY),
        "after a day they do not count"
    );
}

#[test]
fn guessing_through_several_chats_at_once_gains_nothing() {
    let (vault, id) = vault();
    // Three devices, each with the vault as it was, try at the same moment.
    let mut devices = [vault.clone(), vault.clone(), vault];
    for (seed, device) in devices.iter_mut().enumerate() {
        tried(device, id, "wrong word", NOW, 100 + seed as u64);
    }
    let [one, two, three] = devices;
    let merged = one.merged(&two).unwrap().merged(&three).unwrap();
    assert_eq!(merged.next_try(id, NOW).unwrap().checked_since(NOW).as_secs(), 30);
}

#[test]
fn of_tries_on_several_devices_at_once_no_more_are_judged_than_one_device_would() {
    let (vault, id) = vault();
    let mut devices = vec![vault; 5];
    let mut shared = Vault::default();
    let judged = devices.iter_mut().enumerate().map(|(seed, device)| {
        let tried = device.begin_try(id, NOW, &mut rng(100 + seed as u64)).unwrap();
        // Each puts its own at the relay, merged with what is there, and judges then.
        shared = shared.merged(device).unwrap();
        shared.judge(tried, &word("wrong word"))
    });
    let judged = judged.collect::<Vec<_>>();
    let wrong = judged.iter().filter(|judged| **judged == Ok(Judgement::Wrong)).count();
    let early = judged.iter().filter(|judged| **judged == Err(VaultError::TooEarly)).count();
    assert_eq!((wrong, early), (3, 2));
}

#[test]
fn a_word_is_due_when_it_is_old_and_when_somebody_who_could_read_it_was_revoked() {
    let (mut vault, id) = vault();
    let due =
        |vault: &Vault, days, revocations, now| vault.case(id).unwrap().due(days, revocations, now);
    let days = Some(90);
    assert_eq!(due(&vault, days, 1, NOW + 89 * DAY), None);
    assert_eq!(due(&vault, days, 1, NOW + 90 * DAY), Some(WordDue::Old));
    assert_eq!(due(&vault, None, 1, NOW + 900 * DAY), None);
    assert_eq!(due(&vault, days, 2, NOW), Some(WordDue::Revoked));
    let new = word("brown teapot");
    let words = Words { word: &new, duress: None, revocations: 2 };
    vault.change(id, words, NOW, &mut rng(7)).unwrap();
    assert_eq!(due(&vault, days, 2, NOW), None);
    assert_eq!(tried(&mut vault, id, "blue kettle", NOW, 8), Judgement::Wrong);
    assert_eq!(tried(&mut vault, id, "brown teapot", NOW, 9), Judgement::Right);
}

#[test]
fn a_deleted_case_stays_deleted_when_an_older_vault_comes_back() {
    let (mut vault, id) = vault();
    let older = vault.clone();
    vault.delete(id, NOW).unwrap();
    let merged = older.merged(&vault).unwrap();
    assert_eq!(merged.case(id), None);
    assert_eq!(merged.merged(&older).unwrap().case(id), None);
    assert_eq!(vault.begin_try(id, NOW, &mut rng(1)).unwrap_err(), VaultError::Unknown);
    let bytes = encode(&vault);
    assert!(!bytes.windows(7).any(|window| window == b"Sparrow"));
}

/// The vault after so many days, and whether that made a difference.
fn after(vault: &Vault, days: u32, delete_days: Option<u16>) -> (Vault, bool) {
    let mut vault = vault.clone();
    let is_other = vault.expire(delete_days, NOW + days * DAY);
    (vault, is_other)
}

#[test]
fn what_nobody_used_for_long_is_deleted_and_what_was_deleted_long_ago_is_forgotten() {
    let (mut vault, id) = vault();
    assert_eq!(vault.deleted_in(id, 365, NOW + 364 * DAY), Some(1));
    assert_eq!(after(&vault, 364, Some(365)), (vault.clone(), false));
    assert_eq!(after(&vault, 3650, None), (vault.clone(), false));
    let (deleted, is_other) = after(&vault, 365, Some(365));
    assert_eq!((deleted.case(id), is_other), (None, true));
    for merged in [deleted.merged(&vault), vault.merged(&deleted)] {
        assert_eq!(merged.unwrap().case(id), None, "an older vault does not bring it back");
    }
    assert_eq!(tried(&mut vault, id, "brown teapot", NOW + 200 * DAY, 3), Judgement::Wrong);
    assert_eq!(after(&vault, 365, Some(365)).0.case(id), None, "a wrong word is no use of it");
    assert_eq!(tried(&mut vault, id, "blue kettle", NOW + 200 * DAY, 4), Judgement::Right);
    assert!(after(&vault, 564, Some(365)).0.case(id).is_some());
    assert_eq!(after(&vault, 565, Some(365)).0.case(id), None);
    vault.delete(id, NOW).unwrap();
    assert_eq!(after(&vault, 89, None), (vault.clone(), false));
    assert_eq!(after(&vault, 90, None), (Vault::default(), true));
}

#[test]
fn of_tries_that_do_not_count_any_more_no_time_stays() {
    let (mut vault, id) = vault();
    let before = vault.clone();
    assert_eq!(tried(&mut vault, id, "brown teapot", NOW, 3), Judgement::Wrong);
    assert_eq!(after(&vault, 1, None), (vault.clone(), false), "it counts");
    assert_eq!(after(&vault, 2, None), (before, true));
}

#[test]
fn handles_are_told_apart_and_the_vault_has_an_end() {
    let (mut vault, _) = vault();
    let new = word("brown teapot");
    let words = Words { word: &new, duress: None, revocations: 0 };
    let add = |vault: &mut Vault, handle: &str| vault.add(handle, words, NOW, &mut rng(3));
    assert_eq!(add(&mut vault, " Sparrow "), Err(VaultError::HandleTaken));
    assert_eq!(add(&mut vault, "  "), Err(VaultError::HandleWrong));
    assert_eq!(add(&mut vault, &"x".repeat(49)), Err(VaultError::HandleWrong));
}

/// A program with a vault sealed by one of its advocates as version 3, and the vault's key.
fn sealed() -> (Program, Device, ReceivingKey, Vault, SealedVault) {
    let mut program = Program::new(1);
    let advocate = program.staff(Roles::ADVOCATE);
    let key = ReceivingKey::generate(&mut program.rng);
    let (vault, _) = vault();
    let public = key.public_key();
    let sealed = SealedVault::seal(&vault, 3, &public, &advocate, &mut program.rng).unwrap();
    (program, advocate, key, vault, sealed)
}

fn opened(
    program: &Program,
    key: &ReceivingKey,
    least: u64,
    sealed: &SealedVault,
) -> Result<Vault, SealedVaultError> {
    let none = VerifiedRevocations::none();
    sealed.open(key, least, &program.fingerprint, &none, NOW, EXACT)
}

#[test]
fn a_vault_opens_with_its_key_and_tells_nothing_by_its_length() {
    let (mut program, advocate, key, vault, sealed) = sealed();
    assert!(opened(&program, &key, 3, &sealed) == Ok(vault));
    let public = key.public_key();
    let empty = Vault::default();
    let empty = SealedVault::seal(&empty, 4, &public, &advocate, &mut program.rng).unwrap();
    assert_eq!(encode(&empty).len(), encode(&sealed).len());
    assert!(!encode(&sealed).windows(7).any(|window| window == b"Sparrow"));
    let other = ReceivingKey::generate(&mut program.rng);
    assert_eq!(opened(&program, &other, 0, &sealed), Err(SealedVaultError::DoesNotOpen));
}

#[test]
fn a_stale_vault_an_altered_one_and_one_under_another_version_are_refused() {
    let (program, advocate, key, _, sealed) = sealed();
    assert_eq!(opened(&program, &key, 4, &sealed), Err(SealedVaultError::Older));
    let mut renamed = sealed.clone();
    renamed.content.version = 9;
    let unsigned = Err(SealedVaultError::Signer(CertificateError::SignatureWrong));
    assert_eq!(opened(&program, &key, 4, &renamed), unsigned);
    // Whoever signs it anew has not sealed it anew.
    renamed.signature = advocate.sign_record(Label::Vault, &renamed.content);
    assert_eq!(opened(&program, &key, 4, &renamed), Err(SealedVaultError::DoesNotOpen));
    let mut altered = sealed.content.sealed.clone().into_vec();
    altered[2000] ^= 1;
    let mut changed = sealed;
    changed.content.sealed = altered.try_into().unwrap();
    changed.signature = advocate.sign_record(Label::Vault, &changed.content);
    assert_eq!(opened(&program, &key, 0, &changed), Err(SealedVaultError::DoesNotOpen));
}

#[test]
fn a_vault_by_an_interpreter_a_revoked_device_or_another_program_is_refused() {
    let (mut program, advocate, key, vault, sealed) = sealed();
    let public = key.public_key();
    let interpreter = program.staff(Roles::INTERPRETER);
    let by = SealedVault::seal(&vault, 4, &public, &interpreter, &mut program.rng).unwrap();
    assert_eq!(opened(&program, &key, 0, &by), Err(SealedVaultError::RoleMissing));
    let list = Revocations::default().with(advocate.key(), u64::MAX, NOW).unwrap();
    let list = SignedRevocations::sign(list, &program.administrator).unwrap();
    let list = list.verify(&program.fingerprint, NOW, EXACT).unwrap();
    let revoked = sealed.open(&key, 0, &program.fingerprint, &list, NOW, EXACT);
    assert_eq!(revoked, Err(SealedVaultError::SignerRevoked));
    let mut theirs = Program::new(2);
    let stranger = theirs.staff(Roles::ADVOCATE);
    let by = SealedVault::seal(&vault, 4, &public, &stranger, &mut theirs.rng).unwrap();
    assert!(matches!(opened(&program, &key, 0, &by), Err(SealedVaultError::Signer(_))));
}

#[test]
fn a_key_for_the_vault_is_not_taken_for_the_duty_key_nor_the_other_way_round() {
    let mut program = Program::new(1);
    let advocate = program.staff(Roles::ADVOCATE);
    let none = VerifiedRevocations::none();
    let kinds = [(SharedKey::Duty, SharedKey::Vault), (SharedKey::Vault, SharedKey::Duty)];
    for (purpose, other) in kinds {
        let (bundle, _) =
            SharedKeyBundle::make(purpose, &advocate, &[], &none, NOW, &mut program.rng).unwrap();
        let verified = |purpose| bundle.verify(purpose, &program.fingerprint, &none, NOW, EXACT);
        assert!(verified(purpose).unwrap().open(&advocate).is_ok());
        let wrong = SharedKeyError::Signer(CertificateError::SignatureWrong);
        assert_eq!(verified(other), Err(wrong));
    }
}
