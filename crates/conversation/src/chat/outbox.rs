//! What this device said and not everybody has yet: kept, and sent again, until each member acknowledged
//! it (`features.md` 3.8). A relay that drops everything makes it wait, never lose.

use std::collections::{BTreeMap, BTreeSet};

use stillroom_program::Timestamp;
use zeroize::Zeroize;

use super::Unsent;
use crate::{
    conversation::{MessageNumber, Written},
    envelope::{Content, LeafNumber, StartsAt},
    limits::{RESEND_FIRST, RESEND_LONGEST, UNACKNOWLEDGED_MAX, WINDOW},
    line::doubled,
};

/// Something said that waits for acknowledgements. Its content is overwritten when it is dropped.
struct Pending {
    content: Content,
    number: Option<MessageNumber>,
    missing: BTreeSet<LeafNumber>,
    due: Timestamp,
    tries: u32,
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.content.zeroize();
    }
}

/// The sender's half of the reliable stream.
pub(crate) struct Outbox {
    next: u64,
    pending: BTreeMap<u64, Pending>,
    /// For members who joined later and have acknowledged nothing yet: where the stream starts for them.
    starts: BTreeMap<LeafNumber, u64>,
}

impl Outbox {
    pub(crate) fn new() -> Self {
        Self { next: 1, pending: BTreeMap::new(), starts: BTreeMap::new() }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.pending.len() >= UNACKNOWLEDGED_MAX
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// Puts `content` last in the stream, due at once, for `receivers`.
    pub(crate) fn push(
        &mut self,
        content: Content,
        number: Option<MessageNumber>,
        receivers: BTreeSet<LeafNumber>,
        now: Timestamp,
    ) {
        let pending = Pending { content, number, missing: receivers, due: now, tries: 0 };
        self.pending.insert(self.next, pending);
        self.next += 1;
    }

    /// The first that is due, with its place; it is due again after a wait that doubles each time.
    pub(crate) fn take_due(&mut self, now: Timestamp) -> Option<(u64, Content)> {
        let mut window = self.pending.iter_mut().take(WINDOW);
        let (place, pending) = window.find(|(_, pending)| pending.due <= now)?;
        pending.due = now + doubled(RESEND_FIRST, pending.tries, RESEND_LONGEST);
        pending.tries = pending.tries.saturating_add(1);
        Some((*place, pending.content.clone()))
    }

    /// The way to the others is new: everything is due again, in order.
    pub(crate) fn send_all_again(&mut self, now: Timestamp) {
        for pending in self.pending.values_mut() {
            pending.due = now;
            pending.tries = 0;
        }
    }

    /// `member` has everything up to `up_to`. The numbers of the messages that everybody has by that.
    pub(crate) fn acknowledge(&mut self, member: LeafNumber, up_to: u64) -> Vec<MessageNumber> {
        self.starts.remove(&member);
        for (_, pending) in self.pending.range_mut(..=up_to) {
            pending.missing.remove(&member);
        }
        self.settle()
    }

    /// Nothing more is owed to `member`, who left.
    pub(crate) fn forget(&mut self, member: LeafNumber) -> Vec<MessageNumber> {
        self.starts.remove(&member);
        for pending in self.pending.values_mut() {
            pending.missing.remove(&member);
        }
        self.settle()
    }

    /// `member` joined, and can read nothing that was said before.
    pub(crate) fn start_for(&mut self, member: LeafNumber) {
        self.starts.insert(member, self.next);
    }

    pub(crate) fn starts(&self) -> Vec<StartsAt> {
        self.starts.iter().map(|(&receiver, &first)| StartsAt { receiver, first }).collect()
    }

    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        self.pending.values().take(WINDOW).map(|pending| pending.due).min()
    }

    /// Takes out every message that somebody lacks, in order.
    pub(crate) fn take_unsent(&mut self) -> Vec<Unsent> {
        let pending = core::mem::take(&mut self.pending);
        pending
            .values()
            .filter_map(|pending| match (&pending.content, pending.number) {
                (Content::Message { text }, Some(number)) => {
                    Some(Unsent { number, text: Written::new(text) })
                }
                _ => None,
            })
            .collect()
    }

    /// Drops what everybody has.
    fn settle(&mut self) -> Vec<MessageNumber> {
        let mut delivered = Vec::new();
        self.pending.retain(|_, pending| {
            if pending.missing.is_empty() {
                delivered.extend(pending.number);
            }
            !pending.missing.is_empty()
        });
        delivered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> Content {
        Content::Message { text: text.try_into().unwrap() }
    }

    #[test]
    fn a_message_is_kept_until_every_member_has_it() {
        let mut outbox = Outbox::new();
        outbox.push(message("a"), Some(MessageNumber(1)), [1, 2].into(), Timestamp(0));
        assert_eq!(outbox.acknowledge(1, 1), []);
        assert!(!outbox.is_empty());
        assert_eq!(outbox.acknowledge(2, 1), [MessageNumber(1)]);
        assert!(outbox.is_empty());
    }

    #[test]
    fn what_nobody_acknowledged_is_sent_again_in_order() {
        let mut outbox = Outbox::new();
        for text in ["a", "b"] {
            outbox.push(message(text), None, [1].into(), Timestamp(0));
        }
        let mut sent = Vec::new();
        while let Some((place, _)) = outbox.take_due(Timestamp(0)) {
            sent.push(place);
        }
        let due = outbox.poll_timeout().unwrap();
        while let Some((place, _)) = outbox.take_due(due) {
            sent.push(place);
        }
        assert_eq!(sent, [1, 2, 1, 2]);
    }

    #[test]
    fn a_member_who_left_holds_nothing_up() {
        let mut outbox = Outbox::new();
        outbox.push(message("a"), Some(MessageNumber(4)), [1, 2].into(), Timestamp(0));
        outbox.acknowledge(1, 1);
        assert_eq!(outbox.forget(2), [MessageNumber(4)]);
    }
}
