//! Which relay a command on the same computer is about, by its configuration, and why one does not answer.

use std::path::PathBuf;

use clap::Args;
use stillroom_program::Fingerprint;
use stillroom_relay::Config;
use stillroom_relay::holdings::program_of;

use crate::failure::Failure;
use crate::serve::read_config;

/// Of which relay, and for which program.
#[derive(Args)]
pub(crate) struct WhichRelay {
    /// The relay's configuration, as for `stillroom serve`.
    #[arg(long)]
    config: PathBuf,
    /// The fingerprint of the program, to be sure that it is this relay's; without it, every program of the relay.
    #[arg(long)]
    program: Option<Fingerprint>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

impl WhichRelay {
    /// The relay's configuration, once it is sure that the relay is that program's.
    pub(crate) fn config(&self) -> Result<Config, Failure> {
        let config = read_config(&self.config)?;
        if let Some(program) = &self.program {
            is_of(&config, program)?;
        }
        Ok(config)
    }
}

/// Whether this relay is that program's.
fn is_of(config: &Config, program: &Fingerprint) -> Result<(), Failure> {
    match program_of(config) {
        Ok(served) if served == *program => Ok(()),
        Ok(served) => Err(Failure::new(
            format!("This relay has nothing of program {program}: it serves {served} alone."),
            "Look for the configuration of the relay that serves it.",
        )),
        Err(error) => Err(Failure::new(
            format!("Whose relay this is cannot be told: {error}."),
            "Check the configuration.",
        )),
    }
}

/// The relay runs, and does not say what it has.
pub(crate) fn no_answer(why: &str) -> Failure {
    Failure::new(
        format!("The relay runs and gave no answer: {why}."),
        "Run this as the user that the relay runs as, with the same release of Stillroom.",
    )
}
