//! Leaving a page of staff's for a moment: the button, the word before it locks by itself, and what counts as somebody
//! being there (`features.md` 5.1).

use std::time::Duration;

use crate::draw::ev;
use crate::draw::html::{button, div, p};
use crate::draw::prelude::*;
use stillroom_program::Timestamp;

use crate::idle::Idle;
use crate::texts::say;

/// A page that somebody has to be at.
pub trait Attended: Copy + Send + 'static {
    /// Somebody is there.
    fn touch(self);

    /// Does what a page that is left alone does by itself.
    fn look_after(self) -> Idle;

    /// Takes all that is drawn away, until it is opened again.
    fn lock(self);

    /// Now.
    fn now(self) -> Timestamp;

    /// Whether the page is about to lock by itself.
    fn locks_soon(self) -> bool;
}

/// Locks the page.
pub fn lock_button(page: impl Attended) -> impl IntoView {
    button()
        .attr("type", "button")
        .class("button")
        .on(ev::click, move |_| page.lock())
        .child(say("lock"))
}

/// Says that the page locks soon. The region is there before, so that it is read when filled.
pub fn idle(page: impl Attended + Sync) -> impl IntoView {
    let notice = move || {
        page.locks_soon().then(|| div().class("notice trouble").child(p().child(say("locks-soon"))))
    };
    div().attr("role", "alert").child(notice)
}

/// Watches for somebody being there, for as long as the page is shown.
pub fn watch(page: impl Attended) {
    ev::on_window(ev::keydown, move |_| page.touch());
    ev::on_window(ev::pointerdown, move |_| page.touch());
    ev::on_window(ev::pointermove, move |_| page.touch());
    ev::on_window(ev::wheel, move |_| page.touch());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    look(page, timer);
    on_cleanup(move || {
        if let Some(timer) = timer.try_get_value().flatten() {
            timer.clear();
        }
    });
}

/// Does what is due, and looks again when more is.
fn look(page: impl Attended, timer: StoredValue<Option<TimeoutHandle>>) {
    let due = match page.look_after() {
        Idle::Gone => return,
        Idle::No(due) | Idle::Soon(due) => due,
    };
    // A millisecond more: a browser's timer may run a fraction early.
    let wait = due.checked_since(page.now()) + Duration::from_millis(1);
    timer.try_set_value(set_timeout(move || look(page, timer), wait));
}
