//! The thread of one of many programs: it starts the program's relay, and has it until the process stops
//! (`features.md` 6.4; `docs/decisions/0033`, `0052`).
//!
//! What a relay needs from outside may be away when the process starts, as after a power cut: its database, the servers
//! by which relays meet. Then it is tried again, after waits that grow, and nobody has to come for it. What is wrong in
//! what the relay was told is not tried again: that needs somebody. Whoever comes meanwhile is turned away at once.

use std::net::SocketAddr;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use stillroom_program::Fingerprint;
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::allotment::Portion;
use crate::clock::Clocks;
use crate::config::{Config, Origin};
use crate::metrics::Measured;
use crate::relay::{Entrances, Prepared, Relay, RunningRelay, StartError};
use crate::runtime::runtime;

/// How long whoever comes waits for the first try, as after a restart on sockets that were handed over.
const FIRST_TRY: Duration = Duration::from_secs(3);

/// The first wait before another try; each is twice as long as the one before.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);

/// The longest wait before another try.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Digits of a fingerprint by which monitoring tells programs apart.
const NAME_DIGITS: usize = 8;

/// One of many relays, which runs.
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
}

/// How the first try went.
pub(crate) struct FirstTry(oneshot::Receiver<Result<OneRelay, StartError>>);

impl FirstTry {
    pub(crate) async fn ended(self) -> Result<OneRelay, StartError> {
        self.0.await.unwrap_or_else(|_| Err(StartError::Thread("it ended".to_owned())))
    }
}

/// A program's thread. Dropping it lets the relay stop; [`ProgramThread::end`] gives what there is to wait for as well.
pub(crate) struct ProgramThread {
    end: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl ProgramThread {
    /// Starts a relay with these entrances and so much of the process, which is measured, and its clock compared, once it
    /// runs.
    pub(crate) fn begin(
        config: Config,
        entrances: Entrances,
        portion: Portion,
        (measured, clocks): (Measured, Clocks),
    ) -> Result<(Self, FirstTry), StartError> {
        let (say, said) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        let say = Saying(Some(say));
        let starting = Starting { config, entrances, portion, measured, clocks, say };
        let thread = Builder::new()
            .name("program".to_owned())
            .spawn(move || starting.carry(ended))
            .map_err(|error| StartError::Thread(error.to_string()))?;
        Ok((Self { end, thread }, FirstTry(said)))
    }

    /// Lets the relay stop; the thread ends when it has.
    pub(crate) fn end(self) -> JoinHandle<()> {
        // One that has ended already needs no telling.
        let _ = self.end.send(());
        self.thread
    }
}

/// A relay that is to run.
struct Starting {
    config: Config,
    entrances: Entrances,
    portion: Portion,
    measured: Measured,
    clocks: Clocks,
    say: Saying,
}

/// Says how the first try went, once.
struct Saying(Option<oneshot::Sender<Result<OneRelay, StartError>>>);

impl Saying {
    fn say(&mut self, how: Result<OneRelay, StartError>) {
        if let Some(say) = self.0.take() {
            // Where nobody hears it, the process stops.
            let _ = say.send(how);
        }
    }
}

impl Starting {
    /// What the thread does, from its start to its end.
    fn carry(mut self, mut ended: oneshot::Receiver<()>) {
        let runtime = match runtime(&self.config) {
            Ok(runtime) => runtime,
            Err(error) => return self.say.say(Err(StartError::Thread(error.to_string()))),
        };
        runtime.block_on(async {
            let started = tokio::select! {
                started = self.start() => started,
                _said_or_dropped = &mut ended => return,
            };
            if let Some(relay) = started {
                let _said_or_dropped = ended.await;
                relay.stop().await;
            }
        });
        // A name that is still looked up for a database or NATS that is away is not waited for.
        runtime.shutdown_background();
    }

    /// The relay, however long something outside is away; nothing where another reason keeps it from running.
    async fn start(mut self) -> Option<RunningRelay> {
        let program = self.config.program.file.clone();
        let program = program.display();
        let (mut wait, mut told) = (SHORTEST_WAIT, None);
        let mut prepared = self.attempt(Duration::ZERO, FIRST_TRY).await;
        while let Err(error) = &prepared
            && error.is_away()
        {
            if told.as_ref() != Some(error) {
                tracing::error!(%program, %error, "one of the programs is not served, and is tried again");
                self.say.say(Err(error.clone()));
                told = Some(error.clone());
            }
            prepared = self.attempt(wait, Duration::ZERO).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
        let Self { entrances, measured, clocks, mut say, .. } = self;
        match prepared.and_then(|prepared| prepared.open(entrances)) {
            Ok(relay) => {
                let name = relay.root().to_string().chars().take(NAME_DIGITS).collect();
                measured.add(relay.figures(name));
                clocks.add(relay.clock);
                if told.is_some() {
                    tracing::info!(%program, "the program is served now");
                }
                say.say(Ok(OneRelay::of(&relay)));
                Some(relay)
            }
            Err(error) => {
                tracing::error!(%program, %error, "one of the programs is not served");
                say.say(Err(error));
                None
            }
        }
    }

    /// Puts the relay's things in place after a wait. Whoever comes and finds that it takes longer than `patience` is
    /// turned away.
    async fn attempt(
        &mut self,
        wait: Duration,
        patience: Duration,
    ) -> Result<Prepared, StartError> {
        let (config, portion) = (self.config.clone(), self.portion.clone());
        let attempt = async {
            sleep(wait).await;
            Relay::prepare(config, portion).await
        };
        let turning_away = async {
            sleep(patience).await;
            self.entrances.turn_away().await
        };
        tokio::select! {
            prepared = attempt => prepared,
            never = turning_away => match never {},
        }
    }
}

impl OneRelay {
    fn of(relay: &RunningRelay) -> Self {
        Self {
            root: relay.root(),
            survivor_origin: relay.survivor_origin().clone(),
            desk_origin: relay.desk_origin().clone(),
            survivor_addr: relay.survivor_addr,
            desk_addr: relay.desk_addr,
        }
    }
}
