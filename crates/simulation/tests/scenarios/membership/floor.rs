//! Five people, and all that they and the net can do.

use core::time::Duration;
use std::{cell::RefCell, rc::Rc};

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use stillroom_conversation::{
    ChatNumber, Company, Handover, HandoverReason, HandoverStep, JoinsAs, Phase, Successor,
};
use stillroom_program::{Roles, VerifyingKey, decode, encode};
use stillroom_protocol::{ClientFrame, RelayFrame, StaffId};
use stillroom_simulation::{DeviceNumber, Direction, Fate, Way, World};

use super::watch::Watch;
use crate::scene::{FIRST, SOON, start, take};

/// Who takes part. Sam and Kim are advocates, Alex is a supervisor who takes chats too, Lou interprets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Person {
    Survivor,
    Sam,
    Kim,
    Alex,
    Lou,
}

use Person::{Alex, Kim, Lou, Sam, Survivor};

impl Person {
    pub(crate) const ALL: [Self; 5] = [Survivor, Sam, Kim, Alex, Lou];
    pub(crate) const STAFF: [Self; 4] = [Sam, Kim, Alex, Lou];
    /// Who can lead a chat.
    pub(crate) const LEADS: [Self; 3] = [Sam, Kim, Alex];
    /// Who can be asked to join one.
    pub(crate) const GUESTS: [Self; 2] = [Alex, Lou];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Survivor => "",
            Sam => "Sam",
            Kim => "Kim",
            Alex => "Alex",
            Lou => "Lourdes",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::STAFF.into_iter().find(|one| one.name() == name)
    }

    fn roles(self) -> Roles {
        match self {
            Alex => Roles::ADVOCATE | Roles::SUPERVISOR,
            Lou => Roles::INTERPRETER,
            Survivor | Sam | Kim => Roles::ADVOCATE,
        }
    }

    fn joins_as(self) -> JoinsAs {
        if self == Lou { JoinsAs::Interpreter } else { JoinsAs::Supervisor }
    }
}

/// For whom a handover is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum To {
    Anyone,
    Supervisor,
    Colleague(Person),
}

/// Something that somebody does, or that happens. What makes no sense at the moment is tried all the same: a button
/// can be pressed in the moment in which it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Anybody writes, wherever they are last.
    Say(Person),
    /// A lead asks whether somebody may join.
    AskIn {
        by: Person,
        whom: Person,
    },
    /// The survivor's answer to that; a no takes a yes back.
    AnswerJoining(bool),
    /// The survivor asks a third person to leave.
    AskOut,
    /// The lead asks no more, or puts them out.
    PutOut(Person),
    /// Whoever is called comes, or cannot.
    AnswerCall(Person, bool),
    /// A third person leaves by themselves.
    StepOut(Person),
    /// A lead asks whether somebody else may take over.
    HandOver {
        by: Person,
        to: To,
    },
    TakeBack(Person),
    AnswerHandover(bool),
    /// A lead asks whether the chat may end, and the survivor goes on.
    AskEnd(Person),
    GoOn,
    /// A desk takes whoever is first.
    Take(Person),
    /// Somebody ends the chat.
    End(Person),
    /// A line breaks, and is built again.
    Cut(Person),
    /// A device sleeps, its line gone without its knowing.
    Sleep(Person),
    Wake(Person),
    /// The relay is killed, and started again with nothing in memory.
    KillRelay,
    /// Frames are lost, doubled and late, or not any more.
    Faults(bool),
    /// The relay is in league with Lou: their desk hears nothing that would put them out, and is given whatever
    /// anybody posts, the newest first, once all is done.
    Conspire,
}

impl Act {
    /// Whose device it takes.
    fn whose(self) -> Person {
        match self {
            Self::Say(person)
            | Self::PutOut(person)
            | Self::AnswerCall(person, _)
            | Self::StepOut(person)
            | Self::TakeBack(person)
            | Self::AskEnd(person)
            | Self::Take(person)
            | Self::End(person)
            | Self::Cut(person)
            | Self::Sleep(person)
            | Self::Wake(person)
            | Self::AskIn { by: person, .. }
            | Self::HandOver { by: person, .. } => person,
            Self::AnswerJoining(_)
            | Self::AskOut
            | Self::AnswerHandover(_)
            | Self::GoOn
            | Self::KillRelay
            | Self::Faults(_)
            | Self::Conspire => Survivor,
        }
    }
}

/// What the relay keeps for Lou while it is in league with them.
type Plot = Rc<RefCell<Option<Vec<Vec<u8>>>>>;

pub(crate) struct Floor {
    pub(crate) world: World,
    pub(crate) watch: Watch,
    survivor: DeviceNumber,
    desks: [(Person, DeviceNumber, VerifyingKey); 4],
    asleep: Vec<Person>,
    plot: Plot,
    seed: u64,
    written: usize,
}

impl Floor {
    /// Everybody on duty, and Sam in a chat with the survivor.
    pub(crate) fn new(seed: u64) -> Self {
        let mut world = World::new(seed);
        let desks = Person::STAFF.map(|person| {
            let device = world.program.staff(person.roles(), person.name());
            let key = device.key();
            let desk = world.desk(device);
            world.as_desk(desk, |core, now| core.go_on_duty(now));
            (person, desk, key)
        });
        world.run_for(Duration::from_secs(2));
        let survivor = start(&mut world);
        take(&mut world, desks[0].1, survivor, FIRST);
        world.run_for(Duration::from_secs(2));
        let numbers = desks.map(|(person, desk, _)| (person, desk));
        let watch = Watch::new(survivor, numbers);
        let plot = Plot::default();
        let (asleep, written) = (Vec::new(), 0);
        let mut floor = Self { world, watch, survivor, desks, asleep, plot, seed, written };
        floor.set_way(false);
        floor.run(Duration::ZERO);
        floor
    }

    pub(crate) fn device(&self, person: Person) -> DeviceNumber {
        let desk = self.desks.iter().find(|(one, ..)| *one == person);
        desk.map_or(self.survivor, |(_, desk, _)| *desk)
    }

    fn key(&self, person: Person) -> Option<VerifyingKey> {
        self.desks.iter().find(|(one, ..)| *one == person).map(|(_, _, key)| *key)
    }

    /// The chat that a desk leads, as its page shows it.
    pub(crate) fn led(&self, desk: Person) -> Option<ChatNumber> {
        self.open(desk, false)
    }

    /// The chat that a desk joined.
    pub(crate) fn joined(&self, desk: Person) -> Option<ChatNumber> {
        self.open(desk, true)
    }

    fn open(&self, desk: Person, as_third: bool) -> Option<ChatNumber> {
        let chats = &self.world.shown(self.device(desk)).chats;
        let mut open = chats.iter().enumerate().skip(1).rev();
        let (number, _) = open.find(|(_, chat)| {
            let is_there = if as_third { chat.entered.is_some() } else { chat.joined };
            is_there && !chat.over
        })?;
        u32::try_from(number).ok().map(ChatNumber)
    }

    pub(crate) fn phase(&self) -> Option<Phase> {
        self.world.shown(self.survivor).phase()
    }

    pub(crate) fn company(&self) -> Company {
        self.world.shown(self.survivor).chat(0).company.last().cloned().unwrap_or_default()
    }

    /// Whether the survivor's page says that they are here.
    pub(crate) fn survivor_shows(&self, person: Person) -> bool {
        let roster = self.world.shown(self.survivor).chat(0).roster;
        person != Survivor && roster.iter().any(|one| one.name == person.name())
    }

    /// Whether a third person is in, by their own page and the survivor's.
    pub(crate) fn is_in(&self, third: Person) -> bool {
        self.joined(third).is_some() && self.survivor_shows(third)
    }

    /// Whether no desk has anything open.
    pub(crate) fn nobody_is_in(&self) -> bool {
        Person::STAFF.into_iter().all(|desk| {
            let mut chats = self.world.shown(self.device(desk)).chats.iter().skip(1);
            chats.all(|chat| chat.over)
        })
    }

    pub(crate) fn can_take(&self, desk: Person) -> bool {
        self.world.shown(self.device(desk)).waiting.iter().any(|one| one.offered)
    }

    /// What somebody could do now by what their page shows: what matters most to them more than once.
    pub(crate) fn possible(&self) -> Vec<Act> {
        let mut acts = self.survivor_could();
        for desk in Person::LEADS {
            acts.extend(self.lead_could(desk));
            if self.can_take(desk) {
                acts.extend([Act::Take(desk); 3]);
            }
        }
        for guest in Person::GUESTS {
            if self.joined(guest).is_some() {
                acts.extend([Act::Say(guest); 4]);
                acts.push(Act::StepOut(guest));
            }
            if !self.world.shown(self.device(guest)).calls.is_empty() {
                acts.extend([Act::AnswerCall(guest, true); 12]);
                acts.push(Act::AnswerCall(guest, false));
            }
        }
        acts
    }

    fn survivor_could(&self) -> Vec<Act> {
        let mut acts = Vec::new();
        let page = self.world.shown(self.survivor);
        if matches!(self.phase(), Some(Phase::Chatting | Phase::Waiting { .. })) {
            acts.extend([Act::Say(Survivor); 3]);
        }
        match self.company() {
            Company::Asked(_) => {
                acts.extend([Act::AnswerJoining(true); 12]);
                acts.push(Act::AnswerJoining(false));
            }
            Company::Awaited(_) => acts.push(Act::AnswerJoining(false)),
            Company::Here(_) => acts.extend([Act::AskOut; 2]),
            Company::Leaving(_) => acts.extend([Act::Say(Survivor); 9]),
            Company::Nobody => {}
        }
        if page.question.is_some() {
            acts.extend([Act::AnswerHandover(true); 3]);
            acts.push(Act::AnswerHandover(false));
        }
        if page.end_asked.is_some() {
            acts.extend([Act::GoOn; 2]);
        }
        acts
    }

    fn lead_could(&self, desk: Person) -> Vec<Act> {
        let Some(ChatNumber(number)) = self.led(desk) else {
            return Vec::new();
        };
        let chat = self.world.shown(self.device(desk)).chat(number as usize);
        let mut acts = vec![Act::Say(desk), Act::Say(desk), Act::Say(desk), Act::AskEnd(desk)];
        if chat.company.last().is_some_and(|company| *company != Company::Nobody) {
            acts.push(Act::PutOut(desk));
        } else if let Some(HandoverStep::Asked(_)) = chat.handover.last() {
            acts.push(Act::TakeBack(desk));
        } else {
            let guests = Person::GUESTS.into_iter().filter(|guest| *guest != desk);
            acts.extend(guests.flat_map(|whom| [Act::AskIn { by: desk, whom }; 5]));
            let others = Person::LEADS.into_iter().filter(|one| *one != desk);
            let whom = [To::Anyone, To::Supervisor].into_iter().chain(others.map(To::Colleague));
            acts.extend(whom.map(|to| Act::HandOver { by: desk, to }));
        }
        acts
    }

    /// Does it, and sees what comes of it at once.
    pub(crate) fn act(&mut self, act: Act) {
        match act {
            Act::Cut(_) | Act::Sleep(_) | Act::Wake(_) | Act::KillRelay => self.go_wrong(act),
            Act::Faults(on) => self.set_way(on),
            Act::Conspire => {
                self.plot.borrow_mut().get_or_insert_default();
            }
            // Of whoever sleeps nothing comes.
            _ if self.asleep.contains(&act.whose()) => {}
            Act::Say(person) => self.say(person),
            Act::AskIn { .. } | Act::PutOut(_) | Act::HandOver { .. } | Act::TakeBack(_) => {
                self.act_as_lead(act);
            }
            Act::AskEnd(_) => self.act_as_lead(act),
            Act::AnswerJoining(_) | Act::AskOut | Act::AnswerHandover(_) | Act::GoOn => {
                self.act_as_survivor(act);
            }
            Act::AnswerCall(guest, comes) => {
                let device = self.device(guest);
                let call = self.world.shown(device).calls.first().cloned();
                if let Some(call) = call {
                    let (from, number) = (call.from, call.number);
                    self.world
                        .as_desk(device, |core, now| core.answer_call(from, number, comes, now));
                }
            }
            Act::StepOut(guest) => {
                if let Some(chat) = self.joined(guest) {
                    self.world.as_desk(self.device(guest), |core, now| core.end(chat, now));
                }
            }
            Act::Take(desk) => {
                self.world.as_desk(self.device(desk), |core, _| core.take_next());
            }
            Act::End(Survivor) => {
                self.world.as_survivor(self.survivor, |core, now| core.end(now));
            }
            Act::End(desk) => {
                if let Some(chat) = self.led(desk) {
                    self.world.as_desk(self.device(desk), |core, now| core.end(chat, now));
                }
            }
        }
        self.run(Duration::ZERO);
    }

    /// What goes wrong with lines.
    fn go_wrong(&mut self, act: Act) {
        match act {
            Act::KillRelay => {
                self.world.kill_relay();
                self.run(Duration::from_secs(2));
                self.world.start_relay();
            }
            Act::Wake(person) => {
                let before = self.asleep.len();
                self.asleep.retain(|one| *one != person);
                if self.asleep.len() < before {
                    self.world.unlock(self.device(person));
                }
            }
            Act::Cut(person) if !self.asleep.contains(&person) => {
                self.world.cut(self.device(person));
            }
            Act::Sleep(person) if !self.asleep.contains(&person) => {
                self.asleep.push(person);
                self.world.lock(self.device(person));
            }
            _ => {}
        }
    }

    fn say(&mut self, person: Person) {
        let text = format!("{person:?} {}", self.written);
        let device = self.device(person);
        self.written += 1;
        if person == Survivor {
            self.watch.before_writing(Survivor, None, &text);
            self.world.as_survivor(device, |core, now| core.write(&text, now));
        } else {
            let Some(chat) = self.led(person).max(self.joined(person)) else {
                return;
            };
            self.watch.before_writing(person, Some(chat), &text);
            self.world.as_desk(device, |core, now| core.write(chat, &text, now));
        }
    }

    fn act_as_survivor(&mut self, act: Act) {
        if act == Act::AnswerJoining(true) {
            self.watch.before_yes(&self.company());
        }
        self.world.as_survivor(self.survivor, |core, now| match act {
            Act::AnswerJoining(true) => core.accept_joining(now),
            Act::AnswerJoining(false) => core.decline_joining(now),
            Act::AskOut => core.put_out(now),
            Act::AnswerHandover(true) => core.accept_handover(now),
            Act::AnswerHandover(false) => core.decline_handover(now),
            _ => core.go_on(now),
        });
    }

    fn act_as_lead(&mut self, act: Act) {
        let (Act::AskIn { by, .. }
        | Act::PutOut(by)
        | Act::HandOver { by, .. }
        | Act::TakeBack(by)
        | Act::AskEnd(by)) = act
        else {
            return;
        };
        let Some(chat) = self.led(by) else { return };
        let whom = match act {
            Act::AskIn { whom, .. } | Act::HandOver { to: To::Colleague(whom), .. } => whom,
            _ => by,
        };
        let Some(key) = self.key(whom) else { return };
        // What is refused because it is not the time for it is no matter here.
        self.world.as_desk(self.device(by), |core, now| match act {
            Act::AskIn { whom, .. } => {
                let _ = core.ask_joining(chat, StaffId(key.0), whom.joins_as(), now);
            }
            Act::HandOver { to, .. } => {
                let to = match to {
                    To::Anyone => Successor::Anyone,
                    To::Supervisor => Successor::Supervisor,
                    To::Colleague(_) => Successor::Colleague { device: key },
                };
                if let Ok(words) = Handover::new(HandoverReason::ShiftEnds, "", "a note") {
                    let _ = core.hand_over(chat, to, words, now);
                }
            }
            Act::TakeBack(_) => core.withdraw_handover(chat, now),
            Act::AskEnd(_) => core.ask_end(chat, now),
            _ => core.put_out(chat, now),
        });
    }

    /// Lets time pass, and looks at every page whenever something happened.
    pub(crate) fn run(&mut self, time: Duration) {
        let watch = RefCell::new(&mut self.watch);
        self.world.run_until(time, |world| {
            watch.borrow_mut().look(world);
            false
        });
        self.watch.look(&self.world);
    }

    /// Lets time pass until `done`.
    pub(crate) fn run_until(&mut self, time: Duration, done: impl Fn(&Self) -> bool) -> bool {
        let mut left = time;
        let step = Duration::from_millis(500);
        while !done(self) && !left.is_zero() {
            self.run(step);
            left = left.saturating_sub(step);
        }
        done(self)
    }

    /// Lines are back, the relay serves again, and what it kept for Lou comes, the newest first.
    pub(crate) fn mend(&mut self) {
        self.set_way(false);
        for person in Person::ALL {
            self.act(Act::Wake(person));
        }
        let lou = self.device(Lou);
        let kept = self.plot.borrow_mut().take().unwrap_or_default();
        for frame in kept.into_iter().rev() {
            self.world.inject_down(lou, frame);
        }
        self.run(SOON);
    }

    fn set_way(&mut self, faults: bool) {
        let mut faults = faults.then(|| faulty(self.seed));
        let (plot, lou) = (Rc::clone(&self.plot), self.device(Lou));
        self.world.set_way(Box::new(move |device, direction, frame| {
            if let Some(kept) = &mut *plot.borrow_mut() {
                if let (Direction::Up, Ok(ClientFrame::Post { room, message })) =
                    (direction, decode(frame))
                {
                    kept.push(encode(&RelayFrame::Delivered { room, message }));
                }
                let would_tell = matches!(
                    decode(frame),
                    Ok(RelayFrame::Delivered { .. }
                        | RelayFrame::Refused { .. }
                        | RelayFrame::FromStaff { .. })
                );
                if direction == Direction::Down && device == lou && would_tell {
                    kept.push(frame.to_vec());
                    return Fate::Dropped;
                }
            }
            faults.as_mut().map_or(Fate::Arrives, |way| way(device, direction, frame))
        }));
    }
}

/// A net and a relay that lose, double and delay every fourth of what belongs to a chat or is between desks. On the
/// way up nothing else is lost but with the whole line.
fn faulty(seed: u64) -> Way {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut late: Vec<(DeviceNumber, Vec<u8>)> = Vec::new();
    Box::new(move |device, direction, frame| {
        let may = match direction {
            Direction::Up => {
                matches!(decode(frame), Ok(ClientFrame::Post { .. }))
            }
            Direction::Down => matches!(
                decode(frame),
                Ok(RelayFrame::Delivered { .. } | RelayFrame::FromStaff { .. })
            ),
        };
        if !may {
            return Fate::Arrives;
        }
        match rng.next_u64() % 16 {
            0 | 1 => Fate::Dropped,
            2 => Fate::Becomes(vec![frame.to_vec(), frame.to_vec()]),
            3 if direction == Direction::Down => {
                late.push((device, frame.to_vec()));
                Fate::Dropped
            }
            _ if direction == Direction::Down => {
                let is_theirs = |(of, _): &mut (DeviceNumber, Vec<u8>)| *of == device;
                let overtaken = late.extract_if(.., is_theirs).map(|(_, frame)| frame);
                Fate::Becomes(core::iter::once(frame.to_vec()).chain(overtaken).collect())
            }
            _ => Fate::Arrives,
        }
    })
}
