//! The frames between a device and the relay: what they hold, how long each field may be, how a relay
//! refuses, and how a message is padded (`features.md` 3.1, 6.1, 6.6).
//!
//! Everything that a relay must not read is an opaque field of bytes here, and nothing in this crate can
//! open one. It does no I/O and holds no keys; its only cryptography is the hash by which an address is
//! made from a secret ([`ids`]). What it does not protect against: a relay that sends well-formed frames
//! that are not true. Each side checks what it is told, by signatures and inside the group.
#![no_std]
extern crate alloc;

mod answers;
pub mod counts;
pub mod frame;
pub mod ids;
mod leaving;
pub mod limits;
pub mod padding;
mod puzzle;
pub mod refusal;
pub mod second_way;

pub use answers::{
    ANSWERS_BATCH_MAX, ANSWERS_BYTES_MAX, ANSWERS_SEALED_MAX, AnswersBatch, AnswersFormat,
    AnswersKind, AnswersMalformed, SealedAnswers,
};
pub use frame::{ClientFrame, Operation, RelayFrame, Reply, Shared, TurnedAwayNote};
pub use ids::{
    AnswersBatchId, AttachToken, DayCountsId, HostNoticeId, InvitationId, KeyPackageHash,
    LeavingHash, LeavingToken, Nonce, ProgramId, RoomId, RoomSecret, StaffId, Ticket, TicketId,
    TokenHash,
};
pub use leaving::{LEAVING_BYTES, Leaving};
pub use puzzle::{PUZZLE_BITS_MOST, PUZZLE_LIFE_SECONDS, Puzzle};
pub use refusal::{About, Refusal};
pub use stillroom_wire::{
    Bytes, CodecError, DecodeError, Flag, List, MlsDecode, MlsEncode, MlsSize, Text, TooLong, Vec,
    choice, decode, encode,
};

/// The version of these frames. A relay answers another one with [`Refusal::VersionUnsupported`].
pub const VERSION: u16 = 1;
