//! Sealed answers, as anybody may post them, and sealed counts of days: no bytes make a decoder panic, and nothing altered opens.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stillroom_fuzz::WORLD;
use stillroom_program::{Answers, DayCounts, decode, encode};
use stillroom_protocol::counts::SealedDayCounts;
use stillroom_protocol::{AnswersBatch, AnswersKind, SealedAnswers};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(answers) = SealedAnswers::from_bytes(bytes) {
        assert_eq!(answers.to_bytes(), bytes);
        open(answers.kind, &answers.into_sealed());
    }
    if let Ok(batch) = decode::<AnswersBatch>(bytes) {
        assert_eq!(encode(&batch), bytes);
        batch.sealed.iter().for_each(|sealed| open(batch.kind, sealed));
    }
    for kind in AnswersKind::ALL {
        open(kind, bytes);
    }
    if let Ok(day) = decode::<SealedDayCounts>(bytes) {
        assert_eq!(encode(&day), bytes);
        open_counts(&day.sealed);
    }
    open_counts(bytes);
    if let Ok(counts) = decode::<DayCounts>(bytes) {
        assert_eq!(encode(&counts), bytes);
    }
    // What is inside, which is from anybody who knows the public key.
    if let Ok(answers) = decode::<Answers>(bytes) {
        assert_eq!(encode(&answers), bytes);
    }
});

fn open(kind: AnswersKind, sealed: &[u8]) {
    let world = &*WORLD;
    if world.report_key.open(&world.root.program_id(), kind, sealed).is_ok() {
        assert_eq!(sealed, world.answers.clone().into_sealed());
    }
}

fn open_counts(sealed: &[u8]) {
    let world = &*WORLD;
    if world.report_key.open_counts(&world.root.program_id(), sealed).is_ok() {
        assert_eq!(sealed, &*world.day_counts);
    }
}
