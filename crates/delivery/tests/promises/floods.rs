//! Under a flood whoever solves a puzzle gets a place, everybody else gets a puzzle, and a wrong answer costs the
//! relay next to nothing (`features.md` 6.6).

use stillroom_delivery::{ConnectionId, Limits, Pace};
use stillroom_protocol::limits::TURNED_AWAY_BYTES;
use stillroom_protocol::{
    About, ClientFrame, PUZZLE_BITS_MOST, Puzzle, Refusal, RelayFrame, Ticket,
};
use stillroom_puzzle::Solver;

use crate::world::*;

/// As many places are taken as make pressure.
const TAKEN: u32 = 10;

/// A small line, pressed from a quarter on.
fn small() -> Limits {
    Limits { line: 40, puzzle_from: 25, ..Limits::default() }
}

/// A relay under pressure, with an advocate on duty.
fn pressed() -> World {
    let mut world = World::with(small());
    press(&mut world, 0);
    world
}

fn press(world: &mut World, first: u32) {
    world.advocate_on_duty();
    for number in 0..TAKEN {
        let (_, heard) = asks(world, first + number);
        assert!(matches!(heard[..], [RelayFrame::InLine { .. }]), "{heard:?}");
    }
}

fn ticket_of(number: u32) -> Ticket {
    let mut ticket = [9; 32];
    ticket[..4].copy_from_slice(&number.to_be_bytes());
    Ticket(ticket)
}

fn ask_of(number: u32) -> ClientFrame {
    ClientFrame::Ask {
        ticket: ticket_of(number),
        key_package: key_package(1).try_into().unwrap(),
        intake: vec![1; 50].try_into().unwrap(),
    }
}

fn solved_of(number: u32, puzzle: Puzzle, answer: u64) -> ClientFrame {
    ClientFrame::AskSolved {
        ticket: ticket_of(number),
        key_package: key_package(1).try_into().unwrap(),
        intake: vec![1; 50].try_into().unwrap(),
        puzzle,
        answer,
    }
}

/// Somebody new asks.
fn asks(world: &mut World, number: u32) -> (ConnectionId, Vec<RelayFrame>) {
    asks_from(world, 0, number)
}

fn asks_from(world: &mut World, from: u16, number: u32) -> (ConnectionId, Vec<RelayFrame>) {
    let connection = world.survivor_from(from);
    let heard = world.send(connection, ask_of(number));
    (connection, heard)
}

fn puzzle_in(heard: &[RelayFrame]) -> Puzzle {
    match heard {
        [RelayFrame::Puzzle { puzzle, .. }] => *puzzle,
        other => panic!("no puzzle: {other:?}"),
    }
}

/// The answer, and how many tries it took.
fn solve(puzzle: Puzzle) -> (u64, u64) {
    let puzzle = stillroom_puzzle::Puzzle { salt: puzzle.tag, bits: puzzle.bits };
    let mut solver = Solver::new(puzzle);
    loop {
        if let Some(answer) = solver.step() {
            return (answer, solver.tried());
        }
    }
}

/// A number that is no answer.
fn wrong(puzzle: Puzzle) -> u64 {
    let puzzle = stillroom_puzzle::Puzzle { salt: puzzle.tag, bits: puzzle.bits };
    (0..).find(|number| !puzzle.verify(*number)).unwrap()
}

/// Asks, solves what comes, asks with it. How many tries it took; none were needed for those who got a place.
fn gets_in(world: &mut World, number: u32) -> u64 {
    gets_in_from(world, 0, number)
}

fn gets_in_from(world: &mut World, from: u16, number: u32) -> u64 {
    let (connection, heard) = asks_from(world, from, number);
    if let [RelayFrame::InLine { .. }] = heard[..] {
        return 0;
    }
    let puzzle = puzzle_in(&heard);
    let (answer, tries) = solve(puzzle);
    let heard = world.send(connection, solved_of(number, puzzle, answer));
    assert!(matches!(heard[..], [RelayFrame::InLine { .. }]), "{heard:?}");
    tries
}

fn waiting(world: &World) -> usize {
    world.core.holdings().waiting
}

#[test]
fn under_pressure_whoever_solves_the_puzzle_gets_a_place_and_nobody_else() {
    let mut world = pressed();
    let (connection, heard) = asks(&mut world, 100);
    let puzzle = puzzle_in(&heard);
    assert_eq!(waiting(&world), 10);
    let again = puzzle_in(&world.send(connection, ask_of(100)));
    assert_ne!(puzzle, again, "a new one each time");
    let (answer, _) = solve(puzzle);
    let heard = world.send(connection, solved_of(100, puzzle, answer));
    assert_eq!(heard, [RelayFrame::InLine { ahead: TAKEN }]);
    assert_eq!(waiting(&world), 11);
}

#[test]
fn without_pressure_an_answer_is_as_good_as_none() {
    let mut world = pressed();
    let (connection, heard) = asks(&mut world, 100);
    let puzzle = puzzle_in(&heard);
    for number in 0..TAKEN {
        let ticket = ticket_of(number);
        world.send(connection, ClientFrame::Withdraw { ticket });
    }
    world.wait(seconds(61));
    let connection = world.survivor();
    let heard = world.send(connection, solved_of(100, puzzle, wrong(puzzle)));
    assert_eq!(heard, [RelayFrame::InLine { ahead: 0 }]);
}

#[test]
fn it_goes_on_for_a_minute_after_the_rush_and_no_longer() {
    let mut world = pressed();
    let (connection, heard) = asks(&mut world, 100);
    puzzle_in(&heard);
    for number in 0..TAKEN {
        world.send(connection, ClientFrame::Withdraw { ticket: ticket_of(number) });
    }
    world.wait(seconds(30));
    puzzle_in(&asks(&mut world, 101).1);
    world.wait(seconds(31));
    assert_eq!(asks(&mut world, 102).1, [RelayFrame::InLine { ahead: 0 }]);
}

#[test]
fn whoever_has_a_place_or_was_in_a_chat_is_never_asked() {
    let mut world = pressed();
    let back = world.survivor();
    assert_eq!(world.send(back, ask_of(3)), [RelayFrame::InLine { ahead: 3 }]);
    let (device, desk) = world.advocate_on_duty();
    let (_, survivor) = world.chat(&device, desk);
    let heard = world.send(survivor, ask_of(200));
    assert_eq!(heard, [RelayFrame::InLine { ahead: TAKEN }], "their advocate is lost");
    puzzle_in(&asks(&mut world, 201).1);
}

#[test]
fn a_full_line_and_a_closed_one_say_so_before_anybody_solves() {
    let mut world = World::with(Limits { line: 10, puzzle_from: 25, ..Limits::default() });
    world.advocate_on_duty();
    for number in 0..10 {
        gets_in(&mut world, number);
    }
    let full = refused(About::Ticket(ticket_of(10).id()), Refusal::LineFull);
    assert_eq!(asks(&mut world, 10).1, [full]);
}

#[test]
fn an_answer_is_good_once_and_for_one_place() {
    let mut world = pressed();
    let (connection, heard) = asks(&mut world, 100);
    let puzzle = puzzle_in(&heard);
    let (answer, _) = solve(puzzle);
    let other = world.survivor();
    puzzle_in(&world.send(other, solved_of(101, puzzle, answer)));
    world.send(connection, solved_of(100, puzzle, answer));
    world.send(connection, ClientFrame::Withdraw { ticket: ticket_of(100) });
    puzzle_in(&world.send(connection, solved_of(100, puzzle, answer)));
    assert_eq!(waiting(&world), 10);
}

#[test]
fn an_answer_that_comes_too_late_is_none() {
    let mut world = pressed();
    let (connection, heard) = asks(&mut world, 100);
    let puzzle = puzzle_in(&heard);
    let (answer, _) = solve(puzzle);
    world.wait_with(seconds(180), &[connection]);
    world.advocate_on_duty();
    puzzle_in(&world.send(connection, solved_of(100, puzzle, answer)));
}

#[test]
fn a_puzzle_that_was_altered_made_up_or_another_relays_is_none() {
    let mut world = pressed();
    let (connection, heard) = asks(&mut world, 100);
    let given = puzzle_in(&heard);
    let easy = Puzzle { bits: 0, ..given };
    let easier = Puzzle { bits: given.bits - 1, ..given };
    let later = Puzzle { made: given.made + 1, ..given };
    let made_up = Puzzle { tag: [1; 32], ..given };
    for puzzle in [easy, easier, later, made_up] {
        let (answer, _) = solve(puzzle);
        puzzle_in(&world.send(connection, solved_of(100, puzzle, answer)));
    }
    let (answer, _) = solve(given);
    world.restart();
    let (_, desk) = world.advocate_on_duty();
    assert!(world.closed.is_empty() && world.hear(desk).is_empty());
    // The relay of now has other limits: it takes whoever asks, and presses nobody who holds an old answer.
    let connection = world.survivor();
    let heard = world.send(connection, solved_of(100, given, answer));
    assert_eq!(heard, [RelayFrame::InLine { ahead: 0 }]);
}

#[test]
fn a_puzzle_that_was_got_while_it_was_far_easier_is_none() {
    let mut world = pressed();
    let (connection, heard) = asks(&mut world, 100);
    let puzzle = puzzle_in(&heard);
    let (answer, _) = solve(puzzle);
    for number in 1000..1500 {
        asks(&mut world, number);
    }
    let harder = puzzle_in(&world.send(connection, solved_of(100, puzzle, answer)));
    assert!(harder.bits > puzzle.bits + 1);
    let (answer, _) = solve(harder);
    let heard = world.send(connection, solved_of(100, harder, answer));
    assert_eq!(heard, [RelayFrame::InLine { ahead: TAKEN }]);
}

#[test]
fn a_wrong_answer_ends_its_connection_and_there_is_no_second_try() {
    let mut world = pressed();
    let (connection, heard) = asks(&mut world, 100);
    let puzzle = puzzle_in(&heard);
    let wrongly = solved_of(100, puzzle, wrong(puzzle));
    let heard = world.send(connection, wrongly);
    assert_eq!(heard, [refused(About::Connection, Refusal::PuzzleWrong)]);
    assert_eq!(world.closed.get(&connection), Some(&Some(Refusal::PuzzleWrong)));
    let (answer, _) = solve(puzzle);
    let next = world.survivor();
    puzzle_in(&world.send(next, solved_of(100, puzzle, answer)));
}

#[test]
fn a_flood_of_wrong_answers_is_looked_at_no_faster_than_the_pace() {
    let checks = Pace { per_second: 2, burst: 5 };
    let mut world = World::with(Limits { puzzle_checks: checks, ..small() });
    press(&mut world, 0);
    let later = |number| refused(About::Ticket(ticket_of(number).id()), Refusal::TooFast);
    let mut looked_at = 0;
    for number in 100..140 {
        let (connection, heard) = asks(&mut world, number);
        let puzzle = puzzle_in(&heard);
        let heard = world.send(connection, solved_of(number, puzzle, wrong(puzzle)));
        if heard == [refused(About::Connection, Refusal::PuzzleWrong)] {
            looked_at += 1;
        } else {
            assert_eq!(heard, [later(number)]);
        }
    }
    assert_eq!(looked_at, 5);
    // Whoever solved one meanwhile asks with the same answer in a moment.
    let (connection, heard) = asks(&mut world, 200);
    let puzzle = puzzle_in(&heard);
    let (answer, _) = solve(puzzle);
    assert_eq!(world.send(connection, solved_of(200, puzzle, answer)), [later(200)]);
    world.wait(seconds(1));
    let heard = world.send(connection, solved_of(200, puzzle, answer));
    assert_eq!(heard, [RelayFrame::InLine { ahead: TAKEN }]);
}

#[test]
fn what_costs_the_relay_nothing_is_looked_at_before_what_costs_it_a_try() {
    let checks = Pace { per_second: 1, burst: 1 };
    let mut world = World::with(Limits { puzzle_checks: checks, ..small() });
    press(&mut world, 0);
    let (connection, heard) = asks(&mut world, 100);
    let puzzle = puzzle_in(&heard);
    for _ in 0..50 {
        let made_up = Puzzle { tag: [2; 32], ..puzzle };
        puzzle_in(&world.send(connection, solved_of(100, made_up, 0)));
    }
    let (answer, _) = solve(puzzle);
    let heard = world.send(connection, solved_of(100, puzzle, answer));
    assert_eq!(heard, [RelayFrame::InLine { ahead: TAKEN }], "the one check was left");
}

/// Two thousand bots that solve nothing come from some places, and twenty people among them from others: how many
/// tries it took each, and the hardest puzzle that anybody was asked for.
fn twenty_among(bots: impl Fn(u32) -> u16, people: impl Fn(u32) -> u16) -> (Vec<u64>, u8) {
    let mut world = World::new();
    world.advocate_on_duty();
    let (mut tries, mut hardest) = (Vec::new(), 0);
    for number in 0..2_000 {
        world.wait(std::time::Duration::from_millis(5));
        let (connection, heard) = asks_from(&mut world, bots(number), number);
        if let [RelayFrame::Puzzle { puzzle, .. }] = heard[..] {
            hardest = hardest.max(puzzle.bits);
        }
        if number % 100 == 99 {
            tries.push(gets_in_from(&mut world, people(number), 10_000 + number));
        }
        world.drop_line(connection);
    }
    assert_eq!(tries.len(), 20);
    // What the bots got is what they got before there was any pressure.
    assert!(waiting(&world) <= 100 + 20, "{}", waiting(&world));
    tries.sort_unstable();
    (tries, hardest)
}

#[test]
fn twenty_people_get_in_beside_a_flood_from_their_own_address() {
    let (tries, hardest) = twenty_among(|_| 1, |_| 1);
    assert!(hardest <= PUZZLE_BITS_MOST);
    println!("one address, {hardest} bits; tries of twenty people: {tries:?}");
}

#[test]
fn twenty_people_get_in_beside_a_flood_from_two_thousand_addresses() {
    let (tries, hardest) =
        twenty_among(|bot| bot.try_into().unwrap(), |person| (10_000 + person).try_into().unwrap());
    assert_eq!(hardest, 9, "no share has much standing");
    println!("many addresses, {hardest} bits; tries of twenty people: {tries:?}");
}

#[test]
fn whoever_comes_from_where_much_stands_is_asked_for_more_and_nobody_else() {
    let mut world = pressed();
    let bits = |world: &mut World, from, number| puzzle_in(&asks_from(world, from, number).1).bits;
    let plain = bits(&mut world, 1, 500);
    let crowd = |world: &mut World, connections| {
        for _ in 0..connections {
            world.survivor_from(7);
        }
    };
    crowd(&mut world, 60);
    assert_eq!(bits(&mut world, 7, 501), plain + 1);
    crowd(&mut world, 200);
    assert_eq!(bits(&mut world, 7, 502), plain + 2);
    assert_eq!(bits(&mut world, 1, 503), plain);
}

#[test]
fn where_somebody_was_turned_away_lately_the_puzzle_is_one_step_harder() {
    let mut world = pressed();
    let (device, desk) = world.advocate_on_duty();
    let (room, _) = world.chat(&device, desk);
    let elsewhere = puzzle_in(&asks_from(&mut world, 3, 500).1).bits;
    let note = vec![9; TURNED_AWAY_BYTES].try_into().unwrap();
    world.send(desk, ClientFrame::TurnAway { room, note });
    let theirs = puzzle_in(&asks_from(&mut world, EVERYBODY, 501).1).bits;
    assert_eq!(theirs, elsewhere + 1);
    assert_eq!(puzzle_in(&asks_from(&mut world, 3, 502).1).bits, elsewhere);
    let solved = gets_in_from(&mut world, EVERYBODY, 503);
    assert!(solved > 0, "harder, and never refused");
}

/// Bots that solve.
#[test]
fn bots_that_solve_get_as_many_places_as_they_pay_for() {
    let mut world = World::new();
    world.advocate_on_duty();
    let (mut places, mut paid) = (0_u64, 0);
    for number in 0..120 {
        let (connection, heard) = asks(&mut world, number);
        if let [RelayFrame::Puzzle { puzzle, .. }] = heard[..] {
            let (answer, tries) = solve(puzzle);
            paid += tries;
            world.send(connection, solved_of(number, puzzle, answer));
            places += 1;
        }
    }
    assert!(places > 0 && paid / places > 16, "{paid} tries for {places} places");
    gets_in(&mut world, 10_000);
}
