//! Asking a survivor whether somebody else may take over, and whom a desk leaves to others (`features.md` 3.6;
//! `decisions/0017`).
//!
//! All that a desk does is ask. The survivor's device leaves and asks for whoever is next; what comes of the
//! question here is only what it said. Whom to leave to others is each desk's own rule, since the relay sees
//! none of it: a desk that was changed can take a place that was meant for somebody else, and shows who it is.

use stillroom_program::{Again, Roles, Successor, Timestamp};

use super::{ChatEvent, ChatNumber, Desk};
use crate::{
    conversation::{EndStep, Handover, HandoverStep, WriteError},
    envelope::{Content, Stay},
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

impl Desk {
    /// Asks the survivor whether somebody else may take over. They may go on with them, stay, or end; until
    /// they answer the chat goes on. Takes the place of a question that is open.
    ///
    /// # Errors
    /// [`WriteError::NotNow`] while there is no survivor in the chat.
    pub fn hand_over(
        &mut self,
        chat: ChatNumber,
        handover: Handover,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        self.now = now;
        self.close_end_question(chat, EndStep::Withdrawn);
        self.withdraw_word(chat, now);
        let held = self.chats.get_mut(&chat).filter(|held| held.is_with_survivor());
        let held = held.ok_or(WriteError::NotNow)?;
        let to = handover.to;
        held.questions = Questions { turn: held.questions.turn.saturating_add(1), open: true };
        held.chat.say(Content::AskHandover { turn: held.questions.turn, handover }, now);
        held.silence.handle_said(now);
        self.show_chat(chat, ChatEvent::Handover(HandoverStep::Asked(to)));
        self.settle();
        Ok(())
    }

    /// Takes the question back, if it is open.
    pub fn withdraw_handover(&mut self, chat: ChatNumber, now: Timestamp) {
        self.now = now;
        if let Some(held) = self.chats.get_mut(&chat)
            && core::mem::take(&mut held.questions.open)
        {
            held.chat.say(Content::WithdrawHandover { turn: held.questions.turn }, now);
            self.show_chat(chat, ChatEvent::Handover(HandoverStep::Withdrawn));
        }
        self.settle();
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

    /// Whether somebody who waits since then can be taken here now. Others come first for whom this desk handed
    /// over, and supervisors for whoever is meant for one.
    pub(super) fn is_offered(&self, again: Again, since: Timestamp) -> bool {
        let Again::HandedOver { to, by } = again else {
            return true;
        };
        let device = &self.setup.device;
        let is_supervisor = device.chain.leaf().roles.contains(Roles::SUPERVISOR);
        let is_meant = to == Successor::Anyone || is_supervisor;
        (is_meant && by != device.key()) || since + LEFT_TO_OTHERS <= self.now
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
