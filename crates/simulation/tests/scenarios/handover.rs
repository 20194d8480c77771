//! Going on with somebody else: by the survivor's yes and by nothing else, with every message once and in its
//! order, and none of what follows readable by whoever left.

use core::time::Duration;
use std::{cell::RefCell, rc::Rc};

use stillroom_conversation::{
    Again, Announcement, ChatNumber, ComesBack, Ending, Handover, HandoverAsked, HandoverReason,
    HandoverStep, Live, LiveKind, LiveStep, Phase, Proposed, ReturnWords, Role, Said, Silence,
    Successor, Trouble, Typed, WriteError,
};
use stillroom_program::{Roles, decode, encode};
use stillroom_protocol::{Bytes, ClientFrame, Puzzle, RelayFrame, RoomId};
use stillroom_simulation::{DeviceNumber, Direction, Fate, World};

use crate::scene::{
    self, A_WHILE, FIRST, SOON, add_desk, add_desk_with, chatting, refuse_places, start,
    start_with, take, write_both_ways,
};

const NOTE: &str = "They asked about a place in the shelter. Their phone may be seen at night.";

fn question() -> Handover {
    Handover::new(HandoverReason::ShiftEnds, "My shift ends at eight.", NOTE).unwrap()
}

fn asked(to: Proposed) -> Option<HandoverAsked> {
    Some(HandoverAsked { to, handover: question() })
}

/// The advocate asks, and the survivor sees the question.
fn ask(world: &mut World, desk: DeviceNumber, survivor: DeviceNumber, to: Successor) {
    world.as_desk(desk, |core, now| core.hand_over(FIRST, to, question(), now).unwrap());
    assert!(world.run_until(SOON, |world| world.shown(survivor).question.is_some()));
}

fn say_yes(world: &mut World, survivor: DeviceNumber) {
    world.as_survivor(survivor, |core, now| core.accept_handover(now));
}

fn survivor_writes(world: &mut World, survivor: DeviceNumber, text: &str) {
    world.as_survivor(survivor, |core, now| core.write(text, now).unwrap());
}

/// Somebody waits at this desk who can be taken there.
fn can_take(world: &World, desk: DeviceNumber) -> bool {
    world.shown(desk).waiting.iter().any(|one| one.offered)
}

fn left_at(world: &World, desk: DeviceNumber) -> bool {
    world.shown(desk).chat(1).ending == Some(Ending::HandedOver)
}

/// Sam in a chat with a survivor, and Kim on duty.
fn with_kim(seed: u64) -> (World, DeviceNumber, DeviceNumber, DeviceNumber) {
    let (mut world, sam, survivor) = chatting(seed);
    let kim = add_desk(&mut world, "Kim");
    (world, sam, kim, survivor)
}

/// Everything that the survivor wrote is at one of the desks, in its order, and nothing twice at the same one.
/// The former desk may lack what it had not acknowledged: that is at the next one then.
fn assert_written_once(world: &World, desks: [DeviceNumber; 2], survivor: DeviceNumber) {
    let mine = world.shown(survivor).chat(0);
    let [before, after] = desks.map(|desk| world.shown(desk).chat(1));
    let (before, after, written) = (before.received(), after.received(), mine.written());
    let (earlier, later) = written.split_at(written.len() - after.len());
    assert_eq!(after, later, "the end of what was written, in its order");
    assert!(before.starts_with(earlier), "the rest was read before: {before:?} {written:?}");
    let mut rest = written.iter();
    assert!(before.iter().all(|text| rest.any(|written| written == text)), "{before:?}");
    assert!(mine.all_delivered(), "{written:?} {:?}", mine.delivered);
}

#[test]
fn the_survivor_is_told_who_leaves_to_whom_and_why_and_reads_the_note() {
    let (mut world, sam, survivor) = chatting(1);
    ask(&mut world, sam, survivor, Successor::Anyone);
    assert_eq!(world.shown(survivor).question, asked(Proposed::Anyone));
    let asked = HandoverStep::Asked(Successor::Anyone);
    assert_eq!(world.shown(sam).chat(1).handover, [asked]);
    write_both_ways(&mut world, sam, survivor, 0);
    scene::assert_all_arrived(&mut world, sam, survivor, SOON);
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Chatting), "the chat goes on meanwhile");
}

#[test]
fn after_a_yes_the_next_advocate_has_the_note_and_all_that_is_written_from_then_on() {
    let (mut world, sam, kim, survivor) = with_kim(2);
    write_both_ways(&mut world, sam, survivor, 0);
    ask(&mut world, sam, survivor, Successor::Anyone);
    say_yes(&mut world, survivor);
    survivor_writes(&mut world, survivor, "written to nobody yet");
    assert!(world.run_until(SOON, |world| left_at(world, sam)), "the chat is over there");
    assert!(world.shown(survivor).question.is_none());
    take(&mut world, kim, survivor, FIRST);
    survivor_writes(&mut world, survivor, "to Kim");
    world.as_desk(kim, |core, now| core.write(FIRST, "hello, I am Kim", now).unwrap());
    let all_there = |world: &World| world.shown(kim).chat(1).received().len() == 2;
    assert!(world.run_until(SOON, all_there));
    world.run_for(SOON);
    assert_written_once(&world, [sam, kim], survivor);
    assert_eq!(world.shown(kim).chat(1).note.as_deref(), Some(NOTE));
    let mine = world.shown(survivor).chat(0);
    assert_eq!(mine.received().last(), Some(&"hello, I am Kim"));
    let about_staff = mine.announced.iter().filter(|said| match said {
        Announcement::HandedOver { name, .. } => name == "Sam",
        Announcement::Joined { name, .. } => name == "Kim",
        _ => false,
    });
    assert_eq!(about_staff.count(), 2, "who left, and who is here: {:?}", mine.announced);
    assert!(mine.roster.iter().all(|one| one.name != "Sam"));
    let beforehand = world.shown(kim).chat(1).beforehand.unwrap();
    assert!(matches!(beforehand.again, Again::HandedOver { to: Successor::Anyone, .. }));
    world.run_for(A_WHILE);
    assert_eq!(world.holdings().rooms, 1, "the former room is gone");
}

#[test]
fn a_survivor_who_would_rather_wait_stays_and_can_be_asked_again() {
    let (mut world, sam, survivor) = chatting(3);
    ask(&mut world, sam, survivor, Successor::Supervisor);
    world.as_survivor(survivor, |core, now| core.decline_handover(now));
    let told =
        |world: &World| world.shown(sam).chat(1).handover.last() == Some(&HandoverStep::TheyWait);
    assert!(world.run_until(SOON, told));
    assert!(world.shown(survivor).question.is_none());
    write_both_ways(&mut world, sam, survivor, 0);
    scene::assert_all_arrived(&mut world, sam, survivor, SOON);
    ask(&mut world, sam, survivor, Successor::Anyone);
}

#[test]
fn a_survivor_who_would_rather_end_ends() {
    let (mut world, sam, survivor) = chatting(4);
    ask(&mut world, sam, survivor, Successor::Anyone);
    world.as_survivor(survivor, |core, now| core.end(now));
    let ended = Some(Ending::BySurvivor);
    assert!(world.run_until(SOON, |world| world.shown(sam).chat(1).ending == ended));
    assert!(world.shown(survivor).question.is_none());
}

#[test]
fn a_question_that_was_taken_back_cannot_be_answered() {
    let (mut world, sam, survivor) = chatting(5);
    ask(&mut world, sam, survivor, Successor::Anyone);
    world.as_desk(sam, |core, now| core.withdraw_handover(FIRST, now));
    assert!(world.run_until(SOON, |world| world.shown(survivor).question.is_none()));
    say_yes(&mut world, survivor);
    world.run_for(SOON);
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Chatting));
    assert!(!world.shown(sam).chat(1).over);
}

/// An answer to a question that crossed with its withdrawal is not one to the next.
#[test]
fn an_answer_to_an_earlier_question_says_nothing_of_the_next() {
    let (mut world, sam, survivor) = chatting(6);
    ask(&mut world, sam, survivor, Successor::Anyone);
    world.as_survivor(survivor, |core, now| core.decline_handover(now));
    world.as_desk(sam, |core, now| core.withdraw_handover(FIRST, now));
    let again = Successor::Supervisor;
    world.as_desk(sam, |core, now| core.hand_over(FIRST, again, question(), now).unwrap());
    world.run_for(SOON);
    assert_eq!(world.shown(survivor).question, asked(Proposed::Supervisor));
    let open = HandoverStep::Asked(Successor::Supervisor);
    assert_eq!(world.shown(sam).chat(1).handover.last(), Some(&open));
}

#[test]
fn somebody_who_has_not_joined_yet_is_not_asked() {
    let (mut world, sam) = scene::on_duty(7);
    start(&mut world);
    assert!(world.run_until(SOON, |world| can_take(world, sam)));
    world.as_desk(sam, |core, _| core.take_next());
    let asked =
        world.as_desk(sam, |core, now| core.hand_over(FIRST, Successor::Anyone, question(), now));
    assert_eq!(asked, Some(Err(WriteError::NotNow)));
}

// For whom a place is.

#[test]
fn a_place_for_a_supervisor_is_left_to_supervisors_first() {
    let (mut world, sam, kim, survivor) = with_kim(10);
    let robin = add_desk_with(&mut world, Roles::ADVOCATE | Roles::SUPERVISOR, "Robin");
    let waits_already = start(&mut world);
    assert!(world.run_until(SOON, |world| can_take(world, kim)));
    ask(&mut world, sam, survivor, Successor::Supervisor);
    say_yes(&mut world, survivor);
    assert!(world.run_until(SOON, |world| world.shown(kim).waiting.len() == 2));
    let first = world.shown(kim).waiting[0].clone();
    assert!(!first.offered && first.beforehand.again != Again::No, "at the head, and not for Kim");
    world.as_desk(kim, |core, _| core.take(first.ticket));
    assert!(world.shown(kim).troubles.contains(&Trouble::OthersFirst));
    assert!(world.run_until(SOON, |world| world.shown(robin).waiting.len() == 2));
    take(&mut world, robin, survivor, FIRST);
    let joined = Announcement::Joined { name: "Robin".into(), role: Role::Supervisor };
    assert!(world.shown(survivor).chat(0).announced.contains(&joined), "as was promised");
    take(&mut world, kim, waits_already, FIRST);
}

#[test]
fn a_place_that_no_supervisor_takes_is_offered_to_everybody() {
    let (mut world, sam, kim, survivor) = with_kim(11);
    ask(&mut world, sam, survivor, Successor::Supervisor);
    say_yes(&mut world, survivor);
    assert!(world.run_until(SOON, |world| !world.shown(kim).waiting.is_empty()));
    assert!(!can_take(&world, kim));
    assert!(world.run_until(Duration::from_secs(200), |world| can_take(world, kim)));
    take(&mut world, kim, survivor, FIRST);
}

#[test]
fn whoever_handed_somebody_over_can_take_them_back_where_nobody_else_does() {
    let (mut world, sam, survivor) = chatting(12);
    ask(&mut world, sam, survivor, Successor::Anyone);
    say_yes(&mut world, survivor);
    assert!(world.run_until(SOON, |world| !world.shown(sam).waiting.is_empty()));
    world.as_desk(sam, |core, _| core.take_next());
    assert!(world.shown(sam).troubles.contains(&Trouble::OthersFirst));
    assert!(world.run_until(Duration::from_secs(200), |world| can_take(world, sam)));
    take(&mut world, sam, survivor, ChatNumber(2));
}

// Nobody to go on with.

#[test]
fn where_nobody_is_on_duty_the_survivor_stays_with_whom_they_have() {
    let (mut world, sam, survivor) = chatting(20);
    world.as_desk(sam, |core, _| core.go_off_duty());
    world.run_for(SOON);
    ask(&mut world, sam, survivor, Successor::Anyone);
    say_yes(&mut world, survivor);
    assert_stays(&mut world, sam, survivor);
}

/// The hours end, or a notice begins, between question and answer: the relay gives no new place.
#[test]
fn where_chat_has_closed_the_survivor_stays_with_whom_they_have() {
    let (mut world, sam, _, survivor) = with_kim(21);
    refuse_places(&mut world, survivor);
    ask(&mut world, sam, survivor, Successor::Anyone);
    say_yes(&mut world, survivor);
    survivor_writes(&mut world, survivor, "written after the yes");
    assert_stays(&mut world, sam, survivor);
    let arrived = |world: &World| world.shown(sam).chat(1).received() == ["written after the yes"];
    assert!(world.run_until(SOON, arrived), "kept, and sent once they are back");
}

/// The relay wants a puzzle solved first, and the page cannot solve it.
#[test]
fn where_the_page_cannot_solve_a_puzzle_the_survivor_stays_with_whom_they_have() {
    let (mut world, sam, _, survivor) = with_kim(23);
    let asked = Rc::new(RefCell::new(None));
    let ticket = Rc::clone(&asked);
    world.set_way(Box::new(move |device, direction, frame| match (direction, decode(frame)) {
        (Direction::Up, Ok(ClientFrame::Ask { ticket: of, .. })) if device == survivor => {
            *ticket.borrow_mut() = Some(of.id());
            Fate::Dropped
        }
        _ => Fate::Arrives,
    }));
    ask(&mut world, sam, survivor, Successor::Anyone);
    say_yes(&mut world, survivor);
    survivor_writes(&mut world, survivor, "written after the yes");
    assert!(world.run_until(SOON, |_| asked.borrow().is_some()));
    let ticket = asked.borrow_mut().take().unwrap();
    let puzzle = Puzzle { made: world.now.0, bits: 1, seed: [1; 16], tag: [2; 32] };
    world.inject_down(survivor, encode(&RelayFrame::Puzzle { ticket, puzzle }));
    assert!(world.run_until(SOON, |world| world.shown(survivor).puzzle.is_some()));
    world.as_survivor(survivor, |core, now| core.cannot_solve(now));
    assert_stays(&mut world, sam, survivor);
}

/// The relay keeps every place that this survivor asks for to itself.
fn withhold_places(world: &mut World, survivor: DeviceNumber) {
    world.set_way(Box::new(move |device, direction, frame| match (direction, decode(frame)) {
        (Direction::Down, Ok(RelayFrame::InLine { .. } | RelayFrame::Welcome { .. }))
            if device == survivor =>
        {
            Fate::Dropped
        }
        _ => Fate::Arrives,
    }));
}

fn assert_stays(world: &mut World, desk: DeviceNumber, survivor: DeviceNumber) {
    let told = |world: &World| {
        world.shown(desk).chat(1).handover.last() == Some(&HandoverStep::NobodyFree)
    };
    assert!(world.run_until(A_WHILE, told), "{:?}", world.shown(survivor).phases);
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Chatting));
    let announced = world.shown(survivor).chat(0).announced;
    assert!(announced.contains(&Announcement::NobodyTakesOver));
    world.as_desk(desk, |core, now| core.write(FIRST, "I am still here", now).unwrap());
    let read =
        |world: &World| world.shown(survivor).chat(0).received().contains(&"I am still here");
    assert!(world.run_until(SOON, read));
}

#[test]
fn what_is_typed_is_not_shown_to_whoever_is_being_left() {
    let (mut world, sam, _, survivor) = with_kim(22);
    let offer = LiveStep::Offer { kind: LiveKind::Text };
    world.as_survivor(survivor, |core, now| core.step(offer, now));
    world.run_for(SOON);
    world.as_desk(sam, |core, now| core.step(FIRST, LiveStep::Accept, now));
    ask(&mut world, sam, survivor, Successor::Anyone);
    assert!(world.run_until(SOON, |world| matches!(
        world.shown(survivor).chat(0).live.last(),
        Some(Live::On(_))
    )));
    withhold_places(&mut world, survivor);
    world.as_survivor(survivor, |core, now| core.draft("before the yes", now));
    world.run_for(Duration::from_secs(2));
    say_yes(&mut world, survivor);
    world.as_survivor(survivor, |core, now| core.draft("after the yes", now));
    let seen = world.shown(sam).chat(1).typed.len();
    world.run_for(SOON);
    assert_eq!(world.shown(survivor).chat(0).live.last(), Some(&Live::Off));
    let typed = world.shown(sam).chat(1).typed;
    assert_eq!(typed.last(), Some(&Typed::Nothing), "taken off the screen");
    let texts = typed.iter().filter(|typed| matches!(typed, Typed::Text(_))).count();
    assert!(texts == 1 && typed.len() <= seen + 1, "{texts} of {}", typed.len());
}

// What goes wrong on the way.

#[test]
fn a_transfer_costs_no_message_under_loss_reordering_and_reconnection() {
    for seed in 30..60 {
        let (mut world, sam, kim, survivor) = with_kim(seed);
        let mut count = seed;
        world.set_way(Box::new(move |_, _, frame| {
            count = count.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888);
            match (decode::<ClientFrame>(frame), decode::<RelayFrame>(frame), count >> 61) {
                // Posts and deliveries alone may be lost on a line that stands.
                (Ok(ClientFrame::Post { .. }), _, 0 | 1) => Fate::Dropped,
                (_, Ok(RelayFrame::Delivered { .. }), 0 | 1) => Fate::Dropped,
                (_, Ok(RelayFrame::Delivered { .. }), 2) => {
                    Fate::Becomes(vec![frame.to_vec(), frame.to_vec()])
                }
                _ => Fate::Arrives,
            }
        }));
        survivor_writes(&mut world, survivor, "before it was asked");
        world.as_desk(sam, |core, now| {
            core.hand_over(FIRST, Successor::Anyone, question(), now).unwrap();
        });
        assert!(world.run_until(A_WHILE, |world| world.shown(survivor).question.is_some()));
        survivor_writes(&mut world, survivor, "before the yes");
        say_yes(&mut world, survivor);
        survivor_writes(&mut world, survivor, "after the yes");
        world.run_for(Duration::from_millis(50 * (seed % 10)));
        world.cut([survivor, sam, kim][usize::try_from(seed % 3).unwrap()]);
        survivor_writes(&mut world, survivor, "after the line broke");
        assert!(world.run_until(A_WHILE, |world| can_take(world, kim)), "seed {seed}");
        take_patiently(&mut world, kim, survivor);
        survivor_writes(&mut world, survivor, "to Kim");
        let done =
            |world: &World| world.shown(survivor).chat(0).all_delivered() && left_at(world, sam);
        assert!(world.run_until(A_WHILE, done), "seed {seed}");
        assert_written_once(&world, [sam, kim], survivor);
        let read_by_sam = world.shown(sam).chat(1).received().join(" ");
        assert!(!read_by_sam.contains("after"), "seed {seed}: {read_by_sam}");
        assert_eq!(world.shown(kim).chat(1).note.as_deref(), Some(NOTE));
    }
}

/// As `take`, where frames are lost.
fn take_patiently(world: &mut World, desk: DeviceNumber, survivor: DeviceNumber) {
    world.as_desk(desk, |core, _| core.take_next());
    let chatting = |world: &World| {
        world.shown(survivor).phase() == Some(Phase::Chatting) && world.shown(desk).chat(1).joined
    };
    assert!(world.run_until(A_WHILE, chatting), "{:?}", world.shown(survivor).phases);
}

/// The relay is killed at every moment between the yes and the next advocate's first word.
#[test]
fn a_relay_killed_in_mid_transfer_costs_no_message_and_no_survivor() {
    for moment in 0..30 {
        let (mut world, sam, kim, survivor) = with_kim(100 + moment);
        ask(&mut world, sam, survivor, Successor::Anyone);
        survivor_writes(&mut world, survivor, "before the yes");
        say_yes(&mut world, survivor);
        survivor_writes(&mut world, survivor, "after the yes");
        world.run_for(Duration::from_millis(40 * moment));
        world.kill_relay();
        world.run_for(Duration::from_secs(2));
        world.start_relay();
        assert!(world.run_until(A_WHILE, |world| can_take(world, kim)), "moment {moment}");
        take_patiently(&mut world, kim, survivor);
        let done =
            |world: &World| world.shown(survivor).chat(0).all_delivered() && left_at(world, sam);
        assert!(world.run_until(A_WHILE, done), "moment {moment}");
        assert_written_once(&world, [sam, kim], survivor);
        assert!(!world.shown(sam).chat(1).received().contains(&"after the yes"));
    }
}

#[test]
fn a_survivor_who_answers_while_the_line_is_down_goes_on_once_it_is_back() {
    let (mut world, sam, kim, survivor) = with_kim(140);
    ask(&mut world, sam, survivor, Successor::Anyone);
    world.cut(survivor);
    say_yes(&mut world, survivor);
    survivor_writes(&mut world, survivor, "while the line is down");
    assert!(world.run_until(A_WHILE, |world| left_at(world, sam)));
    take(&mut world, kim, survivor, FIRST);
    let arrived = |world: &World| world.shown(kim).chat(1).received() == ["while the line is down"];
    assert!(world.run_until(SOON, arrived));
    assert!(world.shown(sam).chat(1).received().is_empty());
}

#[test]
fn an_advocate_who_is_gone_in_mid_transfer_does_not_hold_the_survivor() {
    let (mut world, sam, kim, survivor) = with_kim(141);
    ask(&mut world, sam, survivor, Successor::Anyone);
    world.destroy(sam);
    say_yes(&mut world, survivor);
    take(&mut world, kim, survivor, FIRST);
    assert!(world.run_until(SOON, |world| world.shown(kim).chat(1).note.is_some()));
}

#[test]
fn where_the_next_advocate_is_lost_as_well_the_one_after_has_the_note() {
    let (mut world, sam, kim, survivor) = with_kim(142);
    let robin = add_desk(&mut world, "Robin");
    ask(&mut world, sam, survivor, Successor::Anyone);
    say_yes(&mut world, survivor);
    take(&mut world, kim, survivor, FIRST);
    world.destroy(kim);
    assert!(world.run_until(A_WHILE, |world| can_take(world, robin)));
    take(&mut world, robin, survivor, FIRST);
    let noted = |world: &World| world.shown(robin).chat(1).note.as_deref() == Some(NOTE);
    assert!(world.run_until(SOON, noted));
}

#[test]
fn whoever_ends_or_leaves_before_anybody_comes_is_gone_everywhere() {
    for leaves in [false, true] {
        let (mut world, sam, kim, survivor) = with_kim(143);
        ask(&mut world, sam, survivor, Successor::Anyone);
        say_yes(&mut world, survivor);
        if leaves {
            world.leave(survivor);
        } else {
            world.as_survivor(survivor, |core, now| core.end(now));
        }
        assert!(world.run_until(A_WHILE, |world| world.shown(sam).chat(1).over));
        assert!(world.run_until(A_WHILE, |world| world.shown(kim).waiting.is_empty()));
        assert!(world.run_until(A_WHILE, |world| world.holdings().rooms == 0));
    }
}

#[test]
fn a_second_transfer_brings_the_second_note() {
    let (mut world, sam, kim, survivor) = with_kim(144);
    ask(&mut world, sam, survivor, Successor::Anyone);
    say_yes(&mut world, survivor);
    take(&mut world, kim, survivor, FIRST);
    let second = Handover::new(HandoverReason::BetterPlaced, "", "second note").unwrap();
    assert!(world.run_until(SOON, |world| world.shown(kim).chat(1).joined));
    world.as_desk(kim, |core, now| core.hand_over(FIRST, Successor::Anyone, second, now).unwrap());
    assert!(world.run_until(SOON, |world| world.shown(survivor).question.is_some()));
    say_yes(&mut world, survivor);
    take(&mut world, sam, survivor, ChatNumber(2));
    let noted = |world: &World| world.shown(sam).chat(2).note.as_deref() == Some("second note");
    assert!(world.run_until(SOON, noted));
}

#[test]
fn return_words_and_silence_are_those_of_the_next_advocate() {
    let (mut world, sam, kim, survivor) = with_kim(145);
    let words = |world: &World| world.shown(survivor).chat(0).return_words;
    assert!(world.run_until(SOON, |world| words(world).is_some()));
    let former = words(&world);
    ask(&mut world, sam, survivor, Successor::Anyone);
    say_yes(&mut world, survivor);
    take(&mut world, kim, survivor, FIRST);
    assert!(world.run_until(SOON, |world| words(world) != former), "Kim gave words of their own");
    let returning = ReturnWords::of(&former.unwrap());
    start_with(&mut world, Said { returning, ..Said::default() });
    assert!(world.run_until(SOON, |world| !world.shown(sam).waiting.is_empty()));
    let comes_back = world.shown(sam).waiting[0].beforehand.comes_back;
    assert_eq!(comes_back, ComesBack::Elsewhere, "Sam's words lead nowhere any more");
    world.as_desk(kim, |core, now| core.write(FIRST, "are you there", now).unwrap());
    let asked = |world: &World| world.shown(survivor).chat(0).silences.contains(&Silence::Asked);
    assert!(world.run_until(Duration::from_secs(60 * 60), asked));
}

// Attacks.

/// What devices post and are delivered from now on, by room.
type Posts = Rc<RefCell<Vec<(RoomId, Vec<u8>)>>>;

/// Lets nothing of the end reach the former desk, which so keeps its group and keys, and notes all that the
/// survivor posts.
fn keep_former_alive(world: &mut World, sam: DeviceNumber, survivor: DeviceNumber) -> Posts {
    let posts = Posts::default();
    let noted = Rc::clone(&posts);
    world.set_way(Box::new(move |device, direction, frame| {
        if let (Direction::Up, Ok(ClientFrame::Post { room, message })) = (direction, decode(frame))
            && device == survivor
        {
            noted.borrow_mut().push((room, message.to_vec()));
        }
        match (direction, decode(frame)) {
            (Direction::Down, Ok(RelayFrame::Delivered { .. })) if device == sam => Fate::Dropped,
            _ => Fate::Arrives,
        }
    }));
    posts
}

/// A desk that was kept in the dark about the end, with all of its keys, is given all that is posted after the
/// yes, as if it were meant for its chat.
#[test]
fn the_former_device_cannot_read_what_follows_whatever_it_is_given() {
    let (mut world, sam, kim, survivor) = with_kim(200);
    ask(&mut world, sam, survivor, Successor::Anyone);
    world.run_for(SOON);
    let posts = keep_former_alive(&mut world, sam, survivor);
    say_yes(&mut world, survivor);
    survivor_writes(&mut world, survivor, "not for Sam");
    take(&mut world, kim, survivor, FIRST);
    survivor_writes(&mut world, survivor, "nor this");
    world.run_for(SOON);
    assert_eq!(world.shown(kim).chat(1).received(), ["not for Sam", "nor this"]);
    world.mend_way();
    let posts = posts.borrow().clone();
    let old = posts[0].0;
    assert!(posts.iter().any(|(room, _)| *room != old), "there were posts in the new room");
    // The relay gives the former desk everything of the new room in place of what is in the old one.
    for (room, message) in posts.into_iter().filter(|(room, _)| *room != old) {
        for room in [room, old] {
            let message = Bytes::try_from(message.clone()).unwrap();
            world.inject_down(sam, encode(&RelayFrame::Delivered { room, message }));
        }
    }
    world.run_for(Duration::from_secs(1));
    let chat = world.shown(sam).chat(1);
    assert!(chat.received().is_empty() && chat.note.is_none());
    // What it still writes in the old group is shown to nobody.
    world.as_desk(sam, |core, now| core.write(FIRST, "are you still there", now));
    world.run_for(SOON);
    let received = world.shown(survivor).chat(0);
    assert!(!received.received().contains(&"are you still there"));
}

/// A relay that replays the old question, and the frames around it, moves nobody.
#[test]
fn a_relay_that_replays_a_question_does_not_ask_it_again() {
    let (mut world, sam, survivor) = chatting(201);
    let seen = Rc::new(RefCell::new(Vec::new()));
    let noted = Rc::clone(&seen);
    world.set_way(Box::new(move |device, direction, frame| {
        if device == survivor
            && direction == Direction::Down
            && let Ok(RelayFrame::Delivered { .. }) = decode(frame)
        {
            noted.borrow_mut().push(frame.to_vec());
        }
        Fate::Arrives
    }));
    ask(&mut world, sam, survivor, Successor::Anyone);
    world.as_survivor(survivor, |core, now| core.decline_handover(now));
    world.run_for(SOON);
    for frame in seen.borrow().clone() {
        world.inject_down(survivor, frame);
    }
    world.run_for(SOON);
    assert!(world.shown(survivor).question.is_none());
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Chatting));
}

/// The relay, and a desk in league with it, offer a chat to a survivor who said nothing, or said no.
#[test]
fn without_a_yes_no_welcome_is_taken_whoever_sends_it() {
    for asked in [false, true] {
        let (mut world, sam, kim, survivor) = with_kim(202);
        if asked {
            ask(&mut world, sam, survivor, Successor::Anyone);
        }
        let stranger = start(&mut world);
        let offered = Rc::new(RefCell::new(None));
        let noted = Rc::clone(&offered);
        world.set_way(Box::new(move |device, direction, frame| match (direction, decode(frame)) {
            (Direction::Up, Ok(ClientFrame::Offer { welcome, .. })) if device == kim => {
                *noted.borrow_mut() = Some(welcome);
                Fate::Arrives
            }
            _ => Fate::Arrives,
        }));
        take(&mut world, kim, stranger, FIRST);
        let welcome = offered.borrow_mut().take().unwrap();
        world.inject_down(survivor, encode(&RelayFrame::InLine { ahead: 0 }));
        world.inject_down(survivor, encode(&RelayFrame::Welcome { offer: 1, welcome }));
        world.run_for(SOON);
        assert_eq!(world.shown(survivor).phase(), Some(Phase::Chatting));
        let roster = world.shown(survivor).chat(0).roster;
        assert!(roster.iter().any(|one| one.name == "Sam") && roster.len() == 2);
        write_both_ways(&mut world, sam, survivor, 0);
        scene::assert_all_arrived(&mut world, sam, survivor, SOON);
    }
}

/// A relay that keeps the place back keeps the survivor where they are: nothing is lost, nothing told to Sam.
#[test]
fn a_relay_that_withholds_the_place_ends_nothing() {
    let (mut world, sam, _, survivor) = with_kim(203);
    ask(&mut world, sam, survivor, Successor::Anyone);
    withhold_places(&mut world, survivor);
    say_yes(&mut world, survivor);
    survivor_writes(&mut world, survivor, "not for Sam");
    world.run_for(A_WHILE);
    assert!(!world.shown(sam).chat(1).over);
    assert!(world.shown(sam).chat(1).received().is_empty());
    world.mend_way();
    world.cut(survivor);
    assert!(world.run_until(A_WHILE, |world| left_at(world, sam)));
}

#[test]
fn the_relay_sees_neither_note_nor_for_whom_the_place_is() {
    let length = |seed, to| {
        let (mut world, sam, _, survivor) = with_kim(seed);
        ask(&mut world, sam, survivor, to);
        world.seen_by_relay.clear();
        say_yes(&mut world, survivor);
        assert!(world.run_until(SOON, |world| left_at(world, sam)));
        let seen = &world.seen_by_relay;
        for word in [NOTE, "Sam"] {
            let bytes = word.as_bytes();
            assert!(!seen.iter().any(|frame| frame.windows(bytes.len()).any(|at| at == bytes)));
        }
        let asked = seen.iter().find(|frame| matches!(decode(frame), Ok(ClientFrame::Ask { .. })));
        asked.unwrap().len()
    };
    assert_eq!(length(204, Successor::Anyone), length(204, Successor::Supervisor));
    let (mut world, _, _) = chatting(205);
    start(&mut world);
    world.run_for(SOON);
    let first = world.seen_by_relay.iter().find_map(|frame| match decode(frame) {
        Ok(ClientFrame::Ask { .. }) => Some(frame.len()),
        _ => None,
    });
    assert_eq!(first, Some(length(206, Successor::Anyone)), "as long as any other");
}

#[test]
fn roles_of_who_comes_are_shown_from_their_certificate() {
    let (mut world, sam, survivor) = chatting(207);
    let robin = add_desk_with(&mut world, Roles::SUPERVISOR, "Robin");
    ask(&mut world, sam, survivor, Successor::Supervisor);
    say_yes(&mut world, survivor);
    take(&mut world, robin, survivor, FIRST);
    let joined = Announcement::Joined { name: "Robin".into(), role: Role::Supervisor };
    assert!(world.shown(survivor).chat(0).announced.contains(&joined));
}
