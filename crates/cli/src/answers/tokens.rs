//! Which tokens count, and which were spent (`features.md` 5.9; `decisions/0040`).
//!
//! What is remembered of a spent token is the number that a page drew, in order of that number: it tells of no chat,
//! no time and no answer. It is forgotten when no token of that key counts any more. Not found out: what somebody who
//! is on duty makes for themselves, and what a relay that hides a revocation lets through.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use stillroom_program::limits::ISSUER_COUNTS;
use stillroom_program::{
    AnswersEnvelope, Fingerprint, IssuerRecord, IssuingKey, ReportKey, Timestamp,
    VerifiedRevocations,
};

use super::totals::name;
use crate::clock::TOLERANCE;

/// The tokens that were spent, by the key that they were made with.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spent(BTreeMap<String, OfKey>);

/// Those of one key.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfKey {
    /// When the key was made, in seconds since the Unix epoch.
    made: u64,
    tokens: BTreeSet<String>,
}

impl Spent {
    fn has(&self, envelope: &AnswersEnvelope) -> bool {
        let of_key = self.0.get(&name(&envelope.issuer.hash()));
        of_key.is_some_and(|spent| spent.tokens.contains(&name(envelope.token.nonce())))
    }

    /// The token of this envelope is spent now.
    pub(super) fn spend(&mut self, envelope: &AnswersEnvelope) {
        let made = envelope.issuer.read().map_or(0, |issuer| issuer.content.made);
        let new = || OfKey { made, tokens: BTreeSet::new() };
        let of_key = self.0.entry(name(&envelope.issuer.hash())).or_insert_with(new);
        of_key.tokens.insert(name(envelope.token.nonce()));
    }

    /// Forgets what does not count any more, spent or not.
    pub(super) fn forget(&mut self, now: Timestamp) {
        let counts = (ISSUER_COUNTS + TOLERANCE).as_secs();
        self.0.retain(|_, of_key| of_key.made.saturating_add(counts) > now.seconds());
    }
}

/// What tokens are checked with.
pub(super) struct Checks<'a> {
    root: &'a Fingerprint,
    report: &'a ReportKey,
    revocations: &'a VerifiedRevocations,
    now: Timestamp,
    /// By the hash of their record; nothing where it does not hold.
    keys: BTreeMap<[u8; 32], Option<IssuingKey>>,
    seen: BTreeSet<[u8; 16]>,
}

impl<'a> Checks<'a> {
    pub(super) fn new(
        root: &'a Fingerprint,
        report: &'a ReportKey,
        revocations: &'a VerifiedRevocations,
        now: Timestamp,
    ) -> Self {
        let (keys, seen) = (BTreeMap::new(), BTreeSet::new());
        Self { root, report, revocations, now, keys, seen }
    }

    /// Whether the token in this envelope was made with a key of this program's, was not spent before, and is not in
    /// another envelope that was looked at.
    pub(super) fn counts(&mut self, envelope: &AnswersEnvelope, spent: &Spent) -> bool {
        let issuer = &envelope.issuer;
        let hash = issuer.hash();
        let key = match self.keys.get(&hash) {
            Some(key) => key.clone(),
            None => self.key(issuer),
        };
        let made = key.as_ref().is_some_and(|key| key.made(&envelope.token));
        self.keys.insert(hash, key);
        made && !spent.has(envelope) && self.seen.insert(*envelope.token.nonce())
    }

    fn key(&self, issuer: &IssuerRecord) -> Option<IssuingKey> {
        let verified =
            issuer.read()?.verify(self.root, self.revocations, self.now, TOLERANCE).ok()?;
        self.report.open_issuer(&verified).ok()
    }
}
