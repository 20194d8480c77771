//! What can go wrong in the group, whose fault it is, and what the caller does about it.
//!
//! Nothing here carries what somebody wrote, or a key.

use std::fmt;

use mls_rs::error::MlsError as Library;

/// Why the group did not do what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MlsError {
    /// The bytes are no message of MLS 1.0 (RFC 9420) that a chat uses; a proposal sent on its own is
    /// among these, for the library is built without. Leave them out and go on.
    Malformed,
    /// Another protocol version or cipher suite than the one of Stillroom. Leave it out and go on.
    WrongSuite,
    /// A message of another group, or a Welcome for another key package. Leave it out and go on.
    NotForThisChat,
    /// A public message: a chat has none, so this one is not from a member (an external commit, say).
    /// Leave it out and go on.
    NotEncrypted,
    /// It does not decrypt, or a signature or tag in it is wrong. Leave it out and go on: the group is as
    /// it was, and the true message is still accepted.
    Forged,
    /// This message was received before. Leave it out and go on.
    Replayed,
    /// Written in an epoch whose keys are gone, or by a member who has left since. It is not read.
    TooOld,
    /// Written in an epoch that has not begun here: a commit is missing. Keep it and try again when the
    /// commit has come.
    NotYet,
    /// More messages of its sender are missing than may be skipped. It can no longer be read.
    TooFarAhead,
    /// The key package is not valid at this time: it is old, or a clock is wrong.
    OutsideLifetime,
    /// The key package is not one that this chat can add.
    KeyPackageUnfit,
    /// A member sent, validly encrypted, what the rules of a chat forbid. End the chat.
    RuleBroken(Rule),
    /// A Welcome leads to a group that the rules forbid. Anyone who saw the key package can make one, so
    /// leave it out and go on waiting.
    WelcomeRefused(Rule),
    /// The caller did not accept whom a Welcome leads to. Leave it out and go on waiting.
    NotAccepted,
    /// The caller asked for what the rules of a chat forbid. Nothing was changed.
    NotAllowed(Rule),
    /// The group is over for this member: they were removed, and the keys are erased.
    Removed,
    /// These waiting keys have been used to join a group, and are erased.
    Used,
    /// The library failed in a way that nothing from outside should bring about. End the chat.
    Broken,
}

/// A rule of every chat, which each member's own device holds to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Only the lead changes the group.
    OnlyTheLeadCommits,
    /// Nobody joins by an external commit (RFC 9420 section 12.4.3.2).
    NobodyLetsThemselvesIn,
    /// Nobody is added whom the survivor has not agreed to.
    NobodyWithoutConsent,
    /// There is one survivor in a chat.
    OneSurvivor,
    /// A survivor who joins finds the lead there and nobody else.
    NobodyElseAtFirst,
    /// Who leads, and everything else in the group's context, stays as it was at the beginning.
    ContextStays,
    /// The group's context names as lead a member of staff, who sent the Welcome.
    LeadIsNamed,
    /// The group is not started again under other parameters.
    NoRestart,
    /// A member is a survivor, or staff whose certified device key is the one that signs.
    KnownCredential,
    /// A member's content is of a kind that chats have: no proposals by reference, no updates of others,
    /// no pre-shared keys, no kinds of their own.
    KnownContent,
    /// A commit is sound by RFC 9420 section 12.4.
    SoundCommit,
}

/// Who can be blamed, if anyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// This device's own code: it asked for what cannot be, or failed.
    Caller,
    /// Whoever carried or wrote the bytes: nothing shows that it was a member. Often nobody (a late or
    /// doubled frame).
    Line,
    /// Somebody who holds the group's keys.
    Member,
    /// Nobody: a clock, or time that went by.
    Time,
}

impl MlsError {
    /// Who can be blamed for it.
    pub fn fault(self) -> Fault {
        match self {
            Self::Malformed
            | Self::WrongSuite
            | Self::NotForThisChat
            | Self::NotEncrypted
            | Self::Forged
            | Self::Replayed
            | Self::NotYet
            | Self::KeyPackageUnfit
            | Self::NotAccepted
            | Self::WelcomeRefused(_) => Fault::Line,
            Self::TooFarAhead | Self::RuleBroken(_) => Fault::Member,
            Self::TooOld | Self::OutsideLifetime => Fault::Time,
            Self::NotAllowed(_) | Self::Removed | Self::Used | Self::Broken => Fault::Caller,
        }
    }

    /// What the library said, where nothing more is known about where in the flow it said so.
    pub(super) fn from_library(error: &Library) -> Self {
        match error {
            Library::SerializationError(_) | Library::UnexpectedMessageType => Self::Malformed,
            Library::UnsupportedCipherSuite(_)
            | Library::CipherSuiteMismatch
            | Library::UnsupportedProtocolVersion(_)
            | Library::ProtocolVersionMismatch => Self::WrongSuite,
            Library::GroupIdMismatch | Library::WelcomeKeyPackageNotFound => Self::NotForThisChat,
            Library::UnencryptedApplicationMessage => Self::NotEncrypted,
            Library::KeyMissing(_) | Library::InvalidLeafConsumption => Self::Replayed,
            Library::EpochNotFound | Library::InvalidEpoch | Library::MemberNotFound => {
                Self::TooOld
            }
            Library::InvalidFutureGeneration(_) => Self::TooFarAhead,
            Library::InvalidLifetime { .. } => Self::OutsideLifetime,
            _ => Self::Forged,
        }
    }
}

impl fmt::Display for MlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the bytes are not a message of a chat",
            Self::WrongSuite => "another protocol version or cipher suite",
            Self::NotForThisChat => "the message belongs to another chat",
            Self::NotEncrypted => "the message is not encrypted",
            Self::Forged => "the message does not decrypt or is not signed by its sender",
            Self::Replayed => "the message was received before",
            Self::TooOld => "the message is too old to be read",
            Self::NotYet => "a commit is missing before this message",
            Self::TooFarAhead => "too many messages are missing before this one",
            Self::OutsideLifetime => "the key package is not valid at this time",
            Self::KeyPackageUnfit => "the key package cannot be added",
            Self::RuleBroken(_) => "a member broke a rule of the chat",
            Self::WelcomeRefused(_) => "the welcome leads to a group that breaks the rules",
            Self::NotAccepted => "the welcome is from nobody who was waited for",
            Self::NotAllowed(_) => "the rules of the chat do not allow this",
            Self::Removed => "this member was removed from the chat",
            Self::Used => "the key package has been used",
            Self::Broken => "the group cannot go on",
        })
    }
}

impl std::error::Error for MlsError {}
