//! What is published is the same at every relay, also where the word that it has changed was lost.
//!
//! Relays say with each beat what they have read, as a hash, which is reckoned so in every version. Whoever hears of
//! another than theirs reads anew, for as long as that is so. Holds no clock and reads nothing.

use std::time::Duration;

use sha2::{Digest as _, Sha256};
use stillroom_delivery::HostNotice;
use stillroom_program::Timestamp;

use super::envelope::Hash;

/// How often it is read anew at most, whatever others say.
const AGAIN: Duration = Duration::from_millis(2_000);

/// What this relay has read.
#[derive(Default)]
pub(super) struct Published {
    policy: [u8; 32],
    revocations: [u8; 32],
    notices: [u8; 32],
}

impl Published {
    /// This policy, as it is signed for greetings.
    pub(super) fn set_policy(&mut self, signed: &[u8]) {
        self.policy = Sha256::digest(signed).into();
    }

    /// This list of revoked devices.
    pub(super) fn set_revocations(&mut self, signed: &[u8]) {
        self.revocations = Sha256::digest(signed).into();
    }

    /// These notices of the host, with who has read them, in whatever order they came.
    pub(super) fn set_notices(&mut self, notices: &[HostNotice]) {
        let mut each: Vec<[u8; 32]> = notices.iter().map(hash_of_notice).collect();
        each.sort_unstable();
        self.notices = Sha256::digest(each.concat()).into();
    }

    /// All of it.
    pub(super) fn hash(&self) -> Hash {
        let parts = [self.policy, self.revocations, self.notices].concat();
        let mut hash = Hash::default();
        hash.0.copy_from_slice(&Sha256::digest(parts)[..16]);
        hash
    }
}

fn hash_of_notice(notice: &HostNotice) -> [u8; 32] {
    let read_by: Vec<_> = notice.read_by.iter().map(|device| device.0).collect();
    let signed = Sha256::digest(&notice.signed[..]);
    Sha256::new().chain_update(signed).chain_update(read_by.concat()).finalize().into()
}

/// Whether others have read the same.
#[derive(Default)]
pub(super) struct Agreement {
    read: Option<Timestamp>,
}

impl Agreement {
    /// Another relay said that it has read this. Whether it is to be read anew here.
    pub(super) fn handle_said(&mut self, theirs: Hash, own: Hash, now: Timestamp) -> bool {
        let lately = self.read.is_some_and(|read| now.checked_since(read) < AGAIN);
        let anew = theirs != own && !lately;
        if anew {
            self.read = Some(now);
        }
        anew
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::switchboard::several::standing::BEAT;

    fn published(policy: &[u8]) -> Published {
        let mut published = Published::default();
        published.set_policy(policy);
        published
    }

    #[test]
    fn a_relay_that_never_heard_the_word_of_a_change_reads_it_at_the_next_beat() {
        let (new, mut old) = (published(b"new"), published(b"old"));
        let mut agreement = Agreement::default();
        assert!(agreement.handle_said(new.hash(), old.hash(), Timestamp(1_000)));
        old.set_policy(b"new");
        assert!(!agreement.handle_said(new.hash(), old.hash(), Timestamp(9_000)));
    }

    #[test]
    fn records_that_cannot_be_read_now_are_read_as_soon_as_they_can_and_not_at_each_word() {
        let (new, old) = (published(b"new").hash(), published(b"old").hash());
        let mut agreement = Agreement::default();
        let mut now = Timestamp(1_000);
        let mut read = 0;
        for _ in 0..20 {
            // Several others say so, and somebody else in the cluster makes things up.
            for theirs in [new, Hash([1; 16]), Hash([2; 16])] {
                read += usize::from(agreement.handle_said(theirs, old, now));
            }
            now = now + BEAT;
        }
        assert_eq!(read, 5, "in ten seconds");
    }

    #[test]
    fn each_thing_that_is_published_counts() {
        let none = Published::default().hash();
        let mut published = Published::default();
        published.set_policy(b"one");
        let with_policy = published.hash();
        published.set_revocations(b"one");
        let with_both = published.hash();
        let signed = b"one".to_vec().try_into().unwrap();
        published.set_notices(&[HostNotice { signed, read_by: BTreeSet::new() }]);
        let all = [none, with_policy, with_both, published.hash()];
        for (number, hash) in all.iter().enumerate() {
            assert!(!all[..number].contains(hash));
        }
    }
}
