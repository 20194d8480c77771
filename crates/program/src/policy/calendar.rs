//! What a policy's hours and notices come to at a given moment: whether chat is offered, until when, and
//! when it opens again (`features.md` 1.2).
//!
//! Times of day become moments by the rules of the time zone, daylight saving among them: where a clock is
//! set forward, a time that it jumps over is as much later; where it is set back, a time that comes twice is
//! the first of the two. So a shift lasts as long as it would have, and nothing opens twice.
//!
//! The time is an argument, and the rules of all zones are inside the program, so that the answer does not
//! depend on where it is asked. Rules that a government changed after this program was built are not known.

use alloc::vec::Vec;
use core::fmt;

use jiff::civil;
use jiff::tz::TimeZone;

use crate::policy::Policy;
use crate::policy::hours::{Date, Day, Hours, Notice, OpenTime};
use crate::time::Timestamp;

/// Days that are looked ahead for the next opening or closing: as long as a policy may hold.
const DAYS_AHEAD: usize = 400;

/// This program does not know the time zone. It may be misspelt, or newer than the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeZoneUnknown;

impl fmt::Display for TimeZoneUnknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the policy's time zone is not known to this program")
    }
}

impl core::error::Error for TimeZoneUnknown {}

/// Whether chat is offered, as far as hours and notices say. Somebody has to be on duty as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// It is.
    Open {
        /// Until when; nothing where it does not close as far as can be seen.
        closes: Option<LocalTime>,
    },
    /// It is not, by the hours, or since the policy has run out.
    Closed {
        /// When it opens again, as far as can be seen.
        opens: Option<LocalTime>,
    },
    /// It is not, since a notice holds.
    Notice {
        /// Which of the page's notices.
        number: usize,
        /// When it opens again, if that is known.
        opens: Option<LocalTime>,
    },
}

impl Offer {
    /// Whether chat is offered.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Open { .. })
    }
}

/// A moment, as clocks and calendars in the program's time zone show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    /// The moment.
    pub at: Timestamp,
    /// The date there.
    pub date: Date,
    /// Which day of the week that is.
    pub day: Day,
    /// Minutes after midnight there.
    pub minutes: u16,
    /// Minutes by which that is ahead of UTC.
    pub offset: i32,
}

/// To the minute, as RFC 3339 writes it, by the program's own clock: "2026-11-26T08:00-06:00".
impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute) = (self.minutes / 60, self.minutes % 60);
        let sign = if self.offset < 0 { '-' } else { '+' };
        let ahead = self.offset.unsigned_abs();
        let (hours, minutes) = (ahead / 60, ahead % 60);
        write!(f, "{}T{hour:02}:{minute:02}{sign}{hours:02}:{minutes:02}", self.date)
    }
}

/// The hours and notices of one policy.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
    hours: Hours,
    notices: Vec<Notice>,
    expires: u64,
}

/// From when until when, in seconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    opens: u64,
    closes: u64,
}

impl Calendar {
    /// The calendar of a policy.
    ///
    /// # Errors
    /// [`TimeZoneUnknown`].
    pub fn of(policy: &Policy) -> Result<Self, TimeZoneUnknown> {
        Ok(Self {
            zone: zone(&policy.page.hours.time_zone)?,
            hours: policy.page.hours.clone(),
            notices: policy.page.notices.to_vec(),
            expires: policy.terms.expires,
        })
    }

    /// Whether chat is offered now.
    pub fn offer(&self, now: Timestamp) -> Offer {
        let seconds = now.seconds();
        if seconds >= self.expires {
            return Offer::Closed { opens: None };
        }
        let next = |from| self.opens_from(from).map(|at| self.local(at));
        if let Some((number, notice)) = self.notice(seconds) {
            return Offer::Notice { number, opens: notice.until.and_then(next) };
        }
        match self.stretch_from(seconds) {
            Some(stretch) if stretch.opens <= seconds => {
                let closes = self.closes_by(seconds, stretch).map(|at| self.local(at));
                Offer::Open { closes }
            }
            _ => Offer::Closed { opens: next(seconds) },
        }
    }

    /// The first moment from which on [`Calendar::offer`] says something else about whether chat is offered;
    /// nothing if it does not as far as can be seen.
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        match self.offer(now) {
            Offer::Open { closes: at }
            | Offer::Closed { opens: at }
            | Offer::Notice { opens: at, .. } => at.map(|local| local.at),
        }
    }

    /// The next moment at which anything that is said of the hours may change: an opening, a closing, a notice
    /// that begins or ends, the policy's end, and each midnight, since a sentence may say "today".
    pub fn next_moment(&self, now: Timestamp) -> Timestamp {
        let seconds = now.seconds();
        let notices = self.notices.iter().flat_map(|notice| [notice.from, notice.until]);
        let others = notices.flatten().chain([self.expires, self.next_midnight(seconds)]);
        let next = others.filter(|at| *at > seconds).map(Timestamp::from_seconds).min();
        let change = self.next_change(now);
        // The next midnight is always among them.
        [next, change].into_iter().flatten().min().unwrap_or(now)
    }

    /// A moment in the program's time zone.
    pub fn local_time(&self, at: Timestamp) -> LocalTime {
        self.local(at.seconds())
    }

    /// The notice that holds, emergencies first.
    fn notice(&self, seconds: u64) -> Option<(usize, &Notice)> {
        let holding = self.notices.iter().enumerate().filter(|(_, notice)| notice.holds(seconds));
        holding.min_by_key(|(number, notice)| (notice.kind, *number))
    }

    /// The first moment, not before `seconds`, at which chat is offered.
    fn opens_from(&self, seconds: u64) -> Option<u64> {
        let mut at = seconds;
        // Each round passes a notice that holds, or finds the moment.
        for _ in 0..=self.notices.len() * 2 {
            while let Some((_, notice)) = self.notice(at) {
                at = notice.until?;
            }
            at = self.stretch_from(at)?.opens.max(at);
            if at >= self.expires {
                return None;
            }
            if self.notice(at).is_none() {
                return Some(at);
            }
        }
        None
    }

    /// When a stretch that is open now closes.
    fn closes_by(&self, now: u64, stretch: Stretch) -> Option<u64> {
        let notices = self.notices.iter().filter_map(|notice| notice.from);
        let closes = notices.filter(|from| *from > now).min().unwrap_or(u64::MAX);
        let closes = closes.min(self.expires).min(stretch.closes);
        let seen = u64::from(OpenTime::DAY) * 60 * (DAYS_AHEAD as u64 - 4);
        (closes < now.saturating_add(seen)).then_some(closes)
    }

    /// The stretch of open hours that holds at `seconds`, or else the next one; those that touch are one.
    fn stretch_from(&self, seconds: u64) -> Option<Stretch> {
        let mut found: Option<Stretch> = None;
        for next in self.stretches(seconds).filter(|stretch| stretch.closes > seconds) {
            match &mut found {
                None => found = Some(next),
                Some(found) if next.opens <= found.closes => {
                    found.closes = found.closes.max(next.closes)
                }
                Some(_) => break,
            }
        }
        found
    }

    /// All stretches that begin from two days before `seconds` on, in their order. Two, since what began the
    /// day before may last into this one, and a zone may move by a day.
    fn stretches(&self, seconds: u64) -> impl Iterator<Item = Stretch> {
        let first = self.date(seconds);
        let first = first.yesterday().and_then(civil::Date::yesterday).unwrap_or(first);
        let dates = core::iter::successors(Some(first), |date| date.tomorrow().ok());
        dates.take(DAYS_AHEAD + 4).flat_map(|date| self.on(date))
    }

    /// The stretches that begin on a date.
    fn on(&self, date: civil::Date) -> Vec<Stretch> {
        let exception = self.hours.exceptions.iter().find(|exception| exception.date == of(date));
        let times: Vec<OpenTime> = match exception {
            Some(exception) => exception.open.to_vec(),
            None if *self.hours.always_open => {
                Vec::from([OpenTime { opens: 0, closes: OpenTime::DAY }])
            }
            None => {
                let today = day(date);
                let today = self.hours.weekly.iter().filter(|weekly| weekly.day == today);
                today.map(|weekly| weekly.time).collect()
            }
        };
        let stretches = times.into_iter().filter_map(|time| {
            let opens = self.moment(date, time.opens)?;
            let closes = self.moment(date, time.closes)?;
            // A time that a clock jumps over can be as late as its end.
            (opens < closes).then_some(Stretch { opens, closes })
        });
        let mut stretches: Vec<Stretch> = stretches.collect();
        // By moments and not by the clock: a time that a clock jumps over can come after a later one.
        stretches.sort_unstable_by_key(|stretch| stretch.opens);
        stretches
    }

    /// So many minutes after the midnight that begins a date, by the clock.
    fn moment(&self, date: civil::Date, minutes: u16) -> Option<u64> {
        seconds(date, minutes, &self.zone)
    }

    fn date(&self, seconds: u64) -> civil::Date {
        self.zone.to_datetime(timestamp(seconds)).date()
    }

    fn next_midnight(&self, seconds: u64) -> u64 {
        let tomorrow = self.date(seconds).tomorrow().ok();
        let midnight = tomorrow.and_then(|date| self.moment(date, 0));
        midnight.unwrap_or_else(|| seconds.saturating_add(u64::from(OpenTime::DAY) * 60))
    }

    fn local(&self, seconds: u64) -> LocalTime {
        local(seconds, &self.zone)
    }
}

impl Date {
    /// Whether the calendar has this date.
    #[cfg(feature = "editing")]
    pub(super) fn exists(self) -> bool {
        civil_date(self).is_some()
    }

    /// Days from this date to a later one; nothing if it is earlier, or either does not exist.
    pub fn days_until(self, later: Self) -> Option<u32> {
        let (from, to) = (civil_date(self)?, civil_date(later)?);
        u32::try_from((to - from).get_days()).ok()
    }

    /// Which day of the week it is; nothing if it does not exist.
    pub fn weekday(self) -> Option<Day> {
        civil_date(self).map(day)
    }
}

/// Whether this program knows a time zone of this name.
#[cfg(feature = "editing")]
pub(super) fn is_time_zone(name: &str) -> bool {
    zone(name).is_ok()
}

/// A time of a date in a zone, in seconds since the Unix epoch.
#[cfg(feature = "editing")]
pub(super) fn seconds_in_zone(date: Date, minutes: u16, zone_name: &str) -> Option<u64> {
    seconds(civil_date(date)?, minutes, &zone(zone_name).ok()?)
}

/// A moment, in seconds since the Unix epoch, as clocks in a zone show it.
#[cfg(feature = "editing")]
pub(super) fn local_in_zone(seconds: u64, zone_name: &str) -> Option<LocalTime> {
    Some(local(seconds, &zone(zone_name).ok()?))
}

/// A time of a date so many minutes ahead of UTC, in seconds since the Unix epoch.
#[cfg(feature = "editing")]
pub(super) fn seconds_at_offset(date: Date, minutes: u16, offset: i16) -> Option<u64> {
    let offset = jiff::tz::Offset::from_seconds(i32::from(offset) * 60).ok()?;
    seconds(civil_date(date)?, minutes, &TimeZone::fixed(offset))
}

fn zone(name: &str) -> Result<TimeZone, TimeZoneUnknown> {
    jiff::tz::TimeZoneDatabase::bundled().get(name).map_err(|_| TimeZoneUnknown)
}

fn seconds(date: civil::Date, minutes: u16, zone: &TimeZone) -> Option<u64> {
    let (days, minutes) = (minutes / OpenTime::DAY, minutes % OpenTime::DAY);
    let date = (0..days).try_fold(date, |date, _| date.tomorrow().ok())?;
    let (hour, minute) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
    let at = zone.to_ambiguous_timestamp(date.at(hour, minute, 0, 0)).compatible().ok()?;
    u64::try_from(at.as_second()).ok()
}

fn local(seconds: u64, zone: &TimeZone) -> LocalTime {
    let at = timestamp(seconds);
    let there = zone.to_datetime(at);
    LocalTime {
        at: Timestamp::from_seconds(seconds),
        date: of(there.date()),
        day: day(there.date()),
        minutes: minutes(there.time()),
        offset: zone.to_offset(at).seconds() / 60,
    }
}

/// The moment, or the end of time where it is beyond that.
fn timestamp(seconds: u64) -> jiff::Timestamp {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX)
}

fn civil_date(date: Date) -> Option<civil::Date> {
    let year = i16::try_from(date.year).ok()?;
    let (month, day) = (i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?);
    civil::Date::new(year, month, day).ok()
}

fn of(date: civil::Date) -> Date {
    // A date of after the epoch: none of its parts is negative.
    Date {
        year: date.year().unsigned_abs(),
        month: date.month().unsigned_abs(),
        day: date.day().unsigned_abs(),
    }
}

fn day(date: civil::Date) -> Day {
    match date.weekday() {
        civil::Weekday::Monday => Day::Monday,
        civil::Weekday::Tuesday => Day::Tuesday,
        civil::Weekday::Wednesday => Day::Wednesday,
        civil::Weekday::Thursday => Day::Thursday,
        civil::Weekday::Friday => Day::Friday,
        civil::Weekday::Saturday => Day::Saturday,
        civil::Weekday::Sunday => Day::Sunday,
    }
}

fn minutes(time: civil::Time) -> u16 {
    u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
}
