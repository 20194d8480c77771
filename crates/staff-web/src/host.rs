//! What the host says to the program's administrators, on top of everything until it was read on this device
//! (`features.md` 6.3; `decisions/0027`); and the host's key, which this device keeps.
//!
//! Shown is what the core believed: signed by the host's key as this device knows it. What another key signed is
//! mentioned and not shown.

use crate::draw::ev;
use crate::draw::html::{bdi, button, code, details, div, p, strong, summary};
use crate::draw::prelude::*;
use stillroom_conversation::HostSays;
use stillroom_program::{Fingerprint, HostNotice, HostNoticeKind, VerifyingKey};
use stillroom_protocol::HostNoticeId;

use crate::focus;
use crate::kept::{self, Beside};
use crate::language;
use crate::texts::{say, say_with};

/// The class of the place where notices stand.
const PLACE: &str = "host-notices";

/// The notices, each with a button by which it was read. The region is there before, so that it is read when filled.
pub fn notices(
    says: RwSignal<HostSays>,
    acknowledge: impl Fn(HostNoticeId) + Copy + Send + 'static,
) -> impl IntoView {
    let notices = move || {
        says.with(|says| {
            let known = says.fingerprint();
            let shown = says.notices.iter().map(|given| notice(given, known, acknowledge));
            shown.collect::<Vec<_>>()
        })
    };
    let of_another = move || {
        says.with(|says| says.of_another)
            .then(|| div().class("notice trouble").child(p().child(say("host-other"))))
    };
    div().class(PLACE).attr("role", "alert").child((notices, of_another))
}

fn notice<Acknowledge: Fn(HostNoticeId) + 'static>(
    given: &HostNotice,
    known: Option<Fingerprint>,
    acknowledge: Acknowledge,
) -> impl IntoView + use<Acknowledge> {
    let id = given.id;
    let when = language::moment(given.given);
    let read = button()
        .attr("type", "button")
        .class("button button-small")
        .on(ev::click, move |_| acknowledge(id))
        .child(say("host-read"));
    let fingerprint = known.map(|known| code().child(known.to_string()));
    let who = details().child((
        summary().child(say("host-who")),
        p().child((say("host-fingerprint"), " ", fingerprint)),
    ));
    let head =
        (strong().child(say(heading(given.kind))), " ", say_with("host-given", &[("when", &when)]));
    let text = given.text.as_str().to_owned();
    div()
        .class("notice trouble")
        .child((div().child((p().child(head), p().child(bdi().child(text)), who)), read))
}

const fn heading(kind: HostNoticeKind) -> &'static str {
    match kind {
        HostNoticeKind::Breach => "host-breach",
        HostNoticeKind::LegalDemand => "host-legal-demand",
        HostNoticeKind::Maintenance => "host-maintenance",
    }
}

/// The host's key as it is known here, of this program.
pub fn known(root: &Fingerprint) -> Option<VerifyingKey> {
    let kept = kept::load_beside(Beside::Host)?;
    let (of, host) = kept.split_first_chunk::<32>()?;
    (*of == root.0).then_some(VerifyingKey(host.try_into().ok()?))
}

/// Remembers the host's key, on a device that is kept.
pub fn remember(root: &Fingerprint, host: &VerifyingKey) {
    if known(root).as_ref() != Some(host) {
        kept::save_beside(Beside::Host, &[root.0, host.0].concat());
    }
}

/// Whether the keyboard is in a notice.
pub fn is_in_front() -> bool {
    focus::is_within(".host-notices")
}
