//! Who is in a chat, in any order of asking, answering, joining, leaving, handing over and ending, while lines break and
//! frames are lost, doubled and late (`features.md` 3.3, 3.5, 3.6): nobody reads what was written before the survivor's
//! page announced them or after it said that they left, and once lines are back nothing is lost, doubled or out of order
//! among those who stayed, and nobody is stuck.

mod floor;
mod watch;

use core::time::Duration;

use floor::{Act, Floor, Person, To};
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{FileFailurePersistence, RngSeed},
};
use stillroom_conversation::{Company, Phase};

use crate::scene::SOON;

/// So long may it take, once lines are back, until whoever waits is served: places that are left to others first
/// included.
const SERVED_WITHIN: Duration = Duration::from_secs(400);

/// So many orders of things are tried each time: some twenty seconds' worth.
const CASES: u32 = 20;

/// One step: what happens, and how many milliseconds pass after.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// One of what somebody could do then.
    Possible(usize, u64),
    /// This, whether or not it makes sense then.
    Any(Act, u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let pause = || prop_oneof![3 => Just(0), 6 => 1..600_u64, 4 => 600..4_000_u64, 1 => 60_000..120_000_u64];
    let step = prop_oneof![
        10 => (0..1_000_usize, pause()).prop_map(|(at, pause)| Step::Possible(at, pause)),
        2 => (trouble(), pause()).prop_map(|(act, pause)| Step::Any(act, pause)),
        1 => (any_act(), pause()).prop_map(|(act, pause)| Step::Any(act, pause)),
    ];
    proptest::collection::vec(step, 8..48)
}

fn trouble() -> impl Strategy<Value = Act> {
    let person = || select(&Person::ALL[..]);
    prop_oneof![
        4 => person().prop_map(Act::Cut),
        2 => person().prop_map(Act::Sleep),
        4 => person().prop_map(Act::Wake),
        1 => Just(Act::KillRelay),
        3 => any::<bool>().prop_map(Act::Faults),
        1 => Just(Act::Conspire),
    ]
}

fn any_act() -> impl Strategy<Value = Act> {
    let lead = || select(&Person::LEADS[..]);
    let guest = || select(&Person::GUESTS[..]);
    let to = prop_oneof![
        Just(To::Anyone),
        Just(To::Supervisor),
        select(&Person::STAFF[..]).prop_map(To::Colleague),
    ];
    prop_oneof![
        select(&Person::ALL[..]).prop_map(Act::Say),
        (lead(), select(&Person::STAFF[..])).prop_map(|(by, whom)| Act::AskIn { by, whom }),
        any::<bool>().prop_map(Act::AnswerJoining),
        Just(Act::AskOut),
        lead().prop_map(Act::PutOut),
        (guest(), any::<bool>()).prop_map(|(guest, comes)| Act::AnswerCall(guest, comes)),
        guest().prop_map(Act::StepOut),
        (lead(), to).prop_map(|(by, to)| Act::HandOver { by, to }),
        lead().prop_map(Act::TakeBack),
        any::<bool>().prop_map(Act::AnswerHandover),
        lead().prop_map(Act::AskEnd),
        lead().prop_map(Act::Take),
        prop_oneof![Just(Person::Survivor), lead()].prop_map(Act::End),
    ]
}

/// What was done, so that a failure can be played again as it was.
type Trail = Vec<(Act, u64)>;

fn play(seed: u64, steps: &[Step]) -> (Floor, Trail) {
    let mut floor = Floor::new(seed);
    let mut trail = Trail::new();
    for step in steps {
        let (act, pause) = match *step {
            Step::Any(act, pause) => (act, pause),
            Step::Possible(at, pause) => {
                let possible = floor.possible();
                let act = possible.get(at % possible.len().max(1));
                (act.copied().unwrap_or(Act::GoOn), pause)
            }
        };
        trail.push((act, pause));
        floor.act(act);
        floor.run(Duration::from_millis(pause));
        if !floor.watch.wrong.is_empty() {
            break;
        }
    }
    (floor, trail)
}

fn is_over(floor: &Floor) -> bool {
    matches!(floor.phase(), Some(Phase::Ended(_)))
}

/// Lines are back and time passes: the chat goes on with all that was written, or has ended for everybody.
fn settle(floor: &mut Floor, ends: Person) {
    floor.mend();
    let served = floor.run_until(SERVED_WITHIN, |floor| {
        floor.phase() == Some(Phase::Chatting) || is_over(floor) || takes(floor).is_some()
    });
    if let Some(desk) = takes(floor) {
        floor.act(Act::Take(desk));
    }
    let settled =
        served && floor.run_until(SERVED_WITHIN, |floor| is_over(floor) || is_settled(floor));
    if !settled {
        floor.watch.wrong.push(format!("stuck: {:?}", floor.phase()));
        return;
    }
    if !is_over(floor) {
        probe(floor);
        part(floor);
        let lead = lead(floor);
        floor.act(Act::End(if ends == Person::Survivor { ends } else { lead.unwrap_or(ends) }));
    }
    ended_everywhere(floor);
}

/// Who can take the survivor, where they wait.
fn takes(floor: &Floor) -> Option<Person> {
    let waits = matches!(floor.phase(), Some(Phase::Waiting { .. }));
    Person::LEADS.into_iter().find(|desk| waits && floor.can_take(*desk))
}

fn lead(floor: &Floor) -> Option<Person> {
    let mut leads = Person::LEADS.into_iter();
    leads.find(|desk| floor.led(*desk).is_some() && floor.survivor_shows(*desk))
}

/// Somebody leads, and nobody is on the way in or out.
fn is_settled(floor: &Floor) -> bool {
    let is_still = match floor.company() {
        Company::Nobody | Company::Asked(_) => true,
        Company::Here(who) => Person::named(&who.name).is_some_and(|who| floor.is_in(who)),
        Company::Awaited(_) | Company::Leaving(_) => false,
    };
    floor.phase() == Some(Phase::Chatting) && is_still && lead(floor).is_some()
}

/// Everybody who is in writes once more, and has what the others wrote.
fn probe(floor: &mut Floor) {
    for person in Person::ALL {
        let is_in = person == Person::Survivor || floor.survivor_shows(person);
        if is_in {
            floor.act(Act::Say(person));
        }
    }
    floor.run(SOON * 4);
    if is_over(floor) {
        return;
    }
    match lead(floor).and_then(|lead| Some((lead, floor.led(lead)?))) {
        Some((lead, chat)) => floor.watch.settle(&floor.world, lead, chat),
        None => floor.watch.wrong.push("nobody leads any more".into()),
    }
}

/// A third person who is still in is asked to leave, and nothing that is written in the same moment reaches them.
fn part(floor: &mut Floor) {
    if let Company::Here(_) = floor.company() {
        for act in [Act::Say(Person::Survivor), Act::AskOut, Act::Say(Person::Survivor)] {
            floor.act(act);
        }
        floor.run(SOON);
        probe(floor);
    }
}

/// It has ended at everybody's, by itself.
fn ended_everywhere(floor: &mut Floor) {
    let over = floor.run_until(SERVED_WITHIN, |floor| is_over(floor) && floor.nobody_is_in());
    if !over {
        floor.watch.wrong.push(format!("not over for everybody: {:?}", floor.phase()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: CASES,
        rng_seed: RngSeed::Fixed(0x5711_D00A),
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    })]

    #[test]
    fn whoever_reads_anything_was_announced_and_nothing_is_lost_among_those_who_stay(
        seed in 0..1_000_u64,
        steps in steps(),
        ends in select(&[Person::Survivor, Person::Sam][..]),
    ) {
        let (mut floor, trail) = play(seed, &steps);
        if floor.watch.wrong.is_empty() {
            settle(&mut floor, ends);
        }
        prop_assert!(floor.watch.wrong.is_empty(), "{:?} after {seed}, {trail:?}", floor.watch.wrong);
    }
}
