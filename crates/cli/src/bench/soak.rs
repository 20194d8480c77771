//! A soak: chats by the real core that open, talk, lose their line, come back and end, for as long as is said, at a
//! relay whose memory is watched. Every message has its number, so that one that is lost, doubled or out of order is
//! found out.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use stillroom_conversation::{
    Author, Capacity, ChatEvent, ChatNumber, ConversationEvent, Desk, DeskEvent, Phase, Said,
    Survivor, SurvivorEvent, SurvivorSetup,
};
use stillroom_program::Fingerprint;
use tokio::task::LocalSet;
use tokio::time::{Instant, Interval, interval_at, sleep, sleep_until, timeout_at};

use super::opening::{desk_on_duty, local};
use super::process::Measured;
use super::report::Figure;
use super::rooms::{Doors, Rooms};
use super::server::Server;
use crate::client::Client;
use crate::clock::Clock;
use crate::failure::Failure;
use crate::randomness::randomness;

/// Chats of one desk: as many as a desk may have.
const CHATS_OF_A_DESK: usize = 12;

/// Parts of the time: chats begin in the first three, and memory is looked at from the end of the fifth.
const PARTS: u32 = 20;

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

/// What all parties of a soak share.
#[derive(Clone)]
struct Plan {
    doors: Doors,
    /// When no chat begins any more.
    until: Instant,
    /// How long a chat goes on.
    life: Duration,
    /// How often its survivor writes.
    every: Duration,
    tally: Rc<RefCell<Tally>>,
}

/// Lets it happen, and tells what it came to.
///
/// # Errors
/// A message was lost, doubled or out of order, or a chat did not come about.
pub(super) async fn measure(rooms: &Rooms, soak: Soak) -> Result<Vec<Figure>, Failure> {
    let server = Server::relay(rooms).await?;
    let life = soak.lasting / 3;
    let plan = Plan {
        doors: server.doors(),
        until: Instant::now() + soak.lasting,
        life,
        every: life / 20,
        tally: Rc::default(),
    };
    let (watched, root) = (server.measured(), rooms.program().root.fingerprint());
    let parties = LocalSet::new();
    let sampled = parties
        .run_until(async {
            let mut desks = Vec::new();
            for first in (0..soak.chats).step_by(CHATS_OF_A_DESK) {
                let chats = CHATS_OF_A_DESK.min(soak.chats - first);
                let desk = desk_on_duty(rooms, plan.doors.desk).await?;
                desks.push(tokio::task::spawn_local(answer(desk, chats, plan.every)));
            }
            let chats = (0..soak.chats).map(|number| {
                let begins = soak.lasting * 3 / PARTS * u32::try_from(number).unwrap_or(0)
                    / u32::try_from(soak.chats).unwrap_or(u32::MAX);
                tokio::task::spawn_local(chat_again_and_again(root, plan.clone(), begins))
            });
            let chats: Vec<_> = chats.collect();
            let sampled = sample(watched, soak.lasting).await?;
            for chat in chats {
                chat.await.map_err(|_| wrong("A party of the soak broke off"))??;
            }
            desks.into_iter().for_each(|desk| desk.abort());
            Ok::<_, Failure>(sampled)
        })
        .await?;
    server.end().await;
    let tally = *plan.tally.borrow();
    Ok(figures(tally, &sampled))
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
            value: sampled.last().copied().unwrap_or_default() as f64 / (1024.0 * 1024.0),
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
async fn answer(mut desk: Client<Desk>, chats: usize, every: Duration) {
    if let Some(capacity) = u8::try_from(chats).ok().and_then(Capacity::new) {
        desk.act(|core, _| core.set_capacity(capacity));
    }
    let mut drops = ticks(every * 40, every * 40);
    loop {
        tokio::select! {
            event = desk.event() => heed(&mut desk, event),
            _ = drops.tick() => desk.drop_line(),
        }
    }
}

fn heed(desk: &mut Client<Desk>, event: DeskEvent) {
    match event {
        DeskEvent::Waiting(waiting) if !waiting.is_empty() => {
            desk.act(|core, _| core.take_next());
        }
        DeskEvent::Chat { chat, event } => match event {
            ChatEvent::Conversation(ConversationEvent::Message {
                from: Author::Member(_),
                text,
                ..
            }) => reply(desk, chat, &text),
            // There is room for one more.
            ChatEvent::Ended(_) | ChatEvent::Lost => desk.act(|core, _| core.take_next()),
            _ => {}
        },
        _ => {}
    }
}

fn reply(desk: &mut Client<Desk>, chat: ChatNumber, text: &str) {
    // A chat that ended meanwhile needs no answer; any other that lacks one is found out by its survivor.
    let _ = desk.act(|core, now| core.write(chat, &answer_to(text), now));
}

fn answer_to(text: &str) -> String {
    format!("an answer to {text}")
}

/// One survivor after another, until the time is over.
async fn chat_again_and_again(
    root: Fingerprint,
    plan: Plan,
    begins: Duration,
) -> Result<(), Failure> {
    sleep(begins).await;
    while Instant::now() < plan.until {
        let clock = Clock::start();
        let core = Survivor::new(SurvivorSetup { root }, randomness());
        let mut survivor = Client::new(core, local(plan.doors.survivor)?, clock);
        survivor.act(|core, now| core.start(Said::default(), now));
        until_phase(&mut survivor, Phase::Chatting).await?;
        talk(&mut survivor, &plan).await?;
        survivor.act(Survivor::end);
        until_ended(&mut survivor).await?;
        plan.tally.borrow_mut().ended += 1;
    }
    Ok(())
}

/// Writes, and hears an answer to each message, once and in order, over lines that drop.
async fn talk(survivor: &mut Client<Survivor>, plan: &Plan) -> Result<(), Failure> {
    let ends = (Instant::now() + plan.life).min(plan.until);
    let mut messages = ticks(Duration::ZERO, plan.every);
    let between = plan.life / DROPS_OF_A_CHAT;
    let mut drops = ticks(between, between);
    let (mut said, mut heard) = (0_u32, 0_u32);
    loop {
        if said == heard && Instant::now() >= ends {
            return Ok(());
        }
        tokio::select! {
            event = survivor.event() => match event {
                SurvivorEvent::Conversation(ConversationEvent::Message {
                    from: Author::Member(_), text, ..
                }) => {
                    if *text != answer_to(&heard.to_string()) {
                        return Err(wrong("A message was lost, doubled or out of order"));
                    }
                    heard += 1;
                    plan.tally.borrow_mut().messages += 1;
                }
                SurvivorEvent::Phase(phase) if phase != Phase::Chatting => {
                    return Err(wrong("A chat broke off"));
                }
                _ => {}
            },
            _ = messages.tick(), if Instant::now() < ends => {
                survivor
                    .act(|core, now| core.write(&said.to_string(), now))
                    .map_err(|_| wrong("A message could not be written"))?;
                said += 1;
            }
            _ = drops.tick(), if Instant::now() < ends => {
                survivor.drop_line();
                plan.tally.borrow_mut().drops += 1;
            }
            () = sleep_until(ends + PATIENCE) => {
                return Err(wrong("An answer never came"));
            }
            () = sleep_until(ends), if said == heard => {}
        }
    }
}

async fn until_phase(survivor: &mut Client<Survivor>, phase: Phase) -> Result<(), Failure> {
    let late = Instant::now() + PATIENCE;
    let reached = async { while survivor.event().await != SurvivorEvent::Phase(phase) {} };
    timeout_at(late, reached).await.map_err(|_| wrong("A chat did not come about"))
}

async fn until_ended(survivor: &mut Client<Survivor>) -> Result<(), Failure> {
    let late = Instant::now() + PATIENCE;
    let ended = async {
        loop {
            if let SurvivorEvent::Phase(Phase::Ended(_)) = survivor.event().await {
                return;
            }
        }
    };
    timeout_at(late, ended).await.map_err(|_| wrong("A chat did not end"))
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
