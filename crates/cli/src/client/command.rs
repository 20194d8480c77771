//! `stillroom client`: a survivor or a desk without a page, driven by lines on standard input.
//!
//! For tests and for trying things out. What it prints is what a page would show, names and words
//! included, on the terminal of whoever runs it.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use stillroom_conversation::{
    ChatNumber, Desk, DeskSetup, Handover, ItemAnswer, ReturnWords, Said, Survivor, SurvivorSetup,
    Way,
};
use stillroom_program::{Device, Fingerprint};
use tokio::io::{AsyncBufReadExt, BufReader, Lines, Stdin};

use super::join::{self, JoinArguments};
use super::json::{self, DeskCommand, SurveyAnswer, SurvivorCommand};
use super::{Client, RelayAddress, device_link};
use crate::clock::Clock;
use crate::failure::Failure;
use crate::files;
use crate::randomness::randomness;
use crate::terminal::answer;

/// A survivor or a desk without a page: commands in, events out, both one line of JSON each.
#[derive(Args)]
pub(crate) struct ClientArguments {
    /// The only way to take to the relay. Without this, the one that works, as on a page.
    #[arg(long, value_enum)]
    by: Option<By>,
    #[command(subcommand)]
    side: Side,
}

/// A way to the relay.
#[derive(Clone, Copy, ValueEnum)]
enum By {
    /// A WebSocket.
    Websocket,
    /// Plain requests.
    Requests,
    /// The same by HTTP/2 alone, as browsers make them to a relay that speaks TLS.
    RequestsByHttp2,
}

impl By {
    /// The relay at this address, asked so.
    fn reaching(self, address: RelayAddress) -> RelayAddress {
        match self {
            Self::Websocket | Self::Requests => address,
            Self::RequestsByHttp2 => address.by_http_2(),
        }
    }
}

impl From<By> for Way {
    fn from(by: By) -> Self {
        match by {
            By::Websocket => Self::WebSocket,
            By::Requests | By::RequestsByHttp2 => Self::Requests,
        }
    }
}

#[derive(Subcommand)]
enum Side {
    /// A survivor. Commands: {"do":"start"} (with "language", "interpreter", "safety", "words" and "answers":[1,0]
    /// where they are said), {"do":"survey","items":[{"choice":1,"text":"…"}]} after the end, {"do":"write","text":"…"}, {"do":"touch"}, {"do":"hide","hidden":true},
    /// {"do":"live","step":"offer-text"} (or "offer-typing", "accept", "stop"), {"do":"type","text":"…"},
    /// {"do":"end"}, {"do":"leave"}.
    Survivor {
        /// The survivor's link, or the relay's address.
        #[arg(long)]
        link: RelayAddress,
        /// The fingerprint of the program's root key.
        #[arg(long)]
        root: Fingerprint,
    },
    /// An advocate's desk. Commands: {"do":"on-duty"}, {"do":"off-duty"}, {"do":"take-next"},
    /// {"do":"write","chat":1,"text":"…"}, {"do":"live","chat":1,"step":"accept"} (or "offer-text",
    /// "offer-typing", "stop"), {"do":"type","chat":1,"text":"…"}, {"do":"postpone","chat":1},
    /// {"do":"end","chat":1}.
    Desk {
        /// The desk's link as `stillroom demo` prints it, with the device in it.
        #[arg(long, required_unless_present = "device_file")]
        link: Option<String>,
        /// A device that `stillroom client join` wrote, instead.
        #[arg(long, requires = "relay", conflicts_with = "link")]
        device_file: Option<PathBuf>,
        /// The desk's address at the relay.
        #[arg(long)]
        relay: Option<RelayAddress>,
    },
    /// A new member's device that answers an invitation.
    Join(JoinArguments),
}

/// Runs until standard input ends.
pub(crate) async fn run(arguments: ClientArguments) -> Result<(), Failure> {
    let by = arguments.by.map(Way::from);
    let reaching = |address| match arguments.by {
        Some(by) => by.reaching(address),
        None => address,
    };
    match arguments.side {
        Side::Survivor { link, root } => survivor(by, reaching(link), root).await,
        Side::Desk { link, device_file, relay } => {
            let (address, device) = match (link, device_file, relay) {
                (Some(link), _, _) => device_link::read(&link)?,
                (None, Some(file), Some(relay)) => {
                    (relay, device_link::from_bytes(&files::read(&file)?)?)
                }
                // The command line's own rules leave nothing else.
                (None, _, _) => {
                    return Err(Failure::new("There is no device.", "Name a link or a file."));
                }
            };
            desk(by, reaching(address), device).await
        }
        Side::Join(arguments) => join::run(&arguments).await,
    }
}

async fn survivor(
    by: Option<Way>,
    address: RelayAddress,
    root: Fingerprint,
) -> Result<(), Failure> {
    let clock = Clock::start();
    let core = Survivor::new(SurvivorSetup { root }, randomness());
    let mut client = Client::by(by, core, address, clock);
    let mut posts = client.watch_posts();
    let mut commands = commands();
    loop {
        tokio::select! {
            event = client.event() => answer(json::survivor(&event).to_string()),
            Some(taken) = posts.recv() => answer(json::posted(taken).to_string()),
            line = commands.next_line() => {
                let Some(command) = parse::<SurvivorCommand>(line)? else { return Ok(()) };
                client.act(|core, now| match command {
                    SurvivorCommand::Start {
                        language, interpreter, safety, code_word, words, answers,
                    } => {
                        let returning = ReturnWords::of(&words);
                        let safety = safety.into();
                        let answers = answers.into_iter().map(ItemAnswer::chosen).collect();
                        let policy_version = 0;
                        let said = Said {
                            language, interpreter, safety, returning, code_word, answers,
                            policy_version,
                        };
                        core.start(said, now);
                    }
                    SurvivorCommand::Touch => core.touched(now),
                    SurvivorCommand::Hide { hidden } => core.hidden(hidden, now),
                    SurvivorCommand::Write { text } => refused(core.write(&text, now).err()),
                    SurvivorCommand::Type { text } => core.draft(&text, now),
                    SurvivorCommand::Live { step } => core.step(step.into(), now),
                    SurvivorCommand::Survey { items } => {
                        let items = items.into_iter().map(SurveyAnswer::into_item).collect();
                        if !core.survey(items) {
                            answer(json::posted(false).to_string());
                        }
                    }
                    SurvivorCommand::Handover { accept: true } => core.accept_handover(now),
                    SurvivorCommand::Handover { accept: false } => core.decline_handover(now),
                    SurvivorCommand::Interpreter { wanted } => core.want_interpreter(wanted, now),
                    SurvivorCommand::GoOn => core.go_on(now),
                    SurvivorCommand::End => core.end(now),
                    SurvivorCommand::Leave => core.leave(),
                });
            }
        }
    }
}

async fn desk(by: Option<Way>, address: RelayAddress, device: Device) -> Result<(), Failure> {
    let clock = Clock::start();
    let root = device.program();
    let core = Desk::new(DeskSetup { root, device }, randomness(), clock.now());
    let mut client = Client::by(by, core, address, clock);
    let mut commands = commands();
    loop {
        tokio::select! {
            event = client.event() => answer(json::desk(&event).to_string()),
            line = commands.next_line() => {
                let Some(command) = parse::<DeskCommand>(line)? else { return Ok(()) };
                client.act(|core, now| match command {
                    DeskCommand::OnDuty => core.go_on_duty(now),
                    DeskCommand::OffDuty => core.go_off_duty(),
                    DeskCommand::TakeNext => core.take_next(),
                    DeskCommand::Write { chat, text } => {
                        refused(core.write(ChatNumber(chat), &text, now).err());
                    }
                    DeskCommand::Type { chat, text } => core.draft(ChatNumber(chat), &text, now),
                    DeskCommand::Live { chat, step } => {
                        core.step(ChatNumber(chat), step.into(), now);
                    }
                    DeskCommand::Postpone { chat } => core.postpone(ChatNumber(chat), now),
                    DeskCommand::HandOver { chat, to, why, words, note } => {
                        let asked = Handover::new(why.into(), &words, &note).and_then(|asked| {
                            core.hand_over(ChatNumber(chat), to.into(), asked, now)
                        });
                        refused(asked.err());
                    }
                    DeskCommand::WithdrawHandover { chat } => {
                        core.withdraw_handover(ChatNumber(chat), now);
                    }
                    DeskCommand::AskEnd { chat } => core.ask_end(ChatNumber(chat), now),
                    DeskCommand::WithdrawEnd { chat } => core.withdraw_end(ChatNumber(chat), now),
                    DeskCommand::End { chat } => core.end(ChatNumber(chat), now),
                });
            }
        }
    }
}

fn refused(error: Option<stillroom_conversation::WriteError>) {
    if let Some(error) = error {
        answer(json::not_written(error).to_string());
    }
}

fn commands() -> Lines<BufReader<Stdin>> {
    BufReader::new(tokio::io::stdin()).lines()
}

fn parse<T: serde::de::DeserializeOwned>(
    line: std::io::Result<Option<String>>,
) -> Result<Option<T>, Failure> {
    let Ok(Some(line)) = line else {
        return Ok(None);
    };
    serde_json::from_str(&line).map(Some).map_err(|error| {
        Failure::new(
            format!("A line on standard input is not a command: {error}."),
            "Run `stillroom client --help` for the commands.",
        )
    })
}
