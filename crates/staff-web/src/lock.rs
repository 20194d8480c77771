//! What opens the device that this browser keeps, first when the page is opened and again after it was locked
//! (`features.md` 5.1).
//!
//! The passphrase, or the passkey's secret, is held while it is tried, and no longer. Keys that are opened again at a
//! locked page are dropped at once: those at work were never away.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use stillroom_program::{Device, Passkey, PassphraseError};
use wasm_bindgen_futures::spawn_local;
use zeroize::Zeroizing;

use crate::draw::prelude::*;
use crate::kept;
use crate::passkey::{self, NoSecret};
use crate::tries::wait_after;

/// Time for the browser to draw "this takes a few seconds" before Argon2id holds the page up.
const DRAW_FIRST: Duration = Duration::from_millis(60);

/// Whether a passkey is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// It is not.
    Not,
    /// It is, now.
    Now,
    /// It was, and the text of this name says why nothing came of it.
    InVain(&'static str),
}

/// What a locked page asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A practice desk: nothing.
    None,
    /// A passphrase.
    Passphrase,
    /// A passkey.
    Passkey,
}

impl Key {
    /// What this wrapped device asks for.
    fn of(wrapped: &[u8]) -> Self {
        if Passkey::of(wrapped).is_some() { Self::Passkey } else { Self::Passphrase }
    }

    /// What the device that is kept here asks for.
    pub fn kept() -> Self {
        kept::load().as_deref().map_or(Self::Passphrase, Self::of)
    }
}

/// A device that was opened, and the wrapping that it came from.
pub struct Opened {
    /// The device.
    pub device: Device,
    /// What a passphrase or a passkey opens.
    pub wrapped: Vec<u8>,
}

/// The lock of one page. Copied into every handler.
#[derive(Clone, Copy)]
pub struct Lock {
    /// Whether keys are being made or opened under a passphrase.
    pub busy: RwSignal<bool>,
    /// What was wrong with the last try.
    pub wrong: RwSignal<Option<&'static str>>,
    /// Whether the person's passkey is asked for.
    pub asking: RwSignal<Asking>,
    /// So many seconds the next try waits.
    pub waits: RwSignal<Option<u64>>,
    shell: StoredValue<Rc<Shell>, LocalStorage>,
}

struct Shell {
    /// What the passphrase or the passkey opens: as it was when this page opened it, so that nobody at a locked page
    /// can put another in its place. Nothing at a practice desk.
    wrapped: RefCell<Option<Vec<u8>>>,
    /// Wrong passphrases, one after another.
    wrong: Cell<u32>,
}

impl Lock {
    /// A lock of which nothing was tried yet.
    pub fn new() -> Self {
        let shell = Shell { wrapped: RefCell::new(None), wrong: Cell::new(0) };
        Self {
            busy: RwSignal::new(false),
            wrong: RwSignal::new(None),
            asking: RwSignal::new(Asking::Not),
            waits: RwSignal::new(None),
            shell: StoredValue::new_local(Rc::new(shell)),
        }
    }

    /// Opens the device that is kept here with this passphrase.
    pub fn open(self, passphrase: Zeroizing<String>, then: impl FnOnce(Opened) + 'static) {
        self.after_drawing(move || {
            let wrapped = kept::load().unwrap_or_default();
            if let Some(device) = self.open_wrapped(&wrapped, &passphrase) {
                then(Opened { device, wrapped });
            }
        });
    }

    /// Opens the device that is kept here with its passkey.
    pub fn open_with_passkey(self, then: impl FnOnce(Opened) + 'static) {
        self.while_asked(async move || {
            let wrapped = kept::load().unwrap_or_default();
            if let Some(device) = self.ask_passkey(&wrapped).await {
                then(Opened { device, wrapped });
            }
        });
    }

    /// What opens this page again once it is locked; nothing at a practice desk.
    pub fn hold(self, wrapped: Option<Vec<u8>>) {
        self.shell.with_value(|shell| *shell.wrapped.borrow_mut() = wrapped);
    }

    /// What this page asks for once it is locked.
    pub fn key(self) -> Key {
        self.shell.with_value(|shell| shell.wrapped.borrow().as_deref().map_or(Key::None, Key::of))
    }

    /// Opens a locked page again, where this is its passphrase.
    pub fn open_again(self, passphrase: Zeroizing<String>, then: impl FnOnce() + 'static) {
        self.after_drawing(move || {
            let wrapped = self.held();
            let opens = |wrapped: Vec<u8>| self.open_wrapped(&wrapped, &passphrase).is_some();
            if wrapped.is_none_or(opens) {
                then();
            }
        });
    }

    /// Opens a locked page again, where its passkey is given.
    pub fn open_again_with_passkey(self, then: impl FnOnce() + 'static) {
        self.while_asked(async move || {
            let wrapped = self.held().unwrap_or_default();
            if self.ask_passkey(&wrapped).await.is_some() {
                then();
            }
        });
    }

    /// Shows that it takes a moment, then does it.
    pub fn after_drawing(self, work: impl FnOnce() + 'static) {
        if self.is_busy() {
            return;
        }
        self.wrong.set(None);
        self.busy.set(true);
        set_timeout(
            move || {
                work();
                self.busy.set(false);
            },
            DRAW_FIRST,
        );
    }

    /// Says that the device asks, while it does.
    pub fn while_asked(self, work: impl AsyncFnOnce() + 'static) {
        if self.is_busy() {
            return;
        }
        self.asking.set(Asking::Now);
        spawn_local(async move {
            work().await;
            self.asking.update(|asking| {
                if *asking == Asking::Now {
                    *asking = Asking::Not;
                }
            });
        });
    }

    /// Whether something else has to be over before anything can be tried.
    pub fn is_busy(self) -> bool {
        self.busy.get() || self.waits.get().is_some() || self.asking.get() == Asking::Now
    }

    fn held(self) -> Option<Vec<u8>> {
        self.shell.with_value(|shell| shell.wrapped.borrow().clone())
    }

    async fn ask_passkey(self, wrapped: &[u8]) -> Option<Device> {
        let secret = match Passkey::of(wrapped) {
            Some(passkey) => passkey::ask(&passkey).await,
            None => Err(NoSecret::None),
        };
        let device = secret.map_err(NoSecret::does_not_open).and_then(|secret| {
            Device::unwrap_with_passkey(wrapped, &secret).map_err(|_| "unlock-damaged")
        });
        device.map_err(|text| self.asking.set(Asking::InVain(text))).ok()
    }

    fn open_wrapped(self, wrapped: &[u8], passphrase: &str) -> Option<Device> {
        match Device::unwrap_with_passphrase(wrapped, passphrase) {
            Ok(device) => {
                self.shell.with_value(|shell| shell.wrong.set(0));
                return Some(device);
            }
            Err(PassphraseError::Wrong) => self.slow_down(),
            Err(_) => self.wrong.set(Some("unlock-damaged")),
        }
        None
    }

    /// The passphrase was wrong: the next try waits, the longer the more there were.
    fn slow_down(self) {
        self.wrong.set(Some("unlock-wrong"));
        let wrong = self.shell.with_value(|shell| {
            shell.wrong.set(shell.wrong.get().saturating_add(1));
            shell.wrong.get()
        });
        if let Some(wait) = wait_after(wrong) {
            self.waits.set(Some(wait.as_secs()));
            set_timeout(move || self.waits.set(None), wait);
        }
    }
}

impl Default for Lock {
    fn default() -> Self {
        Self::new()
    }
}
