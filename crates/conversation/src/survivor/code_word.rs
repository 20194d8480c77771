//! Giving a code word, or agreeing on one (`features.md` 3.4; `decisions/0023`).
//!
//! The page looks the same whether the word was right, wrong, or the one for danger: it is not told. What is typed
//! goes to the lead inside the group and is overwritten here; while a third person is there none is asked for, since
//! they would read it. It does not protect against somebody who looks at
//! the screen while it is typed, nor against whoever was told the word.

use stillroom_program::{CodeWord, Timestamp};

use super::{State, Survivor, SurvivorEvent};
use crate::{
    conversation::{Announcement, WordWanted, WriteError},
    envelope::Content,
};

impl Survivor {
    /// Answers the question for a code word. `duress` is the one for danger, where a word is agreed on; empty for
    /// none.
    ///
    /// # Errors
    /// [`WriteError::Empty`] and [`WriteError::TooLong`] for what is no word, [`WriteError::NotNow`] where none is
    /// asked for; nothing was sent then.
    pub fn give_word(
        &mut self,
        word: &str,
        duress: &str,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        self.stir(now);
        let (turn, wanted) = self.word_asked.ok_or(WriteError::NotNow)?;
        let word = as_word(word)?.ok_or(WriteError::Empty)?;
        let duress = as_word(duress)?.filter(|_| wanted == WordWanted::Agree);
        self.answer_word(Content::GiveWord { turn, word, duress }, now);
        self.announce(Announcement::WordGiven(wanted));
        self.drain_chat(now);
        Ok(())
    }

    /// Would rather give none.
    pub fn give_no_word(&mut self, now: Timestamp) {
        self.stir(now);
        if let Some((turn, _)) = self.word_asked {
            self.answer_word(Content::NoWord { turn }, now);
            self.announce(Announcement::NoWordGiven);
        }
        self.drain_chat(now);
    }

    /// The lead asks for a word, or asks no more.
    pub(super) fn handle_word_asked(
        &mut self,
        turn: u32,
        wanted: Option<WordWanted>,
        now: Timestamp,
    ) {
        match wanted {
            Some(_) if self.is_in_company() => {
                if let State::Chatting(chat) = &mut self.state {
                    chat.say(Content::NoWord { turn }, now);
                }
            }
            Some(wanted) => {
                self.word_asked = Some((turn, wanted));
                self.show(SurvivorEvent::WordAsked(Some(wanted)));
            }
            None => self.close_word_question(),
        }
    }

    /// It is not asked any more in a chat that goes on: that is said.
    pub(super) fn close_word_question(&mut self) {
        if self.word_asked.is_some() {
            self.drop_word_question();
            self.announce(Announcement::NoWordGiven);
        }
    }

    /// That is not asked any more.
    pub(super) fn drop_word_question(&mut self) {
        if self.word_asked.take().is_some() {
            self.show(SurvivorEvent::WordAsked(None));
        }
    }

    fn answer_word(&mut self, answer: Content, now: Timestamp) {
        if let State::Chatting(chat) = &mut self.state {
            chat.say(answer, now);
        }
        self.drop_word_question();
    }
}

/// The word in what was typed; nothing where that is empty.
fn as_word(typed: &str) -> Result<Option<CodeWord>, WriteError> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    CodeWord::of(typed).map(Some).ok_or(WriteError::TooLong)
}
