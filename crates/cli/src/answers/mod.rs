//! `stillroom answers`: what survivors answered to optional questions and to the survey, added up on the
//! program's own computer (`features.md` 2.3, 5.9).
//!
//! Each batch is opened, added to the sums, and destroyed at the relay, in that order; a sum remembers which
//! batches are in it, so that a computer that stops in between adds nothing twice and loses nothing. Single
//! answers are never written down. What it does not protect against: whoever has the report key and its
//! passphrase and changes this program, and a relay that puts its own answers into a batch or keeps one back.

mod opened;
mod report;
mod totals;

use std::path::{Path, PathBuf};

use clap::Args;
use stillroom_program::{Policy, ReportKey};
use stillroom_protocol::{AnswersBatch, Operation, ProgramId, decode};

use self::opened::Opened;
use self::totals::Totals;
use crate::client::RelayAddress;
use crate::failure::Failure;
use crate::files;
use crate::program::ProgramFolder;
use crate::staff::line::StaffLine;
use crate::terminal::{answer, deliver, remark};

/// Take what survivors answered, add it up, and show the sums.
#[derive(Args)]
pub(crate) struct AnswersArguments {
    /// The program's folder, with its report.key in it.
    folder: PathBuf,
    /// The desk's address at the relay, such as wss://desk.example.org.
    #[arg(long)]
    relay: RelayAddress,
    /// A file with the passphrase, instead of being asked for it.
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

/// Does it.
pub(crate) async fn run(arguments: AnswersArguments) -> Result<(), Failure> {
    let folder = ProgramFolder::new(&arguments.folder);
    let public = folder.public()?;
    let _alone = files::lock(&folder.totals_lock())?;
    let mut totals = Totals::read(&folder.totals())?;
    if let Ok(policy) = public.policy.unverified() {
        totals.remember(&policy);
    }
    let keys = folder.unlock(arguments.passphrase_file.as_deref())?;
    let report = keys.report.ok_or_else(no_report_key)?;
    let line = StaffLine::open_as(&arguments.relay, &public.root, &keys.administrator).await?;
    let taking = Taking { path: folder.totals(), program: public.root.program_id(), report, line };
    taking.run(&mut totals).await?;
    totals.write(&folder.totals())?;
    answer(report::table(&totals));
    Ok(())
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

/// Batches on their way into the sums.
struct Taking {
    path: PathBuf,
    program: ProgramId,
    report: ReportKey,
    line: StaffLine,
}

impl Taking {
    async fn run(mut self, totals: &mut Totals) -> Result<(), Failure> {
        let mut last = None;
        while let Some(record) = self.line.records(Operation::NextAnswers).await?.pop() {
            let batch: AnswersBatch = decode(&record).map_err(|_| not_a_batch())?;
            if last.replace(batch.id) == Some(batch.id) {
                return Err(not_destroyed());
            }
            if !totals.has(batch.id) {
                self.add(&batch, totals)?;
            }
            self.line.done(Operation::DestroyAnswers { batch: batch.id }).await?;
        }
        Ok(())
    }

    /// Shows what was written, then adds the rest up. Until both are done the relay keeps the batch.
    fn add(&self, batch: &AnswersBatch, totals: &mut Totals) -> Result<(), Failure> {
        let opened = Opened::of(batch, &self.report, &self.program);
        if opened.unreadable > 0 {
            remark(format!(
                "{} could not be read and are not counted: they were not sealed to this program's report key.",
                opened.unreadable
            ));
        }
        for line in report::texts(&opened.answers, totals) {
            deliver(line)?;
        }
        let before = totals.uncounted();
        opened.answers.iter().for_each(|answers| totals.add(answers));
        let uncounted = totals.uncounted() - before;
        if uncounted > 0 {
            remark(format!(
                "{uncounted} are of versions of the policy that this folder does not know, and are not counted."
            ));
        }
        totals.close(batch.id);
        totals.write(Path::new(&self.path))
    }
}

fn no_report_key() -> Failure {
    Failure::new(
        "This program has no report key, so there is nothing to open answers with.",
        "`stillroom program report-key` makes it. Nothing was taken from the relay.",
    )
}

fn not_a_batch() -> Failure {
    Failure::new(
        "The relay gave out something that is no batch of answers. It was left where it is.",
        "It may be of another version than this program. Use the same release for both.",
    )
}

fn not_destroyed() -> Failure {
    Failure::new(
        "The relay does not destroy answers that were taken. They are counted once all the same.",
        "Look at the relay's log for its own trouble, and tell whoever runs it.",
    )
}
