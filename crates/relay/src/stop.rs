//! How a relay stops: everybody learns of it, and the last to leave is waited for.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

/// The side that stops.
pub(crate) struct Stop {
    stopping: watch::Sender<bool>,
    running: mpsc::Sender<()>,
    ended: mpsc::Receiver<()>,
}

/// Held by whatever should be waited for.
#[derive(Clone)]
pub(crate) struct Running {
    _until_dropped: mpsc::Sender<()>,
}

/// Takes what others gave out, and ends with the last of it.
pub(crate) struct LastOf {
    stopping: Stopping,
    _running: Running,
}

/// Learns that the relay stops.
#[derive(Clone)]
pub(crate) struct Stopping(watch::Receiver<bool>);

impl Stop {
    pub(crate) fn new() -> Self {
        let (stopping, _) = watch::channel(false);
        let (running, ended) = mpsc::channel(1);
        Self { stopping, running, ended }
    }

    pub(crate) fn running(&self) -> Running {
        Running { _until_dropped: self.running.clone() }
    }

    pub(crate) fn stopping(&self) -> Stopping {
        Stopping(self.stopping.subscribe())
    }

    /// For whoever does what others gave out before the end.
    pub(crate) fn last_of(&self) -> LastOf {
        LastOf { stopping: self.stopping(), _running: self.running() }
    }

    /// Says that the relay stops.
    pub(crate) fn say(&self) {
        self.stopping.send_replace(true);
    }

    /// Waits until nobody holds a [`Running`].
    pub(crate) async fn wait(self) {
        let Self { running, mut ended, .. } = self;
        drop(running);
        let _nobody_left = ended.recv().await;
    }

    /// The same, though no longer than this. Whether nobody is left.
    pub(crate) async fn wait_at_most(self, long: Duration) -> bool {
        timeout(long, self.wait()).await.is_ok()
    }
}

impl Stopping {
    /// Waits until the relay stops.
    pub(crate) async fn wait(&mut self) {
        // An error means that the relay is gone altogether, which is a stop as well.
        let _ = self.0.wait_for(|stopping| *stopping).await;
    }
}

impl LastOf {
    /// The next of what was given out; once the relay stops, what is left of it, and then nothing.
    pub(crate) async fn next<T>(&mut self, given: &mut mpsc::Receiver<T>) -> Option<T> {
        tokio::select! {
            biased;
            next = given.recv() => next,
            () = self.stopping.wait() => {
                given.close();
                given.recv().await
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_given_out_before_the_end_is_done_and_waited_for() {
        let stop = Stop::new();
        let (give, mut given) = mpsc::channel(2);
        let mut last = stop.last_of();
        give.try_send(1).unwrap();
        give.try_send(2).unwrap();
        stop.say();
        let task = tokio::spawn(async move {
            let mut done = Vec::new();
            while let Some(next) = last.next(&mut given).await {
                done.push(next);
            }
            done
        });
        stop.wait().await;
        assert!(give.try_send(3).is_err());
        assert_eq!(task.await.unwrap(), [1, 2]);
    }

    #[tokio::test]
    async fn whoever_does_not_leave_is_not_waited_for_without_end() {
        let stop = Stop::new();
        let _stays = stop.running();
        stop.say();
        assert!(!stop.wait_at_most(Duration::from_millis(1)).await);
    }

    #[tokio::test]
    async fn the_last_to_leave_is_waited_for() {
        let stop = Stop::new();
        let (running, mut stopping) = (stop.running(), stop.stopping());
        let task = tokio::spawn(async move {
            stopping.wait().await;
            drop(running);
        });
        stop.say();
        stop.wait().await;
        task.await.unwrap();
    }
}
