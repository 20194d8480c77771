//! What a story is made of. A step names the next by reference, so that none can lead to nowhere.

/// A heading of the guidance: why one way is nearer to good practice than another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Heading {
    /// Minimize Interception.
    Interception,
    /// Prevent Impersonation.
    Impersonation,
    /// Inform Survivors of their Rights and Choices.
    Rights,
    /// Ensure Appropriate Staffing.
    Staffing,
    /// Provide Quality Chat Services.
    Quality,
    /// Plan Ahead.
    PlanAhead,
}

impl Heading {
    /// The name of its text.
    #[must_use]
    pub fn text(self) -> String {
        let word = match self {
            Self::Interception => "interception",
            Self::Impersonation => "impersonation",
            Self::Rights => "rights",
            Self::Staffing => "staffing",
            Self::Quality => "quality",
            Self::PlanAhead => "plan-ahead",
        };
        format!("practice-heading-{word}")
    }
}

/// What a story gives to practise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    /// You asked if they are safe.
    SafetyAsked,
    /// You told them what could be seen on a watched device.
    RiskTold,
    /// You offered other ways to reach help.
    OtherWaysOffered,
    /// You left the choice to them.
    ChoiceLeft,
    /// You told them what happens when the chat ends.
    EndingTold,
    /// You let them set the pace.
    PaceLeft,
    /// You asked for the code word.
    CodeWordAsked,
    /// You said nothing about who is a client or what was said before.
    NothingConfirmed,
    /// You offered help with what they need now.
    HelpedAnyway,
    /// You brought in a supervisor.
    SupervisorTold,
    /// You said why you cannot answer.
    ReasonTold,
    /// You told them what you may have to report.
    LimitsTold,
    /// You checked in about how they feel or what they mean.
    CheckedIn,
    /// You did not press for more.
    NoPressure,
    /// You asked one kind question about the silence.
    SilenceAsked,
    /// You told them when the chat would close.
    ClosingTold,
    /// You told them how to reach you again.
    WayBackTold,
    /// You asked plainly about suicide.
    AskedPlainly,
    /// You offered the crisis line or the emergency number.
    EmergencyOffered,
    /// You offered an interpreter.
    InterpreterOffered,
    /// You asked for consent before somebody joined or was told.
    ConsentAsked,
    /// You used no translation by machine.
    NoMachine,
    /// You asked what they mean.
    MeaningAsked,
    /// You used plain words, with no slang or emoji.
    PlainWords,
    /// You did not guess why they write as they do.
    NoGuessing,
    /// You said what this chat is for.
    LimitsSet,
    /// You ended with the standard message.
    StandardEnding,
    /// You took time for yourself after.
    DebriefTaken,
    /// You told them in good time that somebody else would come.
    ChangeTold,
}

impl Item {
    /// The name of its text.
    #[must_use]
    pub fn text(self) -> String {
        let word = match self {
            Self::SafetyAsked => "safety-asked",
            Self::RiskTold => "risk-told",
            Self::OtherWaysOffered => "other-ways-offered",
            Self::ChoiceLeft => "choice-left",
            Self::EndingTold => "ending-told",
            Self::PaceLeft => "pace-left",
            Self::CodeWordAsked => "code-word-asked",
            Self::NothingConfirmed => "nothing-confirmed",
            Self::HelpedAnyway => "helped-anyway",
            Self::SupervisorTold => "supervisor-told",
            Self::ReasonTold => "reason-told",
            Self::LimitsTold => "limits-told",
            Self::CheckedIn => "checked-in",
            Self::NoPressure => "no-pressure",
            Self::SilenceAsked => "silence-asked",
            Self::ClosingTold => "closing-told",
            Self::WayBackTold => "way-back-told",
            Self::AskedPlainly => "asked-plainly",
            Self::EmergencyOffered => "emergency-offered",
            Self::InterpreterOffered => "interpreter-offered",
            Self::ConsentAsked => "consent-asked",
            Self::NoMachine => "no-machine",
            Self::MeaningAsked => "meaning-asked",
            Self::PlainWords => "plain-words",
            Self::NoGuessing => "no-guessing",
            Self::LimitsSet => "limits-set",
            Self::StandardEnding => "standard-ending",
            Self::DebriefTaken => "debrief-taken",
            Self::ChangeTold => "change-told",
        };
        format!("practice-item-{word}")
    }
}

/// How near a way is to the guidance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Worth {
    /// As the guidance has it.
    Well,
    /// Does no harm, and leaves something out.
    Fair,
    /// Costs safety, privacy or trust. What comes next can mend it.
    Poor,
}

/// Where a way leads.
#[derive(Clone, Copy, Debug)]
pub enum Then {
    /// To the survivor's next messages.
    Step(&'static Step),
    /// To the end of this name.
    End(&'static str),
}

/// One of the described ways to answer.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// How near it is to the guidance.
    pub worth: Worth,
    /// What it ticks on the checklist.
    pub ticks: &'static [Item],
    /// Where it leads.
    pub then: Then,
}

/// Ways to choose from, at each step.
pub const WAYS: usize = 3;

/// The scripted survivor says something, and is answered.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Names its texts within the story.
    pub key: &'static str,
    /// How many messages the survivor writes.
    pub says: u8,
    /// What of the guidance it is about.
    pub heading: Heading,
    /// The ways to answer, in the order in which they are shown.
    pub ways: [Way; WAYS],
}

/// A practice chat.
#[derive(Clone, Copy, Debug)]
pub struct Story {
    /// Names its texts.
    pub key: &'static str,
    /// What it gives to practise.
    pub checklist: &'static [Item],
    /// Where it begins.
    pub first: &'static Step,
}

impl Story {
    /// The name of the text that is its title.
    #[must_use]
    pub fn title(&self) -> String {
        self.text("title")
    }

    /// The name of the text that says what it is about.
    #[must_use]
    pub fn about(&self) -> String {
        self.text("about")
    }

    /// The names of the survivor's messages at a step.
    pub fn says(&self, step: &Step) -> impl Iterator<Item = String> {
        let start = self.text(step.key);
        (1..=step.says).map(move |number| format!("{start}-says-{number}"))
    }

    /// The name of the text that describes a way at a step.
    #[must_use]
    pub fn way(&self, step: &Step, choice: Choice) -> String {
        format!("{}-way-{}", self.text(step.key), choice.place() + 1)
    }

    /// The name of the text that says why, for a step.
    #[must_use]
    pub fn why(&self, step: &Step) -> String {
        format!("{}-why", self.text(step.key))
    }

    /// The name of an end's text.
    #[must_use]
    pub fn end(&self, end: &str) -> String {
        self.text(end)
    }

    fn text(&self, part: &str) -> String {
        format!("practice-{}-{part}", self.key)
    }
}

/// The place of a way among those of its step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    /// The one above.
    First,
    /// The one in the middle.
    Second,
    /// The one below.
    Third,
}

impl Choice {
    /// All of them, in order.
    pub const ALL: [Self; WAYS] = [Self::First, Self::Second, Self::Third];

    /// The way that is chosen with it.
    #[must_use]
    pub fn of(self, step: &Step) -> Way {
        let [first, second, third] = step.ways;
        match self {
            Self::First => first,
            Self::Second => second,
            Self::Third => third,
        }
    }

    fn place(self) -> usize {
        match self {
            Self::First => 0,
            Self::Second => 1,
            Self::Third => 2,
        }
    }
}

pub(crate) const fn step(key: &'static str, says: u8, heading: Heading, ways: [Way; WAYS]) -> Step {
    Step { key, says, heading, ways }
}

pub(crate) const fn well(ticks: &'static [Item], then: Then) -> Way {
    Way { worth: Worth::Well, ticks, then }
}

pub(crate) const fn fair(ticks: &'static [Item], then: Then) -> Way {
    Way { worth: Worth::Fair, ticks, then }
}

pub(crate) const fn poor(ticks: &'static [Item], then: Then) -> Way {
    Way { worth: Worth::Poor, ticks, then }
}
