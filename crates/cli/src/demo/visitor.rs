//! The demo's scripted survivor: writes in when somebody goes on duty, and answers, so that one person
//! alone can see the desk work (`stillroom demo --with-visitor`).
//!
//! It is a real survivor: the conversation core over a socket, with checks and encryption like any other.

use std::time::Duration;

use stillroom_conversation::{
    Author, Company, ConversationEvent, Phase, Said, Survivor, SurvivorEvent, SurvivorSetup,
};
use stillroom_program::Fingerprint;
use tokio::time::{Instant, sleep_until};

use crate::client::{Client, RelayAddress};
use crate::clock::Clock;
use crate::randomness::randomness;

/// What it writes, a line a message.
const SCRIPT: &str = include_str!("../../samples/visitor.txt");

/// How long it takes to write a message: slow enough to be read along.
const WRITES_FOR: Duration = Duration::from_secs(3);

/// How long until it looks whether somebody is on duty now.
const LOOKS_AGAIN_AFTER: Duration = Duration::from_secs(2);

/// How long after a chat the next one comes.
const COMES_AGAIN_AFTER: Duration = Duration::from_secs(20);

/// Writes in again and again, until it is dropped.
pub(crate) async fn run(address: RelayAddress, root: Fingerprint) {
    loop {
        let pause = visit(address.clone(), root).await;
        tokio::time::sleep(pause).await;
    }
}

/// One visit. Returns how long to stay away.
async fn visit(address: RelayAddress, root: Fingerprint) -> Duration {
    let clock = Clock::start();
    let core = Survivor::new(SurvivorSetup { root }, randomness());
    let mut client = Client::new(core, address, clock);
    let said = Said { language: "en".into(), ..Said::default() };
    client.act(|core, now| core.start(said, now));
    let mut lines = script();
    let mut due: Option<Instant> = None;
    loop {
        let event = tokio::select! {
            event = client.event() => event,
            () = until(due) => {
                due = None;
                if let Some(line) = lines.next() {
                    // A message that is refused (the chat just ended) is one that it does not write.
                    let _ = client.act(|core, now| core.write(line, now));
                }
                continue;
            }
        };
        match event {
            SurvivorEvent::Phase(Phase::Chatting) => {
                due = due.or(Some(Instant::now() + WRITES_FOR))
            }
            SurvivorEvent::Conversation(ConversationEvent::Message { from, .. })
                if from != Author::Me =>
            {
                due = due.or(Some(Instant::now() + WRITES_FOR));
            }
            SurvivorEvent::Phase(Phase::Stopped(_)) => return LOOKS_AGAIN_AFTER,
            SurvivorEvent::Phase(Phase::Ended(_)) => return COMES_AGAIN_AFTER,
            // So that whoever tries the desk sees what comes of it.
            SurvivorEvent::Handover(Some(_)) => {
                client.act(|core, now| core.accept_handover(now));
            }
            SurvivorEvent::EndAsked(Some(_)) => client.act(|core, now| core.end(now)),
            SurvivorEvent::Company(Company::Asked(_)) => {
                client.act(|core, now| core.accept_joining(now));
            }
            // Nobody agreed on one with it.
            SurvivorEvent::WordAsked(Some(_)) => client.act(|core, now| core.give_no_word(now)),
            SurvivorEvent::Phase(_)
            | SurvivorEvent::Line(_)
            | SurvivorEvent::Conversation(_)
            | SurvivorEvent::Handover(None)
            | SurvivorEvent::EndAsked(None)
            | SurvivorEvent::Company(_)
            | SurvivorEvent::InterpreterWanted(_)
            | SurvivorEvent::Puzzle(_)
            | SurvivorEvent::WordAsked(None) => {}
        }
    }
}

fn script() -> impl Iterator<Item = &'static str> {
    SCRIPT.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_holds_messages_and_no_remarks() {
        assert!(script().count() >= 5);
        assert!(script().all(|line| !line.contains("scripted")));
    }
}
