//! Whole chats of the real cores over a network that does what it likes, at a clock that stands until it is moved.
//!
//! One program for all: each further one would be linked with everything once more.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a scenario that fails here has failed"
)]

mod answers;
mod audit;
mod chat;
mod code_words;
mod colleagues;
mod ending;
mod faults;
mod flood;
mod guidance;
mod handover;
mod host_notices;
mod hostile;
mod hours;
mod interpreter;
mod joining;
mod leaving;
mod live;
mod meeting;
mod membership;
mod offers;
mod returning;
mod revoking;
mod scene;
mod shift;
mod silence;
mod successor;
mod turn_away;
