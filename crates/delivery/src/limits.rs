//! How much the relay holds for one program, how long it waits, and why that much (`features.md` 6.6).

use core::time::Duration;

use stillroom_protocol::limits::{CLIENT_FRAME_MAX, LINE_DEAD_AFTER_SECONDS, STAFF_FRAME_MAX};

use crate::answers::BATCH_LEAST;
use crate::pace::Pace;

/// How much one program may use of a relay. Each limit that is reached is answered with its own refusal.
///
/// The defaults let one process of modest size (1 GB) carry the 10,000 chats of a national hotline; a
/// program of five people never comes near them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Survivors' connections at once. Default 25,000: two for each of 10,000 chats, as one comes while the relay has
    /// not yet noticed that another is gone, and those who wait or read.
    pub connections: usize,
    /// Staff's connections at once. Default 1,000: as many as a large program has, twice over.
    pub staff_connections: usize,
    /// The pace of a connection that has shown no certificate. Default 30 frames a second, which nobody's
    /// typing and acknowledging reaches, and 700 at once: after a dropped line a page sends again up to
    /// 512 messages that nobody acknowledged.
    pub pace: Pace,
    /// The pace of a staff device, which carries several chats. Default 200 a second, 4,000 at once:
    /// the same for a dozen chats side by side.
    pub staff_pace: Pace,
    /// The pace of notes from one staff device to others. Default 20 a second, 1,000 at once: two to each of a hundred
    /// colleagues when somebody comes on duty, and one to each whenever one of a dozen chats begins or ends.
    pub notes_pace: Pace,
    /// Bytes of one frame from a connection that has shown no certificate. Default
    /// [`CLIENT_FRAME_MAX`]: the longest message fits.
    pub frame: usize,
    /// Bytes of one frame from an admitted staff device. Default [`STAFF_FRAME_MAX`]: the longest record
    /// fits.
    pub staff_frame: usize,
    /// Places in the line. Default 500: with twenty advocates on duty, whoever comes after that would
    /// wait for hours, and is better told of the other ways at once. At most 20 KB are held for each.
    pub line: usize,
    /// Rooms at once. Default 12,000: 10,000 chats, and those that are being opened anew or were left.
    pub rooms: usize,
    /// Rooms opened by one staff device. Default 64: a dozen chats side by side, and a shift's worth of
    /// rooms that were left without being closed.
    pub rooms_per_device: usize,
    /// Rooms that one connection without a certificate may attach to. Default 4: a survivor has one chat,
    /// and changes rooms when a member is removed.
    pub attached: usize,
    /// Rooms that one staff device may attach to. Default 128: its own, and those it was added to.
    pub staff_attached: usize,
    /// Bytes that wait in one room for members who are away. Default 256 KiB: fourteen messages of the
    /// longest kind, or hundreds of ordinary ones. What does not fit is sent again from end to end.
    pub room_bytes: usize,
    /// Messages that wait in one room for members who are away. Default 256: two minutes of two people
    /// writing without pause, and their acknowledgements.
    pub room_messages: usize,
    /// Bytes held in all, tails of rooms and the line together. Default 64 MiB: the line when it is full
    /// (10 MB), and a tail of 5 KB for each of 10,000 rooms whose survivors all lost their line at once.
    pub bytes: usize,
    /// Requests of one connection that wait for an answer from the lasting records. Default 8: a desk
    /// asks for a handful of things when it opens.
    pub requests: u8,
    /// Sealed answers of one kind that make a batch. Default 10, which is also the fewest; 20 are the most.
    pub answers_batch: usize,
    /// Sealed answers of one kind that are held at most, while batches cannot be kept. Default 200, of 5 KB.
    pub answers_held: usize,
    /// The pace of sealed answers in all. Default 5 a second, which 10,000 chats an hour stay below, and 500 at
    /// once. What comes faster is dropped.
    pub answers_pace: Pace,
    /// The part of the line, or of the bytes, that is taken when whoever asks is given a puzzle first, in hundredths.
    /// Default 50: half of a full line waits for hours already. At 100 however much is taken is no reason.
    pub puzzle_from: u8,
    /// People who ask for a place, a second, that are ordinary. Default 10: a national hotline of 10,000 chats of half
    /// an hour has six. Where more ask for ten seconds together, whoever asks is given a puzzle first.
    pub asks_per_second: u32,
    /// The pace at which answers to puzzles are checked, in all. Default 200 a second, as many at once: a fifth of a
    /// millisecond each, so that a flood of wrong ones takes a twentieth of one processor and no more.
    pub puzzle_checks: Pace,
    /// How far the clock of a device may be off when its certificates and statements are judged. Default
    /// 24 hours, as everywhere (`design.md`, Keys).
    pub clock_tolerance: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 25_000,
            staff_connections: 1_000,
            pace: Pace { per_second: 30, burst: 700 },
            staff_pace: Pace { per_second: 200, burst: 4_000 },
            notes_pace: Pace { per_second: 20, burst: 1_000 },
            frame: CLIENT_FRAME_MAX,
            staff_frame: STAFF_FRAME_MAX,
            line: 500,
            rooms: 12_000,
            rooms_per_device: 64,
            attached: 4,
            staff_attached: 128,
            room_bytes: 256 * 1024,
            room_messages: 256,
            bytes: 64 * 1024 * 1024,
            requests: 8,
            answers_batch: BATCH_LEAST,
            answers_held: 200,
            answers_pace: Pace { per_second: 5, burst: 500 },
            puzzle_from: 50,
            asks_per_second: 10,
            puzzle_checks: Pace { per_second: 200, burst: 200 },
            clock_tolerance: Duration::from_secs(24 * 60 * 60),
        }
    }
}

/// How long a connection may stay before its first frame: a page says `Hello` as soon as it is connected.
pub(crate) const HELLO_WITHIN: Duration = Duration::from_secs(15);

/// Silence after which a connection is taken for dropped; devices ping well before.
pub(crate) const SILENCE_AT_MOST: Duration = Duration::from_secs(LINE_DEAD_AFTER_SECONDS);

/// How long a place is kept whose survivor's line dropped, where there is no policy to say: a tunnel, a
/// lift, a phone that changes from one network to another. A page keeps trying all the while.
pub(crate) const PLACE_KEPT: Duration = Duration::from_secs(120);

/// How long a claimed place may be without a Welcome. A desk makes one in a fraction of a second; twenty
/// are a slow laptop on a slow line.
pub(crate) const OFFER_WITHIN: Duration = Duration::from_secs(20);

/// How long a claim is kept whose claimant's line dropped before the survivor joined.
pub(crate) const CLAIM_KEPT: Duration = Duration::from_secs(30);

/// How long it is remembered what became of a claimed place, for a claimant whose line was down then: as
/// long as a desk keeps a group that was offered.
pub(crate) const SETTLED_KEPT: Duration = Duration::from_secs(120);

/// Devices whose Welcome is still good though their claim has lapsed, for each place. More than this
/// many desks that vanish in a row on one survivor leave the older ones untold.
pub(crate) const LAPSED_OFFERS: usize = 4;

/// Of the places that the line may have, one in so many; more waiting than that, and they are served by turns. At
/// half, twenty advocates have a day's work before them, and one address with many pages would have taken most of it.
pub(crate) const PRESSED_ABOVE: usize = 2;

/// One in so many; fewer waiting than that, and whoever has waited longest is served first again. Half of
/// [`PRESSED_ABOVE`], so that the order does not go back and forth with every place.
pub(crate) const EASED_BELOW: usize = 4;

/// How long staff are told that somebody from the same place was turned away. A prank comes again within minutes;
/// after half an hour an address of a telephone network is somebody else's.
pub(crate) const TURNED_AWAY_KEPT: Duration = Duration::from_secs(30 * 60);

/// Places that somebody was turned away from, at once; the oldest is forgotten for another. As many as twenty
/// advocates turn away in half an hour who do nothing else.
pub(crate) const TURNED_AWAY_MAX: usize = 200;

/// How often the survivors in the line are told their places at most: the cost of a long line does not
/// grow with how fast people come and go.
pub(crate) const PLACES_EVERY: Duration = Duration::from_secs(1);

/// How long a device stays on duty whose line dropped: the survivor's page would otherwise say "closed"
/// at every flicker of a lone advocate's network.
pub(crate) const DUTY_KEPT: Duration = Duration::from_secs(30);

/// How long a desk may take to state its duty anew after the policy or the list of revoked devices
/// changed under the old statement.
pub(crate) const RESTATE_WITHIN: Duration = Duration::from_secs(60);

/// How long after another duty statement is shown whoever is in a chat is told of the newest. The one that they hold was
/// the newest until then, so it is at most eleven minutes old, and lasts half an hour.
pub(crate) const DUTY_TOLD_LATER: Duration = Duration::from_secs(60);

/// Leavings that one room passes on: the page says it on its line and beside it, each perhaps twice. Whoever
/// is in a room knows its address, and could go on for ever.
pub(crate) const LEAVINGS_MAX: u8 = 4;

/// How long a message waits in a room for a member who is away. Resending from end to end does the rest.
pub(crate) const TAIL_KEPT: Duration = Duration::from_secs(120);

/// How long a room is kept with nobody in it: longer than a relay's neighbours or a router take to
/// restart. Whoever comes later opens it again.
pub(crate) const IDLE_KEPT: Duration = Duration::from_secs(600);

/// How long a closed room is remembered as closed, so that a member who was away learns that it ended
/// and does not wait for it to be opened again.
pub(crate) const CLOSED_KEPT: Duration = Duration::from_secs(600);

/// Zero bits of the puzzle at each step of pressure: from 64 tries, which a telephone of today makes before anybody
/// notices, to 512, a second or two on an old one (`docs/benchmarks.md`).
pub(crate) const PUZZLE_BITS: [u8; 4] = [6, 7, 8, 9];

/// Over how long askings are counted: a burst of a few seconds is what a page that reloads or a news item makes.
pub(crate) const PRESSURE_WINDOW: Duration = Duration::from_secs(10);

/// How long a step of pressure holds after it was last measured.
pub(crate) const PRESSURE_KEPT: Duration = Duration::from_secs(60);

/// Fewer people in the line than this are no pressure, however short the line.
pub(crate) const PRESSURE_PLACES: usize = 8;

/// Connections and places of one share from which a puzzle is harder by one bit, and by two: more than a shelter's
/// or a library's visitors who ask at once, and more than anybody's but a flood or a large network's.
pub(crate) const SHARE_MUCH: [usize; 2] = [50, 200];
