//! `stillroom serve`: a relay, from a configuration file, until it is asked to stop (`features.md` 6.1); or one for each
//! of many programs (`features.md` 6.4).
//!
//! All that a relay knows of its program is public; what it could tell anybody is in `crates/relay`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use stillroom_relay::{Config, Hosting, Many, Needs, OneRelay, Relay, Relays, Sockets, StartError};

use crate::failure::Failure;
use crate::service::{self, Manager};
use crate::stop::{self, Stop};
use crate::terminal::{answer, remark};

/// Run a relay.
#[derive(Args)]
pub(crate) struct ServeArguments {
    /// The configuration (TOML); docs/hosting.md explains each key.
    #[arg(long)]
    config: PathBuf,
    /// Print one line of JSON when it is ready.
    #[arg(long)]
    json: bool,
    /// Keep to this CPU, to be measured.
    #[arg(long, hide = true)]
    on_cpu: Option<usize>,
}

/// Runs until it is asked to stop.
pub(crate) fn run(arguments: &ServeArguments) -> Result<(), Failure> {
    if let Some(cpu) = arguments.on_cpu {
        crate::bench::stay_on(cpu);
    }
    let hosting = read_config(&arguments.config)?;
    stillroom_relay::log::start(hosting.log());
    service::keep_no_core();
    Needs::of(&hosting).report(&service::given());
    let sockets = service::sockets()?;
    match hosting {
        Hosting::One(config) => {
            let runtime = stillroom_relay::runtime(&config).map_err(no_runtime)?;
            crate::run_on(runtime, serve(*config, sockets, arguments.json))
        }
        // Each program has threads of its own; this one waits for them.
        Hosting::Many(many) => crate::on_this_thread(serve_many(many, sockets, arguments.json)),
    }
}

async fn serve(config: Config, sockets: Sockets, json: bool) -> Result<(), Failure> {
    let (mut stop, manager) = (stop::listen()?, Manager::of_environment());
    let starting = Relay::start_with(config, sockets);
    let Some(relay) = started_unless_asked(&mut stop, starting).await? else { return Ok(()) };
    let (survivor, desk) = (relay.survivor_origin(), relay.desk_origin());
    if json {
        answer(
            json!({"visitor": survivor.as_str(), "desk": desk.as_str(), "pid": std::process::id()})
                .to_string(),
        );
    } else {
        remark(format!("The relay runs: {survivor} for survivors, {desk} for staff."));
    }
    // The core is behind one lock: where it can be counted, frames go through.
    run_until_asked(&mut stop, &manager, || {
        let _ = relay.holdings();
    })
    .await;
    end(relay.stop(), &mut stop).await
}

/// What was started, unless the process was asked to stop before that.
async fn started_unless_asked<T>(
    stop: &mut Stop,
    starting: impl Future<Output = Result<T, StartError>>,
) -> Result<Option<T>, Failure> {
    tokio::select! {
        started = starting => started.map(Some).map_err(|error| not_started(&error)),
        () = stop.asked() => Ok(None),
    }
}

async fn run_until_asked(stop: &mut Stop, manager: &Manager, look: impl Fn()) {
    manager.ready();
    tokio::select! {
        () = stop.asked() => {}
        never = manager.tell_alive(look) => match never {},
    }
    manager.stopping();
}

/// Ends in good order, or at once where that is asked for.
async fn end(ending: impl Future<Output = ()>, stop: &mut Stop) -> Result<(), Failure> {
    tokio::select! {
        () = ending => Ok(()),
        () = stop.asked() => Err(Failure::new(
            "The relay was asked twice to stop, and stopped at once: lines were cut.",
            "Devices come back by themselves and send again what did not arrive.",
        )),
    }
}

async fn serve_many(many: Many, sockets: Sockets, json: bool) -> Result<(), Failure> {
    let (mut stop, manager) = (stop::listen()?, Manager::of_environment());
    let starting = Relays::start_with(many, sockets);
    let Some(relays) = started_unless_asked(&mut stop, starting).await? else { return Ok(()) };
    for (file, error) in &relays.not_started {
        let next = if error.is_away() { "; it is tried again until it is" } else { "" };
        remark(format!("{} is not served: {error}{next}.", file.display()));
    }
    if json {
        let programs: Vec<_> = relays.relays.iter().map(in_json).collect();
        answer(json!({"programs": programs, "pid": std::process::id()}).to_string());
    } else {
        for OneRelay { root, survivor_origin, desk_origin, .. } in &relays.relays {
            remark(format!("{root}: {survivor_origin} for survivors, {desk_origin} for staff."));
        }
    }
    run_until_asked(&mut stop, &manager, || {}).await;
    end(relays.stop(), &mut stop).await
}

fn in_json(relay: &OneRelay) -> serde_json::Value {
    json!({
        "program": relay.root.to_string(),
        "visitor": relay.survivor_origin.as_str(),
        "desk": relay.desk_origin.as_str(),
    })
}

/// What a process is told.
pub(crate) fn read_config(path: &Path) -> Result<Hosting, Failure> {
    Hosting::read(path).map_err(|error| {
        Failure::new(
            format!("{}: {error}.", path.display()),
            "Mend the configuration and start again; the samples name every key.",
        )
    })
}

/// The system gives a process nothing to wait with.
pub(crate) fn no_runtime(error: std::io::Error) -> Failure {
    Failure::new(
        format!("The system does not let this program wait for anything: {error}."),
        "Look at its limits (open files, processes), and try again.",
    )
}

/// The relay did not come up.
pub(crate) fn not_started(error: &StartError) -> Failure {
    let next = if error.is_away() {
        "Nothing that it keeps was changed. Start it again once that answers; a service manager does so by itself."
    } else {
        "Mend that and start again; nothing that it keeps was changed."
    };
    Failure::new(format!("The relay did not start: {error}."), next)
}
