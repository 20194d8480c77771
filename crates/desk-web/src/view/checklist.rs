//! The checklist beside a chat: closed until it is wanted, with how far it has come in its name
//! (`features.md` 2.1, 2.2, 3.10).

use std::sync::Arc;

use stillroom_program::{Checklist, Guidance};
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{details, input, label, li, span, summary, ul};
use stillroom_staff_web::draw::prelude::*;

use super::{form, message_id};
use crate::board::{Board, Seat, Seated};
use crate::chat::{Chat, Done};
use crate::checklist::{Item, items};
use crate::focus;
use crate::texts::{say, say_with};
use crate::words;

/// The id of the name of a chat's checklist, which opens and closes it.
fn checklist_id(seat: Seat) -> String {
    format!("checklist-{seat}")
}

/// Opens a chat's checklist, with the keyboard on it, or closes it, with the keyboard in the message box.
pub(super) fn toggle_checklist(seat: Seat) {
    let id = checklist_id(seat);
    let name = document().get_element_by_id(&id);
    if let Some(list) = name.and_then(|name| name.parent_element()) {
        // Fails for no element that is in the page.
        let is_open = list.toggle_attribute("open").unwrap_or_default();
        focus::move_to(if is_open { id } else { message_id(seat) });
    }
}

/// The checklist, once the program's policy is here.
pub(super) fn checklist(board: Board, seated: Seated) -> impl IntoView {
    let Seated { seat, chat, .. } = seated;
    move || board.guidance.get().map(|guidance| list(seat, chat.clone(), guidance))
}

fn list(seat: Seat, chat: ArcRwSignal<Chat>, guidance: Arc<Guidance>) -> impl IntoView {
    let items = items(&guidance.checklist);
    let all = items.len().to_string();
    let counted = {
        let (chat, guidance, items) = (chat.clone(), Arc::clone(&guidance), items.clone());
        move || {
            let done = chat.with(|chat| {
                let done = |item: &&Item| chat.done(**item, &guidance.checklist) != Done::No;
                items.iter().filter(done).count()
            });
            say_with("checklist", &[("done", &done.to_string()), ("all", &all)])
        }
    };
    let lines = items.into_iter().map(|item| line(item, chat.clone(), Arc::clone(&guidance)));
    let form = form()
        .on(ev::submit, |event| event.prevent_default())
        .child(ul().attr("role", "list").child(lines.collect_view()));
    details()
        .class("checklist")
        .child((summary().attr("id", checklist_id(seat)).child(counted), form))
}

fn line(item: Item, chat: ArcRwSignal<Chat>, guidance: Arc<Guidance>) -> impl IntoView {
    let text = name(item, &guidance.checklist);
    let done = {
        let chat = chat.clone();
        Memo::new(move |_| chat.with(|chat| chat.done(item, &guidance.checklist)))
    };
    let by_itself =
        move || words::done(done.get()).map(|text| span().class("small").child(say(text)));
    let tick = input().attr("type", "checkbox").prop("checked", move || done.get() != Done::No).on(
        ev::change,
        move |event| {
            chat.update(|chat| chat.tick(item, event_target_checked(&event)));
        },
    );
    li().child(label().class("choice").child((tick, span().child((text, " ", by_itself)))))
}

fn name(item: Item, checklist: &Checklist) -> String {
    match item {
        Item::Safety => say("checklist-safety"),
        Item::Rights => say("checklist-rights"),
        Item::Platform => say("checklist-platform"),
        Item::Ending => say("checklist-ending"),
        Item::Own(place) => {
            checklist.own.get(place).map(|line| line.to_string()).unwrap_or_default()
        }
    }
}
