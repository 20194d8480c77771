//! Drawing the console with what the board holds.
//!
//! Every element is made by name and every text set as text: nothing is ever read as HTML.

mod closing;
mod fields;
mod file;
mod hours;
mod list;
mod now;
mod past;
mod policy;
mod preview;
mod question;
mod record;
mod top;
mod translation;
mod week;

use stillroom_staff_web::attended::watch;
use stillroom_staff_web::draw::html::{a, button, div, main, p};
use stillroom_staff_web::draw::prelude::*;
use stillroom_staff_web::draw::{Element, ev};
use stillroom_staff_web::view::{HEADING, locked, page, unlock};

use crate::console::Console;
use crate::focus;
use crate::gate::{Gate, Screen};
use crate::lock::Opened;
use crate::texts::{program, say, say_with};

/// The id of the console's own heading.
pub(crate) const CONSOLE: &str = "console-heading";

/// Whatever screen it is.
pub(crate) fn gate(gate: Gate) -> impl IntoView {
    move || match gate.screen.get() {
        Screen::NoDevice => {
            let content = (p().child(say("console-no-device")), to_desk());
            page("console-no-device-heading", HEADING, content).into_any()
        }
        Screen::Unlock => unlock(gate.lock, to_desk(), move |opened: Opened| gate.enter(opened)),
        Screen::NotAdministrator => {
            let ask = p().child(say_with("console-ask-administrator", &[("program", &program())]));
            page("console-not-administrator-heading", HEADING, (ask, to_desk())).into_any()
        }
        Screen::Console(console) => open(gate, console).into_any(),
    }
}

/// The console, or while it is locked nothing of it.
fn open(gate: Gate, console: Console) -> impl IntoView {
    move || {
        if console.board.locked.get() {
            let about = p().child(say("console-locked-about"));
            let unlock = move || console.unlock();
            locked(gate.lock, about, (), (), unlock).into_any()
        } else {
            whole(console).into_any()
        }
    }
}

/// A small button.
fn small(text: impl IntoView, act: impl Fn() + 'static) -> Element {
    button()
        .attr("type", "button")
        .class("button button-small")
        .on(ev::click, move |_| act())
        .child(text)
}

/// The way to the desk, which is the page beside this one.
fn to_desk() -> impl IntoView {
    a().attr("href", "/").class("practice-link").child(say("console-to-desk"))
}

fn whole(console: Console) -> impl IntoView {
    watch(console);
    focus::move_if_dropped(CONSOLE.into());
    let content = main().class("console").child((
        now::now(console),
        closing::closing(console),
        policy::policy(console),
    ));
    div().child((top::top(console), top::notices(console), content, question::question(console)))
}
