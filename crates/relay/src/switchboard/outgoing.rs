//! What waits to be sent on one connection, bounded (`features.md` 6.6).
//!
//! A device that reads more slowly than others write to it is dropped, never buffered for: what it missed
//! is sent again from end to end. The kernel's own send buffer is not counted here.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use stillroom_protocol::{About, Refusal, RelayFrame, encode};
use tokio::sync::Notify;

use crate::allotment::Allotment;

/// Frames for which room stays reserved once a queue is empty; a burst's room is given back.
const FRAMES_RESERVED: usize = 4;

/// The bytes that wait on all connections together, and how many that may be.
#[derive(Debug)]
pub struct OutgoingBytes {
    waiting: AtomicUsize,
    most: usize,
    of_process: Allotment,
}

impl OutgoingBytes {
    /// Nothing waits yet; at most `most` bytes may, and no more than what this program may have `of_process`.
    pub(crate) fn new(most: usize, of_process: Allotment) -> Self {
        Self { waiting: AtomicUsize::new(0), most, of_process }
    }

    /// How many bytes wait now.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    fn take(&self, bytes: usize) -> bool {
        let before = self.waiting.fetch_add(bytes, Ordering::Relaxed);
        let fits = before.saturating_add(bytes) <= self.most && self.of_process.take(bytes);
        if !fits {
            self.waiting.fetch_sub(bytes, Ordering::Relaxed);
        }
        fits
    }

    fn give_back(&self, bytes: usize) {
        self.waiting.fetch_sub(bytes, Ordering::Relaxed);
        self.of_process.give_back(bytes);
    }
}

/// Where the core's frames for one connection go.
pub(crate) trait Sink: Send + Sync {
    /// Takes one frame.
    ///
    /// # Errors
    /// [`TooMuch`] waits there. The connection is closed then, and takes nothing any more.
    fn push(&self, frame: Arc<[u8]>) -> Result<(), TooMuch>;

    /// Closes the connection once what waits has left.
    fn close(&self, refusal: Option<Refusal>);
}

/// A connection's queue: filled by a switchboard, emptied by the connection's own task.
pub struct Outgoing {
    queue: Mutex<Queue>,
    changed: Notify,
    most: usize,
    all: Arc<OutgoingBytes>,
}

#[derive(Default)]
struct Queue {
    frames: VecDeque<Arc<[u8]>>,
    /// How many frames there were before those that wait.
    gone: u64,
    bytes: usize,
    /// Nothing is taken in any more; the connection closes when what is in the queue has left.
    ended: Option<Option<Refusal>>,
}

/// What the connection's task does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Send this frame.
    Frame(Arc<[u8]>),
    /// Close the connection, for this reason if there is one that its frame has named.
    Close(Option<Refusal>),
}

/// More waits than may wait on this connection, or on all together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMuch;

impl Outgoing {
    /// A queue of at most `most` bytes, counted into `all`.
    pub fn new(most: usize, all: Arc<OutgoingBytes>) -> Self {
        Self { queue: Mutex::default(), changed: Notify::new(), most, all }
    }

    /// Puts one frame at the end.
    ///
    /// # Errors
    /// [`TooMuch`] if it does not fit: the device reads too slowly. What waited is dropped, the device is
    /// told so if it still reads, and the connection closes.
    pub fn push(&self, frame: Arc<[u8]>) -> Result<(), TooMuch> {
        let mut queue = self.lock();
        if queue.ended.is_some() {
            return Ok(());
        }
        let fits =
            queue.bytes.saturating_add(frame.len()) <= self.most && self.all.take(frame.len());
        if fits {
            queue.bytes += frame.len();
            queue.frames.push_back(frame);
        } else {
            self.end(&mut queue, Refusal::TooSlow);
        }
        drop(queue);
        self.changed.notify_one();
        if fits { Ok(()) } else { Err(TooMuch) }
    }

    /// Closes the connection once what waits has left.
    pub fn close(&self, refusal: Option<Refusal>) {
        self.lock().ended.get_or_insert(refusal);
        self.changed.notify_one();
    }

    /// Waits for the next thing to do. For one task.
    pub async fn next(&self) -> Next {
        loop {
            if let Some(next) = self.next_now() {
                return next;
            }
            self.changed.notified().await;
        }
    }

    /// The next thing to do, if there is one at this moment.
    pub fn next_now(&self) -> Option<Next> {
        let mut queue = self.lock();
        match queue.frames.pop_front() {
            Some(frame) => {
                self.let_go(&mut queue, &frame);
                Some(Next::Frame(frame))
            }
            None => queue.ended.map(Next::Close),
        }
    }

    fn let_go(&self, queue: &mut Queue, frame: &[u8]) {
        queue.gone += 1;
        queue.bytes = queue.bytes.saturating_sub(frame.len());
        self.all.give_back(frame.len());
        if queue.frames.is_empty() {
            queue.frames.shrink_to(FRAMES_RESERVED);
        }
    }

    /// What comes after the frame with this number, the first being 1, if there is something. It stays in the queue until
    /// [`Outgoing::confirm`]. A frame that is not there any more cannot be sent: the connection closes.
    pub(crate) fn after(&self, number: u64) -> Option<Next> {
        let queue = self.lock();
        let Some(place) = number.checked_sub(queue.gone) else {
            return Some(Next::Close(queue.ended.flatten()));
        };
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        match queue.frames.get(place) {
            Some(frame) => Some(Next::Frame(Arc::clone(frame))),
            None => queue.ended.map(Next::Close),
        }
    }

    /// The device has all frames up to this number. Whether that many were ever there.
    pub(crate) fn confirm(&self, number: u64) -> bool {
        let mut queue = self.lock();
        while queue.gone < number {
            let Some(frame) = queue.frames.pop_front() else {
                return false;
            };
            self.let_go(&mut queue, &frame);
        }
        true
    }

    /// Whether the connection is to close.
    pub(crate) fn is_closing(&self) -> bool {
        self.lock().ended.is_some()
    }

    /// Whether all that was to be said has left, and nothing more comes.
    pub(crate) fn is_over(&self) -> bool {
        let queue = self.lock();
        queue.ended.is_some() && queue.frames.is_empty()
    }

    /// Waits until something has changed. For one task, and not beside [`Outgoing::next`].
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Waits until the connection is to close. For the task that calls [`Outgoing::next`], while it writes.
    pub async fn ended(&self) {
        while self.lock().ended.is_none() {
            self.changed.notified().await;
        }
    }

    fn end(&self, queue: &mut Queue, refusal: Refusal) {
        self.all.give_back(queue.bytes);
        queue.gone += queue.frames.len() as u64;
        queue.frames.clear();
        let frame: Arc<[u8]> = refused(refusal).into();
        queue.bytes = 0;
        if self.all.take(frame.len()) {
            queue.bytes = frame.len();
            queue.frames.push_back(frame);
        }
        queue.ended = Some(Some(refusal));
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Outgoing {
    fn push(&self, frame: Arc<[u8]>) -> Result<(), TooMuch> {
        Outgoing::push(self, frame)
    }

    fn close(&self, refusal: Option<Refusal>) {
        Outgoing::close(self, refusal);
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        let bytes = self.lock().bytes;
        self.all.give_back(bytes);
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outgoing({} bytes)", self.lock().bytes)
    }
}

/// The frame that says why a whole connection ends.
pub(crate) fn refused(refusal: Refusal) -> Vec<u8> {
    encode(&RelayFrame::Refused { about: About::Connection, refusal })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allotment::Stocks;
    use crate::config::InAll;

    fn queue(most: usize, all: usize) -> (Outgoing, Arc<OutgoingBytes>) {
        let all = Arc::new(OutgoingBytes::new(all, Allotment::unbounded()));
        (Outgoing::new(most, Arc::clone(&all)), all)
    }

    #[test]
    fn frames_leave_in_the_order_in_which_they_came() {
        let (outgoing, all) = queue(100, 100);
        outgoing.push([1; 10].into()).unwrap();
        outgoing.push([2; 10].into()).unwrap();
        outgoing.close(None);
        assert_eq!(all.waiting(), 20);
        assert_eq!(outgoing.next_now(), Some(Next::Frame([1; 10].into())));
        assert_eq!(outgoing.next_now(), Some(Next::Frame([2; 10].into())));
        assert_eq!(outgoing.next_now(), Some(Next::Close(None)));
        assert_eq!(all.waiting(), 0);
    }

    #[test]
    fn a_device_that_reads_too_slowly_is_told_so_and_loses_what_waited() {
        let (outgoing, all) = queue(100, 1000);
        outgoing.push([1; 90].into()).unwrap();
        assert_eq!(outgoing.push([2; 11].into()), Err(TooMuch));
        let told = refused(Refusal::TooSlow);
        assert_eq!(outgoing.next_now(), Some(Next::Frame(told.into())));
        assert_eq!(outgoing.next_now(), Some(Next::Close(Some(Refusal::TooSlow))));
        assert_eq!(all.waiting(), 0);
    }

    #[test]
    fn nothing_is_taken_in_after_the_end() {
        let (outgoing, all) = queue(100, 100);
        outgoing.close(None);
        outgoing.push([1; 10].into()).unwrap();
        assert_eq!(outgoing.next_now(), Some(Next::Close(None)));
        assert_eq!(all.waiting(), 0);
    }

    #[test]
    fn what_is_not_confirmed_is_there_to_be_sent_again_and_counts() {
        let (outgoing, all) = queue(100, 100);
        outgoing.push([1; 10].into()).unwrap();
        outgoing.push([2; 10].into()).unwrap();
        for _ in 0..2 {
            assert_eq!(outgoing.after(0), Some(Next::Frame([1; 10].into())));
            assert_eq!(outgoing.after(1), Some(Next::Frame([2; 10].into())));
            assert_eq!(outgoing.after(2), None);
        }
        assert_eq!(all.waiting(), 20);
        assert!(outgoing.confirm(1));
        assert!(outgoing.confirm(1), "what is confirmed already");
        assert_eq!(all.waiting(), 10);
        assert_eq!(outgoing.after(0), Some(Next::Close(None)), "what is gone cannot be sent");
        assert!(!outgoing.confirm(3), "more than there ever was");
    }

    #[test]
    fn a_device_that_confirms_too_little_is_dropped_like_one_that_reads_too_slowly() {
        let (outgoing, all) = queue(100, 1000);
        outgoing.push([1; 90].into()).unwrap();
        assert_eq!(outgoing.push([2; 11].into()), Err(TooMuch));
        assert_eq!(outgoing.after(0), Some(Next::Close(Some(Refusal::TooSlow))));
        let told = refused(Refusal::TooSlow);
        assert_eq!(outgoing.after(1), Some(Next::Frame(told.into())));
        assert!(!outgoing.is_over());
        assert!(outgoing.confirm(2));
        assert!(outgoing.is_over());
        assert_eq!(all.waiting(), 0);
    }

    #[test]
    fn all_connections_together_are_bounded() {
        let (first, all) = queue(100, 120);
        let second = Outgoing::new(100, Arc::clone(&all));
        first.push([1; 100].into()).unwrap();
        assert_eq!(second.push([2; 40].into()), Err(TooMuch));
    }

    #[test]
    fn bytes_that_flood_one_program_leave_every_other_its_part() {
        let in_all = InAll { outgoing_bytes: 100, reserved: 50, ..InAll::default() };
        let stocks = Stocks::new(&in_all, 2);
        let of = |program| Arc::new(OutgoingBytes::new(1000, stocks.portion(program).outgoing));
        let (flooded, other) = (Outgoing::new(1000, of(0)), Outgoing::new(1000, of(1)));
        flooded.push([1; 75].into()).unwrap();
        other.push([2; 25].into()).unwrap();
        assert_eq!(other.push([2].into()), Err(TooMuch), "its own part, and no more is left");
        assert_eq!(flooded.push([1].into()), Err(TooMuch));
    }

    #[test]
    fn a_connection_that_is_gone_counts_no_longer() {
        let (outgoing, all) = queue(100, 100);
        outgoing.push([1; 60].into()).unwrap();
        drop(outgoing);
        assert_eq!(all.waiting(), 0);
    }

    #[test]
    fn a_queue_prints_no_frame() {
        let (outgoing, _) = queue(100, 100);
        outgoing.push([0x5a; 10].into()).unwrap();
        assert_eq!(format!("{outgoing:?}"), "Outgoing(10 bytes)");
    }
}
