//! Sealed answers, as anybody may post them, the tokens in them, and sealed counts of days: no bytes make a decoder
//! panic, and nothing altered opens or counts.
#![no_main]

use core::time::Duration;
use libfuzzer_sys::fuzz_target;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use stillroom_fuzz::{NOW, WORLD};
use stillroom_program::{
    AnswersEnvelope, AskedTokens, DayCounts, GivenTokens, Issuer, TokenRequest,
    VerifiedRevocations, decode, encode,
};
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
    if let Ok(envelope) = decode::<AnswersEnvelope>(bytes) {
        assert_eq!(encode(&envelope), bytes);
        let counts = WORLD.issuing_key.made(&envelope.token);
        let genuine = WORLD.report_key.open(
            &WORLD.root.program_id(),
            AnswersKind::Survey,
            &WORLD.answers.clone().into_sealed(),
        );
        assert!(!counts || genuine.is_ok_and(|genuine| genuine.token == envelope.token));
        envelope.issuer.read().iter().for_each(verify);
    }
    if let Ok(issuer) = decode::<Issuer>(bytes) {
        verify(&issuer);
    }
    tokens(bytes);
});

fn verify(issuer: &Issuer) {
    let none = VerifiedRevocations::none();
    if issuer.verify(&WORLD.root, &none, NOW, Duration::ZERO).is_ok() {
        assert!(*issuer == WORLD.issuer);
    }
}

/// What a page and a desk say to one another inside a chat.
fn tokens(bytes: &[u8]) {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    if let Ok(asked) = decode::<AskedTokens>(bytes) {
        assert_eq!(encode(&asked), bytes);
        let _ = WORLD.issuing_key.give(&asked, &mut rng);
    }
    if let (Ok(given), Some((request, _))) =
        (decode::<GivenTokens>(bytes), TokenRequest::new(&mut rng))
    {
        assert_eq!(encode(&given), bytes);
        assert!(request.finish(&given, &WORLD.issuer.content.public).is_none());
    }
}

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
