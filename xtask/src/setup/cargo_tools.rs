//! Programs that cargo compiles for us: the one on the path, or one of our own.

use std::path::PathBuf;

use crate::failure::Outcome;
use crate::places;
use crate::run::{Run, say, there_is};

/// The program `name` of the package of that name, compiled once where it is not on the path; unoptimized, since it takes
/// longer to compile than it will ever run.
pub(crate) fn program(name: &str, version: &str) -> Outcome<PathBuf> {
    if there_is(name) {
        return Ok(PathBuf::from(name));
    }
    let folder = places::target().join("tools").join(name.trim_start_matches("cargo-"));
    let program = folder.join("bin").join(name);
    if !program.is_file() {
        say(format!("compiling {name} {version}, which takes some minutes, once"));
        Run::cargo()
            .args(["install", "--quiet", "--debug", "--locked"])
            .args(["--version", version, name, "--root"])
            .args([&folder])
            .env("CARGO_TARGET_DIR", folder.join("build"))
            .done()?;
        places::remove_folder(&folder.join("build"))?;
    }
    Ok(program)
}
