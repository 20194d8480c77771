//! TLS over a socket, with no buffer while nothing is on its way.
//!
//! rustls' own connection keeps 4 KB to read into for as long as it stands, which for a line at rest is more than all
//! the rest of it. Here rustls is given what came and gives what is to be sent (its `unbuffered` interface), and both
//! are let go once they are empty. What is held besides is bounded: a record and a read of what comes, a record of what
//! goes.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use rustls::server::UnbufferedServerConnection;
use rustls::unbuffered::{
    ConnectionState, EncodeError, EncodeTlsData, EncryptError, InsufficientSizeError,
    UnbufferedStatus, WriteTraffic,
};
use rustls::{Error, ServerConfig};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Bytes read from the socket at once.
const READ_AT_ONCE: usize = 4 * 1024;

/// Bytes that came and are no whole message yet: the longest record (RFC 8446 section 5.2) and a read, and as much again
/// for a message of the handshake in several.
const COMING_MAX: usize = 40 * 1024;

/// Bytes that are sealed at once: the most of one record.
const SEALED_AT_ONCE: usize = 16 * 1024;

/// What a record takes beside its content, in either version.
const OF_A_RECORD: usize = 64;

/// One side of a connection, as the relay has it.
pub(crate) struct TlsStream {
    socket: TcpStream,
    tls: UnbufferedServerConnection,
    /// Came, and was not opened yet.
    coming: Vec<u8>,
    /// Was opened, and not taken yet.
    opened: Waiting,
    /// Was sealed, and not sent yet.
    sealed: Waiting,
    /// The other side has said that nothing more comes.
    told_end: bool,
    /// This one has.
    said_end: bool,
    /// The other side did what nobody does: rustls is asked nothing more.
    is_broken: bool,
}

/// Bytes that go from the front.
#[derive(Default)]
struct Waiting {
    bytes: Vec<u8>,
    gone: usize,
}

/// What there is to say, once it can be said.
enum Say<'a> {
    Nothing,
    This(&'a [u8]),
    End,
}

impl TlsStream {
    /// The handshake of a connection, of which this was read already.
    pub(super) async fn accept(
        config: &Arc<ServerConfig>,
        socket: TcpStream,
        read: Vec<u8>,
    ) -> io::Result<Self> {
        let tls = UnbufferedServerConnection::new(Arc::clone(config)).map_err(broken)?;
        let mut stream = Self {
            socket,
            tls,
            coming: read,
            opened: Waiting::default(),
            sealed: Waiting::default(),
            told_end: false,
            said_end: false,
            is_broken: false,
        };
        let done = poll_fn(|cx| stream.poll_handshake(cx)).await;
        if done.is_err() {
            // Whoever is refused is told why.
            let _ = poll_fn(|cx| stream.poll_send(cx)).await;
        }
        done.map(|()| stream)
    }

    /// What the handshake came to.
    pub(super) fn alpn_protocol(&self) -> Option<&[u8]> {
        self.tls.alpn_protocol()
    }

    fn poll_handshake(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            self.go_on(cx, &Say::Nothing)?;
            ready!(self.poll_send(cx))?;
            if !self.tls.is_handshaking() {
                return Poll::Ready(Ok(()));
            }
            ready!(self.poll_receive(cx))?;
        }
    }

    /// Opens what came and says what there is to say. Where that fails the other side is told why, if it can be at once.
    fn go_on(&mut self, cx: &mut Context<'_>, say: &Say<'_>) -> io::Result<()> {
        if self.is_broken {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let gone_on = self.open_and_seal(say);
        if gone_on.is_err() {
            self.is_broken = true;
            self.seal_alert();
            let _ = self.poll_send(cx);
        }
        gone_on
    }

    fn open_and_seal(&mut self, say: &Say<'_>) -> io::Result<()> {
        loop {
            let UnbufferedStatus { mut discard, state } =
                self.tls.process_tls_records(&mut self.coming);
            let is_done = match state.map_err(broken)? {
                ConnectionState::ReadTraffic(mut records) => {
                    while let Some(record) = records.next_record() {
                        let record = record.map_err(broken)?;
                        discard += record.discard;
                        self.opened.bytes.extend_from_slice(record.payload);
                    }
                    false
                }
                ConnectionState::EncodeTlsData(message) => {
                    self.sealed.add_message(message)?;
                    false
                }
                ConnectionState::TransmitTlsData(message) => {
                    // It waits in `sealed`, before whatever comes after it.
                    message.done();
                    false
                }
                ConnectionState::PeerClosed => {
                    self.told_end = true;
                    false
                }
                ConnectionState::WriteTraffic(traffic) => {
                    self.sealed.add(traffic, say)?;
                    true
                }
                // Nothing can be said any more, and what was to be is not to be taken for said.
                _ if matches!(say, Say::This(_)) => return Err(io::ErrorKind::BrokenPipe.into()),
                // More must come first; or all was said. There is no early data: nobody is offered any.
                _ => true,
            };
            self.coming.drain(..discard);
            if is_done {
                if self.coming.is_empty() {
                    self.coming = Vec::new();
                }
                return Ok(());
            }
        }
    }

    /// What rustls has to say of a fault. It is given nothing more to read, or it would find another.
    fn seal_alert(&mut self) {
        self.coming = Vec::new();
        while self.tls.wants_write() {
            let Ok(ConnectionState::EncodeTlsData(message)) =
                self.tls.process_tls_records(&mut []).state
            else {
                return;
            };
            if self.sealed.add_message(message).is_err() {
                return;
            }
        }
    }

    /// Sends what waits.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.sealed.rest().is_empty() {
            let socket = Pin::new(&mut self.socket);
            match ready!(socket.poll_write(cx, self.sealed.rest()))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                sent => self.sealed.go(sent),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Waits until something came. A connection that ends without a word that it does was cut.
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut piece = [0; READ_AT_ONCE];
        let mut piece = ReadBuf::new(&mut piece);
        ready!(Pin::new(&mut self.socket).poll_read(cx, &mut piece))?;
        if piece.filled().is_empty() {
            return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
        }
        if self.coming.len() + piece.filled().len() > COMING_MAX {
            return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
        }
        self.coming.extend_from_slice(piece.filled());
        Poll::Ready(Ok(()))
    }
}

impl Waiting {
    fn rest(&self) -> &[u8] {
        self.bytes.get(self.gone..).unwrap_or_default()
    }

    /// So many have gone. Once all have, nothing is held.
    fn go(&mut self, many: usize) {
        self.gone += many;
        if self.gone >= self.bytes.len() {
            *self = Self::default();
        }
    }

    fn add_message<Data>(&mut self, mut message: EncodeTlsData<'_, Data>) -> io::Result<()> {
        self.add_encoded(0, |into| {
            message.encode(into).map_err(|error| match error {
                EncodeError::InsufficientSize(short) => Ok(short),
                other => Err(io::Error::other(other)),
            })
        })
    }

    fn add<Data>(&mut self, mut traffic: WriteTraffic<'_, Data>, say: &Say<'_>) -> io::Result<()> {
        let short = |error| match error {
            EncryptError::InsufficientSize(short) => Ok(short),
            other => Err(io::Error::other(other)),
        };
        match say {
            Say::Nothing => Ok(()),
            Say::This(bytes) => self.add_encoded(bytes.len() + OF_A_RECORD, |into| {
                traffic.encrypt(bytes, into).map_err(short)
            }),
            Say::End => self
                .add_encoded(OF_A_RECORD, |into| traffic.queue_close_notify(into).map_err(short)),
        }
    }

    /// Adds what is written into room for so many bytes, or into as much as is asked for.
    fn add_encoded(
        &mut self,
        room: usize,
        mut encode: impl FnMut(&mut [u8]) -> Result<usize, io::Result<InsufficientSizeError>>,
    ) -> io::Result<()> {
        let before = self.bytes.len();
        let mut add = |room: usize| {
            self.bytes.resize(before + room, 0);
            encode(self.bytes.get_mut(before..).unwrap_or_default())
        };
        let added = match add(room) {
            Err(Ok(short)) => add(short.required_size),
            added => added,
        };
        let length = match added {
            Ok(length) => length,
            Err(Ok(_)) => return Err(io::ErrorKind::InvalidData.into()),
            Err(Err(error)) => return Err(error),
        };
        self.bytes.truncate(before + length);
        Ok(())
    }
}

fn broken(error: Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

impl AsyncRead for TlsStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let stream = self.get_mut();
        while stream.opened.rest().is_empty() {
            if stream.told_end {
                return Poll::Ready(Ok(()));
            }
            ready!(stream.poll_receive(cx))?;
            stream.go_on(cx, &Say::Nothing)?;
        }
        let rest = stream.opened.rest();
        let taken = rest.len().min(into.remaining());
        into.put_slice(rest.get(..taken).unwrap_or_default());
        stream.opened.go(taken);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for TlsStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let stream = self.get_mut();
        // What is sealed cannot be taken back, so nothing is before the former has gone.
        ready!(stream.poll_send(cx))?;
        if stream.said_end {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let bytes = bytes.get(..SEALED_AT_ONCE).unwrap_or(bytes);
        stream.go_on(cx, &Say::This(bytes))?;
        // What the socket does not take now goes with the next call, or when it is flushed.
        if let Poll::Ready(Err(error)) = stream.poll_send(cx) {
            return Poll::Ready(Err(error));
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_send(cx))?;
        // In one record, since each has a head and is a write of its own.
        let mut together = Vec::new();
        for piece in pieces {
            let room = SEALED_AT_ONCE - together.len();
            together.extend_from_slice(piece.get(..room).unwrap_or(piece));
        }
        self.poll_write(cx, &together)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().poll_send(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let stream = self.get_mut();
        ready!(stream.poll_send(cx))?;
        if !stream.said_end && !stream.is_broken {
            stream.said_end = true;
            stream.go_on(cx, &Say::End)?;
            ready!(stream.poll_send(cx))?;
        }
        Pin::new(&mut stream.socket).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rustls::pki_types::{PrivateKeyDer, ServerName};
    use rustls::version::{TLS12, TLS13};
    use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio::time::timeout;
    use tokio_rustls::{TlsConnector, client};

    use super::super::provider;
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    /// Both ends of a connection in this version, its handshake done, and the browser's end of the socket.
    async fn both(
        version: &'static SupportedProtocolVersion,
    ) -> (TlsStream, client::TlsStream<TcpStream>) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.key_pair.serialize_der()).unwrap();
        let certificate = made.cert.der().clone();
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[version])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key)
            .unwrap();
        config.send_tls13_tickets = 0;
        let mut roots = RootCertStore::empty();
        roots.add(certificate).unwrap();
        let browser = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let socket = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (accepted, _) = listener.accept().await.unwrap();
        let config = Arc::new(config);
        let name = ServerName::try_from("localhost").unwrap();
        let connector = TlsConnector::from(Arc::new(browser));
        let (ours, theirs) = tokio::join!(
            TlsStream::accept(&config, accepted, Vec::new()),
            connector.connect(name, socket)
        );
        (ours.unwrap(), theirs.unwrap())
    }

    fn held(stream: &TlsStream) -> usize {
        let TlsStream { coming, opened, sealed, .. } = stream;
        coming.capacity() + opened.bytes.capacity() + sealed.bytes.capacity()
    }

    #[tokio::test]
    async fn whatever_is_said_arrives_whole_and_nothing_is_held_afterwards() {
        for version in [&TLS12, &TLS13] {
            let (mut ours, theirs) = both(version).await;
            // More than the socket takes at once, so that each side waits for the other to read.
            let long: Vec<u8> = (0..3_000_000_u32).map(|number| number.to_le_bytes()[0]).collect();
            let (mut their_end, mut their_words) = tokio::io::split(theirs);
            let heard = tokio::spawn(async move {
                let mut heard = vec![0; 3_000_000];
                their_end.read_exact(&mut heard).await.unwrap();
                (heard, their_end)
            });
            ours.write_all(&long).await.unwrap();
            ours.flush().await.unwrap();
            let (heard, _their_end) = timeout(PATIENCE, heard).await.unwrap().unwrap();
            assert!(heard == long);
            their_words.write_all(&long[..100_000]).await.unwrap();
            their_words.flush().await.unwrap();
            let mut heard = vec![0; 100_000];
            timeout(PATIENCE, ours.read_exact(&mut heard)).await.unwrap().unwrap();
            assert!(heard == long[..100_000]);
            assert_eq!(held(&ours), 0);
        }
    }

    #[tokio::test]
    async fn an_end_that_was_said_is_one_and_a_connection_that_was_cut_is_a_fault() {
        let (mut ours, mut theirs) = both(&TLS13).await;
        theirs.write_all(b"last words").await.unwrap();
        theirs.shutdown().await.unwrap();
        let mut heard = Vec::new();
        ours.read_to_end(&mut heard).await.unwrap();
        assert_eq!(heard, b"last words");
        ours.shutdown().await.unwrap();
        assert!(ours.write_all(b"more").await.is_err());
        assert_eq!(theirs.read_to_end(&mut Vec::new()).await.unwrap(), 0);

        let (mut ours, theirs) = both(&TLS13).await;
        drop(theirs);
        let cut = ours.read_to_end(&mut Vec::new()).await.unwrap_err();
        assert_eq!(cut.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[tokio::test]
    async fn what_nobody_sealed_is_answered_by_an_alert_and_read_no_further() {
        for garbage in [&[23, 3, 3, 0, 40][..], &[23, 3, 3, 255, 255]] {
            let (mut ours, theirs) = both(&TLS13).await;
            let (mut socket, _) = theirs.into_inner();
            socket.write_all(&[garbage, &[7; 60_000]].concat()).await.unwrap();
            let refused = ours.read(&mut [0; 8]).await.unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::InvalidData);
            assert_eq!(ours.coming.capacity(), 0);
            assert!(ours.read(&mut [0; 8]).await.is_err(), "and nothing that comes after it");
            assert!(ours.write(b"more").await.is_err());
            drop(ours);
            let mut answer = Vec::new();
            // What was not read may cut it short.
            let _ = timeout(PATIENCE, socket.read_to_end(&mut answer)).await.unwrap();
            assert!(answer.is_empty() || answer[0] == 23, "an alert, sealed");
        }
    }

    #[tokio::test]
    async fn a_message_of_the_handshake_that_goes_on_and_on_is_not_held() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut socket = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (accepted, _) = listener.accept().await.unwrap();
        // It says that it is 60,000 bytes long, which rustls takes, and stops before that.
        let record = |content: &[u8]| {
            let length = u16::try_from(content.len()).unwrap().to_be_bytes();
            [&[22, 3, 1][..], &length, content].concat()
        };
        let first = record(&[1, 0, 0xea, 0x60]);
        socket.write_all(&[first, record(&[0; 14_000]).repeat(4)].concat()).await.unwrap();
        let nobody = Arc::new(rustls::server::ResolvesServerCertUsingSni::new());
        let config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(nobody);
        let config = Arc::new(config);
        let accepting = TlsStream::accept(&config, accepted, Vec::new());
        let refused = timeout(PATIENCE, accepting).await.expect("it is not waited for").err();
        assert_eq!(refused.unwrap().kind(), io::ErrorKind::InvalidData);
    }
}
