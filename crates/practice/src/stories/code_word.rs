//! The code word is wrong (`guidance`: Prevent Impersonation).

use crate::story::{Heading, Item, Step, Story, Then, fair, poor, step, well};

pub(super) static STORY: Story = Story {
    key: "code-word",
    checklist: &[
        Item::CodeWordAsked,
        Item::NothingConfirmed,
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
        well(&[Item::CodeWordAsked], Then::Step(&WRONG)),
        poor(&[], Then::Step(&MEND)),
        fair(&[], Then::Step(&WRONG)),
    ],
);
static MEND: Step = step(
    "mend",
    1,
    Heading::Impersonation,
    [
        poor(&[], Then::Step(&WRONG)),
        fair(&[], Then::Step(&WRONG)),
        well(&[Item::CodeWordAsked], Then::Step(&WRONG)),
    ],
);
static WRONG: Step = step(
    "wrong",
    1,
    Heading::Impersonation,
    [
        fair(&[Item::NothingConfirmed], Then::Step(&NOW)),
        well(&[Item::NothingConfirmed, Item::HelpedAnyway], Then::Step(&NOW)),
        poor(&[], Then::Step(&NOW)),
    ],
);
static NOW: Step = step(
    "now",
    1,
    Heading::Impersonation,
    [
        poor(&[], Then::End("end-early")),
        fair(&[Item::NothingConfirmed], Then::End("end-well")),
        well(&[Item::NothingConfirmed, Item::SupervisorTold], Then::End("end-well")),
    ],
);
