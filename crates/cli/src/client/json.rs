//! What a core tells, as one line of JSON each; and the commands that it takes, one line of JSON each.
//!
//! These lines carry names and what people wrote: they are the scriptable client's answer to whoever runs
//! it, and go nowhere else.

use serde::Deserialize;
use serde_json::{Value, json};
use stillroom_conversation::{
    Again, Announcement, Author, Beforehand, Call, ChatEvent, Colleague, ComesBack, Company,
    ConversationEvent, DeskEvent, Duty, EndStep, Ending, HandoverAsked, HandoverReason,
    HandoverStep, ItemAnswer, Live, LiveKind, LiveStep, Newcomer, OfferedTo, Participant, Phase,
    Proposed, Role, SafetyAnswer, Silence, Successor, SurvivorEvent, Typed, WriteError,
};
use stillroom_program::SignedAuditEntry;
use stillroom_protocol::StaffId;

/// What a scripted survivor is told to do.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum SurvivorCommand {
    /// Ask for an advocate.
    Start {
        /// The language to write in (BCP 47).
        #[serde(default)]
        language: String,
        /// Whether an interpreter is wanted.
        #[serde(default)]
        interpreter: bool,
        /// Whether somebody could see the device.
        #[serde(default)]
        safety: Safety,
        /// Whether they say that they have agreed on a code word.
        #[serde(default)]
        code_word: bool,
        /// The three words that lead back to a chat.
        #[serde(default)]
        words: String,
        /// The choice in each optional question: 1 for the first, 0 for none.
        #[serde(default)]
        answers: Vec<u8>,
    },
    /// Answer the survey, after the end.
    Survey {
        /// The answer to each item; none to skip it.
        items: Vec<SurveyAnswer>,
    },
    /// Press a key.
    Touch,
    /// Hide the page, or bring it into sight.
    Hide {
        /// Which.
        hidden: bool,
    },
    /// Write a message.
    Write {
        /// What.
        text: String,
    },
    /// Type this into the message box, and send nothing.
    Type {
        /// What is in it.
        text: String,
    },
    /// Take a step towards showing what is typed, or out of it.
    Live {
        /// Which.
        step: Step,
    },
    /// Answer whether somebody else may take over.
    Handover {
        /// Whether they may.
        accept: bool,
    },
    /// Ask for an interpreter, or take that back.
    Interpreter {
        /// Which.
        wanted: bool,
    },
    /// Go on, where the chat is about to end.
    GoOn,
    /// End the chat.
    End,
    /// Leave by the way out.
    Leave,
}

/// What a scripted survivor answers to an item of the survey.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SurveyAnswer {
    /// 1 for the first choice, 0 for none.
    #[serde(default)]
    choice: u8,
    /// What is written beside it.
    #[serde(default)]
    text: String,
}

impl SurveyAnswer {
    /// The answer; of nothing where the text is longer than any may be.
    pub(crate) fn into_item(self) -> ItemAnswer {
        ItemAnswer::new(self.choice, &self.text).unwrap_or_default()
    }
}

/// What a scripted survivor answers about their device.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Safety {
    /// Nothing.
    #[default]
    NotAsked,
    /// Nobody could see it.
    Nobody,
    /// Somebody could.
    Yes,
    /// They are not sure.
    NotSure,
}

impl From<Safety> for SafetyAnswer {
    fn from(safety: Safety) -> Self {
        match safety {
            Safety::NotAsked => Self::NotAsked,
            Safety::Nobody => Self::Nobody,
            Safety::Yes => Self::Yes,
            Safety::NotSure => Self::NotSure,
        }
    }
}

/// A step towards showing one another what is typed, or out of it.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Step {
    /// Offer to show that somebody is typing.
    OfferTyping,
    /// Offer to show what is typed.
    OfferText,
    /// Accept what is offered.
    Accept,
    /// Withdraw, decline or stop.
    Stop,
}

impl From<Step> for LiveStep {
    fn from(step: Step) -> Self {
        match step {
            Step::OfferTyping => Self::Offer { kind: LiveKind::Typing },
            Step::OfferText => Self::Offer { kind: LiveKind::Text },
            Step::Accept => Self::Accept,
            Step::Stop => Self::Stop,
        }
    }
}

/// To whom a scripted desk hands a survivor over.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum To {
    /// Whoever is on duty.
    Anyone,
    /// A supervisor.
    Supervisor,
}

impl From<To> for Successor {
    fn from(to: To) -> Self {
        match to {
            To::Anyone => Self::Anyone,
            To::Supervisor => Self::Supervisor,
        }
    }
}

/// Why a scripted desk hands a survivor over.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum WhyOver {
    /// The shift ends.
    ShiftEnds,
    /// A supervisor can help better.
    SupervisorHelps,
    /// Somebody else is better placed.
    BetterPlaced,
}

impl From<WhyOver> for HandoverReason {
    fn from(why: WhyOver) -> Self {
        match why {
            WhyOver::ShiftEnds => Self::ShiftEnds,
            WhyOver::SupervisorHelps => Self::SupervisorHelps,
            WhyOver::BetterPlaced => Self::BetterPlaced,
        }
    }
}

/// What a scripted desk is told to do.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum DeskCommand {
    /// Go on duty.
    OnDuty,
    /// Go off duty.
    OffDuty,
    /// Take who has waited longest.
    TakeNext,
    /// Write a message.
    Write {
        /// In which chat.
        chat: u32,
        /// What.
        text: String,
    },
    /// Type this into a message box, and send nothing.
    Type {
        /// In which chat.
        chat: u32,
        /// What is in it.
        text: String,
    },
    /// Take a step towards showing what is typed, or out of it.
    Live {
        /// In which chat.
        chat: u32,
        /// Which.
        step: Step,
    },
    /// Give a silent survivor more time.
    Postpone {
        /// In which chat.
        chat: u32,
    },
    /// Ask a survivor whether somebody else may take over.
    HandOver {
        /// In which chat.
        chat: u32,
        /// Who.
        to: To,
        /// Why.
        why: WhyOver,
        /// Why, in own words.
        #[serde(default)]
        words: String,
        /// What whoever comes is told.
        #[serde(default)]
        note: String,
    },
    /// Take that question back.
    WithdrawHandover {
        /// In which chat.
        chat: u32,
    },
    /// Tell a survivor that their chat is about to end, and ask whether they go on.
    AskEnd {
        /// In which chat.
        chat: u32,
    },
    /// Take that back.
    WithdrawEnd {
        /// In which chat.
        chat: u32,
    },
    /// End a chat at once.
    End {
        /// Which.
        chat: u32,
    },
}

/// A survivor's event.
pub(crate) fn survivor(event: &SurvivorEvent) -> Value {
    match event {
        SurvivorEvent::Phase(phase) => self::phase(phase),
        SurvivorEvent::Line(line) => json!({"event": "line", "line": word(line)}),
        SurvivorEvent::Conversation(event) => conversation(event),
        SurvivorEvent::Handover(asked) => handover(asked.as_ref()),
        SurvivorEvent::Company(company) => self::company(company),
        SurvivorEvent::EndAsked(minutes) => json!({
            "event": "end", "asked": minutes.is_some(), "minutes": minutes,
        }),
        SurvivorEvent::Puzzle(puzzle) => json!({
            "event": "puzzle", "bits": puzzle.map(|puzzle| puzzle.bits),
        }),
        SurvivorEvent::InterpreterWanted(wanted) => {
            json!({"event": "interpreter", "wanted": wanted})
        }
        SurvivorEvent::WordAsked(wanted) => json!({
            "event": "code-word", "wanted": wanted.as_ref().map(word),
        }),
    }
}

/// A desk's event.
pub(crate) fn desk(event: &DeskEvent) -> Value {
    match event {
        DeskEvent::Line(line) => json!({"event": "line", "line": word(line)}),
        DeskEvent::Duty(Duty::Off) => json!({"event": "duty", "duty": "off"}),
        DeskEvent::Duty(Duty::Starting) => json!({"event": "duty", "duty": "starting"}),
        DeskEvent::Duty(Duty::On) => json!({"event": "duty", "duty": "on"}),
        DeskEvent::Duty(Duty::Break) => json!({"event": "duty", "duty": "break"}),
        DeskEvent::Shift(shift) => json!({"event": "shift", "shift": word(shift)}),
        DeskEvent::Hindrance(why) => {
            json!({"event": "hindrance", "why": why.as_ref().map(word)})
        }
        DeskEvent::Waiting(waiting) => json!({
            "event": "waiting",
            "count": waiting.len(),
            "people": waiting.iter().map(|one| beforehand(&one.beforehand)).collect::<Vec<_>>(),
        }),
        DeskEvent::Chat { chat, event } => {
            let mut line = chat_event(event);
            if let Value::Object(fields) = &mut line {
                fields.insert("chat".into(), json!(chat.0));
            }
            line
        }
        DeskEvent::Host(says) => json!({
            "event": "host",
            "notices": says.notices.iter().map(|notice| notice.text.as_str()).collect::<Vec<_>>(),
            "of_another": says.of_another,
        }),
        DeskEvent::Audit(seen) => json!({
            "event": "record",
            "number": seen.newest.as_ref().map_or(0, SignedAuditEntry::number),
            "wrong": seen.trouble.as_ref().map(|trouble| word(&trouble.what)),
        }),
        DeskEvent::Guidance(guidance) => json!({
            "event": "guidance",
            "canned-messages": guidance.canned_messages.len(),
            "guides": guidance.guides.len(),
        }),
        DeskEvent::Notices(notices) => json!({
            "event": "notices",
            "notices": notices.iter().map(|notice| notice.text.as_str()).collect::<Vec<_>>(),
        }),
        DeskEvent::Colleagues { on, asks } => json!({
            "event": "colleagues",
            "asks": word(asks),
            "on": on.iter().map(colleague).collect::<Vec<_>>(),
        }),
        DeskEvent::Calls(calls) => json!({
            "event": "calls",
            "calls": calls.iter().map(call).collect::<Vec<_>>(),
        }),
        DeskEvent::Offers { offers, passes } => {
            let offers = offers.iter().map(|offer| {
                let to = match &offer.to {
                    OfferedTo::Me { .. } => None,
                    OfferedTo::Colleague { name } => Some(name.as_str()),
                };
                json!({"me": to.is_none(), "name": to})
            });
            json!({"event": "offers", "offers": offers.collect::<Vec<_>>(), "passes": passes})
        }
        DeskEvent::Consult { from, text } => {
            json!({"event": "consult", "from": device(*from), "text": &**text})
        }
        DeskEvent::Vault { state, cases } => {
            json!({"event": "vault", "state": word(state), "cases": cases.len()})
        }
        DeskEvent::Trouble(trouble) => json!({"event": "trouble", "trouble": word(trouble)}),
    }
}

fn device(id: StaffId) -> String {
    id.0.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn call(call: &Call) -> Value {
    json!({
        "from": device(call.from),
        "name": call.name.as_str(),
        "number": call.number,
        "joins-as": word(&call.joins_as),
        "coming": call.coming,
    })
}

fn company(company: &Company) -> Value {
    let step = |step: &str, who: &Newcomer| json!({"event": "company", "step": step, "name": who.name, "joins-as": word(&who.joins_as)});
    match company {
        Company::Nobody => json!({"event": "company", "step": "nobody"}),
        Company::Asked(who) => step("asked", who),
        Company::Awaited(who) => step("awaited", who),
        Company::Here(who) => step("here", who),
        Company::Leaving(who) => step("leaving", who),
    }
}

fn colleague(one: &Colleague) -> Value {
    json!({
        "device": device(one.id),
        "name": one.name.as_str(),
        "roles": format!("{:?}", one.roles),
        "chats": one.chats,
        "on-break": one.on_break,
        "asks": word(&one.asks),
        "words-closed": one.words_closed,
    })
}

/// What became of answers that were posted.
pub(crate) fn posted(taken: bool) -> Value {
    json!({"event": "answers-posted", "taken": taken})
}

/// Why what was to be written was not taken.
pub(crate) fn not_written(error: WriteError) -> Value {
    json!({"event": "not-written", "why": word(&error)})
}

fn phase(phase: &Phase) -> Value {
    match phase {
        Phase::Before => json!({"event": "phase", "phase": "before"}),
        Phase::Waiting { ahead } => json!({"event": "phase", "phase": "waiting", "ahead": ahead}),
        Phase::Chatting => json!({"event": "phase", "phase": "chatting"}),
        Phase::Ended(ending) => {
            json!({"event": "phase", "phase": "ended", "ending": self::ending(ending)})
        }
        Phase::Stopped(stop) => json!({"event": "phase", "phase": "stopped", "stop": word(stop)}),
    }
}

fn chat_event(event: &ChatEvent) -> Value {
    match event {
        ChatEvent::Opened(said) => json!({"event": "opened", "beforehand": beforehand(said)}),
        ChatEvent::Joined => json!({"event": "joined"}),
        ChatEvent::Entered(joins_as) => json!({"event": "entered", "joins-as": word(joins_as)}),
        ChatEvent::Company(company) => self::company(company),
        ChatEvent::InterpreterWanted(wanted) => {
            json!({"event": "interpreter", "wanted": wanted})
        }
        ChatEvent::OpeningMessages(said) => json!({"event": "opening-messages", "said": said}),
        ChatEvent::Conversation(event) => conversation(event),
        ChatEvent::Handover(HandoverStep::Asked(to)) => {
            json!({"event": "handover", "step": "asked", "to": successor(*to)})
        }
        ChatEvent::Handover(step) => json!({"event": "handover", "step": word(step)}),
        ChatEvent::End(EndStep::Asked { minutes }) => {
            json!({"event": "end", "step": "asked", "minutes": minutes})
        }
        ChatEvent::End(step) => json!({"event": "end", "step": word(step)}),
        ChatEvent::Hidden(hidden) => json!({"event": "hidden", "hidden": hidden}),
        ChatEvent::Word(step) => json!({"event": "code-word", "step": word(step)}),
        ChatEvent::Note(note) => json!({"event": "note", "note": &**note}),
        ChatEvent::Ended(ending) => json!({"event": "ended", "ending": self::ending(ending)}),
        ChatEvent::Lost => json!({"event": "lost"}),
    }
}

fn conversation(event: &ConversationEvent) -> Value {
    match event {
        ConversationEvent::Message { number, from, text } => json!({
            "event": "message", "number": number.0, "mine": *from == Author::Me, "text": &**text,
        }),
        ConversationEvent::Delivered { number } => {
            json!({"event": "delivered", "number": number.0})
        }
        ConversationEvent::Roster(people) => json!({
            "event": "roster", "people": people.iter().map(participant).collect::<Vec<_>>(),
        }),
        ConversationEvent::Announced(announcement) => announced(announcement),
        ConversationEvent::ReturnWords(words) => {
            json!({"event": "return-words", "words": &**words})
        }
        ConversationEvent::WayBack(words) => json!({"event": "way-back", "words": &**words}),
        ConversationEvent::LastWords(words) => json!({"event": "last-words", "words": &**words}),
        ConversationEvent::Silence(silence) => match silence {
            Silence::Over => json!({"event": "silence", "step": "over"}),
            Silence::Asked => json!({"event": "silence", "step": "asked"}),
            Silence::Warned { minutes } => {
                json!({"event": "silence", "step": "warned", "minutes": minutes})
            }
        },
        ConversationEvent::Live(live) => match live {
            Live::Off => json!({"event": "live", "live": "off"}),
            Live::Asked(kind) => json!({"event": "live", "live": "asked", "kind": word(kind)}),
            Live::Offered(kind) => json!({"event": "live", "live": "offered", "kind": word(kind)}),
            Live::On(kind) => json!({"event": "live", "live": "on", "kind": word(kind)}),
        },
        ConversationEvent::Typed(typed) => match typed {
            Typed::Nothing => json!({"event": "typed", "typing": false}),
            Typed::Something => json!({"event": "typed", "typing": true}),
            Typed::Text(text) => json!({"event": "typed", "typing": true, "text": &**text}),
        },
    }
}

fn successor(to: Successor) -> &'static str {
    match to {
        Successor::Anyone => "anyone",
        Successor::Supervisor => "supervisor",
        Successor::Colleague { .. } => "colleague",
    }
}

fn handover(asked: Option<&HandoverAsked>) -> Value {
    let Some(HandoverAsked { to, handover }) = asked else {
        return json!({"event": "handover", "asked": false});
    };
    let name = match to {
        Proposed::Colleague { name, .. } => Some(name.as_str()),
        Proposed::Anyone | Proposed::Supervisor => None,
    };
    json!({
        "event": "handover", "asked": true, "to": word(to), "name": name,
        "why": word(&handover.why), "words": &*handover.words, "note": &*handover.note,
    })
}

fn beforehand(said: &Beforehand) -> Value {
    let safety = match said.safety {
        SafetyAnswer::NotAsked => "not-asked",
        SafetyAnswer::Nobody => "nobody",
        SafetyAnswer::Yes => "yes",
        SafetyAnswer::NotSure => "not-sure",
    };
    let comes_back = match said.comes_back {
        ComesBack::No => "no",
        ComesBack::Here(_) => "here",
        ComesBack::Elsewhere => "elsewhere",
    };
    let again = match said.again {
        Again::No => "no",
        Again::CutOff => "cut-off",
        Again::HandedOver { to: Successor::Anyone, .. } => "handed-over",
        Again::HandedOver { to: Successor::Supervisor, .. } => "for-a-supervisor",
        Again::HandedOver { to: Successor::Colleague { .. }, .. } => "for-a-colleague",
    };
    json!({
        "again": again,
        "language": said.language,
        "interpreter": said.interpreter,
        "safety": safety,
        "comes-back": comes_back,
        "code-word": said.code_word,
    })
}

fn participant(person: &Participant) -> Value {
    json!({"name": person.name, "role": role(person.role), "me": person.me, "here": person.here})
}

fn announced(announcement: &Announcement) -> Value {
    let line = |what: &str, name: &str, who: Role| json!({"event": "announced", "what": what, "name": name, "role": role(who)});
    match announcement {
        Announcement::Joined { name, role } => line("joined", name, *role),
        Announcement::Left { name, role } => line("left", name, *role),
        Announcement::LineDropped { name, role } => line("line-dropped", name, *role),
        Announcement::LineBack { name, role } => line("line-back", name, *role),
        Announcement::HandedOver { name, role } => line("handed-over", name, *role),
        Announcement::AdvocateLost => json!({"event": "announced", "what": "advocate-lost"}),
        Announcement::NobodyTakesOver => {
            json!({"event": "announced", "what": "nobody-takes-over"})
        }
        Announcement::StaysHere => json!({"event": "announced", "what": "stays-here"}),
        Announcement::WayBack => json!({"event": "announced", "what": "way-back"}),
        Announcement::GoesOn => json!({"event": "announced", "what": "goes-on"}),
        Announcement::WordGiven(wanted) => {
            json!({"event": "announced", "what": "code-word-given", "wanted": word(wanted)})
        }
        Announcement::NoWordGiven => json!({"event": "announced", "what": "no-code-word-given"}),
        Announcement::SteppedAway { name, role } => line("stepped-away", name, *role),
        Announcement::CameBack { name, role } => line("came-back", name, *role),
        Announcement::InterpreterWanted(wanted) => {
            json!({"event": "announced", "what": "interpreter", "wanted": wanted})
        }
        Announcement::Awaited(who) => line("awaited", &who.name, who.role),
        Announcement::ComesIn(who) => line("comes-in", &who.name, who.role),
        Announcement::AskedToLeave(who) => line("asked-to-leave", &who.name, who.role),
        Announcement::StaysAway { who, why } => {
            let what = format!("stays-away-{}", word(why));
            line(&what, &who.name, who.role)
        }
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Survivor => "survivor",
        Role::Advocate => "advocate",
        Role::Supervisor => "supervisor",
        Role::Interpreter => "interpreter",
    }
}

fn ending(ending: &Ending) -> &'static str {
    match ending {
        Ending::BySurvivor => "by-survivor",
        Ending::ByStaff => "by-staff",
        Ending::BySilence => "by-silence",
        Ending::SurvivorLeft => "survivor-left",
        Ending::PageLost => "page-lost",
        Ending::HandedOver => "handed-over",
        Ending::CutOff => "cut-off",
        Ending::Out => "out",
        Ending::TurnedAway => "turned-away",
        Ending::Unknown => "unknown",
    }
}

/// `NobodyOnDuty` as `nobody-on-duty`: for enums of plain reasons, which hold nothing of a contact.
fn word(reason: &impl std::fmt::Debug) -> String {
    let mut word = String::new();
    for character in format!("{reason:?}").chars() {
        if character.is_uppercase() && !word.is_empty() && !word.ends_with(['-', '(']) {
            word.push('-');
        }
        word.extend(character.to_lowercase());
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;
    use stillroom_conversation::{Line, Stop};

    #[test]
    fn a_reason_is_written_as_words() {
        assert_eq!(word(&Stop::NobodyOnDuty), "nobody-on-duty");
        assert_eq!(word(&Line::Up), "up");
    }

    #[test]
    fn a_command_with_an_unknown_field_is_refused() {
        assert!(serde_json::from_str::<SurvivorCommand>(r#"{"do":"start"}"#).is_ok());
        assert!(serde_json::from_str::<SurvivorCommand>(r#"{"do":"shout"}"#).is_err());
        assert!(serde_json::from_str::<DeskCommand>(r#"{"do":"end","chat":1,"why":2}"#).is_err());
    }
}
