//! The silent survivor: asked, warned, closed; and what is not silence. The sample policy asks after ten
//! minutes, warns after twenty and closes after thirty.

use core::time::Duration;

use stillroom_conversation::{Ending, Phase, Silence};
use stillroom_protocol::{ClientFrame, RelayFrame, decode};
use stillroom_simulation::{DeviceNumber, Direction, Fate, World};

use crate::scene::{A_WHILE, FIRST, SOON, chatting, on_duty, start, take};

const HOUR: Duration = Duration::from_secs(60 * 60);
const ASKED: Silence = Silence::Asked;
const WARNED: Silence = Silence::Warned { minutes: 10 };

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}

/// A chat in which the advocate wrote last.
fn waiting_for_an_answer(seed: u64) -> (World, DeviceNumber, DeviceNumber) {
    let (mut world, desk, survivor) = chatting(seed);
    world.as_survivor(survivor, |core, now| core.write("hello", now).unwrap());
    world.run_for(SOON);
    world.as_desk(desk, |core, now| core.write(FIRST, "how are you", now).unwrap());
    world.run_for(SOON);
    (world, desk, survivor)
}

/// How often anybody said anything, acknowledgements included.
fn posted(world: &World) -> usize {
    let frames = world.seen_by_relay.iter();
    frames.filter(|frame| matches!(decode(frame), Ok(ClientFrame::Post { .. }))).count()
}

fn steps(world: &World, device: DeviceNumber, chat: usize) -> Vec<Silence> {
    world.shown(device).chat(chat).silences
}

fn run_until_step(world: &mut World, survivor: DeviceNumber, step: Silence) {
    let last = |world: &World| steps(world, survivor, 0).last() == Some(&step);
    assert!(world.run_until(minutes(25), last), "{:?}", steps(world, survivor, 0));
}

#[test]
fn silence_is_asked_about_then_warned_of_and_then_closes_and_both_sides_see_each_step() {
    let (mut world, desk, survivor) = waiting_for_an_answer(1);
    let began = world.now;
    let ended = Some(Phase::Ended(Ending::BySilence));
    assert!(world.run_until(HOUR, |world| world.shown(survivor).phase() == ended));
    let took = world.now.checked_since(began);
    assert!(took > minutes(29) && took < minutes(31), "{took:?}");
    assert_eq!(steps(&world, survivor, 0), [ASKED, WARNED]);
    assert_eq!(steps(&world, desk, 1), [ASKED, WARNED]);
    assert_eq!(world.shown(desk).chat(1).ending, Some(Ending::BySilence));
    assert!(world.run_until(SOON, |world| world.holdings().rooms == 0));
}

#[test]
fn any_key_of_the_survivors_stops_it_and_is_told_once() {
    let (mut world, desk, survivor) = waiting_for_an_answer(2);
    run_until_step(&mut world, survivor, WARNED);
    let before = posted(&world);
    for _ in 0..50 {
        world.as_survivor(survivor, |core, now| core.touched(now));
    }
    assert_eq!(steps(&world, survivor, 0), [ASKED, WARNED, Silence::Over], "at once");
    world.run_for(SOON);
    assert_eq!(steps(&world, desk, 1), [ASKED, WARNED, Silence::Over]);
    assert!(posted(&world) - before <= 6, "one sign, what acknowledges it, and that it is over");
    world.run_for(minutes(9));
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Chatting));
}

#[test]
fn a_desk_that_slept_hears_a_sign_of_life_before_it_closes_anything() {
    let (mut world, desk, survivor) = waiting_for_an_answer(14);
    run_until_step(&mut world, survivor, WARNED);
    world.run_for(minutes(10) - SOON);
    world.sleep(desk);
    world.as_survivor(survivor, |core, now| core.touched(now));
    world.run_for(2 * SOON);
    // Its clocks before its line.
    world.as_desk(desk, |core, now| core.handle_timeout(now));
    world.wake(desk);
    world.run_for(minutes(9));
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Chatting));
    assert_eq!(steps(&world, desk, 1), [ASKED, WARNED, Silence::Over]);
}

#[test]
fn keys_are_not_told_to_anybody_while_nobody_asked() {
    let (mut world, _, survivor) = waiting_for_an_answer(3);
    let before = posted(&world);
    for _ in 0..50 {
        world.as_survivor(survivor, |core, now| core.touched(now));
    }
    world.run_for(Duration::from_secs(2));
    assert_eq!(posted(&world), before);
}

#[test]
fn whoever_is_writing_when_the_question_comes_is_not_asked() {
    let (mut world, desk, survivor) = waiting_for_an_answer(4);
    for _ in 0..24 {
        world.run_for(Duration::from_secs(30));
        world.as_survivor(survivor, |core, now| core.touched(now));
    }
    assert_eq!(steps(&world, survivor, 0), []);
    assert_eq!(steps(&world, desk, 1), [ASKED, Silence::Over]);
}

#[test]
fn an_answer_stops_it_and_no_silence_is_counted_until_the_advocate_answers() {
    let (mut world, _, survivor) = waiting_for_an_answer(5);
    run_until_step(&mut world, survivor, ASKED);
    world.as_survivor(survivor, |core, now| core.write("here", now).unwrap());
    world.run_for(HOUR);
    assert_eq!(steps(&world, survivor, 0), [ASKED, Silence::Over]);
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Chatting));
}

#[test]
fn the_advocate_can_give_more_time_at_each_step() {
    let (mut world, desk, survivor) = waiting_for_an_answer(6);
    for step in [ASKED, WARNED] {
        run_until_step(&mut world, survivor, step);
        world.as_desk(desk, |core, now| core.postpone(FIRST, now));
        world.run_for(minutes(9));
        assert_eq!(steps(&world, survivor, 0).last(), Some(&Silence::Over));
        assert_eq!(steps(&world, desk, 1).last(), Some(&Silence::Over));
    }
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Chatting));
}

#[test]
fn a_dropped_line_is_not_silence() {
    let (mut world, desk, survivor) = waiting_for_an_answer(7);
    world.destroy(survivor);
    world.run_for(HOUR);
    assert_eq!(steps(&world, desk, 1), []);
    assert!(!world.shown(desk).chat(1).over);
}

#[test]
fn a_line_that_drops_after_the_warning_gives_all_the_time_again_when_it_is_back() {
    let (mut world, desk, survivor) = waiting_for_an_answer(8);
    run_until_step(&mut world, survivor, WARNED);
    world.run_for(minutes(9));
    world.kill_relay();
    world.run_for(Duration::from_secs(80));
    world.start_relay();
    world.run_for(minutes(9));
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Chatting));
    let steps = steps(&world, desk, 1);
    assert!(
        steps.len() > 2 && steps[2..].iter().all(|step| *step == WARNED),
        "told again: {steps:?}"
    );
    let ended = Some(Phase::Ended(Ending::BySilence));
    assert!(world.run_until(minutes(2), |world| world.shown(survivor).phase() == ended));
}

#[test]
fn a_hidden_page_is_not_silence_and_coming_back_to_it_is_a_sign() {
    let (mut world, desk, survivor) = waiting_for_an_answer(9);
    world.as_survivor(survivor, |core, now| core.hidden(true, now));
    world.run_for(HOUR);
    assert_eq!(steps(&world, desk, 1), []);
    assert!(world.shown(desk).chat(1).hidden, "the desk counts down to nothing meanwhile");
    world.as_survivor(survivor, |core, now| core.hidden(false, now));
    world.run_for(minutes(9));
    assert!(!world.shown(desk).chat(1).hidden);
    assert_eq!(steps(&world, desk, 1), []);
    run_until_step(&mut world, survivor, ASKED);
    world.as_survivor(survivor, |core, now| core.hidden(true, now));
    world.as_survivor(survivor, |core, now| core.hidden(false, now));
    world.run_for(SOON);
    assert_eq!(steps(&world, desk, 1), [ASKED, Silence::Over]);
}

#[test]
fn asked_by_hand_it_goes_on_from_there_and_any_key_stops_it() {
    let (mut world, desk, survivor) = waiting_for_an_answer(20);
    world.run_for(minutes(3));
    assert!(world.as_desk(desk, |core, now| core.ask_silence(FIRST, now)).unwrap());
    world.run_for(SOON);
    assert_eq!(steps(&world, survivor, 0), [ASKED]);
    world.run_for(minutes(9));
    assert_eq!(steps(&world, desk, 1), [ASKED]);
    world.run_for(minutes(2));
    assert_eq!(steps(&world, desk, 1), [ASKED, WARNED], "told by itself, as after ten minutes");
    world.as_survivor(survivor, |core, now| core.touched(now));
    world.run_for(SOON);
    assert_eq!(steps(&world, desk, 1), [ASKED, WARNED, Silence::Over]);
    world.run_for(minutes(3));
    for told in [ASKED, WARNED] {
        assert!(world.as_desk(desk, |core, now| core.ask_silence(FIRST, now)).unwrap());
        world.run_for(SOON);
        assert_eq!(steps(&world, survivor, 0).last(), Some(&told));
    }
    assert!(
        !world.as_desk(desk, |core, now| core.ask_silence(FIRST, now)).unwrap(),
        "the end is next"
    );
    let ended = Some(Phase::Ended(Ending::BySilence));
    assert!(world.run_until(minutes(11), |world| world.shown(survivor).phase() == ended));
}

#[test]
fn nobody_is_asked_by_hand_who_could_not_see_it() {
    let (mut world, desk, survivor) = waiting_for_an_answer(21);
    world.as_survivor(survivor, |core, now| core.hidden(true, now));
    world.run_for(SOON);
    assert!(!world.as_desk(desk, |core, now| core.ask_silence(FIRST, now)).unwrap());
    world.run_for(SOON);
    assert_eq!(steps(&world, survivor, 0), []);
}

#[test]
fn where_the_policy_leaves_it_to_staff_nothing_is_asked_or_closed_by_itself() {
    let (mut world, desk, survivor) = waiting_for_an_answer(22);
    world.publish(|policy| {
        let timers = &mut policy.terms.timers;
        (timers.silence_ask, timers.silence_warn, timers.silence_close) = (0, 0, 0);
    });
    world.run_for(HOUR);
    assert_eq!(steps(&world, desk, 1), []);
    assert!(world.as_desk(desk, |core, now| core.ask_silence(FIRST, now)).unwrap());
    world.run_for(HOUR);
    assert_eq!(steps(&world, survivor, 0), [ASKED]);
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Chatting));
    assert!(
        !world.as_desk(desk, |core, now| core.ask_silence(FIRST, now)).unwrap(),
        "End chat tells them"
    );
}

#[test]
fn a_page_that_was_hidden_before_the_chat_began_is_not_asked() {
    let (mut world, desk) = on_duty(10);
    let survivor = start(&mut world);
    world.as_survivor(survivor, |core, now| core.hidden(true, now));
    take(&mut world, desk, survivor, FIRST);
    world.run_for(HOUR);
    assert_eq!(steps(&world, desk, 1), []);
}

/// A network that loses what the desk says, while both lines seem to stand.
#[test]
fn what_has_not_arrived_is_not_waited_for() {
    let (mut world, desk, survivor) = chatting(11);
    world.as_survivor(survivor, |core, now| core.write("hello", now).unwrap());
    world.run_for(SOON);
    world.set_way(Box::new(move |device, direction, frame| {
        let down = direction == Direction::Down && device == survivor;
        match decode(frame) {
            Ok(RelayFrame::Delivered { .. }) if down => Fate::Dropped,
            _ => Fate::Arrives,
        }
    }));
    world.as_desk(desk, |core, now| core.write(FIRST, "how are you", now).unwrap());
    world.run_for(HOUR);
    assert_eq!(steps(&world, desk, 1), []);
    world.mend_way();
    run_until_step(&mut world, survivor, ASKED);
}

#[test]
fn a_chat_in_which_nobody_has_written_yet_is_asked_about_as_well() {
    let (mut world, _, survivor) = chatting(12);
    run_until_step(&mut world, survivor, ASKED);
    world.run_for(A_WHILE);
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Chatting));
}
