//! What was looked at, what was found there, and what to do.

use serde::Serialize;
use stillroom_relay::Origin;

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Check {
    Certificate,
    Tls,
    Headers,
    Page,
    Clock,
    WebSocket,
    SecondWay,
    Policy,
    Port,
    Folder,
    Files,
    Memory,
}

impl Check {
    /// As people read it.
    fn called(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Tls => "TLS",
            Self::Headers => "headers",
            Self::Page => "page",
            Self::Clock => "clock",
            Self::WebSocket => "WebSocket",
            Self::SecondWay => "second way in",
            Self::Policy => "policy",
            Self::Port => "port",
            Self::Folder => "state folder",
            Self::Files => "open files",
            Self::Memory => "memory",
        }
    }
}

/// How it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub(super) enum Outcome {
    /// As it should be.
    Well { found: String },
    /// It works, and could be better.
    Better {
        found: String,
        #[serde(rename = "do")]
        advice: String,
    },
    /// Something must be done.
    ToDo {
        found: String,
        #[serde(rename = "do")]
        advice: String,
    },
    /// It could not be looked at, and why.
    NotLooked { found: String },
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    check: Check,
    /// Where.
    at: String,
    #[serde(flatten)]
    outcome: Outcome,
}

impl Finding {
    pub(super) fn well(check: Check, at: impl ToString, found: impl Into<String>) -> Self {
        Self { check, at: at.to_string(), outcome: Outcome::Well { found: found.into() } }
    }

    pub(super) fn better(
        check: Check,
        at: impl ToString,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        let outcome = Outcome::Better { found: found.into(), advice: advice.into() };
        Self { check, at: at.to_string(), outcome }
    }

    pub(super) fn to_do(
        check: Check,
        at: impl ToString,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        let outcome = Outcome::ToDo { found: found.into(), advice: advice.into() };
        Self { check, at: at.to_string(), outcome }
    }

    pub(super) fn not_looked(check: Check, at: impl ToString, why: impl Into<String>) -> Self {
        Self { check, at: at.to_string(), outcome: Outcome::NotLooked { found: why.into() } }
    }

    /// Whether something must be done.
    pub(super) fn is_to_do(&self) -> bool {
        matches!(self.outcome, Outcome::ToDo { .. })
    }

    /// Whether it is that a server has no certificate that browsers take.
    pub(super) fn is_no_certificate_of(&self, at: &Origin) -> bool {
        self.is_to_do() && self.check == Check::Certificate && self.at == at.as_str()
    }

    /// As people read it.
    pub(super) fn in_words(&self) -> String {
        let (how, found, advice) = match &self.outcome {
            Outcome::Well { found } => ("well", found, None),
            Outcome::Better { found, advice } => ("could be better", found, Some(advice)),
            Outcome::ToDo { found, advice } => ("TO DO", found, Some(advice)),
            Outcome::NotLooked { found } => ("not looked at", found, None),
        };
        let advice = advice.map(|advice| format!("\n    {advice}")).unwrap_or_default();
        format!("{how}: {}, {}\n    {found}{advice}", self.check.called(), self.at)
    }
}
