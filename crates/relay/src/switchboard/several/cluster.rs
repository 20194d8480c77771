//! The NATS cluster between relays: what it must be, the lease in it, and its subjects (`decisions/0044`).
//!
//! One bucket in memory holds one key for each program: which relay is home. Frames pass on core subjects, which no
//! server stores; a stream that would is refused at the start. Whoever runs the cluster sees what the relays see, and
//! when. It is asked with a time limit, and everything that it answers is read as coming from outside.

use std::fmt;
use std::time::Duration;

use async_nats::jetstream::kv::{self, Store, UpdateErrorKind};
use async_nats::jetstream::stream::{LastRawMessageErrorKind, StorageType};
use async_nats::jetstream::{self, Context};
use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use stillroom_protocol::{ProgramId, decode, encode};
use tokio::sync::{Mutex, mpsc};
use tokio::time::timeout;

use super::connection::{Connection, PAYLOAD_LEAST};
use super::envelope::{RelayId, Term};
use super::inbox::Inbox;
use super::standing::{LEASE, Lease};
use super::way::{HELD, HELD_OF_HOME, WORDS_HELD};
use crate::config;

/// How long the cluster may take to answer. A lease is asked for once more before it runs out.
pub(super) const ANSWERED_WITHIN: Duration = Duration::from_secs(2);

/// Times in a row that the lease may be unanswered before that is said: servers choose a new leader in fewer.
const UNANSWERED_BEFORE_SAID: u32 = 8;

/// Times that the lease is read and put: between both somebody may have been faster.
const TRIES: u32 = 2;

/// What the bucket's messages say in their headers that stand for a key that is gone.
const GIVEN_UP: [&str; 2] = ["KV-Operation", "Nats-Marker-Reason"];

/// Why the relays' cluster cannot be used. Whoever starts the relay can mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClusterError {
    /// No server answers at the addresses.
    Unreachable(String),
    /// The file of credentials cannot be read, or is none.
    Credentials(String),
    /// A file with who signs the servers' certificates cannot be read, or has none.
    Certificates(String),
    /// The server is too old.
    TooOld(String),
    /// The server takes no messages as long as ours can be.
    ShortMessages(usize),
    /// There is no JetStream, or this user may not use it.
    NoJetStream(String),
    /// The bucket keeps its keys in files.
    FileStorage(String),
    /// The bucket is there, and its keys do not run out as they must.
    OtherBucket(String),
    /// A stream stores what relays say to one another.
    FramesStored(String),
    /// The bucket cannot be made.
    NoBucket(String),
}

impl fmt::Display for ClusterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "no NATS server can be reached: {why}"),
            Self::Credentials(why) => write!(f, "the credentials for NATS cannot be used: {why}"),
            Self::Certificates(why) => {
                write!(f, "the `certificates` for NATS cannot be used: {why}")
            }
            Self::TooOld(version) => write!(
                f,
                "the NATS server has version {version}, and relays need 2.11 or a later one"
            ),
            Self::ShortMessages(most) => write!(
                f,
                "the NATS server takes messages of {most} bytes at most (`max_payload`), and relays need {PAYLOAD_LEAST}"
            ),
            Self::NoJetStream(why) => write!(
                f,
                "NATS has no JetStream for this relay, in which it would keep the lease in memory: {why}"
            ),
            Self::FileStorage(bucket) => write!(
                f,
                "the bucket {bucket} in NATS is kept in files: remove it, and relays make it anew in memory"
            ),
            Self::OtherBucket(bucket) => write!(
                f,
                "the bucket {bucket} in NATS was not made by this version: remove it, and relays make it anew"
            ),
            Self::FramesStored(stream) => write!(
                f,
                "the stream {stream} in NATS stores what relays say to one another: nothing of a chat may be stored"
            ),
            Self::NoBucket(why) => write!(
                f,
                "the bucket for the lease cannot be made in NATS (`replicas` may be more than there are servers): {why}"
            ),
        }
    }
}

impl std::error::Error for ClusterError {}

/// Where relays of one program meet.
#[derive(Clone)]
struct Subjects {
    /// What all subjects of the program begin with.
    program: String,
}

impl Subjects {
    fn all(&self) -> String {
        format!("{}.all", self.program)
    }

    /// What carriers send this home.
    fn home(&self, relay: RelayId) -> String {
        format!("{}.home.{relay}", self.program)
    }

    /// What homes send this carrier.
    fn carrier(&self, relay: RelayId) -> String {
        format!("{}.carrier.{relay}", self.program)
    }
}

/// Everything that this relay hears.
pub(super) struct Heard {
    /// What is said to all.
    pub(super) all: Inbox,
    /// What carriers send it.
    pub(super) carriers: Inbox,
    /// What the home sends it.
    pub(super) home: Inbox,
    /// That the connection stands, or is gone.
    pub(super) connected: mpsc::Receiver<bool>,
}

/// The cluster, for one program.
pub(crate) struct Cluster {
    connection: Connection,
    subjects: Subjects,
    lease: LeaseKeeper,
    connected: mpsc::Receiver<bool>,
}

impl Cluster {
    /// Reaches the cluster, and sees to it that it is what it must be.
    ///
    /// # Errors
    /// [`ClusterError`].
    pub(crate) async fn join(
        relays: &config::Relays,
        program: &ProgramId,
        me: RelayId,
    ) -> Result<Self, ClusterError> {
        let (connection, connected) = Connection::reach(relays).await?;
        let program = hex(&program.0);
        let subjects = Subjects { program: format!("{}.{program}", relays.prefix) };
        let mut context = jetstream::new(connection.client.clone());
        context.set_timeout(ANSWERED_WITHIN);
        stores_nothing(&context, &relays.prefix).await?;
        let lease = LeaseKeeper {
            context,
            bucket: relays.prefix.clone(),
            replicas: relays.replicas,
            key: program,
            me,
            held: Mutex::default(),
        };
        *lease.held.lock().await = Held { store: Some(lease.open().await?), ..Held::default() };
        Ok(Self { connection, subjects, lease, connected })
    }

    /// Listens from now on, and gives what is needed to speak.
    ///
    /// # Errors
    /// [`ClusterError::Unreachable`].
    pub(super) async fn open(self) -> Result<(Voice, LeaseKeeper, Heard), ClusterError> {
        let Self { connection, subjects, lease, connected } = self;
        let client = &connection.client;
        let me = lease.me;
        let listen = async |subject: String, most| {
            let coming = client.subscribe(subject).await.map_err(unreachable)?;
            Ok(Inbox::of(coming, most))
        };
        let heard = Heard {
            all: listen(subjects.all(), WORDS_HELD).await?,
            carriers: listen(subjects.home(me), HELD).await?,
            home: listen(subjects.carrier(me), HELD_OF_HOME).await?,
            connected,
        };
        // Whoever hears of this relay from now on finds it listening.
        timeout(ANSWERED_WITHIN, client.flush())
            .await
            .map_err(unreachable)?
            .map_err(unreachable)?;
        Ok((Voice { connection, subjects }, lease, heard))
    }
}

/// How this relay speaks. What cannot be said is lost, which whoever listens notices.
#[derive(Clone)]
pub(super) struct Voice {
    connection: Connection,
    subjects: Subjects,
}

impl Voice {
    /// Whether there is anybody to speak to.
    pub(super) fn is_connected(&self) -> bool {
        self.connection.stands()
    }

    /// Says something to all relays of the program.
    pub(super) async fn to_all(&self, message: Vec<u8>) {
        self.connection.say(self.subjects.all(), message).await;
    }

    /// Sends a home what is for it.
    pub(super) async fn to_home(&self, relay: RelayId, message: Vec<u8>) {
        self.connection.say(self.subjects.home(relay), message).await;
    }

    /// Sends a carrier what is for it.
    pub(super) async fn to_carrier(&self, relay: RelayId, message: Vec<u8>) {
        self.connection.say(self.subjects.carrier(relay), message).await;
    }

    /// Waits until what was said has left, though not for long.
    pub(super) async fn said(&self) {
        let _ = timeout(ANSWERED_WITHIN, self.connection.client.flush()).await;
    }
}

/// Nobody stores what relays say.
async fn stores_nothing(context: &Context, prefix: &str) -> Result<(), ClusterError> {
    use jetstream::context::GetStreamByNameErrorKind::NotFound;
    match context.stream_by_subject(format!("{prefix}.>")).await {
        Ok(stream) => Err(ClusterError::FramesStored(stream)),
        Err(error) if error.kind() == NotFound => Ok(()),
        Err(error) => Err(ClusterError::NoJetStream(error.to_string())),
    }
}

/// What the lease says: who has it, for which term.
#[derive(PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
struct Holder {
    relay: RelayId,
    term: Term,
}

/// What stands in the lease's place, and by which number it is replaced.
enum Stands {
    /// Nobody's.
    Free(u64),
    /// This relay's, for this term.
    Own(u64),
    /// Somebody else's.
    Others,
}

/// The lease of one program, and this relay's hold on it.
pub(super) struct LeaseKeeper {
    context: Context,
    bucket: String,
    replicas: usize,
    key: String,
    pub(super) me: RelayId,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    store: Option<Store>,
    /// The term for which it is held, and the number by which it is renewed.
    by: Option<(Term, u64)>,
    /// Times in a row that nobody answered.
    unanswered: u32,
}

impl LeaseKeeper {
    /// Takes the lease for this term, or renews it.
    pub(super) async fn hold(&self, term: Term) -> Lease {
        let mut held = self.held.lock().await;
        match timeout(ANSWERED_WITHIN, self.try_hold(&mut held, term)).await {
            Ok(Ok(lease)) => {
                held.unanswered = 0;
                lease
            }
            failed => {
                // A cluster that came back empty has no bucket any more: it is looked for, or made, the next time.
                held.store = None;
                held.unanswered = held.unanswered.saturating_add(1);
                if held.unanswered == UNANSWERED_BEFORE_SAID {
                    let error = match failed {
                        Ok(Err(error)) => error.to_string(),
                        _ => "no answer in time".to_owned(),
                    };
                    tracing::error!(%error, "NATS does not say which relay has the program");
                }
                Lease::Unanswered
            }
        }
    }

    async fn try_hold(&self, held: &mut Held, term: Term) -> Result<Lease, ClusterError> {
        if held.store.is_none() {
            held.store = Some(self.open().await?);
        }
        let Some(store) = &held.store else { return Ok(Lease::Unanswered) };
        let known = held.by.filter(|(by, _)| *by == term).map(|(_, revision)| revision);
        let mut put = match known {
            Some(revision) => self.put(store, term, revision).await?,
            None => None,
        };
        for _ in 0..TRIES {
            if put.is_some() {
                break;
            }
            // Somebody else was before us; or the cluster forgot, or an answer was lost.
            put = match self.stands(store, term).await? {
                Stands::Others => {
                    held.by = None;
                    return Ok(Lease::Others);
                }
                Stands::Free(revision) | Stands::Own(revision) => {
                    self.put(store, term, revision).await?
                }
            };
        }
        held.by = put.map(|revision| (term, revision));
        // Nobody said that it is another's: who is home stays so, and asks again.
        Ok(if put.is_some() { Lease::Held } else { Lease::Unanswered })
    }

    /// Puts the lease in the place of what has this number, or of nothing; nothing if something else is there.
    async fn put(
        &self,
        store: &Store,
        term: Term,
        replaces: u64,
    ) -> Result<Option<u64>, ClusterError> {
        let value = encode(&Holder { relay: self.me, term }).into();
        match store.update(&self.key, value, replaces).await {
            Ok(revision) => Ok(Some(revision)),
            Err(error) if error.kind() == UpdateErrorKind::WrongLastRevision => Ok(None),
            Err(error) => Err(no_answer(error)),
        }
    }

    /// What stands in the lease's place. The bucket's leader says so: any other server may be behind, and a home that
    /// believed it would give way to nobody.
    async fn stands(&self, store: &Store, term: Term) -> Result<Stands, ClusterError> {
        let subject = format!("{}{}", store.prefix, self.key);
        let message = match store.stream.get_last_raw_message_by_subject(&subject).await {
            Ok(message) => message,
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => {
                return Ok(Stands::Free(0));
            }
            Err(error) => return Err(no_answer(error)),
        };
        let given_up = GIVEN_UP.iter().any(|header| message.headers.get(*header).is_some());
        let mine = Holder { relay: self.me, term };
        Ok(if given_up {
            Stands::Free(message.sequence)
        } else if decode::<Holder>(&message.payload).as_ref() == Ok(&mine) {
            Stands::Own(message.sequence)
        } else {
            Stands::Others
        })
    }

    /// Gives the lease up, if it is held.
    pub(super) async fn give_up(&self) {
        let mut held = self.held.lock().await;
        if let (Some(store), Some((_, revision))) = (&held.store, held.by) {
            let giving = store.delete_expect_revision(&self.key, Some(revision));
            // Where it cannot be given up it runs out.
            let _ = timeout(ANSWERED_WITHIN, giving).await;
        }
        held.by = None;
    }

    /// The bucket: made where there is none, in memory.
    async fn open(&self) -> Result<Store, ClusterError> {
        let name = self.bucket.clone();
        let store = match self.context.get_key_value(name.clone()).await {
            Ok(store) => store,
            Err(_) => self.make().await?,
        };
        let config = &store.stream.cached_info().config;
        if config.storage != StorageType::Memory {
            return Err(ClusterError::FileStorage(name));
        }
        if config.max_age != LEASE || config.max_messages_per_subject != 1 {
            return Err(ClusterError::OtherBucket(name));
        }
        Ok(store)
    }

    async fn make(&self) -> Result<Store, ClusterError> {
        self.context
            .query_account()
            .await
            .map_err(|error| ClusterError::NoJetStream(error.to_string()))?;
        let config = kv::Config {
            bucket: self.bucket.clone(),
            description: "which relay has each program".to_owned(),
            history: 1,
            max_age: LEASE,
            storage: StorageType::Memory,
            num_replicas: self.replicas,
            ..kv::Config::default()
        };
        match self.context.create_key_value(config).await {
            Ok(store) => Ok(store),
            // Another relay may have made it meanwhile.
            Err(error) => match self.context.get_key_value(self.bucket.clone()).await {
                Ok(store) => Ok(store),
                Err(_) => Err(ClusterError::NoBucket(error.to_string())),
            },
        }
    }
}

pub(super) fn unreachable(error: impl fmt::Display) -> ClusterError {
    ClusterError::Unreachable(error.to_string())
}

fn no_answer(error: impl fmt::Display) -> ClusterError {
    ClusterError::NoJetStream(error.to_string())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
