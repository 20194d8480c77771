//! What is wrong with the record of administrative acts, for those who look after the program (`features.md` 5.9;
//! `decisions/0034`).
//!
//! Shown is what the core found. Nobody is told what to make of it but to ask by another way than this one.

use data_encoding::BASE64URL_NOPAD;
use stillroom_conversation::{AuditTrouble, AuditWrong};
use stillroom_program::{Fingerprint, encode};
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{bdi, button, code, details, div, p, strong, summary};
use stillroom_staff_web::draw::prelude::*;

use crate::console::Console;
use crate::texts::say;

/// The notice. The region is there before, so that it is read when filled.
pub(super) fn audit(console: Console) -> impl IntoView {
    let found = console.board.audit;
    let notice = move || found.with(|found| found.as_ref().map(|found| notice(console, found)));
    div().class("record-notice").attr("role", "alert").child(notice)
}

fn notice(console: Console, found: &AuditTrouble) -> impl IntoView + use<> {
    let close = button()
        .attr("type", "button")
        .class("button button-small")
        .on(ev::click, move |_| console.board.audit.set(None))
        .child(say("desk-dismiss"));
    let entries = found.both().map(|entry| {
        let mark = format!("{} {}", entry.number(), Fingerprint(entry.head().hash));
        p().child((code().child(mark), " ", bdi().child(BASE64URL_NOPAD.encode(&encode(entry)))))
    });
    let proof =
        details().child((summary().child(say("record-proof")), entries.collect::<Vec<_>>()));
    let text = (
        p().child(strong().child(say("record-wrong"))),
        p().child((say(heading(found.what)), " ", say("record-do"))),
        proof,
    );
    div().class("notice trouble").child((div().child(text), close))
}

const fn heading(what: AuditWrong) -> &'static str {
    match what {
        AuditWrong::Two => "record-two",
        AuditWrong::Older => "record-older",
        AuditWrong::Broken => "record-broken",
        AuditWrong::Outside => "record-outside",
    }
}
