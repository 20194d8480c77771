//! Closing at once, and opening again: the next version of a policy, with a notice or without (`features.md` 5.7).
//!
//! Everything else in it stays as it is, its end as well. That it is published over the version that it was made from is
//! for whoever keeps policies to see to: the number is the next one, and can be given once.

use alloc::vec::Vec;
use core::fmt;

use stillroom_wire::List;

use crate::limits::NOTICES_MAX;
use crate::policy::Policy;
use crate::policy::hours::Notice;
use crate::time::Timestamp;

/// A policy has room for so many notices and no more, and those that it has are all for later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoticesFull;

impl fmt::Display for NoticesFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the policy has as many notices for later as it can hold")
    }
}

impl core::error::Error for NoticesFull {}

impl Policy {
    /// The next version, in which this notice holds in the place of those that hold now. Those for later stay; those that
    /// are over are dropped.
    ///
    /// # Errors
    /// [`NoticesFull`].
    pub fn closed_with(&self, notice: Notice, now: Timestamp) -> Result<Self, NoticesFull> {
        let notices = core::iter::once(notice).chain(self.for_later(now)).collect::<Vec<_>>();
        Ok(self.next_with(notices.try_into().map_err(|_| NoticesFull)?))
    }

    /// The next version, in which no notice holds now. Those for later stay.
    #[must_use]
    pub fn reopened(&self, now: Timestamp) -> Self {
        // No more than there were.
        let notices = self.for_later(now).collect::<Vec<_>>().try_into().unwrap_or_default();
        self.next_with(notices)
    }

    /// The notices that hold now.
    pub fn notices_now(&self, now: Timestamp) -> impl Iterator<Item = &Notice> {
        self.page.notices.iter().filter(move |notice| notice.holds(now.seconds()))
    }

    fn for_later(&self, now: Timestamp) -> impl Iterator<Item = Notice> {
        let later = move |notice: &&Notice| notice.from.is_some_and(|from| from > now.seconds());
        self.page.notices.iter().filter(later).cloned()
    }

    fn next_with(&self, notices: List<Notice, NOTICES_MAX>) -> Self {
        let mut next = self.clone();
        next.page.notices = notices;
        next.terms.version = self.terms.version.saturating_add(1);
        next
    }
}
