//! The staff console in the browser: locked or enrolling first, then the desk with who waits and several
//! chats side by side (`features.md` 3.2, 3.3, 3.6, 3.8 to 3.11, 4.1, 5.1 to 5.4).
//!
//! A shell over [`stillroom_conversation::Desk`]: the core decides, this draws and carries bytes. It does
//! not protect against whoever sits at the desk, against a screen that is photographed, or against a server
//! that changes the code of this page (`design.md`, The people and the adversaries).

mod board;
mod chat;
mod checklist;
mod code_words;
mod colleagues;
mod console;
mod enrol;
mod gate;
mod hints;
mod moments;
mod offers;
mod passphrase;
mod placeholders;
mod shift;
mod view;
mod words;

use stillroom_staff_web::browser::document;
use stillroom_staff_web::{clock, focus, idle, kept, language, line, link, lock, passkey, texts};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;

/// Starts the page: called once, when its WebAssembly has loaded.
#[wasm_bindgen(start)]
pub fn start() {
    let desk = document()
        .get_element_by_id("desk")
        .and_then(|desk| desk.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(desk) = desk {
        stillroom_staff_web::draw::show(&desk, || view::gate(gate::Gate::open()));
    }
}
