//! What the part of the address after `#` brings: an invitation, an administrator's wrapped device, or the device of a
//! practice program.
//!
//! Browsers do not send that part to any server. Whoever sees the whole link can use it: an invitation
//! works once, and a practice device must never be one that survivors are told of.

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

/// What a link brings.
#[derive(PartialEq, Eq)]
pub enum Link {
    /// Nothing: an ordinary visit.
    Plain,
    /// An invitation's secret.
    Join(Zeroizing<[u8; 32]>),
    /// A whole device of a practice program.
    Device(Zeroizing<Vec<u8>>),
    /// An administrator's device, wrapped under its passphrase, to be kept here.
    Kept(Vec<u8>),
    /// Meant to bring something, and a part of it is missing.
    NotWhole,
}

impl Link {
    /// Reads a fragment, with or without its `#`.
    pub fn read(fragment: &str) -> Self {
        let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
        if let Some(secret) = fragment.strip_prefix("join=") {
            bytes(secret)
                .and_then(|bytes| <[u8; 32]>::try_from(&bytes[..]).ok())
                .map_or(Self::NotWhole, |secret| Self::Join(Zeroizing::new(secret)))
        } else if let Some(device) = fragment.strip_prefix("device=") {
            bytes(device).map_or(Self::NotWhole, Self::Device)
        } else if let Some(wrapped) = fragment.strip_prefix("kept=") {
            let whole = bytes(wrapped).filter(|wrapped| !wrapped.is_empty());
            whole.map_or(Self::NotWhole, |wrapped| Self::Kept(wrapped.to_vec()))
        } else {
            Self::Plain
        }
    }
}

fn bytes(encoded: &str) -> Option<Zeroizing<Vec<u8>>> {
    BASE64URL_NOPAD.decode(encoded.trim_end_matches('=').as_bytes()).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_is_read_whole_or_not_at_all() {
        let whole = format!("#join={}", BASE64URL_NOPAD.encode(&[7; 32]));
        assert!(Link::read(&whole) == Link::Join(Zeroizing::new([7; 32])));
        assert!(Link::read(&whole[..whole.len() - 3]) == Link::NotWhole);
        assert!(Link::read("#join=") == Link::NotWhole);
        assert!(Link::read("#join=***") == Link::NotWhole);
        assert!(Link::read("#kept=") == Link::NotWhole);
        let kept = format!("#kept={}", BASE64URL_NOPAD.encode(&[7; 90]));
        assert!(Link::read(&kept) == Link::Kept(vec![7; 90]));
    }

    #[test]
    fn an_ordinary_visit_brings_nothing() {
        assert!(Link::read("") == Link::Plain);
        assert!(Link::read("#top") == Link::Plain);
    }
}
