//! The driver of what stands before the console: opening the device that this browser keeps for the desk. Where there is
//! none, the desk is the place to begin.

use stillroom_conversation::DeskSetup;
use stillroom_program::{Fingerprint, Roles};
use stillroom_staff_web::draw::prelude::*;

use crate::clock::Clock;
use crate::console::Console;
use crate::kept;
use crate::lock::{Lock, Opened};

/// What is shown.
#[derive(Clone, Copy)]
#[allow(
    clippy::large_enum_variant,
    reason = "handles to what is shown at the console; there is one screen, copied when it changes"
)]
pub(crate) enum Screen {
    /// This browser keeps no device.
    NoDevice,
    /// Asking for what opens it.
    Unlock,
    /// The device that is kept here is not an administrator's. It does not connect: that would take its desk off the line.
    NotAdministrator,
    /// The console.
    Console(Console),
}

/// The gate. Copied into every handler.
#[derive(Clone, Copy)]
pub(crate) struct Gate {
    /// What is shown.
    pub(crate) screen: RwSignal<Screen>,
    /// What opens this device.
    pub(crate) lock: Lock,
}

impl Gate {
    /// Looks what this visit is.
    pub(crate) fn open() -> Self {
        let screen = if kept::load().is_some() { Screen::Unlock } else { Screen::NoDevice };
        Self { screen: RwSignal::new(screen), lock: Lock::new() }
    }

    /// Shows the console of this device, if it is an administrator's.
    pub(crate) fn enter(self, opened: Opened) {
        if !opened.device.chain.leaf().roles.contains(Roles::ADMINISTRATOR) {
            self.screen.set(Screen::NotAdministrator);
            return;
        }
        // A page without its root, which no relay renders, trusts nobody: no fingerprint is all zeros.
        let root = document()
            .document_element()
            .and_then(|html| html.get_attribute("data-root")?.parse().ok())
            .unwrap_or(Fingerprint([0; 32]));
        self.lock.hold(Some(opened.wrapped));
        let setup = DeskSetup { root, device: opened.device };
        self.screen.set(Screen::Console(Console::open(setup, Clock::start())));
    }
}
