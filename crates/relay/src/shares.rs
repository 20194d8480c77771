//! Where a connection comes from, made unrecognisable at the door (`features.md` 6.1, 6.6; `decisions/0019`).
//!
//! An address is hashed under a key that is drawn at random, held in memory alone and replaced every ten minutes;
//! what goes on into the core is the hash. An older key is kept only while something stands that would not be known
//! again without it, and two hours at most; then it is overwritten, and nothing leads from what was named under it
//! to an address any more. Not protected against: whoever reads the memory of a running relay can try every address
//! against the keys of that moment, as they can read the addresses of all open sockets from the system.

use std::collections::{BTreeSet, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;

use getrandom::SysRng;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand_core::{Rng as _, UnwrapErr};
use sha2::Sha256;
use stillroom_delivery::{Share, ShareName};
use tokio::time::sleep;
use zeroize::Zeroizing;

use crate::switchboard::Switchboard;

/// How long a key names whoever comes. Long enough that a page which reconnects is known by the same name, short
/// enough that a day's visits are not tied together.
const REPLACED_EVERY: Duration = Duration::from_secs(10 * 60);

/// Keys at once: two hours of them. Few chats are longer, and each connection is hashed under every one.
const KEYS_MAX: usize = 12;

/// Half an address of IPv6: what one household or office is given. The other half a device chooses itself.
const NETWORK_OF_V6: usize = 8;

/// A key under which addresses have names.
pub(crate) struct ShareKey {
    generation: u32,
    key: Zeroizing<[u8; 32]>,
}

impl ShareKey {
    pub(crate) fn draw(generation: u32) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        UnwrapErr(SysRng).fill_bytes(&mut *key);
        Self { generation, key }
    }

    /// What whoever is behind this address is called: all of one of IPv4, the network's half of one of IPv6.
    pub(crate) fn name(&self, address: IpAddr) -> ShareName {
        match address.to_canonical() {
            IpAddr::V4(address) => self.hash(&address.octets()),
            IpAddr::V6(address) => self.hash(&address.octets()[..NETWORK_OF_V6]),
        }
    }

    fn hash(&self, place: &[u8]) -> ShareName {
        let mut hash = [0; 16];
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&*self.key) {
            mac.update(place);
            hash.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        }
        ShareName { generation: self.generation, hash }
    }
}

/// The keys under which shares are named.
pub(crate) struct ShareKeys(RwLock<Kept>);

struct Kept {
    newest: ShareKey,
    /// The newer of them first.
    older: VecDeque<ShareKey>,
}

impl ShareKeys {
    /// Draws the first key, with this number. Relays that share a program begin with different ones, so that each
    /// learns which of its own are still in use.
    pub(crate) fn draw(first: u32) -> Self {
        Self(RwLock::new(Kept { newest: ShareKey::draw(first), older: VecDeque::new() }))
    }

    /// The share of whoever is behind this address: all of one of IPv4, the network's half of one of IPv6.
    pub(crate) fn share_of(&self, address: IpAddr) -> Share {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let older = kept.older.iter().map(|key| key.name(address));
        Share::new(kept.newest.name(address), older.collect())
    }

    /// Draws a new key. The one before stays, for whoever is on their way in under it, and those `in_use`.
    fn replace(&self, in_use: &BTreeSet<u32>) {
        let kept = &mut *self.0.write().unwrap_or_else(PoisonError::into_inner);
        let next = ShareKey::draw(kept.newest.generation.saturating_add(1));
        let before = core::mem::replace(&mut kept.newest, next);
        kept.older.retain(|key| in_use.contains(&key.generation));
        kept.older.push_front(before);
        kept.older.truncate(KEYS_MAX - 1);
    }

    /// Replaces the key whenever it is time, until the relay is gone.
    pub(crate) async fn keep_changing(this: Weak<Self>, switchboard: Arc<dyn Switchboard>) {
        loop {
            sleep(REPLACED_EVERY).await;
            let Some(keys) = this.upgrade() else { return };
            keys.replace(&switchboard.share_keys_in_use());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn share(keys: &ShareKeys, one: &str, other: &str) -> bool {
        let key = &keys.0.read().unwrap().newest;
        key.name(address(one)) == key.name(address(other))
    }

    fn generations(keys: &ShareKeys) -> Vec<u32> {
        let kept = keys.0.read().unwrap();
        [&kept.newest].into_iter().chain(&kept.older).map(|key| key.generation).collect()
    }

    #[test]
    fn a_household_is_one_share_whatever_its_devices_call_themselves() {
        let keys = ShareKeys::draw(1);
        assert!(share(&keys, "2001:db8:1:2:aaaa::1", "2001:db8:1:2:bbbb::9"));
        assert!(!share(&keys, "2001:db8:1:2::1", "2001:db8:1:3::1"));
        assert!(!share(&keys, "192.0.2.1", "192.0.2.2"));
        assert!(share(&keys, "192.0.2.1", "::ffff:192.0.2.1"), "one address, two ways to write it");
    }

    #[test]
    fn two_relays_name_nobody_alike() {
        let hash = || ShareKey::draw(1).name(address("192.0.2.1")).hash;
        assert_ne!(hash(), hash());
    }

    #[test]
    fn a_key_that_nothing_needs_goes_with_the_second_change() {
        let keys = ShareKeys::draw(1);
        keys.replace(&BTreeSet::new());
        assert_eq!(generations(&keys), [2, 1]);
        keys.replace(&BTreeSet::new());
        assert_eq!(generations(&keys), [3, 2]);
    }

    #[test]
    fn a_key_that_something_needs_stays_for_two_hours_at_most() {
        let keys = ShareKeys::draw(1);
        let in_use = BTreeSet::from([1]);
        for _ in 0..5 {
            keys.replace(&in_use);
        }
        assert_eq!(generations(&keys), [6, 5, 1]);
        let all = (1..100).collect();
        for _ in 0..20 {
            keys.replace(&all);
        }
        assert_eq!(generations(&keys).len(), KEYS_MAX);
        assert!(!generations(&keys).contains(&1));
    }
}
