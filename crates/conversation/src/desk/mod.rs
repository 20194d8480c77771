//! The desk's side: being let in, duty, the line, and several chats at once (`features.md` 2.1, 3.1, 3.3,
//! 3.6, 3.7, 3.8, 4.1, 5.1 to 5.4).
//!
//! What the relay says of the line is believed as far as it can do no harm: a claim that it grants twice
//! is settled by the survivor, who takes one. It does not protect against the person at the desk.

mod audit;
mod code_word;
mod colleagues;
mod duty;
mod ending;
mod guidance;
mod handover;
mod host;
mod joining;
mod notices;
mod offers;
mod returns;
mod shift;
mod shown;
mod silence;
mod tokens;
mod turn_away;
mod vault;

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use stillroom_program::{
    CertificateError, Device, Fingerprint, Intake, ReturnWords, Timestamp, VerifiedDevice,
};
use stillroom_protocol::{
    About, Bytes, ClientFrame, KeyPackageHash, Nonce, Refusal, RelayFrame, RoomId, StaffId,
    TicketId, VERSION, decode, encode, limits::INTAKE_MAX,
};

pub use self::{
    code_word::{KnownCase, WordFor, WordRefusal, WordStep},
    colleagues::{Asks, Colleague},
    duty::Duty,
    joining::Call,
    offers::{OfferedTo, PlaceOffer},
    shift::{Capacity, Hindrance, Shift},
    shown::{
        Beforehand, ChatEvent, ChatNumber, ComesBack, DeskEvent, Meant, Trouble, WaitingSurvivor,
    },
    turn_away::TurnedAwayBefore,
    vault::VaultState,
};
use self::{
    code_word::{VaultShown, WordQuestion},
    colleagues::Colleagues,
    duty::{Context, OwnDuty},
    ending::EndQuestion,
    guidance::OwnGuidance,
    handover::Questions,
    joining::{Called, Joining},
    notices::OwnNotices,
    offers::OwnOffers,
    returns::{BackFrom, Returns},
    shift::OwnShift,
    silence::{Due, Watch},
    vault::OwnVault,
};
use crate::{
    Transmit,
    audit::Audit,
    chat::{Chat, ChatOutput, Member, Sign, introduction},
    conversation::{
        Author, ConversationEvent, EndStep, Ending, LiveStep, MessageNumber, Silence, Typed,
        WriteError,
    },
    envelope::Content,
    host::Host,
    kept_out::{KeptOut, refused_connection, trouble_of, trouble_of_greeting},
    limits::{CLOCK_TOLERANCE, OFFER_AT_MOST},
    line::{Connection, Line, LineAction, jitter},
    mls::Group,
    randomness::Randomness,
    trust::{Trust, TrustError},
};

/// What a desk's core starts from.
pub struct DeskSetup {
    /// The program's root.
    pub root: Fingerprint,
    /// This device's keys and certificates.
    pub device: Device,
}

/// One place in the line, as this desk knows it.
#[derive(Clone)]
struct Place {
    key_package: KeyPackageHash,
    shown: WaitingSurvivor,
}

/// One chat of this desk.
struct Held {
    chat: Chat,
    /// The offer, until the survivor is in.
    offer: Option<Offer>,
    silence: Watch,
    /// How the chat ends as soon as the survivor is heard out, who had their time.
    time_up: Option<Ending>,
    /// Whether the survivor was told last that nobody is at this desk.
    told_away: bool,
    questions: Questions,
    end_question: EndQuestion,
    /// A third person, in a chat that this desk leads.
    joining: Joining,
    /// Whether the survivor wishes for an interpreter, and none has come yet.
    wants_interpreter: bool,
    /// In a chat that a colleague leads: who called, and their number for it.
    called: Option<(StaffId, u32)>,
    word: WordQuestion,
    /// The last trouble with its room that was told: each is told once.
    told: Option<Refusal>,
}

impl Held {
    fn new(chat: Chat, offer: Option<Offer>) -> Self {
        Self {
            chat,
            offer,
            silence: Watch::new(),
            time_up: None,
            told_away: false,
            questions: Questions::default(),
            end_question: EndQuestion::default(),
            joining: Joining::default(),
            wants_interpreter: false,
            called: None,
            word: WordQuestion::new(),
            told: None,
        }
    }

    /// Whether this desk leads it, the survivor came, and has not gone.
    fn is_with_survivor(&self) -> bool {
        self.offer.is_none() && self.chat.is_open() && self.chat.is_leads()
    }
}

/// A Welcome on its way to a survivor.
struct Offer {
    ticket: TicketId,
    welcome: Vec<u8>,
    until: Timestamp,
}

/// A staff device at work. Order of calls as for [`Survivor`](crate::Survivor).
pub struct Desk {
    setup: DeskSetup,
    randomness: Randomness,
    trust: Trust,
    connection: Connection,
    line_shown: Line,
    /// What kept this device out the last time, until it is let in.
    kept_out: KeptOut,
    admitted: bool,
    duty: OwnDuty,
    duty_shown: Duty,
    shift: OwnShift,
    shift_shown: Shift,
    hindrance_shown: Option<Hindrance>,
    guidance: OwnGuidance,
    notices: OwnNotices,
    colleagues: Colleagues,
    vault: OwnVault,
    vault_shown: VaultShown,
    offers: OwnOffers,
    host: Host,
    audit: Audit,
    waiting: BTreeMap<TicketId, Place>,
    /// Claims that the relay has not answered.
    claiming: BTreeMap<TicketId, Place>,
    /// Places whose KeyPackage turned out to be of no use.
    unusable: BTreeSet<TicketId>,
    chats: BTreeMap<ChatNumber, Held>,
    last_chat: u32,
    /// Who calls this desk into a chat of theirs.
    calls: Vec<Called>,
    last_call: u32,
    returns: Returns,
    /// Whether the page is hidden behind another.
    hidden: bool,
    /// The time of the latest call that told it.
    now: Timestamp,
    transmits: VecDeque<Transmit>,
    events: VecDeque<DeskEvent>,
}

impl Desk {
    /// A desk, which connects at once and is off duty.
    pub fn new(setup: DeskSetup, randomness: Randomness, now: Timestamp) -> Self {
        let roles = setup.device.chain.leaf().roles;
        let mut desk = Self {
            trust: Trust::new(setup.root),
            setup,
            randomness,
            connection: Connection::new(),
            line_shown: Line::Up,
            kept_out: KeptOut::default(),
            admitted: false,
            duty: OwnDuty::new(roles.may_state_duty()),
            duty_shown: Duty::Off,
            shift: OwnShift::default(),
            shift_shown: Shift::On,
            hindrance_shown: Some(Hindrance::OffDuty),
            guidance: OwnGuidance::default(),
            notices: OwnNotices::default(),
            colleagues: Colleagues::default(),
            vault: OwnVault::new(),
            vault_shown: VaultShown::default(),
            offers: OwnOffers::default(),
            host: Host::default(),
            audit: Audit::default(),
            waiting: BTreeMap::new(),
            claiming: BTreeMap::new(),
            unusable: BTreeSet::new(),
            chats: BTreeMap::new(),
            last_chat: 0,
            calls: Vec::new(),
            last_call: 0,
            returns: Returns::default(),
            hidden: false,
            now,
            transmits: VecDeque::new(),
            events: VecDeque::new(),
        };
        let action = desk.connection.want(now);
        desk.act(action);
        desk
    }

    // What the person does.

    /// Goes on duty as soon as the line allows; from a break, back. Not where the shift is about to end: its
    /// end is moved first.
    pub fn go_on_duty(&mut self, now: Timestamp) {
        self.now = now;
        if self.stage() != Shift::On {
            self.trouble(Trouble::Hindered(Hindrance::ShiftEnds));
            return;
        }
        if let Err(error) = self.own_certificate(now) {
            self.trouble(trouble_of(error));
            return;
        }
        let frame = self.duty.want(self.admitted);
        self.send_all(frame);
        self.settle();
    }

    /// Goes off duty: the shift is over. Open chats stay; whoever loses their page from now on comes back to
    /// anybody.
    pub fn go_off_duty(&mut self) {
        let frame = self.duty.stop();
        self.shift.set_end(None);
        self.returns.clear();
        self.send_all(frame);
        self.waiting.clear();
        self.show_waiting();
        self.settle();
    }

    /// Takes a break: open chats and what leads back to them stay, and for new ones this desk is off duty
    /// until [`go_on_duty`](Self::go_on_duty).
    pub fn take_break(&mut self, now: Timestamp) {
        self.now = now;
        self.pause();
        self.settle();
    }

    /// How many chats the person wants at once. More than that are not taken, and none is ended.
    pub fn set_capacity(&mut self, capacity: Capacity) {
        self.shift.set_capacity(capacity);
        self.settle();
    }

    /// When the person's shift ends; it can be moved, and taken back. No chat is begun in its last minutes,
    /// as many as the policy says: the desk is on a break from then on.
    pub fn set_shift_end(&mut self, ends: Option<Timestamp>, now: Timestamp) {
        self.now = now;
        self.shift.set_end(ends);
        self.settle();
    }

    /// Nobody is at the desk until [`unlock`](Self::unlock): chats stay and take in what comes, nobody new is
    /// taken, no silence counts, and survivors are told after a moment. What the desk shows is for the shell
    /// to take away.
    pub fn lock(&mut self, now: Timestamp) {
        self.now = now;
        self.shift.lock(now);
        self.show_in_sight(now);
        self.settle();
    }

    /// Somebody is at the desk again.
    pub fn unlock(&mut self, now: Timestamp) {
        self.now = now;
        self.shift.unlock();
        self.show_in_sight(now);
        self.settle();
    }

    /// Takes whoever is first.
    pub fn take_next(&mut self) {
        let waiting = self.in_order();
        let first = waiting.iter().find(|waiting| waiting.offered).or(waiting.first());
        match (self.hindrance(), first) {
            (None, Some(first)) => self.take(first.ticket),
            (hindrance, _) => {
                let hindrance = hindrance.unwrap_or(Hindrance::NobodyWaiting);
                self.trouble(Trouble::Hindered(hindrance));
            }
        }
    }

    /// Takes this person.
    pub fn take(&mut self, ticket: TicketId) {
        let hindrance = self.hindrance().filter(|why| *why != Hindrance::NobodyWaiting);
        if let Some(hindrance) = hindrance {
            self.trouble(Trouble::Hindered(hindrance));
            return;
        }
        match self.waiting.get(&ticket) {
            Some(place) if !place.shown.offered => self.trouble(Trouble::OthersFirst),
            Some(place) => {
                self.claiming.insert(ticket, place.clone());
                self.send(&ClientFrame::Claim { ticket });
            }
            None => self.trouble(Trouble::TakenByAnother),
        }
        self.settle();
    }

    /// Writes in a chat.
    ///
    /// # Errors
    /// [`WriteError`]; nothing was taken then.
    pub fn write(
        &mut self,
        chat: ChatNumber,
        text: &str,
        now: Timestamp,
    ) -> Result<MessageNumber, WriteError> {
        self.now = now;
        let held = self.chats.get_mut(&chat).ok_or(WriteError::NotNow)?;
        let number = held.chat.write(text, now);
        self.settle();
        number
    }

    /// Ends a chat at once, and erases it on both sides.
    pub fn end(&mut self, chat: ChatNumber, now: Timestamp) {
        self.now = now;
        if let Some(held) = self.chats.get_mut(&chat) {
            held.chat.end(Ending::ByStaff, now);
        }
        self.settle();
    }

    /// Gives a survivor who was asked whether they are there, or told that the chat will close, more time.
    pub fn postpone(&mut self, chat: ChatNumber, now: Timestamp) {
        self.now = now;
        self.handle_life(chat, |watch| watch.handle_sign(now));
        self.settle();
    }

    /// Asks a survivor by hand whether they are there, or tells one who was asked when the chat closes. Whether they
    /// were: not where they could not see it, and not while they are asked about the end.
    pub fn ask_silence(&mut self, chat: ChatNumber, now: Timestamp) -> bool {
        self.now = now;
        let timers = self.trust.policy().map(|policy| policy.timers);
        let held = self.chats.get_mut(&chat);
        let held = held.filter(|held| held.is_with_survivor() && !held.end_question.is_open());
        let told = timers.zip(held).and_then(|(timers, held)| held.silence.go_on(&timers, now));
        self.tell_silence(chat, told);
        self.settle();
        told.is_some()
    }

    /// Takes a step in a chat towards showing one another what is not sent yet, or out of it. One that makes
    /// no sense now, such as accepting what was withdrawn, is none.
    pub fn step(&mut self, chat: ChatNumber, step: LiveStep, now: Timestamp) {
        self.now = now;
        if let Some(held) = self.chats.get_mut(&chat) {
            held.chat.step(step, now);
        }
        self.settle();
    }

    /// What is in a chat's message box, at each change. It leaves this device only where both agreed to that.
    pub fn draft(&mut self, chat: ChatNumber, text: &str, now: Timestamp) {
        self.now = now;
        if let Some(held) = self.chats.get_mut(&chat) {
            held.chat.set_draft(text, now);
        }
    }

    /// The page is hidden behind another, or in sight again: a browser slows what a hidden page does.
    pub fn hidden(&mut self, hidden: bool, now: Timestamp) {
        self.now = now;
        self.hidden = hidden;
        self.show_in_sight(now);
    }

    // What the shell says.

    /// The connection asked for by [`Transmit::Connect`] is open.
    pub fn handle_connected(&mut self, now: Timestamp) {
        self.now = now;
        if self.connection.handle_connected(now) {
            let program = self.setup.root.program_id();
            self.send(&ClientFrame::Hello { version: VERSION, program });
        }
    }

    /// The connection is gone, or could not be opened.
    pub fn handle_disconnected(&mut self, now: Timestamp) {
        self.now = now;
        self.connection.handle_disconnected(jitter(&self.randomness), now);
        self.line_went_down();
        self.settle();
    }

    /// A frame came. What is not one, or makes no sense now, is passed over.
    pub fn handle_frame(&mut self, bytes: &[u8], now: Timestamp) {
        self.now = now;
        self.connection.handle_heard(now);
        let Ok(frame) = decode::<RelayFrame>(bytes) else {
            return;
        };
        match frame {
            RelayFrame::Greeting { version: VERSION, policy, revocations, statement: _ } => {
                let greeted = self.trust.handle_greeting(&policy, &revocations, &[], now);
                self.handle_greeted(greeted, now);
            }
            RelayFrame::Greeting { .. } => self.handle_greeted(Err(TrustError::Outdated), now),
            RelayFrame::Duty { statement } => self.handle_duty(&statement, now),
            RelayFrame::Challenge { nonce } => self.answer(&nonce),
            RelayFrame::Admitted => self.handle_admitted(now),
            RelayFrame::Reply { number: guidance::REQUEST, reply } => {
                let given = self.guidance.handle_reply(&reply, self.trust.policy());
                if let Some(guidance) = given {
                    self.offers.set_wanted(guidance.offers.clone());
                    self.vault.set_times(guidance.code_words);
                    self.show(DeskEvent::Guidance(guidance));
                }
            }
            RelayFrame::Reply { number: notices::REQUEST, reply } => {
                let given = self.notices.handle_reply(&reply, self.trust.policy());
                if let Some(notices) = given {
                    self.show(DeskEvent::Notices(notices));
                }
            }
            RelayFrame::Reply { number: colleagues::REQUEST, reply } => {
                self.handle_staff_listed(&reply, now);
            }
            RelayFrame::Reply { number: vault::REQUEST, reply } => {
                let (_, vault, mut context) = self.askers_and_context();
                let frame = vault.handle_reply(reply, &mut context, now);
                self.send_all(frame);
            }
            RelayFrame::StaffHere { devices } => self.handle_staff_here(devices),
            RelayFrame::HostNotices { notices } => self.handle_host_notices(&notices),
            RelayFrame::Reply { number: crate::audit::REQUEST, reply } => {
                self.handle_audit_reply(&reply);
            }
            RelayFrame::FromStaff { from, sealed } => self.handle_note(from, &sealed),
            RelayFrame::Reply { number, reply } => {
                let (duty, _, mut context) = self.askers_and_context();
                let frame = duty.handle_reply(number, reply, &mut context, now);
                self.send_all(frame);
            }
            RelayFrame::Refused { about, refusal } => self.handle_refused(about, refusal, now),
            RelayFrame::Waiting { ticket, key_package, intake, waited } => {
                self.handle_waiting(ticket, key_package, &intake, waited, now);
            }
            RelayFrame::WaitingNoMore { ticket } => {
                if self.waiting.remove(&ticket).is_some() {
                    self.show_waiting();
                }
            }
            RelayFrame::WaitingShare { ticket, turn, turned_away } => {
                self.handle_waiting_share(ticket, turn, &turned_away);
            }
            RelayFrame::WaitingPresence { ticket, here } => {
                self.handle_waiting_presence(ticket, *here)
            }
            RelayFrame::Claimed { ticket, key_package } => {
                self.handle_claimed(ticket, &key_package, now);
            }
            RelayFrame::OfferDeclined { ticket } => self.drop_offer(ticket),
            other => self.handle_room_frame(other, now),
        }
        self.settle();
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.now = now;
        let action = self.connection.handle_timeout(jitter(&self.randomness), now);
        if action == Some(LineAction::Disconnect) {
            self.line_went_down();
        }
        self.act(action);
        let (duty, _, mut context) = self.askers_and_context();
        let frame = duty.handle_timeout(&mut context, now);
        self.send_all(frame);
        for held in self.chats.values_mut() {
            held.chat.handle_timeout(now);
        }
        self.handle_silences();
        self.handle_ends_asked();
        self.offer_the_rest();
        let offers = self.chats.values().filter_map(|held| held.offer.as_ref());
        let late = offers.filter(|offer| offer.until <= now).map(|offer| offer.ticket);
        for ticket in late.collect::<Vec<_>>() {
            self.send(&ClientFrame::Release { ticket });
            self.drop_offer(ticket);
        }
        self.settle();
    }

    // What comes out.

    /// What the shell is to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// What the desk is to show.
    pub fn poll_event(&mut self) -> Option<DeskEvent> {
        self.events.pop_front()
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let timers = self.trust.policy().map(|policy| policy.timers);
        let chats = self.chats.values().flat_map(|held| {
            let timers = timers.as_ref().filter(|_| !held.end_question.is_open());
            let silence = timers.and_then(|timers| held.silence.poll_timeout(timers));
            let offer = held.offer.as_ref().map(|offer| offer.until);
            let asked = [
                held.end_question.poll_timeout(),
                held.joining.poll_timeout(),
                held.word.poll_timeout(),
            ];
            [held.chat.poll_timeout(), offer, silence].into_iter().chain(asked)
        });
        let own = [
            self.connection.poll_timeout(),
            self.duty.poll_timeout(),
            self.shift.next_stage(self.margin(), self.now),
            self.absence_timeout(),
            self.rest_due(),
            self.calls_timeout(),
            self.offers_timeout(),
        ];
        own.into_iter().chain(chats).flatten().min()
    }

    // Being let in.

    fn handle_greeted(&mut self, greeted: Result<(), TrustError>, now: Timestamp) {
        let trouble = match (greeted, self.own_certificate(now)) {
            (Ok(()), Ok(device)) if self.trust.revocations().is_revoked(&device) => {
                self.forget_all();
                Trouble::CertificateRefused
            }
            (Ok(()), Ok(_)) => {
                self.duty.handle_records_changed(now);
                self.leave_revoked_leads();
                if self.admitted {
                    self.ask_for_texts();
                    self.read_audit();
                } else if let Ok(chain) = Bytes::try_from(encode(&self.setup.device.chain)) {
                    self.send(&ClientFrame::Staff { chain });
                }
                return;
            }
            (Err(error), _) => trouble_of_greeting(error),
            (_, Err(error)) => trouble_of(error),
        };
        if let Some(news) = self.kept_out.by(trouble) {
            self.trouble(news);
        }
    }

    /// This device was revoked: nothing that anybody said stays on it. Survivors are not told by it, whose word
    /// counts for nothing any more; their own devices know.
    fn forget_all(&mut self) {
        for (number, held) in core::mem::take(&mut self.chats) {
            if held.chat.is_open() {
                self.show_chat(number, ChatEvent::Ended(Ending::Unknown));
            }
        }
        self.returns.clear();
        self.vault.close();
        self.duty.stop();
        self.claiming.clear();
        self.waiting.clear();
        self.show_waiting();
    }

    fn own_certificate(&self, now: Timestamp) -> Result<VerifiedDevice, CertificateError> {
        self.setup.device.chain.verify(&self.setup.root, now, CLOCK_TOLERANCE)
    }

    /// Proves to the relay that this is the device.
    fn answer(&mut self, nonce: &Nonce) {
        let program = self.setup.root.program_id();
        let signature = self.setup.device.answer_challenge(&program, nonce);
        self.send(&ClientFrame::Proof { signature });
    }

    /// Let in: duty, open chats and unanswered claims go on where they were.
    fn handle_admitted(&mut self, now: Timestamp) {
        self.admitted = true;
        self.kept_out.let_in();
        self.connection.handle_served(now);
        self.show_line(Line::Up);
        let frame = self.duty.handle_admitted();
        self.send_all(frame);
        self.ask_for_texts();
        self.handle_audit_admitted();
        for held in self.chats.values_mut() {
            held.chat.handle_line_up(now);
        }
        let offers = self.chats.values().filter_map(|held| held.offer.as_ref());
        let tickets = offers.map(|offer| offer.ticket).chain(self.claiming.keys().copied());
        for ticket in tickets.collect::<Vec<_>>() {
            self.send(&ClientFrame::Claim { ticket });
        }
    }

    /// Asks for what greetings leave out of the policy, and a desk has a use for.
    fn ask_for_texts(&mut self) {
        let policy = self.trust.policy();
        let asked = [self.guidance.ask(policy), self.notices.ask(policy)];
        self.send_all(asked.into_iter().flatten());
    }

    /// A colleague, or this desk itself, stated that somebody is on duty.
    fn handle_duty(&mut self, statement: &[u8], now: Timestamp) {
        // One that does not hold good says nothing.
        let _ = self.trust.handle_statement(statement, now);
        let stated = self.trust.duty(now);
        self.vault.handle_stated(stated.map_or(0, |statement| statement.vault_version));
        let key = stated.map(|statement| statement.duty_key.clone());
        let frame = key.and_then(|key| self.duty.handle_stated(&key));
        self.send_all(frame);
    }

    // The line.

    /// Somebody waits. One whose sealed words do not open with the KeyPackage beside them is not shown:
    /// the two do not belong together, or the duty key changed and they will ask again.
    fn handle_waiting(
        &mut self,
        ticket: TicketId,
        key_package: KeyPackageHash,
        intake: &Bytes<INTAKE_MAX>,
        waited: u32,
        now: Timestamp,
    ) {
        if self.offer(ticket).is_some() || self.claiming.contains_key(&ticket) {
            self.send(&ClientFrame::Claim { ticket });
            return;
        }
        if self.unusable.contains(&ticket) {
            return;
        }
        let program = self.setup.root.program_id();
        let keys = self.duty.keys().iter().rev();
        let opened =
            keys.filter_map(|key| Intake::open(key, &program, &key_package, intake).ok()).next();
        let Some(opened) = opened else { return };
        let comes_back = self.judge_return(ticket, opened.returning.as_ref(), now);
        let beforehand = Beforehand {
            again: opened.again,
            language: opened.language.as_str().into(),
            interpreter: *opened.interpreter,
            safety: opened.safety,
            comes_back,
            code_word: *opened.code_word,
        };
        let since = Timestamp(now.0.saturating_sub(u64::from(waited) * 1000));
        let offered = self.is_offered(opened.again, since);
        let meant = self.meant(opened.again);
        let shown = WaitingSurvivor {
            ticket,
            since,
            turn: 0,
            turned_away: None,
            here: true,
            beforehand,
            offered,
            meant,
        };
        self.waiting.insert(ticket, Place { key_package, shown });
        self.show_waiting();
    }

    fn handle_waiting_presence(&mut self, ticket: TicketId, here: bool) {
        if let Some(place) = self.waiting.get_mut(&ticket) {
            place.shown.here = here;
            self.show_waiting();
        }
    }

    /// Whose return words somebody brought. The chat that they lost is over by that, unless its page still
    /// answers: then somebody else may have brought the words, and it goes on until they are taken.
    fn judge_return(
        &mut self,
        ticket: TicketId,
        words: Option<&ReturnWords>,
        now: Timestamp,
    ) -> ComesBack {
        let Some(words) = words else {
            return ComesBack::No;
        };
        let Some(chat) = self.returns.judge(ticket, words, now) else {
            return ComesBack::Elsewhere;
        };
        if let Some(lost) = self.chats.get_mut(&chat)
            && !lost.chat.survivor_is_here()
        {
            lost.chat.end(Ending::PageLost, now);
        }
        ComesBack::Here(chat)
    }

    fn in_order(&self) -> Vec<WaitingSurvivor> {
        let mut waiting =
            self.waiting.values().map(|place| place.shown.clone()).collect::<Vec<_>>();
        waiting.sort_by_key(WaitingSurvivor::order);
        waiting
    }

    fn handle_claimed(&mut self, ticket: TicketId, key_package: &[u8], now: Timestamp) {
        if let Some(welcome) = self.offer(ticket).map(|offer| offer.welcome.clone()) {
            self.send_offer(ticket, welcome);
            return;
        }
        let Some(place) = self.claiming.remove(&ticket) else {
            return;
        };
        self.waiting.remove(&ticket);
        self.show_waiting();
        if place.key_package != KeyPackageHash::of(key_package)
            || self.open_chat(place.shown, key_package, now).is_none()
        {
            self.unusable.insert(ticket);
            self.send(&ClientFrame::Release { ticket });
            self.trouble(Trouble::ConversationNotSafe);
        }
    }

    /// Makes the group with the survivor in it, opens its room and offers it to them.
    fn open_chat(
        &mut self,
        survivor: WaitingSurvivor,
        key_package: &[u8],
        now: Timestamp,
    ) -> Option<()> {
        let WaitingSurvivor { ticket, beforehand, .. } = survivor;
        let device = self.own_certificate(now).ok().filter(|device| device.roles.may_lead())?;
        let (group, welcome) =
            Group::create_and_add(&self.setup.device, key_package, &self.randomness, now).ok()?;
        let me = group.own_leaf();
        let members = group
            .members()
            .iter()
            .map(|member| {
                let is_me = member.leaf == me;
                let entry =
                    if is_me { Member::staff(device.clone()) } else { Member::survivor(false) };
                (member.leaf.0, entry)
            })
            .collect();
        let opening = introduction(&self.setup.device.name)?;
        let mut chat =
            Chat::new(group, members, &device.key, opening, MessageNumber(0), now).ok()?;
        chat.handle_line_up(now);
        chat.set_hidden(self.is_unseen(), now);
        chat.show_roster();
        self.last_chat += 1;
        let number = ChatNumber(self.last_chat);
        let offer = Offer { ticket, welcome: welcome.clone(), until: now + OFFER_AT_MOST };
        if let ComesBack::Here(lost) = beforehand.comes_back
            && let Some(lost) = self.chats.get_mut(&lost)
        {
            lost.chat.end(Ending::PageLost, now);
        }
        self.chats.insert(number, Held::new(chat, Some(offer)));
        let wanted = beforehand.interpreter;
        self.show_chat(number, ChatEvent::Opened(beforehand));
        self.set_interpreter_wanted(number, wanted);
        self.drain(number);
        self.send_offer(ticket, welcome);
        Some(())
    }

    fn send_offer(&mut self, ticket: TicketId, welcome: Vec<u8>) {
        if let Ok(welcome) = Bytes::try_from(welcome) {
            self.send(&ClientFrame::Offer { ticket, welcome });
        }
    }

    fn offer(&self, ticket: TicketId) -> Option<&Offer> {
        self.chats
            .values()
            .filter_map(|held| held.offer.as_ref())
            .find(|offer| offer.ticket == ticket)
    }

    /// An offer came to nothing.
    fn drop_offer(&mut self, ticket: TicketId) {
        let lost = self
            .chats
            .iter()
            .find(|(_, held)| held.offer.as_ref().is_some_and(|offer| offer.ticket == ticket))
            .map(|(number, _)| *number);
        if let Some(number) = lost {
            self.chats.remove(&number);
            self.show_chat(number, ChatEvent::Lost);
        }
    }

    // The chats.

    fn handle_room_frame(&mut self, frame: RelayFrame, now: Timestamp) {
        match frame {
            RelayFrame::Attached { room } => {
                if let Some(chat) = self.chat_in(room) {
                    chat.handle_attached(now);
                }
            }
            RelayFrame::Presence { room, member, here } => {
                if let Some(chat) = self.chat_in(room) {
                    chat.handle_presence(member, *here, now);
                }
            }
            RelayFrame::Delivered { room, message } => {
                let held = self.chats.values_mut().find(|held| held.chat.room() == room);
                if let Some(held) = held {
                    held.chat.handle_delivered(&message, &self.trust, now);
                }
            }
            RelayFrame::Left { room, token } => {
                if let Some(chat) = self.chat_in(room) {
                    chat.handle_left(&token);
                }
            }
            _ => {}
        }
    }

    fn chat_in(&mut self, room: RoomId) -> Option<&mut Chat> {
        self.chats.values_mut().map(|held| &mut held.chat).find(|chat| chat.room() == room)
    }

    /// Passes on what a chat has to send and show.
    fn drain(&mut self, number: ChatNumber) {
        loop {
            let Some(held) = self.chats.get_mut(&number) else {
                return;
            };
            if let Some(output) = held.chat.poll_output() {
                self.handle_output(number, output);
            } else if let Some(frame) = held.chat.poll_frame() {
                self.send(&frame);
            } else {
                if held.chat.is_over() {
                    self.forget_colleague(number);
                    self.chats.remove(&number);
                }
                return;
            }
        }
    }

    fn handle_output(&mut self, number: ChatNumber, output: ChatOutput) {
        match output {
            ChatOutput::Conversation(event) => {
                match &event {
                    ConversationEvent::Message { from, .. } => self.handle_message(number, *from),
                    // Who is seen to type is not silent.
                    ConversationEvent::Typed(Typed::Something | Typed::Text(_)) => {
                        self.handle_sign(number, Sign::StillHere);
                    }
                    _ => {}
                }
                self.show_chat(number, ChatEvent::Conversation(event));
            }
            ChatOutput::SurvivorArrived => self.handle_arrived(number),
            ChatOutput::Sign(sign) => self.handle_sign(number, sign),
            ChatOutput::Ended(ending) => {
                match ending {
                    Ending::BySurvivor | Ending::ByStaff => self.returns.handle_ended(number),
                    Ending::HandedOver | Ending::CutOff | Ending::TurnedAway => {
                        self.returns.forget(number);
                    }
                    _ => {}
                }
                // Whoever joined a colleague's chat did not end it.
                let is_guest = self.chats.get(&number).is_some_and(|held| held.called.is_some());
                let ending = match ending {
                    Ending::ByStaff | Ending::PageLost | Ending::CutOff | Ending::TurnedAway
                        if is_guest =>
                    {
                        Ending::Unknown
                    }
                    ending => ending,
                };
                self.show_chat(number, ChatEvent::Ended(ending));
            }
            ChatOutput::Unsafe => {
                self.trouble(Trouble::ConversationNotSafe);
                self.show_chat(number, ChatEvent::Ended(Ending::Unknown));
            }
            ChatOutput::Stays { turn, why } => self.handle_stays(number, turn, why),
            ChatOutput::GoesOn { turn } => self.handle_goes_on(number, turn),
            ChatOutput::WordGiven { turn, given } => self.handle_word(number, turn, given),
            ChatOutput::TokensAsked(asked) => self.handle_tokens_asked(number, &asked),
            ChatOutput::Note(note) => self.show_chat(number, ChatEvent::Note(note)),
            ChatOutput::JoiningAnswered { turn, agrees } => {
                self.handle_joining_answered(number, turn, agrees);
            }
            ChatOutput::InterpreterWanted(wanted) => {
                self.handle_interpreter_wanted(number, wanted);
            }
            ChatOutput::ThirdArrived => self.handle_third_arrived(number),
            ChatOutput::PutOutAsked => self.handle_put_out_asked(number),
            ChatOutput::ThirdGone => self.handle_third_gone(number),
            // A chat that somebody else leads, whose lead did not come back.
            ChatOutput::LeadLost => self.show_chat(number, ChatEvent::Ended(Ending::Unknown)),
            ChatOutput::LeadIntroduced
            | ChatOutput::JoiningAsked { .. }
            | ChatOutput::JoiningWithdrawn { .. }
            | ChatOutput::LetIn { .. }
            | ChatOutput::Silence(_)
            | ChatOutput::Handover { .. }
            | ChatOutput::TokensGiven(_)
            | ChatOutput::WordAsked { .. }
            | ChatOutput::EndAsked { .. } => {}
        }
    }

    /// The survivor is in: they are told what leads back here.
    fn handle_arrived(&mut self, number: ChatNumber) {
        let on_duty = self.duty.shown() != Duty::Off;
        if let Some(held) = self.chats.get_mut(&number) {
            held.offer = None;
            if let Some(words) = on_duty
                .then(|| self.returns.give(number, BackFrom::LostPage, &self.randomness, self.now))
                .flatten()
            {
                held.chat.say(Content::ReturnWords { words }, self.now);
            }
        }
        self.show_chat(number, ChatEvent::Joined);
        if let Some(policy) =
            self.trust.policy().filter(|policy| !policy.opening_messages.is_empty())
        {
            let said = policy.opening_messages.iter().map(|message| message.text.to_string());
            let said = said.collect();
            self.show_chat(number, ChatEvent::OpeningMessages(said));
        }
    }

    // Silence.

    fn handle_message(&mut self, number: ChatNumber, from: Author) {
        let now = self.now;
        let by_survivor = |held: &Held| match from {
            Author::Member(member) => held.chat.is_survivor(member),
            Author::Me => false,
        };
        if self.chats.get(&number).is_some_and(by_survivor) {
            self.close_end_question(number, EndStep::TheyGoOn);
            self.handle_life(number, |watch| watch.handle_answer(now));
        } else if let Some(held) = self.chats.get_mut(&number) {
            held.silence.handle_said(now);
        }
    }

    fn handle_sign(&mut self, number: ChatNumber, sign: Sign) {
        let now = self.now;
        self.handle_life(number, |watch| match sign {
            Sign::StillHere => watch.handle_sign(now),
            Sign::Hidden(hidden) => watch.handle_hidden(hidden, now),
        });
        if let Sign::Hidden(hidden) = sign {
            self.show_chat(number, ChatEvent::Hidden(hidden));
        }
    }

    /// The survivor shows life, or is given more time: their time is not up.
    fn handle_life(
        &mut self,
        number: ChatNumber,
        take: impl FnOnce(&mut Watch) -> Option<Silence>,
    ) {
        let told = self.chats.get_mut(&number).and_then(|held| {
            held.time_up = None;
            take(&mut held.silence)
        });
        self.tell_silence(number, told);
    }

    /// Does what is due in each chat.
    fn handle_silences(&mut self) {
        let Some(timers) = self.trust.policy().map(|policy| policy.timers) else {
            return;
        };
        let now = self.now;
        for number in self.chats.keys().copied().collect::<Vec<_>>() {
            let held = self.chats.get_mut(&number).filter(|held| !held.end_question.is_open());
            let Some(held) = held else {
                continue;
            };
            match held.silence.handle_timeout(&timers, now) {
                Some(Due::Tell(silence)) => self.tell_silence(number, Some(silence)),
                Some(Due::Close) => self.hear_out(number, Ending::BySilence),
                None => {}
            }
        }
    }

    /// Whether the survivor could answer now is for the chat to know.
    fn watch_silence(&mut self, number: ChatNumber) {
        let Some(timers) = self.trust.policy().map(|policy| policy.timers) else {
            return;
        };
        let (now, locked) = (self.now, self.shift.is_locked());
        let told = self.chats.get_mut(&number).and_then(|held| {
            held.silence.set_arrived(held.chat.has_arrived(), now);
            // What they answer to a locked desk nobody would see.
            let can_answer = held.chat.survivor_is_here() && held.chat.is_leads() && !locked;
            held.silence.set_here(can_answer, &timers, now)
        });
        self.tell_silence(number, told);
    }

    /// Says inside the group how far the survivor's silence has come, and shows it here.
    fn tell_silence(&mut self, number: ChatNumber, silence: Option<Silence>) {
        if let Some(silence) = silence
            && let Some(held) = self.chats.get_mut(&number)
            && held.chat.is_open()
        {
            held.chat.say(Content::Silence { silence }, self.now);
            let event = ConversationEvent::Silence(silence);
            self.show_chat(number, ChatEvent::Conversation(event));
        }
    }

    // The shift.

    /// The last minutes of a shift, in which no chat is begun.
    fn margin(&self) -> Duration {
        let minutes = self.trust.policy().map_or(0, |policy| policy.timers.shift_margin);
        Duration::from_secs(u64::from(minutes) * 60)
    }

    fn stage(&self) -> Shift {
        self.shift.stage(self.margin(), self.now)
    }

    fn hindrance(&self) -> Option<Hindrance> {
        let (duty, stage) = (self.duty.shown(), self.stage());
        self.shift.hindrance(duty, stage, self.load(), self.waiting.len())
    }

    /// The chats that are open or about to be.
    fn load(&self) -> usize {
        self.chats.values().filter(|held| held.chat.is_open()).count() + self.claiming.len()
    }

    /// How many more chats this desk would take now.
    fn room(&self) -> u8 {
        if !self.setup.device.chain.leaf().roles.may_lead() {
            return 0;
        }
        match self.hindrance() {
            None | Some(Hindrance::NobodyWaiting) => self.shift.room(self.load()),
            Some(_) => 0,
        }
    }

    fn pause(&mut self) {
        let frame = self.duty.pause();
        self.send_all(frame);
        self.waiting.clear();
        self.show_waiting();
    }

    /// Whether nobody sees the page.
    fn is_unseen(&self) -> bool {
        self.hidden || self.shift.is_locked()
    }

    fn show_in_sight(&mut self, now: Timestamp) {
        let unseen = self.is_unseen();
        for held in self.chats.values_mut() {
            held.chat.set_hidden(unseen, now);
        }
    }

    /// A shift that is about to end, and a desk that is left for long, are a break.
    fn mind_shift(&mut self) {
        let stage = self.stage();
        let ends = stage != Shift::On || self.shift.is_deserted(self.now);
        if ends && self.duty.is_wanted() {
            self.pause();
        }
        if stage != self.shift_shown {
            self.shift_shown = stage;
            self.show(DeskEvent::Shift(stage));
        }
    }

    /// Tells each survivor, who does not know it yet, that nobody is at this desk, or somebody is again.
    fn tell_away(&mut self) {
        let (away, now) = (self.shift.is_away(self.now), self.now);
        for held in self.chats.values_mut().filter(|held| held.told_away != away) {
            if held.is_with_survivor() {
                held.told_away = away;
                held.chat.tell_away(away, now);
            }
        }
    }

    /// When a desk that is left must be told of next.
    fn absence_timeout(&self) -> Option<Timestamp> {
        let untold = self.chats.values().any(|held| held.is_with_survivor() && !held.told_away);
        let told = self.shift.told_at().filter(|_| untold);
        let deserted = self.shift.deserted_at().filter(|_| self.duty.is_wanted());
        [told, deserted].into_iter().flatten().min()
    }

    // Refusals, and the line to the relay.

    fn handle_refused(&mut self, about: About, refusal: Refusal, now: Timestamp) {
        match about {
            About::Room(room) => self.handle_room_refused(room, refusal, now),
            About::Ticket(ticket) => self.handle_ticket_refused(ticket, refusal),
            About::Request(colleagues::REQUEST) => self.handle_staff_refused(),
            About::Request(vault::REQUEST) => self.vault.handle_refused(),
            About::Request(crate::audit::REQUEST) => self.handle_audit_refused(refusal),
            About::Request(number) => match self.duty.handle_refused(number, now) {
                Some(frame) => self.send(&frame),
                None => self.trouble(Trouble::Refused(refusal)),
            },
            About::Connection => self.handle_turned_away(refusal),
            About::Duty => {
                // The relay put this desk off duty, and so it is: whoever is at it can go on again.
                self.duty.stop();
                self.waiting.clear();
                self.show_waiting();
                self.trouble(Trouble::Refused(refusal));
            }
            About::Invitation(_) => self.trouble(Trouble::Refused(refusal)),
        }
    }

    /// A chat's room is refused. What keeps it from opening is told, once; the rest mends itself.
    fn handle_room_refused(&mut self, room: RoomId, refusal: Refusal, now: Timestamp) {
        let Some(held) = self.chats.values_mut().find(|held| held.chat.room() == room) else {
            return;
        };
        held.chat.handle_refused(refusal, now);
        let is_full = matches!(
            refusal,
            Refusal::RoomsFull
                | Refusal::DeviceRoomsFull
                | Refusal::AttachmentsFull
                | Refusal::RoomBytesFull
                | Refusal::RelayBytesFull
        );
        if is_full && held.told.replace(refusal) != Some(refusal) {
            self.trouble(Trouble::Refused(refusal));
        }
    }

    /// The relay is about to close the connection. A desk that was opened anew elsewhere goes on there:
    /// two that both came back would replace one another for ever.
    fn handle_turned_away(&mut self, refusal: Refusal) {
        if refusal == Refusal::Replaced {
            let action = self.connection.give_up();
            self.act(action);
            self.line_went_down();
        }
        if let Some(news) = self.kept_out.by(refused_connection(refusal)) {
            self.trouble(news);
        }
    }

    /// A place that this desk offered may just not be back in the line yet; any other is gone.
    fn handle_ticket_refused(&mut self, ticket: TicketId, refusal: Refusal) {
        if self.offer(ticket).is_some() {
            return;
        }
        self.claiming.remove(&ticket);
        if self.waiting.remove(&ticket).is_some() {
            self.show_waiting();
        }
        self.trouble(match refusal {
            Refusal::TicketClaimed | Refusal::TicketUnknown => Trouble::TakenByAnother,
            other => Trouble::Refused(other),
        });
    }

    fn line_went_down(&mut self) {
        self.admitted = false;
        self.duty.handle_line_down();
        self.colleagues.handle_line_down();
        self.vault.handle_line_down();
        self.audit.handle_line_down();
        self.waiting.clear();
        self.show_waiting();
        for held in self.chats.values_mut() {
            held.chat.handle_line_down();
        }
        if self.connection.is_missed() {
            self.show_line(Line::Down);
        }
    }

    /// After anything happened: what the chats have to say, and whether duty changed.
    fn settle(&mut self) {
        self.mind_shift();
        self.tell_away();
        for number in self.chats.keys().copied().collect::<Vec<_>>() {
            self.drain(number);
            self.watch_silence(number);
            self.mind_last_word(number);
            self.watch_end_asked(number);
            self.drain(number);
        }
        let duty = self.duty.shown();
        if duty != self.duty_shown {
            self.duty_shown = duty;
            self.show(DeskEvent::Duty(duty));
        }
        let hindrance = self.hindrance();
        if hindrance != self.hindrance_shown {
            self.hindrance_shown = hindrance;
            self.show(DeskEvent::Hindrance(hindrance));
        }
        self.mind_joining();
        self.mind_vault();
        self.mind_idleness();
        self.mind_colleagues();
        self.mind_offers();
    }

    /// What asks the relay for records by itself, and what each needs for that.
    fn askers_and_context(&mut self) -> (&mut OwnDuty, &mut OwnVault, Context<'_>) {
        let context = Context {
            device: &self.setup.device,
            root: &self.setup.root,
            trust: &self.trust,
            vault_version: self.vault.version(),
            randomness: &mut self.randomness,
        };
        (&mut self.duty, &mut self.vault, context)
    }

    fn show(&mut self, event: DeskEvent) {
        self.events.push_back(event);
    }

    fn show_chat(&mut self, chat: ChatNumber, event: ChatEvent) {
        self.show(DeskEvent::Chat { chat, event });
    }

    fn show_waiting(&mut self) {
        let waiting = self.in_order();
        self.show(DeskEvent::Waiting(waiting));
    }

    fn show_line(&mut self, line: Line) {
        if self.line_shown != line {
            self.line_shown = line;
            self.show(DeskEvent::Line(line));
        }
    }

    fn trouble(&mut self, trouble: Trouble) {
        self.show(DeskEvent::Trouble(trouble));
    }

    fn send(&mut self, frame: &ClientFrame) {
        if self.connection.is_open() {
            self.transmits.push_back(Transmit::Frame(encode(frame)));
        }
    }

    fn send_all(&mut self, frames: impl IntoIterator<Item = ClientFrame>) {
        for frame in frames {
            self.send(&frame);
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
