//! What is counted of a day, for the program's reports: chats, people who left while they waited, how long chat was
//! open (`features.md` 5.8).
//!
//! Four numbers in memory, as long as the day lasts; at its end, and when the relay stops, they are sealed to the
//! report key and given out. Under a policy that has no report key nothing is counted. A chat that goes on with
//! somebody else on the same line is one chat; after a dropped line it may count as two. A relay that is killed
//! loses the day's numbers, and one that runs other code can count whatever it likes.

use core::time::Duration;

use stillroom_program::{DayCounts, ReceivingPublicKey, Timestamp};
use stillroom_protocol::counts::SealedDayCounts;
use stillroom_protocol::{DayCountsId, TicketId};

use crate::command::{Command, ConnectionId};
use crate::delivery::Delivery;
use crate::timers::Timer;

/// Milliseconds of a day.
const DAY: u64 = 24 * 60 * 60 * 1000;

/// The numbers of the day.
#[derive(Default)]
pub(crate) struct Counters {
    chats: u32,
    left_waiting: u32,
    open: Duration,
    /// Since when chat is open and counted.
    open_since: Option<Timestamp>,
    /// When the day is over; nothing where nothing was counted yet.
    ends: Option<Timestamp>,
}

impl Counters {
    /// Whether anything is counted.
    pub(crate) fn is_counting(&self) -> bool {
        self.ends.is_some()
    }
}

impl Delivery {
    /// A survivor on this connection is about to come into a chat, if the offer is one.
    pub(crate) fn count_chat(
        &mut self,
        from: ConnectionId,
        ticket: TicketId,
        offer: u64,
        now: Timestamp,
    ) {
        let is_first = self.connections.get(from).is_some_and(|survivor| !survivor.chatted);
        if is_first && self.line.offers(ticket, offer) && self.counts_today(now) {
            self.counters.chats = self.counters.chats.saturating_add(1);
        }
    }

    /// Whoever has this place is about to leave it, if there is one.
    pub(crate) fn count_left(&mut self, ticket: TicketId, now: Timestamp) {
        if self.line.places.contains_key(&ticket) && self.counts_today(now) {
            self.counters.left_waiting = self.counters.left_waiting.saturating_add(1);
        }
    }

    /// Looks whether chat is open, after whatever may have changed it.
    pub(crate) fn count_open(&mut self, now: Timestamp) {
        let is_open = self.is_open() && !self.stopping && self.counts_today(now);
        match (self.counters.open_since, is_open) {
            (None, true) => self.counters.open_since = Some(now),
            (Some(since), false) => {
                self.counters.open += now.checked_since(since);
                self.counters.open_since = None;
            }
            _ => {}
        }
    }

    /// Seals the day's numbers and begins anew: at the end of the day, and when the relay stops.
    pub(crate) fn end_day(&mut self, now: Timestamp) {
        let Some(ends) = self.counters.ends else {
            return;
        };
        self.fx.timers.clear(Timer::Day);
        let was = core::mem::take(&mut self.counters);
        let open = was.open_since.map_or(was.open, |since| was.open + now.checked_since(since));
        let counts = DayCounts {
            day: u32::try_from((ends.0 / DAY).saturating_sub(1)).unwrap_or(u32::MAX),
            chats: was.chats,
            left_waiting: was.left_waiting,
            open_seconds: u32::try_from(open.as_secs()).unwrap_or(u32::MAX),
        };
        if let Some(sealed) = self.seal_counts(&counts) {
            self.fx.push(Command::KeepCounts(sealed));
        }
        self.count_open(now);
    }

    fn seal_counts(&mut self, counts: &DayCounts) -> Option<SealedDayCounts> {
        let key = self.report_key()?.clone();
        let sealed = counts.seal(&self.program, &key, &mut *self.rng).ok()?;
        let mut id = DayCountsId([0; 16]);
        self.rng.fill_bytes(&mut id.0);
        Some(SealedDayCounts { id, sealed: sealed.try_into().ok()? })
    }

    fn report_key(&self) -> Option<&ReceivingPublicKey> {
        self.published.policy()?.report_key.as_ref()
    }

    /// A day of which there is something to count ends at midnight. No where nothing is counted.
    fn counts_today(&mut self, now: Timestamp) -> bool {
        if self.report_key().is_none() {
            return false;
        }
        if self.counters.ends.is_none() {
            let midnight = Timestamp((now.0 / DAY).saturating_add(1).saturating_mul(DAY));
            self.counters.ends = Some(midnight);
            self.fx.timers.set(Timer::Day, midnight);
        }
        true
    }
}
