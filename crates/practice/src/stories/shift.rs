//! Your shift ends (`guidance`: Ensure Appropriate Staffing).

use crate::story::{Heading, Item, Step, Story, Then, fair, poor, step, well};

pub(super) static STORY: Story = Story {
    key: "shift",
    checklist: &[Item::ChangeTold, Item::ChoiceLeft, Item::ConsentAsked, Item::DebriefTaken],
    first: &START,
};

static START: Step = step(
    "start",
    2,
    Heading::Staffing,
    [
        poor(&[], Then::Step(&MEND)),
        well(&[Item::ChangeTold], Then::Step(&WHO)),
        fair(&[Item::ChangeTold], Then::Step(&WHO)),
    ],
);
static MEND: Step = step(
    "mend",
    2,
    Heading::Staffing,
    [
        fair(&[Item::ChangeTold], Then::Step(&WHO)),
        poor(&[], Then::End("end-early")),
        well(&[Item::ChangeTold], Then::Step(&WHO)),
    ],
);
static WHO: Step = step(
    "who",
    1,
    Heading::Rights,
    [
        well(&[Item::ChoiceLeft, Item::ConsentAsked], Then::Step(&AFTER)),
        fair(&[Item::ChoiceLeft], Then::Step(&AFTER)),
        poor(&[], Then::Step(&AFTER)),
    ],
);
static AFTER: Step = step(
    "after",
    1,
    Heading::Staffing,
    [
        poor(&[], Then::End("end-early")),
        fair(&[Item::ConsentAsked], Then::End("end-well")),
        well(&[Item::ConsentAsked, Item::DebriefTaken], Then::End("end-well")),
    ],
);
