//! Packages from npm, exactly those of the lock files. The pages can do without (they are larger then);
//! the tests in browsers cannot.

use std::path::{Path, PathBuf};

use crate::failure::Outcome;
use crate::fingerprint::{self, Fingerprint};
use crate::places;
use crate::run::{Run, say, there_is};

/// wasm-opt and esbuild, where Node is. They live in the target folder, not beside the sources.
pub(crate) fn build_tools() -> Outcome {
    if !there_is("npm") {
        say("no npm here: the pages will work, and be about a tenth larger");
        return Ok(());
    }
    let from = places::root().join("xtask/node");
    let into = build_folder();
    for name in ["package.json", "package-lock.json", ".npmrc"] {
        places::write(&into.join(name), &places::read_bytes(&from.join(name))?)?;
    }
    if let Err(failure) = install(&into, "npm-build") {
        say(format!(
            "{failure}\nnpm could not get its packages: the pages will work, and be about a tenth larger"
        ));
    }
    Ok(())
}

/// A program out of npm's packages for the build, if it is there.
pub(crate) fn build_tool(name: &str) -> Option<PathBuf> {
    let tool = build_folder().join("node_modules/.bin").join(name);
    (there_is("node") && tool.is_file()).then_some(tool)
}

/// What drives the browsers.
pub(crate) fn test_tools() -> Outcome {
    install(&places::root().join("e2e"), "npm-e2e")
}

fn build_folder() -> PathBuf {
    places::target().join("tools/node")
}

fn install(folder: &Path, step: &str) -> Outcome {
    let mut fingerprint = Fingerprint::of(step);
    fingerprint.paths([folder.join("package.json"), folder.join("package-lock.json")])?;
    let fingerprint = fingerprint.done();
    if folder.join("node_modules").is_dir() && fingerprint::is_current(step, &fingerprint) {
        return Ok(());
    }
    say(format!("getting npm's packages for {}", folder.display()));
    fingerprint::forget(step);
    Run::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .folder(folder)
        .quietly()?;
    fingerprint::remember(step, &fingerprint)
}
