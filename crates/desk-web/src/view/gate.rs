//! What stands before the desk: enrolling this device, or opening it (`features.md` 5.1).

use leptos::ev;
use leptos::html::{
    Input, bdi, button, details, div, h1, h2, input, label, main, p, span, summary,
};
use leptos::prelude::*;
use web_sys::SubmitEvent;
use zeroize::Zeroizing;

use super::practice::practice;
use super::{form, top};
use crate::console::Console;
use crate::gate::{Asking, Gate, Key, Screen};
use crate::passkey::is_possible;
use crate::passphrase::Strength;
use crate::texts::{program, say, say_with};

/// Whatever screen it is.
pub(crate) fn gate(gate: Gate) -> impl IntoView {
    // Leaving while an administrator is waited for would use the invitation up for nothing.
    let listener = window_event_listener(ev::beforeunload, move |event| {
        if gate.is_joining() {
            event.prevent_default();
            event.set_return_value("true");
        }
    });
    on_cleanup(move || listener.remove());
    move || match gate.screen.get() {
        Screen::NotEnrolled => {
            let content = (p().child(say("not-enrolled")), practice());
            page("not-enrolled-heading", HEADING, content).into_any()
        }
        Screen::NotWhole => notice("join-not-whole-heading", "join-not-whole").into_any(),
        Screen::Join => page("join-heading", HEADING, (join(gate), practice())).into_any(),
        Screen::JoinWaiting => page("join-waiting-heading", HEADING, waiting(gate)).into_any(),
        Screen::JoinRefused(text) => notice("join-refused-heading", text).into_any(),
        Screen::Unlock => match Gate::key_kept() {
            Key::Passkey => {
                let content = (unlock_with_passkey(gate), practice());
                page("unlock-heading", PASSKEY, content).into_any()
            }
            Key::Passphrase | Key::None => {
                page("unlock-heading", "passphrase", (unlock(gate), practice())).into_any()
            }
        },
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
    let (first, form) = match gate.key() {
        Key::Passphrase => {
            let open = move |passphrase| gate.unlock_again(console, passphrase);
            ("passphrase", passphrase_form(gate, open).into_any())
        }
        Key::Passkey => {
            let ask =
                passkey(gate, || say("unlock"), move || gate.unlock_again_with_passkey(console));
            (PASSKEY, ask.into_any())
        }
        Key::None => {
            let open = button()
                .attr("type", "button")
                .class("button button-main")
                .on(ev::click, move |_| gate.unlock_again(console, Zeroizing::default()))
                .child(say("unlock"));
            (HEADING, (p().child(say("locked-practice")), open).into_any())
        }
    };
    let about = p().child(say("locked-about"));
    page("locked-heading", first, (about, form, p().class("small").child(say("locked-long"))))
}

/// The id of the button that asks for the passkey.
const PASSKEY: &str = "passkey";

/// The id of a page's heading.
const HEADING: &str = "gate-heading";

/// A page that has one thing to say.
fn notice(heading: &'static str, text: &'static str) -> impl IntoView {
    page(heading, HEADING, p().child(say(text)))
}

/// A page of its own. The keyboard goes to `first`: to its heading, so that it is read out, or to the one
/// field that there is.
fn page(heading: &'static str, first: &'static str, content: impl IntoView) -> impl IntoView {
    crate::focus::move_to(first.into());
    main().class("gate").child((
        p().class("gate-program").child(bdi().child(program())),
        h1().attr("id", HEADING).attr("tabindex", "-1").child(say(heading)),
        content,
    ))
}

fn join(gate: Gate) -> impl IntoView {
    let first = NodeRef::<Input>::new();
    let again = NodeRef::<Input>::new();
    let shown = RwSignal::new(false);
    let strength = RwSignal::new(Strength::None);
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let passphrase = value(first);
        if !Strength::of(&passphrase).will_do() {
            put_focus(first);
        } else if *passphrase == *value(again) {
            gate.choose(passphrase);
        } else {
            gate.wrong.set(Some("passphrase-differs"));
            put_focus(again);
        }
    };
    let on_input = move |_| {
        gate.wrong.set(None);
        strength.set(Strength::of(&value(first)));
    };
    let show = label().class("choice").child((
        input()
            .attr("type", "checkbox")
            .on(ev::change, move |event| shown.set(event_target_checked(&event))),
        span().child(say("passphrase-show")),
    ));
    let strength = told("strength", move || told_strength(strength.get()));
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
            wrong(gate, "join-making"),
            submit(gate, "join-make"),
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
        passkey(gate, name, move || gate.choose_passkey()),
    ))
}

fn told_strength(strength: Strength) -> String {
    match strength {
        Strength::None => say("passphrase-none"),
        Strength::Short(missing) => {
            say_with("passphrase-short", &[("count", &missing.to_string())])
        }
        Strength::Plain => say("passphrase-plain"),
        Strength::Fair => say("passphrase-fair"),
        Strength::Strong => say("passphrase-strong"),
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

fn unlock(gate: Gate) -> impl IntoView {
    let forgotten = details().child((
        summary().child(say("unlock-forgotten-heading")),
        p().child(say("unlock-forgotten")),
    ));
    (
        p().child(say("unlock-about")),
        passphrase_form(gate, move |passphrase| gate.unlock(passphrase)),
        forgotten,
    )
}

fn unlock_with_passkey(gate: Gate) -> impl IntoView {
    let lost = details().child((
        summary().child(say("unlock-passkey-lost-heading")),
        p().child(say("unlock-passkey-lost")),
    ));
    (
        p().child(say("unlock-passkey-about")),
        passkey(gate, || say("unlock"), move || gate.unlock_with_passkey()),
        lost,
    )
}

/// The button that has the device ask for the passkey, and what came of it.
fn passkey(
    gate: Gate,
    name: impl Fn() -> String + Send + 'static,
    ask: impl Fn() + 'static,
) -> impl IntoView {
    let button = button()
        .attr("id", PASSKEY)
        .attr("type", "button")
        .class("button button-main")
        .attr("aria-disabled", is_busy(gate))
        .on(ev::click, move |_| ask())
        .child(name);
    let line = told("strength", move || match gate.asking.get() {
        Asking::Not => String::new(),
        Asking::Now => say("passkey-asking"),
        Asking::InVain(text) => say(text),
    });
    (button, line)
}

/// The one field and its button, which `open` what stands behind.
fn passphrase_form(gate: Gate, open: impl Fn(Zeroizing<String>) + 'static) -> impl IntoView {
    let node = NodeRef::<Input>::new();
    let shown = RwSignal::new(false);
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        open(value(node));
        put_focus(node);
    };
    form()
        .class("gate-form")
        .on(ev::submit, on_submit)
        .on(ev::input, move |_| gate.wrong.set(None))
        .child((field("passphrase", shown, node), wrong(gate, "unlocking"), submit(gate, "unlock")))
}

/// A field for a passphrase. Nothing fills it in: a browser that kept the passphrase would keep it beside
/// what it protects.
fn field(id: &'static str, shown: RwSignal<bool>, node: NodeRef<Input>) -> impl IntoView {
    let input = input()
        .attr("id", id)
        .attr("type", move || if shown.get() { "text" } else { "password" })
        .attr("autocomplete", "off")
        .attr("autocapitalize", "none")
        .attr("autocorrect", "off")
        .attr("spellcheck", "false")
        .attr("translate", "no")
        .attr("required", "")
        .node_ref(node);
    div().class("field").child((label().attr("for", id).child(say(id)), input))
}

/// What was wrong, or that it takes a moment.
fn wrong(gate: Gate, busy: &'static str) -> impl IntoView {
    told("strength", move || match (gate.busy.get(), gate.waits.get(), gate.wrong.get()) {
        (true, ..) => say(busy),
        (false, Some(seconds), _) => say_with("unlock-waits", &[("count", &seconds.to_string())]),
        (false, None, Some(text)) => say(text),
        (false, None, None) => String::new(),
    })
}

/// A line that is read out when it changes.
fn told(class: &'static str, text: impl Fn() -> String + Send + 'static) -> impl IntoView {
    p().class(class).attr("role", "status").child(text)
}

fn submit(gate: Gate, text: &'static str) -> impl IntoView {
    button()
        .attr("type", "submit")
        .class("button button-main")
        .attr("aria-disabled", is_busy(gate))
        .child(say(text))
}

fn is_busy(gate: Gate) -> impl Fn() -> &'static str {
    move || if gate.is_busy() { "true" } else { "false" }
}

fn value(node: NodeRef<Input>) -> Zeroizing<String> {
    Zeroizing::new(node.get_untracked().map(|input| input.value()).unwrap_or_default())
}

fn put_focus(node: NodeRef<Input>) {
    if let Some(input) = node.get_untracked() {
        let _ = input.focus();
    }
}
