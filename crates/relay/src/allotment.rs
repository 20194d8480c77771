//! What the programs of one process share, and what of it is each one's alone (`features.md` 6.4, 6.6;
//! `docs/decisions/0033`).
//!
//! Of each scarce thing a part is kept apart for the programs, in equal parts; the rest goes to whoever comes first.
//! So a flood on one program takes at most that rest, and every other finds its own part free. What one program has
//! is counted, and nothing of whom. What staff have is not shared: it is bounded for each program by itself, so that a
//! flood of survivors' devices on a program leaves its staff what they need to close chat.

use std::sync::{Arc, Mutex, PoisonError};

use crate::config::InAll;

/// One scarce thing.
#[derive(Debug)]
pub(crate) struct Stock {
    most: usize,
    /// What is kept apart for each program.
    reserved: usize,
    /// What each has taken.
    taken: Mutex<Vec<usize>>,
}

impl Stock {
    /// So much for so many programs, of which `reserved` hundredths are kept apart for them.
    fn new(most: usize, programs: usize, reserved: u8) -> Arc<Self> {
        let reserved = most.saturating_mul(usize::from(reserved)) / 100 / programs.max(1);
        Arc::new(Self { most, reserved, taken: Mutex::new(vec![0; programs]) })
    }

    /// What all have taken, and how much that may be.
    pub(crate) fn used(&self) -> (usize, usize) {
        (self.lock().iter().sum(), self.most)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One program's part of one scarce thing.
#[derive(Clone, Debug)]
pub(crate) struct Allotment {
    stock: Arc<Stock>,
    program: usize,
}

impl Allotment {
    /// Everything, for the only program of a process, which its own limits bound.
    pub(crate) fn unbounded() -> Self {
        Self { stock: Stock::new(usize::MAX, 1, 0), program: 0 }
    }

    /// Takes so much, if that leaves every other program its own part.
    pub(crate) fn take(&self, amount: usize) -> bool {
        let mut taken = self.stock.lock();
        let Some(before) = taken.get(self.program).copied() else {
            return false;
        };
        let after = before.saturating_add(amount);
        let of_all = |program: usize, taken: &usize| {
            let taken = if program == self.program { after } else { *taken };
            taken.max(self.stock.reserved)
        };
        let all = taken.iter().enumerate().map(|(program, taken)| of_all(program, taken));
        let fits = all.fold(0, usize::saturating_add) <= self.stock.most;
        if fits && let Some(mine) = taken.get_mut(self.program) {
            *mine = after;
        }
        fits
    }

    /// Takes one, until it is dropped.
    pub(crate) fn take_one(&self) -> Option<Taken> {
        self.take(1).then(|| Taken(self.clone()))
    }

    /// Gives back what was taken.
    pub(crate) fn give_back(&self, amount: usize) {
        if let Some(mine) = self.stock.lock().get_mut(self.program) {
            *mine = mine.saturating_sub(amount);
        }
    }
}

/// One of something, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Taken(Allotment);

impl Drop for Taken {
    fn drop(&mut self) {
        self.0.give_back(1);
    }
}

/// Everything that is shared.
#[derive(Clone, Debug)]
pub(crate) struct Stocks {
    /// Survivors' devices connected.
    pub(crate) connections: Arc<Stock>,
    /// Requests for survivors' pages.
    pub(crate) pages: Arc<Stock>,
    /// Bytes that wait to be sent to survivors' devices.
    pub(crate) outgoing: Arc<Stock>,
}

impl Stocks {
    pub(crate) fn new(in_all: &InAll, programs: usize) -> Self {
        let stock = |most| Stock::new(most, programs, in_all.reserved);
        Self {
            connections: stock(in_all.connections),
            pages: stock(in_all.page_connections),
            outgoing: stock(in_all.outgoing_bytes),
        }
    }

    /// What is in use of each, and how much that may be.
    pub(crate) fn used(&self) -> [(&'static str, (usize, usize)); 3] {
        [
            ("all_connections", self.connections.used()),
            ("all_page_connections", self.pages.used()),
            ("all_outgoing_bytes", self.outgoing.used()),
        ]
    }

    /// What this program may have.
    pub(crate) fn portion(&self, program: usize) -> Portion {
        let of = |stock: &Arc<Stock>| Allotment { stock: Arc::clone(stock), program };
        Portion {
            connections: of(&self.connections),
            pages: of(&self.pages),
            outgoing: of(&self.outgoing),
        }
    }
}

/// What one program may have of everything that is shared.
#[derive(Clone, Debug)]
pub(crate) struct Portion {
    pub(crate) connections: Allotment,
    pub(crate) pages: Allotment,
    pub(crate) outgoing: Allotment,
}

impl Portion {
    /// That of the only program of a process.
    pub(crate) fn everything() -> Self {
        Self {
            connections: Allotment::unbounded(),
            pages: Allotment::unbounded(),
            outgoing: Allotment::unbounded(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn allotments(most: usize, programs: usize, reserved: u8) -> Vec<Allotment> {
        let stock = Stock::new(most, programs, reserved);
        (0..programs).map(|program| Allotment { stock: Arc::clone(&stock), program }).collect()
    }

    #[test]
    fn a_flood_on_one_leaves_every_other_its_part() {
        let programs = allotments(100, 2, 50);
        let flood = (0..1_000).filter(|_| programs[0].take(1)).count();
        assert_eq!(flood, 75, "its own 25, and the 50 that are nobody's");
        let others = (0..1_000).filter(|_| programs[1].take(1)).count();
        assert_eq!(others, 25);
    }

    #[test]
    fn without_parts_of_their_own_the_first_may_take_all() {
        let programs = allotments(100, 2, 0);
        assert!(programs[0].take(100));
        assert!(!programs[1].take(1));
    }

    #[test]
    fn what_is_given_back_can_be_taken_again() {
        let programs = allotments(2, 1, 100);
        let (first, second) = (programs[0].take_one(), programs[0].take_one());
        assert!(first.is_some() && second.is_some() && programs[0].take_one().is_none());
        drop(first);
        assert!(programs[0].take_one().is_some());
    }

    #[test]
    fn the_only_program_of_a_process_is_bounded_by_its_own_limits_alone() {
        assert!(Allotment::unbounded().take(1 << 40));
    }

    proptest! {
        #[test]
        fn whatever_is_taken_each_can_have_its_own_part_and_all_is_never_more_than_there_is(
            most in 1_usize..200,
            reserved in 0_u8..=100,
            taking in prop::collection::vec((0_usize..4, 1_usize..50), 0..60),
        ) {
            let programs = allotments(most, 4, reserved);
            let part = most * usize::from(reserved) / 100 / 4;
            let mut taken = [0; 4];
            for (program, amount) in taking {
                let had = taken[program] + amount;
                let took = programs[program].take(amount);
                prop_assert!(took || had > part, "its own part is refused to nobody");
                if took {
                    taken[program] = had;
                }
                prop_assert!(taken.iter().sum::<usize>() <= most);
            }
        }
    }
}
