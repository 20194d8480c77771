//! The draft as a file, to be copied out and pasted in (`features.md` 5.6): for whoever keeps the policy as a file, or
//! changes much at once. Nothing is taken over before a press, and nothing typed is lost by what is wrong in it.

use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{Textarea, bdi, button, div, form, label, p, textarea};
use stillroom_staff_web::draw::prelude::*;
use web_sys::SubmitEvent;

use crate::console::Console;
use crate::file::{NotTaken, read};
use crate::focus;
use crate::texts::{say, say_with};

/// The id of the field.
const FIELD: &str = "file-text";

/// What came of the last press.
#[derive(Clone, PartialEq, Eq)]
enum Came {
    Nothing,
    Taken,
    Not(NotTaken),
}

/// The part of the page with the file.
pub(super) fn file(console: Console) -> impl IntoView {
    let board = console.board;
    let came = RwSignal::new(Came::Nothing);
    let node = NodeRef::<Textarea>::new();
    let written = move || board.draft.policy.get_untracked().map(|draft| draft.to_toml());
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (Some(field), Some(draft)) = (node.get_untracked(), board.draft.policy.get_untracked())
        else {
            return;
        };
        let files = board.draft.sheets.files(&draft);
        match read(&field.value(), &draft, &files) {
            Ok(policy) => {
                board.draft.set(&policy, files);
                came.set(Came::Taken);
            }
            Err(wrong) => {
                came.set(Came::Not(wrong));
                focus::move_to(FIELD.into());
            }
        }
    };
    let field = textarea()
        .attr("id", FIELD)
        .attr("rows", "20")
        .attr("dir", "ltr")
        .attr("spellcheck", "false")
        .attr("autocomplete", "off")
        .attr("aria-describedby", "file-wrong")
        .attr("aria-invalid", move || {
            came.with(|came| if matches!(came, Came::Not(_)) { "true" } else { "false" })
        })
        .prop("value", written().unwrap_or_default())
        .node_ref(node)
        .on(ev::input, move |_| came.set(Came::Nothing));
    let take =
        button().attr("type", "submit").class("button button-main").child(say("console-file-take"));
    let again = press("console-file-again", move || {
        if let (Some(field), Some(written)) = (node.get_untracked(), written()) {
            field.set_value(&written);
            came.set(Came::Nothing);
        }
    });
    let all = press("console-file-select", move || {
        if let Some(field) = node.get_untracked() {
            let _ = field.focus();
            field.select();
        }
    });
    let form = form()
        .attr("action", "/search")
        .attr("autocomplete", "off")
        .attr("novalidate", "")
        .class("console-form")
        .on(ev::submit, on_submit)
        .child((
            div()
                .class("field")
                .child((label().attr("for", FIELD).child(say("console-file")), field)),
            outcome(came),
            div().class("choices").child((take, all, again)),
        ));
    div().class("console-form file").child((p().child(say("console-file-about")), form))
}

fn press(text: &'static str, act: impl Fn() + 'static) -> impl IntoView {
    button().attr("type", "button").class("button").on(ev::click, move |_| act()).child(say(text))
}

fn outcome(came: RwSignal<Came>) -> impl IntoView {
    let said = move || match came.get() {
        Came::Nothing => None,
        Came::Taken => Some(p().class("outcome").child(say("console-file-taken")).into_any()),
        Came::Not(wrong) => Some(not_taken(wrong).into_any()),
    };
    div().attr("id", "file-wrong").attr("role", "status").child(said)
}

/// The reader's own words are those of `stillroom policy check`, about the form of a file.
fn not_taken(wrong: NotTaken) -> impl IntoView {
    let (said, detail) = match wrong {
        NotTaken::TooLong => (say("console-file-long"), String::new()),
        NotTaken::File(detail) => (say("console-file-not"), detail),
        NotTaken::Line(line, detail) => {
            (say_with("console-file-line", &[("line", &line.to_string())]), detail)
        }
    };
    p().class("wrong").child((said, " ", bdi().attr("lang", "en").child(detail)))
}
