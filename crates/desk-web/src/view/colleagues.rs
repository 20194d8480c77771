//! Colleagues on duty, beside the chats: who they are, asking for help, and a word with one of them
//! (`features.md` 5.3, 5.4). For supervisors, how many wait and for how long as well.
//!
//! Rows keep their place while what is in them changes: nothing moves under the hand but by who comes and goes.

use stillroom_conversation::{Asks, Duty, Line, WriteError};
use stillroom_program::Roles;
use stillroom_protocol::StaffId;
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{
    Textarea, aside, bdi, button, div, h2, h3, label, li, p, section, span, ul,
};
use stillroom_staff_web::draw::prelude::*;
use web_sys::{KeyboardEvent, SubmitEvent};
use zeroize::Zeroizing;

use super::composer::is_composing;
use super::{form, quiet_field};
use crate::colleagues::Word;
use crate::console::Console;
use crate::moments;
use crate::texts::{say, say_with};
use crate::words;

/// The id of the heading, where the keyboard goes when the panel is opened.
pub(crate) const HEADING: &str = "colleagues";

/// The id of the panel.
pub(crate) const PANEL: &str = "colleagues-panel";

/// What the lists say of colleagues, and the way to them.
pub(super) fn link(console: Console) -> impl IntoView {
    let colleagues = console.board.colleagues;
    let told =
        move || say_with("colleagues-on", &[("count", &colleagues.on.with(Vec::len).to_string())]);
    let asking = move || {
        let count =
            colleagues.on.with(|on| on.iter().filter(|one| one.asks != Asks::Nothing).count());
        (count > 0).then(|| mark("mark mark-warm", "colleagues-asking", count))
    };
    let unread = move || match colleagues.unread(None) {
        0 => None,
        count => Some(mark("mark mark-main", "colleagues-unread", count)),
    };
    let open = button()
        .attr("type", "button")
        .class("button button-small")
        .attr("id", "colleagues-open")
        .on(ev::click, move |_| console.open_colleagues())
        .child(say("colleagues-open"));
    section().class("colleagues-link").child((
        div().class("lists-head").child((h2().child(say("colleagues-heading")), open)),
        p().class("nothing").child(told),
        div().attr("role", "status").child((asking, unread)),
    ))
}

fn mark(class: &'static str, text: &str, count: usize) -> impl IntoView + use<> {
    span().class(class).child((" ", say_with(text, &[("count", &count.to_string())]), " "))
}

/// The panel, there only while it is open.
pub(super) fn colleagues(console: Console) -> impl IntoView {
    let open = console.board.colleagues.open;
    move || open.get().then(|| opened(console))
}

fn opened(console: Console) -> impl IntoView {
    let close = button()
        .attr("type", "button")
        .class("button button-small")
        .on(ev::click, move |_| console.close_colleagues())
        .child(say("colleagues-close"));
    let heading = h2().attr("id", HEADING).attr("tabindex", "-1").child(say("colleagues-heading"));
    let floor = console.board.colleagues.supervises.then(|| floor(console));
    aside()
        .attr("id", PANEL)
        .class("guides")
        .attr("aria-labelledby", HEADING)
        .on(ev::keydown, move |event: KeyboardEvent| {
            if event.key() == "Escape" && !is_composing(&event) {
                console.close_colleagues();
            }
        })
        .child((
            div().class("lists-head").child((heading, close)),
            floor,
            who(console),
            asking(console),
            consult(console),
        ))
}

/// How many wait, and for how long.
fn floor(console: Console) -> impl IntoView {
    let board = console.board;
    let told = move || {
        // What is not told to this desk is not nobody.
        if board.duty.get() != Duty::On || board.line.get() != Line::Up {
            return say("floor-unknown");
        }
        board.waiting.with(|waiting| {
            let count = say_with("waiting-count", &[("count", &waiting.len().to_string())]);
            let longest = waiting.iter().map(|one| one.since).min().map(|since| {
                let (_, hours, minutes) = moments::waited(since, board.now.get());
                let values = [("hours", &*hours.to_string()), ("count", &*minutes.to_string())];
                format!(" {}", say_with("floor-longest", &values))
            });
            count + &longest.unwrap_or_default()
        })
    };
    p().class("floor").child(told)
}

fn who(console: Console) -> impl IntoView {
    let board = console.board;
    let nobody = move || {
        board.colleagues.rows().is_empty().then(|| {
            let off = board.duty.get() == Duty::Off;
            p().class("nothing").child(say(if off {
                "colleagues-off-duty"
            } else {
                "colleagues-none"
            }))
        })
    };
    let each = rows(move || board.colleagues.rows(), |id| *id, move |id| colleague(console, id));
    let list = ul().class("colleagues").attr("role", "list").attr("aria-labelledby", HEADING);
    (nobody, list.child(each))
}

/// One colleague, in words that follow what they say of themselves.
fn colleague(console: Console, id: StaffId) -> impl IntoView {
    let colleagues = console.board.colleagues;
    let one =
        Memo::new(move |_| colleagues.on.with(|on| on.iter().find(|one| one.id == id).cloned()));
    let facts = move || {
        let Some(one) = one.get() else {
            return span().child((" ", say("colleagues-gone"))).into_any();
        };
        let chats = say_with("colleagues-chats", &[("count", &one.chats.to_string())]);
        let on_break = one.on_break.then(|| say("colleagues-on-break"));
        let asks = words::asks(one.asks)
            .map(|asks| span().class("mark mark-warm").child((" ", say(asks), " ")));
        let closed = (one.words_closed > 0)
            .then(|| mark("mark mark-warm", "colleagues-words-closed", one.words_closed.into()));
        let facts = roles(one.roles).chain([chats]).chain(on_break);
        (facts.map(|fact| span().child((" ", fact))).collect_view(), asks, closed).into_any()
    };
    let unread = move || match colleagues.unread(Some(id)) {
        0 => None,
        count => Some(mark("mark mark-main", "colleagues-unread", count)),
    };
    let name = colleagues.name(id).unwrap_or_default();
    let write = button()
        .attr("type", "button")
        .class("button button-small")
        .on(ev::click, move |_| console.consult_with(id))
        .child({
            let name = name.clone();
            move || {
                let text =
                    if one.with(Option::is_some) { "colleagues-write" } else { "colleagues-read" };
                say_with(text, &[("name", &name)])
            }
        });
    let about = div().child((bdi().class("name").child(name), facts, unread));
    li().class("waiter").child((about, write))
}

/// What somebody may do by their certificate, in words.
pub(super) fn roles(roles: Roles) -> impl Iterator<Item = String> {
    let known = [
        (Roles::SUPERVISOR, "role-supervisor"),
        (Roles::ADVOCATE, "role-advocate"),
        (Roles::INTERPRETER, "role-interpreter"),
    ];
    known.into_iter().filter(move |(role, _)| roles.contains(*role)).map(|(_, name)| say(name))
}

/// What can be asked of supervisors; the same press takes it back. The keyboard stays on the button.
fn asking(console: Console) -> impl IntoView {
    let board = console.board;
    let colleagues = board.colleagues;
    let ask = move |asks: Asks, ask: &'static str, withdraw: &'static str| {
        let off = move || board.duty.get() == Duty::Off;
        button()
            .attr("type", "button")
            .class("button")
            .attr("aria-disabled", move || if off() { "true" } else { "false" })
            .on(ev::click, move |_| console.ask_supervisors(asks))
            .child(move || say(if colleagues.asks.get() == asks { withdraw } else { ask }))
    };
    let told = move || {
        let supervisor =
            |one: &stillroom_conversation::Colleague| one.roles.contains(Roles::SUPERVISOR);
        let anybody = colleagues.on.with(|on| on.iter().any(supervisor));
        match colleagues.asks.get() {
            Asks::Nothing => String::new(),
            _ if anybody => say("asks-told"),
            _ => say("asks-nobody"),
        }
    };
    section().class("asking").child((
        div().class("choices").child((
            ask(Asks::Help, "asks-for-help", "asks-no-help"),
            ask(Asks::Debrief, "asks-debrief", "asks-no-debrief"),
        )),
        p().class("small").child(say("asks-about")),
        p().class("small").attr("role", "status").child(told),
    ))
}

/// What is written with the colleague in front.
fn consult(console: Console) -> impl IntoView {
    let with = console.board.colleagues.with;
    move || with.get().map(|with| consult_with(console, with))
}

fn consult_with(console: Console, with: StaffId) -> impl IntoView {
    let colleagues = console.board.colleagues;
    let name = colleagues.name(with).unwrap_or_default();
    let mine = move |word: &Word| word.with == with;
    let each = rows(
        move || {
            colleagues
                .words
                .with(|words| words.iter().filter(|w| mine(w)).cloned().collect::<Vec<_>>())
        },
        |word| word.number,
        {
            let name = name.clone();
            move |word| said(&name, &word)
        },
    );
    let heading = say_with("consult-heading", &[("name", &name)]);
    section().class("consult").attr("aria-label", heading.clone()).child((
        h3().child(heading),
        p().class("guides-never").child(say("consult-unseen")),
        div()
            .attr("role", "log")
            .attr("aria-label", say("consult-log"))
            .attr("tabindex", "0")
            .child(each),
        write(console, with),
    ))
}

fn said(name: &str, word: &Word) -> impl IntoView + use<> {
    let who = if word.mine { say("you") } else { name.to_owned() };
    p().child((
        bdi().class("name").child(who),
        " ",
        span().class("words").attr("dir", "auto").child(word.text.to_string()),
    ))
}

fn write(console: Console, with: StaffId) -> impl IntoView {
    let colleagues = console.board.colleagues;
    let field = NodeRef::<Textarea>::new();
    let refused = RwSignal::new(None::<&'static str>);
    let keep = move || {
        if let Some(field) = field.get_untracked() {
            colleagues.keep_draft(with, Zeroizing::new(field.value()));
        }
    };
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            field.set_value(&colleagues.draft(with));
        }
    });
    let send = move || {
        let Some(field) = field.get_untracked() else { return };
        let text = Zeroizing::new(field.value());
        match console.consult(with, &text) {
            Ok(()) => {
                field.set_value("");
                keep();
                refused.set(None);
            }
            Err(WriteError::Empty) => {}
            Err(WriteError::TooLong) => refused.set(Some("consult-too-long")),
            Err(WriteError::NotNow) => refused.set(Some("consult-not-now")),
        }
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !is_composing(&event) {
            event.prevent_default();
            send();
        }
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        send();
    };
    form().class("field").on(ev::submit, on_submit).child((
        label().attr("for", "consult").child(say("consult-write")),
        quiet_field("consult".into())
            .node_ref(field)
            .on(ev::keydown, on_key)
            .on(ev::input, move |_| keep()),
        button().attr("type", "submit").class("button button-small").child(say("consult-send")),
        p().class("small").attr("role", "status").child(move || refused.get().map(say)),
    ))
}
