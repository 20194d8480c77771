//! `cargo xtask bench`: every figure of `docs/benchmarks.md`, each beside its target.
//!
//! The relay's figures come from `stillroom bench`, which measures a relay that knows nothing in the same
//! run; the pages' from `e2e/bench/*.mjs`, in a real browser; sizes from `size`.

use std::path::PathBuf;

use crate::failure::{Failure, Outcome};
use crate::run::{Run, say};
use crate::{build, places, setup, size};

/// `cargo xtask bench [size|relay|pages] [ARGS for stillroom bench]`.
pub(crate) fn command(arguments: &[String]) -> Outcome {
    let (part, rest) = match arguments.split_first() {
        Some((first, rest)) if ["size", "relay", "pages"].contains(&first.as_str()) => {
            (Some(first.as_str()), rest)
        }
        _ => (None, arguments),
    };
    build::release()?;
    let wanted = |name| part.is_none_or(|part| part == name);
    if wanted("size") {
        say("bench: what the pages weigh");
        size::weigh()?;
    }
    if wanted("relay") {
        say("bench: the relay, beside one that knows nothing");
        Run::new(places::binary()).args(["bench"]).args(rest).done()?;
        if rest.is_empty() {
            say("bench: the relay, as chats become more");
            Run::new(places::binary()).args(["bench", "--growth", "--seconds", "3"]).done()?;
        }
    }
    if wanted("pages") {
        pages()?;
    }
    Ok(())
}

/// Each script measures one thing and prints its own lines.
fn pages() -> Outcome {
    setup::for_browser_tests()?;
    let folder = places::root().join("e2e/bench");
    let scripts: Vec<PathBuf> = if folder.is_dir() {
        let mut files = places::files(&folder)?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == "mjs"));
        files
    } else {
        Vec::new()
    };
    if scripts.is_empty() {
        return Err(Failure::new("e2e/bench holds no measurement of the pages yet"));
    }
    for script in scripts {
        say(format!("bench: {}", script.file_stem().unwrap_or_default().display()));
        Run::new("node").args([&script]).env("STILLROOM", places::binary()).done()?;
    }
    Ok(())
}
