//! The events that the pages of staff's listen to, each with the browser's type for it.

use std::marker::PhantomData;

use reactive_graph::owner::StoredValue;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BeforeUnloadEvent, EventTarget, PointerEvent, SubmitEvent};

use crate::browser::window;
pub use web_sys::{Event, KeyboardEvent, MouseEvent};

/// A kind of event.
pub struct Kind<E> {
    pub(super) name: &'static str,
    event: PhantomData<fn(E)>,
}

impl<E> Kind<E> {
    const fn named(name: &'static str) -> Self {
        Self { name, event: PhantomData }
    }
}

/// Constants in the spelling of the browser's own names.
macro_rules! kinds {
    ($($name:ident $event:ty;)*) => {$(
        #[doc = concat!("`", stringify!($name), "`.")]
        #[allow(non_upper_case_globals, reason = "the browser's own name")]
        pub const $name: Kind<$event> = Kind::named(stringify!($name));
    )*};
}

kinds! {
    beforeunload BeforeUnloadEvent;
    change Event;
    click MouseEvent;
    close Event;
    contextmenu Event;
    copy Event;
    cut Event;
    dragstart Event;
    focusin Event;
    input Event;
    keydown KeyboardEvent;
    load Event;
    pointercancel PointerEvent;
    pointerdown PointerEvent;
    pointermove PointerEvent;
    pointerup PointerEvent;
    scroll Event;
    submit SubmitEvent;
    visibilitychange Event;
    wheel Event;
}

/// What is done on an event.
pub(super) type Listener = Box<dyn FnMut(Event)>;

/// Listens for as long as it is held.
pub(super) struct Listening {
    to: EventTarget,
    name: &'static str,
    act: Closure<dyn FnMut(Event)>,
}

impl Listening {
    pub(super) fn to(to: &EventTarget, name: &'static str, act: Listener) -> Self {
        let act = Closure::wrap(act);
        // Neither this nor its opposite fails for a function.
        let _ = to.add_event_listener_with_callback(name, act.as_ref().unchecked_ref());
        Self { to: to.clone(), name, act }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let act = self.act.as_ref().unchecked_ref();
        let _ = self.to.remove_event_listener_with_callback(self.name, act);
    }
}

/// Listens to an event of the window, for as long as what draws is there.
pub fn on_window<E: JsCast>(event: Kind<E>, mut act: impl FnMut(E) + 'static) {
    let act = Box::new(move |event: Event| act(event.unchecked_into()));
    StoredValue::new_local(Listening::to(&window(), event.name, act));
}
