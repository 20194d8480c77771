//! What a device of staff's keeps of the record of administrative acts (`features.md` 5.9; `decisions/0034`): its newest
//! entry, and the proof where there are two records, none of which is secret; and what is wrong with the record, as it is
//! shown to those who look after the program.
//!
//! Shown is what the core found. Nobody is told what to make of it but to ask by another way than this one.

use crate::draw::ev;
use crate::draw::html::{bdi, button, code, details, div, p, strong, summary};
use crate::draw::prelude::*;
use data_encoding::BASE64URL_NOPAD;
use stillroom_conversation::{AuditTrouble, AuditWrong};
use stillroom_program::{Fingerprint, SignedAuditEntry, decode, encode};

use crate::kept::{self, Beside};
use crate::texts::say;

/// The newest entry of this program's record that was seen on this device.
pub fn known(root: &Fingerprint) -> Option<SignedAuditEntry> {
    let kept = kept::load_beside(Beside::Record)?;
    let (of, entry) = kept.split_first_chunk::<32>()?;
    decode(entry).ok().filter(|_| *of == root.0)
}

/// Remembers the newest entry, on a device that is kept.
pub fn remember(root: &Fingerprint, entry: &SignedAuditEntry) {
    kept::save_beside(Beside::Record, &[&root.0[..], &encode(entry)].concat());
}

/// Keeps the signed entries that do not go together.
pub fn keep_proof<'a>(entries: impl Iterator<Item = &'a SignedAuditEntry>) {
    kept::save_beside(Beside::Proof, &entries.map(encode).collect::<Vec<_>>().concat());
}

/// The notice. The region is there before, so that it is read when filled.
pub fn trouble(found: RwSignal<Option<AuditTrouble>>) -> impl IntoView {
    let notice = move || found.with(|shown| shown.as_ref().map(|shown| notice(found, shown)));
    div().class("record-notice").attr("role", "alert").child(notice)
}

fn notice(shown: RwSignal<Option<AuditTrouble>>, found: &AuditTrouble) -> impl IntoView + use<> {
    let close = button()
        .attr("type", "button")
        .class("button button-small")
        .on(ev::click, move |_| shown.set(None))
        .child(say("desk-dismiss"));
    let entries = found.both().map(|entry| {
        p().child((
            code().child(mark(entry)),
            " ",
            bdi().child(BASE64URL_NOPAD.encode(&encode(entry))),
        ))
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

/// What one administrator reads to another to see that both have the same record.
pub fn mark(entry: &SignedAuditEntry) -> String {
    format!("{} {}", entry.number(), Fingerprint(entry.head().hash))
}

const fn heading(what: AuditWrong) -> &'static str {
    match what {
        AuditWrong::Two => "record-two",
        AuditWrong::Older => "record-older",
        AuditWrong::Broken => "record-broken",
        AuditWrong::Outside => "record-outside",
    }
}
