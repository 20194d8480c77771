//! How this relay reaches NATS: at which servers, by TLS, as whom, and whether they are good enough (`decisions/0044`).
//!
//! A server says what it is before TLS begins, so whoever is on the way can say something else in its place. Nothing
//! of that leads this relay anywhere: it goes to the servers that the configuration names, and where their addresses
//! are `tls://` there is no connection without.
//!
//! The client queues what is said while a connection is gone, and whoever says more than fits waits. Nobody does here:
//! a connection that takes nothing for a moment counts as one that is gone, and so does a server that is not good
//! enough.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_nats::connection::State;
use async_nats::{Client, ConnectOptions, Event, ServerAddr};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::{Notify, mpsc};
use tokio::time::{sleep, timeout};
use zeroize::Zeroizing;

use super::cluster::{ANSWERED_WITHIN, ClusterError, unreachable};
use super::envelope::{BATCH_BYTES, CARRIED_FRAME_MAX};
use super::way::MESSAGES_WAITING;
use crate::{config, tls};

/// The oldest server that is good enough: the first whose memory buckets expire keys as we need it, and that is
/// still mended.
const OLDEST: (i64, i64, i64) = (2, 11, 0);

/// Bytes that a message may have at least: a batch, the longest frame on top, and what is around them.
pub(super) const PAYLOAD_LEAST: usize = BATCH_BYTES + CARRIED_FRAME_MAX + 1024;

/// How long it may take to be reached at the start.
const REACHED_WITHIN: Duration = Duration::from_secs(10);

/// How often the server is asked whether it is there; after three without an answer another one is tried.
const PING: Duration = Duration::from_secs(1);

/// Waits between tries to reach it again.
const RECONNECT: Duration = Duration::from_millis(250);

/// Events of the connection that may wait.
const EVENTS_WAITING: usize = 64;

/// How long the connection may take nothing of what is said. It is gone then, and is found out to be by itself only
/// after three of [`PING`].
const SAID_WITHIN: Duration = Duration::from_secs(1);

/// How long a connection may be there again and nobody have said so.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// Bytes of the longest file of credentials.
const CREDENTIALS_MAX: u64 = 64 * 1024;

/// Bytes of the longest file with certificates.
const CERTIFICATES_MAX: u64 = 1024 * 1024;

/// The connection to the cluster. A message is handed over at once or not at all.
#[derive(Clone)]
pub(super) struct Connection {
    pub(super) client: Client,
    /// Whether there is a server, which takes what is said and is good enough.
    stands: Arc<AtomicBool>,
    /// It has taken nothing for too long.
    stuck: Arc<Notify>,
}

impl Connection {
    /// Reaches the cluster. What is given with it says whenever the connection stands, or is gone.
    ///
    /// # Errors
    /// [`ClusterError`].
    pub(super) async fn reach(
        relays: &config::Relays,
    ) -> Result<(Self, mpsc::Receiver<bool>), ClusterError> {
        let (events, heard) = mpsc::channel(EVENTS_WAITING);
        let addresses: Vec<ServerAddr> = relays
            .nats
            .iter()
            .map(|address| address.parse())
            .collect::<Result<_, _>>()
            .map_err(unreachable)?;
        let options = options(relays, events)?;
        let client = timeout(REACHED_WITHIN, options.connect(addresses)).await;
        let client = client.map_err(unreachable)?.map_err(unreachable)?;
        fits(&client)?;
        let connection = Self { client, stands: Arc::default(), stuck: Arc::default() };
        let (says, connected) = mpsc::channel(EVENTS_WAITING);
        tokio::spawn(connection.clone().watch(heard, says));
        Ok((connection, connected))
    }

    /// Whether what is said leaves.
    pub(super) fn stands(&self) -> bool {
        self.stands.load(Ordering::SeqCst) && self.client.connection_state() == State::Connected
    }

    /// Says something, and does not wait for a connection that takes nothing: what cannot be said is lost.
    pub(super) async fn say(&self, subject: String, message: Vec<u8>) {
        if self.stands() {
            let saying = self.client.publish(subject, message.into());
            if timeout(SAID_WITHIN, saying).await.is_err() {
                self.stands.store(false, Ordering::SeqCst);
                self.stuck.notify_one();
            }
        }
    }

    /// Says whenever the connection stands, or is gone, for as long as somebody listens.
    async fn watch(self, mut events: mpsc::Receiver<bool>, says: mpsc::Sender<bool>) {
        let (mut unsure, mut said_why) = (false, false);
        loop {
            let stands = tokio::select! {
                () = says.closed() => return,
                Some(there) = events.recv() => {
                    self.stands.store(false, Ordering::SeqCst);
                    unsure = there;
                    if there { continue }
                    false
                }
                () = self.stuck.notified() => {
                    unsure = true;
                    false
                }
                // The word that there is a connection again may be one of too many, of which the client drops some.
                () = sleep(LOOK_AGAIN), if !unsure && !self.stands.load(Ordering::SeqCst) => {
                    unsure = self.client.connection_state() == State::Connected;
                    continue;
                }
                fits = self.takes_and_fits(), if unsure => {
                    unsure = false;
                    if let Err(error) = fits {
                        if !std::mem::replace(&mut said_why, true) {
                            tracing::error!(%error, "the NATS server that is reached now counts as away");
                        }
                        // Another one may be good enough. Each try waits for its turn.
                        let looking = timeout(ANSWERED_WITHIN, self.client.force_reconnect()).await;
                        unsure = looking.is_err();
                        continue;
                    }
                    said_why = false;
                    self.stands.store(true, Ordering::SeqCst);
                    true
                }
            };
            if says.send(stands).await.is_err() {
                return;
            }
        }
    }

    /// Waits until the server takes what is said, and says whether it is good enough. What it says of itself is known
    /// as soon as it takes something.
    async fn takes_and_fits(&self) -> Result<(), ClusterError> {
        self.client.flush().await.map_err(unreachable)?;
        fits(&self.client)
    }
}

fn options(
    relays: &config::Relays,
    events: mpsc::Sender<bool>,
) -> Result<ConnectOptions, ClusterError> {
    // The TLS library asks for a choice where several crates of a program bring a cryptography each.
    let _ = async_nats::rustls::crypto::aws_lc_rs::default_provider().install_default();
    let options = ConnectOptions::new()
        .name("stillroom")
        .require_tls(relays.has_tls())
        .ignore_discovered_servers()
        .connection_timeout(REACHED_WITHIN)
        .request_timeout(Some(ANSWERED_WITHIN))
        .ping_interval(PING)
        .reconnect_delay_callback(|_| RECONNECT)
        .subscription_capacity(MESSAGES_WAITING)
        .event_callback(move |event| {
            let events = events.clone();
            async move {
                let connected = match event {
                    Event::Connected => true,
                    Event::Disconnected | Event::Closed => false,
                    _ => return,
                };
                // Nobody listens any more once the relay has stopped.
                let _ = events.send(connected).await;
            }
        });
    let options = match &*relays.certificates {
        [] => options,
        files => options.tls_client_config(trusting(files)?),
    };
    match &relays.credentials {
        Some(file) => with_credentials(options, file),
        None => Ok(options),
    }
}

/// A client that trusts those alone whose certificates are in these files.
fn trusting(files: &[PathBuf]) -> Result<ClientConfig, ClusterError> {
    let mut authorities = RootCertStore::empty();
    for file in files {
        let wrong = |why: &dyn fmt::Display| {
            ClusterError::Certificates(format!("{}: {why}", file.display()))
        };
        let text = read(file, CERTIFICATES_MAX).map_err(|error| wrong(&error))?;
        let before = authorities.len();
        for certificate in CertificateDer::pem_slice_iter(&text) {
            let certificate = certificate.map_err(|_| wrong(&"it is damaged"))?;
            authorities.add(certificate).map_err(|error| wrong(&error))?;
        }
        if authorities.len() == before {
            return Err(wrong(&"there is no certificate in it"));
        }
    }
    let config = ClientConfig::builder_with_provider(tls::provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| ClusterError::Certificates(error.to_string()))?;
    Ok(config.with_root_certificates(authorities).with_no_client_auth())
}

/// A file as `nsc` writes it, with a token and a seed, or one with a seed alone.
fn with_credentials(options: ConnectOptions, file: &Path) -> Result<ConnectOptions, ClusterError> {
    let wrong = |why: &dyn fmt::Display| ClusterError::Credentials(why.to_string());
    let bytes = read(file, CREDENTIALS_MAX).map_err(|error| wrong(&error))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| wrong(&"the file is no text"))?;
    if text.contains("-----BEGIN NATS USER JWT-----") {
        return options.credentials(text).map_err(|error| wrong(&error));
    }
    let seed = text.lines().map(str::trim).find(|line| line.starts_with("SU"));
    let seed = seed.ok_or_else(|| wrong(&"the file has no user's seed, which begins with SU"))?;
    Ok(options.nkey(seed.to_owned()))
}

/// A file, which is no longer than this.
fn read(file: &Path, most: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    // All the room at once: a text that grows leaves its former places behind.
    let room = usize::try_from(most + 1).unwrap_or_default();
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    File::open(file)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() < room { Ok(bytes) } else { Err(io::Error::other("the file is too long")) }
}

/// Whether the server is new enough, and takes messages as long as ours.
fn fits(client: &Client) -> Result<(), ClusterError> {
    let info = client.server_info();
    let (major, minor, patch) = OLDEST;
    if !client.is_server_compatible(major, minor, patch) {
        return Err(ClusterError::TooOld(info.version));
    }
    if info.max_payload < PAYLOAD_LEAST {
        return Err(ClusterError::ShortMessages(info.max_payload));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::watch;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    /// Something that answers like a NATS server while it is open.
    struct Server {
        port: u16,
        open: watch::Sender<bool>,
    }

    impl Server {
        async fn start() -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let port = listener.local_addr().unwrap().port();
            let (open, is_open) = watch::channel(true);
            tokio::spawn(async move {
                while let Ok((client, _)) = listener.accept().await {
                    tokio::spawn(answer(client, is_open.clone()));
                }
            });
            Self { port, open }
        }

        /// A connection of which no event is heard, and what it says.
        async fn reach(&self) -> (Connection, mpsc::Receiver<bool>) {
            let address = format!("127.0.0.1:{}", self.port);
            let client = ConnectOptions::new().client_capacity(4).connect(address).await.unwrap();
            let connection = Connection { client, stands: Arc::default(), stuck: Arc::default() };
            let (events, heard) = mpsc::channel(1);
            let (says, connected) = mpsc::channel(EVENTS_WAITING);
            let watching = connection.clone().watch(heard, says);
            tokio::spawn(async move {
                watching.await;
                drop(events);
            });
            (connection, connected)
        }
    }

    async fn answer(mut client: TcpStream, mut is_open: watch::Receiver<bool>) {
        let info = format!(
            "INFO {{\"server_id\":\"A\",\"version\":\"2.11.0\",\"max_payload\":{},\"proto\":1,\
             \"headers\":true}}\r\n",
            1 << 20
        );
        client.write_all(info.as_bytes()).await.unwrap();
        let mut bytes = [0; 4096];
        while is_open.wait_for(|open| *open).await.is_ok()
            && let Ok(1..) = client.read(&mut bytes).await
            && client.write_all(b"PONG\r\n").await.is_ok()
        {}
    }

    async fn next(connected: &mut mpsc::Receiver<bool>) -> Option<bool> {
        timeout(PATIENCE, connected.recv()).await.expect("it is said")
    }

    #[tokio::test]
    async fn a_connection_that_is_there_counts_also_where_the_client_never_said_so() {
        let server = Server::start().await;
        let (connection, mut connected) = server.reach().await;
        assert_eq!(next(&mut connected).await, Some(true));
        assert!(connection.stands());
    }

    #[tokio::test]
    async fn whoever_speaks_waits_for_no_server_that_takes_nothing_until_it_does_again() {
        let server = Server::start().await;
        let (connection, mut connected) = server.reach().await;
        assert_eq!(next(&mut connected).await, Some(true));
        server.open.send_replace(false);
        let pouring = async {
            while connection.stands() {
                connection.say("stillroom".to_owned(), vec![7; 500_000]).await;
            }
        };
        timeout(PATIENCE, pouring).await.expect("nobody waits");
        assert_eq!(next(&mut connected).await, Some(false));
        server.open.send_replace(true);
        assert_eq!(next(&mut connected).await, Some(true));
        assert!(connection.stands());
    }
}
