//! What the desk keeps in the browser: this device, wrapped under its passkey or its passphrase (`features.md` 5.1),
//! on an administrator's the public key by which they know their host, and the newest entry that was seen of the record of
//! administrative acts. The names in the browser's storage say nothing of what it is.
//!
//! Whoever takes the device can copy it and guess at a passphrase, slowed by Argon2id alone; what a
//! revoked device opens is nothing.

use data_encoding::BASE64URL_NOPAD;
use wasm_bindgen::JsValue;
use web_sys::Storage;

use crate::browser::{location, window};

/// Under which name it is kept.
const NAME: &str = "k";

/// The wrapped device that this browser keeps, if any that can be read.
pub fn load() -> Option<Vec<u8>> {
    from_text(&storage()?.get_item(NAME).ok()??)
}

/// Keeps a wrapped device in place of what was there. Whether the browser did.
pub fn save(wrapped: &[u8]) -> bool {
    let text = BASE64URL_NOPAD.encode(wrapped);
    storage().is_some_and(|storage| storage.set_item(NAME, &text).is_ok())
}

/// What is kept beside the device. None of it is secret.
#[derive(Clone, Copy)]
pub enum Beside {
    /// The host's public key.
    Host,
    /// The newest entry of the record of administrative acts.
    Record,
    /// Entries of two such records.
    Proof,
}

impl Beside {
    /// Under which name it is kept.
    const fn name(self) -> &'static str {
        match self {
            Self::Host => "h",
            Self::Record => "r",
            Self::Proof => "p",
        }
    }
}

/// What is kept of this, if any that can be read.
pub fn load_beside(what: Beside) -> Option<Vec<u8>> {
    from_text(&storage()?.get_item(what.name()).ok()??)
}

/// Keeps this. A browser that does not believes anew what it is shown next.
pub fn save_beside(what: Beside, bytes: &[u8]) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(what.name(), &BASE64URL_NOPAD.encode(bytes));
    }
}

/// Whether this browser keeps anything: some refuse to, and it is better known before an invitation is
/// used up.
pub fn is_possible() -> bool {
    const TRY: &str = "t";
    storage().is_some_and(|storage| {
        storage.set_item(TRY, TRY).is_ok() && storage.remove_item(TRY).is_ok()
    })
}

/// Asks that it is kept for good: some browsers delete what a page stored after a week without a visit. Some ask
/// the person, and whether they do it is their own affair.
pub fn ask_for_good() {
    let _ = window().navigator().storage().persist();
}

fn from_text(text: &str) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(text.as_bytes()).ok().filter(|wrapped| !wrapped.is_empty())
}

fn storage() -> Option<Storage> {
    window().local_storage().ok()?
}

/// Takes the part after `#` out of the address, and out of this entry of the history.
pub fn forget_link() {
    let Ok(history) = window().history() else {
        return;
    };
    let path = location().pathname().unwrap_or_else(|_| "/".into());
    // Fails only where a page changes its address without end.
    let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_wrapped_device_is_not_read() {
        assert_eq!(from_text(&BASE64URL_NOPAD.encode(&[1, 2, 250])), Some(vec![1, 2, 250]));
        for text in ["", "*", "é"] {
            assert_eq!(from_text(text), None, "{text}");
        }
    }
}
