//! Where the keyboard is, and keeping it somewhere sensible when what it was on goes away.
//!
//! Focus is moved only in answer to something that the person did, or where the browser would drop it.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::browser::{document, request_animation_frame};

/// Puts the focus on the element with this id, once it has been drawn.
pub fn move_to(id: String) {
    request_animation_frame(move || now(&id));
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
    let element =
        document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        let _ = element.focus();
    }
}
