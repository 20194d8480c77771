//! What the relay counts of a day, sealed to the program's report key (`features.md` 5.8).

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use stillroom_wire::Bytes;

use crate::ids::DayCountsId;

/// Bytes of the counts of a day before they are sealed.
pub const COUNTS_PLAINTEXT_BYTES: usize = 64;

/// Bytes of the sealed counts of a day, whatever was counted: sealing adds an X-Wing encapsulation and a tag.
pub const COUNTS_SEALED_BYTES: usize = COUNTS_PLAINTEXT_BYTES + 1120 + 16;

/// The counts of a day as the relay keeps them, until an administrator has destroyed them.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct SealedDayCounts {
    /// Their name, drawn at random, so that they have no order.
    pub id: DayCountsId,
    /// As they were sealed.
    pub sealed: Bytes<COUNTS_SEALED_BYTES>,
}
