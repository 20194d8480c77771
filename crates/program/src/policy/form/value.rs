//! What stands in a field, or in a list of them, whatever it is.

use alloc::string::String;
use alloc::vec::Vec;

use super::schema::{FieldKind, FormField};
use super::{Step, fresh_id};
use crate::policy::tree::Node;

/// What stands somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// What was typed, or chosen.
    Said(String),
    /// The entries of a list.
    List(Vec<Entry>),
    /// The fields of an entry.
    Fields(Vec<(&'static str, Self)>),
}

/// An entry of a list. Two are equal if they say the same.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) number: u32,
    pub(super) value: Value,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Entry {}

/// Whether two entries are taken for the same one.
type Likeness = fn(&Value, &Value) -> bool;

impl Value {
    /// What stands in the tree, as this field; numbers of entries begin at `next`.
    pub(super) fn of(field: &FormField, node: Option<&Node>, next: &mut u32) -> Self {
        let kind = &field.kind;
        let (FieldKind::List(..) | FieldKind::Values(..)) = kind else {
            return Self::Said(match node {
                Some(Node::Text(said) | Node::Plain(said)) => said.clone(),
                _ => first_of(field),
            });
        };
        let entries = match node {
            Some(Node::List { entries, .. }) => entries.as_slice(),
            _ => &[],
        };
        let entry = |node: &Node| {
            let number = *next;
            *next = next.saturating_add(1);
            let value = match kind {
                FieldKind::List(_, fields) => Self::fields(fields, Some(node), next),
                FieldKind::Values(_, each) => Self::of(each, Some(node), next),
                _ => Self::Said(String::new()),
            };
            Entry { number, value }
        };
        Self::List(entries.iter().map(entry).collect())
    }

    fn fields(fields: &[FormField], node: Option<&Node>, next: &mut u32) -> Self {
        let of = |field: &FormField| {
            (field.name, Self::of(field, node.and_then(|node| node.part(field.name)), next))
        };
        Self::Fields(fields.iter().map(of).collect())
    }

    /// An entry of the list of this name, as it is before anything was typed.
    pub(super) fn new_entry(
        list: &str,
        fields: &[FormField],
        beside: &[Entry],
        next: &mut u32,
    ) -> Self {
        let taken: Vec<String> = beside.iter().filter_map(|entry| entry.value.name()).collect();
        let mut new = Self::fields(fields, None, next);
        if let Self::Fields(parts) = &mut new
            && let Some((_, id)) = parts.iter_mut().find(|(name, _)| *name == "id")
        {
            *id = Self::Said(fresh_id(list, &taken));
        }
        new
    }

    /// What is one step further.
    pub(super) fn at(&self, step: Step) -> Option<&Self> {
        match (self, step) {
            (Self::List(entries), Step::Entry(number)) => {
                entries.iter().find(|entry| entry.number == number).map(|entry| &entry.value)
            }
            (Self::Fields(fields), Step::Field(name)) => {
                fields.iter().find(|(other, _)| *other == name).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// The same, to be changed.
    pub(super) fn at_mut(&mut self, step: Step) -> Option<&mut Self> {
        match (self, step) {
            (Self::List(entries), Step::Entry(number)) => {
                let found = entries.iter_mut().find(|entry| entry.number == number);
                found.map(|entry| &mut entry.value)
            }
            (Self::Fields(fields), Step::Field(name)) => {
                fields.iter_mut().find(|(other, _)| *other == name).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// Gives entries the numbers of their like: of what says the same, or is called the same; others get new ones.
    pub(super) fn number_as(&mut self, other: Option<&Self>, next: &mut u32) {
        match self {
            Self::Said(_) => {}
            Self::Fields(fields) => {
                for (name, value) in fields {
                    value.number_as(other.and_then(|other| other.at(Step::Field(name))), next);
                }
            }
            Self::List(entries) => {
                let others = match other {
                    Some(Self::List(others)) => others.as_slice(),
                    _ => &[],
                };
                number_entries(entries, others, next);
            }
        }
    }

    /// What an entry is called, if it is called anything.
    fn name(&self) -> Option<String> {
        let Self::Fields(fields) = self else {
            return None;
        };
        let name = |of: &str| fields.iter().find(|(name, _)| *name == of);
        let (_, named) = name("id").or_else(|| name("tag")).or_else(|| name("label"))?;
        match named {
            Self::Said(said) if !said.is_empty() => Some(said.clone()),
            _ => None,
        }
    }
}

fn number_entries(entries: &mut [Entry], others: &[Entry], next: &mut u32) {
    let same: [Likeness; 2] = [
        |one, other| one == other,
        |one, other| one.name().is_some_and(|name| other.name() == Some(name)),
    ];
    let mut likes: Vec<Option<&Entry>> = alloc::vec![None; entries.len()];
    for is_same in same {
        for (at, entry) in entries.iter().enumerate() {
            let taken = |other: &Entry| {
                likes.iter().flatten().any(|taken: &&Entry| taken.number == other.number)
            };
            let is_free = |other: &&Entry| !taken(other) && is_same(&entry.value, &other.value);
            let found = others.iter().find(is_free);
            if let Some(like) = likes.get_mut(at) {
                *like = like.or(found);
            }
        }
    }
    for (entry, like) in entries.iter_mut().zip(likes) {
        entry.number = like.map_or_else(
            || {
                let number = *next;
                *next = next.saturating_add(1);
                number
            },
            |like| like.number,
        );
        entry.value.number_as(like.map(|like| &like.value), next);
    }
}

/// What a field says before anybody wrote there or chose.
fn first_of(field: &FormField) -> String {
    match &field.kind {
        FieldKind::Choice(words) => words.first().copied().unwrap_or_default().into(),
        FieldKind::Number(_) if !field.may_be_left_out => "0".into(),
        _ => String::new(),
    }
}
