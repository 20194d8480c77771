//! Drawing what stands before a page of staff's: its one field or button, and what came of it (`features.md` 5.1).

use crate::draw::Element;
use crate::draw::ev;
use crate::draw::html::{
    self, Input, bdi, button, details, div, h1, input, label, main, p, summary,
};
use crate::draw::prelude::*;
use web_sys::SubmitEvent;
use zeroize::Zeroizing;

use crate::focus;
use crate::lock::{Asking, Key, Lock, Opened};
use crate::texts::{program, say, say_with};

/// The id of the button that asks for the passkey.
pub const PASSKEY: &str = "passkey";

/// The id of a page's heading.
pub const HEADING: &str = "gate-heading";

/// The id of the field for the passphrase, and the name of its text.
pub const PASSPHRASE: &str = "passphrase";

/// A page of its own. The keyboard goes to `first`: to its heading, so that it is read out, or to the one
/// field that there is.
pub fn page(heading: &'static str, first: &'static str, content: impl IntoView) -> impl IntoView {
    focus::move_to(first.into());
    main().class("gate").child((
        p().class("gate-program").child(bdi().child(program())),
        h1().attr("id", HEADING).attr("tabindex", "-1").child(say(heading)),
        content,
    ))
}

/// The page that asks for what opens the device that is kept here; `more` stands below.
pub fn unlock(
    lock: Lock,
    more: impl IntoView,
    then: impl Fn(Opened) + Copy + Send + 'static,
) -> View {
    match Key::kept() {
        Key::Passkey => {
            let about = p().child(say("unlock-passkey-about"));
            let ask = passkey(lock, || say("unlock"), move || lock.open_with_passkey(then));
            let lost = folded("unlock-passkey-lost-heading", "unlock-passkey-lost");
            page("unlock-heading", PASSKEY, (about, ask, lost, more)).into_any()
        }
        Key::Passphrase | Key::None => {
            let about = p().child(say("unlock-about"));
            let form = passphrase_form(lock, move |passphrase| lock.open(passphrase, then));
            let forgotten = folded("unlock-forgotten-heading", "unlock-forgotten");
            page("unlock-heading", PASSPHRASE, (about, form, forgotten, more)).into_any()
        }
    }
}

/// The page that stands in the place of a locked one. It says nothing of what is behind it.
pub fn locked(
    lock: Lock,
    about: impl IntoView,
    practice: impl IntoView,
    more: impl IntoView,
    then: impl Fn() + Copy + Send + 'static,
) -> impl IntoView {
    let (first, form) = match lock.key() {
        Key::Passphrase => {
            let open = move |passphrase| lock.open_again(passphrase, then);
            (PASSPHRASE, passphrase_form(lock, open).into_any())
        }
        Key::Passkey => {
            let ask = passkey(lock, || say("unlock"), move || lock.open_again_with_passkey(then));
            (PASSKEY, ask.into_any())
        }
        Key::None => {
            let open = button()
                .attr("type", "button")
                .class("button button-main")
                .on(ev::click, move |_| lock.open_again(Zeroizing::default(), then))
                .child(say("unlock"));
            (HEADING, (practice, open).into_any())
        }
    };
    page("locked-heading", first, (about, form, more))
}

fn folded(heading: &'static str, text: &'static str) -> impl IntoView {
    details().child((summary().child(say(heading)), p().child(say(text))))
}

/// The button that has the device ask for the passkey, and what came of it.
pub fn passkey(
    lock: Lock,
    name: impl Fn() -> String + Send + 'static,
    ask: impl Fn() + 'static,
) -> impl IntoView {
    let button = button()
        .attr("id", PASSKEY)
        .attr("type", "button")
        .class("button button-main")
        .attr("aria-disabled", is_busy(lock))
        .on(ev::click, move |_| ask())
        .child(name);
    let line = told("strength", move || match lock.asking.get() {
        Asking::Not => String::new(),
        Asking::Now => say("passkey-asking"),
        Asking::InVain(text) => say(text),
    });
    (button, line)
}

/// The one field and its button, which `open` what stands behind.
fn passphrase_form(lock: Lock, open: impl Fn(Zeroizing<String>) + 'static) -> impl IntoView {
    let node = NodeRef::<Input>::new();
    let shown = RwSignal::new(false);
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        open(value(node));
        put_focus(node);
    };
    let fields = (field(PASSPHRASE, shown, node), wrong(lock, "unlocking"), submit(lock, "unlock"));
    form()
        .class("gate-form")
        .on(ev::submit, on_submit)
        .on(ev::input, move |_| lock.wrong.set(None))
        .child(fields)
}

/// A form whose fields Chromium tells its maker nothing of, as of a search's (`decisions/0015`). It is never
/// sent, and no browser fills it in.
pub fn form() -> Element {
    html::form().attr("action", "/search").attr("autocomplete", "off")
}

/// A field for a passphrase. Nothing fills it in: a browser that kept the passphrase would keep it beside
/// what it protects.
pub fn field(id: &'static str, shown: RwSignal<bool>, node: NodeRef<Input>) -> impl IntoView {
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
pub fn wrong(lock: Lock, busy: &'static str) -> impl IntoView {
    told("strength", move || match (lock.busy.get(), lock.waits.get(), lock.wrong.get()) {
        (true, ..) => say(busy),
        (false, Some(seconds), _) => say_with("unlock-waits", &[("count", &seconds.to_string())]),
        (false, None, Some(text)) => say(text),
        (false, None, None) => String::new(),
    })
}

/// A line that is read out when it changes.
pub fn told(class: &'static str, text: impl Fn() -> String + Send + 'static) -> impl IntoView {
    p().class(class).attr("role", "status").child(text)
}

/// The button that hands the form in.
pub fn submit(lock: Lock, text: &'static str) -> impl IntoView {
    button()
        .attr("type", "submit")
        .class("button button-main")
        .attr("aria-disabled", is_busy(lock))
        .child(say(text))
}

fn is_busy(lock: Lock) -> impl Fn() -> &'static str {
    move || if lock.is_busy() { "true" } else { "false" }
}

/// What was typed into a field.
pub fn value(node: NodeRef<Input>) -> Zeroizing<String> {
    Zeroizing::new(node.get_untracked().map(|input| input.value()).unwrap_or_default())
}

/// Puts the keyboard into a field.
pub fn put_focus(node: NodeRef<Input>) {
    if let Some(input) = node.get_untracked() {
        let _ = input.focus();
    }
}
