//! Sealed answers on their way to the program: held in memory until there are enough of one kind to tell none
//! apart, then given out in an order that nobody chose (`features.md` 5.9).
//!
//! What comes is neither opened nor looked at, and nothing is kept of when, in which order or from where. A
//! relay that stops loses what is short of a batch; that is the price of not writing single answers down.
//! Whoever sends many can fill a batch around one survivor's; what has no one-time token is left out where the report
//! key is (`decisions/0040`). Against a relay that runs other code this protects nothing.

use crate::limits::Limits;
use crate::pace::Bucket;
use rand_core::CryptoRng;
use stillroom_program::Timestamp;
use stillroom_protocol::{
    ANSWERS_BATCH_MAX, AnswersBatch, AnswersBatchId, AnswersFormat, AnswersKind, Bytes, List,
    ProgramId, SealedAnswers,
};

/// The fewest of a batch: with less, a difference between two reports would be one person's answers.
pub(crate) const BATCH_LEAST: usize = 10;

/// What is held of each kind.
#[derive(Default)]
pub(crate) struct Answers {
    questions: Held,
    survey: Held,
    bucket: Option<Bucket>,
}

/// What is held of one kind.
#[derive(Default)]
struct Held {
    sealed: Vec<Vec<u8>>,
    /// How many were dropped since there was room.
    dropped: u64,
}

impl Answers {
    /// Takes sealed answers in, and gives a batch out where there are enough. What is not for this program, not
    /// as long as it must be or too much is dropped alike.
    pub(crate) fn take(
        &mut self,
        bytes: &[u8],
        program: ProgramId,
        limits: &Limits,
        rng: &mut dyn CryptoRng,
        now: Timestamp,
    ) -> Option<AnswersBatch> {
        let answers = match AnswersFormat::of(bytes)? {
            AnswersFormat::Sealed => SealedAnswers::from_bytes(bytes).ok()?,
        };
        let bucket = self.bucket.get_or_insert_with(|| Bucket::full(limits.answers_pace, now));
        if answers.program != program || !bucket.take(limits.answers_pace, now) {
            return None;
        }
        let kind = answers.kind;
        let held = self.of(kind);
        held.take(answers.into_sealed(), limits.held(), rng);
        held.release(kind, limits.batch(), rng)
    }

    /// Takes back a batch that could not be kept. It is given out again with what comes next, mixed anew.
    pub(crate) fn take_back(
        &mut self,
        batch: AnswersBatch,
        limits: &Limits,
        rng: &mut dyn CryptoRng,
    ) {
        let held = self.of(batch.kind);
        held.sealed.extend(batch.sealed.into_vec().into_iter().map(Bytes::into_vec));
        while held.sealed.len() > limits.held() {
            held.draw(rng);
            held.dropped += 1;
        }
    }

    pub(crate) fn held(&self) -> usize {
        self.questions.sealed.len() + self.survey.sealed.len()
    }

    /// How many are held, and their bytes.
    pub(crate) fn size(&self) -> (usize, usize) {
        let sealed = self.questions.sealed.iter().chain(&self.survey.sealed);
        (self.held(), sealed.map(Vec::len).sum())
    }

    fn of(&mut self, kind: AnswersKind) -> &mut Held {
        match kind {
            AnswersKind::Questions => &mut self.questions,
            AnswersKind::Survey => &mut self.survey,
        }
    }
}

impl Held {
    /// Where there is no room any of all that came since there was is dropped (algorithm R), so that neither who
    /// came first nor who came last has a better lot.
    fn take(&mut self, sealed: Vec<u8>, most: usize, rng: &mut dyn CryptoRng) {
        if self.sealed.len() < most {
            self.dropped = 0;
            self.sealed.push(sealed);
            return;
        }
        self.dropped += 1;
        let came = (most as u64).saturating_add(self.dropped);
        let lot = usize::try_from(below(came, rng)).ok();
        if let Some(place) = lot.and_then(|lot| self.sealed.get_mut(lot)) {
            *place = sealed;
        }
    }

    fn release(
        &mut self,
        kind: AnswersKind,
        enough: usize,
        rng: &mut dyn CryptoRng,
    ) -> Option<AnswersBatch> {
        if self.sealed.len() < enough {
            return None;
        }
        let drawn = (0..enough).filter_map(|_| self.draw(rng).try_into().ok());
        let sealed = drawn.collect::<Vec<_>>();
        let mut id = AnswersBatchId([0; 16]);
        rng.fill_bytes(&mut id.0);
        Some(AnswersBatch { id, kind, sealed: List::try_from(sealed).ok()? })
    }

    /// Any one; nothing where none is held.
    fn draw(&mut self, rng: &mut dyn CryptoRng) -> Vec<u8> {
        match usize::try_from(below(self.sealed.len() as u64, rng)) {
            Ok(lot) if lot < self.sealed.len() => self.sealed.swap_remove(lot),
            _ => Vec::new(),
        }
    }
}

impl Limits {
    /// How many make a batch, whatever the configuration says.
    pub(crate) fn batch(&self) -> usize {
        self.answers_batch.clamp(BATCH_LEAST, ANSWERS_BATCH_MAX)
    }

    fn held(&self) -> usize {
        self.answers_held.max(self.batch())
    }
}

/// A number below `end`, each as likely as the other: of 2^64 over so few, what is uneven does not show.
fn below(end: u64, rng: &mut dyn CryptoRng) -> u64 {
    rng.next_u64() % end.max(1)
}
