//! Rules that no compiler keeps: which crate may use which, what the pages ask of the browser, that they say
//! nothing of where they were built, every way out for bytes, and words that must not appear.

mod edges;
mod imports;
mod paths;
mod untested;
mod ways_out;
mod words;

use crate::failure::{Failure, Outcome};
use crate::run::say;

/// `cargo xtask check`. `--accept-imports` writes down what the pages import now as what they may.
pub(crate) fn command(arguments: &[String]) -> Outcome {
    match arguments {
        [] => everything(),
        [only] if only == "--accept-imports" => imports::accept(),
        _ => Err(Failure::new("cargo xtask check takes --accept-imports, and nothing else")),
    }
}

/// All rules; every breach is listed before the failure.
pub(crate) fn everything() -> Outcome {
    let mut breaches = Vec::new();
    breaches.extend(edges::breaches()?);
    breaches.extend(imports::breaches()?);
    breaches.extend(paths::breaches()?);
    breaches.extend(ways_out::breaches()?);
    breaches.extend(words::breaches()?);
    if breaches.is_empty() {
        say("check: every rule is kept");
        return Ok(());
    }
    Err(Failure::new(format!("These rules are not kept:\n  {}", breaches.join("\n  "))))
}
