//! What a policy puts into a page: its texts, its other ways to reach an advocate, its questions.
//!
//! The policy was signed by the program; an address from it still becomes a link only where it is a
//! telephone number or an `https` address, so that no page ever holds a link that runs something.
//!
//! | value | what it is |
//! |---|---|
//! | `lang` `dir` `root` `exit` | of the page itself |
//! | `version` | of the policy, which answers name |
//! | `title` `name` `neutral_name` `about` `platform` | of the program |
//! | `emergency` `emergency_number` `emergency_link` | the sentence, the number alone, its `tel:` link |
//! | `state` | `open`, `nobody` (within hours, nobody on duty), `closed` or `notice` |
//! | `next_opening` `closes` | a sentence, or empty |
//! | `notice` `notice_kind` | of the notice that holds: what it says; `closed` or `emergency` |
//! | `hours_note` `time_zone` `not_served` | the policy's own |
//! | `safety` `safety_question` `safety_yes` `safety_not_sure` `safety_no` `safety_advice` | of the check on safety |
//!
//! | condition | holds |
//! |---|---|
//! | `open` `nobody` `closed` `noticed` | in that state |
//! | `has_questions` `has_survey` | where there are any, and a key to seal the answers to |
//! | `has_languages` | where there are any |
//! | `icon_dot` `icon_sheet` `icon_cloud` `icon_leaf` | for the policy's icon |
//!
//! | list | of each |
//! |---|---|
//! | `alternatives` | `label` `value` `link` `kind` |
//! | `hours` | `days` `times` |
//! | `exceptions` | `date` `what`: those of the next sixty days |
//! | `languages` | `name` `tag` `hours`, `interpreter` (`yes` or empty) |
//! | `safer_ways` | `text` |
//! | `rights` | `id` `short` `details` |
//! | `openings` | `text`, `details` of the right that it names |
//! | `questions` | `id` `ask` `why` `privacy`, list `choices` (`id` `text`) |
//! | `survey` | `id` `ask` `limit` (of characters to write; empty for none), list `choices` |

use std::collections::BTreeMap;

use stillroom_program::{
    Alternative, AlternativeKind, Calendar, Choice, Fingerprint, Icon, Language, LocalTime, Offer,
    OpeningMessage, Page, Policy, Question, Right, SpokenBy, SurveyItem, Timestamp,
};

use super::hours;
use super::template::{Item, Values};
use super::texts::Texts;

/// What holds at the moment for which a page is filled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// The moment, in the program's time zone.
    pub(super) now: LocalTime,
    /// Whether hours and notices offer chat.
    pub(super) offer: Offer,
    /// Whether somebody is on duty.
    pub(super) on_duty: bool,
}

/// The state of the chat, in the word that page and status have for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Somebody can start one.
    Open,
    /// It should be open, and nobody is on duty.
    Nobody,
    /// By the hours.
    Closed,
    /// By a notice.
    Notice,
}

impl Moment {
    /// What holds `now`, by the calendar of a policy.
    pub(super) fn of(calendar: &Calendar, on_duty: bool, now: Timestamp) -> Self {
        Self { now: calendar.local_time(now), offer: calendar.offer(now), on_duty }
    }

    /// The state at this moment.
    pub(super) fn state(&self) -> State {
        match self.offer {
            Offer::Open { .. } if self.on_duty => State::Open,
            Offer::Open { .. } => State::Nobody,
            Offer::Closed { .. } => State::Closed,
            Offer::Notice { .. } => State::Notice,
        }
    }
}

impl State {
    /// The word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Nobody => "nobody",
            Self::Closed => "closed",
            Self::Notice => "notice",
        }
    }
}

/// The values of a page at a moment.
pub(super) fn values(
    policy: &Policy,
    root: &Fingerprint,
    moment: &Moment,
    texts: &Texts,
) -> Values {
    let page = &policy.page;
    let mut plain = plain(page, texts);
    plain.insert("root", root.to_string());
    plain.insert("version", policy.terms.version.to_string());
    let exit = policy.terms.exits.first().map_or("", |exit| exit.as_str());
    plain.insert("exit", exit.to_owned());
    plain.insert("emergency_link", telephone(&page.emergency.number));
    plain.extend(of_moment(page, moment, texts));
    Values {
        conditions: conditions(policy, moment),
        page: Item { plain, lists: lists(policy, moment, texts) },
    }
}

fn plain(page: &Page, texts: &Texts) -> BTreeMap<&'static str, String> {
    let plain = [
        ("lang", texts.lang()),
        ("dir", texts.dir()),
        ("title", &page.title),
        ("name", &page.name),
        ("neutral_name", &page.neutral_name),
        ("about", &page.about),
        ("platform", &page.platform),
        ("emergency", &page.emergency.text),
        ("emergency_number", &page.emergency.number),
        ("hours_note", &page.hours.note),
        ("time_zone", &page.hours.time_zone),
        ("not_served", &page.languages.not_served),
        ("safety", &page.safety.text),
        ("safety_question", &page.safety.question),
        ("safety_yes", &page.safety.yes),
        ("safety_not_sure", &page.safety.not_sure),
        ("safety_no", &page.safety.no),
        ("safety_advice", &page.safety.advice),
    ];
    plain.map(|(name, value)| (name, value.to_owned())).into()
}

/// What differs from one moment to another.
fn of_moment(page: &Page, moment: &Moment, texts: &Texts) -> [(&'static str, String); 5] {
    let (opens, closes) = match moment.offer {
        Offer::Open { closes } if moment.on_duty => (None, closes),
        Offer::Open { .. } => (None, None),
        Offer::Closed { opens } | Offer::Notice { opens, .. } => (opens, None),
    };
    let notice = match moment.offer {
        Offer::Notice { number, .. } => page.notices.get(number),
        Offer::Open { .. } | Offer::Closed { .. } => None,
    };
    let kind = notice.map_or("", |notice| notice.kind.word());
    let opens = opens.map(|opens| hours::opens(&moment.now, &opens, texts));
    let closes = closes.and_then(|closes| hours::closes(&moment.now, &closes, texts));
    [
        ("state", moment.state().word().to_owned()),
        ("next_opening", opens.unwrap_or_default()),
        ("closes", closes.unwrap_or_default()),
        ("notice", notice.map_or(String::new(), |notice| notice.text.to_string())),
        ("notice_kind", kind.to_owned()),
    ]
}

fn conditions(Policy { terms, page }: &Policy, moment: &Moment) -> BTreeMap<&'static str, bool> {
    let (state, icon) = (moment.state(), page.icon);
    let asks = terms.report_key.is_some();
    BTreeMap::from([
        ("open", state == State::Open),
        ("nobody", state == State::Nobody),
        ("closed", state == State::Closed),
        ("noticed", state == State::Notice),
        ("has_questions", asks && !page.questions.is_empty()),
        ("has_survey", asks && !page.survey.is_empty()),
        ("has_languages", !page.languages.served.is_empty()),
        ("icon_dot", icon == Icon::Dot),
        ("icon_sheet", icon == Icon::Sheet),
        ("icon_cloud", icon == Icon::Cloud),
        ("icon_leaf", icon == Icon::Leaf),
    ])
}

fn lists(
    Policy { terms, page }: &Policy,
    moment: &Moment,
    texts: &Texts,
) -> BTreeMap<&'static str, Vec<Item>> {
    let openings = &terms.opening_messages;
    let safer_way = |way: &str| Item::from([("text", way.to_owned())]);
    BTreeMap::from([
        ("alternatives", page.alternatives.iter().map(alternative).collect()),
        ("hours", hours::week(&page.hours, texts)),
        ("exceptions", hours::exceptions(&page.hours, moment.now.date, texts)),
        ("languages", page.languages.served.iter().map(language).collect()),
        ("safer_ways", page.safety.safer_ways.iter().map(|way| safer_way(way)).collect()),
        ("rights", page.rights.iter().map(right).collect()),
        ("openings", openings.iter().map(|message| opening(message, page)).collect()),
        ("questions", page.questions.iter().map(question).collect()),
        ("survey", page.survey.iter().map(survey_item).collect()),
    ])
}

fn alternative(alternative: &Alternative) -> Item {
    Item::from([
        ("label", alternative.label.to_string()),
        ("value", alternative.value.to_string()),
        ("link", link(alternative.kind, &alternative.value)),
        ("kind", alternative.kind.word().to_owned()),
    ])
}

fn language(language: &Language) -> Item {
    let interpreter = match language.by {
        SpokenBy::Advocates => "",
        SpokenBy::Interpreter => "yes",
    };
    Item::from([
        ("name", language.name.to_string()),
        ("tag", language.tag.to_string()),
        ("hours", language.hours.to_string()),
        ("interpreter", interpreter.to_owned()),
    ])
}

fn right(right: &Right) -> Item {
    Item::from([
        ("id", right.id.to_string()),
        ("short", right.short.to_string()),
        ("details", right.details.to_string()),
    ])
}

fn opening(message: &OpeningMessage, page: &Page) -> Item {
    let named = page.rights.iter().find(|right| right.id == message.details);
    let details = named.map_or(String::new(), |right| right.details.to_string());
    Item::from([("text", message.text.to_string()), ("details", details)])
}

fn question(question: &Question) -> Item {
    Item::from([
        ("id", question.id.to_string()),
        ("ask", question.ask.to_string()),
        ("why", question.why.to_string()),
        ("privacy", question.privacy.to_string()),
    ])
    .with("choices", choices(&question.choices))
}

fn survey_item(item: &SurveyItem) -> Item {
    let limit = if item.free_text > 0 { item.free_text.to_string() } else { String::new() };
    Item::from([("id", item.id.to_string()), ("ask", item.ask.to_string()), ("limit", limit)])
        .with("choices", choices(&item.choices))
}

fn choices(choices: &[Choice]) -> Vec<Item> {
    let item = |choice: &Choice| {
        Item::from([("id", choice.id.to_string()), ("text", choice.text.to_string())])
    };
    choices.iter().map(item).collect()
}

/// The address behind a way to reach an advocate; empty where there is none that a page may hold. A text
/// message and an e-mail leave more behind than a click tells: people write those down themselves.
fn link(kind: AlternativeKind, value: &str) -> String {
    match kind {
        AlternativeKind::Phone
        | AlternativeKind::Tty
        | AlternativeKind::Relay
        | AlternativeKind::Hotline => telephone(value),
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

#[cfg(test)]
mod tests;
