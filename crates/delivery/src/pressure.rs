//! How hard a program's line is pressed, in steps, and when that is over (`features.md` 6.6).
//!
//! It is measured by how much is taken of what is scarce and by how many ask, and by nothing about anybody. A rush of
//! people who all need help looks the same from here: that is why nobody is refused for it.

use stillroom_program::Timestamp;

use crate::limits::{PRESSURE_KEPT, PRESSURE_PLACES, PRESSURE_WINDOW};

/// The highest step.
pub(crate) const HIGHEST: u8 = 4;

/// How much is taken of what there is, and what is ordinary.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// Places in the line, and how many there may be.
    pub(crate) places: (usize, usize),
    /// Bytes held, and how many that may be.
    pub(crate) bytes: (usize, usize),
    /// The part of either, in hundredths, from which there is pressure.
    pub(crate) from: u8,
    /// Askings a second that are ordinary.
    pub(crate) ordinary: u32,
}

/// The step of now, and what it follows from.
#[derive(Debug, Default)]
pub(crate) struct Pressure {
    step: u8,
    /// Until when the step does not sink.
    kept: Timestamp,
    window: Window,
}

impl Pressure {
    /// Somebody asks for a new place. The step that holds now: nought where there is no pressure.
    ///
    /// It rises at once and sinks only after a minute below, so that it does not flicker around a bound.
    pub(crate) fn ask(&mut self, load: &Load, now: Timestamp) -> u8 {
        self.window.count(now);
        let measured = load.taken().max(self.window.step(load.ordinary));
        if measured >= self.step || self.kept <= now {
            self.step = measured;
            self.kept = now + PRESSURE_KEPT;
        }
        self.step
    }
}

impl Load {
    /// The step by what is taken.
    fn taken(&self) -> u8 {
        let (places, line) = self.places;
        let places = if places < PRESSURE_PLACES { 0 } else { hundredths(places, line) };
        let taken = places.max(hundredths(self.bytes.0, self.bytes.1));
        let from = usize::from(self.from);
        if from >= 100 || taken < from {
            return 0;
        }
        let above = taken.min(99).saturating_sub(from);
        let steps = above.saturating_mul(usize::from(HIGHEST)) / (100 - from);
        u8::try_from(steps).map_or(HIGHEST, |steps| (steps + 1).min(HIGHEST))
    }
}

fn hundredths(taken: usize, most: usize) -> usize {
    taken.saturating_mul(100).checked_div(most).unwrap_or(100)
}

/// How many asked lately: in the span of now and in the one before.
#[derive(Debug, Default)]
struct Window {
    since: Timestamp,
    asked: u32,
    before: u32,
}

impl Window {
    fn count(&mut self, now: Timestamp) {
        let passed = now.checked_since(self.since);
        if passed >= PRESSURE_WINDOW {
            let next_to = passed < PRESSURE_WINDOW.saturating_mul(2);
            self.before = if next_to { self.asked } else { 0 };
            self.asked = 0;
            self.since = now;
        }
        self.asked = self.asked.saturating_add(1);
    }

    /// The step by how many times more asked than is ordinary: one, two, four, eight.
    fn step(&self, ordinary: u32) -> u8 {
        let seconds = u32::try_from(PRESSURE_WINDOW.as_secs()).unwrap_or(u32::MAX);
        let ordinary = ordinary.saturating_mul(seconds);
        let times = self.asked.max(self.before).checked_div(ordinary).unwrap_or(0);
        let doublings = u32::BITS - times.leading_zeros();
        u8::try_from(doublings).map_or(HIGHEST, |step| step.min(HIGHEST))
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;

    const CALM: Load = Load { places: (0, 100), bytes: (0, 1000), from: 50, ordinary: 10 };
    const START: Timestamp = Timestamp(1_000_000);

    fn with_places(places: usize) -> Load {
        Load { places: (places, 100), ..CALM }
    }

    #[test]
    fn there_is_none_while_what_is_taken_is_less_than_the_part_that_was_set() {
        assert_eq!(with_places(49).taken(), 0);
        let steps: Vec<u8> = [50, 62, 63, 75, 88, 100].map(|p| with_places(p).taken()).into();
        assert_eq!(steps, [1, 1, 2, 3, 4, 4]);
        assert_eq!(Load { bytes: (500, 1000), ..CALM }.taken(), 1);
        assert_eq!(Load { bytes: (999, 1000), from: 100, ..CALM }.taken(), 0);
    }

    #[test]
    fn a_handful_of_people_is_no_pressure_however_short_the_line() {
        assert_eq!(Load { places: (PRESSURE_PLACES - 1, 8), ..CALM }.taken(), 0);
        assert_eq!(Load { places: (PRESSURE_PLACES, 8), ..CALM }.taken(), HIGHEST);
    }

    #[test]
    fn it_grows_with_how_many_ask() {
        let mut pressure = Pressure::default();
        let asked = |pressure: &mut Pressure, times| {
            (0..times).map(|_| pressure.ask(&CALM, START)).last().unwrap()
        };
        assert_eq!(asked(&mut pressure, 99), 0);
        assert_eq!(asked(&mut pressure, 1), 1);
        assert_eq!(asked(&mut pressure, 100), 2);
        assert_eq!(asked(&mut pressure, 10_000), HIGHEST);
    }

    #[test]
    fn an_ordinary_day_never_comes_near() {
        let mut pressure = Pressure::default();
        let mut now = START;
        for _ in 0..2_000 {
            now = now + Duration::from_millis(110);
            assert_eq!(pressure.ask(&CALM, now), 0);
        }
    }

    #[test]
    fn it_does_not_flicker_around_the_bound() {
        let mut pressure = Pressure::default();
        let mut changes = 0;
        let mut last = 0;
        for second in 0..600 {
            let places = if second % 2 == 0 { 50 } else { 49 };
            let step = pressure.ask(&with_places(places), START + Duration::from_secs(second));
            changes += u32::from(step != last);
            last = step;
        }
        assert_eq!(changes, 1, "it rose once");
        let later = START + Duration::from_secs(600) + PRESSURE_KEPT;
        assert_eq!(pressure.ask(&with_places(10), later), 0, "and sinks when it is over");
    }
}
