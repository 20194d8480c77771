//! What the program's administrators said to everybody: that chat is closed (`features.md` 5.7). And the way to where they
//! say it, a page apart.

use stillroom_program::Notice;
use stillroom_staff_web::draw::html::{a, bdi, div, p, strong};
use stillroom_staff_web::draw::prelude::*;

use crate::board::Board;
use crate::texts::say;

/// The notices that hold. The region is there before, so that it is read when filled.
pub(super) fn closed(board: Board) -> impl IntoView {
    let notices = move || {
        let now = board.now.get().seconds();
        board.notices.with(|notices| {
            notices.iter().filter(|notice| notice.holds(now)).map(notice).collect::<Vec<_>>()
        })
    };
    div().attr("role", "alert").child(notices)
}

fn notice(notice: &Notice) -> impl IntoView + use<> {
    let text = notice.text.as_str().to_owned();
    div().class("notice trouble").child(div().child((
        p().child((strong().child(say("closed-now")), " ", say("closed-chats"))),
        p().child(bdi().child(text)),
    )))
}

/// A link to the console, for those who may look at it: whoever gives the desk out elsewhere gives out both.
pub(super) fn to_console(board: Board) -> Option<impl IntoView> {
    let sees = board.administers || board.supervises;
    // An administrator's device has one line: where the console has it, the desk is not on it. A supervisor's console has
    // none, and their desk stays.
    let target = (!board.administers).then_some("_blank");
    sees.then(|| {
        a().attr("href", "/console")
            .attr("target", target)
            .attr("rel", "noopener")
            .class("practice-link")
            .child(say("desk-console"))
    })
}
