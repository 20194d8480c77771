//! What is typed and not sent yet, where both want it shown: offers, answers, and what the survivor is typing
//! (`features.md` 1.6, 3.12).
//!
//! Whether the survivor sees what is typed here is said for as long as it is so. That they are typing is read
//! out once; their words are not, and are there to be read.

use stillroom_conversation::{Live, LiveKind, LiveStep, Typed};
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{Div, button, details, div, p, summary};
use stillroom_staff_web::draw::prelude::*;

use super::message_id;
use crate::board::{Seat, Seated};
use crate::chat::Chat;
use crate::console::Console;
use crate::focus;
use crate::texts::say;
use crate::words;

/// What the survivor is typing, how far the agreement has come, and the offers where there is none.
pub(super) fn live(console: Console, seated: Seated) -> impl IntoView {
    let Seated { seat, chat, .. } = seated;
    let state = {
        let chat = chat.clone();
        Memo::new(move |_| chat.with(Chat::live))
    };
    let told = move || state.get().map(|live| p().child(say(words::live(live))));
    let agreed = move || match state.get() {
        None | Some(Live::Off) => "notice agreed agreed-off",
        Some(_) => "notice agreed",
    };
    let answers = move || {
        words::steps(state.get().unwrap_or_default())
            .iter()
            .map(|(step, text)| step_button(console, seat, *step, text))
            .collect_view()
    };
    let offers =
        move || matches!(state.get(), None | Some(Live::Off)).then(|| self::offers(console, seat));
    (
        typed(chat),
        div().class(agreed).child((div().attr("role", "status").child(told), answers)),
        offers,
    )
}

fn typed(chat: ArcRwSignal<Chat>) -> impl IntoView {
    let typing = {
        let chat = chat.clone();
        Memo::new(move |_| chat.with(|chat| *chat.typed() != Typed::Nothing))
    };
    let said = move || if typing.get() { say("desk-is-typing") } else { String::new() };
    // The browser is given the words without a copy of them staying on this side.
    let node = NodeRef::<Div>::new();
    Effect::new(move |_| {
        let Some(draft) = node.get() else { return };
        chat.with(|chat| {
            draft.set_text_content(match chat.typed() {
                Typed::Text(text) => Some(text),
                Typed::Nothing | Typed::Something => None,
            });
        });
    });
    let draft = div()
        .class("words draft")
        .attr("role", "group")
        .attr("aria-label", say("typed-not-sent"))
        .attr("tabindex", "0")
        .attr("dir", "auto")
        .attr("translate", "no")
        .node_ref(node);
    div().class("typed").child((p().class("small").attr("role", "status").child(said), draft))
}

fn offers(console: Console, seat: Seat) -> impl IntoView {
    let offer = |kind, text| step_button(console, seat, LiveStep::Offer { kind }, text);
    details().class("offers").child((
        summary().child(say("desk-live-ways")),
        p().child(say("desk-live-now")),
        div().class("choices").child((
            offer(LiveKind::Typing, "desk-live-offer-typing"),
            offer(LiveKind::Text, "desk-live-offer-text"),
        )),
    ))
}

/// A button that takes a step. It is gone then, and the keyboard goes to where one writes.
fn step_button(
    console: Console,
    seat: Seat,
    step: LiveStep,
    text: &'static str,
) -> impl IntoView + use<> {
    button()
        .attr("type", "button")
        .class("button button-small")
        .on(ev::click, move |_| {
            console.step(seat, step);
            focus::move_if_dropped(message_id(seat));
        })
        .child(say(text))
}
