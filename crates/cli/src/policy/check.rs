//! `stillroom policy check`.

use std::path::{Path, PathBuf};

use clap::Args;
use stillroom_program::{LocaleFile, Policy};
use stillroom_relay::{TextsError, Translation};

use crate::clock::Clock;
use crate::failure::Failure;
use crate::files;
use crate::terminal::{answer, remark};

/// Say what has to be mended before a policy can be signed, and what would be better put more simply.
#[derive(Args)]
pub(super) struct CheckArguments {
    /// The policy's file.
    file: PathBuf,
}

pub(super) fn run(arguments: &CheckArguments) -> Result<(), Failure> {
    sound(&arguments.file)?;
    answer("Nothing has to be mended.");
    Ok(())
}

/// A policy, and the files of texts that it names.
pub(super) type WithFiles = (Policy, Vec<LocaleFile>);

/// The policy in this file, if nothing has to be mended. What is hard to read, and what is not translated, is
/// remarked upon.
pub(super) fn sound(path: &Path) -> Result<WithFiles, Failure> {
    let (policy, locale_files) = read(path)?;
    let mut findings: Vec<String> =
        policy.check().iter().map(|finding| format!("  {finding}")).collect();
    let locales = policy.page.locales.iter().zip(&locale_files);
    for (locale, file) in locales {
        let translation = translation(&policy, file)?;
        let (tag, own) = (&*locale.tag, locale.tag.eq_ignore_ascii_case(&policy.page.language));
        findings
            .extend(translation.faults.iter().map(|fault| format!("  locales {tag:?}: {fault}")));
        // What the policy says in its own language needs no translation into it.
        let missing =
            translation.missing.iter().filter(|name| !(own && name.starts_with("policy-")));
        let missing: Vec<&str> = missing.map(String::as_str).collect();
        if !missing.is_empty() {
            remark(format!("Not translated into {tag}: {}.", missing.join(", ")));
        }
    }
    if !findings.is_empty() {
        return Err(mend(path, &format!("\n{}", findings.join("\n"))));
    }
    if let Err(untimely) = policy.holds(Clock::start().now()) {
        remark(format!(
            "By the clock here, the policy {untimely}. `issued` and `expires` say when it holds."
        ));
    }
    for warning in policy.warnings() {
        remark(format!("Hard to read: {warning}."));
    }
    Ok((policy, locale_files))
}

/// Remarks on a version that is far ahead of the one before: every later one has to be higher still.
pub(super) fn remark_on_version(older: &Policy, newer: &Policy) {
    if newer.jumps_from(older) {
        let (from, to) = (older.terms.version, newer.terms.version);
        remark(format!(
            "The version jumps from {from} to {to}. If it is published, every later one has to be higher."
        ));
    }
}

/// What a file of texts comes to for this policy.
fn translation(policy: &Policy, file: &LocaleFile) -> Result<Translation, Failure> {
    Translation::read(file, policy).map_err(|error| broken_texts(&error))
}

/// The texts inside this program cannot be used.
pub(super) fn broken_texts(error: &TextsError) -> Failure {
    Failure::new(
        format!("The texts inside this program are broken: {error}."),
        "Tell the program's makers.",
    )
}

/// The policy in this file, and the files beside it that it names, whether it is sound or not.
pub(super) fn read(path: &Path) -> Result<WithFiles, Failure> {
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let mut beside = |name: &str| files::read(&folder.join(name)).ok();
    Policy::from_toml_and_files(&files::read_text(path)?, &mut beside)
        .map_err(|error| mend(path, &error.to_string()))
}

fn mend(path: &Path, what: &str) -> Failure {
    Failure::new(format!("{}: {what}", path.display()), "Mend that in an editor and check again.")
}
