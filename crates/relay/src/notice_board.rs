//! What hangs on the door: the policy that the pages show, brought up to date at each moment at which what
//! they say of the hours changes, by the relay's own clock (`features.md` 1.2, 5.7).
//!
//! Pages are filled at those moments, never for a request. Whether somebody is on duty is not known here: the
//! pages are filled for both.

use std::sync::Arc;

use stillroom_program::{Calendar, Policy, Timestamp};
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

struct Shown {
    policy: Arc<(Policy, Calendar)>,
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
    pub(crate) async fn put_up(
        &self,
        policy: Policy,
        calendar: Calendar,
    ) -> Result<(), PagesError> {
        let mut shown = self.shown.lock().await;
        *shown = Some(self.fill(Arc::new((policy, calendar))).await?);
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

    async fn refill(&self) {
        let mut shown = self.shown.lock().await;
        if let Some(shown) = &mut *shown {
            match self.fill(Arc::clone(&shown.policy)).await {
                Ok(filled) => *shown = filled,
                // It was filled before: nothing but the time differs. The next moment may do better.
                Err(error) => {
                    tracing::error!(%error, "the pages cannot be brought up to date");
                    shown.until = shown.policy.1.next_moment(self.clock.now());
                }
            }
        }
    }

    async fn fill(&self, policy: Arc<(Policy, Calendar)>) -> Result<Shown, PagesError> {
        let (pages, now) = (Arc::clone(&self.pages), self.clock.now());
        let fill = move || {
            let (said, calendar) = &*policy;
            pages.show(said, calendar, now)?;
            Ok(Shown { until: calendar.next_moment(now), policy })
        };
        tokio::task::spawn_blocking(fill).await.unwrap_or(Err(PagesError::Interrupted))
    }
}
