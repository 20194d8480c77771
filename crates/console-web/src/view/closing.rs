//! Closing chat at once, and opening again (`features.md` 5.7): first on the page, since whoever needs it is in a hurry.

use stillroom_program::{NoticeKind, Policy};
use stillroom_staff_web::attended::Attended as _;
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{
    button, div, fieldset, form, h2, input, label, legend, option, p, section, select, span,
    textarea,
};
use stillroom_staff_web::draw::prelude::*;
use stillroom_staff_web::view::told;
use web_sys::SubmitEvent;

use crate::board::{Asked, Board, ClosingForm, Outcome};
use crate::closing::{Lasts, notice, prepared};
use crate::console::Console;
use crate::focus;
use crate::texts::{say, say_with};
use crate::words;

/// The id of the field for what people read.
const TEXT: &str = "closing-text";

/// The part of the page that closes and opens.
pub(super) fn closing(console: Console) -> impl IntoView {
    let board = console.board;
    let closed = Memo::new(move |_| is_closed(board));
    let heading =
        move || say(if closed.get() { "console-change-notice" } else { "console-close-heading" });
    section().class("card").attr("aria-labelledby", "closing").child((
        move || closed.get().then(|| opening(board)),
        h2().attr("id", "closing").child(heading),
        p().child(say("console-close-about")),
        closing_form(console),
        outcome(board),
    ))
}

/// Whether a notice holds.
fn is_closed(board: Board) -> bool {
    let now = board.now.get();
    let holds = |policy: &Policy| policy.notices_now(now).next().is_some();
    board.policy.with(|policy| policy.as_deref().is_some_and(holds))
}

fn opening(board: Board) -> impl IntoView {
    let open = button()
        .attr("type", "button")
        .attr("id", "open-again")
        .class("button button-main")
        .on(ev::click, move |_| board.asked.set(Some(Asked::Open)))
        .child(say("console-open-again"));
    div().class("open-again").child((
        h2().child(say("console-open-heading")),
        p().child(say("console-open-about")),
        open,
    ))
}

fn closing_form(console: Console) -> impl IntoView {
    let board = console.board;
    let fields = board.closing;
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let text = fields.text.get_untracked();
        let (kind, lasts) = (fields.kind.get_untracked(), fields.lasts.get_untracked());
        match notice(kind, &text, lasts, console.now()) {
            Ok(notice) => board.asked.set(Some(Asked::Close(notice))),
            Err(wrong) => {
                fields.wrong.set(Some(wrong));
                focus::move_to(TEXT.into());
            }
        }
    };
    let press = button()
        .attr("type", "submit")
        .class("button button-main")
        .attr(
            "aria-disabled",
            move || if board.policy.with(Option::is_some) { "false" } else { "true" },
        )
        .child(say("console-close"));
    form()
        .attr("action", "/search")
        .attr("autocomplete", "off")
        .attr("novalidate", "")
        .class("console-form")
        .on(ev::submit, on_submit)
        .child((kinds(fields), prepared_texts(board), text(fields), lasts(fields), press))
}

fn kinds(fields: ClosingForm) -> impl IntoView {
    let choice = move |kind: NoticeKind, about: &'static str| {
        let radio = input()
            .attr("type", "radio")
            .attr("name", "kind")
            .prop("checked", move || fields.kind.get() == kind)
            .on(ev::change, move |_| fields.kind.set(kind));
        let words = span().child((say(words::kind(kind)), span().class("small").child(say(about))));
        label().class("choice").child((radio, words))
    };
    fieldset().class("kinds").child((
        legend().child(say("console-kind")),
        choice(NoticeKind::Closed, "console-kind-closed-about"),
        choice(NoticeKind::Emergency, "console-kind-emergency-about"),
    ))
}

/// Buttons that put a text into the field below, to be used as it is or changed: those of this page, and what the
/// policy's notices for later say.
fn prepared_texts(board: Board) -> impl IntoView {
    let fields = board.closing;
    let texts = move || {
        let number = board.policy.with(|policy| {
            policy.as_ref().map(|policy| policy.page.emergency.number.as_str().to_owned())
        });
        let number = number.unwrap_or_default();
        let kind = fields.kind.get();
        let own = board.policy.with(|policy| {
            let notices = policy.iter().flat_map(|policy| policy.page.notices.iter());
            let of_kind = notices.filter(|notice| notice.kind == kind);
            of_kind.map(|notice| notice.text.as_str().to_owned()).collect::<Vec<_>>()
        });
        let ours = prepared(kind).map(|name| say_with(name, &[("number", &number)]));
        own.into_iter().chain(ours).map(|text| prepared_text(fields, text)).collect::<Vec<_>>()
    };
    fieldset().class("prepared-texts").child((legend().child(say("console-prepared")), texts))
}

fn prepared_text(fields: ClosingForm, text: String) -> impl IntoView {
    let shown = text.clone();
    button()
        .attr("type", "button")
        .class("button button-text")
        .on(ev::click, move |_| {
            fields.text.set(text.clone());
            fields.wrong.set(None);
            focus::move_to(TEXT.into());
        })
        .child(shown)
}

fn text(fields: ClosingForm) -> impl IntoView {
    let field = textarea()
        .attr("id", TEXT)
        .attr("rows", "3")
        .attr("dir", "auto")
        .attr("aria-describedby", "closing-wrong")
        .attr("aria-invalid", move || if fields.wrong.get().is_some() { "true" } else { "false" })
        .prop("value", move || fields.text.get())
        .on(ev::input, move |event| {
            fields.text.set(event_target_value(&event));
            fields.wrong.set(None);
        });
    let wrong = p()
        .class("wrong")
        .attr("id", "closing-wrong")
        .attr("role", "alert")
        .child(move || fields.wrong.get().map(say));
    div().class("field").child((label().attr("for", TEXT).child(say("console-text")), field, wrong))
}

fn lasts(fields: ClosingForm) -> impl IntoView {
    let choice = move |lasts: Lasts| {
        let name = match lasts {
            Lasts::UntilOpened => say("console-until-opened"),
            Lasts::Hours(1) => say("console-for-hour"),
            Lasts::Hours(hours) => say_with("console-for-hours", &[("count", &hours.to_string())]),
        };
        option()
            .attr("value", lasts.value().to_string())
            .prop("selected", move || fields.lasts.get() == lasts)
            .child(name)
    };
    let list = select()
        .attr("id", "closing-lasts")
        .on(ev::change, move |event| {
            fields.lasts.set(Lasts::from_value(&event_target_value(&event)));
        })
        .child(Lasts::ALL.map(choice).into_iter().collect::<Vec<_>>());
    div()
        .class("field")
        .child((label().attr("for", "closing-lasts").child(say("console-lasts")), list))
}

/// What came of the last press, read out.
fn outcome(board: Board) -> impl IntoView {
    told("outcome", move || match board.outcome.get() {
        None => String::new(),
        Some(Outcome::Sent) => say("console-sent"),
        Some(Outcome::Published(version)) => {
            say_with("console-published", &[("version", &version.to_string())])
        }
        Some(Outcome::Refused(text)) => say(text),
    })
}
