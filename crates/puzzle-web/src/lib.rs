//! The puzzle's search as a module of its own, which the survivor's page loads only when a relay under
//! pressure asks (`features.md` 6.6). `puzzle.js` runs it beside the page, or in small steps on it. It
//! imports nothing: it can neither send nor keep anything.

use stillroom_puzzle::{Puzzle, Solver};
use wasm_bindgen::prelude::*;

/// A search for an answer.
#[wasm_bindgen]
pub struct Search(Solver);

#[wasm_bindgen]
impl Search {
    /// A search that has tried nothing yet; none where `salt` is not 32 bytes.
    pub fn of(salt: &[u8], bits: u8) -> Option<Search> {
        let salt = salt.try_into().ok()?;
        Some(Self(Solver::new(Puzzle { salt, bits })))
    }

    /// Tries one number more. The answer as it is sent, once it is found.
    pub fn step(&mut self) -> Option<Vec<u8>> {
        self.0.step().map(|answer| answer.to_be_bytes().to_vec())
    }
}
