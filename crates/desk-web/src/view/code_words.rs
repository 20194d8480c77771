//! Asking the survivor for a code word, and agreeing on one (`features.md` 3.4). What it was is said here in words;
//! the word itself comes to no page of a desk.

use stillroom_conversation::{KnownCase, VaultState, WordFor, WordRefusal, WordStep};
use stillroom_program::CaseId;
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{
    Select, button, details, div, label, option, p, select, summary,
};
use stillroom_staff_web::draw::prelude::*;
use web_sys::SubmitEvent;

use super::asked::asked;
use super::handle::Handle;
use super::{form, message_id};
use crate::board::{Board, Seat, Seated};
use crate::chat::{Chat, Stage};
use crate::code_words::CodeWords;
use crate::console::Console;
use crate::focus;
use crate::moments;
use crate::texts::{say, say_with};
use crate::words;

/// Days before a case is deleted in which that is said.
const TOLD_BEFOREHAND: u32 = 30;

/// How far it has come in a chat, and what it takes to ask.
pub(super) fn code_words(console: Console, seated: Seated) -> impl IntoView {
    let Seated { seat, chat, .. } = seated;
    let joined = {
        let chat = chat.clone();
        Memo::new(move |_| chat.with(Chat::stage) == Stage::Open)
    };
    let says_so = {
        let chat = chat.clone();
        Memo::new(move |_| chat.with(|chat| chat.beforehand().is_some_and(|said| said.code_word)))
    };
    let step = Memo::new(move |_| chat.with(Chat::word));
    let is_asked = move || matches!(step.get(), Some(WordStep::Asked(_)));
    // For whom it was asked last.
    let of = RwSignal::new(String::new());
    let told = move || {
        let (text, count) = words::code_word(step.get()?);
        Some(of.with(|of| say_with(text, &[("handle", of), ("count", &count.to_string())])))
    };
    let told = asked(seat, is_asked, told, "word-back", move || console.withdraw_word(seat));
    let code_words = console.board.code_words;
    // They are here, and have just shown that they are: it is the moment to change it.
    let due = move || {
        let is_right = step.get() == Some(WordStep::Right);
        let due = of.with(|of| code_words.due(of)).filter(|_| is_right)?;
        Some(p().child(say(words::word_due_now(due))))
    };
    let told = (told, div().attr("role", "status").child(due));
    // Nothing else on the desk may draw the eye away from this one.
    let is_danger = move || step.get() == Some(WordStep::Duress);
    let told = div().class(move || if is_danger() { "word-danger" } else { "" }).child(told);
    let state = console.board.code_words.state;
    let inside = move || match state.get() {
        VaultState::Open => asking(console, seat, of).into_any(),
        state => closed(console, seat, state).into_any(),
    };
    let asking = details()
        .class("offers")
        .attr("id", format!("code-word-{seat}"))
        .attr("hidden", move || (is_asked() || !joined.get()).then_some(""))
        .child((summary().child(say("word-ask-heading")), inside));
    // Until something was asked.
    let waits = move || says_so.get() && joined.get() && step.get().is_none();
    (move || waits().then(|| at_hand(console, seat)), told, asking)
}

/// They say beforehand that they have one: asking is one press away.
fn at_hand(console: Console, seat: Seat) -> impl IntoView {
    let open = move |_| {
        if let Some(details) = document().get_element_by_id(&format!("code-word-{seat}")) {
            let _ = details.set_attribute("open", "");
        }
        let first = if console.board.code_words.cases.with_untracked(Vec::is_empty) {
            format!("word-new-{seat}")
        } else {
            format!("word-of-{seat}")
        };
        focus::move_to(first);
    };
    div().class("reminder").child((p().child(say("word-they-have")), plain("word-ask-first", open)))
}

/// Why there is nothing to ask by, and looking again.
fn closed(console: Console, seat: Seat, state: VaultState) -> impl IntoView {
    let again = button()
        .attr("type", "button")
        .class("button button-small")
        .on(ev::click, move |_| console.refresh_vault())
        .child(say("word-look-again"));
    let may_begin = state == VaultState::Unreadable && console.board.code_words.may_begin;
    div().class("hand-over").child((
        p().attr("role", "status").child(words::vault(state).map(say)),
        (state != VaultState::Closed).then_some(again),
        may_begin.then(|| begin_anew(console, seat)),
    ))
}

/// Beginning a new list in place of one that does not open. Two presses: before the second it is said what is lost.
fn begin_anew(console: Console, seat: Seat) -> impl IntoView {
    let is_sure = RwSignal::new(false);
    let id = format!("word-begin-{seat}");
    let begin = button()
        .attr("type", "button")
        .attr("id", id.clone())
        .class("button button-small")
        .on(ev::click, move |_| is_sure.set(true))
        .child(say("word-begin"));
    let sure = move || {
        let id = id.clone();
        let leave = move |_| {
            is_sure.set(false);
            focus::move_if_dropped(id.clone());
        };
        let yes = move |_| {
            is_sure.set(false);
            console.begin_new_vault();
            focus::move_if_dropped(message_id(seat));
        };
        is_sure.get().then(|| {
            let what = p().attr("role", "status").child(say("word-begin-sure"));
            let buttons = (plain("word-begin-yes", yes), plain("word-begin-no", leave));
            (what, div().class("choices").child(buttons))
        })
    };
    (begin, sure)
}

fn asking(console: Console, seat: Seat, of: RwSignal<String>) -> impl IntoView {
    let refused = RwSignal::new(None::<WordRefusal>);
    let said = move || {
        let refusal = refused.get()?;
        let wait = match refusal {
            WordRefusal::Until(until) => moments::left(until, console.now()).1,
            _ => 0,
        };
        Some(say_with(words::word_refusal(refusal), &[("count", &wait.to_string())]))
    };
    // What is said of the last question stays of whom it was.
    let done = move |result: Result<(), WordRefusal>, handle: Option<String>| {
        if let (Ok(()), Some(handle)) = (result, handle) {
            of.set(handle);
        }
        refused.set(result.err());
        focus::move_if_dropped(message_id(seat));
    };
    div().class("hand-over").child((
        p().child(say("word-ask-about")),
        check(console, seat, done),
        agree(console, seat, done),
        p().attr("role", "status").child(said),
    ))
}

/// Choosing for whom, and what can be done then.
fn check(
    console: Console,
    seat: Seat,
    done: impl Fn(Result<(), WordRefusal>, Option<String>) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let code_words = console.board.code_words;
    let node = NodeRef::<Select>::new();
    // Two presses delete: the second button says what.
    let deleting = RwSignal::new(None::<(CaseId, String)>);
    let chosen = move || {
        let at = usize::try_from(node.get_untracked()?.selected_index()).ok()?;
        code_words.cases.with_untracked(|cases| cases.get(at).cloned())
    };
    let ask = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(case) = chosen() else { return };
        done(console.ask_word(seat, case.id), Some(case.handle));
    };
    let change = move |_| {
        let Some(case) = chosen() else { return };
        done(console.agree_on_word(seat, WordFor::Known(case.id)), Some(case.handle));
    };
    // Each keeps its own line, so that what is chosen stays chosen when a colleague adds another.
    let cases = rows(
        move || code_words.cases.get(),
        |case| (case.handle.clone(), case.due.is_some()),
        case,
    );
    let id = format!("word-of-{seat}");
    let field = div().class("field").child((
        label().attr("for", id.clone()).child(say("word-of")),
        select().attr("id", id).attr("autocomplete", "off").node_ref(node).child(cases),
    ));
    let buttons = div().class("choices").child((
        button().attr("type", "submit").class("button button-small").child(say("word-ask")),
        plain("word-change", change),
        plain("word-delete", move |_| deleting.set(chosen().map(|case| (case.id, case.handle)))),
    ));
    let sure = move || {
        deleting.get().map(|(id, handle)| {
            let delete = move |_| {
                deleting.set(None);
                done(console.delete_case(id), None);
            };
            let what = say_with("word-delete-sure", &[("handle", &handle)]);
            div().class("choices").child((
                p().attr("role", "status").child(what),
                plain("word-delete-yes", delete),
                plain("word-delete-no", move |_| deleting.set(None)),
            ))
        })
    };
    let none = move || code_words.cases.with(Vec::is_empty).then(|| p().child(say("word-none")));
    let some = move || code_words.cases.with(Vec::is_empty).then_some("");
    let form = form().on(ev::submit, ask).attr("hidden", some).child((field, buttons));
    (none, reminder(code_words), form, deletions(code_words), sure)
}

/// How many words should be changed; which, their lines say.
fn reminder(code_words: CodeWords) -> impl IntoView {
    move || {
        let due =
            code_words.cases.with(|cases| cases.iter().filter(|case| case.due.is_some()).count());
        (due > 0).then(|| p().child(say_with("word-due-count", &[("count", &due.to_string())])))
    }
}

/// Who is deleted soon if their word is not given, and in how many days.
fn deletions(code_words: CodeWords) -> impl IntoView {
    move || {
        let soon = code_words.cases.get().into_iter().filter_map(|case| {
            let days = case.deleted_in.filter(|days| *days <= TOLD_BEFOREHAND)?;
            let values = [("handle", case.handle.as_str()), ("count", &days.to_string())];
            Some(p().child(say_with("word-deleted-in", &values)))
        });
        soon.collect_view()
    }
}

/// After how many days without its word anybody is deleted, where that is so.
fn kept_for(board: Board) -> impl IntoView {
    move || {
        let days = board.guidance.with(|given| given.as_ref()?.code_words.delete_days)?;
        Some(p().class("small").child(say_with("word-kept-for", &[("count", &days.to_string())])))
    }
}

fn plain(text: &'static str, press: impl Fn(ev::MouseEvent) + Send + 'static) -> impl IntoView {
    button()
        .attr("type", "button")
        .class("button button-small")
        .on(ev::click, press)
        .child(say(text))
}

fn case(case: KnownCase) -> impl IntoView {
    let KnownCase { handle, due, .. } = case;
    let due = due.map(|due| format!(" ({})", say(words::word_due(due))));
    option().child(format!("{handle}{}", due.unwrap_or_default()))
}

/// Agreeing on one for somebody new.
fn agree(
    console: Console,
    seat: Seat,
    done: impl Fn(Result<(), WordRefusal>, Option<String>) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let handle = Handle::new(console.board);
    let agree = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(called) = handle.value() else { return };
        let asked = console.agree_on_word(seat, WordFor::New(called.clone()));
        if asked.is_ok() {
            handle.empty();
        }
        done(asked, Some(called));
    };
    form().on(ev::submit, agree).child((
        handle.field(seat),
        kept_for(console.board),
        button().attr("type", "submit").class("button button-small").child(say("word-agree-ask")),
    ))
}
