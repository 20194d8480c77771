//! That a survivor is asked whether their chat may end, and what came of it (`features.md` 4.1).

use leptos::ev;
use leptos::html::{button, div, p};
use leptos::prelude::*;
use stillroom_conversation::EndStep;

use super::message_id;
use crate::board::Seated;
use crate::chat::Chat;
use crate::console::Console;
use crate::focus;
use crate::texts::{say, say_with};
use crate::words;

/// How far the question has come, and the button that takes it back. The region is there before, so that it is
/// read when filled.
pub(super) fn ending(console: Console, seated: Seated) -> impl IntoView {
    let Seated { seat, chat, .. } = seated;
    let step = Memo::new(move |_| chat.with(Chat::end));
    let is_asked = move || matches!(step.get(), Some(EndStep::Asked { .. }));
    let told = move || {
        let (text, count) = words::end(step.get()?);
        Some(p().child(say_with(text, &[("count", &count.to_string())])))
    };
    let take_back = move || {
        is_asked().then(|| {
            button()
                .attr("type", "button")
                .class("button button-small")
                .on(ev::click, move |_| {
                    console.withdraw_end(seat);
                    focus::move_if_dropped(message_id(seat));
                })
                .child(say("end-back"))
        })
    };
    let class = move || if is_asked() { "notice agreed" } else { "notice agreed agreed-off" };
    div().class(class).child((div().attr("role", "status").child(told), take_back))
}
