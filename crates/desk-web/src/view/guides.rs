//! The program's guides, beside the chats (`features.md` 3.11).
//!
//! They are there to be read; the one thing that can be sent from here is the reminder of what must be reported, by
//! one press. From those about pranks and abusive people one press leads to turning whoever writes away.

use std::sync::Arc;

use stillroom_program::{Guidance, Guide, GuideKind};
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{aside, blockquote, button, details, div, h2, p, summary};
use stillroom_staff_web::draw::prelude::*;
use web_sys::KeyboardEvent;

use crate::board::{Asked, Seat, chat_name};
use crate::chat::Chat;
use crate::console::Console;
use crate::texts::{say, say_with};

/// The id of the heading, where the keyboard goes when they are opened.
pub(crate) const HEADING: &str = "guides";

/// The guides, there only while they are open.
pub(super) fn guides(console: Console) -> impl IntoView {
    let open = console.board.guides;
    move || open.get().then(|| opened(console))
}

fn opened(console: Console) -> impl IntoView {
    let board = console.board;
    let sent = RwSignal::new(String::new());
    let close = button()
        .attr("type", "button")
        .class("button button-small")
        .on(ev::click, move |_| console.close_guides())
        .child(say("guides-close"));
    let heading = h2().attr("id", HEADING).attr("tabindex", "-1").child(say("guides-heading"));
    let each = move || match board.guidance.get().filter(|given| !given.guides.is_empty()) {
        Some(given) => list(console, &given, sent).into_any(),
        None => p().child(say("guides-none")).into_any(),
    };
    aside()
        .class("guides")
        .attr("aria-labelledby", HEADING)
        .on(ev::keydown, move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                console.close_guides();
            }
        })
        .child((
            div().class("lists-head").child((heading, close)),
            p().class("guides-never").child(say("guides-never")),
            each,
            p().class("small").attr("role", "status").child(move || sent.get()),
        ))
}

fn list(console: Console, given: &Arc<Guidance>, sent: RwSignal<String>) -> impl IntoView + use<> {
    given.guides.iter().map(|guide| self::guide(console, guide, sent)).collect_view()
}

fn guide(console: Console, guide: &Guide, sent: RwSignal<String>) -> impl IntoView + use<> {
    let paragraphs = guide.text.split("\n\n").map(|text| p().child(text.to_owned())).collect_view();
    let said = (!guide.say.is_empty()).then(|| said(console, guide.say.to_string(), sent));
    let away =
        matches!(guide.kind, GuideKind::Prank | GuideKind::Abuser).then(|| turn_away(console));
    details().class("guide").child((
        summary().child(guide.title.to_string()),
        div().class("guide-text").attr("dir", "auto").child((paragraphs, said, away)),
    ))
}

/// What one press sends, and the button that does.
fn said(console: Console, text: String, sent: RwSignal<String>) -> impl IntoView {
    let board = console.board;
    let to = move || board.to_write_in();
    let send = {
        let text = text.clone();
        move |_| {
            if let Some(seat) = board.current.get_untracked() {
                let outcome = console.write(seat, &text);
                let told = if outcome.is_ok() { "guides-sent" } else { "guides-not-sent" };
                sent.set(say_with(told, &[("chat", &chat_name(seat))]));
            }
        }
    };
    let name = move || match to() {
        Some(seat) => say_with("guides-send", &[("chat", &chat_name(seat))]),
        None => say("guides-send-nowhere"),
    };
    let button = button()
        .attr("type", "button")
        .class("button")
        .attr("aria-disabled", move || if to().is_some() { "false" } else { "true" })
        .on(ev::click, send)
        .child(name);
    (p().class("small").child(say("guides-say")), blockquote().child(text), button)
}

/// The way to the question whether to end the chat in front and turn whoever writes in it away.
fn turn_away(console: Console) -> impl IntoView {
    let board = console.board;
    let leads =
        move |seat: &Seat| board.at(*seat).is_some_and(|seated| !seated.chat.with(Chat::is_guest));
    let from = Memo::new(move |_| board.to_write_in().filter(leads));
    let ask = move |_| {
        if let Some(seat) = from.get_untracked() {
            board.asked.set(Some(Asked::TurnAway(seat)));
        }
    };
    let name = move || match from.get() {
        Some(seat) => say_with("guides-turn-away", &[("chat", &chat_name(seat))]),
        None => say("guides-turn-away-nowhere"),
    };
    button()
        .attr("type", "button")
        .class("button")
        .attr("aria-disabled", move || if from.get().is_some() { "false" } else { "true" })
        .on(ev::click, ask)
        .child(name)
}
