//! Which tokens count, and which were spent (`features.md` 5.9; `decisions/0040`).
//!
//! What is remembered of a spent token is the number that a page drew, in order of that number: it tells of no chat,
//! no time and no answer. It is forgotten when no token of that key counts any more. Not found out: what somebody who
//! is on duty makes for themselves, and what a relay that hides a revocation lets through.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use stillroom_program::limits::ISSUER_COUNTS;
use stillroom_program::{AnswersEnvelope, IssuerRecord, IssuingKey, Timestamp};

use super::opened::With;
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

/// The tokens of one batch, as they are checked.
pub(super) struct Checks<'a> {
    with: &'a With<'a>,
    /// By the hash of their record; nothing where it does not hold.
    keys: BTreeMap<[u8; 32], Option<IssuingKey>>,
    seen: BTreeSet<[u8; 16]>,
}

impl<'a> Checks<'a> {
    pub(super) fn new(with: &'a With<'a>) -> Self {
        Self { with, keys: BTreeMap::new(), seen: BTreeSet::new() }
    }

    /// Whether the token in this envelope was made with a key of this program's, was not spent before, and is not in
    /// another envelope that was looked at.
    pub(super) fn counts(&mut self, envelope: &AnswersEnvelope, spent: &Spent) -> bool {
        let issuer = &envelope.issuer;
        let hash = issuer.hash();
        if !self.keys.contains_key(&hash) {
            let key = self.key(issuer);
            self.keys.insert(hash, key);
        }
        let key = self.keys.get(&hash).and_then(Option::as_ref);
        let made = key.is_some_and(|key| key.made(&envelope.token));
        made && !spent.has(envelope) && self.seen.insert(*envelope.token.nonce())
    }

    fn key(&self, issuer: &IssuerRecord) -> Option<IssuingKey> {
        let With { root, report, revocations, now } = self.with;
        let verified = issuer.read()?.verify(root, revocations, *now, TOLERANCE).ok()?;
        report.open_issuer(&verified).ok()
    }
}
