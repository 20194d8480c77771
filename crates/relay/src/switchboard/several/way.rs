//! One direction and the other of a way between two relays: numbered, acknowledged, bounded (`decisions/0044`).
//!
//! Core NATS drops what a slow subscriber does not take, and says nothing. So messages are numbered, a number that is
//! missing ends the way, and with it every connection on it, whose devices come again: nothing is lost in silence. No
//! more is under way than the other side acknowledges, and what waits behind that is bounded, so that a relay that is
//! slow costs no other its memory. Holds no clock and sends nothing.

use std::collections::VecDeque;

use super::envelope::BATCH_BYTES;

/// Bytes under way that the other side has not acknowledged: what passes in a tenth of a second where a relay is at
/// its limit, and no more than a server takes for a slow subscriber (64 MiB of all ways together).
const WINDOW: usize = 4 * 1024 * 1024;

/// Bytes heard after which that is acknowledged at once, and not with what is sent next anyway.
const ACKNOWLEDGED_AFTER: usize = WINDOW / 8;

/// Bytes that wait to be sent on one way: what all devices of one relay may be sent at once, a fourth of what a whole
/// relay holds for devices that read slowly.
const QUEUE: usize = 16 * 1024 * 1024;

/// No more fits in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct QueueFull;

/// A message is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gap;

/// What goes to the other relay.
#[derive(Default)]
pub(super) struct Outbound {
    queue: VecDeque<Vec<u8>>,
    queued: usize,
    /// The number of the last message.
    last: u64,
    /// What is under way: numbers, and bytes of items.
    under_way: VecDeque<(u64, usize)>,
    bytes_under_way: usize,
}

/// One message's items, encoded one after the other.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Batch {
    /// The message's number.
    pub(super) number: u64,
    /// Its items.
    pub(super) items: Vec<u8>,
}

impl Outbound {
    /// Puts an item at the end, encoded.
    ///
    /// # Errors
    /// [`QueueFull`]: whatever it was for has to do without.
    pub(super) fn push(&mut self, item: Vec<u8>) -> Result<(), QueueFull> {
        if self.queued.saturating_add(item.len()) > QUEUE {
            return Err(QueueFull);
        }
        self.push_small(item);
        Ok(())
    }

    /// Puts an item at the end that each connection has at most one of, and a few bytes of it, so that it may go
    /// beyond the bound.
    pub(super) fn push_small(&mut self, item: Vec<u8>) {
        self.queued += item.len();
        self.queue.push_back(item);
    }

    /// The next message, if there are items and they may go.
    pub(super) fn next(&mut self) -> Option<Batch> {
        if self.queue.is_empty() || self.bytes_under_way >= WINDOW {
            return None;
        }
        let mut items = Vec::new();
        while items.len() < BATCH_BYTES
            && let Some(item) = self.queue.pop_front()
        {
            self.queued -= item.len();
            if items.is_empty() {
                items = item;
            } else {
                items.extend_from_slice(&item);
            }
        }
        if self.queue.is_empty() {
            self.queue = VecDeque::new();
        }
        Some(self.numbered(items))
    }

    /// A message with nothing in it: that the way stands, and what was heard.
    pub(super) fn next_empty(&mut self) -> Batch {
        self.numbered(Vec::new())
    }

    fn numbered(&mut self, items: Vec<u8>) -> Batch {
        self.last += 1;
        if !items.is_empty() {
            self.under_way.push_back((self.last, items.len()));
            self.bytes_under_way += items.len();
        }
        Batch { number: self.last, items }
    }

    /// The other side has heard everything up to this number.
    pub(super) fn acknowledged(&mut self, heard: u64) {
        while let Some((number, bytes)) = self.under_way.front().copied()
            && number <= heard
        {
            self.under_way.pop_front();
            self.bytes_under_way -= bytes;
        }
    }

    /// Whether a message has left.
    pub(super) fn has_begun(&self) -> bool {
        self.last > 0
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Bytes that wait, and that are under way.
    pub(super) fn bytes(&self) -> usize {
        self.queued + self.bytes_under_way
    }
}

/// What comes from the other relay.
#[derive(Default)]
pub(super) struct Inbound {
    heard: u64,
    unacknowledged: usize,
}

impl Inbound {
    /// A message came, of so many bytes.
    ///
    /// # Errors
    /// [`Gap`]: it is not the next one.
    pub(super) fn take(&mut self, number: u64, bytes: usize) -> Result<(), Gap> {
        if number != self.heard.saturating_add(1) {
            return Err(Gap);
        }
        self.heard = number;
        self.unacknowledged += bytes;
        Ok(())
    }

    /// Whether what was heard has to be acknowledged at once.
    pub(super) fn owes_word(&self) -> bool {
        self.unacknowledged >= ACKNOWLEDGED_AFTER
    }

    /// The number to acknowledge, in a message that leaves now.
    pub(super) fn acknowledge(&mut self) -> u64 {
        self.unacknowledged = 0;
        self.heard
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn item(length: usize) -> Vec<u8> {
        vec![1; length]
    }

    #[test]
    fn what_is_ready_leaves_together_in_its_order() {
        let mut out = Outbound::default();
        out.push(vec![1, 1]).unwrap();
        out.push(vec![2]).unwrap();
        assert_eq!(out.next(), Some(Batch { number: 1, items: vec![1, 1, 2] }));
        assert_eq!(out.next(), None);
        assert_eq!(out.next_empty(), Batch { number: 2, items: vec![] });
    }

    #[test]
    fn a_relay_that_acknowledges_nothing_is_sent_no_more_than_the_window_and_kept_no_more_than_the_queue()
     {
        let mut out = Outbound::default();
        let mut sent = 0;
        while out.push(item(60_000)).is_ok() {
            while let Some(batch) = out.next() {
                sent += batch.items.len();
            }
        }
        assert!((WINDOW..WINDOW + BATCH_BYTES + 60_000).contains(&sent), "{sent}");
        assert!(out.bytes() <= WINDOW + BATCH_BYTES + 60_000 + QUEUE);
        // It is heard again: everything that waited goes, and there is room.
        out.acknowledged(u64::MAX);
        assert!(out.next().is_some());
        out.push(item(60_000)).unwrap();
    }

    #[test]
    fn a_message_that_is_missing_or_comes_twice_is_a_gap() {
        let mut heard = Inbound::default();
        heard.take(1, 10).unwrap();
        heard.take(2, 10).unwrap();
        assert_eq!(heard.take(2, 10), Err(Gap));
        assert_eq!(heard.take(4, 10), Err(Gap));
        assert_eq!(heard.acknowledge(), 2);
    }

    #[test]
    fn much_that_was_heard_is_acknowledged_at_once() {
        let mut heard = Inbound::default();
        heard.take(1, ACKNOWLEDGED_AFTER - 1).unwrap();
        assert!(!heard.owes_word());
        heard.take(2, 1).unwrap();
        assert!(heard.owes_word());
        heard.acknowledge();
        assert!(!heard.owes_word());
    }

    proptest! {
        /// Whatever waits, leaves, gets lost and is acknowledged: what comes is the beginning of what was sent, or the
        /// gap is noticed.
        #[test]
        fn nothing_is_lost_in_silence(
            steps in proptest::collection::vec((0_u8..4, 1_usize..70_000), 1..200),
        ) {
            let (mut out, mut heard) = (Outbound::default(), Inbound::default());
            let (mut pushed, mut came, mut lost) = (0_usize, 0_usize, false);
            for (step, length) in steps {
                match step {
                    0 => if out.push(item(length)).is_ok() { pushed += length },
                    1 => if let Some(batch) = out.next() {
                        let taken = heard.take(batch.number, batch.items.len());
                        prop_assert_eq!(taken.is_err(), lost);
                        if taken.is_ok() { came += batch.items.len() }
                    },
                    2 => lost |= out.next().is_some(),
                    _ => if !lost { out.acknowledged(heard.acknowledge()) },
                }
                prop_assert!(came <= pushed);
                if !lost { prop_assert_eq!(came + out.queued, pushed) }
            }
        }
    }
}
