//! What came from the others: each sender's stream in its order, every place once (`features.md` 3.8).

use litemap::LiteMap;
use stillroom_program::Timestamp;

use crate::{
    envelope::{Acknowledged, Content, LeafNumber},
    limits::{ACKNOWLEDGE_AFTER, HELD_AHEAD_MAX},
};

/// One sender's stream: the next place to show, and what came early.
struct Stream {
    next: u64,
    early: LiteMap<u64, Content>,
}

/// The receiver's half of the reliable streams.
pub(crate) struct Inbox {
    senders: LiteMap<LeafNumber, Stream>,
    acknowledge_by: Option<Timestamp>,
}

impl Inbox {
    pub(crate) fn new() -> Self {
        Self { senders: LiteMap::new(), acknowledge_by: None }
    }

    /// Takes one place of a sender's stream. What can be shown by that, in order: nothing for a place
    /// that was there before or is early, more than one where it fills a gap.
    pub(crate) fn accept(
        &mut self,
        sender: LeafNumber,
        place: u64,
        content: Content,
        now: Timestamp,
    ) -> Vec<Content> {
        self.acknowledge_by.get_or_insert(now + ACKNOWLEDGE_AFTER);
        let stream = self.stream(sender);
        let has_room = stream.early.len() < HELD_AHEAD_MAX;
        if place == stream.next || place > stream.next && has_room {
            stream.early.insert(place, content);
        }
        let mut ready = Vec::new();
        while let Some(content) = stream.early.remove(&stream.next) {
            stream.next += 1;
            ready.push(content);
        }
        ready
    }

    /// A sender told this device, who joined later, where the stream starts. Heeded before anything of
    /// that stream was shown, and never after.
    pub(crate) fn start_at(&mut self, sender: LeafNumber, first: u64) {
        let stream = self.stream(sender);
        if stream.next == 1 {
            stream.next = first.max(1);
            stream.early.retain(|place, _| *place >= stream.next);
        }
    }

    /// A sender left.
    pub(crate) fn forget(&mut self, sender: LeafNumber) {
        self.senders.remove(&sender);
    }

    /// What to tell the senders; they are told by that.
    pub(crate) fn take_acknowledgements(&mut self) -> Vec<Acknowledged> {
        self.acknowledge_by = None;
        self.senders
            .iter()
            .map(|(&sender, stream)| Acknowledged { sender, up_to: stream.next - 1 })
            .collect()
    }

    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        self.acknowledge_by
    }

    fn stream(&mut self, sender: LeafNumber) -> &mut Stream {
        self.senders.entry(sender).or_insert_with(|| Stream { next: 1, early: LiteMap::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn content(place: u64) -> Content {
        Content::Message { text: place.to_string().try_into().unwrap() }
    }

    proptest! {
        #[test]
        fn whatever_the_order_and_however_often_each_is_shown_once_and_in_order(
            mut places in proptest::collection::vec(1_u64..20, 0..100)
        ) {
            places.extend(1..20);
            let mut inbox = Inbox::new();
            let mut shown = Vec::new();
            for place in places {
                shown.extend(inbox.accept(3, place, content(place), Timestamp(0)));
            }
            prop_assert_eq!(shown, (1..20).map(content).collect::<Vec<_>>());
            prop_assert_eq!(inbox.take_acknowledgements(), [Acknowledged { sender: 3, up_to: 19 }]);
        }
    }

    #[test]
    fn a_gap_is_not_acknowledged() {
        let mut inbox = Inbox::new();
        inbox.accept(1, 1, content(1), Timestamp(0));
        inbox.accept(1, 3, content(3), Timestamp(0));
        assert_eq!(inbox.take_acknowledgements(), [Acknowledged { sender: 1, up_to: 1 }]);
    }

    #[test]
    fn a_sender_cannot_move_the_start_once_something_was_shown() {
        let mut inbox = Inbox::new();
        inbox.accept(1, 1, content(1), Timestamp(0));
        inbox.start_at(1, 50);
        assert_eq!(inbox.accept(1, 2, content(2), Timestamp(0)), [content(2)]);
    }

    #[test]
    fn what_is_held_for_a_gap_is_bounded() {
        let mut inbox = Inbox::new();
        for place in 2..10_000 {
            inbox.accept(1, place, content(place), Timestamp(0));
        }
        assert_eq!(inbox.senders[&1].early.len(), HELD_AHEAD_MAX);
        let shown = inbox.accept(1, 1, content(1), Timestamp(0));
        assert_eq!(shown.len(), HELD_AHEAD_MAX + 1, "what fills the gap is taken all the same");
    }
}
