//! All pages, then the program with the pages inside.

use std::path::PathBuf;

use crate::failure::{Failure, Outcome};
use crate::fingerprint::{self, Fingerprint};
use crate::run::{Run, say};
use crate::wasm::{BESIDE, PAGES};
use crate::{pages, places, setup, toolchain, workspace};

/// The crate that becomes the binary.
const BINARY: &str = "stillroom-cli";

/// `cargo xtask build [--pages | --release]`.
pub(crate) fn command(arguments: &[String]) -> Outcome {
    match arguments {
        [] => {
            pages()?;
            say("building the program, unoptimised");
            Run::cargo().args(["build", "--locked", "--package", BINARY]).done()
        }
        [only] if only == "--release" => release(),
        [only] if only == "--pages" => pages(),
        _ => Err(Failure::new("cargo xtask build takes --pages or --release, and nothing else")),
    }
}

/// All pages.
pub(crate) fn pages() -> Outcome {
    setup::for_build()?;
    let toolchain = toolchain::pick()?;
    for beside in BESIDE {
        beside.build(toolchain)?;
    }
    for page in PAGES {
        page.build(toolchain)?;
        pages::assemble(page)?;
    }
    Ok(())
}

/// The pages and the optimised program, at `target/release/stillroom`.
pub(crate) fn release() -> Outcome {
    pages()?;
    let step = "release";
    let mut fingerprint = Fingerprint::of(step);
    fingerprint.words(&Run::new("rustc").args(["--version"]).quietly()?);
    fingerprint.paths(inputs()?)?;
    let fingerprint = fingerprint.done();
    if places::binary().is_file() && fingerprint::is_current(step, &fingerprint) {
        return Ok(());
    }
    say("building the program");
    fingerprint::forget(step);
    Run::cargo().args(["build", "--release", "--locked", "--package", BINARY]).done()?;
    fingerprint::remember(step, &fingerprint)
}

/// All that goes into the binary.
fn inputs() -> Outcome<Vec<PathBuf>> {
    let mut paths = workspace::sources(BINARY)?;
    let beside = ["pages/texts", "pages/snippet"].map(|folder| places::root().join(folder));
    paths.push(places::pages());
    paths.extend(beside);
    Ok(paths)
}
