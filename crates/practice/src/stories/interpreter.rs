//! They need an interpreter (`guidance`: Provide Quality Chat Services).

use crate::story::{Heading, Item, Step, Story, Then, fair, poor, step, well};

pub(super) static STORY: Story = Story {
    key: "interpreter",
    checklist: &[Item::InterpreterOffered, Item::ConsentAsked, Item::NoMachine, Item::CheckedIn],
    first: &START,
};

static START: Step = step(
    "start",
    1,
    Heading::Quality,
    [
        poor(&[], Then::Step(&MEND)),
        fair(&[], Then::Step(&WHO)),
        well(&[Item::InterpreterOffered, Item::NoMachine], Then::Step(&WHO)),
    ],
);
static MEND: Step = step(
    "mend",
    1,
    Heading::Quality,
    [
        fair(&[], Then::Step(&WHO)),
        well(&[Item::InterpreterOffered, Item::NoMachine], Then::Step(&WHO)),
        poor(&[], Then::End("end-early")),
    ],
);
static WHO: Step = step(
    "who",
    1,
    Heading::Quality,
    [
        well(&[Item::ConsentAsked], Then::Step(&WAIT)),
        poor(&[], Then::Step(&WAIT)),
        fair(&[], Then::Step(&WAIT)),
    ],
);
static WAIT: Step = step(
    "wait",
    1,
    Heading::Quality,
    [
        fair(&[], Then::End("end-well")),
        poor(&[], Then::End("end-early")),
        well(&[Item::CheckedIn], Then::End("end-well")),
    ],
);
