//! The person's own shift: how many chats at once, when it ends, and the word when that is near
//! (`features.md` 5.2, 5.3). Nothing of it is kept on the device, and nobody else is told.

use stillroom_conversation::{Capacity, Shift};
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{
    Input, Select, button, details, div, h2, input, label, option, p, section, select, summary,
};
use stillroom_staff_web::draw::prelude::*;
use web_sys::SubmitEvent;

use super::closed::to_console;
use super::practice::practice;
use super::{form, offers};
use crate::console::Console;
use crate::moments;
use crate::texts::{say, say_with};

/// What was set, and where it is changed.
pub(super) fn shift(console: Console) -> impl IntoView {
    let board = console.board;
    let chats = move || {
        say_with("shift-chats-told", &[("count", &board.capacity.get().chats().to_string())])
    };
    let end = move || match board.ends.get() {
        None => say("shift-no-end"),
        Some((time, ends)) => {
            let (hours, minutes) = moments::left(ends, board.now.get());
            let values = [
                ("time", &*time.to_string()),
                ("hours", &*hours.to_string()),
                ("count", &*minutes.to_string()),
            ];
            say_with("shift-end-told", &values)
        }
    };
    section().class("shift").child((
        div().class("lists-head").child((
            h2().child(say("shift-heading")),
            to_console(board),
            practice(),
        )),
        p().class("nothing").child((chats, " ", end)),
        details().child((
            summary().child(say("shift-change")),
            change(console),
            offers::languages(console),
        )),
    ))
}

fn change(console: Console) -> impl IntoView {
    let board = console.board;
    let chats = NodeRef::<Select>::new();
    let end = NodeRef::<Input>::new();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (Some(chats), Some(end)) = (chats.get_untracked(), end.get_untracked()) else {
            return;
        };
        if let Some(capacity) = chats.value().parse().ok().and_then(Capacity::new) {
            console.set_shift(capacity, end.value().parse().ok());
        }
    };
    let capacities = Capacity::all().map(|capacity| {
        let chats = capacity.chats().to_string();
        let selected = board.capacity.get_untracked() == capacity;
        option().attr("value", chats.clone()).prop("selected", selected).child(chats)
    });
    let chats_field =
        select().attr("id", "shift-chats").node_ref(chats).child(capacities.collect_view());
    let ends = board.ends.get_untracked().map(|(time, _)| time.to_string());
    let end_field = input()
        .attr("id", "shift-end")
        .attr("type", "time")
        .attr("aria-describedby", "shift-end-about")
        .prop("value", ends.unwrap_or_default())
        .node_ref(end);
    form().class("shift-form").on(ev::submit, on_submit).child((
        div()
            .class("field")
            .child((label().attr("for", "shift-chats").child(say("shift-chats")), chats_field)),
        div()
            .class("field")
            .child((label().attr("for", "shift-end").child(say("shift-end")), end_field)),
        p().class("nothing").attr("id", "shift-end-about").child(say("shift-end-about")),
        button().attr("type", "submit").class("button button-small").child(say("shift-set")),
    ))
}

/// Says when the end of the shift is near, and when it has come. The region is there before, so that it is
/// read when filled; the keyboard stays where it is.
pub(super) fn reminder(console: Console) -> impl IntoView {
    let board = console.board;
    let notice = move || {
        let text = match board.reminder.get()? {
            Shift::On => return None,
            Shift::Ending => "shift-ending",
            Shift::Over => "shift-over",
        };
        let time = board.ends.get().map(|(time, _)| time.to_string()).unwrap_or_default();
        let close = button()
            .attr("type", "button")
            .class("button button-small")
            .on(ev::click, move |_| board.reminder.set(None))
            .child(say("desk-dismiss"));
        let said = p().child(say_with(text, &[("time", &time)]));
        Some(div().class("notice trouble").child((said, close)))
    };
    div().attr("role", "status").child(notice)
}
