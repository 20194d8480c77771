//! What of a draft no policy can say, and the policy that comes nearest to it.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use super::schema::{FieldKind, FormField, ID_MAX};
use super::value::Value;
use super::{PolicyDraft, all_fields, put};
use crate::policy::file::is_date;
use crate::policy::tree::Node;
use crate::policy::{Locale, Policy};

/// Something that was typed and that no policy can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// Where, as the checks name it.
    pub path: String,
    /// Why.
    pub why: Why,
}

/// Why no policy can say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is so many letters too long, as bytes are counted.
    TooLong(usize),
    /// It is no whole number up to this one.
    NotANumber(u16),
    /// It is no date.
    NotADate,
    /// Nothing is translated yet.
    NoTexts,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(by) => write!(f, "must be shorter, by about {by} letters"),
            Self::NotANumber(most) => write!(f, "must be a whole number, at most {most}"),
            Self::NotADate => f.write_str("must be a date such as 2027-01-31"),
            Self::NoTexts => f.write_str("must have a file, or texts that are typed"),
        }
    }
}

impl PolicyDraft {
    /// What was typed and no policy can say. What could be said and not meant, [`Policy::check`] finds in the
    /// [`nearest`](Self::nearest).
    pub fn unfit(&self) -> Vec<Unfit> {
        let mut unfit = Vec::new();
        for (field, (name, value)) in all_fields().zip(&self.fields) {
            find_unfit(field, value, name, &mut unfit);
        }
        unfit
    }

    /// The policy that comes nearest to what was typed: too long a text is cut, and what is no number is none. Where
    /// that makes no policy, `other` stands for it. It has no report key, as a file has none.
    #[must_use]
    pub fn nearest(&self, other: &Policy) -> Policy {
        let mut parts = self.kept.clone();
        self.put_fields(&mut parts, &|field, said| fitting(field, said, other));
        Policy::from_tree(&Node::Table(parts)).unwrap_or_else(|_| other.clone())
    }

    /// What was typed as a tree, whatever it is.
    pub(super) fn tree(&self) -> Node {
        let mut parts: Vec<_> =
            self.kept.iter().filter(|(name, _)| *name == "notices").cloned().collect();
        self.put_fields(&mut parts, &|_, said| String::from(said));
        Node::Table(parts)
    }

    fn put_fields(
        &self,
        parts: &mut Vec<(&'static str, Node)>,
        fit: &dyn Fn(&FormField, &str) -> String,
    ) {
        for (field, (name, value)) in all_fields().zip(&self.fields) {
            if let Some(node) = node_of(field, value, fit) {
                put(parts, name, node);
            }
        }
        // These are there even where nothing is in them.
        for table in ["code_words", "turned_away"] {
            if !parts.iter().any(|(name, _)| *name == table) {
                parts.push((table, Node::Table(Vec::new())));
            }
        }
    }
}

fn node_of(
    field: &FormField,
    value: &Value,
    fit: &dyn Fn(&FormField, &str) -> String,
) -> Option<Node> {
    match (&field.kind, value) {
        (kind, Value::Said(said)) => {
            let said = fit(field, said);
            let left_out = field.may_be_left_out && said.trim().is_empty();
            let node = match kind {
                FieldKind::Number(_) | FieldKind::Date => Node::Plain(said),
                _ => Node::Text(said),
            };
            (!left_out).then_some(node)
        }
        (FieldKind::List(most, fields), Value::List(entries)) => {
            let entries = entries.iter().map(|entry| {
                let Value::Fields(values) = &entry.value else { return Node::Table(Vec::new()) };
                let parts = fields.iter().zip(values);
                let parts = parts.filter_map(|(field, (name, value))| {
                    node_of(field, value, fit).map(|node| (*name, node))
                });
                Node::Table(parts.collect())
            });
            Some(Node::List { most: *most, entries: entries.collect() })
        }
        (FieldKind::Values(most, each), Value::List(entries)) => {
            let entries = entries.iter().filter_map(|entry| node_of(each, &entry.value, fit));
            Some(Node::List { most: *most, entries: entries.collect() })
        }
        _ => None,
    }
}

fn find_unfit(field: &FormField, value: &Value, path: &str, unfit: &mut Vec<Unfit>) {
    match (&field.kind, value) {
        (kind, Value::Said(said)) => {
            let empty = field.may_be_left_out && said.trim().is_empty();
            if let Some(why) = why_not(kind, said).filter(|_| !empty) {
                unfit.push(Unfit { path: path.into(), why });
            }
        }
        (_, Value::List(entries)) => {
            for (at, entry) in entries.iter().enumerate() {
                let path = alloc::format!("{path}[{at}]");
                match (&field.kind, &entry.value) {
                    (FieldKind::List(_, fields), Value::Fields(values)) => {
                        for (field, (name, value)) in fields.iter().zip(values) {
                            find_unfit(field, value, &alloc::format!("{path}.{name}"), unfit);
                        }
                    }
                    (FieldKind::Values(_, each), value) => find_unfit(each, value, &path, unfit),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

/// How many bytes such a field holds.
fn most_bytes(kind: &FieldKind) -> Option<usize> {
    match kind {
        FieldKind::Line(most) | FieldKind::Paragraph(most) => Some(*most),
        FieldKind::Id | FieldKind::IdOf(_) => Some(ID_MAX),
        _ => None,
    }
}

fn why_not(kind: &FieldKind, said: &str) -> Option<Why> {
    let said = said.trim();
    if let Some(most) = most_bytes(kind) {
        return said.len().checked_sub(most).filter(|by| *by > 0).map(Why::TooLong);
    }
    match kind {
        FieldKind::Number(most) => number(said, *most).is_none().then_some(Why::NotANumber(*most)),
        FieldKind::Date => (!is_date(said)).then_some(Why::NotADate),
        FieldKind::Texts => Locale::hash_in(said).is_none().then_some(Why::NoTexts),
        _ => None,
    }
}

fn number(said: &str, most: u16) -> Option<u16> {
    let digits = said.bytes().all(|byte| byte.is_ascii_digit());
    said.parse().ok().filter(|number| digits && *number <= most)
}

/// What a file can have in the place of what was typed.
fn fitting(field: &FormField, said: &str, other: &Policy) -> String {
    let Some(why) = why_not(&field.kind, said) else {
        return match &field.kind {
            // A file has no zeros before a number.
            FieldKind::Number(most) => number(said.trim(), *most).unwrap_or_default().to_string(),
            _ => said.trim().into(),
        };
    };
    match why {
        Why::TooLong(_) => {
            let most = most_bytes(&field.kind).unwrap_or_default();
            let said = said.trim();
            let end = (0..=most).rev().find(|end| said.is_char_boundary(*end));
            said.get(..end.unwrap_or_default()).unwrap_or_default().trim().into()
        }
        Why::NotANumber(_) if field.may_be_left_out => String::new(),
        Why::NotANumber(_) => "0".into(),
        Why::NotADate => match Node::of(other).part("expires") {
            Some(Node::Plain(date)) => date.clone(),
            _ => String::new(),
        },
        Why::NoTexts => Locale::file_named(Locale::hash(&[])),
    }
}
