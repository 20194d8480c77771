//! What a survivor says before the chat, for whoever is on duty alone (`features.md` 2.1, 2.4, 3.6, 3.8).
//!
//! Sealed to the duty key and bound to the program and the survivor's KeyPackage, so that a relay can put
//! neither under another's. Every intake is equally long. A relay can still drop one, or send the whole
//! `Ask` again; a survivor is not identified by it, and is not meant to be.

use alloc::vec::Vec;
use core::fmt;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use rand_core::CryptoRng;
use stillroom_protocol::{KeyPackageHash, ProgramId};
use stillroom_wire::{Flag, Text, choice};

use crate::keys::VerifyingKey;
use crate::limits::INTAKE_PLAINTEXT;
use crate::reasons::reasons;
use crate::return_words::ReturnWords;
use crate::sealing::{ReceivingKey, ReceivingPublicKey, SealError, seal_padded};

const INFO: &[u8] = b"stillroom intake 1";

/// What a survivor answered when asked whether somebody could see this device, or has spyware on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
#[repr(u8)]
pub enum SafetyAnswer {
    /// They were not asked, or did not answer.
    #[default]
    NotAsked = 0,
    /// Nobody could.
    Nobody = 1,
    /// Somebody could. They chose to go on.
    Yes = 2,
    /// They are not sure. They chose to go on.
    NotSure = 3,
}

choice! {
    /// For whom a place is meant, where an advocate hands a survivor over.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Successor {
        /// Whoever is on duty.
        Anyone = 0,
        /// A supervisor; anybody else where none takes it in time.
        Supervisor = 1,
        /// A certain colleague; anybody else where they do not take it in time.
        Colleague {
            /// Their device.
            device: VerifyingKey,
        } = 2,
    }
}

choice! {
    /// Whether a survivor was with an advocate before, so that they belong at the head of the line.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub enum Again {
        /// They were not.
        #[default]
        No = 0,
        /// The advocate's line was lost.
        CutOff = 1,
        /// They agreed that somebody else takes over.
        HandedOver {
            /// Who is to.
            to: Successor,
            /// The device of the advocate who left.
            by: VerifyingKey,
        } = 2,
    }
}

/// What a survivor says before the chat. Does not print.
#[derive(Clone, Default, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Intake {
    /// Whether they were with an advocate before.
    pub again: Again,
    /// The language of the page that they chose (BCP 47), or empty.
    pub language: Text<16>,
    /// Whether they want an interpreter.
    pub interpreter: Flag,
    /// What they answered about this device.
    pub safety: SafetyAnswer,
    /// The words by which they say that they were in a chat when their page was lost.
    pub returning: Option<ReturnWords>,
    /// Whether they say that they have agreed on a code word with the program. That they do not is no answer.
    pub code_word: Flag,
}

impl fmt::Debug for Intake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Intake")
    }
}

reasons! {
    /// Why an intake cannot be read.
    IntakeError {
        /// It was sealed to another key, for another program or KeyPackage, or was altered.
        DoesNotOpen => "what the survivor said does not open here",
        /// It opened, and holds no intake.
        Malformed => "what the survivor said is not readable",
    }
}

impl Intake {
    /// Seals it to the duty key, bound to the KeyPackage that it is sent with.
    ///
    /// # Errors
    /// [`SealError::KeyMalformed`] where the duty key is none.
    pub fn seal(
        &self,
        program: &ProgramId,
        duty_key: &ReceivingPublicKey,
        key_package: &KeyPackageHash,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, SealError> {
        let context = context(program, duty_key, key_package);
        seal_padded(duty_key, INFO, &context, self, INTAKE_PLAINTEXT, rng)
    }

    /// Opens one with the duty key.
    ///
    /// # Errors
    /// [`IntakeError`].
    pub fn open(
        duty: &ReceivingKey,
        program: &ProgramId,
        key_package: &KeyPackageHash,
        sealed: &[u8],
    ) -> Result<Self, IntakeError> {
        let context = context(program, &duty.public_key(), key_package);
        let opened = duty.open_padded(INFO, &context, INTAKE_PLAINTEXT, sealed);
        opened.map_err(|_| IntakeError::DoesNotOpen)?.ok_or(IntakeError::Malformed)
    }
}

/// Three fields of fixed length: which program, which duty key, which survivor.
fn context(
    program: &ProgramId,
    duty_key: &ReceivingPublicKey,
    key_package: &KeyPackageHash,
) -> Vec<u8> {
    [&program.0[..], &duty_key.hash(), &key_package.0].concat()
}
