//! What was published before (`features.md` 5.6): the list of versions that the relay keeps, what is different between any
//! two, and *as it was*, which makes a draft of one.

use stillroom_conversation::PolicyEntry;
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{button, div, h4, label, li, option, p, select, span, ul};
use stillroom_staff_web::draw::prelude::*;
use stillroom_staff_web::view::told;

use super::question::differences;
use super::record::device;
use crate::console::Console;
use crate::focus;
use crate::language::moment;
use crate::texts::{say, say_with};

/// The id of the button by which a version becomes the draft in the place of changes.
const TAKE: &str = "past-take";

/// The part of the page with the history. The list is fetched when it is opened, and anew with each version that is
/// published while it is.
pub(super) fn past(console: Console) -> impl IntoView {
    let board = console.board;
    let version =
        Memo::new(move |_| board.policy.with(|policy| policy.as_ref().map(|p| p.terms.version)));
    Effect::new(move |_| {
        if version.get().is_some() {
            console.fetch_history();
        }
    });
    let trouble = move || board.past.trouble.get().map(|text| p().class("wrong").child(say(text)));
    div().class("console-form past").child((
        p().child(say("console-past-about")),
        div().attr("role", "alert").child((trouble, question(console))),
        brought(console),
        versions(console),
        h4().child(say("console-compare-heading")),
        compare(console),
    ))
}

fn versions(console: Console) -> impl IntoView {
    let board = console.board;
    let own = console.own_key();
    move || match board.past.list.get() {
        None => p().child(say("console-fetching")).into_any(),
        Some(list) => {
            let newest = list.first().map_or(0, |entry| entry.version);
            let item = |entry: &PolicyEntry| {
                let whose =
                    say_with("console-past-signed", &[("who", &device(&entry.signer, &own))]);
                let number = entry.version.to_string();
                let held = [
                    ("from", &*moment(entry.issued)),
                    ("until", &*moment(entry.expires)),
                    ("version", &*number),
                ];
                let revoked =
                    entry.revoked.then(|| p().class("wrong").child(say("console-past-revoked")));
                let back = (entry.version != newest).then(|| back_button(console, entry.version));
                li().child((
                    div().child((
                        p().child(say_with("console-past-version", &held)),
                        p().class("small").child(whose),
                        revoked,
                    )),
                    back,
                ))
            };
            ul().class("versions").child(list.iter().map(item).collect::<Vec<_>>()).into_any()
        }
    }
}

fn back_button(console: Console, version: u64) -> impl IntoView {
    let number = version.to_string();
    button()
        .attr("type", "button")
        .class("button")
        .on(ev::click, move |_| {
            let board = console.board;
            if board.draft.differences.with_untracked(Vec::is_empty) {
                console.bring_back(version);
            } else {
                board.past.asked.set(Some(version));
                focus::move_to(TAKE.into());
            }
        })
        .child((
            say("console-past-back"),
            span().class("unseen").child(say_with("console-past-which", &[("version", &number)])),
        ))
}

/// Whether what was changed and not published may go.
fn question(console: Console) -> impl IntoView {
    let past = console.board.past;
    move || {
        past.asked.get().map(|version| {
            let number = version.to_string();
            let take = button()
                .attr("type", "button")
                .attr("id", TAKE)
                .class("button")
                .on(ev::click, move |_| {
                    console.bring_back(version);
                    focus::move_to("part".into());
                })
                .child(say_with("console-past-take", &[("version", &number)]));
            let keep = button()
                .attr("type", "button")
                .class("button")
                .on(ev::click, move |_| {
                    past.asked.set(None);
                    focus::move_to("part".into());
                })
                .child(say("console-past-keep"));
            div().class("notice").child((
                p().child(say("console-past-ask")),
                div().class("choices").child((take, keep)),
            ))
        })
    }
}

/// That a version became the draft, read out.
fn brought(console: Console) -> impl IntoView {
    let past = console.board.past;
    told("outcome", move || {
        let said =
            |version: u64| say_with("console-past-brought", &[("version", &version.to_string())]);
        past.brought.get().map(said).unwrap_or_default()
    })
}

/// Two lists of versions, and what the newer says otherwise than the older.
fn compare(console: Console) -> impl IntoView {
    let past = console.board.past;
    let older = move || past.compared.get().map(|(older, _)| older);
    let newer = move || past.compared.get().map(|(_, newer)| newer);
    let choose = move |is_newer: bool, version: u64| {
        past.compared.update(|compared| {
            let (older, newer) = compared.unwrap_or((version, version));
            *compared = Some(if is_newer { (older, version) } else { (version, newer) });
        });
    };
    Effect::new(move |_| {
        if let Some((older, newer)) = past.compared.get() {
            console.fetch_policy(older);
            console.fetch_policy(newer);
        }
    });
    let shown = move || {
        let (older, newer) = past.compared.get()?;
        let (Some(before), Some(after)) = (past.whole(older), past.whole(newer)) else {
            return past
                .trouble
                .get()
                .is_none()
                .then(|| p().child(say("console-fetching")).into_any());
        };
        Some(if before.differences(&after).iter().all(|found| found.field == "version") {
            p().child(say("console-compare-same")).into_any()
        } else {
            differences(&before, &after).into_any()
        })
    };
    (
        div().class("choices").child((
            which(console, "compare-older", "console-compare-older", older, move |version| {
                choose(false, version);
            }),
            which(console, "compare-newer", "console-compare-newer", newer, move |version| {
                choose(true, version);
            }),
        )),
        div().attr("role", "status").child(shown),
    )
}

fn which(
    console: Console,
    id: &'static str,
    name: &'static str,
    chosen: impl Fn() -> Option<u64> + Copy + Send + Sync + 'static,
    choose: impl Fn(u64) + 'static,
) -> impl IntoView {
    let options = move || {
        let list = console.board.past.list.get().unwrap_or_default();
        let options = list.into_iter().map(move |entry| {
            let number = entry.version.to_string();
            option()
                .attr("value", number.clone())
                .prop("selected", move || chosen() == Some(entry.version))
                .child(say_with("console-compare-version", &[("version", &number)]))
        });
        options.collect::<Vec<_>>()
    };
    let list = select()
        .attr("id", id)
        .on(ev::change, move |event| {
            if let Ok(version) = event_target_value(&event).parse() {
                choose(version);
            }
        })
        .child(options);
    div().class("field").child((label().attr("for", id).child(say(name)), list))
}
