//! The vault: for whom a code word was agreed on, under a handle of the advocate's choosing (`features.md` 3.4;
//! `decisions/0023`).
//!
//! Two devices may change it at once: [`Vault::merged`] loses neither's change, whichever comes first. A try is
//! written down before it is judged, so that guessing through several chats at once gains nothing. It holds no
//! word, no chat and no date but days; of tries also the second, for a day or two, since the wait for the next goes by it. Whoever can open it reads the handles.

use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use rand_core::CryptoRng;
use stillroom_wire::{List, Text};

use crate::code_word::{CodeWord, Verifier};
use crate::limits::{CASES_MAX, HANDLE_MAX, TRIES_COUNTED};
use crate::reasons::reasons;
use crate::time::Timestamp;

const DAY: u64 = 24 * 60 * 60;

/// Wrong tries of a case that cost nothing: a slip, and another one.
const TRIES_FREE: usize = 2;

/// The wait after the first that does; it doubles from there.
const FIRST_WAIT: Duration = Duration::from_secs(30);

/// The longest wait: whoever knows the word still gets through to their advocate within the chat.
const LONGEST_WAIT: Duration = Duration::from_secs(10 * 60);

/// For how long a wrong try counts, in seconds.
const TRY_COUNTS: u64 = DAY;

/// A case. Drawn at random.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, MlsSize, MlsEncode, MlsDecode)]
pub struct CaseId([u8; 16]);

impl fmt::Debug for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CaseId")
    }
}

/// What a word turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// The word that was agreed on.
    Right,
    /// The word that was agreed on for danger: it looks right on the survivor's screen.
    Duress,
    /// Neither.
    Wrong,
}

/// Why a word should be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordDue {
    /// Somebody who could read the vault was revoked since.
    Revoked,
    /// It is older than the program wants.
    Old,
}

/// What is agreed on with one survivor.
#[derive(Clone, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Case {
    handle: Text<HANDLE_MAX>,
    word: Verifier,
    duress: Option<Verifier>,
    /// In days since the Unix epoch.
    set: u32,
    /// The version of the list of revoked devices at that time.
    set_under: u64,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Case")
    }
}

impl Case {
    /// What the advocate calls it.
    pub fn handle(&self) -> &str {
        self.handle.as_str()
    }

    /// Why its word should be changed, where one is wanted anew after so many days and the list of revoked devices
    /// has this version.
    pub fn due(&self, days: Option<u16>, revocations: u64, now: Timestamp) -> Option<WordDue> {
        let age = day(now).saturating_sub(self.set);
        if self.set_under < revocations {
            Some(WordDue::Revoked)
        } else {
            days.is_some_and(|days| age >= days.into()).then_some(WordDue::Old)
        }
    }

    /// Which word of this case it is. Takes as long for each answer: both are worked out.
    fn judge(&self, word: &CodeWord) -> Judgement {
        let duress = self.duress.as_ref().unwrap_or(&self.word).is_of(word);
        match (self.word.is_of(word), duress && self.duress.is_some()) {
            (true, _) => Judgement::Right,
            (false, true) => Judgement::Duress,
            (false, false) => Judgement::Wrong,
        }
    }
}

/// A try, before it was judged.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, MlsSize, MlsEncode, MlsDecode)]
struct Try {
    /// In seconds since the Unix epoch.
    at: u64,
    /// Drawn at random, so that two at one moment are two.
    id: [u8; 8],
}

/// The tries since the last right word.
#[derive(Clone, Default, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
struct Tries {
    /// Goes up with each right word.
    round: u32,
    /// In order; the latest, where there were more.
    tries: List<Try, TRIES_COUNTED>,
}

impl Tries {
    fn merged(&self, other: &Self) -> Self {
        match self.round.cmp(&other.round) {
            core::cmp::Ordering::Greater => return self.clone(),
            core::cmp::Ordering::Less => return other.clone(),
            core::cmp::Ordering::Equal => {}
        }
        let mut tries: Vec<Try> = self.tries.iter().chain(other.tries.iter()).copied().collect();
        tries.sort_unstable();
        tries.dedup();
        let latest = tries.split_off(tries.len().saturating_sub(TRIES_COUNTED));
        Self { round: self.round, tries: latest.try_into().unwrap_or_default() }
    }

    fn counted(&self, now: Timestamp) -> impl Iterator<Item = &Try> {
        let since = now.seconds().saturating_sub(TRY_COUNTS);
        self.tries.iter().filter(move |one| one.at >= since)
    }

    /// All but this one. Those that were written down at the same moment, or by a clock that is ahead, too: whoever
    /// guesses on several devices at once gains nothing by it.
    fn without(&self, one: &Try) -> Self {
        let tries: Vec<Try> = self.tries.iter().filter(|held| *held != one).copied().collect();
        Self { round: self.round, tries: tries.try_into().unwrap_or_default() }
    }

    /// From when on the next try may be made.
    fn next(&self, now: Timestamp) -> Timestamp {
        let count = self.counted(now).count();
        let (Some(last), Some(doublings)) =
            (self.counted(now).last(), count.checked_sub(TRIES_FREE + 1))
        else {
            return now;
        };
        let doublings = u32::try_from(doublings).unwrap_or(u32::MAX);
        let wait = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_WAIT);
        (Timestamp::from_seconds(last.at) + wait).max(now)
    }
}

/// What the vault knows of one case.
#[derive(Clone, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
struct Entry {
    id: CaseId,
    /// Goes up with each change but a try.
    changes: u32,
    /// Nothing where it was deleted.
    case: Option<Case>,
    /// When it was changed last or its word given, in days since the Unix epoch: after a time without that a case
    /// is deleted, and a deleted one forgotten.
    used: u32,
    tries: Tries,
}

impl Entry {
    /// For how many days it was not used.
    fn age(&self, now: Timestamp) -> u32 {
        day(now).saturating_sub(self.used)
    }

    /// Keeps nothing but that it was.
    fn delete(&mut self, now: Timestamp) {
        (self.case, self.tries) = (None, Tries::default());
        (self.changes, self.used) = (self.changes.saturating_add(1), day(now));
    }

    /// The later of two changes; of two at once, one and the same on every device.
    fn merged(&self, other: &Self) -> Self {
        let rank = |entry: &Self| {
            (entry.changes, entry.case.is_none(), stillroom_wire::encode(&entry.case))
        };
        let later = if rank(self) >= rank(other) { self } else { other };
        let used = self.used.max(other.used);
        Self { used, tries: self.tries.merged(&other.tries), ..later.clone() }
    }
}

reasons! {
    /// Why the vault was not changed.
    VaultError {
        /// There are more cases than it holds.
        Full => "the vault is full",
        /// The handle is longer than one may be, or empty.
        HandleWrong => "the handle is empty or too long",
        /// There is no such case any more.
        Unknown => "there is no such case",
        /// Another case has this handle.
        HandleTaken => "another case has this handle",
        /// It is too early for another try.
        TooEarly => "it is too early for another try",
    }
}

/// Every case of a program. Does not print.
#[derive(Clone, Default, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Vault {
    /// In the order of their ids.
    entries: List<Entry, CASES_MAX>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

/// How long a deleted case is known as deleted, in days: longer than any device is away with an older vault.
const TOMBSTONE_DAYS: u32 = 90;

/// A try that was written down and not judged yet.
#[must_use = "a try that is not judged counts as a wrong one"]
pub struct PendingTry {
    case: CaseId,
    one: Try,
}

impl fmt::Debug for PendingTry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PendingTry")
    }
}

impl Vault {
    /// The cases, by what they are called.
    pub fn cases(&self) -> Vec<(CaseId, &Case)> {
        let mut cases: Vec<_> = self
            .entries
            .iter()
            .filter_map(|entry| Some((entry.id, entry.case.as_ref()?)))
            .collect();
        cases.sort_by(|(_, one), (_, other)| one.handle().cmp(other.handle()));
        cases
    }

    /// The case of this id.
    pub fn case(&self, id: CaseId) -> Option<&Case> {
        self.entry(id)?.case.as_ref()
    }

    /// Whether a new case may be called this.
    ///
    /// # Errors
    /// [`VaultError::HandleWrong`], [`HandleTaken`](VaultError::HandleTaken).
    pub fn may_be_called(&self, handle: &str) -> Result<(), VaultError> {
        self.free_handle(handle).map(|_| ())
    }

    fn free_handle(&self, handle: &str) -> Result<Text<HANDLE_MAX>, VaultError> {
        let handle = handle.trim();
        if handle.is_empty() {
            return Err(VaultError::HandleWrong);
        }
        if self.cases().iter().any(|(_, case)| case.handle() == handle) {
            return Err(VaultError::HandleTaken);
        }
        Text::try_from(handle).map_err(|_| VaultError::HandleWrong)
    }

    /// Agrees on a word for a new case.
    ///
    /// # Errors
    /// [`VaultError::HandleWrong`], [`HandleTaken`](VaultError::HandleTaken), [`Full`](VaultError::Full).
    pub fn add(
        &mut self,
        handle: &str,
        words: Words<'_>,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<CaseId, VaultError> {
        let handle = self.free_handle(handle)?;
        let mut id = CaseId([0; 16]);
        rng.fill_bytes(&mut id.0);
        let case = Some(words.case(handle, now, rng));
        let entry = Entry { id, changes: 1, case, used: day(now), tries: Tries::default() };
        self.put(entry)?;
        Ok(id)
    }

    /// Agrees on another word for a case.
    ///
    /// # Errors
    /// [`VaultError::Unknown`].
    pub fn change(
        &mut self,
        id: CaseId,
        words: Words<'_>,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), VaultError> {
        let mut entry = self.entry(id).ok_or(VaultError::Unknown)?.clone();
        let handle = entry.case.ok_or(VaultError::Unknown)?.handle;
        entry.case = Some(words.case(handle, now, rng));
        (entry.changes, entry.used) = (entry.changes.saturating_add(1), day(now));
        entry.tries = entry.tries.forgotten();
        self.put(entry)
    }

    /// Deletes a case: nothing of it is kept but that it was.
    ///
    /// # Errors
    /// [`VaultError::Unknown`].
    pub fn delete(&mut self, id: CaseId, now: Timestamp) -> Result<(), VaultError> {
        let mut entry = self.entry(id).ok_or(VaultError::Unknown)?.clone();
        entry.delete(now);
        self.put(entry)
    }

    /// Writes down that a word is about to be tried. The vault is put at the relay before
    /// [`judge`](Self::judge) is asked.
    ///
    /// # Errors
    /// [`VaultError::Unknown`], [`TooEarly`](VaultError::TooEarly).
    pub fn begin_try(
        &mut self,
        id: CaseId,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<PendingTry, VaultError> {
        if self.next_try(id, now)? > now {
            return Err(VaultError::TooEarly);
        }
        let mut entry = self.entry(id).ok_or(VaultError::Unknown)?.clone();
        let mut one = Try { at: now.seconds(), id: [0; 8] };
        rng.fill_bytes(&mut one.id);
        let only = Tries {
            round: entry.tries.round,
            tries: [one].to_vec().try_into().unwrap_or_default(),
        };
        entry.tries = entry.tries.merged(&only);
        self.put(entry)?;
        Ok(PendingTry { case: id, one })
    }

    /// What the word turned out to be. A right one, or the one for danger, forgets the tries before it, and is a
    /// use of the case.
    ///
    /// # Errors
    /// [`VaultError::Unknown`] where the case was deleted meanwhile; [`TooEarly`](VaultError::TooEarly) where
    /// other devices wrote down tries meanwhile, so that it had to wait: it counts, and is not judged.
    pub fn judge(&mut self, tried: PendingTry, word: &CodeWord) -> Result<Judgement, VaultError> {
        let PendingTry { case, one } = tried;
        let mut entry = self.entry(case).ok_or(VaultError::Unknown)?.clone();
        let at = Timestamp::from_seconds(one.at);
        if entry.tries.without(&one).next(at) > at {
            return Err(VaultError::TooEarly);
        }
        let judgement = entry.case.as_ref().ok_or(VaultError::Unknown)?.judge(word);
        if judgement != Judgement::Wrong {
            entry.tries = entry.tries.forgotten();
            entry.used = entry.used.max(day(at));
            self.put(entry)?;
        }
        Ok(judgement)
    }

    /// From when on a word can be tried for this case.
    ///
    /// # Errors
    /// [`VaultError::Unknown`].
    pub fn next_try(&self, id: CaseId, now: Timestamp) -> Result<Timestamp, VaultError> {
        let entry = self.entry(id).filter(|entry| entry.case.is_some());
        Ok(entry.ok_or(VaultError::Unknown)?.tries.next(now))
    }

    /// Both vaults' changes. The order does not matter, nor how often it is done.
    ///
    /// # Errors
    /// [`VaultError::Full`].
    pub fn merged(&self, other: &Self) -> Result<Self, VaultError> {
        let mut merged = self.clone();
        for entry in other.entries.iter() {
            let entry =
                merged.entry(entry.id).map_or_else(|| entry.clone(), |own| own.merged(entry));
            merged.put(entry)?;
        }
        Ok(merged)
    }

    /// In how many days a case is deleted if its word is not given before, where that is after so many.
    pub fn deleted_in(&self, id: CaseId, days: u16, now: Timestamp) -> Option<u32> {
        let entry = self.entry(id)?;
        Some(u32::from(days).saturating_sub(entry.age(now)))
    }

    /// Deletes the cases that were not used for so many days, forgets those that were deleted so long ago that every
    /// device knows, and tries that do not count any more. Says whether there was anything of that.
    pub fn expire(&mut self, days: Option<u16>, now: Timestamp) -> bool {
        let stays = |entry: &&Entry| entry.case.is_some() || entry.age(now) < TOMBSTONE_DAYS;
        let expired = |entry: &Entry| {
            let mut entry = entry.clone();
            if entry.case.is_some() && days.is_some_and(|days| entry.age(now) >= days.into()) {
                entry.delete(now);
            }
            entry.tries = entry.tries.counting(now);
            entry
        };
        let entries: Vec<Entry> = self.entries.iter().filter(stays).map(expired).collect();
        let entries = entries.try_into().unwrap_or_default();
        let is_other = self.entries != entries;
        self.entries = entries;
        is_other
    }

    fn entry(&self, id: CaseId) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    fn put(&mut self, entry: Entry) -> Result<(), VaultError> {
        let mut entries = self.entries.clone().into_vec();
        match entries.binary_search_by_key(&entry.id, |held| held.id) {
            Ok(at) => entries[at] = entry,
            Err(at) => entries.insert(at, entry),
        }
        self.entries = entries.try_into().map_err(|_| VaultError::Full)?;
        Ok(())
    }
}

impl Tries {
    /// Those that count.
    fn counting(&self, now: Timestamp) -> Self {
        let tries: Vec<Try> = self.counted(now).copied().collect();
        Self { round: self.round, tries: tries.try_into().unwrap_or_default() }
    }

    fn forgotten(&self) -> Self {
        Self { round: self.round.saturating_add(1), tries: List::default() }
    }
}

/// The words that are agreed on.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// The one that says who they are.
    pub word: &'a CodeWord,
    /// The one for danger, where one is wanted.
    pub duress: Option<&'a CodeWord>,
    /// The version of the list of revoked devices.
    pub revocations: u64,
}

impl Words<'_> {
    fn case(self, handle: Text<HANDLE_MAX>, now: Timestamp, rng: &mut dyn CryptoRng) -> Case {
        let word = Verifier::of(self.word, rng);
        let duress = self.duress.map(|duress| Verifier::of(duress, rng));
        Case { handle, word, duress, set: day(now), set_under: self.revocations }
    }
}

fn day(now: Timestamp) -> u32 {
    u32::try_from(now.seconds() / DAY).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use proptest::prelude::*;
    use stillroom_wire::{decode, encode};

    use super::*;
    use crate::limits::VAULT_PLAINTEXT_MAX;

    /// What is kept of a word, without working it out.
    fn verifier(byte: u8) -> Verifier {
        decode(&[byte; 60]).unwrap()
    }

    fn case(byte: u8, handle: &str) -> Case {
        let handle = Text::try_from(handle).unwrap();
        let (word, duress) = (verifier(byte), Some(verifier(byte)));
        Case { handle, word, duress, set: 20_000, set_under: 1 }
    }

    fn tries(round: u32, seeds: &[u8]) -> Tries {
        let one = |seed: &u8| Try { at: u64::from(seed / 8), id: [*seed; 8] };
        let mut tries: Vec<Try> = seeds.iter().map(one).collect();
        tries.sort_unstable();
        tries.dedup();
        Tries { round, tries: tries.try_into().unwrap() }
    }

    prop_compose! {
        /// One case as some device has it.
        fn entry()(
            changes in 1..4_u32,
            byte in prop::option::of(0..4_u8),
            used in 0..4_u32,
            round in 0..3_u32,
            seeds in prop::collection::vec(any::<u8>(), 0..TRIES_COUNTED),
        ) -> Vault {
            let case = byte.map(|byte| case(byte, "Sparrow"));
            let entry = Entry { id: CaseId([1; 16]), changes, case, used, tries: tries(round, &seeds) };
            let mut vault = Vault::default();
            vault.put(entry).unwrap();
            vault
        }
    }

    proptest! {
        #[test]
        fn in_whatever_order_and_however_often_vaults_are_merged_they_come_to_the_same(
            (one, two, three) in (entry(), entry(), entry())
        ) {
            let merged = |one: &Vault, other: &Vault| one.merged(other).unwrap();
            let both = merged(&one, &two);
            prop_assert_eq!(&both, &merged(&two, &one));
            prop_assert_eq!(merged(&both, &three), merged(&one, &merged(&two, &three)));
            prop_assert_eq!(&merged(&both, &one), &both);
            prop_assert_eq!(&merged(&both, &both), &both);
        }
    }

    #[test]
    fn a_full_vault_fits_its_record_and_takes_no_more() {
        let mut vault = Vault::default();
        for number in 0..CASES_MAX {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&number.to_be_bytes());
            let case = Some(case(1, &format!("{number:0>48}")));
            let seeds: Vec<u8> = (0..TRIES_COUNTED as u8).collect();
            let tries = tries(9, &seeds);
            vault.put(Entry { id: CaseId(id), changes: 9, case, used: 9, tries }).unwrap();
        }
        let length = encode(&vault).len();
        assert!(length <= VAULT_PLAINTEXT_MAX, "{length}");
        let one_more =
            Entry { id: CaseId([9; 16]), changes: 1, case: None, used: 0, tries: Tries::default() };
        assert_eq!(vault.put(one_more), Err(VaultError::Full));
    }
}
