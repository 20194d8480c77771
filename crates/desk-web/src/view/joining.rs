//! A third person: asking the survivor whether a colleague may join, and a colleague's call into their chat
//! (`features.md` 3.3, 3.5, 5.4).
//!
//! Whoever is there stands in the chat's head; what can be done about it stands in one place below the log. Every
//! step is said in words.

use stillroom_conversation::{Call, Colleague, Company, JoinsAs, Role};
use stillroom_protocol::StaffId;
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{button, details, div, h2, p, section, summary};
use stillroom_staff_web::draw::prelude::*;

use super::asked::asked;
use super::message_id;
use crate::board::{Seat, Seated};
use crate::chat::{Chat, Stage};
use crate::console::Console;
use crate::focus;
use crate::texts::{say, say_with};
use crate::words;

/// The id of the list of calls.
const CALLS: &str = "calls";

/// How far it has come, what can be done about who is there, `more` before it, and whom the survivor can be asked about.
pub(super) fn joining(console: Console, seated: Seated, more: impl IntoView) -> impl IntoView {
    let Seated { seat, chat, .. } = seated;
    let open = {
        let chat = chat.clone();
        Memo::new(move |_| chat.with(Chat::stage) == Stage::Open)
    };
    let wanted = {
        let chat = chat.clone();
        Memo::new(move |_| chat.with(Chat::wants_interpreter))
    };
    let company = Memo::new(move |_| chat.with(|chat| chat.company().clone()));
    let is_there = move || company.with(|company| *company != Company::Nobody);
    let told = move || {
        let (text, who) = company.with(words::company)?;
        let role = say(words::role(who.role));
        Some(say_with(text, &[("name", &who.name), ("role", &role)]))
    };
    let is_asked =
        move || company.with(|one| matches!(one, Company::Asked(_) | Company::Awaited(_)));
    let told = asked(seat, is_asked, told, "joining-back", move || console.put_out(seat));
    let put_out = move || {
        company.with(|company| matches!(company, Company::Here(_))).then(|| {
            let press = button().attr("type", "button").class("button button-small").on(
                ev::click,
                move |_| {
                    console.put_out(seat);
                    focus::move_if_dropped(message_id(seat));
                },
            );
            press.child(say("joining-put-out"))
        })
    };
    let pressed = div().class("offers choices").child((more, put_out));
    let asking = details()
        .class("offers")
        .attr("id", whom_id(seat))
        .attr("hidden", move || (is_there() || !open.get()).then_some(""))
        .child((summary().child(say("joining-ask")), whom(console, seat)));
    let waits = move || wanted.get() && open.get() && !is_there();
    (move || waits().then(|| at_hand(seat)), told, pressed, asking)
}

/// They wish for an interpreter: whom to ask about is one press away.
fn at_hand(seat: Seat) -> impl IntoView {
    let open = move |_| {
        if let Some(details) = document().get_element_by_id(&whom_id(seat)) {
            let _ = details.set_attribute("open", "");
        }
        focus::move_to(about_id(seat));
    };
    let open = button()
        .attr("type", "button")
        .class("button button-small")
        .on(ev::click, open)
        .child(say("interpreter-whom"));
    div().class("reminder").child((p().child(say("interpreter-wanted")), open))
}

fn whom_id(seat: Seat) -> String {
    format!("whom-{seat}")
}

/// What is read first of it: nobody may be there who could be asked.
fn about_id(seat: Seat) -> String {
    format!("whom-about-{seat}")
}

/// Each colleague on duty who can join, once for each right that they have for it.
fn whom(console: Console, seat: Seat) -> impl IntoView {
    let on = console.board.colleagues.on;
    let fit = move || {
        let each = |one: &Colleague| {
            let (id, roles) = (one.id, one.roles);
            let all = [JoinsAs::Interpreter, JoinsAs::Supervisor].into_iter();
            all.filter(move |joins_as| joins_as.is_for(roles))
                .map(move |joins_as| (id, joins_as, joins_as.role(roles)))
        };
        let can = |one: &&Colleague| !one.on_break && !one.locked;
        on.with(|on| on.iter().filter(can).flat_map(each).collect::<Vec<_>>())
    };
    let nobody = move || fit().is_empty().then(|| p().child(say("joining-nobody")));
    let each = rows(
        fit,
        |(id, joins_as, _)| (*id, *joins_as as u8),
        move |(id, joins_as, role)| one(console, seat, id, (joins_as, role)),
    );
    div().class("hand-over").child((
        p().attr("id", about_id(seat)).attr("tabindex", "-1").child(say("joining-about")),
        div().class("choices").child(each),
        nobody,
    ))
}

fn one(
    console: Console,
    seat: Seat,
    id: StaffId,
    (joins_as, role): (JoinsAs, Role),
) -> impl IntoView {
    let name = console.board.colleagues.name(id).unwrap_or_default();
    let role = say(words::role(role));
    button()
        .attr("type", "button")
        .class("button button-small")
        .on(ev::click, move |_| {
            console.ask_joining(seat, id, joins_as);
            focus::move_if_dropped(message_id(seat));
        })
        .child(say_with("joining-ask-about", &[("name", &name), ("role", &role)]))
}

/// Who calls this desk into a chat of theirs. The region is there before, so that it is read when filled.
pub(super) fn calls(console: Console) -> impl IntoView {
    let calls = console.board.calls;
    let heading = move || {
        calls
            .with(|calls| !calls.is_empty())
            .then(|| h2().attr("id", CALLS).attr("tabindex", "-1").child(say("calls-heading")))
    };
    let each = rows(
        move || calls.get(),
        |call| (call.from, call.number, call.coming),
        move |call| called(console, call),
    );
    section().class("calls").child((heading, div().attr("role", "status").child(each)))
}

fn called(console: Console, call: Call) -> impl IntoView {
    let Call { from, name, number, joins_as, role, coming } = call;
    let role = say(words::role(role));
    let told = words::call(joins_as, coming);
    let told = say_with(told, &[("name", name.as_str()), ("role", &role)]);
    let answer = move |comes: bool, class: &'static str, text: &'static str| {
        let name = name.clone();
        button()
            .attr("type", "button")
            .class(class)
            .on(ev::click, move |_| {
                console.answer_call(from, number, comes);
                focus::move_if_dropped(CALLS.into());
            })
            .child(say_with(text, &[("name", name.as_str())]))
    };
    let come = (!coming).then(|| answer(true, "button button-main", "call-come"));
    let cannot = answer(false, "button", "call-cannot");
    div().class("waiter").child((p().child(told), div().class("choices").child((come, cannot))))
}
