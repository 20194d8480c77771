//! One chat: who is in it, what was said, where to write, and its end (`features.md` 3.3, 3.9, 4.1).

use stillroom_conversation::Participant;
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{bdi, button, div, h2, li, p, section, span, ul};
use stillroom_staff_web::draw::prelude::*;

use super::{
    beforehand, check_in, checklist, code_words, composer, ending, handover, joining, lists, live,
    log, panel_id, prevent, silence,
};
use crate::board::{Asked, Board, Seat, Seated, chat_name};
use crate::chat::{Chat, Stage};
use crate::console::Console;
use crate::focus;
use crate::texts::say;
use crate::words;

/// A chat's panel.
pub(super) fn panel(console: Console, seated: Seated) -> impl IntoView {
    let board = console.board;
    let seat = seated.seat;
    let stage = {
        let chat = seated.chat.clone();
        Memo::new(move |_| chat.with(Chat::stage))
    };
    let over = Memo::new(move |_| matches!(stage.get(), Stage::Ended(_) | Stage::Lost));
    let current = move || {
        if board.current.get() == Some(seat) { "yes" } else { "no" }
    };
    let inside = {
        let seated = seated.clone();
        move || {
            if over.get() {
                what_is_left(board, seat, stage.get()).into_any()
            } else if seated.chat.with_untracked(Chat::is_guest) {
                as_guest(console, seated.clone()).into_any()
            } else {
                talk(console, seated.clone()).into_any()
            }
        }
    };
    section()
        .class("panel")
        .id(panel_id(seat))
        .attr("tabindex", "-1")
        .attr("aria-label", chat_name(seat))
        .attr("data-current", current)
        .on(ev::focusin, move |_| board.current.set(Some(seat)))
        .on(ev::copy, |event| prevent(&event))
        .on(ev::cut, |event| prevent(&event))
        .on(ev::dragstart, |event| prevent(&event))
        .on(ev::contextmenu, |event| prevent(&event))
        .child((head(board, seated, over), inside))
}

fn head(board: Board, seated: Seated, over: Memo<bool>) -> impl IntoView {
    let Seated { seat, chat, .. } = seated;
    let is_guest = chat.with_untracked(Chat::is_guest);
    let end = move || {
        (!over.get()).then(|| {
            button()
                .attr("type", "button")
                .class("button button-small")
                .on(ev::click, move |_| board.asked.set(Some(Asked::End(seat))))
                .child(say(if is_guest { "guest-leave" } else { "desk-end-chat" }))
        })
    };
    let marks = div()
        .class("panel-marks")
        .child((h2().child(chat_name(seat)), lists::marks(board, chat.clone())));
    let title = div().class("panel-title").child((marks, end));
    div().class("panel-head").child((title, move || (!over.get()).then(|| roster(chat.clone()))))
}

fn roster(chat: ArcRwSignal<Chat>) -> impl IntoView {
    let roster = Memo::new(move |_| chat.with(|chat| chat.roster().to_vec()));
    let people = move || {
        roster.with(|people| {
            if people.is_empty() {
                li().class("gone").child(say("desk-roster-nobody")).into_any()
            } else {
                people.iter().map(person).collect_view().into_any()
            }
        })
    };
    ul().class("roster").attr("role", "list").attr("aria-label", say("desk-roster")).child(people)
}

fn person(person: &Participant) -> impl IntoView + use<> {
    let role = say(words::role(person.role));
    let (who, role) =
        if person.name.is_empty() { (role, None) } else { (person.name.clone(), Some(role)) };
    let gone = !person.here && !person.me;
    let rest = [role, person.me.then(|| say("desk-me")), gone.then(|| say("connection-lost"))];
    let rest = rest
        .into_iter()
        .flatten()
        .map(|word| (" ", span().class("role").child(word)))
        .collect_view();
    let name = bdi().class("who").child(who);
    li().class(if gone { "gone" } else { "here" }).child((name, rest))
}

/// What is in a chat that a colleague leads: what was written since this desk joined it, and where to write.
fn as_guest(console: Console, seated: Seated) -> impl IntoView {
    let about = seated.chat.with_untracked(|chat| chat.entered().map(words::guest));
    (
        about.map(|about| p().class("notice").child(say(about))),
        log::log(console.board, seated.clone()),
        composer::composer(console, seated),
    )
}

fn talk(console: Console, seated: Seated) -> impl IntoView {
    let (handover, now) = handover::handover(console, seated.clone());
    (
        beforehand::beforehand(seated.clone()),
        handover::note(seated.clone()),
        checklist::checklist(console.board, seated.clone()),
        log::log(console.board, seated.clone()),
        live::live(console, seated.clone()),
        handover,
        joining::joining(console, seated.clone(), now),
        code_words::code_words(console, seated.clone()),
        ending::ending(console, seated.clone()),
        silence::silence(console, seated.clone()),
        check_in::check_in(console.board, seated.clone()),
        composer::composer(console, seated),
    )
}

/// What is shown in place of a conversation that is over.
fn what_is_left(board: Board, seat: Seat, stage: Stage) -> impl IntoView {
    let text = match stage {
        Stage::Ended(ending) => words::ending(ending),
        Stage::Lost | Stage::Joining | Stage::Open => "chat-lost",
    };
    let put_away = move |_| {
        board.put_away(seat);
        focus::move_if_dropped("take-next".into());
    };
    let button = button()
        .attr("type", "button")
        .class("button")
        .on(ev::click, put_away)
        .child(say("put-away"));
    div().class("over").child((p().child(say(text)), button))
}
