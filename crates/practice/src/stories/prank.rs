//! It may be a prank (`guidance`: Plan Ahead).

use crate::story::{Heading, Item, Step, Story, Then, fair, poor, step, well};

pub(super) static STORY: Story = Story {
    key: "prank",
    checklist: &[
        Item::NoGuessing,
        Item::LimitsSet,
        Item::SupervisorTold,
        Item::StandardEnding,
        Item::DebriefTaken,
    ],
    first: &START,
};

static START: Step = step(
    "start",
    1,
    Heading::PlanAhead,
    [
        fair(&[Item::LimitsSet], Then::Step(&TEST)),
        well(&[Item::NoGuessing, Item::LimitsSet], Then::Step(&TEST)),
        poor(&[], Then::Step(&MEND)),
    ],
);
static MEND: Step = step(
    "mend",
    1,
    Heading::PlanAhead,
    [
        well(&[Item::LimitsSet, Item::NoGuessing], Then::Step(&TEST)),
        poor(&[], Then::Step(&TEST)),
        fair(&[Item::LimitsSet], Then::Step(&TEST)),
    ],
);
static TEST: Step = step(
    "test",
    1,
    Heading::PlanAhead,
    [
        poor(&[], Then::Step(&GO_ON)),
        fair(&[], Then::Step(&GO_ON)),
        well(&[Item::SupervisorTold, Item::LimitsSet], Then::Step(&GO_ON)),
    ],
);
static GO_ON: Step = step(
    "go-on",
    1,
    Heading::PlanAhead,
    [
        well(&[Item::StandardEnding, Item::DebriefTaken], Then::End("end-well")),
        fair(&[Item::StandardEnding], Then::End("end-well")),
        poor(&[], Then::End("end-early")),
    ],
);
