//! Ending in two steps: the survivor is told first, and the chat ends when they agree or do nothing for a set
//! time in which they could have answered; never while they have more to say.

use core::time::Duration;

use stillroom_conversation::{
    END_ASKED_MINUTES, EndStep, Ending, Handover, HandoverReason, HandoverStep, Phase, Successor,
};
use stillroom_simulation::{DeviceNumber, World};

use crate::scene::{A_WHILE, FIRST, SOON, chatting};

const ASKED: EndStep = EndStep::Asked { minutes: END_ASKED_MINUTES };
const TIME: Duration = Duration::from_secs(END_ASKED_MINUTES as u64 * 60);

/// Not so long that the relay takes the line for dead.
const SLEPT: Duration = Duration::from_secs(30);

/// The advocate is about to end the chat, and the survivor is told.
fn ask(world: &mut World, desk: DeviceNumber, survivor: DeviceNumber) {
    world.as_desk(desk, |core, now| core.ask_end(FIRST, now));
    assert!(world.run_until(SOON, |world| is_asked(world, survivor)));
}

fn is_asked(world: &World, survivor: DeviceNumber) -> bool {
    world.shown(survivor).end_asked == Some(END_ASKED_MINUTES)
}

fn ended(world: &World, survivor: DeviceNumber, how: Ending) -> bool {
    world.shown(survivor).phase() == Some(Phase::Ended(how))
}

fn steps(world: &World, desk: DeviceNumber) -> Vec<EndStep> {
    world.shown(desk).chat(1).end
}

fn goes_on(world: &mut World, desk: DeviceNumber, survivor: DeviceNumber) {
    world.run_for(TIME + SOON);
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Chatting));
    assert_eq!(world.shown(desk).chat(1).ending, None);
}

#[test]
fn whoever_does_nothing_is_told_before_and_the_chat_ends_after_the_time_that_was_said() {
    let (mut world, desk, survivor) = chatting(1);
    ask(&mut world, desk, survivor);
    let began = world.now;
    assert!(world.run_until(A_WHILE, |world| ended(world, survivor, Ending::ByStaff)));
    let took = world.now.checked_since(began);
    assert!(took > TIME - SOON && took < TIME + SOON, "{took:?}");
    assert_eq!(steps(&world, desk), [ASKED]);
    assert!(!is_asked(&world, survivor));
    assert!(world.run_until(SOON, |world| world.holdings().rooms == 0));
}

#[test]
fn whoever_agrees_ends_it_at_once() {
    let (mut world, desk, survivor) = chatting(2);
    ask(&mut world, desk, survivor);
    world.as_survivor(survivor, |core, now| core.end(now));
    let heard = |world: &World| world.shown(desk).chat(1).ending == Some(Ending::BySurvivor);
    assert!(world.run_until(SOON, heard));
}

#[test]
fn whoever_says_that_there_is_more_goes_on_and_can_be_asked_again() {
    let (mut world, desk, survivor) = chatting(3);
    ask(&mut world, desk, survivor);
    world.as_survivor(survivor, |core, now| core.go_on(now));
    assert!(!is_asked(&world, survivor), "at once");
    goes_on(&mut world, desk, survivor);
    assert_eq!(steps(&world, desk), [ASKED, EndStep::TheyGoOn]);
    ask(&mut world, desk, survivor);
    assert!(world.run_until(A_WHILE, |world| ended(world, survivor, Ending::ByStaff)));
}

#[test]
fn whoever_writes_goes_on() {
    let (mut world, desk, survivor) = chatting(4);
    ask(&mut world, desk, survivor);
    world.as_survivor(survivor, |core, now| core.write("one more thing", now).unwrap());
    assert!(!is_asked(&world, survivor), "at once");
    goes_on(&mut world, desk, survivor);
    assert_eq!(steps(&world, desk), [ASKED, EndStep::TheyGoOn]);
}

#[test]
fn the_advocate_can_take_it_back_or_end_at_once() {
    let (mut world, desk, survivor) = chatting(5);
    ask(&mut world, desk, survivor);
    world.as_desk(desk, |core, now| core.withdraw_end(FIRST, now));
    assert!(world.run_until(SOON, |world| !is_asked(world, survivor)));
    goes_on(&mut world, desk, survivor);
    assert_eq!(steps(&world, desk), [ASKED, EndStep::Withdrawn]);
    ask(&mut world, desk, survivor);
    world.as_desk(desk, |core, now| core.end(FIRST, now));
    assert!(world.run_until(SOON, |world| ended(world, survivor, Ending::ByStaff)));
}

#[test]
fn time_in_which_they_cannot_see_it_does_not_count() {
    let (mut world, desk, survivor) = chatting(6);
    ask(&mut world, desk, survivor);
    world.as_survivor(survivor, |core, now| core.hidden(true, now));
    goes_on(&mut world, desk, survivor);
    world.as_survivor(survivor, |core, now| core.hidden(false, now));
    assert!(world.run_until(A_WHILE, |world| ended(world, survivor, Ending::ByStaff)));
}

#[test]
fn a_line_that_is_down_ends_no_chat_and_when_it_is_back_they_have_all_the_time_again() {
    let (mut world, desk, survivor) = chatting(7);
    ask(&mut world, desk, survivor);
    world.run_for(TIME / 2);
    world.kill_relay();
    world.run_for(Duration::from_secs(80));
    world.start_relay();
    world.run_for(TIME * 3 / 4);
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Chatting));
    assert!(world.run_until(TIME, |world| ended(world, survivor, Ending::ByStaff)));
}

#[test]
fn a_desk_that_slept_hears_what_they_answered_before_it_ends_anything() {
    let (mut world, desk, survivor) = chatting(9);
    ask(&mut world, desk, survivor);
    world.run_for(TIME - SLEPT / 2);
    world.sleep(desk);
    world.as_survivor(survivor, |core, now| core.go_on(now));
    world.run_for(SLEPT);
    // Its clocks before its line.
    world.as_desk(desk, |core, now| core.handle_timeout(now));
    world.wake(desk);
    goes_on(&mut world, desk, survivor);
    assert_eq!(steps(&world, desk), [ASKED, EndStep::TheyGoOn]);
}

#[test]
fn whoever_answers_on_a_line_that_stalls_is_heard_out() {
    let (mut world, desk, survivor) = chatting(10);
    ask(&mut world, desk, survivor);
    world.run_for(TIME - SLEPT / 2);
    world.sleep(survivor);
    world.as_survivor(survivor, |core, now| core.go_on(now));
    world.run_for(SLEPT);
    world.wake(survivor);
    goes_on(&mut world, desk, survivor);
    assert_eq!(steps(&world, desk), [ASKED, EndStep::TheyGoOn]);
}

#[test]
fn whoever_is_asked_whether_the_chat_may_end_is_not_taken_for_silent() {
    let (mut world, desk, survivor) = chatting(11);
    world.publish(|policy| {
        let timers = &mut policy.terms.timers;
        (timers.silence_ask, timers.silence_warn, timers.silence_close) = (1, 20, 30);
    });
    world.run_for(SOON);
    ask(&mut world, desk, survivor);
    let began = world.now;
    assert!(world.run_until(A_WHILE, |world| ended(world, survivor, Ending::ByStaff)));
    assert!(world.now.checked_since(began) < TIME + SOON);
    assert!(world.shown(survivor).chat(0).silences.is_empty());
}

#[test]
fn one_question_takes_the_place_of_the_other() {
    let (mut world, desk, survivor) = chatting(8);
    let handover = Handover::new(HandoverReason::ShiftEnds, "", "").unwrap();
    world.as_desk(desk, |core, now| {
        core.hand_over(FIRST, Successor::Anyone, handover.clone(), now).unwrap()
    });
    assert!(world.run_until(SOON, |world| world.shown(survivor).question.is_some()));
    ask(&mut world, desk, survivor);
    assert_eq!(world.shown(survivor).question, None);
    assert_eq!(world.shown(desk).chat(1).handover.last(), Some(&HandoverStep::Withdrawn));
    world.as_desk(desk, |core, now| {
        core.hand_over(FIRST, Successor::Anyone, handover, now).unwrap()
    });
    assert!(world.run_until(SOON, |world| world.shown(survivor).question.is_some()));
    assert!(!is_asked(&world, survivor));
    goes_on(&mut world, desk, survivor);
}
