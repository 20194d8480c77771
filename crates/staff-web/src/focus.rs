//! Where the keyboard is, and keeping it somewhere sensible when what it was on goes away.
//!
//! Focus is moved only in answer to something that the person did, or where the browser would drop it.

use std::cell::Cell;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::browser::{document, request_animation_frame};

thread_local! {
    /// How often the focus was asked to move: the last time counts.
    static ASKED: Cell<u32> = const { Cell::new(0) };
}

/// Puts the focus on the element with this id: at once where it is drawn, or else with the next drawing. A person who has
/// gone on by then is not taken back, so that no press of theirs is made on something that they have left.
pub fn move_to(id: String) {
    let from = document().active_element();
    let turn = ASKED.get().wrapping_add(1);
    ASKED.set(turn);
    let is_there = now(&id);
    request_animation_frame(move || {
        let stayed = !is_there && document().active_element() == from;
        if ASKED.get() == turn && (stayed || is_nowhere()) {
            now(&id);
        }
    });
}

/// Puts the focus there where it would be nowhere after the next drawing.
pub fn move_if_dropped(id: String) {
    request_animation_frame(move || {
        if is_nowhere() {
            now(&id);
        }
    });
}

/// Whether the focus is within an element that this selector finds.
pub fn is_within(selector: &str) -> bool {
    document()
        .active_element()
        .is_some_and(|active| active.closest(selector).ok().flatten().is_some())
}

/// Whether the focus is on nothing in particular.
pub fn is_nowhere() -> bool {
    document().active_element().is_none_or(|active: Element| active.tag_name() == "BODY")
}

/// Whether the focus is on it now: an element that is not there, or not to be seen, does not take it.
fn now(id: &str) -> bool {
    let Some(element) = document().get_element_by_id(id) else { return false };
    element.dyn_ref::<HtmlElement>().is_some_and(|element| element.focus().is_ok())
        && document().active_element() == Some(element)
}
