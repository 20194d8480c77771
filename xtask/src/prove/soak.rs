//! Twenty minutes of 2,000 chats that begin, talk, lose their lines, come back and end, at one relay. Every message is
//! there once and in order, and the relay's memory stays as it was after five minutes, within a twentieth.

use serde_json::Value;

use crate::failure::{Failure, Outcome};
use crate::run::{Run, say};
use crate::{build, places};

const CHATS: &str = "2000";
const SECONDS: &str = "1200";

/// What is watched, as `stillroom bench` calls it.
const MEMORY: &str = "soak: most memory to least, after a quarter";

/// How much more the most may be than the least.
const FLAT: f64 = 1.05;

/// Runs it.
pub(super) fn prove() -> Outcome {
    build::release()?;
    let said = Run::new(places::binary())
        .args(["bench", "--soak", SECONDS, "--chats", CHATS, "--json"])
        .quietly()?;
    let report: Value = serde_json::from_str(said.trim())
        .map_err(|error| Failure::new(format!("The soak told no figures: {error}")))?;
    let figures = report["figures"].as_array().map(Vec::as_slice).unwrap_or_default();
    for figure in figures {
        say(format!("{}: {} {}", figure["what"], figure["value"], figure["unit"]));
    }
    let memory = figures.iter().find(|figure| figure["what"] == MEMORY);
    match memory.and_then(|figure| figure["value"].as_f64()) {
        Some(ratio) if ratio <= FLAT => Ok(()),
        Some(ratio) => Err(Failure::new(format!("The relay's memory was not flat: {ratio:.3}"))),
        None => Err(Failure::new("The soak does not tell what became of the memory")),
    }
}
