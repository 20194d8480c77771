//! What survivors answer: equally long whatever it is, and opened by the report key alone.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::fixture::{Program, policy};
use super::issuers::issuer;
use crate::limits::SURVEY_FREE_TEXT_IN_ALL;
use crate::*;

fn item(choice: u8, text: &str) -> ItemAnswer {
    ItemAnswer { choice, text: text.try_into().unwrap() }
}

fn answers(kind: AnswersKind, items: Vec<ItemAnswer>) -> Answers {
    let language = "zh-Hant-HK-x-abc".try_into().unwrap();
    Answers { policy_version: u64::MAX, kind, language, items: items.try_into().unwrap() }
}

fn nothing(kind: AnswersKind) -> Answers {
    let (policy_version, language) = (1, Text::default());
    Answers { policy_version, kind, language, items: List::default() }
}

/// A program, its report key, the key of its tokens, and how answers are sealed.
struct Report {
    program: Program,
    key: ReportKey,
    issuer: Issuer,
}

impl Report {
    fn new() -> Self {
        let mut program = Program::new(1);
        let key = RootKey::generate(&mut program.rng).report_key();
        let issuer = issuer(&mut program, &key.public_key()).0;
        Self { program, key, issuer }
    }

    fn envelope(&self, answers: &Answers) -> AnswersEnvelope {
        let token = decode(&[[0xff; 16].as_slice(), &[0; 64]].concat()).unwrap();
        AnswersEnvelope { answers: answers.clone(), token, issuer: self.issuer.record().unwrap() }
    }

    fn seal(&mut self, answers: &Answers) -> Vec<u8> {
        self.try_seal(answers).unwrap()
    }

    fn try_seal(&mut self, answers: &Answers) -> Result<Vec<u8>, SealError> {
        let program = self.program.fingerprint.program_id();
        let envelope = self.envelope(answers);
        envelope.seal(&program, &self.key.public_key(), &mut self.program.rng)
    }

    fn open(&self, kind: AnswersKind, sealed: &[u8]) -> Result<Answers, AnswersError> {
        let opened = self.key.open(&self.program.fingerprint.program_id(), kind, sealed);
        opened.map(|envelope| envelope.answers)
    }
}

#[test]
fn the_fullest_answers_and_none_are_equally_long_and_read_back() {
    let mut report = Report::new();
    let widest: String = ['𝒜'; 500].iter().collect();
    let choices = || vec![item(12, ""); 8];
    let mut written = choices();
    written[0] = item(8, &widest);
    written[7] = item(8, &widest);
    assert_eq!(SURVEY_FREE_TEXT_IN_ALL, 1000);
    for (kind, full) in [(AnswersKind::Questions, choices()), (AnswersKind::Survey, written)] {
        for said in [answers(kind, full), nothing(kind)] {
            let sealed = report.seal(&said);
            assert_eq!(sealed.len(), kind.sealed_bytes());
            assert_eq!(report.open(kind, &sealed), Ok(said));
        }
    }
}

#[test]
fn the_same_answers_are_never_sealed_alike() {
    let mut report = Report::new();
    let said = nothing(AnswersKind::Questions);
    let (first, second) = (report.seal(&said), report.seal(&said));
    let alike = first.iter().zip(&second).filter(|(one, other)| one == other).count();
    assert!(alike < first.len() / 50, "{alike}");
}

#[test]
fn another_key_another_program_and_another_kind_open_nothing() {
    let mut report = Report::new();
    let kind = AnswersKind::Questions;
    let sealed = report.seal(&answers(kind, vec![item(1, "")]));
    let program = report.program.fingerprint.program_id();
    let closed = Err(AnswersError::DoesNotOpen);
    let other = RootKey::generate(&mut report.program.rng).report_key();
    let closed_whole = Err(AnswersError::DoesNotOpen);
    assert_eq!(other.open(&program, kind, &sealed), closed_whole);
    let elsewhere = Program::new(2).fingerprint.program_id();
    assert_eq!(report.key.open(&elsewhere, kind, &sealed), closed_whole);
    assert_eq!(report.open(AnswersKind::Survey, &sealed), closed);
    for at in (0..sealed.len()).step_by(97) {
        let mut altered = sealed.clone();
        altered[at] ^= 1;
        assert_eq!(report.open(kind, &altered), closed, "{at}");
        assert_eq!(report.open(kind, &sealed[..at]), closed, "{at}");
    }
}

#[test]
fn what_opens_and_is_no_answer_is_refused() {
    let mut report = Report::new();
    let program = report.program.fingerprint.program_id();
    let key = report.key.public_key();
    let kind = AnswersKind::Questions;
    let context = [&program.0[..], &key.hash(), &[1]].concat();
    let length = kind.plaintext_bytes();
    let plaintext = |answers: &Answers| {
        let mut plaintext = encode(&report.envelope(answers));
        plaintext.push(0x80);
        plaintext.resize(length, 0);
        plaintext
    };
    let of_the_other_kind = plaintext(&nothing(AnswersKind::Survey));
    let with_a_text = plaintext(&answers(kind, vec![item(1, "my name")]));
    let (zeros, ones) = (vec![0; length], vec![0xff; length]);
    for plaintext in [&zeros[..], &ones, &[0x80], &of_the_other_kind, &with_a_text] {
        let sealed =
            seal(&key, b"stillroom answers 2", &context, plaintext, &mut report.program.rng);
        assert_eq!(report.open(kind, &sealed.unwrap()), Err(AnswersError::Malformed));
    }
}

#[test]
fn a_question_takes_no_text_and_a_survey_no_more_than_a_policy_lets_people_write() {
    let mut report = Report::new();
    let full: String = ['𝒜'; 500].iter().collect();
    for said in [
        answers(AnswersKind::Questions, vec![item(1, "a")]),
        answers(AnswersKind::Survey, vec![item(1, &full); 3]),
    ] {
        assert_eq!(report.try_seal(&said), Err(SealError::TooLong));
    }
}

#[test]
fn the_recovery_words_bring_the_report_key_back() {
    let root = RootKey::generate(&mut Program::new(1).rng);
    let again = RootKey::from_recovery_words(&root.recovery_words()).unwrap();
    assert_eq!(again.report_key().public_key(), root.report_key().public_key());
}

#[test]
fn a_report_key_is_kept_under_a_passphrase_as_what_it_is() {
    let mut program = Program::new(1);
    let root = RootKey::generate(&mut program.rng);
    let key = root.report_key();
    let (right, wrong) = ("four words or rather more", "another passphrase altogether");
    let wrapped = key.wrap_with_passphrase(right, &mut program.rng).unwrap();
    let opened = ReportKey::unwrap_with_passphrase(&wrapped, right).unwrap();
    assert_eq!(opened.public_key(), key.public_key());
    let refused = |wrapped: &[u8], passphrase| {
        ReportKey::unwrap_with_passphrase(wrapped, passphrase).unwrap_err()
    };
    assert_eq!(refused(&wrapped, wrong), PassphraseError::Wrong);
    let root = root.wrap_with_passphrase(right, &mut program.rng).unwrap();
    assert_eq!(refused(&root, right), PassphraseError::Wrong, "the root key is another thing");
}

#[test]
fn only_a_policy_that_asks_carries_the_report_key() {
    let key = Report::new().key.public_key();
    let asks = policy().with_report_key(&key);
    assert_eq!(asks.terms.report_key, Some(key.clone()));
    let mut silent = policy();
    silent.page.questions = List::default();
    silent.page.survey = List::default();
    assert_eq!(silent.with_report_key(&key).terms.report_key, None);
}

#[test]
fn what_was_answered_does_not_print() {
    let said = answers(AnswersKind::Survey, vec![item(3, "a secret")]);
    let report = Report::new();
    let (envelope, key) = (report.envelope(&said), &report.key);
    let shown = format!("{said:?} {:?} {envelope:?} {:?} {key:?}", said.items, envelope.token);
    assert_eq!(shown, "Answers List([ItemAnswer]) AnswersEnvelope Token ReportKey(secret)");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn whatever_is_answered_is_one_size_and_read_back(
        survey in any::<bool>(),
        version in any::<u64>(),
        items in proptest::collection::vec((any::<u8>(), "\\PC{0,60}"), 0..=8),
    ) {
        let mut report = Report::new();
        let kind = if survey { AnswersKind::Survey } else { AnswersKind::Questions };
        let text = |text: &str| if survey { text.into() } else { String::new() };
        let items: Vec<_> = items.iter().map(|(choice, said)| item(*choice, &text(said))).collect();
        let mut said = answers(kind, items);
        said.policy_version = version;
        let sealed = report.seal(&said);
        prop_assert_eq!(sealed.len(), kind.sealed_bytes());
        prop_assert_eq!(report.open(kind, &sealed), Ok(said));
    }
}
