//! Where the keyboard is, and keeping it somewhere sensible when what it was on goes away.
//!
//! Focus is moved only in answer to something that the person did, or where the browser would drop it.

use std::cell::RefCell;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::browser::{document, request_animation_frame};

thread_local! {
    /// The move that was asked for last, until it is made.
    static ASKED: RefCell<Asked> = RefCell::default();
}

#[derive(Default)]
struct Asked {
    turn: u32,
    /// What has the focus for as long as the person goes nowhere by themself.
    from: Option<Element>,
}

/// Puts the focus on the element with this id: at once where it is drawn, or else with the next drawing. A person who has
/// gone on by then is not taken back, so that no press of theirs is made on something that they have left.
pub fn move_to(id: String) {
    now(&id);
    let from = document().active_element();
    let turn = ASKED.with_borrow_mut(|asked| {
        *asked = Asked { turn: asked.turn.wrapping_add(1), from };
        asked.turn
    });
    request_animation_frame(move || {
        let from = ASKED.with_borrow_mut(|asked| (asked.turn == turn).then(|| asked.from.take()));
        if from.is_some_and(|from| is_nowhere() || document().active_element() == from) {
            now(&id);
        }
    });
}

/// Does something by which the browser moves the focus itself, such as closing a dialogue: nobody has gone on by that.
pub fn moved_by_browser(act: impl FnOnce()) {
    let before = document().active_element();
    let dropped = is_nowhere();
    act();
    ASKED.with_borrow_mut(|asked| {
        if dropped || asked.from == before {
            asked.from = document().active_element();
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

fn now(id: &str) {
    let element = document().get_element_by_id(id);
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}
