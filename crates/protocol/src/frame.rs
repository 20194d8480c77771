//! The frames. One frame is one WebSocket message; a frame that does not decode whole is refused whole.

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use stillroom_wire::{Bytes, Flag, List, choice};

use crate::ids::{
    AnswersBatchId, AttachToken, DayCountsId, HostNoticeId, InvitationId, KeyPackageHash,
    LeavingToken, Nonce, ProgramId, RoomId, RoomSecret, StaffId, Ticket, TicketId, TokenHash,
};
use crate::limits::{
    AUDIT_ENTRY_MAX, AUDITED_MAX, CHAIN_MAX, HOST_NOTICE_MAX, HOST_NOTICES_MAX, INTAKE_MAX,
    KEY_PACKAGE_MAX, MEMBERS_MAX, MESSAGE_MAX, POLICY_MAX, RECORD_MAX, RECORDS_MAX,
    REVOCATIONS_MAX, STAFF_HERE_MAX, STAFF_NOTE_MAX, STATEMENT_MAX, TURNED_AWAY_BYTES, WELCOME_MAX,
};
use crate::puzzle::Puzzle;
use crate::refusal::{About, Refusal};

choice! {
    /// From a device to the relay. The first frame of a connection is [`ClientFrame::Hello`].
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum ClientFrame {
        /// Which version of these frames the device speaks, and with which program.
        Hello {
            /// [`crate::VERSION`].
            version: u16,
            /// The program.
            program: ProgramId,
        } = 1,
        /// Is the line alive? Answered with [`RelayFrame::Pong`].
        Ping = 2,

        /// A survivor asks for an advocate. Sent again under the same ticket after every reconnection, until
        /// a Welcome was taken: it keeps the place while the relay lives, and makes one where it restarted.
        Ask {
            /// The survivor's hold on the place.
            ticket: Ticket,
            /// A fresh MLS KeyPackage.
            key_package: Bytes<KEY_PACKAGE_MAX>,
            /// What staff may know beforehand, sealed to the duty key, bound to the KeyPackage.
            intake: Bytes<INTAKE_MAX>,
        } = 10,
        /// The survivor joined the group of this offer. The place in the line is gone with it.
        Accept {
            /// The survivor's hold on the place.
            ticket: Ticket,
            /// The number that came with the Welcome.
            offer: u64,
        } = 11,
        /// The survivor did not join the group of this offer: it came second, or did not hold good.
        Decline {
            /// The survivor's hold on the place.
            ticket: Ticket,
            /// The number that came with the Welcome.
            offer: u64,
        } = 12,
        /// The survivor gives the place up.
        Withdraw {
            /// The survivor's hold on the place.
            ticket: Ticket,
        } = 13,
        /// Asks as `Ask` does, with the answer to the puzzle that the relay gave for it. Good for one place.
        AskSolved {
            /// The survivor's hold on the place.
            ticket: Ticket,
            /// A fresh MLS KeyPackage.
            key_package: Bytes<KEY_PACKAGE_MAX>,
            /// What staff may know beforehand, sealed to the duty key, bound to the KeyPackage.
            intake: Bytes<INTAKE_MAX>,
            /// The puzzle, as it came.
            puzzle: Puzzle,
            /// What solves it.
            answer: u64,
        } = 14,

        /// A member of a room is here. What was posted while they were briefly away follows.
        Attach {
            /// The room.
            room: RoomId,
            /// The member's way in.
            token: AttachToken,
        } = 20,
        /// For every other member of the room.
        Post {
            /// A room that this connection has attached to.
            room: RoomId,
            /// An encrypted MLS message.
            message: Bytes<MESSAGE_MAX>,
        } = 21,
        /// The chat is over: nothing of the room is kept but, for a while, that it was closed.
        CloseRoom {
            /// A room that this connection has attached to.
            room: RoomId,
        } = 22,
        /// The survivor leaves, and their page is gone. Says on the line what a [`Leaving`](crate::Leaving)
        /// says beside it: a page on its way out may get only one of the two through.
        Leave {
            /// The room.
            room: RoomId,
            /// What the others know the hash of.
            token: LeavingToken,
        } = 23,

        /// A staff device shows its certificates. Answered with [`RelayFrame::Challenge`].
        Staff {
            /// The relay's part of the certificates (`stillroom-program`'s `Chain`).
            chain: Bytes<CHAIN_MAX>,
        } = 30,
        /// The device's signature over the challenge.
        Proof {
            /// Ed25519.
            signature: [u8; 64],
        } = 31,
        /// This device is on duty from now on, and says so to survivors. Sent again before it runs out.
        GoOnDuty {
            /// A signed duty statement.
            statement: Bytes<STATEMENT_MAX>,
        } = 32,
        /// This device is no longer on duty.
        GoOffDuty = 33,
        /// This device takes this place in the line. Sent again by the same device it is answered alike.
        Claim {
            /// The place.
            ticket: TicketId,
        } = 34,
        /// The Welcome for a claimed place.
        Offer {
            /// The place.
            ticket: TicketId,
            /// An MLS Welcome.
            welcome: Bytes<WELCOME_MAX>,
        } = 35,
        /// This device gives a claimed place back.
        Release {
            /// The place.
            ticket: TicketId,
        } = 36,
        /// Opens a room, or opens it again after the relay forgot it. The relay makes its address from the
        /// secret and the key that this device proved to hold.
        OpenRoom {
            /// From the group's exporter.
            secret: RoomSecret,
            /// One for each member, in the order of their leaves.
            members: List<TokenHash, MEMBERS_MAX>,
        } = 37,
        /// The survivor in this room, which this device leads, gets no other chat on their connection.
        TurnAway {
            /// The room.
            room: RoomId,
            /// Why, sealed for staff: shown beside whoever comes from the same place for half an hour.
            note: Bytes<TURNED_AWAY_BYTES>,
        } = 38,

        /// An administrative request, or one of enrolment. Answered with [`RelayFrame::Reply`].
        Request {
            /// Chosen by the device; comes back in the reply.
            number: u32,
            /// What is asked.
            operation: Operation,
        } = 40,
        /// For one colleague, while their line stands. Nothing is kept where it does not, and nothing answered.
        ToStaff {
            /// Whose.
            to: StaffId,
            /// A note that only that device opens.
            sealed: Bytes<STAFF_NOTE_MAX>,
        } = 45,
    }
}

choice! {
    /// What a device can ask of the relay's lasting records. Who may ask is checked by the relay, and what
    /// is true by the reader, from signatures.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum Operation {
        /// Publish a member's certificate with their receiving key (administrators).
        PublishStaff {
            /// A staff record.
            record: Bytes<RECORD_MAX>,
        } = 2,
        /// Publish the list of revoked devices (administrators).
        PublishRevocations {
            /// The list, signed.
            list: Bytes<REVOCATIONS_MAX>,
        } = 3,
        /// Open an invitation (administrators).
        Invite {
            /// The invitation, signed.
            invitation: Bytes<RECORD_MAX>,
        } = 4,
        /// Answer the invitation with this device's keys (anybody who has the link).
        Enrol {
            /// Which invitation.
            invitation: InvitationId,
            /// The request, authenticated by the link's secret.
            request: Bytes<RECORD_MAX>,
        } = 5,
        /// The request that answered this invitation, if it came (administrators).
        EnrolmentRequest {
            /// Which invitation.
            invitation: InvitationId,
        } = 6,
        /// Hand over what the new member needs: certificates, and the name sealed to the device
        /// (administrators).
        CompleteEnrolment {
            /// Which invitation.
            invitation: InvitationId,
            /// For the new member's device.
            completion: Bytes<RECORD_MAX>,
        } = 7,
        /// Fetch that (anybody who has the link); the invitation ends soon then.
        TakeEnrolment {
            /// Which invitation.
            invitation: InvitationId,
        } = 8,
        /// Every staff record (staff).
        ListStaff = 9,
        /// The list of revoked devices (staff).
        Revocations = 10,
        /// Replace what desks share (staff on duty): a compare-and-set on its version.
        PutShared {
            /// Which record.
            which: Shared,
            /// The version that this one replaces; 0 where there was none.
            replaces: u64,
            /// The record.
            record: Bytes<RECORD_MAX>,
        } = 11,
        /// What desks share, and its version (staff).
        Shared {
            /// Which record.
            which: Shared,
        } = 12,
        /// A file with the texts of one language, which the policy that is published next names by its hash
        /// (administrators).
        PublishLocale {
            /// The file.
            file: Bytes<RECORD_MAX>,
        } = 13,
        /// What helps staff while they chat: the part of the policy that greetings leave out, as one record
        /// (staff).
        Guidance = 14,
        /// What people read: the other part of the policy that greetings leave out, as one record (staff).
        Page = 15,
        /// A batch of sealed answers, as one record; none where there is none (administrators). The same one
        /// until it is destroyed.
        NextAnswers = 20,
        /// Destroy a batch of sealed answers (administrators). One that is gone already is no fault.
        DestroyAnswers {
            /// Which.
            batch: AnswersBatchId,
        } = 21,
        /// The sealed counts of a day, as one record; none where there are none (administrators). The same ones until
        /// they are destroyed.
        NextCounts = 22,
        /// Destroy the sealed counts of a day (administrators). Those that are gone already are no fault.
        DestroyCounts {
            /// Which.
            counts: DayCountsId,
        } = 23,
        /// Whoever is at this device has read a notice of the host's (administrators). One that is withdrawn is no
        /// fault.
        AcknowledgeHostNotice {
            /// Which.
            notice: HostNoticeId,
        } = 24,
        /// The signed policies of versions below this one, each without its texts, the newest first; so many at once
        /// as [`POLICIES_LISTED`](crate::limits::POLICIES_LISTED) says (administrators).
        PolicyHistory {
            /// Below which version; all of them are below the highest number.
            below: u64,
        } = 30,
        /// One signed policy with all its texts, as one record; none where there is none (administrators).
        Policy {
            /// Which version; 0 for the newest.
            version: u64,
        } = 31,
        /// A file with the texts of one language, as one record; none where there is none (administrators).
        Locale {
            /// SHA-256 of the file.
            file: [u8; 32],
        } = 32,
        /// Publish a signed policy (administrators): a compare-and-set on its version. It is refused with
        /// [`Refusal::PolicyReplaced`](crate::Refusal::PolicyReplaced) where another one is there than it replaces.
        PublishPolicy {
            /// The version that this one replaces; 0 where there was none.
            replaces: u64,
            /// The policy, signed.
            policy: Bytes<POLICY_MAX>,
        } = 33,
        /// Do this, and put the entry that describes it at the end of the record of administrative acts
        /// (administrators). What is an act and comes without its entry is refused, and so is an entry that does not
        /// follow the last one: another came first, and it is written anew on top of that one.
        Audited {
            /// The entry, signed.
            entry: Bytes<AUDIT_ENTRY_MAX>,
            /// The request that it describes, encoded; empty where an entry that the relay lost is given back.
            operation: Bytes<AUDITED_MAX>,
        } = 34,
        /// The record of administrative acts from an entry on, the oldest first, as many as one answer holds (staff).
        AuditFrom {
            /// The number of the first.
            number: u64,
        } = 35,
    }
}

choice! {
    /// What desks share through the relay, each replaced by whoever is on duty.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Shared {
        /// The duty key, signed, and wrapped for each device.
        DutyKey = 1,
        /// The vault's key, in the same way.
        VaultKey = 2,
        /// The vault of code words, sealed to that key.
        Vault = 3,
    }
}

/// That somebody was turned away, as the relay tells it to staff.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct TurnedAwayNote {
    /// How long ago, in seconds.
    pub ago: u32,
    /// Why, sealed for staff.
    pub note: Bytes<TURNED_AWAY_BYTES>,
}

choice! {
    /// An answer to a request.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum Reply {
        /// Done; nothing to say.
        Done = 1,
        /// The records asked for; none where there are none.
        Records {
            /// Each as it was published.
            records: List<Bytes<RECORD_MAX>, RECORDS_MAX>,
        } = 2,
        /// What desks share.
        Shared {
            /// 0 where there is none, and `record` is empty then.
            version: u64,
            /// As it was put.
            record: Bytes<RECORD_MAX>,
        } = 3,
    }
}

choice! {
    /// From the relay to a device.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum RelayFrame {
        /// The answer to `Hello`. Sent again when the policy or the list of revoked devices changes.
        Greeting {
            /// The version that the relay speaks.
            version: u16,
            /// The program's signed policy.
            policy: Bytes<POLICY_MAX>,
            /// The signed list of revoked devices, whose hash the statement names; empty where none was
            /// ever published.
            revocations: Bytes<REVOCATIONS_MAX>,
            /// The current duty statement; empty when nobody is on duty.
            statement: Bytes<STATEMENT_MAX>,
        } = 1,
        /// The line is alive.
        Pong = 2,
        /// The relay did not do what was asked.
        Refused {
            /// What it is about.
            about: About,
            /// Why.
            refusal: Refusal,
        } = 3,
        /// A newer duty statement; empty when nobody is on duty any more.
        Duty {
            /// The statement, signed.
            statement: Bytes<STATEMENT_MAX>,
        } = 4,

        /// The survivor's place in the line.
        InLine {
            /// How many are before them.
            ahead: u32,
        } = 10,
        /// A Welcome from whoever claimed the place.
        Welcome {
            /// Named again in `Accept` and `Decline`.
            offer: u64,
            /// An MLS Welcome.
            welcome: Bytes<WELCOME_MAX>,
        } = 11,

        /// The connection has attached to the room. Says nothing of who else is there.
        Attached {
            /// The room.
            room: RoomId,
        } = 20,
        /// Whether another member's line to the relay stands. The relay's word, not proof.
        Presence {
            /// The room.
            room: RoomId,
            /// The member's number in the room's registration.
            member: u8,
            /// Whether they are attached.
            here: Flag,
        } = 21,
        /// Posted by another member.
        Delivered {
            /// The room.
            room: RoomId,
            /// An encrypted MLS message.
            message: Bytes<MESSAGE_MAX>,
        } = 22,
        /// Somebody gave this token as they left. True only where its hash was said inside the group.
        Left {
            /// The room.
            room: RoomId,
            /// The token.
            token: LeavingToken,
        } = 23,

        /// What a staff device is to sign, with the program and a label.
        Challenge {
            /// Fresh.
            nonce: Nonce,
        } = 30,
        /// The staff device is let in.
        Admitted = 31,
        /// Somebody waits. Sent for each when this device goes on duty, then as they come.
        Waiting {
            /// The place.
            ticket: TicketId,
            /// The hash of the KeyPackage that the survivor sent.
            key_package: KeyPackageHash,
            /// The sealed intake.
            intake: Bytes<INTAKE_MAX>,
            /// How long they have waited, in seconds, as far as this relay knows.
            waited: u32,
        } = 32,
        /// This place is no longer waiting: taken, left, or given up.
        WaitingNoMore {
            /// The place.
            ticket: TicketId,
        } = 33,
        /// The place is this device's.
        Claimed {
            /// The place.
            ticket: TicketId,
            /// The survivor's KeyPackage.
            key_package: Bytes<KEY_PACKAGE_MAX>,
        } = 34,
        /// The survivor joined the offered group.
        OfferAccepted {
            /// The place.
            ticket: TicketId,
        } = 35,
        /// The survivor joined another group, or left: the offered one is of no use.
        OfferDeclined {
            /// The place.
            ticket: TicketId,
        } = 36,
        /// The room stands, and this device may attach to it.
        RoomOpened {
            /// The room.
            room: RoomId,
        } = 37,
        /// Whether the line of somebody who waits stands; it does where nothing is said. The relay's word, not
        /// proof.
        WaitingPresence {
            /// The place.
            ticket: TicketId,
            /// Whether it stands.
            here: Flag,
        } = 38,

        /// The answer to a request.
        Reply {
            /// The request's number.
            number: u32,
            /// The answer.
            reply: Reply,
        } = 40,
        /// Whose lines stand among those who may lead a chat, whole, whenever that changes. For them alone. The
        /// relay's word, not proof that anybody is on duty.
        StaffHere {
            /// The devices, the receiver's own among them.
            devices: List<StaffId, STAFF_HERE_MAX>,
        } = 55,
        /// From a colleague. The relay's word; who sealed it is proved inside.
        FromStaff {
            /// Whose.
            from: StaffId,
            /// A note that only this device opens.
            sealed: Bytes<STAFF_NOTE_MAX>,
        } = 56,
        /// What the relay knows of where somebody who waits comes from; nothing and turn 0 where it says nothing.
        WaitingShare {
            /// The place.
            ticket: TicketId,
            /// Where many wait, those of a lower turn are to be taken first: one of each place that people come from
            /// in each turn.
            turn: u32,
            /// That somebody from the same place was turned away lately, if so.
            turned_away: List<TurnedAwayNote, 1>,
        } = 57,
        /// Many ask at the moment: whoever wants this place solves the puzzle first and asks with the answer.
        Puzzle {
            /// The place that was asked for.
            ticket: TicketId,
            /// What to solve.
            puzzle: Puzzle,
        } = 58,
        /// What the host says and was not read on this device, whole, whenever that changes. For administrators alone.
        /// Each is signed by the host's own key.
        HostNotices {
            /// The notices, the newest last.
            notices: List<Bytes<HOST_NOTICE_MAX>, HOST_NOTICES_MAX>,
        } = 59,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{vec, vec::Vec};
    use proptest::prelude::*;
    use stillroom_wire::{DecodeError, decode, encode};

    #[test]
    fn a_message_over_its_limit_is_refused() {
        let mut bytes = vec![21];
        bytes.extend([0; 32]);
        let length = u32::try_from(MESSAGE_MAX + 1).unwrap() | 0x8000_0000;
        bytes.extend(length.to_be_bytes());
        bytes.extend(vec![0; MESSAGE_MAX + 1]);
        assert_eq!(decode::<ClientFrame>(&bytes), Err(DecodeError::TooLong));
    }

    #[test]
    fn a_truncated_frame_is_refused_at_every_length() {
        let frame = encode(&ClientFrame::Ask {
            ticket: Ticket([3; 32]),
            key_package: vec![1; 300].try_into().unwrap(),
            intake: vec![2; 100].try_into().unwrap(),
        });
        for length in 0..frame.len() {
            assert_eq!(
                decode::<ClientFrame>(&frame[..length]),
                Err(DecodeError::Malformed),
                "{length}"
            );
        }
    }

    #[test]
    fn a_frame_prints_neither_secret_nor_content() {
        let frame =
            ClientFrame::Attach { room: RoomId([0xab; 32]), token: AttachToken([0xcd; 32]) };
        let shown = alloc::format!("{frame:?}");
        assert!(!shown.contains("205") && !shown.contains("171"), "{shown}");
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic_and_are_canonical(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(frame) = decode::<ClientFrame>(&bytes) {
                prop_assert_eq!(&encode(&frame), &bytes);
            }
            if let Ok(frame) = decode::<RelayFrame>(&bytes) {
                prop_assert_eq!(&encode(&frame), &bytes);
            }
        }

        #[test]
        fn a_post_is_read_back(message in proptest::collection::vec(any::<u8>(), 0..2000)) {
            let frame = ClientFrame::Post { room: RoomId([9; 32]), message: Vec::try_into(message).unwrap() };
            prop_assert_eq!(decode::<ClientFrame>(&encode(&frame)), Ok(frame));
        }
    }
}
