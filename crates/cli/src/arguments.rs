//! What `stillroom` is told on the command line.

use clap::{Parser, Subcommand};

use crate::answers::AnswersArguments;
use crate::bench::BenchArguments;
use crate::bench::limit::LimitArguments;
use crate::client::command::ClientArguments;
use crate::demo::DemoArguments;
use crate::doctor::DoctorArguments;
use crate::holdings::HoldingsArguments;
use crate::host::HostArguments;
use crate::policy::PolicyArguments;
use crate::practice::PracticeArguments;
use crate::program::ProgramArguments;
use crate::record::RecordArguments;
use crate::serve::ServeArguments;
use crate::site::SiteArguments;
use crate::staff::StaffArguments;

/// Chat between survivors and advocates, end to end encrypted, of which nothing is kept.
#[derive(Parser)]
#[command(name = "stillroom", version, max_term_width = 100)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands, in the order in which somebody new meets them.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Try it: a throw-away program with its relay on this computer. Ctrl-C leaves nothing behind.
    Demo(DemoArguments),
    /// Make a program's keys, or get them back.
    Program(ProgramArguments),
    /// Check and publish what survivors read: hours, notices, other ways to reach you.
    Policy(PolicyArguments),
    /// Invite members of staff, or revoke their devices.
    Staff(StaffArguments),
    /// Print and check the record of what administrators did.
    Record(RecordArguments),
    /// Practise with colleagues on the real pages, apart from the real line. Ctrl-C leaves nothing behind.
    Practice(PracticeArguments),
    /// Take what survivors answered, add it up, and show the sums.
    Answers(AnswersArguments),
    /// The program's website, and pages that the program gives out itself.
    Site(SiteArguments),
    /// Run a relay.
    Serve(ServeArguments),
    /// Look at a deployment from outside, and say what to do.
    Doctor(DoctorArguments),
    /// Print everything that a relay has about its program: what it is, who can read it, when it goes.
    Holdings(HoldingsArguments),
    /// Tell the program's administrators of a breach, a legal demand or maintenance.
    Host(HostArguments),
    /// A survivor or a desk without a page, for tests.
    Client(ClientArguments),
    /// Measure a relay on this computer against one that does nothing but pass bytes on.
    Bench(BenchArguments),
    /// The relay that does nothing but pass bytes on.
    #[command(hide = true)]
    BenchLimit(LimitArguments),
}
