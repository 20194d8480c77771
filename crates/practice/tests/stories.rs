//! What holds for every story, so that whoever adds one is told what is amiss (`docs/practice.md`).

#![allow(clippy::unwrap_used, reason = "what cannot go on fails its test")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use stillroom_practice::{
    Answering, Choice, Debrief, Heading, NotWritten, STORIES, Step, Story, Then, Turn, Worth,
};

const ENGLISH: &str = include_str!("../../../pages/texts/en/practice.ftl");
const GUIDANCE: [(Heading, &str); 6] = [
    (Heading::Interception, "Minimize Interception"),
    (Heading::Impersonation, "Prevent Impersonation"),
    (Heading::Rights, "Inform Survivors of their Rights and Choices"),
    (Heading::Staffing, "Ensure Appropriate Staffing"),
    (Heading::Quality, "Provide Quality Chat Services"),
    (Heading::PlanAhead, "Plan Ahead"),
];

fn texts() -> impl Iterator<Item = (&'static str, &'static str)> {
    ENGLISH.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "))
}

/// Every step that can be reached, each once.
fn steps(story: &Story) -> Vec<&'static Step> {
    let mut found: Vec<&'static Step> = Vec::new();
    let mut open = vec![story.first];
    while let Some(step) = open.pop() {
        if found.iter().any(|other| other.key == step.key) {
            continue;
        }
        found.push(step);
        open.extend(step.ways.iter().filter_map(|way| match way.then {
            Then::Step(next) => Some(next),
            Then::End(_) => None,
        }));
    }
    found
}

fn ends(story: &Story) -> BTreeSet<&'static str> {
    let ways = steps(story).into_iter().flat_map(|step| step.ways);
    let end = |then| match then {
        Then::End(end) => Some(end),
        Then::Step(_) => None,
    };
    ways.filter_map(|way| end(way.then)).collect()
}

/// Walks every path, and says how each ended. A story that went round in a circle would pass the limit.
fn paths(at: Answering, length: usize, over: &mut Vec<(usize, Debrief)>) {
    assert!(length < 8, "{} has a path that is too long", at.story().key);
    for choice in Choice::ALL {
        match at.clone().write("In my own words.").unwrap().choose(choice) {
            Turn::On(next) => paths(next, length + 1, over),
            Turn::Over(debrief) => over.push((length + 1, debrief)),
        }
    }
}

fn all_paths(story: &'static Story) -> Vec<(usize, Debrief)> {
    let mut over = Vec::new();
    paths(Answering::begin(story), 0, &mut over);
    over
}

/// All texts that a story names.
fn named(story: &Story) -> Vec<String> {
    let mut names = vec![story.title(), story.about()];
    names.extend(ends(story).into_iter().map(|end| story.end(end)));
    names.extend(story.checklist.iter().map(|item| item.text()));
    for step in steps(story) {
        names.extend(story.says(step));
        names.extend(Choice::ALL.map(|choice| story.way(step, choice)));
        names.extend([story.why(step), step.heading.text()]);
    }
    names
}

#[test]
fn every_text_that_a_story_names_is_there_and_none_is_left_over() {
    let named: BTreeSet<String> = STORIES.iter().flat_map(|story| named(story)).collect();
    // The others are those of the page around the stories.
    let of_stories = || texts().filter(|(name, _)| name.starts_with("practice-"));
    let there: BTreeSet<String> = of_stories().map(|(name, _)| name.to_owned()).collect();
    assert_eq!(of_stories().count(), there.len(), "a text stands twice");
    let missing: Vec<_> = named.difference(&there).collect();
    let unused: Vec<_> = there.difference(&named).collect();
    assert!(missing.is_empty() && unused.is_empty(), "missing: {missing:?}, unused: {unused:?}");
}

#[test]
fn the_stories_of_the_guidance_are_there_and_each_has_a_name_of_its_own() {
    let keys: BTreeSet<&str> = STORIES.iter().map(|story| story.key).collect();
    assert_eq!(keys.len(), STORIES.len());
    assert!(keys.len() >= 11, "{keys:?}");
}

#[test]
fn headings_are_the_guidances_own() {
    for (heading, words) in GUIDANCE {
        let name = heading.text();
        assert!(texts().any(|text| text == (&name, words)), "{name}");
    }
}

#[test]
fn every_path_ends_after_a_few_steps() {
    for story in STORIES {
        let count = steps(story).len();
        assert!((4..=7).contains(&count), "{}: {count} steps", story.key);
        for (length, _) in all_paths(story) {
            assert!((2..=count).contains(&length), "{}: a path of {length}", story.key);
        }
    }
}

#[test]
fn a_step_is_met_once_on_any_path_and_its_key_names_no_other() {
    for story in STORIES {
        let keys: BTreeSet<&str> = steps(story).iter().map(|step| step.key).collect();
        for other in steps(story).iter().flat_map(|step| step.ways) {
            if let Then::Step(next) = other.then {
                let known = steps(story).into_iter().find(|step| step.key == next.key).unwrap();
                assert!(std::ptr::eq(known, next), "{}: two steps are {}", story.key, next.key);
            }
        }
        assert!(ends(story).is_disjoint(&keys), "{}: an end has a step's name", story.key);
    }
}

#[test]
fn at_each_step_one_way_is_the_guidances_and_one_is_not() {
    for step in STORIES.iter().flat_map(|story| steps(story)) {
        let of = |worth| step.ways.iter().filter(|way| way.worth == worth).count();
        assert_eq!((of(Worth::Well), of(Worth::Fair), of(Worth::Poor)), (1, 1, 1), "{}", step.key);
    }
}

#[test]
fn the_good_way_is_not_always_in_one_place() {
    for story in STORIES {
        let place = |step: &Step| step.ways.iter().position(|way| way.worth == Worth::Well);
        let places: BTreeSet<_> = steps(story).into_iter().map(place).collect();
        assert!(places.len() > 1, "{}", story.key);
    }
}

#[test]
fn a_poor_way_leads_elsewhere_and_can_be_mended() {
    let leads = |step: &Step, wanted: Worth| match step.ways.iter().find(|way| way.worth == wanted)
    {
        Some(way) => match way.then {
            Then::Step(next) => next.key,
            Then::End(end) => end,
        },
        None => "",
    };
    for story in STORIES {
        let first = story.first;
        let (well, poor) = (leads(first, Worth::Well), leads(first, Worth::Poor));
        assert_ne!(well, poor, "{}", story.key);
        let mending = steps(story).into_iter().find(|step| step.key == poor).unwrap();
        assert_eq!(leads(mending, Worth::Well), well, "{}", story.key);
    }
}

#[test]
fn a_good_walk_does_the_whole_checklist_also_after_a_first_slip() {
    for story in STORIES {
        for slips in [0, 1] {
            let mut at = Answering::begin(story);
            let mut length = 0;
            let debrief = loop {
                let wanted = if length < slips { Worth::Poor } else { Worth::Well };
                let is_wanted = |choice: &Choice| choice.of(at.step()).worth == wanted;
                let choice = Choice::ALL.into_iter().find(is_wanted).unwrap();
                length += 1;
                match at.write("In my own words.").unwrap().choose(choice) {
                    Turn::On(next) => at = next,
                    Turn::Over(debrief) => break debrief,
                }
            };
            assert_eq!(debrief.missed().count(), slips, "{}", story.key);
            assert_eq!(debrief.went_well().count(), length - slips, "{}", story.key);
            for ticked in debrief.checklist() {
                assert!(ticked.done, "{}: {:?} after {slips} slips", story.key, ticked.item);
            }
        }
    }
}

#[test]
fn what_is_missed_stays_open_on_the_checklist_and_names_a_better_way() {
    for story in STORIES {
        for (_, debrief) in all_paths(story) {
            for took in debrief.missed() {
                let better = took.better().unwrap();
                assert_eq!(better.of(took.step).worth, Worth::Well);
            }
            assert!(debrief.went_well().all(|took| took.way().worth == Worth::Well));
        }
        let empty =
            |(_, debrief): &(usize, Debrief)| debrief.checklist().all(|ticked| !ticked.done);
        assert!(all_paths(story).iter().any(empty), "{}: no path misses all", story.key);
    }
}

#[test]
fn what_a_way_ticks_is_on_its_storys_checklist() {
    for story in STORIES {
        for way in steps(story).iter().flat_map(|step| step.ways) {
            assert!(way.ticks.iter().all(|item| story.checklist.contains(item)), "{}", story.key);
            let poor = way.worth == Worth::Poor;
            assert!(!poor || way.ticks.is_empty(), "{}: a poor way ticks", story.key);
        }
    }
}

#[test]
fn a_way_is_chosen_only_once_an_answer_is_written() {
    let begin = || Answering::begin(STORIES[0]);
    assert_eq!(begin().write(" \n").unwrap_err().1, NotWritten::Empty);
    let longest = "ä".repeat(stillroom_protocol::limits::MESSAGE_CHARACTERS);
    assert!(begin().write(&longest).is_ok());
    let (still, why) = begin().write(&format!("{longest}ä")).unwrap_err();
    assert_eq!((why, still.step().key), (NotWritten::TooLong, STORIES[0].first.key));
}

#[test]
fn an_answer_is_not_kept() {
    let answer = "a word that nobody else uses";
    assert!(!format!("{:?}", Answering::begin(STORIES[0]).write(answer)).contains(answer));
}

#[test]
fn texts_are_calm_and_call_nobody_he_or_she_but_the_one_who_is_asked_about() {
    for (name, text) in texts() {
        assert!(!text.contains('!'), "{name}");
        let sister = name.starts_with("practice-another-");
        let words = text.split(|letter: char| !letter.is_alphabetic());
        for word in words.map(str::to_lowercase) {
            let person = ["he", "him", "his", "she", "her", "victim", "abuser"];
            assert!(sister || !person.contains(&word.as_str()), "{name}: {word}");
        }
    }
}

#[test]
fn texts_are_short() {
    for (name, text) in texts() {
        for sentence in text.split_inclusive(['.', '?', ':']) {
            assert!(sentence.split_whitespace().count() <= 25, "{name}: {sentence}");
        }
    }
}

proptest! {
    #[test]
    fn any_choices_at_all_come_to_an_end(
        story in 0..STORIES.len(),
        choices in prop::collection::vec(0..3_usize, 8),
    ) {
        let mut at = Answering::begin(STORIES[story]);
        for choice in choices {
            match at.write("x").unwrap().choose(Choice::ALL[choice]) {
                Turn::On(next) => at = next,
                Turn::Over(_) => return Ok(()),
            }
        }
        prop_assert!(false, "no end");
    }
}
