//! Lists: which entry of one is which entry of another, and in what order they stand once they are joined.

use alloc::string::{String, ToString as _};
use alloc::vec;
use alloc::vec::Vec;

use super::super::tree::Node;
use super::{Merging, Side, Three, named, said};

/// Which entry it is, in whichever of the three lists it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Id {
    /// The one with this name, counted where a name is there more than once.
    Named(String, usize),
    /// The one that stands there in the list that both started from.
    At(usize),
    /// One that is new and says this, counted where it is there more than once.
    New(Node, usize),
}

/// Whether two entries are taken for the same one.
type Likeness = fn(&Node, &Node) -> bool;

/// A list, each entry with what it is known by.
type Entries<'a> = Vec<(Id, &'a Node)>;

impl Merging<'_> {
    pub(super) fn list(&mut self, field: &str, most: usize, all: Three<'_>) -> Option<Node> {
        let [base, mine, theirs] = [all.base, all.mine, all.theirs].map(entries_of);
        let before = self.conflicts.len();
        let (base, mine, theirs) = known(base, mine, theirs);
        let order = self.order(field, all, &base, &mine, &theirs);
        let mut entries = Vec::new();
        for id in order {
            let of = |list: &Entries<'_>| list.iter().position(|(other, _)| *other == id);
            let at = |list| of(list).and_then(|at| list.get(at)).map(|(_, node)| *node);
            let all = Three { base: at(&base), mine: at(&mine), theirs: at(&theirs) };
            entries.extend(self.merge(&entry_name(field, &id), all));
        }
        if entries.len() > most {
            // Both together are too many: which of the lists it is to be is one choice.
            self.conflicts.truncate(before);
            return self.conflict(field, all);
        }
        Some(Node::List { most, entries })
    }

    /// The order of all that either has. What neither moved keeps its place; what is new stands behind what it was
    /// put behind.
    fn order(
        &mut self,
        field: &str,
        all: Three<'_>,
        base: &Entries<'_>,
        mine: &Entries<'_>,
        theirs: &Entries<'_>,
    ) -> Vec<Id> {
        let everywhere = |id: &Id| [base, mine, theirs].iter().all(|list| has(list, id));
        let common = |list: &Entries<'_>| -> Vec<Id> {
            list.iter().map(|(id, _)| id.clone()).filter(everywhere).collect()
        };
        let [from, to_mine, to_theirs] = [base, mine, theirs].map(common);
        let lead = if to_mine == to_theirs || to_theirs == from {
            to_mine
        } else if to_mine == from {
            to_theirs
        } else {
            self.order_conflict(field, all, to_mine, to_theirs)
        };
        let (mine, theirs) = (behind(mine, &lead), behind(theirs, &lead));
        let mut order: Vec<Id> = Vec::new();
        for anchor in [None].into_iter().chain(lead.iter().map(Some)) {
            let additions = joined(of_anchor(&mine, anchor), of_anchor(&theirs, anchor));
            for id in anchor.into_iter().chain(&additions) {
                if !order.contains(id) {
                    order.push(id.clone());
                }
            }
        }
        order
    }

    /// Both moved entries, each otherwise.
    fn order_conflict(
        &mut self,
        field: &str,
        all: Three<'_>,
        mine: Vec<Id>,
        theirs: Vec<Id>,
    ) -> Vec<Id> {
        let field = named(field, "(their order)");
        let chosen = self.choices.get(&field).copied();
        let said = |node: Option<&Node>| node.map(said);
        self.conflicts.push(super::Conflict {
            field,
            base: said(all.base),
            mine: said(all.mine),
            theirs: said(all.theirs),
            chosen,
        });
        if chosen == Some(Side::Theirs) { theirs } else { mine }
    }
}

fn entries_of(list: Option<&Node>) -> &[Node] {
    match list {
        Some(Node::List { entries, .. }) => entries,
        _ => &[],
    }
}

fn has(list: &Entries<'_>, id: &Id) -> bool {
    list.iter().any(|(other, _)| other == id)
}

/// Each entry of the three lists with what it is known by: its name, if all have one.
fn known<'a>(
    base: &'a [Node],
    mine: &'a [Node],
    theirs: &'a [Node],
) -> (Entries<'a>, Entries<'a>, Entries<'a>) {
    let all_named = [base, mine, theirs].into_iter().flatten().all(|entry| name(entry).is_some());
    if all_named {
        return (by_name(base), by_name(mine), by_name(theirs));
    }
    let at = base.iter().enumerate().map(|(at, entry)| (Id::At(at), entry));
    (at.collect(), by_what_they_say(base, mine), by_what_they_say(base, theirs))
}

/// What an entry is called in its list, if it has such a name.
fn name(entry: &Node) -> Option<&str> {
    let part = entry.part("id").or_else(|| entry.part("tag")).or_else(|| entry.part("date"))?;
    match part {
        Node::Text(name) | Node::Plain(name) => Some(name),
        Node::Table(_) | Node::List { .. } => None,
    }
}

fn by_name(list: &[Node]) -> Entries<'_> {
    let name = |entry| name(entry).unwrap_or_default();
    let before = |at: usize| list.iter().take(at);
    let id = |(at, entry): (usize, _)| {
        let same = before(at).filter(|other| name(other) == name(entry)).count();
        (Id::Named(name(entry).to_string(), same), entry)
    };
    list.iter().enumerate().map(id).collect()
}

/// Entries without names are the same if they say the same; else if most of what they say is; else if what is looked at
/// first is. Single texts that are left over on both sides were changed, one after the other.
fn by_what_they_say<'a>(base: &[Node], side: &'a [Node]) -> Entries<'a> {
    let mut ids: Vec<Option<usize>> = vec![None; side.len()];
    let same: [Likeness; 4] = [
        |one, other| one == other,
        say_mostly_the_same,
        |one, other| mark(one).is_some_and(|mark_of_one| mark(other) == Some(mark_of_one)),
        |one, other| matches!((one, other), (Node::Text(_), Node::Text(_))),
    ];
    for is_same in same {
        for (entry, at) in side.iter().enumerate() {
            let free = |number: &usize| !ids.contains(&Some(*number));
            let is_known = ids.get(entry).is_some_and(Option::is_some);
            let found = base.iter().enumerate().filter(|(number, _)| free(number));
            let found =
                found.filter(|(_, other)| is_same(at, other)).map(|(number, _)| number).next();
            if let (false, Some(id)) = (is_known, ids.get_mut(entry)) {
                *id = found;
            }
        }
    }
    let new = |at: usize, entry: &Node| {
        let before = side.iter().zip(&ids).take(at);
        before.filter(|(other, id)| id.is_none() && *other == entry).count()
    };
    let id = |(at, (entry, id)): (usize, (&'a Node, &Option<usize>))| match id {
        Some(number) => (Id::At(*number), entry),
        None => (Id::New(entry.clone(), new(at, entry)), entry),
    };
    side.iter().zip(&ids).enumerate().map(id).collect()
}

/// Whether at least half of the parts of an entry are those of another.
fn say_mostly_the_same(one: &Node, other: &Node) -> bool {
    let Node::Table(parts) = one else {
        return false;
    };
    let same = parts.iter().filter(|(name, part)| other.part(name) == Some(part)).count();
    same * 2 >= parts.len()
}

/// What of an entry without a name is looked at first.
fn mark(entry: &Node) -> Option<&Node> {
    ["label", "days", "details", "kind"].into_iter().find_map(|part| entry.part(part))
}

/// Every entry that is not among the leading ones, with the leading one that it stands behind.
fn behind<'a>(list: &Entries<'_>, lead: &'a [Id]) -> Vec<(Option<&'a Id>, Id)> {
    let mut anchor = None;
    let mut all = Vec::new();
    for (id, _) in list {
        match lead.iter().find(|leading| *leading == id) {
            Some(leading) => anchor = Some(leading),
            None => all.push((anchor, id.clone())),
        }
    }
    all
}

fn of_anchor(all: &[(Option<&Id>, Id)], anchor: Option<&Id>) -> Vec<Id> {
    all.iter().filter(|(behind, _)| *behind == anchor).map(|(_, id)| id.clone()).collect()
}

/// Both additions, each entry once; the same whichever is called mine.
fn joined(mine: Vec<Id>, theirs: Vec<Id>) -> Vec<Id> {
    let (mut first, second) = if mine <= theirs { (mine, theirs) } else { (theirs, mine) };
    for id in second {
        if !first.contains(&id) {
            first.push(id);
        }
    }
    first
}

/// What a list's entry is called, counted from 1 where it has no name.
fn entry_name(field: &str, id: &Id) -> String {
    match id {
        Id::Named(name, 0) => alloc::format!("{field} {name:?}"),
        Id::Named(name, again) => alloc::format!("{field} {name:?} (again, {again})"),
        Id::At(number) => alloc::format!("{field} {}", number + 1),
        Id::New(..) => alloc::format!("{field} (new)"),
    }
}
