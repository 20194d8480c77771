//! What becomes of a policy that is to follow another one (`features.md` 5.6).

use crate::limits::POLICY_LASTS_MAX;
use crate::policy::Policy;
use crate::time::Timestamp;

/// Seconds of a day.
const DAY: u64 = 24 * 60 * 60;

/// What becomes of the notices of an older policy that is brought back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldNotices {
    /// They are gone: what they told of is over.
    Dropped,
    /// They are said again, as they were.
    Kept,
}

impl Policy {
    /// This policy as the one that follows `older`: its version is the next, it holds from the beginning of today
    /// (UTC) for as long as it was meant to, and its answers are sealed to the same key. To be called on what was
    /// edited or merged, just before it is signed.
    ///
    /// Until when it holds is left as it was written, unless that is over or too far off: then it holds for the time
    /// that lay between its dates, 400 days at most.
    #[must_use]
    pub fn following(mut self, older: &Self, now: Timestamp) -> Self {
        let terms = &mut self.terms;
        let meant =
            terms.expires.saturating_sub(terms.issued).clamp(DAY, POLICY_LASTS_MAX.as_secs());
        let today = now.seconds() / DAY * DAY;
        let is_over = terms.expires <= now.seconds();
        let is_far = terms.expires.saturating_sub(today) > POLICY_LASTS_MAX.as_secs();
        if is_over || is_far {
            terms.expires = today.saturating_add(meant);
        }
        terms.version = older.terms.version.saturating_add(1);
        terms.issued = today;
        match older.terms.report_key.clone().or_else(|| self.terms.report_key.clone()) {
            Some(key) => self.with_report_key(&key),
            None => self,
        }
    }

    /// What this older policy said, as one that follows `newest`. Its dates are new.
    #[must_use]
    pub fn brought_back(mut self, newest: &Self, notices: OldNotices, now: Timestamp) -> Self {
        if notices == OldNotices::Dropped {
            self.page.notices = stillroom_wire::List::default();
        }
        let lasts = self.terms.expires.saturating_sub(self.terms.issued);
        self.terms.issued = now.seconds() / DAY * DAY;
        self.terms.expires = self.terms.issued.saturating_add(lasts);
        self.following(newest, now)
    }
}
