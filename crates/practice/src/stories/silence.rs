//! They stop answering (`guidance`: Ensure Appropriate Staffing).

use crate::story::{Heading, Item, Step, Story, Then, fair, poor, step, well};

pub(super) static STORY: Story = Story {
    key: "silence",
    checklist: &[Item::SafetyAsked, Item::SilenceAsked, Item::ClosingTold, Item::WayBackTold],
    first: &START,
};

static START: Step = step(
    "start",
    2,
    Heading::Staffing,
    [
        well(&[Item::SilenceAsked, Item::SafetyAsked], Then::Step(&LONGER)),
        poor(&[], Then::Step(&MEND)),
        fair(&[], Then::Step(&LONGER)),
    ],
);
static MEND: Step = step(
    "mend",
    1,
    Heading::Staffing,
    [
        poor(&[], Then::End("end-early")),
        well(&[Item::SilenceAsked], Then::Step(&LONGER)),
        fair(&[], Then::Step(&LONGER)),
    ],
);
static LONGER: Step = step(
    "longer",
    1,
    Heading::Staffing,
    [
        fair(&[], Then::Step(&BACK)),
        well(&[Item::ClosingTold, Item::WayBackTold], Then::Step(&BACK)),
        poor(&[], Then::End("end-early")),
    ],
);
static BACK: Step = step(
    "back",
    1,
    Heading::Staffing,
    [
        poor(&[], Then::End("end-well")),
        fair(&[], Then::End("end-well")),
        well(&[Item::SafetyAsked], Then::End("end-well")),
    ],
);
