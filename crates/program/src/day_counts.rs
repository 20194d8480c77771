//! What a relay counts of a day: how many chats there were, how many people left while they waited, how long chat
//! was open (`features.md` 5.8).
//!
//! Sealed to the report key at the end of the day and bound to the program, always equally long: "one chat on the
//! third of March" would answer a question that a court may ask. They name nobody, and no answers. Whoever runs the
//! relay sees while the day lasts what it counts, as it sees the chats; and anybody who knows the public key can
//! seal such counts, so that whoever can write into the relay's records can put some there.

use alloc::vec::Vec;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use rand_core::CryptoRng;
use stillroom_protocol::ProgramId;
use stillroom_protocol::counts::COUNTS_PLAINTEXT_BYTES;

use crate::reasons::reasons;
use crate::sealing::{ReceivingKey, ReceivingPublicKey, SealError, seal_padded};

const INFO: &[u8] = b"stillroom day counts 1";

/// The counts of a day, or of the part of one in which a relay ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct DayCounts {
    /// Which day: so many after 1 January 1970, in UTC.
    pub day: u32,
    /// Chats that began.
    pub chats: u32,
    /// People who left, or whose line stayed down, while they waited.
    pub left_waiting: u32,
    /// Seconds for which chat was open.
    pub open_seconds: u32,
}

reasons! {
    /// Why counts cannot be read.
    DayCountsError {
        /// They were sealed to another key or for another program, or were altered.
        DoesNotOpen => "the counts do not open here",
        /// They opened, and are none.
        Malformed => "the counts are not readable",
    }
}

impl DayCounts {
    /// Seals them to the report key.
    ///
    /// # Errors
    /// [`SealError::KeyMalformed`] where the report key is none.
    pub fn seal(
        &self,
        program: &ProgramId,
        report_key: &ReceivingPublicKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, SealError> {
        let context = context(program, report_key);
        seal_padded(report_key, INFO, &context, self, COUNTS_PLAINTEXT_BYTES, rng)
    }

    /// Opens them with the report key.
    ///
    /// # Errors
    /// [`DayCountsError`].
    pub fn open(
        report_key: &ReceivingKey,
        program: &ProgramId,
        sealed: &[u8],
    ) -> Result<Self, DayCountsError> {
        let context = context(program, &report_key.public_key());
        let opened = report_key.open_padded(INFO, &context, COUNTS_PLAINTEXT_BYTES, sealed);
        opened.map_err(|_| DayCountsError::DoesNotOpen)?.ok_or(DayCountsError::Malformed)
    }
}

/// Two fields of fixed length: which program, which report key.
fn context(program: &ProgramId, report_key: &ReceivingPublicKey) -> Vec<u8> {
    [&program.0[..], &report_key.hash()].concat()
}
