//! What was said in a chat: text isolated message by message, ages, how far one's own have got
//! (`features.md` 3.8, 3.9, 3.12).
//!
//! Only the log of the chat in front is read aloud as it grows: several at once would be a babble. Nothing
//! in it can be selected; a photograph of the screen cannot be prevented.

use std::sync::Arc;

use stillroom_conversation::{Line, MessageNumber};
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{Div, bdi, div, li, ol, p, span};
use stillroom_staff_web::draw::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::ResizeObserver;

use crate::board::{Board, Seated, signature, told};
use crate::chat::{Chat, Entry, What, Writer};
use crate::moments;
use crate::texts::{say, say_with};

/// How near to its end a log counts as being there, in pixels: a line or two.
const NEAR: i32 = 60;

/// The log.
pub(super) fn log(board: Board, seated: Seated) -> impl IntoView {
    let Seated { seat, chat, .. } = seated;
    let node = NodeRef::<Div>::new();
    let was_at_end = StoredValue::new(true);
    keep_at_end(node, was_at_end, chat.clone());
    let look = move |_| {
        let Some(log) = node.get_untracked() else { return };
        let below = log.scroll_height() - log.scroll_top() - log.client_height();
        was_at_end.set_value(below < NEAR);
    };
    let live = move || {
        if board.current.get() == Some(seat) { "polite" } else { "off" }
    };
    let entries = {
        let chat = chat.clone();
        move || chat.with(|chat| chat.entries().to_vec())
    };
    let each = rows(entries, |entry| entry.place, move |entry| self::entry(board, &chat, &entry));
    div()
        .class("log")
        .attr("role", "log")
        .attr("aria-label", say("desk-conversation"))
        .attr("aria-live", live)
        .attr("tabindex", "0")
        .attr("translate", "no")
        .on(ev::scroll, look)
        .node_ref(node)
        .child(ol().child(each))
}

/// Follows new entries, and what takes room from the log, where the end was in sight; whoever reads further up is
/// left there.
fn keep_at_end(node: NodeRef<Div>, was_at_end: StoredValue<bool>, chat: ArcRwSignal<Chat>) {
    let length = Memo::new(move |_| chat.with(|chat| chat.entries().len()));
    Effect::new(move |_| {
        length.track();
        let Some(log) = node.get() else { return };
        if was_at_end.get_value() {
            request_animation_frame(move || log.set_scroll_top(log.scroll_height()));
        }
    });
    Effect::new(move |_| {
        let Some(log) = node.get() else { return };
        follow_size(&log, was_at_end);
    });
}

/// Stays at the end when a hint or a notice beside the log takes some of its room, or gives it back.
fn follow_size(log: &web_sys::HtmlDivElement, was_at_end: StoredValue<bool>) {
    let sized = log.clone();
    let sized = Closure::<dyn FnMut()>::new(move || {
        if was_at_end.try_get_value() == Some(true) {
            sized.set_scroll_top(sized.scroll_height());
        }
    });
    if let Ok(observer) = ResizeObserver::new(sized.as_ref().unchecked_ref()) {
        observer.observe(log);
        let held = StoredValue::new_local((observer, sized));
        on_cleanup(move || held.with_value(|(observer, _)| observer.disconnect()));
    }
}

fn entry(board: Board, chat: &ArcRwSignal<Chat>, entry: &Entry) -> View {
    match &entry.what {
        What::Note(announcement) => {
            li().class("note").child(p().child(told(announcement))).into_any()
        }
        What::Opening(text) => li()
            .class("opening")
            .child((
                p().class("from").child(say("opening-from")),
                p().class("words").attr("dir", "auto").child(text.clone()),
            ))
            .into_any(),
        What::Message { number, writer, text } => {
            let mine = *writer == Writer::Me;
            let (name, role) = signature(&entry.what).unwrap_or_default();
            let from =
                p().class("from").child((bdi().child(name), " ", span().class("role").child(role)));
            let at = entry.at;
            let age = move || {
                let (text, count) = moments::ago(at, board.now.get());
                say_with(text, &[("count", &count.to_string())])
            };
            let far = mine.then(|| how_far(board, chat.clone(), *number));
            let meta = p().class("meta").attr("aria-live", "off").child((
                span().class("when").child(age),
                " ",
                far,
            ));
            // The browser is given the text without a copy of it staying on this side.
            let text = Arc::clone(text);
            let words = p().class("words").attr("dir", "auto");
            let words = words.made(move |element| element.set_text_content(Some(&text)));
            li().class(if mine { "message mine" } else { "message" })
                .child((from, words, meta))
                .into_any()
        }
    }
}

fn how_far(board: Board, chat: ArcRwSignal<Chat>, number: MessageNumber) -> impl IntoView {
    let received = Memo::new(move |_| chat.with(|chat| chat.is_received(number)));
    let text = move || {
        say(if received.get() {
            "state-received"
        } else if board.line.get() == Line::Up {
            "state-sending"
        } else {
            "desk-state-kept"
        })
    };
    span().class("how-far").child(text)
}
