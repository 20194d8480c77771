//! One chat on one device, the survivor's or a member of staff's: the group, the streams of what is said,
//! the room at the relay, who is here, and the end (`features.md` 3.1, 3.3, 3.6, 3.8, 4.1).
//!
//! A chat is made from a group whose members have been checked, and is over when it says so; dropping it
//! destroys the group's keys and whatever text still waited. It protects against a relay that drops,
//! repeats, reorders, alters or invents; not against a member who copies what they may read.

mod inbox;
mod joining;
mod live;
mod outbox;
mod room;
mod roster;

use std::collections::VecDeque;

use stillroom_program::{
    AskedTokens, CodeWord, GivenTokens, IssuerRecord, Timestamp, VerifiedRevocations, VerifyingKey,
};
use stillroom_protocol::{
    AttachToken, Bytes, ClientFrame, Leaving, LeavingToken, List, Refusal, RoomId, encode,
    limits::CHAIN_MAX,
};
use zeroize::Zeroize;

use self::{
    inbox::Inbox, joining::Third, live::Shared, outbox::Outbox, room::Room, roster::Roster,
};
pub(crate) use self::{
    joining::{Admission, Agreed},
    roster::Member,
};
use crate::{
    conversation::{
        Announcement, Author, ConversationEvent, Ending, Handover, JoinsAs, LiveStep, MemberNumber,
        MessageNumber, Newcomer, Role, Silence, StaysAway, WordWanted, WriteError, Written,
        check_text,
    },
    envelope::{Certified, Content, Envelope, LeafNumber, Stay, Whom, Why},
    limits::{CLOSING_AT_MOST, LEAD_LOST_AFTER, UNACKNOWLEDGED_MAX},
    mls::{self, Group, MlsError, Received},
    trust::Trust,
};

/// What a chat tells whoever holds it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ChatOutput {
    /// For the page.
    Conversation(ConversationEvent),
    /// The lead said who they are, and it is true.
    LeadIntroduced,
    /// The survivor is in the group.
    SurvivorArrived,
    /// On a desk: the survivor gave a sign of themselves beside what they wrote.
    Sign(Sign),
    /// On the survivor's device: how far their silence has come, as the lead says.
    Silence(Silence),
    /// On the survivor's device: the lead asks whether somebody else may take over, or asks no more.
    Handover { turn: u32, asked: Option<Box<(Whom, Handover)>> },
    /// On a desk: the survivor answers that question by staying.
    Stays { turn: u32, why: Stay },
    /// On the survivor's device: the chat is about to end in so many minutes, or not any more.
    EndAsked { turn: u32, minutes: Option<u16> },
    /// On a desk: the survivor answers that question by going on.
    GoesOn { turn: u32 },
    /// On the survivor's device: the lead asks for a code word, or asks no more.
    WordAsked { turn: u32, wanted: Option<WordWanted> },
    /// On a desk: the survivor answers that question with the word, and the one for danger; or with none.
    WordGiven { turn: u32, given: Option<(CodeWord, Option<CodeWord>)> },
    /// On a desk: the survivor's page asks for the tokens that go with answers. Once in a chat: whoever wants many must
    /// have as many chats.
    TokensAsked(AskedTokens),
    /// On the survivor's device: those.
    TokensGiven(Box<(IssuerRecord, GivenTokens)>),
    /// On a desk: what the survivor's last advocate wrote for this one.
    Note(Written),
    /// On the survivor's device: the lead asks whether this colleague may join.
    JoiningAsked { turn: u32, colleague: Box<Certified>, joins_as: JoinsAs },
    /// On the survivor's device: the lead says that they do not join after all.
    JoiningWithdrawn { turn: u32, why: StaysAway },
    /// On a desk: the survivor answers that.
    JoiningAnswered { turn: u32, agrees: bool },
    /// On the survivor's device: whom they agreed to comes now.
    LetIn { turn: u32 },
    /// On a desk: the survivor wishes for an interpreter, or does not any more.
    InterpreterWanted(bool),
    /// The third person said who they are.
    ThirdArrived,
    /// On the lead's desk: the third person is to be put out.
    PutOutAsked,
    /// The third person is out.
    ThirdGone,
    /// The chat is over for the people in it. It is still held while [`Chat::is_over`] is false, so that
    /// the others hear of it.
    Ended(Ending),
    /// Not on the lead's own desk: the lead did not come back.
    LeadLost,
    /// A rule that protects the survivor was broken: nothing more is said or shown.
    Unsafe,
}

/// A sign of the survivor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// They were asked, and are there.
    StillHere,
    /// Their page is hidden, or in sight again.
    Hidden(bool),
}

/// Who this device is in a new chat, and what it says first.
pub(crate) enum Opening {
    /// The survivor's.
    Survivor {
        /// What the page gives away when it is left.
        leaving: LeavingToken,
    },
    /// A member of staff's.
    Staff {
        /// The part of their certificate with their name.
        name: Bytes<CHAIN_MAX>,
    },
    /// A member of staff's who was let in.
    Third {
        /// The part of their certificate with their name.
        name: Bytes<CHAIN_MAX>,
        /// As whom.
        who: Newcomer,
        /// The lead's question that led to it.
        turn: u32,
        /// Where.
        room: RoomId,
        /// Their way in.
        token: AttachToken,
    },
}

/// Something written and shown that nobody else has yet.
pub(crate) struct Unsent {
    pub(crate) number: MessageNumber,
    pub(crate) text: Written,
}

/// Where a chat is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Open,
    /// Ended on this device, and told; over when all know, or then.
    Closing {
        until: Timestamp,
    },
    Over,
}

/// One chat.
pub(crate) struct Chat {
    group: Group,
    room: Room,
    roster: Roster,
    outbox: Outbox,
    inbox: Inbox,
    live: Shared,
    third: Third,
    /// Whether the page is hidden: nobody types on one that they do not see.
    hidden: bool,
    stage: Stage,
    lead: LeafNumber,
    /// On the survivor's device: what it gives away when it is left.
    leaving: Option<LeavingToken>,
    /// Since when the lead's line is gone while this one stands.
    lead_gone_since: Option<Timestamp>,
    /// Whether the survivor's page asked for tokens.
    asked_tokens: bool,
    last_number: MessageNumber,
    frames: VecDeque<ClientFrame>,
    outputs: VecDeque<ChatOutput>,
}

impl Chat {
    /// A chat in `group`, whose `members` have all been checked and whose lead holds the key `lead_key`.
    /// The first thing said follows from `opening`: that the survivor arrived, or who this member of staff
    /// is. Messages are numbered after `last_number`.
    pub(crate) fn new(
        group: Group,
        members: Vec<(LeafNumber, Member)>,
        lead_key: &VerifyingKey,
        opening: Opening,
        last_number: MessageNumber,
        now: Timestamp,
    ) -> Result<Self, MlsError> {
        let (me, lead) = (group.own_leaf().0, group.lead().0);
        let room = match &opening {
            Opening::Third { room, token, .. } => Room::joined(&group, *room, token.clone()),
            _ => Room::of(&group, lead_key, me == lead)?,
        };
        let mut third = Third::default();
        let mut roster = Roster::new(me);
        for (leaf, member) in members {
            roster.add(leaf, member);
        }
        let (first, leaving) = match opening {
            Opening::Survivor { leaving } => {
                (Content::Arrived { leaving: leaving.hash() }, Some(leaving))
            }
            Opening::Staff { name } => {
                roster.introduce(me, &name);
                (Content::Introduction { name }, None)
            }
            Opening::Third { name, who, turn, .. } => {
                third = Third::myself(turn, who);
                (Content::Introduction { name }, None)
            }
        };
        let mut chat = Self {
            group,
            room,
            roster,
            outbox: Outbox::new(),
            inbox: Inbox::new(),
            live: Shared::new(),
            third,
            hidden: false,
            stage: Stage::Open,
            lead,
            leaving,
            lead_gone_since: None,
            asked_tokens: false,
            last_number,
            frames: VecDeque::new(),
            outputs: VecDeque::new(),
        };
        chat.outbox.push(first, None, chat.roster.others(), now);
        Ok(chat)
    }

    // What the relay says.

    /// The line is up: get into the room.
    pub(crate) fn handle_line_up(&mut self, now: Timestamp) {
        let frames = self.room.enter(now);
        self.frames.extend(frames);
    }

    pub(crate) fn handle_line_down(&mut self) {
        self.room.handle_line_down();
        self.frames.clear();
        self.lead_gone_since = None;
    }

    pub(crate) fn handle_attached(&mut self, now: Timestamp) {
        self.room.handle_attached();
        self.live.wake(now);
        self.send_due(now);
    }

    pub(crate) fn handle_presence(&mut self, number: u8, here: bool, now: Timestamp) {
        let Some(leaf) = self.room.member(number) else {
            return;
        };
        if leaf == self.lead && !self.is_leads() {
            self.lead_gone_since = if here { None } else { self.lead_gone_since.or(Some(now)) };
        }
        if let Some(announcement) = self.roster.set_here(leaf, here) {
            self.announce(announcement);
            self.show_roster();
        }
        if here {
            self.live.wake(now);
            self.outbox.send_all_again(now);
            self.third.send_all_again(now);
            self.send_due(now);
        }
    }

    /// The relay refused something about this room.
    pub(crate) fn handle_refused(&mut self, refusal: Refusal, now: Timestamp) {
        if refusal == Refusal::RoomClosed {
            if self.stage == Stage::Open {
                self.outputs.push_back(ChatOutput::Ended(Ending::Unknown));
            }
            self.stage = Stage::Over;
            return;
        }
        if refusal == Refusal::TokenWrong && self.is_thirds() {
            // The lead, who alone says who is let in, does not let this device in any more.
            self.is_out();
            return;
        }
        match refusal {
            // This device is in, and whoever is here got it; whoever is away gets it when they are back.
            Refusal::RoomBytesFull | Refusal::RelayBytesFull => return,
            Refusal::RoomsFull | Refusal::DeviceRoomsFull | Refusal::AttachmentsFull => {
                self.room.handle_full(now);
            }
            _ => self.room.handle_turned_away(now),
        }
        if !self.is_leads() && refusal == Refusal::RoomUnknown {
            self.lead_gone_since.get_or_insert(now);
        }
    }

    /// Somebody gave this token, as far as the relay says. Only the survivor can have given one whose hash
    /// they said in here: they left, and their page is gone.
    pub(crate) fn handle_left(&mut self, token: &LeavingToken) {
        if self.stage == Stage::Over || !self.roster.leaves_with(&token.hash()) {
            return;
        }
        if self.stage == Stage::Open {
            self.outputs.push_back(ChatOutput::Ended(Ending::SurvivorLeft));
        }
        self.close();
    }

    /// A message from another member, as far as the relay says.
    pub(crate) fn handle_delivered(&mut self, message: &[u8], trust: &Trust, now: Timestamp) {
        if self.stage == Stage::Over {
            return;
        }
        match self.group.receive(message, now) {
            Ok(Received::Application { sender, plaintext }) => {
                if let Some(envelope) = Envelope::open(&plaintext) {
                    self.handle_envelope(sender.0, envelope, now);
                }
            }
            Ok(Received::Changed { joined, left }) => self.handle_changed(joined, left, trust, now),
            Ok(Received::SelfRemoved) => self.is_out(),
            Err(MlsError::RuleBroken(_)) => self.finish(ChatOutput::Unsafe),
            // Altered, repeated, or for an epoch that is gone: the sender keeps what matters.
            Ok(Received::Nothing) | Err(_) => {}
        }
    }

    // What the person does.

    /// Says something to everybody in the chat.
    pub(crate) fn write(
        &mut self,
        text: &str,
        now: Timestamp,
    ) -> Result<MessageNumber, WriteError> {
        check_text(text)?;
        let content = text.try_into().map_err(|_| WriteError::TooLong)?;
        if self.stage != Stage::Open || self.is_full() {
            return Err(WriteError::NotNow);
        }
        self.live.set_draft("", now);
        let number = self.show_message(Author::Me, text);
        let content = Content::Message { text: content };
        self.push(content, Some(number), now);
        self.send_due(now);
        Ok(number)
    }

    /// Sends what was written, and shown under these numbers, before there was anybody to send it to.
    /// `last_number` is the last that was shown.
    pub(crate) fn send_unsent(
        &mut self,
        unsent: Vec<Unsent>,
        last_number: MessageNumber,
        now: Timestamp,
    ) {
        self.last_number = self.last_number.max(last_number);
        for Unsent { number, text } in unsent {
            if let Ok(text) = (&*text).try_into() {
                let content = Content::Message { text };
                self.push(content, Some(number), now);
            }
        }
        self.send_due(now);
    }

    /// What was written and not acknowledged by everybody, for the next chat after this one was lost.
    pub(crate) fn take_unsent(&mut self) -> Vec<Unsent> {
        let mut unsent = self.outbox.take_unsent();
        for (number, mut content) in self.third.take_messages() {
            if let Content::Message { text } = &content {
                unsent.push(Unsent { number, text: Written::new(text) });
            }
            content.zeroize();
        }
        unsent
    }

    /// The number of the message that was shown last.
    pub(crate) fn last_number(&self) -> MessageNumber {
        self.last_number
    }

    /// On the survivor's device: the key of whoever leads.
    pub(crate) fn lead_key(&self) -> Option<VerifyingKey> {
        self.roster.key(self.lead)
    }

    /// Whether the device of whoever leads was revoked.
    pub(crate) fn lead_was_revoked(&self, revocations: &VerifiedRevocations) -> bool {
        let lead = self.roster.device(self.lead);
        lead.is_some_and(|device| revocations.is_revoked(device))
    }

    /// On the survivor's device: leaves the lead for somebody else. What to say of that, and what was written
    /// and not acknowledged, which is kept for whoever comes. Encrypts nothing more but the end.
    pub(crate) fn hand_over(&mut self, now: Timestamp) -> (Option<Announcement>, Vec<Unsent>) {
        let unsent = self.take_unsent();
        self.end(Ending::HandedOver, now);
        (self.roster.handed_over(self.lead), unsent)
    }

    /// Ends the chat for everybody; a third person only leaves it. Here it shows as `ending`.
    pub(crate) fn end(&mut self, ending: Ending, now: Timestamp) {
        if self.is_thirds() {
            self.step_out(now);
        }
        if self.stage != Stage::Open {
            return;
        }
        self.drop_kept();
        let why = match ending {
            Ending::BySilence => Why::Silence,
            Ending::HandedOver => Why::HandedOver,
            Ending::CutOff => Why::CutOff,
            Ending::TurnedAway => Why::TurnedAway,
            _ => Why::Ended,
        };
        self.outbox.push(Content::End { why }, None, self.roster.others(), now);
        // What was typed and not sent goes at once.
        self.live = Shared::new();
        self.stage = Stage::Closing { until: now + CLOSING_AT_MOST };
        self.outputs.push_back(ChatOutput::Ended(ending));
        self.send_due(now);
    }

    /// Takes a step towards showing one another what is not sent yet, or out of it.
    pub(crate) fn step(&mut self, step: LiveStep, now: Timestamp) {
        let is_possible =
            step == LiveStep::Stop || !self.third.keeps() && self.third_leaf().is_none();
        if self.stage == Stage::Open
            && self.lead_is_introduced()
            && is_possible
            && let Some(content) = self.live.take(step, now)
        {
            self.say(content, now);
        }
    }

    /// What is in the message box. It goes nowhere but with the next beat, where both agreed to that.
    pub(crate) fn set_draft(&mut self, text: &str, now: Timestamp) {
        self.live.set_draft(text, now);
    }

    /// Whether what is typed is shown to the other side.
    pub(crate) fn shows_drafts(&self) -> bool {
        self.live.is_on()
    }

    /// The page is hidden behind another, or in sight again. A survivor's says so to the others.
    pub(crate) fn set_hidden(&mut self, hidden: bool, now: Timestamp) {
        if core::mem::replace(&mut self.hidden, hidden) == hidden {
            return;
        }
        if self.is_survivors() {
            self.say(Content::Hidden { hidden: hidden.into() }, now);
        }
        if !hidden {
            self.live.wake(now);
        }
    }

    /// On the lead's device: tells the survivor that nobody is at the desk for a moment, or somebody is again,
    /// and shows here that they were told.
    pub(crate) fn tell_away(&mut self, away: bool, now: Timestamp) {
        self.announce_away(away);
        self.say(Content::Away { away: away.into() }, now);
    }

    /// Says something that is no message to everybody in the chat.
    pub(crate) fn say(&mut self, content: Content, now: Timestamp) {
        if self.stage == Stage::Open && !self.is_full() {
            self.push(content, None, now);
            self.send_due(now);
        }
    }

    // Time, and what comes out.

    pub(crate) fn handle_timeout(&mut self, now: Timestamp) {
        let frames = self.room.handle_timeout(now);
        self.frames.extend(frames);
        let lead_lost = self.lead_gone_since.is_some_and(|since| since + LEAD_LOST_AFTER <= now);
        if lead_lost && self.stage == Stage::Open {
            self.lose_lead();
        }
        if matches!(self.stage, Stage::Closing { until } if until <= now) {
            self.close();
        }
        if self.stage == Stage::Open {
            match self.live.handle_timeout(self.is_ready_for_beats(), now) {
                Some(beat @ Content::Beat { .. }) => self.post(Envelope {
                    place: 0,
                    acknowledged: List::default(),
                    starts: List::default(),
                    content: beat,
                }),
                Some(step) => self.say(step, now),
                None => {}
            }
        }
        self.send_due(now);
    }

    /// A third person's chat is over with its lead. The survivor's is theirs to end, as they go on with somebody else.
    fn lose_lead(&mut self) {
        if self.is_thirds() {
            self.finish(ChatOutput::LeadLost);
        } else {
            self.lead_gone_since = None;
            self.live.drop_agreement();
            self.outputs.push_back(ChatOutput::LeadLost);
        }
    }

    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        let attached = self.room.is_attached();
        let (stage, live) = match self.stage {
            Stage::Open => {
                let lost = self.lead_gone_since.map(|since| since + LEAD_LOST_AFTER);
                (lost, self.live.poll_timeout(self.is_ready_for_beats()))
            }
            Stage::Closing { until } => (Some(until), None),
            Stage::Over => return None,
        };
        [
            stage,
            live,
            self.room.poll_timeout(),
            self.outbox.poll_timeout().filter(|_| attached && !self.third.puts_out()),
            self.third.poll_timeout().filter(|_| attached),
            self.inbox.poll_timeout().filter(|_| attached),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    pub(crate) fn poll_frame(&mut self) -> Option<ClientFrame> {
        self.frames.pop_front()
    }

    pub(crate) fn poll_output(&mut self) -> Option<ChatOutput> {
        self.live.poll_output().or_else(|| self.outputs.pop_front())
    }

    pub(crate) fn room(&self) -> RoomId {
        self.room.id()
    }

    /// On the survivor's device: what says to the others that they left.
    pub(crate) fn leaving(&self) -> Option<Leaving> {
        let token = self.leaving.clone().filter(|_| self.stage != Stage::Over)?;
        Some(Leaving::Chat { room: self.room.id(), token })
    }

    /// Whether it goes on.
    pub(crate) fn is_open(&self) -> bool {
        self.stage == Stage::Open
    }

    /// Whether the chat is open, the survivor in it, and both lines stand as far as is known here.
    pub(crate) fn survivor_is_here(&self) -> bool {
        self.is_open() && self.room.is_attached() && self.roster.survivor_is_here()
    }

    /// Whether everybody has all that was said here.
    pub(crate) fn has_arrived(&self) -> bool {
        self.outbox.is_empty() && self.third.kept() == 0
    }

    /// Whether this member is the survivor.
    pub(crate) fn is_survivor(&self, member: MemberNumber) -> bool {
        self.roster.role(member.0) == Some(Role::Survivor)
    }

    /// Whether the lead said who they are.
    pub(crate) fn lead_is_introduced(&self) -> bool {
        self.roster.is_introduced(self.lead)
    }

    /// It has ended here, though the others may not know yet.
    pub(crate) fn has_ended(&self) -> bool {
        self.stage != Stage::Open
    }

    /// Nothing is left to do: the chat can be dropped.
    pub(crate) fn is_over(&self) -> bool {
        self.stage == Stage::Over && self.frames.is_empty() && self.outputs.is_empty()
    }

    /// Shows who is here.
    pub(crate) fn show_roster(&mut self) {
        let participants = self.roster.participants();
        self.outputs.push_back(ChatOutput::Conversation(ConversationEvent::Roster(participants)));
    }

    // Inside.

    pub(crate) fn is_full(&self) -> bool {
        self.outbox.len() + self.third.kept() >= UNACKNOWLEDGED_MAX
    }

    /// Whether this is the survivor's device.
    fn is_survivors(&self) -> bool {
        self.leaving.is_some()
    }

    fn handle_envelope(&mut self, sender: LeafNumber, mut envelope: Envelope, now: Timestamp) {
        let me = self.group.own_leaf().0;
        if self.is_opposite(sender) {
            self.live.handle_heard(now);
            if let Content::Beat { turn, number, typing, draft } = &envelope.content {
                self.live.handle_beat(*turn, *number, **typing, draft);
                envelope.content.zeroize();
            }
        }
        for start in envelope.starts.iter().filter(|start| start.receiver == me) {
            self.inbox.start_at(sender, start.first);
        }
        for acknowledged in envelope.acknowledged.iter().filter(|own| own.sender == me) {
            let delivered = self.outbox.acknowledge(sender, acknowledged.up_to);
            self.show_delivered(delivered);
            if self.is_survivor(MemberNumber(sender)) {
                self.third.acknowledge(acknowledged.up_to);
            }
        }
        if let Content::PutOut { turn } = envelope.content {
            self.handle_put_out(sender, turn);
        }
        if envelope.place > 0 {
            for content in self.inbox.accept(sender, envelope.place, envelope.content, now) {
                self.handle_content(sender, content, now);
            }
        }
        let has_said_it = self.outbox.is_empty() && !self.third.puts_out();
        if matches!(self.stage, Stage::Closing { .. }) && has_said_it {
            self.close();
        }
        self.send_due(now);
    }

    fn handle_content(&mut self, sender: LeafNumber, content: Content, now: Timestamp) {
        let introduces = matches!(content, Content::Introduction { .. } | Content::Arrived { .. });
        if !introduces && !self.roster.is_introduced(sender) {
            self.finish(ChatOutput::Unsafe);
            return;
        }
        match content {
            Content::Introduction { name } => self.handle_introduction(sender, &name),
            Content::Arrived { leaving } => {
                if self.roster.arrive(sender, leaving) {
                    self.outputs.push_back(ChatOutput::SurvivorArrived);
                    self.show_roster();
                }
            }
            Content::Message { text } => {
                if self.stage == Stage::Open {
                    if self.is_opposite(sender) {
                        self.live.handle_sent();
                    }
                    self.show_message(Author::Member(MemberNumber(sender)), &text);
                }
            }
            Content::End { why } => self.handle_end(sender, why),
            Content::ReturnWords { words } if self.is_from_lead_to_survivor(sender) => {
                let words = Written::new(words.as_str());
                let event = ConversationEvent::ReturnWords(words);
                self.outputs.push_back(ChatOutput::Conversation(event));
            }
            Content::WayBack { words } if self.is_from_lead_to_survivor(sender) => {
                let words = Written::new(words.as_str());
                let event = ConversationEvent::WayBack(words);
                self.outputs.push_back(ChatOutput::Conversation(event));
                self.announce(Announcement::WayBack);
            }
            Content::LastWords { text } if self.is_from_lead_to_survivor(sender) => {
                let event = ConversationEvent::LastWords(Written::new(&text));
                self.outputs.push_back(ChatOutput::Conversation(event));
            }
            Content::Silence { silence } if self.is_from_lead_to_survivor(sender) => {
                self.outputs.push_back(ChatOutput::Silence(silence));
            }
            Content::Away { away } if self.is_from_lead_to_survivor(sender) => {
                self.announce_away(*away);
            }
            Content::AskHandover { turn, to, handover }
                if self.is_from_lead_to_survivor(sender) =>
            {
                let asked = Some(Box::new((to, handover)));
                self.outputs.push_back(ChatOutput::Handover { turn, asked });
            }
            Content::WithdrawHandover { turn } if self.is_from_lead_to_survivor(sender) => {
                self.outputs.push_back(ChatOutput::Handover { turn, asked: None });
            }
            Content::StayHere { turn, why } if self.is_from_survivor_to_lead(sender) => {
                self.outputs.push_back(ChatOutput::Stays { turn, why });
            }
            Content::AskEnd { turn, minutes } if self.is_from_lead_to_survivor(sender) => {
                self.outputs.push_back(ChatOutput::EndAsked { turn, minutes: Some(minutes) });
            }
            Content::WithdrawEnd { turn } if self.is_from_lead_to_survivor(sender) => {
                self.outputs.push_back(ChatOutput::EndAsked { turn, minutes: None });
            }
            Content::GoOn { turn } if self.is_from_survivor_to_lead(sender) => {
                self.outputs.push_back(ChatOutput::GoesOn { turn });
            }
            Content::Note { text } if self.is_from_survivor_to_lead(sender) => {
                self.outputs.push_back(ChatOutput::Note(Written::new(&text)));
            }
            Content::AskJoining { turn, colleague, joins_as }
                if self.is_from_lead_to_survivor(sender) =>
            {
                let colleague = Box::new(colleague);
                self.outputs.push_back(ChatOutput::JoiningAsked { turn, colleague, joins_as });
            }
            Content::WithdrawJoining { turn, why } if self.is_from_lead_to_survivor(sender) => {
                self.outputs.push_back(ChatOutput::JoiningWithdrawn { turn, why });
            }
            Content::AnswerJoining { turn, agrees } if self.is_from_survivor_to_lead(sender) => {
                self.outputs.push_back(ChatOutput::JoiningAnswered { turn, agrees: *agrees });
            }
            Content::LetIn { turn } if self.is_from_lead_to_survivor(sender) => {
                self.outputs.push_back(ChatOutput::LetIn { turn });
            }
            Content::Open { turn } if self.is_from_survivor_to_lead(sender) => {
                self.handle_open(turn);
            }
            Content::AskWord { turn, wanted } if self.is_from_lead_to_survivor(sender) => {
                self.outputs.push_back(ChatOutput::WordAsked { turn, wanted: Some(wanted) });
            }
            Content::WithdrawWord { turn } if self.is_from_lead_to_survivor(sender) => {
                self.outputs.push_back(ChatOutput::WordAsked { turn, wanted: None });
            }
            Content::GiveWord { turn, word, duress } if self.is_from_survivor_to_lead(sender) => {
                let given = Some((word, duress));
                self.outputs.push_back(ChatOutput::WordGiven { turn, given });
            }
            Content::NoWord { turn } if self.is_from_survivor_to_lead(sender) => {
                self.outputs.push_back(ChatOutput::WordGiven { turn, given: None });
            }
            Content::Interpreter { wanted } if self.is_from_survivor_to_lead(sender) => {
                self.outputs.push_back(ChatOutput::InterpreterWanted(*wanted));
            }
            Content::AskTokens { asked } if self.is_from_survivor_to_lead(sender) => {
                if !core::mem::replace(&mut self.asked_tokens, true) {
                    self.outputs.push_back(ChatOutput::TokensAsked(asked));
                }
            }
            Content::GiveTokens { given, issuer } if self.is_from_lead_to_survivor(sender) => {
                self.outputs.push_back(ChatOutput::TokensGiven(Box::new((issuer, given))));
            }
            Content::StillHere => self.handle_sign(sender, Sign::StillHere),
            Content::Hidden { hidden } => self.handle_sign(sender, Sign::Hidden(*hidden)),
            Content::Live { turn, step } if self.is_opposite(sender) => {
                self.live.handle_step(turn, step, now);
            }
            Content::ReturnWords { .. }
            | Content::WayBack { .. }
            | Content::LastWords { .. }
            | Content::Silence { .. }
            | Content::AskHandover { .. }
            | Content::WithdrawHandover { .. }
            | Content::StayHere { .. }
            | Content::AskEnd { .. }
            | Content::WithdrawEnd { .. }
            | Content::GoOn { .. }
            | Content::HearOut
            | Content::AskWord { .. }
            | Content::WithdrawWord { .. }
            | Content::GiveWord { .. }
            | Content::NoWord { .. }
            | Content::AskTokens { .. }
            | Content::GiveTokens { .. }
            | Content::Note { .. }
            | Content::Live { .. }
            | Content::Beat { .. }
            | Content::Away { .. }
            | Content::AskJoining { .. }
            | Content::WithdrawJoining { .. }
            | Content::AnswerJoining { .. }
            | Content::LetIn { .. }
            | Content::Open { .. }
            | Content::PutOut { .. }
            | Content::Interpreter { .. }
            | Content::Acknowledgement => {}
        }
    }

    fn is_from_lead_to_survivor(&self, sender: LeafNumber) -> bool {
        self.is_survivors() && sender == self.lead && self.stage == Stage::Open
    }

    fn is_from_survivor_to_lead(&self, sender: LeafNumber) -> bool {
        self.is_leads()
            && self.roster.role(sender) == Some(Role::Survivor)
            && self.stage == Stage::Open
    }

    /// Whether this member is the other side of an agreement to show what is typed: there is one only while
    /// nobody else is in the chat.
    fn is_opposite(&self, member: LeafNumber) -> bool {
        self.stage == Stage::Open && self.roster.others() == [member]
    }

    /// Whether a beat would reach the other side, and somebody could be typing here.
    fn is_ready_for_beats(&self) -> bool {
        let here = self.roster.others_here();
        !self.hidden && self.room.is_attached() && here.iter().any(|one| self.is_opposite(*one))
    }

    fn handle_sign(&mut self, sender: LeafNumber, sign: Sign) {
        if self.roster.role(sender) == Some(Role::Survivor) {
            self.outputs.push_back(ChatOutput::Sign(sign));
        }
    }

    fn handle_introduction(&mut self, sender: LeafNumber, name: &[u8]) {
        let is_known = self.roster.is_introduced(sender);
        if !self.roster.introduce(sender, name) {
            self.finish(ChatOutput::Unsafe);
            return;
        }
        if self.third_leaf() == Some(sender) {
            self.outputs.push_back(ChatOutput::ThirdArrived);
        }
        // The lead says it again to whoever joins later.
        if sender == self.lead && !is_known {
            self.outputs.push_back(ChatOutput::LeadIntroduced);
            let announcement = self.roster.joined(sender).filter(|_| self.is_survivors());
            if let Some(announcement) = announcement {
                self.announce(announcement);
            }
        }
        self.show_roster();
    }

    /// The survivor and the lead can end a chat; nobody else can. The lead closes the room of one that the
    /// survivor ended: a page that was closed at once could not.
    fn handle_end(&mut self, sender: LeafNumber, why: Why) {
        let by_survivor = self.roster.role(sender) == Some(Role::Survivor);
        if !by_survivor && sender != self.lead {
            return;
        }
        self.send(None);
        if self.stage == Stage::Open {
            self.outputs.push_back(ChatOutput::Ended(match (by_survivor, why) {
                (true, Why::HandedOver) => Ending::HandedOver,
                (true, Why::CutOff) => Ending::CutOff,
                (true, _) => Ending::BySurvivor,
                (false, Why::Silence) => Ending::BySilence,
                (false, Why::TurnedAway) => Ending::TurnedAway,
                (false, _) => Ending::ByStaff,
            }));
        }
        if by_survivor && self.is_leads() {
            self.close();
        }
        self.stage = Stage::Over;
    }

    fn handle_changed(
        &mut self,
        joined: Vec<mls::Member>,
        left: Vec<mls::Leaf>,
        trust: &Trust,
        now: Timestamp,
    ) {
        for leaf in left {
            self.handle_gone(leaf.0, now);
        }
        for member in joined {
            if self.handle_joined(&member, trust, now).is_none() {
                self.finish(ChatOutput::Unsafe);
                return;
            }
        }
        self.show_roster();
    }

    /// Sends what is due, and acknowledgements that found nothing to ride on.
    fn send_due(&mut self, now: Timestamp) {
        if !self.room.is_attached() || self.stage == Stage::Over {
            return;
        }
        self.send_changes(now);
        if !self.third.puts_out() {
            let here = self.roster.others_here();
            while let Some((place, content)) = self.outbox.take_due(now, &here) {
                self.send(Some((place, content)));
            }
        }
        if self.inbox.poll_timeout().is_some_and(|due| due <= now) {
            self.send(None);
        }
    }

    /// Encrypts one envelope with all acknowledgements and posts it. A fresh encryption each time, so that
    /// a member who missed the first can read the next, and the relay cannot tell a repeat from news.
    fn send(&mut self, said: Option<(u64, Content)>) {
        let (place, content) = said.unwrap_or((0, Content::Acknowledgement));
        let acknowledged = List::try_from(self.inbox.take_acknowledgements()).unwrap_or_default();
        let starts = List::try_from(self.outbox.starts()).unwrap_or_default();
        self.post(Envelope { place, acknowledged, starts, content });
    }

    /// Encrypts an envelope, posts it, and overwrites it.
    fn post(&mut self, mut envelope: Envelope) {
        let plaintext = envelope.seal();
        envelope.content.zeroize();
        let Some(plaintext) = plaintext else {
            return;
        };
        let Ok(message) = self.group.encrypt(&plaintext) else {
            self.finish(ChatOutput::Unsafe);
            return;
        };
        if let Ok(message) = Bytes::try_from(message) {
            self.frames.push_back(ClientFrame::Post { room: self.room.id(), message });
        }
    }

    /// Everybody knows that it ended, or had the time: the relay forgets the room.
    pub(crate) fn close(&mut self) {
        self.stage = Stage::Over;
        if self.room.is_attached() && !self.is_thirds() {
            self.frames.push_back(ClientFrame::CloseRoom { room: self.room.id() });
        }
    }

    /// Over at once, without a word to the others. Whoever was told that it ended hears nothing more.
    fn finish(&mut self, output: ChatOutput) {
        if self.stage == Stage::Open {
            self.live.drop_agreement();
            self.outputs.push_back(output);
        }
        self.stage = Stage::Over;
    }

    fn show_message(&mut self, from: Author, text: &str) -> MessageNumber {
        self.last_number = self.last_number.next();
        let number = self.last_number;
        let event = ConversationEvent::Message { number, from, text: Written::new(text) };
        self.outputs.push_back(ChatOutput::Conversation(event));
        number
    }

    fn show_delivered(&mut self, numbers: Vec<MessageNumber>) {
        for number in numbers {
            let event = ConversationEvent::Delivered { number };
            self.outputs.push_back(ChatOutput::Conversation(event));
        }
    }

    fn announce_away(&mut self, away: bool) {
        if let Some(announcement) = self.roster.stepped_away(self.lead, away) {
            self.announce(announcement);
        }
    }

    fn announce(&mut self, announcement: Announcement) {
        let event = ConversationEvent::Announced(announcement);
        self.outputs.push_back(ChatOutput::Conversation(event));
    }
}

/// What a member of staff with this name says first.
pub(crate) fn introduction(name: &stillroom_program::NameCertificate) -> Option<Opening> {
    Some(Opening::Staff { name: Bytes::try_from(encode(name)).ok()? })
}
