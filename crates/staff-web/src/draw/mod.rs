//! Drawing a page of staff's: what is to be seen is said as data, and one piece of code puts it there and keeps it so.
//!
//! Signals and effects are `reactive_graph`'s. A view is a value of one type, [`View`], whatever it is made of. So the
//! code that draws is in the page once, and not once for each kind of element with what is in it: that took a third of
//! what the desk weighed (`docs/benchmarks.md`).
//!
//! Every element is made by name and every text set as text: nothing is ever read as HTML, so a page that allows no such
//! thing (trusted types) loses nothing.

mod drawn;
mod element;
pub mod ev;
pub mod html;
mod node_ref;
mod rows;
pub mod svg;
mod value;
mod view;

pub use self::element::Element;
pub use self::node_ref::NodeRef;
pub use self::rows::rows;
pub use self::value::{Value, Worth};
pub use self::view::{CollectView, IntoView, View};

use any_spawner::Executor;
use reactive_graph::owner::Owner;

use self::drawn::Drawn;

/// What a file that draws needs, and whatever reads signals.
pub mod prelude {
    pub use reactive_graph::computed::Memo;
    pub use reactive_graph::effect::Effect;
    pub use reactive_graph::graph::untrack;
    pub use reactive_graph::owner::{LocalStorage, StoredValue, on_cleanup};
    pub use reactive_graph::prelude::*;
    pub use reactive_graph::signal::{ArcRwSignal, RwSignal};
    pub use reactive_graph::wrappers::read::Signal;

    pub use super::{CollectView, IntoView, NodeRef, View, rows};
    pub use crate::browser::{
        TimeoutHandle, debounce, document, event_target_checked, event_target_value, location,
        queue_microtask, request_animation_frame, set_interval, set_timeout, window,
    };
}

/// Shows a view within an element, for as long as the page is there.
pub fn show<V: IntoView>(within: &web_sys::Node, view: impl FnOnce() -> V) {
    // Fails only where it was done before.
    let _ = Executor::init_wasm_bindgen();
    let owner = Owner::new();
    let drawn = owner.with(|| Drawn::of(view().into_view()));
    drawn.put(within, None);
    std::mem::forget((owner, drawn));
}
