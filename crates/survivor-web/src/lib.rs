//! The survivor's page over the conversation core: plain web-sys, the smallest thing in the house
//! (`features.md` 1.1, 1.7, 2.1, 2.3, 2.4, 3.1, 3.3, 3.7, 3.8, 3.9, 3.12, 4.1, 4.2).
//!
//! `boot.js` shows the screens and passes every event to [`handle`]: presses, the socket's, the clock's. So
//! there is one way in, and one place where a trap becomes a sentence. All markup is in `page.html`; what
//! somebody wrote goes into text nodes and nowhere else. Nothing here can protect against spyware, a
//! camera, somebody looking, or a host that serves another page than this one.

mod page;
mod questions;
mod socket;
mod view;
mod words;

use std::cell::{Cell, RefCell};

use js_sys::{Function, Uint8Array};
use stillroom_conversation::{ReturnWords, Said};
use wasm_bindgen::prelude::*;
use web_sys::Event;

use page::Page;

#[wasm_bindgen]
extern "C" {
    /// What `boot.js` hands over.
    pub type Shell;
    /// Shows one screen, and one part of it where it has several.
    #[wasm_bindgen(method)]
    fn show(this: &Shell, screen: &str, part: &str);
    /// Takes every event to [`handle`].
    #[wasm_bindgen(method, getter)]
    fn on(this: &Shell) -> Function;
    /// Takes what the way out is to send as it goes; nothing where there is nothing to leave.
    #[wasm_bindgen(method)]
    fn keep(this: &Shell, leaving: Option<Uint8Array>);
    /// Has a puzzle solved beside the page; where there is no salt, none any more. The answer comes as a message.
    #[wasm_bindgen(method)]
    fn solve(this: &Shell, salt: Option<Uint8Array>, bits: u8);
    /// A line by the second way, which behaves as a WebSocket does.
    #[wasm_bindgen(method)]
    fn second(this: &Shell) -> web_sys::WebSocket;
    /// Posts sealed answers, once. Nobody waits for what becomes of them.
    #[wasm_bindgen(method)]
    fn post(this: &Shell, answers: Uint8Array);
}

thread_local! {
    static PAGE: RefCell<Option<Page>> = const { RefCell::new(None) };
    /// Kept apart from the page, so that the line can be let go even after a trap inside it.
    static SOCKET: RefCell<Option<web_sys::WebSocket>> = const { RefCell::new(None) };
    static LEFT: Cell<bool> = const { Cell::new(false) };
}

/// Asks for an advocate. What was chosen on the screens before goes with it, sealed for staff on duty: the
/// answer of the safety check, the words of a page that was lost, the language, with an interpreter, and whether they
/// have a code word. What was
/// chosen in the optional questions (none of it by whoever skips all) goes apart, sealed for reports.
///
/// # Errors
/// Where the page is not the one that this code was made for; `boot.js` says so.
#[wasm_bindgen]
pub fn begin(
    shell: Shell,
    safety: &str,
    words: &str,
    language: String,
    interpreter: bool,
    code_word: bool,
    choices: Vec<u8>,
) -> Result<(), JsValue> {
    let mut page = Page::new(shell).ok_or(JsValue::UNDEFINED)?;
    page.start(Said {
        language,
        interpreter,
        safety: words::safety(safety),
        returning: ReturnWords::of(words),
        code_word,
        answers: questions::answers(choices, String::new()),
        ..Said::default()
    });
    PAGE.set(Some(page));
    Ok(())
}

/// Something happened: an event, or, where there is none, the time that was waited for.
#[wasm_bindgen]
pub fn handle(event: Option<Event>) {
    PAGE.with_borrow_mut(|page| {
        if let Some(page) = page {
            page.handle(event);
        }
    });
    if LEFT.get() {
        PAGE.set(None);
    }
}

/// Answers the survey, or skips it where there are no choices: once, when the chat is erased. The texts beside
/// the choices come as one, with a null character between two.
#[wasm_bindgen]
pub fn survey(choices: Vec<u8>, texts: String) {
    PAGE.with_borrow_mut(|page| {
        if let Some(page) = page {
            page.survey(questions::answers(choices, texts));
        }
    });
}

/// Lets the line go after a fault.
#[wasm_bindgen]
pub fn close() {
    socket::close();
}
