//! Hints beside the message box, before something is sent (`features.md` 3.10).
//!
//! They stand in the way of nothing: whoever sends all the same just sends. A screen reader is told once what kind
//! of thing was seen; what it is, and why it matters, is there to be read and to be put away.

use std::time::Duration;

use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{button, div, li, p, ul};
use stillroom_staff_web::draw::prelude::*;
use zeroize::Zeroizing;

use super::message_id;
use crate::board::{Board, Seat, Seated};
use crate::chat::Chat;
use crate::focus;
use crate::hints::{About, Hint, Kind, find, go_on};
use crate::texts::{program, say, say_with};
use crate::words;

/// After this long without a key, the word before the caret counts as written.
pub(super) const PAUSE: Duration = Duration::from_millis(800);

/// Hints that are shown at once: more would not be read.
const SHOWN_MAX: usize = 3;

/// Signs around what is quoted, so that its direction is its own.
const ISOLATE: [char; 2] = ['\u{2068}', '\u{2069}'];

/// Milliseconds of a year, as long as the calendar's is on the average.
const YEAR: u64 = 31_556_952_000;

/// The year that it is.
pub(super) fn year(board: Board) -> u32 {
    u32::try_from(1970 + board.now.get_untracked().0 / YEAR).unwrap_or(u32::MAX)
}

/// What was seen in one message box, and what was put away in this chat.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    found: RwSignal<Vec<Hint>>,
    put_away: RwSignal<Vec<(Kind, Zeroizing<String>)>>,
    known: StoredValue<ArcRwSignal<Chat>>,
    board: Board,
}

impl Seen {
    pub(super) fn new(board: Board, seated: &Seated) -> Self {
        Self {
            found: RwSignal::new(Vec::new()),
            put_away: RwSignal::new(Vec::new()),
            known: StoredValue::new(seated.chat.clone()),
            board,
        }
    }

    /// A key changed what is in the box.
    pub(super) fn typed(self, text: &str) {
        self.look(text, go_on);
    }

    /// No key did for a while.
    fn paused(self, text: &str) {
        self.look(text, |_, text, about| find(text, about));
    }

    fn look(self, text: &str, look: impl FnOnce(&[Hint], &str, About<'_>) -> Vec<Hint>) {
        let known = self.known.with_value(|chat| {
            let roster = chat.with_untracked(|chat| chat.roster().to_vec());
            roster.into_iter().map(|person| person.name).chain([program()]).collect::<Vec<_>>()
        });
        let about = About { known: &known, year: year(self.board) };
        let found = self.found.with_untracked(|before| look(before, text, about));
        if self.found.with_untracked(|before| *before != found) {
            self.found.set(found);
        }
    }

    /// What is shown: of each kind the first that was not put away.
    fn shown(self) -> Vec<Hint> {
        let mut shown: Vec<Hint> = Vec::new();
        self.found.with(|found| {
            self.put_away.with(|put_away| {
                for hint in found {
                    let away = put_away
                        .iter()
                        .any(|(kind, seen)| *kind == hint.kind && *seen == hint.seen);
                    if !away && !shown.iter().any(|other| other.kind == hint.kind) {
                        shown.push(hint.clone());
                    }
                }
            });
        });
        shown.sort_by_key(|hint| hint.kind);
        shown.truncate(SHOWN_MAX);
        shown
    }

    fn put_away(self, hint: &Hint) {
        self.put_away.update(|put_away| put_away.push((hint.kind, hint.seen.clone())));
    }

    /// Looks at the whole text, which `text` gives, once no key was pressed for a while after each call.
    pub(super) fn after_a_pause(
        self,
        text: impl Fn() -> Option<Zeroizing<String>> + 'static,
    ) -> impl FnMut() {
        debounce(PAUSE, move || {
            if let Some(text) = text() {
                self.paused(&text);
            }
        })
    }
}

/// What was seen, each with why it matters and a button that puts it away.
pub(super) fn hints(seat: Seat, seen: Seen) -> impl IntoView {
    let shown = Memo::new(move |_| seen.shown());
    let kinds = move || shown.with(|shown| shown.iter().map(|hint| hint.kind).collect::<Vec<_>>());
    let list = rows(kinds, |kind| *kind, move |kind| hint(seat, seen, shown, kind));
    div().class("hints").child((
        ul().attr("role", "list").attr("aria-label", say("hints-list")).child(list),
        p().class("unseen").attr("role", "status").child(told(shown)),
    ))
}

/// The hint of this kind. What it is about may change while it is there; its button stays where it is.
fn hint(seat: Seat, seen: Seen, shown: Memo<Vec<Hint>>, kind: Kind) -> impl IntoView {
    let of_kind = move |shown: &Vec<Hint>| shown.iter().find(|hint| hint.kind == kind).cloned();
    let text = move || shown.with(of_kind).map(|hint| sentence(&hint));
    // So that a button among several alike says what it puts away.
    let id = format!("hint-{seat}-{}", kind as u8);
    let put_away = button()
        .attr("type", "button")
        .class("button button-small")
        .attr("aria-describedby", id.clone())
        .on(ev::click, move |_| {
            if let Some(hint) = shown.with_untracked(of_kind) {
                seen.put_away(&hint);
            }
            focus::move_if_dropped(message_id(seat));
        })
        .child(say("hint-put-away"));
    li().class("hint-line").child((p().attr("id", id).child(text), put_away))
}

fn sentence(hint: &Hint) -> String {
    let [open, close] = ISOLATE;
    let quoted = Zeroizing::new(format!("{open}{}{close}", *hint.seen));
    let values = [("seen", quoted.as_str()), ("meaning", hint.meaning.unwrap_or_default())];
    say_with(words::hint(hint), &values)
}

/// The kinds of things that were not there a moment ago; nothing as they go.
fn told(shown: Memo<Vec<Hint>>) -> impl Fn() -> String + Send + 'static {
    let told = RwSignal::new(String::new());
    Effect::new(move |before: Option<Vec<Kind>>| {
        let kinds: Vec<Kind> = shown.with(|shown| shown.iter().map(|hint| hint.kind).collect());
        let before = before.unwrap_or_default();
        let new = kinds.iter().filter(|kind| !before.contains(kind));
        let new: Vec<String> = new.map(|kind| say(words::seen(*kind))).collect();
        if !new.is_empty() {
            told.set(say_with("hints-seen", &[("what", &new.join(", "))]));
        } else if kinds.is_empty() {
            told.set(String::new());
        }
        kinds
    });
    move || told.get()
}
