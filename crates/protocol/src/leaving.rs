//! What a survivor's page says as it goes: "I left", in a request of its own that a browser sends even while
//! the page is being replaced (`features.md` 1.7).
//!
//! It is always equally long, so that its length does not say whether somebody waited or was in a chat.
//! Whoever has the ticket or the token may say it: the page alone until then. A relay can keep it back;
//! then the others see a dropped line, which is also true.

use stillroom_wire::{choice, decode, encode};
use zeroize::Zeroizing;

use crate::ids::{LeavingToken, RoomId, Ticket};

/// Bytes of a [`Leaving`], whatever it says.
pub const LEAVING_BYTES: usize = 65;

choice! {
    /// What is left.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum Leaving {
        /// A place in the line, which is given up.
        Place {
            /// The survivor's hold on the place.
            ticket: Ticket,
            /// Nothing, as long as the other's second field.
            nothing: [u8; 32],
        } = 1,
        /// A chat.
        Chat {
            /// Its room.
            room: RoomId,
            /// What the group knows the hash of.
            token: LeavingToken,
        } = 2,
    }
}

impl Leaving {
    /// Leaving a place in the line.
    pub fn place(ticket: Ticket) -> Self {
        Self::Place { ticket, nothing: [0; 32] }
    }

    /// The bytes to send; always [`LEAVING_BYTES`].
    pub fn to_bytes(&self) -> Zeroizing<alloc::vec::Vec<u8>> {
        Zeroizing::new(encode(self))
    }

    /// What these bytes say; nothing where they say nothing.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != LEAVING_BYTES {
            return None;
        }
        decode(bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn both() -> [Leaving; 2] {
        [
            Leaving::place(Ticket([7; 32])),
            Leaving::Chat { room: RoomId([8; 32]), token: LeavingToken([9; 32]) },
        ]
    }

    #[test]
    fn leaving_a_place_and_leaving_a_chat_are_equally_long_and_read_back() {
        for leaving in both() {
            let bytes = leaving.to_bytes();
            assert_eq!(bytes.len(), LEAVING_BYTES);
            assert_eq!(Leaving::from_bytes(&bytes), Some(leaving));
        }
    }

    #[test]
    fn what_is_shorter_longer_or_of_another_kind_says_nothing() {
        for leaving in both() {
            let bytes = leaving.to_bytes();
            for length in 0..LEAVING_BYTES {
                assert_eq!(Leaving::from_bytes(&bytes[..length]), None, "{length}");
            }
            let longer = [&bytes[..], &[0]].concat();
            assert_eq!(Leaving::from_bytes(&longer), None);
        }
        assert_eq!(Leaving::from_bytes(&[3; LEAVING_BYTES]), None);
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = Leaving::from_bytes(&bytes);
        }
    }
}
