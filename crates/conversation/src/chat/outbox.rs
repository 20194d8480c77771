//! What this device said and not everybody has yet: kept, and sent again, until each member acknowledged
//! it (`features.md` 3.8). A relay that drops everything makes it wait, never lose.

use litemap::LiteMap;
use stillroom_program::Timestamp;
use zeroize::Zeroize;

use super::Unsent;
use crate::{
    conversation::{MessageNumber, Written},
    envelope::{Content, LeafNumber, StartsAt},
    limits::{RESEND_FIRST, RESEND_LONGEST, RESEND_TO_ABSENT, UNANSWERED_MAX, WINDOW},
    line::doubled,
};

/// Something said that waits for acknowledgements. Its content is overwritten when it is dropped.
struct Pending {
    content: Content,
    number: Option<MessageNumber>,
    missing: Vec<LeafNumber>,
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
    pending: LiteMap<u64, Pending>,
    /// For members who joined later and have acknowledged nothing yet: where the stream starts for them.
    starts: LiteMap<LeafNumber, u64>,
    /// How often something was sent since anybody acknowledged anything.
    unanswered: u32,
}

impl Outbox {
    pub(crate) fn new() -> Self {
        Self { next: 1, pending: LiteMap::new(), starts: LiteMap::new(), unanswered: 0 }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.pending.len()
    }

    /// The place of what was said last.
    pub(crate) fn last_place(&self) -> u64 {
        self.next - 1
    }

    /// Puts `content` last in the stream, due at once, for `receivers`.
    pub(crate) fn push(
        &mut self,
        content: Content,
        number: Option<MessageNumber>,
        receivers: Vec<LeafNumber>,
        now: Timestamp,
    ) {
        let pending = Pending { content, number, missing: receivers, due: now, tries: 0 };
        self.pending.insert(self.next, pending);
        self.next += 1;
    }

    /// The first that is due, with its place; it is due again after a wait that doubles each time, and
    /// grows longer where none of those who lack it is `here`.
    pub(crate) fn take_due(
        &mut self,
        now: Timestamp,
        here: &[LeafNumber],
    ) -> Option<(u64, Content)> {
        let sparing = self.is_sparing();
        let first =
            self.in_window().filter(|(_, pending)| pending.due <= now).map(|(place, _)| *place);
        let place = first.min()?;
        let pending = self.pending.get_mut(&place)?;
        let is_awaited = pending.missing.iter().any(|member| here.contains(member));
        let longest = if is_awaited { RESEND_LONGEST } else { RESEND_TO_ABSENT };
        let wait = doubled(RESEND_FIRST, pending.tries, longest);
        pending.due = now + if sparing { RESEND_TO_ABSENT } else { wait };
        pending.tries = pending.tries.saturating_add(1);
        self.unanswered = self.unanswered.saturating_add(1);
        Some((place, pending.content.clone()))
    }

    /// What may be sent now: to each member as much as fits into a window of their own, so that one who is away holds
    /// nothing up for the others.
    fn in_window(&self) -> impl Iterator<Item = (&u64, &Pending)> {
        let window = self.window();
        let mut missing = LiteMap::<LeafNumber, usize>::new();
        self.pending.iter().filter(move |(_, pending)| {
            let mut fits = false;
            for member in &pending.missing {
                let before = missing.get(member).copied().unwrap_or_default();
                missing.insert(*member, before + 1);
                fits |= before < window;
            }
            fits
        })
    }

    /// So much went unanswered that what is sent from now on must be counted.
    fn is_sparing(&self) -> bool {
        self.unanswered >= UNANSWERED_MAX
    }

    fn window(&self) -> usize {
        if self.is_sparing() { 1 } else { WINDOW }
    }

    /// Somebody is back: everything is due again, in order.
    pub(crate) fn send_all_again(&mut self, now: Timestamp) {
        for (_, pending) in self.pending.iter_mut() {
            pending.due = now;
            pending.tries = 0;
        }
    }

    /// `member` has everything up to `up_to`. The numbers of the messages that everybody has by that.
    pub(crate) fn acknowledge(&mut self, member: LeafNumber, up_to: u64) -> Vec<MessageNumber> {
        self.starts.remove(&member);
        self.unanswered = 0;
        for (_, pending) in self.pending.iter_mut().filter(|(place, _)| **place <= up_to) {
            pending.missing.retain(|missing| *missing != member);
        }
        self.settle()
    }

    /// Nothing more is owed to `member`, who left.
    pub(crate) fn forget(&mut self, member: LeafNumber) -> Vec<MessageNumber> {
        self.starts.remove(&member);
        for (_, pending) in self.pending.iter_mut() {
            pending.missing.retain(|missing| *missing != member);
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
        self.in_window().map(|(_, pending)| pending.due).min()
    }

    /// Takes out every message that somebody lacks, in order. Nothing stands in its place from now on, so
    /// that what comes after it can still be read.
    pub(crate) fn take_unsent(&mut self) -> Vec<Unsent> {
        let mut unsent = Vec::new();
        for (_, pending) in self.pending.iter_mut() {
            if let (Content::Message { text }, Some(number)) = (&pending.content, pending.number) {
                unsent.push(Unsent { number, text: Written::new(text) });
                pending.content.zeroize();
                pending.content = Content::Acknowledgement;
                pending.number = None;
            }
        }
        unsent
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
        while let Some((place, _)) = outbox.take_due(Timestamp(0), &[1]) {
            sent.push(place);
        }
        let due = outbox.poll_timeout().unwrap();
        while let Some((place, _)) = outbox.take_due(due, &[1]) {
            sent.push(place);
        }
        assert_eq!(sent, [1, 2, 1, 2]);
    }

    /// How often 16 messages are sent within so many seconds to a member who acknowledges none.
    fn sent_within(seconds: u64, here: &[LeafNumber]) -> u32 {
        let mut outbox = Outbox::new();
        for _ in 0..16 {
            outbox.push(message("a"), None, [1].into(), Timestamp(0));
        }
        let mut sent = 0;
        while let Some(due) = outbox.poll_timeout().filter(|due| due.0 <= seconds * 1000) {
            while outbox.take_due(due, here).is_some() {
                sent += 1;
            }
        }
        sent
    }

    #[test]
    fn somebody_who_is_away_is_not_sent_the_same_again_and_again() {
        assert!(sent_within(3600, &[]) <= 16 * 14);
        assert!(sent_within(3600, &[1]) > 16 * 30);
    }

    /// 1,024 keys ahead is what the MLS library follows; a day of silence must stay below.
    #[test]
    fn a_day_without_an_answer_leaves_the_stream_readable() {
        for here in [&[][..], &[1]] {
            assert!(sent_within(24 * 3600, here) < 900);
        }
    }

    #[test]
    fn a_member_who_is_away_holds_nothing_up_for_the_others() {
        let mut outbox = Outbox::new();
        for place in 1..=100 {
            outbox.push(message("a"), None, [1, 2].into(), Timestamp(0));
            let mut sent = 0;
            while outbox.take_due(Timestamp(0), &[1]).is_some() {
                sent += 1;
            }
            assert!(sent > 0, "number {place} is sent");
            outbox.acknowledge(1, place);
        }
    }

    #[test]
    fn a_member_who_left_holds_nothing_up() {
        let mut outbox = Outbox::new();
        outbox.push(message("a"), Some(MessageNumber(4)), [1, 2].into(), Timestamp(0));
        outbox.acknowledge(1, 1);
        assert_eq!(outbox.forget(2), [MessageNumber(4)]);
    }
}
