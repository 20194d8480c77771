//! `stillroom practice`: practice chats between colleagues, one of whom plays the survivor (`features.md` 5.5).
//!
//! The pages are the real ones, under the program's own policy, with its prepared messages and guides. Keys, line
//! and relay are those of a program that is thrown away ([`crate::throw_away`]), so no chat here can reach a
//! real desk, and no survivor who has the real address can come here. Both pages say that it is practice.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use stillroom_program::{Policy, Roles, Timestamp};
use stillroom_relay::{Config, Door, Origin, Purpose};

use crate::client::device_link;
use crate::clock::Clock;
use crate::failure::Failure;
use crate::policy;
use crate::program::throw_away_policy;
use crate::stop;
use crate::terminal::{answer, remark};
use crate::throw_away::{self, ThrowAway};

/// Where the survivor's page is, if the port is free and no other address is asked for.
const VISITOR_PORT: u16 = 7430;

/// Where the desk is, likewise.
const DESK_PORT: u16 = 7431;

/// Who practises, if nobody is named who may take a chat.
const SOMEBODY: &str = "Sam";

/// Practise with colleagues on the real pages, apart from the real line. Ctrl-C leaves nothing behind.
#[derive(Args)]
pub(crate) struct PracticeArguments {
    /// An advocate who practises, by the name that the survivor's page shows. May be given several times.
    #[arg(long = "advocate", value_name = "NAME")]
    advocates: Vec<String>,
    /// A supervisor who practises. May be given several times.
    #[arg(long = "supervisor", value_name = "NAME")]
    supervisors: Vec<String>,
    /// An interpreter who practises. May be given several times.
    #[arg(long = "interpreter", value_name = "NAME")]
    interpreters: Vec<String>,
    /// The program's policy.toml, for its texts, prepared messages and guides; the sample's without it.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The address and port of the survivor's page (127.0.0.1:7430 if it is free).
    #[arg(long, value_name = "ADDRESS", requires = "desk_listen")]
    listen: Option<SocketAddr>,
    /// The address and port of the desk (127.0.0.1:7431 if it is free).
    #[arg(long, value_name = "ADDRESS", requires = "listen")]
    desk_listen: Option<SocketAddr>,
    /// The address by which browsers reach the survivor's page, such as https://practice.example.org.
    #[arg(long, value_name = "URL", requires_all = ["listen", "desk_origin"])]
    origin: Option<Origin>,
    /// The address by which browsers reach the desk.
    #[arg(long, value_name = "URL", requires = "origin")]
    desk_origin: Option<Origin>,
    /// Print one line of JSON when ready: {"visitor": URL, "desks": [{"name", "link"}], "pid": N}.
    #[arg(long)]
    json: bool,
    /// Let the relay say all that it ever says, for tests that read it.
    #[arg(long, hide = true)]
    trace: bool,
}

/// Runs until it is asked to stop.
pub(crate) async fn run(arguments: PracticeArguments) -> Result<(), Failure> {
    // From here on a signal ends the waiting below, and not the process: the folder goes either way.
    let mut stop = stop::listen()?;
    let policy = practice_policy(&arguments, Clock::start().now())?;
    let program = ThrowAway::make("stillroom-practice-", &policy)?;
    throw_away::start_log(arguments.trace);
    let relay = throw_away::start([VISITOR_PORT, DESK_PORT], |usual| {
        configuration(&arguments, &program, usual)
    })
    .await?;
    let desks = links(&arguments, &program, relay.desk_origin().as_str())?;
    announce(&arguments, &format!("{}/", relay.survivor_origin()), &desks);
    stop.asked().await;
    relay.stop().await;
    program.remove()?;
    if !arguments.json {
        remark("The practice is over, and nothing of it is left.");
    }
    Ok(())
}

/// The policy that was asked for, open day and night.
fn practice_policy(arguments: &PracticeArguments, now: Timestamp) -> Result<Policy, Failure> {
    match &arguments.policy {
        Some(file) => Ok(policy::sound(file)?.for_a_throw_away_program(now)),
        None => throw_away_policy(now),
    }
}

fn configuration(arguments: &PracticeArguments, program: &ThrowAway, usual: [u16; 2]) -> Config {
    let [visitor, desk] = usual;
    let door = |listen: Option<SocketAddr>, origin: &Option<Origin>, usual| {
        let door = listen.map_or_else(|| throw_away::door(None, usual), Door::on);
        Door { origin: origin.clone(), ..door }
    };
    let mut config = program.config();
    config.survivor = door(arguments.listen, &arguments.origin, visitor);
    config.desk = door(arguments.desk_listen, &arguments.desk_origin, desk);
    config.purpose = Purpose::Practice;
    config
}

/// A name, and the link of a desk.
type NamedLink = (String, String);

/// A desk for everybody who practises. Whoever has a link is that person, for as long as this runs.
fn links(
    arguments: &PracticeArguments,
    program: &ThrowAway,
    origin: &str,
) -> Result<Vec<NamedLink>, Failure> {
    let PracticeArguments { advocates, supervisors, interpreters, .. } = arguments;
    let nobody_leads = advocates.is_empty() && supervisors.is_empty();
    let somebody = nobody_leads.then(|| SOMEBODY.to_owned());
    let as_role = |roles| move |name| (name, roles);
    let all = advocates
        .iter()
        .chain(&somebody)
        .map(as_role(Roles::ADVOCATE))
        .chain(supervisors.iter().map(as_role(Roles::SUPERVISOR)))
        .chain(interpreters.iter().map(as_role(Roles::INTERPRETER)));
    all.map(|(name, roles): (&String, Roles)| {
        let device = program.staff(name, roles)?;
        Ok((name.clone(), device_link::write(origin, &device)))
    })
    .collect()
}

fn announce(arguments: &PracticeArguments, visitor: &str, desks: &[NamedLink]) {
    if arguments.json {
        let pid = std::process::id();
        let desks: Vec<_> =
            desks.iter().map(|(name, link)| json!({"name": name, "link": link})).collect();
        answer(json!({"visitor": visitor, "desks": desks, "pid": pid}).to_string());
        return;
    }
    let desks: Vec<_> = desks.iter().map(|(name, link)| format!("  {name}\n    {link}")).collect();
    answer(format!(
        "Practice runs on this computer, apart from the real line.\n\n  Whoever plays the survivor\n    \
         {visitor}\n{}\n\nGive each colleague one desk's link: whoever has it is that person here. Ctrl-C ends it, \
         and leaves nothing behind.",
        desks.join("\n")
    ));
}
