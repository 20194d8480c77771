//! An administrator's or a new member's connection to the relay: requests and answers
//! (`features.md` 5.1). What the relay answers is not believed for being answered: records are checked by
//! whoever reads them.

use std::time::Duration;

use stillroom_conversation::Way;
use stillroom_program::{Device, Fingerprint};
use stillroom_protocol::{
    ClientFrame, Operation, Refusal, RelayFrame, Reply, VERSION, decode, encode,
};

use crate::client::{Link, LinkEvent, RelayAddress};
use crate::failure::Failure;

/// How long the relay may take for one answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// A connection on which requests can be made.
pub(crate) struct StaffLine {
    link: Link,
    number: u32,
    /// The terms of the policy that the relay greeted with.
    greeted: Vec<u8>,
}

/// A link that stands: by WebSocket, or by the second way where that is broken.
async fn connect(address: &RelayAddress) -> Result<Link, Failure> {
    for way in [Way::WebSocket, Way::Requests] {
        let mut link = Link::open(address, way);
        if let LinkEvent::Up = within(link.next()).await? {
            return Ok(link);
        }
    }
    Err(Failure::new(
        format!("The relay at {} does not answer.", address.origin()),
        "Check the address, and that the relay runs.",
    ))
}

impl StaffLine {
    /// Connects without showing a certificate, as a new member does.
    pub(crate) async fn open(address: &RelayAddress, root: &Fingerprint) -> Result<Self, Failure> {
        let mut line = Self { link: connect(address).await?, number: 0, greeted: Vec::new() };
        line.send(&ClientFrame::Hello { version: VERSION, program: root.program_id() });
        line.greeted = line
            .answer(|frame| match frame {
                RelayFrame::Greeting { policy, .. } => Some(policy.into_vec()),
                _ => None,
            })
            .await?;
        Ok(line)
    }

    /// The policy that the relay greeted with, as it came.
    pub(crate) fn policy(&self) -> &[u8] {
        &self.greeted
    }

    /// Connects as this device.
    pub(crate) async fn open_as(
        address: &RelayAddress,
        root: &Fingerprint,
        device: &Device,
    ) -> Result<Self, Failure> {
        let mut line = Self::open(address, root).await?;
        let chain = encode(&device.chain).try_into().map_err(|_| too_long("certificate"))?;
        line.send(&ClientFrame::Staff { chain });
        let nonce = line
            .answer(|frame| match frame {
                RelayFrame::Challenge { nonce } => Some(nonce),
                _ => None,
            })
            .await?;
        let signature = device.answer_challenge(&root.program_id(), &nonce);
        line.send(&ClientFrame::Proof { signature });
        line.answer(|frame| (frame == RelayFrame::Admitted).then_some(())).await?;
        Ok(line)
    }

    /// Waits for the answer that is one. What the relay tells besides, such as that somebody is on duty, is
    /// passed over.
    async fn answer<A>(&mut self, is: impl Fn(RelayFrame) -> Option<A>) -> Result<A, Failure> {
        self.answer_or_refusal(is).await?.map_err(refused)
    }

    async fn answer_or_refusal<A>(
        &mut self,
        is: impl Fn(RelayFrame) -> Option<A>,
    ) -> Result<Result<A, Refusal>, Failure> {
        loop {
            match self.frame().await? {
                RelayFrame::Refused { refusal, .. } => return Ok(Err(refusal)),
                frame => {
                    if let Some(answer) = is(frame) {
                        return Ok(Ok(answer));
                    }
                }
            }
        }
    }

    /// Asks, and waits for the answer. What the relay tells besides is passed over.
    pub(crate) async fn request(&mut self, operation: Operation) -> Result<Reply, Failure> {
        self.ask(operation).await?.map_err(refused)
    }

    async fn ask(&mut self, operation: Operation) -> Result<Result<Reply, Refusal>, Failure> {
        self.number += 1;
        let asked = self.number;
        self.send(&ClientFrame::Request { number: asked, operation });
        let is_reply = |frame| match frame {
            RelayFrame::Reply { number, reply } if number == asked => Some(reply),
            _ => None,
        };
        self.answer_or_refusal(is_reply).await
    }

    /// Asks for something to be done. Whether it was; not, where it was refused for this reason.
    pub(crate) async fn done_unless(
        &mut self,
        refusal: Refusal,
        operation: Operation,
    ) -> Result<bool, Failure> {
        match self.ask(operation).await? {
            Ok(Reply::Done) => Ok(true),
            Ok(Reply::Records { .. } | Reply::Shared { .. }) => Err(wrong_answer()),
            Err(why) if why == refusal => Ok(false),
            Err(why) => Err(refused(why)),
        }
    }

    /// Asks for something to be done.
    pub(crate) async fn done(&mut self, operation: Operation) -> Result<(), Failure> {
        match self.request(operation).await? {
            Reply::Done => Ok(()),
            Reply::Records { .. } | Reply::Shared { .. } => Err(wrong_answer()),
        }
    }

    /// Asks for records.
    pub(crate) async fn records(&mut self, operation: Operation) -> Result<Vec<Vec<u8>>, Failure> {
        match self.request(operation).await? {
            Reply::Records { records } => Ok(records
                .into_vec()
                .into_iter()
                .map(stillroom_protocol::Bytes::into_vec)
                .collect()),
            Reply::Done | Reply::Shared { .. } => Err(wrong_answer()),
        }
    }

    fn send(&self, frame: &ClientFrame) {
        self.link.send(encode(frame));
    }

    async fn frame(&mut self) -> Result<RelayFrame, Failure> {
        match within(self.link.next()).await? {
            LinkEvent::Frame(bytes) => decode(&bytes).map_err(|_| wrong_answer()),
            LinkEvent::Up | LinkEvent::Down => Err(Failure::new(
                "The connection to the relay broke.",
                "Run the command again: what was done is kept, and nothing is done twice.",
            )),
        }
    }
}

/// A record that is to be sent is longer than the relay takes.
pub(crate) fn too_long(record: &str) -> Failure {
    Failure::new(format!("The {record} is longer than a relay takes."), "Shorten its texts.")
}

async fn within<T>(answer: impl Future<Output = T>) -> Result<T, Failure> {
    tokio::time::timeout(ANSWER_WITHIN, answer).await.map_err(|_| {
        Failure::new(
            "The relay did not answer within half a minute.",
            "Look whether it runs and is reachable, then run the command again.",
        )
    })
}

pub(crate) fn wrong_answer() -> Failure {
    Failure::new(
        "The relay answered something that makes no sense.",
        "It may be of another version than this program. Use the same release for both.",
    )
}

fn refused(refusal: Refusal) -> Failure {
    let (what, advice) = match refusal {
        Refusal::VersionUnsupported => {
            ("The relay is of another version than this program.", "Use the same release for both.")
        }
        Refusal::ProgramUnknown => (
            "The relay does not serve this program.",
            "Give it this program's public.stillroom, and start it again.",
        ),
        Refusal::CertificateRefused | Refusal::ProofWrong | Refusal::NotStaff => (
            "The relay does not accept this device's certificate.",
            "It has run out or was revoked, or the relay serves another program.",
        ),
        Refusal::RoleMissing => {
            ("This device may not do that.", "It takes an administrator's device.")
        }
        Refusal::RecordRefused => (
            "The relay refused the record: something newer is there already, or it is not signed as it must be.",
            "Look at `stillroom policy history` and `stillroom staff list`.",
        ),
        Refusal::PolicyReplaced => (
            "Somebody else published a policy meanwhile. Yours was not sent, and nothing of it is lost.",
            "`stillroom policy merge` joins theirs with yours; then publish again.",
        ),
        Refusal::RecordOutOfTime => (
            "The relay refused the record: by the relay's clock it, or its signer's certificate, has run out or holds from a later time on.",
            "Set its dates anew and publish again. What was there before is there still.",
        ),
        Refusal::EntryRefused => (
            "The relay refused the entry in the record of administrative acts.",
            "Another came first. Run the command again.",
        ),
        Refusal::InvitationUnknown => (
            "There is no such invitation at the relay.",
            "It was used, has run out, or the relay was moved. Invite again.",
        ),
        Refusal::RelayFault => (
            "The relay could not keep that: it has trouble of its own.",
            "Look at its log and its disk, and run the command again. What it had is there still, and chats go on.",
        ),
        Refusal::Stopping | Refusal::ConnectionsFull | Refusal::TooFast => {
            ("The relay is busy or stopping.", "Run the command again in a moment.")
        }
        _ => (
            "The relay refused.",
            "Look at the relay's log for its own trouble, and run the command again.",
        ),
    };
    Failure::new(what, advice)
}
