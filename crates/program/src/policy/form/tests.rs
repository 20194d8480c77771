//! Whatever stands in a policy can be reached, changed and comes back; whatever is typed stays.

use alloc::collections::BTreeMap;
use alloc::string::ToString as _;
use alloc::vec;
use proptest::prelude::*;

use super::*;
use crate::policy::{Locale, SAMPLE_POLICY, Side};

fn sample() -> Policy {
    let locale =
        "[[locales]]\ntag = \"ar\"\nname = \"العربية\"\ndirection = \"rtl\"\nfile = \"ar.ftl\"\n";
    let offers = "[offers]\naccept_seconds = 45\n";
    let text = alloc::format!("{SAMPLE_POLICY}\n{locale}\n{offers}");
    let file = "leave-this-page = غادر\n".as_bytes().to_vec();
    Policy::from_toml_and_files(&text, &mut |_| Some(file.clone())).unwrap().0
}

/// Every field of a draft in which something can be written, with what it is.
fn places(draft: &PolicyDraft) -> Vec<(FieldAt, &'static FormField)> {
    fn of(
        draft: &PolicyDraft,
        at: &FieldAt,
        field: &'static FormField,
        into: &mut Vec<(FieldAt, &'static FormField)>,
    ) {
        match &field.kind {
            FieldKind::List(_, fields) => {
                for number in draft.entries(at) {
                    for field in *fields {
                        of(draft, &at.entry(number).part(field.name), field, into);
                    }
                }
            }
            FieldKind::Values(_, each) => {
                draft
                    .entries(at)
                    .into_iter()
                    .for_each(|number| of(draft, &at.entry(number), each, into));
            }
            _ => into.push((at.clone(), field)),
        }
    }
    let mut into = Vec::new();
    for field in all_fields() {
        of(draft, &FieldAt::field(field.name), field, &mut into);
    }
    into
}

/// Something that such a field can say, told apart by a number.
fn sound(kind: &FieldKind, number: u16) -> String {
    match kind {
        FieldKind::Choice(words) => words[usize::from(number) % words.len()].into(),
        FieldKind::Number(most) => (number % (most + 1)).to_string(),
        FieldKind::Date => alloc::format!("20{:02}-03-01", number % 80 + 10),
        FieldKind::Texts => Locale::file_named([number.to_le_bytes()[0]; 32]),
        _ => alloc::format!("said-{number}"),
    }
}

#[test]
fn a_policy_is_as_it_was_after_nothing_was_typed() {
    let policy = sample();
    let draft = PolicyDraft::of(&policy);
    assert_eq!(draft.unfit(), []);
    assert_eq!(draft.nearest(&policy), policy);
}

#[test]
fn there_is_a_field_for_all_that_a_policy_says_but_what_is_edited_elsewhere() {
    fn leaves(node: &Node) -> usize {
        match node {
            Node::Text(_) | Node::Plain(_) => 1,
            Node::Table(parts) => parts.iter().map(|(_, part)| leaves(part)).sum(),
            Node::List { entries, .. } => entries.iter().map(leaves).sum(),
        }
    }
    let policy = sample();
    let tree = Node::of(&policy);
    let kept: usize = KEPT.iter().filter_map(|name| tree.part(name)).map(leaves).sum();
    let draft = PolicyDraft::of(&policy);
    let written = places(&draft)
        .iter()
        .filter(|(at, field)| !field.may_be_left_out || !draft.said(at).unwrap().is_empty())
        .count();
    assert_eq!(written, leaves(&tree) - kept);
}

#[test]
fn an_entry_is_added_moved_and_taken_out_and_the_others_keep_their_numbers() {
    let policy = sample();
    let mut draft = PolicyDraft::of(&policy);
    let field = all_fields().find(|field| field.name == "rights").unwrap();
    let rights = FieldAt::field("rights");
    let before = draft.entries(&rights);
    let new = draft.add(field, &rights).unwrap();
    draft.say(&rights.entry(new).part("short"), "You can ask.".into());
    draft.shift(&rights, new, true);
    assert_eq!(draft.path(&rights.entry(new).part("short")), "rights[5].short");
    assert_eq!(draft.nearest(&policy).page.rights[5].short.as_str(), "You can ask.");
    assert_eq!(draft.nearest(&policy).page.rights[5].id.as_str(), "right-7");
    draft.take_out(&rights, new);
    assert_eq!(draft.entries(&rights), before);
    assert_eq!(draft.nearest(&policy), policy);
}

#[test]
fn a_list_takes_no_more_than_a_policy_can_have() {
    let mut draft = PolicyDraft::of(&sample());
    let field = all_fields().find(|field| field.name == "exits").unwrap();
    let exits = FieldAt::field("exits");
    let added = (0..9).filter_map(|_| draft.add(field, &exits)).count();
    assert_eq!(added, 2);
    assert_eq!(draft.entries(&exits).len(), 4);
}

#[test]
fn a_new_entry_of_every_list_is_one_that_a_file_can_have() {
    let policy = sample();
    for field in all_fields() {
        let mut draft = PolicyDraft::of(&policy);
        let at = FieldAt::field(field.name);
        if draft.add(field, &at).is_some() {
            let nearest = draft.nearest(&policy);
            assert_ne!(nearest, policy, "{}", field.name);
        }
    }
}

#[test]
fn what_no_policy_can_say_is_told_where_it_stands_and_kept() {
    let policy = sample();
    let mut draft = PolicyDraft::of(&policy);
    let timer = FieldAt::field("timers.silence_ask");
    let expires = FieldAt::field("expires");
    let name = FieldAt::field("name");
    let long = "ä".repeat(45);
    for (at, said) in [(&timer, "soon"), (&expires, "next year"), (&name, &*long)] {
        draft.say(at, said.into());
        assert_eq!(draft.said(at), Some(said));
    }
    let told = |path: &str, why| Unfit { path: path.into(), why };
    assert_eq!(
        draft.unfit(),
        [
            told("name", Why::TooLong(10)),
            told("expires", Why::NotADate),
            told("timers.silence_ask", Why::NotANumber(240)),
        ]
    );
    let nearest = draft.nearest(&policy);
    assert_eq!(nearest.page.name.as_str(), "ä".repeat(40));
    assert_eq!(nearest.terms.expires, policy.terms.expires);
}

#[test]
fn what_another_published_meanwhile_comes_in_and_nonsense_that_was_typed_stays() {
    let base = sample();
    let mut draft = PolicyDraft::of(&base);
    let (timer, about) = (FieldAt::field("timers.line_kept"), FieldAt::field("about"));
    draft.say(&timer, "a while".into());
    let mut theirs = base.clone();
    theirs.page.about = "Other words.".try_into().unwrap();
    theirs.page.hours.note = "Other hours.".try_into().unwrap();
    let (merged, conflicts) = draft.merged(&base, &theirs, &BTreeMap::new());
    assert_eq!(conflicts, []);
    assert_eq!((merged.said(&timer), merged.said(&about)), (Some("a while"), Some("Other words.")));
    assert_eq!(merged.nearest(&theirs).page.hours, theirs.page.hours);
}

#[test]
fn where_both_changed_a_field_mine_stays_until_theirs_is_chosen_and_what_is_typed_meanwhile_is_kept()
 {
    let base = sample();
    let mut draft = PolicyDraft::of(&base);
    let (about, title) = (FieldAt::field("about"), FieldAt::field("title"));
    draft.say(&about, "Mine.".into());
    let mut theirs = base.clone();
    theirs.page.about = "Theirs.".try_into().unwrap();
    let mut choices = BTreeMap::new();
    let (mut draft, conflicts) = draft.merged(&base, &theirs, &choices);
    assert_eq!(conflicts.len(), 1);
    assert_eq!(draft.said(&about), Some("Mine."));
    draft.say(&title, "Page".into());
    choices.insert(conflicts[0].field.clone(), Side::Theirs);
    let (draft, _) = draft.merged(&base, &theirs, &choices);
    assert_eq!((draft.said(&about), draft.said(&title)), (Some("Theirs."), Some("Page")));
}

#[test]
fn entries_keep_their_numbers_when_another_put_one_before_them() {
    let base = sample();
    let mut draft = PolicyDraft::of(&base);
    let rights = FieldAt::field("rights");
    let third = draft.entries(&rights)[2];
    draft.say(&rights.entry(third).part("short"), "Half a sen".into());
    let mut theirs = base.clone();
    let mut all = theirs.page.rights.to_vec();
    all.remove(0);
    theirs.page.rights = all.try_into().unwrap();
    let (merged, conflicts) = draft.merged(&base, &theirs, &BTreeMap::new());
    assert_eq!(conflicts, []);
    assert_eq!(merged.entries(&rights)[1], third);
    assert_eq!(merged.said(&rights.entry(third).part("short")), Some("Half a sen"));
    let published = PolicyDraft::of(&theirs).numbered_as(&merged);
    let changed = places(&merged).into_iter().filter(|(at, _)| merged.differs(&published, at));
    assert_eq!(changed.count(), 1);
}

proptest! {
    #[test]
    fn every_field_can_be_reached_and_changed_and_comes_back_the_same(which in any::<prop::sample::Index>(), number in 0..1000_u16) {
        let policy = sample();
        let mut draft = PolicyDraft::of(&policy);
        let all = places(&draft);
        let (at, field) = &all[which.index(all.len())];
        let said = sound(&field.kind, number);
        draft.say(at, said.clone());
        prop_assert_eq!(draft.unfit(), vec![]);
        let again = PolicyDraft::of(&draft.nearest(&policy));
        prop_assert_eq!(again.said(at), Some(&*said), "{}", draft.path(at));
        for (other, _) in all.iter().filter(|(other, _)| other != at) {
            prop_assert_eq!(again.said(other), draft.said(other), "{}", draft.path(other));
        }
    }

    #[test]
    fn whatever_is_typed_anywhere_stays_and_makes_a_policy_to_look_at(
        which in any::<prop::sample::Index>(), said in "\\PC{0,60}|[\"\\\\\n0-9]{0,40}|.{900,1200}",
    ) {
        let policy = sample();
        let mut draft = PolicyDraft::of(&policy);
        let all = places(&draft);
        let (at, field) = &all[which.index(all.len())];
        if matches!(field.kind, FieldKind::Choice(_)) {
            return Ok(());
        }
        draft.say(at, said.clone());
        prop_assert_eq!(draft.said(at), Some(&*said));
        let fits = draft.unfit().is_empty();
        let nearest = draft.nearest(&policy);
        prop_assert_eq!(&PolicyDraft::of(&nearest).nearest(&policy), &nearest);
        if fits && !matches!(field.kind, FieldKind::Number(_) | FieldKind::Date) {
            let again = PolicyDraft::of(&nearest);
            prop_assert_eq!(again.said(at), Some(said.trim()));
        }
    }
}
