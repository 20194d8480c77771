//! They write in capitals, and slowly (`guidance`: Provide Quality Chat Services).

use crate::story::{Heading, Item, Step, Story, Then, fair, poor, step, well};

pub(super) static STORY: Story = Story {
    key: "capitals",
    checklist: &[Item::MeaningAsked, Item::PaceLeft, Item::PlainWords, Item::NoGuessing],
    first: &START,
};

static START: Step = step(
    "start",
    2,
    Heading::Quality,
    [
        well(&[Item::NoGuessing, Item::PlainWords], Then::Step(&SLOW)),
        fair(&[], Then::Step(&SLOW)),
        poor(&[], Then::Step(&MEND)),
    ],
);
static MEND: Step = step(
    "mend",
    1,
    Heading::Quality,
    [
        fair(&[], Then::Step(&SLOW)),
        well(&[Item::NoGuessing, Item::PlainWords], Then::Step(&SLOW)),
        poor(&[], Then::End("end-early")),
    ],
);
static SLOW: Step = step(
    "slow",
    3,
    Heading::Quality,
    [
        poor(&[], Then::Step(&TONE)),
        well(&[Item::PaceLeft], Then::Step(&TONE)),
        fair(&[], Then::Step(&TONE)),
    ],
);
static TONE: Step = step(
    "tone",
    1,
    Heading::Quality,
    [
        fair(&[], Then::End("end-well")),
        poor(&[], Then::End("end-early")),
        well(&[Item::MeaningAsked, Item::PlainWords], Then::End("end-well")),
    ],
);
