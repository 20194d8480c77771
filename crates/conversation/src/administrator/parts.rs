//! Getting the parts of the policy that greetings leave out, and making the whole of them.
//!
//! A relay can keep a part back, or give what was signed with another policy, which is passed over; it cannot put in a
//! word of its own.

use stillroom_program::{Guidance, Page, Policy, VerifiedPolicy};
use stillroom_protocol::{ClientFrame, Operation, Reply};

/// The numbers of the two requests; those of publishing are higher.
const PAGE: u32 = 1;
const GUIDANCE: u32 = 2;

/// The number of requests that read the record of administrative acts.
pub(super) const RECORD: u32 = 3;

/// The highest of them.
pub(super) const LAST_REQUEST: u32 = RECORD;

/// What is here of the policy with this hash.
#[derive(Default)]
pub(super) struct Parts {
    of: [u8; 32],
    page: Option<Page>,
    guidance: Option<Guidance>,
}

impl Parts {
    /// Asks for what is not here.
    pub(super) fn ask(&mut self, policy: Option<&VerifiedPolicy>) -> Vec<ClientFrame> {
        let Some(policy) = policy else {
            return Vec::new();
        };
        if policy.hash() != self.of {
            *self = Self { of: policy.hash(), ..Self::default() };
        }
        let parts = [
            (self.page.is_none(), PAGE, Operation::Page),
            (self.guidance.is_none(), GUIDANCE, Operation::Guidance),
        ];
        let missing = parts.into_iter().filter(|(missing, ..)| *missing);
        missing.map(|(_, number, operation)| ClientFrame::Request { number, operation }).collect()
    }

    /// An answer. The whole policy, where this was what was missing. What does not belong to this policy is nothing:
    /// where it was just replaced, the greeting with the new one is on its way, and this is asked again.
    pub(super) fn handle_reply(
        &mut self,
        number: u32,
        reply: &Reply,
        policy: Option<&VerifiedPolicy>,
    ) -> Option<Policy> {
        let (Reply::Records { records }, Some(policy)) = (reply, policy) else {
            return None;
        };
        let record = records.first()?;
        match number {
            PAGE if self.page.is_none() => self.page = Some(policy.page(record).ok()?),
            GUIDANCE if self.guidance.is_none() => {
                self.guidance = Some(policy.guidance(record).ok()?);
            }
            _ => return None,
        }
        let (page, guidance) = (self.page.clone()?, self.guidance.clone()?);
        Some(Policy { terms: (**policy).clone(), page, guidance })
    }
}
