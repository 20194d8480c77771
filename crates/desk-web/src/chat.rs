//! One chat as its panel and its line in the list show it (`features.md` 2.1, 3.3, 3.6 to 3.8, 3.10,
//! 3.12, 5.2).
//!
//! Keeps what the core reported in the order in which it came, and derives from it the marks that say which
//! chat needs an answer. What was written lives here once, is overwritten when it goes, and never prints.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use stillroom_conversation::{
    Announcement, Author, Beforehand, ChatEvent, Company, ConversationEvent, EndStep, Ending,
    HandoverStep, JoinsAs, Live, MessageNumber, Newcomer, Participant, Role, SafetyAnswer, Silence,
    Typed, WordStep, Written,
};
use stillroom_program::{Checklist, Timestamp};
use zeroize::Zeroizing;

use crate::checklist::{Item, is_told};

/// How far a chat has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Taken; the survivor has not joined yet.
    Joining,
    /// The survivor is in.
    Open,
    /// Over, and erased.
    Ended(Ending),
    /// The survivor went elsewhere before joining.
    Lost,
}

/// What a chat's line in the list says in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// The survivor wrote last.
    NeedsAnswer,
    /// The survivor's line is gone.
    LineDropped,
    /// The survivor is silent, and was asked whether they are there.
    Silent,
    /// The survivor was told that the chat closes then.
    Closing(Timestamp),
    /// The survivor is asked whether somebody else may take over.
    HandoverAsked,
    /// The survivor is told that the chat ends, and asked whether they go on.
    EndAsked,
    /// The survivor wishes for an interpreter, and none has come yet.
    InterpreterWanted,
    /// The survivor has not joined yet.
    Joining,
    /// Whoever uses this desk wrote last.
    Answered,
    /// Nobody wrote yet.
    New,
    /// Over.
    Ended,
    /// The survivor went elsewhere.
    Lost,
}

impl Mark {
    /// Its text.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NeedsAnswer => "mark-needs-answer",
            Self::LineDropped => "mark-line-dropped",
            Self::Silent => "mark-silent",
            Self::Closing(_) => "mark-closing",
            Self::HandoverAsked => "mark-handover-asked",
            Self::EndAsked => "mark-end-asked",
            Self::InterpreterWanted => "waiting-interpreter",
            Self::Joining => "mark-joining",
            Self::Answered => "mark-answered",
            Self::New => "mark-new",
            Self::Ended => "mark-ended",
            Self::Lost => "mark-lost",
        }
    }
}

/// Who wrote a message, as known when it came.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Writer {
    /// Whoever uses this desk.
    Me,
    /// Somebody else; the survivor has no name.
    Other { name: String, role: Role },
}

/// What one entry of the log is.
#[derive(Clone)]
pub(crate) enum What {
    /// A message.
    Message { number: MessageNumber, writer: Writer, text: Arc<Zeroizing<String>> },
    /// Something about the others.
    Note(Announcement),
    /// What the program says by itself.
    Opening(String),
}

/// One entry of the log.
#[derive(Clone)]
pub(crate) struct Entry {
    /// Its place, counted up.
    pub(crate) place: u64,
    /// When it came.
    pub(crate) at: Timestamp,
    /// What it is.
    pub(crate) what: What,
}

/// What a report brought that a person in another chat should hear of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// Somebody else wrote.
    Message,
    /// Something about the others.
    Note(Announcement),
    /// The survivor's silence has come further.
    Silence(Silence),
    /// An agreement to show what is typed has come further.
    Live(Live),
    /// The question whether somebody else may take over has come further.
    Handover(HandoverStep),
    /// The question whether the chat may end has come further.
    End(EndStep),
    /// Asking for a code word has come further.
    Word(WordStep),
    /// The survivor is in, the chat is over, or the survivor went elsewhere.
    Stage(Stage),
}

/// Whether an item of the checklist is done, and how that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// Not yet, as far as is known.
    No,
    /// Whoever uses this desk ticked it.
    ByHand,
    /// They said that they asked.
    Asked,
    /// The survivor answered it before the chat.
    Answered,
    /// The program said it by itself.
    Told,
}

/// One chat.
pub(crate) struct Chat {
    stage: Stage,
    roster: Vec<Participant>,
    entries: Vec<Entry>,
    received: BTreeSet<MessageNumber>,
    written_last: Option<(bool, Timestamp)>,
    /// What the survivor said before it.
    beforehand: Option<Beforehand>,
    /// Whether the reminder to ask about safety was put away.
    reminded: bool,
    /// How many opening messages were shown.
    openings: usize,
    /// What was ticked on the checklist by hand, or taken off.
    ticked: Vec<(Item, bool)>,
    /// The placeholders that came with prepared messages and were not sent yet.
    expected: Vec<String>,
    /// Since when nobody checked in about meaning and feeling, and whether the survivor wrote since.
    unchecked: Option<(Timestamp, bool)>,
    /// How far the survivor's silence has come, and since when; nothing where there is none.
    silence: Option<(Silence, Timestamp)>,
    /// Whether the survivor's page is hidden behind another.
    hidden: bool,
    /// How far an agreement to show what is typed has come; that there is none any more until the next
    /// message, and nothing from then on.
    live: Option<Live>,
    /// What the survivor is typing.
    typed: Typed,
    /// What was in the message box when the desk was locked.
    draft: Zeroizing<String>,
    /// What was written for handing the chat over then: the words for the survivor, and the note.
    handing_over: [Zeroizing<String>; 2],
    /// How far the question whether somebody else may take over has come, where there is something to say.
    handover: Option<HandoverStep>,
    /// How far the question whether it may end has come, where there is something to say.
    end: Option<EndStep>,
    /// How far asking for a code word has come, where there is something to say.
    word: Option<WordStep>,
    /// What the survivor's last advocate wrote.
    note: Option<Written>,
    /// How far it has come that a third person joins.
    company: Company,
    /// Whether the survivor wishes for an interpreter, and none has come yet.
    wants_interpreter: bool,
    /// Whether it is a colleague's, and this desk joined it.
    entered: Option<JoinsAs>,
    next: u64,
}

impl fmt::Debug for Chat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chat({:?}, {} entries)", self.stage, self.entries.len())
    }
}

impl Chat {
    /// A chat that was just taken.
    pub(crate) fn new() -> Self {
        Self {
            stage: Stage::Joining,
            roster: Vec::new(),
            entries: Vec::new(),
            received: BTreeSet::new(),
            written_last: None,
            beforehand: None,
            reminded: false,
            openings: 0,
            ticked: Vec::new(),
            expected: Vec::new(),
            unchecked: None,
            silence: None,
            hidden: false,
            live: None,
            typed: Typed::Nothing,
            draft: Zeroizing::default(),
            handing_over: Default::default(),
            handover: None,
            end: None,
            word: None,
            note: None,
            company: Company::Nobody,
            wants_interpreter: false,
            entered: None,
            next: 0,
        }
    }

    /// Takes up what the core reported.
    pub(crate) fn handle(&mut self, event: ChatEvent, now: Timestamp) -> Option<News> {
        match event {
            ChatEvent::Opened(beforehand) => {
                self.beforehand = Some(beforehand);
                None
            }
            ChatEvent::Joined => {
                self.unchecked = Some((now, false));
                self.enter(Stage::Open)
            }
            ChatEvent::OpeningMessages(said) => {
                self.openings = said.len();
                said.into_iter().for_each(|text| self.log(What::Opening(text), now));
                None
            }
            ChatEvent::Ended(ending) => self.enter(Stage::Ended(ending)),
            ChatEvent::Lost => self.enter(Stage::Lost),
            ChatEvent::Conversation(event) => self.handle_conversation(event, now),
            ChatEvent::Handover(step) => {
                self.handover = Some(step);
                Some(News::Handover(step))
            }
            ChatEvent::End(step) => {
                self.end = Some(step);
                Some(News::End(step))
            }
            ChatEvent::Hidden(hidden) => {
                self.hidden = hidden;
                None
            }
            ChatEvent::Word(step) => {
                self.word = Some(step);
                Some(News::Word(step))
            }
            ChatEvent::Note(note) => {
                self.note = Some(note);
                None
            }
            ChatEvent::Entered(joins_as) => {
                self.entered = Some(joins_as);
                self.stage = Stage::Open;
                None
            }
            // What it means is announced in the log.
            ChatEvent::Company(company) => {
                self.company = company;
                None
            }
            ChatEvent::InterpreterWanted(wanted) => {
                self.wants_interpreter = wanted;
                None
            }
        }
    }

    fn handle_conversation(&mut self, event: ConversationEvent, now: Timestamp) -> Option<News> {
        match event {
            ConversationEvent::Message { number, from, text } => {
                self.handle_message(number, from, &text, now)
            }
            ConversationEvent::Delivered { number } => {
                self.received.insert(number);
                None
            }
            ConversationEvent::Roster(roster) => {
                self.roster = roster;
                None
            }
            ConversationEvent::Announced(announcement) => {
                self.log(What::Note(announcement.clone()), now);
                Some(News::Note(announcement))
            }
            ConversationEvent::Silence(silence) => {
                self.silence = (silence != Silence::Over).then_some((silence, now));
                Some(News::Silence(silence))
            }
            ConversationEvent::Live(live) => {
                self.live = Some(live);
                Some(News::Live(live))
            }
            ConversationEvent::Typed(typed) => {
                self.typed = typed;
                None
            }
            // They are for the survivor's eyes.
            ConversationEvent::ReturnWords(_)
            | ConversationEvent::WayBack(_)
            | ConversationEvent::LastWords(_) => None,
        }
    }

    fn handle_message(
        &mut self,
        number: MessageNumber,
        from: Author,
        text: &str,
        now: Timestamp,
    ) -> Option<News> {
        let writer = match from {
            Author::Me => Writer::Me,
            Author::Member(member) => {
                let who = self.roster.iter().find(|person| person.member == member);
                Writer::Other {
                    name: who.map(|person| person.name.clone()).unwrap_or_default(),
                    role: who.map_or(Role::Survivor, |person| person.role),
                }
            }
        };
        let mine = writer == Writer::Me;
        if let Some((_, heard)) = &mut self.unchecked {
            *heard |= !mine;
        }
        self.live = self.live.filter(|live| *live != Live::Off);
        self.handover = self.handover.filter(|step| matches!(step, HandoverStep::Asked(_)));
        if mine {
            self.end = self.end.filter(|step| matches!(step, EndStep::Asked { .. }));
        }
        self.written_last = Some((mine, now));
        let text = Arc::new(Zeroizing::new(String::from(text)));
        self.log(What::Message { number, writer, text }, now);
        (!mine).then_some(News::Message)
    }

    fn log(&mut self, what: What, now: Timestamp) {
        self.entries.push(Entry { place: self.next, at: now, what });
        self.next += 1;
    }

    /// Goes on to `stage`. With the end goes all that was written.
    fn enter(&mut self, stage: Stage) -> Option<News> {
        self.stage = stage;
        if self.is_over() {
            let (reminded, entered) = (self.reminded, self.entered);
            *self = Self { stage, reminded, entered, next: self.next, ..Self::new() };
        }
        Some(News::Stage(stage))
    }

    /// How far it has come.
    pub(crate) fn stage(&self) -> Stage {
        self.stage
    }

    /// Whether nothing can be written in it any more.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Ended(_) | Stage::Lost)
    }

    /// How far it has come that a third person joins.
    pub(crate) fn company(&self) -> &Company {
        &self.company
    }

    /// Whether the survivor wishes for an interpreter, and none has come yet.
    pub(crate) fn wants_interpreter(&self) -> bool {
        self.wants_interpreter
    }

    /// Whether it is a colleague's, and this desk joined it.
    pub(crate) fn is_guest(&self) -> bool {
        self.entered.is_some()
    }

    /// As what this desk joined it.
    pub(crate) fn entered(&self) -> Option<JoinsAs> {
        self.entered
    }

    /// Who is here so that the survivor may go on with them.
    pub(crate) fn successor(&self) -> Option<&Newcomer> {
        match &self.company {
            Company::Here(who) if who.joins_as == JoinsAs::Successor => Some(who),
            _ => None,
        }
    }

    /// Who is here.
    pub(crate) fn roster(&self) -> &[Participant] {
        &self.roster
    }

    /// What the survivor said before it.
    pub(crate) fn beforehand(&self) -> Option<&Beforehand> {
        self.beforehand.as_ref()
    }

    /// Whether there is still a reminder to ask about safety.
    pub(crate) fn reminds(&self) -> bool {
        self.beforehand.is_some() && !self.reminded
    }

    /// The reminder was heeded.
    pub(crate) fn put_reminder_away(&mut self) {
        self.reminded = true;
    }

    /// Whether an item of the checklist is done. What was ticked by hand counts before what is known.
    pub(crate) fn done(&self, item: Item, checklist: &Checklist) -> Done {
        let said = self.beforehand.as_ref().map(|said| said.safety);
        let answered = said.is_some_and(|safety| safety != SafetyAnswer::NotAsked);
        match self.ticked.iter().find(|(ticked, _)| *ticked == item) {
            Some((_, true)) => Done::ByHand,
            Some((_, false)) => Done::No,
            None if item == Item::Safety && self.reminded => Done::Asked,
            None if item == Item::Safety && answered => Done::Answered,
            None if is_told(item, checklist, self.openings) => Done::Told,
            None => Done::No,
        }
    }

    /// Ticks an item of the checklist, or takes the tick off.
    pub(crate) fn tick(&mut self, item: Item, done: bool) {
        self.ticked.retain(|(ticked, _)| *ticked != item);
        self.ticked.push((item, done));
    }

    /// Placeholders come into the message box, to be filled before it is sent.
    pub(crate) fn expect(&mut self, placeholders: &[String]) {
        self.expected.extend_from_slice(placeholders);
    }

    /// The placeholders that must not be sent.
    pub(crate) fn expected(&self) -> &[String] {
        &self.expected
    }

    /// The message box was sent and is empty.
    pub(crate) fn expect_nothing(&mut self) {
        self.expected.clear();
    }

    /// Whether it is time to check in: it has been long, and there was something to misunderstand.
    pub(crate) fn should_check_in(&self, after: Duration, now: Timestamp) -> bool {
        self.unchecked.is_some_and(|(since, heard)| heard && now >= since + after)
    }

    /// It is counted anew from now on: whoever uses this desk checks in, or does not want to be reminded now.
    pub(crate) fn count_check_in(&mut self, now: Timestamp) {
        if self.unchecked.is_some() {
            self.unchecked = Some((now, false));
        }
    }

    /// How far the survivor's silence has come, and since when.
    pub(crate) fn silence(&self) -> Option<(Silence, Timestamp)> {
        self.silence
    }

    /// How far an agreement to show what is typed has come, where there is something to say of it.
    pub(crate) fn live(&self) -> Option<Live> {
        self.live
    }

    /// Whether the survivor sees what is typed here, or that something is.
    pub(crate) fn shows_drafts(&self) -> bool {
        matches!(self.live, Some(Live::On(_)))
    }

    /// What the survivor is typing.
    pub(crate) fn typed(&self) -> &Typed {
        &self.typed
    }

    /// Keeps what is in the message box, which goes from the page while the desk is locked.
    pub(crate) fn keep_draft(&mut self, draft: Zeroizing<String>) {
        if !self.is_over() {
            self.draft = draft;
        }
    }

    /// What is to be in the message box again.
    pub(crate) fn take_draft(&mut self) -> Zeroizing<String> {
        core::mem::take(&mut self.draft)
    }

    /// Keeps what is written for handing the chat over, which goes from the page while the desk is locked.
    pub(crate) fn keep_handing_over(&mut self, written: [Zeroizing<String>; 2]) {
        if !self.is_over() {
            self.handing_over = written;
        }
    }

    /// What is to be in those fields again.
    pub(crate) fn take_handing_over(&mut self) -> [Zeroizing<String>; 2] {
        core::mem::take(&mut self.handing_over)
    }

    /// How far the question whether somebody else may take over has come, where there is something to say.
    pub(crate) fn handover(&self) -> Option<HandoverStep> {
        self.handover
    }

    /// How far the question whether it may end has come, where there is something to say.
    pub(crate) fn end(&self) -> Option<EndStep> {
        self.end
    }

    /// How far asking for a code word has come, where there is something to say.
    pub(crate) fn word(&self) -> Option<WordStep> {
        self.word
    }

    /// What the survivor's last advocate wrote.
    pub(crate) fn note(&self) -> Option<&Written> {
        self.note.as_ref()
    }

    /// The log, oldest first.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether everybody has this message.
    pub(crate) fn is_received(&self, number: MessageNumber) -> bool {
        self.received.contains(&number)
    }

    /// When somebody wrote last.
    pub(crate) fn last(&self) -> Option<Timestamp> {
        self.written_last.map(|(_, at)| at)
    }

    /// Whether the survivor wrote last.
    pub(crate) fn needs_answer(&self) -> bool {
        !self.is_over() && matches!(self.written_last, Some((false, _)))
    }

    /// What its line in the list says, the most pressing first.
    pub(crate) fn marks(&self) -> Vec<Mark> {
        match self.stage {
            Stage::Ended(_) => vec![Mark::Ended],
            Stage::Lost => vec![Mark::Lost],
            Stage::Joining => vec![Mark::Joining],
            Stage::Open => {
                let written = match self.written_last {
                    Some((false, _)) => Mark::NeedsAnswer,
                    Some((true, _)) => Mark::Answered,
                    None => Mark::New,
                };
                let dropped =
                    self.roster.iter().any(|person| person.role == Role::Survivor && !person.here);
                // While the line is gone, or the page out of sight, the time to the closing stands still.
                let silent = self.silence.map(|(silence, since)| match silence {
                    Silence::Warned { minutes } if !dropped && !self.hidden => {
                        Mark::Closing(since + Duration::from_secs(u64::from(minutes) * 60))
                    }
                    Silence::Warned { .. } | Silence::Asked | Silence::Over => Mark::Silent,
                });
                let dropped = dropped.then_some(Mark::LineDropped);
                let asked = matches!(self.handover, Some(HandoverStep::Asked(_)));
                let asked = asked.then_some(Mark::HandoverAsked);
                let ending = matches!(self.end, Some(EndStep::Asked { .. }));
                let ending = ending.then_some(Mark::EndAsked);
                let wanted = self.wants_interpreter.then_some(Mark::InterpreterWanted);
                let all = [dropped, silent, asked, ending, wanted, Some(written)];
                all.into_iter().flatten().collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stillroom_conversation::{Again, MemberNumber};

    const SURVIVOR: MemberNumber = MemberNumber(1);
    const NOW: Timestamp = Timestamp(5_000_000);

    fn roster(here: bool) -> ChatEvent {
        ChatEvent::Conversation(ConversationEvent::Roster(vec![Participant {
            member: SURVIVOR,
            name: String::new(),
            role: Role::Survivor,
            me: false,
            here,
        }]))
    }

    fn open() -> Chat {
        let mut chat = Chat::new();
        chat.handle(roster(true), NOW);
        chat.handle(ChatEvent::Joined, NOW);
        chat
    }

    #[test]
    fn a_chat_says_in_turn_that_it_waits_is_new_needs_an_answer_and_was_answered() {
        let mut chat = Chat::new();
        assert_eq!(chat.marks(), [Mark::Joining]);
        chat.handle(roster(true), NOW);
        chat.handle(ChatEvent::Joined, NOW);
        assert_eq!(chat.marks(), [Mark::New]);
        let news = chat.handle_message(MessageNumber(1), Author::Member(SURVIVOR), "hello", NOW);
        assert_eq!((news, chat.marks()), (Some(News::Message), vec![Mark::NeedsAnswer]));
        let news = chat.handle_message(MessageNumber(2), Author::Me, "hello", NOW);
        assert_eq!((news, chat.marks()), (None, vec![Mark::Answered]));
    }

    #[test]
    fn a_dropped_line_is_told_beside_the_answer_that_is_due() {
        let mut chat = open();
        chat.handle_message(MessageNumber(1), Author::Member(SURVIVOR), "hello", NOW);
        chat.handle(roster(false), NOW);
        assert_eq!(chat.marks(), [Mark::LineDropped, Mark::NeedsAnswer]);
    }

    #[test]
    fn what_the_program_says_by_itself_stands_in_the_log_and_is_nobodys_answer() {
        let mut chat = open();
        let said = ["Share only what you want.", "It is erased."].map(String::from);
        assert_eq!(chat.handle(ChatEvent::OpeningMessages(said.to_vec()), NOW), None);
        let shown = chat.entries().iter().map(|entry| match &entry.what {
            What::Opening(text) => text.clone(),
            What::Message { .. } | What::Note(_) => panic!("the program said it"),
        });
        assert_eq!(shown.collect::<Vec<_>>(), said);
        assert_eq!(chat.marks(), [Mark::New]);
    }

    #[test]
    fn a_question_is_told_until_it_is_answered_and_a_note_goes_with_the_chat() {
        let mut chat = open();
        let asked = HandoverStep::Asked(stillroom_conversation::Successor::Anyone);
        assert_eq!(chat.handle(ChatEvent::Handover(asked), NOW), Some(News::Handover(asked)));
        assert_eq!(chat.marks(), [Mark::HandoverAsked, Mark::New]);
        chat.handle(ChatEvent::Handover(HandoverStep::TheyWait), NOW);
        assert_eq!(chat.marks(), [Mark::New]);
        assert_eq!(chat.handover(), Some(HandoverStep::TheyWait));
        chat.handle_message(MessageNumber(1), Author::Me, "I am here", NOW);
        assert_eq!(chat.handover(), None, "said until the next message");
        chat.handle(ChatEvent::Ended(Ending::HandedOver), NOW);
        assert!(chat.handover().is_none() && chat.note().is_none());
    }

    #[test]
    fn that_it_is_about_to_end_is_told_and_its_outcome_until_the_next_message_from_here() {
        let mut chat = open();
        let asked = EndStep::Asked { minutes: 2 };
        assert_eq!(chat.handle(ChatEvent::End(asked), NOW), Some(News::End(asked)));
        assert_eq!(chat.marks(), [Mark::EndAsked, Mark::New]);
        chat.handle(ChatEvent::End(EndStep::TheyGoOn), NOW);
        chat.handle_message(MessageNumber(1), Author::Member(SURVIVOR), "one more thing", NOW);
        assert_eq!((chat.end(), chat.marks()), (Some(EndStep::TheyGoOn), vec![Mark::NeedsAnswer]));
        chat.handle_message(MessageNumber(1), Author::Me, "I am here", NOW);
        assert_eq!(chat.end(), None);
    }

    #[test]
    fn that_an_interpreter_is_wanted_is_told_until_one_came_or_the_chat_is_over() {
        let mut chat = open();
        chat.handle(ChatEvent::InterpreterWanted(true), NOW);
        assert_eq!(chat.marks(), [Mark::InterpreterWanted, Mark::New]);
        chat.handle(ChatEvent::InterpreterWanted(false), NOW);
        assert_eq!(chat.marks(), [Mark::New]);
        chat.handle(ChatEvent::InterpreterWanted(true), NOW);
        chat.handle(ChatEvent::Ended(Ending::BySurvivor), NOW);
        assert!(!chat.wants_interpreter());
    }

    #[test]
    fn a_silence_is_told_until_it_is_over() {
        let mut chat = open();
        let silence = |silence| ChatEvent::Conversation(ConversationEvent::Silence(silence));
        chat.handle(silence(Silence::Asked), NOW);
        assert_eq!(chat.marks(), [Mark::Silent, Mark::New]);
        chat.handle(silence(Silence::Warned { minutes: 10 }), NOW);
        let closes = NOW + Duration::from_secs(600);
        assert_eq!(chat.marks(), [Mark::Closing(closes), Mark::New]);
        chat.handle(roster(false), NOW);
        assert_eq!(chat.marks(), [Mark::LineDropped, Mark::Silent, Mark::New], "it stands still");
        chat.handle(roster(true), NOW);
        chat.handle(ChatEvent::Hidden(true), NOW);
        assert_eq!(chat.marks(), [Mark::Silent, Mark::New], "nobody sees the warning");
        chat.handle(ChatEvent::Hidden(false), NOW);
        chat.handle(silence(Silence::Over), NOW);
        assert_eq!((chat.marks(), chat.silence()), (vec![Mark::New], None));
    }

    #[test]
    fn that_what_is_typed_is_seen_is_told_while_it_is_so_and_its_end_until_the_next_message() {
        let mut chat = open();
        let live = |live| ChatEvent::Conversation(ConversationEvent::Live(live));
        let on = Live::On(stillroom_conversation::LiveKind::Text);
        assert_eq!(chat.handle(live(on), NOW), Some(News::Live(on)));
        chat.handle(ChatEvent::Conversation(ConversationEvent::Typed(Typed::Something)), NOW);
        chat.handle_message(MessageNumber(1), Author::Me, "hello", NOW);
        assert!(chat.shows_drafts() && chat.live() == Some(on));
        chat.handle(live(Live::Off), NOW);
        assert!(!chat.shows_drafts() && chat.live() == Some(Live::Off));
        chat.handle_message(MessageNumber(2), Author::Me, "hello", NOW);
        assert_eq!(chat.live(), None);
        chat.handle(live(on), NOW);
        chat.handle(ChatEvent::Ended(Ending::BySurvivor), NOW);
        assert_eq!((chat.live(), chat.typed()), (None, &Typed::Nothing));
    }

    #[test]
    fn the_checklist_fills_itself_where_something_is_known_and_by_hand_otherwise() {
        let rights = vec![1, 2].try_into().unwrap();
        let checklist = Checklist { rights, ..Checklist::default() };
        let mut chat = open();
        assert_eq!(chat.done(Item::Rights, &checklist), Done::No);
        let said = ["Share only what you want.", "It is erased."].map(String::from);
        chat.handle(ChatEvent::OpeningMessages(said.to_vec()), NOW);
        assert_eq!(chat.done(Item::Rights, &checklist), Done::Told);
        assert_eq!(chat.done(Item::Ending, &checklist), Done::No);
        chat.tick(Item::Ending, true);
        chat.tick(Item::Rights, false);
        assert_eq!(chat.done(Item::Ending, &checklist), Done::ByHand);
        assert_eq!(chat.done(Item::Rights, &checklist), Done::No, "whoever is there knows better");
        chat.handle(ChatEvent::Ended(Ending::BySurvivor), NOW);
        assert_eq!(chat.done(Item::Ending, &checklist), Done::No, "it goes with the chat");
    }

    #[test]
    fn that_safety_was_asked_is_known_from_an_answer_or_from_whoever_asked() {
        let said = |safety| Beforehand {
            again: Again::No,
            language: "en".into(),
            interpreter: false,
            safety,
            comes_back: stillroom_conversation::ComesBack::No,
            code_word: false,
        };
        let done = |chat: &Chat| chat.done(Item::Safety, &Checklist::default());
        let mut chat = Chat::new();
        chat.handle(ChatEvent::Opened(said(SafetyAnswer::NotAsked)), NOW);
        assert_eq!(done(&chat), Done::No);
        chat.put_reminder_away();
        assert_eq!(done(&chat), Done::Asked);
        let mut chat = Chat::new();
        chat.handle(ChatEvent::Opened(said(SafetyAnswer::Yes)), NOW);
        assert_eq!(done(&chat), Done::Answered);
    }

    #[test]
    fn it_is_time_to_check_in_when_it_has_been_long_and_the_survivor_wrote_since() {
        let mut chat = open();
        let after = Duration::from_secs(15 * 60);
        let late = NOW + after;
        assert!(!chat.should_check_in(after, late), "nothing was said that could be misunderstood");
        chat.handle_message(MessageNumber(1), Author::Me, "hello", NOW);
        assert!(!chat.should_check_in(after, late));
        chat.handle_message(MessageNumber(2), Author::Member(SURVIVOR), "hello", NOW);
        assert!(
            !chat.should_check_in(after, Timestamp(late.0 - 1))
                && chat.should_check_in(after, late)
        );
        chat.count_check_in(late);
        assert!(!chat.should_check_in(after, late + after), "and again once they wrote");
        chat.handle_message(MessageNumber(3), Author::Member(SURVIVOR), "fine", late);
        assert!(chat.should_check_in(after, late + after));
        chat.handle(ChatEvent::Ended(Ending::BySurvivor), late);
        assert!(!chat.should_check_in(after, late + after));
    }

    #[test]
    fn the_reminder_to_ask_stays_until_it_is_put_away_and_goes_with_the_chat() {
        let said = Beforehand {
            again: stillroom_conversation::Again::No,
            language: "en".into(),
            interpreter: false,
            safety: stillroom_conversation::SafetyAnswer::NotSure,
            comes_back: stillroom_conversation::ComesBack::No,
            code_word: false,
        };
        let mut chat = Chat::new();
        chat.handle(ChatEvent::Opened(said.clone()), NOW);
        chat.handle(ChatEvent::Joined, NOW);
        assert!(chat.reminds() && chat.beforehand() == Some(&said));
        chat.put_reminder_away();
        assert!(!chat.reminds() && chat.beforehand() == Some(&said));
        chat.handle(ChatEvent::Ended(Ending::SurvivorLeft), NOW);
        assert_eq!(chat.beforehand(), None, "what they said is erased with the chat");
    }

    #[test]
    fn nothing_that_was_written_is_left_when_a_chat_ends() {
        let mut chat = open();
        chat.handle_message(MessageNumber(1), Author::Member(SURVIVOR), "a secret", NOW);
        let What::Message { text, .. } = chat.entries()[0].what.clone() else {
            panic!("the entry is a message");
        };
        chat.handle(ChatEvent::Ended(Ending::BySurvivor), NOW);
        assert!(chat.entries().is_empty() && chat.roster().is_empty());
        assert_eq!(Arc::strong_count(&text), 1, "only this test still holds the text");
        assert_eq!(chat.marks(), [Mark::Ended]);
    }

    #[test]
    fn what_was_in_the_message_box_outlasts_a_lock_and_not_the_chat() {
        let mut chat = open();
        chat.keep_handing_over(["words", "a note"].map(|text| Zeroizing::new(text.into())));
        assert_eq!(chat.take_handing_over().map(|text| text.to_string()), ["words", "a note"]);
        assert_eq!(chat.take_handing_over().map(|text| text.to_string()), ["", ""]);
        chat.keep_draft(Zeroizing::new("half a sentence".into()));
        assert_eq!(*chat.take_draft(), "half a sentence");
        assert_eq!(*chat.take_draft(), "");
        chat.keep_draft(Zeroizing::new("half a sentence".into()));
        chat.handle(ChatEvent::Ended(Ending::BySurvivor), NOW);
        chat.keep_draft(Zeroizing::new("half a sentence".into()));
        assert_eq!(*chat.take_draft(), "");
    }

    #[test]
    fn a_chat_does_not_print_what_was_written() {
        let mut chat = open();
        chat.handle_message(MessageNumber(1), Author::Member(SURVIVOR), "a secret", NOW);
        assert!(!format!("{chat:?}").contains("secret"));
    }
}
