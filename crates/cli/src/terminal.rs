//! The one place that prints. Everything else hands lines here.
//!
//! What a command answers goes to standard output; how it is getting on goes to standard error, so that a
//! program that reads the answer reads nothing else. Never a secret, but for the three that a person has
//! to be given: recovery words, an invitation's link, the link of a throw-away program's device
//! (`features.md` 5.1). It does not protect against a terminal that keeps what it showed.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is a command line: it answers by printing, and only from here"
)]

use std::io::Write;
use std::path::Path;

use stillroom_program::limits::PASSPHRASE_SHORTEST;
use stillroom_strength::{Strength, Why};
use zeroize::Zeroizing;

use crate::failure::Failure;

/// A line of the answer.
pub(crate) fn answer(line: impl AsRef<str>) {
    let mut out = std::io::stdout().lock();
    // A reader that went away is no failure of the command.
    let _ = writeln!(out, "{}", line.as_ref());
    let _ = out.flush();
}

/// A line that is shown this once: a reader that went away is a failure of the command.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn deliver(line: impl AsRef<str>) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", line.as_ref()).and_then(|()| out.flush()).map_err(|error| {
        Failure::new(
            format!("What people wrote could not be shown: {error}."),
            "Run the command again: nothing of it was counted or destroyed.",
        )
    })
}

/// A line about how the command is getting on.
pub(crate) fn remark(line: impl AsRef<str>) {
    let _ = writeln!(std::io::stderr().lock(), "{}", line.as_ref());
}

/// The passphrase from `file`, or asked for without showing it.
///
/// # Errors
/// When there is neither file nor terminal, or it is empty.
pub(crate) fn passphrase(
    question: &str,
    file: Option<&Path>,
) -> Result<Zeroizing<String>, Failure> {
    let text = match file {
        Some(path) => Zeroizing::new(crate::files::read_text(path)?),
        None => secret_line(question)?,
    };
    let text = Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned());
    if text.is_empty() {
        return Err(Failure::new(
            "The passphrase is empty.",
            "Choose one of several words: whoever has the folder and the passphrase has the program.",
        ));
    }
    Ok(text)
}

/// A line that is not shown while it is typed.
///
/// # Errors
/// When there is no terminal.
pub(crate) fn secret_line(question: &str) -> Result<Zeroizing<String>, Failure> {
    rpassword::prompt_password(format!("{question} "))
        .map(Zeroizing::new)
        .map_err(|_| {
            Failure::new(
                "There is no terminal to ask for a secret.",
                "Run this in a terminal, or write the secret into a file that only you can read and name the                  file; --help shows how.",
            )
        })
}

/// A new passphrase: asked for twice, or read once from a file. `names` are those that somebody who guesses would
/// know: whose it is, what it is for.
///
/// # Errors
/// As [`passphrase`], when the two differ, or when it is too short or too easy to guess to protect anything.
pub(crate) fn new_passphrase(
    question: &str,
    file: Option<&Path>,
    names: &[&str],
) -> Result<Zeroizing<String>, Failure> {
    let first = passphrase(question, file)?;
    let is_short = first.chars().count() < PASSPHRASE_SHORTEST;
    let wrong = match Strength::of(&first, names) {
        _ if is_short => {
            format!("The passphrase is shorter than {PASSPHRASE_SHORTEST} characters.")
        }
        Strength::Weak { why, .. } => {
            format!("The passphrase is too easy to guess: {}.", said(why))
        }
        Strength::Fair | Strength::Strong => String::new(),
    };
    if !wrong.is_empty() {
        return Err(Failure::new(wrong, "Take four or more words that do not belong together."));
    }
    if file.is_none() && *passphrase("The same again:", None)? != *first {
        return Err(Failure::new(
            "The two passphrases differ.",
            "Run the command again; nothing was written.",
        ));
    }
    Ok(first)
}

fn said(why: Why) -> &'static str {
    match why {
        Why::Little => "too little of it is hard to foresee",
        Why::Common => "many people use it, or one like it",
        Why::Keys => "rows of keys are tried early",
        Why::Repeats => "it is the same again and again",
        Why::Sequence => "sequences like abc are tried early",
        Why::Date => "dates and years are tried early",
        Why::Word => "one word alone is tried early",
        Why::Name => "people's names are tried early",
        Why::Own => "what it is for, and whose it is, is tried first",
    }
}
