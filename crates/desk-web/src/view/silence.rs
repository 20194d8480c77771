//! A survivor's silence, as far as it has come, and more time for them (`features.md` 3.7).

use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{button, div, p, span};
use stillroom_staff_web::draw::prelude::*;

use super::message_id;
use crate::board::Seated;
use crate::console::Console;
use crate::focus;
use crate::moments;
use crate::texts::{say, say_with};
use crate::words;

/// What the survivor was asked or told, when, and the button that gives them more time. The region is there
/// before, so that it is read when filled.
pub(super) fn silence(console: Console, seated: Seated) -> impl IntoView {
    let Seated { seat, chat, .. } = seated;
    let now = console.board.now;
    let told = Memo::new(move |_| chat.with(crate::chat::Chat::silence));
    let notice = move || {
        let (silence, at) = told.get()?;
        let (text, count) = words::silence(silence)?;
        let sentence = say_with(text, &[("count", &count.to_string())]);
        let age = move || {
            let (text, count) = moments::ago(at, now.get());
            say_with(text, &[("count", &count.to_string())])
        };
        let postpone = button()
            .attr("type", "button")
            .class("button button-small")
            .on(ev::click, move |_| {
                console.postpone(seat);
                focus::move_if_dropped(message_id(seat));
            })
            .child(say("desk-silence-postpone"));
        let when = span().class("when").attr("aria-live", "off").child(age);
        Some(div().class("notice silence").child((p().child((sentence, " ", when)), postpone)))
    };
    div().attr("role", "status").child(notice)
}
