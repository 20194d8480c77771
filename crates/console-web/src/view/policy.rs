//! The policy in forms (`features.md` 5.6): its parts to choose from, one of them at a time, what has to be mended and
//! decided, and the one place where all of it is published.

use stillroom_program::{Conflict, FORM, FieldAt, FormPart, Side};
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{
    bdi, button, dd, div, dl, dt, h2, h3, li, nav, p, section, span, ul,
};
use stillroom_staff_web::draw::prelude::*;
use stillroom_staff_web::view::told;

use super::{fields, file, hours, past, preview, record};
use crate::board::{Asked, Board, HOURS};
use crate::console::Console;
use crate::draft::ToMend;
use crate::focus;
use crate::places;
use crate::texts::{say, say_with};

/// The id of the heading of the part that is shown.
const PART: &str = "part";

/// Parts that are no forms: what was published before, the whole as a file, and what administrators did.
const MORE: [&str; 3] = ["past", "file", "record"];

/// All of it, once the policy is here.
pub(super) fn policy(console: Console) -> impl IntoView {
    let board = console.board;
    let here = Memo::new(move |_| board.draft.typed.with(Option::is_some));
    warn_before_leaving(board);
    move || {
        here.get().then(|| {
            let forms = div().class("forms").child((parts(board), shown(console)));
            section().class("policy").attr("aria-labelledby", "policy").child((
                h2().attr("id", "policy").child(say("console-policy-heading")),
                p().class("small").child(say("console-policy-about")),
                forms,
                summary(console),
                preview::preview(console),
            ))
        })
    }
}

/// What is typed is in this page alone: the browser asks before it goes.
fn warn_before_leaving(board: Board) {
    ev::on_window(ev::beforeunload, move |event| {
        if board.draft.differences.with_untracked(|all| !all.is_empty()) {
            event.prevent_default();
            event.set_return_value("true");
        }
    });
}

fn all_parts() -> impl Iterator<Item = &'static str> {
    [HOURS].into_iter().chain(FORM.iter().map(|part| part.name)).chain(MORE)
}

/// What there is to choose from; beside each, in words, what is to be done there.
fn parts(board: Board) -> impl IntoView {
    let each = move |name: &'static str| {
        let current = move || (board.part.get() == name).then_some("true");
        let wrong = Memo::new(move |_| count(board, name));
        let changed = Memo::new(move |_| is_changed(board, name));
        let marks = move || {
            let wrong = wrong.get();
            let wrong = (wrong > 0).then(|| {
                let said = say_with("console-count-mend", &[("count", &wrong.to_string())]);
                span().class("mark mark-mend").child(said)
            });
            let changed = changed.get().then(|| span().class("mark").child(say("console-changed")));
            (wrong, " ", changed)
        };
        let choose = button()
            .attr("type", "button")
            .class("part-choice")
            .attr("aria-current", current)
            .on(ev::click, move |_| go_to(board, name))
            .child((span().child(places::part(name)), " ", marks));
        li().child(choose)
    };
    nav()
        .class("parts")
        .attr("aria-label", say("console-parts"))
        .child(ul().child(all_parts().map(each).collect::<Vec<_>>()))
}

/// Shows a part; the keyboard goes to its heading.
fn go_to(board: Board, name: &'static str) {
    board.part.set(name);
    focus::move_to(PART.into());
}

fn count(board: Board, part: &str) -> usize {
    board
        .draft
        .to_mend
        .with(|all| all.iter().filter(|it| places::part_of(&it.path) == part).count())
}

fn is_changed(board: Board, name: &str) -> bool {
    if name == HOURS {
        return hours::is_changed(board.hours);
    }
    let part = FORM.iter().find(|part| part.name == name);
    let mut fields = part.into_iter().flat_map(|part| part.fields);
    fields.any(|field| board.draft.is_changed(&FieldAt::field(field.name)))
}

/// The part that was chosen.
fn shown(console: Console) -> impl IntoView {
    let board = console.board;
    move || {
        let name = board.part.get();
        let heading = h3().attr("id", PART).attr("tabindex", "-1").child(places::part(name));
        let form = match (name, FORM.iter().find(|part| part.name == name)) {
            (_, Some(part)) => form(board, part).into_any(),
            ("past", None) => past::past(console).into_any(),
            ("file", None) => file::file(console).into_any(),
            ("record", None) => record::record(console).into_any(),
            (_, None) => hours::hours(console).into_any(),
        };
        section().class("card part").attr("aria-labelledby", PART).child((heading, form))
    }
}

fn form(board: Board, part: &'static FormPart) -> impl IntoView {
    let about = say(&format!("console-about-{}", part.name));
    let about = (!about.is_empty()).then(|| p().class("small").child(about));
    let asks = ["questions", "survey"].contains(&part.name);
    let no_key = move || {
        let has_key = board
            .policy
            .with(|policy| policy.as_ref().is_some_and(|policy| policy.terms.report_key.is_some()));
        (asks && !has_key).then(|| p().class("notice").child(say("console-no-report-key")))
    };
    let back = button()
        .attr("type", "button")
        .class("button")
        .attr("aria-disabled", move || if is_changed(board, part.name) { "false" } else { "true" })
        .on(ev::click, move |_| board.draft.take_back(part.fields))
        .child(say("console-back"));
    let drawn: Vec<View> =
        part.fields.iter().map(|field| fields::field(board.draft, field)).collect();
    div().class("console-form").child((about, no_key, drawn, div().class("choices").child(back)))
}

/// What stands between the draft and its being published, and the button.
fn summary(console: Console) -> impl IntoView {
    let board = console.board;
    let publish = button()
        .attr("type", "button")
        .attr("id", "publish")
        .class("button button-main")
        .attr("aria-disabled", move || if board.draft.ready().is_some() { "false" } else { "true" })
        .on(ev::click, move |_| {
            if let Some((from, to)) = board.draft.ready() {
                board.asked.set(Some(Asked::Publish { from, to }));
            }
        })
        .child(say("console-publish"));
    let state = told("small", move || {
        let changes = board.draft.differences.with(Vec::len);
        match changes {
            0 => say("console-no-changes"),
            count => say_with("console-changes", &[("count", &count.to_string())]),
        }
    });
    div().class("card publish").child((
        div().attr("role", "alert").child(conflicts(board)),
        to_mend(board),
        state,
        publish,
    ))
}

/// What was found, each with the way there.
fn to_mend(board: Board) -> impl IntoView {
    let item = move |ToMend { path, what }: ToMend| {
        let part = places::part_of(&path);
        let said =
            say_with("console-mend-at", &[("place", &places::place(&path)), ("what", &what)]);
        let there = button()
            .attr("type", "button")
            .class("mend-choice")
            .on(ev::click, move |_| go_to(board, part))
            .child(bdi().child(said));
        li().child(there)
    };
    move || {
        let all = board.draft.to_mend.get();
        (!all.is_empty()).then(|| {
            let list = ul().child(all.into_iter().map(item).collect::<Vec<_>>());
            div().class("wrong").child((p().child(say("console-mend")), list))
        })
    }
}

/// What another administrator changed otherwise meanwhile: both are shown, and one is chosen.
fn conflicts(board: Board) -> impl IntoView {
    let said = |said: Option<String>| said.unwrap_or_else(|| say("console-nothing-there"));
    let each = move |conflict: Conflict| {
        let place = places::field(&conflict.field);
        let choose = |text: &'static str, side: Side| {
            let field = conflict.field.clone();
            button()
                .attr("type", "button")
                .class("button")
                .on(ev::click, move |_| {
                    board.draft.choose(&field, side);
                    focus::move_if_dropped("publish".into());
                })
                .child(say_with(text, &[("of", &place)]))
        };
        let choices = (
            choose("console-choose-mine", Side::Mine),
            choose("console-choose-theirs", Side::Theirs),
        );
        li().class("conflict").child((
            p().child(bdi().child(place.clone())),
            dl().child((
                dt().child(say("console-mine")),
                dd().child(bdi().child(said(conflict.mine.clone()))),
                dt().child(say("console-theirs-said")),
                dd().child(bdi().child(said(conflict.theirs.clone()))),
            )),
            div().class("choices").child(choices),
        ))
    };
    move || {
        let all = board.draft.conflicts();
        (!all.is_empty()).then(|| {
            let list = ul().child(all.into_iter().map(each).collect::<Vec<_>>());
            div().class("notice").child((p().child(say("console-theirs")), list))
        })
    }
}
