//! What is to be published, said of whatever policy holds: where another administrator published meanwhile, it is done to
//! theirs, and what both changed is asked.

use std::sync::Arc;

use stillroom_program::{Merge, Notice, Policy, Timestamp};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// This notice holds from now on.
    Close(Notice),
    /// No notice holds any more.
    Open,
    /// What was typed, with all that was published meanwhile.
    Draft {
        /// What was published when it was asked whether to publish.
        from: Arc<Policy>,
        /// What is to be.
        to: Arc<Policy>,
    },
}

impl Change {
    /// The next version of this policy.
    ///
    /// # Errors
    /// The name of the text that says why there is none.
    pub(crate) fn of(&self, policy: &Policy, now: Timestamp) -> Result<Policy, &'static str> {
        match self {
            Self::Close(notice) => {
                policy.closed_with(notice.clone(), now).map_err(|_| "console-notices-full")
            }
            Self::Open => Ok(policy.reopened(now)),
            Self::Draft { from, to } => {
                let merged = Merge::new(from, to, policy).policy();
                Ok(merged.map_err(|_| "console-theirs")?.following(policy, now))
            }
        }
    }
}

impl Change {
    /// What is to be, where that is a whole policy.
    pub(crate) fn to(&self) -> Option<&Arc<Policy>> {
        match self {
            Self::Draft { to, .. } => Some(to),
            Self::Close(_) | Self::Open => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stillroom_program::{NoticeKind, SAMPLE_POLICY};

    const NOW: Timestamp = Timestamp(1_795_000_000_000);

    fn sample() -> Policy {
        Policy::from_toml(SAMPLE_POLICY).unwrap()
    }

    fn new_hours() -> Change {
        let mut to = sample();
        to.page.hours.note = "We moved.".try_into().unwrap();
        Change::Draft { from: Arc::new(sample()), to: Arc::new(to) }
    }

    #[test]
    fn what_another_administrator_published_meanwhile_stays_where_it_is_about_something_else() {
        let text = "Our lines are down.".try_into().unwrap();
        let notice = Notice { kind: NoticeKind::Closed, text, from: None, until: None };
        let theirs = Change::Close(notice.clone()).of(&sample(), NOW).unwrap();
        let both = new_hours().of(&theirs, NOW).unwrap();
        assert_eq!(both.page.notices.to_vec(), [notice]);
        assert_eq!(both.page.hours.note.as_str(), "We moved.");
        assert_eq!(both.terms.version, 3);
    }

    #[test]
    fn what_another_administrator_changed_otherwise_meanwhile_is_not_written_over() {
        let mut theirs = sample();
        theirs.page.hours.note = "Other hours.".try_into().unwrap();
        assert_eq!(new_hours().of(&theirs, NOW), Err("console-theirs"));
    }
}
