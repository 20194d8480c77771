//! `stillroom host`: what whoever runs a relay tells the program's administrators (`features.md` 6.3;
//! `docs/decisions/0027`).
//!
//! The relay that runs is asked, over the socket in its state folder; it signs with the host's key and tells every
//! administrator's console. A notice that nobody can read, since no administrator ever comes, is no notice: ring them
//! too.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use stillroom_relay::Config;
use stillroom_relay::control::{
    self, Answer, ControlError, NoticeKind, NoticeLine, Notices, Question,
};

use crate::failure::Failure;
use crate::terminal::{answer, remark};
use crate::which_relay::{WhichRelay, no_answer};

/// Tell the program's administrators of a breach, a legal demand or maintenance.
#[derive(Args)]
pub(crate) struct HostArguments {
    #[command(subcommand)]
    command: HostCommand,
}

#[derive(Subcommand)]
enum HostCommand {
    /// Give a notice: it stays on top of every administrator's console until it was read there.
    Notice(NoticeArguments),
    /// List the notices that stand, and the host's fingerprint.
    Notices(WhichRelay),
    /// Withdraw a notice.
    Withdraw(WithdrawArguments),
}

#[derive(Args)]
struct NoticeArguments {
    #[command(flatten)]
    which: WhichRelay,
    /// What it is about.
    #[arg(long)]
    kind: Kind,
    /// What happened, what is affected, what the program should do: 1,000 characters at most.
    #[arg(long)]
    text: String,
}

#[derive(Args)]
struct WithdrawArguments {
    #[command(flatten)]
    which: WhichRelay,
    /// The notice, as `stillroom host notices` lists it.
    notice: String,
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Somebody got at the host's systems.
    Breach,
    /// Somebody demands by law what the host has.
    LegalDemand,
    /// The relay will not be there for a while, or was changed.
    Maintenance,
}

/// Does it.
pub(crate) fn run(arguments: HostArguments) -> Result<(), Failure> {
    match arguments.command {
        HostCommand::Notice(NoticeArguments { which, kind, text }) => {
            let kind = match kind {
                Kind::Breach => NoticeKind::Breach,
                Kind::LegalDemand => NoticeKind::LegalDemand,
                Kind::Maintenance => NoticeKind::Maintenance,
            };
            let question = Question::Notice { kind, text };
            for config in which.configs()? {
                let notices = ask(&config, &question)?;
                remark(
                    "It is given. Ring the program as well: a console shows it when somebody opens it.",
                );
                show(&which, &notices);
            }
        }
        HostCommand::Notices(which) => {
            for config in which.configs()? {
                show(&which, &ask(&config, &Question::Notices)?);
            }
        }
        HostCommand::Withdraw(WithdrawArguments { which, notice }) => withdraw(&which, &notice)?,
    }
    Ok(())
}

/// A notice has a name of its own in each program: it is withdrawn where it stands.
fn withdraw(which: &WhichRelay, notice: &str) -> Result<(), Failure> {
    let configs = which.configs()?;
    let stands = |notices: &Notices| notices.notices.iter().any(|line| line.notice == notice);
    let mut where_it_stands = None;
    for config in &configs {
        if stands(&ask(config, &Question::Notices)?) {
            where_it_stands = Some(config);
        }
    }
    // Where it stands nowhere, the first relay says so.
    if let Some(config) = where_it_stands.or(configs.first()) {
        let question = Question::Withdraw { notice: notice.to_owned() };
        show(which, &ask(config, &question)?);
    }
    Ok(())
}

fn ask(config: &Config, question: &Question) -> Result<Notices, Failure> {
    match control::ask(&config.state.folder, question) {
        Ok(Answer::Notices(notices)) => Ok(notices),
        Ok(Answer::Refused { why }) => Err(Failure::new(
            format!("The relay did not do it: {why}."),
            "Nothing was changed. `stillroom host notices` lists what stands.",
        )),
        Ok(Answer::Holdings(_)) => Err(no_answer("it answered another question")),
        Err(error @ ControlError::NoAnswer(_)) => Err(no_answer(&error.to_string())),
        Err(error @ ControlError::NobodyThere) => Err(Failure::new(
            format!("There is nobody to give notices: {error}."),
            "Start the relay with `stillroom serve`, and run this as the same user.",
        )),
    }
}

fn show(which: &WhichRelay, notices: &Notices) {
    if which.json {
        answer(json!(notices).to_string());
        return;
    }
    answer(format!("The host's fingerprint: {}", notices.host));
    if notices.notices.is_empty() {
        answer("No notice stands.");
    }
    notices.notices.iter().for_each(|notice| answer(in_words(notice)));
}

fn in_words(notice: &NoticeLine) -> String {
    let kind = match notice.kind {
        NoticeKind::Breach => "breach",
        NoticeKind::LegalDemand => "legal demand",
        NoticeKind::Maintenance => "maintenance",
    };
    let read = match notice.read_by {
        0 => "read by nobody yet".to_owned(),
        1 => "read on 1 administrator's device".to_owned(),
        devices => format!("read on {devices} administrators' devices"),
    };
    format!("{}  {kind}, {read}\n    {}", notice.notice, notice.text)
}
