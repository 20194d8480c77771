//! `cargo xtask demo`: builds what has changed, then becomes `stillroom demo`.

use crate::failure::Outcome;
use crate::run::Run;
use crate::{build, places};

/// Whatever follows `demo` is handed on.
pub(crate) fn demo(arguments: &[String]) -> Outcome {
    build::release()?;
    Run::new(places::binary()).args(["demo"]).args(arguments).instead_of_us()
}
