//! Two administrators' changes of the same policy, joined so that nothing of either is lost (`features.md` 5.6).
//!
//! It is a three-way merge along the file's own tree. What one side alone changed is taken from that side. What both
//! changed alike is taken once. What both changed otherwise is a [`Conflict`], and a person chooses: nothing is
//! signed before they have. Entries of lists are told by their `id`, `tag` or `date`, and where they have none by
//! what they say, so that an entry that moved, or came in before another, is not taken for a change of its
//! neighbour. It knows nothing of what a policy means: what was joined is checked like any other.

mod entries;

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use super::file::PolicyFileError;
use super::tree::Node;
use crate::policy::Policy;

/// Whose change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The one who merges.
    Mine,
    /// The other.
    Theirs,
}

/// A field that both changed, each otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The field, as the policy's file names it; in a list with the entry's own name, or its number. It is the same
    /// name however often the same three policies are merged, and no other conflict has it.
    pub field: String,
    /// What the policy says that both started from; nothing where it has no such field or entry.
    pub base: Option<String>,
    /// What I made of it; nothing where I took it out.
    pub mine: Option<String>,
    /// What the other made of it.
    pub theirs: Option<String>,
    /// What was chosen.
    pub chosen: Option<Side>,
}

/// Why there is no merged policy yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergeError {
    /// So many conflicts are not decided.
    Undecided(usize),
    /// One of the policies says what no file can say.
    File(PolicyFileError),
}

impl fmt::Display for MergeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undecided(1) => f.write_str("one field was changed twice, and nobody has chosen"),
            Self::Undecided(count) => {
                write!(f, "{count} fields were changed twice, and nobody has chosen")
            }
            Self::File(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for MergeError {}

/// Two changed policies and the one that both started from.
///
/// [`Merge::new`], then [`conflicts`](Self::conflicts) to show and [`choose`](Self::choose) for each of them, then
/// [`policy`](Self::policy). The files of texts that the result names are among those of the two sides.
#[derive(Clone, Debug)]
pub struct Merge {
    base: Node,
    mine: Node,
    theirs: Node,
    /// With the report key of whichever of the two is newer.
    newer: Policy,
    choices: BTreeMap<String, Side>,
}

impl Merge {
    /// The version is the highest of them and `issued` the latest; neither is ever a conflict, since whoever publishes
    /// sets both ([`Policy::following`]).
    #[must_use]
    pub fn new(base: &Policy, mine: &Policy, theirs: &Policy) -> Self {
        let all = [base, mine, theirs];
        let version = all.map(|policy| policy.terms.version).into_iter().max().unwrap_or(0);
        let issued = all.map(|policy| policy.terms.issued).into_iter().max().unwrap_or(0);
        let newer = if mine.terms.version > theirs.terms.version { mine } else { theirs };
        let [base, mine, theirs] = all.map(|policy| {
            let mut policy = policy.clone();
            (policy.terms.version, policy.terms.issued) = (version, issued);
            Node::of(&policy)
        });
        Self { base, mine, theirs, newer: newer.clone(), choices: BTreeMap::new() }
    }

    /// Every field that both changed, each otherwise, and what was chosen for it so far.
    #[must_use]
    pub fn conflicts(&self) -> Vec<Conflict> {
        self.merged().1
    }

    /// Chooses for the conflict of this name; one that there is not is no fault.
    pub fn choose(&mut self, field: &str, side: Side) {
        self.choices.insert(field.to_string(), side);
    }

    /// What both made together, once every conflict is decided.
    ///
    /// # Errors
    /// [`MergeError`].
    pub fn policy(&self) -> Result<Policy, MergeError> {
        let (merged, conflicts) = self.merged();
        let undecided = conflicts.iter().filter(|conflict| conflict.chosen.is_none()).count();
        if undecided > 0 {
            return Err(MergeError::Undecided(undecided));
        }
        let policy = Policy::from_tree(&merged).map_err(MergeError::File)?;
        Ok(match &self.newer.terms.report_key {
            Some(key) => policy.with_report_key(key),
            None => policy,
        })
    }

    fn merged(&self) -> (Node, Vec<Conflict>) {
        merged([&self.base, &self.mine, &self.theirs], &self.choices)
    }
}

/// The tree that both started from, mine and theirs, joined; and what both changed, each otherwise.
pub(super) fn merged(
    [base, mine, theirs]: [&Node; 3],
    choices: &BTreeMap<String, Side>,
) -> (Node, Vec<Conflict>) {
    let mut merging = Merging { choices, conflicts: Vec::new() };
    let all = Three { base: Some(base), mine: Some(mine), theirs: Some(theirs) };
    let merged = merging.merge("", all);
    (merged.unwrap_or(Node::Table(Vec::new())), merging.conflicts)
}

/// The same part of three policies, as far as each has it.
#[derive(Clone, Copy)]
struct Three<'a> {
    base: Option<&'a Node>,
    mine: Option<&'a Node>,
    theirs: Option<&'a Node>,
}

impl<'a> Three<'a> {
    fn map(self, of: impl Fn(&'a Node) -> Option<&'a Node>) -> Self {
        Self {
            base: self.base.and_then(&of),
            mine: self.mine.and_then(&of),
            theirs: self.theirs.and_then(&of),
        }
    }
}

struct Merging<'a> {
    choices: &'a BTreeMap<String, Side>,
    conflicts: Vec<Conflict>,
}

impl Merging<'_> {
    fn merge(&mut self, field: &str, all: Three<'_>) -> Option<Node> {
        let Three { base, mine, theirs } = all;
        if mine == theirs || base == theirs {
            return mine.cloned();
        }
        if base == mine {
            return theirs.cloned();
        }
        match (mine, theirs) {
            (Some(Node::Table(mine)), Some(Node::Table(theirs))) => {
                Some(self.table(field, all, mine, theirs))
            }
            (Some(Node::List { most, .. }), Some(Node::List { .. })) => {
                self.list(field, *most, all)
            }
            _ => self.conflict(field, all),
        }
    }

    /// Part by part, in the order that every such table has.
    fn table(
        &mut self,
        field: &str,
        all: Three<'_>,
        mine: &[(&'static str, Node)],
        theirs: &[(&'static str, Node)],
    ) -> Node {
        let mut names: Vec<&'static str> = mine.iter().map(|(name, _)| *name).collect();
        names.extend(
            theirs
                .iter()
                .map(|(name, _)| *name)
                .filter(|name| !mine.iter().any(|(other, _)| other == name)),
        );
        let mut parts = Vec::new();
        for name in names {
            let part = self.merge(&named(field, name), all.map(|table| table.part(name)));
            parts.extend(part.map(|part| (name, part)));
        }
        parts.sort_by_key(|(name, _)| *name);
        Node::Table(parts)
    }

    /// Takes what was chosen, and until then what I made of it.
    fn conflict(&mut self, field: &str, all: Three<'_>) -> Option<Node> {
        let chosen = self.choices.get(field).copied();
        self.conflicts.push(Conflict {
            field: field.to_string(),
            base: all.base.map(said),
            mine: all.mine.map(said),
            theirs: all.theirs.map(said),
            chosen,
        });
        match chosen {
            None | Some(Side::Mine) => all.mine.cloned(),
            Some(Side::Theirs) => all.theirs.cloned(),
        }
    }
}

/// The name of a part: with a point behind a table's, with a blank behind an entry's.
fn named(field: &str, part: &str) -> String {
    match field {
        "" => part.to_string(),
        field if field.contains(' ') => alloc::format!("{field} {part}"),
        field => alloc::format!("{field}.{part}"),
    }
}

/// What a part says, for a person who has to choose.
fn said(node: &Node) -> String {
    match node {
        Node::Text(said) | Node::Plain(said) => said.clone(),
        Node::Table(parts) => {
            let parts =
                parts.iter().map(|(name, part)| alloc::format!("{name}: {}", said_in(part)));
            parts.collect::<Vec<_>>().join("\n")
        }
        Node::List { entries, .. } => entries.iter().map(said_in).collect::<Vec<_>>().join("\n"),
    }
}

fn said_in(node: &Node) -> String {
    said(node).replace('\n', "; ")
}
