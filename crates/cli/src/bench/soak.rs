//! A soak: chats by the real core that open, talk, lose their line, come back and end, for as long as is said, at a
//! relay whose memory is watched. Every message has its number, so that one that is lost, doubled or out of order is
//! found out.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use stillroom_conversation::{
    Capacity, ChatEvent, ChatNumber, Desk, DeskEvent, Phase, Survivor, SurvivorEvent,
    WaitingSurvivor,
};
use stillroom_program::Fingerprint;
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet, LocalSet, spawn_local};
use tokio::time::{Instant, Interval, interval_at, sleep, sleep_until, timeout, timeout_at};

use super::opening::{asking, desk_of, heard};
use super::process::Measured;
use super::report::Figure;
use super::rooms::{Doors, Rooms};
use super::server::Server;
use super::{enrol, megabytes};
use crate::client::Client;
use crate::failure::Failure;
use crate::terminal::remark;

/// Chats of one program. Each desk on duty hears of everybody who waits and of what each colleague does, and one
/// processor plays all of them: the desks of twenty programs are less for it than those of one. With twice as many to
/// each, two thousand chats took it longer to begin than the time after which memory is looked at.
const CHATS_OF_A_PROGRAM: usize = 100;

/// Survivors of a program who ask for an advocate at once.
const ASKING_AT_ONCE: usize = 4;

/// Parts of the time; memory is looked at from the end of the fifth.
const PARTS: u32 = 20;

/// The parts in which the first chats begin.
const BEGIN_WITHIN: u32 = 3;

/// How often a desk looks whether it can take somebody who waits, and a survivor whether all is said.
const LOOKS_EVERY: Duration = Duration::from_millis(250);

/// How often a survivor's device loses its line, of the life of a chat.
const DROPS_OF_A_CHAT: u32 = 3;

/// How long a message may be under way, the time of a dropped line and of a desk's included.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a soak is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Soak {
    /// Chats at once.
    pub(super) chats: usize,
    /// How long it lasts.
    pub(super) lasting: Duration,
}

/// What happened.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    ended: u32,
    messages: u32,
    drops: u32,
}

/// One program, and what all its parties share.
#[derive(Clone)]
struct Program {
    root: Fingerprint,
    doors: Doors,
    /// Its part of the chats.
    chats: usize,
    soak: Soak,
    /// Who asks for an advocate now.
    asking: Rc<Semaphore>,
    tally: Rc<RefCell<Tally>>,
}

impl Soak {
    /// How long a chat goes on.
    fn life(self) -> Duration {
        self.lasting / 3
    }

    /// How often its survivor writes.
    fn every(self) -> Duration {
        self.life() / 20
    }
}

/// Lets it happen, and tells what it came to.
///
/// # Errors
/// A message was lost, doubled or out of order, or a chat did not come about.
pub(super) async fn measure(soak: Soak) -> Result<Vec<Figure>, Failure> {
    let programs = soak.chats.div_ceil(CHATS_OF_A_PROGRAM);
    let programs = (0..programs).map(|_| Rooms::new()).collect::<Result<Vec<_>, _>>()?;
    let (server, doors) = Server::of_all(&programs.iter().collect::<Vec<_>>()).await?;
    let tally = Rc::default();
    let sampled = LocalSet::new()
        .run_until(async {
            let (mut desks, mut chats) = (Vec::new(), JoinSet::new());
            for (number, (rooms, doors)) in programs.iter().zip(doors).enumerate() {
                let left = soak.chats - number * CHATS_OF_A_PROGRAM;
                let program = Program {
                    root: rooms.program().root.fingerprint(),
                    doors,
                    chats: CHATS_OF_A_PROGRAM.min(left),
                    soak,
                    asking: Rc::new(Semaphore::new(ASKING_AT_ONCE)),
                    tally: Rc::clone(&tally),
                };
                desks.extend(program.desks(rooms).await?);
                program.survivors(&mut chats);
            }
            let all_end = async {
                while let Some(chat) = chats.join_next().await {
                    chat.map_err(|_| wrong("A party of the soak broke off"))??;
                }
                Ok(())
            };
            let sampled = sample(server.measured(), soak.lasting);
            let (sampled, ()) = tokio::try_join!(sampled, all_end)?;
            desks.into_iter().for_each(|desk| desk.abort());
            Ok::<_, Failure>(sampled)
        })
        .await?;
    server.end().await;
    remark(format!("soak: memory in MB, at the end of each part: {}", in_megabytes(&sampled)));
    let tally = *tally.borrow();
    Ok(figures(tally, &sampled))
}

impl Program {
    /// As many desks as its chats need, on duty.
    async fn desks(&self, rooms: &Rooms) -> Result<Vec<JoinHandle<()>>, Failure> {
        let of_a_desk = usize::from(Capacity::MOST.chats());
        let devices =
            enrol::advocates(rooms, self.doors.desk, self.chats.div_ceil(of_a_desk)).await?;
        let mut desks = Vec::new();
        for (number, device) in devices.into_iter().enumerate() {
            let chats = of_a_desk.min(self.chats - number * of_a_desk);
            let desk = desk_of(rooms, device, self.doors.desk).await?;
            desks.push(spawn_local(answer(desk, number, chats, self.soak.every())));
        }
        Ok(desks)
    }

    /// Its survivors, who begin one after the other. The first chats of all of them are of different lengths, so that from
    /// the beginning some end and others begin at any time, and not all of them at the same.
    fn survivors(&self, all: &mut JoinSet<Result<(), Failure>>) {
        let chats = u32::try_from(self.chats).unwrap_or(u32::MAX).max(1);
        let apart = self.soak.lasting * BEGIN_WITHIN / PARTS / chats;
        for number in 0..chats {
            let first = self.soak.life() * (number + 1) / chats;
            all.spawn_local(self.clone().chat_again_and_again(apart * number, first));
        }
    }

    /// One survivor after another, until the time is over.
    async fn chat_again_and_again(self, begins: Duration, first: Duration) -> Result<(), Failure> {
        let over = Instant::now() + self.soak.lasting;
        sleep(begins).await;
        let mut life = first;
        while Instant::now() < over {
            let mut survivor = self.welcomed().await?;
            let ends = (Instant::now() + life).min(over);
            self.talk(&mut survivor, ends).await?;
            end(&mut survivor).await?;
            self.tally.borrow_mut().ended += 1;
            life = self.soak.life();
        }
        Ok(())
    }

    /// A survivor whom an advocate has taken.
    async fn welcomed(&self) -> Result<Client<Survivor>, Failure> {
        let _asks = self.asking.acquire().await.map_err(|_| wrong("Nobody may ask"))?;
        let mut survivor = asking(self.root, self.doors.survivor)?;
        let asked = Instant::now();
        let mut phases = Vec::new();
        while phases.last().is_none_or(|(_, phase)| *phase != Phase::Chatting) {
            let event = timeout_at(asked + PATIENCE, survivor.event()).await;
            if let Ok(SurvivorEvent::Phase(phase)) = event {
                phases.push((asked.elapsed(), phase));
            }
            if matches!(event, Err(_) | Ok(SurvivorEvent::Phase(Phase::Stopped(_)))) {
                return Err(wrong(&format!("A chat did not come about ({phases:?})")));
            }
        }
        Ok(survivor)
    }

    /// Writes, and hears an answer to each message, once and in order, over lines that drop.
    async fn talk(&self, survivor: &mut Client<Survivor>, ends: Instant) -> Result<(), Failure> {
        let mut messages = ticks(Duration::ZERO, self.soak.every());
        let between = self.soak.life() / DROPS_OF_A_CHAT;
        let mut drops = ticks(between, between);
        let (mut said, mut answered) = (0_u32, 0_u32);
        while said != answered || Instant::now() < ends {
            let goes_on = Instant::now() < ends;
            tokio::select! {
                event = survivor.event() => if is_answer(&event, answered)? {
                    answered += 1;
                    self.tally.borrow_mut().messages += 1;
                },
                _ = messages.tick(), if goes_on => {
                    survivor
                        .act(|core, now| core.write(&said.to_string(), now))
                        .map_err(|_| wrong("A message could not be written"))?;
                    said += 1;
                }
                _ = drops.tick(), if goes_on => {
                    survivor.drop_line();
                    self.tally.borrow_mut().drops += 1;
                }
                () = sleep_until(ends), if goes_on => {}
                () = sleep_until(ends + PATIENCE) => return Err(wrong("An answer never came")),
            }
        }
        Ok(())
    }
}

/// Whether this is the answer to the message with this number, which is the next to come.
fn is_answer(event: &SurvivorEvent, number: u32) -> Result<bool, Failure> {
    match event {
        SurvivorEvent::Conversation(event) => match heard(event) {
            Some(text) if text == answer_to(&number.to_string()) => Ok(true),
            Some(_) => Err(wrong("A message was lost, doubled or out of order")),
            None => Ok(false),
        },
        SurvivorEvent::Phase(phase) if *phase != Phase::Chatting => Err(wrong("A chat broke off")),
        _ => Ok(false),
    }
}

/// What the relay's memory was at the end of each part.
async fn sample(watched: Measured, lasting: Duration) -> Result<Vec<u64>, Failure> {
    let mut sampled = Vec::new();
    for _ in 0..PARTS {
        sleep(lasting / PARTS).await;
        sampled.push(watched.memory()?);
    }
    Ok(sampled)
}

fn in_megabytes(sampled: &[u64]) -> String {
    let shown = sampled.iter().map(|bytes| format!("{:.1}", megabytes(*bytes)));
    shown.collect::<Vec<_>>().join(", ")
}

fn figures(tally: Tally, sampled: &[u64]) -> Vec<Figure> {
    let watched = sampled.get(4..).unwrap_or(sampled);
    let most = watched.iter().copied().max().unwrap_or_default() as f64;
    let least = watched.iter().copied().min().unwrap_or_default().max(1) as f64;
    let count = |what, value: u32| Figure {
        what,
        unit: "times",
        value: f64::from(value),
        limit: None,
        targets: None,
    };
    vec![
        count("soak: chats opened and ended", tally.ended),
        count("soak: messages, there and back, each once", tally.messages),
        count("soak: lines dropped and come back", tally.drops),
        Figure {
            what: "soak: memory at the end",
            unit: "MB",
            value: megabytes(sampled.last().copied().unwrap_or_default()),
            limit: None,
            targets: None,
        },
        Figure {
            what: "soak: most memory to least, after a quarter",
            unit: "times",
            value: most / least,
            limit: None,
            targets: Some((1.10, 1.05)),
        },
    ]
}

/// A desk that takes whoever waits while it has room, answers every message with the same number, and loses its line
/// now and then.
async fn answer(mut desk: Client<Desk>, number: usize, chats: usize, every: Duration) {
    if let Some(capacity) = u8::try_from(chats).ok().and_then(Capacity::new) {
        desk.act(|core, _| core.set_capacity(capacity));
    }
    let mut drops = ticks(every * 40, every * 40);
    let mut looks = ticks(LOOKS_EVERY, LOOKS_EVERY);
    let mut waiting = Vec::new();
    loop {
        tokio::select! {
            event = desk.event() => match event {
                DeskEvent::Waiting(now) => waiting = now,
                DeskEvent::Chat { chat, event: ChatEvent::Conversation(event) } => {
                    if let Some(text) = heard(&event) {
                        reply(&mut desk, chat, text);
                    }
                }
                _ => {}
            },
            _ = looks.tick() => take_one(&mut desk, number, &waiting),
            _ = drops.tick() => desk.drop_line(),
        }
    }
}

/// Takes another one than most of the other desks do at this moment, which only one of them would get.
fn take_one(desk: &mut Client<Desk>, number: usize, waiting: &[WaitingSurvivor]) {
    let place = number % waiting.len().max(1);
    if let Some(somebody) = waiting.get(place) {
        desk.act(|core, _| core.take(somebody.ticket));
    }
}

fn reply(desk: &mut Client<Desk>, chat: ChatNumber, text: &str) {
    // A chat that ended meanwhile needs no answer; any other that lacks one is found out by its survivor.
    let _ = desk.act(|core, now| core.write(chat, &answer_to(text), now));
}

fn answer_to(text: &str) -> String {
    format!("an answer to {text}")
}

/// Ends the chat, and waits until the desk knows it, as a page does that is not closed.
async fn end(survivor: &mut Client<Survivor>) -> Result<(), Failure> {
    survivor.act(Survivor::end);
    let known = async {
        while !survivor.is_at_rest() {
            // Whether it is may change without an event.
            let _ = timeout(LOOKS_EVERY, survivor.event()).await;
        }
    };
    timeout(PATIENCE, known).await.map_err(|_| wrong("A chat did not end"))
}

fn ticks(first: Duration, every: Duration) -> Interval {
    interval_at(Instant::now() + first, every.max(Duration::from_millis(1)))
}

fn wrong(what: &str) -> Failure {
    Failure::new(
        format!("{what}, in the soak."),
        "Look at what the relay said above, and tell its makers.",
    )
}
