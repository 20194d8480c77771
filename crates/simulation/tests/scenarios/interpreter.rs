//! The survivor asks for an interpreter, before the chat or in it: the advocate knows until one has come, and so does
//! whoever is next; nobody joins by it.

use core::time::Duration;

use stillroom_conversation::{
    Announcement, ChatNumber, Company, Handover, HandoverReason, JoinsAs, Phase, Said,
};
use stillroom_program::{Roles, Successor};
use stillroom_simulation::{DeviceNumber, World};

use crate::scene::{
    self, FIRST, SOON, add_desk, add_desk_with, announced, on_duty, start, start_with, take,
};

const MOMENT: Duration = Duration::from_secs(2);

/// Sam, an advocate, chats with a survivor; Lou, an interpreter, is on duty.
struct Scene {
    world: World,
    sam: DeviceNumber,
    survivor: DeviceNumber,
    lou: DeviceNumber,
}

impl Scene {
    fn new(seed: u64) -> Self {
        Self::saying(seed, Said::default())
    }

    fn saying(seed: u64, said: Said) -> Self {
        let (mut world, sam) = on_duty(seed);
        let lou = add_desk_with(&mut world, Roles::INTERPRETER, "Lou");
        let survivor = start_with(&mut world, said);
        take(&mut world, sam, survivor, FIRST);
        world.run_for(MOMENT);
        Self { world, sam, survivor, lou }
    }

    fn want(&mut self, wanted: bool) {
        self.world.as_survivor(self.survivor, |core, now| core.want_interpreter(wanted, now));
        self.world.run_for(MOMENT);
    }

    /// Sam asks about Lou, and the survivor agrees.
    fn agree_to_lou(&mut self) {
        let id = scene::colleague(&self.world, self.sam, "Lou");
        self.world
            .as_desk(self.sam, |core, now| core.ask_joining(FIRST, id, JoinsAs::Interpreter, now))
            .unwrap()
            .unwrap();
        self.world.run_for(MOMENT);
        self.world.as_survivor(self.survivor, |core, now| core.accept_joining(now));
    }

    /// Lou, who is called then, comes.
    fn lou_comes(&mut self) {
        self.agree_to_lou();
        self.world.run_for(MOMENT);
        let call = self.world.shown(self.lou).calls[0].clone();
        self.world.as_desk(self.lou, |core, now| {
            core.answer_call(call.from, call.number, true, now);
        });
    }

    /// The same, until Lou is in.
    fn lou_joins(&mut self) {
        self.lou_comes();
        let lou = self.lou;
        assert!(self.world.run_until(SOON, |world| world.shown(lou).chat(1).roster.len() == 3));
        self.world.run_for(MOMENT);
    }

    /// Whether each side shows the wish.
    fn shown(&self) -> (bool, bool) {
        let last = |device, chat| {
            let shown = self.world.shown(device).chat(chat).interpreter_wanted;
            shown.last().copied().unwrap_or_default()
        };
        (last(self.survivor, 0), last(self.sam, 1))
    }

    fn told(&self, wanted: bool) -> (usize, usize) {
        let said = Announcement::InterpreterWanted(wanted);
        let told = |device, chat| announced(&self.world, device, chat, &said);
        (told(self.survivor, 0), told(self.sam, 1))
    }
}

/// A colleague takes the survivor over, who agrees; whether the place in the line says that an interpreter is wanted.
fn wanted_by_who_is_next(scene: &mut Scene) -> bool {
    let kim = add_desk(&mut scene.world, "Kim");
    let question = Handover::new(HandoverReason::ShiftEnds, "", "").unwrap();
    scene
        .world
        .as_desk(scene.sam, |core, now| core.hand_over(FIRST, Successor::Anyone, question, now))
        .unwrap()
        .unwrap();
    let survivor = scene.survivor;
    assert!(scene.world.run_until(SOON, |world| world.shown(survivor).question.is_some()));
    scene.world.as_survivor(survivor, |core, now| core.accept_handover(now));
    let waits = |world: &World| !world.shown(kim).waiting.is_empty();
    assert!(scene.world.run_until(SOON, waits));
    let wanted = scene.world.shown(kim).waiting[0].beforehand.interpreter;
    take(&mut scene.world, kim, survivor, ChatNumber(1));
    scene.world.run_for(MOMENT);
    let seen = scene.world.shown(kim).chat(1).interpreter_wanted == [true];
    assert_eq!(seen, wanted, "in the chat as in the line");
    let page = scene.world.shown(survivor).chat(0).interpreter_wanted;
    assert_eq!(page.last(), Some(&wanted), "the page says the same");
    wanted
}

#[test]
fn asking_in_the_chat_tells_the_advocate_calls_nobody_and_can_be_taken_back() {
    let mut scene = Scene::new(1);
    assert_eq!(scene.shown(), (false, false));
    scene.want(true);
    assert_eq!((scene.shown(), scene.told(true)), ((true, true), (1, 1)));
    assert_eq!(scene.world.shown(scene.survivor).chat(0).company, [], "nobody is asked about");
    assert!(scene.world.shown(scene.lou).calls.is_empty());
    scene.want(true);
    assert_eq!(scene.told(true), (1, 1), "twice is once");
    scene.want(false);
    assert_eq!((scene.shown(), scene.told(false)), ((false, false), (1, 1)));
    assert!(!wanted_by_who_is_next(&mut scene));
}

#[test]
fn what_was_said_before_the_chat_is_the_same_wish_and_can_be_taken_back_in_it() {
    let mut scene = Scene::saying(2, Said { interpreter: true, ..Said::default() });
    assert_eq!((scene.shown(), scene.told(true)), ((true, true), (0, 0)));
    scene.want(false);
    assert_eq!(scene.shown(), (false, false));
}

#[test]
fn when_an_interpreter_has_joined_the_wish_is_met_and_it_can_be_said_anew_after_they_left() {
    let mut scene = Scene::new(3);
    scene.want(true);
    scene.lou_joins();
    assert_eq!(scene.shown(), (false, false));
    scene.want(true);
    assert_eq!(scene.shown(), (false, false), "there is one");
    scene.world.as_desk(scene.lou, |core, now| core.end(FIRST, now));
    scene.world.run_for(MOMENT);
    assert_eq!(scene.world.shown(scene.survivor).chat(0).company.last(), Some(&Company::Nobody));
    assert_eq!(scene.shown(), (false, false));
    scene.want(true);
    assert_eq!((scene.shown(), scene.told(true)), ((true, true), (2, 2)));
}

#[test]
fn an_interpreter_who_cannot_come_meets_no_wish() {
    let mut scene = Scene::new(4);
    scene.want(true);
    scene.agree_to_lou();
    scene.world.run_for(Duration::from_secs(200));
    assert_eq!(scene.world.shown(scene.survivor).chat(0).company.last(), Some(&Company::Nobody));
    assert_eq!(scene.shown(), (true, true));
}

#[test]
fn whoever_is_next_knows_of_it_also_where_an_interpreter_was_there_already() {
    let mut scene = Scene::new(5);
    scene.want(true);
    assert!(wanted_by_who_is_next(&mut scene));
    let mut scene = Scene::new(6);
    scene.lou_joins();
    assert!(wanted_by_who_is_next(&mut scene), "they stay behind");
}

#[test]
fn after_an_interpreter_was_asked_to_leave_no_other_is_looked_for() {
    let mut scene = Scene::new(7);
    scene.want(true);
    scene.lou_joins();
    scene.world.as_survivor(scene.survivor, |core, now| core.put_out(now));
    scene.world.run_for(MOMENT);
    assert_eq!(scene.shown(), (false, false));
    assert!(!wanted_by_who_is_next(&mut scene));
}

#[test]
fn asked_to_leave_while_they_come_in_neither_side_thinks_that_one_is_wanted() {
    let mut scene = Scene::new(8);
    scene.want(true);
    scene.lou_comes();
    let survivor = scene.survivor;
    let comes = |world: &World| {
        matches!(world.shown(survivor).chat(0).company.last(), Some(Company::Here(_)))
    };
    assert!(scene.world.run_until(SOON, comes));
    scene.world.as_survivor(survivor, |core, now| core.put_out(now));
    scene.world.run_for(SOON);
    assert_eq!(scene.shown(), (false, false));
}

#[test]
fn it_outlasts_an_advocate_whose_device_is_lost() {
    let mut scene = Scene::new(9);
    scene.want(true);
    let kim = add_desk(&mut scene.world, "Kim");
    scene.world.destroy(scene.sam);
    let waits = |world: &World| !world.shown(kim).waiting.is_empty();
    assert!(scene.world.run_until(Duration::from_secs(200), waits));
    assert!(scene.world.shown(kim).waiting[0].beforehand.interpreter);
}

#[test]
fn whoever_waits_is_heard_by_what_they_said_before_alone() {
    let (mut world, sam) = on_duty(10);
    let survivor = start(&mut world);
    world.as_survivor(survivor, |core, now| core.want_interpreter(true, now));
    take(&mut world, sam, survivor, FIRST);
    world.run_for(MOMENT);
    assert!(world.shown(sam).chat(1).interpreter_wanted.is_empty());
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Chatting));
}
