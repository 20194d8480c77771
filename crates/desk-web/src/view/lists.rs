//! Who waits, whose chats these are, and the keys (`features.md` 5.2). Both lists are always there.

use stillroom_conversation::{Hindrance, Meant, WaitingSurvivor};
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{button, div, h2, li, p, section, span, ul};
use stillroom_staff_web::draw::prelude::*;

use super::beforehand::waiting_facts;
use super::{colleagues, joining, offers, shift, turn_away};
use crate::board::{Board, Seated, chat_name, name_of};
use crate::chat::{Chat, Mark};
use crate::console::Console;
use crate::moments;
use crate::texts::{say, say_with};
use crate::words;

/// The lists.
pub(super) fn lists(console: Console) -> impl IntoView {
    let practice = console.board.practice;
    let practice = practice.then(|| p().class("nothing").child(say("demo-device")));
    div().class("lists").child((
        joining::calls(console),
        who_waits(console),
        chats(console),
        colleagues::link(console),
        shift::shift(console),
        practice,
        keys(),
    ))
}

fn who_waits(console: Console) -> impl IntoView {
    let board = console.board;
    let hindrance = board.hindrance;
    let nobody_to_take = move || board.waiting.with(|all| all.iter().all(|one| !one.offered));
    let why = move || hindrance.get().map(|why| say(words::hindrance(why))).unwrap_or_default();
    // While nobody can be taken it says why beforehand, keeps the focus all the same, and answers when pressed.
    let take_next = button()
        .attr("type", "button")
        .id("take-next")
        .class("button button-main")
        .attr("aria-disabled", move || {
            if hindrance.get().is_some() || nobody_to_take() { "true" } else { "false" }
        })
        .attr("aria-describedby", "take-why")
        .on(ev::click, move |_| console.take_next())
        .child(say("take-next"));
    let each = rows(
        move || board.waiting.get(),
        |waiter| {
            let away = waiter.turned_away.map(|before| before.at.0);
            (waiter.ticket, waiter.here, waiter.offered, away, meant(waiter))
        },
        move |waiter| waiting(console, waiter),
    );
    let heading = h2().child((say("waiting-list"), count(move || board.waiting.with(Vec::len))));
    // Told in few words each time the line grows or shrinks; the list itself is not read out.
    let told = move || {
        let count = board.waiting.with(Vec::len).to_string();
        say_with("waiting-count", &[("count", &count)])
    };
    section().class("who-waits").child((
        div().class("lists-head").child((heading, take_next)),
        p().class("nothing").attr("id", "take-why").child(why),
        offers::pass(console),
        ul().attr("role", "list").attr("aria-label", say("waiting-list")).child(each),
        p().class("unseen").attr("role", "status").child(told),
    ))
}

/// A number beside a heading; the lists say it themselves to who does not see it.
fn count(count: impl Fn() -> usize + Send + 'static) -> impl IntoView {
    let shown = move || match count() {
        0 => String::new(),
        count => format!(" {count}"),
    };
    span().attr("aria-hidden", "true").child(shown)
}

fn waiting(console: Console, waiter: WaitingSurvivor) -> impl IntoView {
    let certain = meant(&waiter);
    let WaitingSurvivor { ticket, since, here, beforehand, offered, turned_away, .. } = waiter;
    // So that a button among many alike says whom it takes.
    let id = format!("waiter-{:x}", u128::from_be_bytes(ticket.0));
    let waited = move || {
        let (text, hours, minutes) = moments::waited(since, console.board.now.get());
        say_with(text, &[("hours", &hours.to_string()), ("count", &minutes.to_string())])
    };
    let hindered = move || {
        let hindrance = console.board.hindrance.get();
        hindrance.is_some_and(|why| why != Hindrance::NobodyWaiting)
    };
    let take = offered.then(|| {
        button()
            .attr("type", "button")
            .class("button button-small")
            .attr("aria-disabled", move || if hindered() { "true" } else { "false" })
            .attr("aria-describedby", id.clone())
            .on(ev::click, move |_| console.take(ticket))
            .child(say("take-this"))
    });
    let others = match certain {
        Some(certain) => Some(span().child(certain)),
        None => (!offered).then(|| span().child(say("waiting-others-first"))),
    };
    let about = div().attr("id", id).child((
        span().class("since").child(waited),
        (!here).then(|| span().class("mark mark-warm").child(say("mark-line-dropped"))),
        waiting_facts(&beforehand),
        others,
        offers::offered(console.board, ticket),
        turned_away.map(|before| turn_away::note(console.board, before)),
    ));
    li().class("waiter").child((about, take))
}

/// For which certain person somebody waits, in words.
fn meant(waiter: &WaitingSurvivor) -> Option<String> {
    let meant = waiter.meant.as_ref()?;
    let (Meant::Me { by: name } | Meant::Colleague { to: name }) = meant;
    Some(say_with(words::meant(meant, waiter.offered), &[("name", &name_of(name.as_ref()))]))
}

fn chats(console: Console) -> impl IntoView {
    let board = console.board;
    let back = button()
        .attr("type", "button")
        .class("button button-small all-chats")
        .on(ev::click, move |_| board.current.set(None))
        .child(say("chats-back"));
    let heading = h2().child((say("chats-list"), count(move || board.seated.with(Vec::len))));
    let each = rows(
        move || board.seated.get(),
        |seated| (seated.seat, seated.number),
        move |seated| link(console, seated),
    );
    section().class("your-chats").child((
        div().class("lists-head").child((back, heading)),
        ul().attr("role", "list").attr("aria-label", say("chats-list")).child(each),
    ))
}

fn link(console: Console, seated: Seated) -> impl IntoView {
    let board = console.board;
    let Seated { seat, chat, .. } = seated;
    let last = {
        let chat = chat.clone();
        move || {
            chat.with(Chat::last).map(|last| {
                let (text, count) = moments::ago(last, board.now.get());
                span().class("when").child(say_with(text, &[("count", &count.to_string())]))
            })
        }
    };
    let current = move || {
        if board.current.get() == Some(seat) { "true" } else { "false" }
    };
    let go = button()
        .attr("type", "button")
        .class("chat-link")
        .attr("aria-current", current)
        .on(ev::click, move |_| console.go_to(seat))
        .child((span().class("name").child(chat_name(seat)), marks(board, chat), last));
    li().child(go)
}

/// A chat's marks in words.
pub(super) fn marks(board: Board, chat: ArcRwSignal<Chat>) -> impl IntoView {
    let marks = Memo::new(move |_| chat.with(Chat::marks));
    move || {
        let shown = marks.get().into_iter().map(|mark| {
            let class = match mark {
                Mark::NeedsAnswer => "mark mark-main",
                Mark::LineDropped | Mark::Silent | Mark::Closing(_) => "mark mark-warm",
                Mark::Joining
                | Mark::HandoverAsked
                | Mark::EndAsked
                | Mark::InterpreterWanted
                | Mark::Answered
                | Mark::New
                | Mark::Ended
                | Mark::Lost => "mark mark-quiet",
            };
            span().class(class).child((" ", move || mark_text(board, mark), " "))
        });
        shown.collect_view()
    }
}

/// A mark in words; of a chat that closes, in how many minutes.
fn mark_text(board: Board, mark: Mark) -> String {
    let Mark::Closing(closes) = mark else {
        return say(mark.name());
    };
    let (hours, minutes) = moments::left(closes, board.now.get());
    let count = (hours * 60 + minutes).max(1).to_string();
    say_with(mark.name(), &[("count", &count)])
}

fn keys() -> impl IntoView {
    let keys = [
        say("keys-chat"),
        say("keys-next"),
        say("keys-waiting"),
        say("keys-offer"),
        say("keys-pass"),
        say("keys-lock"),
        say("keys-prepared"),
        say("keys-fill"),
        say("keys-guides"),
        say("keys-checklist"),
        say("keys-colleagues"),
        say("keys-send"),
        say("keys-escape"),
    ];
    let keys = keys.map(|key| li().child(key)).collect_view();
    section()
        .class("keys")
        .child((h2().child(say("keys-heading")), ul().attr("role", "list").child(keys)))
}
