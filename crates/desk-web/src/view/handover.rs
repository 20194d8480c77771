//! Asking the survivor whether somebody else may take over, and the note of whoever asked before
//! (`features.md` 3.6).
//!
//! What is written here the survivor reads; it stays in its fields while they decide, so that they can be
//! asked again. It goes with the chat.

use stillroom_conversation::{
    Colleague, HANDOVER_NOTE_CHARACTERS, HANDOVER_WORDS_CHARACTERS, HandoverReason, HandoverStep,
    Successor, WriteError,
};
use stillroom_program::VerifyingKey;
use stillroom_protocol::StaffId;
use stillroom_staff_web::draw::ev;
use stillroom_staff_web::draw::html::{
    Input, Textarea, bdi, button, details, div, fieldset, h3, input, label, legend, p, span,
    summary,
};
use stillroom_staff_web::draw::prelude::*;
use web_sys::{Element, SubmitEvent};
use zeroize::Zeroizing;

use super::asked::asked;
use super::colleagues::roles;
use super::{form, message_id, quiet_field, written_in};
use crate::board::{Seat, Seated};
use crate::chat::{Chat, Stage};
use crate::colleagues::Colleagues;
use crate::console::Console;
use crate::focus;
use crate::texts::{say, say_with};
use crate::words;

const WHY: [(HandoverReason, &str); 3] = [
    (HandoverReason::ShiftEnds, "hand-over-shift-ends"),
    (HandoverReason::SupervisorHelps, "hand-over-supervisor-helps"),
    (HandoverReason::BetterPlaced, "hand-over-better-placed"),
];

/// What is written for the question. It stays while the survivor meets whom they may go on with.
#[derive(Clone, Copy)]
struct Fields {
    why: [NodeRef<Input>; WHY.len()],
    words: NodeRef<Textarea>,
    note: NodeRef<Textarea>,
}

impl Fields {
    fn new() -> Self {
        Self { why: WHY.map(|_| NodeRef::new()), words: NodeRef::new(), note: NodeRef::new() }
    }

    /// Asks with what is written here.
    fn ask<T>(
        self,
        ask: impl FnOnce(HandoverReason, &str, &str) -> Result<T, WriteError>,
    ) -> Result<T, WriteError> {
        let chosen = WHY.iter().zip(self.why).find(|(_, node)| is_checked(*node));
        let ((why, _), _) = chosen.ok_or(WriteError::NotNow)?;
        ask(*why, &value(self.words), &value(self.note))
    }
}

/// How far the question has come, and what it takes to ask it; apart from that the press that asks it about whom the
/// survivor has met.
pub(super) fn handover(console: Console, seated: Seated) -> (impl IntoView, impl IntoView) {
    let Seated { seat, chat, .. } = seated;
    let fields = Fields::new();
    put_back(fields, chat.clone());
    let (joined, met) = {
        let (one, other) = (chat.clone(), chat.clone());
        let met = |chat: &Chat| chat.successor().map(|who| who.name.clone());
        (
            Memo::new(move |_| one.with(Chat::stage) == Stage::Open),
            Memo::new(move |_| other.with(met)),
        )
    };
    let step = Memo::new(move |_| chat.with(Chat::handover));
    let is_asked = move || matches!(step.get(), Some(HandoverStep::Asked(_)));
    let told = move || step.get().map(|step| console.board.colleagues.about_handover(step));
    let told =
        asked(seat, is_asked, told, "handover-back", move || console.withdraw_handover(seat));
    let asking = details()
        .class("offers")
        .attr("id", details_id(seat))
        .attr("hidden", move || (is_asked() || !joined.get()).then_some(""))
        .child((summary().child(say("hand-over")), question(console, seat, fields)));
    let now =
        move || met.get().filter(|_| !is_asked()).map(|name| now(console, seat, fields, &name));
    ((told, asking), now)
}

/// Asks the survivor about whom they have met, by one press.
fn now(console: Console, seat: Seat, fields: Fields, name: &str) -> impl IntoView + use<> {
    let ask = move |_| {
        let asked = fields.ask(|why, words, note| console.hand_over_to_met(seat, why, words, note));
        console.board.trouble.set(asked.err().map(|_| "hand-over-now-cannot"));
        focus::move_if_dropped(message_id(seat));
    };
    button()
        .attr("type", "button")
        .class("button button-small")
        .on(ev::click, ask)
        .child(say_with("hand-over-now", &[("name", name)]))
}

/// Opens the form in a chat's panel, with the keyboard in it.
pub(super) fn open_form(console: Console, seat: Seat) {
    console.go_to(seat);
    if let Some(details) = document().get_element_by_id(&details_id(seat)) {
        let _ = details.set_attribute("open", "");
    }
    focus::move_to(first_id(seat));
}

/// What is written in it stays.
fn close_form(seat: Seat) {
    if let Some(details) = document().get_element_by_id(&details_id(seat)) {
        let _ = details.remove_attribute("open");
    }
}

fn question(console: Console, seat: Seat, fields: Fields) -> impl IntoView {
    let to = RwSignal::new(Successor::Anyone);
    let Fields { why, words, note } = fields;
    let meets = NodeRef::<Input>::new();
    let refused = RwSignal::new(None);
    let ask = move |event: SubmitEvent| {
        event.prevent_default();
        let to = to.get_untracked();
        refused.set(match to {
            Successor::Colleague { device } if is_checked(meets) => {
                let asked = console.ask_meeting(seat, StaffId(device.0));
                if asked.is_ok() {
                    close_form(seat);
                }
                asked.err().map(|_| "hand-over-meet-cannot")
            }
            _ => {
                let asked =
                    fields.ask(|why, words, note| console.hand_over(seat, to, why, words, note));
                asked.err().map(|error| refusal(to, error))
            }
        });
        focus::move_if_dropped(message_id(seat));
    };
    let said = move || refused.get().map(say);
    form().class("hand-over").on(ev::submit, ask).child((
        p().child(say("hand-over-about")),
        to_whom(console, seat, to),
        meeting(to, meets),
        choices("hand-over-why", format!("why-{seat}"), why),
        field("hand-over-words", words_id(seat), HANDOVER_WORDS_CHARACTERS, words),
        field("hand-over-note", note_id(seat), HANDOVER_NOTE_CHARACTERS, note),
        p().attr("role", "status").child(said),
        button().attr("type", "submit").class("button button-small").child(say("hand-over-ask")),
    ))
}

/// Whether both are there for a moment first, where it is a certain colleague.
fn meeting(to: RwSignal<Successor>, meets: NodeRef<Input>) -> impl IntoView {
    let is_certain = move || matches!(to.get(), Successor::Colleague { .. });
    let check = input().attr("type", "checkbox").attr("autocomplete", "off").node_ref(meets);
    div().attr("hidden", move || (!is_certain()).then_some("")).child((
        label().class("choice").child((check, span().child(say("hand-over-meet")))),
        p().class("small").child(say("hand-over-meet-about")),
    ))
}

/// Why nothing was asked.
fn refusal(to: Successor, error: WriteError) -> &'static str {
    match (to, error) {
        (Successor::Colleague { .. }, WriteError::NotNow) => "hand-over-colleague-cannot",
        _ => words::write_error(error),
    }
}

/// Whoever is on duty, a supervisor, or one of the colleagues who would take somebody now, by name. Who is chosen
/// and cannot any more stays in the list, so that nobody else is asked in their place by a slip.
fn to_whom(console: Console, seat: Seat, chosen: RwSignal<Successor>) -> impl IntoView {
    let colleagues = console.board.colleagues;
    let one = move |to: Successor, id: Option<String>, text: View| {
        let radio = input()
            .attr("type", "radio")
            .attr("name", format!("to-{seat}"))
            .attr("id", id)
            .attr("autocomplete", "off")
            .attr("checked", (to == Successor::Anyone).then_some(""))
            .on(ev::change, move |_| chosen.set(to));
        label().class("choice").child((radio, span().child(text)))
    };
    let listed = move || {
        let chosen = chosen.get();
        let is_listed = |one: &&Colleague| one.room > 0 || to_colleague(one.id) == chosen;
        colleagues.on.with(|on| on.iter().filter(is_listed).map(|one| one.id).collect::<Vec<_>>())
    };
    let each = rows(
        listed,
        |id| *id,
        move |id| one(to_colleague(id), None, about(colleagues, id).into_any()),
    );
    fieldset().child((
        legend().child(say("hand-over-to")),
        one(Successor::Anyone, Some(first_id(seat)), say("hand-over-anyone").into_any()),
        one(Successor::Supervisor, None, say("hand-over-supervisor").into_any()),
        each,
        p().class("small").child(say("hand-over-certain")),
    ))
}

fn to_colleague(id: StaffId) -> Successor {
    Successor::Colleague { device: VerifyingKey(id.0) }
}

/// A colleague's name, roles, and how many chats they have by now.
fn about(colleagues: Colleagues, id: StaffId) -> impl IntoView {
    let facts = Memo::new(move |_| {
        let one = colleagues.on.with(|on| on.iter().find(|one| one.id == id).cloned());
        one.map(|one| (one.chats, one.roles))
    });
    let facts = move || {
        facts.get().map(|(chats, rights)| {
            let chats = say_with("colleagues-chats", &[("count", &chats.to_string())]);
            roles(rights).chain([chats]).map(|fact| format!(", {fact}")).collect::<String>()
        })
    };
    (bdi().child(colleagues.name_or_a_colleague(id)), facts)
}

/// One of several. The first is chosen, so that a form that is sent says something.
fn choices(about: &'static str, name: String, why: [NodeRef<Input>; WHY.len()]) -> impl IntoView {
    let each = why.into_iter().zip(WHY).enumerate().map(|(at, (node, (_, text)))| {
        let radio = input()
            .attr("type", "radio")
            .attr("name", name.clone())
            .attr("autocomplete", "off")
            .attr("checked", (at == 0).then_some(""))
            .node_ref(node);
        label().class("choice").child((radio, span().child(say(text))))
    });
    fieldset().child((legend().child(say(about)), each.collect_view()))
}

fn field(about: &'static str, id: String, most: usize, node: NodeRef<Textarea>) -> impl IntoView {
    let box_ = quiet_field(id.clone()).attr("maxlength", most.to_string()).node_ref(node);
    let label = label().attr("for", id).child(say_with(about, &[("count", &most.to_string())]));
    div().class("field").child((label, box_))
}

/// What the survivor's last advocate wrote for this one, apart from what is said here.
pub(super) fn note(seated: Seated) -> impl IntoView {
    let Seated { chat, .. } = seated;
    let there = {
        let chat = chat.clone();
        Memo::new(move |_| chat.with(|chat| chat.note().is_some()))
    };
    move || {
        there.get().then(|| {
            let chat = chat.clone();
            let words = p().class("words").attr("dir", "auto").attr("translate", "no");
            let words = words.made(move |element| write(element, &chat));
            div().class("note-before").child((h3().child(say("note-before")), words))
        })
    }
}

/// Gives the browser the note, without a copy of it staying on this side.
fn write(element: &Element, chat: &ArcRwSignal<Chat>) {
    chat.with_untracked(|chat| element.set_text_content(chat.note().map(|note| &**note)));
}

fn is_checked(node: NodeRef<Input>) -> bool {
    node.get_untracked().is_some_and(|input| input.checked())
}

fn value(node: NodeRef<Textarea>) -> Zeroizing<String> {
    Zeroizing::new(node.get_untracked().map(|field| field.value()).unwrap_or_default())
}

/// What is written in a chat's form: the words for the survivor, and the note.
pub(crate) fn written(seat: Seat) -> [Zeroizing<String>; 2] {
    [words_id(seat), note_id(seat)].map(|id| written_in(&id))
}

/// What was in the fields when the desk was locked is in them again.
fn put_back(fields: Fields, chat: ArcRwSignal<Chat>) {
    Effect::new(move |_| {
        let (Some(words), Some(note)) = (fields.words.get(), fields.note.get()) else { return };
        let kept = chat.try_update_untracked(Chat::take_handing_over).unwrap_or_default();
        for (field, text) in [words, note].into_iter().zip(kept) {
            if !text.is_empty() {
                field.set_value(&text);
            }
        }
    });
}

fn words_id(seat: Seat) -> String {
    format!("words-{seat}")
}

fn note_id(seat: Seat) -> String {
    format!("note-{seat}")
}

fn details_id(seat: Seat) -> String {
    format!("hand-over-{seat}")
}

fn first_id(seat: Seat) -> String {
    format!("hand-over-first-{seat}")
}
