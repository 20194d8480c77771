//! What relays of one program say to one another over NATS (`decisions/0044`).
//!
//! Small bounded records in the wire's codec, since whoever reaches the cluster can send any bytes: they are refused
//! while they are read. Devices' frames in them are what those sent, and are read by the core alone. Nothing here says
//! where a connection comes from but by its share's hash. What it does not protect against: whoever may publish in the
//! cluster can speak as a relay, which is to say, deliver badly; devices believe no relay (`docs/threats.md`).
//!
//! In every version of the protocol a message begins with the version that its relay speaks. What is said to all stays
//! as it is from version to version (a later one may add words), so that relays of two know of each other; what passes
//! on a way is read by relays of the same version alone (`decisions/0048`).

use std::fmt;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use stillroom_delivery::{Share, ShareName};
use stillroom_protocol::limits::RECORD_MAX;
use stillroom_protocol::{
    ANSWERS_BYTES_MAX, Bytes, DecodeError, Flag, LEAVING_BYTES, List, Refusal, VERSION, choice,
    decode, encode,
};

use crate::switchboard::Side;

/// Bytes of the longest frame that is carried: no answer to staff is longer than two records. A longer one closes its
/// connection, as one does that waits too long.
pub(super) const CARRIED_FRAME_MAX: usize = 2 * (RECORD_MAX + 1024);

/// Bytes of items from which no more go into one message: a few hundred ordinary frames. The longest frame may come
/// on top, and both fit into NATS' usual most for a message (1 MiB).
pub(super) const BATCH_BYTES: usize = 256 * 1024;

/// Items of one message: the smallest of them are nine bytes, and a message is no longer than a MiB.
const ITEMS_MAX: usize = 128 * 1024;

/// Names of one share: one under each key that a relay has (two hours of them).
const NAMES_MAX: usize = 16;

/// Keys in use of which a relay tells another: those of a few dozen relays.
const GENERATIONS_MAX: usize = 1024;

/// The version of the protocol that a relay speaks, with devices and with other relays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(pub(super) u16);

impl Version {
    /// What this relay speaks.
    pub(super) const OWN: Self = Self(VERSION);
}

/// Why a message in the cluster is not gone by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unheard {
    /// It is nothing that a relay says.
    Malformed(DecodeError),
    /// It is on a way, or a word that this version does not know, and from a relay that speaks this other version.
    OtherVersion(Version),
}

macro_rules! drawn_name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, MlsSize, MlsEncode, MlsDecode)]
        pub(crate) struct $name(pub(super) [u8; 16]);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}

drawn_name! {
    /// One relay of the program, from its start to its end.
    RelayId
}
drawn_name! {
    /// One relay's time as home, from taking the lease to losing it.
    Term
}
drawn_name! {
    /// One carrier's way to one home in one term. A new one is drawn whenever anything went wrong on the old.
    WayId
}

/// A hash of what is published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub(super) struct Hash(pub(super) [u8; 16]);

impl fmt::Display for RelayId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

choice! {
    /// What a relay says to all others of its program.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(super) enum Word {
        /// It is there, and whether it is home.
        Beat {
            /// Who.
            relay: RelayId,
            /// The term in which it is home.
            home: Option<Term>,
            /// Whether chat is open, if it is home.
            open: Flag,
        } = 1,
        /// What is published has changed: read it anew.
        Changed {
            /// Who says so.
            relay: RelayId,
        } = 2,
        /// It stops, and is home no longer if it was.
        Leaves {
            /// Who.
            relay: RelayId,
        } = 3,
        /// What is published, as it has read it. Relays that do not know this word pass over it.
        Published {
            /// Who.
            relay: RelayId,
            /// A hash of all of it.
            hash: Hash,
        } = 4,
    }
}

/// A message on a way, one of a sequence without gaps in each direction.
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub(super) struct Envelope<T: MlsSize + MlsEncode + MlsDecode> {
    /// Who sends it.
    pub(super) from: RelayId,
    /// The way that it is on.
    pub(super) way: WayId,
    /// Its number in its direction, from 1.
    pub(super) number: u64,
    /// The number of the last that was heard in the other direction.
    pub(super) heard: u64,
    /// What it carries, in order.
    pub(super) items: List<T, ITEMS_MAX>,
}

/// A share's name under one key.
#[derive(Clone, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub(super) struct Name {
    generation: u32,
    hash: [u8; 16],
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Name")
    }
}

choice! {
    /// What a carrier tells the home. Connections have the carrier's numbers.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(super) enum ToHome {
        /// The first on each way: for which term it is.
        Open {
            /// The term.
            term: Term,
        } = 1,
        /// A device has connected.
        Connect {
            /// Its number.
            connection: u64,
            /// Whether it came by the desks' door.
            staff: Flag,
            /// Where it comes from, the name under the newest key first.
            share: List<Name, NAMES_MAX>,
        } = 2,
        /// A device sent a frame.
        Frame {
            /// Which.
            connection: u64,
            /// The frame.
            frame: Bytes<CARRIED_FRAME_MAX>,
        } = 3,
        /// A device's page goes away.
        PageGone {
            /// Which.
            connection: u64,
        } = 4,
        /// A connection is gone.
        Gone {
            /// Which.
            connection: u64,
        } = 5,
        /// A page said as it went that it left.
        Leaving {
            /// What it said.
            said: Bytes<LEAVING_BYTES>,
        } = 6,
        /// A page sent sealed answers.
        Answers {
            /// What it sent.
            sent: Bytes<ANSWERS_BYTES_MAX>,
        } = 7,
    }
}

choice! {
    /// What a home tells a carrier.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(super) enum FromHome {
        /// A frame for a device.
        Send {
            /// Which.
            connection: u64,
            /// The frame.
            frame: Bytes<CARRIED_FRAME_MAX>,
        } = 1,
        /// A connection is to be closed once what was sent before has left.
        Close {
            /// Which.
            connection: u64,
            /// Why; a frame that says so was sent before.
            refusal: Option<Refusal>,
        } = 2,
        /// The keys without which somebody's share would not be known again.
        KeysInUse {
            /// Their numbers, of all relays.
            generations: List<u32, GENERATIONS_MAX>,
        } = 3,
        /// This way is over, or was never one: everything on it is to be closed.
        Over = 4,
    }
}

impl ToHome {
    /// A device connected on this side, from there.
    pub(super) fn connect(connection: u64, side: Side, share: &Share) -> Self {
        let name = |name: &ShareName| Name { generation: name.generation, hash: name.hash };
        let names: Vec<_> = share.names().map(name).take(NAMES_MAX).collect();
        let share = names.try_into().unwrap_or_default();
        Self::Connect { connection, staff: Flag(side == Side::Staff), share }
    }
}

impl FromHome {
    /// These keys are in use.
    pub(super) fn keys_in_use(generations: impl IntoIterator<Item = u32>) -> Self {
        let generations: Vec<_> = generations.into_iter().take(GENERATIONS_MAX).collect();
        Self::KeysInUse { generations: generations.try_into().unwrap_or_default() }
    }
}

/// The share that these names are of; nothing where there are none.
pub(super) fn share_of(names: List<Name, NAMES_MAX>) -> Option<Share> {
    let name = |name: Name| ShareName { generation: name.generation, hash: name.hash };
    let mut names = names.into_vec().into_iter().map(name);
    let newest = names.next()?;
    Some(Share::new(newest, names.collect()))
}

/// Writes what is said to all.
pub(super) fn said(word: &Word) -> Vec<u8> {
    [&Version::OWN.0.to_be_bytes()[..], &encode(word)].concat()
}

/// Reads what was said to all, and what version its relay speaks.
///
/// # Errors
/// [`Unheard`].
pub(super) fn word_of(bytes: &[u8]) -> Result<(Version, Word), Unheard> {
    let (version, rest) = versioned(bytes)?;
    match decode(rest) {
        Ok(word) => Ok((version, word)),
        Err(_) if version != Version::OWN => Err(Unheard::OtherVersion(version)),
        Err(error) => Err(Unheard::Malformed(error)),
    }
}

/// Reads a message on a way.
///
/// # Errors
/// [`Unheard`].
pub(super) fn opened<T: MlsSize + MlsEncode + MlsDecode>(
    bytes: &[u8],
) -> Result<Envelope<T>, Unheard> {
    let (version, rest) = versioned(bytes)?;
    if version != Version::OWN {
        return Err(Unheard::OtherVersion(version));
    }
    decode(rest).map_err(Unheard::Malformed)
}

fn versioned(bytes: &[u8]) -> Result<(Version, &[u8]), Unheard> {
    let (version, rest) =
        bytes.split_first_chunk().ok_or(Unheard::Malformed(DecodeError::Malformed))?;
    Ok((Version(u16::from_be_bytes(*version)), rest))
}

/// Writes an envelope whose items are encoded already: each of them was, once, when it was put in the queue.
pub(super) fn sealed(from: RelayId, way: WayId, number: u64, heard: u64, items: &[u8]) -> Vec<u8> {
    let header = Envelope::<ToHome> { from, way, number, heard, items: List::default() };
    let mut bytes = [&Version::OWN.0.to_be_bytes()[..], &encode(&header)].concat();
    // The empty list at the end is one byte of length.
    bytes.pop();
    bytes.reserve(items.len() + 4);
    // A message's items are shorter than the codec's most, 2^30 bytes.
    let _ = mls_rs_codec::byte_vec::mls_encode(&items, &mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NEXT: Version = Version(VERSION + 1);

    /// What a relay of the next version would say instead.
    fn of_the_next_version(mut message: Vec<u8>) -> Vec<u8> {
        message[..2].copy_from_slice(&NEXT.0.to_be_bytes());
        message
    }

    fn bytes<const MAX: usize>(length: usize) -> Bytes<MAX> {
        vec![7; length].try_into().unwrap()
    }

    #[test]
    fn items_that_were_encoded_one_by_one_are_read_as_a_list() {
        let items = [
            ToHome::Open { term: Term([3; 16]) },
            ToHome::Frame { connection: 5, frame: bytes(400) },
            ToHome::Gone { connection: 5 },
        ];
        let encoded: Vec<u8> = items.iter().flat_map(encode).collect();
        let message = sealed(RelayId([1; 16]), WayId([2; 16]), 7, 6, &encoded);
        let read: Envelope<ToHome> = opened(&message).unwrap();
        assert_eq!((read.from, read.way), (RelayId([1; 16]), WayId([2; 16])));
        assert_eq!((read.number, read.heard), (7, 6));
        assert_eq!(read.items.into_vec(), items);
    }

    #[test]
    fn relays_of_two_versions_know_of_each_other_and_open_nothing_of_each_others() {
        let word = Word::Beat { relay: RelayId([1; 16]), home: None, open: Flag(false) };
        assert_eq!(word_of(&said(&word)), Ok((Version::OWN, word.clone())));
        assert_eq!(word_of(&of_the_next_version(said(&word))), Ok((NEXT, word)));
        let message = sealed(RelayId([1; 16]), WayId([2; 16]), 1, 0, &[]);
        assert!(opened::<FromHome>(&message).is_ok());
        let message = of_the_next_version(message);
        assert_eq!(opened::<FromHome>(&message), Err(Unheard::OtherVersion(NEXT)));
    }

    #[test]
    fn a_word_that_no_relay_of_this_version_says_is_one_of_a_later_or_nothing() {
        let own = [&Version::OWN.0.to_be_bytes()[..], &[99, 1, 2, 3]].concat();
        let malformed = Unheard::Malformed(DecodeError::Malformed);
        assert_eq!(word_of(&own), Err(malformed));
        assert_eq!(word_of(&of_the_next_version(own)), Err(Unheard::OtherVersion(NEXT)));
        for short in [&b""[..], &[0]] {
            assert_eq!(word_of(short), Err(malformed));
            assert_eq!(opened::<ToHome>(short), Err(malformed));
        }
    }

    #[test]
    fn a_frame_longer_than_any_is_refused_while_it_is_read() {
        let longest = FromHome::Send { connection: 1, frame: bytes(CARRIED_FRAME_MAX) };
        let mut message = encode(&longest);
        assert_eq!(decode::<FromHome>(&message), Ok(longest));
        // The length stands after the tag and the connection's number.
        message[12] = message[12].wrapping_add(1);
        assert!(decode::<FromHome>(&message).is_err());
    }

    #[test]
    fn nothing_of_a_contact_prints() {
        let share = Share::new(ShareName { generation: 1, hash: [0x5a; 16] }, Vec::new());
        let said = format!("{:?}", ToHome::connect(1, Side::Survivors, &share));
        assert!(!said.contains("90") && !said.contains("5a"), "{said}");
        let frame = format!("{:?}", ToHome::Frame { connection: 1, frame: bytes(3) });
        assert!(frame.contains("3 bytes") && !frame.contains("[7"), "{frame}");
    }

    proptest! {
        #[test]
        fn random_bytes_are_refused_or_are_the_one_way_to_write_what_they_say(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
            head in 0_u8..8,
        ) {
            let bytes = [&[head], &bytes[..]].concat();
            let own = [&Version::OWN.0.to_be_bytes()[..], &bytes].concat();
            if let Ok((_, word)) = word_of(&own) {
                prop_assert_eq!(said(&word), own);
            }
            if let Ok(item) = decode::<ToHome>(&bytes) {
                prop_assert_eq!(encode(&item), bytes.clone());
            }
            if let Ok(item) = decode::<FromHome>(&bytes) {
                prop_assert_eq!(encode(&item), bytes.clone());
            }
            if let Ok(envelope) = decode::<Envelope<ToHome>>(&bytes) {
                prop_assert_eq!(encode(&envelope), bytes.clone());
            }
        }

        #[test]
        fn damage_to_a_genuine_message_never_panics(
            at in 0_usize..200,
            with in any::<u8>(),
        ) {
            let items: Vec<u8> = [
                ToHome::Open { term: Term([3; 16]) },
                ToHome::Frame { connection: 5, frame: vec![1; 90].try_into().unwrap() },
            ].iter().flat_map(encode).collect();
            let mut message = sealed(RelayId([1; 16]), WayId([2; 16]), 7, 6, &items);
            if let Some(byte) = message.get_mut(at) {
                *byte = with;
            }
            if let Ok(read) = opened::<ToHome>(&message) {
                prop_assert_eq!(encode(&read), message[2..].to_vec());
            }
        }
    }
}
