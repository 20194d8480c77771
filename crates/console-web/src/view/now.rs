//! What survivors see now: by the hours, and by the notices that hold (`features.md` 1.2, 5.7).

use std::sync::Arc;

use stillroom_program::{Calendar, Notice, Offer, Policy, Timestamp};
use stillroom_staff_web::draw::html::{bdi, div, h2, p, section, strong};
use stillroom_staff_web::draw::prelude::*;

use crate::console::Console;
use crate::language::moment;
use crate::texts::{say, say_with};
use crate::words;

/// The part of the page that says it.
pub(super) fn now(console: Console) -> impl IntoView {
    let board = console.board;
    let content = move || match board.policy.get() {
        Some(policy) => state(&policy, board.now.get()).into_any(),
        None => p().child(say("console-fetching")).into_any(),
    };
    section().class("card").attr("aria-labelledby", "now").child((
        h2().attr("id", "now").child(say("console-now")),
        div().attr("role", "status").child(content),
    ))
}

fn state(policy: &Arc<Policy>, now: Timestamp) -> impl IntoView + use<> {
    let notices = policy.notices_now(now).map(notice).collect::<Vec<_>>();
    let version = policy.terms.version.to_string();
    let until = moment(policy.terms.expires);
    let version = say_with("console-version", &[("version", &version), ("until", &until)]);
    (
        p().class("state").child(strong().child(offer(policy, now))),
        notices,
        p().class("small").child(version),
    )
}

/// In a sentence. A time zone that this page does not know was checked when the policy was signed.
fn offer(policy: &Policy, now: Timestamp) -> String {
    let Ok(calendar) = Calendar::of(policy) else {
        return String::new();
    };
    let with = |name: &str, at: Timestamp| say_with(name, &[("when", &moment(at.seconds()))]);
    match calendar.offer(now) {
        Offer::Open { closes: Some(closes) } => with("console-open-until", closes.at),
        Offer::Open { closes: None } => say("console-open"),
        Offer::Closed { opens: Some(opens) } => with("console-hours-until", opens.at),
        Offer::Closed { opens: None } => say("console-hours"),
        Offer::Notice { opens: Some(opens), .. } => with("console-notice-until", opens.at),
        Offer::Notice { opens: None, .. } => say("console-notice"),
    }
}

/// A notice as it stands on survivors' pages.
pub(super) fn notice(notice: &Notice) -> impl IntoView + use<> {
    let text = notice.text.as_str().to_owned();
    div().class("notice").child((
        p().child(strong().child(say(words::kind(notice.kind)))),
        p().child(bdi().child(text)),
    ))
}
