//! Many programs in one process, wholly apart (`features.md` 6.4; `docs/decisions/0033`).
//!
//! Each has a relay of its own on threads of its own, with its own keys, core, pages, state folder, control socket and
//! host key. What they share is the process: how many sockets and bytes it has, of which each has a part that no other
//! can take ([`Stocks`]); the log; and, where the configuration says so, listeners ([`Sorting`]). The system gives
//! each thread its turn, so that a flood of frames on one program holds up no other's. What this does not keep apart:
//! memory that is full is full for all, and whoever breaks into the process has every program's public records.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::Instant;
use std::{fmt, io};

use axum::Router;
use stillroom_program::Fingerprint;
use tokio::sync::oneshot;
use tokio::task;

use crate::allotment::{Allotment, Portion, Stocks};
use crate::config::{Config, Door, Many, Origin};
use crate::listeners::{Arrivals, Listener, listen};
use crate::metrics::{self, Metrics, OfProgram};
use crate::places::Places;
use crate::redirect;
use crate::relay::{Entrance, Entrances, Relay, RunningRelay, StartError, cannot_listen};
use crate::runtime::runtime;
use crate::sockets::Sockets;
use crate::sorting::{Sorting, ToldApartBy};
use crate::stop::Stop;

/// Digits of a fingerprint by which monitoring tells programs apart.
const NAME_DIGITS: usize = 8;

/// Many relays. There is nothing to it before [`Relays::start`].
pub struct Relays;

/// Many relays that run. [`RunningRelays::stop`] ends them.
pub struct RunningRelays {
    /// Those that run, in the order of the configuration.
    pub relays: Vec<OneRelay>,
    /// Those that do not, and why.
    pub not_started: Vec<(PathBuf, StartError)>,
    /// Where a monitoring system asks, if the configuration has it.
    pub metrics_addr: Option<SocketAddr>,
    /// Where browsers are led to the doors, if the configuration has it.
    pub redirect_addr: Option<SocketAddr>,
    stop: Stop,
    tasks: Vec<task::JoinHandle<()>>,
}

/// One of many relays.
pub struct OneRelay {
    /// The fingerprint of its program's root key.
    pub root: Fingerprint,
    /// The address that survivors open.
    pub survivor_origin: Origin,
    /// The address that staff open.
    pub desk_origin: Origin,
    /// Where survivors come in.
    pub survivor_addr: SocketAddr,
    /// Where staff come in.
    pub desk_addr: SocketAddr,
    end: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

/// What a thread says once its relay runs.
struct Started {
    root: Fingerprint,
    origins: [Origin; 2],
    addresses: [SocketAddr; 2],
    figures: OfProgram,
}

impl Relays {
    /// Starts a relay for each program. One that cannot start, for a reason of its own, holds up no other.
    ///
    /// # Errors
    /// [`StartError`]: of the configuration, or of the listeners; or none could start, and why the first did not.
    pub async fn start(many: Many) -> Result<RunningRelays, StartError> {
        Self::start_with(many, Sockets::own()).await
    }

    /// The same, on sockets that were handed over as far as there are any.
    ///
    /// # Errors
    /// As [`Relays::start`].
    pub async fn start_with(many: Many, mut sockets: Sockets) -> Result<RunningRelays, StartError> {
        many.check().map_err(StartError::Config)?;
        let listeners: Vec<_> = many.listeners().into_keys().chain(many.others()).collect();
        sockets.check(&listeners)?;
        let stop = Stop::new();
        let stocks = Stocks::new(&many.in_all, many.programs.len());
        let mut shared = shared_listeners(&many, &mut sockets)?;
        let (mut relays, mut not_started, mut figures) = (Vec::new(), Vec::new(), Vec::new());
        for (number, config) in many.programs.into_iter().enumerate() {
            let entrances = Entrances {
                survivor: entrance(&config.survivor, &mut shared, &mut sockets)?,
                desk: entrance(&config.desk, &mut shared, &mut sockets)?,
                metrics: None,
            };
            let file = config.program.file.clone();
            match start_one(config, entrances, stocks.portion(number)).await {
                Ok((relay, of_program)) => {
                    relays.push(relay);
                    figures.push(of_program);
                }
                Err(error) => {
                    tracing::error!(%error, "one of the programs is not served");
                    not_started.push((file, error));
                }
            }
        }
        if relays.is_empty()
            && let Some((_, error)) = not_started.pop()
        {
            return Err(error);
        }
        let mut tasks: Vec<_> = shared
            .into_values()
            .map(|sorting| tokio::spawn(sorting.sort(stop.stopping())))
            .collect();
        let mut open = |at: SocketAddr, router, at_once| {
            let cannot = cannot_listen(at);
            let socket = sockets.at(at).map_err(cannot)?;
            let_in(socket, router, at_once, &stop).map_err(cannot)
        };
        let figures = Metrics { programs: figures, in_all: Some(stocks), started: Instant::now() };
        let measured = many
            .metrics
            .map(|metrics| open(metrics.listen, figures.router(), metrics::CONNECTIONS))
            .transpose()?;
        let pages = redirect::router(pages_of(&relays));
        let led = many
            .redirect
            .map(|redirect| open(redirect.listen, pages, redirect::CONNECTIONS))
            .transpose()?;
        let [metrics_addr, redirect_addr] =
            [&measured, &led].map(|opened| opened.as_ref().map(|(address, _)| *address));
        tasks.extend(measured.into_iter().chain(led).map(|(_, task)| task));
        Ok(RunningRelays { relays, not_started, metrics_addr, redirect_addr, stop, tasks })
    }
}

/// The pages of those that run.
fn pages_of(relays: &[OneRelay]) -> Vec<Origin> {
    let both = |relay: &OneRelay| [relay.survivor_origin.clone(), relay.desk_origin.clone()];
    relays.iter().flat_map(both).collect()
}

/// The listeners that more than one door has.
fn shared_listeners(
    many: &Many,
    sockets: &mut Sockets,
) -> Result<BTreeMap<SocketAddr, Sorting>, StartError> {
    let mut shared = BTreeMap::new();
    for (address, doors) in many.listeners() {
        if doors.len() > 1 {
            let cannot = cannot_listen(address);
            let socket = sockets.at(address).map_err(cannot)?;
            let by = if doors.iter().any(|door| door.tls.is_some()) {
                ToldApartBy::ServerName
            } else {
                ToldApartBy::Host
            };
            let sorting = listen(socket).and_then(|socket| Sorting::new(socket, by));
            let sorting = sorting.map_err(cannot)?;
            shared.insert(address, sorting);
        }
    }
    Ok(shared)
}

/// Where those who come to this door come from.
fn entrance(
    door: &Door,
    shared: &mut BTreeMap<SocketAddr, Sorting>,
    sockets: &mut Sockets,
) -> Result<Entrance, StartError> {
    if let Some(sorting) = shared.get_mut(&door.listen)
        && let Some(origin) = &door.origin
    {
        return Ok(Entrance::Sorted(sorting.add(origin)));
    }
    let socket = sockets.at(door.listen).map_err(cannot_listen(door.listen))?;
    Ok(Entrance::Socket(socket))
}

/// Starts one relay on a thread of its own, and waits until it runs.
async fn start_one(
    config: Config,
    entrances: Entrances,
    portion: Portion,
) -> Result<(OneRelay, OfProgram), StartError> {
    let (say, said) = oneshot::channel();
    let (end, ended) = oneshot::channel();
    let thread = std::thread::Builder::new()
        .name("program".to_owned())
        .spawn(move || carry(config, entrances, portion, say, ended))
        .map_err(|error| StartError::Thread(error.to_string()))?;
    let started = said.await.unwrap_or_else(|_| Err(StartError::Thread("it ended".to_owned())))?;
    let Started { root, origins, addresses, figures } = started;
    let [survivor_origin, desk_origin] = origins;
    let [survivor_addr, desk_addr] = addresses;
    let relay =
        OneRelay { root, survivor_origin, desk_origin, survivor_addr, desk_addr, end, thread };
    Ok((relay, figures))
}

/// What the thread of one relay does, from its start to its end.
fn carry(
    config: Config,
    entrances: Entrances,
    portion: Portion,
    say: oneshot::Sender<Result<Started, StartError>>,
    ended: oneshot::Receiver<()>,
) {
    let runtime = match runtime(&config) {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = say.send(Err(StartError::Thread(error.to_string())));
            return;
        }
    };
    runtime.block_on(async {
        match Relay::start_within(config, entrances, portion).await {
            Ok(relay) => {
                // Nobody who hears it, or nobody who will say when to end: the process stops.
                if say.send(Ok(Started::of(&relay))).is_ok() {
                    let _ = ended.await;
                }
                relay.stop().await;
            }
            Err(error) => {
                let _ = say.send(Err(error));
            }
        }
    });
}

impl Started {
    fn of(relay: &RunningRelay) -> Self {
        let name = relay.root().to_string().chars().take(NAME_DIGITS).collect();
        Self {
            root: relay.root(),
            origins: [relay.survivor_origin().clone(), relay.desk_origin().clone()],
            addresses: [relay.survivor_addr, relay.desk_addr],
            figures: relay.figures(name),
        }
    }
}

/// Lets connections in without TLS at a listener that is no program's, so many at once.
fn let_in(
    socket: TcpListener,
    router: Router,
    at_once: usize,
    stop: &Stop,
) -> io::Result<(SocketAddr, task::JoinHandle<()>)> {
    let address = socket.local_addr()?;
    let listener = Listener {
        arrivals: Arrivals::Socket(listen(socket)?),
        tls: None,
        router,
        places: Places::new(at_once, Allotment::unbounded()),
        stopping: stop.stopping(),
        running: stop.running(),
    };
    Ok((address, tokio::spawn(listener.accept())))
}

impl RunningRelays {
    /// Stops all of them at once, each as [`RunningRelay::stop`] does.
    pub async fn stop(self) {
        self.stop.say();
        let mut threads = Vec::new();
        for relay in self.relays {
            // One that has ended already needs no telling.
            let _ = relay.end.send(());
            threads.push(relay.thread);
        }
        let joined = task::spawn_blocking(move || {
            threads.into_iter().for_each(|thread| drop(thread.join()))
        });
        let _ = joined.await;
        for task in self.tasks {
            task.abort();
            let _ = task.await;
        }
    }
}

impl fmt::Debug for RunningRelays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningRelays").field("relays", &self.relays.len()).finish_non_exhaustive()
    }
}
