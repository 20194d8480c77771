//! Taking in what somebody else published meanwhile, into a draft that need not be sound.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::PolicyDraft;
use crate::policy::Policy;
use crate::policy::merge::{Conflict, Side, merged};

impl PolicyDraft {
    /// This draft, which was begun from `base`, with what `theirs` says otherwise; and what both changed, each
    /// otherwise. There stands what was chosen, and until then what was typed. To be called again with the same two
    /// policies once more is chosen: what is typed meanwhile is kept.
    ///
    /// What a draft keeps as it is, is theirs.
    #[must_use]
    pub fn merged(
        &self,
        base: &Policy,
        theirs: &Policy,
        choices: &BTreeMap<String, Side>,
    ) -> (Self, Vec<Conflict>) {
        let published = Self::of(theirs);
        let [base, theirs] = [&Self::of(base), &published].map(Self::tree);
        let (tree, conflicts) = merged([&base, &self.tree(), &theirs], choices);
        let mut kept: Vec<_> =
            published.kept.into_iter().filter(|(name, _)| *name != "notices").collect();
        if let Some(notices) = tree.part("notices") {
            kept.push(("notices", notices.clone()));
        }
        let draft = Self { kept, ..Self::of_tree(&tree) };
        (draft.numbered_as(self), conflicts)
    }
}
