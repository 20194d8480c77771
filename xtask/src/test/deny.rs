//! cargo-deny: licences, sources, and crates that must not come in; known weaknesses where their database
//! can be reached.

use crate::failure::Outcome;
use crate::run::{Run, say};
use crate::setup::cargo_tools;

/// The version that `deny.toml` is written for.
const VERSION: &str = "0.20.2";

pub(super) fn run() -> Outcome {
    let deny = cargo_tools::program("cargo-deny", VERSION)?;
    Run::new(&deny)
        .args(["--locked", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"])
        .done()?;
    let advisories = Run::new(&deny).args(["--locked", "check", "advisories"]).quietly();
    match advisories {
        Ok(_) => say("deny: no known weakness in what we use"),
        Err(failure) => {
            let words = failure.to_string();
            if !words.contains("failed to fetch advisory database") {
                return Err(failure);
            }
            say(
                "deny: the database of known weaknesses cannot be reached from here; NOT LOOKED AT",
            );
        }
    }
    Ok(())
}
