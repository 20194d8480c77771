//! One direction and the other of a way between two relays: numbered, acknowledged, bounded (`decisions/0044`).
//!
//! Core NATS drops what a slow subscriber does not take, and says nothing. So messages are numbered, a number that is
//! missing ends the way, and with it every connection on it, whose devices come again: nothing is lost in silence. No
//! more is under way than the other side acknowledges, and what waits behind that is bounded, so that a relay that is
//! slow costs no other its memory. Ways share what the relay at which they meet may have of all together. Holds no clock
//! and sends nothing.

use std::collections::VecDeque;

use super::envelope::{BATCH_BYTES, CARRIED_FRAME_MAX};

/// Relays that one may have ways to and from.
pub(super) const WAYS_MAX: usize = 64;

/// Bytes that may be under way between one relay and all others in one direction, not acknowledged: half of what a NATS
/// server holds for a slow subscriber before it cuts it off.
const UNDER_WAY: usize = 32 * 1024 * 1024;

/// Messages with anything in them that may be under way likewise.
const MESSAGES_UNDER_WAY: usize = 4_096;

/// Messages from all others that a relay has to have room for: those, and from each a few with nothing in them, which
/// say what was heard.
pub(super) const MESSAGES_WAITING: usize = MESSAGES_UNDER_WAY + WAYS_MAX * 64;

/// Bytes of messages from all others that a relay has to have room for: each way goes beyond its part by one message.
pub(super) const HELD: usize = UNDER_WAY + WAYS_MAX * (BATCH_BYTES + CARRIED_FRAME_MAX);

/// The same of what comes from one home.
pub(super) const HELD_OF_HOME: usize = UNDER_WAY / PARTS_LEAST + BATCH_BYTES + CARRIED_FRAME_MAX;

/// The same of what is said to all: what so many relays say in some minutes.
pub(super) const WORDS_HELD: usize = 1024 * 1024;

/// Parts into which what is under way is divided at least: of each a way takes four MiB, which pass in a tenth of a
/// second where a relay is at its limit.
const PARTS_LEAST: usize = 8;

/// Bytes that wait to be sent on one way: what all devices of one relay may be sent at once, a fourth of what a whole
/// relay holds for devices that read slowly.
const QUEUE: usize = 16 * 1024 * 1024;

/// Bytes that wait on all ways from a home together. Where they are many each has its part.
const QUEUES: usize = 4 * QUEUE;

/// The part of the queue by which items go beyond it that each connection has at most one of. Where that is not enough
/// the other relay is at fault: no connection is opened and closed so often.
const BEYOND: usize = 4;

/// Bytes that all ways of a home hold at most: what waits, what is under way, and what came.
const HOME_HOLDS: usize = QUEUES + QUEUES / BEYOND + UNDER_WAY + HELD + WORDS_HELD;

/// The same of a carrier.
const CARRIER_HOLDS: usize =
    QUEUE + QUEUE / BEYOND + UNDER_WAY / PARTS_LEAST + HELD_OF_HOME + WORDS_HELD;

/// Bytes that ways to other relays hold at most: any relay can be home.
pub(super) const WAYS_HOLD: usize =
    if HOME_HOLDS > CARRIER_HOLDS { HOME_HOLDS } else { CARRIER_HOLDS };

/// How much one way may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    window: usize,
    messages: usize,
    queue: usize,
}

impl Part {
    /// Of each way from a home to so many carriers.
    pub(super) fn of_home(carriers: usize) -> Self {
        Self { queue: QUEUE.min(QUEUES / carriers.max(1)), ..Self::of_carrier(carriers) }
    }

    /// Of the way to a home from one of so many carriers.
    pub(super) fn of_carrier(carriers: usize) -> Self {
        let parts = carriers.max(PARTS_LEAST);
        Self { window: UNDER_WAY / parts, messages: MESSAGES_UNDER_WAY / parts, queue: QUEUE }
    }
}

/// No more fits in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct QueueFull;

/// A message is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gap;

/// What goes to the other relay.
pub(super) struct Outbound {
    part: Part,
    /// What waits, as it will leave: small items that waited one by one would take many times their bytes.
    queue: VecDeque<Vec<u8>>,
    queued: usize,
    /// The number of the last message.
    last: u64,
    /// What is under way: numbers, and bytes of items.
    under_way: VecDeque<(u64, usize)>,
    bytes_under_way: usize,
    overrun: bool,
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
    /// A way on which nothing has left.
    pub(super) fn new(part: Part) -> Self {
        Self {
            part,
            queue: VecDeque::new(),
            queued: 0,
            last: 0,
            under_way: VecDeque::new(),
            bytes_under_way: 0,
            overrun: false,
        }
    }

    /// There are more ways, or fewer: this is its part from now on.
    pub(super) fn share(&mut self, part: Part) {
        self.part = part;
    }

    /// Puts an item at the end, encoded.
    ///
    /// # Errors
    /// [`QueueFull`]: whatever it was for has to do without.
    pub(super) fn push(&mut self, item: Vec<u8>) -> Result<(), QueueFull> {
        if self.queued.saturating_add(item.len()) > self.part.queue {
            return Err(QueueFull);
        }
        self.push_small(item);
        Ok(())
    }

    /// Puts an item at the end that each connection has at most one of, and a few bytes of it, so that it may go
    /// beyond the bound. If it goes far beyond, the way is over ([`Self::is_overrun`]).
    pub(super) fn push_small(&mut self, item: Vec<u8>) {
        let most = self.part.queue + self.part.queue / BEYOND;
        if self.queued.saturating_add(item.len()) > most {
            self.overrun = true;
            return;
        }
        self.queued += item.len();
        match self.queue.back_mut().filter(|last| last.len() < BATCH_BYTES) {
            Some(last) => {
                last.extend_from_slice(&item);
                if last.len() >= BATCH_BYTES {
                    last.shrink_to_fit();
                }
            }
            None => self.queue.push_back(item),
        }
    }

    /// Whether something had no room that may not be left out.
    pub(super) fn is_overrun(&self) -> bool {
        self.overrun
    }

    /// The next message, if there are items and they may go.
    pub(super) fn next(&mut self) -> Option<Batch> {
        let full =
            self.bytes_under_way >= self.part.window || self.under_way.len() >= self.part.messages;
        if full {
            return None;
        }
        let items = self.queue.pop_front()?;
        self.queued -= items.len();
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
    messages: usize,
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
        self.messages += 1;
        Ok(())
    }

    /// Whether what was heard has to be acknowledged at once.
    pub(super) fn owes_word(&self) -> bool {
        // Half of the smallest part there is: whoever may send no more has always been told.
        let part = Part::of_carrier(WAYS_MAX);
        self.unacknowledged >= part.window / 2 || self.messages >= part.messages / 2
    }

    /// The number to acknowledge, in a message that leaves now.
    pub(super) fn acknowledge(&mut self) -> u64 {
        (self.unacknowledged, self.messages) = (0, 0);
        self.heard
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALONE: Part = Part { window: UNDER_WAY / 8, messages: 512, queue: QUEUE };

    fn outbound() -> Outbound {
        Outbound::new(Part::of_home(1))
    }

    fn item(length: usize) -> Vec<u8> {
        vec![1; length]
    }

    #[test]
    fn what_is_ready_leaves_together_in_its_order() {
        let mut out = outbound();
        out.push(vec![1, 1]).unwrap();
        out.push(vec![2]).unwrap();
        assert_eq!(out.next(), Some(Batch { number: 1, items: vec![1, 1, 2] }));
        assert_eq!(out.next(), None);
        assert_eq!(out.next_empty(), Batch { number: 2, items: vec![] });
    }

    #[test]
    fn a_relay_that_acknowledges_nothing_is_sent_no_more_than_the_window_and_kept_no_more_than_the_queue()
     {
        let mut out = outbound();
        let mut sent = 0;
        while out.push(item(60_000)).is_ok() {
            while let Some(batch) = out.next() {
                sent += batch.items.len();
            }
        }
        let window = ALONE.window;
        assert!((window..window + BATCH_BYTES + 60_000).contains(&sent), "{sent}");
        assert!(out.bytes() <= window + BATCH_BYTES + 60_000 + QUEUE);
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
        let owed_after = UNDER_WAY / WAYS_MAX / 2;
        let mut heard = Inbound::default();
        heard.take(1, owed_after - 1).unwrap();
        assert!(!heard.owes_word());
        heard.take(2, 1).unwrap();
        assert!(heard.owes_word());
        heard.acknowledge();
        assert!(!heard.owes_word());
    }

    /// What a relay that hears nothing was sent in small messages on this way.
    fn flood(out: &mut Outbound, length: usize) -> (usize, usize) {
        let (mut messages, mut bytes) = (0, 0);
        for _ in 0..2 * MESSAGES_UNDER_WAY {
            out.push(item(length)).unwrap();
            if let Some(batch) = out.next() {
                (messages, bytes) = (messages + 1, bytes + batch.items.len());
            }
        }
        (messages, bytes)
    }

    #[test]
    fn a_relay_that_stalls_is_sent_no_more_messages_than_it_has_room_for_however_small_they_are() {
        for ways in [1, 2, PARTS_LEAST, PARTS_LEAST + 1, WAYS_MAX] {
            for part in [Part::of_home(ways), Part::of_carrier(ways)] {
                let (messages, _) = flood(&mut Outbound::new(part), 1);
                assert!(messages > 0);
                assert!(ways * messages <= MESSAGES_UNDER_WAY, "{ways} ways: {messages}");
            }
        }
        assert_eq!(flood(&mut outbound(), 1).0, ALONE.messages);
    }

    #[test]
    fn all_ways_together_are_sent_and_kept_no_more_bytes_than_one_relay_may_have() {
        for ways in [1, 2, PARTS_LEAST, PARTS_LEAST + 1, WAYS_MAX] {
            let mut out = Outbound::new(Part::of_home(ways));
            let mut sent = 0;
            while out.push(item(60_000)).is_ok() {
                sent += out.next().map_or(0, |batch| batch.items.len());
            }
            assert!(ways * sent <= HELD, "{ways} ways: {sent}");
            assert!(ways * out.queued <= QUEUES, "{ways} ways: {}", out.queued);
        }
    }

    #[test]
    fn small_messages_are_acknowledged_before_the_smallest_part_is_full() {
        let (mut out, mut heard) = (Outbound::new(Part::of_carrier(WAYS_MAX)), Inbound::default());
        for _ in 0..1_000 {
            out.push(item(1)).unwrap();
            let batch = out.next().expect("the window is never full");
            heard.take(batch.number, 1).unwrap();
            if heard.owes_word() {
                out.acknowledged(heard.acknowledge());
            }
        }
    }

    #[test]
    fn what_waits_takes_little_more_than_its_bytes_however_small_the_items_are() {
        let mut out = outbound();
        while out.push(item(9)).is_ok() {}
        let around = out.queue.capacity() * size_of::<Vec<u8>>();
        let taken = out.queue.iter().map(Vec::capacity).sum::<usize>() + around;
        assert!(taken <= QUEUE + 2 * BATCH_BYTES, "{taken}");
    }

    #[test]
    fn what_each_connection_has_one_of_goes_beyond_the_queue_and_not_without_an_end() {
        let mut out = outbound();
        while out.push(item(60_000)).is_ok() {}
        out.push_small(item(9));
        assert!(!out.is_overrun());
        for _ in 0..QUEUE / BEYOND {
            out.push_small(item(9));
        }
        assert!(out.is_overrun());
        assert!(out.queued <= QUEUE + QUEUE / BEYOND);
    }

    proptest! {
        /// Whatever waits, leaves, gets lost and is acknowledged: what comes is the beginning of what was sent, or the
        /// gap is noticed.
        #[test]
        fn nothing_is_lost_in_silence(
            steps in proptest::collection::vec((0_u8..4, 1_usize..70_000), 1..200),
        ) {
            let (mut out, mut heard) = (outbound(), Inbound::default());
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
