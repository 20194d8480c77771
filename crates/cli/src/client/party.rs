//! What the survivor's core and the desk's have in common: the calls that a shell makes.

use stillroom_conversation::{Desk, DeskEvent, Survivor, SurvivorEvent, Transmit};
use stillroom_program::Timestamp;
use stillroom_protocol::Puzzle;

/// A core that a [`super::Client`] drives.
pub(crate) trait Party {
    /// What it tells.
    type Event;
    /// The connection stands.
    fn handle_connected(&mut self, now: Timestamp);
    /// A frame came.
    fn handle_frame(&mut self, frame: &[u8], now: Timestamp);
    /// The connection is gone.
    fn handle_disconnected(&mut self, now: Timestamp);
    /// The time that it asked for has come.
    fn handle_timeout(&mut self, now: Timestamp);
    /// What the shell is to do next.
    fn poll_transmit(&mut self) -> Option<Transmit>;
    /// What it has to tell next.
    fn poll_event(&mut self) -> Option<Self::Event>;
    /// When it wants to be called again.
    fn poll_timeout(&mut self) -> Option<Timestamp>;
    /// Whether the event is about a puzzle: one to solve, or none any more.
    fn puzzle(event: &Self::Event) -> Option<Option<Puzzle>>;
    /// That is solved.
    fn solved(&mut self, answer: u64, now: Timestamp);
}

macro_rules! party {
    ($core:ty, $event:ty, $puzzle:expr, $solved:expr) => {
        impl Party for $core {
            type Event = $event;
            fn handle_connected(&mut self, now: Timestamp) {
                <$core>::handle_connected(self, now);
            }
            fn handle_frame(&mut self, frame: &[u8], now: Timestamp) {
                <$core>::handle_frame(self, frame, now);
            }
            fn handle_disconnected(&mut self, now: Timestamp) {
                <$core>::handle_disconnected(self, now);
            }
            fn handle_timeout(&mut self, now: Timestamp) {
                <$core>::handle_timeout(self, now);
            }
            fn poll_transmit(&mut self) -> Option<Transmit> {
                <$core>::poll_transmit(self)
            }
            fn poll_event(&mut self) -> Option<$event> {
                <$core>::poll_event(self)
            }
            fn poll_timeout(&mut self) -> Option<Timestamp> {
                <$core>::poll_timeout(self)
            }
            fn puzzle(event: &$event) -> Option<Option<Puzzle>> {
                $puzzle(event)
            }
            fn solved(&mut self, answer: u64, now: Timestamp) {
                $solved(self, answer, now);
            }
        }
    };
}

party!(
    Survivor,
    SurvivorEvent,
    |event: &SurvivorEvent| match event {
        SurvivorEvent::Puzzle(puzzle) => Some(*puzzle),
        _ => None,
    },
    Survivor::solved
);
// Staff are never asked.
party!(Desk, DeskEvent, |_: &DeskEvent| None, |_: &mut Desk, _, _| {});
