//! Where the keyboard is, and keeping it somewhere sensible when what it was on goes away.
//!
//! Focus is moved only in answer to something that the person did, or where the browser would drop it.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::browser::{document, request_animation_frame};

/// Puts the focus on the element with this id, once it has been drawn.
pub fn move_to(id: String) {
    request_animation_frame(move || {
        now(&id);
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

/// Puts the focus on the element with this id: at once where it is drawn already, so that what the person goes to next is
/// not taken from them by the drawing after.
pub fn move_now_or_to(id: String) {
    if !now(&id) {
        move_to(id);
    }
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

/// Whether there is such an element.
fn now(id: &str) -> bool {
    let element =
        document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    element.is_some_and(|element| element.focus().is_ok())
}
