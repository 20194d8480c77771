//! The program's notices, at the desk: that chat was closed, and what survivors read of it (`features.md` 5.7).
//!
//! They stand in the part of the policy that people read, which greetings leave out. A relay can keep it back, or give
//! what was signed with another policy, which is passed over; it cannot close a program by a word of its own.

use stillroom_program::{Notice, VerifiedPolicy};
use stillroom_protocol::{ClientFrame, Operation, Reply};

/// The number of its request: duty counts its own from 1.
pub(super) const REQUEST: u32 = u32::MAX - 9;

/// What this desk has of them.
#[derive(Default)]
pub(super) struct OwnNotices {
    /// The hash of the policy that they belong to.
    held: Option<[u8; 32]>,
}

impl OwnNotices {
    /// Asks for those of this policy, where they are not here; the relay has let this device in.
    pub(super) fn ask(&self, policy: Option<&VerifiedPolicy>) -> Option<ClientFrame> {
        let is_here = policy.is_none_or(|policy| self.held == Some(policy.hash()));
        let (number, operation) = (REQUEST, Operation::Page);
        (!is_here).then_some(ClientFrame::Request { number, operation })
    }

    /// The answer. What does not belong to this policy is nothing: where the policy was just replaced, the greeting with
    /// the new one is on its way, and this is asked again.
    pub(super) fn handle_reply(
        &mut self,
        reply: &Reply,
        policy: Option<&VerifiedPolicy>,
    ) -> Option<Vec<Notice>> {
        let (Reply::Records { records }, Some(policy)) = (reply, policy) else {
            return None;
        };
        let page = policy.page(records.first()?).ok()?;
        self.held = Some(policy.hash());
        Some(page.notices.into_vec())
    }
}
