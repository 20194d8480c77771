//! What the service manager is told (`sd_notify`): a word on a socket whose name is in the environment. Where none is,
//! nobody asked.

use std::convert::Infallible;
use std::ffi::OsStr;
use std::future::pending;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

/// Whoever watches over this process, if anybody does.
pub(crate) struct Manager {
    told: Option<(UnixDatagram, SocketAddr)>,
    /// Within how long a sign of life is due.
    alive_within: Option<Duration>,
}

impl Manager {
    /// The one that the environment names.
    pub(crate) fn of_environment() -> Self {
        let told = std::env::var_os("NOTIFY_SOCKET").and_then(|name| {
            let address = address(&name)?;
            Some((UnixDatagram::unbound().ok()?, address))
        });
        let number = |name| std::env::var(name).ok()?.parse::<u64>().ok();
        let mine = number("WATCHDOG_PID").is_none_or(|pid| pid == u64::from(std::process::id()));
        let alive_within = number("WATCHDOG_USEC").filter(|within| mine && *within > 0);
        Self { told, alive_within: alive_within.map(Duration::from_micros) }
    }

    /// Whoever comes is served from now on.
    pub(crate) fn ready(&self) {
        self.tell("READY=1");
    }

    /// Nobody is let in any more.
    pub(crate) fn stopping(&self) {
        self.tell("STOPPING=1");
    }

    /// Gives signs of life in time, each after `look` came back: a relay that hangs gives none.
    pub(crate) async fn tell_alive(&self, look: impl Fn()) -> Infallible {
        let Some(within) = self.alive_within else {
            return pending().await;
        };
        let mut signs = interval((within / 3).max(Duration::from_millis(1)));
        signs.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            signs.tick().await;
            look();
            self.tell("WATCHDOG=1");
        }
    }

    fn tell(&self, word: &str) {
        if let Some((socket, address)) = &self.told {
            // A manager that went away is told nothing, and takes nothing from anybody.
            let _ = socket.send_to_addr(word.as_bytes(), address);
        }
    }
}

/// A path, or on Linux a name that is in no folder.
fn address(name: &OsStr) -> Option<SocketAddr> {
    #[cfg(target_os = "linux")]
    if let Some(name) = name.as_encoded_bytes().strip_prefix(b"@") {
        use std::os::linux::net::SocketAddrExt as _;
        return SocketAddr::from_abstract_name(name).ok();
    }
    SocketAddr::from_pathname(name).ok()
}
