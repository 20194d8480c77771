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
    /// The fingerprint of the program; without it, every program of the relay.
    #[arg(long)]
    program: Option<Fingerprint>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

impl WhichRelay {
    /// What the relay is told of that program, or of each.
    pub(crate) fn configs(&self) -> Result<Vec<Config>, Failure> {
        let configs = read_config(&self.config)?.programs().to_vec();
        match &self.program {
            Some(program) => only(configs, program).map(|config| vec![config]),
            None => Ok(configs),
        }
    }
}

/// What is told of that program.
fn only(configs: Vec<Config>, program: &Fingerprint) -> Result<Config, Failure> {
    let mut served = Vec::new();
    for config in configs {
        match program_of(&config) {
            Ok(own) if own == *program => return Ok(config),
            Ok(own) => served.push(own.to_string()),
            Err(error) => {
                return Err(Failure::new(
                    format!("Whose relay this is cannot be told: {error}."),
                    "Check the configuration.",
                ));
            }
        }
    }
    Err(Failure::new(
        format!(
            "This relay has nothing of program {program}: it serves {} alone.",
            served.join(" and ")
        ),
        "Look for the configuration of the relay that serves it.",
    ))
}

/// The relay runs, and does not say what it has.
pub(crate) fn no_answer(why: &str) -> Failure {
    Failure::new(
        format!("The relay runs and gave no answer: {why}."),
        "Run this as the user that the relay runs as, with the same release of Stillroom.",
    )
}
