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
//! | `word_days` | after how many days without its word a code word is deleted, or empty |
//! | `safety` `safety_question` `safety_yes` `safety_not_sure` `safety_no` `safety_advice` | of the check on safety |
//!
//! | condition | holds |
//! |---|---|
//! | `open` `nobody` `closed` `noticed` | in that state |
//! | `for_practice` | where colleagues practise on the real pages |
//! | `has_questions` `has_survey` | where there are any, and a key to seal the answers to |
//! | `code_words` | where the policy says anything of them |
//! | `has_languages` | where there are any |
//! | `has_interpreters` | where an interpreter speaks any of them |
//! | `has_locales` | where the page can be read in several languages |
//! | `icon_dot` `icon_sheet` `icon_cloud` `icon_leaf` | for the policy's icon |
//!
//! | list | of each |
//! |---|---|
//! | `alternatives` | `label` `value` `link` `kind` |
//! | `hours` | `days` `times` |
//! | `exceptions` | `date` `what`, `on` (the date as `2026-11-26`): those of the next sixty days; where the page stays as it is, all until the policy's end |
//! | `languages` | `name` `tag` `hours`, `interpreter` (`yes` or empty) |
//! | `all_languages` | with `has_locales`: those to read and to chat in: as `languages`, and `read` (the tag to read in), `words` (where the page is in it, or empty), `current` |
//! | `safer_ways` | `text` |
//! | `rights` | `id` `short` `details` |
//! | `openings` | `text`, `details` of the right that it names |
//! | `questions` | `id` `ask` `why` `privacy`, list `choices` (`id` `text`) |
//! | `stories` | on the page for practice: `id` `text` of every text of `practice.ftl` |
//! | `survey` | `id` `ask` `limit` (of characters to write; empty for none), list `choices` |

use std::collections::BTreeMap;

use stillroom_program::{
    Alternative, AlternativeKind, Calendar, Choice, Fingerprint, Icon, Language, LocalTime, Offer,
    OpeningMessage, Page, Policy, Question, Right, SpokenBy, SurveyItem, Text, Timestamp,
};

use super::hours::{self, Ahead};
use super::template::{Item, Values};
use super::texts::Texts;

/// What holds at the moment for which a page is filled.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The moment, in the program's time zone.
    pub now: LocalTime,
    /// Whether hours and notices offer chat.
    pub offer: Offer,
    /// Whether somebody is on duty.
    pub on_duty: bool,
}

/// The state of the chat, in the word that page and status have for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
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
    pub fn of(calendar: &Calendar, on_duty: bool, now: Timestamp) -> Self {
        Self { now: calendar.local_time(now), offer: calendar.offer(now), on_duty }
    }

    /// The state at this moment.
    pub fn state(&self) -> State {
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
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Nobody => "nobody",
            Self::Closed => "closed",
            Self::Notice => "notice",
        }
    }
}

/// The values of a page at a moment.
pub fn values(policy: &Policy, root: &Fingerprint, moment: &Moment, texts: &Texts) -> Values {
    let page = &policy.page;
    let mut plain = plain(page, texts);
    plain.insert("root", root.to_string());
    plain.insert("version", policy.terms.version.to_string());
    let exit = policy.terms.exits.first().map_or("", |exit| exit.as_str());
    plain.insert("exit", exit.to_owned());
    let days = policy.guidance.code_words.delete_days;
    plain.insert("word_days", days.map_or_else(String::new, |days| days.to_string()));
    plain.insert("emergency_link", telephone(&page.emergency.number));
    plain.extend(of_moment(page, moment, texts));
    Values {
        conditions: conditions(policy, moment),
        page: Item { plain, lists: lists(policy, moment, texts) },
    }
}

fn plain(page: &Page, texts: &Texts) -> BTreeMap<&'static str, String> {
    let safety = &page.safety;
    let as_they_are = [
        ("lang", texts.lang()),
        ("dir", texts.dir()),
        ("title", &page.title),
        ("neutral_name", &page.neutral_name),
        ("emergency_number", &page.emergency.number),
        ("time_zone", &page.hours.time_zone),
    ];
    let said: [(&str, &str, &str); 12] = [
        ("name", "policy-name", &page.name),
        ("about", "policy-about", &page.about),
        ("platform", "policy-platform", &page.platform),
        ("emergency", "policy-emergency", &page.emergency.text),
        ("hours_note", "policy-hours-note", &page.hours.note),
        ("not_served", "policy-not-served", &page.languages.not_served),
        ("safety", "policy-safety-text", &safety.text),
        ("safety_question", "policy-safety-question", &safety.question),
        ("safety_yes", "policy-safety-yes", &safety.yes),
        ("safety_not_sure", "policy-safety-not-sure", &safety.not_sure),
        ("safety_no", "policy-safety-no", &safety.no),
        ("safety_advice", "policy-safety-advice", &safety.advice),
    ];
    let as_they_are = as_they_are.map(|(name, value)| (name, value.to_owned()));
    let said = said.map(|(name, of_policy, text)| (name, texts.policys(of_policy, text)));
    as_they_are.into_iter().chain(said).collect()
}

/// What differs from one moment to another.
fn of_moment(page: &Page, moment: &Moment, texts: &Texts) -> [(&'static str, String); 5] {
    let (opens, closes) = match moment.offer {
        Offer::Open { closes } if moment.on_duty => (None, closes),
        Offer::Open { .. } => (None, None),
        Offer::Closed { opens } | Offer::Notice { opens, .. } => (opens, None),
    };
    let notice = match moment.offer {
        Offer::Notice { number, .. } => page.notices.get(number).map(|notice| (number, notice)),
        Offer::Open { .. } | Offer::Closed { .. } => None,
    };
    let kind = notice.map_or("", |(_, notice)| notice.kind.word());
    let notice =
        notice.map(|(number, notice)| texts.policys(&Page::notice_name(number + 1), &notice.text));
    let opens = opens.map(|opens| hours::opens(&moment.now, &opens, texts));
    let closes = closes.and_then(|closes| hours::closes(&moment.now, &closes, texts));
    [
        ("state", moment.state().word().to_owned()),
        ("next_opening", opens.unwrap_or_default()),
        ("closes", closes.unwrap_or_default()),
        ("notice", notice.unwrap_or_default()),
        ("notice_kind", kind.to_owned()),
    ]
}

fn conditions(
    Policy { terms, page, guidance }: &Policy,
    moment: &Moment,
) -> BTreeMap<&'static str, bool> {
    let (state, icon) = (moment.state(), page.icon);
    let asks = terms.report_key.is_some();
    BTreeMap::from([
        ("open", state == State::Open),
        ("nobody", state == State::Nobody),
        ("closed", state == State::Closed),
        ("noticed", state == State::Notice),
        ("has_questions", asks && !page.questions.is_empty()),
        ("has_survey", asks && !page.survey.is_empty()),
        ("code_words", guidance.code_words.are_said()),
        ("has_languages", !page.languages.served.is_empty()),
        ("has_interpreters", page.languages.served.iter().any(is_interpreted)),
        ("icon_dot", icon == Icon::Dot),
        ("icon_sheet", icon == Icon::Sheet),
        ("icon_cloud", icon == Icon::Cloud),
        ("icon_leaf", icon == Icon::Leaf),
    ])
}

fn lists(
    Policy { terms, page, .. }: &Policy,
    moment: &Moment,
    texts: &Texts,
) -> BTreeMap<&'static str, Vec<Item>> {
    let openings = (1..).zip(terms.opening_messages.iter());
    let safer_way = |(number, way): (usize, &Text<200>)| {
        Item::from([("text", texts.policys(&Page::safer_way_name(number), way))])
    };
    let alternatives = (1..).zip(page.alternatives.iter());
    BTreeMap::from([
        (
            "alternatives",
            alternatives.map(|(number, way)| alternative(number, way, texts)).collect(),
        ),
        ("hours", hours::week(&page.hours, texts)),
        ("exceptions", hours::exceptions(&page.hours, &moment.now, Ahead::Soon, texts)),
        ("languages", page.languages.served.iter().map(language).collect()),
        ("safer_ways", (1..).zip(page.safety.safer_ways.iter()).map(safer_way).collect()),
        ("rights", page.rights.iter().map(|entry| right(entry, texts)).collect()),
        (
            "openings",
            openings.map(|(number, message)| opening(number, message, page, texts)).collect(),
        ),
        ("questions", page.questions.iter().map(|entry| question(entry, texts)).collect()),
        ("survey", page.survey.iter().map(|entry| survey_item(entry, texts)).collect()),
    ])
}

fn alternative(number: usize, alternative: &Alternative, texts: &Texts) -> Item {
    let said = |part, text: &str| texts.policys(&Page::alternative_name(number, part), text);
    let value = match alternative.kind {
        AlternativeKind::Place => said("value", &alternative.value),
        _ => alternative.value.to_string(),
    };
    Item::from([
        ("label", said("label", &alternative.label)),
        ("value", value),
        ("link", link(alternative.kind, &alternative.value)),
        ("kind", alternative.kind.word().to_owned()),
    ])
}

fn is_interpreted(language: &Language) -> bool {
    language.by == SpokenBy::Interpreter
}

fn language(language: &Language) -> Item {
    let interpreter = if is_interpreted(language) { "yes" } else { "" };
    Item::from([
        ("name", language.name.to_string()),
        ("tag", language.tag.to_string()),
        ("hours", language.hours.to_string()),
        ("interpreter", interpreter.to_owned()),
    ])
}

fn right(right: &Right, texts: &Texts) -> Item {
    let said = |part, text: &str| texts.policys(&Page::entry_name("right", &right.id, part), text);
    Item::from([
        ("id", right.id.to_string()),
        ("short", said("short", &right.short)),
        ("details", said("details", &right.details)),
    ])
}

fn opening(number: usize, message: &OpeningMessage, page: &Page, texts: &Texts) -> Item {
    let named = page.rights.iter().find(|right| right.id == message.details);
    let details = named.map(|Right { id, details, .. }| {
        texts.policys(&Page::entry_name("right", id, "details"), details)
    });
    Item::from([
        ("text", texts.policys(&Page::opening_name(number), &message.text)),
        ("details", details.unwrap_or_default()),
    ])
}

fn question(question: &Question, texts: &Texts) -> Item {
    let id = &question.id;
    let said = |part, text: &str| texts.policys(&Page::entry_name("question", id, part), text);
    Item::from([
        ("id", id.to_string()),
        ("ask", said("ask", &question.ask)),
        ("why", said("why", &question.why)),
        ("privacy", said("privacy", &question.privacy)),
    ])
    .with("choices", choices("question", id, &question.choices, texts))
}

fn survey_item(item: &SurveyItem, texts: &Texts) -> Item {
    let limit = if item.free_text > 0 { item.free_text.to_string() } else { String::new() };
    let ask = texts.policys(&Page::entry_name("survey", &item.id, "ask"), &item.ask);
    Item::from([("id", item.id.to_string()), ("ask", ask), ("limit", limit)])
        .with("choices", choices("survey", &item.id, &item.choices, texts))
}

fn choices(list: &str, id: &str, choices: &[Choice], texts: &Texts) -> Vec<Item> {
    let item = |choice: &Choice| {
        let name = Page::choice_name(list, id, &choice.id);
        Item::from([("id", choice.id.to_string()), ("text", texts.policys(&name, &choice.text))])
    };
    choices.iter().map(item).collect()
}

/// What practice chats say: many texts, of which only their own page has any.
pub fn stories(texts: &Texts) -> Vec<Item> {
    let item =
        |(id, text): (&str, &str)| Item::from([("id", id.to_owned()), ("text", text.to_owned())]);
    texts.named("practice-").map(item).collect()
}

/// The exceptions for whatever stays as it is until there is another policy.
pub fn all_exceptions(policy: &Policy, moment: &Moment, texts: &Texts) -> Vec<Item> {
    let ahead = Ahead::Until(policy.terms.expires);
    hours::exceptions(&policy.page.hours, &moment.now, ahead, texts)
}

/// A language in which the page can be read.
#[derive(Clone, Copy, Debug)]
pub struct Readable<'a> {
    /// Its tag.
    pub tag: &'a str,
    /// Where the page can be had in it.
    pub words: &'a str,
    /// Whether the page is in it now.
    pub current: bool,
}

/// One choice of language for reading and for the chat: first the languages in which the page can be read, then
/// those that are spoken besides.
pub fn choose_language(page: &Page, readable: &[Readable<'_>], texts: &Texts) -> Vec<Item> {
    let served = &page.languages.served;
    let spoken = |tag: &str| {
        let same = served.iter().find(|language| language.tag.eq_ignore_ascii_case(tag));
        same.or_else(|| served.iter().find(|language| primary(&language.tag) == primary(tag)))
    };
    let name = |tag: &str| {
        let locale = page.locales.iter().find(|locale| locale.tag.eq_ignore_ascii_case(tag));
        let own = locale.map(|locale| locale.name.as_str());
        let own = own.or_else(|| spoken(tag).map(|language| language.name.as_str()));
        own.unwrap_or(tag).to_owned()
    };
    let read = readable.iter().map(|Readable { tag, words, current }| {
        let item = match spoken(tag) {
            Some(spoken) => language(spoken),
            // Nobody speaks it: whoever takes the chat is told of it all the same.
            None => {
                let not_served = texts.policys("policy-not-served", &page.languages.not_served);
                Item::from([
                    ("tag", (*tag).to_owned()),
                    ("hours", not_served),
                    ("interpreter", String::new()),
                ])
            }
        };
        let current = if *current { "yes" } else { "" };
        item.and([
            ("name", name(tag)),
            ("read", (*tag).to_owned()),
            ("words", (*words).to_owned()),
            ("current", current.to_owned()),
        ])
    });
    let is_read = |tag: &str| {
        readable.iter().any(|readable| spoken(readable.tag).is_some_and(|found| *found.tag == *tag))
    };
    let only_spoken = served.iter().filter(|language| !is_read(&language.tag)).map(|spoken| {
        let tag = spoken.tag.to_string();
        let none = String::new();
        language(spoken).and([("read", tag), ("words", none.clone()), ("current", none)])
    });
    read.chain(only_spoken).collect()
}

fn primary(tag: &str) -> String {
    tag.split('-').next().unwrap_or_default().to_ascii_lowercase()
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
