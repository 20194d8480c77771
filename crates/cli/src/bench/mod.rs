//! `stillroom bench`: what this relay costs, beside one that knows nothing (`numbers.md`, Relay).
//!
//! Each relay is a process of its own on one CPU, the load comes from this process on another, and both
//! relays are measured in the same run with the same load: figures of two runs, or of two machines, say
//! little about each other. Nothing here is a promise about networks or about relays behind a proxy.

mod balance;
mod beside;
mod desk_line;
mod end;
mod enrol;
mod floods;
mod growth;
pub(crate) mod limit;
mod load;
mod opening;
mod process;
mod report;
mod rooms;
mod server;
mod soak;
pub(crate) mod talk;
mod turns;
mod wire;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use self::load::Chat;
use self::report::{Figure, Report};
use self::rooms::{Doors, Rooms};
use self::server::Server;
pub(crate) use self::server::stay_on;
use self::soak::Soak;
use crate::failure::Failure;
use crate::files;
use crate::terminal::{answer, remark};

/// Measure a relay on this computer against one that does nothing but pass bytes on.
#[derive(Args)]
pub(crate) struct BenchArguments {
    /// A short run that shows that everything works; its figures say little.
    #[arg(long)]
    quick: bool,
    /// Print one line of JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Chats held open, each of two connections: 10,000 take 20,000 open files in each of two processes.
    #[arg(long, default_value_t = 1_000)]
    chats: usize,
    /// Messages a second, in all, where the pace is measured.
    #[arg(long, default_value_t = 1_000)]
    rate: u32,
    /// Seconds for which each thing is measured.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Few chats, for the growth of the cost of a message from few to many.
    #[arg(long, default_value_t = 400)]
    few: usize,
    /// Many chats, for the same.
    #[arg(long, default_value_t = 4_000)]
    many: usize,
    /// Chats opened by survivors and desks that really encrypt.
    #[arg(long, default_value_t = 200)]
    staffed: usize,
    /// Chats held idle to see what they weigh together: a connection for each survivor, and one for each desk, which
    /// carries sixty of them.
    #[arg(long)]
    idle: Option<usize>,
    /// Measure what floods cost, with so many idle sockets (10,000) and what belongs to them.
    #[arg(long)]
    floods: Option<usize>,
    /// Measure nothing but floods: what they cost, and what they do to a neighbour. Less than three minutes.
    #[arg(long)]
    only_floods: bool,
    /// Measure nothing but what becomes of the costs from 100 to 10,000 chats.
    #[arg(long, conflicts_with = "only_floods")]
    growth: bool,
    /// Measure nothing but what the relay does when chats are opened by people who encrypt (`--staffed`).
    #[arg(long, conflicts_with_all = ["only_floods", "growth", "soak"])]
    only_opening: bool,
    /// Draw that as a picture (SVG) into this new file.
    #[arg(long, requires = "growth")]
    plot: Option<PathBuf>,
    /// Measure nothing but memory, and whether every message arrives once, while `--chats` chats begin, drop, come back
    /// and end for so many seconds.
    #[arg(long, conflicts_with_all = ["only_floods", "growth"])]
    soak: Option<u64>,
}

/// Idle sockets of a flood, where no number is given.
const FLOOD: usize = 10_000;

/// Pairs of turns. The middle of so many moves little with a few that something else disturbed.
const PAIRS: usize = 15;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
struct Scale {
    chats: usize,
    rate: u32,
    lasting: Duration,
    growth: (usize, usize),
    staffed: usize,
    idle: Option<usize>,
    floods: Option<usize>,
    only_floods: bool,
    pairs: usize,
}

impl From<&BenchArguments> for Scale {
    fn from(arguments: &BenchArguments) -> Self {
        if arguments.quick {
            return Self {
                chats: 20,
                rate: 100,
                lasting: Duration::from_millis(500),
                growth: (10, 40),
                staffed: 5,
                idle: None,
                floods: Some(50),
                only_floods: arguments.only_floods,
                pairs: 3,
            };
        }
        Self {
            chats: arguments.chats,
            rate: arguments.rate,
            lasting: Duration::from_secs(arguments.seconds),
            growth: (arguments.few, arguments.many),
            staffed: arguments.staffed,
            idle: arguments.idle,
            floods: arguments.floods.or(arguments.only_floods.then_some(FLOOD)),
            only_floods: arguments.only_floods,
            pairs: PAIRS,
        }
    }
}

impl Scale {
    /// The most connections that are open at once.
    fn sockets(&self) -> usize {
        let of_pairs = 2 * self.chats.max(self.growth.1);
        let of_programs = self.idle.map(rooms::lines_at_desks).unwrap_or_default();
        let of_chats = if self.only_floods { 0 } else { of_pairs.max(of_programs) };
        of_chats.max(self.floods.unwrap_or_default())
    }
}

/// Measures, and prints.
pub(crate) async fn run(arguments: BenchArguments) -> Result<(), Failure> {
    let scale = Scale::from(&arguments);
    if arguments.growth {
        return grow(&arguments, scale).await;
    }
    server::allow_connections(scale.sockets())?;
    server::stay_on_second_cpu();
    let figures = match arguments.soak {
        Some(seconds) => {
            let soak = Soak { chats: scale.chats, lasting: Duration::from_secs(seconds) };
            soak::measure(soak).await?
        }
        None if arguments.only_opening => vec![staffed(&Rooms::new()?, scale.staffed).await?],
        None => measure(scale).await?,
    };
    tell(arguments.json, &Report { figures }, Report::table)
}

async fn grow(arguments: &BenchArguments, scale: Scale) -> Result<(), Failure> {
    let sizes = if arguments.quick { &growth::FEW[..] } else { &growth::SIZES };
    let most = sizes.iter().copied().max().unwrap_or_default();
    server::allow_connections(rooms::lines_at_desks(most))?;
    let sockets = server::most_connections(2 * most);
    server::stay_on_second_cpu();
    let grown = growth::measure(&Rooms::new()?, sizes, sockets, scale).await?;
    if let Some(file) = &arguments.plot {
        files::create(file, grown.picture().as_bytes())?;
    }
    tell(arguments.json, &grown, growth::Growth::table)
}

/// Prints what was measured, for programs or for people.
fn tell<T: Serialize>(json: bool, what: &T, table: fn(&T) -> String) -> Result<(), Failure> {
    if json {
        let line = serde_json::to_string(what).map_err(|error| {
            Failure::new(format!("The figures cannot be written: {error}."), "Tell its makers.")
        })?;
        answer(line);
    } else {
        answer(table(what));
    }
    Ok(())
}

async fn measure(scale: Scale) -> Result<Vec<Figure>, Failure> {
    let mut figures = Vec::new();
    let rooms = Rooms::new()?;
    if !scale.only_floods {
        figures.extend(without_floods(&rooms, scale).await?);
    }
    remark("One program beside another that is flooded ...");
    figures.extend(beside::measure(&rooms, scale.pairs).await?);
    if let Some(sockets) = scale.floods {
        remark(format!("{sockets} idle sockets, and what else floods are made of ..."));
        figures.extend(floods::measure(&rooms, sockets, scale.pairs).await?);
    }
    Ok(figures)
}

/// Messages, growth, and chats that are opened or idle.
async fn without_floods(rooms: &Rooms, scale: Scale) -> Result<Vec<Figure>, Failure> {
    let mut figures = Vec::new();
    remark(format!("Messages between {} chats ...", scale.chats));
    let limit = messages(Chats::Bare, scale).await?;
    let relay = messages(Chats::Pairs(rooms), scale).await?;
    figures.extend(beside(&relay, &limit));

    remark("Growth ...");
    let relay = growth_of(Chats::Pairs(rooms), scale).await?;
    let limit = growth_of(Chats::Bare, scale).await?;
    let figure = |what, limit| {
        let targets = Some((1.3, 1.1));
        Figure { what, unit: "times", value: relay, limit, targets }
    };
    figures.push(figure("CPU per message, many chats to few", None));
    figures.push(figure("the same, beside what becomes of the limit's", Some(limit)));

    figures.push(staffed(rooms, scale.staffed).await?);

    if let Some(chats) = scale.idle {
        remark(format!("{chats} idle chats ..."));
        figures.push(idle(rooms, chats).await?);
    }
    Ok(figures)
}

/// What the relay does for each chat that is opened by people who encrypt.
async fn staffed(rooms: &Rooms, chats: usize) -> Result<Figure, Failure> {
    remark(format!("{chats} chats opened by people who encrypt ..."));
    let server = Server::relay(rooms).await?;
    let value = opening::cpu_per_chat(&server, rooms, chats).await?;
    server.end().await;
    Ok(Figure {
        what: "a staffed chat opened, CPU",
        unit: "ms",
        value,
        limit: None,
        targets: Some((2.0, 0.5)),
    })
}

/// What one server was measured at.
#[derive(Debug, Serialize)]
struct Measurement {
    /// MB of it without anybody.
    empty: f64,
    /// The same without pages of the program's file.
    own: f64,
    /// MB with everybody idle.
    full: f64,
    /// KB for each connection.
    each: f64,
    /// Milliseconds until a message is there, half of them.
    median: f64,
    /// The same, 99 of 100.
    ninety_ninth: f64,
    /// Microseconds of CPU for a message at that pace.
    paced: f64,
    /// Microseconds of CPU for a message, as many as go through.
    flood: f64,
}

/// Which chats are held open at a server.
#[derive(Clone, Copy)]
enum Chats<'a> {
    /// Pairs of lines, at a relay that passes bytes on.
    Bare,
    /// Pairs of lines, in the rooms of a real relay.
    Pairs(&'a Rooms),
    /// Survivors' lines and few desks', in the rooms of a real relay.
    AtDesks(&'a Rooms),
}

impl Chats<'_> {
    /// What they are held open at.
    async fn server(self) -> Result<Server, Failure> {
        match self {
            Self::Bare => Server::limit().await,
            Self::Pairs(rooms) | Self::AtDesks(rooms) => Server::relay(rooms).await,
        }
    }

    async fn open(self, doors: Doors, chats: usize) -> Result<Vec<Chat>, Failure> {
        match self {
            Self::Bare => limit::pairs(doors, chats).await,
            Self::Pairs(rooms) => rooms.pairs(doors, chats).await,
            Self::AtDesks(rooms) => rooms.at_desks(doors, chats).await,
        }
    }

    fn lines(self, chats: usize) -> usize {
        match self {
            Self::Bare | Self::Pairs(_) => 2 * chats,
            Self::AtDesks(_) => rooms::lines_at_desks(chats),
        }
    }
}

async fn messages(which: Chats<'_>, scale: Scale) -> Result<Measurement, Failure> {
    let server = which.server().await?;
    let measured = server.measured();
    let (empty, own) = (measured.memory()?, measured.own_memory()?);
    let chats = which.open(server.doors(), scale.chats).await?;
    let full = measured.memory()?;
    let before = measured.cpu()?;
    let (latency, chats) = load::paced(chats, scale.rate, scale.lasting).await?;
    let paced = load::per(measured.cpu()?.saturating_sub(before), latency.messages);
    let (flood, _chats) = load::flood(chats, scale.lasting, measured).await?;
    server.end().await;
    Ok(Measurement {
        empty: megabytes(empty),
        own: megabytes(own),
        full: megabytes(full),
        each: kilobytes(full.saturating_sub(empty)) / which.lines(scale.chats).max(1) as f64,
        median: milliseconds(latency.median),
        ninety_ninth: milliseconds(latency.ninety_ninth),
        paced: microseconds(paced),
        flood: microseconds(flood),
    })
}

/// How many times what a message between few chats costs one between many does, under flood.
async fn growth_of(chats: Chats<'_>, scale: Scale) -> Result<f64, Failure> {
    let few = flooded(chats, scale.growth.0, scale).await?;
    let many = flooded(chats, scale.growth.1, scale).await?;
    Ok(many / few.max(f64::MIN_POSITIVE))
}

async fn flooded(chats: Chats<'_>, number: usize, scale: Scale) -> Result<f64, Failure> {
    let server = chats.server().await?;
    let chats = chats.open(server.doors(), number).await?;
    let (cpu, _chats) = load::flood(chats, scale.lasting, server.measured()).await?;
    server.end().await;
    Ok(microseconds(cpu))
}

async fn idle(rooms: &Rooms, chats: usize) -> Result<Figure, Failure> {
    let server = Server::relay(rooms).await?;
    let _open = rooms.at_desks(server.doors(), chats).await?;
    Ok(Figure {
        what: "memory, idle chats together",
        unit: "MB",
        value: megabytes(server.measured().memory()?),
        limit: None,
        targets: Some((400.0, 200.0)),
    })
}

fn beside(relay: &Measurement, limit: &Measurement) -> [Figure; 6] {
    let figure = |what, unit, of: fn(&Measurement) -> f64, ratio: bool, targets| Figure {
        what,
        unit,
        value: of(relay),
        limit: ratio.then(|| of(limit)),
        targets: Some(targets),
    };
    [
        figure("paced latency, median", "ms", |it| it.median, true, (3.0, 1.5)),
        figure("paced latency, 99th", "ms", |it| it.ninety_ninth, true, (3.0, 1.5)),
        figure("CPU per message, flood", "us", |it| it.flood, true, (4.0, 2.0)),
        figure("memory per idle connection", "KB", |it| it.each, false, (16.0, 8.0)),
        figure("empty process", "MB", |it| it.empty, false, (25.0, 15.0)),
        figure("empty process, without its file", "MB", |it| it.own, false, (25.0, 15.0)),
    ]
}

fn megabytes(bytes: u64) -> f64 {
    kilobytes(bytes) / 1024.0
}

fn kilobytes(bytes: u64) -> f64 {
    bytes as f64 / 1024.0
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
