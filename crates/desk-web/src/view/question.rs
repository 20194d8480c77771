//! The questions before a chat ends and before somebody goes off duty with open chats, which say what will
//! happen to the survivor (`features.md` 3.6, 4.1, 5.3).

use stillroom_conversation::{END_ASKED_MINUTES, EndStep, Silence};
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{button, div, h2, input, label, li, p, span, ul};
use stillroom_staff_web::draw::prelude::*;

use super::{handover, turn_away};
use crate::board::{Asked, Seat, Seated, chat_name};
use crate::chat::{Chat, Stage};
use crate::console::Console;
use crate::texts::{say, say_with};
use stillroom_staff_web::dialogue::{Frame, dialogue};

/// The question, there only while it is asked.
pub(super) fn question(console: Console) -> impl IntoView {
    let frame = Frame { class: "question", heading: "question", first: "question" };
    dialogue(console.board.asked, NodeRef::new(), frame, move |asked| match asked {
        Asked::End(seat) => {
            let chat = console.board.at(seat).map(|seated| seated.chat);
            if chat.is_some_and(|chat| chat.with_untracked(Chat::is_guest)) {
                leave(console, seat).into_any()
            } else {
                end(console, seat).into_any()
            }
        }
        Asked::TurnAway(seat) => turn_away::question(console, seat).into_any(),
        Asked::OffDuty => off_duty(console).into_any(),
    })
}

fn end(console: Console, seat: Seat) -> impl IntoView {
    let heading = say_with("desk-end-heading", &[("chat", &chat_name(seat))]);
    let end = answer(console, "button", "desk-end-and-erase", move || {
        console.end(seat);
    });
    let keep = answer(console, "button", "desk-keep-chatting", || {});
    let (means, ask) = ask_first(console, seat).unzip();
    let away = turn_away::offer(console, seat);
    let there = are_they_there(console, seat);
    div().class("question-text").child((
        self::heading(heading),
        p().child(say("desk-end-tell")),
        ul().child((li().child(say("desk-end-survivor")), li().child(say("desk-end-desk")))),
        means,
        div().class("choices").child((ask, there, end, away, keep)),
    ))
}

/// Asking whether they are there at all, or telling them when it closes; nothing where that was done, or nobody could
/// be asked.
fn are_they_there(console: Console, seat: Seat) -> Option<impl IntoView> {
    let chat = console.board.at(seat)?.chat;
    let text = chat.with_untracked(|chat| match (chat.stage(), chat.silence(), chat.end()) {
        (_, _, Some(EndStep::Asked { .. })) => None,
        (Stage::Open, None, _) => Some("desk-silence-ask"),
        (Stage::Open, Some((Silence::Asked, _)), _) => Some("desk-silence-warn"),
        _ => None,
    })?;
    Some(answer(console, "button", text, move || console.ask_silence(seat)))
}

/// A chat that a colleague leads goes on.
fn leave(console: Console, seat: Seat) -> impl IntoView {
    let heading = say_with("guest-leave-heading", &[("chat", &chat_name(seat))]);
    let leave = answer(console, "button", "guest-leave-now", move || console.end(seat));
    let stay = answer(console, "button button-main", "guest-stay", || {});
    div().class("question-text").child((
        self::heading(heading),
        p().child(say("guest-leave-about")),
        div().class("choices").child((leave, stay)),
    ))
}

/// What it means to ask the survivor first, and the button; nothing where nobody could be asked, or they are.
fn ask_first(console: Console, seat: Seat) -> Option<(impl IntoView, impl IntoView)> {
    let chat = console.board.at(seat)?.chat;
    let asked = |chat: &Chat| matches!(chat.end(), Some(EndStep::Asked { .. }));
    let could = chat.with_untracked(|chat| chat.stage() == Stage::Open && !asked(chat));
    could.then(|| {
        let count = END_ASKED_MINUTES.to_string();
        let with_way_back = RwSignal::new(false);
        let tick = input()
            .attr("type", "checkbox")
            .attr("autocomplete", "off")
            .on(ev::change, move |event| with_way_back.set(event_target_checked(&event)));
        let means = (
            p().child(say_with("desk-end-ask-means", &[("count", &count)])),
            label().class("choice").child((tick, span().child(say("way-back-give")))),
        );
        let ask = answer(console, "button button-main", "desk-end-ask", move || {
            console.ask_end(seat, with_way_back.get_untracked());
        });
        (means, ask)
    })
}

/// Nobody has to hand over; each survivor is asked where somebody wants to.
fn off_duty(console: Console) -> impl IntoView {
    let each = rows(
        move || console.board.seated.get(),
        |seated| (seated.seat, seated.number),
        move |seated| hand_over(console, seated),
    );
    let go = answer(console, "button", "off-duty-go", move || console.go_off_duty());
    let stay = answer(console, "button button-main", "off-duty-stay", || {});
    div().class("question-text").child((
        heading(say("off-duty-heading")),
        p().child(say("off-duty-about")),
        div().class("choices").child(each),
        div().class("choices").child((go, stay)),
    ))
}

/// Opens the form in that chat, while there is somebody to ask in it.
fn hand_over(console: Console, seated: Seated) -> impl IntoView {
    let Seated { seat, chat, .. } = seated;
    let leads = move |chat: &Chat| chat.stage() == Stage::Open && !chat.is_guest();
    let open = Memo::new(move |_| chat.with(leads));
    move || {
        open.get().then(|| {
            let text = say_with("off-duty-hand-over", &[("chat", &chat_name(seat))]);
            button()
                .attr("type", "button")
                .class("button button-small")
                .on(ev::click, move |_| {
                    console.board.asked.set(None);
                    handover::open_form(console, seat);
                })
                .child(text)
        })
    }
}

pub(super) fn heading(text: String) -> impl IntoView {
    h2().attr("id", "question").attr("tabindex", "-1").child(text)
}

/// A button that answers the question, and so closes it.
pub(super) fn answer(
    console: Console,
    class: &'static str,
    text: &'static str,
    act: impl Fn() + Send + 'static,
) -> impl IntoView {
    let answer = move |_| {
        console.board.asked.set(None);
        act();
    };
    button().attr("type", "button").class(class).on(ev::click, answer).child(say(text))
}
