//! Asking a survivor whether somebody else may take over, and whom a desk leaves to others (`features.md` 3.6;
//! `decisions/0017`).
//!
//! All that a desk does is ask. The survivor's device leaves and asks for whoever is next; what comes of the
//! question here is only what it said. Whom to leave to others is each desk's own rule, since the relay sees
//! none of it: a desk that was changed can take a place that was meant for somebody else, and shows who it is.

use stillroom_program::{Again, Roles, Successor, Timestamp, VerifyingKey};
use stillroom_protocol::StaffId;

use super::{ChatEvent, ChatNumber, Desk, Held, Meant};
use crate::{
    conversation::{EndStep, Handover, HandoverStep, StaysAway, WriteError},
    envelope::{Content, Stay, Whom},
    limits::LEFT_TO_OTHERS,
};

/// The questions of one chat.
#[derive(Default)]
pub(super) struct Questions {
    /// How many there were.
    turn: u32,
    /// Whether the last one waits for an answer.
    open: bool,
}

/// Whether somebody who waits since then is for a device with these rights by now, or left to others first.
pub(super) fn is_for(
    again: Again,
    device: VerifyingKey,
    roles: Roles,
    since: Timestamp,
    now: Timestamp,
) -> bool {
    let Again::HandedOver { to, by } = again else {
        return true;
    };
    let is_meant = match to {
        Successor::Anyone => true,
        Successor::Supervisor => roles.contains(Roles::SUPERVISOR),
        Successor::Colleague { device: meant } => meant == device,
    };
    (is_meant && by != device) || since + LEFT_TO_OTHERS <= now
}

impl Desk {
    /// Asks the survivor whether somebody else may take over. They may go on with them, stay, or end; until
    /// they answer the chat goes on. Takes the place of a question that is open.
    ///
    /// # Errors
    /// [`WriteError::NotNow`] while there is no survivor in the chat, and where a certain colleague is not on duty
    /// or takes nobody now.
    pub fn hand_over(
        &mut self,
        chat: ChatNumber,
        to: Successor,
        handover: Handover,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        self.now = now;
        let joining = self.chats.get(&chat).map(|held| &held.joining);
        let (whom, is_met) = match to {
            Successor::Anyone => (Whom::Anyone, false),
            Successor::Supervisor => (Whom::Supervisor, false),
            Successor::Colleague { device } => {
                let met = joining.and_then(|joining| joining.met(device));
                let is_met = met.is_some();
                let shown = met.or_else(|| self.colleagues.who_takes(StaffId(device.0)));
                (Whom::Colleague { shown: shown.ok_or(WriteError::NotNow)? }, is_met)
            }
        };
        self.close_end_question(chat, EndStep::Withdrawn);
        self.withdraw_word(chat, now);
        if !is_met && self.chats.get(&chat).is_some_and(Held::is_with_survivor) {
            // The survivor goes on alone, and whoever comes may ask again: nobody is left in a chat that they left.
            self.part_from(chat, StaysAway::NotAsked);
        }
        let held = self.chats.get_mut(&chat).filter(|held| held.is_with_survivor());
        let held = held.ok_or(WriteError::NotNow)?;
        held.questions = Questions { turn: held.questions.turn.saturating_add(1), open: true };
        let turn = held.questions.turn;
        held.chat.say(Content::AskHandover { turn, to: whom, handover }, now);
        held.silence.handle_said(now);
        self.show_chat(chat, ChatEvent::Handover(HandoverStep::Asked(to)));
        self.settle();
        Ok(())
    }

    /// Asks the survivor whether the colleague who came to meet them may take over. Who is there stays until they
    /// answer.
    ///
    /// # Errors
    /// [`WriteError::NotNow`] while nobody is in the chat for that.
    pub fn hand_over_to_met(
        &mut self,
        chat: ChatNumber,
        handover: Handover,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let met = self.chats.get(&chat).and_then(|held| held.joining.successor());
        let device = met.ok_or(WriteError::NotNow)?;
        self.hand_over(chat, Successor::Colleague { device }, handover, now)
    }

    /// Takes the question back, if it is open.
    pub fn withdraw_handover(&mut self, chat: ChatNumber, now: Timestamp) {
        self.now = now;
        self.close_handover_question(chat, HandoverStep::Withdrawn);
        self.settle();
    }

    /// The survivor is not asked any more, if they were.
    pub(super) fn close_handover_question(&mut self, chat: ChatNumber, step: HandoverStep) {
        let now = self.now;
        if let Some(held) = self.chats.get_mut(&chat)
            && core::mem::take(&mut held.questions.open)
        {
            held.chat.say(Content::WithdrawHandover { turn: held.questions.turn }, now);
            self.show_chat(chat, ChatEvent::Handover(step));
        }
    }

    /// The survivor stays. An answer to an earlier question is none.
    pub(super) fn handle_stays(&mut self, chat: ChatNumber, turn: u32, why: Stay) {
        if why == Stay::NobodyFree {
            // They were away from this chat, and may not have seen what was asked meanwhile.
            self.close_end_question(chat, EndStep::TheyGoOn);
        }
        let is_answer = self.chats.get_mut(&chat).is_some_and(|held| {
            turn == held.questions.turn && core::mem::take(&mut held.questions.open)
        });
        if is_answer {
            let step = match why {
                Stay::Wait => HandoverStep::TheyWait,
                Stay::NobodyFree => HandoverStep::NobodyFree,
            };
            self.show_chat(chat, ChatEvent::Handover(step));
        }
    }

    /// For which certain person somebody was handed over, if for one.
    pub(super) fn meant(&self, again: Again) -> Option<Meant> {
        let Again::HandedOver { to: Successor::Colleague { device }, by } = again else {
            return None;
        };
        let name = |key| self.colleagues.name(key);
        Some(if device == self.setup.device.key() {
            Meant::Me { by: name(by) }
        } else {
            Meant::Colleague { to: name(device) }
        })
    }

    /// A colleague's name became known: whoever is for them, or was handed over by them, is shown with it.
    pub(super) fn name_who_is_meant(&mut self) {
        let news = self.waiting.iter().filter_map(|(ticket, place)| {
            let meant = self.meant(place.shown.beforehand.again);
            (meant != place.shown.meant).then_some((*ticket, meant))
        });
        let news = news.collect::<Vec<_>>();
        if news.is_empty() {
            return;
        }
        for (ticket, meant) in news {
            if let Some(place) = self.waiting.get_mut(&ticket) {
                place.shown.meant = meant;
            }
        }
        self.show_waiting();
    }

    /// Whether somebody who waits since then can be taken here now. Others come first for whom this desk handed
    /// over, and whoever is meant for a supervisor or a certain colleague is for them first.
    pub(super) fn is_offered(&self, again: Again, since: Timestamp) -> bool {
        let own = &self.setup.device;
        is_for(again, own.key(), own.chain.leaf().roles, since, self.now)
    }

    /// Whoever was left to others for long enough can be taken here.
    pub(super) fn offer_the_rest(&mut self) {
        let now = self.now;
        let mut changed = false;
        for place in self.waiting.values_mut() {
            if !place.shown.offered && place.shown.since + LEFT_TO_OTHERS <= now {
                place.shown.offered = true;
                changed = true;
            }
        }
        if changed {
            self.show_waiting();
        }
    }

    /// When that is due.
    pub(super) fn rest_due(&self) -> Option<Timestamp> {
        let left = self.waiting.values().filter(|place| !place.shown.offered);
        left.map(|place| place.shown.since + LEFT_TO_OTHERS).min()
    }
}
