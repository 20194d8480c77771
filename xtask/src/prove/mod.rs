//! `cargo xtask prove`: what takes too long to be run with every change, and is run before a release.

mod database;
mod failures;
mod package;
mod reproducible;
mod second_way;
mod soak;

use crate::cluster;
use crate::failure::{Failure, Outcome};
use crate::run::say;

/// A proof, what it shows, and how to run it.
type Proof = (&'static str, &'static str, fn() -> Outcome);

const PROOFS: [Proof; 7] = [
    (
        "package",
        "the Debian package has what it should and nothing else, and its program runs",
        package::prove,
    ),
    (
        "reproducible",
        "the same commit, built in two folders, gives the same bytes of all pages",
        reproducible::prove,
    ),
    (
        "soak",
        "twenty minutes of 2,000 chats lose no message, and the relay's memory stays as it is",
        soak::prove,
    ),
    (
        "second-way",
        "chats of two minutes through servers that break WebSocket and cut every 30 s",
        second_way::prove,
    ),
    (
        "cluster",
        "200 chats over several relays lose no message while relays, NATS servers and PostgreSQL are killed",
        cluster::long,
    ),
    (
        "database",
        "200 chats go on while PostgreSQL is gone for a minute, and nothing is lost or doubled",
        database::prove,
    ),
    (
        "failures",
        "200 chats go on over a restart on the same sockets, a full disk and a clock that jumps",
        failures::prove,
    ),
];

/// All proofs, or those named.
pub(crate) fn command(arguments: &[String]) -> Outcome {
    if arguments.first().is_some_and(|first| first == "--list") {
        for (name, what, _) in PROOFS {
            println!("{name:<14}{what}");
        }
        return Ok(());
    }
    if let Some(unknown) =
        arguments.iter().find(|name| PROOFS.iter().all(|(proof, _, _)| proof != name))
    {
        return Err(Failure::new(format!(
            "There is no proof {unknown}; `cargo xtask prove --list` has them"
        )));
    }
    for (name, what, prove) in PROOFS {
        if arguments.is_empty() || arguments.iter().any(|wanted| wanted == name) {
            say(format!("prove: {what}"));
            prove()?;
        }
    }
    Ok(())
}
