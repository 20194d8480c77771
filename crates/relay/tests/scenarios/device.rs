//! A device at the far end of a line: a WebSocket, and the frames that tests send and wait for.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use stillroom_program::{Act, AuditEntry, AuditHead, Device, Label, SignedAuditEntry};
use stillroom_protocol::limits::AUDIT_ENTRY_MAX;
use stillroom_protocol::{
    About, Bytes, ClientFrame, Operation, Refusal, RelayFrame, Reply, VERSION, decode, encode,
};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::frame::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::program::Program;

/// What stands for "for ever" where a test would otherwise hang.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Line {
    pub(crate) socket: WebSocketStream<TcpStream>,
    pub(crate) local: SocketAddr,
    /// Whose it is, once certificates were shown.
    pub(crate) device: Option<Device>,
}

impl Line {
    pub(crate) async fn open(relay: SocketAddr) -> Self {
        Self::open_with(relay, &[]).await
    }

    /// A line through a server that adds these to `X-Forwarded-For`.
    pub(crate) async fn open_with(relay: SocketAddr, forwarded: &[&str]) -> Self {
        let stream = TcpStream::connect(relay).await.unwrap();
        let local = stream.local_addr().unwrap();
        let mut request = format!("ws://{relay}/line").into_client_request().unwrap();
        for said in forwarded {
            request.headers_mut().append("x-forwarded-for", said.parse().unwrap());
        }
        let (socket, _) = client_async(request, stream).await.unwrap();
        Self { socket, local, device: None }
    }

    /// A line to this host, at a listener that several programs share.
    pub(crate) async fn open_for(relay: SocketAddr, host: &str) -> Self {
        let stream = TcpStream::connect(relay).await.unwrap();
        let local = stream.local_addr().unwrap();
        let request = format!("ws://{host}/line").into_client_request().unwrap();
        let (socket, _) = client_async(request, stream).await.unwrap();
        Self { socket, local, device: None }
    }

    /// A survivor's, from this address.
    pub(crate) async fn greeted_from(relay: SocketAddr, program: &Program, from: &[&str]) -> Self {
        let mut line = Self::open_with(relay, from).await;
        line.hello(program).await;
        assert!(matches!(line.hear().await, RelayFrame::Greeting { .. }));
        line
    }

    pub(crate) async fn greeted(relay: SocketAddr, program: &Program) -> Self {
        Self::greeted_from(relay, program, &[]).await
    }

    pub(crate) async fn staff(relay: SocketAddr, program: &Program, device: &Device) -> Self {
        let mut line = Self::greeted(relay, program).await;
        line.show(program, device).await;
        assert_eq!(line.hear().await, RelayFrame::Admitted);
        line
    }

    pub(crate) async fn hello(&mut self, program: &Program) {
        self.say(&ClientFrame::Hello { version: VERSION, program: program.root.program_id() })
            .await;
    }

    /// Shows the certificates and answers the challenge, if there is one.
    pub(crate) async fn show(&mut self, program: &Program, device: &Device) {
        let chain = encode(&device.chain).try_into().unwrap();
        self.say(&ClientFrame::Staff { chain }).await;
        let RelayFrame::Challenge { nonce } = self.hear().await else {
            panic!("no challenge");
        };
        let message = [&program.root.program_id().0[..], &nonce.0[..]].concat();
        let signature = device.signing.sign(Label::Challenge, &message);
        self.say(&ClientFrame::Proof { signature }).await;
        self.device = Some(device.clone());
    }

    pub(crate) async fn go_on_duty(&mut self, program: &Program, device: &Device) {
        let statement = program.statement(device).try_into().unwrap();
        self.say(&ClientFrame::GoOnDuty { statement }).await;
    }

    pub(crate) async fn say(&mut self, frame: &ClientFrame) {
        self.say_bytes(encode(frame)).await;
    }

    pub(crate) async fn say_bytes(&mut self, bytes: Vec<u8>) {
        self.socket.send(Message::Binary(bytes.into())).await.unwrap();
    }

    /// Closes as a browser does whose page goes away, or with no word at all.
    pub(crate) async fn close(mut self, goes_away: bool) {
        let away = CloseFrame { code: CloseCode::Away, reason: "".into() };
        self.socket.close(goes_away.then_some(away)).await.unwrap();
    }

    /// The next frame.
    pub(crate) async fn hear(&mut self) -> RelayFrame {
        match self.next().await {
            Some(Message::Binary(bytes)) => decode(&bytes).unwrap(),
            other => panic!("{other:?} instead of a frame"),
        }
    }

    pub(crate) async fn next(&mut self) -> Option<Message> {
        let next = timeout(PATIENCE, self.socket.next()).await.expect("a message, in time");
        next.and_then(Result::ok)
    }

    /// Frames, until one is as wished.
    pub(crate) async fn hear_until(&mut self, wished: impl Fn(&RelayFrame) -> bool) -> RelayFrame {
        loop {
            let frame = self.hear().await;
            if wished(&frame) {
                return frame;
            }
        }
    }

    /// Asks the lasting records; for an administrative act with the entry that describes it, as every device does.
    pub(crate) async fn ask(&mut self, operation: Operation) -> Result<Reply, Refusal> {
        match self.device.clone() {
            Some(device) if Act::is_one(&operation) => {
                let head = self.record().await.last().map(SignedAuditEntry::head);
                let entry = entry(head.unwrap_or_default(), &operation, &device);
                let operation = encode(&operation).try_into().unwrap();
                self.ask_alone(Operation::Audited { entry, operation }).await
            }
            _ => self.ask_alone(operation).await,
        }
    }

    /// The record of administrative acts.
    pub(crate) async fn record(&mut self) -> Vec<SignedAuditEntry> {
        match self.ask_alone(Operation::AuditFrom { number: 1 }).await {
            Ok(Reply::Records { records }) => {
                records.iter().map(|record| decode(record).unwrap()).collect()
            }
            // Whoever may not ask is refused whatever they ask next.
            _ => Vec::new(),
        }
    }

    /// Asks this and nothing besides.
    pub(crate) async fn ask_alone(&mut self, operation: Operation) -> Result<Reply, Refusal> {
        let number = 7;
        self.say(&ClientFrame::Request { number, operation }).await;
        loop {
            match self.hear().await {
                RelayFrame::Reply { number: 7, reply } => return Ok(reply),
                RelayFrame::Refused { about: About::Request(7), refusal } => return Err(refusal),
                _ => {}
            }
        }
    }

    /// Checks that the relay closes this line for this reason, saying so in a frame and in the close code.
    pub(crate) async fn is_refused(&mut self, why: Refusal) {
        let about = About::Connection;
        let refused = RelayFrame::Refused { about, refusal: why };
        self.hear_until(|frame| *frame == refused).await;
        match self.next().await {
            Some(Message::Close(Some(close))) => {
                assert_eq!(u16::from(close.code), 4000 + why as u16);
            }
            other => panic!("{other:?} instead of a close"),
        }
        assert!(self.next().await.is_none());
    }
}

/// What an administrator's device signs of an act after this entry; of what is none, something.
pub(crate) fn entry(
    after: AuditHead,
    operation: &Operation,
    signer: &Device,
) -> Bytes<AUDIT_ENTRY_MAX> {
    let notice = match operation {
        Operation::AcknowledgeHostNotice { notice } => *notice,
        _ => stillroom_protocol::HostNoticeId([0; 16]),
    };
    let read = Act::NoticeRead { notice, hash: [0; 32], shown: 0 };
    let act = Act::of(operation).unwrap_or(read);
    let made = SignedAuditEntry::sign(after, act.clone(), crate::program::now(), signer);
    // A device that is no administrator's has nothing that it could sign: the relay judges what it sends.
    let signed = made.unwrap_or_else(|_| SignedAuditEntry {
        chain: signer.chain.clone(),
        entry: AuditEntry { after, at: 0, act },
        signature: [0; 64],
    });
    encode(&signed).try_into().unwrap()
}
