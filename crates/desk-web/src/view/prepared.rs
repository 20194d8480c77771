//! Choosing a prepared message: searched as one types, chosen by arrows and Enter (`features.md` 3.2).
//!
//! What is chosen goes into the message box and no further.

use std::sync::Arc;

use stillroom_program::{CannedMessage, Guidance};
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{Dialog, button, div, h2, input, label, li, p, ul};
use stillroom_staff_web::draw::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, SubmitEvent};

use super::{form, message_box, put_into_box, select_placeholder};
use crate::board::{Board, Seat, chat_name};
use crate::texts::{say, say_with};
use stillroom_staff_web::dialogue::{Frame, dialogue};

/// The id of the field in which words are looked for.
const SEARCH: &str = "prepared-search";

/// The id of the list of what was found.
const LIST: &str = "prepared-list";

/// The dialogue, with something in it only while it is open.
pub(super) fn prepared(board: Board) -> impl IntoView {
    let node = NodeRef::<Dialog>::new();
    // Closed at once, so that the keyboard is where it was before it goes on to the box.
    let close = move || {
        if let Some(dialog) = node.get_untracked() {
            dialog.close();
        }
    };
    let frame = Frame { class: "question prepared", heading: "prepared", first: SEARCH };
    dialogue(board.choosing, node, frame, move |seat| choice(board, seat, close).into_any())
}

/// What is looked for, and which of what was found is the one.
#[derive(Clone, Copy)]
struct Search {
    found: Memo<Vec<CannedMessage>>,
    active: RwSignal<usize>,
}

impl Search {
    fn chosen(self) -> Option<CannedMessage> {
        self.found.with(|found| found.get(self.active.get()).cloned())
    }

    /// Goes to the one after or before; from the last to the first, and back.
    fn step(self, forward: bool) {
        let count = self.found.with_untracked(Vec::len).max(1);
        let by = if forward { 1 } else { count - 1 };
        self.active.update(|active| *active = (*active + by) % count);
    }
}

fn choice(board: Board, seat: Seat, close: impl Fn() + Copy + Send + 'static) -> impl IntoView {
    let query = RwSignal::new(String::new());
    let search = Search {
        found: Memo::new(move |_| found(board.guidance.get(), &query.get())),
        active: RwSignal::new(0),
    };
    let choose = move |message: &CannedMessage| {
        close();
        put(board, seat, message);
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let at = search.active.get_untracked();
        if let Some(message) = search.found.with_untracked(|found| found.get(at).cloned()) {
            choose(&message);
        }
    };
    let heading = say_with("prepared-heading", &[("chat", &chat_name(seat))]);
    let field = field(query, search);
    let count = move || match search.found.with(Vec::len) {
        0 if query.with(|query| query.trim().is_empty()) => say("prepared-none"),
        0 => say("prepared-none-found"),
        count => say_with("prepared-count", &[("count", &count.to_string())]),
    };
    let back = button()
        .attr("type", "button")
        .class("button")
        .on(ev::click, move |_| close())
        .child(say("prepared-close"));
    div().class("question-text").child((
        h2().attr("id", "prepared").attr("tabindex", "-1").child(heading),
        form()
            .class("field")
            .on(ev::submit, on_submit)
            .child((label().attr("for", SEARCH).child(say("prepared-search")), field)),
        p().class("small").child(say("prepared-how")),
        p().class("small").attr("role", "status").child(count),
        options(search, choose),
        div().class("choices").child(back),
    ))
}

fn field(query: RwSignal<String>, search: Search) -> impl IntoView {
    let active = move || search.chosen().map(|message| option_id(&message));
    let on_key = move |event: KeyboardEvent| {
        let forward = match event.key().as_str() {
            "ArrowDown" => true,
            "ArrowUp" => false,
            _ => return,
        };
        event.prevent_default();
        search.step(forward);
    };
    input()
        .attr("id", SEARCH)
        .attr("type", "text")
        .attr("role", "combobox")
        .attr("aria-expanded", "true")
        .attr("aria-autocomplete", "list")
        .attr("aria-controls", LIST)
        .attr("aria-activedescendant", active)
        .attr("autocomplete", "off")
        .attr("autocapitalize", "none")
        .attr("autocorrect", "off")
        .attr("spellcheck", "false")
        .attr("writingsuggestions", "false")
        .attr("translate", "no")
        .on(ev::keydown, on_key)
        .on(ev::input, move |event| {
            search.active.set(0);
            query.set(event_target_value(&event));
        })
}

fn options(
    search: Search,
    choose: impl Fn(&CannedMessage) + Copy + Send + 'static,
) -> impl IntoView {
    let option = move |message: CannedMessage| {
        let id = option_id(&message);
        let is_active = {
            let id = id.clone();
            move || search.chosen().is_some_and(|active| option_id(&active) == id)
        };
        let (title, text) = (message.title.to_string(), message.text.to_string());
        li().attr("id", id)
            .attr("role", "option")
            .attr("aria-selected", move || if is_active() { "true" } else { "false" })
            .on(ev::click, move |_| choose(&message))
            .child((
                p().class("prepared-title").child(title),
                p().class("small").attr("dir", "auto").child(text),
            ))
    };
    Effect::new(move |_| {
        if let Some(message) = search.chosen() {
            request_animation_frame(move || keep_in_sight(&option_id(&message)));
        }
    });
    let each = rows(move || search.found.get(), |message| message.id.to_string(), option);
    ul().attr("id", LIST)
        .attr("role", "listbox")
        .attr("aria-label", say("prepared-open"))
        .attr("tabindex", "-1")
        .child(each)
}

fn option_id(message: &CannedMessage) -> String {
    format!("prepared-{}", &*message.id)
}

/// Scrolls the list as far as it takes to see all of an option, and no further.
fn keep_in_sight(id: &str) {
    let element = |id: &str| document().get_element_by_id(id)?.dyn_into::<HtmlElement>().ok();
    let (Some(list), Some(option)) = (element(LIST), element(id)) else { return };
    let top = option.offset_top() - list.offset_top();
    let bottom = top + option.offset_height();
    if top < list.scroll_top() {
        list.set_scroll_top(top);
    } else if bottom > list.scroll_top() + list.client_height() {
        list.set_scroll_top(bottom - list.client_height());
    }
}

/// The messages that hold every word of `query` in title or text, in the policy's order.
fn found(given: Option<Arc<Guidance>>, query: &str) -> Vec<CannedMessage> {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    let holds = |message: &&CannedMessage| {
        let (title, text) = (message.title.to_lowercase(), message.text.to_lowercase());
        words.iter().all(|word| title.contains(word.as_str()) || text.contains(word.as_str()))
    };
    let given = given.as_ref().map(|given| given.canned_messages.iter());
    given.into_iter().flatten().filter(holds).cloned().collect()
}

/// Puts a message into the box, with the keyboard on what is to be filled in first.
fn put(board: Board, seat: Seat, message: &CannedMessage) {
    let expected: Vec<String> = message.placeholders().map(str::to_owned).collect();
    if let Some(seated) = board.at(seat) {
        seated.chat.update(|chat| chat.expect(&expected));
    }
    if let (Some(start), Some(field)) = (put_into_box(seat, &message.text), message_box(seat)) {
        select_placeholder(&field, start, &expected);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stillroom_program::Checklist;

    fn given() -> Option<Arc<Guidance>> {
        let message = |id: &str, title: &str, text: &str| CannedMessage {
            id: id.try_into().unwrap(),
            title: title.try_into().unwrap(),
            text: text.try_into().unwrap(),
        };
        let messages = vec![
            message("safe", "Ask about safety", "Are you safe just now?"),
            message("end", "The end", "It is erased, Ärztin."),
        ];
        Some(Arc::new(Guidance {
            canned_messages: messages.try_into().unwrap(),
            guides: Default::default(),
            checklist: Checklist::default(),
            check_in: 15,
            offers: None,
            code_words: Default::default(),
            turned_away: Default::default(),
        }))
    }

    #[test]
    fn a_message_is_found_by_words_of_its_title_or_its_text_in_any_letters() {
        let ids = |query| {
            let found = found(given(), query);
            found.iter().map(|message| message.id.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(ids(""), ["safe", "end"]);
        assert_eq!(ids("SAFE now"), ["safe"]);
        assert_eq!(ids("ask just"), ["safe"], "one word in the title, one in the text");
        assert_eq!(ids("ärz"), ["end"]);
        assert_eq!(ids("nothing like it"), [""; 0]);
        assert!(super::found(None, "").is_empty());
    }
}
