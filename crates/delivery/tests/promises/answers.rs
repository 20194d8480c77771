//! Sealed answers: none leaves alone, none in the order in which it came, and a flood fills nothing.

use std::collections::BTreeSet;

use stillroom_delivery::{Limits, Pace};
use stillroom_protocol::{AnswersBatch, AnswersKind, ProgramId, SealedAnswers};

use crate::world::*;

const K: usize = 10;
const UNHURRIED: Pace = Pace { per_second: 1, burst: 1_000_000 };

/// Sealed answers that a test can tell apart; the relay cannot.
fn sealed(kind: AnswersKind, number: usize) -> Vec<u8> {
    let mut sealed = vec![0; kind.sealed_bytes()];
    sealed[..8].copy_from_slice(&(number as u64).to_be_bytes());
    sealed
}

fn numbers(batch: &AnswersBatch) -> Vec<u64> {
    let number = |sealed: &[u8]| u64::from_be_bytes(sealed[..8].try_into().unwrap());
    batch.sealed.iter().map(|sealed| number(sealed)).collect()
}

impl World {
    fn answer(&mut self, kind: AnswersKind, number: usize) {
        let program = self.program.root.program_id();
        self.answer_to(program, kind, number);
    }

    fn answer_to(&mut self, program: ProgramId, kind: AnswersKind, number: usize) {
        let answers = SealedAnswers::new(program, kind, sealed(kind, number)).unwrap();
        self.core.handle_answers(&answers.to_bytes(), self.now);
        self.drain();
    }
}

#[test]
fn nothing_leaves_before_there_are_ten_of_one_kind() {
    let mut world = World::new();
    for number in 1..K {
        for kind in AnswersKind::ALL {
            world.answer(kind, number);
        }
    }
    world.wait(seconds(24 * 60 * 60));
    assert!(world.batches.is_empty(), "neither by their number nor by time");
    assert_eq!(world.core.holdings().answers, 2 * (K - 1));
    world.answer(AnswersKind::Survey, K);
    let [batch] = &world.batches[..] else { panic!("one batch") };
    assert_eq!((batch.kind, batch.sealed.len()), (AnswersKind::Survey, K));
    assert_eq!(world.core.holdings().answers, K - 1);
}

#[test]
fn a_batch_holds_each_once_as_it_came_and_in_another_order() {
    let mut world = World::new();
    let rounds = 40;
    for number in 0..rounds * K {
        world.answer(AnswersKind::Questions, number);
    }
    assert_eq!(world.batches.len(), rounds);
    let mut seen = BTreeSet::new();
    let mut first = BTreeSet::new();
    for batch in &world.batches {
        let numbers = numbers(batch);
        first.insert(numbers.iter().min().map(|least| numbers[0] - least));
        assert_eq!(batch.sealed[0].len(), AnswersKind::Questions.sealed_bytes());
        seen.extend(numbers);
    }
    assert_eq!(seen.len(), rounds * K);
    assert!(first.len() >= 8, "any of the ten may stand first: {first:?}");
    let ids: BTreeSet<_> = world.batches.iter().map(|batch| batch.id).collect();
    assert_eq!(ids.len(), rounds);
}

#[test]
fn a_batch_is_never_smaller_than_ten_whatever_the_configuration_says() {
    for (configured, of) in [(0, K), (1, K), (15, 15), (500, 16)] {
        let mut world = World::with(Limits { answers_batch: configured, ..Limits::default() });
        for number in 0..of - 1 {
            world.answer(AnswersKind::Questions, number);
        }
        assert!(world.batches.is_empty(), "{configured}");
        world.answer(AnswersKind::Questions, of);
        assert_eq!(world.batches.len(), 1, "{configured}");
    }
}

#[test]
fn what_is_for_another_program_or_no_answer_is_passed_over() {
    let mut world = World::new();
    for number in 0..3 * K {
        world.answer_to(ProgramId([9; 16]), AnswersKind::Survey, number);
        world.core.handle_answers(&[1; 500], world.now);
        world.core.handle_answers(&[], world.now);
    }
    assert!(world.batches.is_empty());
    assert_eq!(world.core.holdings().answers, 0);
}

#[test]
fn what_could_not_be_kept_is_given_out_again_and_nothing_is_lost() {
    let mut world = World::new();
    for number in 0..K {
        world.answer(AnswersKind::Questions, number);
    }
    let batch = world.batches.pop().unwrap();
    world.core.take_back_answers(batch);
    assert_eq!(world.core.holdings().answers, K);
    for number in K..2 * K {
        world.answer(AnswersKind::Questions, number);
    }
    let seen: BTreeSet<_> = world.batches.iter().flat_map(numbers).collect();
    assert_eq!(seen.len() + world.core.holdings().answers, 2 * K);
    assert!(world.batches.iter().all(|batch| batch.sealed.len() == K));
}

#[test]
fn a_flood_that_nothing_takes_is_bounded_and_has_no_better_lot_than_anybody() {
    let limits = Limits { answers_pace: UNHURRIED, ..Limits::default() };
    let mut world = World::with(limits.clone());
    let honest = 100;
    for number in 0..honest + 900 {
        world.answer(AnswersKind::Survey, number);
        for batch in std::mem::take(&mut world.batches) {
            world.core.take_back_answers(batch);
        }
        assert!(world.core.holdings().answers <= limits.answers_held);
    }
    // Room again: one more comes, and all that was held goes out batch by batch.
    let mut left = BTreeSet::new();
    for number in 0..limits.answers_held {
        world.answer(AnswersKind::Survey, 5_000 + number);
        left.extend(std::mem::take(&mut world.batches).iter().flat_map(numbers));
    }
    let of_the_first = left.iter().filter(|number| **number < honest as u64).count();
    assert!((5..=45).contains(&of_the_first), "about a fifth of a hundred: {of_the_first}");
}

#[test]
fn a_flood_is_taken_at_a_pace_and_the_pace_comes_back() {
    let pace = Pace { per_second: 1, burst: 20 };
    let mut world = World::with(Limits { answers_pace: pace, ..Limits::default() });
    for number in 0..1_000 {
        world.answer(AnswersKind::Questions, number);
    }
    assert_eq!(world.batches.len(), 2);
    world.wait(seconds(10));
    for number in 0..1_000 {
        world.answer(AnswersKind::Questions, number);
    }
    assert_eq!(world.batches.len(), 3);
}

#[test]
fn a_relay_that_restarts_has_lost_what_was_short_of_a_batch_and_nothing_else() {
    let mut world = World::new();
    for number in 0..K + 3 {
        world.answer(AnswersKind::Survey, number);
    }
    world.restart();
    assert_eq!(world.batches.len(), 1, "it is out of memory and in the records");
    assert_eq!(world.core.holdings().answers, 0);
}

#[test]
fn what_is_held_does_not_print() {
    let mut world = World::new();
    for number in 0..K {
        let program = world.program.root.program_id();
        let kind = AnswersKind::Questions;
        let answers = SealedAnswers::new(program, kind, sealed(kind, number)).unwrap();
        world.core.handle_answers(&answers.to_bytes(), world.now);
    }
    let command = world.core.poll_command().unwrap();
    assert_eq!(format!("{command:?}"), "KeepAnswers");
}
