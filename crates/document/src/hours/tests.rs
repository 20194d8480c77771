//! What is said of hours.

use stillroom_program::{Timestamp, Weekly};

use super::*;

fn texts() -> Texts {
    Texts::read(None).unwrap()
}

fn rows(items: &[Item]) -> Vec<String> {
    items.iter().map(|item| item.plain.values().cloned().collect::<Vec<_>>().join(" ")).collect()
}

fn hours(week: &[(Day, u16, u16)]) -> Hours {
    let weekly =
        week.iter().map(|&(day, opens, closes)| Weekly { day, time: OpenTime { opens, closes } });
    let weekly: Vec<Weekly> = weekly.collect();
    Hours { weekly: weekly.try_into().unwrap(), ..Hours::default() }
}

fn date(month: u8, day: u8) -> Date {
    Date { year: 2026, month, day }
}

/// The time of 09:30 on the Wednesday before Thanksgiving, and times after it.
fn local(date: Date, minutes: u16) -> LocalTime {
    LocalTime { at: Timestamp(0), date, day: date.weekday().unwrap(), minutes, offset: -360 }
}

#[test]
fn days_of_the_same_hours_stand_together() {
    let week = hours(&[
        (Day::Tuesday, 540, 1020),
        (Day::Monday, 540, 1020),
        (Day::Friday, 780, 1440),
        (Day::Friday, 540, 720),
    ]);
    assert_eq!(
        rows(&super::week(&week, &texts())),
        ["Monday – Tuesday 09:00–17:00", "Friday 09:00–12:00, 13:00–24:00"]
    );
}

#[test]
fn hours_past_midnight_end_at_the_next_days_time() {
    let week = hours(&[(Day::Saturday, 22 * 60, 26 * 60)]);
    assert_eq!(rows(&super::week(&week, &texts())), ["Saturday 22:00–02:00"]);
}

#[test]
fn a_chat_that_never_closes_says_so() {
    let always = Hours { always_open: true.into(), ..Hours::default() };
    assert_eq!(rows(&super::week(&always, &texts())), ["Every day Day and night"]);
}

#[test]
fn the_next_opening_is_named_by_today_the_day_or_the_date() {
    let now = local(date(11, 25), 570);
    let said = |date, minutes| opens(&now, &local(date, minutes), &texts());
    assert_eq!(said(date(11, 25), 600), "Chat opens again today at 10:00.");
    assert_eq!(said(date(11, 26), 480), "Chat opens again on Thursday at 08:00.");
    assert_eq!(said(date(12, 1), 480), "Chat opens again on Tuesday at 08:00.");
    assert_eq!(said(date(12, 2), 485), "Chat opens again on Wednesday, December 2, at 08:05.");
}

#[test]
fn the_next_closing_is_named_likewise() {
    let now = local(date(11, 25), 570);
    let said = |date, minutes| closes(&now, &local(date, minutes), &texts());
    let sentence = |sentence: &str| Some(sentence.to_owned());
    assert_eq!(said(date(11, 25), 22 * 60), sentence("Chat is open until 22:00 today."));
    assert_eq!(said(date(11, 26), 0), sentence("Chat is open until midnight."));
    assert_eq!(said(date(11, 26), 120), sentence("Chat is open until 02:00 on Thursday."));
    assert_eq!(said(date(12, 24), 0), None, "too far ahead to be of use");
}

fn exceptions_of_november() -> Hours {
    let exception = |date, open: &[(u16, u16)], text: &str| {
        let open = open.iter().map(|&(opens, closes)| OpenTime { opens, closes });
        let open: Vec<OpenTime> = open.collect();
        Exception { date, open: open.try_into().unwrap(), text: text.try_into().unwrap() }
    };
    Hours {
        exceptions: vec![
            exception(Date { year: 2027, month: 9, day: 6 }, &[], "Labor Day"),
            exception(Date { year: 2027, month: 1, day: 25 }, &[], "in two months"),
            exception(date(12, 24), &[(600, 840)], "Christmas Eve"),
            exception(date(11, 24), &[], "past"),
            exception(date(11, 26), &[], ""),
        ]
        .try_into()
        .unwrap(),
        ..Hours::default()
    }
}

#[test]
fn exceptions_of_the_next_sixty_days_are_listed_in_their_order() {
    let now = local(date(11, 25), 570);
    let items = exceptions(&exceptions_of_november(), &now, Ahead::Soon, &texts());
    assert_eq!(
        rows(&items),
        [
            "Thursday, November 26 2026-11-26 Closed",
            "Thursday, December 24 2026-12-24 10:00–14:00 (Christmas Eve)",
        ]
    );
}

#[test]
fn where_nothing_is_made_anew_all_exceptions_until_the_end_are_listed_with_their_year() {
    let mut now = local(date(11, 25), 570);
    now.at = Timestamp::from_seconds(1_795_620_600);
    let until = |days: u64| {
        let ahead = Ahead::Until(now.at.seconds() + days * DAY);
        rows(&exceptions(&exceptions_of_november(), &now, ahead, &texts()))
    };
    assert_eq!(
        until(340),
        [
            "Thursday, November 26, 2026 2026-11-26 Closed",
            "Thursday, December 24, 2026 2026-12-24 10:00–14:00 (Christmas Eve)",
            "Monday, January 25, 2027 2027-01-25 Closed (in two months)",
            "Monday, September 6, 2027 2027-09-06 Closed (Labor Day)",
        ]
    );
    assert_eq!(until(285).len(), 4, "on the last day");
    assert_eq!(until(284).len(), 3, "after the policy's end");
    assert_eq!(until(0), Vec::<String>::new());
}
