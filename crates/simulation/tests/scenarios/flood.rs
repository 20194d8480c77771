//! A relay under pressure asks for a puzzle, and a survivor gets a place by solving it, whatever happens on the way.

use core::time::Duration;

use stillroom_conversation::{Phase, Stop};
use stillroom_delivery::{Limits, Pace};
use stillroom_program::{decode, encode};
use stillroom_protocol::{ClientFrame, PUZZLE_BITS_MOST, RelayFrame};
use stillroom_simulation::{DeviceNumber, Direction, Fate, World};

use crate::scene::{A_WHILE, SOON, add_desk, start};

/// A relay that is pressed as soon as eight people wait.
fn pressed(seed: u64, limits: Limits) -> (World, DeviceNumber) {
    let limits = Limits { line: 20, puzzle_from: 30, ..limits };
    let mut world = World::with_limits(seed, limits);
    let desk = add_desk(&mut world, "Sam");
    let crowd: Vec<_> = (0..8).map(|_| start(&mut world)).collect();
    assert!(world.run_until(SOON, |world| crowd.iter().all(|one| has_place(world, *one))));
    assert!(crowd.iter().all(|one| world.shown(*one).puzzles == 0));
    (world, desk)
}

fn has_place(world: &World, survivor: DeviceNumber) -> bool {
    matches!(world.shown(survivor).phase(), Some(Phase::Waiting { ahead: Some(_) }))
}

/// Changes every puzzle on its way to survivors.
fn change_puzzles(world: &mut World, change: impl Fn(&mut RelayFrame) + 'static) {
    world.set_way(Box::new(move |_, direction, frame| {
        match (direction, decode::<RelayFrame>(frame)) {
            (Direction::Down, Ok(mut puzzle @ RelayFrame::Puzzle { .. })) => {
                change(&mut puzzle);
                Fate::Becomes(vec![encode(&puzzle)])
            }
            _ => Fate::Arrives,
        }
    }));
}

#[test]
fn a_survivor_solves_it_and_has_a_place() {
    let (mut world, desk) = pressed(61, Limits::default());
    let survivor = start(&mut world);
    assert!(world.run_until(SOON, |world| world.shown(survivor).puzzles == 1));
    assert!(!has_place(&world, survivor));
    assert!(world.run_until(SOON, |world| has_place(world, survivor)));
    assert_eq!(world.shown(survivor).puzzle, None);
    assert!(world.run_until(SOON, |world| world.shown(desk).waiting.len() == 9));
}

#[test]
fn a_line_that_drops_while_it_is_solved_costs_no_second_one() {
    let (mut world, _) = pressed(62, Limits::default());
    let survivor = start(&mut world);
    assert!(world.run_until(SOON, |world| world.shown(survivor).puzzles == 1));
    world.cut(survivor);
    assert!(world.run_until(SOON, |world| has_place(world, survivor)));
    assert_eq!(world.shown(survivor).puzzles, 1);
}

#[test]
fn an_answer_that_could_not_be_looked_at_is_sent_again() {
    let checks = Pace { per_second: 1, burst: 1 };
    let (mut world, _) = pressed(63, Limits { puzzle_checks: checks, ..Limits::default() });
    let crowd: Vec<_> = (0..3).map(|_| start(&mut world)).collect();
    assert!(world.run_until(A_WHILE, |world| crowd.iter().all(|one| has_place(world, *one))));
    assert!(crowd.iter().all(|one| world.shown(*one).puzzles == 1), "nobody solved twice");
}

#[test]
fn a_page_that_cannot_solve_it_says_so() {
    let (mut world, _) = pressed(68, Limits::default());
    let survivor = start(&mut world);
    assert!(world.run_until(SOON, |world| world.shown(survivor).puzzles == 1));
    world.as_survivor(survivor, |core, now| core.cannot_solve(now));
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Stopped(Stop::TooBusy)));
    assert_eq!(world.shown(survivor).puzzle, None);
}

#[test]
fn a_puzzle_that_is_not_solved_in_time_is_asked_for_anew() {
    let (mut world, _) = pressed(64, Limits::default());
    let survivor = start(&mut world);
    assert!(world.run_until(SOON, |world| world.shown(survivor).puzzles == 1));
    world.sleep(survivor);
    world.run_for(Duration::from_secs(200));
    for _ in 0..8 {
        start(&mut world);
    }
    world.wake(survivor);
    assert!(world.run_until(A_WHILE, |world| has_place(world, survivor)));
}

#[test]
fn whoever_leaves_while_it_is_solved_is_gone_and_sends_no_answer() {
    let (mut world, _) = pressed(65, Limits::default());
    let survivor = start(&mut world);
    assert!(world.run_until(SOON, |world| world.shown(survivor).puzzles == 1));
    world.as_survivor(survivor, |survivor, now| {
        survivor.end(now);
        survivor.solved(0, now);
    });
    assert_eq!(world.shown(survivor).puzzle, None, "the page is told to stop");
    world.run_for(SOON);
    let asked_with_one = world
        .seen_by_relay
        .iter()
        .any(|frame| matches!(decode(frame), Ok(ClientFrame::AskSolved { .. })));
    assert!(!asked_with_one);
}

#[test]
fn a_relay_that_asks_for_too_much_is_not_obeyed() {
    let (mut world, _) = pressed(66, Limits::default());
    change_puzzles(&mut world, |frame| {
        if let RelayFrame::Puzzle { puzzle, .. } = frame {
            puzzle.bits = PUZZLE_BITS_MOST + 1;
        }
    });
    let survivor = start(&mut world);
    let stopped = Some(Phase::Stopped(Stop::RelayFault));
    assert!(world.run_until(SOON, |world| world.shown(survivor).phase() == stopped));
    assert_eq!(world.shown(survivor).puzzles, 0);
}
