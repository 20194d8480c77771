//! Policies of every kind, drawn at random: sound or not, but such as a file can say.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::fixture::policy;
use crate::*;

pub(super) fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    let mut short = text.trim();
    while short.len() > MAX {
        let mut characters = short.chars();
        characters.next_back();
        short = characters.as_str();
    }
    short.trim().try_into().unwrap()
}

pub(super) fn list<T, const MAX: usize>(mut entries: Vec<T>) -> List<T, MAX> {
    entries.truncate(MAX);
    entries.try_into().map_err(|_| "too many").unwrap()
}

/// What people write, and what a file must not stumble over.
fn said() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z ,.]{0,60}",
        "[a-z\"'\\\\\n\t #=\\[\\]{}]{0,120}",
        Just("\"\"\"\"\"".to_string()),
        Just("a\u{7}\u{1b}b\r\nc\\u0041 مرحبا 你好".to_string()),
        "\\PC{0,100}",
    ]
}

fn id() -> impl Strategy<Value = String> {
    select(["a", "b", "c", "d-1", "e"].map(str::to_string).to_vec())
}

fn some<T: core::fmt::Debug>(of: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<T>> {
    proptest::collection::vec(of, 0..5)
}

fn open_time() -> impl Strategy<Value = OpenTime> {
    (0..1440_u16, 0..=1440_u16).prop_map(|(opens, lasts)| OpenTime { opens, closes: opens + lasts })
}

fn day() -> impl Strategy<Value = Day> {
    select([Day::Monday, Day::Tuesday, Day::Saturday, Day::Sunday].to_vec())
}

fn date() -> impl Strategy<Value = Date> {
    (2026..2030_u16, 1..=12_u8, 1..=28_u8).prop_map(|(year, month, day)| Date { year, month, day })
}

fn moment() -> impl Strategy<Value = Option<u64>> {
    proptest::option::of(prop_oneof![
        0..4_000_000_000_u64,
        (0..60_000_000_u64).prop_map(|m| m * 60)
    ])
}

fn hours() -> impl Strategy<Value = Hours> {
    let weekly = some((day(), open_time()).prop_map(|(day, time)| Weekly { day, time }));
    let exception = (date(), some(open_time()), said()).prop_map(|(date, open, said)| Exception {
        date,
        open: list(open),
        text: text(&said),
    });
    let zone = select(["America/Chicago", "Europe/Berlin", "UTC", "Nowhere/None"].to_vec());
    (zone, any::<bool>(), weekly, some(exception), said()).prop_map(
        |(zone, always, weekly, exceptions, note)| Hours {
            time_zone: text(zone),
            always_open: always.into(),
            weekly: list(weekly),
            exceptions: list(exceptions),
            note: text(&note),
        },
    )
}

fn choices<const MAX: usize>() -> impl Strategy<Value = List<Choice, MAX>> {
    let choice = (id(), said()).prop_map(|(id, said)| Choice { id: text(&id), text: text(&said) });
    some(choice).prop_map(list)
}

fn locale() -> impl Strategy<Value = Locale> {
    (id(), said(), any::<bool>(), any::<[u8; 32]>()).prop_map(|(tag, name, rtl, file)| Locale {
        tag: text(&tag),
        name: text(&name),
        direction: if rtl { Direction::RightToLeft } else { Direction::LeftToRight },
        file,
    })
}

/// A change of one part, whichever.
fn change() -> impl Strategy<Value = ChangeOf> {
    (0..18_u8, said(), said(), id(), any::<u16>(), any::<Index>())
        .prop_flat_map(|(which, one, other, id, number, at)| {
            let single = Just((which, one, other, id, number, at));
            (single, hours(), choices::<12>(), choices::<8>(), locale(), moment(), moment())
        })
        .prop_map(|(single, hours, many, few, locale, from, until)| ChangeOf {
            single,
            hours,
            many,
            few,
            locale,
            from,
            until,
        })
}

/// All that a change may need, and which it is.
#[derive(Clone, Debug)]
pub(super) struct ChangeOf {
    single: (u8, String, String, String, u16, Index),
    hours: Hours,
    many: List<Choice, 12>,
    few: List<Choice, 8>,
    locale: Locale,
    from: Option<u64>,
    until: Option<u64>,
}

/// The list with one entry more, one less, or one in place of another.
fn altered<T: Clone, const MAX: usize>(
    entries: &List<T, MAX>,
    entry: T,
    number: u16,
    at: Index,
) -> List<T, MAX> {
    let mut entries = entries.to_vec();
    let place = at.index(entries.len() + 1);
    match number % 4 {
        0 if place < entries.len() => {
            entries.remove(place);
        }
        1 if place < entries.len() => entries[place] = entry,
        2 if entries.len() > 1 => {
            let moved = entries.remove(place.min(entries.len() - 1));
            entries.push(moved);
        }
        _ => entries.insert(place, entry),
    }
    list(entries)
}

impl ChangeOf {
    pub(super) fn apply(&self, policy: &mut Policy) {
        let (which, one, other, id, number, at) = self.single.clone();
        let Policy { terms, page, guidance } = policy;
        match which {
            0 => page.about = text(&one),
            1 => (page.title, page.name) = (text(&one), text(&other)),
            2 => page.emergency = Emergency { number: text(&one), text: text(&other) },
            3 => page.hours = self.hours.clone(),
            4 => {
                let notice = Notice {
                    kind: if number > 9 { NoticeKind::Closed } else { NoticeKind::Emergency },
                    text: text(&one),
                    from: self.from,
                    until: self.until,
                };
                page.notices = altered(&page.notices, notice, number, at);
            }
            5 => {
                let kind = if number > 9 { AlternativeKind::Sms } else { AlternativeKind::Place };
                let way = Alternative { kind, label: text(&one), value: text(&other) };
                page.alternatives = altered(&page.alternatives, way, number, at);
            }
            6 => {
                let by = if number > 9 { SpokenBy::Advocates } else { SpokenBy::Interpreter };
                let (tag, name, hours) = (text(&id), text(&one), text(&other));
                let language = Language { tag, name, by, hours };
                page.languages.served = altered(&page.languages.served, language, number, at);
            }
            7 => {
                page.safety.advice = text(&one);
                page.safety.safer_ways = altered(&page.safety.safer_ways, text(&other), number, at);
            }
            8 => {
                let right = Right { id: text(&id), short: text(&one), details: text(&other) };
                page.rights = altered(&page.rights, right, number, at);
            }
            9 => {
                let message = OpeningMessage { text: text(&one), details: text(&id) };
                terms.opening_messages = altered(&terms.opening_messages, message, number, at);
            }
            10 => {
                let (why, privacy) = (text(&other), text(&one));
                let choices = self.many.clone();
                let question = Question { id: text(&id), ask: text(&one), why, privacy, choices };
                page.questions = altered(&page.questions, question, number, at);
            }
            11 => {
                let choices = self.few.clone();
                let item =
                    SurveyItem { id: text(&id), ask: text(&one), choices, free_text: number };
                page.survey = altered(&page.survey, item, number, at);
            }
            12 => page.locales = altered(&page.locales, self.locale.clone(), number, at),
            13 => {
                terms.timers.silence_ask = number;
                guidance.check_in = number / 2;
            }
            14 => {
                let message =
                    CannedMessage { id: text(&id), title: text(&one), text: text(&other) };
                guidance.canned_messages = altered(&guidance.canned_messages, message, number, at);
            }
            15 => {
                let (title, say, kind) = (text(&one), text(&other), GuideKind::Minor);
                let guide = Guide { id: text(&id), kind, title, text: text(&one), say };
                guidance.guides = altered(&guidance.guides, guide, number, at);
            }
            16 => {
                guidance.checklist.rights = list([1, 3].into_iter().take(at.index(3)).collect());
                guidance.checklist.own = altered(&guidance.checklist.own, text(&one), number, at);
            }
            _ => {
                let seconds = number % 300;
                guidance.offers = (number % 3 > 0)
                    .then(|| Offers { accept_seconds: seconds, languages: List::default() });
                guidance.code_words.due_days = (number % 2 > 0).then_some(number);
                guidance.turned_away = text(&other);
                terms.exits = altered(&terms.exits, text(&one), number, at);
                terms.expires += u64::from(number);
            }
        }
    }
}

/// So many changes.
pub(super) fn changes(most: usize) -> impl Strategy<Value = Vec<ChangeOf>> {
    proptest::collection::vec(change(), 0..=most)
}

/// The policy with these changes, as its file would have it.
pub(super) fn changed(mut policy: Policy, changes: &[ChangeOf]) -> Policy {
    changes.iter().for_each(|change| change.apply(&mut policy));
    policy.tidied().unwrap()
}

/// Any policy.
pub(super) fn any_policy() -> impl Strategy<Value = Policy> {
    changes(12).prop_map(|changes| changed(policy(), &changes))
}
