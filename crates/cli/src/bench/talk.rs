//! `stillroom bench-talk`: chats of the real core over relays that somebody else starts, kills and starts again. What
//! is written is numbered, so that a message which is lost, doubled or out of order is noticed as it shows.
//!
//! Commands on standard input, answers on standard output, one line of JSON each. Parties reach the relays through one
//! address each side, as behind a load balancer.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};
use stillroom_conversation::{
    ChatEvent, ChatNumber, ConversationEvent, Desk, DeskEvent, Phase, Survivor, SurvivorEvent,
};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::sync::watch;
use tokio::task::{LocalSet, spawn_local};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::balance;
use super::opening::{CHATS_OF_A_DESK, desk_on_duty, heard, open};
use super::rooms::Rooms;
use crate::client::Client;
use crate::failure::Failure;
use crate::program::ProgramFolder;
use crate::terminal::answer;

/// Chats over relays that others start and stop. Prints where the program's public file is; then, on standard input:
/// {"do":"open","chats":20,"survivors":[ports],"desks":[ports]}, {"do":"settle","after":8} (when each side has written
/// eight more, nothing is written until everything has come), {"do":"write"} (goes on), {"do":"end"}.
#[derive(Args)]
pub(crate) struct TalkArguments {
    /// Milliseconds between two messages of one side of one chat.
    #[arg(long, default_value_t = 250)]
    every: u64,
    /// The folder of the program whose chats they are, with its keys; else it is one for these chats alone.
    #[arg(long)]
    program: Option<PathBuf>,
    /// The file with the passphrase of those keys.
    #[arg(long, requires = "program")]
    passphrase_file: Option<PathBuf>,
}

impl TalkArguments {
    /// What opens chats, and where the program's public file is.
    fn rooms(&self) -> Result<(Rooms, PathBuf), Failure> {
        if let Some(program) = self.program.as_deref().map(ProgramFolder::new) {
            let rooms = Rooms::of(&program, self.passphrase_file.as_deref())?;
            return Ok((rooms, program.public_file()));
        }
        let rooms = Rooms::new()?;
        let public = rooms.beside("public.stillroom");
        Ok((rooms, public))
    }
}

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
enum Told {
    /// Open chats between survivors who come in at these ports, and desks at those.
    Open { chats: usize, survivors: Vec<u16>, desks: Vec<u16> },
    /// When each side has written so many more, write nothing more, and wait until everything has come.
    Settle { after: u64 },
    /// Write again.
    Write,
    /// End every chat.
    End,
}

/// How long everything that was written may take to come.
const SETTLED_WITHIN: Duration = Duration::from_secs(60);

/// What parties do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    Writing,
    Listening,
    Ending,
}

/// What became of what one side of one chat wrote.
#[derive(Default)]
struct Stream {
    written: u64,
    heard: u64,
    took: Vec<Duration>,
    under_way: BTreeMap<u64, Instant>,
}

/// Everything that was written and heard.
#[derive(Default)]
struct Tally {
    streams: BTreeMap<(usize, Side), Stream>,
    ended: usize,
    wrong: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Survivor,
    Desk,
}

type Shared = Rc<RefCell<Tally>>;

impl Tally {
    fn write(&mut self, chat: usize, side: Side) -> String {
        let stream = self.streams.entry((chat, side)).or_default();
        stream.written += 1;
        stream.under_way.insert(stream.written, Instant::now());
        stream.written.to_string()
    }

    /// The other side's core showed this.
    fn hear(&mut self, chat: usize, by: Side, text: &str) {
        let stream = self.streams.entry((chat, by)).or_default();
        if text != (stream.heard + 1).to_string() {
            let line = format!("chat {chat}, from {by:?}: {text} after {}", stream.heard);
            self.wrong.push(line);
            return;
        }
        stream.heard += 1;
        if let Some(written) = stream.under_way.remove(&stream.heard) {
            stream.took.push(written.elapsed());
        }
    }

    /// What each side will have written when it has written so many more.
    fn written(&self, more: u64) -> BTreeMap<(usize, Side), u64> {
        self.streams.iter().map(|(key, stream)| (*key, stream.written + more)).collect()
    }

    fn has_written(&self, wanted: &BTreeMap<(usize, Side), u64>) -> bool {
        let written = |key| self.streams.get(key).map_or(0, |stream| stream.written);
        wanted.iter().all(|(key, wanted)| written(key) >= *wanted)
    }

    fn is_settled(&self) -> bool {
        self.streams.values().all(|stream| stream.heard == stream.written)
    }

    /// What there was, and how long messages took since the last time.
    fn report(&mut self, settled: bool) -> Value {
        let all = |of: fn(&Stream) -> u64| self.streams.values().map(of).sum::<u64>();
        let (written, heard) = (all(|stream| stream.written), all(|stream| stream.heard));
        let mut took: Vec<_> =
            self.streams.values_mut().flat_map(|stream| std::mem::take(&mut stream.took)).collect();
        took.sort_unstable();
        let at =
            |part: usize| took.get(took.len() * part / 100).map(|took| took.as_secs_f64() * 1e3);
        let report = json!({
            "settled": settled, "written": written, "heard": heard, "wrong": self.wrong,
            "median_ms": at(50), "ninety_ninth_ms": at(99),
            "slowest_ms": took.last().map(|took| took.as_secs_f64() * 1e3),
        });
        report
    }
}

/// Runs until standard input ends.
pub(crate) async fn run(arguments: TalkArguments) -> Result<(), Failure> {
    LocalSet::new().run_until(talk(arguments)).await
}

async fn talk(arguments: TalkArguments) -> Result<(), Failure> {
    let every = Duration::from_millis(arguments.every);
    let (rooms, public) = arguments.rooms()?;
    answer(json!({"program": public}).to_string());
    let tally = Shared::default();
    let (doing, _) = watch::channel(Doing::Writing);
    let mut chats = 0;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let told = serde_json::from_str(&line).map_err(|error| {
            Failure::new(format!("A line is not a command: {error}."), "See --help.")
        })?;
        match told {
            Told::Open { chats: more, survivors, desks } => {
                let doors = (balanced(survivors).await?, balanced(desks).await?);
                let start = Party { tally: &tally, doing: &doing, every };
                start.open(&rooms, doors, chats..chats + more).await?;
                chats += more;
                doing.send_replace(Doing::Writing);
                answer(json!({"opened": chats}).to_string());
            }
            Told::Settle { after } => {
                let more: BTreeMap<_, _> = tally.borrow().written(after);
                let _written = until(|| tally.borrow().has_written(&more)).await;
                doing.send_replace(Doing::Listening);
                let settled = until(|| tally.borrow().is_settled()).await;
                answer(tally.borrow_mut().report(settled).to_string());
            }
            Told::Write => {
                doing.send_replace(Doing::Writing);
            }
            Told::End => {
                doing.send_replace(Doing::Ending);
                let ended = until(|| tally.borrow().ended == chats).await;
                let count = tally.borrow().ended;
                answer(json!({"ended": count, "all": ended}).to_string());
            }
        }
    }
    Ok(())
}

async fn balanced(relays: Vec<u16>) -> Result<u16, Failure> {
    balance::over(relays).await.map_err(super::load::broken)
}

/// Waits until something is so, though not for ever.
async fn until(is_so: impl Fn() -> bool) -> bool {
    let mut looks = interval(Duration::from_millis(20));
    let waiting = async {
        while !is_so() {
            looks.tick().await;
        }
    };
    timeout(SETTLED_WITHIN, waiting).await.is_ok()
}

/// What every party is told.
struct Party<'a> {
    tally: &'a Shared,
    doing: &'a watch::Sender<Doing>,
    every: Duration,
}

impl Party<'_> {
    /// Opens chats one after the other, and lets both sides write as soon as a desk has all of its own.
    async fn open(
        &self,
        rooms: &Rooms,
        (survivors, desks): (u16, u16),
        numbers: std::ops::Range<usize>,
    ) -> Result<(), Failure> {
        let numbers: Vec<usize> = numbers.collect();
        for of_desk in numbers.chunks(CHATS_OF_A_DESK) {
            let mut desk = desk_on_duty(rooms, desks).await?;
            let (mut chats, mut opened) = (BTreeMap::new(), Vec::new());
            for number in of_desk {
                let (survivor, chat) = open(rooms, &mut desk, survivors).await?;
                chats.insert(chat, *number);
                opened.push((survivor, *number));
            }
            for (survivor, number) in opened {
                let (tally, doing) = (Rc::clone(self.tally), self.doing.subscribe());
                spawn_local(survive(survivor, number, tally, doing, self.every));
            }
            // The next desk has a duty key of its own: nobody has published these devices.
            desk.act(|core, _| core.go_off_duty());
            let (tally, doing) = (Rc::clone(self.tally), self.doing.subscribe());
            spawn_local(advocate(desk, chats, tally, doing, self.every));
        }
        Ok(())
    }
}

async fn survive(
    mut survivor: Client<Survivor>,
    number: usize,
    tally: Shared,
    doing: watch::Receiver<Doing>,
    every: Duration,
) {
    let mut pace = paced(every);
    loop {
        tokio::select! {
            event = survivor.event() => match event {
                SurvivorEvent::Conversation(event) => {
                    hear(&tally, number, Side::Desk, &event);
                }
                SurvivorEvent::Phase(Phase::Ended(_)) => {
                    tally.borrow_mut().ended += 1;
                    return;
                }
                SurvivorEvent::Phase(Phase::Stopped(why)) => {
                    tally.borrow_mut().wrong.push(format!("chat {number} stopped: {why:?}"));
                    return;
                }
                _ => {}
            },
            _ = pace.tick() => if *doing.borrow() == Doing::Writing {
                let text = tally.borrow_mut().write(number, Side::Survivor);
                if let Err(error) = survivor.act(|core, now| core.write(&text, now)) {
                    let line = format!("chat {number} takes nothing from the survivor: {error:?}");
                    tally.borrow_mut().wrong.push(line);
                }
            },
        }
    }
}

async fn advocate(
    mut desk: Client<Desk>,
    chats: BTreeMap<ChatNumber, usize>,
    tally: Shared,
    mut doing: watch::Receiver<Doing>,
    every: Duration,
) {
    let mut pace = paced(every);
    loop {
        tokio::select! {
            event = desk.event() => {
                if let DeskEvent::Chat { chat, event } = event
                    && let Some(number) = chats.get(&chat)
                {
                    match event {
                        ChatEvent::Conversation(event) => {
                            hear(&tally, *number, Side::Survivor, &event);
                        }
                        ChatEvent::Lost => {
                            tally.borrow_mut().wrong.push(format!("chat {number} is lost"));
                        }
                        _ => {}
                    }
                }
            }
            Ok(()) = doing.changed() => if *doing.borrow() == Doing::Ending {
                chats.keys().for_each(|chat| desk.act(|core, now| core.end(*chat, now)));
            },
            _ = pace.tick() => if *doing.borrow() == Doing::Writing {
                for (chat, number) in &chats {
                    let text = tally.borrow_mut().write(*number, Side::Desk);
                    if let Err(error) = desk.act(|core, now| core.write(*chat, &text, now)) {
                        let line = format!("chat {number} takes nothing from the desk: {error:?}");
                        tally.borrow_mut().wrong.push(line);
                    }
                }
            },
        }
    }
}

fn paced(every: Duration) -> tokio::time::Interval {
    let mut pace = interval(every);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pace
}

fn hear(tally: &Shared, number: usize, by: Side, event: &ConversationEvent) {
    if let Some(text) = heard(event) {
        tally.borrow_mut().hear(number, by, text);
    }
}
