//! The draft as a file, to be read and copied out (`features.md` 5.6): for whoever keeps the policy as a file, or
//! changes much at once. A changed file comes back by the command line: a reader of files would be a seventh of what
//! the console weighs.

use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{Textarea, button, div, label, p, textarea};
use stillroom_staff_web::draw::prelude::*;

use crate::console::Console;
use crate::texts::say;

/// The id of the field.
const FIELD: &str = "file-text";

/// The part of the page with the file.
pub(super) fn file(console: Console) -> impl IntoView {
    let draft = console.board.draft;
    let node = NodeRef::<Textarea>::new();
    let written = move || draft.policy.get().map(|draft| draft.to_toml()).unwrap_or_default();
    let field = textarea()
        .attr("id", FIELD)
        .attr("rows", "20")
        .attr("dir", "ltr")
        .attr("spellcheck", "false")
        .attr("autocomplete", "off")
        .attr("readonly", true)
        .prop("value", written)
        .node_ref(node);
    let select = move |_| {
        if let Some(field) = node.get_untracked() {
            let _ = field.focus();
            field.select();
        }
    };
    let all = button().attr("type", "button").class("button").on(ev::click, select);
    div().class("console-form file").child((
        p().child(say("console-file-about")),
        div().class("field").child((label().attr("for", FIELD).child(say("console-file")), field)),
        div().class("choices").child(all.child(say("console-file-select"))),
    ))
}
