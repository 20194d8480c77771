//! The page for practice chats over their core: plain web-sys, apart from the desk and from the survivor's page
//! (`features.md` 5.5).
//!
//! `boot.js` passes every press and every form to [`handle`]: so there is one way in, and one place where a trap
//! becomes a sentence. All markup is in `page.html`; what a trainee wrote goes into a text node, is there until
//! the story is over, and is sent and kept nowhere. It cannot protect against a host that serves another page,
//! nor against somebody who looks at the screen.

mod page;
mod view;

use std::cell::RefCell;

use wasm_bindgen::prelude::*;
use web_sys::{Event, window};

use page::Page;

thread_local! {
    static PAGE: RefCell<Option<Page>> = const { RefCell::new(None) };
}

/// Shows the stories.
///
/// # Errors
/// Where the page is not the one that this code was made for; `boot.js` says so.
#[wasm_bindgen]
pub fn begin() -> Result<(), JsValue> {
    let document = window().and_then(|window| window.document());
    let page = document.and_then(Page::new).ok_or(JsValue::UNDEFINED)?;
    PAGE.set(Some(page));
    Ok(())
}

/// Something was pressed, typed or handed in.
#[wasm_bindgen]
pub fn handle(event: &Event) {
    PAGE.with_borrow_mut(|page| {
        if let Some(page) = page {
            page.handle(event);
        }
    });
}
