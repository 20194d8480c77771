//! What a trainee is told when a story is over: what went well, what could go better and how, the reason with
//! the guidance's heading, and the checklist. It gives no marks and counts nothing.

use crate::story::{Choice, Item, Step, Story, Way, Worth};

/// A way that was taken.
#[derive(Clone, Copy, Debug)]
pub struct Took {
    /// Where.
    pub step: &'static Step,
    /// Which.
    pub choice: Choice,
}

impl Took {
    /// The way itself.
    #[must_use]
    pub fn way(self) -> Way {
        self.choice.of(self.step)
    }

    /// The way that the guidance has, if this was another.
    #[must_use]
    pub fn better(self) -> Option<Choice> {
        let is_well = |choice: &Choice| choice.of(self.step).worth == Worth::Well;
        Choice::ALL.into_iter().find(is_well).filter(|_| self.way().worth != Worth::Well)
    }
}

/// An item of the checklist, and whether it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticked {
    /// Which.
    pub item: Item,
    /// Whether a way that was taken ticks it.
    pub done: bool,
}

/// All that there is to say about one way through a story.
#[derive(Clone, Debug)]
pub struct Debrief {
    story: &'static Story,
    end: &'static str,
    taken: Vec<Took>,
}

impl Debrief {
    pub(crate) fn new(story: &'static Story, end: &'static str, taken: Vec<Took>) -> Self {
        Self { story, end, taken }
    }

    /// The story.
    #[must_use]
    pub fn story(&self) -> &'static Story {
        self.story
    }

    /// The name of the text with which it ended.
    #[must_use]
    pub fn end(&self) -> String {
        self.story.end(self.end)
    }

    /// What went well, in the order of the story.
    pub fn went_well(&self) -> impl Iterator<Item = Took> {
        self.taken.iter().copied().filter(|took| took.better().is_none())
    }

    /// What could go better, in the order of the story.
    pub fn missed(&self) -> impl Iterator<Item = Took> {
        self.taken.iter().copied().filter(|took| took.better().is_some())
    }

    /// The checklist, in the story's order.
    pub fn checklist(&self) -> impl Iterator<Item = Ticked> {
        self.story.checklist.iter().map(|item| Ticked {
            item: *item,
            done: self.taken.iter().any(|took| took.way().ticks.contains(item)),
        })
    }
}
