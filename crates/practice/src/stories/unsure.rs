//! They are not sure if it is safe (`guidance`: Minimize Interception).

use crate::story::{Heading, Item, Step, Story, Then, fair, poor, step, well};

pub(super) static STORY: Story = Story {
    key: "unsure",
    checklist: &[Item::SafetyAsked, Item::PaceLeft, Item::OtherWaysOffered, Item::EndingTold],
    first: &START,
};

static START: Step = step(
    "start",
    1,
    Heading::Interception,
    [
        poor(&[], Then::Step(&MEND)),
        well(&[Item::SafetyAsked], Then::Step(&HOME)),
        fair(&[], Then::Step(&HOME)),
    ],
);
static MEND: Step = step(
    "mend",
    1,
    Heading::Interception,
    [
        fair(&[], Then::Step(&HOME)),
        well(&[Item::SafetyAsked], Then::Step(&HOME)),
        poor(&[], Then::End("end-early")),
    ],
);
static HOME: Step = step(
    "home",
    1,
    Heading::Interception,
    [
        well(&[Item::PaceLeft], Then::Step(&PLAN)),
        fair(&[], Then::Step(&PLAN)),
        poor(&[], Then::Step(&PLAN)),
    ],
);
static PLAN: Step = step(
    "plan",
    1,
    Heading::Interception,
    [
        fair(&[Item::EndingTold], Then::End("end-well")),
        poor(&[], Then::End("end-early")),
        well(&[Item::OtherWaysOffered, Item::EndingTold], Then::End("end-well")),
    ],
);
