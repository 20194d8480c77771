//! What a survivor said before the chat, and the reminder to ask about their safety (`features.md` 2.1, 5.2).
//!
//! What they said is theirs to say: nothing of it was checked.

use stillroom_conversation::Beforehand;
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{button, div, p, span};
use stillroom_staff_web::draw::prelude::*;

use super::message_id;
use crate::board::{Seat, Seated};
use crate::chat::Chat;
use crate::focus;
use crate::language;
use crate::texts::{say, say_with};
use crate::words;

/// In a few words, in the line. In a chat what they wish now stands among its marks.
pub(super) fn waiting_facts(said: &Beforehand) -> impl IntoView + use<> {
    let interpreter = said.interpreter.then(|| span().child(say("waiting-interpreter")));
    (facts(said), interpreter)
}

/// The same at the head of a chat, but for what may have changed since.
fn facts(said: &Beforehand) -> impl IntoView + use<> {
    let again = words::again(said.again).map(|text| mark(say(text)));
    let comes_back = words::comes_back(said.comes_back).map(|text| mark(say(text)));
    let language = (!said.language.is_empty()).then(|| {
        let name = language::name(&said.language);
        span().child(say_with("waiting-language", &[("language", &name)]))
    });
    let safety = words::safety(said.safety).map(|text| span().child(say(text)));
    let code_word = said.code_word.then(|| span().child(say("waiting-code-word")));
    (again, comes_back, language, safety, code_word)
}

fn mark(text: String) -> impl IntoView {
    span().class("mark mark-warm").child(text)
}

/// At the head of a chat: the facts, and until it is put away, what to ask.
pub(super) fn beforehand(seated: Seated) -> impl IntoView {
    let Seated { seat, chat, .. } = seated;
    let said = Memo::new({
        let chat = chat.clone();
        move |_| chat.with(|chat| chat.beforehand().cloned())
    });
    let facts = move || said.get().map(|said| div().class("facts").child(facts(&said)));
    let reminds = Memo::new({
        let chat = chat.clone();
        move |_| chat.with(Chat::reminds)
    });
    let reminder = move || {
        let safety = reminds.get().then(|| said.get()).flatten().map(|said| said.safety)?;
        Some(reminder(seat, chat.clone(), say(words::reminder(safety))))
    };
    (facts, reminder)
}

fn reminder(seat: Seat, chat: ArcRwSignal<Chat>, text: String) -> impl IntoView {
    let put_away = move |_| {
        chat.update(Chat::put_reminder_away);
        focus::move_if_dropped(message_id(seat));
    };
    let button = button()
        .attr("type", "button")
        .class("button button-small")
        .on(ev::click, put_away)
        .child(say("reminder-done"));
    div().class("reminder").child((p().child(text), button))
}
