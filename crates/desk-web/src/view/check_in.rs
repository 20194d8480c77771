//! A reminder to check in about meaning and feeling, which a screen does not carry (`features.md` 3.10).
//!
//! Nothing is sent by it: the sentence that it offers goes into the message box, to be changed and sent by hand.

use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{button, div, p};
use stillroom_staff_web::draw::prelude::*;

use super::{message_id, put_into_box};
use crate::board::{Board, Seated};
use crate::focus;
use crate::texts::say;

/// The reminder, when it is due. The region is there before, so that it is read when filled.
pub(super) fn check_in(board: Board, seated: Seated) -> impl IntoView {
    let Seated { seat, chat, .. } = seated;
    let due = {
        let chat = chat.clone();
        Memo::new(move |_| {
            let Some(after) = board.check_in_after() else { return false };
            chat.with(|chat| chat.should_check_in(after, board.now.get()))
        })
    };
    let press = move |text, action: fn(crate::board::Seat)| {
        let chat = chat.clone();
        button()
            .attr("type", "button")
            .class("button button-small")
            .on(ev::click, move |_| {
                chat.update(|chat| chat.count_check_in(board.now.get_untracked()));
                action(seat);
                focus::move_if_dropped(message_id(seat));
            })
            .child(say(text))
    };
    let reminder = move || {
        due.get().then(|| {
            let write = press("check-in-write", |seat| {
                // Only a chat that is being closed has no box.
                let _ = put_into_box(seat, &say("check-in-sentence"));
            });
            let later = press("check-in-later", |_| {});
            div().class("reminder check-in").child((
                p().child(say("check-in-due")),
                div().class("reminder-choices").child((write, later)),
            ))
        })
    };
    div().attr("role", "status").child(reminder)
}
