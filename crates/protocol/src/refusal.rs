//! The closed list of reasons for which a relay refuses. A page has a sentence for each.

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};

use crate::ids::{InvitationId, RoomId, TicketId};

/// Why a relay did not do what a frame asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, MlsSize, MlsEncode, MlsDecode)]
#[repr(u8)]
pub enum Refusal {
    /// The relay does not speak this version. The page should be loaded anew.
    VersionUnsupported = 1,
    /// The relay does not serve this program.
    ProgramUnknown = 2,
    /// The frame is longer than this device may send.
    FrameTooLong = 3,
    /// The bytes are not a frame.
    FrameMalformed = 4,
    /// A frame that makes no sense at this point, such as one before `Hello`.
    FrameUnexpected = 5,
    /// More frames in a second than a person can cause.
    TooFast = 6,
    /// The device reads too slowly, and what waits for it has grown too long.
    TooSlow = 7,
    /// The relay holds as many connections as it may.
    ConnectionsFull = 8,
    /// The line holds as many people as it may.
    LineFull = 9,
    /// The relay holds as many rooms as it may.
    RoomsFull = 10,
    /// What waits for absent members of this room has grown too long. Whoever is here got it.
    RoomBytesFull = 11,
    /// Nobody is on duty: a place in the line would be a place in no line.
    NobodyOnDuty = 12,
    /// Only a staff device that has answered the challenge may do this.
    NotStaff = 13,
    /// The certificate does not lead to this program's root, has run out, or was revoked.
    CertificateRefused = 14,
    /// The signature is not one over the challenge.
    ProofWrong = 15,
    /// The certificate does not carry the right to do this.
    RoleMissing = 16,
    /// The duty statement is not signed as it must be, or has run out.
    StatementRefused = 17,
    /// There is no such place in the line (any more).
    TicketUnknown = 18,
    /// Another device has claimed this place.
    TicketClaimed = 19,
    /// There is no such room here. Its staff device may be about to open it again.
    RoomUnknown = 20,
    /// The room was ended.
    RoomClosed = 21,
    /// The token is not that of a member.
    TokenWrong = 22,
    /// The connection has not attached to this room.
    NotAttached = 23,
    /// The same member attached from a newer connection.
    Replaced = 24,
    /// What was to be published is not signed by an administrator of this program, or is older than
    /// what is there.
    RecordRefused = 25,
    /// There is no such invitation, or it was used, or has run out.
    InvitationUnknown = 26,
    /// The relay is stopping, or knows of none among several that has the program now. Connect again in a moment.
    Stopping = 27,
    /// The relay could not do its part, and it is not the device's fault.
    RelayFault = 28,
    /// This device has opened as many rooms as one may.
    DeviceRoomsFull = 29,
    /// This connection has attached to as many rooms as one may.
    AttachmentsFull = 30,
    /// What waits for absent members of all rooms has grown too long. Whoever is here got it.
    RelayBytesFull = 31,
    /// The program's hours or a notice do not offer chat now.
    ChatClosed = 32,
    /// What was to be published has run out, or holds from a later time on, by the relay's clock.
    RecordOutOfTime = 33,
    /// Whoever led this page's chat turned it away: it gets no other.
    TurnedAway = 34,
    /// What was given as the answer to a puzzle is none.
    PuzzleWrong = 36,
    /// Another policy was published meanwhile than the one that this one is to replace.
    PolicyReplaced = 40,
    /// An administrative act came without the entry that describes it, or the entry does not follow the last one.
    EntryRefused = 44,
}

/// What a refusal is about, so that one chat's trouble is not taken for another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, MlsSize, MlsEncode, MlsDecode)]
#[repr(u8)]
pub enum About {
    /// The whole connection, which the relay closes next.
    Connection = 1,
    /// A place in the line.
    Ticket(TicketId) = 2,
    /// A room.
    Room(RoomId) = 3,
    /// The request with this number.
    Request(u32) = 4,
    /// The duty of this device.
    Duty = 5,
    /// An invitation.
    Invitation(InvitationId) = 6,
}
