//! A device in a link or a file, for programs that are thrown away and for tests.
//!
//! Whoever has either is that member of staff. A real device lives in its browser, under a passkey or a
//! passphrase, and is never written out like this.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use stillroom_program::Device;
use zeroize::Zeroizing;

use super::RelayAddress;
use crate::failure::Failure;

/// The link of a desk with this device in it.
pub(crate) fn write(origin: &str, device: &Device) -> String {
    let bytes = device.to_bytes();
    format!("{}/#device={}", origin.trim_end_matches('/'), URL_SAFE_NO_PAD.encode(&*bytes))
}

/// The relay and the device in such a link.
pub(crate) fn read(link: &str) -> Result<(RelayAddress, Device), Failure> {
    let address = link.parse().map_err(|error| {
        Failure::new(format!("This is no link to a desk: {error}."), "Copy the whole link.")
    })?;
    let device = part(link, "#device=").ok_or_else(|| {
        Failure::new(
            "There is no device in this link.",
            "Take the desk's link that `stillroom demo` prints, with everything after the #.",
        )
    })?;
    Ok((address, from_bytes(&device)?))
}

/// The device that was written to a file.
pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Device, Failure> {
    Device::from_bytes(bytes).map_err(|error| {
        Failure::new(format!("The device cannot be used: {error}."), "Make it anew.")
    })
}

/// The bytes after `mark` in a link.
pub(crate) fn part(link: &str, mark: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (_, text) = link.split_once(mark)?;
    URL_SAFE_NO_PAD.decode(text.trim()).ok().map(Zeroizing::new)
}
