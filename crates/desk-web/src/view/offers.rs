//! That a place is offered to somebody, beside it in the line; and what whoever is at the desk says of the
//! languages that they speak (`features.md` 5.2; `decisions/0025`).

use stillroom_conversation::OfferedTo;
use stillroom_protocol::TicketId;
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{button, div, fieldset, input, label, legend, p, span};
use stillroom_staff_web::draw::prelude::*;

use crate::board::Board;
use crate::console::Console;
use crate::language;
use crate::offers::seconds_left;
use crate::texts::{say, say_with};

/// To whom a place is offered, in words. There is room for it whether or not it is, so that nothing moves.
pub(super) fn offered(board: Board, ticket: TicketId) -> impl IntoView {
    let to = Memo::new(move |_| board.offers.of(ticket));
    let said = move || {
        to.get().map(|to| match to {
            OfferedTo::Me { until } => {
                let left = move || {
                    let count = seconds_left(until, board.offers.now.get()).to_string();
                    say_with("offered-left", &[("count", &count)])
                };
                let mark = span().class("mark mark-main").child(say("offered-to-you"));
                (mark, " ", span().child(left)).into_any()
            }
            OfferedTo::Colleague { name } => {
                let values = [("name", name.as_str())];
                span().child(say_with("offered-to", &values)).into_any()
            }
        })
    };
    let wanted = wanted(board);
    move || wanted.get().then(|| div().class("offered").child(said))
}

/// Whether the program offers places.
fn wanted(board: Board) -> Memo<bool> {
    Memo::new(move |_| {
        board.guidance.with(|given| given.as_ref().is_some_and(|given| given.offers.is_some()))
    })
}

/// *Not now*, and the way back from it. The button is always there, so that nothing moves when somebody is offered;
/// while that means nothing it says so when pressed.
pub(super) fn pass(console: Console) -> impl IntoView {
    let offers = console.board.offers;
    let wanted = wanted(console.board);
    move || {
        wanted.get().then(|| {
            let text = move || say(if offers.passes.get() { "offer-again" } else { "offer-pass" });
            let told = move || offers.passes.get().then(|| say("offer-passes"));
            let idle = move || !offers.passes.get() && offers.mine().is_none();
            let press = button()
                .attr("type", "button")
                .class("button button-small")
                .attr("id", "offer-pass")
                .attr("aria-disabled", move || if idle() { "true" } else { "false" })
                .on(ev::click, move |_| console.pass())
                .child(text);
            div().class("offer").child((press, p().class("nothing").child(told)))
        })
    }
}

/// The languages of the program, to say which of them one speaks: only where it offers places by them.
pub(super) fn languages(console: Console) -> impl IntoView {
    let board = console.board;
    let tags = Memo::new(move |_| {
        board.guidance.with(|guidance| {
            let offers = guidance.as_ref()?.offers.as_ref()?;
            Some(offers.languages.iter().map(|tag| tag.to_string()).collect::<Vec<_>>())
        })
    });
    move || {
        tags.get().map(|tags| {
            let each = tags.into_iter().map(|tag| language_choice(console, tag)).collect_view();
            fieldset().class("spoken").child((legend().child(say("offer-languages")), each))
        })
    }
}

fn language_choice(console: Console, tag: String) -> impl IntoView {
    let name = language::name(&tag);
    let spoken = console.board.offers.spoken.with_untracked(|spoken| spoken.contains(&tag));
    let choose = input()
        .attr("type", "checkbox")
        .attr("autocomplete", "off")
        .prop("checked", spoken)
        .on(ev::change, move |event| {
            console.speak(&tag, event_target_checked(&event));
        });
    label().class("choice").child((choose, span().child(name)))
}
