//! The survivor's side: asking, waiting, the chat, the end, and leaving (`features.md` 1.1, 1.7, 2.1, 2.4,
//! 3.1, 3.6, 3.7, 3.8, 4.1).
//!
//! Nothing is shown of anybody, and nothing written is sent to anybody, before their certificate was
//! followed up to the root key that the page pins. What this cannot protect against: a page whose code the
//! host changed, spyware, somebody looking.

#[cfg(test)]
mod changed_desk;
mod code_word;
mod ending;
mod handover;
mod interpreter;
mod joining;
mod puzzle;
mod questions;

use std::{collections::VecDeque, fmt};

use stillroom_program::{
    Again, AnswersKind, Fingerprint, Intake, ItemAnswer, ReceivingPublicKey, ReturnWords,
    SafetyAnswer, Timestamp, VerifiedDevice,
};
use stillroom_protocol::{
    About, Bytes, ClientFrame, KeyPackageHash, Leaving, LeavingToken, Puzzle, Refusal, RelayFrame,
    RoomId, Ticket, VERSION, decode, encode,
};
use zeroize::Zeroizing;

use self::{
    handover::{Former, Question},
    interpreter::Wish,
    joining::Asked,
    puzzle::Solving,
};
use crate::{
    Transmit,
    answers::{Asking as AskingTokens, Report, Tokens},
    chat::{Chat, ChatOutput, Member, Opening, Unsent},
    conversation::{
        Announcement, Author, Company, ConversationEvent, Ending, HandoverAsked, LiveStep,
        MessageNumber, Silence, WordWanted, WriteError, Written, check_text,
    },
    envelope::Content,
    limits::{BAD_WELCOMES_MAX, DUTY_LOST_AFTER, FIRST_DUTY_WITHIN, TOUCHED_LATELY, UNSENT_MAX},
    line::{Connection, Line, LineAction, jitter},
    mls::{Group, Prospect},
    randomness::Randomness,
    trust::{Trust, TrustError},
};

/// What the survivor's core starts from.
#[derive(Clone, Debug)]
pub struct SurvivorSetup {
    /// The program's root, as the page pins it.
    pub root: Fingerprint,
}

/// What a survivor says before the chat: sealed, for staff on duty alone. Does not print.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The language that they want to write in (BCP 47): that of the page, or another they chose. Empty
    /// where they did not say.
    pub language: String,
    /// Whether they want an interpreter.
    pub interpreter: bool,
    /// What they answered about this device.
    pub safety: SafetyAnswer,
    /// The three words that they were shown before their page was lost, if they typed them:
    /// [`ReturnWords::of`].
    pub returning: Option<ReturnWords>,
    /// Whether they say that they have agreed on a code word with the program before.
    pub code_word: bool,
    /// What they answered to the optional questions, in the page's order; empty where they skipped all. Not
    /// for staff: sealed apart, for the program's reports, once there is a chat. A text in it is not sent.
    pub answers: Vec<ItemAnswer>,
    /// The version of the policy whose questions the page shows; 0 for the one that the relay greets with.
    pub policy_version: u64,
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Said")
    }
}

/// Which screen the survivor is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nothing was asked for; nothing was sent.
    Before,
    /// Asked for an advocate.
    Waiting {
        /// How many are before them, once the relay has said so.
        ahead: Option<u32>,
    },
    /// An advocate is there.
    Chatting,
    /// The chat is over, and nothing of it is left in the core.
    Ended(Ending),
    /// There is no chat, for this reason.
    Stopped(Stop),
}

/// Why there is no chat. Each has a sentence that says what happened, what is safe and what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Nobody is on duty.
    NobodyOnDuty,
    /// The program says that chat is closed now, by a notice or by its hours.
    Closed,
    /// What the relay shows is not signed by the program that this page belongs to.
    ProgramNotVerified,
    /// This device's clock is more than a day off.
    ClockWrong,
    /// What the relay shows was true once, and has run out.
    StatementStale,
    /// The relay speaks a newer version than this page.
    PageOutdated,
    /// The line is full.
    LineFull,
    /// The relay has as many visitors as it can serve.
    TooBusy,
    /// Somebody tried to break a rule that keeps the chat private.
    ConversationNotSafe,
    /// The relay could not do its part.
    RelayFault,
}

/// What the page shows next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SurvivorEvent {
    /// Another screen.
    Phase(Phase),
    /// Whether the line stands.
    Line(Line),
    /// Something in the chat.
    Conversation(ConversationEvent),
    /// The advocate asks whether somebody else may take over; nothing where that is not asked any more.
    Handover(Option<HandoverAsked>),
    /// The advocate is about to end the chat: in so many minutes, unless the survivor goes on or agrees
    /// before. Nothing where that is not so any more.
    EndAsked(Option<u16>),
    /// How far it has come that a third person joins.
    Company(Company),
    /// The advocate asks for a code word, for this; nothing where that is not asked any more. Looks the same
    /// whatever was answered before.
    WordAsked(Option<WordWanted>),
    /// Whether the survivor wishes for an interpreter, and none has come yet: [`Survivor::want_interpreter`].
    InterpreterWanted(bool),
    /// Many people ask at the moment, and the relay wants this solved before it gives a place: beside everything
    /// else, which goes on, and then [`Survivor::solved`]. Nothing where it is not wanted any more.
    Puzzle(Option<Puzzle>),
}

/// A place in the line, asked for or held.
struct Asking {
    ticket: Ticket,
    prospect: Prospect,
    /// Whether there was an advocate before, so that the survivor belongs at the head.
    again: Again,
    /// The duty key that the intake was sealed to, and the intake.
    sealed: Option<(ReceivingPublicKey, Vec<u8>)>,
    /// Whether the relay has ever given a place.
    placed: bool,
    /// Whether the line was down meanwhile: a relay that was started again may hear from this page before it
    /// hears from a desk.
    dropped: bool,
    /// Since when there is no current duty statement.
    unserved_since: Option<Timestamp>,
    bad_welcomes: u32,
    /// What the relay wants solved first.
    solving: Option<Solving>,
}

impl Asking {
    /// Whether it is waited for desks to come back: for whoever had a place or an advocate, and where the line was
    /// down. Anybody else waits only for a word that may be on its way.
    fn waits_for_desks(&self) -> bool {
        self.placed || self.again != Again::No || self.dropped
    }

    /// When it is said that nobody is on duty, where nobody is.
    fn unserved_until(&self) -> Option<Timestamp> {
        let within = if self.waits_for_desks() { DUTY_LOST_AFTER } else { FIRST_DUTY_WITHIN };
        self.unserved_since.map(|since| since + within)
    }
}

/// What the survivor is doing. An ended state holds no keys.
enum State {
    Before,
    Asking(Box<Asking>),
    Chatting(Box<Chat>),
    Over,
}

/// The survivor's side of a chat.
///
/// Order of calls: after any `handle_*`, [`start`](Self::start), [`write`](Self::write),
/// [`touched`](Self::touched), [`hidden`](Self::hidden), [`step`](Self::step), [`draft`](Self::draft),
/// [`accept_handover`](Self::accept_handover), [`decline_handover`](Self::decline_handover),
/// [`go_on`](Self::go_on), [`accept_joining`](Self::accept_joining),
/// [`decline_joining`](Self::decline_joining), [`put_out`](Self::put_out), [`want_interpreter`](Self::want_interpreter), [`give_word`](Self::give_word), [`give_no_word`](Self::give_no_word), [`solved`](Self::solved), [`end`](Self::end), [`survey`](Self::survey) or [`leave`](Self::leave), drain [`poll_transmit`](Self::poll_transmit) and
/// [`poll_event`](Self::poll_event), then set one timer to [`poll_timeout`](Self::poll_timeout).
pub struct Survivor {
    setup: SurvivorSetup,
    said: Said,
    randomness: Randomness,
    trust: Trust,
    connection: Connection,
    line_shown: Line,
    state: State,
    /// Whether somebody else may take over, while that is asked.
    question: Option<Question>,
    /// The number of the question whether the chat may end, while it is asked.
    end_asked: Option<u32>,
    /// The lead's colleague who may join, while that is asked and until they are in.
    asked: Option<Asked>,
    company: Company,
    wish: Wish,
    /// The number of the question for a code word, and what for, while it is asked.
    word_asked: Option<(u32, WordWanted)>,
    /// The chat that the survivor goes on from, until it is over.
    former: Option<Former>,
    /// What an advocate who left wrote for whoever is next, as the survivor could read it.
    note: Option<Written>,
    /// When they last pressed a key or anything else.
    touched: Option<Timestamp>,
    hidden: bool,
    silence: Silence,
    /// Written before anybody was there to read it.
    unsent: Vec<Unsent>,
    last_number: MessageNumber,
    /// Tokens for answers that were asked for in this chat.
    asking_tokens: Option<AskingTokens>,
    /// Since the answers to the questions were sent, also where there were none: what it takes to answer the survey.
    report: Option<(Report, Tokens)>,
    transmits: VecDeque<Transmit>,
    events: VecDeque<SurvivorEvent>,
}

impl Survivor {
    /// A survivor who has opened the page and asked for nothing.
    pub fn new(setup: SurvivorSetup, randomness: Randomness) -> Self {
        Self {
            trust: Trust::new(setup.root),
            setup,
            said: Said::default(),
            randomness,
            connection: Connection::new(),
            line_shown: Line::Up,
            state: State::Before,
            question: None,
            end_asked: None,
            asked: None,
            company: Company::Nobody,
            wish: Wish::None,
            word_asked: None,
            former: None,
            note: None,
            touched: None,
            hidden: false,
            silence: Silence::Over,
            unsent: Vec::new(),
            last_number: MessageNumber(0),
            asking_tokens: None,
            report: None,
            transmits: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    // What the survivor does.

    /// Asks for an advocate, who is told beforehand what the survivor `said`.
    pub fn start(&mut self, said: Said, now: Timestamp) {
        if matches!(self.state, State::Before) {
            self.wish = if said.interpreter { Wish::Open } else { Wish::None };
            self.said = said;
            self.ask(Again::No, now);
            let action = self.connection.want(now);
            self.act(action);
        }
    }

    /// Writes a message. Before an advocate is there it is kept, and sent to them and nobody else.
    ///
    /// # Errors
    /// [`WriteError`]; nothing was taken then.
    pub fn write(&mut self, text: &str, now: Timestamp) -> Result<MessageNumber, WriteError> {
        self.stir(now);
        self.say_going_on(now);
        match &mut self.state {
            State::Chatting(chat) if chat.lead_is_introduced() => {
                let number = chat.write(text, now);
                self.drain_chat(now);
                number
            }
            State::Asking(_) | State::Chatting(_) => self.keep_unsent(text),
            State::Before | State::Over => Err(WriteError::NotNow),
        }
    }

    /// The survivor pressed a key or anything else. Who is asked whether they are there has answered by
    /// that; at any other time nobody is told.
    pub fn touched(&mut self, now: Timestamp) {
        let asked = self.stir(now);
        if let State::Chatting(chat) = &mut self.state
            && asked
        {
            chat.say(Content::StillHere, now);
        }
        self.drain_chat(now);
    }

    /// The page is hidden behind another, or in sight again: nobody can answer on a page that they do not
    /// see. Heeded from the start, so that it can be called as soon as the page is there.
    pub fn hidden(&mut self, hidden: bool, now: Timestamp) {
        if core::mem::replace(&mut self.hidden, hidden) == hidden {
            return;
        }
        if !hidden {
            self.stir(now);
        }
        if let State::Chatting(chat) = &mut self.state {
            chat.set_hidden(hidden, now);
        }
        self.drain_chat(now);
    }

    /// Takes a step towards showing one another what is not sent yet, or out of it. One that makes no sense
    /// now, such as accepting what was withdrawn, is none.
    pub fn step(&mut self, step: LiveStep, now: Timestamp) {
        if let State::Chatting(chat) = &mut self.state {
            chat.step(step, now);
        }
        self.drain_chat(now);
    }

    /// What is in the message box, at each change. It leaves this device only where both agreed to that:
    /// [`shows_drafts`](Self::shows_drafts).
    pub fn draft(&mut self, text: &str, now: Timestamp) {
        if let State::Chatting(chat) = &mut self.state {
            chat.set_draft(text, now);
        }
    }

    /// Whether the advocate sees what is typed, or that something is.
    pub fn shows_drafts(&self) -> bool {
        matches!(&self.state, State::Chatting(chat) if chat.shows_drafts())
    }

    /// Ends the chat, or gives up the place in the line.
    pub fn end(&mut self, now: Timestamp) {
        match &mut self.state {
            State::Asking(_) => self.end_waiting(now),
            State::Chatting(chat) => {
                chat.end(Ending::BySurvivor, now);
                self.drain_chat(now);
            }
            State::Before | State::Over => {}
        }
    }

    /// Answers the survey after the end; an empty list skips it, and sends as many bytes. Whether it is sent: once,
    /// and only where there is a token for it and the texts fit, which those of a sound policy's lengths do.
    pub fn survey(&mut self, items: Vec<ItemAnswer>) -> bool {
        let ended = match &self.state {
            State::Chatting(chat) => chat.has_ended(),
            State::Over => true,
            State::Before | State::Asking(_) => false,
        };
        if !ended {
            return false;
        }
        let answers = self.report.as_mut().and_then(|(report, tokens)| {
            report.seal(tokens, AnswersKind::Survey, items, &mut self.randomness)
        });
        let Some(answers) = answers else {
            return false;
        };
        self.report = None;
        self.transmits.push_back(Transmit::Answers(answers));
        true
    }

    /// Destroys everything at once. Nothing is shown and nobody waited for. What is sent may not get
    /// through from a page that is on its way out; [`leaving`](Self::leaving), taken before, does.
    pub fn leave(&mut self) {
        while let Some(leaving) = self.leaves() {
            match leaving {
                Leaving::Place { ticket, .. } => {
                    self.send(&ClientFrame::Withdraw { ticket });
                    self.state = State::Over;
                }
                Leaving::Chat { room, token } => {
                    self.send(&ClientFrame::Leave { room, token });
                    if self.former.take_if(|former| former.chat().room() == room).is_none() {
                        self.state = State::Over;
                    }
                }
            }
        }
        self.destroy();
        self.report = None;
        self.events.clear();
    }

    /// What the page is to send as it goes: `navigator.sendBeacon("/b", bytes)` at the relay that it speaks
    /// to. It gives up the place in the line, or shows the others in the chat that the survivor left. Always
    /// equally long. Changes with the phase: ask for it after each call, and keep the newest at hand for a
    /// way out that does not wait; nothing where there is nothing to leave.
    pub fn leaving(&self) -> Option<Zeroizing<Vec<u8>>> {
        self.leaves().map(|leaving| leaving.to_bytes())
    }

    /// A former chat first, unless its advocate was lost: whoever is in it would take silence for a dropped line, and
    /// the relay gives a place up by itself.
    fn leaves(&self) -> Option<Leaving> {
        let former = self.former.as_ref().and_then(|former| former.chat().leaving());
        let current = match &self.state {
            State::Asking(asking) => Some(Leaving::place(asking.ticket.clone())),
            State::Chatting(chat) => chat.leaving(),
            State::Before | State::Over => None,
        };
        if self.former.as_ref().is_some_and(Former::is_lost) {
            current.or(former)
        } else {
            former.or(current)
        }
    }

    /// Gives the place in the line up, if there is one.
    fn withdraw(&mut self) {
        self.drop_puzzle();
        if let State::Asking(asking) = &self.state {
            let withdraw = ClientFrame::Withdraw { ticket: asking.ticket.clone() };
            self.send(&withdraw);
        }
    }

    /// The survivor did something. Whether they had been asked if they are there.
    fn stir(&mut self, now: Timestamp) -> bool {
        self.touched = Some(now);
        let asked = self.silence != Silence::Over;
        self.show_silence(Silence::Over);
        asked
    }

    // What the shell says.

    /// The connection asked for by [`Transmit::Connect`] is open.
    pub fn handle_connected(&mut self, now: Timestamp) {
        if self.connection.handle_connected(now) {
            let program = self.setup.root.program_id();
            self.send(&ClientFrame::Hello { version: VERSION, program });
        }
    }

    /// The connection is gone, or could not be opened.
    pub fn handle_disconnected(&mut self, now: Timestamp) {
        self.connection.handle_disconnected(jitter(&self.randomness), now);
        self.line_went_down();
    }

    /// A frame came. What is not one, or makes no sense now, is passed over.
    pub fn handle_frame(&mut self, bytes: &[u8], now: Timestamp) {
        self.connection.handle_heard(now);
        let Ok(frame) = decode::<RelayFrame>(bytes) else {
            return;
        };
        match frame {
            RelayFrame::Greeting { version: VERSION, policy, revocations, statement } => {
                let greeted = self.trust.handle_greeting(&policy, &revocations, &statement, now);
                self.handle_greeted(greeted, now);
            }
            RelayFrame::Greeting { .. } => self.handle_greeted(Err(TrustError::Outdated), now),
            RelayFrame::Duty { statement } => {
                // One that does not hold good is none: waiting shows that nobody is there.
                let _ = self.trust.handle_statement(&statement, now);
                if self.asks_anew(now) {
                    self.ask_at_relay(now);
                }
            }
            RelayFrame::Puzzle { ticket, puzzle } => self.handle_puzzle(ticket, puzzle, now),
            RelayFrame::InLine { ahead } => self.handle_in_line(ahead, now),
            RelayFrame::Welcome { offer, welcome } => self.handle_welcome(offer, &welcome, now),
            RelayFrame::Refused { about, refusal } => self.handle_refused(about, refusal, now),
            other => self.handle_room_frame(other, now),
        }
        self.drain_chat(now);
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        let action = self.connection.handle_timeout(jitter(&self.randomness), now);
        if action == Some(LineAction::Disconnect) {
            self.line_went_down();
        }
        self.act(action);
        match &mut self.state {
            State::Asking(_) => {
                self.mind_puzzle(now);
                self.check_duty(now);
            }
            State::Chatting(chat) => chat.handle_timeout(now),
            State::Before | State::Over => {}
        }
        if let Some(former) = &mut self.former {
            former.chat_mut().handle_timeout(now);
        }
        self.drain_chat(now);
    }

    // What comes out.

    /// What the shell is to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// What the page is to show.
    pub fn poll_event(&mut self) -> Option<SurvivorEvent> {
        self.events.pop_front()
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let state = match &self.state {
            State::Asking(asking) => {
                let unserved = asking.unserved_until();
                let solving = asking.solving.as_ref().map(Solving::due);
                [unserved, solving].into_iter().flatten().min()
            }
            State::Chatting(chat) => chat.poll_timeout(),
            State::Before | State::Over => None,
        };
        let former = self.former.as_ref().and_then(|former| former.chat().poll_timeout());
        [self.connection.poll_timeout(), state, former].into_iter().flatten().min()
    }

    // Asking.

    /// Makes a fresh place in the line, with fresh keys.
    fn ask(&mut self, again: Again, now: Timestamp) {
        let mut ticket = Ticket([0; 32]);
        self.randomness.fill(&mut ticket.0);
        let Ok(prospect) = Prospect::new(&self.randomness, now) else {
            self.stop(Stop::ConversationNotSafe, now);
            return;
        };
        self.asking_tokens = None;
        self.state = State::Asking(Box::new(Asking {
            ticket,
            prospect,
            again,
            sealed: None,
            placed: false,
            dropped: false,
            unserved_since: None,
            bad_welcomes: 0,
            solving: None,
        }));
        self.show(SurvivorEvent::Phase(Phase::Waiting { ahead: None }));
    }

    /// The relay greeted, or greeted anew.
    fn handle_greeted(&mut self, greeted: Result<(), TrustError>, now: Timestamp) {
        match greeted {
            Ok(()) => {}
            Err(error) => match (&self.state, error) {
                // A chat stands on its own keys; a relay that greets wrongly cannot end it.
                (State::Chatting(_), _) => {}
                (_, TrustError::NotVerified) => return self.stop(Stop::ProgramNotVerified, now),
                (_, TrustError::Outdated) => return self.stop(Stop::PageOutdated, now),
                (_, TrustError::ClockWrong) => return self.stop(Stop::ClockWrong, now),
                (_, TrustError::Stale) => return self.stop(Stop::StatementStale, now),
            },
        }
        self.connection.handle_served(now);
        self.show_line(Line::Up);
        if let Some(former) = &mut self.former {
            former.chat_mut().handle_line_up(now);
        }
        // Whoever is in a chat is asked for no puzzle, so the relay hears of that first.
        self.drain_former(now);
        match &mut self.state {
            State::Asking(_) => self.ask_at_relay(now),
            State::Chatting(chat) if chat.lead_was_revoked(self.trust.revocations()) => {
                // Of a chat that is over here, nobody is left who would have to hear so.
                if chat.has_ended() { self.destroy() } else { self.ask_for_another(now) }
            }
            State::Chatting(chat) => chat.handle_line_up(now),
            State::Before | State::Over => {}
        }
        self.mind_revoked_third(now);
    }

    /// Whether the duty statement of now makes a difference to somebody who waits.
    fn asks_anew(&self, now: Timestamp) -> bool {
        let State::Asking(asking) = &self.state else {
            return false;
        };
        let key = self.trust.duty(now).map(|duty| &duty.duty_key);
        asking.unserved_since.is_some() || asking.sealed.as_ref().map(|(to, _)| to) != key
    }

    /// Asks, or asks again under the same ticket, sealed to the duty key of now.
    fn ask_at_relay(&mut self, now: Timestamp) {
        let State::Asking(asking) = &mut self.state else {
            return;
        };
        let Some(duty) = self.trust.duty(now) else {
            asking.unserved_since.get_or_insert(now);
            return;
        };
        asking.unserved_since = None;
        let key = &duty.duty_key;
        if asking.sealed.as_ref().is_none_or(|(sealed_to, _)| sealed_to != key) {
            let intake = Intake {
                again: asking.again,
                language: self.said.language.as_str().try_into().unwrap_or_default(),
                interpreter: (self.wish != Wish::None).into(),
                safety: self.said.safety,
                returning: self.said.returning.clone(),
                code_word: self.said.code_word.into(),
            };
            let hash = KeyPackageHash::of(asking.prospect.key_package());
            let program = self.setup.root.program_id();
            asking.sealed = intake
                .seal(&program, key, &hash, &mut self.randomness)
                .ok()
                .map(|sealed| (key.clone(), sealed));
        }
        let ask = asking.sealed.as_ref().and_then(|(_, intake)| {
            let ticket = asking.ticket.clone();
            let key_package = Bytes::try_from(asking.prospect.key_package()).ok()?;
            let intake = Bytes::try_from(intake.as_slice()).ok()?;
            Some(match asking.solving.as_ref().and_then(Solving::solved) {
                Some((puzzle, answer)) => {
                    ClientFrame::AskSolved { ticket, key_package, intake, puzzle, answer }
                }
                None => ClientFrame::Ask { ticket, key_package, intake },
            })
        });
        match ask {
            Some(ask) => self.send(&ask),
            None => self.stop(Stop::RelayFault, now),
        }
    }

    /// Nobody has been on duty for too long: say so rather than let somebody wait for nobody.
    fn check_duty(&mut self, now: Timestamp) {
        let unserved = self.trust.duty(now).is_none();
        let State::Asking(asking) = &mut self.state else {
            return;
        };
        if !unserved {
            asking.unserved_since = None;
            return;
        }
        asking.unserved_since.get_or_insert(now);
        if asking.unserved_until().is_some_and(|until| until <= now) {
            self.stop(Stop::NobodyOnDuty, now);
        }
    }

    fn handle_in_line(&mut self, ahead: u32, now: Timestamp) {
        if let State::Asking(asking) = &mut self.state {
            asking.placed = true;
            self.drop_puzzle();
            self.show(SurvivorEvent::Phase(Phase::Waiting { ahead: Some(ahead) }));
            self.leave_former(now);
        }
    }

    // Joining.

    /// Takes the first Welcome that holds good and declines every other.
    fn handle_welcome(&mut self, offer: u64, welcome: &[u8], now: Timestamp) {
        let State::Asking(asking) = &mut self.state else {
            return;
        };
        let ticket = asking.ticket.clone();
        let leaving = LeavingToken(self.randomness.bytes());
        let joined = match self.trust.duty(now) {
            Some(_) => {
                let last_number = self.last_number;
                join(&mut asking.prospect, welcome, leaving, &self.trust, last_number, now)
            }
            None => None,
        };
        let Some(mut chat) = joined else {
            asking.bad_welcomes += 1;
            let too_many = asking.bad_welcomes >= BAD_WELCOMES_MAX;
            self.send(&ClientFrame::Decline { ticket, offer });
            if too_many {
                self.stop(Stop::ConversationNotSafe, now);
            }
            return;
        };
        self.drop_puzzle();
        self.send(&ClientFrame::Accept { ticket, offer });
        chat.handle_line_up(now);
        chat.set_hidden(self.hidden, now);
        self.said.returning = None;
        self.leave_former(now);
        self.state = State::Chatting(Box::new(chat));
    }

    // The chat.

    fn handle_room_frame(&mut self, frame: RelayFrame, now: Timestamp) {
        let room = match &frame {
            RelayFrame::Attached { room }
            | RelayFrame::Presence { room, .. }
            | RelayFrame::Delivered { room, .. } => *room,
            _ => return,
        };
        let Some(chat) = chat_in(room, &mut self.state, &mut self.former) else {
            return;
        };
        match frame {
            RelayFrame::Attached { .. } => chat.handle_attached(now),
            RelayFrame::Presence { member, here, .. } => chat.handle_presence(member, *here, now),
            RelayFrame::Delivered { message, .. } => {
                chat.handle_delivered(&message, &self.trust, now);
            }
            _ => {}
        }
    }

    /// Passes on what the chat has to send and show, until it has nothing more.
    fn drain_chat(&mut self, now: Timestamp) {
        self.drain_former(now);
        loop {
            let State::Chatting(chat) = &mut self.state else {
                return;
            };
            if let Some(output) = chat.poll_output() {
                self.handle_output(output, now);
            } else if let Some(frame) = chat.poll_frame() {
                self.send(&frame);
            } else {
                if chat.is_over() {
                    self.destroy();
                }
                return;
            }
        }
    }

    fn handle_output(&mut self, output: ChatOutput, now: Timestamp) {
        match output {
            ChatOutput::Conversation(event) => self.show(SurvivorEvent::Conversation(event)),
            ChatOutput::LeadIntroduced => {
                self.show(SurvivorEvent::Phase(Phase::Chatting));
                let unsent = core::mem::take(&mut self.unsent);
                if let State::Chatting(chat) = &mut self.state {
                    let note = self.note.as_ref().and_then(|note| (&**note).try_into().ok());
                    if let Some(text) = note {
                        chat.say(Content::Note { text }, now);
                    }
                    chat.send_unsent(unsent, self.last_number, now);
                }
                self.renew_wish();
                self.ask_tokens(now);
            }
            ChatOutput::TokensGiven(given) => self.handle_tokens(*given),
            ChatOutput::Ended(ending) => {
                self.unsent.clear();
                self.note = None;
                self.drop_questions();
                self.show(SurvivorEvent::Phase(Phase::Ended(ending)));
            }
            ChatOutput::LeadLost => self.ask_for_another(now),
            ChatOutput::Unsafe => self.stop(Stop::ConversationNotSafe, now),
            ChatOutput::Handover { turn, asked } => self.handle_question(turn, asked, now),
            ChatOutput::EndAsked { turn, minutes } => self.handle_end_asked(turn, minutes),
            ChatOutput::WordAsked { turn, wanted } => self.handle_word_asked(turn, wanted, now),
            ChatOutput::Silence(silence) => self.handle_silence(silence, now),
            ChatOutput::JoiningAsked { turn, colleague, joins_as } => {
                self.handle_joining_asked(turn, *colleague, joins_as, now);
            }
            ChatOutput::JoiningWithdrawn { turn, why } => {
                self.handle_joining_withdrawn(turn, why, now);
            }
            ChatOutput::LetIn { turn } => self.handle_let_in(turn, now),
            ChatOutput::ThirdArrived => self.meet_wish(),
            ChatOutput::ThirdGone => self.handle_third_gone(),
            ChatOutput::SurvivorArrived
            | ChatOutput::InterpreterWanted(_)
            | ChatOutput::PutOutAsked
            | ChatOutput::JoiningAnswered { .. }
            | ChatOutput::Sign(_)
            | ChatOutput::Stays { .. }
            | ChatOutput::GoesOn { .. }
            | ChatOutput::WordGiven { .. }
            | ChatOutput::TokensAsked(_)
            | ChatOutput::Note(_) => {}
        }
    }

    /// The desk says that there was nothing from here for long. Who is writing meanwhile is not asked.
    fn handle_silence(&mut self, silence: Silence, now: Timestamp) {
        let lately = self.touched.is_some_and(|at| at + TOUCHED_LATELY > now) && !self.hidden;
        if silence == Silence::Over || !lately {
            self.show_silence(silence);
        } else if let State::Chatting(chat) = &mut self.state {
            chat.say(Content::StillHere, now);
        }
    }

    /// Nothing is asked any more, and nobody else is there.
    fn drop_questions(&mut self) {
        self.drop_question();
        self.drop_end_question();
        self.drop_company();
        self.drop_word_question();
    }

    fn show_silence(&mut self, silence: Silence) {
        if core::mem::replace(&mut self.silence, silence) != silence {
            self.show(SurvivorEvent::Conversation(ConversationEvent::Silence(silence)));
        }
    }

    /// The advocate is gone: ask again, for the head of the line. Of that group nothing is kept but what it takes to
    /// say to their device, if it comes back, that the chat is over; to one that was revoked nothing is said.
    fn ask_for_another(&mut self, now: Timestamp) {
        let State::Chatting(chat) = &mut self.state else {
            return;
        };
        let unsent = chat.take_unsent();
        self.last_number = self.last_number.max(chat.last_number());
        let revoked = chat.lead_was_revoked(self.trust.revocations());
        chat.end(Ending::CutOff, now);
        if let State::Chatting(chat) = core::mem::replace(&mut self.state, State::Over)
            && !revoked
        {
            self.hold(Former::left(chat));
        }
        self.show_silence(Silence::Over);
        self.drop_questions();
        self.unsent.splice(0..0, unsent);
        self.announce(Announcement::AdvocateLost);
        self.ask(Again::CutOff, now);
        self.ask_at_relay(now);
    }

    fn keep_unsent(&mut self, text: &str) -> Result<MessageNumber, WriteError> {
        check_text(text)?;
        if self.unsent.len() >= UNSENT_MAX {
            return Err(WriteError::NotNow);
        }
        self.last_number = self.last_number.next();
        let number = self.last_number;
        let text = Written::new(text);
        self.unsent.push(Unsent { number, text: text.clone() });
        let message = ConversationEvent::Message { number, from: Author::Me, text };
        self.show(SurvivorEvent::Conversation(message));
        Ok(number)
    }

    // Refusals, stopping, and the line.

    fn handle_refused(&mut self, about: About, refusal: Refusal, now: Timestamp) {
        match (&mut self.state, about) {
            (_, About::Room(room)) => {
                if let Some(chat) = chat_in(room, &mut self.state, &mut self.former) {
                    chat.handle_refused(refusal, now);
                }
            }
            (State::Asking(asking), About::Ticket(ticket)) if ticket == asking.ticket.id() => {
                match refusal {
                    Refusal::LineFull => self.stop(Stop::LineFull, now),
                    Refusal::TooFast => asking.solve_later(now),
                    Refusal::ChatClosed => self.stop(Stop::Closed, now),
                    Refusal::TurnedAway => self.finish(Phase::Ended(Ending::TurnedAway)),
                    // With a statement that still holds no other need come.
                    Refusal::NobodyOnDuty
                        if self.trust.duty(now).is_some() && !asking.waits_for_desks() =>
                    {
                        self.stop(Stop::NobodyOnDuty, now);
                    }
                    Refusal::NobodyOnDuty => {
                        asking.unserved_since.get_or_insert(now);
                    }
                    _ => {}
                }
            }
            (State::Asking(asking), About::Connection) => match refusal {
                Refusal::VersionUnsupported => self.stop(Stop::PageOutdated, now),
                Refusal::ProgramUnknown => self.stop(Stop::ProgramNotVerified, now),
                Refusal::ConnectionsFull if !asking.placed => self.stop(Stop::TooBusy, now),
                Refusal::RelayFault if !asking.placed => self.stop(Stop::RelayFault, now),
                _ => {}
            },
            _ => {}
        }
    }

    /// There is no chat: or none with anybody else, and the survivor is back with the advocate whom they had.
    fn stop(&mut self, stop: Stop, now: Timestamp) {
        if !self.go_back(now) {
            self.finish(Phase::Stopped(stop));
        }
    }

    fn finish(&mut self, phase: Phase) {
        self.destroy();
        self.show(SurvivorEvent::Phase(phase));
    }

    /// Destroys keys and whatever was written, and lets the line go.
    fn destroy(&mut self) {
        self.drop_puzzle();
        self.state = State::Over;
        self.said = Said::default();
        self.wish = Wish::None;
        self.asking_tokens = None;
        self.drop_questions();
        self.former = None;
        self.note = None;
        self.unsent.clear();
        let action = self.connection.give_up();
        self.act(action);
    }

    fn line_went_down(&mut self) {
        if let Some(former) = &mut self.former {
            former.chat_mut().handle_line_down();
        }
        match &mut self.state {
            State::Chatting(chat) => chat.handle_line_down(),
            State::Asking(asking) => asking.dropped = true,
            State::Before | State::Over => return,
        }
        if self.connection.is_missed() {
            self.show_line(Line::Down);
        }
    }

    fn show_line(&mut self, line: Line) {
        if self.line_shown != line {
            self.line_shown = line;
            self.show(SurvivorEvent::Line(line));
        }
    }

    fn announce(&mut self, announcement: Announcement) {
        let event = ConversationEvent::Announced(announcement);
        self.show(SurvivorEvent::Conversation(event));
    }

    fn show(&mut self, event: SurvivorEvent) {
        self.events.push_back(event);
    }

    /// Sends a frame where the line stands. Where it does not, what matters is sent again once it does.
    fn send(&mut self, frame: &ClientFrame) {
        if self.connection.is_open() {
            self.transmits.push_back(Transmit::Frame(encode(frame)));
        }
    }

    fn act(&mut self, action: Option<LineAction>) {
        match action {
            Some(LineAction::Connect(way)) => self.transmits.push_back(Transmit::Connect(way)),
            Some(LineAction::Disconnect) => self.transmits.push_back(Transmit::Disconnect),
            Some(LineAction::Ping) => self.send(&ClientFrame::Ping),
            None => {}
        }
    }
}

/// The chat in this room: the one of now, or the one that the survivor goes on from.
fn chat_in<'a>(
    room: RoomId,
    state: &'a mut State,
    former: &'a mut Option<Former>,
) -> Option<&'a mut Chat> {
    let current = match state {
        State::Chatting(chat) => Some(&mut **chat),
        State::Before | State::Asking(_) | State::Over => None,
    };
    let former = former.as_mut().map(Former::chat_mut);
    current.into_iter().chain(former).find(|chat| chat.room() == room)
}

/// Joins the group of a Welcome if it holds the survivor and one lead, whose certificate leads to the
/// program's root and has the right to lead; nothing otherwise.
fn join(
    prospect: &mut Prospect,
    welcome: &[u8],
    leaving: LeavingToken,
    trust: &Trust,
    last_number: MessageNumber,
    now: Timestamp,
) -> Option<Chat> {
    let (group, lead) =
        prospect.join_if(welcome, now, |group| check_lead(group, trust, now)).ok()?;
    let key = lead.key;
    let members =
        vec![(group.own_leaf().0, Member::survivor(true)), (group.lead().0, Member::staff(lead))];
    Chat::new(group, members, &key, Opening::Survivor { leaving }, last_number, now).ok()
}

/// The group's lead, checked, where the group is theirs and the survivor's alone.
fn check_lead(group: &Group, trust: &Trust, now: Timestamp) -> Option<VerifiedDevice> {
    let members = group.members();
    let others = members.iter().filter(|member| member.leaf != group.own_leaf());
    let [lead] = others.collect::<Vec<_>>()[..] else {
        return None;
    };
    let device = trust.check_staff(lead, now)?;
    (lead.leaf == group.lead() && device.roles.may_lead()).then_some(device)
}
