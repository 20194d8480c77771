//! `cargo xtask cluster-test`: several relays of one program as real processes, over a real cluster of three NATS
//! servers, while relays and servers are killed, cut off, and set apart by a network that breaks; and behind real
//! balancers (`features.md` 3.8, 6.1, 6.7; `docs/scaling.md`).

use crate::failure::{Failure, Outcome};
use crate::places;
use crate::run::Run;
use crate::setup;

/// Chats that go on meanwhile, with every change.
const CHATS: usize = 20;

/// The same before a release.
const MANY_CHATS: usize = 200;

/// `--many`, `--figures`, or nothing.
pub(crate) fn command(arguments: &[String]) -> Outcome {
    match arguments {
        [] => run(CHATS, &[]),
        [many] if many == "--many" => long(),
        [figures] if figures == "--figures" => measure(),
        _ => Err(Failure::new("cargo xtask cluster-test [--many|--figures]")),
    }
}

/// With few chats, and without what waits longest: for a network that comes together again.
pub(crate) fn short() -> Outcome {
    run(CHATS, &["--skip", "apart"])
}

/// With many.
pub(crate) fn long() -> Outcome {
    run(MANY_CHATS, &[])
}

/// What is no part of it: figures, and what takes long for other reasons (`cargo xtask prove`).
const NOT_THESE: [&str; 8] =
    ["--skip", "figures", "--skip", "database::", "--skip", "drain::", "--skip", "full_disk::"];

/// The tests that wait for a NATS server or a balancer.
fn run(chats: usize, without: &[&str]) -> Outcome {
    tests(&[&NOT_THESE, without].concat())?
        .env("STILLROOM_CHATS", chats.to_string())
        .done_with_last_lines()
}

/// What messages take over several relays, of the program that is for people.
fn measure() -> Outcome {
    Run::cargo().args(["build", "--release", "--locked", "-p", "stillroom-cli"]).done()?;
    tests(&["figures"])?.env("STILLROOM", places::binary()).done()
}

/// Built as `test` builds them.
fn tests(which: &[&str]) -> Outcome<Run> {
    Ok(Run::cargo()
        .args(["test", "--workspace", "--locked"])
        .args(["--test", "scenarios", "--", "--ignored", "--show-output"])
        .args(which)
        .env("STILLROOM_NATS_SERVER", setup::for_cluster_tests()?))
}
