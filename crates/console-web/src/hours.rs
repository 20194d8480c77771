//! The hours as they are typed and dragged, and what they come to in the policy (`features.md` 1.2, 5.6).
//!
//! A range is kept as it is typed, whether it makes sense or not, so that nothing typed is ever lost. What the whole
//! policy says to it, its checks find.

use stillroom_program::{Date, Day, Exception, Flag, Hours, OpenTime, Weekly};

/// The steps in which a range is dragged, in minutes.
const STEP: u16 = 15;

/// The shortest range that is dragged, in minutes.
const SHORTEST: u16 = 30;

/// The days of a week, in their order, and the names of their texts.
pub(crate) const DAYS: [(Day, &str); 7] = [
    (Day::Monday, "console-monday"),
    (Day::Tuesday, "console-tuesday"),
    (Day::Wednesday, "console-wednesday"),
    (Day::Thursday, "console-thursday"),
    (Day::Friday, "console-friday"),
    (Day::Saturday, "console-saturday"),
    (Day::Sunday, "console-sunday"),
];

/// A time of day as a browser's field has it: "08:00"; empty or anything else where it is not whole.
pub(crate) fn typed(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}

fn read(typed: &str) -> Option<u16> {
    let (hours, minutes) = typed.split_once(':')?;
    let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok()?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

/// From when until when, as it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    /// Tells it from the others, and stays the same whatever is typed.
    pub(crate) id: u32,
    /// When chat opens.
    pub(crate) opens: String,
    /// When it closes: midnight is the day's end, and what is earlier than the opening is on the next day.
    pub(crate) closes: String,
}

impl Range {
    /// What it comes to, if both times are whole.
    pub(crate) fn time(&self) -> Option<OpenTime> {
        let (opens, closes) = (read(&self.opens)?, read(&self.closes)?);
        let closes = if closes < opens || closes == 0 { closes + OpenTime::DAY } else { closes };
        Some(OpenTime { opens, closes })
    }

    fn of(id: u32, time: OpenTime) -> Self {
        Self { id, opens: typed(time.opens), closes: typed(time.closes) }
    }

    fn set(&mut self, time: OpenTime) {
        *self = Self::of(self.id, time);
    }
}

/// What of a range is dragged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handle {
    /// Its beginning.
    Opens,
    /// Its end.
    Closes,
    /// All of it, held so many minutes after its beginning.
    Whole(u16),
}

/// A date that is not as the week would have it, as it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExceptionTyped {
    /// Tells it from the others.
    pub(crate) id: u32,
    /// The date as a browser's field has it: "2026-11-26".
    pub(crate) date: String,
    /// Why, in a word or two.
    pub(crate) text: String,
    /// When chat is open instead; closed all day where there is none.
    pub(crate) ranges: Vec<Range>,
}

/// Where ranges stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A day of the week.
    Day(Day),
    /// The exception with this id.
    Exception(u32),
}

/// The hours as they are typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HoursTyped {
    /// The time zone's name.
    pub(crate) time_zone: String,
    /// Whether every day is open from its beginning to its end.
    pub(crate) always_open: bool,
    /// Each day's ranges.
    days: [Vec<Range>; 7],
    /// The exceptions.
    pub(crate) exceptions: Vec<ExceptionTyped>,
    /// What none of that says.
    pub(crate) note: String,
    last: u32,
}

/// Why what was typed is no policy's hours: the name of a text.
pub(crate) type NotHours = &'static str;

impl HoursTyped {
    /// As a policy has them.
    pub(crate) fn of(hours: &Hours) -> Self {
        let mut typed = Self {
            time_zone: hours.time_zone.as_str().to_owned(),
            always_open: *hours.always_open,
            days: Default::default(),
            exceptions: Vec::new(),
            note: hours.note.as_str().to_owned(),
            last: 0,
        };
        for weekly in hours.weekly.iter() {
            typed.add(Place::Day(weekly.day), weekly.time);
        }
        for exception in hours.exceptions.iter() {
            let id = typed.add_exception(exception.date.to_string(), exception.text.as_str());
            for time in exception.open.iter() {
                typed.add(Place::Exception(id), *time);
            }
        }
        typed
    }

    /// As the policy is to have them.
    ///
    /// # Errors
    /// [`NotHours`]: what cannot be said in a policy at all. What could be said and not meant, the checks find.
    pub(crate) fn hours(&self) -> Result<Hours, NotHours> {
        let long = |_| "console-hours-long";
        let mut weekly = Vec::new();
        for (day, _) in DAYS {
            for range in self.ranges(Place::Day(day)) {
                weekly.push(Weekly { day, time: range.time().ok_or("console-hours-not-whole")? });
            }
        }
        let exceptions = self.exceptions.iter().map(exception).collect::<Result<Vec<_>, _>>()?;
        Ok(Hours {
            time_zone: self.time_zone.trim().try_into().map_err(long)?,
            always_open: Flag(self.always_open),
            // Kept while typed, so that whoever unticks the box finds them again.
            weekly: if self.always_open { Vec::new() } else { weekly }
                .try_into()
                .map_err(|_| "console-hours-many")?,
            exceptions: exceptions.try_into().map_err(|_| "console-hours-many")?,
            note: self.note.trim().try_into().map_err(long)?,
        })
    }

    /// The ranges of a day or an exception.
    pub(crate) fn ranges(&self, place: Place) -> &[Range] {
        match place {
            Place::Day(day) => self.days.get(index(day)).map_or(&[], Vec::as_slice),
            Place::Exception(id) => {
                let found = self.exceptions.iter().find(|exception| exception.id == id);
                found.map_or(&[], |exception| &exception.ranges)
            }
        }
    }

    /// Adds a range, and says its id.
    pub(crate) fn add(&mut self, place: Place, time: OpenTime) -> u32 {
        let id = self.next();
        if let Some(ranges) = self.ranges_mut(place) {
            ranges.push(Range::of(id, time));
            ranges.sort_by_key(|range| range.time().map_or(u16::MAX, |time| time.opens));
        }
        id
    }

    /// Adds an exception, and says its id.
    pub(crate) fn add_exception(&mut self, date: String, text: &str) -> u32 {
        let id = self.next();
        let (text, ranges) = (text.to_owned(), Vec::new());
        self.exceptions.push(ExceptionTyped { id, date, text, ranges });
        id
    }

    /// Does something to the range with this id, wherever it is.
    pub(crate) fn with_range(&mut self, id: u32, change: impl FnOnce(&mut Range)) {
        let exceptions = self.exceptions.iter_mut().map(|exception| &mut exception.ranges);
        let all = self.days.iter_mut().chain(exceptions).flatten();
        if let Some(range) = all.into_iter().find(|range| range.id == id) {
            change(range);
        }
    }

    /// Does something to the exception with this id.
    pub(crate) fn with_exception(&mut self, id: u32, change: impl FnOnce(&mut ExceptionTyped)) {
        if let Some(exception) = self.exceptions.iter_mut().find(|exception| exception.id == id) {
            change(exception);
        }
    }

    /// Takes a range or an exception out.
    pub(crate) fn remove(&mut self, id: u32) {
        self.exceptions.retain(|exception| exception.id != id);
        let exceptions = self.exceptions.iter_mut().map(|exception| &mut exception.ranges);
        self.days.iter_mut().chain(exceptions).for_each(|all| all.retain(|range| range.id != id));
    }

    /// What is at this minute of a day: the range and what of it would be dragged from there.
    pub(crate) fn handle_at(&self, day: Day, minute: u16) -> Option<(u32, Handle)> {
        let near = |edge: u16| edge.abs_diff(minute) <= STEP * 2;
        self.ranges(Place::Day(day)).iter().find_map(|range| {
            let time = range.time()?;
            let inside = time.opens <= minute && minute < time.closes;
            if near(time.opens) {
                Some((range.id, Handle::Opens))
            } else if near(time.closes) {
                Some((range.id, Handle::Closes))
            } else {
                inside.then(|| (range.id, Handle::Whole(minute.saturating_sub(time.opens))))
            }
        })
    }

    /// Drags it to this minute of its day, in steps.
    pub(crate) fn drag(&mut self, id: u32, handle: Handle, minute: u16) {
        self.with_range(id, |range| {
            if let Some(time) = range.time() {
                range.set(dragged(time, handle, minute));
            }
        });
    }

    fn ranges_mut(&mut self, place: Place) -> Option<&mut Vec<Range>> {
        match place {
            Place::Day(day) => self.days.get_mut(index(day)),
            Place::Exception(id) => {
                let found = self.exceptions.iter_mut().find(|exception| exception.id == id);
                found.map(|exception| &mut exception.ranges)
            }
        }
    }

    fn next(&mut self) -> u32 {
        self.last = self.last.saturating_add(1);
        self.last
    }
}

fn index(day: Day) -> usize {
    DAYS.iter().position(|(other, _)| *other == day).unwrap_or_default()
}

fn exception(typed: &ExceptionTyped) -> Result<Exception, NotHours> {
    let times = typed.ranges.iter().map(|range| range.time().ok_or("console-hours-not-whole"));
    Ok(Exception {
        date: date(&typed.date).ok_or("console-hours-no-date")?,
        open: times.collect::<Result<Vec<_>, _>>()?.try_into().map_err(|_| "console-hours-many")?,
        text: typed.text.trim().try_into().map_err(|_| "console-hours-long")?,
    })
}

fn date(typed: &str) -> Option<Date> {
    let mut parts = typed.splitn(3, '-');
    let year = parts.next()?.parse().ok()?;
    let (month, day) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some(Date { year, month, day })
}

/// A range that was dragged: within the day on which it begins, and no shorter than can be seen.
fn dragged(time: OpenTime, handle: Handle, minute: u16) -> OpenTime {
    let minute = (minute.saturating_add(STEP / 2) / STEP * STEP).min(OpenTime::DAY);
    let OpenTime { opens, closes } = time;
    match handle {
        Handle::Opens => {
            // No longer than a day, which is how a typed end is read.
            let earliest = closes.saturating_sub(OpenTime::DAY - STEP);
            let latest = closes.saturating_sub(SHORTEST).min(OpenTime::DAY - STEP);
            OpenTime { opens: minute.max(earliest).min(latest), closes }
        }
        Handle::Closes => OpenTime { opens, closes: minute.max(opens + SHORTEST) },
        Handle::Whole(held) => {
            let length = closes - opens;
            let held = held / STEP * STEP;
            let latest = OpenTime::DAY.saturating_sub(length.min(OpenTime::DAY));
            let opens = minute.saturating_sub(held).min(latest);
            OpenTime { opens, closes: opens + length }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use stillroom_program::{Policy, SAMPLE_POLICY};

    fn sample() -> Hours {
        Policy::from_toml(SAMPLE_POLICY).unwrap().page.hours
    }

    const MONDAY: Place = Place::Day(Day::Monday);

    fn one(opens: u16, closes: u16) -> HoursTyped {
        let mut typed = HoursTyped::of(&Hours::default());
        typed.add(MONDAY, OpenTime { opens, closes });
        typed
    }

    fn time(typed: &HoursTyped) -> OpenTime {
        typed.ranges(MONDAY)[0].time().unwrap()
    }

    #[test]
    fn a_policys_hours_are_as_they_were_after_nothing_was_typed() {
        assert_eq!(HoursTyped::of(&sample()).hours(), Ok(sample()));
    }

    #[test]
    fn midnight_is_the_days_end_and_an_earlier_end_is_on_the_next_day() {
        for closes in [18 * 60, OpenTime::DAY, OpenTime::DAY + 120] {
            assert_eq!(time(&one(17 * 60, closes)).closes, closes);
        }
    }

    #[test]
    fn what_is_not_whole_is_kept_and_not_published() {
        let mut typed = one(60, 120);
        let id = typed.ranges(MONDAY)[0].id;
        typed.with_range(id, |range| range.opens = String::new());
        assert_eq!(typed.hours(), Err("console-hours-not-whole"));
        assert_eq!(typed.ranges(MONDAY)[0].closes, "02:00");
        typed.remove(id);
        assert_eq!(typed.hours(), Ok(Hours::default()));
        typed.add_exception(String::new(), "Holiday");
        assert_eq!(typed.hours(), Err("console-hours-no-date"));
    }

    #[test]
    fn the_ends_and_the_middle_of_a_range_are_held_where_they_are() {
        let typed = one(8 * 60, 16 * 60);
        let at = |minute| typed.handle_at(Day::Monday, minute).map(|(_, handle)| handle);
        assert_eq!(at(8 * 60 - 20), Some(Handle::Opens));
        assert_eq!(at(16 * 60 + 20), Some(Handle::Closes));
        assert_eq!(at(10 * 60), Some(Handle::Whole(120)));
        assert_eq!(at(20 * 60), None);
        assert_eq!(typed.handle_at(Day::Tuesday, 10 * 60), None);
    }

    proptest! {
        #[test]
        fn whatever_is_dragged_stays_a_range_that_begins_on_its_day(
            opens in 0..48_u16, length in 2..96_u16, minute in 0..3_000_u16, which in 0..3_u8, held in 0..1_440_u16,
        ) {
            let (opens, length) = (opens * 30, length * 15);
            let mut typed = one(opens, opens + length.min(OpenTime::DAY - 15));
            let id = typed.ranges(MONDAY)[0].id;
            let before = time(&typed);
            let handle = [Handle::Opens, Handle::Closes, Handle::Whole(held)][usize::from(which)];
            typed.drag(id, handle, minute);
            let after = time(&typed);
            prop_assert!(after.opens < OpenTime::DAY && after.opens < after.closes, "{before:?} {after:?}");
            prop_assert!(after.closes - after.opens >= 15);
            prop_assert!(typed.hours().is_ok());
        }
    }
}
