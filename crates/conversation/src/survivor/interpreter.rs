//! The wish for an interpreter (`features.md` 3.5): said before the chat or in it, and taken back as easily.
//!
//! It is a wish and no more. Who joins is asked about as ever, and nobody comes without a yes to just them. It goes
//! with the survivor to whoever is next, also where an interpreter was with them already, who stays behind.

use stillroom_program::Timestamp;

use super::{State, Survivor, SurvivorEvent};
use crate::{
    conversation::{Announcement, Company, JoinsAs},
    envelope::Content,
};

/// How far it has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// There is none.
    None,
    /// The lead knows of it, or will, and nobody has come.
    Open,
    /// An interpreter joined this chat. Who is next finds none in theirs.
    Met,
}

impl Survivor {
    /// Asks the advocate for an interpreter, or takes that back.
    pub fn want_interpreter(&mut self, wanted: bool, now: Timestamp) {
        self.stir(now);
        let is_news = wanted != self.wants_interpreter() && !self.has_interpreter();
        if let State::Chatting(chat) = &mut self.state
            && chat.lead_is_introduced()
            && !chat.is_full()
            && is_news
        {
            chat.say(Content::Interpreter { wanted: wanted.into() }, now);
            self.announce(Announcement::InterpreterWanted(wanted));
            self.wish = if wanted { Wish::Open } else { Wish::None };
            self.show_wish();
            if wanted {
                self.say_going_on(now);
            }
        }
        self.drain_chat(now);
    }

    /// Whether there is a wish that is not met.
    pub fn wants_interpreter(&self) -> bool {
        self.wish == Wish::Open
    }

    /// Whoever joined last is in, and said who they are.
    pub(super) fn meet_wish(&mut self) {
        if self.has_interpreter() {
            self.wish = Wish::Met;
            self.show_wish();
        }
    }

    /// The survivor asks whoever joins to leave. After an interpreter no other is looked for unasked.
    pub(super) fn drop_wish(&mut self, now: Timestamp) {
        if !self.has_interpreter() {
            return;
        }
        // Of one who had not said who they are the lead does not know yet that the wish was met.
        if let (State::Chatting(chat), Wish::Open) = (&mut self.state, self.wish) {
            chat.say(Content::Interpreter { wanted: false.into() }, now);
        }
        self.wish = Wish::None;
        self.show_wish();
    }

    /// A new lead is there, who knows by the intake whether there is a wish.
    pub(super) fn renew_wish(&mut self) {
        if self.wish == Wish::Met {
            self.wish = Wish::Open;
        }
        self.show_wish();
    }

    fn has_interpreter(&self) -> bool {
        matches!(&self.company, Company::Here(who) if who.joins_as == JoinsAs::Interpreter)
    }

    fn show_wish(&mut self) {
        self.show(SurvivorEvent::InterpreterWanted(self.wants_interpreter()));
    }
}
