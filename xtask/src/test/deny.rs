//! cargo-deny: licences, sources, and crates that must not come in; known weaknesses where their database
//! can be reached.

use std::path::PathBuf;

use crate::failure::Outcome;
use crate::places;
use crate::run::{Run, say, there_is};

/// The version that `deny.toml` is written for.
const VERSION: &str = "0.20.2";

pub(super) fn run() -> Outcome {
    let deny = tool()?;
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

/// The one on the path, or one of our own, compiled once; unoptimized, since it takes longer to compile than
/// it will ever run.
fn tool() -> Outcome<PathBuf> {
    if there_is("cargo-deny") {
        return Ok(PathBuf::from("cargo-deny"));
    }
    let folder = places::target().join("tools/deny");
    let tool = folder.join("bin/cargo-deny");
    if !tool.is_file() {
        say(format!("compiling cargo-deny {VERSION}, which takes some minutes, once"));
        Run::cargo()
            .args(["install", "--quiet", "--debug", "--locked"])
            .args(["--version", VERSION, "cargo-deny", "--root"])
            .args([&folder])
            .env("CARGO_TARGET_DIR", folder.join("build"))
            .done()?;
        places::remove_folder(&folder.join("build"))?;
    }
    Ok(tool)
}
