//! What the shell is to do, and the means to say so: everything that leaves the core goes through here.
//!
//! A frame for several connections is encoded once and shared (`features.md` 6.1: nothing is copied per
//! member, so nothing is left over per member). The core cannot see whether the shell obeys.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use stillroom_program::VerifiedDevice;
use stillroom_protocol::counts::SealedDayCounts;
use stillroom_protocol::{About, AnswersBatch, Operation, Refusal, RelayFrame, encode};

use crate::account::Account;
use crate::timers::Timers;

/// One connection of a device to this core. Never used twice, and says nothing of who is behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub(crate) u64);

/// The bit that no core sets in the numbers of its own connections: they are counted from 1.
const ELSEWHERE: u64 = 1 << 63;

impl ConnectionId {
    /// The shell's name for a connection that another relay's core has. No core gives such a name or knows it.
    pub fn elsewhere(number: u64) -> Self {
        Self(number | ELSEWHERE)
    }

    /// Whether another relay's core has it.
    pub fn is_elsewhere(self) -> bool {
        self.0 & ELSEWHERE != 0
    }

    /// The number that the shell gave such a connection.
    pub fn number_elsewhere(self) -> u64 {
        self.0 & !ELSEWHERE
    }

    /// A number, for the shell's own tables.
    pub fn number(self) -> u64 {
        self.0
    }
}

/// What the shell does for the core, in the order in which they come.
#[derive(Clone)]
pub enum Command {
    /// Send one frame. Drop the connection ([`crate::Delivery::handle_disconnect`]) where too much waits.
    Send {
        /// Where to.
        to: ConnectionId,
        /// A whole encoded frame; the same allocation for everybody who gets it.
        frame: Arc<[u8]>,
    },
    /// Close the connection once what was sent before has left. The core has already forgotten it.
    Close {
        /// Which.
        connection: ConnectionId,
        /// Why; a frame that says so was sent before. Nothing where the line had fallen silent.
        refusal: Option<Refusal>,
    },
    /// Keep a batch of sealed answers; where that fails, hand it back with
    /// [`crate::Delivery::take_back_answers`].
    KeepAnswers(AnswersBatch),
    /// Keep the sealed counts of a day. Where that fails they are lost.
    KeepCounts(SealedDayCounts),
    /// Ask the lasting records, and answer with [`crate::Delivery::handle_reply`]. The right to ask has
    /// been checked; that a record is rightly signed has not.
    Lasting {
        /// Who asks.
        connection: ConnectionId,
        /// Their number for it.
        number: u32,
        /// What they ask.
        operation: Operation,
        /// The staff device that asks; nobody for the two that a new member's device may.
        by: Option<Arc<VerifiedDevice>>,
    },
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send { to, frame } => write!(f, "Send({}, {} bytes)", to.0, frame.len()),
            Self::Close { connection, refusal } => {
                write!(f, "Close({}, {refusal:?})", connection.0)
            }
            Self::KeepAnswers(_) => f.write_str("KeepAnswers"),
            Self::KeepCounts(_) => f.write_str("KeepCounts"),
            Self::Lasting { connection, number, .. } => {
                write!(f, "Lasting({}, {number})", connection.0)
            }
        }
    }
}

/// Where every part of the core leaves what it wants done: commands, timers, and bytes accounted for.
#[derive(Debug)]
pub(crate) struct Effects {
    commands: VecDeque<Command>,
    pub(crate) timers: Timers,
    pub(crate) account: Account,
}

/// Commands for which room stays reserved when none is left: after a word to everybody, what that took
/// is given back.
const COMMANDS_RESERVED: usize = 64;

impl Effects {
    pub(crate) fn new(bytes: usize) -> Self {
        Self { commands: VecDeque::new(), timers: Timers::default(), account: Account::new(bytes) }
    }

    /// Nothing is due any more, and nothing is held. Commands are still to be carried out.
    pub(crate) fn forget_live(&mut self, bytes: usize) {
        self.timers = Timers::default();
        self.account = Account::new(bytes);
    }

    pub(crate) fn push(&mut self, command: Command) {
        self.commands.push_back(command);
    }

    pub(crate) fn send(&mut self, to: ConnectionId, frame: &RelayFrame) {
        self.send_encoded(to, encode(frame).into());
    }

    pub(crate) fn send_encoded(&mut self, to: ConnectionId, frame: Arc<[u8]>) {
        self.push(Command::Send { to, frame });
    }

    /// Sends one frame to several connections, encoded once, and not at all where there are none.
    pub(crate) fn send_all(
        &mut self,
        to: impl IntoIterator<Item = ConnectionId>,
        frame: &RelayFrame,
    ) {
        let mut encoded: Option<Arc<[u8]>> = None;
        for to in to {
            let frame = encoded.get_or_insert_with(|| encode(frame).into());
            self.commands.push_back(Command::Send { to, frame: Arc::clone(frame) });
        }
    }

    pub(crate) fn refuse(&mut self, to: ConnectionId, about: About, refusal: Refusal) {
        self.send(to, &RelayFrame::Refused { about, refusal });
    }

    pub(crate) fn take(&mut self) -> Option<Command> {
        let command = self.commands.pop_front();
        if self.commands.is_empty() && self.commands.capacity() > COMMANDS_RESERVED {
            self.commands.shrink_to(COMMANDS_RESERVED);
        }
        command
    }
}
