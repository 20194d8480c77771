//! Takes batches of answers and counts of days from the relay into the period that is open.
//!
//! Each is opened, added, and destroyed at the relay, in that order; the sums remember what is in
//! them, so that a computer that stops in between adds nothing twice and loses nothing.

use std::path::PathBuf;

use clap::Args;
use stillroom_program::{Fingerprint, ReportKey, Timestamp, VerifiedRevocations};
use stillroom_protocol::counts::SealedDayCounts;
use stillroom_protocol::{AnswersBatch, AnswersKind, Operation, decode};

use super::opened::{Opened, Together, With};
use super::texts::texts;
use super::totals::Totals;
use crate::client::RelayAddress;
use crate::clock::Clock;
use crate::failure::Failure;
use crate::files;
use crate::program::ProgramFolder;
use crate::staff::line::StaffLine;
use crate::staff::revocations;
use crate::terminal::{answer, deliver, remark};

/// What it is told.
#[derive(Args)]
pub(super) struct TakeArguments {
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
pub(super) async fn run(arguments: TakeArguments) -> Result<(), Failure> {
    let folder = ProgramFolder::new(&arguments.folder);
    let public = folder.public()?;
    let _alone = files::lock(&folder.totals_lock())?;
    let mut totals = Totals::read(&folder.totals())?;
    if let Ok(policy) = public.policy.unverified() {
        totals.remember(&policy);
    }
    let keys = folder.unlock(arguments.passphrase_file.as_deref())?;
    let report = keys.report.ok_or_else(no_report_key)?;
    let mut line = StaffLine::open_as(&arguments.relay, &public.root, &keys.administrator).await?;
    let revocations = revocations(&mut line, &public.root).await?;
    let now = Clock::start().now();
    totals.spent.forget(now);
    let (path, root) = (folder.totals(), public.root);
    let taking = Taking { path, root, report, revocations, now, line };
    taking.run(&mut totals).await?;
    totals.write(&folder.totals())?;
    answer(open_period(&totals));
    Ok(())
}

/// Batches on their way into the sums.
struct Taking {
    path: PathBuf,
    root: Fingerprint,
    report: ReportKey,
    revocations: VerifiedRevocations,
    now: Timestamp,
    line: StaffLine,
}

impl Taking {
    async fn run(mut self, totals: &mut Totals) -> Result<(), Failure> {
        self.take_answers(totals).await?;
        self.take_counts(totals).await
    }

    async fn take_answers(&mut self, totals: &mut Totals) -> Result<(), Failure> {
        let mut last = None;
        while let Some(record) = self.line.records(Operation::NextAnswers).await?.pop() {
            let batch: AnswersBatch = decode(&record).map_err(|_| not_a_batch())?;
            if last.replace(batch.id) == Some(batch.id) {
                return Err(not_destroyed());
            }
            if !totals.has(&batch.id.0) {
                self.add(&batch, totals)?;
            }
            self.line.done(Operation::DestroyAnswers { batch: batch.id }).await?;
        }
        Ok(())
    }

    async fn take_counts(&mut self, totals: &mut Totals) -> Result<(), Failure> {
        let mut last = None;
        while let Some(record) = self.line.records(Operation::NextCounts).await?.pop() {
            let day: SealedDayCounts = decode(&record).map_err(|_| not_counts())?;
            if last.replace(day.id) == Some(day.id) {
                return Err(not_destroyed());
            }
            if !totals.has(&day.id.0) {
                match self.report.open_counts(&self.root.program_id(), &day.sealed) {
                    Ok(counts) => totals.counted.add(&counts),
                    Err(_) => remark("A day's counts could not be read and are left out."),
                }
                totals.close(&day.id.0);
                totals.write(&self.path)?;
            }
            self.line.done(Operation::DestroyCounts { counts: day.id }).await?;
        }
        Ok(())
    }

    /// Shows what was written, then adds the rest up, where there are enough for both. Until that is done the relay
    /// keeps the batch.
    fn add(&self, batch: &AnswersBatch, totals: &mut Totals) -> Result<(), Failure> {
        let (report, revocations) = (&self.report, &self.revocations);
        let with = With { root: &self.root, report, revocations, now: self.now };
        let opened = Opened::of(batch, &with, totals);
        if opened.unreadable > 0 {
            remark(format!(
                "{} could not be read and are not counted: they were not sealed to this program's report key.",
                opened.unreadable
            ));
        }
        if opened.without_token > 0 {
            remark(format!(
                "{} have no token that counts, or one that was used before, and are left out: they do not come out of \
                 a chat of this program, or came twice.",
                opened.without_token
            ));
        }
        if opened.unknown > 0 {
            remark(format!(
                "{} are of versions of the policy that this folder does not know, and are not counted.",
                opened.unknown
            ));
            totals.count_unknown(opened.unknown);
        }
        match opened.together() {
            Together::Enough(envelopes) => {
                envelopes.iter().for_each(|envelope| totals.spent.spend(envelope));
                let answers: Vec<_> =
                    envelopes.into_iter().map(|envelope| envelope.answers).collect();
                for line in texts(&answers, totals) {
                    deliver(line)?;
                }
                answers.iter().for_each(|answers| totals.add(answers));
                totals.held.set(batch.kind, Vec::new());
            }
            Together::TooFew(sealed) => {
                remark(
                    "What is left are fewer than ten: they stay sealed until others are with them.",
                );
                totals.held.set(batch.kind, sealed);
            }
        }
        totals.close(&batch.id.0);
        totals.write(&self.path)
    }
}

fn open_period(totals: &Totals) -> String {
    let [questions, survey] = AnswersKind::ALL.map(|kind| totals.open(kind));
    if questions + survey == 0 {
        return "There are no answers yet in the period that is open. They come once ten people have sent some."
            .to_owned();
    }
    format!(
        "In the period that is open: questions before a chat {questions}, survey after a chat {survey}. \
         `stillroom answers close` closes it, and `stillroom answers report` then shows what they chose."
    )
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

fn not_counts() -> Failure {
    Failure::new(
        "The relay gave out something that is no count of a day. It was left where it is.",
        "It may be of another version than this program. Use the same release for both.",
    )
}

fn not_destroyed() -> Failure {
    Failure::new(
        "The relay does not destroy what was taken. It is counted once all the same.",
        "Look at the relay's log for its own trouble, and tell whoever runs it.",
    )
}
