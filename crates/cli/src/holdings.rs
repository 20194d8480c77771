//! `stillroom holdings`: everything that a relay has about its program, for whoever has to answer for it
//! (`features.md` 6.2; `docs/legal-demands.md`).
//!
//! The relay that runs is asked, over a socket in its state folder; where none runs, what is stored is counted. It
//! says what this relay holds now, and takes nobody's word for it but the relay's own.

use clap::Args;
use serde_json::json;
use stillroom_relay::Config;
use stillroom_relay::control::{self, Answer, ControlError, Question};
use stillroom_relay::holdings::{HostReads, Item, Report, of_storage};

use crate::failure::Failure;
use crate::terminal::answer;
use crate::which_relay::{WhichRelay, no_answer};

/// Print everything that a relay has about its program: what it is, who can read it, when it goes.
#[derive(Args)]
pub(crate) struct HoldingsArguments {
    #[command(flatten)]
    which: WhichRelay,
}

/// Does it.
pub(crate) async fn run(arguments: HoldingsArguments) -> Result<(), Failure> {
    for (number, config) in arguments.which.configs()?.iter().enumerate() {
        let report = report(config).await?;
        if arguments.which.json {
            answer(json!(report).to_string());
            continue;
        }
        if number > 0 {
            answer("");
        }
        in_words(&report).iter().for_each(answer);
    }
    Ok(())
}

async fn report(config: &Config) -> Result<Report, Failure> {
    match control::ask(&config.state.folder, &Question::Holdings) {
        Ok(Answer::Holdings(report)) => Ok(report),
        Ok(Answer::Refused { why }) => Err(Failure::new(
            format!("The relay runs, and cannot count what it keeps: {why}."),
            "Chats go on. Run this again once the records answer; the log says when. The relay needs no restart.",
        )),
        Ok(Answer::Notices(_)) => Err(no_answer("it answered another question")),
        Err(error @ ControlError::NoAnswer(_)) => Err(no_answer(&error.to_string())),
        Err(ControlError::NobodyThere) => of_storage(config).await.map_err(|error| {
            Failure::new(
                format!("What the relay has cannot be told: {error}."),
                "Check the configuration, and run this as the user that the relay runs as.",
            )
        }),
    }
}

/// The report as people read it.
fn in_words(report: &Report) -> Vec<String> {
    let mut lines = vec![format!("What this relay has about the program {}.", report.program)];
    match &report.memory {
        Some(memory) => {
            lines.push(String::new());
            lines.push(format!("IN MEMORY, {} in all. The relay runs.", sized(memory.bytes)));
            lines.extend(memory.items.iter().flat_map(entry));
        }
        None => {
            lines.push(String::new());
            lines.push("IN MEMORY, nothing. No relay runs on this state folder.".to_owned());
        }
    }
    lines.push(String::new());
    let all = sized(report.storage.bytes);
    lines.push(format!("STORED, {all} in all: every file of the state folder."));
    lines.extend(report.storage.items.iter().flat_map(entry));
    lines
}

fn entry(item: &Item) -> [String; 5] {
    let reads = match item.host_reads {
        HostReads::Yes => "Yes,",
        HostReads::InPart => "In part: it sees",
        HostReads::No => "No: it sees",
    };
    [
        String::new(),
        format!("  {}: {}, {}", item.name, numbered(item.count), sized(item.bytes)),
        format!("    {}.", item.what),
        format!("    Can the host read it? {reads} {}.", item.host_reads_what),
        format!("    Goes {}.", item.goes),
    ]
}

fn numbered(count: u64) -> String {
    match count {
        0 => "none".to_owned(),
        count => count.to_string(),
    }
}

/// A number of bytes, in threes so that it can be read.
fn sized(bytes: u64) -> String {
    let digits = bytes.to_string();
    let threes = digits.as_bytes().rchunks(3).rev();
    let threes: Vec<&str> = threes.filter_map(|three| str::from_utf8(three).ok()).collect();
    format!("{} {}", threes.join(","), if bytes == 1 { "byte" } else { "bytes" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_can_be_read() {
        assert_eq!(sized(0), "0 bytes");
        assert_eq!(sized(1), "1 byte");
        assert_eq!(sized(1_234_567), "1,234,567 bytes");
    }
}
