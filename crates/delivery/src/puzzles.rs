//! Who is asked for a puzzle before they get a place, and what is done with an answer (`features.md` 6.6;
//! `decisions/0026`).
//!
//! A puzzle is known again by its tag, made under a key that is in memory alone, so that nothing is kept of those
//! that were given. An answer is looked at in the order of what looking costs, and one that is wrong ends its
//! connection. What it cannot do: tell a survivor from somebody who pays for as many computers.

use core::time::Duration;
use std::collections::BTreeSet;
use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use rand_core::CryptoRng;
use sha2::Sha256;
use stillroom_program::Timestamp;
use stillroom_protocol::{
    About, PUZZLE_BITS_MOST, PUZZLE_LIFE_SECONDS, ProgramId, Puzzle, Refusal, RelayFrame, TicketId,
};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::command::ConnectionId;
use crate::connection::Denied;
use crate::delivery::Delivery;
use crate::limits::{Limits, PUZZLE_BITS, SHARE_MUCH};
use crate::pace::Bucket;
use crate::pressure::{Load, Pressure};
use crate::shares::ShareId;
use crate::timers::Timer;

/// How long a puzzle is good for.
pub(crate) const LIFE: Duration = Duration::from_secs(PUZZLE_LIFE_SECONDS);

/// How many bits an answer may have less than what is asked now: pressure may have risen by a step while somebody
/// solved. One that was got when it was far easier does not count.
const GRACE: u8 = 1;

/// What the tag is made over, first of all.
const LABEL: &[u8] = b"stillroom puzzle 1";

/// What was given for a place.
pub(crate) type Solved = (Puzzle, u64);

/// What an answer is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judged {
    /// It is one, and was not used before.
    Good,
    /// It is to no puzzle that may be answered now: too old, used, too easy, for another place, or from before the
    /// relay was started again. No fault of whoever solved it.
    Stale,
    /// More are to be checked than may be. The same again in a moment.
    Later,
    /// It solves nothing.
    Wrong,
}

/// The puzzles of one program.
pub(crate) struct Puzzles {
    key: Zeroizing<[u8; 32]>,
    pressure: Pressure,
    /// When they were made, and the tags of those that were answered, rightly or not. No more than the checks that
    /// the pace allows within a puzzle's life.
    used: BTreeSet<(u64, [u8; 32])>,
    checks: Option<Bucket>,
}

impl Puzzles {
    pub(crate) fn new(rng: &mut dyn CryptoRng) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *key);
        Self { key, pressure: Pressure::default(), used: BTreeSet::new(), checks: None }
    }

    /// How many were answered that could be answered again.
    pub(crate) fn answered(&self) -> usize {
        self.used.len()
    }

    /// A puzzle for this place and no other.
    fn make(
        &self,
        program: &ProgramId,
        ticket: &TicketId,
        bits: u8,
        rng: &mut dyn CryptoRng,
        now: Timestamp,
    ) -> Puzzle {
        let mut puzzle = Puzzle { made: now.0, bits, seed: [0; 16], tag: [0; 32] };
        rng.fill_bytes(&mut puzzle.seed);
        puzzle.tag = self.tag(program, ticket, &puzzle);
        puzzle
    }

    fn tag(&self, program: &ProgramId, ticket: &TicketId, puzzle: &Puzzle) -> [u8; 32] {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&*self.key) else {
            // A key of any length is allowed.
            return [0; 32];
        };
        mac.update(LABEL);
        mac.update(&program.0);
        mac.update(&ticket.0);
        mac.update(&puzzle.made.to_be_bytes());
        mac.update(&[puzzle.bits]);
        mac.update(&puzzle.seed);
        mac.finalize().into_bytes().into()
    }

    /// Looks at an answer: what costs nothing first, and the one try that it takes to check it last of all.
    fn judge(
        &mut self,
        (puzzle, answer): Solved,
        program: &ProgramId,
        ticket: &TicketId,
        bits: u8,
        limits: &Limits,
        now: Timestamp,
    ) -> Judged {
        let oldest = oldest(now);
        let in_time = puzzle.made > oldest && puzzle.made <= now.0;
        if !in_time || puzzle.bits.saturating_add(GRACE) < bits {
            return Judged::Stale;
        }
        let ours = self.tag(program, ticket, &puzzle).ct_eq(&puzzle.tag);
        if !bool::from(ours) || self.used.contains(&(puzzle.made, puzzle.tag)) {
            return Judged::Stale;
        }
        let checks = self.checks.get_or_insert_with(|| Bucket::full(limits.puzzle_checks, now));
        if !checks.take(limits.puzzle_checks, now) {
            return Judged::Later;
        }
        self.used.insert((puzzle.made, puzzle.tag));
        let solves = stillroom_puzzle::Puzzle { salt: puzzle.tag, bits: puzzle.bits };
        if solves.verify(answer) { Judged::Good } else { Judged::Wrong }
    }
}

/// Puzzles that were made by then are good no longer.
fn oldest(now: Timestamp) -> u64 {
    now.0.saturating_sub(u64::try_from(LIFE.as_millis()).unwrap_or(u64::MAX))
}

impl fmt::Debug for Puzzles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Puzzles").field("used", &self.used.len()).finish_non_exhaustive()
    }
}

impl Delivery {
    /// Whether a new place may be given on this connection now. Where not, a puzzle was sent for it.
    ///
    /// # Errors
    /// [`Refusal::PuzzleWrong`], which ends the connection, and [`Refusal::TooFast`], about the place alone: the
    /// same answer again in a moment.
    pub(crate) fn may_have_place(
        &mut self,
        from: ConnectionId,
        ticket: TicketId,
        solved: Option<Solved>,
        now: Timestamp,
    ) -> Result<bool, Denied> {
        let Some(bits) = self.bits_to_solve(from, now) else {
            return Ok(true);
        };
        let Self { puzzles, program, limits, rng, .. } = self;
        let judged = solved.map_or(Judged::Stale, |solved| {
            puzzles.judge(solved, program, &ticket, bits, limits, now)
        });
        if matches!(judged, Judged::Good | Judged::Wrong) {
            self.fx.timers.set_if_clear(Timer::Solved, now + LIFE);
        }
        match judged {
            Judged::Good => Ok(true),
            Judged::Later => Err((About::Ticket(ticket), Refusal::TooFast)),
            Judged::Wrong => Err((About::Connection, Refusal::PuzzleWrong)),
            Judged::Stale => {
                let puzzle = puzzles.make(program, &ticket, bits, &mut **rng, now);
                self.fx.send(from, &RelayFrame::Puzzle { ticket, puzzle });
                Ok(false)
            }
        }
    }

    /// Answers to puzzles that are good no longer are not remembered.
    pub(crate) fn forget_solved(&mut self, now: Timestamp) {
        let used = &mut self.puzzles.used;
        *used = used.split_off(&(oldest(now).saturating_add(1), [0; 32]));
        if let Some((made, _)) = used.first() {
            self.fx.timers.set(Timer::Solved, Timestamp(*made) + LIFE);
        }
    }

    /// How hard a puzzle this connection is asked for; none where there is no pressure, nor of staff and of whoever
    /// was in a chat on it: they ask for another advocate.
    fn bits_to_solve(&mut self, from: ConnectionId, now: Timestamp) -> Option<u8> {
        let load = Load {
            places: (self.line.places.len(), self.limits.line),
            bytes: (self.fx.account.held(), self.limits.bytes),
            from: self.limits.puzzle_from,
            ordinary: self.limits.asks_per_second,
        };
        let step = self.puzzles.pressure.ask(&load, now);
        let connection = self.connections.get(from)?;
        if connection.staff().is_ok() || connection.chatted {
            return None;
        }
        let bits = PUZZLE_BITS.get(usize::from(step.checked_sub(1)?))?;
        let more = connection.share.map_or(0, |share| self.bits_of_share(share));
        Some(bits.saturating_add(more).min(PUZZLE_BITS_MOST))
    }

    /// How many bits more whoever comes from there is asked for: by how much stands from there, and one where somebody
    /// was turned away lately. It slows, however much that is: nobody is refused.
    fn bits_of_share(&self, share: ShareId) -> u8 {
        let shares = &self.line.shares;
        let standing = shares.standing(share);
        let steps = SHARE_MUCH.iter().filter(|much| standing >= **much).count();
        let turned_away = u8::from(shares.turned_away(share).is_some());
        u8::try_from(steps).unwrap_or(u8::MAX).saturating_add(turned_away)
    }
}
