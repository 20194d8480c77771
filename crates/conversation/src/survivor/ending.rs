//! Being told that the chat is about to end, and going on all the same (`features.md` 4.1; `decisions/0018`).
//!
//! Whoever agrees ends the chat themselves. Whoever says that they go on, or writes, does: the advocate's device
//! holds to it, and can ask again. It does not hold off an advocate who ends the chat at once.

use stillroom_program::Timestamp;

use super::{State, Survivor, SurvivorEvent};
use crate::{conversation::Announcement, envelope::Content};

impl Survivor {
    /// Goes on, where the survivor is asked whether the chat may end.
    pub fn go_on(&mut self, now: Timestamp) {
        self.stir(now);
        self.say_going_on(now);
        self.drain_chat(now);
    }

    /// The lead is about to end the chat, or is not any more.
    pub(super) fn handle_end_asked(&mut self, turn: u32, minutes: Option<u16>) {
        match minutes {
            Some(_) => {
                self.end_asked = Some(turn);
                self.show(SurvivorEvent::EndAsked(minutes));
            }
            None => self.say_that_it_goes_on(),
        }
    }

    /// Tells the lead that the survivor goes on, if they are asked.
    pub(super) fn say_going_on(&mut self, now: Timestamp) {
        if let Some(turn) = self.end_asked
            && let State::Chatting(chat) = &mut self.state
        {
            chat.say(Content::GoOn { turn }, now);
            self.say_that_it_goes_on();
        }
    }

    fn say_that_it_goes_on(&mut self) {
        if self.end_asked.is_some() {
            self.drop_end_question();
            self.announce(Announcement::GoesOn);
        }
    }

    /// That is not asked any more.
    pub(super) fn drop_end_question(&mut self) {
        if self.end_asked.take().is_some() {
            self.show(SurvivorEvent::EndAsked(None));
        }
    }
}
