//! Somebody may be watching their device (`guidance`: Minimize Interception).

use crate::story::{Heading, Item, Step, Story, Then, fair, poor, step, well};

pub(super) static STORY: Story = Story {
    key: "monitored",
    checklist: &[
        Item::SafetyAsked,
        Item::RiskTold,
        Item::OtherWaysOffered,
        Item::ChoiceLeft,
        Item::EndingTold,
    ],
    first: &START,
};

static START: Step = step(
    "start",
    2,
    Heading::Interception,
    [
        fair(&[], Then::Step(&CHOICES)),
        well(&[Item::SafetyAsked], Then::Step(&CHOICES)),
        poor(&[], Then::Step(&MEND)),
    ],
);
static MEND: Step = step(
    "mend",
    1,
    Heading::Interception,
    [
        well(&[Item::SafetyAsked], Then::Step(&CHOICES)),
        fair(&[], Then::Step(&CHOICES)),
        poor(&[], Then::End("end-early")),
    ],
);
static CHOICES: Step = step(
    "choices",
    1,
    Heading::Interception,
    [
        poor(&[], Then::Step(&STAY)),
        fair(&[Item::RiskTold], Then::Step(&STAY)),
        well(&[Item::RiskTold, Item::OtherWaysOffered], Then::Step(&STAY)),
    ],
);
static STAY: Step = step(
    "stay",
    1,
    Heading::Interception,
    [
        well(&[Item::ChoiceLeft, Item::EndingTold], Then::End("end-well")),
        poor(&[], Then::End("end-early")),
        fair(&[Item::ChoiceLeft], Then::End("end-well")),
    ],
);
