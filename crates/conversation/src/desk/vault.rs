//! The vault of code words on a desk: opened with the key that colleagues share, kept while the person is on duty,
//! and written so that no colleague's change is lost (`features.md` 3.4; `decisions/0023`).
//!
//! Each change is worked into the vault that is held here and put at the relay in place of the very version that
//! was read; where a colleague was first, theirs is read again and the two are merged. The key is made by whoever
//! first has something to keep; made anew, and the vault sealed to it, when somebody was revoked, or came who has
//! none. An older vault than a colleague knows is refused. It does not protect against a colleague's modified
//! desk, which can write what it likes.

use core::time::Duration;

use stillroom_program::{
    CodeWordTimes, Device, ReceivingKey, SealedVault, SharedKey, SharedKeyBundle, SharedKeyError,
    Timestamp, Vault, VerifiedStaff, VerifyingKey,
};
use stillroom_protocol::{
    Bytes, ClientFrame, List, Operation, Reply, Shared, decode, encode,
    limits::{RECORD_MAX, RECORDS_MAX},
};

use super::duty::Context;
use crate::limits::{CLOCK_TOLERANCE, VAULT_KEYS_HELD};

/// The number of its requests, of which there is one at a time: duty counts its own up from 1.
pub(super) const REQUEST: u32 = u32::MAX - 1;

/// How often in a row colleagues can be first, before a relay that takes nothing is asked no more.
const REFUSED_AT_MOST: u8 = 16;

/// Whether the vault can be used on this desk. Each has a sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VaultState {
    /// This desk is off duty, or is still getting it.
    #[default]
    Closed,
    /// It is open.
    Open,
    /// Its key was not made for this device yet: that happens as soon as a colleague who has it is on duty too.
    NotShared,
    /// The relay gives an older one than a colleague knows, or none where there is one.
    Withheld,
    /// It does not open, or was changed last by a device that was revoked since, while nobody was on duty.
    Unreadable,
}

/// What is asked of the relay.
enum Step {
    Idle,
    /// For the key.
    FetchingKey,
    /// For the vault.
    Fetching,
    /// Who the staff are, to wrap a new key for them.
    Listing {
        replaces: u64,
    },
    /// To keep a new key.
    PuttingKey {
        key: ReceivingKey,
        held: KeyHeld,
    },
    /// To keep the vault as it was after so many changes.
    Putting {
        changes: u64,
    },
}

/// What is known of the newest key.
#[derive(Default)]
struct KeyHeld {
    /// The relay's version of it; 0 where there is none.
    version: u64,
    /// The list of revoked devices that it was made under.
    under: [u8; 32],
    /// Whom it was made for.
    devices: Vec<VerifyingKey>,
    /// When the certificates of whoever made it run out, after which nobody believes it; Unix seconds.
    until: u64,
}

/// The vault as this desk has it.
struct Opened {
    vault: Vault,
    /// The version at the relay that it was read as, or written; 0 where there is none.
    version: u64,
    /// When the certificates of whoever wrote it run out, after which it opens for nobody; Unix seconds.
    until: u64,
}

/// The vault on this desk, and how far getting it has come.
pub(super) struct OwnVault {
    step: Step,
    state: VaultState,
    /// Whether the newest key and vault are to be read before anything is written.
    stale: bool,
    /// The newest last; the others open what was not sealed anew yet.
    keys: Vec<ReceivingKey>,
    key: KeyHeld,
    /// The list of revoked devices that this desk made a key under last.
    made_under: Option<[u8; 32]>,
    /// Who may be on duty, as far as is known: whoever came since the key was made has none.
    staff: Vec<VerifyingKey>,
    opened: Option<Opened>,
    /// The newest version that anybody was seen to know.
    least: u64,
    /// The changes that were made here, and how many of them the relay has.
    changes: u64,
    written: u64,
    /// Whether a new one is begun where the newest does not open.
    anew: bool,
    /// How often in a row the relay took nothing.
    refused: u8,
    /// For how long words are good, once the program's word on it is here.
    times: Option<CodeWordTimes>,
    /// When what is too old was looked for last: once a day, so that two desks whose clocks disagree about midnight
    /// do not take away and bring back the same thing for ever.
    expired: Option<Timestamp>,
}

/// After so long what is too old is looked for again.
const EXPIRES_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// So long before the certificates run out that key and vault stand on, whoever holds longer ones renews them: a month,
/// in which somebody is on duty in any program.
const RENEWED_BEFORE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Whether what stands until then is to be renewed, and this device's own certificates hold longer. They must: two
/// desks would renew one another's for ever.
fn is_renewed_here(until: u64, device: &Device, now: Timestamp) -> bool {
    until < (now + RENEWED_BEFORE).seconds() && until < device.chain.not_after()
}

/// A change, until the relay has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Change(u64);

impl OwnVault {
    pub(super) fn new() -> Self {
        Self {
            step: Step::Idle,
            state: VaultState::Closed,
            stale: true,
            keys: Vec::new(),
            key: KeyHeld::default(),
            made_under: None,
            staff: Vec::new(),
            opened: None,
            least: 0,
            changes: 0,
            written: 0,
            anew: false,
            refused: 0,
            times: None,
            expired: None,
        }
    }

    pub(super) fn state(&self) -> VaultState {
        self.state
    }

    /// What duty statements name: the newest version that this desk knows of.
    pub(super) fn version(&self) -> u64 {
        self.opened.as_ref().map_or(0, |opened| opened.version)
    }

    /// The vault, where it is open.
    pub(super) fn vault(&self) -> Option<&Vault> {
        let opened = self.opened.as_ref().filter(|_| self.state == VaultState::Open);
        opened.map(|opened| &opened.vault)
    }

    /// Changes the vault, and has that put at the relay. Nothing where it is not open.
    pub(super) fn change<T, E>(
        &mut self,
        change: impl FnOnce(&mut Vault) -> Result<T, E>,
    ) -> Option<Result<(T, Change), E>> {
        if self.state != VaultState::Open {
            return None;
        }
        let opened = self.opened.as_mut()?;
        Some(change(&mut opened.vault).map(|done| {
            self.changes += 1;
            (done, Change(self.changes))
        }))
    }

    /// Whether the relay has this change.
    pub(super) fn has(&self, change: Change) -> bool {
        self.written >= change.0
    }

    /// Off duty and in no chat any more: nothing of it stays here.
    pub(super) fn close(&mut self) {
        *self = Self { times: self.times, ..Self::new() };
    }

    /// The program says for how long words are good.
    pub(super) fn set_times(&mut self, times: CodeWordTimes) {
        if self.times != Some(times) {
            (self.times, self.expired) = (Some(times), None);
        }
    }

    /// For how long words are good.
    pub(super) fn times(&self) -> CodeWordTimes {
        self.times.unwrap_or_default()
    }

    /// Takes out what is too old, where that is not known of today. Only of the newest vault: a desk that slept for
    /// weeks knows nothing of what colleagues used or changed meanwhile.
    pub(super) fn expire(&mut self, now: Timestamp) {
        let is_newest =
            !self.stale && matches!(self.step, Step::Idle) && self.changes == self.written;
        if !is_newest {
            return;
        }
        let is_known = self.expired.is_some_and(|expired| now < expired + EXPIRES_EVERY);
        let Some(times) = self.times.filter(|_| !is_known && self.state == VaultState::Open) else {
            return;
        };
        self.expired = Some(now);
        let opened = self.opened.as_mut();
        if opened.is_some_and(|opened| opened.vault.expire(times.delete_days, now)) {
            self.changes += 1;
        }
    }

    pub(super) fn handle_line_down(&mut self) {
        self.step = Step::Idle;
        (self.stale, self.anew) = (true, false);
    }

    /// Where the vault does not open, what this desk holds of it takes its place, which mostly is nothing. It is read
    /// once more first: a colleague may have been faster.
    pub(super) fn begin_anew(&mut self) {
        if self.state == VaultState::Unreadable {
            (self.stale, self.anew) = (true, true);
        }
    }

    /// The newest is to be read, whatever came of that before.
    pub(super) fn refresh(&mut self) {
        self.stale = true;
    }

    /// A colleague says, in a note or with their duty, that they know this version.
    pub(super) fn handle_stated(&mut self, version: u64) {
        if version > self.least {
            self.least = version;
            self.stale = true;
        }
    }

    /// Who the staff are that were not revoked.
    pub(super) fn handle_staff<'a>(&mut self, staff: impl Iterator<Item = &'a VerifiedStaff>) {
        let on_duty = staff.filter(|staff| staff.device.roles.may_state_duty());
        self.staff = on_duty.map(|staff| staff.device.key).collect();
    }

    /// What is next, where nothing is asked.
    pub(super) fn advance(
        &mut self,
        context: &mut Context<'_>,
        now: Timestamp,
    ) -> Option<ClientFrame> {
        if !matches!(self.step, Step::Idle) {
            return None;
        }
        if self.stale {
            self.stale = false;
            return Some(
                self.ask(Step::FetchingKey, Operation::Shared { which: Shared::VaultKey }),
            );
        }
        let opened = self.opened.as_ref().filter(|_| self.state == VaultState::Open)?;
        let has_something = opened.version > 0 || self.changes > self.written;
        let list = context.trust.revocations().hash();
        let is_under_list = !self.keys.is_empty() && self.key.under == list;
        let reaches_all = self.staff.iter().all(|device| self.key.devices.contains(device));
        if has_something && !is_under_list && self.made_under == Some(list) {
            // A desk that is shown another list made the key that is there: two that replaced one another's would
            // do so for ever, and whoever was revoked may know it.
            self.state = VaultState::Withheld;
            return None;
        }
        let stands = !is_renewed_here(self.key.until, context.device, now);
        if has_something && !(is_under_list && reaches_all && stands) {
            let step = Step::Listing { replaces: self.key.version };
            return Some(self.ask(step, Operation::ListStaff));
        }
        let ends = opened.version > 0 && is_renewed_here(opened.until, context.device, now);
        (ends || self.changes > self.written).then(|| self.put(context)).flatten()
    }

    pub(super) fn handle_reply(
        &mut self,
        reply: Reply,
        context: &mut Context<'_>,
        now: Timestamp,
    ) -> Option<ClientFrame> {
        match (core::mem::replace(&mut self.step, Step::Idle), reply) {
            (Step::FetchingKey, Reply::Shared { version, record }) => {
                match self
                    .take_key(version, &record, context, now)
                    .or_else(|state| self.go_without_key(version, state))
                {
                    Ok(()) => {
                        let operation = Operation::Shared { which: Shared::Vault };
                        return Some(self.ask(Step::Fetching, operation));
                    }
                    Err(state) => (self.state, self.anew) = (state, false),
                }
            }
            (Step::Fetching, Reply::Shared { version, record }) => {
                self.state = match self.take_vault(version, &record, context, now) {
                    Ok(()) => VaultState::Open,
                    Err(state) => state,
                };
                self.anew = false;
            }
            (Step::Listing { replaces }, Reply::Records { records }) => {
                let put = self.make_key(replaces, &records, context, now);
                if put.is_none() {
                    self.state = VaultState::Unreadable;
                }
                return put;
            }
            (Step::PuttingKey { key, held }, Reply::Done) => {
                // Whoever was revoked meanwhile is none of them.
                self.staff.retain(|device| held.devices.contains(device));
                self.made_under = Some(held.under);
                self.key = held;
                self.hold(key);
                // What is there is sealed to it next.
                self.changes += 1;
            }
            (Step::Putting { changes }, Reply::Done) => {
                if let Some(opened) = &mut self.opened {
                    opened.version += 1;
                    opened.until = context.device.chain.not_after();
                    self.least = self.least.max(opened.version);
                }
                self.written = changes;
                self.refused = 0;
            }
            _ => {}
        }
        None
    }

    /// The relay refused: a colleague was first, so the newest is read again; or it does not serve now.
    pub(super) fn handle_refused(&mut self) {
        match core::mem::replace(&mut self.step, Step::Idle) {
            Step::PuttingKey { .. } | Step::Putting { .. } if self.refused < REFUSED_AT_MOST => {
                self.refused += 1;
                self.stale = true;
            }
            Step::PuttingKey { .. }
            | Step::Putting { .. }
            | Step::FetchingKey
            | Step::Fetching
            | Step::Listing { .. }
            | Step::Idle => {
                self.state = VaultState::Withheld;
                (self.refused, self.anew) = (0, false);
            }
        }
    }

    fn ask(&mut self, step: Step, operation: Operation) -> ClientFrame {
        self.step = step;
        ClientFrame::Request { number: REQUEST, operation }
    }

    /// Takes the key that colleagues share, if there is one. One that was made under another list of revoked
    /// devices still opens what was sealed to it, and is replaced then.
    fn take_key(
        &mut self,
        version: u64,
        record: &[u8],
        context: &Context<'_>,
        now: Timestamp,
    ) -> Result<(), VaultState> {
        if version == 0 {
            let is_none = self.least == 0 && self.keys.is_empty();
            return if is_none { Ok(()) } else { Err(VaultState::Withheld) };
        }
        let bundle = decode::<SharedKeyBundle>(record).map_err(|_| VaultState::Unreadable)?;
        let (root, revocations) = (context.root, context.trust.revocations());
        let verified =
            bundle.verify_of_any_list(SharedKey::Vault, root, revocations, now, CLOCK_TOLERANCE);
        let key = match verified.as_ref().map(|verified| verified.open(context.device)) {
            Ok(Ok(key)) => key,
            // Made by a device that was revoked since: what is held is sealed to a key of this desk's own.
            Err(SharedKeyError::SignerRevoked) if !self.keys.is_empty() => {
                self.key = KeyHeld { version, ..KeyHeld::default() };
                return Ok(());
            }
            Ok(Err(SharedKeyError::NotForThisDevice)) => return Err(VaultState::NotShared),
            Ok(Err(_)) | Err(_) => return Err(VaultState::Unreadable),
        };
        let devices = verified.iter().flat_map(|verified| verified.devices()).collect();
        let until = bundle.chain.not_after();
        self.key = KeyHeld { version, under: bundle.content.revocations_hash, devices, until };
        self.hold(key);
        Ok(())
    }

    /// Whoever begins a new vault needs no key to the old one, and replaces it.
    fn go_without_key(&mut self, version: u64, state: VaultState) -> Result<(), VaultState> {
        if !self.anew || state != VaultState::Unreadable {
            return Err(state);
        }
        self.key = KeyHeld { version, ..KeyHeld::default() };
        Ok(())
    }

    fn hold(&mut self, key: ReceivingKey) {
        self.keys.retain(|held| held.public_key() != key.public_key());
        self.keys.push(key);
        if self.keys.len() > VAULT_KEYS_HELD {
            self.keys.remove(0);
        }
    }

    /// Takes the newest vault, and works into it what was changed here.
    fn take_vault(
        &mut self,
        version: u64,
        record: &[u8],
        context: &Context<'_>,
        now: Timestamp,
    ) -> Result<(), VaultState> {
        if version < self.least {
            return Err(VaultState::Withheld);
        }
        let (read, is_sealed_anew) = match self.open(version, record, context, now) {
            Ok(opened) => opened,
            // Whoever wrote it was revoked, or its key went by: it is what is held here, and sealed anew.
            Err(state) => {
                let vault = match &self.opened {
                    Some(held) if held.version == version => held.vault.clone(),
                    _ if state == VaultState::Unreadable && self.anew => Vault::default(),
                    _ => return Err(state),
                };
                (Opened { vault, version, until: 0 }, false)
            }
        };
        let Opened { vault, until, .. } = read;
        let merged = match &self.opened {
            // Of two that do not fit together, what the others have stays.
            Some(held) => held.vault.merged(&vault).unwrap_or_else(|_| vault.clone()),
            None => vault.clone(),
        };
        if merged == vault && is_sealed_anew {
            self.written = self.changes;
        } else {
            self.changes += 1;
        }
        self.opened = Some(Opened { vault: merged, version, until });
        self.least = version;
        Ok(())
    }

    /// The vault in a record, and whether it is sealed to the newest key.
    fn open(
        &self,
        version: u64,
        record: &[u8],
        context: &Context<'_>,
        now: Timestamp,
    ) -> Result<(Opened, bool), VaultState> {
        if version == 0 {
            return Ok((Opened { vault: Vault::default(), version, until: 0 }, true));
        }
        let sealed = decode::<SealedVault>(record).map_err(|_| VaultState::Unreadable)?;
        if sealed.content.version != version {
            return Err(VaultState::Withheld);
        }
        let (root, revocations) = (context.root, context.trust.revocations());
        let opened = self.keys.iter().enumerate().rev().find_map(|(at, key)| {
            let vault = sealed.open(key, version, root, revocations, now, CLOCK_TOLERANCE).ok()?;
            let opened = Opened { vault, version, until: sealed.chain.not_after() };
            Some((opened, at + 1 == self.keys.len()))
        });
        opened.ok_or(VaultState::Unreadable)
    }

    /// Makes a new key, wrapped for everybody who is certified and not revoked.
    fn make_key(
        &mut self,
        replaces: u64,
        records: &List<Bytes<RECORD_MAX>, RECORDS_MAX>,
        context: &mut Context<'_>,
        now: Timestamp,
    ) -> Option<ClientFrame> {
        let staff = context.trust.staff(records, now).collect::<Vec<_>>();
        let (device, revocations) = (context.device, context.trust.revocations());
        let made = SharedKeyBundle::make(
            SharedKey::Vault,
            device,
            &staff,
            revocations,
            now,
            context.randomness,
        );
        let (bundle, key) = made.ok()?;
        let devices = bundle.content.wrapped.iter().map(|wrapped| wrapped.device).collect();
        let until = device.chain.not_after();
        let held = KeyHeld { version: replaces + 1, under: revocations.hash(), devices, until };
        let record = Bytes::try_from(encode(&bundle)).ok()?;
        let operation = Operation::PutShared { which: Shared::VaultKey, replaces, record };
        Some(self.ask(Step::PuttingKey { key, held }, operation))
    }

    /// Puts the vault as it is now in place of the version that it was read as.
    fn put(&mut self, context: &mut Context<'_>) -> Option<ClientFrame> {
        let Opened { vault, version, .. } = self.opened.as_ref()?;
        let (replaces, key) = (*version, self.keys.last()?.public_key());
        let by = context.device;
        let sealed = SealedVault::seal(vault, replaces + 1, &key, by, context.randomness).ok()?;
        let record = Bytes::try_from(encode(&sealed)).ok()?;
        let operation = Operation::PutShared { which: Shared::Vault, replaces, record };
        Some(self.ask(Step::Putting { changes: self.changes }, operation))
    }
}
