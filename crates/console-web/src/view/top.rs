//! The head of the console: whose it is, the line, the way to the desk, and what must be known.

use stillroom_conversation::Line;
use stillroom_staff_web::attended::{idle, lock_button};
use stillroom_staff_web::draw::html::{a, bdi, div, h1, header, p};
use stillroom_staff_web::draw::prelude::*;
use stillroom_staff_web::{host, record};

use super::{CONSOLE, small};
use crate::board::Board;
use crate::console::Console;
use crate::texts::{program, say};

/// The head.
pub(super) fn top(console: Console) -> impl IntoView {
    let board = console.board;
    let line = p()
        .class("line")
        .attr("role", "status")
        .attr("data-line", move || if board.line.get() == Line::Up { "up" } else { "down" })
        .child(move || {
            say(if board.line.get() == Line::Up { "desk-line-up" } else { "desk-line-down" })
        });
    let heading = h1().class("top-name").attr("id", CONSOLE).attr("tabindex", "-1").child((
        bdi().child(program()),
        ": ",
        say("console-heading"),
    ));
    let desk = a().attr("href", "/").class("button").child(say("console-to-desk"));
    header().class("top").child((
        heading,
        line,
        div().class("top-buttons").child((desk, lock_button(console))),
    ))
}

/// What must be known at once.
pub(super) fn notices(console: Console) -> impl IntoView {
    let board = console.board;
    div().class("notices").child((
        host::notices(board.host, move |notice| console.acknowledge(notice)),
        record::trouble(board.audit),
        idle(console),
        trouble(board),
    ))
}

/// The latest trouble, until it is closed. The region is there before, so that it is read when filled.
fn trouble(board: Board) -> impl IntoView {
    let notice = move || {
        board.trouble.get().map(|text| {
            let close = small(say("desk-dismiss"), move || board.trouble.set(None));
            div().class("notice trouble").child((p().child(say(text)), close))
        })
    };
    div().attr("role", "alert").child(notice)
}
