//! The puzzle that a relay under pressure asks before it gives a place in the line (`features.md` 6.6).
//!
//! It says nothing of who is asked. The relay knows its own by the tag and keeps no list of those it gave; what
//! an answer is, is for whoever solves it (`stillroom-puzzle`).

use core::fmt;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};

/// Seconds for which the relay takes an answer: three times what the hardest puzzle takes an old phone, so
/// that also one whose page was hidden for a while is not too late.
pub const PUZZLE_LIFE_SECONDS: u64 = 180;

/// Zero bits of the hardest puzzle that a device solves: 2,048 tries, some ten seconds on an old phone and less than
/// a minute in all but the unluckiest cases (`docs/benchmarks.md`). A relay that asks for more is not believed.
pub const PUZZLE_BITS_MOST: u8 = 11;

/// What is to be solved, and by what the relay knows it again.
#[derive(Clone, Copy, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Puzzle {
    /// When it was made, by the relay's clock.
    pub made: u64,
    /// How many zero bits the hash of an answer begins with.
    pub bits: u8,
    /// Drawn at random.
    pub seed: [u8; 16],
    /// Over all that and what the puzzle was given for, under a key that the relay has in memory alone. It is
    /// what the answer is hashed with.
    pub tag: [u8; 32],
}

impl fmt::Debug for Puzzle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Puzzle({} bits)", self.bits)
    }
}
