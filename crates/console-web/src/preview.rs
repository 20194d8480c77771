//! A frame that shows the survivor's page of the draft, and may do nothing (`features.md` 5.6; `decisions/0029`).
//!
//! The document comes from [`stillroom_document::preview`] alone. Browsers that ask whose word a document is get what was
//! drawn last, whatever is asked: nothing else of this page's can become one. There is one policy in a page.

use std::cell::{OnceCell, RefCell};

use js_sys::{Function, Object, Reflect};
use stillroom_staff_web::draw::prelude::window;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlIFrameElement;

/// The name under which the page's rules let this in (`relay/headers.rs`).
const NAME: &str = "preview";

thread_local! {
    /// What was drawn last.
    static DRAWN: RefCell<String> = const { RefCell::new(String::new()) };
    /// What says so to the browser; nothing in one that does not ask.
    static POLICY: OnceCell<Option<JsValue>> = const { OnceCell::new() };
}

/// Puts this drawing into the frame.
pub(crate) fn show(frame: &HtmlIFrameElement, drawn: String) {
    DRAWN.set(drawn);
    // Fails only where the page was given out under other rules than its own: then nothing is shown.
    let _ = word().and_then(|word| Reflect::set(frame, &"srcdoc".into(), &word));
}

/// What was drawn last, as the browser takes it.
fn word() -> Result<JsValue, JsValue> {
    let policy = POLICY.with(|policy| policy.get_or_init(|| make().ok()).clone());
    match policy {
        None => Ok(DRAWN.with_borrow(|drawn| JsValue::from_str(drawn))),
        Some(policy) => {
            let create: Function = Reflect::get(&policy, &"createHTML".into())?.dyn_into()?;
            create.call1(&policy, &"".into())
        }
    }
}

/// `trustedTypes.createPolicy("preview", { createHTML: () => drawn })`, where the browser has that.
fn make() -> Result<JsValue, JsValue> {
    let all = Reflect::get(&window(), &"trustedTypes".into())?;
    let create: Function = Reflect::get(&all, &"createPolicy".into())?.dyn_into()?;
    let rules = Object::new();
    let drawn = Closure::<dyn Fn() -> String>::new(|| DRAWN.with_borrow(String::clone));
    Reflect::set(&rules, &"createHTML".into(), &drawn.into_js_value())?;
    create.call2(&all, &NAME.into(), &rules)
}
