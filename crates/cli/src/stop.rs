//! How a person or a service manager asks a command to stop.

use crate::failure::Failure;

/// The system's ways of asking.
pub(crate) struct Stop {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 3],
}

/// Takes over Ctrl-C and, on Unix, SIGTERM and the end of the terminal: from now on none of them ends the
/// process by itself.
pub(crate) fn listen() -> Result<Stop, Failure> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let refused = |error: std::io::Error| {
            Failure::new(
                format!("The system does not pass signals on: {error}."),
                "Look at the limits that this program runs under.",
            )
        };
        let signals = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let [interrupt, terminate, hang_up] = signals.map(signal);
        Ok(Stop {
            signals: [
                interrupt.map_err(refused)?,
                terminate.map_err(refused)?,
                hang_up.map_err(refused)?,
            ],
        })
    }
    #[cfg(not(unix))]
    Ok(Stop {})
}

impl Stop {
    /// Waits until one of them is used, or used again.
    pub(crate) async fn asked(&mut self) {
        #[cfg(unix)]
        {
            let [interrupt, terminate, hang_up] = &mut self.signals;
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hang_up.recv() => {}
            }
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}
