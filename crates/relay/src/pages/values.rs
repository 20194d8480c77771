//! What a policy puts into a page: its texts, its other ways to reach an advocate, its hours.
//!
//! The policy was signed by the program; an address from it still becomes a link only where it is a
//! telephone number or an `https` address, so that no page ever holds a link that runs something.

use std::collections::BTreeMap;

use stillroom_program::{Alternative, AlternativeKind, Day, Fingerprint, Policy, Weekly};

use super::template::Values;
use super::texts::Texts;

/// The days, and the names of their names.
const DAYS: [(Day, &str); 7] = [
    (Day::Monday, "day-monday"),
    (Day::Tuesday, "day-tuesday"),
    (Day::Wednesday, "day-wednesday"),
    (Day::Thursday, "day-thursday"),
    (Day::Friday, "day-friday"),
    (Day::Saturday, "day-saturday"),
    (Day::Sunday, "day-sunday"),
];

/// The values of a page.
pub(super) fn values(policy: &Policy, root: &Fingerprint, open: bool, texts: &Texts) -> Values {
    let exit = policy.exits.first().map_or("", |exit| exit.as_str());
    let plain = [
        ("lang", texts.lang()),
        ("dir", texts.dir()),
        ("exit", exit),
        ("title", &policy.title),
        ("name", &policy.name),
        ("about", &policy.about),
        ("safety", &policy.safety),
        ("emergency", &policy.emergency),
        ("hours_note", &policy.hours_note),
        ("time_zone", &policy.time_zone),
    ];
    let mut plain: BTreeMap<_, _> = plain.map(|(name, value)| (name, value.to_owned())).into();
    plain.insert("root", root.to_string());
    Values {
        plain,
        conditions: BTreeMap::from([("open", open)]),
        lists: BTreeMap::from([
            ("alternatives", policy.alternatives.iter().map(alternative).collect()),
            ("hours", hours(&policy.hours, texts)),
        ]),
    }
}

fn alternative(alternative: &Alternative) -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("label", alternative.label.to_string()),
        ("value", alternative.value.to_string()),
        ("link", link(alternative.kind, &alternative.value)),
    ])
}

/// The address behind a way to reach an advocate; empty where there is none that a page may hold.
fn link(kind: AlternativeKind, value: &str) -> String {
    match kind {
        AlternativeKind::Phone | AlternativeKind::Tty => telephone(value),
        AlternativeKind::Website if value.starts_with("https://") => value.to_owned(),
        AlternativeKind::Website
        | AlternativeKind::Sms
        | AlternativeKind::Video
        | AlternativeKind::Email
        | AlternativeKind::Place => String::new(),
    }
}

/// `tel:` and the digits, if the value is nothing but a number as people write it.
fn telephone(value: &str) -> String {
    let written =
        |character: char| character.is_ascii_digit() || " -./()+\u{a0}".contains(character);
    let number: String =
        value.chars().filter(|character| character.is_ascii_digit() || *character == '+').collect();
    let plus_leads = number.rfind('+').is_none_or(|at| at == 0);
    if value.chars().all(written) && plus_leads && number.len() >= 3 {
        format!("tel:{number}")
    } else {
        String::new()
    }
}

/// The week, days of the same times together: "Monday – Friday", "09:00–17:00".
fn hours(weekly: &[Weekly], texts: &Texts) -> Vec<BTreeMap<&'static str, String>> {
    let mut rows: Vec<(&str, &str, String)> = Vec::new();
    for (day, name) in DAYS {
        let times = times(weekly, day);
        match rows.last_mut() {
            Some((_, last, same)) if *same == times => *last = name,
            _ => rows.push((name, name, times)),
        }
    }
    let day = |name: &str| texts.get(name).unwrap_or_default().to_owned();
    rows.into_iter()
        .filter(|(_, _, times)| !times.is_empty())
        .map(|(first, last, times)| {
            let days = if first == last {
                day(first)
            } else {
                format!("{} – {}", day(first), day(last))
            };
            BTreeMap::from([("days", days), ("times", times)])
        })
        .collect()
}

fn times(weekly: &[Weekly], day: Day) -> String {
    let mut of_day: Vec<_> = weekly.iter().filter(|weekly| weekly.day == day).collect();
    of_day.sort();
    let written: Vec<_> = of_day
        .iter()
        .map(|weekly| format!("{}–{}", clock(weekly.opens), clock(weekly.closes)))
        .collect();
    written.join(", ")
}

fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_becomes_a_link_and_nothing_else_does() {
        let phone = |value| link(AlternativeKind::Phone, value);
        assert_eq!(phone("+1 (555) 010-0199"), "tel:+15550100199");
        assert_eq!(phone("112"), "tel:112");
        assert_eq!(phone("ask for Ann"), "");
        assert_eq!(phone("1+2 3 4"), "");
        assert_eq!(link(AlternativeKind::Website, "https://example.org"), "https://example.org");
        assert_eq!(link(AlternativeKind::Website, "javascript:alert(1)"), "");
        assert_eq!(link(AlternativeKind::Email, "a@example.org"), "");
    }

    #[test]
    fn days_of_the_same_hours_stand_together() {
        let at = |day, opens, closes| Weekly { day, opens, closes };
        let week = [
            at(Day::Tuesday, 540, 1020),
            at(Day::Monday, 540, 1020),
            at(Day::Friday, 780, 1440),
            at(Day::Friday, 540, 720),
        ];
        let texts = Texts::read(None).unwrap();
        let rows: Vec<_> = hours(&week, &texts)
            .into_iter()
            .map(|row| format!("{} {}", row["days"], row["times"]))
            .collect();
        assert_eq!(rows, ["Monday – Tuesday 09:00–17:00", "Friday 09:00–12:00, 13:00–24:00"]);
    }
}
