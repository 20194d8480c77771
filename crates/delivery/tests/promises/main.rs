//! What the relay's core promises, and what must not happen, by topic. Frames go in and commands come
//! out as with a real relay; the time is made up.

// Helpers outside `#[test]` functions fail a test as those do: by panicking.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod admission;
mod answers;
mod claims;
mod counters;
mod duty;
mod floods;
mod host_notices;
mod hostile;
mod hours;
mod inventory;
mod leaving;
mod limits;
mod line;
mod model;
mod notes;
mod program;
mod requests;
mod restart;
mod rooms;
mod shares;
mod turn_away;
mod world;
