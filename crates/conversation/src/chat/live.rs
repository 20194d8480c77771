//! What is typed and not sent yet, shown to the other side where both agreed to it (`features.md` 1.6, 3.12;
//! `decisions/0012`).
//!
//! Either side offers, the other accepts or declines, and either stops it at once, at any time. Every step
//! names the offer that it is about, so that steps that cross on the way leave both sides with the same. From
//! the agreement on, each side sends a beat every half second, always equally long: whether anybody typed
//! shows neither to the relay nor on the line. A beat holds the whole draft, so that one that is lost is made
//! good by the next. Beats pause while a page is hidden or the other side is not heard; that shows.
//! What was seen cannot be taken back, and a member's page may show it for longer than ours does.

use std::collections::VecDeque;

use stillroom_program::Timestamp;
use zeroize::Zeroizing;

use super::ChatOutput;
use crate::{
    conversation::{ConversationEvent, Live, LiveKind, LiveStep, Typed, Written},
    envelope::Content,
    limits::{LIVE_EVERY, LIVE_OFFER_LASTS, LIVE_TEXT_MAX, LIVE_UNHEARD, TYPING_LASTS},
};

/// Stands for what came before the end of a long draft.
const BEFORE: &str = "…";

/// How far it has come. Only an agreement holds words, and drops them with itself.
enum State {
    Off,
    Asked { kind: LiveKind, until: Timestamp },
    Offered { kind: LiveKind },
    On(Agreed),
}

/// What both agreed to, and the beats of both.
struct Agreed {
    kind: LiveKind,
    draft: Zeroizing<String>,
    /// When a key last changed the draft into what is not nothing.
    typed: Option<Timestamp>,
    /// When the next beat is due.
    due: Timestamp,
    sent: u32,
    /// When the other side was last heard, of anything.
    heard: Timestamp,
    /// The newest beat of theirs.
    newest: u32,
    shown: Typed,
}

/// One chat's agreement.
pub(crate) struct Shared {
    /// The newest offer, of either side.
    turn: u32,
    state: State,
    outputs: VecDeque<ChatOutput>,
}

impl Shared {
    pub(crate) fn new() -> Self {
        Self { turn: 0, state: State::Off, outputs: VecDeque::new() }
    }

    // What the person does.

    /// Takes a step. What to say to the other side; nothing where the step is not one from here.
    pub(crate) fn take(&mut self, step: LiveStep, now: Timestamp) -> Option<Content> {
        let next = match (step, &self.state) {
            (LiveStep::Offer { kind }, State::Off) => {
                self.turn = self.turn.saturating_add(1);
                State::Asked { kind, until: now + LIVE_OFFER_LASTS }
            }
            (LiveStep::Accept, &State::Offered { kind }) => State::On(Agreed::new(kind, now)),
            (LiveStep::Stop, State::Asked { .. } | State::Offered { .. } | State::On(_)) => {
                State::Off
            }
            _ => return None,
        };
        self.go_to(next);
        Some(Content::Live { turn: self.turn, step })
    }

    /// What is in the message box now. Kept only where it is shown to the other side.
    pub(crate) fn set_draft(&mut self, text: &str, now: Timestamp) {
        if let State::On(agreed) = &mut self.state {
            agreed.typed = (!text.is_empty()).then_some(now);
            agreed.draft = Zeroizing::new(match agreed.kind {
                LiveKind::Typing => String::new(),
                LiveKind::Text => end_of(text),
            });
        }
    }

    /// Ends it on this side alone: there is nobody to tell any more.
    pub(crate) fn drop_agreement(&mut self) {
        if !matches!(self.state, State::Off) {
            self.go_to(State::Off);
        }
    }

    // What the other side says.

    /// A step of the other side's, about the offer `turn`.
    pub(crate) fn handle_step(&mut self, turn: u32, step: LiveStep, now: Timestamp) {
        let is_new = turn > self.turn;
        if turn < self.turn {
            return;
        }
        self.turn = turn;
        let next = match (step, &self.state) {
            (LiveStep::Offer { kind }, _) if is_new => State::Offered { kind },
            // Both offered at once: to what shows less, both have agreed.
            (LiveStep::Offer { kind }, State::Asked { kind: own, .. }) => {
                State::On(Agreed::new(kind.min(*own), now))
            }
            (LiveStep::Accept, &State::Asked { kind, .. }) if !is_new => {
                State::On(Agreed::new(kind, now))
            }
            (LiveStep::Stop, State::Asked { .. } | State::Offered { .. } | State::On(_)) => {
                State::Off
            }
            _ => return,
        };
        self.go_to(next);
    }

    /// A beat of the other side's. One that is late, or of no agreement, is nothing.
    pub(crate) fn handle_beat(&mut self, turn: u32, number: u32, typing: bool, draft: &str) {
        let State::On(agreed) = &mut self.state else {
            return;
        };
        if turn != self.turn || number <= agreed.newest {
            return;
        }
        agreed.newest = number;
        let typed = match agreed.kind {
            LiveKind::Typing if typing => Typed::Something,
            LiveKind::Text if !draft.is_empty() => Typed::Text(Written::new(draft)),
            LiveKind::Typing | LiveKind::Text => Typed::Nothing,
        };
        self.show(typed);
    }

    /// The other side sent what they had typed.
    pub(crate) fn handle_sent(&mut self) {
        self.show(Typed::Nothing);
    }

    /// The other side said something, whatever it is: it is there, and reads what is sent.
    pub(crate) fn handle_heard(&mut self, now: Timestamp) {
        match &mut self.state {
            State::On(agreed) if now < agreed.unheard() => agreed.heard = now,
            _ => self.wake(now),
        }
    }

    /// Beats can go on: the page is in sight again, or the other side is back.
    pub(crate) fn wake(&mut self, now: Timestamp) {
        if let State::On(agreed) = &mut self.state {
            agreed.heard = now;
            agreed.due = now + LIVE_EVERY;
        }
    }

    // Time, and what comes out.

    /// What is to be said by now. Whether beats can be sent at all is for the chat to know (`ready`).
    pub(crate) fn handle_timeout(&mut self, ready: bool, now: Timestamp) -> Option<Content> {
        match &mut self.state {
            State::Asked { until, .. } if *until <= now => self.take(LiveStep::Stop, now),
            State::On(agreed) if agreed.unheard() <= now => {
                self.show(Typed::Nothing);
                None
            }
            State::On(agreed) if ready && agreed.due <= now => Some(agreed.beat(self.turn, now)),
            _ => None,
        }
    }

    pub(crate) fn poll_timeout(&self, ready: bool) -> Option<Timestamp> {
        match &self.state {
            State::Off | State::Offered { .. } => None,
            State::Asked { until, .. } => Some(*until),
            State::On(agreed) => {
                let unheard = agreed.unheard();
                let beat = (ready && agreed.due < unheard).then_some(agreed.due);
                beat.or_else(|| (agreed.shown != Typed::Nothing).then_some(unheard))
            }
        }
    }

    /// What the page is to show.
    pub(crate) fn poll_output(&mut self) -> Option<ChatOutput> {
        self.outputs.pop_front()
    }

    /// Whether what is typed is shown to the other side.
    pub(crate) fn is_on(&self) -> bool {
        matches!(self.state, State::On(_))
    }

    /// How far it has come.
    fn live(&self) -> Live {
        match &self.state {
            State::Off => Live::Off,
            State::Asked { kind, .. } => Live::Asked(*kind),
            State::Offered { kind } => Live::Offered(*kind),
            State::On(agreed) => Live::On(agreed.kind),
        }
    }

    fn go_to(&mut self, next: State) {
        self.show(Typed::Nothing);
        self.state = next;
        let live = ConversationEvent::Live(self.live());
        self.outputs.push_back(ChatOutput::Conversation(live));
    }

    fn show(&mut self, typed: Typed) {
        if let State::On(agreed) = &mut self.state
            && agreed.shown != typed
        {
            agreed.shown = typed.clone();
            self.outputs.push_back(ChatOutput::Conversation(ConversationEvent::Typed(typed)));
        }
    }
}

impl Agreed {
    fn new(kind: LiveKind, now: Timestamp) -> Self {
        Self {
            kind,
            draft: Zeroizing::default(),
            typed: None,
            due: now + LIVE_EVERY,
            sent: 0,
            heard: now,
            newest: 0,
            shown: Typed::Nothing,
        }
    }

    fn unheard(&self) -> Timestamp {
        self.heard + LIVE_UNHEARD
    }

    /// The beat that is due. Those that a late timer missed are left out: one more would tell nothing newer.
    fn beat(&mut self, turn: u32, now: Timestamp) -> Content {
        while self.due <= now {
            self.due = self.due + LIVE_EVERY;
        }
        self.sent = self.sent.saturating_add(1);
        Content::Beat {
            turn,
            number: self.sent,
            typing: self.typed.is_some_and(|at| now < at + TYPING_LASTS).into(),
            draft: self.draft.as_str().try_into().unwrap_or_default(),
        }
    }
}

/// As much of the end of a text as is shown.
fn end_of(text: &str) -> String {
    if text.len() <= LIVE_TEXT_MAX {
        return text.into();
    }
    let from = text.len() - (LIVE_TEXT_MAX - BEFORE.len());
    let end = (from..).find_map(|at| text.get(at..)).unwrap_or_default();
    [BEFORE, end].concat()
}

#[cfg(test)]
mod tests;
