//! What the console knows of the policies that the relay keeps: the list, those that were fetched whole, and what is done
//! with one as soon as it is here (`features.md` 5.6; `decisions/0028`).

use std::collections::BTreeMap;
use std::sync::Arc;

use stillroom_conversation::{PolicyEntry, PolicyEvent};
use stillroom_program::{LocaleFile, OldNotices, Policy, Timestamp};
use stillroom_staff_web::draw::prelude::*;

use crate::words;

/// A file of texts that was asked for.
enum Asked {
    /// There is no answer yet.
    Yet,
    /// It is here; nothing where the relay has not got it.
    Answered(Option<LocaleFile>),
}

/// All of it, as signals.
#[derive(Clone, Copy)]
pub(crate) struct Past {
    /// Those that the relay keeps, the newest first; nothing before they are here.
    pub(crate) list: RwSignal<Option<Vec<PolicyEntry>>>,
    /// Those that were fetched whole, by their versions.
    wholes: RwSignal<BTreeMap<u64, Arc<Policy>>>,
    /// Files of texts, by their hashes, that were asked for.
    files: RwSignal<BTreeMap<[u8; 32], Asked>>,
    /// The two that are compared: the older and the newer.
    pub(crate) compared: RwSignal<Option<(u64, u64)>>,
    /// The one that is to become the draft as soon as it is here.
    pub(crate) wanted: RwSignal<Option<u64>>,
    /// The one of which is asked whether it may become the draft though that has changes.
    pub(crate) asked: RwSignal<Option<u64>>,
    /// The one that became the draft last.
    pub(crate) brought: RwSignal<Option<u64>>,
    /// What did not work: the name of the text.
    pub(crate) trouble: RwSignal<Option<&'static str>>,
}

impl Past {
    pub(crate) fn new() -> Self {
        Self {
            list: RwSignal::new(None),
            wholes: RwSignal::new(BTreeMap::new()),
            files: RwSignal::new(BTreeMap::new()),
            compared: RwSignal::new(None),
            wanted: RwSignal::new(None),
            asked: RwSignal::new(None),
            brought: RwSignal::new(None),
            trouble: RwSignal::new(None),
        }
    }

    /// What came of a question.
    pub(crate) fn hear(self, event: PolicyEvent) {
        match event {
            PolicyEvent::History(list) => {
                self.trouble.set(None);
                if self.compared.with_untracked(Option::is_none) {
                    self.compared.set(two_newest(&list));
                }
                self.list.set(Some(list));
            }
            PolicyEvent::Fetched(policy) => {
                let version = policy.terms.version;
                self.wholes.update(|wholes| {
                    wholes.insert(version, Arc::from(policy));
                });
            }
            PolicyEvent::Locale { hash, file } => {
                self.files.update(|files| {
                    files.insert(hash, Asked::Answered(file));
                });
            }
            PolicyEvent::NotKept(_) => self.trouble.set(Some("console-past-not-kept")),
            PolicyEvent::Failed(trouble) => self.trouble.set(Some(words::past(trouble))),
        }
    }

    /// The policy of this version, if it is here whole.
    pub(crate) fn whole(self, version: u64) -> Option<Arc<Policy>> {
        self.wholes.with(|wholes| wholes.get(&version).cloned())
    }

    /// The files of texts that this policy names and nobody asked for yet, which are asked for now.
    pub(crate) fn not_asked(self, policy: &Policy) -> Vec<[u8; 32]> {
        let mut not_asked = Vec::new();
        self.files.update_untracked(|files| {
            for locale in policy.page.locales.iter() {
                files.entry(locale.file).or_insert_with(|| {
                    not_asked.push(locale.file);
                    Asked::Yet
                });
            }
        });
        not_asked
    }

    /// The files of texts that this policy names and the relay has; nothing before each was answered.
    pub(crate) fn files_of(self, policy: &Policy) -> Option<Vec<LocaleFile>> {
        let mut named = Vec::new();
        self.files.with_untracked(|files| {
            for locale in policy.page.locales.iter() {
                match files.get(&locale.file)? {
                    Asked::Yet => return None,
                    Asked::Answered(file) => named.extend(file.clone()),
                }
            }
            Some(())
        })?;
        Some(named)
    }
}

/// What changed last.
fn two_newest(list: &[PolicyEntry]) -> Option<(u64, u64)> {
    match list {
        [newer, older, ..] => Some((older.version, newer.version)),
        _ => None,
    }
}

/// What this older policy said, as one that follows the newest: to be looked through and published. Its notices are left
/// out, since what they told of is mostly over.
pub(crate) fn as_it_was(old: &Policy, newest: &Policy, now: Timestamp) -> Policy {
    old.clone().brought_back(newest, OldNotices::Dropped, now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use stillroom_program::{Notice, NoticeKind, SAMPLE_POLICY};

    const NOW: Timestamp = Timestamp(1_795_000_000_000);

    #[test]
    fn what_is_brought_back_follows_the_newest_with_new_dates_and_without_its_notices() {
        let mut old = Policy::from_toml(SAMPLE_POLICY).unwrap();
        let text = "Our lines are down.".try_into().unwrap();
        let notice = Notice { kind: NoticeKind::Closed, text, from: None, until: None };
        old.page.notices = vec![notice].try_into().unwrap();
        let mut newest = old.clone();
        newest.terms.version = 7;
        newest.page.name = "Hilltown".try_into().unwrap();
        let back = as_it_was(&old, &newest, NOW);
        assert_eq!((back.terms.version, &back.page.name), (8, &old.page.name));
        assert!(back.page.notices.is_empty() && back.holds(NOW).is_ok());
    }
}
