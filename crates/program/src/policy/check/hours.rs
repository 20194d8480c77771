//! Hours, exceptions and notices that cannot be meant.

use alloc::vec;
use alloc::vec::Vec;

use super::{Findings, Place, Problem};
use crate::policy::{Exception, Hours, Notice, OpenTime, Weekly};

/// Days in a week.
const DAYS: usize = 7;

pub(super) fn check(hours: &Hours, notices: &[Notice], findings: &mut Findings) {
    if *hours.always_open {
        let both = !hours.weekly.is_empty();
        findings.add_if(both, "hours.open", Problem::HoursThoughAlwaysOpen);
    } else {
        check_week(&hours.weekly, findings);
    }
    for (number, exception) in hours.exceptions.iter().enumerate() {
        let before = hours.exceptions.iter().take(number);
        check_exception(number, exception, before, findings);
    }
    for (at, notice) in notices.iter().enumerate() {
        let field = |part: &str| Place::of_entry("notices", at, part, at + 1);
        findings.not_empty(field("text"), &notice.text);
        let never =
            matches!((notice.from, notice.until), (Some(from), Some(until)) if until <= from);
        findings.add_if(never, field("until"), Problem::EndsTooEarly);
    }
}

fn check_week(weekly: &[Weekly], findings: &mut Findings) {
    findings.add_if(weekly.is_empty(), "hours.open", Problem::Empty);
    for (at, time) in weekly.iter().enumerate() {
        let place = Place::of_field("hours.open", alloc::format!("hours.open[{at}]"));
        check_time(&place, time.time, findings);
    }
    let times = weekly.iter().map(|weekly| (weekly.day as usize - 1, weekly.time));
    let minutes = minutes(times, DAYS);
    findings.add_if(minutes.iter().any(|open| *open > 1), "hours.open", Problem::Overlaps);
    findings.add_if(minutes.iter().all(|open| *open > 0), "hours.open", Problem::NeverCloses);
}

fn check_exception<'a>(
    at: usize,
    exception: &Exception,
    mut before: impl Iterator<Item = &'a Exception>,
    findings: &mut Findings,
) {
    let date = exception.date;
    let field = alloc::format!("hours.exceptions {date}");
    let path = |part: &str| alloc::format!("hours.exceptions[{at}].{part}");
    let place = |part: &str| Place::of_field(field.clone(), path(part));
    findings.add_if(!date.exists(), place("date"), Problem::NotADate);
    findings.add_if(before.any(|other| other.date == date), place("date"), Problem::Twice);
    for (number, time) in exception.open.iter().enumerate() {
        check_time(&place(&alloc::format!("open[{number}]")), *time, findings);
    }
    // Beside the date itself there is a day for what goes past midnight.
    let minutes = minutes(exception.open.iter().map(|time| (0, *time)), 2);
    findings.add_if(minutes.iter().any(|open| *open > 1), place("open"), Problem::Overlaps);
}

fn check_time(place: &Place, time: OpenTime, findings: &mut Findings) {
    findings.add_if(time.opens >= OpenTime::DAY, place.part("from"), Problem::NotOfTheDay);
    let wrong = time.closes <= time.opens || time.closes - time.opens > OpenTime::DAY;
    findings.add_if(wrong, place.part("until"), Problem::EndsTooEarly);
}

/// How many times each minute of so many days is open, the first day following the last.
fn minutes(times: impl Iterator<Item = (usize, OpenTime)>, days: usize) -> Vec<u8> {
    let day = usize::from(OpenTime::DAY);
    let mut minutes = vec![0_u8; days * day];
    for (number, time) in times {
        for minute in time.opens..time.closes.min(OpenTime::DAY.saturating_mul(2)) {
            let at = (number * day + usize::from(minute)) % (days * day);
            if let Some(open) = minutes.get_mut(at) {
                *open = open.saturating_add(1);
            }
        }
    }
    minutes
}
