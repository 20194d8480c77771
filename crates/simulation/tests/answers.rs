//! Optional questions and the survey: one envelope of one size whether somebody answers or skips, which neither
//! the relay nor staff can open.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a scenario that fails here has failed")]

mod scene;

use scene::{A_WHILE, FIRST, SOON, chatting, on_duty, start, start_with, take};
use stillroom_conversation::{ItemAnswer, Phase, Said};
use stillroom_program::{Answers, AnswersKind};
use stillroom_protocol::{ANSWERS_BYTES_MAX, SealedAnswers};
use stillroom_simulation::{DeviceNumber, World};

const SECRET: &str = "a-word-that-nobody-else-writes";

fn choice(choice: u8) -> ItemAnswer {
    ItemAnswer::chosen(choice)
}

fn written(choice: u8, text: &str) -> ItemAnswer {
    ItemAnswer::new(choice, text).unwrap()
}

fn answering() -> Said {
    Said { language: "es".into(), answers: vec![choice(2), choice(0)], ..Said::default() }
}

fn posted(world: &World, by: DeviceNumber) -> Vec<&[u8]> {
    let posted = world.answers_sent.iter().filter(|(device, _)| *device == by);
    posted.map(|(_, bytes)| &bytes[..]).collect()
}

fn opened(world: &World, bytes: &[u8]) -> Answers {
    let answers = SealedAnswers::from_bytes(bytes).unwrap();
    let program = world.program.root.program_id();
    assert_eq!(answers.program, program);
    let kind = answers.kind;
    world.program.report_key.open(&program, kind, &answers.into_sealed()).unwrap()
}

fn ends(world: &mut World, desk: DeviceNumber, survivor: DeviceNumber) {
    world.as_desk(desk, |desk, now| desk.end(FIRST, now));
    let ended = |world: &World| matches!(world.shown(survivor).phase(), Some(Phase::Ended(_)));
    assert!(world.run_until(SOON, ended));
    world.run_for(SOON);
}

#[test]
fn who_answers_and_who_skips_send_one_envelope_of_one_size() {
    let (mut world, _) = on_duty(1);
    let answers = start_with(&mut world, answering());
    let skips = start(&mut world);
    world.run_for(SOON);
    let [answered] = posted(&world, answers)[..] else { panic!("one") };
    let [skipped] = posted(&world, skips)[..] else { panic!("one") };
    assert_eq!(answered.len(), skipped.len());

    let version = world.program.policy.unverified().unwrap().terms.version;
    let read = opened(&world, answered);
    assert_eq!((read.policy_version, read.kind), (version, AnswersKind::Questions));
    assert_eq!(read.language.as_str(), "es");
    assert!(*read.items == [choice(2), choice(0)]);
    assert!(opened(&world, skipped).items.is_empty());
}

#[test]
fn neither_a_dropped_line_nor_a_new_relay_nor_a_lost_advocate_sends_it_twice() {
    let (mut world, desk) = on_duty(2);
    let survivor = start_with(&mut world, answering());
    world.run_for(SOON);
    world.cut(survivor);
    world.run_for(SOON);
    world.kill_relay();
    world.run_for(SOON);
    world.start_relay();
    world.run_for(A_WHILE);
    take(&mut world, desk, survivor, FIRST);
    world.publish(|_| {});
    world.run_for(SOON);
    world.destroy(desk);
    world.run_for(A_WHILE);
    assert!(world.shown(survivor).phases.len() > 3, "they asked again");
    assert_eq!(posted(&world, survivor).len(), 1);
}

#[test]
fn answers_go_by_the_version_that_the_page_showed() {
    let (mut world, _) = on_duty(3);
    world.publish(|_| {});
    world.run_for(SOON);
    let said = Said { policy_version: 7, ..answering() };
    let survivor = start_with(&mut world, said);
    world.run_for(SOON);
    assert_eq!(opened(&world, posted(&world, survivor)[0]).policy_version, 7);
}

#[test]
fn nobody_posts_anything_where_the_program_asks_nothing() {
    let (mut world, _) = on_duty(4);
    world.publish(|policy| policy.terms.report_key = None);
    world.run_for(A_WHILE);
    let survivor = start_with(&mut world, answering());
    world.run_for(SOON);
    assert!(world.as_survivor(survivor, |core, _| core.survey(vec![])) == Some(false));
    world.as_survivor(survivor, |core, now| core.end(now));
    assert!(world.as_survivor(survivor, |core, _| core.survey(vec![])) == Some(false));
    assert!(world.answers_sent.is_empty());
}

#[test]
fn the_survey_is_answered_or_skipped_after_the_end_once_and_in_one_size() {
    let mut sizes = Vec::new();
    for (seed, items) in [(5, vec![choice(1), choice(3), written(0, SECRET)]), (6, vec![])] {
        let (mut world, desk, survivor) = chatting(seed);
        let survey = |world: &mut World| {
            let items = items.clone();
            world.as_survivor(survivor, |core, _| core.survey(items)).unwrap()
        };
        assert!(!survey(&mut world), "not during the chat");
        ends(&mut world, desk, survivor);
        assert!(survey(&mut world));
        assert!(!survey(&mut world), "once");
        let [_, survey] = posted(&world, survivor)[..] else { panic!("questions and survey") };
        let read = opened(&world, survey);
        assert_eq!(read.kind, AnswersKind::Survey);
        assert!(*read.items == items[..]);
        sizes.push(survey.len());
    }
    assert_eq!(sizes, [ANSWERS_BYTES_MAX; 2]);
}

#[test]
fn the_survey_does_not_wait_until_the_other_side_has_heard_of_the_end() {
    let (mut world, desk, survivor) = chatting(9);
    world.destroy(desk);
    world.run_for(SOON);
    world.as_survivor(survivor, |core, now| core.end(now));
    assert!(world.as_survivor(survivor, |core, _| core.survey(vec![choice(1)])).unwrap());
    world.run_for(SOON);
    assert_eq!(posted(&world, survivor).len(), 2);
}

#[test]
fn whoever_gets_no_place_in_the_line_has_sent_no_answer() {
    let (mut world, desk) = on_duty(10);
    world.destroy(desk);
    world.run_for(A_WHILE);
    let survivor = start_with(&mut world, answering());
    world.run_for(A_WHILE);
    assert_eq!(posted(&world, survivor).len(), 0);
}

#[test]
fn a_survey_that_is_too_long_is_not_taken_and_may_be_shortened() {
    let (mut world, desk, survivor) = chatting(7);
    ends(&mut world, desk, survivor);
    let long = "x".repeat(2_000);
    let items = vec![written(0, &long); 3];
    assert!(!world.as_survivor(survivor, |core, _| core.survey(items)).unwrap());
    assert!(!world.as_survivor(survivor, |core, _| core.survey(vec![choice(1); 9])).unwrap());
    let items = vec![written(0, &long)];
    assert!(world.as_survivor(survivor, |core, _| core.survey(items)).unwrap());
}

#[test]
fn whoever_leaves_by_the_way_out_posts_nothing_more() {
    let (mut world, _, survivor) = chatting(8);
    let before = world.answers_sent.len();
    world.as_survivor(survivor, |core, _| core.leave());
    assert!(!world.as_survivor(survivor, |core, _| core.survey(vec![choice(1)])).unwrap());
    world.run_for(SOON);
    assert_eq!(world.answers_sent.len(), before);

    // Nor is anything where the relay had not greeted yet: nobody was asked for.
    let (mut world, _) = on_duty(9);
    let survivor = start_with(&mut world, answering());
    world.as_survivor(survivor, |core, _| core.leave());
    world.run_for(SOON);
    assert!(posted(&world, survivor).is_empty());
}

#[test]
fn answers_are_on_no_line_and_a_text_to_a_question_nowhere() {
    let (mut world, desk) = on_duty(10);
    let answers = vec![written(1, SECRET)];
    let survivor = start_with(&mut world, Said { answers, ..Said::default() });
    take(&mut world, desk, survivor, FIRST);
    let [questions] = posted(&world, survivor)[..] else { panic!("one") };
    assert!(opened(&world, questions).items[0].text.is_empty());
    let holds = |bytes: &[u8]| bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes());
    assert!(!holds(questions));
    assert!(!world.seen_by_relay.iter().any(|frame| holds(frame)));
    let sealed = &questions[18..];
    let on_the_line = |frame: &Vec<u8>| frame.windows(64).any(|part| part == &sealed[..64]);
    assert!(!world.seen_by_relay.iter().any(on_the_line));
}

#[test]
fn ten_survivors_make_a_batch_that_the_report_key_alone_opens() {
    let (mut world, _) = on_duty(11);
    for number in 0..10 {
        assert!(world.batches.is_empty(), "{number}");
        if number % 2 == 0 {
            start(&mut world)
        } else {
            start_with(&mut world, answering())
        };
        world.run_for(SOON);
    }
    let [batch] = &world.batches[..] else { panic!("one batch") };
    let program = world.program.root.program_id();
    let open = |sealed: &[u8]| world.program.report_key.open(&program, batch.kind, sealed).unwrap();
    let answered = batch.sealed.iter().filter(|sealed| !open(sealed).items.is_empty()).count();
    assert_eq!((batch.sealed.len(), answered), (10, 5));
}
