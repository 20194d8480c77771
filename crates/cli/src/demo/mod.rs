//! `stillroom demo`: a whole program on this computer, thrown away at the end.
//!
//! Keys, relay and pages are the real ones; what makes it no place for a real chat is that the advocate's
//! device is in a link, and that nobody answers ([`crate::throw_away`]).

mod visitor;

use clap::Args;
use serde_json::json;
use stillroom_program::Roles;
use stillroom_relay::{Config, PseudoLocale};

use crate::client::device_link;
use crate::clock::Clock;
use crate::failure::Failure;
use crate::program::throw_away_policy;
use crate::terminal::{answer, remark};
use crate::throw_away::ThrowAway;
use crate::{stop, throw_away};

/// Where the survivor's page is, if the port is free and no other is asked for.
const VISITOR_PORT: u16 = 7420;

/// Where the desk is, if the port is free and no other is asked for.
const DESK_PORT: u16 = 7421;

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
    /// Let the relay say all that it ever says, for tests that read it.
    #[arg(long, hide = true)]
    trace: bool,
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
    let mut stop = stop::listen()?;
    let policy = throw_away_policy(Clock::start().now())?;
    let program = ThrowAway::make("stillroom-demo-", &policy)?;
    let advocate = program.staff("Sam", Roles::ADVOCATE)?;
    throw_away::start_log(arguments.trace);
    let relay = throw_away::start([VISITOR_PORT, DESK_PORT], |usual| {
        configuration(&arguments, &program, usual)
    })
    .await?;
    let visitor = format!("{}/", relay.survivor_origin());
    let desk = device_link::write(relay.desk_origin().as_str(), &advocate);
    drop(advocate);
    announce(&arguments, &visitor, &desk);

    let scripted = async {
        match (arguments.with_visitor, visitor.parse()) {
            (true, Ok(address)) => visitor::run(address, program.root()).await,
            _ => std::future::pending().await,
        }
    };
    tokio::select! {
        () = stop.asked() => {}
        () = scripted => {}
    }
    relay.stop().await;
    program.remove()?;
    if !arguments.json {
        remark("The demo is over, and nothing of it is left.");
    }
    Ok(())
}

fn configuration(arguments: &DemoArguments, program: &ThrowAway, usual: [u16; 2]) -> Config {
    let [visitor, desk] = usual;
    let mut config = program.config();
    config.survivor = throw_away::door(arguments.port, visitor);
    config.desk = throw_away::door(arguments.desk_port, desk);
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
