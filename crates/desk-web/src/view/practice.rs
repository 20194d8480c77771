//! The way to practice chats (`features.md` 5.5): a page apart, in a tab of its own, so that nothing of the desk is
//! lost by going there.

use leptos::html::a;
use leptos::prelude::*;

use crate::line;
use crate::texts::say;

/// A link to it, where there is such a page: whoever gives the desk out elsewhere gives out the desk alone.
pub(super) fn practice() -> Option<impl IntoView> {
    line::relay_elsewhere().is_none().then(|| {
        a().attr("href", "/practice#beside")
            .attr("target", "_blank")
            .attr("rel", "noopener")
            .class("practice-link")
            .child(say("desk-practice"))
    })
}
