//! `stillroom program recover`: the keys back, from the words on paper.
//!
//! The root key comes from the words; the administrator's device cannot, so the root certifies a new one.
//! The lost one is still certified until it runs out: it should be revoked.

use std::path::{Path, PathBuf};

use clap::Args;
use stillroom_program::RootKey;
use zeroize::Zeroizing;

use super::{Fresh, ProgramFolder};
use crate::clock::Clock;
use crate::failure::Failure;
use crate::files;
use crate::randomness::system;
use crate::terminal::{answer, secret_line};

/// Get the keys back with the recovery words, under a new passphrase.
#[derive(Args)]
pub(super) struct RecoverArguments {
    /// The program's folder, with its public.stillroom in it.
    folder: PathBuf,
    /// A file with the recovery words, instead of being asked for them.
    #[arg(long)]
    words_file: Option<PathBuf>,
    /// A file with the new passphrase, instead of being asked for it.
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

pub(super) fn run(arguments: &RecoverArguments) -> Result<(), Failure> {
    let folder = ProgramFolder::new(&arguments.folder);
    let public = folder.public()?;
    let root = root_from(arguments.words_file.as_deref())?;
    if root.fingerprint() != public.root {
        return Err(Failure::new(
            "These are the words of another program.",
            "Look for the paper of this one, or name the other one's folder.",
        ));
    }
    let passphrase = folder.new_passphrase(arguments.passphrase_file.as_deref())?;
    let program = Fresh::of(root, &mut system(), Clock::start().now())?;
    let policy = public.policy.unverified().map_err(|_| {
        Failure::new(
            "The policy in public.stillroom cannot be read.",
            "Take the file from a backup, or from the relay's computer.",
        )
    })?;
    let again = program.public(&policy).map_err(|error| {
        Failure::new(
            format!("The policy in public.stillroom cannot be signed again: {error}."),
            "Take the file from a backup, or from the relay's computer.",
        )
    })?;
    folder.write_keys(&program.root, &program.administrator, &passphrase)?;
    files::replace(&folder.public_file(), &again.encode())?;
    answer("The keys are back, under the new passphrase. The program's fingerprint is the same:\n");
    answer(format!("  {}\n", program.root.fingerprint()));
    answer(
        "A new administrator's device was certified. If the old one is lost, revoke it: `stillroom staff list` \
         shows it, `stillroom staff revoke` ends it.",
    );
    Ok(())
}

fn root_from(file: Option<&Path>) -> Result<RootKey, Failure> {
    let words = match file {
        Some(path) => Zeroizing::new(files::read_text(path)?),
        None => secret_line("The 24 recovery words, with spaces between:")?,
    };
    RootKey::from_recovery_words(&words).map_err(|error| {
        Failure::new(
            format!("These are not recovery words: {error}."),
            "There are 24 words on the paper; type them all, in order.",
        )
    })
}
