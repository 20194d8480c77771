//! The one question before chat is closed or opened, or the policy published, which says what will happen.

use std::sync::Arc;

use stillroom_program::{Difference, Notice, Policy};
use stillroom_staff_web::dialogue::{Frame, dialogue};
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{bdi, button, del, div, h2, ins, li, p, strong, ul};
use stillroom_staff_web::draw::prelude::*;

use super::now;
use crate::board::Asked;
use crate::change::Change;
use crate::console::Console;
use crate::language::moment;
use crate::places;
use crate::texts::{say, say_with};

/// The question, there only while it is asked.
pub(super) fn question(console: Console) -> impl IntoView {
    let frame = Frame { class: "question", heading: "question", first: "question" };
    dialogue(console.board.asked, NodeRef::new(), frame, move |asked| match asked {
        Asked::Close(notice) => close(console, notice).into_any(),
        Asked::Open => open(console).into_any(),
        Asked::Publish { from, to } => publish(console, from, to).into_any(),
    })
}

fn close(console: Console, notice: Notice) -> impl IntoView {
    let until = match notice.until {
        Some(until) => say_with("console-ask-until", &[("when", &moment(until))]),
        None => say("console-ask-until-opened"),
    };
    let shown = now::notice(&notice);
    let close = answer(console, "button button-main", "console-ask-close", move || {
        console.publish(Change::Close(notice.clone()));
    });
    let keep = answer(console, "button", "console-ask-keep", || {});
    div().class("question-text").child((
        heading("console-ask-heading"),
        shown,
        ul().child((
            li().child(say("console-ask-waiting")),
            li().child(say("console-ask-chats")),
            li().child(until),
        )),
        div().class("choices").child((close, keep)),
    ))
}

fn open(console: Console) -> impl IntoView {
    let open = answer(console, "button button-main", "console-open-now", move || {
        console.publish(Change::Open)
    });
    let keep = answer(console, "button", "console-ask-keep", || {});
    div().class("question-text").child((
        heading("console-open-heading"),
        p().child(say("console-open-ask")),
        div().class("choices").child((open, keep)),
    ))
}

/// What is different from what is published, field by field.
fn publish(console: Console, from: Arc<Policy>, to: Arc<Policy>) -> impl IntoView {
    let differences = differences(&from, &to);
    let change = Change::Draft { from, to };
    let publish = answer(console, "button button-main", "console-publish-now", move || {
        console.publish(change.clone());
    });
    let keep = answer(console, "button", "console-ask-keep", || {});
    div().class("question-text").child((
        heading("console-publish-ask"),
        p().child(say("console-differences")),
        differences,
        div().class("choices").child((publish, keep)),
    ))
}

/// What the newer policy says otherwise, field by field.
pub(super) fn differences(older: &Policy, newer: &Policy) -> impl IntoView + use<> {
    let all = older.differences(newer);
    let others = all.into_iter().filter(|difference| difference.field != "version");
    // What scrolls can be scrolled by the keyboard.
    ul().class("differences")
        .attr("tabindex", "0")
        .child(others.map(difference).collect::<Vec<_>>())
}

fn difference(difference: Difference) -> impl IntoView {
    let Difference { field, before, after } = difference;
    li().child((
        strong().child(bdi().child(places::field(&field))),
        before.map(|said| p().child(del().child(bdi().child(said)))),
        after.map(|said| p().child(ins().child(bdi().child(said)))),
    ))
}

fn heading(text: &'static str) -> impl IntoView {
    h2().attr("id", "question").attr("tabindex", "-1").child(say(text))
}

/// A button that answers the question, and so closes it.
fn answer(
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
