//! Places for connections that ask for something short, and who gives way when all are taken (`features.md` 6.6).
//!
//! A connection that asks for pages has a place until it is answered or has become a line. Somebody who opens many and
//! says nothing, or reads as slowly as is allowed, would have every place for as long as each may last. So nobody waits
//! for one: where all are taken, whoever came first gives way, of those of whom very many come from one address where
//! there are such. A shelter's or a library's visitors are far fewer, and are treated like anybody. Nobody is refused,
//! and nothing is remembered of a connection that is gone. Not protected against: whoever comes from very many
//! addresses, and so fast that a place is taken again before a page has left.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use stillroom_delivery::ShareName;
use tokio::sync::oneshot;

use crate::allotment::{Allotment, Taken};
use crate::shares::ShareKey;

/// So many from one address are very many: more than open a page at the same moment in a shelter, a library or an
/// office. Where a server stands before the relay all come from there, and whoever came first gives way.
const VERY_MANY: usize = 50;

/// The places of one listener.
pub(crate) struct Places {
    most: usize,
    /// What the program may have of the process's.
    of_process: Allotment,
    /// Under which addresses are told apart, here alone.
    key: ShareKey,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    last: u64,
    /// In the order in which they came.
    all: BTreeMap<u64, Holder>,
    from: BTreeMap<ShareName, BTreeSet<u64>>,
}

struct Holder {
    from: ShareName,
    _of_process: Taken,
    /// Dropped when the place is another's.
    _stays: oneshot::Sender<()>,
}

/// A place, until it is dropped.
pub(crate) struct Place {
    number: u64,
    places: Arc<Places>,
    given_away: oneshot::Receiver<()>,
}

impl Places {
    /// So many, and no more than what the program may have `of_process`.
    pub(crate) fn new(most: usize, of_process: Allotment) -> Arc<Self> {
        Arc::new(Self { most, of_process, key: ShareKey::draw(0), held: Mutex::default() })
    }

    /// A place for a connection from here. Nothing where there is none to be had, since others have all of the
    /// process's.
    pub(crate) fn take(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let from = self.key.name(address);
        let mut held = self.lock();
        if held.all.len() >= self.most {
            held.give_one_away();
        }
        let taken = self.of_process.take_one().or_else(|| {
            held.give_one_away();
            self.of_process.take_one()
        })?;
        let (stays, given_away) = oneshot::channel();
        held.last += 1;
        let number = held.last;
        held.all.insert(number, Holder { from, _of_process: taken, _stays: stays });
        held.from.entry(from).or_default().insert(number);
        drop(held);
        Some(Place { number, places: Arc::clone(self), given_away })
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn give_one_away(&mut self) {
        let of_very_many = self.from.values().filter(|of_one| of_one.len() >= VERY_MANY);
        let first = of_very_many.filter_map(BTreeSet::first).min().or(self.all.keys().next());
        if let Some(number) = first.copied() {
            self.remove(number);
        }
    }

    fn remove(&mut self, number: u64) {
        let Some(holder) = self.all.remove(&number) else {
            return;
        };
        if let Some(of_one) = self.from.get_mut(&holder.from) {
            of_one.remove(&number);
            if of_one.is_empty() {
                self.from.remove(&holder.from);
            }
        }
    }
}

impl Place {
    /// Waits until the place is another's.
    pub(crate) async fn given_away(&mut self) {
        // Nothing is ever sent: the sender goes.
        let _ = (&mut self.given_away).await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.lock().remove(self.number);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::allotment::Stocks;
    use crate::config::InAll;

    fn address(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    fn is_given_away(place: &mut Place) -> bool {
        !matches!(place.given_away.try_recv(), Err(oneshot::error::TryRecvError::Empty))
    }

    fn still_have_theirs(all: &mut [Place]) -> usize {
        all.iter_mut().map(|place| usize::from(!is_given_away(place))).sum()
    }

    #[test]
    fn whoever_comes_to_full_places_has_the_one_of_whoever_came_first() {
        let places = Places::new(2, Allotment::unbounded());
        let mut all: Vec<_> = (0..3).map(|one| places.take(address(one)).unwrap()).collect();
        let gone: Vec<_> = all.iter_mut().map(is_given_away).collect();
        assert_eq!(gone, [true, false, false]);
    }

    #[test]
    fn a_flood_from_one_address_gives_way_to_itself_and_to_everybody() {
        let places = Places::new(100, Allotment::unbounded());
        // Twenty in a shelter, who came before the flood.
        let mut shelter: Vec<_> = (0..20).map(|_| places.take(address(1)).unwrap()).collect();
        let mut flood = Vec::new();
        for _ in 0..1_000 {
            flood.push(places.take(address(2)).unwrap());
        }
        let mut late = places.take(address(3)).unwrap();
        flood.push(places.take(address(2)).unwrap());
        assert_eq!(still_have_theirs(&mut shelter), 20);
        assert!(!is_given_away(&mut late));
        assert_eq!(still_have_theirs(&mut flood), 100 - 20 - 1);
    }

    #[test]
    fn what_is_given_back_makes_room_and_nobody_gives_way() {
        let places = Places::new(2, Allotment::unbounded());
        let (mut first, second) = (places.take(address(1)).unwrap(), places.take(address(2)));
        drop(second);
        let _third = places.take(address(3)).unwrap();
        assert!(!is_given_away(&mut first));
    }

    #[test]
    fn a_program_whose_part_of_the_process_is_taken_makes_room_among_its_own() {
        let in_all = InAll { page_connections: 4, reserved: 100, ..InAll::default() };
        let stocks = Stocks::new(&in_all, 2);
        let [flooded, other] = [0, 1].map(|program| Places::new(9, stocks.portion(program).pages));
        let mut flood: Vec<_> = (0..5).map(|_| flooded.take(address(1)).unwrap()).collect();
        assert_eq!(still_have_theirs(&mut flood), 2);
        assert!(other.take(address(2)).is_some());
    }

    proptest! {
        #[test]
        fn there_are_never_more_than_may_be_and_whoever_comes_has_one(
            most in 1_usize..80,
            coming in prop::collection::vec((0_u8..4, any::<bool>()), 0..300),
        ) {
            let places = Places::new(most, Allotment::unbounded());
            let mut kept = Vec::new();
            for (from, goes) in coming {
                let mut place = places.take(address(from)).unwrap();
                prop_assert!(!is_given_away(&mut place));
                kept.push(place);
                if goes {
                    kept.swap_remove(0);
                }
                let held = places.lock();
                prop_assert!(held.all.len() <= most);
                prop_assert_eq!(held.all.len(), held.from.values().map(BTreeSet::len).sum::<usize>());
            }
        }
    }
}
