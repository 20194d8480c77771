//! Where a message is written (`features.md` 3.2, 3.9, 3.10): no spell-check service, no filling in, no
//! translation sees it, and what was sent is not left in the field.

use stillroom_conversation::WriteError;
use stillroom_protocol::limits::MESSAGE_CHARACTERS;
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{Textarea, button, div, label, p};
use stillroom_staff_web::draw::prelude::*;
use web_sys::{HtmlTextAreaElement, KeyboardEvent, SubmitEvent};
use zeroize::Zeroizing;

use super::hints::{Seen, hints};
use super::{message_id, quiet_field, select_placeholder};
use crate::board::{Seat, Seated};
use crate::chat::{Chat, Stage};
use crate::console::Console;
use crate::placeholders::{self, left as left_to_fill};
use crate::texts::{say, say_with};
use crate::words;

/// From this many characters left on it is told how many: about a paragraph.
const TELL_FROM: usize = 400;

/// The code of a key that an input method is still using, where `isComposing` is not told (Safari).
const COMPOSING: u32 = 229;

/// Whether a key is an input method's: an Enter that picks a word sends nothing.
pub(super) fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == COMPOSING
}

/// The field and its button.
pub(super) fn composer(console: Console, seated: Seated) -> impl IntoView {
    let seen = Seen::new(console.board, &seated);
    let Seated { seat, chat, .. } = seated;
    let field = NodeRef::<Textarea>::new();
    let written = RwSignal::new(0_usize);
    let refused = RwSignal::new(None::<NotSent>);
    let to_fill = RwSignal::new(None::<String>);
    let sending = chat.clone();
    let send = move || {
        if let Some(field) = field.get_untracked() {
            refused.set(self::send(console, seat, &sending, &field).err());
            let left = text(&field);
            written.set(left.chars().count());
            seen.typed(&left);
            sending.with_untracked(|chat| tell_to_fill(to_fill, &left, chat));
        }
    };
    put_back(field, chat.clone(), written, seen);
    let send_by_button = send.clone();
    let mut look_again = seen.after_a_pause(move || Some(text(&field.get_untracked()?)));
    let drafted = chat.clone();
    let filling = chat.clone();
    let joining = Memo::new(move |_| chat.with(Chat::stage) == Stage::Joining);
    let said = move || match refused.get() {
        Some(NotSent::Refused(error)) => say(words::write_error(error)),
        Some(NotSent::Unfilled(what)) => say_with("fill-in-first", &[("what", &what)]),
        None if joining.get() => say("desk-joining"),
        None => {
            to_fill.get().map_or_else(String::new, |what| say_with("fill-in", &[("what", &what)]))
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let composing = is_composing(&event);
        match event.key().as_str() {
            "Enter" if !event.shift_key() && !composing => send(),
            "Tab" if !is_held(&event) && !composing && goes_on(field, &filling) => {}
            _ => return,
        }
        event.prevent_default();
    };
    let on_input = move |_| {
        refused.set(None);
        if let Some(field) = field.get_untracked() {
            let text = text(&field);
            written.set(text.chars().count());
            seen.typed(&text);
            drafted.with_untracked(|chat| tell_to_fill(to_fill, &text, chat));
            if drafted.with_untracked(Chat::shows_drafts) {
                console.draft(seat, &text);
            }
        }
        look_again();
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        send_by_button();
    };
    let row = div().class("composer-row").child((
        quiet_field(message_id(seat))
            .attr("enterkeyhint", "send")
            .node_ref(field)
            .on(ev::keydown, on_key)
            .on(ev::input, on_input),
        button().attr("type", "submit").class("button button-main").child(say("desk-send")),
    ));
    let form = super::form().class("composer").on(ev::submit, on_submit);
    (
        hints(seat, seen),
        p().class("said").attr("role", "status").child(said),
        form.child((
            div().class("composer-head").child((
                label().attr("for", message_id(seat)).child(say("desk-message")),
                at_hand(console, seat),
            )),
            row,
            p().class("left").attr("role", "status").child(move || left(written.get())),
        )),
    )
}

/// What was in the field when the desk was locked is in it again.
fn put_back(
    field: NodeRef<Textarea>,
    chat: ArcRwSignal<Chat>,
    written: RwSignal<usize>,
    seen: Seen,
) {
    Effect::new(move |_| {
        let Some(field) = field.get() else { return };
        if let Some(draft) = chat.try_update_untracked(Chat::take_draft)
            && !draft.is_empty()
        {
            field.set_value(&draft);
            written.set(draft.chars().count());
            seen.typed(&draft);
        }
    });
}

/// What is at hand for writing.
fn at_hand(console: Console, seat: Seat) -> impl IntoView {
    let button =
        |text| button().attr("type", "button").class("button button-small").child(say(text));
    div().class("at-hand").child((
        button("prepared-open").on(ev::click, move |_| console.choose_prepared(seat)),
        button("guides-open").on(ev::click, move |_| console.open_guides()),
    ))
}

/// Why what is in the field was not sent.
#[derive(Clone, PartialEq, Eq)]
enum NotSent {
    /// The core says so.
    Refused(WriteError),
    /// This is still to be filled in.
    Unfilled(String),
}

/// Sends what is in the field and empties it; where it could not be sent it stays.
fn send(
    console: Console,
    seat: Seat,
    chat: &ArcRwSignal<Chat>,
    field: &HtmlTextAreaElement,
) -> Result<(), NotSent> {
    let text = text(field);
    let expected = chat.with_untracked(|chat| chat.expected().to_vec());
    if let Some(unfilled) = left_to_fill(&text, &expected) {
        select_placeholder(field, 0, &expected);
        return Err(NotSent::Unfilled(placeholders::inside(unfilled).into()));
    }
    match console.write(seat, &text) {
        Ok(()) => {
            field.set_value("");
            if !expected.is_empty() {
                chat.update(Chat::expect_nothing);
            }
            Ok(())
        }
        // The count beside the field says it already.
        Err(WriteError::TooLong) => Ok(()),
        Err(error) => Err(NotSent::Refused(error)),
    }
}

/// Says what is to be filled in next, where that is another thing than before.
fn tell_to_fill(told: RwSignal<Option<String>>, text: &str, chat: &Chat) {
    let next =
        left_to_fill(text, chat.expected()).map(|next| placeholders::inside(next).to_owned());
    if told.with_untracked(|told| *told != next) {
        told.set(next);
    }
}

/// Whether a key is held that makes another one of the key beside it.
fn is_held(event: &KeyboardEvent) -> bool {
    event.shift_key() || event.ctrl_key() || event.alt_key() || event.meta_key()
}

/// Whether there was another placeholder after the caret, which is selected now.
fn goes_on(field: NodeRef<Textarea>, chat: &ArcRwSignal<Chat>) -> bool {
    let Some(field) = field.get_untracked() else { return false };
    let from = field.selection_end().ok().flatten().unwrap_or_default();
    chat.with_untracked(|chat| select_placeholder(&field, from, chat.expected()))
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
