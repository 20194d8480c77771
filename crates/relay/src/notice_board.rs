//! What hangs on the door: the policy that the pages show, brought up to date at each moment at which what
//! they say of the hours changes, by the relay's own clock (`features.md` 1.2, 5.7).
//!
//! Pages are filled at those moments, never for a request. Whether somebody is on duty is not known here: the
//! pages are filled for both.

use std::sync::Arc;

use stillroom_program::{Calendar, LocaleFile, Policy, Timestamp};
use tokio::sync::{Mutex, Notify};
use tokio::time::sleep_until;

use crate::clock::Clock;
use crate::pages::{Pages, PagesError};

/// The policy that is shown.
pub(crate) struct NoticeBoard {
    pages: Arc<Pages>,
    clock: Clock,
    /// Held while the pages are filled, so that an older state never comes after a newer one.
    shown: Mutex<Option<Shown>>,
    changed: Notify,
}

/// A policy, and what it takes to show it.
pub(crate) struct Notice {
    /// What it says.
    pub(crate) policy: Policy,
    /// What it says in other languages.
    pub(crate) files: Vec<LocaleFile>,
    /// When.
    pub(crate) calendar: Calendar,
}

struct Shown {
    notice: Arc<Notice>,
    /// Until when it is true.
    until: Timestamp,
}

impl NoticeBoard {
    /// A board with nothing on it.
    pub(crate) fn new(pages: Arc<Pages>, clock: Clock) -> Self {
        Self { pages, clock, shown: Mutex::default(), changed: Notify::new() }
    }

    /// Shows this policy from now on.
    ///
    /// # Errors
    /// [`PagesError`]; what was shown before stays.
    pub(crate) async fn put_up(&self, notice: Notice) -> Result<(), PagesError> {
        let mut shown = self.shown.lock().await;
        *shown = Some(self.fill(Arc::new(notice)).await?);
        self.changed.notify_one();
        Ok(())
    }

    /// Brings the pages up to date whenever that is due, for as long as the relay runs.
    pub(crate) async fn keep_current(self: Arc<Self>) {
        loop {
            let until = self.shown.lock().await.as_ref().map(|shown| shown.until);
            tokio::select! {
                () = self.changed.notified() => {}
                () = self.wait(until) => self.refill().await,
            }
        }
    }

    async fn wait(&self, until: Option<Timestamp>) {
        match until {
            Some(until) => sleep_until(self.clock.instant(until).into()).await,
            None => std::future::pending().await,
        }
    }

    /// Until when chats start under the policy that is up; Unix seconds. Nothing before one is.
    pub(crate) async fn policy_expires(&self) -> Option<u64> {
        self.shown.lock().await.as_ref().map(|shown| shown.notice.policy.terms.expires)
    }

    /// Which version of the policy is up.
    pub(crate) async fn policy_version(&self) -> Option<u64> {
        self.shown.lock().await.as_ref().map(|shown| shown.notice.policy.terms.version)
    }

    async fn refill(&self) {
        let mut shown = self.shown.lock().await;
        if let Some(shown) = &mut *shown {
            match self.fill(Arc::clone(&shown.notice)).await {
                Ok(filled) => *shown = filled,
                // It was filled before: nothing but the time differs. The next moment may do better.
                Err(error) => {
                    tracing::error!(%error, "the pages cannot be brought up to date");
                    shown.until = shown.notice.calendar.next_moment(self.clock.now());
                }
            }
        }
    }

    async fn fill(&self, notice: Arc<Notice>) -> Result<Shown, PagesError> {
        let (pages, now) = (Arc::clone(&self.pages), self.clock.now());
        let fill = move || {
            let Notice { policy, files, calendar } = &*notice;
            pages.show(policy, files, calendar, now)?;
            Ok(Shown { until: calendar.next_moment(now), notice })
        };
        tokio::task::spawn_blocking(fill).await.unwrap_or(Err(PagesError::Interrupted))
    }
}
