//! They ask about somebody else (`guidance`: Prevent Impersonation).

use crate::story::{Heading, Item, Step, Story, Then, fair, poor, step, well};

pub(super) static STORY: Story = Story {
    key: "another",
    checklist: &[
        Item::NothingConfirmed,
        Item::ReasonTold,
        Item::HelpedAnyway,
        Item::SupervisorTold,
    ],
    first: &START,
};

static START: Step = step(
    "start",
    1,
    Heading::Impersonation,
    [
        fair(&[Item::NothingConfirmed], Then::Step(&WORRY)),
        poor(&[], Then::Step(&MEND)),
        well(&[Item::NothingConfirmed, Item::ReasonTold], Then::Step(&WORRY)),
    ],
);
static MEND: Step = step(
    "mend",
    1,
    Heading::Impersonation,
    [
        well(&[Item::NothingConfirmed, Item::ReasonTold, Item::SupervisorTold], Then::Step(&WORRY)),
        poor(&[], Then::Step(&WORRY)),
        fair(&[], Then::Step(&WORRY)),
    ],
);
static WORRY: Step = step(
    "worry",
    1,
    Heading::Impersonation,
    [
        poor(&[], Then::Step(&AGAIN)),
        well(&[Item::HelpedAnyway], Then::Step(&AGAIN)),
        fair(&[], Then::Step(&AGAIN)),
    ],
);
static AGAIN: Step = step(
    "again",
    1,
    Heading::Impersonation,
    [
        well(&[Item::NothingConfirmed, Item::SupervisorTold], Then::End("end-well")),
        fair(&[Item::NothingConfirmed], Then::End("end-well")),
        poor(&[], Then::End("end-early")),
    ],
);
