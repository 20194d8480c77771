//! `stillroom demo`: a whole program on this computer, thrown away at the end.
//!
//! Keys, relay and pages are the real ones; what makes it no place for a real chat is that the advocate's
//! device is in a link, and that nobody answers. Its files are in a temporary folder that goes when the
//! demo is asked to stop; a demo that is killed outright leaves a folder with keys that open nothing.

mod visitor;

use std::net::SocketAddr;
use std::path::Path;

use clap::Args;
use serde_json::json;
use stillroom_program::{Device, Fingerprint, Roles};
use stillroom_relay::{Config, Door, Log, LogLevel, PseudoLocale, Relay, RunningRelay};

use crate::client::device_link;
use crate::clock::Clock;
use crate::failure::Failure;
use crate::files;
use crate::program::{Fresh, throw_away_policy};
use crate::randomness::system;
use crate::terminal::{answer, remark};
use crate::{serve, stop};

/// Where the survivor's page is, if the port is free and no other is asked for.
const VISITOR_PORT: u16 = 7420;

/// Where the desk is, if the port is free and no other is asked for.
const DESK_PORT: u16 = 7421;

/// Any port that is free.
const ANY_PORT: u16 = 0;

/// Try it: a throw-away program with its relay on this computer. Ctrl-C leaves nothing behind.
#[derive(Args)]
pub(crate) struct DemoArguments {
    /// Let a scripted survivor write in, so that one person alone can see the desk work.
    #[arg(long)]
    with_visitor: bool,
    /// Print one line of JSON when ready: {"visitor": URL, "desk": URL, "pid": N}.
    #[arg(long)]
    json: bool,
    /// The port of the survivor's page (7420 if it is free).
    #[arg(long)]
    port: Option<u16>,
    /// The port of the desk (7421 if it is free).
    #[arg(long)]
    desk_port: Option<u16>,
    /// Texts in a language that nobody speaks, to test the pages: en-XA or ar-XB.
    #[arg(long, hide = true, value_parser = pseudo_locale)]
    pseudo_locale: Option<PseudoLocale>,
}

/// A language that nobody speaks, by its tag.
pub(crate) fn pseudo_locale(text: &str) -> Result<PseudoLocale, String> {
    match text {
        "en-XA" => Ok(PseudoLocale::Accented),
        "ar-XB" => Ok(PseudoLocale::RightToLeft),
        _ => Err("en-XA or ar-XB".to_owned()),
    }
}

/// Runs until it is asked to stop.
pub(crate) async fn run(arguments: DemoArguments) -> Result<(), Failure> {
    // From here on a signal ends the waiting below, and not the process: the folder goes either way.
    let stop = stop::listen()?;
    let folder = tempfile::Builder::new().prefix("stillroom-demo-").tempdir().map_err(|error| {
        Failure::new(
            format!("No temporary folder can be made: {error}."),
            "Look whether the disk is full, or set TMPDIR to a folder that you may write to.",
        )
    })?;
    let (root, advocate) = prepare(folder.path())?;
    stillroom_relay::log::start(Log { level: LogLevel::Warn });
    let relay = start(&arguments, folder.path()).await?;
    let visitor = format!("{}/", relay.survivor_origin());
    let desk = device_link::write(relay.desk_origin().as_str(), &advocate);
    drop(advocate);
    announce(&arguments, &visitor, &desk);

    let scripted = async {
        match (arguments.with_visitor, visitor.parse()) {
            (true, Ok(address)) => visitor::run(address, root).await,
            _ => std::future::pending().await,
        }
    };
    tokio::select! {
        () = stop.asked() => {}
        () = scripted => {}
    }
    relay.stop().await;
    folder.close().map_err(|error| {
        Failure::new(
            format!("The temporary folder could not be removed: {error}."),
            "Remove the folder stillroom-demo-… by hand; its keys open nothing.",
        )
    })?;
    if !arguments.json {
        remark("The demo is over, and nothing of it is left.");
    }
    Ok(())
}

/// Makes the program, writes what the relay reads, and returns the fingerprint and the advocate's device.
fn prepare(folder: &Path) -> Result<(Fingerprint, Device), Failure> {
    let now = Clock::start().now();
    let mut rng = system();
    let program = Fresh::make(&mut rng, now)?;
    let advocate = program.staff("Sam", Roles::ADVOCATE, &mut rng, now)?;
    let public = program.public(&throw_away_policy(now)?).map_err(|error| {
        Failure::new(format!("The sample policy is broken: {error}."), "Tell its makers.")
    })?;
    files::create(&folder.join("public.stillroom"), &public.encode())?;
    Ok((program.root.fingerprint(), advocate))
}

/// Starts the relay on the ports asked for, or the usual ones, or any.
async fn start(arguments: &DemoArguments, folder: &Path) -> Result<RunningRelay, Failure> {
    let usual = [VISITOR_PORT, DESK_PORT];
    match Relay::start(configuration(arguments, folder, usual)).await {
        Ok(relay) => Ok(relay),
        Err(_) => Relay::start(configuration(arguments, folder, [ANY_PORT; 2]))
            .await
            .map_err(|error| serve::not_started(&error)),
    }
}

fn configuration(arguments: &DemoArguments, folder: &Path, usual: [u16; 2]) -> Config {
    let [visitor, desk] = usual;
    let door = |wanted: Option<u16>, usual| {
        Door::on(SocketAddr::from(([127, 0, 0, 1], wanted.unwrap_or(usual))))
    };
    let mut config =
        Config::on_this_computer(folder.join("public.stillroom"), folder.join("state"));
    config.survivor = door(arguments.port, visitor);
    config.desk = door(arguments.desk_port, desk);
    config.testing.pseudo_locale = arguments.pseudo_locale;
    config
}

fn announce(arguments: &DemoArguments, visitor: &str, desk: &str) {
    if arguments.json {
        let pid = std::process::id();
        answer(json!({"visitor": visitor, "desk": desk, "pid": pid}).to_string());
        return;
    }
    let what = if arguments.with_visitor {
        "Open the advocate's page, press \"Go on duty\", and take the chat of the scripted survivor."
    } else {
        "Open both, in two windows. Press \"Go on duty\" on the advocate's page, then \"Start chat\" on the \
         survivor's."
    };
    answer(format!(
        "A throw-away program runs on this computer.\n\n  The survivor's page   {visitor}\n  The advocate's page   \
         {desk}\n\n{what}\nCtrl-C ends it, and leaves nothing behind."
    ));
}
