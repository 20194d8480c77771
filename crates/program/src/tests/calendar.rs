//! What hours come to, over midnights, exceptions, notices and the days on which clocks are set.

use alloc::vec;
use alloc::vec::Vec;

use jiff::ToSpan as _;
use jiff::civil;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use proptest::prelude::*;

use super::fixture::policy;
use crate::*;

const CHICAGO: &str = "America/Chicago";
const BERLIN: &str = "Europe/Berlin";

/// A moment, written as RFC 3339 has it.
fn at(written: &str) -> Timestamp {
    let at: jiff::Timestamp = written.parse().unwrap();
    Timestamp::from_seconds(at.as_second().try_into().unwrap())
}

fn time(opens: u16, closes: u16) -> OpenTime {
    OpenTime { opens, closes }
}

/// A policy that would hold for ever, with these hours and nothing else.
fn open(zone: &str, week: &[(Day, u16, u16)]) -> Policy {
    let mut policy = policy();
    policy.terms.issued = 0;
    policy.terms.expires = u64::MAX;
    let weekly = week.iter().map(|&(day, opens, closes)| Weekly { day, time: time(opens, closes) });
    let weekly: Vec<Weekly> = weekly.collect();
    policy.page.hours = Hours {
        time_zone: zone.try_into().unwrap(),
        weekly: weekly.try_into().unwrap(),
        ..Hours::default()
    };
    policy
}

fn exception(date: Date, open: &[(u16, u16)]) -> Exception {
    let open: Vec<OpenTime> = open.iter().map(|&(opens, closes)| time(opens, closes)).collect();
    Exception { date, open: open.try_into().unwrap(), text: Text::default() }
}

fn except(mut policy: Policy, exceptions: &[(Date, &[(u16, u16)])]) -> Policy {
    let exceptions: Vec<_> = exceptions.iter().map(|(date, open)| exception(*date, open)).collect();
    policy.page.hours.exceptions = exceptions.try_into().unwrap();
    policy
}

fn noted(mut policy: Policy, notices: &[(NoticeKind, Option<&str>, Option<&str>)]) -> Policy {
    let seconds = |written: &Option<&str>| written.map(|written| at(written).seconds());
    let notices = notices.iter().map(|(kind, from, until)| Notice {
        kind: *kind,
        text: "x".try_into().unwrap(),
        from: seconds(from),
        until: seconds(until),
    });
    policy.page.notices = notices.collect::<Vec<_>>().try_into().unwrap();
    policy
}

fn date(year: u16, month: u8, day: u8) -> Date {
    Date { year, month, day }
}

/// Whether it is open at a moment, and when that changes.
fn said(policy: &Policy, moment: &str) -> (bool, Option<Timestamp>) {
    let (calendar, now) = (Calendar::of(policy).unwrap(), at(moment));
    (calendar.offer(now).is_open(), calendar.next_change(now))
}

fn opens(moment: &str) -> (bool, Option<Timestamp>) {
    (false, Some(at(moment)))
}

fn closes(moment: &str) -> (bool, Option<Timestamp>) {
    (true, Some(at(moment)))
}

#[test]
fn it_opens_at_the_first_minute_and_closes_at_the_last() {
    let policy = open(CHICAGO, &[(Day::Thursday, 480, 1320)]);
    assert_eq!(said(&policy, "2026-11-25T12:00:00-06:00"), opens("2026-11-26T08:00:00-06:00"));
    assert_eq!(said(&policy, "2026-11-26T07:59:59-06:00"), opens("2026-11-26T08:00:00-06:00"));
    assert_eq!(said(&policy, "2026-11-26T08:00:00-06:00"), closes("2026-11-26T22:00:00-06:00"));
    assert_eq!(said(&policy, "2026-11-26T21:59:59-06:00"), closes("2026-11-26T22:00:00-06:00"));
    assert_eq!(said(&policy, "2026-11-26T22:00:00-06:00"), opens("2026-12-03T08:00:00-06:00"));
}

#[test]
fn an_opening_is_told_as_the_programs_own_clock_and_calendar_show_it() {
    let policy = open(CHICAGO, &[(Day::Thursday, 480, 1320)]);
    let offer = Calendar::of(&policy).unwrap().offer(at("2026-11-25T23:30:00Z"));
    let expected = LocalTime {
        at: at("2026-11-26T14:00:00Z"),
        date: date(2026, 11, 26),
        day: Day::Thursday,
        minutes: 480,
        offset: -360,
    };
    assert_eq!(offer, Offer::Closed { opens: Some(expected) });
}

#[test]
fn hours_go_past_midnight_and_past_the_weeks_end() {
    let policy = open(CHICAGO, &[(Day::Sunday, 22 * 60, 26 * 60)]);
    assert_eq!(said(&policy, "2026-11-23T01:59:00-06:00"), closes("2026-11-23T02:00:00-06:00"));
    assert_eq!(said(&policy, "2026-11-23T02:00:00-06:00"), opens("2026-11-29T22:00:00-06:00"));
}

#[test]
fn hours_that_touch_are_one() {
    let week = [(Day::Monday, 18 * 60, 1440), (Day::Tuesday, 0, 120), (Day::Tuesday, 120, 600)];
    let policy = open(BERLIN, &week);
    assert_eq!(said(&policy, "2026-11-23T18:00:00+01:00"), closes("2026-11-24T10:00:00+01:00"));
}

#[test]
fn what_never_closes_has_no_closing() {
    let mut policy = open(BERLIN, &[]);
    policy.page.hours.always_open = true.into();
    assert_eq!(said(&policy, "2026-11-23T18:00:00+01:00"), (true, None));
    let policy = except(policy, &[(date(2026, 12, 25), &[])]);
    assert_eq!(said(&policy, "2026-11-23T18:00:00+01:00"), closes("2026-12-25T00:00:00+01:00"));
    assert_eq!(said(&policy, "2026-12-25T18:00:00+01:00"), opens("2026-12-26T00:00:00+01:00"));
}

#[test]
fn what_never_opens_has_no_opening() {
    assert_eq!(said(&open(BERLIN, &[]), "2026-11-23T18:00:00+01:00"), (false, None));
}

#[test]
fn an_exception_replaces_what_begins_on_its_date() {
    let week = [(Day::Wednesday, 22 * 60, 26 * 60), (Day::Thursday, 480, 1320)];
    let thanksgiving = date(2026, 11, 26);
    let closed = except(open(CHICAGO, &week), &[(thanksgiving, &[])]);
    let evening_before = said(&closed, "2026-11-26T01:00:00-06:00");
    assert_eq!(evening_before, closes("2026-11-26T02:00:00-06:00"));
    assert_eq!(said(&closed, "2026-11-26T02:00:00-06:00"), opens("2026-12-02T22:00:00-06:00"));
    let shorter = except(open(CHICAGO, &week), &[(thanksgiving, &[(600, 840)])]);
    assert_eq!(said(&shorter, "2026-11-26T02:00:00-06:00"), opens("2026-11-26T10:00:00-06:00"));
    assert_eq!(said(&shorter, "2026-11-26T10:00:00-06:00"), closes("2026-11-26T14:00:00-06:00"));
}

#[test]
fn a_time_that_the_clock_jumps_over_is_an_hour_later() {
    // On 2027-03-14 at 02:00 clocks in Chicago are set to 03:00.
    let policy = open(CHICAGO, &[(Day::Sunday, 150, 240)]);
    assert_eq!(said(&policy, "2027-03-14T01:00:00-06:00"), opens("2027-03-14T03:30:00-05:00"));
    assert_eq!(said(&policy, "2027-03-14T03:30:00-05:00"), closes("2027-03-14T04:00:00-05:00"));
    let all_in_the_gap = open(CHICAGO, &[(Day::Sunday, 135, 165)]);
    let moment = "2027-03-14T03:15:00-05:00";
    assert_eq!(said(&all_in_the_gap, moment), closes("2027-03-14T03:45:00-05:00"));
    // What would close before it opens is left out that day.
    let turned = open(CHICAGO, &[(Day::Sunday, 150, 195)]);
    assert_eq!(said(&turned, "2027-03-14T01:00:00-06:00"), opens("2027-03-21T02:30:00-05:00"));
    // It can be later, by an hour, than what is written after it: from 3:15 to 3:30, and from 3:00 to 3:15.
    let out_of_order = open(CHICAGO, &[(Day::Sunday, 135, 150), (Day::Sunday, 180, 195)]);
    let moment = "2027-03-14T01:00:00-06:00";
    assert_eq!(said(&out_of_order, moment), opens("2027-03-14T03:00:00-05:00"));
    let moment = "2027-03-14T03:00:00-05:00";
    assert_eq!(said(&out_of_order, moment), closes("2027-03-14T03:30:00-05:00"));
    // On 2027-03-28 at 02:00 clocks in Berlin are set to 03:00.
    let berlin = open(BERLIN, &[(Day::Sunday, 150, 300)]);
    assert_eq!(said(&berlin, "2027-03-28T01:59:00+01:00"), opens("2027-03-28T03:30:00+02:00"));
}

#[test]
fn a_time_that_comes_twice_is_the_first_of_the_two() {
    // On 2026-11-01 at 02:00 clocks in Chicago are set to 01:00.
    let opening = open(CHICAGO, &[(Day::Sunday, 90, 150)]);
    assert_eq!(said(&opening, "2026-11-01T01:00:00-05:00"), opens("2026-11-01T01:30:00-05:00"));
    assert_eq!(said(&opening, "2026-11-01T01:30:00-05:00"), closes("2026-11-01T02:30:00-06:00"));
    let closing = open(CHICAGO, &[(Day::Saturday, 22 * 60, 1440 + 90)]);
    assert_eq!(said(&closing, "2026-11-01T01:00:00-05:00"), closes("2026-11-01T01:30:00-05:00"));
    // The second half past one is not within the hours again.
    assert_eq!(said(&closing, "2026-11-01T01:15:00-06:00"), opens("2026-11-07T22:00:00-06:00"));
    // On 2026-10-25 at 03:00 clocks in Berlin are set to 02:00.
    let berlin = open(BERLIN, &[(Day::Sunday, 0, 150)]);
    assert_eq!(said(&berlin, "2026-10-25T00:00:00+02:00"), closes("2026-10-25T02:30:00+02:00"));
}

#[test]
fn while_a_notice_holds_chat_is_not_offered_and_opens_after_it() {
    let day = open(CHICAGO, &[(Day::Thursday, 480, 1320)]);
    let (from, until) = ("2026-11-26T10:00:00-06:00", "2026-11-26T12:00:00-06:00");
    let policy = noted(day.clone(), &[(NoticeKind::Closed, Some(from), Some(until))]);
    assert_eq!(said(&policy, "2026-11-26T09:00:00-06:00"), closes(from));
    assert_eq!(said(&policy, from), opens(until));
    assert_eq!(said(&policy, until), closes("2026-11-26T22:00:00-06:00"));
    let over_the_end =
        noted(day.clone(), &[(NoticeKind::Closed, Some(from), Some("2026-11-26T23:00:00-06:00"))]);
    assert_eq!(said(&over_the_end, from), opens("2026-12-03T08:00:00-06:00"));
    // Nobody knows when one without an end is over.
    let for_now = noted(day, &[(NoticeKind::Emergency, None, None)]);
    assert_eq!(said(&for_now, from), (false, None));
}

#[test]
fn notices_that_follow_each_other_are_passed_together() {
    let policy = noted(
        open(CHICAGO, &[(Day::Thursday, 480, 1320)]),
        &[
            (
                NoticeKind::Closed,
                Some("2026-11-26T12:00:00-06:00"),
                Some("2026-11-26T13:00:00-06:00"),
            ),
            (NoticeKind::Closed, None, Some("2026-11-26T12:00:00-06:00")),
        ],
    );
    assert_eq!(said(&policy, "2026-11-26T09:00:00-06:00"), opens("2026-11-26T13:00:00-06:00"));
}

#[test]
fn an_emergency_is_shown_before_another_notice() {
    let policy = noted(
        open(CHICAGO, &[]),
        &[(NoticeKind::Closed, None, None), (NoticeKind::Emergency, None, None)],
    );
    let offer = Calendar::of(&policy).unwrap().offer(at("2026-11-26T09:00:00-06:00"));
    assert_eq!(offer, Offer::Notice { number: 1, opens: None });
}

#[test]
fn a_policy_that_has_run_out_offers_nothing() {
    let mut policy = open(CHICAGO, &[(Day::Thursday, 480, 1320)]);
    let expires = "2026-11-26T12:00:00-06:00";
    policy.terms.expires = at(expires).seconds();
    assert_eq!(said(&policy, "2026-11-26T09:00:00-06:00"), closes(expires));
    assert_eq!(said(&policy, expires), (false, None));
    assert_eq!(said(&policy, "2026-12-03T09:00:00-06:00"), (false, None));
}

#[test]
fn the_next_moment_is_a_change_or_a_midnight_whichever_comes_first() {
    let calendar = Calendar::of(&open(CHICAGO, &[(Day::Thursday, 480, 1320)])).unwrap();
    let next = |written: &str| calendar.next_moment(at(written));
    assert_eq!(next("2026-11-24T10:00:00-06:00"), at("2026-11-25T00:00:00-06:00"));
    assert_eq!(next("2026-11-26T00:00:00-06:00"), at("2026-11-26T08:00:00-06:00"));
    assert_eq!(next("2026-11-26T08:00:00-06:00"), at("2026-11-26T22:00:00-06:00"));
}

#[test]
fn a_zone_that_nobody_knows_is_refused() {
    assert!(matches!(Calendar::of(&open("America/Rivertown", &[])), Err(TimeZoneUnknown)));
    // Names of the database are known in any case, as browsers know them.
    assert!(Calendar::of(&open("america/chicago", &[])).is_ok());
}

#[test]
fn no_time_is_too_late_to_be_asked_about() {
    let calendar = Calendar::of(&open(CHICAGO, &[(Day::Thursday, 480, 1320)])).unwrap();
    for now in [Timestamp(0), Timestamp(u64::MAX), Timestamp(253_402_207_199_000)] {
        let _ = (calendar.offer(now), calendar.next_change(now));
        assert!(calendar.next_moment(now) >= now);
    }
}

/// The definition, looked up by the minute: open is what lies between the moments of a day's times.
struct Reference {
    zone: TimeZone,
    hours: Hours,
}

impl Reference {
    fn is_open(&self, seconds: i64) -> bool {
        let now = jiff::Timestamp::from_second(seconds).unwrap();
        let today = self.zone.to_datetime(now).date();
        let dates = [today - 2.days(), today - 1.day(), today, today + 1.day()];
        dates.iter().any(|date| {
            self.times(*date).iter().any(|time| {
                self.moment(*date, time.opens) <= now && now < self.moment(*date, time.closes)
            })
        })
    }

    fn times(&self, on: civil::Date) -> Vec<OpenTime> {
        let (year, month, day) = (on.year() as u16, on.month() as u8, on.day() as u8);
        let exceptions = &self.hours.exceptions;
        if let Some(found) = exceptions.iter().find(|found| found.date == date(year, month, day)) {
            return found.open.to_vec();
        }
        let number = on.weekday().to_monday_one_offset() as u8;
        let today = self.hours.weekly.iter().filter(|weekly| weekly.day as u8 == number);
        today.map(|weekly| weekly.time).collect()
    }

    fn moment(&self, date: civil::Date, minutes: u16) -> jiff::Timestamp {
        let (days, minutes) = (i64::from(minutes / 1440), minutes % 1440);
        let midnight = (date + days.days()).at(0, 0, 0, 0);
        let there = midnight + i64::from(minutes).minutes();
        self.zone.to_timestamp(there).unwrap()
    }
}

const DAYS: [Day; 7] = [
    Day::Monday,
    Day::Tuesday,
    Day::Wednesday,
    Day::Thursday,
    Day::Friday,
    Day::Saturday,
    Day::Sunday,
];

fn an_open_time() -> impl Strategy<Value = (u16, u16)> {
    // Quarters of an hour, so that times touch, and half of them at night, when clocks are set.
    let opens = prop_oneof![0_u16..96, 0_u16..16];
    (opens, 1_u16..=96).prop_map(|(opens, lasts)| (opens * 15, (opens + lasts) * 15))
}

/// Zones whose clocks are set at night by an hour, by half an hour, at midnight, and never; each with days of
/// 2026 and 2027 around which that happens.
fn a_place_and_a_day() -> impl Strategy<Value = (&'static str, &'static str)> {
    prop_oneof![
        Just((CHICAGO, "2026-10-30T12:00:00Z")),
        Just((CHICAGO, "2027-03-12T12:00:00Z")),
        Just((BERLIN, "2026-10-23T12:00:00Z")),
        Just((BERLIN, "2027-03-26T12:00:00Z")),
        Just(("Australia/Lord_Howe", "2027-04-02T12:00:00Z")),
        Just(("America/Havana", "2027-03-12T12:00:00Z")),
        Just(("Asia/Kolkata", "2026-12-30T12:00:00Z")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_next_change_is_the_first_minute_at_which_it_differs(
        (zone, day) in a_place_and_a_day(),
        week in proptest::collection::vec((0_usize..7, an_open_time()), 0..8),
        special in proptest::collection::vec((0_i64..8, proptest::collection::vec(an_open_time(), 0..2)), 0..3),
        minute in 0_i64..4 * 1440,
    ) {
        let week: Vec<_> = week.iter().map(|(day, time)| (DAYS[*day], time.0, time.1)).collect();
        let mut policy = open(zone, &week);
        let first = at(day);
        let zone = TimeZoneDatabase::bundled().get(zone).unwrap();
        let mut exceptions: Vec<Exception> = Vec::new();
        for (ahead, times) in &special {
            let seconds = i64::try_from(first.seconds()).unwrap() + ahead * 86_400;
            let on = zone.to_datetime(jiff::Timestamp::from_second(seconds).unwrap()).date();
            let on = date(on.year() as u16, on.month() as u8, on.day() as u8);
            if exceptions.iter().all(|other| other.date != on) {
                exceptions.push(exception(on, times));
            }
        }
        policy.page.hours.exceptions = exceptions.try_into().unwrap();
        let calendar = Calendar::of(&policy).unwrap();
        let reference = Reference { zone, hours: policy.page.hours.clone() };

        let now = i64::try_from(first.seconds()).unwrap() + minute * 60;
        let asked = Timestamp::from_seconds(u64::try_from(now).unwrap());
        let is_open = reference.is_open(now);
        prop_assert_eq!(calendar.offer(asked).is_open(), is_open);
        let next = calendar.next_change(asked).map(|next| i64::try_from(next.seconds()).unwrap());
        let end = now + 5 * 86_400;
        let mut at = now;
        while at < next.unwrap_or(end).min(end) {
            prop_assert_eq!(reference.is_open(at), is_open, "before the next change, at {}", at);
            at += 60;
        }
        if let Some(next) = next {
            prop_assert!(next > now && next % 60 == 0);
            prop_assert_eq!(reference.is_open(next), !is_open, "at the next change, {}", next);
        }
    }
}

#[test]
fn dates_are_counted_over_months_and_years() {
    let from = date(2026, 12, 25);
    assert_eq!(from.days_until(from), Some(0));
    assert_eq!(from.days_until(date(2027, 1, 1)), Some(7));
    assert_eq!(from.days_until(date(2026, 12, 24)), None);
    assert_eq!(from.days_until(date(2027, 2, 30)), None);
    assert_eq!(from.weekday(), Some(Day::Friday));
    assert_eq!(vec![date(2027, 2, 29).weekday(), date(0, 0, 0).weekday()], [None, None]);
}
