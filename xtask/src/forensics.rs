//! `cargo xtask forensics`: whole chats in stock browsers with a profile on disk, after which every file that
//! the browsers and the relay wrote is searched for a word of them (`features.md` 7.3, `docs/traces.md`).
//!
//! It finds what a file system still shows. It does not look into unused blocks of a disk, nor into the
//! memory of a browser that still runs.

use std::path::PathBuf;
use std::time::Duration;

use crate::failure::{Failure, Outcome};
use crate::places;
use crate::run::Run;
use crate::{build, setup};

/// Which chats are had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runs {
    /// Each end, by each way in, and proof that the search finds what is there.
    All,
    /// Two in each browser, for every change.
    Short,
}

/// `cargo xtask forensics [--short]`.
pub(crate) fn command(arguments: &[String]) -> Outcome {
    match arguments {
        [] => run(Runs::All),
        [only] if only == "--short" => short(),
        _ => Err(Failure::new("cargo xtask forensics takes --short, and nothing else")),
    }
}

/// What `cargo xtask test` does of it.
pub(crate) fn short() -> Outcome {
    run(Runs::Short)
}

fn run(runs: Runs) -> Outcome {
    setup::for_forensics()?;
    build::release()?;
    let folder = places::root().join("e2e");
    let (names, which, end): (&[&str], _, _) = match runs {
        Runs::All => (&["searcher", "bites", "traces", "removed"], "all", Duration::from_hours(2)),
        Runs::Short => (&["searcher", "traces"], "short", Duration::from_mins(15)),
    };
    let tests: Vec<PathBuf> =
        names.iter().map(|name| folder.join(format!("forensics/{name}.test.mjs"))).collect();
    Run::scenarios(tests, 1, end)
        .folder(&folder)
        .env("STILLROOM", places::binary())
        .env("STILLROOM_FORENSICS", which)
        .done_with_last_lines()
}
