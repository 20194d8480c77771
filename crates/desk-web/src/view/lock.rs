//! Leaving the desk for a moment: the button, the word before it locks by itself, and what counts as somebody
//! being there (`features.md` 5.1).

use std::time::Duration;

use leptos::ev;
use leptos::html::{button, div, p};
use leptos::prelude::*;

use crate::console::Console;
use crate::idle::Idle;
use crate::texts::say;

/// What somebody who is there does.
const SIGNS: [&str; 4] = ["keydown", "pointerdown", "pointermove", "wheel"];

/// Locks the desk.
pub(super) fn lock_button(console: Console) -> impl IntoView {
    button()
        .attr("type", "button")
        .class("button")
        .on(ev::click, move |_| console.lock())
        .child(say("lock"))
}

/// Says that the desk locks soon. The region is there before, so that it is read when filled.
pub(super) fn idle(console: Console) -> impl IntoView {
    let board = console.board;
    let notice = move || {
        board
            .locks_soon
            .get()
            .then(|| div().class("notice trouble").child(p().child(say("locks-soon"))))
    };
    div().attr("role", "alert").child(notice)
}

/// Watches for somebody being there, for as long as the desk is shown.
pub(super) fn watch(console: Console) {
    for sign in SIGNS {
        let listener = window_event_listener_untyped(sign, move |_| console.touch());
        on_cleanup(move || listener.remove());
    }
    let timer = StoredValue::new(None::<TimeoutHandle>);
    look(console, timer);
    on_cleanup(move || {
        if let Some(timer) = timer.try_get_value().flatten() {
            timer.clear();
        }
    });
}

/// Does what is due, and looks again when more is.
fn look(console: Console, timer: StoredValue<Option<TimeoutHandle>>) {
    let due = match console.look_after() {
        Idle::Gone => return,
        Idle::No(due) | Idle::Soon(due) => due,
    };
    // A millisecond more: a browser's timer may run a fraction early.
    let wait = due.checked_since(console.now()) + Duration::from_millis(1);
    let again = set_timeout_with_handle(move || look(console, timer), wait);
    timer.try_set_value(again.ok());
}
