//! Policies written as files, and two administrators' changes joined.

use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::fixture::{DAY, NOW, Program, policy};
use super::generated::{any_policy, changed, changes, list, text};
use crate::*;

/// Small enough for every run; each case writes and reads several whole policies.
const CASES: u32 = 48;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn what_is_written_is_read_back_as_it_was(policy in any_policy()) {
        let file = policy.to_toml();
        let read = policy.tidied();
        prop_assert_eq!(read.as_ref(), Ok(&policy), "{}", file);
    }

    #[test]
    fn merging_with_what_did_not_change_gives_the_change(
        base in any_policy(), mine in changes(6),
    ) {
        let mine = changed(base.clone(), &mine);
        for merge in [
            Merge::new(&base, &mine, &base),
            Merge::new(&base, &base, &mine),
            Merge::new(&base, &mine, &mine),
        ] {
            prop_assert_eq!(merge.conflicts(), vec![]);
            prop_assert_eq!(merge.policy(), Ok(mine.clone()));
        }
    }

    #[test]
    fn it_is_the_same_whoever_merges(
        base in any_policy(), mine in changes(4), theirs in changes(4),
    ) {
        let (mine, theirs) = (changed(base.clone(), &mine), changed(base.clone(), &theirs));
        let (one, other) = (Merge::new(&base, &mine, &theirs), Merge::new(&base, &theirs, &mine));
        let swapped = |conflict: Conflict| {
            let Conflict { mine, theirs, .. } = conflict.clone();
            Conflict { mine: theirs, theirs: mine, ..conflict }
        };
        let mut conflicts: Vec<Conflict> = one.conflicts().into_iter().map(swapped).collect();
        let mut of_other = other.conflicts();
        conflicts.sort_by(|a, b| a.field.cmp(&b.field));
        of_other.sort_by(|a, b| a.field.cmp(&b.field));
        prop_assert_eq!(&conflicts, &of_other);
        if conflicts.is_empty() {
            prop_assert_eq!(one.policy(), other.policy());
        }
    }

    /// What somebody wrote stands in the merged policy, or a person is asked about it.
    #[test]
    fn no_change_of_either_side_is_silently_lost(
        base in any_policy(), mine in changes(4), theirs in changes(4),
    ) {
        let (mine, theirs) = (changed(base.clone(), &mine), changed(base.clone(), &theirs));
        let mut merge = Merge::new(&base, &mine, &theirs);
        let conflicts = merge.conflicts();
        for conflict in &conflicts {
            merge.choose(&conflict.field, Side::Mine);
        }
        let Ok(merged) = merge.policy() else {
            // A time of day that the one wrote is none in a zone that the other named, and is said to be wrong.
            let zones = [&mine, &theirs].map(|policy| &*policy.page.hours.time_zone);
            prop_assert!(zones.contains(&"Nowhere/None"));
            return Ok(());
        };
        let shown: Vec<&str> = conflicts
            .iter()
            .flat_map(|conflict| [&conflict.mine, &conflict.theirs])
            .flatten()
            .map(|said| said.as_str())
            .collect();
        let all = |policy: &Policy| -> Vec<alloc::string::String> {
            policy.texts().into_iter().map(|text| text.text.to_string()).collect()
        };
        let (before, after) = (all(&base), all(&merged));
        for side in [&mine, &theirs] {
            for new in all(side).iter().filter(|text| !before.contains(text)) {
                let one_line = new.replace('\n', "; ");
                let told = shown.iter().any(|said| said.contains(new) || said.contains(&one_line));
                prop_assert!(after.contains(new) || told, "{new}");
            }
        }
    }
}

fn with(alter: impl Fn(&mut Policy)) -> Policy {
    let mut policy = policy();
    alter(&mut policy);
    policy
}

fn ids(rights: &[Right]) -> Vec<&str> {
    rights.iter().map(|right| &*right.id).collect()
}

#[test]
fn the_sample_is_read_back_from_what_is_written_and_every_text_stands_in_it() {
    let sample = Policy::from_toml(SAMPLE_POLICY).unwrap();
    let file = sample.to_toml();
    assert_eq!(Policy::from_toml(&file).unwrap(), sample);
    assert!(file.contains("days = [\"monday\", \"tuesday\""), "{file}");
    for said in ["issued = 2026-11-01", "title = \"Chat\"", "[[guides]]", "due_days = 180"] {
        assert!(file.contains(said), "{said}: {file}");
    }
}

#[test]
fn files_of_texts_are_named_by_what_is_in_them() {
    let file = LocaleFile::try_from(b"send = x".to_vec()).unwrap();
    let hash = Locale::hash(&file);
    let locale = |tag: &str| Locale {
        tag: text(tag),
        name: text("x"),
        direction: Direction::LeftToRight,
        file: hash,
    };
    let policy = with(|policy| policy.page.locales = list(vec![locale("ar"), locale("../x")]));
    let mut asked = Vec::new();
    let read = Policy::from_toml_and_files(&policy.to_toml(), &mut |name| {
        asked.push(name.to_string());
        Some(file.to_vec())
    });
    assert_eq!(read.unwrap().0, policy);
    let name = alloc::format!("locales/{}.ftl", Fingerprint(hash));
    assert_eq!(asked, [name.clone(), name], "whatever the language is called");
}

#[test]
fn a_time_of_a_whole_day_from_morning_to_morning_can_be_written() {
    let time = OpenTime { opens: 480, closes: 480 + 1440 };
    let policy = with(|policy| {
        policy.page.hours.weekly = list(vec![Weekly { day: Day::Friday, time }]);
    });
    assert!(policy.to_toml().contains("until = \"32:00\""));
    assert_eq!(policy.tidied(), Ok(policy));
}

#[test]
fn a_draft_is_tidied_as_its_file_would_have_it() {
    let offers = Offers { accept_seconds: 30, languages: List::default() };
    let draft = with(|policy| {
        policy.page.name = "  Rivertown \n".try_into().unwrap();
        policy.guidance.offers = Some(offers.clone());
    });
    let tidied = draft.tidied().unwrap();
    assert_eq!(&*tidied.page.name, "Rivertown");
    assert_eq!(tidied.guidance.offers.unwrap().languages.len(), 4);
    let no_day = Date { year: 2027, month: 2, day: 30 };
    let exception = Exception { date: no_day, open: List::default(), text: Text::default() };
    let draft = with(|policy| policy.page.hours.exceptions = list(vec![exception.clone()]));
    assert!(draft.tidied().is_err(), "no file can say the thirtieth of February");
}

#[test]
fn changes_of_different_fields_and_entries_are_joined() {
    let base = policy();
    let mine = with(|policy| {
        policy.page.alternatives = list({
            let mut ways = policy.page.alternatives.to_vec();
            ways[0].value = text("+1 555 010 0777");
            ways
        });
        policy.page.about = text("Mine");
    });
    let theirs = with(|policy| {
        policy.page.alternatives = list({
            let mut ways = policy.page.alternatives.to_vec();
            ways.remove(1);
            ways[0].label = text("By phone");
            let (label, value) = (text("Mail"), text("help@example.org"));
            ways.insert(0, Alternative { kind: AlternativeKind::Email, label, value });
            ways
        });
        policy.terms.timers.line_kept = 7;
    });
    let merge = Merge::new(&base, &mine, &theirs);
    assert_eq!(merge.conflicts(), []);
    let merged = merge.policy().unwrap();
    let ways = &merged.page.alternatives;
    assert_eq!(ways.len(), 7);
    assert_eq!((&*ways[0].label, &*ways[1].label), ("Mail", "By phone"));
    assert_eq!(&*ways[1].value, "+1 555 010 0777");
    assert_eq!((&*merged.page.about, merged.terms.timers.line_kept), ("Mine", 7));
}

#[test]
fn the_same_field_changed_twice_is_asked_about_with_both_values() {
    let base = policy();
    let said = |said: &str| with(|policy| policy.page.emergency.number = text(said));
    let mut merge = Merge::new(&base, &said("112"), &said("999"));
    let conflict = Conflict {
        field: "emergency.number".to_string(),
        base: Some("911".to_string()),
        mine: Some("112".to_string()),
        theirs: Some("999".to_string()),
        chosen: None,
    };
    assert_eq!(merge.conflicts(), [conflict]);
    assert_eq!(merge.policy(), Err(MergeError::Undecided(1)));
    merge.choose("emergency.number", Side::Theirs);
    assert_eq!(&*merge.policy().unwrap().page.emergency.number, "999");
}

#[test]
fn what_one_took_out_and_the_other_changed_is_asked_about() {
    let base = policy();
    let mine = with(|policy| {
        let mut rights = policy.page.rights.to_vec();
        rights.remove(0);
        policy.page.rights = list(rights);
    });
    let theirs = with(|policy| {
        let mut rights = policy.page.rights.to_vec();
        rights[0].short = text("It is up to you.");
        policy.page.rights = list(rights);
    });
    let mut merge = Merge::new(&base, &mine, &theirs);
    let conflicts = merge.conflicts();
    let [conflict] = &conflicts[..] else { panic!("{conflicts:?}") };
    assert_eq!((&*conflict.field, &conflict.mine), ("rights \"choice\"", &None));
    assert!(conflict.theirs.as_ref().unwrap().contains("It is up to you."));
    merge.choose(&conflict.field, Side::Theirs);
    assert_eq!(ids(&merge.policy().unwrap().page.rights)[0], "choice");
    merge.choose(&conflict.field, Side::Mine);
    assert_eq!(ids(&merge.policy().unwrap().page.rights)[0], "share");
}

#[test]
fn more_entries_than_fit_are_asked_about_as_a_whole() {
    let base = policy();
    let site = |name: &str| text(&alloc::format!("https://{name}.example/"));
    let sites = |names: &[&str]| {
        with(|policy| {
            let mut exits = policy.terms.exits.to_vec();
            exits.extend(names.iter().map(|name| site(name)));
            policy.terms.exits = list(exits);
        })
    };
    let free = 4 - base.terms.exits.len();
    let (mine, theirs) = (&["a", "b", "c"][..free], &["d", "e", "f"][..free]);
    let merge = Merge::new(&base, &sites(mine), &sites(theirs));
    let fields: Vec<_> = merge.conflicts().into_iter().map(|conflict| conflict.field).collect();
    assert_eq!(fields, ["exits"]);
}

#[test]
fn what_is_brought_back_follows_the_newest_with_new_dates_and_without_its_notices() {
    let mut program = Program::new(1);
    let key = ReceivingKey::generate(&mut program.rng).public_key();
    let newest = with(|policy| policy.terms.version = 9).with_report_key(&key);
    let notice = Notice { kind: NoticeKind::Closed, text: text("x"), from: None, until: None };
    let old = with(|policy| {
        policy.terms.issued = 1_600_000_000;
        policy.terms.expires = policy.terms.issued + 100 * DAY.as_secs();
        policy.page.notices = list(vec![notice.clone()]);
    });
    let back = old.clone().brought_back(&newest, OldNotices::Dropped, NOW);
    assert_eq!((back.terms.version, back.page.notices.len()), (10, 0));
    assert_eq!(back.terms.report_key, Some(key));
    assert_eq!(back.holds(NOW), Ok(()));
    assert_eq!(back.terms.expires - back.terms.issued, 100 * DAY.as_secs());
    assert_eq!(back.check(), []);
    let kept = old.brought_back(&newest, OldNotices::Kept, NOW);
    assert_eq!(kept.page.notices.len(), 1);
}

#[test]
fn what_follows_keeps_its_end_unless_that_is_over_or_too_far() {
    let newest = policy();
    let ends = |expires: u64| {
        let draft = with(|policy| policy.terms.expires = expires);
        draft.following(&newest, NOW).terms
    };
    let in_a_week = NOW.seconds() + 7 * DAY.as_secs();
    let terms = ends(in_a_week);
    assert_eq!((terms.version, terms.expires), (newest.terms.version + 1, in_a_week));
    assert!(terms.issued <= NOW.seconds() && terms.issued + DAY.as_secs() > NOW.seconds());
    for expires in [NOW.seconds() - 10, NOW.seconds() + 900 * DAY.as_secs()] {
        let terms = ends(expires);
        assert!(
            terms.expires > NOW.seconds() && terms.expires < NOW.seconds() + 401 * DAY.as_secs()
        );
    }
}

#[test]
fn each_finding_and_warning_names_its_place_for_a_page() {
    let hard = "Communications with advocates are confidential except where disclosure is mandated by statutory \
                obligations regarding the maltreatment of minors.";
    let draft = with(|policy| {
        let mut ways = policy.page.alternatives.to_vec();
        ways[2].value = text("none");
        policy.page.alternatives = list(ways);
        policy.page.title = text("Crisis");
        let mut questions = policy.page.questions.to_vec();
        let mut choices = questions[1].choices.to_vec();
        choices[3].text = Text::default();
        questions[1].choices = list(choices);
        policy.page.questions = list(questions);
        let mut weekly = policy.page.hours.weekly.to_vec();
        weekly[4].time = OpenTime { opens: 600, closes: 500 };
        policy.page.hours.weekly = list(weekly);
        let mut rights = policy.page.rights.to_vec();
        rights[5].short = text(hard);
        policy.page.rights = list(rights);
    });
    let mut paths: Vec<_> = draft.check().into_iter().map(|finding| finding.path).collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        ["alternatives[2].value", "hours.open[4].until", "questions[1].choices[3].text", "title"]
    );
    let warned: Vec<_> = draft.warnings().into_iter().map(|warning| warning.path).collect();
    assert_eq!(warned, ["rights[5].short"]);
}
