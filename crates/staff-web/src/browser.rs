//! What the pages of staff's ask of the browser: its window, and doing something later.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use reactive_graph::owner::{StoredValue, on_cleanup};
use reactive_graph::traits::{GetValue, SetValue};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue, UnwrapThrowExt};
use web_sys::{Document, Event, HtmlInputElement, Location, Window};

/// The window. A page without one is none.
pub fn window() -> Window {
    web_sys::window().unwrap_throw()
}

/// The page.
pub fn document() -> Document {
    window().document().unwrap_throw()
}

/// Where it came from.
pub fn location() -> Location {
    window().location()
}

/// What was typed into the field of an event.
pub fn event_target_value(event: &Event) -> String {
    event_target(event).map(|field| field.value()).unwrap_or_default()
}

/// Whether the box of an event is ticked.
pub fn event_target_checked(event: &Event) -> bool {
    event_target(event).is_some_and(|field| field.checked())
}

/// A list of choices is asked for its value in the same way as a field.
fn event_target(event: &Event) -> Option<HtmlInputElement> {
    event.target().map(JsCast::unchecked_into)
}

/// A function of the browser's, which calls this once.
fn once(act: Box<dyn FnOnce()>) -> JsValue {
    Closure::once_into_js(act)
}

/// Does something before the page is shown again.
pub fn request_animation_frame(act: impl FnOnce() + 'static) {
    // Fails for no function.
    let _ = window().request_animation_frame(once(Box::new(act)).unchecked_ref());
}

/// Does something as soon as what is being done now is done.
pub fn queue_microtask(act: impl FnOnce() + 'static) {
    window().queue_microtask(once(Box::new(act)).unchecked_ref());
}

/// Something that is done later.
#[derive(Clone, Copy)]
pub struct TimeoutHandle(i32);

impl TimeoutHandle {
    /// Does not do it.
    pub fn clear(self) {
        window().clear_timeout_with_handle(self.0);
    }
}

/// Does something later, unless it is taken back.
pub fn set_timeout(act: impl FnOnce() + 'static, wait: Duration) -> Option<TimeoutHandle> {
    let act = once(Box::new(act));
    let set = window().set_timeout_with_callback_and_timeout_and_arguments_0(
        act.unchecked_ref(),
        milliseconds(wait),
    );
    set.ok().map(TimeoutHandle)
}

/// Does something again and again, for as long as the page is there.
pub fn set_interval(act: impl FnMut() + 'static, every: Duration) {
    let act = Closure::wrap(Box::new(act) as Box<dyn FnMut()>).into_js_value();
    // Fails for no function.
    let _ = window().set_interval_with_callback_and_timeout_and_arguments_0(
        act.unchecked_ref(),
        milliseconds(every),
    );
}

/// The longest that a browser waits is three weeks and a half.
fn milliseconds(wait: Duration) -> i32 {
    i32::try_from(wait.as_millis()).unwrap_or(i32::MAX)
}

/// Does something once this was not called for a while, for as long as what draws it is there.
pub fn debounce(pause: Duration, act: impl FnMut() + 'static) -> impl FnMut() {
    let act = Rc::new(RefCell::new(act));
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_get_value().flatten() {
            timer.clear();
        }
    };
    on_cleanup(stop);
    move || {
        stop();
        let act = Rc::clone(&act);
        timer.try_set_value(set_timeout(move || act.borrow_mut()(), pause));
    }
}
