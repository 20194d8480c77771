//! Ending a chat and turning the survivor away, after one question that says what it does and what it does not; and
//! the note beside whoever comes from the same address (`features.md` 6.6).

use stillroom_conversation::{TurnedAway, TurnedAwayBefore};
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{blockquote, button, div, li, p, span, ul};
use stillroom_staff_web::draw::prelude::*;

use super::question::{answer, heading};
use crate::board::{Asked, Board, Seat, chat_name};
use crate::chat::{Chat, Stage};
use crate::console::Console;
use crate::focus;
use crate::moments;
use crate::texts::{say, say_with};
use crate::words;

/// The way to the question, from the one whether the chat is to end; nothing where there is nobody to turn away.
pub(super) fn offer(console: Console, seat: Seat) -> Option<impl IntoView> {
    let chat = console.board.at(seat)?.chat;
    let leads = |chat: &Chat| chat.stage() == Stage::Open && !chat.is_guest();
    chat.with_untracked(leads).then(|| {
        button()
            .attr("type", "button")
            .class("button")
            .on(ev::click, move |_| {
                console.board.asked.set(Some(Asked::TurnAway(seat)));
                focus::move_to("question".into());
            })
            .child(say("turn-away"))
    })
}

/// The question. Each answer that turns away says why, in the word that colleagues see.
pub(super) fn question(console: Console, seat: Seat) -> impl IntoView {
    let why = TurnedAway::ALL.map(|why| {
        let text = match why {
            TurnedAway::Prank => "turn-away-prank",
            TurnedAway::Abusive => "turn-away-abusive",
            TurnedAway::Threatening => "turn-away-threatening",
        };
        answer(console, "button", text, move || console.turn_away(seat, why))
    });
    let keep = answer(console, "button button-main", "desk-keep-chatting", || {});
    let means = ["turn-away-them", "turn-away-colleagues", "turn-away-not"];
    div().class("question-text").child((
        heading(say_with("turn-away-heading", &[("chat", &chat_name(seat))])),
        ul().child(means.map(|text| li().child(say(text))).collect_view()),
        said(console.board),
        p().child(say("turn-away-why")),
        div().class("choices").child((why.into_iter().collect_view(), keep)),
    ))
}

/// What the program says to them before the end, where it says something.
fn said(board: Board) -> Option<impl IntoView> {
    let text = board.guidance.with_untracked(|given| Some(given.as_ref()?.turned_away.to_string()));
    text.filter(|text| !text.is_empty()).map(|text| {
        (p().child(say("turn-away-says")), blockquote().attr("dir", "auto").child(text))
    })
}

/// That somebody from the same address was turned away.
pub(super) fn note(board: Board, before: TurnedAwayBefore) -> impl IntoView {
    let said = move || {
        let (text, count) = moments::ago(before.at, board.now.get());
        let when = say_with(text, &[("count", &count.to_string())]);
        let why = say(words::turned_away(before.why));
        say_with("turned-away-note", &[("when", &when), ("why", &why)])
    };
    span().class("turned-away").child(said)
}
