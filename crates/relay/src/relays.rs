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
use std::time::Instant;
use std::{fmt, io};

use axum::Router;
use tokio::task;

use crate::allotment::{Allotment, Stocks};
use crate::clock::Clocks;
use crate::config::{Config, Door, Many, Origin};
use crate::listeners::{Arrivals, Listener, listen};
use crate::metrics::{self, Measured, Metrics};
use crate::places::Places;
use crate::program_thread::{FirstTry, OneRelay, ProgramThread};
use crate::redirect;
use crate::relay::{Entrance, Entrances, StartError, cannot_listen};
use crate::sockets::Sockets;
use crate::sorting::{Sorting, ToldApartBy};
use crate::stop::Stop;

/// Many relays. There is nothing to it before [`Relays::start`].
pub struct Relays;

/// Many relays that run. [`RunningRelays::stop`] ends them.
pub struct RunningRelays {
    /// Those that run from the start, in the order of the configuration.
    pub relays: Vec<OneRelay>,
    /// Those that do not, and why. Where that [is away](StartError::is_away), it is tried again until they run.
    pub not_started: Vec<(PathBuf, StartError)>,
    /// Where a monitoring system asks, if the configuration has it.
    pub metrics_addr: Option<SocketAddr>,
    /// Where browsers are led to the doors, if the configuration has it.
    pub redirect_addr: Option<SocketAddr>,
    stop: Stop,
    threads: Vec<ProgramThread>,
    tasks: Vec<task::JoinHandle<()>>,
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
        let pages = pages_of(&many);
        let (measured, clocks) = (Measured::default(), Clocks::default());
        let mut begun = Vec::new();
        for (number, config) in many.programs.into_iter().enumerate() {
            let entrances = Entrances {
                survivor: entrance(&config.survivor, &mut shared, &mut sockets)?,
                desk: entrance(&config.desk, &mut shared, &mut sockets)?,
                metrics: None,
                redirect: None,
            };
            // All at once: one that something outside keeps waiting holds up no other.
            let (file, portion) = (config.program.file.clone(), stocks.portion(number));
            let of_all = (measured.clone(), clocks.clone());
            begun.push((file, ProgramThread::begin(config, entrances, portion, of_all)));
        }
        // From now on, so that programs that share a listener do not wait for one another.
        let mut tasks: Vec<_> = shared
            .into_values()
            .map(|sorting| tokio::spawn(sorting.sort(stop.stopping())))
            .collect();
        tasks.push(tokio::spawn(clocks.keep_comparing()));
        let Begun { relays, not_started, threads } = Begun::tried(begun).await?;
        let mut open = |at: SocketAddr, router, at_once| {
            let cannot = cannot_listen(at);
            let socket = sockets.at(at).map_err(cannot)?;
            let_in(socket, router, at_once, &stop).map_err(cannot)
        };
        let figures = Metrics { programs: measured, in_all: Some(stocks), started: Instant::now() };
        let figures = many
            .metrics
            .map(|metrics| open(metrics.listen, figures.router(), metrics::CONNECTIONS))
            .transpose()?;
        let pages = redirect::router(pages);
        let led = many
            .redirect
            .map(|redirect| open(redirect.listen, pages, redirect::CONNECTIONS))
            .transpose()?;
        let [metrics_addr, redirect_addr] =
            [&figures, &led].map(|opened| opened.as_ref().map(|(address, _)| *address));
        tasks.extend(figures.into_iter().chain(led).map(|(_, task)| task));
        Ok(RunningRelays { relays, not_started, metrics_addr, redirect_addr, stop, threads, tasks })
    }
}

/// A program's thread and how its first try goes, if the system gives it one.
type BegunThread = Result<(ProgramThread, FirstTry), StartError>;

/// What came of each program's first try.
struct Begun {
    relays: Vec<OneRelay>,
    not_started: Vec<(PathBuf, StartError)>,
    threads: Vec<ProgramThread>,
}

impl Begun {
    /// Waits for them. Where none runs and none will by itself, that is said of one of them in place of it.
    async fn tried(begun: Vec<(PathBuf, BegunThread)>) -> Result<Self, StartError> {
        let mut all = Self { relays: Vec::new(), not_started: Vec::new(), threads: Vec::new() };
        for (file, begun) in begun {
            let tried = match begun {
                Ok((thread, first_try)) => {
                    all.threads.push(thread);
                    first_try.ended().await
                }
                Err(error) => Err(error),
            };
            match tried {
                Ok(relay) => all.relays.push(relay),
                Err(error) => all.not_started.push((file, error)),
            }
        }
        let will_run =
            !all.relays.is_empty() || all.not_started.iter().any(|(_, error)| error.is_away());
        match all.not_started.pop() {
            Some((_, error)) if !will_run => Err(error),
            last => {
                all.not_started.extend(last);
                Ok(all)
            }
        }
    }
}

/// The pages that the configuration names.
fn pages_of(many: &Many) -> Vec<Origin> {
    let both = |config: &Config| [config.survivor.origin.clone(), config.desk.origin.clone()];
    many.programs.iter().flat_map(both).flatten().collect()
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
    /// Stops all of them at once, each as [`RunningRelay::stop`](crate::RunningRelay::stop) does.
    pub async fn stop(self) {
        self.stop.say();
        let threads: Vec<_> = self.threads.into_iter().map(ProgramThread::end).collect();
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
