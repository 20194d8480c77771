//! The live state of a relay: who is connected, the line, the rooms (`features.md` 3.8, 6.6).
//!
//! [`InProcess`] holds it all in this process; `several` carries it between the relays of a program. Calls do not
//! wait: what they cause comes out of each connection's [`Outgoing`]. Where a connection comes from it is told as a
//! [`Share`] alone.

mod in_process;
mod outgoing;
mod several;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use stillroom_delivery::{ConnectionId, Holdings, HostNotice, Share};
use stillroom_program::{Calendar, VerifiedPolicy, VerifiedRevocations, VerifyingKey};
use stillroom_protocol::limits::{POLICY_MAX, REVOCATIONS_MAX};
use stillroom_protocol::{AnswersBatch, Bytes, Operation, Refusal, Reply};

use crate::allotment::Taken;
use crate::holdings::Live;

pub use stillroom_delivery::Side;

pub use in_process::InProcess;
pub(crate) use in_process::{Lasting, ToKeep};
pub use outgoing::{Next, Outgoing, OutgoingBytes, TooMuch};
pub(crate) use outgoing::{Sink, refused};
pub use several::ClusterError;
pub(crate) use several::{Cluster, Member, Membership, RelayId, Several, WAYS_HOLD};

/// A connection's place at a switchboard.
#[derive(Debug)]
pub struct Seat {
    /// Its name here.
    pub connection: ConnectionId,
    /// What is to be sent on it.
    pub outgoing: Arc<Outgoing>,
    /// One of the connections that the program's survivors may have of the process; of staff's there is no such.
    pub(crate) _of_process: Option<Taken>,
}

/// Whether people can be sent to this relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// Whoever comes is let in.
    Ready,
    /// It reaches no relay that has the program, or stops: nobody is let in, and pages say that chat is closed.
    LetsNobodyIn,
    /// The relay that has the program speaks another version of the protocol, and so would not let in a page of this
    /// one's: nobody is let in, and no page is given out.
    OtherVersion,
}

/// A question to the lasting records, from a device that has the right to ask it. Answered with
/// [`Switchboard::reply`].
pub struct Request {
    /// Who asks.
    pub connection: ConnectionId,
    /// Their number for it.
    pub number: u32,
    /// The staff device that asks; nobody where anybody may.
    pub by: Option<VerifyingKey>,
    /// What they ask.
    pub operation: Operation,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Request")
    }
}

/// The live state.
pub trait Switchboard: Send + Sync + 'static {
    /// A device has connected on this side, and at most `outgoing_bytes` may wait for it.
    ///
    /// # Errors
    /// Why it is not let in; said to it before the connection closes.
    fn connect(&self, side: Side, share: &Share, outgoing_bytes: usize) -> Result<Seat, Refusal>;

    /// A whole frame came from a device.
    fn frame(&self, from: ConnectionId, frame: &[u8]);

    /// A survivor's page said as it went that it left, on no connection.
    fn leaving(&self, said: &[u8]);

    /// A survivor's page sent sealed answers, on no connection.
    fn answers(&self, sent: &[u8]);

    /// A batch of sealed answers could not be kept, and is held again.
    fn take_back_answers(&self, batch: AnswersBatch);

    /// The device's page goes away, and so will the connection.
    fn page_gone(&self, connection: ConnectionId);

    /// The connection is gone.
    fn disconnect(&self, connection: ConnectionId);

    /// The lasting records answered a request.
    fn reply(&self, connection: ConnectionId, number: u32, outcome: Result<Reply, Refusal>);

    /// A policy was published: `policy` and `calendar` are what `signed` was verified to say. Greetings carry
    /// `signed` as it is.
    fn set_policy(&self, signed: Bytes<POLICY_MAX>, policy: VerifiedPolicy, calendar: Calendar);

    /// A list of revoked devices was published: `list` is what `signed` was verified to say.
    fn set_revocations(&self, signed: Bytes<REVOCATIONS_MAX>, list: VerifiedRevocations);

    /// These are the host's notices that stand.
    fn set_host_notices(&self, notices: Vec<HostNotice>);

    /// What is published was changed here, and everybody else who serves the program is to read it anew. Where one
    /// relay is alone there is nobody.
    fn published(&self) {}

    /// Whether people can be sent here. To a relay that is alone they can, as long as it listens.
    fn readiness(&self) -> Readiness {
        Readiness::Ready
    }

    /// Whether chat is open: its hours and notices offer it, and somebody is on duty.
    fn is_open(&self) -> bool;

    /// The keys without which somebody's share would not be known again.
    fn share_keys_in_use(&self) -> BTreeSet<u32>;

    /// How much is held, and nothing of whom.
    fn holdings(&self) -> Holdings;

    /// Everything that is held, sort by sort, and nothing of whom.
    fn live(&self) -> Live;

    /// Everybody is told that the relay stops, and nobody is let in any more.
    fn stop(&self);
}
