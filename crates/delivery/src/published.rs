//! What the program has published and this core was told: its policy, the list of revoked devices, and
//! the greeting that carries both (`features.md` 1.2, 5.1).
//!
//! Both come here verified. A survivor's page verifies them again, to its own pinned root, and so notices
//! a relay that invents them; one that keeps an old one it notices within a day.

use std::sync::Arc;
use std::time::Duration;

use stillroom_program::{VerifiedPolicy, VerifiedRevocations};
use stillroom_protocol::limits::{POLICY_MAX, REVOCATIONS_MAX, STATEMENT_MAX};
use stillroom_protocol::{Bytes, RelayFrame, VERSION, encode};

use crate::limits::PLACE_KEPT;

/// The program's published records, as far as frames need them.
pub(crate) struct Published {
    policy: Option<VerifiedPolicy>,
    signed_policy: Bytes<POLICY_MAX>,
    revocations: VerifiedRevocations,
    signed_revocations: Bytes<REVOCATIONS_MAX>,
    /// The greeting of now, encoded once for everybody who says `Hello`.
    greeting: Option<Arc<[u8]>>,
}

impl Published {
    pub(crate) fn nothing() -> Self {
        Self {
            policy: None,
            signed_policy: Bytes::default(),
            revocations: VerifiedRevocations::none(),
            signed_revocations: Bytes::default(),
            greeting: None,
        }
    }

    pub(crate) fn set_policy(&mut self, signed: Bytes<POLICY_MAX>, policy: VerifiedPolicy) {
        self.policy = Some(policy);
        self.signed_policy = signed;
        self.greeting = None;
    }

    pub(crate) fn set_revocations(
        &mut self,
        signed: Bytes<REVOCATIONS_MAX>,
        revocations: VerifiedRevocations,
    ) {
        self.revocations = revocations;
        self.signed_revocations = signed;
        self.greeting = None;
    }

    pub(crate) fn policy(&self) -> Option<&VerifiedPolicy> {
        self.policy.as_ref()
    }

    /// How long a place is kept whose survivor's line dropped.
    pub(crate) fn line_kept(&self) -> Duration {
        self.policy.as_ref().map_or(PLACE_KEPT, |policy| {
            Duration::from_secs(u64::from(policy.timers.line_kept) * 60)
        })
    }

    pub(crate) fn revocations(&self) -> &VerifiedRevocations {
        &self.revocations
    }

    /// How many records there are, and their bytes, with those of the greeting that carries them.
    pub(crate) fn size(&self) -> (usize, usize) {
        let records = [self.signed_policy.len(), self.signed_revocations.len()];
        let greeting = self.greeting.as_ref().map_or(0, |greeting| greeting.len());
        let count = records.iter().filter(|bytes| **bytes > 0).count();
        (count, records.iter().sum::<usize>() + greeting)
    }

    /// The duty statement changed, and with it the next greeting.
    pub(crate) fn forget_greeting(&mut self) {
        self.greeting = None;
    }

    /// The greeting of now.
    pub(crate) fn greeting(&mut self, statement: &Bytes<STATEMENT_MAX>) -> Arc<[u8]> {
        if let Some(greeting) = &self.greeting {
            return Arc::clone(greeting);
        }
        let encoded: Arc<[u8]> = encode(&RelayFrame::Greeting {
            version: VERSION,
            policy: self.signed_policy.clone(),
            revocations: self.signed_revocations.clone(),
            statement: statement.clone(),
        })
        .into();
        self.greeting = Some(Arc::clone(&encoded));
        encoded
    }
}
