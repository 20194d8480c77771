//! How much one relay holds, as the configuration says it (`features.md` 6.6).
//!
//! Whoever opens many connections from many places still takes places from others; these bounds keep the
//! relay itself standing.

use serde::Deserialize;
use stillroom_delivery::Pace;

use super::ConfigError;

/// How much the relay holds. What a limit refuses, it refuses with a reason of its own.
///
/// The defaults of the first group are the core's ([`stillroom_delivery::Limits`]), whose reasons stand
/// there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Survivors' devices connected at once.
    pub connections: usize,
    /// Staff's devices connected at once, besides those.
    pub staff_connections: usize,
    /// Frames a second that a survivor's device may send for ever.
    pub frames_per_second: u32,
    /// Frames that it may send at once after a silence.
    pub frames_at_once: u32,
    /// Frames a second that a staff device may send for ever.
    pub staff_frames_per_second: u32,
    /// Frames that it may send at once after a silence.
    pub staff_frames_at_once: u32,
    /// Places in the line.
    pub line: usize,
    /// Rooms at once.
    pub rooms: usize,
    /// Bytes that wait in one room for members who are away.
    pub room_bytes: usize,
    /// Bytes held in all, rooms and line together.
    pub bytes: usize,
    /// Sealed answers that make a batch: from 10 to 16.
    pub answers_batch: usize,
    /// The part of the line or of `bytes`, in hundredths, from which whoever asks solves a puzzle first; at 100 that
    /// is no reason.
    pub puzzle_from: u8,
    /// People a second who ask for a place and are ordinary. When there are more, whoever asks solves a puzzle first.
    pub asks_per_second: u32,

    /// Bytes that wait to be sent to one survivor's device that reads slowly. Default 512 KiB: a whole
    /// room's tail (256 KiB), the policy, and as much again for what is posted meanwhile.
    pub outgoing_bytes: usize,
    /// Bytes that wait to be sent to one staff device. Default 2 MiB: everybody who waits in a full line is
    /// told of at once when a device goes on duty (500 places of 2 KB), and twice that.
    pub staff_outgoing_bytes: usize,
    /// Bytes that wait to be sent to all survivors' devices together, and as many to staff's. Default 64 MiB.
    pub outgoing_bytes_in_all: usize,
    /// Requests for pages at once, each on a connection of its own. Default 2,000: thirty pages a second
    /// for a minute. Whoever comes then has the place of whoever came first. Each line by the second way has one as well.
    pub page_connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let core = stillroom_delivery::Limits::default();
        Self {
            connections: core.connections,
            staff_connections: core.staff_connections,
            frames_per_second: core.pace.per_second,
            frames_at_once: core.pace.burst,
            staff_frames_per_second: core.staff_pace.per_second,
            staff_frames_at_once: core.staff_pace.burst,
            line: core.line,
            rooms: core.rooms,
            room_bytes: core.room_bytes,
            bytes: core.bytes,
            answers_batch: core.answers_batch,
            puzzle_from: core.puzzle_from,
            asks_per_second: core.asks_per_second,
            outgoing_bytes: 512 * 1024,
            staff_outgoing_bytes: 2 * 1024 * 1024,
            outgoing_bytes_in_all: 64 * 1024 * 1024,
            page_connections: 2_000,
        }
    }
}

impl Limits {
    /// The core's share.
    pub(crate) fn of_core(&self) -> stillroom_delivery::Limits {
        stillroom_delivery::Limits {
            connections: self.connections,
            staff_connections: self.staff_connections,
            pace: Pace { per_second: self.frames_per_second, burst: self.frames_at_once },
            staff_pace: Pace {
                per_second: self.staff_frames_per_second,
                burst: self.staff_frames_at_once,
            },
            line: self.line,
            rooms: self.rooms,
            room_bytes: self.room_bytes,
            bytes: self.bytes,
            answers_batch: self.answers_batch,
            puzzle_from: self.puzzle_from,
            asks_per_second: self.asks_per_second,
            ..stillroom_delivery::Limits::default()
        }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let none_may_be_zero = [
            self.connections,
            self.staff_connections,
            self.line,
            self.rooms,
            self.room_bytes,
            self.bytes,
            self.outgoing_bytes,
            self.staff_outgoing_bytes,
            self.outgoing_bytes_in_all,
            self.page_connections,
            self.asks_per_second as usize,
            self.frames_per_second as usize,
            self.frames_at_once as usize,
            self.staff_frames_per_second as usize,
            self.staff_frames_at_once as usize,
        ];
        if none_may_be_zero.contains(&0) {
            return Err(ConfigError {
                line: None,
                what: "a limit of 0 would let nobody in".to_owned(),
            });
        }
        if !(1..=100).contains(&self.puzzle_from) {
            return Err(ConfigError {
                line: None,
                what: "`puzzle_from` is a part in hundredths: from 1 to 100".to_owned(),
            });
        }
        if !(10..=16).contains(&self.answers_batch) {
            return Err(ConfigError {
                line: None,
                what: "`answers_batch` must be from 10 to 16: fewer would show single people's answers"
                    .to_owned(),
            });
        }
        Ok(())
    }
}
