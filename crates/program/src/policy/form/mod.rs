//! A policy as it stands in a form while somebody types: anything may stand in any field, and nothing typed is lost
//! (`features.md` 5.6).
//!
//! [`FORM`] says what there is to fill in. A [`PolicyDraft`] holds what is typed, [`PolicyDraft::unfit`] says what of it
//! no policy can say, [`PolicyDraft::nearest`] makes the policy that comes nearest, to be checked, compared and looked at,
//! and [`PolicyDraft::merged`] takes in what somebody else published meanwhile. Nothing is signed here.

mod fit;
mod merged;
mod schema;
#[cfg(test)]
mod tests;
mod value;

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

pub use self::fit::{Unfit, Why};
pub use self::schema::{FORM, FieldKind, FormField, FormPart};
use self::value::{Entry, Value};
use super::tree::Node;
use crate::policy::Policy;

/// What a draft keeps as it is: it is edited elsewhere, or follows from publishing.
const KEPT: [&str; 4] = ["version", "issued", "hours", "notices"];

/// Where a field stands. An entry of a list is told by its number, which stays the same wherever it is moved.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldAt(Vec<Step>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Step {
    Field(&'static str),
    Entry(u32),
}

impl FieldAt {
    /// A field of the policy.
    #[must_use]
    pub fn field(name: &'static str) -> Self {
        Self(Vec::from([Step::Field(name)]))
    }

    /// The entry of this number in the list that stands here.
    #[must_use]
    pub fn entry(&self, number: u32) -> Self {
        self.then(Step::Entry(number))
    }

    /// A field of the entry that stands here; the entry itself where it is a single value, whose field has no name.
    #[must_use]
    pub fn part(&self, name: &'static str) -> Self {
        if name.is_empty() { self.clone() } else { self.then(Step::Field(name)) }
    }

    fn then(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

/// A policy while it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyDraft {
    /// Each field of [`FORM`], in its order.
    fields: Vec<(&'static str, Value)>,
    /// What is not typed here.
    kept: Vec<(&'static str, Node)>,
    /// The number of the next entry.
    next: u32,
}

impl PolicyDraft {
    /// What this policy says. The entries of equal policies have equal numbers.
    #[must_use]
    pub fn of(policy: &Policy) -> Self {
        Self::of_tree(&Node::of(policy))
    }

    fn of_tree(tree: &Node) -> Self {
        let mut next = 0;
        let fields = all_fields()
            .map(|field| (field.name, Value::of(field, at_path(tree, field.name), &mut next)))
            .collect();
        let kept = KEPT.iter().filter_map(|name| Some((*name, tree.part(name)?.clone())));
        Self { fields, kept: kept.collect(), next }
    }

    /// What stands in this field; nothing where it is a list, or not there.
    pub fn said(&self, at: &FieldAt) -> Option<&str> {
        match self.value(at)? {
            Value::Said(said) => Some(said),
            Value::List(_) | Value::Fields(_) => None,
        }
    }

    /// Puts something else there.
    pub fn say(&mut self, at: &FieldAt, said: String) {
        if let Some(Value::Said(place)) = self.value_mut(at) {
            *place = said;
        }
    }

    /// The numbers of a list's entries, in their order.
    pub fn entries(&self, at: &FieldAt) -> Vec<u32> {
        match self.value(at) {
            Some(Value::List(entries)) => entries.iter().map(|entry| entry.number).collect(),
            _ => Vec::new(),
        }
    }

    /// Adds an entry at the end of the list that is this field and stands there, and says its number; nothing where
    /// the list is full.
    pub fn add(&mut self, field: &FormField, at: &FieldAt) -> Option<u32> {
        let number = self.next;
        let mut next = number.saturating_add(1);
        let Some(Value::List(entries)) = self.value_mut(at) else {
            return None;
        };
        let (most, value) = match &field.kind {
            FieldKind::List(most, fields) => {
                (*most, Value::new_entry(field.name, fields, entries, &mut next))
            }
            FieldKind::Values(most, each) => (*most, Value::of(each, None, &mut next)),
            _ => return None,
        };
        if entries.len() >= most {
            return None;
        }
        entries.push(Entry { number, value });
        self.next = next;
        Some(number)
    }

    /// Takes this entry out of the list.
    pub fn take_out(&mut self, at: &FieldAt, number: u32) {
        if let Some(Value::List(entries)) = self.value_mut(at) {
            entries.retain(|entry| entry.number != number);
        }
    }

    /// Moves this entry one place towards the beginning of its list, or the end.
    pub fn shift(&mut self, at: &FieldAt, number: u32, to_beginning: bool) {
        let Some(Value::List(entries)) = self.value_mut(at) else { return };
        let Some(here) = entries.iter().position(|entry| entry.number == number) else { return };
        let there = if to_beginning { here.checked_sub(1) } else { here.checked_add(1) };
        if let Some(there) = there.filter(|there| *there < entries.len()) {
            entries.swap(here, there);
        }
    }

    /// Where it stands, as the checks name it: `alternatives[2].value`.
    pub fn path(&self, at: &FieldAt) -> String {
        let mut path = String::new();
        let mut above = FieldAt(Vec::new());
        for step in &at.0 {
            match step {
                Step::Field(name) if path.is_empty() => path.push_str(name),
                Step::Field(name) => {
                    path.push('.');
                    path.push_str(name);
                }
                Step::Entry(number) => {
                    let place = self.entries(&above).iter().position(|other| other == number);
                    path.push_str(&alloc::format!("[{}]", place.unwrap_or_default()));
                }
            }
            above = above.then(*step);
        }
        path
    }

    /// Whether something else stands there than in the other draft, which has the same entries under the same numbers.
    pub fn differs(&self, other: &Self, at: &FieldAt) -> bool {
        self.value(at) != other.value(at)
    }

    /// Puts what stands in the other draft into these fields.
    pub fn take_back(&mut self, fields: &[FormField], other: &Self) {
        for field in fields {
            let at = FieldAt::field(field.name);
            if let (Some(place), Some(value)) = (self.value_mut(&at), other.value(&at)) {
                *place = value.clone();
            }
        }
        self.next = self.next.max(other.next);
    }

    /// The same, whose entries have the numbers that their like have in the other draft.
    #[must_use]
    pub fn numbered_as(mut self, other: &Self) -> Self {
        let mut next = self.next.max(other.next);
        for ((_, value), (_, like)) in self.fields.iter_mut().zip(&other.fields) {
            value.number_as(Some(like), &mut next);
        }
        self.next = next;
        self
    }

    fn value(&self, at: &FieldAt) -> Option<&Value> {
        let (Step::Field(name), rest) = at.0.split_first()? else {
            return None;
        };
        let (_, value) = self.fields.iter().find(|(other, _)| other == name)?;
        rest.iter().try_fold(value, |value, step| value.at(*step))
    }

    fn value_mut(&mut self, at: &FieldAt) -> Option<&mut Value> {
        let (Step::Field(name), rest) = at.0.split_first()? else {
            return None;
        };
        let (_, value) = self.fields.iter_mut().find(|(other, _)| other == name)?;
        rest.iter().try_fold(value, |value, step| value.at_mut(*step))
    }
}

/// Every field of the policy.
fn all_fields() -> impl Iterator<Item = &'static FormField> {
    FORM.iter().flat_map(|part| part.fields)
}

/// What stands in a tree under a name with points in it.
fn at_path<'a>(tree: &'a Node, path: &str) -> Option<&'a Node> {
    path.split('.').try_fold(tree, Node::part)
}

/// Puts something into a tree under such a name, whose tables are made where they are not there.
fn put(parts: &mut Vec<(&'static str, Node)>, path: &'static str, node: Node) {
    let Some((table, name)) = path.split_once('.') else {
        parts.push((path, node));
        return;
    };
    let there = parts.iter().position(|(other, _)| *other == table);
    let at = there.unwrap_or_else(|| {
        parts.push((table, Node::Table(Vec::new())));
        parts.len().saturating_sub(1)
    });
    if let Some((_, Node::Table(inner))) = parts.get_mut(at) {
        inner.push((name, node));
    }
}

/// A name that no entry of these has: that of the list, and a number.
fn fresh_id(list: &str, taken: &[String]) -> String {
    let list = list.rsplit('.').next().unwrap_or(list).replace('_', "-");
    let list = list.strip_suffix('s').unwrap_or(&list).to_owned();
    let mut number = taken.len().saturating_add(1);
    loop {
        let id = alloc::format!("{list}-{number}");
        if !taken.contains(&id) {
            return id;
        }
        number = number.saturating_add(1);
    }
}
