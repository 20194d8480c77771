//! Practice (`features.md` 5.5). The way to the page for practice chats: a page apart, in a tab of its own, so that
//! nothing of the desk is lost by going there. And the mark of a desk at which a colleague plays the survivor.

use stillroom_staff_web::draw::html::{a, p, strong};
use stillroom_staff_web::draw::prelude::*;

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

/// Says that this desk is for practice, all the time, where the relay says so.
pub(super) fn mark() -> Option<impl IntoView> {
    let mark = Some(say("for-practice")).filter(|mark| !mark.is_empty())?;
    let about = say("for-practice-desk");
    Some(p().class("for-practice").child((strong().child(mark), " ", about)))
}
