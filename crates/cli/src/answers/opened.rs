//! A batch of answers, opened, in memory.

use std::collections::BTreeSet;

use rand_core::Rng as _;
use stillroom_program::{Answers, ReportKey};
use stillroom_protocol::{AnswersBatch, ProgramId};

use crate::randomness::system;

/// What could be opened, in an order drawn anew, and how many could not.
pub(super) struct Opened {
    pub(super) answers: Vec<Answers>,
    pub(super) unreadable: usize,
}

impl Opened {
    /// One that is there twice counts once: nobody seals the same bytes again.
    pub(super) fn of(batch: &AnswersBatch, report: &ReportKey, program: &ProgramId) -> Self {
        let sealed: BTreeSet<&[u8]> = batch.sealed.iter().map(|sealed| &**sealed).collect();
        let opened =
            sealed.iter().filter_map(|sealed| report.open(program, batch.kind, sealed).ok());
        let mut answers: Vec<Answers> = opened.collect();
        let unreadable = batch.sealed.len() - answers.len();
        shuffle(&mut answers);
        Self { answers, unreadable }
    }
}

/// Puts them in an order of which each is as likely as any other (Fisher and Yates).
pub(super) fn shuffle<T>(items: &mut [T]) {
    let mut rng = system();
    for at in (1..items.len()).rev() {
        let drawn = rng.next_u64() % (at as u64 + 1);
        items.swap(at, usize::try_from(drawn).unwrap_or(at));
    }
}
