//! They are about to tell you something you may have to report (`guidance`: Inform Survivors of their Rights and Choices).

use crate::story::{Heading, Item, Step, Story, Then, fair, poor, step, well};

pub(super) static STORY: Story = Story {
    key: "reporting",
    checklist: &[Item::LimitsTold, Item::ChoiceLeft, Item::CheckedIn, Item::NoPressure],
    first: &START,
};

static START: Step = step(
    "start",
    1,
    Heading::Rights,
    [
        poor(&[], Then::Step(&MEND)),
        well(&[Item::LimitsTold], Then::Step(&ASK)),
        fair(&[], Then::Step(&ASK)),
    ],
);
static MEND: Step = step(
    "mend",
    1,
    Heading::Rights,
    [
        well(&[Item::LimitsTold], Then::Step(&ASK)),
        fair(&[], Then::Step(&ASK)),
        poor(&[], Then::Step(&ASK)),
    ],
);
static ASK: Step = step(
    "ask",
    1,
    Heading::Rights,
    [
        fair(&[], Then::Step(&PAUSE)),
        poor(&[], Then::Step(&PAUSE)),
        well(&[Item::CheckedIn, Item::LimitsTold], Then::Step(&PAUSE)),
    ],
);
static PAUSE: Step = step(
    "pause",
    1,
    Heading::Rights,
    [
        well(&[Item::ChoiceLeft, Item::NoPressure], Then::End("end-well")),
        poor(&[], Then::End("end-early")),
        fair(&[Item::ChoiceLeft], Then::End("end-well")),
    ],
);
