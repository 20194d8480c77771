//! Drawing the desk with what the board holds (`features.md` 1.6, 3.3, 5.2).
//!
//! Every element is made by name and every text set as text: nothing is ever read as HTML, so a page that
//! allows no such thing (trusted types) loses nothing. What somebody wrote is given to the browser and kept
//! nowhere here besides the chat's own log.

mod asked;
mod beforehand;
mod check_in;
mod checklist;
mod closed;
mod code_words;
mod colleagues;
mod composer;
mod ending;
mod gate;
mod guides;
mod handle;
mod handover;
mod hints;
mod joining;
mod lists;
mod live;
mod log;
mod offers;
mod panel;
mod practice;
mod prepared;
mod question;
mod shift;
mod silence;
mod top;
mod turn_away;

use stillroom_staff_web::attended::watch;
use stillroom_staff_web::draw;
use stillroom_staff_web::draw::html::{self, div, main, p};
use stillroom_staff_web::draw::prelude::*;
use stillroom_staff_web::view::form;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, EventInit, HtmlTextAreaElement};
use zeroize::Zeroizing;

use crate::board::Seat;
use crate::console::Console;
use crate::focus;
use crate::placeholders;
use crate::texts::say;

pub(crate) use self::colleagues::{HEADING as COLLEAGUES, PANEL as COLLEAGUES_PANEL};
pub(crate) use self::gate::gate;
pub(crate) use self::guides::HEADING as GUIDES;
pub(crate) use self::handover::written as handing_over;

/// The whole desk.
pub(crate) fn desk(console: Console) -> impl IntoView {
    let board = console.board;
    top::listen_for_keys(console);
    top::warn_before_leaving(console);
    top::tell_when_hidden(console);
    watch(console);
    // After a lock, back to where one was writing.
    let current = board.current.get_untracked();
    focus::move_if_dropped(current.map_or_else(|| "go-on-duty".into(), message_id));
    let chat = move || {
        if board.current.get().is_some() { "yes" } else { "no" }
    };
    let beside = move || board.guides.get() || board.colleagues.open.get();
    let guides = move || if beside() { "yes" } else { "no" };
    div().class("desk").attr("data-chat", chat).attr("data-guides", guides).child((
        top::top(console),
        top::notices(console),
        lists::lists(console),
        panels(console),
        guides::guides(console),
        colleagues::colleagues(console),
        p().class("unseen").attr("role", "status").child(move || board.said.get()),
        question::question(console),
        prepared::prepared(board),
    ))
}

/// The chats side by side.
fn panels(console: Console) -> impl IntoView {
    let board = console.board;
    let none = move || {
        let none = board.seated.with(Vec::is_empty);
        none.then(|| p().class("panels-none").child(say("chats-none")))
    };
    let each = rows(
        move || board.seated.get(),
        |seated| (seated.seat, seated.number),
        move |seated| panel::panel(console, seated),
    );
    main().class("panels").child((none, each))
}

/// A field for what somebody writes, which the browser and its helpers leave alone.
fn quiet_field(id: String) -> draw::Element {
    html::textarea()
        .attr("id", id)
        .attr("rows", "2")
        .attr("dir", "auto")
        .attr("autocomplete", "off")
        .attr("autocorrect", "off")
        .attr("autocapitalize", "sentences")
        .attr("spellcheck", "false")
        .attr("writingsuggestions", "false")
        .attr("translate", "no")
        .attr("data-gramm", "false")
        .attr("data-lt-active", "false")
}

/// The id of a chat's panel.
pub(crate) fn panel_id(seat: Seat) -> String {
    format!("panel-{seat}")
}

/// The id of the field in which a chat's messages are written.
pub(crate) fn message_id(seat: Seat) -> String {
    format!("message-{seat}")
}

/// A chat's message box.
fn message_box(seat: Seat) -> Option<HtmlTextAreaElement> {
    box_of(&message_id(seat))
}

fn box_of(id: &str) -> Option<HtmlTextAreaElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Puts a text into a chat's message box, where the caret is, as if it had been typed; the keyboard goes with it.
/// Says where it begins.
fn put_into_box(seat: Seat, text: &str) -> Option<u32> {
    let field = message_box(seat)?;
    // None of this fails for a text field that is in the page.
    let _ = field.focus();
    let place = |place: Result<Option<u32>, _>| place.ok().flatten().unwrap_or_default();
    let (start, end) = (place(field.selection_start()), place(field.selection_end()));
    let _ = field.set_range_text_with_start_and_end_and_mode(text, start, end, "end");
    let bubbles = EventInit::new();
    bubbles.set_bubbles(true);
    if let Ok(typed) = Event::new_with_event_init_dict("input", &bubbles) {
        let _ = field.dispatch_event(&typed);
    }
    Some(start)
}

/// Selects the next placeholder in a message box, so that what is typed takes its place. Whether there is one.
fn select_placeholder(field: &HtmlTextAreaElement, from: u32, expected: &[String]) -> bool {
    let text = Zeroizing::new(field.value());
    let next = placeholders::next(&text, from, expected);
    next.is_some_and(|next| field.set_selection_range(next.start, next.end).is_ok())
}

/// Empties what is drawn of a chat at once: what was written, and what was about to be.
pub(crate) fn erase_drawn(seat: Seat) {
    erase_within(&panel_id(seat));
}

/// Empties what was written, and what was about to be, in the element with this id.
pub(crate) fn erase_within(id: &str) {
    let Some(panel) = document().get_element_by_id(id) else {
        return;
    };
    for element in found(&panel, ".words") {
        element.set_text_content(None);
    }
    for element in found(&panel, "textarea") {
        if let Ok(field) = element.dyn_into::<HtmlTextAreaElement>() {
            field.set_value("");
        }
    }
}

/// What is in a chat's message box and not sent yet.
pub(crate) fn drafted(seat: Seat) -> Zeroizing<String> {
    written_in(&message_id(seat))
}

/// What is in the box with this id.
fn written_in(id: &str) -> Zeroizing<String> {
    Zeroizing::new(box_of(id).map(|field| field.value()).unwrap_or_default())
}

fn found(within: &Element, selector: &str) -> impl Iterator<Item = Element> + use<> {
    let list = within.query_selector_all(selector).ok();
    let length = list.as_ref().map_or(0, web_sys::NodeList::length);
    (0..length).filter_map(move |at| list.as_ref()?.item(at)?.dyn_into().ok())
}

/// Keeps the browser from doing what it would: copying, dragging, its own menu.
fn prevent(event: &Event) {
    event.prevent_default();
}
