//! Telling a survivor that the chat is about to end, and ending it where they do not go on (`features.md` 4.1;
//! `decisions/0018`).
//!
//! The time is counted only while the survivor could see the question and answer it. A page that is hidden, a
//! line that dropped, and a desk that is locked give all of it again. It does not protect against a desk that
//! was changed: whoever leads a chat can end it at once.

use core::time::Duration;

use stillroom_program::Timestamp;

use super::{ChatEvent, ChatNumber, Desk, Duty, returns::BackFrom};
use crate::{
    chat::Sign,
    conversation::{Announcement, ConversationEvent, EndStep, Ending},
    envelope::Content,
    limits::END_ASKED_MINUTES,
};

/// The question of one chat.
#[derive(Default)]
pub(super) struct EndQuestion {
    /// How many there were.
    turn: u32,
    /// Whether the last one waits for an answer.
    open: bool,
    /// When the chat ends without one, while the survivor could give it.
    due: Option<Timestamp>,
}

impl EndQuestion {
    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        self.due
    }

    fn ask(&mut self) -> u32 {
        *self = Self { turn: self.turn.saturating_add(1), open: true, due: None };
        self.turn
    }

    /// Whether it was open.
    fn close(&mut self) -> bool {
        self.due = None;
        core::mem::take(&mut self.open)
    }

    /// Whether the survivor is asked. They have something to answer then, and are not taken for silent.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// Whether they had their time. It is over then; the question stays open until the chat ends.
    fn take_due(&mut self, now: Timestamp) -> bool {
        self.due.take_if(|due| *due <= now).is_some()
    }

    fn watch(&mut self, can_answer: bool, now: Timestamp) {
        let lasts = Duration::from_secs(u64::from(END_ASKED_MINUTES) * 60);
        self.due = (self.open && can_answer).then(|| self.due.unwrap_or(now + lasts));
    }
}

impl Desk {
    /// Tells the survivor that the chat is about to end and what happens then, and asks whether they go on. It
    /// ends when they agree, or when they could have answered for long enough and did not. Takes the place of
    /// whatever else they are asked. Where nobody is in the chat, nobody is asked.
    pub fn ask_end(&mut self, chat: ChatNumber, now: Timestamp) {
        self.withdraw_handover(chat, now);
        self.withdraw_word(chat, now);
        self.ask_nobody_in(chat);
        let Some(held) = self.chats.get_mut(&chat).filter(|held| held.is_with_survivor()) else {
            return;
        };
        let turn = held.end_question.ask();
        held.chat.say(Content::AskEnd { turn, minutes: END_ASKED_MINUTES }, now);
        self.handle_life(chat, |watch| watch.handle_sign(now));
        let asked = EndStep::Asked { minutes: END_ASKED_MINUTES };
        self.show_chat(chat, ChatEvent::End(asked));
        self.settle();
    }

    /// Gives the survivor three words that lead back to this desk after the chat, for as long as it is on duty. Says
    /// whether they have them: not off duty, and not while anybody else would read them.
    pub fn give_way_back(&mut self, chat: ChatNumber, now: Timestamp) -> bool {
        self.now = now;
        let on_duty = self.duty.shown() != Duty::Off;
        let held = self.chats.get_mut(&chat).filter(|held| held.is_with_survivor());
        let held = held.filter(|held| on_duty && held.joining.is_nobody());
        let given = held.and_then(|held| {
            let words = self.returns.give(chat, BackFrom::End, &self.randomness, now)?;
            held.chat.say(Content::WayBack { words }, now);
            Some(())
        });
        if given.is_some() {
            let said = ConversationEvent::Announced(Announcement::WayBack);
            self.show_chat(chat, ChatEvent::Conversation(said));
        }
        self.settle();
        given.is_some()
    }

    /// Takes that back, if the survivor is still asked.
    pub fn withdraw_end(&mut self, chat: ChatNumber, now: Timestamp) {
        self.now = now;
        self.close_end_question(chat, EndStep::Withdrawn);
        self.settle();
    }

    /// The survivor goes on. An answer to an earlier question is none.
    pub(super) fn handle_goes_on(&mut self, chat: ChatNumber, turn: u32) {
        if self.chats.get(&chat).is_some_and(|held| held.end_question.turn == turn) {
            self.close_end_question(chat, EndStep::TheyGoOn);
            self.handle_sign(chat, Sign::StillHere);
        }
    }

    /// Asks no more, if that is asked, for this reason.
    pub(super) fn close_end_question(&mut self, chat: ChatNumber, step: EndStep) {
        if let Some(held) = self.chats.get_mut(&chat)
            && held.end_question.close()
        {
            held.time_up.take_if(|ending| *ending == Ending::ByStaff);
            held.chat.say(Content::WithdrawEnd { turn: held.end_question.turn }, self.now);
            self.show_chat(chat, ChatEvent::End(step));
        }
    }

    /// Whether the survivor could answer now is what the watch over their silence knows.
    pub(super) fn watch_end_asked(&mut self, chat: ChatNumber) {
        if let Some(held) = self.chats.get_mut(&chat).filter(|held| held.time_up.is_none()) {
            let can_answer = held.chat.is_open() && held.silence.can_answer();
            held.end_question.watch(can_answer, self.now);
        }
    }

    /// The time of those who were asked is up.
    pub(super) fn handle_ends_asked(&mut self) {
        for chat in self.chats.keys().copied().collect::<Vec<_>>() {
            let held = self.chats.get_mut(&chat);
            if held.is_some_and(|held| held.end_question.take_due(self.now)) {
                self.hear_out(chat, Ending::ByStaff);
            }
        }
    }

    // The last word.
    //
    // A chat whose survivor did nothing in their time is not over yet. A desk that slept hears that the time is up
    // before it hears what they answered meanwhile, and an answer may wait on a line that has stalled. So one thing
    // more is said, and the chat ends when the survivor's device has it: what that said before is here by then.

    /// The survivor had their time: the chat ends so, as soon as they are heard out.
    pub(super) fn hear_out(&mut self, chat: ChatNumber, ending: Ending) {
        if let Some(held) = self.chats.get_mut(&chat) {
            held.time_up = Some(ending);
            held.chat.say(Content::HearOut, self.now);
        }
    }

    /// Ends a chat whose survivor is heard out. Whoever cannot be reached now is given their time again.
    pub(super) fn mind_last_word(&mut self, chat: ChatNumber) {
        let Some(held) = self.chats.get_mut(&chat) else {
            return;
        };
        if !held.silence.can_hear() {
            held.time_up = None;
        }
        if held.chat.has_arrived()
            && let Some(ending) = held.time_up.take()
        {
            held.chat.end(ending, self.now);
        }
    }
}
