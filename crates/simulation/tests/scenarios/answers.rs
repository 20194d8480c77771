//! Optional questions and the survey: one envelope of one size whether somebody answers or skips, sent once a chat has
//! begun, with a token that shows so; neither the relay nor staff can open it.

use core::time::Duration;

use stillroom_conversation::{ChatNumber, ItemAnswer, Phase, Said};
use stillroom_program::{Answers, AnswersEnvelope, AnswersKind, Roles, VerifiedRevocations};
use stillroom_protocol::{ANSWERS_BYTES_MAX, SealedAnswers};
use stillroom_simulation::{DeviceNumber, World};

use crate::scene::{A_WHILE, FIRST, SOON, add_desk, chatting, on_duty, start, start_with, take};

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
    opened_whole(world, bytes).answers
}

fn opened_whole(world: &World, bytes: &[u8]) -> AnswersEnvelope {
    let answers = SealedAnswers::from_bytes(bytes).unwrap();
    let program = world.program.root.program_id();
    assert_eq!(answers.program, program);
    let kind = answers.kind;
    world.program.report_key.open(&program, kind, &answers.into_sealed()).unwrap()
}

/// Whether the program's computer counts the token in it.
fn counts(world: &World, envelope: &AnswersEnvelope) -> bool {
    let none = VerifiedRevocations::none();
    let issuer = envelope.issuer.read().unwrap();
    let issuer = issuer.verify(&world.program.root, &none, world.now, Duration::ZERO);
    world.program.report_key.open_issuer(&issuer.unwrap()).unwrap().made(&envelope.token)
}

fn ends(world: &mut World, desk: DeviceNumber, survivor: DeviceNumber) {
    world.as_desk(desk, |desk, now| desk.end(FIRST, now));
    let ended = |world: &World| matches!(world.shown(survivor).phase(), Some(Phase::Ended(_)));
    assert!(world.run_until(SOON, ended));
    world.run_for(SOON);
}

#[test]
fn who_answers_and_who_skips_send_one_envelope_of_one_size() {
    let (mut world, desk) = on_duty(1);
    let answers = start_with(&mut world, answering());
    take(&mut world, desk, answers, FIRST);
    let skips = start(&mut world);
    take(&mut world, desk, skips, ChatNumber(2));
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
    assert_eq!(posted(&world, survivor).len(), 1);
    let mate = add_desk(&mut world, "Kim");
    world.destroy(desk);
    world.run_for(A_WHILE);
    take(&mut world, mate, survivor, FIRST);
    world.run_for(SOON);
    assert!(world.shown(survivor).phases.len() > 3, "they asked again");
    assert_eq!(posted(&world, survivor).len(), 1);
}

#[test]
fn answers_go_by_the_version_that_the_page_showed() {
    let (mut world, desk) = on_duty(3);
    world.publish(|_| {});
    world.run_for(SOON);
    let said = Said { policy_version: 7, ..answering() };
    let survivor = start_with(&mut world, said);
    take(&mut world, desk, survivor, FIRST);
    world.run_for(SOON);
    assert_eq!(opened(&world, posted(&world, survivor)[0]).policy_version, 7);
}

#[test]
fn nobody_posts_anything_where_the_program_asks_nothing() {
    let (mut world, desk) = on_duty(4);
    world.publish(|policy| policy.terms.report_key = None);
    world.run_for(A_WHILE);
    let survivor = start_with(&mut world, answering());
    take(&mut world, desk, survivor, FIRST);
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
        world.run_for(SOON);
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
    world.run_for(SOON);
    world.destroy(desk);
    world.run_for(SOON);
    world.as_survivor(survivor, |core, now| core.end(now));
    assert!(world.as_survivor(survivor, |core, _| core.survey(vec![choice(1)])).unwrap());
    world.run_for(SOON);
    assert_eq!(posted(&world, survivor).len(), 2);
}

#[test]
fn whoever_never_gets_into_a_chat_has_sent_no_answer() {
    let (mut world, _) = on_duty(10);
    let survivor = start_with(&mut world, answering());
    world.run_for(A_WHILE);
    assert_eq!(world.shown(survivor).phase(), Some(Phase::Waiting { ahead: Some(0) }));
    world.as_survivor(survivor, |core, now| core.end(now));
    world.run_for(SOON);
    assert!(!world.as_survivor(survivor, |core, _| core.survey(vec![choice(1)])).unwrap());
    assert_eq!(posted(&world, survivor).len(), 0);
}

#[test]
fn every_envelope_has_a_token_that_counts_and_of_one_key_whoevers_chat_it_was() {
    let mut world = World::new(12);
    let kim = world.program.staff(Roles::ADVOCATE, "Kim");
    let kim = world.desk(kim);
    let sam = add_desk(&mut world, "Sam");
    let mut envelopes = Vec::new();
    let first = start_with(&mut world, answering());
    take(&mut world, sam, first, FIRST);
    world.run_for(SOON);
    ends(&mut world, sam, first);
    world.as_survivor(first, |core, _| core.survey(vec![]));
    world.run_for(SOON);
    // Another desk goes on with the same key, also under the next duty key.
    world.run_for(Duration::from_secs(25 * 60 * 60));
    world.as_desk(kim, |desk, now| desk.go_on_duty(now));
    world.run_for(SOON);
    world.as_desk(sam, |desk, _| desk.go_off_duty());
    world.run_for(A_WHILE);
    let second = start(&mut world);
    take(&mut world, kim, second, FIRST);
    world.run_for(SOON);
    for survivor in [first, second] {
        envelopes.extend(posted(&world, survivor).iter().map(|sent| opened_whole(&world, sent)));
    }
    assert_eq!(envelopes.len(), 3);
    let mut nonces: Vec<_> = envelopes.iter().map(|one| *one.token.nonce()).collect();
    nonces.sort_unstable();
    nonces.dedup();
    assert_eq!(nonces.len(), 3, "each has its own");
    for envelope in &envelopes {
        assert!(counts(&world, envelope));
        assert!(envelope.issuer == envelopes[0].issuer, "nothing tells one chat from another");
    }
}

#[test]
fn after_somebody_was_revoked_tokens_are_of_another_key() {
    let (mut world, desk) = on_duty(13);
    let former = world.program.staff(Roles::ADVOCATE, "Alex");
    let first = start(&mut world);
    take(&mut world, desk, first, FIRST);
    world.run_for(SOON);
    world.revoke(&former);
    world.run_for(A_WHILE);
    let second = start(&mut world);
    take(&mut world, desk, second, ChatNumber(2));
    world.run_for(SOON);
    let issuers = [first, second].map(|one| opened_whole(&world, posted(&world, one)[0]).issuer);
    assert!(issuers[0] != issuers[1]);
}

#[test]
fn a_survey_that_is_too_long_is_not_taken_and_may_be_shortened() {
    let (mut world, desk, survivor) = chatting(7);
    world.run_for(SOON);
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
    world.run_for(SOON);
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
    world.run_for(SOON);
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
    let (mut world, desk) = on_duty(11);
    for number in 0..10 {
        assert!(world.batches.is_empty(), "{number}");
        let said = if number % 2 == 0 { Said::default() } else { answering() };
        let survivor = start_with(&mut world, said);
        take(&mut world, desk, survivor, ChatNumber(number + 1));
        world.run_for(SOON);
    }
    let [batch] = &world.batches[..] else { panic!("one batch") };
    let program = world.program.root.program_id();
    let open = |sealed: &[u8]| world.program.report_key.open(&program, batch.kind, sealed).unwrap();
    let answered =
        batch.sealed.iter().filter(|sealed| !open(sealed).answers.items.is_empty()).count();
    assert_eq!((batch.sealed.len(), answered), (10, 5));
}
