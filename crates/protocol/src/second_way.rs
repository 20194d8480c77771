//! The second way in: the frames of a line over plain requests, where something between device and relay breaks
//! WebSocket (`features.md` 6.6; `docs/decisions/0042`).
//!
//! A device draws a [`SessionId`] and says it in the body of every request. It asks for what is for it ([`Down`]) and is
//! answered with frames; it posts what it has to say ([`Up`], followed by frames). Frames are numbered from 1 in each
//! direction, without gaps, and each side says with every request what it has: whatever a cut connection lost is sent
//! again, and what came twice counts once ([`Arrivals`]). Whoever knows the id can take the line over, as whoever gets
//! hold of a connection can: what is said on it is sealed, or signed for this connection.

use alloc::vec::Vec;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use stillroom_wire::{choice, decode, encode};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Where a device asks for what is for it.
pub const DOWN_PATH: &str = "/d";

/// Where a device posts what it has to say.
pub const UP_PATH: &str = "/u";

/// Bytes of a [`Down`].
pub const DOWN_BYTES: usize = 25;

/// Bytes of an [`Up`], before its frames.
pub const UP_BYTES: usize = 33;

/// Bytes of a frame's length, before it.
const LENGTH_BYTES: usize = 4;

/// Bytes after which no further frame is put into one request: few enough to be sent anew on a poor line.
pub const UP_TOGETHER: usize = 32 * 1024;

/// Bytes of the longest request for an [`Up`], where one frame may have `frame` bytes.
pub const fn up_max(frame: usize) -> usize {
    UP_BYTES + UP_TOGETHER + LENGTH_BYTES + frame
}

/// Seconds that a session outlives the last request for what is for it: two tries of a poor line. Less than a line may
/// be silent ([`crate::limits::LINE_DEAD_AFTER_SECONDS`]), so that whoever is gone is missed no later.
pub const SESSION_LASTS_SECONDS: u64 = 20;

/// Seconds between two signs of life in a streamed answer that has nothing to say.
pub const BEAT_SECONDS: u64 = 10;

/// What stands for a line: drawn at random by the device, for one line.
#[derive(Clone, PartialEq, Eq, Hash, Zeroize, ZeroizeOnDrop, MlsSize, MlsEncode, MlsDecode)]
pub struct SessionId(pub [u8; 16]);

impl core::fmt::Debug for SessionId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SessionId(secret)")
    }
}

choice! {
    /// How a device wants to be answered.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Manner {
        /// At once, with what there is. This begins a session, and shows after a cut that it still stands.
        AtOnce = 0,
        /// As soon as there is something, or after a while.
        OneAnswer = 1,
        /// With a stream, which goes on as long as may be.
        Stream = 2,
    }
}

choice! {
    /// Whether a device has more to say.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Then {
        /// The line goes on.
        GoesOn = 0,
        /// The line is let go.
        Closes = 1,
        /// The page goes, and the line with it.
        PageGoes = 2,
    }
}

/// Asks for what is for this device. Always [`DOWN_BYTES`].
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Down {
    /// Of which line.
    pub session: SessionId,
    /// The number of the last frame that it has.
    pub received: u64,
    /// How to answer.
    pub manner: Manner,
}

impl Down {
    /// The bytes to post.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// What these bytes ask for; nothing where they are of another kind.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        decode(bytes).ok()
    }
}

/// Comes before what a device has to say. Always [`UP_BYTES`].
#[derive(Clone, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct Up {
    /// On which line.
    pub session: SessionId,
    /// The number of the first frame that follows.
    pub first: u64,
    /// The number of the last frame that the device has.
    pub received: u64,
    /// Whether there will be more.
    pub then: Then,
}

impl Up {
    /// The bytes to post, before the frames.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// What these bytes say; nothing where they are of another kind.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        decode(bytes).ok()
    }
}

/// Puts a frame behind others. An empty one is a sign of life, which has no number.
pub fn put_frame(into: &mut Vec<u8>, frame: &[u8]) {
    // No frame is anywhere near that long; one that were is a sign of life.
    let length = u32::try_from(frame.len()).unwrap_or(0);
    into.extend_from_slice(&length.to_be_bytes());
    if length > 0 {
        into.extend_from_slice(frame);
    }
}

/// A frame that says that it is longer than any may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameTooLong;

/// Takes frames apart as their bytes come, in pieces of any length. Holds one frame at most, and never more than that
/// may have.
pub struct Frames {
    longest: usize,
    /// The length that comes, and then the frame.
    length: [u8; LENGTH_BYTES],
    read: usize,
    frame: Vec<u8>,
}

impl Frames {
    /// Of frames of at most so many bytes.
    pub fn new(longest: usize) -> Self {
        Self { longest, length: [0; LENGTH_BYTES], read: 0, frame: Vec::new() }
    }

    /// The next whole frame, if there is one in these bytes and what came before; takes off what it read. Signs of life
    /// are passed over.
    ///
    /// # Errors
    /// [`FrameTooLong`]; nothing that follows can be read.
    pub fn next(&mut self, bytes: &mut &[u8]) -> Result<Option<Vec<u8>>, FrameTooLong> {
        loop {
            while self.read < LENGTH_BYTES {
                let Some((first, rest)) = bytes.split_first() else {
                    return Ok(None);
                };
                if let Some(place) = self.length.get_mut(self.read) {
                    *place = *first;
                }
                self.read += 1;
                *bytes = rest;
            }
            let length = u32::from_be_bytes(self.length);
            let length = usize::try_from(length).map_err(|_| FrameTooLong)?;
            if length > self.longest {
                return Err(FrameTooLong);
            }
            let taken = length.saturating_sub(self.frame.len()).min(bytes.len());
            let (now, later) = bytes.split_at(taken);
            self.frame.extend_from_slice(now);
            *bytes = later;
            if self.frame.len() < length {
                return Ok(None);
            }
            self.read = 0;
            if length > 0 {
                return Ok(Some(core::mem::take(&mut self.frame)));
            }
        }
    }

    /// Whether the bytes so far end with a whole frame.
    pub fn is_between_frames(&self) -> bool {
        self.read == 0
    }
}

/// What becomes of a frame that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It is the next.
    Next,
    /// It came before.
    Double,
    /// One before it is missing, which no device of ours leaves out.
    Gap,
}

/// Counts the frames that came, so that each counts once and in its order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrivals(u64);

impl Arrivals {
    /// The number of the last that came; 0 before the first.
    pub fn last(self) -> u64 {
        self.0
    }

    /// One with this number came.
    pub fn take(&mut self, number: u64) -> Arrival {
        if number <= self.0 {
            return Arrival::Double;
        }
        if number - self.0 > 1 {
            return Arrival::Gap;
        }
        self.0 = number;
        Arrival::Next
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;
    use crate::limits::LINE_DEAD_AFTER_SECONDS;

    const SESSION: SessionId = SessionId([7; 16]);

    /// All frames in these pieces.
    fn frames_of(longest: usize, pieces: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, FrameTooLong> {
        let mut frames = Frames::new(longest);
        let mut read = Vec::new();
        for piece in pieces {
            let mut rest = piece.as_slice();
            while let Some(frame) = frames.next(&mut rest)? {
                read.push(frame);
            }
            assert!(rest.is_empty());
        }
        Ok(read)
    }

    #[test]
    fn requests_are_as_long_as_they_say_and_read_back() {
        for manner in [Manner::AtOnce, Manner::OneAnswer, Manner::Stream] {
            let down = Down { session: SESSION, received: u64::MAX, manner };
            assert_eq!(down.to_bytes().len(), DOWN_BYTES);
            assert_eq!(Down::from_bytes(&down.to_bytes()), Some(down));
        }
        for then in [Then::GoesOn, Then::Closes, Then::PageGoes] {
            let up = Up { session: SESSION, first: 1, received: 9, then };
            assert_eq!(up.to_bytes().len(), UP_BYTES);
            assert_eq!(Up::from_bytes(&up.to_bytes()), Some(up));
        }
    }

    #[test]
    fn what_is_shorter_longer_or_of_another_kind_asks_for_nothing() {
        let bytes = Down { session: SESSION, received: 1, manner: Manner::AtOnce }.to_bytes();
        for length in 0..DOWN_BYTES {
            assert_eq!(Down::from_bytes(&bytes[..length]), None, "{length}");
        }
        assert_eq!(Down::from_bytes(&[&bytes[..], &[0]].concat()), None);
        assert_eq!(Down::from_bytes(&[3; DOWN_BYTES]), None);
        assert_eq!(Up::from_bytes(&[3; UP_BYTES]), None);
    }

    #[test]
    fn a_frame_that_says_that_it_is_too_long_is_refused_before_any_of_it_is_held() {
        let mut frames = Frames::new(10);
        let length = 11_u32.to_be_bytes();
        assert_eq!(frames.next(&mut &length[..]), Err(FrameTooLong));
        assert_eq!(frames.frame.capacity(), 0);
    }

    #[test]
    fn signs_of_life_are_no_frames() {
        let mut bytes = Vec::new();
        put_frame(&mut bytes, &[]);
        put_frame(&mut bytes, &[1]);
        put_frame(&mut bytes, &[]);
        assert_eq!(frames_of(10, &[bytes]), Ok(vec![vec![1]]));
    }

    #[test]
    fn a_session_prints_nothing_of_itself_and_is_missed_before_a_silent_line_is() {
        assert_eq!(alloc::format!("{SESSION:?}"), "SessionId(secret)");
        const { assert!(SESSION_LASTS_SECONDS + BEAT_SECONDS < LINE_DEAD_AFTER_SECONDS) };
    }

    proptest! {
        #[test]
        fn frames_come_out_as_they_went_in_however_the_line_cuts_them(
            frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 0..20),
            cuts in prop::collection::vec(1_usize..30, 1..60),
        ) {
            let mut bytes = Vec::new();
            for frame in &frames {
                put_frame(&mut bytes, frame);
            }
            let mut pieces = Vec::new();
            let mut cuts = cuts.iter().cycle();
            while !bytes.is_empty() {
                let cut = cuts.next().map_or(1, |cut| *cut).min(bytes.len());
                pieces.push(bytes.drain(..cut).collect());
            }
            prop_assert_eq!(frames_of(40, &pieces), Ok(frames));
        }

        #[test]
        fn random_bytes_never_panic_and_never_make_a_frame_longer_than_may_be(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..10),
        ) {
            let mut frames = Frames::new(16);
            'all: for piece in &pieces {
                let mut rest = piece.as_slice();
                loop {
                    match frames.next(&mut rest) {
                        Ok(Some(frame)) => prop_assert!((1..=16).contains(&frame.len())),
                        Ok(None) => break,
                        Err(FrameTooLong) => break 'all,
                    }
                }
                prop_assert!(frames.frame.len() <= 16);
            }
            let _ = Up::from_bytes(&pieces.concat());
            let _ = Down::from_bytes(&pieces.concat());
        }

        /// Requests are sent again from any number that was not confirmed, as often as the line is cut.
        #[test]
        fn each_frame_counts_once_and_in_its_order_however_often_it_is_sent(
            tries in prop::collection::vec((1_u64..20, 1_u64..8), 0..50),
        ) {
            let mut arrivals = Arrivals::default();
            let mut counted = Vec::new();
            for (first, count) in tries {
                for number in first..first + count {
                    match arrivals.take(number) {
                        Arrival::Next => counted.push(number),
                        Arrival::Double => prop_assert!(counted.contains(&number)),
                        Arrival::Gap => prop_assert!(number > arrivals.last() + 1),
                    }
                }
            }
            let all: Vec<u64> = (1..=arrivals.last()).collect();
            prop_assert_eq!(counted, all);
        }
    }
}
