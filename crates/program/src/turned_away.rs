//! Why somebody was turned away, for whoever is on duty alone (`features.md` 6.6; `decisions/0019`).
//!
//! One of a few words, and no other text: a note cannot describe anybody. Sealed to the duty key and always equally
//! long, so that the relay, which puts it beside whoever comes next from the same address, cannot read it. It does
//! not say who wrote it: the duty key is public, and a relay that lies can make one up, as it can put a true one
//! beside somebody else. Desks say that it may be somebody else, and nothing follows from it by itself.

use alloc::vec::Vec;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use rand_core::CryptoRng;
use stillroom_protocol::ProgramId;

use crate::limits::TURNED_AWAY_PLAINTEXT;
use crate::sealing::{ReceivingKey, ReceivingPublicKey, SealError, seal_padded};

const INFO: &[u8] = b"stillroom turned away 1";

/// Why somebody was turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
#[repr(u8)]
pub enum TurnedAway {
    /// It was a prank.
    Prank = 1,
    /// They were abusive.
    Abusive = 2,
    /// They threatened somebody.
    Threatening = 3,
}

impl TurnedAway {
    /// Each of them, the mildest first.
    pub const ALL: [Self; 3] = [Self::Prank, Self::Abusive, Self::Threatening];

    /// Seals it to the duty key.
    ///
    /// # Errors
    /// [`SealError::KeyMalformed`] where the duty key is none.
    pub fn seal(
        self,
        program: &ProgramId,
        duty_key: &ReceivingPublicKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, SealError> {
        let context = context(program, duty_key);
        seal_padded(duty_key, INFO, &context, &self, TURNED_AWAY_PLAINTEXT, rng)
    }

    /// Opens one with the duty key; nothing where there is no such word in it.
    ///
    /// # Errors
    /// [`SealError::DoesNotOpen`].
    pub fn open(
        duty: &ReceivingKey,
        program: &ProgramId,
        sealed: &[u8],
    ) -> Result<Option<Self>, SealError> {
        let context = context(program, &duty.public_key());
        duty.open_padded(INFO, &context, TURNED_AWAY_PLAINTEXT, sealed)
    }
}

/// Two fields of fixed length: which program, which duty key.
fn context(program: &ProgramId, duty_key: &ReceivingPublicKey) -> Vec<u8> {
    [&program.0[..], &duty_key.hash()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;
    use stillroom_protocol::limits::TURNED_AWAY_BYTES;

    const PROGRAM: ProgramId = ProgramId([7; 16]);

    #[test]
    fn each_word_is_equally_long_and_opens_with_the_duty_key_of_its_program_alone() {
        let rng = &mut ChaCha20Rng::seed_from_u64(1);
        let (duty, other) = (ReceivingKey::generate(rng), ReceivingKey::generate(rng));
        for why in TurnedAway::ALL {
            let mut sealed = why.seal(&PROGRAM, &duty.public_key(), rng).unwrap();
            assert_eq!(sealed.len(), TURNED_AWAY_BYTES);
            assert_eq!(TurnedAway::open(&duty, &PROGRAM, &sealed), Ok(Some(why)));
            let unknown = Err(SealError::DoesNotOpen);
            assert_eq!(TurnedAway::open(&other, &PROGRAM, &sealed), unknown);
            assert_eq!(TurnedAway::open(&duty, &ProgramId([8; 16]), &sealed), unknown);
            *sealed.last_mut().unwrap() ^= 1;
            assert_eq!(TurnedAway::open(&duty, &PROGRAM, &sealed), unknown);
        }
    }
}
