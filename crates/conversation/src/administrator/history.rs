//! The policies that the relay keeps: the list of them, any of them whole, and the files of texts that they name
//! (`features.md` 5.6; `decisions/0028`).
//!
//! One thing is asked at a time, in the order in which it was asked for; what the line took away is asked again.
//! Everything is followed up to the root: a relay can keep a version back, and cannot alter one, put another program's in
//! its place, or end the list before what it greeted with. What a device signed that was revoked since is marked.

use std::collections::VecDeque;

use stillroom_program::{
    Fingerprint, Locale, LocaleFile, Policy, SignedPolicy, Timestamp, VerifiedPolicy, VerifyingKey,
};
use stillroom_protocol::{ClientFrame, MlsDecode, Operation, Refusal, Reply, decode};

use super::{Administrator, AdministratorEvent};
use crate::limits::CLOCK_TOLERANCE;
use crate::trust::Trust;

/// The number of its requests, of which there is one at a time: the parts of the policy of now and its files of texts
/// have those below.
pub(super) const REQUEST: u32 = 5;

/// What came of what was asked about the policies that the relay keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyEvent {
    /// Every policy that the relay keeps, the newest first.
    History(Vec<PolicyEntry>),
    /// A whole policy, as it was published. Whether it holds now is for [`Policy::holds`].
    Fetched(Box<Policy>),
    /// There is no policy of this version at the relay (any more).
    NotKept(u64),
    /// A file of texts that a policy names; nothing where the relay has none (any more).
    Locale {
        /// Its hash, by which the policy names it.
        hash: [u8; 32],
        /// The file.
        file: Option<LocaleFile>,
    },
    /// It did not work.
    Failed(PolicyTrouble),
}

/// Why something about policies did not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyTrouble {
    /// What the relay gave is not signed by this program, or is not what was asked for.
    NotVerified,
    /// The newest that the relay lists is older than what it greeted with.
    Older,
    /// The relay refused.
    Refused(Refusal),
}

/// A policy in the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyEntry {
    /// Its version.
    pub version: u64,
    /// From when it held, in seconds since the Unix epoch. When it came to the relay nobody wrote down.
    pub issued: u64,
    /// Until when it held or holds.
    pub expires: u64,
    /// The administrator's device that signed it.
    pub signer: VerifyingKey,
    /// Whether that device was revoked since.
    pub revoked: bool,
}

/// What is asked of the relay.
enum Ask {
    /// For the policy of this version.
    Policy(u64),
    /// For what is below a version, after what came before.
    History { below: u64, listed: Vec<PolicyEntry> },
    /// For a file of texts.
    Locale([u8; 32]),
}

impl Ask {
    fn operation(&self) -> Operation {
        match self {
            Self::Policy(version) => Operation::Policy { version: *version },
            Self::History { below, .. } => Operation::PolicyHistory { below: *below },
            Self::Locale(file) => Operation::Locale { file: *file },
        }
    }
}

/// What this console asks, in order. The first was sent, where the line stands.
#[derive(Default)]
pub(super) struct History {
    asks: VecDeque<Ask>,
}

impl History {
    /// What was asked last, to be asked again on a new line.
    pub(super) fn frame(&self) -> Option<ClientFrame> {
        let operation = self.asks.front()?.operation();
        Some(ClientFrame::Request { number: REQUEST, operation })
    }

    /// Asks; the frame to send, where nothing was asked before.
    fn ask(&mut self, ask: Ask) -> Option<ClientFrame> {
        self.asks.push_back(ask);
        if self.asks.len() == 1 { self.frame() } else { None }
    }

    /// The answer to the first.
    fn handle_reply(&mut self, reply: &Reply, known: &Known<'_>) -> Option<PolicyEvent> {
        let ask = self.asks.pop_front()?;
        let Reply::Records { records } = reply else {
            return Some(PolicyEvent::Failed(PolicyTrouble::NotVerified));
        };
        let event = match ask {
            Ask::Policy(version) => match records.first() {
                None => Ok(PolicyEvent::NotKept(version)),
                Some(record) => known.whole(record, version).map(PolicyEvent::Fetched),
            },
            Ask::Locale(hash) => match records.first() {
                None => Ok(PolicyEvent::Locale { hash, file: None }),
                Some(record) => text_file(record, hash),
            },
            Ask::History { below, listed } => {
                let more = records.iter().map(|record| known.entry(record)).collect();
                return self.handle_listed(below, listed, more, known);
            }
        };
        Some(event.unwrap_or_else(PolicyEvent::Failed))
    }

    /// So many more policies below a version. Each is older than the one before it; the first of all is no older than
    /// what the relay greeted with. Where there are none, that was all.
    fn handle_listed(
        &mut self,
        below: u64,
        mut listed: Vec<PolicyEntry>,
        more: Result<Vec<PolicyEntry>, PolicyTrouble>,
        known: &Known<'_>,
    ) -> Option<PolicyEvent> {
        let more = match more {
            Ok(more) => more,
            Err(trouble) => return Some(PolicyEvent::Failed(trouble)),
        };
        let mut before = below;
        for entry in &more {
            if entry.version >= before {
                return Some(PolicyEvent::Failed(PolicyTrouble::NotVerified));
            }
            before = entry.version;
        }
        let newest = listed.first().or(more.first()).map_or(0, |entry| entry.version);
        if newest < known.greeted_version() {
            return Some(PolicyEvent::Failed(PolicyTrouble::Older));
        }
        if more.is_empty() {
            return Some(PolicyEvent::History(listed));
        }
        listed.extend(more);
        self.asks.push_front(Ask::History { below: before, listed });
        None
    }

    /// The relay refused the first.
    fn handle_refused(&mut self, refusal: Refusal) -> Option<PolicyEvent> {
        self.asks.pop_front()?;
        Some(PolicyEvent::Failed(PolicyTrouble::Refused(refusal)))
    }
}

/// What a policy from the relay is measured by.
struct Known<'a> {
    root: &'a Fingerprint,
    trust: &'a Trust,
    now: Timestamp,
}

impl Known<'_> {
    /// A policy of this program, as it holds now or held as long as it did; no other than the one that the relay greeted
    /// with, where the number is the same.
    fn verified(&self, signed: &SignedPolicy) -> Result<VerifiedPolicy, PolicyTrouble> {
        let verified = signed
            .verify_as_it_held(self.root, self.now, CLOCK_TOLERANCE)
            .map_err(|_| PolicyTrouble::NotVerified)?;
        let greeted = self.trust.policy().filter(|greeted| greeted.version == verified.version);
        if greeted.is_some_and(|greeted| greeted.hash() != verified.hash()) {
            return Err(PolicyTrouble::NotVerified);
        }
        Ok(verified)
    }

    fn entry(&self, record: &[u8]) -> Result<PolicyEntry, PolicyTrouble> {
        let policy = self.verified(&read(record)?)?;
        Ok(PolicyEntry {
            version: policy.version,
            issued: policy.issued,
            expires: policy.expires,
            signer: policy.signer().key,
            revoked: self.trust.revocations().is_revoked(policy.signer()),
        })
    }

    /// A whole policy, which is the version that was asked for.
    fn whole(&self, record: &[u8], version: u64) -> Result<Box<Policy>, PolicyTrouble> {
        let signed = read::<SignedPolicy>(record)?;
        let verified = self.verified(&signed)?;
        if verified.version != version {
            return Err(PolicyTrouble::NotVerified);
        }
        verified.whole(&signed).map(Box::new).map_err(|_| PolicyTrouble::NotVerified)
    }

    fn greeted_version(&self) -> u64 {
        self.trust.policy().map_or(0, |policy| policy.version)
    }
}

fn text_file(record: &[u8], hash: [u8; 32]) -> Result<PolicyEvent, PolicyTrouble> {
    let file = LocaleFile::try_from(record).map_err(|_| PolicyTrouble::NotVerified)?;
    if Locale::hash(&file) == hash {
        Ok(PolicyEvent::Locale { hash, file: Some(file) })
    } else {
        Err(PolicyTrouble::NotVerified)
    }
}

fn read<T: MlsDecode>(record: &[u8]) -> Result<T, PolicyTrouble> {
    decode(record).map_err(|_| PolicyTrouble::NotVerified)
}

/// What an administrator looks up. Each is answered by a [`PolicyEvent`].
impl Administrator {
    /// Fetches the list of all policies that the relay keeps.
    pub fn fetch_history(&mut self) {
        self.look_up(Ask::History { below: u64::MAX, listed: Vec::new() });
    }

    /// Fetches the policy of this version, whole.
    pub fn fetch_policy(&mut self, version: u64) {
        self.look_up(Ask::Policy(version));
    }

    /// Fetches a file of texts that a policy names.
    pub fn fetch_locale(&mut self, hash: [u8; 32]) {
        self.look_up(Ask::Locale(hash));
    }

    fn look_up(&mut self, ask: Ask) {
        if let Some(frame) = self.history.ask(ask).filter(|_| self.admitted) {
            self.send(&frame);
        }
    }

    pub(super) fn handle_history_reply(&mut self, reply: &Reply, now: Timestamp) {
        let known = Known { root: &self.setup.root, trust: &self.trust, now };
        let event = self.history.handle_reply(reply, &known);
        self.look_up_next(event);
    }

    pub(super) fn handle_history_refused(&mut self, refusal: Refusal) {
        let event = self.history.handle_refused(refusal);
        self.look_up_next(event);
    }

    fn look_up_next(&mut self, event: Option<PolicyEvent>) {
        if let Some(event) = event {
            self.show(AdministratorEvent::Policies(event));
        }
        if let Some(frame) = self.history.frame() {
            self.send(&frame);
        }
    }
}
