//! The wires between devices and the relay: in order, slow, and cut at will. What happens to each frame
//! on the way is decided by a [`Way`], which may be hostile.

use std::collections::VecDeque;

use stillroom_delivery::ConnectionId;
use stillroom_program::Timestamp;

use crate::world::DeviceNumber;

/// Where a frame goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From a device to the relay.
    Up,
    /// From the relay to a device.
    Down,
}

/// What becomes of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrives.
    Arrives,
    /// It is dropped.
    Dropped,
    /// These arrive in its place, in this order.
    Becomes(Vec<Vec<u8>>),
}

/// Decides over each frame; the relay's and the network's malice.
pub type Way = Box<dyn FnMut(DeviceNumber, Direction, &[u8]) -> Fate>;

/// A connection: frames under way, each with the time at which it arrives.
pub(crate) struct Wire {
    pub(crate) connection: ConnectionId,
    pub(crate) up: VecDeque<(Timestamp, Vec<u8>)>,
    pub(crate) down: VecDeque<(Timestamp, Vec<u8>)>,
}

impl Wire {
    pub(crate) fn new(connection: ConnectionId) -> Self {
        Self { connection, up: VecDeque::new(), down: VecDeque::new() }
    }

    /// Puts a frame on its way; it does not overtake what went before.
    pub(crate) fn send(&mut self, direction: Direction, arrives: Timestamp, frame: Vec<u8>) {
        let queue = match direction {
            Direction::Up => &mut self.up,
            Direction::Down => &mut self.down,
        };
        let arrives = queue.back().map_or(arrives, |(last, _)| arrives.max(*last));
        queue.push_back((arrives, frame));
    }

    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        let heads = [self.up.front(), self.down.front()];
        heads.into_iter().flatten().map(|(arrives, _)| *arrives).min()
    }

    /// The next frame that has arrived.
    pub(crate) fn take_arrived(&mut self, now: Timestamp) -> Option<(Direction, Vec<u8>)> {
        if self.up.front().is_some_and(|(arrives, _)| *arrives <= now) {
            return self.up.pop_front().map(|(_, frame)| (Direction::Up, frame));
        }
        if self.down.front().is_some_and(|(arrives, _)| *arrives <= now) {
            return self.down.pop_front().map(|(_, frame)| (Direction::Down, frame));
        }
        None
    }
}
