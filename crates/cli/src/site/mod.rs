//! `stillroom site`: the program's website, and pages that the program gives out itself (`features.md` 1.3,
//! 6.5).
//!
//! Whoever gives out the code of a page decides what it does. Exported to a host name of the program's own,
//! that is the program and no longer the host of the relay; `verify` shows whether a server gives out just
//! what was released. It does not show what a server gives to somebody else, or an hour later.

mod address;
mod export;
pub(crate) mod fetch;
mod headers;
mod manifest;
mod servers;
mod snippet;
mod verify;

use std::path::{Path, PathBuf};

pub(crate) use address::{page as page_address, relay as relay_address};
use clap::{Args, Subcommand, ValueEnum};
use stillroom_program::{ManifestPage, Policy, Timestamp};
use stillroom_relay::{ProgramFile, Release, Which};

pub(crate) use verify::{Looked, document_headers, look_at};

use crate::clock::TOLERANCE;
use crate::failure::Failure;
use crate::program::ProgramFolder;

/// The program's website, and pages that the program gives out itself.
#[derive(Args)]
pub(crate) struct SiteArguments {
    #[command(subcommand)]
    command: SiteCommand,
}

#[derive(Subcommand)]
enum SiteCommand {
    /// Write the HTML for the program's website: a link to the chat, hours, whether chat is open.
    Snippet(snippet::SnippetArguments),
    /// Write a page as files for a host name of the program's own, so that the relay gives out no code.
    Export(export::ExportArguments),
    /// Compare what a server gives out with what was released.
    Verify(verify::VerifyArguments),
}

/// Does it.
pub(crate) async fn run(arguments: SiteArguments) -> Result<(), Failure> {
    match arguments.command {
        SiteCommand::Snippet(arguments) => snippet::run(&arguments),
        SiteCommand::Export(arguments) => export::run(&arguments),
        SiteCommand::Verify(arguments) => verify::run(&arguments).await,
    }
}

/// Which of the two pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Page {
    /// What survivors open.
    Survivor,
    /// What staff open.
    Desk,
}

impl Page {
    const BOTH: [Self; 2] = [Self::Survivor, Self::Desk];

    fn which(self) -> Which {
        match self {
            Self::Survivor => Which::Survivor,
            Self::Desk => Which::Desk,
        }
    }

    fn in_manifest(self) -> ManifestPage {
        match self {
            Self::Survivor => ManifestPage::Survivor,
            Self::Desk => ManifestPage::Desk,
        }
    }

    /// As a sentence calls it.
    pub(crate) fn called(self) -> &'static str {
        match self {
            Self::Survivor => "the survivor's page",
            Self::Desk => "the desk",
        }
    }

    /// As a configuration calls it.
    fn key(self) -> &'static str {
        match self {
            Self::Survivor => "survivor",
            Self::Desk => "desk",
        }
    }
}

impl From<ManifestPage> for Page {
    fn from(page: ManifestPage) -> Self {
        match page {
            ManifestPage::Survivor => Self::Survivor,
            ManifestPage::Desk => Self::Desk,
        }
    }
}

/// A folder with pages, instead of those inside the program.
#[derive(Args)]
pub(crate) struct BuiltPages {
    /// A folder with pages, instead of those inside this program. For tests.
    #[arg(long, hide = true)]
    pages: Option<PathBuf>,
}

impl BuiltPages {
    /// What is inside this program, or in that folder.
    pub(crate) fn release(&self) -> Result<Release, Failure> {
        release(self.pages.as_deref())
    }
}

fn release(folder: Option<&Path>) -> Result<Release, Failure> {
    let broken = |error: stillroom_relay::PagesError| {
        Failure::new(
            format!("The pages inside this program are broken: {error}."),
            "Tell its makers.",
        )
    };
    Release::read(folder).map_err(broken)?.ok_or_else(|| {
        Failure::new(
            "This program was built without its pages.",
            "Build it again with `cargo xtask build --release`.",
        )
    })
}

/// What the program published, and the policy in it.
fn signed(folder: &ProgramFolder, now: Timestamp) -> Result<(ProgramFile, Policy), Failure> {
    let unfit = |why: String| {
        Failure::new(
            format!("{} cannot be used: {why}.", folder.public_file().display()),
            "Publish a policy that holds now: `stillroom policy publish`.",
        )
    };
    let public = folder.public()?;
    let verified = public.verify(now, TOLERANCE).map_err(|error| unfit(error.to_string()))?;
    let policy = verified.whole(&public.policy).map_err(|error| unfit(error.to_string()))?;
    Ok((public, policy))
}
