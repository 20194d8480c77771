//! The administrator's console in the browser: what the policy says now, closing at once and opening again, and the
//! whole policy in forms (`features.md` 5.6, 5.7).
//!
//! A shell over [`stillroom_conversation::Administrator`], beside the desk and apart from it: no chat comes here. It
//! opens the device that this browser keeps for the desk, and signs on it. It does not protect against whoever sits at
//! an open console, nor against a server that changes the code of this page.

mod board;
mod change;
mod closing;
mod console;
mod draft;
mod gate;
mod hours;
mod past;
mod places;
mod preview;
mod sheets;
mod view;
mod words;

use stillroom_staff_web::browser::document;
use stillroom_staff_web::{clock, focus, idle, kept, language, line, lock, texts};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;

/// Starts the page: called once, when its WebAssembly has loaded.
#[wasm_bindgen(start)]
pub fn start() {
    let page = document()
        .get_element_by_id("console")
        .and_then(|page| page.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(page) = page {
        stillroom_staff_web::draw::show(&page, || view::gate(gate::Gate::open()));
    }
}
