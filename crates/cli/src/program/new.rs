//! `stillroom program new`.

use std::path::PathBuf;

use clap::Args;
use stillroom_program::{Policy, SAMPLE_POLICY};

use super::{Fresh, ProgramFolder, dates};
use crate::clock::Clock;
use crate::failure::Failure;
use crate::files;
use crate::randomness::system;
use crate::terminal::answer;

/// Seconds for which the sample policy is valid: a year.
const POLICY_LASTS: u64 = 365 * 24 * 60 * 60;

/// Recovery words in one printed line.
const WORDS_A_LINE: usize = 6;

/// Make a new program: its keys, a policy to edit, and the public file for its relay.
#[derive(Args)]
pub(super) struct NewArguments {
    /// A new folder, on a computer of the program's own.
    folder: PathBuf,
    /// A file with the passphrase, instead of being asked for it.
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

pub(super) fn run(arguments: &NewArguments) -> Result<(), Failure> {
    let folder = ProgramFolder::new(&arguments.folder);
    let passphrase = folder.new_passphrase(arguments.passphrase_file.as_deref())?;
    let now = Clock::start().now();
    folder.make()?;

    let program = Fresh::make(&mut system(), now)?;
    let policy = dates::dated(SAMPLE_POLICY, now.seconds(), now.seconds() + POLICY_LASTS);
    files::create(&folder.policy(), policy.as_bytes())?;
    let policy = Policy::from_toml(&policy).map_err(|_| broken_sample())?;
    let public = program.public(&policy).map_err(|_| broken_sample())?;
    files::create(&folder.public_file(), &public.encode())?;
    folder.write_keys(&program.root, &program.administrator, &passphrase)?;

    answer(
        "Write these words on paper, in this order, and keep the paper where you keep the deeds.",
    );
    answer("They are shown this once. Whoever has them has the program.\n");
    let words = program.root.recovery_words();
    let words: Vec<&str> = words.split(' ').collect();
    for (number, line) in words.chunks(WORDS_A_LINE).enumerate() {
        answer(format!("  {:>2}  {}", 1 + number * WORDS_A_LINE, line.join(" ")));
    }
    answer("\nThe program's fingerprint, which its pages carry:\n");
    answer(format!("  {}\n", program.root.fingerprint()));
    answer(next_steps(&folder));
    Ok(())
}

fn next_steps(folder: &ProgramFolder) -> String {
    let (policy, public) = (folder.policy(), folder.public_file());
    format!(
        "What next:\n  1. Edit {}: what survivors read, hours, other ways to reach you.\n  \
         2. `stillroom policy sign` signs it.\n  3. Give {} to whoever runs your relay. Nothing else in \
         the folder leaves this computer.",
        policy.display(),
        public.display()
    )
}

fn broken_sample() -> Failure {
    Failure::new("The sample policy inside this program is broken.", "Tell its makers.")
}
