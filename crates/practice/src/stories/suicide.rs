//! They have thoughts of suicide (`guidance`: Plan Ahead).

use crate::story::{Heading, Item, Step, Story, Then, fair, poor, step, well};

pub(super) static STORY: Story = Story {
    key: "suicide",
    checklist: &[
        Item::AskedPlainly,
        Item::CheckedIn,
        Item::EmergencyOffered,
        Item::SupervisorTold,
        Item::ChoiceLeft,
    ],
    first: &START,
};

static START: Step = step(
    "start",
    1,
    Heading::PlanAhead,
    [
        fair(&[Item::CheckedIn], Then::Step(&NOW)),
        poor(&[], Then::Step(&MEND)),
        well(&[Item::AskedPlainly, Item::CheckedIn], Then::Step(&NOW)),
    ],
);
static MEND: Step = step(
    "mend",
    1,
    Heading::PlanAhead,
    [
        well(&[Item::AskedPlainly, Item::CheckedIn], Then::Step(&NOW)),
        fair(&[Item::CheckedIn], Then::Step(&NOW)),
        poor(&[], Then::End("end-early")),
    ],
);
static NOW: Step = step(
    "now",
    1,
    Heading::PlanAhead,
    [
        poor(&[], Then::Step(&TOGETHER)),
        well(&[Item::SupervisorTold, Item::CheckedIn], Then::Step(&TOGETHER)),
        fair(&[], Then::Step(&TOGETHER)),
    ],
);
static TOGETHER: Step = step(
    "together",
    1,
    Heading::PlanAhead,
    [
        fair(&[Item::EmergencyOffered], Then::End("end-well")),
        poor(&[], Then::End("end-early")),
        well(&[Item::EmergencyOffered, Item::ChoiceLeft], Then::End("end-well")),
    ],
);
