//! What waits in a room for members whose line is down (`features.md` 3.8, 6.1).
//!
//! Each message is held once, with a note of who has yet to get it, and for two minutes at most. A tail
//! that is lost, or that was full, costs time and no message: senders keep what nobody acknowledged.

use std::collections::VecDeque;
use std::sync::Arc;

use stillroom_program::Timestamp;
use stillroom_protocol::Refusal;
use stillroom_protocol::limits::MEMBERS_MAX;

use crate::account::Account;
use crate::limits::{Limits, TAIL_KEPT};

/// A set of members, one bit for each number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Members(u8);

const _: () = assert!(MEMBERS_MAX <= 8);

impl Members {
    pub(crate) fn insert(&mut self, member: u8) {
        self.0 |= bit(member);
    }

    fn remove(&mut self, member: u8) -> bool {
        let there = self.0 & bit(member) != 0;
        self.0 &= !bit(member);
        there
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }
}

fn bit(member: u8) -> u8 {
    1_u8.checked_shl(u32::from(member)).unwrap_or(0)
}

struct Kept {
    frame: Arc<[u8]>,
    at: Timestamp,
    missing: Members,
}

/// Messages in the order in which they were posted.
#[derive(Default)]
pub(crate) struct Tail {
    kept: VecDeque<Kept>,
    bytes: usize,
}

impl Tail {
    /// Keeps an encoded frame for the members who miss it.
    ///
    /// # Errors
    /// [`Refusal::RoomBytesFull`], [`Refusal::RelayBytesFull`] where there is no more room for it.
    pub(crate) fn keep(
        &mut self,
        frame: Arc<[u8]>,
        missing: Members,
        limits: &Limits,
        account: &mut Account,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let after = self.bytes.saturating_add(frame.len());
        if after > limits.room_bytes || self.kept.len() >= limits.room_messages {
            return Err(Refusal::RoomBytesFull);
        }
        if !account.take(frame.len()) {
            return Err(Refusal::RelayBytesFull);
        }
        self.bytes = after;
        self.kept.push_back(Kept { frame, at: now, missing });
        Ok(())
    }

    /// What this member has missed, in order; it is kept for the others only.
    pub(crate) fn take_for(&mut self, member: u8, account: &mut Account) -> Vec<Arc<[u8]>> {
        let missed = self
            .kept
            .iter_mut()
            .filter_map(|kept| kept.missing.remove(member).then(|| Arc::clone(&kept.frame)))
            .collect();
        self.drop_where(|kept| kept.missing.is_empty(), account);
        missed
    }

    /// Drops what has waited for too long.
    pub(crate) fn drop_old(&mut self, account: &mut Account, now: Timestamp) {
        self.drop_where(|kept| kept.at + TAIL_KEPT <= now, account);
    }

    /// Drops everything.
    pub(crate) fn clear(&mut self, account: &mut Account) {
        self.drop_where(|_| true, account);
    }

    /// When the oldest will have waited for too long.
    pub(crate) fn old_at(&self) -> Option<Timestamp> {
        self.kept.front().map(|kept| kept.at + TAIL_KEPT)
    }

    fn drop_where(&mut self, gone: impl Fn(&Kept) -> bool, account: &mut Account) {
        let before = self.bytes;
        let bytes = &mut self.bytes;
        self.kept.retain(|kept| {
            let gone = gone(kept);
            if gone {
                *bytes = bytes.saturating_sub(kept.frame.len());
            }
            !gone
        });
        account.give_back(before.saturating_sub(self.bytes));
        if self.kept.is_empty() {
            self.kept = VecDeque::new();
        }
    }

    /// How many wait, and their bytes.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.kept.len(), self.kept.iter().map(|kept| kept.frame.len()).sum())
    }

    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        let (_, counted) = self.size();
        assert_eq!(counted, self.bytes);
        counted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(numbers: &[u8]) -> Members {
        let mut members = Members::default();
        numbers.iter().for_each(|number| members.insert(*number));
        members
    }

    #[test]
    fn each_member_gets_what_they_missed_once_and_in_order() {
        let (mut tail, mut account) = (Tail::default(), Account::new(100));
        let limits = Limits::default();
        for (text, missing) in [(b"a", &[1, 2][..]), (b"b", &[1]), (b"c", &[2])] {
            let frame = Arc::from(&text[..]);
            assert_eq!(
                tail.keep(frame, members(missing), &limits, &mut account, Timestamp(0)),
                Ok(())
            );
        }
        let got = |frames: Vec<Arc<[u8]>>| frames.concat();
        assert_eq!(got(tail.take_for(1, &mut account)), b"ab");
        assert_eq!(tail.bytes(), 2);
        assert_eq!(got(tail.take_for(2, &mut account)), b"ac");
        assert_eq!(got(tail.take_for(2, &mut account)), b"");
        assert_eq!((tail.bytes(), account.held()), (0, 0));
    }

    #[test]
    fn a_full_tail_keeps_what_it_has_and_takes_no_more() {
        let (mut tail, mut account) = (Tail::default(), Account::new(1000));
        let limits = Limits { room_bytes: 10, ..Limits::default() };
        let frame: Arc<[u8]> = Arc::from(&[0; 6][..]);
        let missing = members(&[1]);
        let keep = |tail: &mut Tail, account: &mut Account| {
            tail.keep(Arc::clone(&frame), missing, &limits, account, Timestamp(0))
        };
        assert_eq!(keep(&mut tail, &mut account), Ok(()));
        assert_eq!(keep(&mut tail, &mut account), Err(Refusal::RoomBytesFull));
        let (mut other, mut little) = (Tail::default(), Account::new(5));
        assert_eq!(keep(&mut other, &mut little), Err(Refusal::RelayBytesFull));
        assert_eq!((tail.bytes(), account.held()), (6, 6));
    }

    #[test]
    fn what_is_two_minutes_old_is_dropped() {
        let (mut tail, mut account) = (Tail::default(), Account::new(1000));
        let limits = Limits::default();
        for at in [0, 5_000] {
            let frame = Arc::from(&[0; 6][..]);
            assert_eq!(
                tail.keep(frame, members(&[0]), &limits, &mut account, Timestamp(at)),
                Ok(())
            );
        }
        assert_eq!(tail.old_at(), Some(Timestamp(120_000)));
        tail.drop_old(&mut account, Timestamp(120_000));
        assert_eq!((tail.bytes(), account.held()), (6, 6));
        assert_eq!(tail.old_at(), Some(Timestamp(125_000)));
    }
}
