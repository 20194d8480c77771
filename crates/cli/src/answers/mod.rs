//! `stillroom answers`: what survivors answered to optional questions and to the survey, added up on the
//! program's own computer (`features.md` 2.3, 5.8, 5.9).
//!
//! Answers are taken into a period, the period is closed, and what was closed is shown. Single answers are never
//! written down but as they were sealed, and none counts without a token that was given inside a chat. What it does not
//! protect against: whoever has the report key and its passphrase and changes this program, and a relay that keeps
//! answers back until the others are of people who work with it.

mod figures;
mod held;
mod opened;
mod period;
mod report;
mod tables;
mod take;
mod texts;
mod tokens;
mod totals;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use stillroom_program::Policy;

use self::period::Period;
use self::report::Format;
use self::take::TakeArguments;
use self::totals::Totals;
use crate::failure::Failure;
use crate::files;
use crate::program::ProgramFolder;
use crate::terminal::{answer, remark};

/// Characters of the longest name of a period.
const NAME_MAX: usize = 60;

/// Take what survivors answered, add it up, and show the sums.
#[derive(Args)]
pub(crate) struct AnswersArguments {
    #[command(subcommand)]
    command: AnswersCommand,
}

#[derive(Subcommand)]
enum AnswersCommand {
    /// Take answers from the relay into the period that is open. What people wrote is shown this once.
    Take(TakeArguments),
    /// Close the period that is open, for good: from then on the report shows it, and it never changes.
    Close(CloseArguments),
    /// Show the periods that were closed.
    Report(ReportArguments),
}

#[derive(Args)]
struct CloseArguments {
    /// The program's folder.
    folder: PathBuf,
    /// What the period is called, such as "2026, first quarter".
    #[arg(long)]
    name: String,
}

#[derive(Args)]
struct ReportArguments {
    /// The program's folder.
    folder: PathBuf,
    /// How it is laid out.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Only this period; can be given several times. Without it all of them.
    #[arg(long)]
    period: Vec<String>,
    /// One report of all these periods together, with the sums that funders ask for.
    #[arg(long)]
    together: bool,
    /// Write it into this file instead of showing it.
    #[arg(long)]
    output: Option<PathBuf>,
}

/// Does it.
pub(crate) async fn run(arguments: AnswersArguments) -> Result<(), Failure> {
    match arguments.command {
        AnswersCommand::Take(arguments) => take::run(arguments).await,
        AnswersCommand::Close(arguments) => close(&arguments),
        AnswersCommand::Report(arguments) => show(&arguments),
    }
}

/// Keeps what this policy asks, so that answers to it can be told in words when another one is in force.
pub(crate) fn remember(folder: &ProgramFolder, policies: &[&Policy]) -> Result<(), Failure> {
    if policies.iter().all(|policy| policy.terms.report_key.is_none()) {
        return Ok(());
    }
    let _alone = files::lock(&folder.totals_lock())?;
    let mut totals = Totals::read(&folder.totals())?;
    policies.iter().for_each(|policy| totals.remember(policy));
    totals.write(&folder.totals())
}

fn close(arguments: &CloseArguments) -> Result<(), Failure> {
    let folder = ProgramFolder::new(&arguments.folder);
    let name = arguments.name.trim();
    let is_long = name.chars().count() > NAME_MAX;
    if name.is_empty() || is_long || name.chars().any(char::is_control) {
        return Err(Failure::new(
            "That is no name for a period.",
            "Give a short one on one line, such as \"2026, first quarter\". Nothing was closed.",
        ));
    }
    let _alone = files::lock(&folder.totals_lock())?;
    let mut totals = Totals::read(&folder.totals())?;
    if totals.periods.iter().any(|period| period.name == name) {
        return Err(Failure::new(
            format!("There is a period called {name} already, and it does not change any more."),
            "Give another name. Nothing was closed.",
        ));
    }
    if !totals.close_period(name) {
        return Err(Failure::new(
            "Fewer than ten people have sent something since the last period, so nothing was closed.",
            "Nothing is lost: they stay in the period that is open until there are enough.",
        ));
    }
    totals.write(&folder.totals())?;
    answer(format!("{name} is closed. `stillroom answers report` shows it."));
    Ok(())
}

fn show(arguments: &ReportArguments) -> Result<(), Failure> {
    let folder = ProgramFolder::new(&arguments.folder);
    let totals = Totals::read(&folder.totals())?;
    let mut periods = chosen(&totals, &arguments.period)?;
    if let (true, [first, .., last]) = (arguments.together, &periods[..]) {
        let name = format!("{} to {}", first.name, last.name);
        periods = vec![Period::together(&name, &periods)];
    }
    let report = report::write(&periods, arguments.format);
    match &arguments.output {
        None => answer(report.trim_end()),
        Some(path) => {
            files::create(path, report.as_bytes())?;
            remark(format!("The report is in {}.", path.display()));
        }
    }
    Ok(())
}

/// The periods with these names, each once and in their order; all where there are none.
fn chosen(totals: &Totals, names: &[String]) -> Result<Vec<Period>, Failure> {
    if let Some(unknown) =
        names.iter().find(|name| !totals.periods.iter().any(|it| it.name == **name))
    {
        return Err(Failure::new(
            format!("There is no period called {unknown}."),
            "Without --period the report shows all that were closed.",
        ));
    }
    let is_meant = |period: &&Period| names.is_empty() || names.contains(&period.name);
    Ok(totals.periods.iter().filter(is_meant).cloned().collect())
}
