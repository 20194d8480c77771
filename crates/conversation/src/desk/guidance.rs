//! Getting what helps staff while they chat: the part of the policy that greetings leave out (`features.md` 3.2,
//! 3.10, 3.11).
//!
//! A relay can keep it back, or give what was signed with another policy, which is passed over; it cannot put in a
//! word of its own.

use stillroom_program::{Guidance, VerifiedPolicy};
use stillroom_protocol::{ClientFrame, Operation, Reply, Text, limits::MESSAGE_TEXT_MAX};

/// The number of its request: duty counts its own from 1.
pub(crate) const REQUEST: u32 = 0;

/// What this desk has of it.
#[derive(Default)]
pub(crate) struct OwnGuidance {
    /// The hash of the policy that it belongs to.
    held: Option<[u8; 32]>,
    /// What is said to whoever is turned away; empty where the program says nothing.
    turned_away: Text<MESSAGE_TEXT_MAX>,
}

impl OwnGuidance {
    /// Asks for what belongs to this policy, where it is not here; the relay has let this device in.
    pub(crate) fn ask(&self, policy: Option<&VerifiedPolicy>) -> Option<ClientFrame> {
        let is_here = policy.is_none_or(|policy| self.held == Some(policy.hash()));
        let (number, operation) = (REQUEST, Operation::Guidance);
        (!is_here).then_some(ClientFrame::Request { number, operation })
    }

    /// What is said to whoever is turned away, where something is.
    pub(crate) fn said_to_turned_away(&self) -> Option<Text<MESSAGE_TEXT_MAX>> {
        (!self.turned_away.is_empty()).then(|| self.turned_away.clone())
    }

    /// The answer. What does not belong to this policy is nothing: where the policy was just replaced, the greeting
    /// with the new one is on its way, and this is asked again.
    pub(crate) fn handle_reply(
        &mut self,
        reply: &Reply,
        policy: Option<&VerifiedPolicy>,
    ) -> Option<Guidance> {
        let (Reply::Records { records }, Some(policy)) = (reply, policy) else {
            return None;
        };
        let guidance = policy.guidance(records.first()?).ok()?;
        self.held = Some(policy.hash());
        self.turned_away = guidance.turned_away.as_str().try_into().unwrap_or_default();
        Some(guidance)
    }
}
