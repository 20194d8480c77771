//! Practice chats: stories with a scripted survivor, for whoever is about to take real chats (`features.md`
//! 5.5).
//!
//! Like the other cores it has no clock, no randomness and no socket. It knows nothing of keys, of the line or
//! of any real chat, so no fault in it can reach one. It holds no words either: stories name their texts, which
//! are in `practice.ftl`. It does not read what a trainee writes: it asks which described way is nearest, and a
//! trainee who says otherwise than they wrote is told about the way that they chose.

mod debrief;
mod stories;
mod story;
mod walk;

pub use debrief::{Debrief, Ticked, Took};
pub use stories::STORIES;
pub use story::{Choice, Heading, Item, Step, Story, Then, WAYS, Way, Worth};
pub use walk::{Answering, Choosing, NotWritten, Turn};
