//! A third person who joins: with the survivor's yes and not without, seen by everybody, out at once when asked; and
//! what a relay or a desk that was changed could try.

use core::time::Duration;
use std::{cell::Cell, rc::Rc};

use stillroom_conversation::{
    Announcement, Call, Company, Ending, Handover, HandoverReason, JoinsAs, Newcomer, Phase, Role,
    StaysAway, WordFor, WordRefusal, WriteError,
};
use stillroom_program::{Roles, Successor, decode, encode};
use stillroom_protocol::{ClientFrame, RelayFrame, StaffId};
use stillroom_simulation::{DeviceNumber, Direction, Fate, World};

use crate::scene::{self, A_WHILE, FIRST, SOON, add_desk_with, chatting};

const MOMENT: Duration = Duration::from_secs(2);

/// An advocate, a survivor who chats with them, and Lou, an interpreter on duty.
struct Scene {
    world: World,
    sam: DeviceNumber,
    survivor: DeviceNumber,
    lou: DeviceNumber,
}

fn lou_as(joins_as: JoinsAs) -> Newcomer {
    let role = match joins_as {
        JoinsAs::Interpreter => Role::Interpreter,
        JoinsAs::Supervisor | JoinsAs::Successor => Role::Supervisor,
    };
    Newcomer { name: "Lourdes".into(), joins_as, role }
}

impl Scene {
    fn new(seed: u64) -> Self {
        Self::with(seed, Roles::INTERPRETER)
    }

    fn with(seed: u64, roles: Roles) -> Self {
        let (mut world, sam, survivor) = chatting(seed);
        let lou = add_desk_with(&mut world, roles, "Lourdes");
        world.run_for(MOMENT);
        Self { world, sam, survivor, lou }
    }

    /// A chat that Lou has joined.
    fn joined(seed: u64) -> Self {
        let mut scene = Self::new(seed);
        scene.say(scene.survivor, "before");
        scene.world.run_for(MOMENT);
        scene.ask();
        scene.agree();
        scene.come();
        scene.expect_in();
        scene
    }

    fn id(&self, name: &str) -> StaffId {
        scene::colleague(&self.world, self.sam, name)
    }

    fn ask_as(&mut self, joins_as: JoinsAs) -> Result<(), WriteError> {
        let id = self.id("Lourdes");
        let asked =
            self.world.as_desk(self.sam, |core, now| core.ask_joining(FIRST, id, joins_as, now));
        self.world.run_for(MOMENT);
        asked.unwrap()
    }

    fn ask(&mut self) {
        self.ask_as(JoinsAs::Interpreter).unwrap();
    }

    fn agree(&mut self) {
        self.world.as_survivor(self.survivor, |core, now| core.accept_joining(now));
        self.world.run_for(MOMENT);
    }

    fn call(&self) -> Call {
        self.world.shown(self.lou).calls[0].clone()
    }

    fn answer(&mut self, comes: bool) {
        let Call { from, number, .. } = self.call();
        self.world.as_desk(self.lou, |core, now| core.answer_call(from, number, comes, now));
    }

    fn come(&mut self) {
        self.answer(true);
    }

    fn company(&self, device: DeviceNumber, chat: usize) -> Company {
        self.world.shown(device).chat(chat).company.last().cloned().unwrap_or_default()
    }

    fn is_in(world: &World, lou: DeviceNumber, survivor: DeviceNumber) -> bool {
        let roles = |roster: &[stillroom_conversation::Participant]| roster.len() == 3;
        roles(&world.shown(lou).chat(1).roster) && roles(&world.shown(survivor).chat(0).roster)
    }

    fn expect_in(&mut self) {
        let (lou, survivor) = (self.lou, self.survivor);
        assert!(
            self.world.run_until(SOON, |world| Self::is_in(world, lou, survivor)),
            "{:?} {:?}",
            self.world.shown(lou).troubles,
            self.world.shown(self.sam).chat(1).company,
        );
        self.world.run_for(MOMENT);
    }

    fn say(&mut self, device: DeviceNumber, text: &str) {
        scene::say(&mut self.world, self.survivor, device, text);
    }

    fn put_out(&mut self) {
        self.world.as_survivor(self.survivor, |core, now| core.put_out(now));
    }

    fn read_by(&self, device: DeviceNumber) -> Vec<String> {
        scene::read_by(&self.world, device, usize::from(device != self.survivor))
    }

    fn announced(&self, device: DeviceNumber, announcement: &Announcement) -> usize {
        let chat = usize::from(device != self.survivor);
        scene::announced(&self.world, device, chat, announcement)
    }
}

fn lou_joined() -> Announcement {
    Announcement::Joined { name: "Lourdes".into(), role: Role::Interpreter }
}

fn lou_left() -> Announcement {
    Announcement::Left { name: "Lourdes".into(), role: Role::Interpreter }
}

#[test]
fn an_interpreter_joins_after_a_yes_and_everybody_sees_who_they_are_and_who_writes_what() {
    let mut scene = Scene::joined(1);
    let Scene { sam, survivor, lou, .. } = scene;
    for device in [sam, survivor] {
        assert_eq!(scene.announced(device, &lou_joined()), 1);
    }
    assert_eq!(scene.world.shown(lou).chat(1).entered, Some(JoinsAs::Interpreter));
    for (device, chat) in [(sam, 1), (survivor, 0), (lou, 1)] {
        let roster = scene.world.shown(device).chat(chat).roster;
        let mut known = roster.iter().map(|one| (one.name.as_str(), one.role)).collect::<Vec<_>>();
        known.sort_by_key(|(name, _)| *name);
        let expected =
            [("", Role::Survivor), ("Lourdes", Role::Interpreter), ("Sam", Role::Advocate)];
        assert_eq!(known, expected);
    }
    for (device, text) in [(survivor, "hola"), (lou, "hello"), (sam, "welcome")] {
        scene.say(device, text);
        scene.world.run_for(MOMENT);
    }
    assert_eq!(scene.read_by(survivor), ["hello", "welcome"]);
    assert_eq!(scene.read_by(sam), ["before", "hola", "hello"]);
    assert_eq!(scene.read_by(lou), ["hola", "welcome"]);
    let authors = |device, chat| scene.world.shown(device).chat(chat).authors;
    assert_eq!(authors(survivor, 0), [Role::Interpreter, Role::Advocate]);
    assert_eq!(authors(lou, 1), [Role::Survivor, Role::Advocate]);
    for (device, chat) in [(sam, 1), (survivor, 0), (lou, 1)] {
        assert!(scene.world.shown(device).chat(chat).all_delivered());
    }
}

#[test]
fn nothing_happens_without_a_yes_and_a_no_calls_nobody() {
    let mut scene = Scene::new(2);
    scene.ask();
    let asked = Company::Asked(lou_as(JoinsAs::Interpreter));
    assert_eq!(scene.company(scene.survivor, 0), asked);
    scene.world.run_for(A_WHILE);
    assert!(scene.world.shown(scene.lou).calls.is_empty());
    scene.world.as_survivor(scene.survivor, |core, now| core.decline_joining(now));
    scene.world.run_for(MOMENT);
    assert!(scene.world.shown(scene.lou).calls.is_empty());
    let who = lou_as(JoinsAs::Interpreter);
    let no = Announcement::StaysAway { who, why: StaysAway::NotWanted };
    for device in [scene.sam, scene.survivor] {
        assert_eq!(scene.announced(device, &no), 1);
    }
    assert_eq!(scene.company(scene.survivor, 0), Company::Nobody);
    scene.ask();
    assert_eq!(scene.company(scene.survivor, 0), asked, "it can be asked again");
}

#[test]
fn a_colleague_who_cannot_come_or_does_not_answer_is_told_of_and_the_chat_goes_on() {
    for answers in [true, false] {
        let mut scene = Scene::new(3);
        scene.ask();
        scene.agree();
        assert_eq!(scene.call().joins_as, JoinsAs::Interpreter);
        if answers {
            scene.answer(false);
            scene.world.run_for(MOMENT);
        } else {
            scene.world.run_for(Duration::from_secs(190));
        }
        assert!(scene.world.shown(scene.lou).calls.is_empty());
        let who = lou_as(JoinsAs::Interpreter);
        let cannot = Announcement::StaysAway { who, why: StaysAway::CannotCome };
        for device in [scene.sam, scene.survivor] {
            assert_eq!(scene.announced(device, &cannot), 1);
        }
        scene.say(scene.survivor, "all right");
        scene.world.run_for(MOMENT);
        assert_eq!(scene.read_by(scene.sam), ["all right"]);
    }
}

#[test]
fn a_yes_can_be_taken_back_and_the_call_is_over() {
    let mut scene = Scene::new(4);
    scene.ask();
    scene.agree();
    scene.world.as_survivor(scene.survivor, |core, now| core.decline_joining(now));
    scene.world.run_for(MOMENT);
    assert!(scene.world.shown(scene.lou).calls.is_empty());
    assert_eq!(scene.company(scene.sam, 1), Company::Nobody);
}

#[test]
fn whoever_is_not_certified_for_it_cannot_be_asked_and_two_cannot_at_once() {
    let mut scene = Scene::new(5);
    assert_eq!(scene.ask_as(JoinsAs::Supervisor), Err(WriteError::NotNow));
    scene.ask();
    assert_eq!(scene.ask_as(JoinsAs::Interpreter), Err(WriteError::NotNow));
}

#[test]
fn a_supervisor_joins_as_one_and_leads_nothing() {
    let mut scene = Scene::with(6, Roles::SUPERVISOR | Roles::ADVOCATE);
    scene.ask_as(JoinsAs::Supervisor).unwrap();
    scene.agree();
    scene.come();
    scene.expect_in();
    let joined = Announcement::Joined { name: "Lourdes".into(), role: Role::Supervisor };
    assert_eq!(scene.announced(scene.survivor, &joined), 1);
    let refused = scene.world.as_desk(scene.lou, |core, now| core.ask_end(FIRST, now));
    assert_eq!(refused, Some(()));
    scene.world.run_for(MOMENT);
    assert_eq!(scene.world.shown(scene.survivor).end_asked, None);
}

#[test]
fn whoever_is_asked_to_leave_is_out_at_once_and_reads_nothing_after() {
    let mut scene = Scene::joined(7);
    let lou_there = lou_as(JoinsAs::Interpreter);
    scene.put_out();
    scene.say(scene.survivor, "only for Sam");
    assert_eq!(scene.company(scene.survivor, 0), Company::Leaving(lou_there.clone()));
    scene.world.run_for(MOMENT);
    for device in [scene.sam, scene.survivor] {
        assert_eq!(scene.announced(device, &lou_left()), 1);
    }
    assert_eq!(scene.announced(scene.survivor, &Announcement::AskedToLeave(lou_there)), 1);
    assert_eq!(scene.read_by(scene.sam), ["before", "only for Sam"]);
    assert_eq!(scene.read_by(scene.lou), Vec::<String>::new());
    assert_eq!(scene.world.shown(scene.lou).chat(1).ending, Some(Ending::Out));
    assert_eq!(scene.company(scene.survivor, 0), Company::Nobody);
    scene.say(scene.sam, "they are gone");
    scene.world.run_for(MOMENT);
    assert_eq!(scene.read_by(scene.survivor), ["they are gone"]);
    scene.ask();
    scene.agree();
    scene.come();
    let lou = scene.lou;
    let is_back = |world: &World| world.shown(lou).chat(2).roster.len() == 3;
    assert!(scene.world.run_until(SOON, is_back), "somebody who left can be asked in again");
}

#[test]
fn the_lead_can_put_them_out_and_they_can_leave_by_themselves() {
    for by_lead in [true, false] {
        let mut scene = Scene::joined(8);
        if by_lead {
            scene.world.as_desk(scene.sam, |core, now| core.put_out(FIRST, now));
        } else {
            scene.world.as_desk(scene.lou, |core, now| core.end(FIRST, now));
        }
        scene.world.run_for(MOMENT);
        for device in [scene.sam, scene.survivor] {
            assert_eq!(scene.announced(device, &lou_left()), 1);
        }
        assert_eq!(scene.world.shown(scene.lou).chat(1).ending, Some(Ending::Out));
        assert_eq!(scene.world.shown(scene.survivor).phase(), Some(Phase::Chatting));
        scene.say(scene.survivor, "after");
        scene.world.run_for(MOMENT);
        assert_eq!(scene.read_by(scene.sam), ["before", "after"]);
        assert_eq!(scene.read_by(scene.lou), Vec::<String>::new());
    }
}

#[test]
fn the_third_person_forgets_the_chat_when_it_ends_is_handed_over_or_loses_its_lead() {
    let ends: [fn(&mut Scene); 4] = [
        |scene| {
            scene.world.as_desk(scene.sam, |core, now| core.end(FIRST, now));
        },
        |scene| {
            scene.world.as_survivor(scene.survivor, |core, now| core.end(now));
        },
        |scene| scene.world.destroy(scene.sam),
        |scene| {
            scene.world.leave(scene.survivor);
        },
    ];
    for (seed, end) in (20..).zip(ends) {
        let mut scene = Scene::joined(seed);
        end(&mut scene);
        let lou = scene.lou;
        let is_over = |world: &World| world.shown(lou).chat(1).over;
        assert!(scene.world.run_until(Duration::from_secs(120), is_over), "{seed}");
    }
}

#[test]
fn joining_comes_about_over_a_line_that_loses_much_and_nothing_from_before_is_readable() {
    for seed in 30..42 {
        let mut scene = Scene::new(seed);
        let count = Cell::new(seed);
        scene.world.set_way(Box::new(move |_, _, frame| {
            count.set(count.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
            let in_chat = matches!(
                decode(frame),
                Ok(RelayFrame::Delivered { .. } | RelayFrame::FromStaff { .. })
            );
            match (in_chat, count.get() >> 61) {
                (true, 0..=2) => Fate::Dropped,
                (true, 3) => Fate::Becomes(vec![frame.to_vec(), frame.to_vec()]),
                _ => Fate::Arrives,
            }
        }));
        for number in 0..4 {
            scene.say(scene.survivor, &format!("before {number}"));
            scene.say(scene.sam, &format!("before, too {number}"));
        }
        scene.ask();
        let (survivor, lou) = (scene.survivor, scene.lou);
        let is_asked = |world: &World| !world.shown(survivor).chat(0).company.is_empty();
        assert!(scene.world.run_until(A_WHILE, is_asked));
        scene.agree();
        scene.say(scene.survivor, "still before");
        let is_called = |world: &World| !world.shown(lou).calls.is_empty();
        assert!(scene.world.run_until(A_WHILE, is_called));
        scene.come();
        let is_in = |world: &World| Scene::is_in(world, lou, survivor);
        assert!(scene.world.run_until(A_WHILE, is_in), "{seed}");
        scene.say(scene.survivor, "after");
        scene.say(scene.lou, "hello");
        scene.world.run_for(A_WHILE);
        assert_eq!(scene.read_by(lou), ["after"]);
        assert!(scene.read_by(scene.sam).contains(&"hello".to_owned()));
        assert_eq!(scene.read_by(scene.sam).len(), 7);
        assert_eq!(scene.read_by(survivor).len(), 5);
    }
}

/// The relay keeps back what the lead says to the group.
fn withhold_from(world: &mut World, device: DeviceNumber) -> Rc<Cell<bool>> {
    let withholds = Rc::new(Cell::new(true));
    let held = Rc::clone(&withholds);
    world.set_way(Box::new(move |to, direction, frame| {
        let is_delivered = matches!(decode(frame), Ok(RelayFrame::Delivered { .. }));
        let is_withheld = direction == Direction::Down && to == device && is_delivered;
        if is_withheld && held.get() { Fate::Dropped } else { Fate::Arrives }
    }));
    withholds
}

#[test]
fn a_relay_that_withholds_the_removal_gets_nothing_that_was_written_after() {
    let mut scene = Scene::joined(9);
    let withholds = withhold_from(&mut scene.world, scene.survivor);
    let before = scene.world.seen_by_relay.len();
    scene.put_out();
    scene.say(scene.survivor, "not for Lou");
    scene.world.run_for(A_WHILE);
    assert_eq!(scene.read_by(scene.sam), ["before"]);
    assert!(scene.world.seen_by_relay.len() > before, "the lead is asked again and again");
    withholds.set(false);
    let sam = scene.sam;
    let arrived = |world: &World| world.shown(sam).chat(1).received().contains(&"not for Lou");
    assert!(scene.world.run_until(A_WHILE, arrived));
    assert_eq!(scene.read_by(scene.lou), Vec::<String>::new());
}

#[test]
fn a_lead_who_does_not_remove_them_hears_no_more_until_the_chat_is_ended() {
    let mut scene = Scene::joined(10);
    scene.world.sleep(scene.sam);
    scene.put_out();
    scene.say(scene.survivor, "not for Lou");
    scene.world.run_for(MOMENT);
    assert_eq!(scene.read_by(scene.lou), Vec::<String>::new());
    scene.world.as_survivor(scene.survivor, |core, now| core.end(now));
    scene.world.run_for(MOMENT);
    assert_eq!(scene.world.shown(scene.lou).chat(1).ending, Some(Ending::BySurvivor));
    assert_eq!(scene.read_by(scene.lou), Vec::<String>::new());
}

#[test]
fn a_survivor_who_changes_their_mind_while_somebody_comes_in_shows_them_nothing() {
    let mut scene = Scene::new(11);
    scene.ask();
    scene.agree();
    scene.come();
    let survivor = scene.survivor;
    let here = Company::Here(lou_as(JoinsAs::Interpreter));
    let comes = |world: &World| world.shown(survivor).chat(0).company.last() == Some(&here);
    assert!(scene.world.run_until(SOON, comes));
    scene.put_out();
    scene.say(scene.survivor, "not for Lou");
    scene.world.run_for(SOON);
    assert_eq!(scene.read_by(scene.lou), Vec::<String>::new());
    assert_eq!(scene.read_by(scene.sam), ["not for Lou"]);
    assert_eq!(scene.company(survivor, 0), Company::Nobody);
}

#[test]
fn joining_outlasts_a_relay_that_is_killed() {
    let mut scene = Scene::joined(12);
    scene.world.kill_relay();
    scene.world.run_for(Duration::from_secs(5));
    scene.world.start_relay();
    scene.world.run_for(SOON * 2);
    scene.say(scene.lou, "still here");
    scene.say(scene.survivor, "good");
    scene.world.run_for(SOON);
    assert_eq!(scene.read_by(scene.survivor), ["still here"]);
    assert_eq!(scene.read_by(scene.lou), ["good"]);
    scene.world.kill_relay();
    scene.put_out();
    scene.say(scene.survivor, "not for Lou");
    scene.world.start_relay();
    scene.world.run_for(A_WHILE);
    assert_eq!(scene.read_by(scene.sam).last().map(String::as_str), Some("not for Lou"));
    assert_eq!(scene.read_by(scene.lou), ["good"]);
    assert!(scene.world.shown(scene.lou).chat(1).over);
}

#[test]
fn an_interpreter_ends_the_chat_of_nobody_whatever_their_device_tells_the_relay() {
    let mut scene = Scene::joined(13);
    // Whatever Lou's device posts to the room becomes a request to close it.
    let lou = scene.lou;
    scene.world.set_way(Box::new(move |from, direction, frame| match (direction, decode(frame)) {
        (Direction::Up, Ok(ClientFrame::Post { room, .. })) if from == lou => {
            Fate::Becomes(vec![encode(&ClientFrame::CloseRoom { room })])
        }
        _ => Fate::Arrives,
    }));
    scene.say(scene.lou, "close it");
    scene.world.run_for(MOMENT);
    scene.say(scene.survivor, "are you there?");
    scene.world.run_for(MOMENT);
    assert_eq!(scene.read_by(scene.sam), ["before", "are you there?"]);
    assert_eq!(scene.world.shown(scene.survivor).phase(), Some(Phase::Chatting));
}

#[test]
fn whoever_is_revoked_while_they_are_there_is_put_out() {
    let mut scene = Scene::new(14);
    let kim = scene.world.program.staff(Roles::INTERPRETER, "Kim");
    let desk = scene.world.desk(kim.clone());
    scene.world.as_desk(desk, |core, now| core.go_on_duty(now));
    scene.world.run_for(MOMENT);
    let id = scene.id("Kim");
    scene.world.as_desk(scene.sam, |core, now| {
        core.ask_joining(FIRST, id, JoinsAs::Interpreter, now).unwrap();
    });
    scene.world.run_for(MOMENT);
    scene.agree();
    scene.lou = desk;
    scene.come();
    scene.expect_in();
    scene.world.revoke(&kim);
    scene.world.run_for(SOON);
    let left = Announcement::Left { name: "Kim".into(), role: Role::Interpreter };
    assert_eq!(scene.announced(scene.survivor, &left), 1);
    assert!(scene.world.shown(desk).chat(1).over);
}

#[test]
fn the_relay_sees_neither_a_name_nor_a_word() {
    let mut scene = Scene::joined(15);
    scene.say(scene.lou, "a word of mine");
    scene.put_out();
    scene.world.run_for(SOON);
    for words in ["Lourdes", "word", "before"] {
        let found =
            |frame: &Vec<u8>| frame.windows(words.len()).any(|part| part == words.as_bytes());
        assert!(!scene.world.seen_by_relay.iter().any(found), "{words}");
    }
}

#[test]
fn no_code_word_is_asked_for_while_somebody_else_would_read_it() {
    let mut scene = Scene::new(31);
    let agree = |scene: &mut Scene| {
        let case = WordFor::New("Sparrow".into());
        scene.world.as_desk(scene.sam, |core, now| core.agree_on_word(FIRST, case, now)).unwrap()
    };
    let wanted = |scene: &Scene| scene.world.shown(scene.survivor).word_asked.last().copied();
    assert_eq!(agree(&mut scene), Ok(()));
    scene.world.run_for(MOMENT);
    assert!(matches!(wanted(&scene), Some(Some(_))));

    scene.ask();
    assert_eq!(wanted(&scene), Some(None), "the question goes before anybody can come");
    assert_eq!(agree(&mut scene), Err(WordRefusal::SomebodyJoins));
    scene.agree();
    scene.come();
    scene.expect_in();
    assert_eq!(agree(&mut scene), Err(WordRefusal::SomebodyJoins));
    let give = |scene: &mut Scene| {
        scene.world.as_desk(scene.sam, |core, now| core.give_way_back(FIRST, now))
    };
    assert_eq!(give(&mut scene), Some(false), "nor is a word given that they would read");
    let survivor = scene.survivor;
    let given = scene.world.as_survivor(survivor, |core, now| core.give_word("kettle", "", now));
    assert_eq!(given, Some(Err(WriteError::NotNow)));

    scene.put_out();
    scene.world.run_for(A_WHILE);
    assert_eq!(agree(&mut scene), Ok(()));
    assert_eq!(give(&mut scene), Some(true));
}

#[test]
fn a_third_person_whose_line_is_gone_holds_nothing_up_for_the_others_and_is_put_out() {
    let mut scene = Scene::joined(32);
    let (sam, survivor, lou) = (scene.sam, scene.survivor, scene.lou);
    scene.world.destroy(lou);
    for _ in 0..20 {
        scene.say(sam, "still here");
    }
    let heard = move |world: &World| world.shown(survivor).chat(0).received().len();
    let before = heard(&scene.world);
    assert!(scene.world.run_until(SOON, |world| heard(world) == before + 20));
    scene.world.run_for(Duration::from_secs(100));
    for device in [sam, survivor] {
        assert_eq!(scene.announced(device, &lou_left()), 1);
    }
    assert_eq!(scene.company(survivor, 0), Company::Nobody);
}

#[test]
fn a_chat_ends_at_once_on_both_sides_while_a_third_persons_line_is_gone() {
    let mut scene = Scene::joined(33);
    let (sam, survivor, lou) = (scene.sam, scene.survivor, scene.lou);
    scene.world.destroy(lou);
    for _ in 0..20 {
        scene.say(sam, "still here");
    }
    scene.world.as_desk(sam, |core, now| core.end(FIRST, now));
    let ended = Some(Phase::Ended(Ending::ByStaff));
    assert!(scene.world.run_until(SOON, |world| world.shown(survivor).phase() == ended));
}

#[test]
fn whoever_hands_over_leaves_nobody_behind_in_the_chat() {
    let mut scene = Scene::joined(34);
    let (sam, survivor, lou) = (scene.sam, scene.survivor, scene.lou);
    let handover = || Handover::new(HandoverReason::ShiftEnds, "", "").unwrap();
    let asked = scene
        .world
        .as_desk(sam, |core, now| core.hand_over(FIRST, Successor::Anyone, handover(), now));
    assert_eq!(asked, Some(Ok(())));
    scene.world.run_for(MOMENT);
    assert_eq!(scene.company(survivor, 0), Company::Nobody);
    assert_eq!(scene.announced(survivor, &lou_left()), 1);
    assert!(scene.world.shown(survivor).question.is_some());
    assert_eq!(scene.world.shown(lou).chat(1).ending, Some(Ending::Out));
}

#[test]
fn asking_whether_somebody_may_join_takes_the_place_of_other_questions_and_they_of_it() {
    let mut scene = Scene::new(35);
    let (sam, survivor) = (scene.sam, scene.survivor);
    scene.world.as_desk(sam, |core, now| core.ask_end(FIRST, now));
    scene.world.run_for(MOMENT);
    assert!(scene.world.shown(survivor).end_asked.is_some());
    scene.ask();
    assert_eq!(scene.world.shown(survivor).end_asked, None);
    assert!(matches!(scene.company(survivor, 0), Company::Asked(_)));
    scene.world.as_desk(sam, |core, now| core.ask_end(FIRST, now));
    scene.world.run_for(MOMENT);
    assert_eq!(scene.company(survivor, 0), Company::Nobody);
}

#[test]
fn an_interpreter_takes_over_no_chat_and_is_offered_none() {
    let scene = Scene::new(36);
    let colleagues = &scene.world.shown(scene.sam).colleagues;
    assert_eq!(colleagues.iter().map(|one| one.room).collect::<Vec<_>>(), [0]);
}

#[test]
fn whoever_is_called_and_goes_off_duty_says_so() {
    let mut scene = Scene::new(37);
    scene.ask();
    scene.agree();
    scene.world.run_for(MOMENT);
    scene.world.as_desk(scene.lou, |core, _| core.go_off_duty());
    scene.world.run_for(MOMENT);
    assert_eq!(scene.company(scene.survivor, 0), Company::Nobody);
    let who = lou_as(JoinsAs::Interpreter);
    let stays = Announcement::StaysAway { who, why: StaysAway::CannotCome };
    assert_eq!(scene.announced(scene.survivor, &stays), 1);
}

#[test]
fn whoever_says_twice_that_they_come_comes() {
    let mut scene = Scene::new(38);
    scene.ask();
    scene.agree();
    scene.come();
    scene.come();
    scene.expect_in();
}
