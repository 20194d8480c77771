//! Where a message is written (`features.md` 3.9, 3.10): no spell-check service, no filling in, no
//! translation sees it, and what was sent is not left in the field.

use leptos::ev;
use leptos::html::{Textarea, button, div, form, label, p, textarea};
use leptos::prelude::*;
use stillroom_conversation::WriteError;
use stillroom_protocol::limits::MESSAGE_CHARACTERS;
use web_sys::{HtmlTextAreaElement, KeyboardEvent, SubmitEvent};
use zeroize::Zeroizing;

use super::hints::{Seen, hints};
use super::message_id;
use crate::board::{Seat, Seated};
use crate::chat::{Chat, Stage};
use crate::console::Console;
use crate::texts::{say, say_with};
use crate::words;

/// From this many characters left on it is told how many: about a paragraph.
const TELL_FROM: usize = 400;

/// The code of a key that an input method is still using, where `isComposing` is not told (Safari).
const COMPOSING: u32 = 229;

/// The field and its button.
pub(super) fn composer(console: Console, seated: Seated) -> impl IntoView {
    let seen = Seen::new(console.board, &seated);
    let Seated { seat, chat, .. } = seated;
    let field = NodeRef::<Textarea>::new();
    let written = RwSignal::new(0_usize);
    let refused = RwSignal::new(None::<WriteError>);
    let send = move || {
        if let Some(field) = field.get_untracked() {
            refused.set(self::send(console, seat, &field).err());
            let left = text(&field);
            written.set(left.chars().count());
            seen.typed(&left);
        }
    };
    let mut look_again = seen.after_a_pause(move || Some(text(&field.get_untracked()?)));
    let drafted = chat.clone();
    let joining = Memo::new(move |_| chat.with(Chat::stage) == Stage::Joining);
    let said = move || match refused.get() {
        Some(error) => say(words::write_error(error)),
        None if joining.get() => say("desk-joining"),
        None => String::new(),
    };
    let on_key = move |event: KeyboardEvent| {
        let composing = event.is_composing() || event.key_code() == COMPOSING;
        if event.key() == "Enter" && !event.shift_key() && !composing {
            event.prevent_default();
            send();
        }
    };
    let on_input = move |_| {
        refused.set(None);
        if let Some(field) = field.get_untracked() {
            let text = text(&field);
            written.set(text.chars().count());
            seen.typed(&text);
            if drafted.with_untracked(Chat::shows_drafts) {
                console.draft(seat, &text);
            }
        }
        look_again(());
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        send();
    };
    let row = div().class("composer-row").child((
        quiet_field(seat).node_ref(field).on(ev::keydown, on_key).on(ev::input, on_input),
        button().attr("type", "submit").class("button button-main").child(say("desk-send")),
    ));
    let form = form().class("composer").attr("action", "/search").attr("autocomplete", "off").on(ev::submit, on_submit);
    (
        hints(seat, seen),
        p().class("said").attr("role", "status").child(said),
        form.child((
            label().attr("for", message_id(seat)).child(say("desk-message")),
            row,
            p().class("left").attr("role", "status").child(move || left(written.get())),
        )),
    )
}

/// A field that the browser and its helpers leave alone.
fn quiet_field(
    seat: Seat,
) -> leptos::html::HtmlElement<Textarea, impl leptos::attr::Attribute, ()> {
    textarea()
        .attr("id", message_id(seat))
        .attr("rows", "2")
        .attr("dir", "auto")
        .attr("enterkeyhint", "send")
        .attr("autocomplete", "off")
        .attr("autocorrect", "off")
        .attr("autocapitalize", "sentences")
        .attr("spellcheck", "false")
        .attr("writingsuggestions", "false")
        .attr("translate", "no")
        .attr("data-gramm", "false")
        .attr("data-lt-active", "false")
}

/// Sends what is in the field and empties it; where it could not be sent it stays.
fn send(console: Console, seat: Seat, field: &HtmlTextAreaElement) -> Result<(), WriteError> {
    let text = text(field);
    match console.write(seat, &text) {
        Ok(()) => {
            field.set_value("");
            Ok(())
        }
        // The count beside the field says it already.
        Err(WriteError::TooLong) => Ok(()),
        Err(error) => Err(error),
    }
}

fn text(field: &HtmlTextAreaElement) -> Zeroizing<String> {
    Zeroizing::new(field.value())
}

/// How many characters are left, once it matters.
fn left(written: usize) -> String {
    match MESSAGE_CHARACTERS.checked_sub(written) {
        Some(left) if left > TELL_FROM => String::new(),
        Some(left) => say_with("desk-characters-left", &[("count", &left.to_string())]),
        None => {
            let over = (written - MESSAGE_CHARACTERS).to_string();
            say_with("desk-characters-over", &[("count", &over)])
        }
    }
}
