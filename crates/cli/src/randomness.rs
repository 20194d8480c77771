//! The system's random source, for cores that have none of their own.

use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use stillroom_conversation::Randomness;

/// The system's random source. A system that cannot give randomness stops the program: nothing that makes
/// keys may go on then.
pub(crate) fn system() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

/// The same, for the conversation core.
pub(crate) fn randomness() -> Randomness {
    Randomness::new(system())
}
