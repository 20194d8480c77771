//! The name that an advocate makes up for somebody with whom a code word is agreed on (`features.md` 3.4).
//!
//! All colleagues can read it, so while it is typed the form says kindly where it looks like something real. That is
//! a guess, and stands in the way of nothing.

use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{Input, div, input, label, p};
use stillroom_staff_web::draw::prelude::*;

use super::hints::{PAUSE, year};
use crate::board::{Board, Seat};
use crate::hints::{Kind, in_handle};
use crate::texts::say;
use crate::words;

/// The field, and what is said of what is in it.
#[derive(Clone, Copy)]
pub(super) struct Handle {
    node: NodeRef<Input>,
    seen: RwSignal<Option<Kind>>,
    board: Board,
}

impl Handle {
    pub(super) fn new(board: Board) -> Self {
        Self { node: NodeRef::new(), seen: RwSignal::new(None), board }
    }

    /// What is in it.
    pub(super) fn value(self) -> Option<String> {
        self.node.get_untracked().map(|field| field.value().trim().to_owned())
    }

    pub(super) fn empty(self) {
        if let Some(field) = self.node.get_untracked() {
            field.set_value("");
        }
        self.seen.set(None);
    }

    fn look(self) {
        let seen = self.value().and_then(|handle| in_handle(&handle, year(self.board)));
        if self.seen.get_untracked() != seen {
            self.seen.set(seen);
        }
    }

    /// What is said goes as soon as it is not so any more, and comes once no key was pressed for a while: half a
    /// name is often another one.
    fn typed(self) -> impl FnMut(ev::Event) {
        let mut paused = debounce(PAUSE, move || self.look());
        move |_| {
            if self.seen.get_untracked().is_some() {
                self.look();
            }
            paused();
        }
    }

    pub(super) fn field(self, seat: Seat) -> impl IntoView {
        let id = format!("word-new-{seat}");
        let (about, hint) = (format!("{id}-about"), format!("{id}-hint"));
        let field = input()
            .attr("id", id.clone())
            .attr("type", "text")
            .attr("maxlength", "48")
            .attr("dir", "auto")
            .attr("autocomplete", "off")
            .attr("spellcheck", "false")
            .attr("translate", "no")
            .attr("aria-describedby", format!("{about} {hint}"))
            .on(ev::input, self.typed())
            .node_ref(self.node);
        let seen = move || self.seen.get().and_then(words::in_handle).map(say);
        div().class("field").child((
            label().attr("for", id).child(say("word-new")),
            field,
            p().class("small").attr("id", about).child(say("word-new-about")),
            p().class("small").attr("id", hint).attr("role", "status").child(seen),
        ))
    }
}
