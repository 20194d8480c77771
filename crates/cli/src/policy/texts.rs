//! `stillroom policy texts`: what a translator works on.

use std::path::PathBuf;

use clap::Args;
use stillroom_relay::{PseudoLocale, translators_file};

use super::check::{self, broken_texts};
use crate::failure::Failure;
use crate::files;
use crate::program::ProgramFolder;
use crate::terminal::answer;

/// Write a file for a translator, with every text that a page shows: what it says, and the translation, or that
/// it is missing. What the policy's file for that language has already is in it.
#[derive(Args)]
pub(super) struct TextsArguments {
    /// The program's folder.
    folder: PathBuf,
    /// The tag of the language, such as ar or zh-Hant.
    #[arg(long)]
    language: String,
    /// The file to write, in place of what is there. Without it, the texts are printed.
    #[arg(long)]
    into: Option<PathBuf>,
    /// Fill it with a language that nobody speaks, to test the pages: en-XA or ar-XB.
    #[arg(long, hide = true, value_parser = crate::demo::pseudo_locale)]
    pseudo_locale: Option<PseudoLocale>,
}

pub(super) fn run(arguments: &TextsArguments) -> Result<(), Failure> {
    let (policy, files_of_texts) = check::read(&ProgramFolder::new(&arguments.folder).policy())?;
    let mut locales = policy.page.locales.iter().zip(&files_of_texts);
    let own = locales.find(|(locale, _)| locale.tag.eq_ignore_ascii_case(&arguments.language));
    let there = own.map_or(&[][..], |(_, file)| file);
    let written = translators_file(&policy, &arguments.language, there, arguments.pseudo_locale)
        .map_err(|error| broken_texts(&error))?;
    match &arguments.into {
        Some(into) => files::replace(into, written.as_bytes()),
        None => {
            answer(written.trim_end());
            Ok(())
        }
    }
}
