//! Going on duty: getting the duty key that all desks share, or making a new one, and stating again and
//! again that somebody is there (`features.md` 2.4; `design.md`, Keys).
//!
//! The key comes through the relay wrapped for this device and signed by a colleague's; a relay can keep
//! it back or give an old one, which is made anew then, but not read it or put its own in its place. With it comes
//! the key that tokens are made with (`decisions/0040`), which goes on from one duty key to the next.

use stillroom_program::{
    Device, DutyStatement, Fingerprint, Issuer, IssuingKey, ReceivingKey, ReceivingPublicKey,
    SharedIssuer, SharedKey, SharedKeyBundle, SignedStatement, Timestamp,
};
use stillroom_protocol::{Bytes, ClientFrame, Operation, Reply, Shared, decode, encode};

use crate::{
    limits::{
        CLOCK_TOLERANCE, DUTY_KEY_AGAIN_AFTER, DUTY_KEY_LASTS, DUTY_KEYS_HELD, STATEMENT_EVERY,
        STATEMENT_LASTS,
    },
    randomness::Randomness,
    trust::Trust,
};

/// Whether this device is on duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Not on duty.
    Off,
    /// Getting there: the line, or the key that opens what survivors say beforehand, is not there yet.
    Starting,
    /// On duty: survivors are told that somebody is here.
    On,
    /// On a break within a shift: open chats go on, and for new ones this device is not on duty.
    Break,
}

/// How far going on duty has come.
enum Step {
    Idle,
    /// Asked for the wrapped key; where it does not serve, a new one is made.
    Fetching,
    /// Asked for the wrapped key that a colleague has just made; where it does not serve, the one that was stated
    /// stays, which is due again then: two desks that cannot read one another's would replace them for ever.
    FetchingColleagues {
        again: Timestamp,
    },
    /// It does not serve: asked who the staff are, to wrap a new one for them.
    Listing {
        replaces: u64,
    },
    /// A new one was put.
    Putting {
        key: ReceivingKey,
        under: [u8; 32],
    },
    /// The key could not be had; asked for again then.
    Waiting {
        again: Timestamp,
    },
    /// Stated; due again then.
    Stated {
        again: Timestamp,
    },
}

/// The duty of this device.
pub(crate) struct OwnDuty {
    /// Whether this device may state that somebody is on duty. Whoever only joins chats is on duty for colleagues
    /// alone: the relay and survivors are told nothing of it.
    states: bool,
    wanted: bool,
    /// Not wanted for now alone.
    on_break: bool,
    step: Step,
    request: u32,
    /// The newest last.
    keys: Vec<ReceivingKey>,
    /// The hash of the list of revoked devices that the newest was made under.
    made_under: [u8; 32],
    /// The key that tokens are made with, and its record.
    issuer: Option<(Issuer, IssuingKey)>,
}

/// What duty needs of the desk.
pub(crate) struct Context<'a> {
    pub(crate) device: &'a Device,
    pub(crate) root: &'a Fingerprint,
    pub(crate) trust: &'a Trust,
    /// The newest version of the vault that is known here.
    pub(crate) vault_version: u64,
    pub(crate) randomness: &'a mut Randomness,
}

impl OwnDuty {
    pub(crate) fn new(states: bool) -> Self {
        Self {
            states,
            wanted: false,
            on_break: false,
            step: Step::Idle,
            request: 0,
            keys: Vec::new(),
            made_under: [0; 32],
            issuer: None,
        }
    }

    pub(crate) fn shown(&self) -> Duty {
        match (self.wanted, &self.step) {
            (false, _) if self.on_break => Duty::Break,
            (false, _) => Duty::Off,
            (true, _) if !self.states => Duty::On,
            (true, Step::Stated { .. }) => Duty::On,
            (true, _) => Duty::Starting,
        }
    }

    /// Whether the person wants to be on duty now.
    pub(crate) fn is_wanted(&self) -> bool {
        self.wanted
    }

    /// The keys that may open an intake.
    pub(crate) fn keys(&self) -> &[ReceivingKey] {
        &self.keys
    }

    /// The key that tokens are made with, and its record.
    pub(crate) fn issuer(&self) -> Option<(&Issuer, &IssuingKey)> {
        self.issuer.as_ref().map(|(issuer, key)| (issuer, key))
    }

    /// The person wants to be on duty; `admitted` where the line is ready for it.
    pub(crate) fn want(&mut self, admitted: bool) -> Option<ClientFrame> {
        self.wanted = true;
        self.on_break = false;
        (admitted && self.states).then(|| self.fetch())
    }

    /// The person takes a break, where they are on duty.
    pub(crate) fn pause(&mut self) -> Option<ClientFrame> {
        let on_break = self.wanted || self.on_break;
        let frame = self.stop();
        self.on_break = on_break;
        frame
    }

    /// The person wants to go off duty.
    pub(crate) fn stop(&mut self) -> Option<ClientFrame> {
        self.on_break = false;
        self.step = Step::Idle;
        self.keys.clear();
        self.issuer = None;
        let told = core::mem::take(&mut self.wanted) && self.states;
        told.then_some(ClientFrame::GoOffDuty)
    }

    /// The relay let this device in.
    pub(crate) fn handle_admitted(&mut self) -> Option<ClientFrame> {
        (self.wanted && self.states).then(|| self.fetch())
    }

    pub(crate) fn handle_line_down(&mut self) {
        self.step = Step::Idle;
    }

    /// Policy or revocations changed: what was stated no longer holds.
    pub(crate) fn handle_records_changed(&mut self, now: Timestamp) {
        if let Step::Stated { again } | Step::FetchingColleagues { again } = &mut self.step {
            *again = now;
        }
    }

    /// Somebody states duty with this key: where it is not known here, a colleague made a new one.
    pub(crate) fn handle_stated(&mut self, key: &ReceivingPublicKey) -> Option<ClientFrame> {
        let known = self.keys.iter().any(|held| held.public_key() == *key);
        let Step::Stated { again } = self.step else {
            return None;
        };
        (!known).then(|| {
            self.step = Step::FetchingColleagues { again };
            self.request(Operation::Shared { which: Shared::DutyKey })
        })
    }

    /// The answer to this duty's request.
    pub(crate) fn handle_reply(
        &mut self,
        number: u32,
        reply: Reply,
        context: &mut Context<'_>,
        now: Timestamp,
    ) -> Option<ClientFrame> {
        if number != self.request {
            return None;
        }
        let list = context.trust.revocations().hash();
        let frame = match (core::mem::replace(&mut self.step, Step::Idle), reply) {
            (Step::Fetching, Reply::Shared { version, record: bundle }) => {
                match self.open(&bundle, context, now) {
                    Some(key) => self.take_key(key, list, context, now),
                    None => {
                        self.step = Step::Listing { replaces: version };
                        Some(self.request(Operation::ListStaff))
                    }
                }
            }
            (Step::FetchingColleagues { again }, Reply::Shared { record: bundle, .. }) => {
                if let Some(key) = self.open(&bundle, context, now) {
                    return self.take_key(key, list, context, now);
                }
                self.step = Step::Stated { again };
                None
            }
            (Step::Listing { replaces }, Reply::Records { records }) => {
                self.make(replaces, &records, context, now)
            }
            (Step::Putting { key, under }, Reply::Done) => self.take_key(key, under, context, now),
            _ => None,
        };
        if frame.is_none() && matches!(self.step, Step::Idle) {
            self.wait(now);
        }
        frame
    }

    /// The relay refused this duty's request. A new key: a colleague was faster, so theirs is fetched. Whatever else
    /// it could not do now is asked again in a moment.
    pub(crate) fn handle_refused(&mut self, number: u32, now: Timestamp) -> Option<ClientFrame> {
        if number != self.request {
            return None;
        }
        match self.step {
            Step::Putting { .. } => return Some(self.fetch()),
            Step::Fetching | Step::Listing { .. } => self.wait(now),
            Step::FetchingColleagues { again } => self.step = Step::Stated { again },
            Step::Idle | Step::Waiting { .. } | Step::Stated { .. } => {}
        }
        None
    }

    fn wait(&mut self, now: Timestamp) {
        if self.wanted {
            self.step = Step::Waiting { again: now + DUTY_KEY_AGAIN_AFTER };
        }
    }

    pub(crate) fn handle_timeout(
        &mut self,
        context: &mut Context<'_>,
        now: Timestamp,
    ) -> Option<ClientFrame> {
        match self.step {
            Step::Stated { again } if again <= now => self.state(context, now),
            Step::Waiting { again } if again <= now => Some(self.fetch()),
            _ => None,
        }
    }

    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        match self.step {
            Step::Stated { again } | Step::Waiting { again } => Some(again),
            _ => None,
        }
    }

    fn fetch(&mut self) -> ClientFrame {
        self.step = Step::Fetching;
        self.request(Operation::Shared { which: Shared::DutyKey })
    }

    /// The key in a bundle that a colleague signed under the list of revoked devices that is known here, that is
    /// young enough and wrapped for this device. The key for tokens in it is taken also from one that is too old.
    fn open(
        &mut self,
        bundle: &[u8],
        context: &Context<'_>,
        now: Timestamp,
    ) -> Option<ReceivingKey> {
        let bundle = decode::<SharedKeyBundle>(bundle).ok()?;
        let verified = bundle
            .verify(
                SharedKey::Duty,
                context.root,
                context.trust.revocations(),
                now,
                CLOCK_TOLERANCE,
            )
            .ok()?;
        let key = verified.open(context.device).ok()?;
        let revocations = context.trust.revocations();
        self.issuer = bundle.issuer.and_then(|shared| {
            shared.open(&key, context.root, revocations, now, CLOCK_TOLERANCE).ok()
        });
        let age = now.seconds().saturating_sub(verified.made());
        (age < DUTY_KEY_LASTS.as_secs()).then_some(key)
    }

    /// The key for tokens, sealed to a new duty key: the one that serves, or a new one.
    fn share_issuer(
        &mut self,
        duty_key: &ReceivingPublicKey,
        context: &mut Context<'_>,
        now: Timestamp,
    ) -> Option<SharedIssuer> {
        let policy = context.trust.policy();
        let report_key = policy.and_then(|policy| policy.report_key.as_ref())?;
        let revocations = context.trust.revocations();
        self.issuer.take_if(|(issuer, _)| !issuer.serves(report_key, revocations, now));
        if self.issuer.is_none() {
            let rng = &mut *context.randomness;
            self.issuer = Issuer::make(context.device, report_key, revocations, now, rng);
        }
        let (issuer, key) = self.issuer.as_ref()?;
        SharedIssuer::seal(issuer, key, context.root, duty_key, context.randomness)
    }

    /// Makes a new duty key, wrapped for everybody who is certified and not revoked.
    fn make(
        &mut self,
        replaces: u64,
        records: &[Bytes<{ stillroom_protocol::limits::RECORD_MAX }>],
        context: &mut Context<'_>,
        now: Timestamp,
    ) -> Option<ClientFrame> {
        let staff = context.trust.staff(records, now).collect::<Vec<_>>();
        let revocations = context.trust.revocations();
        let (mut bundle, key) = SharedKeyBundle::make(
            SharedKey::Duty,
            context.device,
            &staff,
            revocations,
            now,
            context.randomness,
        )
        .ok()?;
        bundle.issuer = self.share_issuer(&key.public_key(), context, now);
        let bundle = Bytes::try_from(encode(&bundle)).ok()?;
        self.step = Step::Putting { key, under: revocations.hash() };
        Some(self.request(Operation::PutShared {
            which: Shared::DutyKey,
            replaces,
            record: bundle,
        }))
    }

    fn take_key(
        &mut self,
        key: ReceivingKey,
        under: [u8; 32],
        context: &mut Context<'_>,
        now: Timestamp,
    ) -> Option<ClientFrame> {
        self.made_under = under;
        self.keys.retain(|held| held.public_key() != key.public_key());
        self.keys.push(key);
        if self.keys.len() > DUTY_KEYS_HELD {
            self.keys.remove(0);
        }
        self.state(context, now)
    }

    /// States that somebody is on duty; where somebody was revoked since the key was made, it is replaced first.
    fn state(&mut self, context: &mut Context<'_>, now: Timestamp) -> Option<ClientFrame> {
        if self.made_under != context.trust.revocations().hash() {
            return Some(self.fetch());
        }
        let policy = context.trust.policy()?;
        let statement = DutyStatement {
            issued: now.seconds(),
            expires: now.seconds() + STATEMENT_LASTS.as_secs(),
            policy_version: policy.version,
            policy_hash: policy.hash(),
            revocations_hash: context.trust.revocations().hash(),
            duty_key: self.keys.last()?.public_key(),
            vault_version: context.vault_version,
            issuer: self
                .issuer
                .as_ref()
                .and_then(|(issuer, _)| issuer.record())
                .map_or([0; 32], |record| record.hash()),
            open: true.into(),
        };
        let signed = SignedStatement::sign(statement, context.device);
        self.step = Step::Stated { again: now + STATEMENT_EVERY };
        Some(ClientFrame::GoOnDuty { statement: Bytes::try_from(encode(&signed)).ok()? })
    }

    fn request(&mut self, operation: Operation) -> ClientFrame {
        self.request = self.request.wrapping_add(1);
        ClientFrame::Request { number: self.request, operation }
    }
}
