//! The lost page: three words lead back to the same advocate, once, and lead nobody else anywhere.

use core::time::Duration;

use stillroom_conversation::{
    Announcement, ChatNumber, ComesBack, Ending, Phase, ReturnWords, SafetyAnswer, Said,
    WaitingSurvivor,
};
use stillroom_simulation::{DeviceNumber, World};

use crate::scene::{A_WHILE, FIRST, SOON, add_desk, chatting, on_duty, start, start_with, take};

const SECOND: ChatNumber = ChatNumber(2);

/// The words that the survivor's page shows.
fn words_of(world: &mut World, survivor: DeviceNumber) -> String {
    let shown = |world: &World| world.shown(survivor).chat(0).return_words;
    assert!(world.run_until(SOON, |world| shown(world).is_some()));
    shown(world).unwrap()
}

/// Somebody who comes with these words.
fn come_back(world: &mut World, typed: &str) -> DeviceNumber {
    let returning = ReturnWords::of(typed);
    assert!(returning.is_some(), "three words");
    start_with(world, Said { returning, ..Said::default() })
}

fn first_waiting(world: &mut World, desk: DeviceNumber) -> WaitingSurvivor {
    assert!(world.run_until(SOON, |world| !world.shown(desk).waiting.is_empty()));
    world.shown(desk).waiting[0].clone()
}

#[test]
fn whoever_lost_their_page_comes_back_to_the_head_of_the_same_advocates_line() {
    let (mut world, desk, survivor) = chatting(1);
    let words = words_of(&mut world, survivor);
    let _waits_already = start(&mut world);
    first_waiting(&mut world, desk);
    world.destroy(survivor);
    let back = come_back(&mut world, &words.to_uppercase().replace(' ', ",  "));
    assert!(world.run_until(SOON, |world| world.shown(desk).waiting.len() == 2));
    assert_eq!(first_waiting(&mut world, desk).beforehand.comes_back, ComesBack::Here(FIRST));
    assert_eq!(world.shown(desk).chat(1).ending, Some(Ending::PageLost), "the old chat is over");
    take(&mut world, desk, back, SECOND);
    assert!(world.shown(back).chat(0).messages.is_empty(), "no history comes back");
    let beforehand = world.shown(desk).chat(2).beforehand.unwrap();
    assert_eq!(beforehand.comes_back, ComesBack::Here(FIRST));
    assert_ne!(words_of(&mut world, back), words, "new words for the new chat");
}

#[test]
fn whoever_left_by_closing_the_page_can_come_back_as_well() {
    let (mut world, desk, survivor) = chatting(2);
    let words = words_of(&mut world, survivor);
    world.leave(survivor);
    assert!(world.run_until(SOON, |world| world.shown(desk).chat(1).over));
    come_back(&mut world, &words);
    assert_eq!(first_waiting(&mut world, desk).beforehand.comes_back, ComesBack::Here(FIRST));
    assert_eq!(world.shown(desk).chat(1).ending, Some(Ending::SurvivorLeft));
}

#[test]
fn wrong_words_give_an_ordinary_place_and_show_nothing_to_whoever_typed_them() {
    let (mut world, desk, survivor) = chatting(3);
    let words = words_of(&mut world, survivor);
    let waits_already = start(&mut world);
    first_waiting(&mut world, desk);
    let mut reordered = words.split(' ').rev().collect::<Vec<_>>().join(" ");
    if reordered == words {
        reordered = "apple apple apple".into();
    }
    let wrong = come_back(&mut world, &reordered);
    assert!(world.run_until(SOON, |world| world.shown(desk).waiting.len() == 2));
    assert_eq!(world.shown(desk).waiting[1].beforehand.comes_back, ComesBack::Elsewhere);
    let placed = |ahead| Phase::Waiting { ahead: Some(ahead) };
    assert!(world.run_until(SOON, |world| world.shown(wrong).phase() == Some(placed(1))));
    assert_eq!(world.shown(waits_already).phase(), Some(placed(0)));
    assert!(!world.shown(desk).chat(1).over, "the chat goes on");
}

#[test]
fn words_are_good_once() {
    let (mut world, desk, survivor) = chatting(4);
    let words = words_of(&mut world, survivor);
    world.destroy(survivor);
    let back = come_back(&mut world, &words);
    take(&mut world, desk, back, SECOND);
    come_back(&mut world, &words);
    assert_eq!(first_waiting(&mut world, desk).beforehand.comes_back, ComesBack::Elsewhere);
}

#[test]
fn a_desk_that_did_not_give_the_words_does_not_know_them() {
    let (mut world, sam, survivor) = chatting(5);
    let kim = add_desk(&mut world, "Kim");
    let words = words_of(&mut world, survivor);
    world.destroy(survivor);
    come_back(&mut world, &words);
    assert_eq!(first_waiting(&mut world, sam).beforehand.comes_back, ComesBack::Here(FIRST));
    assert_eq!(first_waiting(&mut world, kim).beforehand.comes_back, ComesBack::Elsewhere);
}

#[test]
fn words_are_good_for_one_shift() {
    let (mut world, desk, survivor) = chatting(6);
    let words = words_of(&mut world, survivor);
    world.destroy(survivor);
    world.as_desk(desk, |core, _| core.go_off_duty());
    world.as_desk(desk, |core, now| core.go_on_duty(now));
    world.run_for(SOON);
    come_back(&mut world, &words);
    assert_eq!(first_waiting(&mut world, desk).beforehand.comes_back, ComesBack::Elsewhere);
}

#[test]
fn after_a_chat_that_was_ended_its_words_lead_nowhere() {
    let (mut world, desk, survivor) = chatting(7);
    let words = words_of(&mut world, survivor);
    world.as_desk(desk, |core, now| core.end(FIRST, now));
    world.run_for(SOON);
    come_back(&mut world, &words);
    assert_eq!(first_waiting(&mut world, desk).beforehand.comes_back, ComesBack::Elsewhere);
}

/// The words for after the chat that the survivor's page has.
fn way_back(world: &mut World, desk: DeviceNumber, survivor: DeviceNumber) -> String {
    assert_eq!(world.as_desk(desk, |core, now| core.give_way_back(FIRST, now)), Some(true));
    let shown = |world: &World| world.shown(survivor).chat(0).way_back;
    assert!(world.run_until(SOON, |world| shown(world).is_some()));
    assert!(world.shown(survivor).chat(0).announced.contains(&Announcement::WayBack));
    shown(world).unwrap()
}

#[test]
fn after_a_chat_that_was_ended_words_for_that_lead_back_to_the_same_advocate_once() {
    for by_survivor in [false, true] {
        let (mut world, desk, survivor) = chatting(12);
        let words = way_back(&mut world, desk, survivor);
        if by_survivor {
            world.as_survivor(survivor, |core, now| core.end(now));
        } else {
            world.as_desk(desk, |core, now| core.end(FIRST, now));
        }
        world.run_for(SOON);
        let _waits_already = start(&mut world);
        first_waiting(&mut world, desk);
        let back = come_back(&mut world, &words);
        assert!(world.run_until(SOON, |world| world.shown(desk).waiting.len() == 2));
        let first = first_waiting(&mut world, desk);
        assert_eq!(first.beforehand.comes_back, ComesBack::Here(FIRST), "they come first");
        take(&mut world, desk, back, SECOND);
        assert!(world.shown(back).chat(0).messages.is_empty(), "nothing of the chat comes back");
        come_back(&mut world, &words);
        assert!(world.run_until(SOON, |world| world.shown(desk).waiting.len() == 2));
        let comes_back = world.shown(desk).waiting[1].beforehand.comes_back;
        assert_eq!(comes_back, ComesBack::Elsewhere);
    }
}

#[test]
fn words_for_after_the_chat_go_when_the_advocate_goes_off_duty_and_are_not_given_then() {
    let (mut world, desk, survivor) = chatting(13);
    let words = way_back(&mut world, desk, survivor);
    world.as_desk(desk, |core, _| core.go_off_duty());
    world.run_for(SOON);
    assert_eq!(world.as_desk(desk, |core, now| core.give_way_back(FIRST, now)), Some(false));
    world.as_desk(desk, |core, now| core.end(FIRST, now));
    world.as_desk(desk, |core, now| core.go_on_duty(now));
    world.run_for(SOON);
    come_back(&mut world, &words);
    assert_eq!(first_waiting(&mut world, desk).beforehand.comes_back, ComesBack::Elsewhere);
}

#[test]
fn the_relay_never_sees_the_words_for_after_the_chat() {
    let (mut world, desk, survivor) = chatting(14);
    let words = way_back(&mut world, desk, survivor);
    world.as_desk(desk, |core, now| core.end(FIRST, now));
    world.run_for(SOON);
    come_back(&mut world, &words);
    first_waiting(&mut world, desk);
    let found =
        |frame: &Vec<u8>| frame.windows(words.len()).any(|window| window == words.as_bytes());
    assert!(!world.seen_by_relay.iter().any(found));
}

/// Somebody read the words off the survivor's screen, whose page is open all the while.
#[test]
fn a_thief_of_the_words_does_not_end_a_chat_that_goes_on_until_they_are_taken() {
    let (mut world, desk, survivor) = chatting(8);
    let words = words_of(&mut world, survivor);
    let thief = come_back(&mut world, &words);
    assert_eq!(first_waiting(&mut world, desk).beforehand.comes_back, ComesBack::Here(FIRST));
    world.as_survivor(survivor, |core, now| core.write("still here", now).unwrap());
    world.run_for(SOON);
    let chat = world.shown(desk).chat(1);
    assert!(!chat.over && chat.received() == ["still here"]);
    take(&mut world, desk, thief, SECOND);
    assert_eq!(world.shown(desk).chat(1).ending, Some(Ending::PageLost));
    let ended = Some(Phase::Ended(Ending::ByStaff));
    assert!(world.run_until(SOON, |world| world.shown(survivor).phase() == ended), "they are told");
    assert!(world.shown(thief).chat(0).messages.is_empty());
}

#[test]
fn a_place_with_words_is_kept_over_a_relay_that_restarts() {
    let (mut world, desk, survivor) = chatting(9);
    let words = words_of(&mut world, survivor);
    world.destroy(survivor);
    let back = come_back(&mut world, &words);
    first_waiting(&mut world, desk);
    world.kill_relay();
    world.run_for(Duration::from_secs(3));
    world.start_relay();
    let is_back = |world: &World| !world.shown(desk).waiting.is_empty();
    assert!(world.run_until(A_WHILE, is_back));
    assert_eq!(first_waiting(&mut world, desk).beforehand.comes_back, ComesBack::Here(FIRST));
    take(&mut world, desk, back, SECOND);
}

#[test]
fn the_relay_never_sees_the_words() {
    let (mut world, desk, survivor) = chatting(10);
    let words = words_of(&mut world, survivor);
    world.destroy(survivor);
    come_back(&mut world, &words);
    first_waiting(&mut world, desk);
    let needle = words.as_bytes();
    let found = |frame: &Vec<u8>| frame.windows(needle.len()).any(|window| window == needle);
    assert!(!world.seen_by_relay.iter().any(found));
}

#[test]
fn the_advocate_sees_beforehand_what_the_survivor_said_and_the_relay_does_not() {
    let (mut world, desk) = on_duty(11);
    let said = Said {
        language: "prs".into(),
        interpreter: true,
        safety: SafetyAnswer::NotSure,
        returning: None,
        code_word: true,
        ..Said::default()
    };
    let survivor = start_with(&mut world, said);
    let shown = first_waiting(&mut world, desk).beforehand;
    assert_eq!((shown.language.as_str(), shown.interpreter), ("prs", true));
    assert_eq!((shown.safety, shown.comes_back), (SafetyAnswer::NotSure, ComesBack::No));
    assert!(shown.code_word);
    take(&mut world, desk, survivor, FIRST);
    assert_eq!(world.shown(desk).chat(1).beforehand, Some(shown));
    assert!(!world.seen_by_relay.iter().any(|frame| frame.windows(3).any(|three| three == b"prs")));
}
