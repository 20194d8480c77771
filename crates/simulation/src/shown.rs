//! What a device has shown so far: what a person at it would know.

use stillroom_conversation::{
    Announcement, Asks, AuditSeen, Author, Beforehand, Call, ChatEvent, ChatNumber, Colleague,
    Company, ConversationEvent, DeskEvent, Duty, EndStep, Ending, HandoverAsked, HandoverStep,
    Hindrance, HostSays, JoinsAs, KnownCase, Live, MessageNumber, Participant, Phase, PlaceOffer,
    Role, Shift, Silence, SurvivorEvent, Trouble, Typed, VaultState, WaitingSurvivor, WordStep,
    WordWanted,
};
use stillroom_program::{Guidance, Notice};
use stillroom_protocol::{Puzzle, StaffId};

/// One conversation, as it stands on a screen.
#[derive(Clone, Debug, Default)]
pub struct ShownChat {
    /// In order: whether it is one's own, its number, and the text.
    pub messages: Vec<(bool, MessageNumber, String)>,
    /// Own messages that everybody has.
    pub delivered: Vec<MessageNumber>,
    /// Who is here.
    pub roster: Vec<Participant>,
    /// Everything that was announced.
    pub announced: Vec<Announcement>,
    /// Whether the survivor is in (a desk's chat).
    pub joined: bool,
    /// Whether it is over.
    pub over: bool,
    /// How it ended (a desk's chat).
    pub ending: Option<Ending>,
    /// What the survivor had said beforehand (a desk's chat).
    pub beforehand: Option<Beforehand>,
    /// The words that lead back to it (a survivor's).
    pub return_words: Option<String>,
    /// The words that lead back after the chat.
    pub way_back: Option<String>,
    /// What the program said to a survivor who was turned away.
    pub last_words: Option<String>,
    /// Whether the survivor's page is hidden, as a desk shows it.
    pub hidden: bool,
    /// How far silence came, step by step.
    pub silences: Vec<Silence>,
    /// How far an agreement to show what is typed has come, step by step.
    pub live: Vec<Live>,
    /// What the other side was seen to type, change by change.
    pub typed: Vec<Typed>,
    /// How far the question whether somebody else may take over came, step by step (a desk's chat).
    pub handover: Vec<HandoverStep>,
    /// What the survivor's last advocate wrote for this one (a desk's chat).
    pub note: Option<String>,
    /// How far the question whether the chat may end came, step by step (a desk's chat).
    pub end: Vec<EndStep>,
    /// How far it came that a third person joins, step by step.
    pub company: Vec<Company>,
    /// Whether the survivor wishes for an interpreter who has not come, change by change.
    pub interpreter_wanted: Vec<bool>,
    /// As what this device joined a colleague's chat.
    pub entered: Option<JoinsAs>,
    /// Who wrote what others wrote, in order.
    pub authors: Vec<Role>,
    /// How far asking for a code word came, step by step (a desk's chat).
    pub word: Vec<WordStep>,
}

impl ShownChat {
    fn show(&mut self, event: ConversationEvent) {
        match event {
            ConversationEvent::Message { number, from, text } => {
                if let Author::Member(author) = from {
                    let mut roster = self.roster.iter();
                    let author = roster.find(|one| one.member == author);
                    self.authors.extend(author.map(|one| one.role));
                }
                self.messages.push((from == Author::Me, number, text.to_string()));
            }
            ConversationEvent::Delivered { number } => self.delivered.push(number),
            ConversationEvent::Roster(roster) => self.roster = roster,
            ConversationEvent::Announced(announcement) => self.announced.push(announcement),
            ConversationEvent::ReturnWords(words) => self.return_words = Some(words.to_string()),
            ConversationEvent::WayBack(words) => self.way_back = Some(words.to_string()),
            ConversationEvent::LastWords(words) => self.last_words = Some(words.to_string()),
            ConversationEvent::Silence(silence) => self.silences.push(silence),
            ConversationEvent::Live(live) => self.live.push(live),
            ConversationEvent::Typed(typed) => self.typed.push(typed),
        }
    }

    /// The texts that others wrote, in order.
    pub fn received(&self) -> Vec<&str> {
        self.texts(false)
    }

    /// One's own texts, in order.
    pub fn written(&self) -> Vec<&str> {
        self.texts(true)
    }

    /// Whether everything of one's own has arrived everywhere.
    pub fn all_delivered(&self) -> bool {
        self.written().len() == self.delivered.len()
    }

    fn texts(&self, own: bool) -> Vec<&str> {
        let texts = self.messages.iter().filter(|(mine, _, _)| *mine == own);
        texts.map(|(_, _, text)| text.as_str()).collect()
    }
}

/// Everything that a device has shown.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// The screens that a survivor saw, in order.
    pub phases: Vec<Phase>,
    /// A survivor's chat is the first; a desk's are by their number, from 1.
    pub chats: Vec<ShownChat>,
    /// Who waits, at a desk.
    pub waiting: Vec<WaitingSurvivor>,
    /// What a survivor is asked: whether somebody else may take over.
    pub question: Option<HandoverAsked>,
    /// The minutes in which a survivor's chat is about to end, while that is asked.
    pub end_asked: Option<u16>,
    /// What a survivor was asked a code word for, change by change.
    pub word_asked: Vec<Option<WordWanted>>,
    /// Whether a desk's vault of code words is open.
    pub vault: VaultState,
    /// The cases in it, as the desk shows them.
    pub cases: Vec<KnownCase>,
    /// Whether a desk is on duty.
    pub duty: Option<Duty>,
    /// How far the shift at a desk has come, step by step.
    pub shifts: Vec<Shift>,
    /// Why a desk takes nobody, change by change.
    pub hindrances: Vec<Option<Hindrance>>,
    /// What a desk was given to help its staff, the newest last.
    pub guidance: Vec<Guidance>,
    /// The program's notices.
    pub notices: Vec<Notice>,
    /// What the host says.
    pub host: HostSays,
    /// The record of administrative acts, as a desk knows it.
    pub audit: AuditSeen,
    /// Who else is on duty, as a desk shows it.
    pub colleagues: Vec<Colleague>,
    /// Who calls a desk into a chat of theirs.
    pub calls: Vec<Call>,
    /// What a desk asks of the supervisors, as it shows it.
    pub asks: Asks,
    /// What colleagues wrote to a desk alone, in order.
    pub consulted: Vec<(StaffId, String)>,
    /// To whom places are offered, as a desk shows it.
    pub offers: Vec<PlaceOffer>,
    /// Whether a desk is passed over for the moment.
    pub passes: bool,
    /// What a survivor's device is to solve.
    pub puzzle: Option<Puzzle>,
    /// How often a survivor's device was to solve anything.
    pub puzzles: u32,
    /// What a desk was told.
    pub troubles: Vec<Trouble>,
}

impl Shown {
    pub(crate) fn show_survivor(&mut self, event: SurvivorEvent) {
        match event {
            SurvivorEvent::Phase(phase) => self.phases.push(phase),
            SurvivorEvent::Conversation(event) => self.chat_mut(0).show(event),
            SurvivorEvent::Handover(question) => self.question = question,
            SurvivorEvent::EndAsked(minutes) => self.end_asked = minutes,
            SurvivorEvent::Company(company) => self.chat_mut(0).company.push(company),
            SurvivorEvent::InterpreterWanted(wanted) => {
                self.chat_mut(0).interpreter_wanted.push(wanted);
            }
            SurvivorEvent::WordAsked(wanted) => self.word_asked.push(wanted),
            SurvivorEvent::Puzzle(puzzle) => {
                self.puzzles += u32::from(puzzle.is_some());
                self.puzzle = puzzle;
            }
            SurvivorEvent::Line(_) => {}
        }
    }

    pub(crate) fn show_desk(&mut self, event: DeskEvent) {
        match event {
            DeskEvent::Duty(duty) => self.duty = Some(duty),
            DeskEvent::Waiting(waiting) => self.waiting = waiting,
            DeskEvent::Shift(shift) => self.shifts.push(shift),
            DeskEvent::Hindrance(hindrance) => self.hindrances.push(hindrance),
            DeskEvent::Trouble(trouble) => self.troubles.push(trouble),
            DeskEvent::Line(_) => {}
            DeskEvent::Calls(calls) => self.calls = calls,
            DeskEvent::Colleagues { on, asks } => {
                self.colleagues = on;
                self.asks = asks;
            }
            DeskEvent::Offers { offers, passes } => {
                self.offers = offers;
                self.passes = passes;
            }
            DeskEvent::Consult { from, text } => self.consulted.push((from, text.to_string())),
            DeskEvent::Vault { state, cases } => {
                self.vault = state;
                self.cases = cases;
            }
            DeskEvent::Host(says) => self.host = says,
            DeskEvent::Audit(seen) => self.audit = *seen,
            DeskEvent::Guidance(guidance) => self.guidance.push(guidance),
            DeskEvent::Notices(notices) => self.notices = notices,
            DeskEvent::Chat { chat: ChatNumber(number), event } => {
                let chat = self.chat_mut(number as usize);
                match event {
                    ChatEvent::Opened(beforehand) => chat.beforehand = Some(beforehand),
                    ChatEvent::Joined => chat.joined = true,
                    ChatEvent::Entered(joins_as) => chat.entered = Some(joins_as),
                    ChatEvent::Company(company) => chat.company.push(company),
                    ChatEvent::InterpreterWanted(wanted) => chat.interpreter_wanted.push(wanted),
                    ChatEvent::OpeningMessages(_) => {}
                    ChatEvent::Conversation(event) => chat.show(event),
                    ChatEvent::Handover(step) => chat.handover.push(step),
                    ChatEvent::End(step) => chat.end.push(step),
                    ChatEvent::Hidden(hidden) => chat.hidden = hidden,
                    ChatEvent::Word(step) => chat.word.push(step),
                    ChatEvent::Note(note) => chat.note = Some(note.to_string()),
                    ChatEvent::Ended(ending) => {
                        chat.over = true;
                        chat.ending = Some(ending);
                    }
                    ChatEvent::Lost => chat.over = true,
                }
            }
        }
    }

    /// The chat with this number: 0 for a survivor's, 1 and up for a desk's. Empty where there is none.
    pub fn chat(&self, number: usize) -> ShownChat {
        self.chats.get(number).cloned().unwrap_or_default()
    }

    /// The screen that a survivor is on.
    pub fn phase(&self) -> Option<Phase> {
        self.phases.last().copied()
    }

    fn chat_mut(&mut self, number: usize) -> &mut ShownChat {
        if self.chats.len() <= number {
            self.chats.resize_with(number + 1, ShownChat::default);
        }
        // The line above made it long enough.
        let last = self.chats.len() - 1;
        &mut self.chats[number.min(last)]
    }
}
