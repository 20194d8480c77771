//! The question before a chat ends, which says what will happen to the survivor (`features.md` 4.1).
//!
//! The browser's own modal dialogue: it holds the keyboard, and Escape closes it.

use leptos::ev;
use leptos::html::{Dialog, button, dialog, div, h2, li, p, ul};
use leptos::prelude::*;

use crate::board::{Seat, chat_name};
use crate::console::Console;
use crate::focus;
use crate::texts::{say, say_with};

/// The question, there only while it is asked.
pub(super) fn question(console: Console) -> impl IntoView {
    let ending = console.board.ending;
    let node = NodeRef::<Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        match (ending.get().is_some(), dialog.open()) {
            (true, false) => {
                // Fails only for one that is open or not in the page.
                let _ = dialog.show_modal();
                focus::move_to("question".into());
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    dialog()
        .class("question")
        .attr("aria-labelledby", "question")
        .node_ref(node)
        .on(ev::close, move |_| ending.set(None))
        .child(move || ending.get().map(|seat| asked(console, seat)))
}

fn asked(console: Console, seat: Seat) -> impl IntoView {
    let ending = console.board.ending;
    let end = move |_| {
        ending.set(None);
        console.end(seat);
    };
    let end = button()
        .attr("type", "button")
        .class("button button-main")
        .on(ev::click, end)
        .child(say("desk-end-and-erase"));
    let keep = button()
        .attr("type", "button")
        .class("button")
        .on(ev::click, move |_| ending.set(None))
        .child(say("desk-keep-chatting"));
    let heading = say_with("desk-end-heading", &[("chat", &chat_name(seat))]);
    div().class("question-text").child((
        h2().attr("id", "question").attr("tabindex", "-1").child(heading),
        p().child(say("desk-end-tell")),
        ul().child((li().child(say("desk-end-survivor")), li().child(say("desk-end-desk")))),
        div().class("choices").child((end, keep)),
    ))
}
