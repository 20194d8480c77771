//! A batch of answers, opened, in memory, with what was held from batches before it.

use std::collections::BTreeSet;

use rand_core::Rng as _;
use stillroom_program::{Answers, ReportKey};
use stillroom_protocol::{AnswersBatch, ProgramId};

use super::held::Sealed;
use super::period::LEAST;
use super::totals::Totals;
use crate::randomness::system;

/// What could be opened and is of a version that is known, in an order drawn anew; and how many could not, or are
/// not.
pub(super) struct Opened {
    genuine: Vec<(Sealed, Answers)>,
    pub(super) unreadable: usize,
    pub(super) unknown: usize,
}

/// What becomes of the genuine ones.
pub(super) enum Together {
    /// There are enough of them to be added up.
    Enough(Vec<Answers>),
    /// There are too few: they stay sealed.
    TooFew(Vec<Sealed>),
}

impl Opened {
    /// One that is there twice counts once: nobody seals the same bytes again.
    pub(super) fn of(
        batch: &AnswersBatch,
        report: &ReportKey,
        program: &ProgramId,
        totals: &Totals,
    ) -> Self {
        let fresh = batch.sealed.iter().map(|sealed| Sealed(sealed.to_vec()));
        let held = totals.held.of(batch.kind);
        let sealed: BTreeSet<Sealed> = fresh.chain(held.iter().cloned()).collect();
        let in_all = batch.sealed.len() + held.len();
        let open = |sealed: Sealed| {
            report.open(program, batch.kind, &sealed.0).ok().map(|answers| (sealed, answers))
        };
        let opened: Vec<_> = sealed.into_iter().filter_map(open).collect();
        let unreadable = in_all - opened.len();
        let (mut genuine, unknown): (Vec<_>, Vec<_>) =
            opened.into_iter().partition(|(_, answers)| totals.knows(answers));
        shuffle(&mut genuine);
        Self { genuine, unreadable, unknown: unknown.len() }
    }

    /// The genuine ones, if they are enough.
    pub(super) fn together(self) -> Together {
        if (self.genuine.len() as u64) < LEAST {
            Together::TooFew(self.genuine.into_iter().map(|(sealed, _)| sealed).collect())
        } else {
            Together::Enough(self.genuine.into_iter().map(|(_, answers)| answers).collect())
        }
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
