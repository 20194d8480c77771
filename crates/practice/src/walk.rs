//! A story on its way. Each state is a type named for what it waits for, and is used up by the next: nobody
//! chooses a way before they have written, and nothing goes on after the end.

use core::fmt;

use stillroom_protocol::limits::MESSAGE_CHARACTERS;

use crate::debrief::{Debrief, Took};
use crate::story::{Choice, Step, Story, Then};

/// The scripted survivor has said something; waits for an answer in the trainee's own words.
#[derive(Clone, Debug)]
pub struct Answering {
    story: &'static Story,
    step: &'static Step,
    taken: Vec<Took>,
}

/// An answer was written; waits for which way is nearest to it.
#[derive(Clone, Debug)]
pub struct Choosing(Answering);

/// What a choice leads to.
#[derive(Clone, Debug)]
pub enum Turn {
    /// The survivor goes on.
    On(Answering),
    /// The story is over.
    Over(Debrief),
}

/// Why an answer was not taken. The trainee can mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotWritten {
    /// Nothing is written.
    Empty,
    /// Longer than a message can be at the desk.
    TooLong,
}

impl fmt::Display for NotWritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "nothing is written",
            Self::TooLong => "longer than a message can be",
        })
    }
}

impl std::error::Error for NotWritten {}

impl Answering {
    /// Begins a story.
    #[must_use]
    pub fn begin(story: &'static Story) -> Self {
        Self { story, step: story.first, taken: Vec::new() }
    }

    /// The story.
    #[must_use]
    pub fn story(&self) -> &'static Story {
        self.story
    }

    /// Where it is.
    #[must_use]
    pub fn step(&self) -> &'static Step {
        self.step
    }

    /// Takes an answer. It is measured and not kept: it may say more of whoever wrote it than they meant.
    ///
    /// # Errors
    /// Where it could not be sent at the desk either. The story stays where it is.
    pub fn write(self, answer: &str) -> Result<Choosing, (Self, NotWritten)> {
        if answer.trim().is_empty() {
            return Err((self, NotWritten::Empty));
        }
        if answer.chars().count() > MESSAGE_CHARACTERS {
            return Err((self, NotWritten::TooLong));
        }
        Ok(Choosing(self))
    }
}

impl Choosing {
    /// The story.
    #[must_use]
    pub fn story(&self) -> &'static Story {
        self.0.story
    }

    /// Whose ways there are to choose from.
    #[must_use]
    pub fn step(&self) -> &'static Step {
        self.0.step
    }

    /// Goes the way that is nearest to what was written.
    #[must_use]
    pub fn choose(self, choice: Choice) -> Turn {
        let Answering { story, step, mut taken } = self.0;
        taken.push(Took { step, choice });
        match choice.of(step).then {
            Then::Step(step) => Turn::On(Answering { story, step, taken }),
            Then::End(end) => Turn::Over(Debrief::new(story, end, taken)),
        }
    }
}
