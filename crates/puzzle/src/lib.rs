//! The puzzle that a relay asks under pressure: found by trying, in small steps, and checked with one try
//! (`features.md` 6.6; `decisions/0026`).
//!
//! One try is Argon2id over memory that a fast graphics card cannot give to thousands of tries at once. A
//! number is an answer where the hash begins with as many zero bits as the puzzle says. It makes asking
//! dearer for whoever asks very often. It says nothing of who asks, and somebody with many computers has
//! many answers.
#![no_std]
extern crate alloc;

use alloc::vec::Vec;

use argon2::{Algorithm, Argon2, Block, Params, Version};

/// KiB of one try. An old phone has it to spare beside a page, it is past what a processor's first caches
/// hold, and the relay checks an answer in less than a millisecond.
pub const MEMORY_KIB: u32 = 512;

/// What is to be solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Puzzle {
    /// Made for one question and known to nobody before: no try can be made ahead.
    pub salt: [u8; 32],
    /// How many zero bits the hash of an answer begins with.
    pub bits: u8,
}

impl Puzzle {
    /// Whether this number is an answer. Costs one try.
    pub fn verify(&self, answer: u64) -> bool {
        Tries::new().is_answer(self, answer)
    }
}

/// The search for an answer, a try at a time, so that whoever has other things to do can do them between.
pub struct Solver {
    puzzle: Puzzle,
    next: u64,
    tries: Tries,
}

impl Solver {
    /// A search that has tried nothing yet.
    pub fn new(puzzle: Puzzle) -> Self {
        Self { puzzle, next: 0, tries: Tries::new() }
    }

    /// Tries one number. The answer, if it was one.
    pub fn step(&mut self) -> Option<u64> {
        let tried = self.next;
        self.next = self.next.wrapping_add(1);
        self.tries.is_answer(&self.puzzle, tried).then_some(tried)
    }

    /// How many numbers were tried.
    pub fn tried(&self) -> u64 {
        self.next
    }

    /// Tries until one is an answer.
    pub fn solve(mut self) -> u64 {
        loop {
            if let Some(answer) = self.step() {
                return answer;
            }
        }
    }
}

/// What one try after another is made with.
struct Tries {
    argon: Argon2<'static>,
    memory: Vec<Block>,
}

impl Tries {
    fn new() -> Self {
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, PARAMS);
        Self { argon, memory: alloc::vec![Block::default(); PARAMS.block_count()] }
    }

    fn is_answer(&mut self, puzzle: &Puzzle, number: u64) -> bool {
        let mut hash = [0; 8];
        let Self { argon, memory } = self;
        let word = number.to_be_bytes();
        let hashed = argon.hash_password_into_with_memory(&word, &puzzle.salt, &mut hash, memory);
        // These sizes are always allowed. A hash that could not be made is none.
        hashed.is_ok() && u64::from_be_bytes(hash).leading_zeros() >= u32::from(puzzle.bits)
    }
}

/// One pass: what is hard is the memory, and the relay makes the same try to check.
const PARAMS: Params = match Params::new(MEMORY_KIB, 1, 1, Some(8)) {
    Ok(params) => params,
    Err(_) => Params::DEFAULT,
};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PUZZLE: Puzzle = Puzzle { salt: [7; 32], bits: 3 };

    #[test]
    fn the_sizes_are_allowed() {
        assert_eq!((PARAMS.m_cost(), PARAMS.t_cost(), PARAMS.p_cost()), (MEMORY_KIB, 1, 1));
    }

    #[test]
    fn what_was_found_is_an_answer_and_nothing_before_it_is() {
        let mut solver = Solver::new(PUZZLE);
        let answer = loop {
            if let Some(answer) = solver.step() {
                break answer;
            }
        };
        assert_eq!(solver.tried(), answer + 1);
        for number in 0..answer {
            assert!(!PUZZLE.verify(number), "{number}");
        }
        assert!(PUZZLE.verify(answer));
        assert_eq!(Solver::new(PUZZLE).solve(), answer, "the same again");
    }

    #[test]
    fn an_answer_is_one_to_its_own_puzzle_alone() {
        let hard = Puzzle { bits: 8, ..PUZZLE };
        let answer = Solver::new(hard).solve();
        let others = (0..20).filter(|salt| {
            let other = Puzzle { salt: [*salt; 32], ..hard };
            other != hard && other.verify(answer)
        });
        assert!(others.count() <= 1, "one in 256 by chance");
        assert!(Puzzle { bits: 0, ..hard }.verify(0));
        assert!(!Puzzle { bits: 64, ..hard }.verify(answer));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn every_puzzle_has_an_answer_that_holds_for_all_easier_ones(salt: [u8; 32], bits in 0_u8..5) {
            let answer = Solver::new(Puzzle { salt, bits }).solve();
            for easier in 0..=bits {
                let puzzle = Puzzle { salt, bits: easier };
                prop_assert!(puzzle.verify(answer));
            }
        }
    }
}
