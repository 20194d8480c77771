//! An advocate, a survivor and the colleague who may go on with them, in one chat for a moment: with the survivor's yes
//! and not without, only with somebody who can lead, and nothing moves them but a second yes.

use core::time::Duration;
use std::{cell::RefCell, rc::Rc};

use stillroom_conversation::{
    Announcement, Capacity, ChatNumber, Company, Desk, Ending, Handover, HandoverAsked,
    HandoverReason, HandoverStep, JoinsAs, Newcomer, Phase, Proposed, Role, StaysAway, WriteError,
};
use stillroom_program::{Roles, Successor, Timestamp, VerifyingKey, decode, encode};
use stillroom_protocol::{Bytes, ClientFrame, RelayFrame, StaffId};
use stillroom_simulation::{DeviceNumber, Direction, Fate, World};

use crate::scene::{self, A_WHILE, FIRST, SOON, add_desk_with, chatting, refuse_places, take};

const MOMENT: Duration = Duration::from_secs(2);
/// Kim's own chat, after the one that they met in.
const SECOND: ChatNumber = ChatNumber(2);

/// Sam, a survivor who chats with them, and Kim, who may go on with the survivor.
struct Scene {
    world: World,
    sam: DeviceNumber,
    survivor: DeviceNumber,
    kim: DeviceNumber,
}

fn kim() -> Newcomer {
    Newcomer { name: "Kim".into(), joins_as: JoinsAs::Successor, role: Role::Advocate }
}

fn handover() -> Handover {
    Handover::new(HandoverReason::ShiftEnds, "", "a note").unwrap()
}

impl Scene {
    fn new(seed: u64) -> Self {
        Self::with(seed, Roles::ADVOCATE)
    }

    fn with(seed: u64, roles: Roles) -> Self {
        let (mut world, sam, survivor) = chatting(seed);
        let kim = add_desk_with(&mut world, roles, "Kim");
        world.run_for(MOMENT);
        Self { world, sam, survivor, kim }
    }

    /// A chat in which the survivor has met Kim.
    fn met(seed: u64) -> Self {
        let mut scene = Self::new(seed);
        scene.say(scene.survivor, "before");
        scene.world.run_for(MOMENT);
        scene.ask().unwrap();
        scene.agree();
        scene.come();
        scene.expect_in();
        scene
    }

    /// The same, and the survivor is asked whether Kim may take over.
    fn asked(seed: u64) -> Self {
        let mut scene = Self::met(seed);
        scene.hand_over().unwrap();
        scene
    }

    fn kims(&self) -> StaffId {
        scene::colleague(&self.world, self.sam, "Kim")
    }

    fn ask(&mut self) -> Result<(), WriteError> {
        let kim = self.kims();
        let asked = self
            .world
            .as_desk(self.sam, |core, now| core.ask_joining(FIRST, kim, JoinsAs::Successor, now));
        self.world.run_for(MOMENT);
        asked.unwrap()
    }

    fn agree(&mut self) {
        self.world.as_survivor(self.survivor, |core, now| core.accept_joining(now));
        self.world.run_for(MOMENT);
    }

    fn come(&mut self) {
        let call = self.world.shown(self.kim).calls[0].clone();
        assert_eq!(call.joins_as, JoinsAs::Successor);
        self.world
            .as_desk(self.kim, |core, now| core.answer_call(call.from, call.number, true, now));
    }

    fn expect_in(&mut self) {
        let (kim, survivor) = (self.kim, self.survivor);
        let is_in = |world: &World| {
            let last = world.shown(kim).chats.last();
            last.is_some_and(|chat| chat.roster.len() == 3)
                && world.shown(survivor).chat(0).roster.len() == 3
        };
        assert!(self.world.run_until(SOON, is_in), "{:?}", self.world.shown(kim).troubles);
        self.world.run_for(MOMENT);
    }

    fn hand_over(&mut self) -> Result<(), WriteError> {
        let asked =
            self.world.as_desk(self.sam, |core, now| core.hand_over_to_met(FIRST, handover(), now));
        self.world.run_for(MOMENT);
        asked.unwrap()
    }

    fn say_yes(&mut self) {
        self.world.as_survivor(self.survivor, |core, now| core.accept_handover(now));
    }

    fn say(&mut self, device: DeviceNumber, text: &str) {
        scene::say(&mut self.world, self.survivor, device, text);
    }

    fn put_out(&mut self) {
        self.world.as_survivor(self.survivor, |core, now| core.put_out(now));
        self.world.run_for(MOMENT);
    }

    fn read_by(&self, device: DeviceNumber, chat: usize) -> Vec<String> {
        scene::read_by(&self.world, device, chat)
    }

    fn company(&self) -> Company {
        self.world.shown(self.survivor).chat(0).company.last().cloned().unwrap_or_default()
    }

    fn step(&self) -> Option<HandoverStep> {
        self.world.shown(self.sam).chat(1).handover.last().copied()
    }

    fn is_asked(&self) -> bool {
        self.world.shown(self.survivor).question.is_some()
    }

    fn announced(&self, device: DeviceNumber, announcement: &Announcement) -> usize {
        let chat = usize::from(device != self.survivor);
        scene::announced(&self.world, device, chat, announcement)
    }

    fn is_still_with_sam(&mut self, texts: [&str; 2]) {
        let [up, down] = texts;
        self.say(self.survivor, up);
        self.world.run_for(MOMENT);
        self.say(self.sam, down);
        self.world.run_for(SOON);
        assert_eq!(self.read_by(self.sam, 1).last().map(String::as_str), Some(up));
        assert_eq!(self.read_by(self.survivor, 0).last().map(String::as_str), Some(down));
    }
}

#[test]
fn the_survivor_meets_whoever_may_go_on_with_them_and_then_says_yes_to_them() {
    let mut scene = Scene::met(1);
    let Scene { sam, survivor, kim: desk, .. } = scene;
    assert_eq!(scene.company(), Company::Here(kim()));
    scene.say(desk, "hello, I am Kim");
    scene.say(survivor, "hello Kim");
    scene.world.run_for(MOMENT);
    assert_eq!(scene.read_by(desk, 1), ["hello Kim"], "and nothing from before");
    scene.hand_over().unwrap();
    let asked = scene.world.shown(survivor).question.clone();
    let Some(HandoverAsked { to: Proposed::Colleague { name, role }, handover }) = asked else {
        panic!("asked about Kim");
    };
    assert_eq!((name.as_str(), role, &*handover.note), ("Kim", Role::Advocate, "a note"));
    assert_eq!(scene.company(), Company::Here(kim()), "they are there until there is an answer");
    scene.say(desk, "no hurry");
    scene.world.run_for(MOMENT);
    assert_eq!(scene.read_by(survivor, 0), ["hello, I am Kim", "no hurry"]);

    scene.say_yes();
    let left = |world: &World| {
        let ending = |desk| world.shown(desk).chat(1).ending;
        ending(sam) == Some(Ending::HandedOver) && ending(desk) == Some(Ending::HandedOver)
    };
    assert!(scene.world.run_until(SOON, left), "Kim's first chat is over as Sam's is");
    assert_eq!(scene.company(), Company::Nobody);
    take(&mut scene.world, desk, survivor, SECOND);
    let noted = |world: &World| world.shown(desk).chat(2).note.as_deref() == Some("a note");
    assert!(scene.world.run_until(SOON, noted));
    scene.world.as_survivor(survivor, |core, now| core.write("only for Kim", now).unwrap());
    scene.world.run_for(MOMENT);
    assert_eq!(scene.read_by(desk, 2), ["only for Kim"]);
}

#[test]
fn a_no_to_meeting_changes_nothing_and_handing_over_can_still_be_asked() {
    let mut scene = Scene::new(2);
    scene.ask().unwrap();
    assert_eq!(scene.company(), Company::Asked(kim()));
    scene.world.as_survivor(scene.survivor, |core, now| core.decline_joining(now));
    scene.world.run_for(MOMENT);
    let no = Announcement::StaysAway { who: kim(), why: StaysAway::NotWanted };
    for device in [scene.sam, scene.survivor] {
        assert_eq!(scene.announced(device, &no), 1);
    }
    assert!(scene.world.shown(scene.kim).calls.is_empty());
    assert_eq!(scene.hand_over(), Err(WriteError::NotNow), "nobody was met");
    scene.is_still_with_sam(["as before", "yes"]);
    let to = Successor::Colleague { device: VerifyingKey(scene.kims().0) };
    let asked =
        scene.world.as_desk(scene.sam, |core, now| core.hand_over(FIRST, to, handover(), now));
    scene.world.run_for(MOMENT);
    assert_eq!((asked, scene.is_asked()), (Some(Ok(())), true));
}

#[test]
fn a_survivor_who_met_them_and_would_rather_wait_has_both_there_as_before() {
    let mut scene = Scene::asked(3);
    scene.world.as_survivor(scene.survivor, |core, now| core.decline_handover(now));
    scene.world.run_for(MOMENT);
    assert_eq!(scene.step(), Some(HandoverStep::TheyWait));
    assert_eq!(scene.company(), Company::Here(kim()));
    scene.is_still_with_sam(["let us go on", "yes"]);
    assert_eq!(scene.read_by(scene.kim, 1), ["let us go on", "yes"]);
    scene.hand_over().unwrap();
    assert!(scene.is_asked(), "it can be asked again");
    scene.put_out();
    scene.is_still_with_sam(["alone again", "yes, alone"]);
    assert_eq!(scene.read_by(scene.kim, 1), ["let us go on", "yes"]);
}

#[test]
fn whoever_is_asked_to_leave_takes_the_question_about_them_along() {
    for by_survivor in [true, false] {
        let mut scene = Scene::asked(4);
        if by_survivor {
            scene.put_out();
        } else {
            scene.world.as_desk(scene.sam, |core, now| core.put_out(FIRST, now));
            scene.world.run_for(MOMENT);
        }
        assert_eq!(scene.step(), Some(HandoverStep::ColleagueLeft));
        assert!(!scene.is_asked());
        assert_eq!(scene.company(), Company::Nobody);
        assert_eq!(scene.world.shown(scene.kim).chat(1).ending, Some(Ending::Out));
        scene.is_still_with_sam(["alone again", "yes"]);
    }
}

#[test]
fn a_colleague_who_vanishes_in_the_middle_is_put_out_and_nobody_is_asked_about_them() {
    let mut scene = Scene::asked(5);
    scene.world.destroy(scene.kim);
    scene.world.run_for(Duration::from_secs(100));
    assert_eq!(scene.step(), Some(HandoverStep::ColleagueLeft));
    assert!(!scene.is_asked());
    assert_eq!(scene.company(), Company::Nobody);
    scene.is_still_with_sam(["where is Kim", "their line is gone"]);
}

#[test]
fn a_yes_to_somebody_whose_line_is_gone_leads_to_whoever_is_there_in_the_end() {
    let mut scene = Scene::asked(6);
    let alex = add_desk_with(&mut scene.world, Roles::SUPERVISOR, "Alex");
    scene.world.destroy(scene.kim);
    scene.say_yes();
    scene.world.run_for(Duration::from_secs(185));
    take(&mut scene.world, alex, scene.survivor, FIRST);
}

#[test]
fn where_nobody_can_take_over_all_three_are_there_as_before() {
    let mut scene = Scene::asked(7);
    refuse_places(&mut scene.world, scene.survivor);
    scene.say_yes();
    scene.world.run_for(SOON);
    assert_eq!(scene.announced(scene.survivor, &Announcement::NobodyTakesOver), 1);
    assert_eq!(scene.step(), Some(HandoverStep::NobodyFree));
    assert_eq!(scene.company(), Company::Here(kim()), "the survivor is told who reads along");
    scene.is_still_with_sam(["still here", "so are we"]);
    assert_eq!(scene.read_by(scene.kim, 1), ["still here", "so are we"]);
    scene.put_out();
    scene.is_still_with_sam(["only us", "yes"]);
    assert_eq!(scene.read_by(scene.kim, 1), ["still here", "so are we"]);
}

#[test]
fn nobody_is_met_who_cannot_lead_is_full_locked_on_a_break_or_at_the_end_of_their_shift() {
    let mut interpreter = Scene::with(8, Roles::INTERPRETER);
    assert_eq!(interpreter.ask(), Err(WriteError::NotNow));
    assert_eq!(interpreter.company(), Company::Nobody);
    let changes: [fn(&mut Desk, Timestamp); 3] = [Desk::take_break, Desk::lock, |core, now| {
        core.set_shift_end(Some(now + MOMENT * 60), now);
    }];
    for change in changes {
        let mut scene = Scene::new(9);
        scene.world.as_desk(scene.kim, change);
        scene.world.run_for(MOMENT);
        assert_eq!(scene.ask(), Err(WriteError::NotNow));
    }
    let mut full = Scene::new(10);
    full.world.as_desk(full.kim, |core, _| core.set_capacity(Capacity::ONE));
    let second = scene::start(&mut full.world);
    take(&mut full.world, full.kim, second, FIRST);
    full.world.run_for(MOMENT);
    assert_eq!(full.ask(), Err(WriteError::NotNow));
}

#[test]
fn whoever_has_room_for_one_more_can_be_met_and_go_on_with_them() {
    let mut scene = Scene::new(11);
    scene.world.as_desk(scene.kim, |core, _| core.set_capacity(Capacity::ONE));
    scene.world.run_for(MOMENT);
    scene.ask().unwrap();
    scene.agree();
    scene.come();
    scene.expect_in();
    scene.hand_over().unwrap();
    scene.say_yes();
    let desk = scene.kim;
    let is_free = |world: &World| world.shown(desk).chat(1).over;
    assert!(scene.world.run_until(SOON, is_free), "the chat that they met in takes no room");
    take(&mut scene.world, desk, scene.survivor, SECOND);
}

#[test]
fn an_interpreter_who_is_there_is_nobody_to_go_on_with() {
    let mut scene = Scene::with(12, Roles::INTERPRETER | Roles::ADVOCATE);
    let (sam, id) = (scene.sam, scene.kims());
    scene.world.as_desk(sam, |core, now| {
        core.ask_joining(FIRST, id, JoinsAs::Interpreter, now).unwrap();
    });
    scene.world.run_for(MOMENT);
    scene.agree();
    let call = scene.world.shown(scene.kim).calls[0].clone();
    scene.world.as_desk(scene.kim, |core, now| core.answer_call(call.from, call.number, true, now));
    scene.expect_in();
    assert_eq!(scene.hand_over(), Err(WriteError::NotNow));
    assert!(!scene.is_asked());
}

/// The survivor takes their yes back; a relay in league with the lead keeps that from every desk that would heed it.
#[test]
fn a_lead_who_goes_on_after_the_yes_was_taken_back_brings_nobody_in() {
    let mut scene = Scene::new(13);
    scene.ask().unwrap();
    scene.agree();
    let (sam, survivor) = (scene.sam, scene.survivor);
    scene.world.set_way(Box::new(move |to, direction, frame| match (direction, decode(frame)) {
        (Direction::Down, Ok(RelayFrame::Delivered { .. })) if to == sam => Fate::Dropped,
        _ => Fate::Arrives,
    }));
    scene.world.as_survivor(survivor, |core, now| core.decline_joining(now));
    scene.world.run_for(MOMENT);
    scene.come();
    scene.world.run_for(A_WHILE);
    assert_eq!(scene.company(), Company::Nobody);
    assert_eq!(scene.world.shown(survivor).chat(0).roster.len(), 2);
    assert!(scene.world.shown(scene.kim).chats.is_empty());
    assert_eq!(scene.world.shown(survivor).phase(), Some(Phase::Chatting));
}

type Posts = Rc<RefCell<Vec<(stillroom_protocol::RoomId, Vec<u8>)>>>;

/// Both desks are kept in the dark about the end, with all their keys of the chat, and are given all that follows.
#[test]
fn neither_the_former_lead_nor_the_former_guest_reads_what_follows_in_the_chat_that_they_met_in() {
    let mut scene = Scene::asked(14);
    let alex = add_desk_with(&mut scene.world, Roles::ADVOCATE, "Alex");
    let Scene { sam, survivor, kim: desk, .. } = scene;
    let posts = Posts::default();
    let noted = Rc::clone(&posts);
    scene.world.set_way(Box::new(move |device, direction, frame| {
        if let (Direction::Up, Ok(ClientFrame::Post { room, message })) = (direction, decode(frame))
            && device == survivor
        {
            noted.borrow_mut().push((room, message.to_vec()));
        }
        match (direction, decode(frame)) {
            (Direction::Down, Ok(RelayFrame::Delivered { .. }))
                if [sam, desk].contains(&device) =>
            {
                Fate::Dropped
            }
            _ => Fate::Arrives,
        }
    }));
    scene.say_yes();
    scene.say(survivor, "not for Sam");
    scene.world.run_for(Duration::from_secs(185));
    take(&mut scene.world, alex, survivor, FIRST);
    scene.world.run_for(SOON);
    assert_eq!(scene.read_by(alex, 1), ["not for Sam"]);
    scene.world.mend_way();
    let posts = posts.borrow().clone();
    let old = posts[0].0;
    assert!(posts.iter().any(|(room, _)| *room != old), "there were posts in the new room");
    for (_, message) in posts.into_iter().filter(|(room, _)| *room != old) {
        for former in [sam, desk] {
            let message = Bytes::try_from(message.clone()).unwrap();
            let frame = encode(&RelayFrame::Delivered { room: old, message });
            scene.world.inject_down(former, frame);
        }
    }
    scene.world.run_for(MOMENT);
    assert_eq!(scene.read_by(sam, 1), ["before"]);
    assert!(scene.read_by(desk, 1).is_empty());
}
