//! What stands before the desk: enrolling this device, or opening it (`features.md` 5.1).

use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{Input, div, h2, input, label, p, span};
use stillroom_staff_web::draw::prelude::*;
use stillroom_staff_web::lock::Opened;
use stillroom_staff_web::view::{
    HEADING, field, form, page, passkey, put_focus, submit, told, unlock, value, wrong,
};
use wasm_bindgen_futures::spawn_local;
use web_sys::SubmitEvent;

use super::practice::practice;
use super::top;
use crate::console::Console;
use crate::gate::{Gate, Screen};
use crate::passkey::is_possible;
use crate::passphrase::{Judge, Strength};
use crate::texts::{program, say, say_with};

/// Whatever screen it is.
pub(crate) fn gate(gate: Gate) -> impl IntoView {
    // Leaving while an administrator is waited for would use the invitation up for nothing.
    ev::on_window(ev::beforeunload, move |event| {
        if gate.is_joining() {
            event.prevent_default();
            event.set_return_value("true");
        }
    });
    move || match gate.screen.get() {
        Screen::NotEnrolled => {
            let content = (p().child(say("not-enrolled")), practice());
            page("not-enrolled-heading", HEADING, content).into_any()
        }
        Screen::NotWhole => notice("join-not-whole-heading", "join-not-whole").into_any(),
        Screen::Join => page("join-heading", HEADING, (join(gate), practice())).into_any(),
        Screen::JoinWaiting => page("join-waiting-heading", HEADING, waiting(gate)).into_any(),
        Screen::JoinRefused(text) => notice("join-refused-heading", text).into_any(),
        Screen::Unlock => unlock(gate.lock, practice(), move |opened: Opened| {
            gate.enter(opened.device, Some(opened.wrapped));
        }),
        Screen::Desk(console) => open(gate, console).into_any(),
    }
}

/// The desk, or while it is locked nothing of it.
fn open(gate: Gate, console: Console) -> impl IntoView {
    move || {
        if console.board.locked.get() {
            locked(gate, console).into_any()
        } else {
            super::desk(console).into_any()
        }
    }
}

/// A locked desk says nothing of what is going on behind it.
fn locked(gate: Gate, console: Console) -> impl IntoView {
    top::warn_before_leaving(console);
    let practice = p().child(say("locked-practice"));
    let more = p().class("small").child(say("locked-long"));
    let about = p().child(say("locked-about"));
    stillroom_staff_web::view::locked(gate.lock, about, practice, more, move || console.unlock())
}

/// A page that has one thing to say.
fn notice(heading: &'static str, text: &'static str) -> impl IntoView {
    page(heading, HEADING, p().child(say(text)))
}

fn join(gate: Gate) -> impl IntoView {
    let first = NodeRef::<Input>::new();
    let again = NodeRef::<Input>::new();
    let shown = RwSignal::new(false);
    let strength = RwSignal::new(Strength::None);
    let judge = RwSignal::new_local(Judge::Awaited);
    let look = move || {
        let passphrase = value(first);
        judge.with_untracked(|judge| Strength::of(&passphrase, &program(), judge))
    };
    spawn_local(async move {
        let loaded = Judge::load().await;
        // Whoever was faster is on the next screen, and the fields of this one are gone.
        if !judge.is_disposed() {
            judge.set(loaded);
            strength.set(look());
        }
    });
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let passphrase = value(first);
        if !look().will_do() {
            put_focus(first);
        } else if *passphrase == *value(again) {
            gate.choose(passphrase);
        } else {
            gate.lock.wrong.set(Some("passphrase-differs"));
            put_focus(again);
        }
    };
    let on_input = move |_| {
        gate.lock.wrong.set(None);
        strength.set(look());
    };
    let show = label().class("choice").child((
        input()
            .attr("type", "checkbox")
            .on(ev::change, move |event| shown.set(event_target_checked(&event))),
        span().child(say("passphrase-show")),
    ));
    let strength = told("strength", move || strength.with(told_strength));
    let form = form().class("gate-form").on(ev::submit, on_submit);
    (
        p().child(say("join-about")),
        p().child(say("join-device")),
        is_possible().then(|| join_with_passkey(gate)),
        form.on(ev::input, on_input).child((
            h2().child(say(if is_possible() {
                "join-passphrase-or"
            } else {
                "join-passphrase-heading"
            })),
            p().child(say("join-passphrase-about")),
            p().child(say("join-passphrase-advice")),
            div().class("field").child((field("passphrase", shown, first), strength)),
            field("passphrase-again", shown, again),
            show,
            wrong(gate.lock, "join-making"),
            submit(gate.lock, "join-make"),
        )),
    )
}

/// What has nothing to remember stands first.
fn join_with_passkey(gate: Gate) -> impl IntoView {
    let text = move || {
        if gate.confirms.get() {
            say("join-passkey-confirm-about")
        } else {
            say("join-passkey-about")
        }
    };
    let name = move || {
        if gate.confirms.get() { say("join-passkey-confirm") } else { say("join-passkey-make") }
    };
    div().class("gate-form").child((
        h2().child(say("join-passkey-heading")),
        p().attr("role", "status").child(text),
        passkey(gate.lock, name, move || gate.choose_passkey()),
    ))
}

fn told_strength(strength: &Strength) -> String {
    match strength {
        Strength::None => say("passphrase-none"),
        Strength::Short(missing) => {
            say_with("passphrase-short", &[("count", &missing.to_string())])
        }
        Strength::Unjudged { awaited: true } => say("passphrase-awaited"),
        Strength::Unjudged { awaited: false } => say("passphrase-unjudged"),
        Strength::Judged { texts, .. } => {
            texts.iter().map(|text| say(text)).collect::<Vec<_>>().join(" ")
        }
    }
}

fn waiting(gate: Gate) -> impl IntoView {
    let line = move || {
        if gate.line_up.get() { String::new() } else { say("join-line-down") }
    };
    (
        p().attr("role", "status").child(say("join-waiting")),
        p().child(say("join-waiting-leave")),
        p().child(say("join-keep")),
        told("strength", line),
    )
}
