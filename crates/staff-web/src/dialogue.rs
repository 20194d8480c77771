//! A dialogue over the page: the browser's own modal one, which holds the keyboard and which Escape closes.

use crate::draw::ev;
use crate::draw::html::{Dialog, dialog};
use crate::draw::prelude::*;

use crate::focus;

/// How a dialogue looks, what names it, and where the keyboard goes when it opens.
pub struct Frame {
    /// Its class.
    pub class: &'static str,
    /// The id of what names it.
    pub heading: &'static str,
    /// The id of what the keyboard goes to.
    pub first: &'static str,
}

/// A dialogue that is open while there is something that it is about, with `content` in it only then.
pub fn dialogue<T: Clone + Send + Sync + 'static>(
    about: RwSignal<Option<T>>,
    node: NodeRef<Dialog>,
    frame: Frame,
    content: impl Fn(T) -> View + Send + 'static,
) -> impl IntoView {
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        match (about.with(Option::is_some), dialog.open()) {
            (true, false) => {
                // Fails only for one that is open or not in the page.
                let _ = dialog.show_modal();
                focus::move_to(frame.first.into());
            }
            (false, true) => focus::moved_by_browser(|| dialog.close()),
            _ => {}
        }
    });
    // The browser tells of it late: a dialogue that was opened again meanwhile stays.
    let on_close = move |_| {
        if node.get_untracked().is_none_or(|dialog| !dialog.open()) {
            about.set(None);
        }
    };
    dialog()
        .class(frame.class)
        .attr("aria-labelledby", frame.heading)
        .node_ref(node)
        .on(ev::close, on_close)
        .child(move || about.get().map(&content))
}
