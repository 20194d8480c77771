//! A policy as the tree of its file: what writing and merging walk along.
//!
//! Versions and dates, and the key that answers are sealed to, are of a publication and not of what somebody wrote;
//! the key is in no file, and so not in here.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::limits::{CHECKLIST_OWN_MAX, GUIDES_MAX, LOCALES_MAX, NOTICES_MAX, PREPARED_MAX};
use crate::policy::calendar::{local_in_zone, seconds_in_zone};
use crate::policy::{
    Checklist, Choice, Exception, Guidance, Hours, Locale, Notice, OpenTime, Page, Policy,
    Question, Safety, SurveyItem, Terms, Timers, Weekly,
};

/// A part of a policy, as its file has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node {
    /// A text, which stands in quotes.
    Text(String),
    /// A number, a date, yes or no.
    Plain(String),
    /// Named parts.
    Table(Vec<(&'static str, Self)>),
    /// Entries, of which there may be only so many.
    List {
        /// How many.
        most: usize,
        /// The entries.
        entries: Vec<Self>,
    },
}

impl Node {
    /// The part of this name, if this is a table that has one.
    pub(super) fn part(&self, name: &str) -> Option<&Self> {
        let Self::Table(parts) = self else {
            return None;
        };
        parts.iter().find(|(key, _)| *key == name).map(|(_, part)| part)
    }

    /// The whole policy.
    pub(super) fn of(policy: &Policy) -> Self {
        let Policy { terms, page, guidance } = policy;
        Table::default()
            .plain("version", terms.version)
            .plain("issued", day_or_moment(terms.issued))
            .plain("expires", day_or_moment(terms.expires))
            .text("language", &page.language)
            .text("name", &page.name)
            .text("neutral_name", &page.neutral_name)
            .text("title", &page.title)
            .text("icon", page.icon.word())
            .text("about", &page.about)
            .text("platform", &page.platform)
            .list("exits", 4, terms.exits.iter().map(|exit| text(exit)))
            .part("emergency", emergency(page))
            .part("timers", timers(&terms.timers, guidance.check_in))
            .part("hours", hours(&page.hours))
            .list(
                "notices",
                NOTICES_MAX,
                page.notices.iter().map(|it| notice(it, &page.hours.time_zone)),
            )
            .parts(offers_and_code_words(guidance))
            .parts(ways(page))
            .part("safety", safety(&page.safety))
            .parts(said(terms, page))
            .parts(asked(page))
            .list("locales", LOCALES_MAX, page.locales.iter().map(locale))
            .parts(prepared(guidance))
            .node()
    }
}

/// A table that is being put together.
#[derive(Default)]
struct Table(Vec<(&'static str, Node)>);

impl Table {
    fn part(mut self, name: &'static str, part: Node) -> Self {
        self.0.push((name, part));
        self
    }

    fn parts(mut self, parts: Self) -> Self {
        self.0.extend(parts.0);
        self
    }

    fn text(self, name: &'static str, said: &str) -> Self {
        self.part(name, text(said))
    }

    /// Left out where it is empty.
    fn text_if(self, name: &'static str, said: &str) -> Self {
        if said.is_empty() { self } else { self.text(name, said) }
    }

    fn plain(self, name: &'static str, value: impl ToString) -> Self {
        self.part(name, plain(value))
    }

    /// Left out where there is none.
    fn plain_if(self, name: &'static str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.plain(name, value),
            None => self,
        }
    }

    fn list(self, name: &'static str, most: usize, entries: impl Iterator<Item = Node>) -> Self {
        self.part(name, Node::List { most, entries: entries.collect() })
    }

    fn node(self) -> Node {
        Node::Table(self.0)
    }
}

fn text(said: &str) -> Node {
    Node::Text(said.to_string())
}

fn plain(value: impl ToString) -> Node {
    Node::Plain(value.to_string())
}

fn emergency(page: &Page) -> Node {
    let emergency = &page.emergency;
    Table::default().text("number", &emergency.number).text("text", &emergency.text).node()
}

fn timers(timers: &Timers, check_in: u16) -> Node {
    Table::default()
        .plain("silence_ask", timers.silence_ask)
        .plain("silence_warn", timers.silence_warn)
        .plain("silence_close", timers.silence_close)
        .plain("line_kept", timers.line_kept)
        .plain("shift_margin", timers.shift_margin)
        .plain("check_in", check_in)
        .node()
}

fn hours(hours: &Hours) -> Node {
    Table::default()
        .text("time_zone", &hours.time_zone)
        .plain("always_open", *hours.always_open)
        .text_if("note", &hours.note)
        .list("open", 42, hours.weekly.iter().map(weekly))
        .list("exceptions", 64, hours.exceptions.iter().map(exception))
        .node()
}

/// One day, so that each day's time is a part of its own. The writer joins days that are alike.
fn weekly(weekly: &Weekly) -> Node {
    let day = [text(weekly.day.word())].into_iter();
    Table::default().list("days", 7, day).parts(times(weekly.time)).node()
}

fn exception(exception: &Exception) -> Node {
    Table::default()
        .plain("date", exception.date)
        .text_if("text", &exception.text)
        .list("open", 4, exception.open.iter().map(|time| times(*time).node()))
        .node()
}

fn times(time: OpenTime) -> Table {
    let clock = |minutes: u16| alloc::format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let next_day = time.closes.saturating_sub(OpenTime::DAY);
    let is_earlier = time.closes > OpenTime::DAY && next_day < time.opens;
    let closes = if is_earlier { next_day } else { time.closes };
    Table::default().text("from", &clock(time.opens)).text("until", &clock(closes))
}

fn notice(notice: &Notice, zone: &str) -> Node {
    Table::default()
        .text("kind", notice.kind.word())
        .text("text", &notice.text)
        .plain_if("from", notice.from.map(|at| moment_in(at, zone)))
        .plain_if("until", notice.until.map(|at| moment_in(at, zone)))
        .node()
}

fn offers_and_code_words(guidance: &Guidance) -> Table {
    let offers = guidance
        .offers
        .as_ref()
        .map(|offers| Table::default().plain("accept_seconds", offers.accept_seconds).node());
    let times = guidance.code_words;
    let code_words = Table::default()
        .plain_if("due_days", times.due_days)
        .plain_if("delete_days", times.delete_days)
        .node();
    let table = Table::default();
    let table = match offers {
        Some(offers) => table.part("offers", offers),
        None => table,
    };
    let turned_away = Table::default().text_if("say", &guidance.turned_away).node();
    table.part("code_words", code_words).part("turned_away", turned_away)
}

fn ways(page: &Page) -> Table {
    let alternatives = page.alternatives.iter().map(|way| {
        Table::default()
            .text("kind", way.kind.word())
            .text("label", &way.label)
            .text("value", &way.value)
            .node()
    });
    let served = page.languages.served.iter().map(|language| {
        Table::default()
            .text("tag", &language.tag)
            .text("name", &language.name)
            .text("by", language.by.word())
            .text_if("hours", &language.hours)
            .node()
    });
    let languages = Table::default()
        .text("not_served", &page.languages.not_served)
        .list("served", 24, served)
        .node();
    Table::default().list("alternatives", 16, alternatives).part("languages", languages)
}

fn safety(safety: &Safety) -> Node {
    Table::default()
        .text("text", &safety.text)
        .text("question", &safety.question)
        .text("yes", &safety.yes)
        .text("not_sure", &safety.not_sure)
        .text("no", &safety.no)
        .text("advice", &safety.advice)
        .list("safer_ways", 8, safety.safer_ways.iter().map(|way| text(way)))
        .node()
}

fn said(terms: &Terms, page: &Page) -> Table {
    let rights = page.rights.iter().map(|right| {
        Table::default()
            .text("id", &right.id)
            .text("short", &right.short)
            .text_if("details", &right.details)
            .node()
    });
    let openings = terms.opening_messages.iter().map(|message| {
        Table::default().text("text", &message.text).text_if("details", &message.details).node()
    });
    Table::default().list("rights", 12, rights).list("opening_messages", 6, openings)
}

fn asked(page: &Page) -> Table {
    let question = |question: &Question| {
        Table::default()
            .text("id", &question.id)
            .text("ask", &question.ask)
            .text("why", &question.why)
            .text("privacy", &question.privacy)
            .list("choices", 12, question.choices.iter().map(choice))
            .node()
    };
    let item = |item: &SurveyItem| {
        Table::default()
            .text("id", &item.id)
            .text("ask", &item.ask)
            .plain("free_text", item.free_text)
            .list("choices", 8, item.choices.iter().map(choice))
            .node()
    };
    Table::default().list("questions", 8, page.questions.iter().map(question)).list(
        "survey",
        8,
        page.survey.iter().map(item),
    )
}

fn choice(choice: &Choice) -> Node {
    Table::default().text("id", &choice.id).text("text", &choice.text).node()
}

fn locale(locale: &Locale) -> Node {
    Table::default()
        .text("tag", &locale.tag)
        .text("name", &locale.name)
        .text("direction", locale.direction.word())
        .text("file", &locale.file_name())
        .node()
}

fn prepared(guidance: &Guidance) -> Table {
    let messages = guidance.canned_messages.iter().map(|message| {
        Table::default()
            .text("id", &message.id)
            .text("title", &message.title)
            .text("text", &message.text)
            .node()
    });
    let guides = guidance.guides.iter().map(|guide| {
        Table::default()
            .text("id", &guide.id)
            .text("kind", guide.kind.word())
            .text("title", &guide.title)
            .text("text", &guide.text)
            .text_if("say", &guide.say)
            .node()
    });
    Table::default()
        .list("canned_messages", PREPARED_MAX, messages)
        .list("guides", GUIDES_MAX, guides)
        .part("checklist", checklist(&guidance.checklist))
}

fn checklist(checklist: &Checklist) -> Node {
    Table::default()
        .list("rights", 6, checklist.rights.iter().map(plain))
        .list("platform", 6, checklist.platform.iter().map(plain))
        .list("ending", 6, checklist.ending.iter().map(plain))
        .list("own", CHECKLIST_OWN_MAX, checklist.own.iter().map(|line| text(line)))
        .node()
}

/// A date where it is the first moment of one in UTC, and otherwise the moment.
fn day_or_moment(seconds: u64) -> String {
    const DAY: u64 = 24 * 60 * 60;
    match local_in_zone(seconds, "UTC") {
        Some(there) if seconds.is_multiple_of(DAY) => there.date.to_string(),
        _ => moment(seconds),
    }
}

/// A moment by the clock of this zone, or in UTC where that does not name it exactly.
fn moment_in(seconds: u64, zone: &str) -> String {
    let there = local_in_zone(seconds, zone)
        .filter(|there| seconds_in_zone(there.date, there.minutes, zone) == Some(seconds));
    match there {
        Some(there) => {
            alloc::format!("{}T{:02}:{:02}:00", there.date, there.minutes / 60, there.minutes % 60)
        }
        None => moment(seconds),
    }
}

/// A moment in UTC. What is past the year 9999 is that year's end: no file can say more.
fn moment(seconds: u64) -> String {
    local_in_zone(seconds, "UTC").map_or_else(String::new, |there| {
        let (hour, minute) = (there.minutes / 60, there.minutes % 60);
        alloc::format!("{}T{hour:02}:{minute:02}:{:02}Z", there.date, seconds % 60)
    })
}
