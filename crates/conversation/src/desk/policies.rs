//! What an administrator's desk asks of the program's policies: the newest whole, every one that was published before
//! it, and to publish the next (`features.md` 5.6; `decisions/0028`).
//!
//! A page goes this way. [`Desk::fetch_policy`] and [`Desk::fetch_policy_history`] are answered by
//! [`PolicyEvent`]s. What was edited is signed here, on the device whose key never leaves it ([`Desk::sign_policy`]),
//! and published in the place of the version that it was made from ([`Desk::publish_policy`]). Where somebody else
//! published meanwhile, [`PolicyEvent::Replaced`] comes, and after it the newest whole, to be merged with.
//!
//! One thing is asked at a time, in the order in which it was asked for; what the line took away is asked again: a
//! policy that is there already is published no second time. Everything is followed up to the root: a relay can keep a
//! version back, and cannot alter one, put another program's in its place, or show as the newest one that is older than
//! what it greeted with. It does not protect against an administrator's device in wrong hands; what a device signed
//! that was revoked since is marked.

use std::collections::VecDeque;

use stillroom_program::{
    Fingerprint, Locale, LocaleFile, Policy, Roles, SignedPolicy, Timestamp, VerifiedPolicy,
    VerifyingKey,
};
use stillroom_protocol::{ClientFrame, MlsDecode, Operation, Refusal, Reply, decode, encode};

use super::{Desk, DeskEvent};
use crate::limits::CLOCK_TOLERANCE;
use crate::trust::Trust;

/// The number of its requests, of which there is one at a time: duty counts its own up from 1.
pub(super) const REQUEST: u32 = u32::MAX - 30;

/// What came of what was asked about policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyEvent {
    /// A whole policy.
    Fetched(Box<PublishedPolicy>),
    /// There is no policy of this version at the relay (any more).
    NotKept(u64),
    /// Every policy that the relay keeps, the newest first, whole.
    History(Vec<PolicyEntry>),
    /// A file of texts that a policy names; nothing where the relay has none (any more).
    Locale {
        /// Its hash, by which the policy names it.
        hash: [u8; 32],
        /// The file.
        file: Option<LocaleFile>,
    },
    /// The policy of this version is published.
    Published(u64),
    /// Another one was published meanwhile, and this desk's was not. The newest follows as
    /// [`Fetched`](Self::Fetched).
    Replaced,
    /// It did not work.
    Failed(PolicyTrouble),
}

/// Why something about policies did not work. Nothing was changed at the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyTrouble {
    /// It takes an administrator's device, and this is none.
    NotAdministrator,
    /// What the relay gave is not signed by this program, or is not what was asked for.
    NotVerified,
    /// What the relay gave as the newest is older than what it greeted with.
    Older,
    /// All texts together are too long.
    TooLong,
    /// The relay refused.
    Refused(Refusal),
}

/// A policy of this program, as it was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedPolicy {
    /// What it says. Whether it holds now is for [`Policy::holds`].
    pub policy: Policy,
    /// What is known of it beside.
    pub entry: PolicyEntry,
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
    /// For a policy; 0 is the newest.
    Policy(u64),
    /// For what is below a version, after what came before.
    History { below: u64, listed: Vec<PolicyEntry> },
    /// For a file of texts.
    Locale([u8; 32]),
    /// To keep a file of texts.
    PutLocale(LocaleFile),
    /// To publish.
    Publish { replaces: u64, signed: Box<SignedPolicy>, version: u64 },
}

impl Ask {
    fn operation(&self) -> Option<Operation> {
        Some(match self {
            Self::Policy(version) => Operation::Policy { version: *version },
            Self::History { below, .. } => Operation::PolicyHistory { below: *below },
            Self::Locale(file) => Operation::Locale { file: *file },
            Self::PutLocale(file) => {
                Operation::PublishLocale { file: file.to_vec().try_into().ok()? }
            }
            Self::Publish { replaces, signed, .. } => {
                let policy = encode(&**signed).try_into().ok()?;
                Operation::PublishPolicy { replaces: *replaces, policy }
            }
        })
    }
}

/// What this desk asks about policies, in order. The first was sent, where the line stands.
#[derive(Default)]
pub(super) struct OwnPolicies {
    asks: VecDeque<Ask>,
}

impl OwnPolicies {
    fn frame(&self) -> Option<ClientFrame> {
        let operation = self.asks.front()?.operation()?;
        Some(ClientFrame::Request { number: REQUEST, operation })
    }

    /// Asks; the frame to send, where nothing was asked before.
    fn ask(&mut self, ask: Ask) -> Option<ClientFrame> {
        self.asks.push_back(ask);
        if self.asks.len() == 1 { self.frame() } else { None }
    }

    /// The relay has let this device in (again): what was asked last is asked again.
    pub(super) fn handle_admitted(&self) -> Option<ClientFrame> {
        self.frame()
    }

    /// The answer to the first, and what is asked next.
    fn handle_reply(&mut self, reply: &Reply, known: &Known<'_>) -> Option<PolicyEvent> {
        match (self.asks.pop_front()?, reply) {
            (Ask::Policy(version), Reply::Records { records }) => Some(match records.first() {
                Some(record) => {
                    known.whole(record, version).map_or_else(PolicyEvent::Failed, |policy| {
                        PolicyEvent::Fetched(Box::new(policy))
                    })
                }
                None => PolicyEvent::NotKept(version),
            }),
            (Ask::History { below, listed }, Reply::Records { records }) => {
                let more = records.iter().map(|record| known.entry(record)).collect();
                self.handle_listed(below, listed, more, known)
            }
            (Ask::Locale(hash), Reply::Records { records }) => Some(match records.first() {
                None => PolicyEvent::Locale { hash, file: None },
                Some(record) if Locale::hash(record) == hash => {
                    PolicyEvent::Locale { hash, file: LocaleFile::try_from(&**record).ok() }
                }
                Some(_) => PolicyEvent::Failed(PolicyTrouble::NotVerified),
            }),
            (Ask::PutLocale(_), Reply::Done) => None,
            (Ask::Publish { version, .. }, Reply::Done) => Some(PolicyEvent::Published(version)),
            (ask, _) => Some(self.fail(&ask, PolicyTrouble::NotVerified)),
        }
    }

    /// So many more policies below a version. Each is older than the one before it; the first of all is no older than
    /// what the relay greeted with.
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
        let Some(lowest) = more.last().map(|entry| entry.version) else {
            return Some(PolicyEvent::History(listed));
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
        listed.extend(more);
        self.asks.push_front(Ask::History { below: lowest, listed });
        None
    }

    /// The relay refused the first.
    fn handle_refused(&mut self, refusal: Refusal) -> Option<PolicyEvent> {
        let ask = self.asks.pop_front()?;
        let is_publishing = matches!(ask, Ask::Publish { .. });
        if is_publishing && refusal == Refusal::PolicyReplaced {
            self.asks.push_front(Ask::Policy(0));
            return Some(PolicyEvent::Replaced);
        }
        Some(self.fail(&ask, PolicyTrouble::Refused(refusal)))
    }

    /// A file that was not kept is not named by a policy that is published next: that is not sent either.
    fn fail(&mut self, ask: &Ask, trouble: PolicyTrouble) -> PolicyEvent {
        if matches!(ask, Ask::PutLocale(_)) {
            while let Some(ask) = self.asks.pop_front() {
                match ask {
                    Ask::PutLocale(_) => {}
                    Ask::Publish { .. } => break,
                    other => {
                        self.asks.push_front(other);
                        break;
                    }
                }
            }
        }
        PolicyEvent::Failed(trouble)
    }
}

/// What a policy from the relay is measured by.
struct Known<'a> {
    root: &'a Fingerprint,
    trust: &'a Trust,
    now: Timestamp,
}

impl Known<'_> {
    /// A policy of this program, as it holds now or held as long as it did.
    fn verified(&self, signed: &SignedPolicy) -> Result<VerifiedPolicy, PolicyTrouble> {
        let verified = signed.verify_as_it_held(self.root, self.now, CLOCK_TOLERANCE);
        verified.map_err(|_| PolicyTrouble::NotVerified)
    }

    fn entry(&self, record: &[u8]) -> Result<PolicyEntry, PolicyTrouble> {
        Ok(self.entry_of(&self.verified(&read(record)?)?))
    }

    fn entry_of(&self, policy: &VerifiedPolicy) -> PolicyEntry {
        PolicyEntry {
            version: policy.version,
            issued: policy.issued,
            expires: policy.expires,
            signer: policy.signer().key,
            revoked: self.trust.revocations().is_revoked(policy.signer()),
        }
    }

    /// A whole policy, which is the version that was asked for, or is no older than what the relay greeted with.
    fn whole(&self, record: &[u8], version: u64) -> Result<PublishedPolicy, PolicyTrouble> {
        let signed = read::<SignedPolicy>(record)?;
        let verified = self.verified(&signed)?;
        if version != 0 && verified.version != version {
            return Err(PolicyTrouble::NotVerified);
        }
        if version == 0 && verified.version < self.greeted_version() {
            return Err(PolicyTrouble::Older);
        }
        let greeted = self.trust.policy().filter(|greeted| greeted.version == verified.version);
        if greeted.is_some_and(|greeted| greeted.hash() != verified.hash()) {
            return Err(PolicyTrouble::NotVerified);
        }
        let policy = verified.whole(&signed).map_err(|_| PolicyTrouble::NotVerified)?;
        Ok(PublishedPolicy { policy, entry: self.entry_of(&verified) })
    }

    fn greeted_version(&self) -> u64 {
        self.trust.policy().map_or(0, |policy| policy.version)
    }
}

fn read<T: MlsDecode>(record: &[u8]) -> Result<T, PolicyTrouble> {
    decode(record).map_err(|_| PolicyTrouble::NotVerified)
}

/// What an administrator does with policies. On any other device each is answered by
/// [`PolicyTrouble::NotAdministrator`], and nothing is asked of the relay.
impl Desk {
    /// Fetches the newest policy, whole.
    pub fn fetch_policy(&mut self) {
        self.ask_about_policies(Ask::Policy(0));
    }

    /// Fetches the policy of this version, whole.
    pub fn fetch_former_policy(&mut self, version: u64) {
        self.ask_about_policies(Ask::Policy(version));
    }

    /// Fetches the list of all policies that the relay keeps.
    pub fn fetch_policy_history(&mut self) {
        self.ask_about_policies(Ask::History { below: u64::MAX, listed: Vec::new() });
    }

    /// Fetches a file of texts that a policy names.
    pub fn fetch_locale(&mut self, hash: [u8; 32]) {
        self.ask_about_policies(Ask::Locale(hash));
    }

    /// Signs a policy with this device's key, which stays here.
    ///
    /// # Errors
    /// [`PolicyError`](stillroom_program::PolicyError), as [`SignedPolicy::sign`].
    #[cfg(feature = "editing")]
    pub fn sign_policy(
        &self,
        policy: &Policy,
    ) -> Result<SignedPolicy, stillroom_program::PolicyError> {
        SignedPolicy::sign(policy, &self.setup.device)
    }

    /// Publishes a policy in the place of version `replaces`, which it was made from, and before it the files of texts
    /// that it names and the relay may not have.
    pub fn publish_policy(
        &mut self,
        signed: SignedPolicy,
        files: Vec<LocaleFile>,
        replaces: u64,
        now: Timestamp,
    ) {
        self.now = now;
        let known = Known { root: &self.setup.root, trust: &self.trust, now };
        let version = match known.entry(&encode(&signed)) {
            Ok(entry) => entry.version,
            Err(trouble) => return self.show_policies(PolicyEvent::Failed(trouble)),
        };
        let ask = Ask::Publish { replaces, signed: Box::new(signed), version };
        if ask.operation().is_none() {
            return self.show_policies(PolicyEvent::Failed(PolicyTrouble::TooLong));
        }
        for file in files {
            self.ask_about_policies(Ask::PutLocale(file));
        }
        self.ask_about_policies(ask);
    }

    fn ask_about_policies(&mut self, ask: Ask) {
        if !self.setup.device.chain.leaf().roles.contains(Roles::ADMINISTRATOR) {
            return self.show_policies(PolicyEvent::Failed(PolicyTrouble::NotAdministrator));
        }
        let frame = self.policies.ask(ask).filter(|_| self.admitted);
        self.send_all(frame);
    }

    pub(super) fn handle_policies_reply(&mut self, reply: &Reply, now: Timestamp) {
        let known = Known { root: &self.setup.root, trust: &self.trust, now };
        let event = self.policies.handle_reply(reply, &known);
        self.go_on_about_policies(event);
    }

    pub(super) fn handle_policies_refused(&mut self, refusal: Refusal) {
        let event = self.policies.handle_refused(refusal);
        self.go_on_about_policies(event);
    }

    fn go_on_about_policies(&mut self, event: Option<PolicyEvent>) {
        if let Some(event) = event {
            self.show_policies(event);
        }
        let frame = self.policies.frame();
        self.send_all(frame);
    }

    fn show_policies(&mut self, event: PolicyEvent) {
        self.show(DeskEvent::Policies(event));
    }
}
