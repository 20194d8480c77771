//! Sealed answers over HTTP: `POST /a`, the batches that come of them, and who may take those.

use std::collections::BTreeSet;

use stillroom_protocol::{
    ANSWERS_BYTES_MAX, AnswersBatch, AnswersBatchId, AnswersKind, Operation, ProgramId, Refusal,
    Reply, SealedAnswers, decode,
};

use crate::device::Line;
use crate::scene::{Answer, Scene};
use crate::traffic::WORDS;

const K: u8 = 10;
const BATCH: AnswersBatchId = AnswersBatchId([1; 16]);

/// Sealed answers that a test can tell apart; the relay cannot.
fn answers(program: ProgramId, kind: AnswersKind, number: u8) -> Vec<u8> {
    let mut sealed = [WORDS, &vec![number; kind.sealed_bytes()]].concat();
    sealed.truncate(kind.sealed_bytes());
    SealedAnswers::new(program, kind, sealed).unwrap().to_bytes()
}

async fn post(scene: &Scene, body: &[u8], headers: &[&str]) {
    let answer = Answer::posted(scene.survivors(), "/a", body, headers).await;
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    assert_eq!(answer.header("set-cookie"), None);
    // A page that another server gives out would be told of a failure else.
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
}

async fn post_some(scene: &Scene, kind: AnswersKind, numbers: std::ops::Range<u8>) {
    let program = scene.program.root.program_id();
    for number in numbers {
        post(scene, &answers(program, kind, number), &[]).await;
    }
}

/// The next batch, which a relay keeps a moment after the last of its answers came.
async fn next(line: &mut Line) -> AnswersBatch {
    loop {
        match line.ask(Operation::NextAnswers).await {
            Ok(Reply::Records { records }) if records.is_empty() => {}
            Ok(Reply::Records { records }) if records.len() == 1 => {
                return decode(&records[0]).unwrap();
            }
            other => panic!("{other:?}"),
        }
    }
}

async fn none_is_kept(line: &mut Line) {
    let none = Reply::Records { records: Default::default() };
    assert_eq!(line.ask(Operation::NextAnswers).await, Ok(none));
}

/// Whether the relay's folder holds these bytes.
fn kept(scene: &Scene, bytes: &[u8]) -> bool {
    std::fs::read_dir(scene.folder.path().join("state")).unwrap().any(|entry| {
        // The control socket is no file to read, and keeps nothing.
        let file = std::fs::read(entry.unwrap().path()).unwrap_or_default();
        file.windows(bytes.len()).any(|window| window == bytes)
    })
}

#[tokio::test]
async fn ten_make_a_batch_that_an_administrator_takes_and_destroys() {
    let scene = Scene::start().await;
    let mut line = scene.administrator().await;
    post_some(&scene, AnswersKind::Questions, 0..K - 1).await;
    assert_eq!(scene.relay.holdings().answers, usize::from(K) - 1);
    none_is_kept(&mut line).await;
    assert!(!kept(&scene, WORDS), "single answers are in memory alone");

    post_some(&scene, AnswersKind::Questions, K - 1..K).await;
    let batch = next(&mut line).await;
    assert_eq!(batch.kind, AnswersKind::Questions);
    let came: BTreeSet<u8> =
        batch.sealed.iter().filter_map(|sealed| sealed.last()).copied().collect();
    assert_eq!(came, (0..K).collect());
    assert_eq!(scene.relay.holdings().answers, 0);
    assert_eq!(next(&mut line).await, batch, "the same one until it is destroyed");
    assert!(kept(&scene, WORDS));

    let destroy = Operation::DestroyAnswers { batch: batch.id };
    assert_eq!(line.ask(destroy.clone()).await, Ok(Reply::Done));
    assert_eq!(line.ask(destroy).await, Ok(Reply::Done), "asked again after a broken line");
    none_is_kept(&mut line).await;
    assert!(!kept(&scene, WORDS), "what is destroyed is overwritten");
}

#[tokio::test]
async fn a_restart_keeps_batches_and_loses_what_was_short_of_one() {
    let scene = Scene::start().await;
    post_some(&scene, AnswersKind::Survey, 0..K + 3).await;
    let mut line = scene.administrator().await;
    let batch = next(&mut line).await;
    let scene = scene.restart().await;
    assert_eq!(scene.relay.holdings().answers, 0);
    assert_eq!(next(&mut scene.administrator().await).await, batch);
}

#[tokio::test]
async fn nobody_but_an_administrator_takes_or_destroys_them() {
    let mut scene = Scene::start().await;
    post_some(&scene, AnswersKind::Questions, 0..K).await;
    let batch = next(&mut scene.administrator().await).await;
    let advocate = scene.program.advocate();
    let mut desk = Line::staff(scene.desks(), &scene.program, &advocate).await;
    let mut survivor = scene.survivor().await;
    for operation in [Operation::NextAnswers, Operation::DestroyAnswers { batch: batch.id }] {
        assert_eq!(desk.ask(operation.clone()).await, Err(Refusal::RoleMissing));
        assert_eq!(survivor.ask(operation).await, Err(Refusal::NotStaff));
    }
    assert_eq!(next(&mut scene.administrator().await).await, batch);
}

#[tokio::test]
async fn whatever_is_posted_the_answer_is_the_same_and_only_whole_answers_are_taken() {
    let scene = Scene::start().await;
    let program = scene.program.root.program_id();
    let whole = answers(program, AnswersKind::Survey, 1);
    let longer = [&whole[..], &[0; 4096]].concat();
    let elsewhere = answers(ProgramId([9; 16]), AnswersKind::Survey, 1);
    let evil = ["origin: https://evil.example"];
    for (body, headers) in [
        (&whole[..], &evil[..]),
        (&longer, &[]),
        (&whole[..whole.len() - 1], &[]),
        (&elsewhere, &[]),
        (&[0; ANSWERS_BYTES_MAX], &[]),
        (&[], &[]),
    ] {
        post(&scene, body, headers).await;
    }
    assert_eq!(scene.relay.holdings().answers, 0);
    let own = format!("origin: {}", scene.relay.survivor_origin());
    for headers in [&[own.as_str()][..], &["origin: null"], &[]] {
        post(&scene, &whole, headers).await;
    }
    assert_eq!(scene.relay.holdings().answers, 3);
}

#[tokio::test]
async fn a_configuration_can_ask_for_more_than_ten_and_for_no_less() {
    let scene = Scene::start_with(|_, config| config.limits.answers_batch = 12).await;
    post_some(&scene, AnswersKind::Questions, 0..11).await;
    assert_eq!(scene.relay.holdings().answers, 11);
    post_some(&scene, AnswersKind::Questions, 11..12).await;
    let batch = next(&mut scene.administrator().await).await;
    assert_eq!(batch.sealed.len(), 12);
    for wrong in [0, 9, 17] {
        let mut config = scene.config.clone();
        config.limits.answers_batch = wrong;
        assert!(stillroom_relay::Relay::start(config).await.is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn the_desks_address_has_no_such_way_in() {
    let scene = Scene::start().await;
    assert_eq!(Answer::posted(scene.desks(), "/a", &[0; 9], &[]).await.status, 404);
    assert_eq!(Answer::to(scene.survivors(), "GET /a", &[]).await.status, 405);
    let destroy = Operation::DestroyAnswers { batch: BATCH };
    assert_eq!(scene.administrator().await.ask(destroy).await, Ok(Reply::Done), "none is there");
}
