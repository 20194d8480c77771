//! Whole chats without a socket, a clock or a sleep: the real conversation core on every device, the real
//! relay core between them, and a network, a relay and people that a seed decides over (`features.md` 7.4).
//!
//! What counts as a failure: a message lost, doubled, out of order or shown under another name; a word
//! shown that came from nobody certified; a chat that does not come about or does not end though the
//! faults have stopped; anything held by the relay once all is over. What does not: a chat that waits
//! while the network or the relay is against it, and the order between two people's messages.
//!
//! Everything follows from [`World::new`]'s seed, so a failure is found again by its seed.

mod network;
mod program;
mod records;
mod shown;
mod world;

pub use network::{Direction, Fate, Way};
pub use program::SimulatedProgram;
pub use shown::{Shown, ShownChat};
pub use world::{DeviceNumber, World};
