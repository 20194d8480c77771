//! The end-to-end encryption of a chat: MLS (RFC 9420) with one hybrid post-quantum suite, and the rules
//! of a chat on top. The only place that names the MLS library.
//!
//! Keeps what a chat rests on (`features.md` 1.7, 3.8, 3.12, 6.1): only those in the roster read a message,
//! only the lead changes the roster, everybody's own device checks that, and all keys are erased with the
//! chat. Time and randomness are given by the caller. Not here: whether staff are who they say (the caller
//! verifies each chain), lengths on the wire (the caller pads), and whether anything arrives at all.
//!
//! The library copies a commit of one's own, with its keys, through memory that it does not erase; that
//! happens on the lead's device alone.

mod client;
mod credential;
mod error;
mod group;
mod hpke;
mod lead;
mod membership;
mod prospect;
mod received;
mod storage;
mod suite;
#[cfg(test)]
pub(crate) mod tests;

pub use credential::{Leaf, Member, MemberCredential};
pub use error::{Fault, MlsError, Rule};
pub use group::Group;
pub use prospect::Prospect;
pub use received::Received;
