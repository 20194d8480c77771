//! That a survivor is asked something, what came of it, and the button that takes the question back.

use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{button, div, p};
use stillroom_staff_web::draw::prelude::*;

use super::message_id;
use crate::board::Seat;
use crate::focus;
use crate::texts::say;

/// What is told, while there is something, and `back` while they are asked. The region is there before, so that it
/// is read when filled.
pub(super) fn asked(
    seat: Seat,
    is_asked: impl Fn() -> bool + Copy + Send + Sync + 'static,
    told: impl Fn() -> Option<String> + Send + 'static,
    back: &'static str,
    take_back: impl Fn() + Copy + Send + 'static,
) -> impl IntoView {
    let told = move || told().map(|text| p().child(text));
    let take_back = move || {
        is_asked().then(|| {
            button()
                .attr("type", "button")
                .class("button button-small")
                .on(ev::click, move |_| {
                    take_back();
                    focus::move_if_dropped(message_id(seat));
                })
                .child(say(back))
        })
    };
    let class = move || if is_asked() { "notice agreed" } else { "notice agreed agreed-off" };
    div().class(class).child((div().attr("role", "status").child(told), take_back))
}
