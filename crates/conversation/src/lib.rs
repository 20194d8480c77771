//! The client core of a chat, without I/O, clock or randomness of its own: the survivor's and the desk's
//! sides as state machines over MLS (`features.md` 1.1, 2.4, 3.1, 3.3, 3.6, 3.8, 3.12, 4.1, 5.1-5.4).
//!
//! Frames, the person's actions and the time go in; frames to send, what to show, and when to be called
//! again come out. The same code runs in both pages, in the headless client, in the load generator and in
//! the simulator. Who must be stopped by it: the host and whoever sits on the way, who may drop, delay,
//! repeat, alter and invent frames. Who cannot be: whoever holds a device while it is in use, and a page
//! whose code was changed.

mod administrator;
mod answers;
mod audit;
mod chat;
mod conversation;
mod desk;
mod envelope;
mod host;
mod kept_out;
mod limits;
mod line;
pub mod mls;
mod randomness;
mod survivor;
mod trust;

pub use administrator::{
    Administrator, AdministratorEvent, PolicyEntry, PolicyEvent, PolicyTrouble,
};
pub use audit::{AuditSeen, AuditTrouble, AuditWrong};
pub use conversation::{
    Announcement, Author, Company, ConversationEvent, EndStep, Ending, Handover, HandoverAsked,
    HandoverReason, HandoverStep, JoinsAs, Live, LiveKind, LiveStep, MemberNumber, MessageNumber,
    Newcomer, Participant, Proposed, Role, Silence, StaysAway, Typed, WordWanted, WriteError,
    Written,
};
pub use desk::{
    Asks, Beforehand, Call, Capacity, ChatEvent, ChatNumber, Colleague, ComesBack, Desk, DeskEvent,
    DeskSetup, Duty, Hindrance, KnownCase, Meant, OfferedTo, PlaceOffer, Shift, Trouble,
    TurnedAwayBefore, VaultState, WaitingSurvivor, WordFor, WordRefusal, WordStep,
};
pub use host::HostSays;
pub use limits::{
    CLOCK_TOLERANCE, CONSULT_CHARACTERS, END_ASKED_MINUTES, HANDOVER_NOTE_CHARACTERS,
    HANDOVER_WORDS_CHARACTERS,
};
pub use line::{Line, Way};
pub use randomness::Randomness;
pub use stillroom_program::{Again, ItemAnswer, ReturnWords, SafetyAnswer, Successor, TurnedAway};
pub use survivor::{Phase, Said, Stop, Survivor, SurvivorEvent, SurvivorSetup};

/// What a core asks its shell to do with the one line that it has.
#[derive(Clone, PartialEq, Eq)]
pub enum Transmit {
    /// Open a connection to the relay by this way, and say so or that it failed.
    Connect(Way),
    /// Send this as one frame. Sealed or harmless, but it does not print all the same.
    Frame(Vec<u8>),
    /// Close the connection once what was sent before is out; nothing more is to be said of it.
    Disconnect,
    /// Post this to `/a` at the relay, once, on no connection. Equally long whatever was answered. Nobody waits
    /// for what comes of it, and it is not sent again.
    Answers(Vec<u8>),
}

impl core::fmt::Debug for Transmit {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Connect(way) => write!(f, "Connect({way:?})"),
            Self::Frame(bytes) => write!(f, "Frame({} bytes)", bytes.len()),
            Self::Disconnect => f.write_str("Disconnect"),
            Self::Answers(bytes) => write!(f, "Answers({} bytes)", bytes.len()),
        }
    }
}
