//! The relay's core, without I/O (the delivery service, in MLS's word): the line, who holds which place,
//! rooms and presence, what waits for somebody who is briefly away, and every limit (`features.md` 3.8,
//! 6.1, 6.6; `design.md`, A chat and The relay).
//!
//! One [`Delivery`] serves one program. Frames and the time go in, [`Command`]s come out; it names no
//! socket, no clock and no source of randomness, so the same input gives the same output. Everything is
//! in memory and bounded; nothing is logged, and nothing prints what it holds.
//!
//! It cannot read a message and does not try: it checks who may do what, and no more. What it does not
//! protect against: a relay that runs other code. Survivor and staff check one another by signatures
//! and inside the group, and count on the relay for nothing but delivery.

mod account;
mod admission;
mod answers;
mod claim;
mod command;
mod connection;
mod counters;
mod delivery;
mod dispatch;
mod due;
mod duty;
mod host_notices;
mod hours;
mod inventory;
mod limits;
mod line;
mod notes;
mod pace;
mod pressure;
mod published;
mod puzzles;
mod requests;
mod room;
mod rooms;
mod shares;
mod staff;
mod tail;
mod timers;
mod turn_away;
mod turns;

pub use command::{Command, ConnectionId};
pub use connection::Side;
pub use delivery::{Delivery, Holdings, Setup};
pub use host_notices::HostNotice;
pub use inventory::{Held, Kept, Sort};
pub use limits::Limits;
pub use pace::Pace;
pub use shares::{Share, ShareName};
