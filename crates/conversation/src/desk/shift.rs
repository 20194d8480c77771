//! An advocate's shift: how many chats at once, a desk that is locked, and the end of the shift
//! (`features.md` 5.1, 5.2, 5.3).
//!
//! Says when this desk takes nobody, and why. The end is the person's own word by their own clock: it holds
//! off new chats, and ends none. Not protected against: whoever sits at a desk that is not locked.

use core::time::Duration;

use stillroom_program::Timestamp;

use super::Duty;
use crate::limits::{AWAY_TOLD_AFTER, CAPACITY_MAX, LOCKED_ON_DUTY};

/// How many chats somebody wants at once: from one to twelve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Capacity(u8);

impl Capacity {
    /// The least.
    pub const ONE: Self = Self(1);

    /// The most.
    pub const MOST: Self = Self(CAPACITY_MAX);

    /// So many, where that is within the bounds.
    pub fn new(chats: u8) -> Option<Self> {
        (1..=CAPACITY_MAX).contains(&chats).then_some(Self(chats))
    }

    /// Every one that there is, from the least.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=CAPACITY_MAX).map(Self)
    }

    /// As a number.
    pub fn chats(self) -> u8 {
        self.0
    }
}

/// How far a shift has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shift {
    /// No end was set, or it is far off.
    On,
    /// So near its end that no new chat begins.
    Ending,
    /// Its end has come.
    Over,
}

/// Why this desk takes nobody now: the first that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// It is locked.
    Locked,
    /// It is off duty.
    OffDuty,
    /// Its shift ends soon, or has ended.
    ShiftEnds,
    /// It is on a break.
    OnBreak,
    /// It has as many chats as the person wants at once.
    Full,
    /// Nobody waits.
    NobodyWaiting,
}

/// What the person at the desk said of their shift.
#[derive(Default)]
pub(super) struct OwnShift {
    capacity: Option<Capacity>,
    ends: Option<Timestamp>,
    locked: Option<Timestamp>,
}

impl OwnShift {
    pub(super) fn set_capacity(&mut self, capacity: Capacity) {
        self.capacity = Some(capacity);
    }

    pub(super) fn set_end(&mut self, ends: Option<Timestamp>) {
        self.ends = ends;
    }

    pub(super) fn lock(&mut self, now: Timestamp) {
        self.locked.get_or_insert(now);
    }

    pub(super) fn unlock(&mut self) {
        self.locked = None;
    }

    pub(super) fn is_locked(&self) -> bool {
        self.locked.is_some()
    }

    /// Whether nobody has been at the desk for so long that survivors are told.
    pub(super) fn is_away(&self, now: Timestamp) -> bool {
        self.told_at().is_some_and(|at| at <= now)
    }

    /// Whether nobody has been at the desk for so long that it does not count as on duty.
    pub(super) fn is_deserted(&self, now: Timestamp) -> bool {
        self.deserted_at().is_some_and(|at| at <= now)
    }

    pub(super) fn told_at(&self) -> Option<Timestamp> {
        Some(self.locked? + AWAY_TOLD_AFTER)
    }

    pub(super) fn deserted_at(&self) -> Option<Timestamp> {
        Some(self.locked? + LOCKED_ON_DUTY)
    }

    /// How far the shift has come, where no chat begins within `margin` of its end.
    pub(super) fn stage(&self, margin: Duration, now: Timestamp) -> Shift {
        match self.ends.map(|ends| ends.checked_since(now)) {
            None => Shift::On,
            Some(Duration::ZERO) => Shift::Over,
            Some(left) if left <= margin => Shift::Ending,
            Some(_) => Shift::On,
        }
    }

    /// When the shift comes further.
    pub(super) fn next_stage(&self, margin: Duration, now: Timestamp) -> Option<Timestamp> {
        let ends = self.ends?;
        match self.stage(margin, now) {
            Shift::On => Some(now + ends.checked_since(now).saturating_sub(margin)),
            Shift::Ending => Some(ends),
            Shift::Over => None,
        }
    }

    /// How many more chats the person wants, with `chats` open.
    pub(super) fn room(&self, chats: usize) -> u8 {
        let most = self.capacity.unwrap_or(Capacity::MOST).chats();
        most.saturating_sub(u8::try_from(chats).unwrap_or(u8::MAX))
    }

    /// Why the desk takes nobody, with `chats` open and `waiting` in the line.
    pub(super) fn hindrance(
        &self,
        duty: Duty,
        stage: Shift,
        chats: usize,
        waiting: usize,
    ) -> Option<Hindrance> {
        let is_full = self.capacity.is_some() && self.room(chats) == 0;
        match duty {
            _ if self.is_locked() => Some(Hindrance::Locked),
            Duty::Off => Some(Hindrance::OffDuty),
            _ if stage != Shift::On => Some(Hindrance::ShiftEnds),
            Duty::Break => Some(Hindrance::OnBreak),
            _ if is_full => Some(Hindrance::Full),
            _ if waiting == 0 => Some(Hindrance::NobodyWaiting),
            Duty::Starting | Duty::On => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000_000);
    const MINUTE: Duration = Duration::from_secs(60);
    const MARGIN: Duration = Duration::from_secs(30 * 60);

    #[test]
    fn a_capacity_is_from_one_to_twelve() {
        assert_eq!(Capacity::new(0), None);
        assert_eq!(Capacity::new(1), Some(Capacity::ONE));
        assert_eq!(Capacity::new(12), Some(Capacity::MOST));
        assert_eq!(Capacity::new(13), None);
        assert_eq!(Capacity::all().count(), 12);
    }

    #[test]
    fn a_shift_comes_to_its_end_in_two_steps_and_can_be_moved() {
        let mut shift = OwnShift::default();
        assert_eq!((shift.stage(MARGIN, NOW), shift.next_stage(MARGIN, NOW)), (Shift::On, None));
        let ends = NOW + 60 * MINUTE;
        shift.set_end(Some(ends));
        assert_eq!(shift.stage(MARGIN, NOW), Shift::On);
        let ending = NOW + 30 * MINUTE;
        assert_eq!(shift.next_stage(MARGIN, NOW), Some(ending));
        assert_eq!(shift.stage(MARGIN, ending), Shift::Ending);
        assert_eq!(shift.next_stage(MARGIN, ending), Some(ends));
        assert_eq!(
            (shift.stage(MARGIN, ends), shift.next_stage(MARGIN, ends)),
            (Shift::Over, None)
        );
        shift.set_end(Some(ends + 60 * MINUTE));
        assert_eq!(shift.stage(MARGIN, ends), Shift::On);
    }

    #[test]
    fn what_keeps_a_desk_from_taking_anybody_is_told_in_the_order_in_which_it_can_be_mended() {
        let mut shift = OwnShift::default();
        let of = |shift: &OwnShift, duty, stage, chats, waiting| {
            shift.hindrance(duty, stage, chats, waiting)
        };
        assert_eq!(of(&shift, Duty::On, Shift::On, 40, 1), None, "no capacity was set");
        assert_eq!(of(&shift, Duty::On, Shift::On, 0, 0), Some(Hindrance::NobodyWaiting));
        assert_eq!(of(&shift, Duty::Off, Shift::On, 0, 1), Some(Hindrance::OffDuty));
        assert_eq!(of(&shift, Duty::Break, Shift::On, 0, 1), Some(Hindrance::OnBreak));
        assert_eq!(of(&shift, Duty::Break, Shift::Ending, 0, 1), Some(Hindrance::ShiftEnds));
        shift.set_capacity(Capacity::ONE);
        assert_eq!(of(&shift, Duty::On, Shift::On, 1, 1), Some(Hindrance::Full));
        assert_eq!(of(&shift, Duty::On, Shift::On, 0, 1), None);
        shift.lock(NOW);
        assert_eq!(of(&shift, Duty::On, Shift::On, 0, 1), Some(Hindrance::Locked));
    }

    #[test]
    fn a_lock_that_is_turned_twice_counts_from_the_first() {
        let mut shift = OwnShift::default();
        shift.lock(NOW);
        shift.lock(NOW + 60 * MINUTE);
        assert!(!shift.is_away(NOW) && shift.is_away(NOW + AWAY_TOLD_AFTER));
        assert!(shift.is_deserted(NOW + LOCKED_ON_DUTY));
        shift.unlock();
        assert!(!shift.is_away(NOW + 600 * MINUTE));
    }
}
