//! A list of which each thing keeps what is drawn for it, wherever it moves to.

use reactive_graph::effect::RenderEffect;
use reactive_graph::owner::Owner;
use web_sys::Node;

use super::drawn::{Drawn, insert, mark, remove};
use super::view::{IntoView, View};

/// A row of a list that has just been looked at.
pub enum Row {
    /// It was there, at this place.
    Kept(usize),
    /// It is new, with whom its signals and effects belong to.
    New(Owner, View),
}

/// A row for each thing that `list` gives. What has the same `key` as something before keeps its row as it is;
/// `row` draws the others.
pub fn rows<T, K: PartialEq + 'static, V: IntoView>(
    mut list: impl FnMut() -> Vec<T> + 'static,
    key: impl Fn(&T) -> K + 'static,
    row: impl Fn(T) -> V + 'static,
) -> View {
    // A row outlives the next look at the list: it does not belong to the effect that looks.
    let parent = Owner::current();
    let mut before = Vec::new();
    View::Rows(Box::new(move || {
        let list = list();
        let keys: Vec<K> = list.iter().map(&key).collect();
        let kept = kept(&before, &keys);
        before = keys;
        let rows = list.into_iter().zip(kept).map(|(thing, kept)| match kept {
            Some(was) => Row::Kept(was),
            None => {
                let owner = parent.as_ref().map_or_else(Owner::new, Owner::child);
                let view = owner.with(|| row(thing).into_view());
                Row::New(owner, view)
            }
        });
        rows.collect()
    }))
}

/// Where each of `now` was before. Of several with the same key only one was.
fn kept<K: PartialEq>(before: &[K], now: &[K]) -> Vec<Option<usize>> {
    let mut taken = vec![false; before.len()];
    let places = now.iter().enumerate().map(|(at, key)| {
        let is_it = |was: &usize| before.get(*was) == Some(key) && taken.get(*was) == Some(&false);
        // Most stay where they are: a long list is not looked through for each.
        let was = Some(at).filter(is_it).or_else(|| (0..before.len()).find(is_it))?;
        if let Some(taken) = taken.get_mut(was) {
            *taken = true;
        }
        Some(was)
    });
    places.collect()
}

/// Which rows have to be moved, or put there: all but those that are in the order that they were in, from the end.
fn to_place(places: &[Option<usize>]) -> Vec<bool> {
    let mut behind = usize::MAX;
    let mut moved: Vec<bool> = places
        .iter()
        .rev()
        .map(|place| match place {
            Some(was) if *was < behind => {
                behind = *was;
                false
            }
            _ => true,
        })
        .collect();
    moved.reverse();
    moved
}

/// Rows in the page.
pub(super) struct Rows {
    /// Each with whom its signals and effects belong to, which end with it.
    rows: Vec<(Owner, Drawn)>,
    end: Node,
}

impl Rows {
    pub(super) fn of(mut list: Box<dyn FnMut() -> Vec<Row>>) -> RenderEffect<Self> {
        RenderEffect::new(move |rows: Option<Self>| {
            let mut rows = rows.unwrap_or_else(|| Self { rows: Vec::new(), end: mark() });
            rows.update(list());
            rows
        })
    }

    fn update(&mut self, list: Vec<Row>) {
        let places: Vec<_> = list
            .iter()
            .map(|row| match row {
                Row::Kept(was) => Some(*was),
                Row::New(..) => None,
            })
            .collect();
        let mut before: Vec<_> = std::mem::take(&mut self.rows).into_iter().map(Some).collect();
        let now = list.into_iter().filter_map(|row| match row {
            Row::Kept(was) => before.get_mut(was)?.take(),
            Row::New(owner, view) => {
                let drawn = owner.with(|| Drawn::of(view));
                Some((owner, drawn))
            }
        });
        self.rows = now.collect();
        for (_, gone) in before.iter().flatten() {
            gone.take_out();
        }
        // Nowhere yet when it is drawn for the first time.
        let Some(parent) = self.end.parent_node() else { return };
        let mut next = self.end.clone();
        for ((_, drawn), is_to_place) in self.rows.iter().zip(to_place(&places)).rev() {
            if is_to_place {
                drawn.put(&parent, Some(&next));
            }
            next = drawn.first().unwrap_or(next);
        }
    }

    pub(super) fn put(&self, parent: &Node, before: Option<&Node>) {
        for (_, drawn) in &self.rows {
            drawn.put(parent, before);
        }
        insert(parent, &self.end, before);
    }

    pub(super) fn first(&self) -> Option<Node> {
        self.rows.first().map_or_else(|| Some(self.end.clone()), |(_, drawn)| drawn.first())
    }

    pub(super) fn take_out(&self) {
        for (_, drawn) in &self.rows {
            drawn.take_out();
        }
        remove(&self.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_kept_wherever_its_thing_is_now() {
        assert_eq!(kept(&[1, 2, 3], &[3, 1, 4]), [Some(2), Some(0), None]);
    }

    #[test]
    fn of_two_things_with_one_key_only_one_has_the_row_from_before() {
        assert_eq!(kept(&[7], &[7, 7]), [Some(0), None]);
        assert_eq!(kept(&[1, 7], &[7, 7]), [Some(1), None]);
    }

    #[test]
    fn only_what_is_new_or_out_of_order_is_moved() {
        assert_eq!(to_place(&[Some(0), None, Some(1)]), [false, true, false]);
        assert_eq!(to_place(&[Some(2), Some(0), Some(1)]), [true, false, false]);
        assert_eq!(to_place(&[Some(1), Some(2)]), [false, false]);
    }
}
