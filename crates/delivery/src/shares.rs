//! Who comes from the same place, without the place: fair shares of what is scarce (`features.md` 6.6;
//! `decisions/0019`).
//!
//! The shell names where a connection comes from by a hash under a key that it replaces every ten minutes. What is
//! known under such a name is only what stands now, how many connections and places, and for half an hour that
//! somebody from there was turned away. A share slows and tells; nobody is refused because of one, since a shelter,
//! a library and a telephone network each look like one person from here. Not protected against: whoever comes
//! from many places has many shares, and whoever reads the relay's memory finds the key beside the names, as they
//! find the sockets of those who are connected.

use core::fmt;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use stillroom_program::Timestamp;
use stillroom_protocol::limits::TURNED_AWAY_BYTES;
use stillroom_protocol::{Bytes, TurnedAwayNote};

use crate::limits::{TURNED_AWAY_KEPT, TURNED_AWAY_MAX};

/// Where a connection comes from, under one of the shell's keys.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ShareName {
    /// The key's number. Later keys have greater ones.
    pub generation: u32,
    /// The hash.
    pub hash: [u8; 16],
}

/// Where a connection comes from, under each of the keys that the shell still has.
#[derive(Clone)]
pub struct Share {
    newest: ShareName,
    older: Vec<ShareName>,
}

impl Share {
    /// The name under the newest key, and those under older ones.
    pub fn new(newest: ShareName, older: Vec<ShareName>) -> Self {
        Self { newest, older }
    }

    /// All names, that under the newest key first.
    pub fn names(&self) -> impl Iterator<Item = &ShareName> {
        core::iter::once(&self.newest).chain(&self.older)
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Share")
    }
}

/// The core's own number for a share, for as long as anything of it stands. Never used twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ShareId(u64);

impl fmt::Debug for ShareId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShareId")
    }
}

/// That somebody was turned away: when, and the sealed word why.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    at: Timestamp,
    note: Arc<Bytes<TURNED_AWAY_BYTES>>,
}

impl Mark {
    /// What staff are told of it.
    pub(crate) fn to_note(&self, now: Timestamp) -> TurnedAwayNote {
        let ago = now.checked_since(self.at).as_secs();
        let ago = u32::try_from(ago).unwrap_or(u32::MAX);
        TurnedAwayNote { ago, note: Bytes::clone(&self.note) }
    }
}

/// What stands of one share.
pub(crate) struct Held {
    /// Under the newest key that anybody came with: older ones need not be kept for it.
    name: ShareName,
    connections: usize,
    places: usize,
    /// The turn in which the first who waits of it is served.
    turn: u32,
    mark: Option<Mark>,
}

impl Held {
    fn is_over(&self) -> bool {
        self.connections == 0 && self.places == 0 && self.mark.is_none()
    }
}

/// Every share of which anything stands. No more than there are connections, places and notes.
#[derive(Default)]
pub(crate) struct Shares {
    named: BTreeMap<ShareName, ShareId>,
    held: BTreeMap<ShareId, Held>,
    last: u64,
}

impl Shares {
    /// A connection comes from there. What stood under an older name goes on under the newest.
    pub(crate) fn enter(&mut self, share: &Share) -> ShareId {
        let known = share.names().find_map(|name| self.named.get(name).copied());
        let id = known.unwrap_or_else(|| self.add(share.newest));
        if let Some(held) = self.held.get_mut(&id) {
            held.connections += 1;
            if held.name < share.newest {
                self.named.remove(&held.name);
                held.name = share.newest;
                self.named.insert(held.name, id);
            }
        }
        id
    }

    fn add(&mut self, name: ShareName) -> ShareId {
        self.last = self.last.saturating_add(1);
        let id = ShareId(self.last);
        self.named.insert(name, id);
        self.held.insert(id, Held { name, connections: 0, places: 0, turn: 0, mark: None });
        id
    }

    /// A connection from there is gone.
    pub(crate) fn leave(&mut self, id: ShareId) {
        self.change(id, |held| held.connections = held.connections.saturating_sub(1));
    }

    /// Somebody from there takes a place, none of theirs being served before `turn`.
    pub(crate) fn take_place(&mut self, id: ShareId, turn: u32) {
        self.change(id, |held| {
            if held.places == 0 {
                held.turn = held.turn.max(turn);
            }
            held.places += 1;
        });
    }

    /// A place from there is gone.
    pub(crate) fn give_place_back(&mut self, id: ShareId) {
        self.change(id, |held| held.places = held.places.saturating_sub(1));
    }

    /// One of those from there is served, which was their turn; gives back which turn that was.
    pub(crate) fn serve(&mut self, id: ShareId) -> u32 {
        let turn = self.turn(id);
        self.change(id, |held| held.turn = turn.saturating_add(1));
        turn
    }

    /// Somebody from there was turned away. Until when that is known, and another share that is to be forgotten for it.
    pub(crate) fn mark(
        &mut self,
        id: ShareId,
        note: Bytes<TURNED_AWAY_BYTES>,
        now: Timestamp,
    ) -> (Timestamp, Option<ShareId>) {
        let mark = Mark { at: now, note: Arc::new(note) };
        self.change(id, |held| held.mark = Some(mark));
        let marked = self.held.iter().filter_map(|(id, held)| Some((held.mark.as_ref()?.at, *id)));
        let full = marked.clone().count() > TURNED_AWAY_MAX;
        (now + TURNED_AWAY_KEPT, marked.min().filter(|_| full).map(|(_, oldest)| oldest))
    }

    /// Nothing is known of that any more.
    pub(crate) fn forget_mark(&mut self, id: ShareId) {
        self.change(id, |held| held.mark = None);
    }

    /// That somebody from there was turned away lately, if so.
    pub(crate) fn turned_away(&self, id: ShareId) -> Option<Mark> {
        self.held.get(&id)?.mark.clone()
    }

    fn change(&mut self, id: ShareId, change: impl FnOnce(&mut Held)) {
        let Some(held) = self.held.get_mut(&id) else {
            return;
        };
        change(held);
        if held.is_over() {
            self.named.remove(&held.name);
            self.held.remove(&id);
        }
    }

    /// The turn in which the first who waits from there is served.
    pub(crate) fn turn(&self, id: ShareId) -> u32 {
        self.held.get(&id).map_or(0, |held| held.turn)
    }

    /// How many connections and places stand from there.
    pub(crate) fn standing(&self, id: ShareId) -> usize {
        self.held.get(&id).map_or(0, |held| held.connections.saturating_add(held.places))
    }

    /// The keys under which anything that stands would be known again.
    pub(crate) fn generations(&self) -> BTreeSet<u32> {
        self.held.values().map(|held| held.name.generation).collect()
    }
}

impl Shares {
    /// How many shares there are of which anything stands, and how many of them are marked.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.held.len(), self.held.values().filter(|held| held.mark.is_some()).count())
    }
}

#[cfg(test)]
impl Shares {
    pub(crate) fn len(&self) -> usize {
        assert_eq!(self.named.len(), self.held.len());
        self.held.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Place number `place` under the keys from `newest` down to `oldest`.
    fn share(place: u8, newest: u32, oldest: u32) -> Share {
        let name = |generation| ShareName { generation, hash: [place; 16] };
        Share::new(name(newest), (oldest..newest).rev().map(name).collect())
    }

    #[test]
    fn a_share_is_known_again_under_a_newer_key_and_from_then_on_by_that_alone() {
        let mut shares = Shares::default();
        let first = shares.enter(&share(1, 4, 4));
        let again = shares.enter(&share(1, 6, 4));
        assert_eq!(first, again);
        assert_eq!(shares.generations(), BTreeSet::from([6]));
        assert_eq!(shares.enter(&share(1, 7, 6)), first);
        assert_eq!(shares.len(), 1);
    }

    #[test]
    fn without_the_key_that_it_was_named_under_it_is_another() {
        let mut shares = Shares::default();
        let first = shares.enter(&share(1, 4, 4));
        assert_ne!(shares.enter(&share(1, 6, 5)), first);
    }

    #[test]
    fn nothing_is_left_of_whoever_is_gone() {
        let mut shares = Shares::default();
        let id = shares.enter(&share(1, 4, 4));
        shares.take_place(id, 0);
        shares.leave(id);
        assert_eq!(shares.len(), 1, "a place is kept while a line is down");
        shares.give_place_back(id);
        assert_eq!(shares.len(), 0);
        assert_eq!(shares.generations(), BTreeSet::new());
    }

    #[test]
    fn nothing_of_a_share_prints() {
        let shown =
            format!("{:?} {:?}", share(171, 3, 2), Shares::default().enter(&share(171, 3, 2)));
        assert_eq!(shown, "Share ShareId");
    }
}
