//! What administrators did, in words (`features.md` 5.9; `decisions/0034`): the record that this device read, checked and
//! found to hold, the newest first, and its mark, which one administrator reads to another.

use stillroom_program::{Act, Roles, SignedAuditEntry, VerifyingKey};
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{bdi, button, code, div, li, ol, p};
use stillroom_staff_web::draw::prelude::*;
use stillroom_staff_web::record::mark;

use crate::console::Console;
use crate::focus;
use crate::language::moment;
use crate::texts::{say, say_with};

/// How many entries are shown at first, and how many more with each press.
const SHOWN: usize = 20;

/// The part of the page with the record.
pub(super) fn record(console: Console) -> impl IntoView {
    let entries = console.board.record;
    let shown = RwSignal::new(SHOWN);
    let own = console.own_key();
    let list = move || {
        entries.with(|entries| {
            let newest = entries.iter().rev().take(shown.get());
            let items = newest.map(|entry| item(entry, &own)).collect::<Vec<_>>();
            if items.is_empty() {
                p().child(say("console-acts-none")).into_any()
            } else {
                ol().class("acts").child(items).into_any()
            }
        })
    };
    let more = move || {
        (entries.with(Vec::len) > shown.get()).then(|| {
            button()
                .attr("type", "button")
                .class("button")
                .on(ev::click, move |_| {
                    shown.update(|shown| *shown = shown.saturating_add(SHOWN));
                    focus::move_if_dropped("part".into());
                })
                .child(say("console-acts-more"))
        })
    };
    let mark = move || {
        entries.with(|entries| {
            let newest = entries.last()?;
            Some(p().child((say("console-acts-mark"), " ", code().child(mark(newest)))))
        })
    };
    div().class("console-form").child((p().child(say("console-acts-about")), mark, list, more))
}

fn item(signed: &SignedAuditEntry, own: &VerifyingKey) -> impl IntoView + use<> {
    let said = in_words(&signed.entry.act, &device(&signed.signer(), own), own);
    li().attr("value", signed.number().to_string())
        .child((bdi().child(said), p().class("small").child(moment(signed.entry.at))))
}

/// Who did what.
fn in_words(act: &Act, who: &str, own: &VerifyingKey) -> String {
    match act {
        Act::Invited { roles: given, .. } => {
            say_with("console-act-invited", &[("who", who), ("roles", &roles(*given))])
        }
        Act::Certified { device: let_in, roles: given, .. } => {
            let (device, roles) = (device(let_in, own), roles(*given));
            let values = [("who", who), ("device", &*device), ("roles", &*roles)];
            say_with("console-act-certified", &values)
        }
        Act::Revoked { device: revoked, .. } => {
            say_with("console-act-revoked", &[("who", who), ("device", &device(revoked, own))])
        }
        Act::Policy { version, .. } => {
            say_with("console-act-policy", &[("who", who), ("version", &version.to_string())])
        }
        Act::NoticeRead { .. } => say_with("console-act-notice", &[("who", who)]),
    }
}

/// A device as people handle it: by the first digits of its key, which stand beside a name in the program's own list.
pub(super) fn device(key: &VerifyingKey, own: &VerifyingKey) -> String {
    if key == own {
        return say("console-device-own");
    }
    let digits: String = key.0.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    say_with("console-device", &[("digits", &digits)])
}

fn roles(roles: Roles) -> String {
    let names = [
        (Roles::ADVOCATE, say("role-advocate")),
        (Roles::SUPERVISOR, say("role-supervisor")),
        (Roles::INTERPRETER, say("role-interpreter")),
        (Roles::ADMINISTRATOR, say("console-role-administrator")),
    ];
    let held = names.into_iter().filter(|(role, _)| roles.contains(*role));
    held.map(|(_, name)| name.to_lowercase()).collect::<Vec<_>>().join(", ")
}
