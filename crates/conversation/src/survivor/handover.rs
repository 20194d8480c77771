//! Going on with somebody else (`features.md` 3.6; `decisions/0017`): the question, the answer, and the way
//! from one advocate to the next.
//!
//! A transfer is a new place in the line and a new group, and the survivor's own device carries it: nobody is
//! ever added to the old group, so nobody comes without the survivor's yes, whatever a relay or a desk says.
//! The old chat is held until the relay has given a place; where it gives none the survivor is back in it.
//! From the yes on nothing that is written goes into it. It does not protect against an advocate who tells
//! somebody what they read before.

use stillroom_program::{Again, Successor, Timestamp};

use super::{Phase, State, Survivor, SurvivorEvent};
use crate::{
    chat::{Chat, ChatOutput},
    conversation::{
        Announcement, Company, ConversationEvent, Ending, Handover, HandoverAsked, JoinsAs,
        LiveStep, Proposed, Written, role_of,
    },
    envelope::{Content, Stay, Whom},
    line::Line,
};

/// A question that is open.
pub(super) struct Question {
    turn: u32,
    to: Successor,
    handover: Handover,
}

/// The chat that the survivor goes on from. Held until the advocate has heard that they left.
pub(super) struct Former {
    chat: Box<Chat>,
    parting: Parting,
}

/// How far the survivor has parted from the former advocate.
enum Parting {
    /// They agreed to go on with somebody else, and there is a way back.
    Agreed(Question),
    /// They went on, and there is none.
    Left,
    /// The advocate was lost. Whoever is in the chat of now hears before them that the survivor leaves.
    Lost,
}

impl Parting {
    /// What was agreed to, where there is a way back; there is none from now on.
    fn go_on(&mut self) -> Option<Question> {
        if !self.is_agreed() {
            return None;
        }
        match core::mem::replace(self, Self::Left) {
            Self::Agreed(question) => Some(question),
            Self::Left | Self::Lost => None,
        }
    }

    fn is_agreed(&self) -> bool {
        matches!(self, Self::Agreed(_))
    }
}

impl Former {
    pub(super) fn is_lost(&self) -> bool {
        matches!(self.parting, Parting::Lost)
    }

    /// A chat that is over here, and whose advocate is to hear so when their line comes back.
    pub(super) fn left(chat: Box<Chat>) -> Self {
        Self { chat, parting: Parting::Lost }
    }
}

impl Survivor {
    /// Agrees that somebody else takes over, where that is asked.
    pub fn accept_handover(&mut self, now: Timestamp) {
        self.stir(now);
        let State::Chatting(chat) = &mut self.state else {
            return;
        };
        let Some(agreed) = self.question.take() else {
            return;
        };
        // What is typed from now on is not for this advocate.
        chat.step(LiveStep::Stop, now);
        self.last_number = self.last_number.max(chat.last_number());
        let by = chat.lead_key().filter(|_| self.may_be_served(now));
        let to = agreed.to;
        if let State::Chatting(chat) = core::mem::replace(&mut self.state, State::Over) {
            self.hold(Former { chat, parting: Parting::Agreed(agreed) });
        }
        self.show(SurvivorEvent::Handover(None));
        self.drop_end_question();
        self.drop_company();
        self.drop_word_question();
        match by {
            Some(by) => {
                self.ask(Again::HandedOver { to, by }, now);
                self.ask_at_relay(now);
            }
            None => {
                self.go_back(now);
            }
        }
        self.drain_chat(now);
    }

    /// Would rather stay with this advocate for now. They are told, and may ask again later.
    pub fn decline_handover(&mut self, now: Timestamp) {
        self.stir(now);
        if let State::Chatting(chat) = &mut self.state
            && let Some(Question { turn, .. }) = self.question.take()
        {
            chat.say(Content::StayHere { turn, why: Stay::Wait }, now);
            self.show(SurvivorEvent::Handover(None));
            self.announce(Announcement::StaysHere);
        }
        self.drain_chat(now);
    }

    /// The lead asks, or asks no more. A question about somebody who does not belong to the program's staff is
    /// none, and takes the place of an earlier one all the same.
    pub(super) fn handle_question(
        &mut self,
        turn: u32,
        asked: Option<Box<(Whom, Handover)>>,
        now: Timestamp,
    ) {
        match asked {
            Some(asked) => {
                let (whom, handover) = *asked;
                // Nobody else is left behind in a chat that the survivor goes on from.
                let proposed = self.proposed(&whom, now);
                let proposed = proposed.filter(|(to, _)| self.is_alone() || self.has_met(*to));
                let Some((to, proposed)) = proposed else {
                    self.drop_question();
                    if let State::Chatting(chat) = &mut self.state {
                        chat.say(Content::StayHere { turn, why: Stay::Wait }, now);
                    }
                    return;
                };
                self.question = Some(Question { turn, to, handover: handover.clone() });
                let asked = HandoverAsked { to: proposed, handover };
                self.show(SurvivorEvent::Handover(Some(asked)));
            }
            None if self.question.is_some() => {
                self.drop_question();
                self.announce(Announcement::StaysHere);
            }
            None => {}
        }
    }

    /// Who would come: a certain colleague by what the program says of them, whatever the lead does.
    fn proposed(&self, whom: &Whom, now: Timestamp) -> Option<(Successor, Proposed)> {
        Some(match whom {
            Whom::Anyone => (Successor::Anyone, Proposed::Anyone),
            Whom::Supervisor => (Successor::Supervisor, Proposed::Supervisor),
            Whom::Colleague { shown } => {
                let shown = self.trust.check_certified(shown, now);
                let (device, name) = shown.filter(|(device, _)| device.roles.may_lead())?;
                let role = role_of(device.roles);
                (Successor::Colleague { device: device.key }, Proposed::Colleague { name, role })
            }
        })
    }

    /// Whether that is the colleague who came into this chat for it, and is here.
    fn has_met(&self, to: Successor) -> bool {
        let is_for_it =
            matches!(&self.company, Company::Here(who) if who.joins_as == JoinsAs::Successor);
        let key = match &self.state {
            State::Chatting(chat) => chat.third_key(),
            _ => None,
        };
        is_for_it && key.is_some_and(|device| to == Successor::Colleague { device })
    }

    /// Whatever is asked is not asked any more.
    /// One former chat is held. The room of an earlier one is closed, which its desk hears from the relay.
    pub(super) fn hold(&mut self, former: Former) {
        if let Some(Former { mut chat, .. }) = self.former.replace(former) {
            chat.close();
            while let Some(frame) = chat.poll_frame() {
                self.send(&frame);
            }
        }
    }

    pub(super) fn drop_question(&mut self) {
        if self.question.take().is_some() {
            self.show(SurvivorEvent::Handover(None));
        }
    }

    /// There is a place for the survivor, or already somebody: the former chat is left for good.
    pub(super) fn leave_former(&mut self, now: Timestamp) {
        let Some(former) = &mut self.former else {
            return;
        };
        let Some(Question { handover, .. }) = former.parting.go_on() else {
            return;
        };
        let (announcement, unsent) = former.chat.hand_over(now);
        self.unsent.splice(0..0, unsent);
        self.note = (!handover.note.is_empty()).then(|| Written::new(&handover.note));
        if let Some(announcement) = announcement {
            self.announce(announcement);
        }
    }

    /// There is nobody to go on with: back to the chat that was not left yet, if there is one.
    pub(super) fn go_back(&mut self, now: Timestamp) -> bool {
        let held = self.former.take_if(|former| former.parting.is_agreed());
        let Some(Former { mut chat, parting: Parting::Agreed(Question { turn, .. }) }) = held
        else {
            return false;
        };
        self.withdraw();
        chat.set_hidden(self.hidden, now);
        chat.say(Content::StayHere { turn, why: Stay::NobodyFree }, now);
        chat.send_unsent(core::mem::take(&mut self.unsent), self.last_number, now);
        let company = chat.company();
        self.state = State::Chatting(chat);
        self.show(SurvivorEvent::Phase(Phase::Chatting));
        self.announce(Announcement::NobodyTakesOver);
        // Whoever came to meet them is there as before, until they are put out.
        self.show_company(company);
        true
    }

    /// Ends everything while the survivor waits for whoever is next. The former chat is told, if it was not left.
    pub(super) fn end_waiting(&mut self, now: Timestamp) {
        self.withdraw();
        let ended = Phase::Ended(Ending::BySurvivor);
        let Some(Former { mut chat, parting }) = self.former.take() else {
            self.finish(ended);
            return;
        };
        self.unsent.clear();
        self.note = None;
        chat.end(Ending::BySurvivor, now);
        self.state = State::Chatting(chat);
        if !parting.is_agreed() {
            self.show(SurvivorEvent::Phase(ended));
        }
        self.drain_chat(now);
    }

    /// Passes on what the former chat has to send and, until it is left, to show.
    pub(super) fn drain_former(&mut self, now: Timestamp) {
        while let Some(Former { chat, parting }) = &mut self.former {
            if let Some(output) = chat.poll_output() {
                match output {
                    _ if !parting.is_agreed() => {}
                    ChatOutput::Conversation(event) => self.show_meanwhile(event),
                    ChatOutput::Ended(_) | ChatOutput::LeadLost | ChatOutput::Unsafe => {
                        self.leave_former(now);
                    }
                    _ => {}
                }
            } else if let Some(frame) = chat.poll_frame() {
                self.send(&frame);
            } else {
                if chat.is_over() {
                    self.former = None;
                }
                return;
            }
        }
    }

    /// What still comes from the former advocate stands in the order in which it came.
    fn show_meanwhile(&mut self, event: ConversationEvent) {
        let event = match event {
            ConversationEvent::Message { from, text, .. } => {
                self.last_number = self.last_number.next();
                ConversationEvent::Message { number: self.last_number, from, text }
            }
            event => event,
        };
        self.show(SurvivorEvent::Conversation(event));
    }

    /// Whether somebody is on duty, or that cannot be known before the line is back.
    fn may_be_served(&self, now: Timestamp) -> bool {
        self.line_shown == Line::Down || self.trust.duty(now).is_some()
    }
}

impl Former {
    /// The chat itself.
    pub(super) fn chat(&self) -> &Chat {
        &self.chat
    }

    /// The chat itself.
    pub(super) fn chat_mut(&mut self) -> &mut Chat {
        &mut self.chat
    }
}
