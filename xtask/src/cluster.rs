//! `cargo xtask cluster-test`: several relays of one program as real processes, over a real cluster of three NATS
//! servers, while relays and servers are killed and cut off (`features.md` 3.8, 6.1; `docs/scaling.md`).

use crate::failure::{Failure, Outcome};
use crate::run::Run;
use crate::setup::nats;

/// Chats that go on meanwhile, with every change.
const CHATS: usize = 20;

/// The same before a release.
const MANY_CHATS: usize = 200;

/// `--many`, or nothing.
pub(crate) fn command(arguments: &[String]) -> Outcome {
    match arguments {
        [] => short(),
        [many] if many == "--many" => long(),
        _ => Err(Failure::new("cargo xtask cluster-test [--many]")),
    }
}

/// With few chats.
pub(crate) fn short() -> Outcome {
    run(CHATS)
}

/// With many.
pub(crate) fn long() -> Outcome {
    run(MANY_CHATS)
}

/// The tests that wait for a NATS server, built as `test` builds them.
fn run(chats: usize) -> Outcome {
    Run::cargo()
        .args(["test", "--workspace", "--locked", "--test", "scenarios", "--test", "cluster"])
        .args(["--", "--ignored", "--show-output"])
        .env("STILLROOM_NATS_SERVER", nats::server()?)
        .env("STILLROOM_CHATS", chats.to_string())
        .done()
}
