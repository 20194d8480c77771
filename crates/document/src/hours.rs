//! The hours in words: the week, the exceptions to come, and the sentences on the next opening and closing
//! (`features.md` 1.2).
//!
//! They are true at the moment for which they are made; whoever shows them makes them anew in time.

use stillroom_program::{Date, Day, Exception, Hours, LocalTime, OpenTime, Page};

use super::template::Item;
use super::texts::Texts;

/// Exceptions further ahead than this are not listed yet where a page is made anew all the time: it is not a
/// calendar.
const EXCEPTIONS_DAYS: u32 = 60;

/// Seconds in a day.
const DAY: u64 = 24 * 60 * 60;

/// Days ahead that are named by the day of the week alone.
const WEEK: u32 = 7;

const DAYS: [Day; 7] = [
    Day::Monday,
    Day::Tuesday,
    Day::Wednesday,
    Day::Thursday,
    Day::Friday,
    Day::Saturday,
    Day::Sunday,
];

/// The sentence on the next opening.
pub(crate) fn opens(now: &LocalTime, opens: &LocalTime, texts: &Texts) -> String {
    let name = match now.date.days_until(opens.date) {
        Some(0) => "chat-opens-today",
        Some(1..WEEK) => "chat-opens-day",
        _ => "chat-opens-date",
    };
    at(name, opens, texts)
}

/// The sentence on the next closing; none where that is more than a week ahead.
pub(crate) fn closes(now: &LocalTime, closes: &LocalTime, texts: &Texts) -> Option<String> {
    let name = match now.date.days_until(closes.date)? {
        0 => "chat-closes-today",
        1 if closes.minutes == 0 => "chat-closes-midnight",
        1..WEEK => "chat-closes-day",
        _ => return None,
    };
    Some(at(name, closes, texts))
}

fn at(name: &str, time: &LocalTime, texts: &Texts) -> String {
    texts.filled(
        name,
        &[
            ("time", &clock(time.minutes)),
            ("day", texts.own(day(time.day))),
            ("month", texts.own(month(time.date))),
            ("date", &time.date.day.to_string()),
        ],
    )
}

/// The week, days of the same times together: "Monday – Friday", "09:00–17:00".
pub(crate) fn week(hours: &Hours, texts: &Texts) -> Vec<Item> {
    if *hours.always_open {
        let (days, times) = (texts.own("hours-every-day"), texts.own("hours-all-day"));
        return vec![Item::from([("days", days.to_owned()), ("times", times.to_owned())])];
    }
    let mut rows: Vec<(Day, Day, String)> = Vec::new();
    for today in DAYS {
        let of_day = hours.weekly.iter().filter(|weekly| weekly.day == today);
        let times = times(of_day.map(|weekly| weekly.time));
        match rows.last_mut() {
            Some((_, last, same)) if *same == times => *last = today,
            _ => rows.push((today, today, times)),
        }
    }
    let row = |(first, last, times): (Day, Day, String)| {
        let (from, until) = (texts.own(day(first)), texts.own(day(last)));
        let days = if first == last { from.to_owned() } else { format!("{from} – {until}") };
        Item::from([("days", days), ("times", times)])
    };
    rows.into_iter().filter(|(_, _, times)| !times.is_empty()).map(row).collect()
}

/// How far ahead exceptions are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ahead {
    /// As far as anybody plans who reads a page that is made anew all the time.
    Soon,
    /// Up to this time, in seconds since the Unix epoch, for a page that stays as it is: each with its year, and
    /// whoever shows it hides what is past.
    Until(u64),
}

/// The exceptions from today on, in their order.
pub(crate) fn exceptions(hours: &Hours, now: &LocalTime, ahead: Ahead, texts: &Texts) -> Vec<Item> {
    let days_ahead = match ahead {
        Ahead::Soon => EXCEPTIONS_DAYS,
        Ahead::Until(end) => {
            let left = end.saturating_sub(now.at.seconds()).div_ceil(DAY);
            u32::try_from(left).unwrap_or(u32::MAX)
        }
    };
    let listed_now = |exception: &&Exception| {
        now.date.days_until(exception.date).is_some_and(|days| days <= days_ahead)
    };
    let mut exceptions: Vec<&Exception> = hours.exceptions.iter().filter(listed_now).collect();
    exceptions.sort_by_key(|exception| exception.date);
    exceptions.into_iter().map(|exception| listed(exception, ahead, texts)).collect()
}

fn listed(exception: &Exception, ahead: Ahead, texts: &Texts) -> Item {
    let written = exception.date;
    let name = match ahead {
        Ahead::Soon => "exception-date",
        Ahead::Until(_) => "exception-date-year",
    };
    let date = texts.filled(
        name,
        &[
            ("day", written.weekday().map_or("", |today| texts.own(day(today)))),
            ("month", texts.own(month(written))),
            ("date", &written.day.to_string()),
            ("year", &written.year.to_string()),
        ],
    );
    let times = if exception.open.is_empty() {
        texts.own("exception-closed").to_owned()
    } else {
        times(exception.open.iter().copied())
    };
    let why = texts.policys(&Page::exception_name(written), &exception.text);
    let what = if why.is_empty() {
        times
    } else {
        texts.filled("exception-why", &[("what", &times), ("why", &why)])
    };
    Item::from([("date", date), ("what", what), ("on", written.to_string())])
}

fn times(times: impl Iterator<Item = OpenTime>) -> String {
    let mut times: Vec<OpenTime> = times.collect();
    times.sort_unstable();
    times.iter().map(OpenTime::to_string).collect::<Vec<_>>().join(", ")
}

fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn day(day: Day) -> &'static str {
    match day {
        Day::Monday => "day-monday",
        Day::Tuesday => "day-tuesday",
        Day::Wednesday => "day-wednesday",
        Day::Thursday => "day-thursday",
        Day::Friday => "day-friday",
        Day::Saturday => "day-saturday",
        Day::Sunday => "day-sunday",
    }
}

fn month(date: Date) -> &'static str {
    const MONTHS: [&str; 12] = [
        "month-january",
        "month-february",
        "month-march",
        "month-april",
        "month-may",
        "month-june",
        "month-july",
        "month-august",
        "month-september",
        "month-october",
        "month-november",
        "month-december",
    ];
    MONTHS.get(usize::from(date.month).saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;
