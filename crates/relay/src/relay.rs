//! A relay from start to stop.
//!
//! It starts only with everything in place: a relay that cannot keep its records or fill its pages says so
//! to whoever starts it, not to survivors.

use std::convert::Infallible;
use std::future::pending;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fmt, io};

use axum::Router;
use getrandom::SysRng;
use rand_core::{Rng as _, UnwrapErr};
use stillroom_delivery::{Delivery, Holdings, Setup};
#[cfg(unix)]
use stillroom_program::SigningKey;
use stillroom_program::{Fingerprint, TimeZoneUnknown};
use stillroom_protocol::limits::{CLIENT_FRAME_MAX, STAFF_FRAME_MAX};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::allotment::{Allotment, Portion};
use crate::clock::{Clock, Clocks};
use crate::config::{self, Config, ConfigError, Origin};
#[cfg(unix)]
use crate::control::{Control, Office};
use crate::directory::{self, Directory, DirectoryError};
use crate::door::Door;
use crate::headers::Headers;
#[cfg(unix)]
use crate::host_key;
use crate::line::{LINGERING, Lines};
use crate::listeners::{Arrivals, BREATH, Listener, listen};
use crate::metrics::{self, Measured, Metrics, OfProgram};
use crate::notice_board::NoticeBoard;
use crate::opening::{self, NotKept};
use crate::origins::Origins;
use crate::pages::{Pages, PagesError, Which};
use crate::places::Places;
use crate::program_file::{ProgramFile, ProgramFileError};
use crate::records::Records;
use crate::redirect;
use crate::shares::ShareKeys;
use crate::sockets::Sockets;
use crate::sorting::Sorted;
use crate::stop::Stop;
use crate::switchboard::{
    Cluster, ClusterError, InProcess, Lasting, Member, Membership, RelayId, Several, Side,
    Switchboard, ToKeep,
};
use crate::tls::{Secured, Tls, TlsError};

/// How long a stopping relay waits for its connections: as long as one may linger, and a moment.
const STOP_WITHIN: Duration = Duration::from_secs(6);

/// Requests to the lasting records that may wait, of all devices together.
const REQUESTS_WAITING: usize = 256;

/// Batches of sealed answers that may wait to be kept; more are held by the core.
const BATCHES_WAITING: usize = 8;

/// Sealed counts of days that may wait to be kept.
const DAYS_WAITING: usize = 4;

/// The relay. There is nothing to it before [`Relay::start`].
pub struct Relay;

/// The two sockets that a relay listens on.
#[derive(Debug)]
pub struct Listeners {
    /// Survivors come in here.
    pub survivor: TcpListener,
    /// Staff come in here.
    pub desk: TcpListener,
}

/// Where those who come to one door of a program come from.
pub(crate) enum Entrance {
    /// A socket of its own.
    Socket(TcpListener),
    /// One that several programs share.
    Sorted(Sorted),
}

impl Entrance {
    fn address(&self) -> io::Result<SocketAddr> {
        match self {
            Self::Socket(socket) => socket.local_addr(),
            Self::Sorted(sorted) => Ok(sorted.address),
        }
    }

    fn arrivals(self) -> io::Result<Arrivals> {
        Ok(match self {
            Self::Socket(socket) => Arrivals::Socket(listen(socket)?),
            Self::Sorted(sorted) => Arrivals::Sorted(sorted),
        })
    }

    /// Closes every connection that comes, at once.
    async fn turn_away(&mut self) -> Infallible {
        match self {
            Self::Socket(socket) => {
                // Another handle of the same socket, which stays open when this is over.
                if let Ok(socket) = socket.try_clone().and_then(listen) {
                    loop {
                        if socket.accept().await.is_err() {
                            sleep(BREATH).await;
                        }
                    }
                }
            }
            Self::Sorted(sorted) => while sorted.connections.recv().await.is_some() {},
        }
        pending().await
    }
}

/// The entrances of one program.
pub(crate) struct Entrances {
    pub(crate) survivor: Entrance,
    pub(crate) desk: Entrance,
    /// Where a monitoring system asks about this program alone.
    pub(crate) metrics: Option<TcpListener>,
    /// Where browsers are led to this program's doors alone.
    pub(crate) redirect: Option<TcpListener>,
}

impl Entrances {
    /// Those that the configuration names, on sockets that were handed over as far as there are any.
    fn at(config: &Config, mut sockets: Sockets) -> Result<Self, StartError> {
        let [survivor, desk] = [config.survivor.listen, config.desk.listen];
        let [figures, led] = config.others();
        let listeners: Vec<_> = [survivor, desk].into_iter().chain(figures).chain(led).collect();
        sockets.check(&listeners)?;
        let mut at = |address| sockets.at(address).map_err(cannot_listen(address));
        Ok(Self {
            survivor: Entrance::Socket(at(survivor)?),
            desk: Entrance::Socket(at(desk)?),
            metrics: figures.map(&mut at).transpose()?,
            redirect: led.map(&mut at).transpose()?,
        })
    }

    /// Closes every connection of survivors and staff that comes, so that nobody waits where nobody answers.
    pub(crate) async fn turn_away(&mut self) -> Infallible {
        tokio::select! {
            never = self.survivor.turn_away() => never,
            never = self.desk.turn_away() => never,
        }
    }
}

/// A relay that runs. [`RunningRelay::stop`] ends it; dropping it leaves it running as long as its runtime.
pub struct RunningRelay {
    /// Where survivors come in.
    pub survivor_addr: SocketAddr,
    /// Where staff come in.
    pub desk_addr: SocketAddr,
    /// Where a monitoring system asks, if the configuration has it.
    pub metrics_addr: Option<SocketAddr>,
    /// Where browsers are led to the doors, if the configuration has it.
    pub redirect_addr: Option<SocketAddr>,
    survivor_origin: Origin,
    desk_origin: Origin,
    root: Fingerprint,
    pub(crate) clock: Clock,
    switchboard: Arc<dyn Switchboard>,
    board: Arc<NoticeBoard>,
    limits: config::Limits,
    counts: mpsc::Sender<ToKeep>,
    stop: Stop,
    membership: Option<Membership>,
    /// Of whoever keeps what came on the lines, once there are none.
    closing: Stop,
    tasks: Vec<JoinHandle<()>>,
}

/// Why a relay did not start. Whoever starts it can mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartError {
    /// The configuration contradicts itself.
    Config(ConfigError),
    /// The program's file cannot be read.
    ProgramUnreadable(String),
    /// The program's file is not to be gone by.
    Program(ProgramFileError),
    /// The lasting records cannot be kept.
    Directory(DirectoryError),
    /// Another relay over the same records has another host's key.
    OtherHost,
    /// The pages cannot be filled.
    Pages(PagesError),
    /// The policy's hours cannot be worked out.
    Hours(TimeZoneUnknown),
    /// A door has no certificate.
    Tls(TlsError),
    /// The other relays cannot be met as they must.
    Cluster(ClusterError),
    /// The system gives a program no thread of its own.
    Thread(String),
    /// It cannot listen.
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why, in the system's words.
        why: String,
    },
    /// A socket was handed over that nothing of the configuration listens on.
    NobodysSocket {
        /// Where it is.
        address: SocketAddr,
    },
    /// A socket was handed over that is none to listen on.
    SocketUnusable {
        /// Why, in the system's words.
        why: String,
    },
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => write!(f, "the configuration: {error}"),
            Self::ProgramUnreadable(why) => write!(f, "the program's file cannot be read: {why}"),
            Self::Program(error) => write!(f, "the program's file: {error}"),
            Self::Directory(error) => error.fmt(f),
            Self::OtherHost => f.write_str(
                "the program's records name another key of the host's than `host.key` in the state folder: put a copy of \
                 that file from another relay of the program there, so that administrators see one host",
            ),
            Self::Pages(error) => error.fmt(f),
            Self::Hours(error) => error.fmt(f),
            Self::Tls(error) => error.fmt(f),
            Self::Cluster(error) => error.fmt(f),
            Self::Thread(why) => write!(f, "a program gets no thread of its own: {why}"),
            Self::Listen { address, why } => write!(f, "cannot listen on {address}: {why}"),
            Self::NobodysSocket { address } => write!(
                f,
                "a socket for {address} was handed over, and no `listen` of the configuration is that address"
            ),
            Self::SocketUnusable { why } => {
                write!(f, "a socket was handed over that cannot be used: {why}")
            }
        }
    }
}

impl std::error::Error for StartError {}

impl StartError {
    /// Whether something outside this computer's own files was away: it may be back without anybody's doing anything
    /// here, so that trying again is of use.
    pub fn is_away(&self) -> bool {
        use ClusterError::{NoBucket, NoJetStream, Unreachable};
        matches!(
            self,
            Self::Directory(DirectoryError::Away(_))
                // Servers that come up one after the other have no JetStream, and too few for the lease, until they
                // are all there.
                | Self::Cluster(Unreachable(_) | NoJetStream(_) | NoBucket(_))
        )
    }
}

impl From<DirectoryError> for StartError {
    fn from(error: DirectoryError) -> Self {
        Self::Directory(error)
    }
}

impl From<ClusterError> for StartError {
    fn from(error: ClusterError) -> Self {
        Self::Cluster(error)
    }
}

impl Relay {
    /// Starts a relay on the addresses that the configuration names.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(config: Config) -> Result<RunningRelay, StartError> {
        Self::start_with(config, Sockets::own()).await
    }

    /// Starts a relay on the addresses that the configuration names, on sockets that were handed over as far as there
    /// are any.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start_with(config: Config, sockets: Sockets) -> Result<RunningRelay, StartError> {
        let entrances = Entrances::at(&config, sockets)?;
        Self::start_within(config, entrances, Portion::everything()).await
    }

    /// Starts a relay on sockets that listen already, whatever addresses the configuration names.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start_on(
        config: Config,
        listeners: Listeners,
    ) -> Result<RunningRelay, StartError> {
        let Listeners { survivor, desk } = listeners;
        let [figures, led] = config.others();
        let bind = |address| TcpListener::bind(address).map_err(cannot_listen(address));
        let entrances = Entrances {
            survivor: Entrance::Socket(survivor),
            desk: Entrance::Socket(desk),
            metrics: figures.map(bind).transpose()?,
            redirect: led.map(bind).transpose()?,
        };
        Self::start_within(config, entrances, Portion::everything()).await
    }

    /// Starts a relay over lasting records that are open already, as several relays of one process share them.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start_over(
        config: Config,
        directory: Arc<dyn Directory>,
    ) -> Result<RunningRelay, StartError> {
        config.check().map_err(StartError::Config)?;
        let program = read_program(&config)?;
        let entrances = Entrances::at(&config, Sockets::own())?;
        let prepared = Self::prepare_over(config, program, directory, Portion::everything());
        prepared.await?.open_alone(entrances)
    }

    async fn start_within(
        config: Config,
        entrances: Entrances,
        portion: Portion,
    ) -> Result<RunningRelay, StartError> {
        Self::prepare(config, portion).await?.open_alone(entrances)
    }

    /// Puts in place what a relay needs that has so much of its process. Where that fails, nothing of it is left, and
    /// it can be tried again.
    pub(crate) async fn prepare(config: Config, portion: Portion) -> Result<Prepared, StartError> {
        config.check().map_err(StartError::Config)?;
        let program = read_program(&config)?;
        let directory = directory::open(&config, &program.root).await?;
        if config.relays.is_some() && config.postgres.is_none() {
            tracing::warn!(
                "this is a trial of several relays, each with its own records: what is published to one stays there"
            );
        }
        Self::prepare_over(config, program, directory, portion).await
    }

    async fn prepare_over(
        config: Config,
        program: ProgramFile,
        directory: Arc<dyn Directory>,
        portion: Portion,
    ) -> Result<Prepared, StartError> {
        let root = program.root;
        let pages = Pages::read(root, config.purpose, &config.testing);
        let pages = Arc::new(pages.map_err(StartError::Pages)?);
        let survivor = secured(&config, Which::Survivor, &config.survivor)?;
        let desk = secured(&config, Which::Desk, &config.desk)?;

        let clock = Clock::start();
        let limits = config.limits.of_core();
        let tolerance = limits.clock_tolerance;
        let delivery = Delivery::new(Setup { root, limits }, UnwrapErr(SysRng));
        let (requests, asked) = mpsc::channel(REQUESTS_WAITING);
        let (answers, batches) = mpsc::channel(BATCHES_WAITING);
        let (counts, days) = mpsc::channel(DAYS_WAITING);
        let lasting = Lasting { requests, answers, counts: counts.clone() };
        let waiting = config.limits.outgoing_bytes_in_all;
        let in_process = Arc::new(InProcess::new(delivery, clock, waiting, &portion, lasting));
        let time = InProcess::keep_time(Arc::downgrade(&in_process));
        let (others, switchboard): (_, Arc<dyn Switchboard>) = match &config.relays {
            Some(relays) => {
                let cluster = Cluster::join(relays, &root.program_id(), RelayId::draw()).await?;
                let several = Arc::new(Several::new(in_process));
                (Some((cluster, Arc::clone(&several))), several)
            }
            None => (None, in_process),
        };
        let board = Arc::new(NoticeBoard::new(Arc::clone(&pages), clock));
        let records = Arc::new(Records::new(
            directory,
            Arc::clone(&switchboard),
            Arc::clone(&board),
            root,
            clock,
            tolerance,
        ));
        #[cfg(unix)]
        let host = host_key_of(&config, &*records.directory).await?;
        opening::open(&records, &program).await.map_err(|error| match error {
            NotKept::Program(error) => StartError::Program(error),
            NotKept::Directory(error) => StartError::Directory(error),
            NotKept::Pages(error) => StartError::Pages(error),
            NotKept::Hours(error) => StartError::Hours(error),
        })?;
        let (membership, member) = match others {
            Some((cluster, several)) => {
                let id = root.program_id();
                let (membership, member) =
                    Member::start(cluster, &id, Arc::clone(&several), clock).await?;
                (Some(membership), Some((member, several)))
            }
            None => (None, None),
        };
        // Nothing fails from here on: tasks would outlive what failed.
        let closing = Stop::new();
        let mut tasks = vec![
            tokio::spawn(time),
            tokio::spawn(Arc::clone(&board).keep_current()),
            tokio::spawn(Arc::clone(&records).keep_answers(batches, closing.last_of())),
            tokio::spawn(Arc::clone(&records).keep_counts(days)),
            tokio::spawn(Arc::clone(&records).keep_retention()),
            tokio::spawn(Arc::clone(&records).keep_sure()),
            tokio::spawn(Arc::clone(&records).answer(asked, closing.last_of())),
        ];
        if let Some((member, several)) = member {
            tasks.push(tokio::spawn(Arc::clone(&records).keep_reading(several)));
            tasks.push(tokio::spawn(member));
        }
        #[cfg(unix)]
        tasks.extend(control(&config, records, host));
        Ok(Prepared {
            config,
            root,
            clock,
            pages,
            certificates: Certificates { survivor, desk },
            switchboard,
            board,
            counts,
            portion,
            membership,
            closing,
            tasks,
        })
    }
}

/// The certificates of both doors, where the relay speaks TLS itself.
struct Certificates {
    survivor: Option<Secured>,
    desk: Option<Secured>,
}

/// A relay with everything in place, that lets nobody in yet.
pub(crate) struct Prepared {
    config: Config,
    root: Fingerprint,
    clock: Clock,
    pages: Arc<Pages>,
    certificates: Certificates,
    switchboard: Arc<dyn Switchboard>,
    board: Arc<NoticeBoard>,
    counts: mpsc::Sender<ToKeep>,
    portion: Portion,
    membership: Option<Membership>,
    closing: Stop,
    tasks: Vec<JoinHandle<()>>,
}

impl Prepared {
    /// Lets people in, as the one relay of a process.
    fn open_alone(self, entrances: Entrances) -> Result<RunningRelay, StartError> {
        let mut relay = self.open(entrances)?;
        let clocks = Clocks::default();
        clocks.add(relay.clock);
        relay.tasks.push(tokio::spawn(clocks.keep_comparing()));
        Ok(relay)
    }

    /// Lets people in.
    pub(crate) fn open(self, entrances: Entrances) -> Result<RunningRelay, StartError> {
        let Self { config, root, pages, certificates, switchboard, board, counts, .. } = self;
        let Self { clock, portion, membership, closing, mut tasks, .. } = self;
        let stop = Stop::new();
        let share_keys = Arc::new(ShareKeys::draw(UnwrapErr(SysRng).next_u32() >> 1));
        let keys = (Arc::downgrade(&share_keys), Arc::clone(&switchboard));
        tasks.push(tokio::spawn(ShareKeys::keep_changing(keys.0, keys.1)));
        let hall = Hall {
            config: &config,
            pages,
            switchboard: Arc::clone(&switchboard),
            share_keys,
            portion,
            stop: &stop,
        };
        let (survivor_addr, survivor_origin, open) = hall.open(
            Which::Survivor,
            &config.survivor,
            entrances.survivor,
            certificates.survivor,
        )?;
        tasks.extend(open);
        let (desk_addr, desk_origin, open) =
            hall.open(Which::Desk, &config.desk, entrances.desk, certificates.desk)?;
        tasks.extend(open);
        let figures = hall.open_metrics(&board, entrances.metrics)?;
        let metrics_addr = figures.as_ref().map(|(address, _)| *address);
        tasks.extend(figures.map(|(_, task)| task));
        let redirect = hall.open_redirect([&survivor_origin, &desk_origin], entrances.redirect)?;
        let redirect_addr = redirect.as_ref().map(|(address, _)| *address);
        tasks.extend(redirect.map(|(_, task)| task));
        tracing::info!(pages = hall.pages.are_built(), "the relay runs");
        Ok(RunningRelay {
            survivor_addr,
            desk_addr,
            metrics_addr,
            redirect_addr,
            survivor_origin,
            desk_origin,
            root,
            clock,
            switchboard,
            board,
            limits: config.limits,
            counts,
            stop,
            membership,
            closing,
            tasks,
        })
    }
}

/// The way in for the command line on this computer. Chats do not need it: a relay that cannot open it says so and
/// runs.
#[cfg(unix)]
fn control(
    config: &Config,
    records: Arc<Records>,
    host: io::Result<SigningKey>,
) -> Option<JoinHandle<()>> {
    let folder = &config.state.folder;
    let opened = host.and_then(|host| Ok((host, Control::open(folder)?)));
    match opened {
        Ok((host, control)) => Some(tokio::spawn(control.answer(Office { records, host }))),
        Err(error) => {
            tracing::warn!(%error, "commands on this computer cannot reach the relay");
            None
        }
    }
}

/// The host's key, which is the same for every relay over the same records.
#[cfg(unix)]
async fn host_key_of(
    config: &Config,
    directory: &dyn Directory,
) -> Result<io::Result<SigningKey>, StartError> {
    let host = host_key::open(&config.state.folder, &mut UnwrapErr(SysRng));
    if let Ok(key) = &host
        && !directory.settle_host(key.verifying_key().0).await?
    {
        return Err(StartError::OtherHost);
    }
    Ok(host)
}

pub(crate) fn read_program(config: &Config) -> Result<ProgramFile, StartError> {
    let bytes = std::fs::read(&config.program.file)
        .map_err(|error| StartError::ProgramUnreadable(error.to_string()))?;
    ProgramFile::decode(&bytes).map_err(StartError::Program)
}

/// TLS at this door, where the relay speaks it itself.
fn secured(
    config: &Config,
    which: Which,
    door: &config::Door,
) -> Result<Option<Secured>, StartError> {
    let (Some(tls), Some(origin)) = (&door.tls, &door.origin) else { return Ok(None) };
    let secured = Tls::open(tls, origin.host(), which, &config.state.folder);
    secured.map(Some).map_err(StartError::Tls)
}

/// Why nobody can be let in at this address.
pub(crate) fn cannot_listen(address: SocketAddr) -> impl Fn(io::Error) -> StartError + Copy {
    move |error| StartError::Listen { address, why: error.to_string() }
}

/// What both doors lead to.
struct Hall<'a> {
    config: &'a Config,
    pages: Arc<Pages>,
    switchboard: Arc<dyn Switchboard>,
    share_keys: Arc<ShareKeys>,
    portion: Portion,
    stop: &'a Stop,
}

impl Hall<'_> {
    fn open(
        &self,
        which: Which,
        door: &config::Door,
        entrance: Entrance,
        secured: Option<Secured>,
    ) -> Result<(SocketAddr, Origin, Vec<JoinHandle<()>>), StartError> {
        let cannot = cannot_listen(door.listen);
        let address = entrance.address().map_err(cannot)?;
        let origin = match &door.origin {
            Some(origin) => origin.clone(),
            None => Origin::of_this_computer(address.port()),
        };
        let (tls, keep_new) = secured.map(|Secured { tls, keep_new }| (tls, keep_new)).unzip();
        let mut tasks: Vec<_> = keep_new.into_iter().map(tokio::spawn).collect();
        let limits = &self.config.limits;
        let side = match which {
            Which::Survivor => Side::Survivors,
            Which::Desk | Which::Practice | Which::Console => Side::Staff,
        };
        // What staff have is no part of what programs share, so that a flood of survivors' takes none of it.
        let (frame, outgoing_bytes, of_process) = match side {
            Side::Survivors => {
                (CLIENT_FRAME_MAX, limits.outgoing_bytes, self.portion.pages.clone())
            }
            Side::Staff => (STAFF_FRAME_MAX, limits.staff_outgoing_bytes, Allotment::unbounded()),
        };
        let headers =
            |which| Headers::of(which, &origin).map_err(|error| cannot(io::Error::other(error)));
        let door = Arc::new(Door {
            which,
            proxy: door.proxy,
            share_keys: Arc::clone(&self.share_keys),
            serves_pages: door.serve_pages,
            origins: Origins::of(door, &origin),
            headers: headers(which)?,
            practice_headers: headers(Which::Practice)?,
            console_headers: headers(Which::Console)?,
            pages: Arc::clone(&self.pages),
            switchboard: Arc::clone(&self.switchboard),
            lines: Lines {
                side,
                frame,
                outgoing_bytes,
                lingering: Arc::new(Semaphore::new(LINGERING)),
                running: self.stop.running(),
            },
            sessions: Arc::default(),
        });
        let places = Places::new(limits.page_connections, of_process);
        tasks.push(self.let_in(entrance, tls, door.router(), places).map_err(cannot)?);
        Ok((address, origin, tasks))
    }

    /// The listener for a monitoring system, where the configuration names one.
    fn open_metrics(
        &self,
        board: &Arc<NoticeBoard>,
        socket: Option<TcpListener>,
    ) -> Result<Option<(SocketAddr, JoinHandle<()>)>, StartError> {
        let (Some(config::Metrics { listen: at }), Some(socket)) = (&self.config.metrics, socket)
        else {
            return Ok(None);
        };
        let cannot = cannot_listen(*at);
        let address = socket.local_addr().map_err(cannot)?;
        let only = OfProgram {
            name: None,
            switchboard: Arc::clone(&self.switchboard),
            board: Arc::clone(board),
            limits: self.config.limits.clone(),
        };
        let programs = Measured::default();
        programs.add(only);
        let metrics = Metrics { programs, in_all: None, started: Instant::now() };
        let places = Places::new(metrics::CONNECTIONS, Allotment::unbounded());
        let entrance = Entrance::Socket(socket);
        let task = self.let_in(entrance, None, metrics.router(), places).map_err(cannot)?;
        Ok(Some((address, task)))
    }

    /// The listener that leads to the doors, where the configuration names one.
    fn open_redirect(
        &self,
        pages: [&Origin; 2],
        socket: Option<TcpListener>,
    ) -> Result<Option<(SocketAddr, JoinHandle<()>)>, StartError> {
        let (Some(config::Redirect { listen: at }), Some(socket)) = (&self.config.redirect, socket)
        else {
            return Ok(None);
        };
        let cannot = cannot_listen(*at);
        let address = socket.local_addr().map_err(cannot)?;
        let places = Places::new(redirect::CONNECTIONS, Allotment::unbounded());
        let router = redirect::router(pages.map(Origin::clone).into());
        let task = self.let_in(Entrance::Socket(socket), None, router, places).map_err(cannot)?;
        Ok(Some((address, task)))
    }

    /// Lets connections in on a socket until the relay stops, so many at once.
    fn let_in(
        &self,
        entrance: Entrance,
        tls: Option<Arc<Tls>>,
        router: Router,
        places: Arc<Places>,
    ) -> io::Result<JoinHandle<()>> {
        let listener = Listener {
            arrivals: entrance.arrivals()?,
            tls,
            router,
            places,
            stopping: self.stop.stopping(),
            running: self.stop.running(),
        };
        Ok(tokio::spawn(listener.accept()))
    }
}

impl RunningRelay {
    /// The address that survivors open.
    pub fn survivor_origin(&self) -> &Origin {
        &self.survivor_origin
    }

    /// The address that staff open.
    pub fn desk_origin(&self) -> &Origin {
        &self.desk_origin
    }

    /// The fingerprint of the program's root key.
    pub fn root(&self) -> Fingerprint {
        self.root
    }

    /// What it is measured by, under this name.
    pub(crate) fn figures(&self, name: String) -> OfProgram {
        OfProgram {
            name: Some(name),
            switchboard: Arc::clone(&self.switchboard),
            board: Arc::clone(&self.board),
            limits: self.limits.clone(),
        }
    }

    /// How much is held, and nothing of whom.
    pub fn holdings(&self) -> Holdings {
        self.switchboard.holdings()
    }

    /// Stops: lets nobody in any more, answers whoever was in already, tells everybody to connect again in a moment,
    /// and waits until they have heard it, though not for long. What they asked for before is done to its end.
    pub async fn stop(self) {
        tracing::info!("the relay stops");
        // Another relay has the program at once, before anybody is told to come again.
        if let Some(membership) = self.membership {
            let _ = timeout(STOP_WITHIN, membership.leave()).await;
        }
        self.stop.say();
        self.switchboard.stop();
        // Whoever is still connected by then does not read.
        if !self.stop.wait_at_most(STOP_WITHIN).await {
            tracing::info!("connections that did not end by themselves are dropped");
        }
        self.closing.say();
        let _ = timeout(STOP_WITHIN, self.closing.wait()).await;
        let _ = timeout(STOP_WITHIN, kept(&self.counts)).await;
        for task in self.tasks {
            task.abort();
            // An aborted task says so; that is its end.
            let _ = task.await;
        }
        tracing::info!("the relay has stopped");
    }
}

/// Waits until the counts that were given out are kept.
async fn kept(counts: &mpsc::Sender<ToKeep>) {
    let (said, heard) = oneshot::channel();
    if counts.send(ToKeep::Nothing(said)).await.is_ok() {
        // Where it is never said, nobody keeps anything any more.
        let _ = heard.await;
    }
}

impl fmt::Debug for RunningRelay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningRelay").field("holdings", &self.holdings()).finish_non_exhaustive()
    }
}
