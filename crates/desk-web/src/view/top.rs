//! The head of the desk: whose it is, duty, the line, what must be known; and the keys that work everywhere.

use stillroom_conversation::{Duty, Line};
use stillroom_staff_web::attended::{idle, lock_button};
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{bdi, button, div, h1, header, p};
use stillroom_staff_web::draw::prelude::*;
use stillroom_staff_web::{host, record};
use web_sys::KeyboardEvent;

use super::checklist::toggle_checklist;
use super::closed::closed;
use super::practice::mark;
use super::shift;
use crate::board::{Asked, Board};
use crate::console::Console;
use crate::focus;
use crate::texts::{program, say};
use crate::words;

/// The head.
pub(super) fn top(console: Console) -> impl IntoView {
    let board = console.board;
    let off = move || matches!(board.duty.get(), Duty::Off | Duty::Break);
    let works = move || matches!(board.duty.get(), Duty::Starting | Duty::On);
    let duty = p()
        .class("duty")
        .attr("role", "status")
        .attr("data-duty", move || match board.duty.get() {
            Duty::Off => "off",
            Duty::Starting => "starting",
            Duty::On => "on",
            Duty::Break => "break",
        })
        .child(move || say(words::duty(board.duty.get())));
    let line = p()
        .class("line")
        .attr("role", "status")
        .attr("data-line", move || if board.line.get() == Line::Up { "up" } else { "down" })
        .child(move || say(words::line(board.line.get())));
    // Neither button goes away or is disabled for the keyboard: the focus stays where it was pressed.
    let on_button = button()
        .attr("type", "button")
        .attr("id", "go-on-duty")
        .class(move || if off() { "button button-main" } else { "button" })
        .attr("aria-disabled", move || if off() { "false" } else { "true" })
        .on(ev::click, move |_| {
            if !matches!(board.duty.get_untracked(), Duty::Starting | Duty::On) {
                console.go_on_duty();
            }
        })
        .child(move || {
            say(if board.duty.get() == Duty::Break { "back-on-duty" } else { "go-on-duty" })
        });
    let break_button = button()
        .attr("type", "button")
        .class("button")
        .attr("aria-disabled", move || if works() { "false" } else { "true" })
        .on(ev::click, move |_| {
            if matches!(board.duty.get_untracked(), Duty::Starting | Duty::On) {
                console.take_break();
            }
        })
        .child(say("take-break"));
    let off_button = button()
        .attr("type", "button")
        .class("button")
        .attr("aria-disabled", move || if board.duty.get() == Duty::Off { "true" } else { "false" })
        .on(ev::click, move |_| {
            if board.duty.get_untracked() == Duty::Off {
                return;
            }
            if board.has_open_chats() {
                board.asked.set(Some(Asked::OffDuty));
            } else {
                console.go_off_duty();
            }
        })
        .child(say("go-off-duty"));
    header().class("top").child((
        mark(),
        h1().class("top-name").child(bdi().child(program())),
        duty,
        line,
        div().class("top-buttons").child((
            on_button,
            break_button,
            off_button,
            lock_button(console),
        )),
    ))
}

/// What must be known at once.
pub(super) fn notices(console: Console) -> impl IntoView {
    div().class("notices").child((
        host::notices(console.board.host, move |notice| console.acknowledge(notice)),
        record::trouble(console.board.audit),
        closed(console.board),
        idle(console),
        shift::reminder(console),
        trouble(console.board),
    ))
}

/// The latest trouble, until it is closed. The region is there before, so that it is read when filled.
fn trouble(board: Board) -> impl IntoView {
    let notice = move || {
        board.trouble.get().map(|text| {
            let close = button()
                .attr("type", "button")
                .class("button button-small")
                .on(ev::click, move |_| board.trouble.set(None))
                .child(say("desk-dismiss"));
            div().class("notice trouble").child((p().child(say(text)), close))
        })
    };
    div().attr("role", "alert").child(notice)
}

/// Alt with a number goes to that chat, with N to the next that needs an answer, with W to who waits; with O whoever is offered is taken,
/// and with P not now; with M to
/// the prepared messages, with G to the guides or back, with C to the checklist or back, with S to
/// colleagues or back; with L the desk is locked, whatever is open on it. The browser's keys for saving and printing do
/// nothing while there is a chat.
pub(super) fn listen_for_keys(console: Console) {
    ev::on_window(ev::keydown, move |event: KeyboardEvent| {
        let board = console.board;
        let asked = a_dialogue_is_open();
        let saves = matches!(event.key().as_str(), "s" | "S" | "p" | "P");
        if saves && (event.ctrl_key() || event.meta_key()) && board.has_open_chats() {
            event.prevent_default();
            return;
        }
        // By the key's place, so that Alt's own letters on some keyboards do not matter.
        let code = event.code();
        if !event.alt_key() || event.ctrl_key() || event.meta_key() || asked && code != "KeyL" {
            return;
        }
        if code == "KeyL" {
            console.lock();
        } else if code == "KeyW" {
            focus::move_to("take-next".into());
        } else if code == "KeyO" {
            console.take_offered();
        } else if code == "KeyP" {
            console.pass();
        } else if code == "KeyN" {
            if let Some(seat) = board.next_to_answer() {
                console.go_to(seat);
            }
        } else if code == "KeyM" {
            if let Some(seat) = board.current.get_untracked() {
                console.choose_prepared(seat);
            }
        } else if code == "KeyG" {
            if board.guides.get_untracked() {
                console.close_guides()
            } else {
                console.open_guides()
            }
        } else if code == "KeyS" {
            if board.colleagues.open.get_untracked() {
                console.close_colleagues()
            } else {
                console.open_colleagues()
            }
        } else if code == "KeyC" {
            if let Some(seat) = board.current.get_untracked() {
                toggle_checklist(seat);
            }
        } else if let Some(seat) = code.strip_prefix("Digit").and_then(|digit| digit.parse().ok()) {
            console.go_to(seat);
        } else {
            return;
        }
        event.prevent_default();
    });
}

/// Whether the browser's own dialogue holds the keyboard. The browser is asked, since it tells of a dialogue that
/// Escape closed only later: a key pressed at once after it would be lost.
fn a_dialogue_is_open() -> bool {
    // Fails only for a selector that is none.
    document().query_selector("dialog[open]").is_ok_and(|open| open.is_some())
}

/// The core is told whether the page is hidden: nobody types on one that they do not see.
pub(super) fn tell_when_hidden(console: Console) {
    ev::on_window(ev::visibilitychange, move |_| {
        console.hidden(document().hidden());
    });
}

/// Leaving the page would lose open chats: the browser asks first.
pub(super) fn warn_before_leaving(console: Console) {
    ev::on_window(ev::beforeunload, move |event| {
        if console.board.has_open_chats() {
            event.prevent_default();
            event.set_return_value("true");
        }
    });
}
