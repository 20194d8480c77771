//! A whole chat over the real cores, when all goes well and when the line or the relay does not.

use core::cell::Cell;
use core::time::Duration;
use std::rc::Rc;

use stillroom_conversation::{Again, Announcement, ChatNumber, Ending, Phase, Role, Stop, Trouble};
use stillroom_program::{decode, encode};
use stillroom_protocol::{About, Refusal, RelayFrame};
use stillroom_simulation::{Direction, Fate, World};

use crate::scene::{
    A_WHILE, FIRST, SOON, add_desk, assert_all_arrived, chatting, on_duty, start, take,
    write_both_ways,
};

#[test]
fn a_survivor_and_an_advocate_write_to_each_other() {
    let (mut world, desk, survivor) = chatting(1);
    write_both_ways(&mut world, desk, survivor, 0);
    assert_all_arrived(&mut world, desk, survivor, SOON);
    let chat = world.shown(survivor).chat(0);
    assert_eq!(chat.roster.len(), 2);
    assert!(chat.roster.iter().any(|one| one.name == "Sam" && one.role == Role::Advocate));
    let joined = Announcement::Joined { name: "Sam".into(), role: Role::Advocate };
    assert!(chat.announced.contains(&joined));
}

#[test]
fn what_is_written_while_waiting_is_sent_once_somebody_is_there() {
    let (mut world, desk) = on_duty(2);
    let survivor = start(&mut world);
    world.as_survivor(survivor, |core, now| core.write("is anybody there", now).unwrap());
    take(&mut world, desk, survivor, FIRST);
    world.as_survivor(survivor, |core, now| core.write("hello", now).unwrap());
    assert_all_arrived(&mut world, desk, survivor, SOON);
    assert_eq!(world.shown(desk).chat(1).received(), ["is anybody there", "hello"]);
}

#[test]
fn nobody_on_duty_is_said_at_once() {
    let mut world = World::new(3);
    let survivor = start(&mut world);
    let stopped = Some(Phase::Stopped(Stop::NobodyOnDuty));
    assert!(world.run_until(SOON, |world| world.shown(survivor).phase() == stopped));
}

#[test]
fn who_asks_while_the_relay_is_down_waits_for_the_desks_to_come_back_and_loses_no_word() {
    let (mut world, desk) = on_duty(7);
    world.kill_relay();
    let survivor = start(&mut world);
    world.as_survivor(survivor, |core, now| core.write("is anybody there", now).unwrap());
    world.lock(desk);
    world.run_for(SOON);
    world.start_relay();
    world.run_for(SOON);
    assert!(matches!(world.shown(survivor).phase(), Some(Phase::Waiting { .. })));
    world.unlock(desk);
    take(&mut world, desk, survivor, FIRST);
    assert_all_arrived(&mut world, desk, survivor, SOON);
    assert_eq!(world.shown(desk).chat(1).received(), ["is anybody there"]);
}

#[test]
fn two_survivors_with_one_advocate_are_kept_apart() {
    let (mut world, desk, first) = chatting(4);
    let second = start(&mut world);
    take(&mut world, desk, second, ChatNumber(2));
    world.as_desk(desk, |core, now| core.write(FIRST, "for the first", now).unwrap());
    world.as_desk(desk, |core, now| core.write(ChatNumber(2), "for the second", now).unwrap());
    world.run_for(SOON);
    assert_eq!(world.shown(first).chat(0).received(), ["for the first"]);
    assert_eq!(world.shown(second).chat(0).received(), ["for the second"]);
}

#[test]
fn a_place_is_claimed_by_exactly_one_of_two_desks() {
    let (mut world, sam) = on_duty(5);
    let kim = add_desk(&mut world, "Kim");
    let survivor = start(&mut world);
    let both_see = |world: &World| {
        !world.shown(sam).waiting.is_empty() && !world.shown(kim).waiting.is_empty()
    };
    assert!(world.run_until(SOON, both_see));
    world.as_desk(sam, |core, _| core.take_next());
    world.as_desk(kim, |core, _| core.take_next());
    world.run_for(SOON);
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Chatting));
    let joined = [sam, kim].map(|desk| world.shown(desk).chat(1).joined);
    assert_eq!(joined.iter().filter(|joined| **joined).count(), 1, "{joined:?}");
    let other = if joined[0] { kim } else { sam };
    assert!(world.shown(other).troubles.contains(&Trouble::TakenByAnother));
}

#[test]
fn a_dropped_line_costs_no_message_on_either_side() {
    let (mut world, desk, survivor) = chatting(6);
    for (round, cut) in [survivor, desk, survivor, desk].into_iter().enumerate() {
        write_both_ways(&mut world, desk, survivor, round * 5);
        world.cut(cut);
    }
    assert_all_arrived(&mut world, desk, survivor, A_WHILE);
}

#[test]
fn a_relay_killed_in_mid_chat_and_started_empty_costs_no_message() {
    let (mut world, desk, survivor) = chatting(7);
    write_both_ways(&mut world, desk, survivor, 0);
    world.kill_relay();
    write_both_ways(&mut world, desk, survivor, 5);
    world.start_relay();
    write_both_ways(&mut world, desk, survivor, 10);
    assert_all_arrived(&mut world, desk, survivor, A_WHILE);
}

#[test]
fn a_relay_that_vanishes_for_a_minute_costs_no_message() {
    let (mut world, desk, survivor) = chatting(8);
    world.kill_relay();
    write_both_ways(&mut world, desk, survivor, 0);
    world.run_for(Duration::from_secs(60));
    world.start_relay();
    assert_all_arrived(&mut world, desk, survivor, A_WHILE);
}

#[test]
fn a_relay_killed_while_somebody_waits_does_not_lose_them() {
    let (mut world, desk) = on_duty(9);
    let survivor = start(&mut world);
    assert!(world.run_until(SOON, |world| !world.shown(desk).waiting.is_empty()));
    world.kill_relay();
    world.run_for(Duration::from_secs(3));
    world.start_relay();
    let back = |world: &World| !world.shown(desk).waiting.is_empty();
    assert!(world.run_until(A_WHILE, back));
    take(&mut world, desk, survivor, FIRST);
}

/// The relay is killed at every moment between the question and the first word, a twentieth of a second
/// apart: between `Ask` and claim, between claim and Welcome, between Welcome and joining.
#[test]
fn a_relay_killed_between_ask_claim_and_welcome_does_not_lose_the_survivor() {
    for moment in 0..40 {
        let (mut world, desk) = on_duty(100 + moment);
        let survivor = start(&mut world);
        assert!(world.run_until(SOON, |world| !world.shown(desk).waiting.is_empty()));
        world.as_desk(desk, |core, _| core.take_next());
        world.run_for(Duration::from_millis(50 * moment));
        world.kill_relay();
        world.run_for(Duration::from_secs(2));
        world.start_relay();
        let chat = |world: &World| {
            let shown = world.shown(desk);
            let open = shown.chats.iter().position(|chat| chat.joined && !chat.over);
            open.filter(|_| world.shown(survivor).phase() == Some(Phase::Chatting))
        };
        if !world.run_until(A_WHILE, |world| chat(world).is_some()) {
            // The claim itself may be what was lost: then they wait again, and are taken again.
            let shown = world.shown(desk);
            assert!(
                !shown.waiting.is_empty(),
                "moment {moment}: {:?} {:?} {:?}",
                world.shown(survivor).phases,
                shown.troubles,
                shown.duty,
            );
            world.as_desk(desk, |core, _| core.take_next());
            assert!(world.run_until(A_WHILE, |world| chat(world).is_some()), "moment {moment}");
        }
    }
}

/// More than the relay keeps in a tail, for longer than it keeps it, and for longer than a sender may repeat
/// itself before the other side could not follow any more.
#[test]
fn a_phone_that_was_locked_for_hours_misses_nothing_of_a_lot() {
    let (mut world, desk, survivor) = chatting(17);
    world.lock(survivor);
    for number in 0..20 {
        let long = format!("{number} {}", "x".repeat(3_900));
        world.as_desk(desk, |core, now| core.write(FIRST, &long, now).unwrap());
        world.run_for(Duration::from_secs(10));
    }
    world.run_for(Duration::from_secs(8 * 60 * 60));
    world.unlock(survivor);
    write_both_ways(&mut world, desk, survivor, 20);
    assert_all_arrived(&mut world, desk, survivor, A_WHILE);
}

#[test]
fn a_desk_whose_line_breaks_again_and_again_loses_nothing_for_a_phone_that_is_locked() {
    let (mut world, desk, survivor) = chatting(18);
    world.lock(survivor);
    for number in 0..16 {
        let text = format!("advocate {number}");
        world.as_desk(desk, |core, now| core.write(FIRST, &text, now).unwrap());
    }
    for _ in 0..200 {
        world.cut(desk);
        world.run_for(Duration::from_secs(20));
    }
    world.unlock(survivor);
    assert_all_arrived(&mut world, desk, survivor, A_WHILE);
}

#[test]
fn somebody_who_ends_while_their_advocate_is_gone_is_not_put_in_the_line_again() {
    let (mut world, desk, survivor) = chatting(19);
    world.destroy(desk);
    world.run_for(Duration::from_secs(85));
    world.as_survivor(survivor, |core, now| core.end(now));
    world.run_for(A_WHILE);
    let phases = &world.shown(survivor).phases;
    assert_eq!(phases.last(), Some(&Phase::Ended(Ending::BySurvivor)), "{phases:?}");
    assert_eq!(world.holdings().waiting, 0);
}

#[test]
fn a_survivor_whose_page_is_closed_right_after_the_end_leaves_no_room_behind() {
    let (mut world, desk, survivor) = chatting(20);
    world.as_survivor(survivor, |core, now| core.end(now));
    // Long enough for the word to reach the relay, too short for an answer to come back from the desk.
    world.run_for(Duration::from_millis(200));
    world.destroy(survivor);
    assert!(world.run_until(SOON, |world| world.shown(desk).chat(1).over));
    assert!(world.run_until(SOON, |world| world.holdings().rooms == 0));
}

#[test]
fn an_advocate_who_is_gone_is_replaced_from_the_head_of_the_line() {
    let (mut world, sam, survivor) = chatting(10);
    let kim = add_desk(&mut world, "Kim");
    let _before = start(&mut world);
    assert!(world.run_until(SOON, |world| world.shown(kim).waiting.len() == 1));
    world.destroy(sam);
    let asked_again =
        |world: &World| matches!(world.shown(survivor).phase(), Some(Phase::Waiting { .. }));
    assert!(world.run_until(A_WHILE, asked_again));
    let chat = world.shown(survivor).chat(0);
    let dropped = Announcement::LineDropped { name: "Sam".into(), role: Role::Advocate };
    assert!(
        chat.announced.contains(&dropped) && chat.announced.contains(&Announcement::AdvocateLost)
    );
    assert!(world.run_until(SOON, |world| world.shown(kim).waiting.len() == 2));
    assert_eq!(world.shown(kim).waiting[0].beforehand.again, Again::CutOff, "they come first");
    take(&mut world, kim, survivor, FIRST);
}

#[test]
fn a_desk_that_comes_back_after_its_survivor_went_on_keeps_nothing_of_the_chat() {
    let (mut world, sam, survivor) = chatting(21);
    let kim = add_desk(&mut world, "Kim");
    world.lock(sam);
    assert!(world.run_until(A_WHILE, |world| world.shown(kim).waiting.len() == 1));
    take(&mut world, kim, survivor, FIRST);
    write_both_ways(&mut world, kim, survivor, 0);
    world.unlock(sam);
    assert!(world.run_until(A_WHILE, |world| world.shown(sam).chat(1).over));
    assert_eq!(world.shown(sam).chat(1).ending, Some(Ending::CutOff));
    world.as_survivor(survivor, |core, now| core.end(now));
    assert!(world.run_until(A_WHILE, |world| world.holdings().rooms == 0), "both rooms go");
}

#[test]
fn each_of_two_desks_that_were_gone_one_after_the_other_hears_that_the_chat_is_over() {
    let (mut world, sam, survivor) = chatting(22);
    let kim = add_desk(&mut world, "Kim");
    let alex = add_desk(&mut world, "Alex");
    world.lock(sam);
    assert!(world.run_until(A_WHILE, |world| world.shown(kim).waiting.len() == 1));
    take(&mut world, kim, survivor, FIRST);
    world.lock(kim);
    assert!(world.run_until(A_WHILE, |world| world.shown(alex).waiting.len() == 1));
    take(&mut world, alex, survivor, FIRST);
    for desk in [sam, kim] {
        world.unlock(desk);
        assert!(world.run_until(A_WHILE, |world| world.shown(desk).chat(1).over));
    }
    write_both_ways(&mut world, alex, survivor, 0);
}

#[test]
fn ending_by_the_advocate_ends_it_for_both_and_leaves_nothing_at_the_relay() {
    let (mut world, desk, survivor) = chatting(11);
    write_both_ways(&mut world, desk, survivor, 0);
    world.as_desk(desk, |core, now| core.end(FIRST, now));
    let ended = Some(Phase::Ended(Ending::ByStaff));
    assert!(world.run_until(SOON, |world| world.shown(survivor).phase() == ended));
    assert!(world.run_until(SOON, |world| world.holdings().rooms == 0));
    assert!(world.shown(desk).chat(1).over);
    assert_eq!(world.holdings().bytes, 0);
}

#[test]
fn ending_by_the_survivor_ends_it_for_both_and_leaves_nothing_at_the_relay() {
    let (mut world, desk, survivor) = chatting(12);
    write_both_ways(&mut world, desk, survivor, 0);
    world.as_survivor(survivor, |core, now| core.end(now));
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Ended(Ending::BySurvivor)));
    assert!(world.run_until(SOON, |world| world.shown(desk).chat(1).over));
    assert!(world.run_until(SOON, |world| world.holdings().rooms == 0));
    assert_eq!(world.holdings().bytes, 0);
}

#[test]
fn an_ending_reaches_a_survivor_whose_line_was_down() {
    let (mut world, desk, survivor) = chatting(13);
    world.cut(survivor);
    world.as_desk(desk, |core, now| core.end(FIRST, now));
    let ended = |world: &World| matches!(world.shown(survivor).phase(), Some(Phase::Ended(_)));
    assert!(world.run_until(A_WHILE, ended));
}

#[test]
fn an_ending_reaches_the_advocate_when_a_relay_comes_back_minutes_later() {
    let (mut world, desk, survivor) = chatting(16);
    write_both_ways(&mut world, desk, survivor, 0);
    world.kill_relay();
    world.run_for(SOON);
    world.as_survivor(survivor, |core, now| core.end(now));
    world.run_for(Duration::from_secs(5 * 60));
    world.start_relay();
    assert!(world.run_until(A_WHILE, |world| world.shown(desk).chat(1).over));
    assert!(world.run_until(SOON, |world| world.holdings().rooms == 0));
}

#[test]
fn somebody_who_stops_waiting_holds_no_place() {
    let (mut world, desk) = on_duty(14);
    let survivor = start(&mut world);
    assert!(world.run_until(SOON, |world| !world.shown(desk).waiting.is_empty()));
    world.as_survivor(survivor, |core, now| core.end(now));
    assert!(world.run_until(SOON, |world| world.shown(desk).waiting.is_empty()));
    assert_eq!(world.holdings().waiting, 0);
}

#[test]
fn a_long_shift_keeps_the_program_open() {
    let (mut world, desk) = on_duty(15);
    world.run_for(Duration::from_secs(3 * 60 * 60));
    let survivor = start(&mut world);
    take(&mut world, desk, survivor, FIRST);
}

#[test]
fn a_desk_that_is_opened_twice_goes_on_in_the_newer_one() {
    let mut world = World::new(16);
    let device = world.program.staff(stillroom_program::Roles::ADVOCATE, "Sam");
    let older = world.desk(device.clone());
    world.run_for(SOON);
    let newer = world.desk(device);
    world.as_desk(newer, |core, now| core.go_on_duty(now));
    world.run_for(A_WHILE);
    let replaced = Trouble::Refused(Refusal::Replaced);
    assert_eq!(world.shown(older).troubles, [replaced], "told once, and quiet since");
    assert_eq!(world.shown(newer).troubles, []);
}

#[test]
fn what_keeps_a_desk_out_is_told_once_until_it_was_let_in_again() {
    let (mut world, desk) = on_duty(17);
    for times in 1_u32..=2 {
        let tried = Rc::new(Cell::new(0));
        let counted = Rc::clone(&tried);
        world.set_way(Box::new(move |_, direction, frame| {
            let greeting = matches!(decode::<RelayFrame>(frame), Ok(RelayFrame::Greeting { .. }));
            if direction != Direction::Down || !greeting {
                return Fate::Arrives;
            }
            counted.set(counted.get() + 1);
            let refusal = Refusal::VersionUnsupported;
            Fate::Becomes(vec![encode(&RelayFrame::Refused { about: About::Connection, refusal })])
        }));
        for _ in 0..3 {
            world.cut(desk);
            world.run_for(A_WHILE);
        }
        assert!(tried.get() >= 3, "{}", tried.get());
        assert_eq!(world.shown(desk).troubles, vec![Trouble::PageOutdated; times as usize]);
        world.mend_way();
        world.cut(desk);
        world.run_for(A_WHILE);
        let survivor = start(&mut world);
        take(&mut world, desk, survivor, ChatNumber(times));
    }
}
